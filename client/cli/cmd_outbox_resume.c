/* outbox resume: sends again, as they are, the requests whose answer never came. */
#include "settle.h"

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    json_t *sent = json_array();
    enum exit_code code = settle_waiting(cli, sent);

    (void)command;
    (void)given;
    if (code == EXIT_DONE && json_array_size(sent) == 0)
        cli_say(cli, TEXT_OUTBOX_EMPTY, FILL());
    cli_answer(cli, json_pack("{so}", "sent", sent));
    return code;
}

const struct command cmd_outbox_resume = {
    .name = "outbox resume",
    .summary = {"重发没有得到答复的交易（原样，不会重复入账）",
                "send again what was not answered, as it was; nothing is booked twice"},
    .run = run,
};
