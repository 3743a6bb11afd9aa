/* application decide: the decision in full, as the bank computes it too. */
#include "application.h"

#include "label.h"
#include "lib/error.h"
#include "submit.h"

static const struct argument arguments[] = {
    APPLICATION_ARGUMENT,
    {"VERDICT",
     ARGUMENT_OPERAND,
     true,
     NULL,
     {"approve 同意，或 reject 不同意", "approve or reject"}},
    {"yes",
     ARGUMENT_FLAG,
     false,
     NULL,
     {"初审不同意的，仍要同意", "approve what the reviewer rejected"}},
    {0}};

/* Whether the reviewer, whose opinion this decision rests on, was against it. */
static bool
was_rejected(const Creditbank__V1__Application *application)
{
    const Creditbank__V1__ApplicationMove *last =
        application->n_moves > 0 ? application->moves[application->n_moves - 1] : NULL;

    return last != NULL &&
           last->state == CREDITBANK__V1__APPLICATION_STATE__APPLICATION_STATE_REVIEWED &&
           last->verdict == CREDITBANK__V1__VERDICT__VERDICT_REJECT;
}

/* States what is decided. Everything stays the answer's, which outlives the item. */
static void
fill(struct cli *cli, const Creditbank__V1__GetApplicationResponse *found,
     Creditbank__V1__ApplicationDecided *decided)
{
    const Creditbank__V1__Application *application = found->application;

    decided->account_no = application->account_no;
    decided->application_no = application->application_no;
    decided->revision = application->revision;
    decided->rulebook_id = application->rulebook_id;
    decided->version = application->version;
    decided->trace_hash = found->trace_hash;
    if (decided->verdict != CREDITBANK__V1__VERDICT__VERDICT_APPROVE)
        return;
    decided->exemptions = application->exemptions;
    decided->n_exemptions = application->n_exemptions;
    decided->n_outcomes_used = application->n_lines;
    decided->outcomes_used =
        arena_array(cli->arena, application->n_lines, sizeof(*decided->outcomes_used));
    for (size_t i = 0; i < application->n_lines; i++)
        decided->outcomes_used[i] = application->lines[i]->outcome;
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *word = command_value(command, given, "VERDICT");
    Creditbank__V1__ApplicationDecided decided;
    Creditbank__V1__Item item, *items[] = {&item};
    const Creditbank__V1__GetApplicationResponse *found;
    struct creditbank_result result;
    struct creditbank_error error;
    struct booked booked;
    enum exit_code code;
    int verdict;

    creditbank__v1__item__init(&item);
    creditbank__v1__application_decided__init(&decided);
    if (!label_parse(&creditbank__v1__verdict__descriptor, word, &verdict)) {
        (void)error_set(&error, REASON_ARGUMENT_INVALID, "%s", word);
        return cli_error(cli, &error);
    }
    code = application_get(cli, command_value(command, given, "APPLICATION"), &result, &found);
    if (code != EXIT_DONE)
        return code;
    if (verdict == CREDITBANK__V1__VERDICT__VERDICT_APPROVE && was_rejected(found->application) &&
        command_value(command, given, "yes") == NULL) {
        creditbank_result_free(&result);
        (void)error_set(&error, REASON_REVIEWER_REJECTED, "%s", "");
        return cli_error(cli, &error);
    }
    decided.verdict = (Creditbank__V1__Verdict)verdict;
    fill(cli, found, &decided);
    item.body_case = CREDITBANK__V1__ITEM__BODY_APPLICATION_DECIDED;
    item.application_decided = &decided;
    code = submit_items(cli, items, 1, &booked);
    creditbank_result_free(&result);
    return code == EXIT_DONE ? submit_say(cli, &booked) : code;
}

const struct command cmd_application_decide = {
    .name = "application decide",
    .summary = {"认定（学校，认定；不得与初审同一密钥）",
                "decide (school: decide; with another key than the review)"},
    .arguments = arguments,
    .run = run,
};
