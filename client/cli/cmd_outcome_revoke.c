/* outcome revoke: takes back what one has posted. */
#include "outcome.h"
#include "submit.h"
#include "view.h"

static const struct argument arguments[] = {
    {"NUMBER", ARGUMENT_OPERAND, true, "outer_id", {"本机构的成果编号", "the outcome's number"}},
    {"reason",
     ARGUMENT_OPTION,
     true,
     "reason",
     {"entry-error、wrong-person、replaced 或 misconduct",
      "entry-error, wrong-person, replaced or misconduct"}},
    {0}};

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    Creditbank__V1__OutcomeRevoked revoked;
    Creditbank__V1__Item item, *items[] = {&item};
    struct outcome_now outcome = {0};
    struct booked booked;
    enum exit_code code;

    creditbank__v1__item__init(&item);
    creditbank__v1__outcome_revoked__init(&revoked);
    if (!view_fill(cli, command, given, &revoked.base))
        return EXIT_USAGE;
    code = outcome_get(cli, revoked.outer_id, &outcome);
    if (code != EXIT_DONE)
        return code;
    creditbank_result_free(&outcome.result);
    revoked.account_no = (char *)(uintptr_t)outcome.account_no;
    item.body_case = CREDITBANK__V1__ITEM__BODY_OUTCOME_REVOKED;
    item.outcome_revoked = &revoked;
    code = submit_items(cli, items, 1, &booked);
    return code == EXIT_DONE ? submit_say(cli, &booked) : code;
}

const struct command cmd_outcome_revoke = {
    .name = "outcome revoke",
    .summary = {"撤销本机构登记的成果", "take an outcome back"},
    .arguments = arguments,
    .run = run,
};
