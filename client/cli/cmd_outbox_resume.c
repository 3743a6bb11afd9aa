/* outbox resume: sends again, as they are, the requests whose answer never came. */
#include "submit.h"

#include <inttypes.h>

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    size_t count;
    enum exit_code code = submit_waiting(cli, &count);

    (void)command;
    (void)given;
    if (count == 0 && code == EXIT_DONE)
        cli_say(cli, TEXT_OUTBOX_EMPTY, FILL());
    return code;
}

const struct command cmd_outbox_resume = {
    .name = "outbox resume",
    .summary = {"重发没有得到答复的交易（原样，不会重复入账）",
                "send again what was not answered, as it was; nothing is booked twice"},
    .run = run,
};
