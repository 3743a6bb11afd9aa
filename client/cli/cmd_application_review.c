/* application review: a reviewer's opinion. */
#include "application.h"

static const struct argument arguments[] = {
    APPLICATION_ARGUMENT,
    {"VERDICT",
     ARGUMENT_OPERAND,
     true,
     "verdict",
     {"approve 同意，或 reject 不同意", "approve or reject"}},
    {0}};

/* An approval of what does not meet the rules helps nobody: the decision has to be no. */
static void
look(const struct cli *cli, const ProtobufCMessage *move,
     const Creditbank__V1__GetApplicationResponse *found)
{
    const Creditbank__V1__ApplicationReviewed *reviewed = (const void *)move;
    const char *rules = "";

    if (reviewed->verdict != CREDITBANK__V1__VERDICT__VERDICT_APPROVE)
        return;
    for (size_t i = 0; i < found->n_findings; i++)
        if (!found->findings[i]->satisfied)
            rules = arena_printf(cli->arena, "%s%s%u", rules, rules[0] != '\0' ? ", " : "",
                                 found->findings[i]->rule_no);
    if (rules[0] != '\0')
        cli_warn(cli, TEXT_RULES_NOT_MET, FILL(rules));
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    return application_move(cli, command, given, look);
}

const struct command cmd_application_review = {
    .name = "application review",
    .summary = {"初审（学校，审核）", "give a reviewer's opinion (school: review)"},
    .arguments = arguments,
    .body = "application_reviewed",
    .run = run,
};
