/* evaluate: what a learner would get, with every clause. */
#include "findings.h"

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const Creditbank__V1__EvaluateResponse *found;
    struct creditbank_result result;
    enum exit_code code = findings_get(cli, command, given, &result, &found);

    if (code != EXIT_DONE)
        return code;
    if (cli->globals.json)
        code = cli_answer_message(cli, &found->base);
    else
        findings_view(cli, found->findings, found->n_findings);
    creditbank_result_free(&result);
    return code;
}

const struct command cmd_evaluate = {
    .name = "evaluate",
    .summary = {"试算可免修哪些课程，逐条说明", "see what one would get, clause by clause"},
    .arguments = findings_arguments,
    .run = run,
};
