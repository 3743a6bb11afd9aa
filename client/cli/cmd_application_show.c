/* application show: an application with its moves and its evaluation. */
#include "application.h"
#include "findings.h"

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const Creditbank__V1__GetApplicationResponse *found;
    struct creditbank_result result;
    enum exit_code code =
        application_get(cli, command_value(command, given, "APPLICATION"), &result, &found);

    if (code != EXIT_DONE)
        return code;
    if (cli->globals.json) {
        code = cli_answer_message(cli, &found->base);
    } else {
        application_view(cli, found->application);
        findings_view(cli, found->findings, found->n_findings);
    }
    creditbank_result_free(&result);
    return code;
}

const struct command cmd_application_show = {
    .name = "application show",
    .summary = {"查看申请、经过和逐条核对", "show an application, its moves and its evaluation"},
    .arguments = application_arguments,
    .run = run,
};
