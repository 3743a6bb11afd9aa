#include "outcome.h"

#include "lib/error.h"

static enum exit_code
not_found(const struct cli *cli, const char *outer_id)
{
    struct creditbank_error error;

    (void)error_set(&error, REASON_OUTCOME_UNKNOWN, "%s", outer_id);
    (void)cli_error(cli, &error);
    return EXIT_REFUSED;
}

/* Whose it is. */
static enum exit_code
find_account(struct cli *cli, const char *outer_id, const char **account_no)
{
    Creditbank__V1__BatchGetOutcomesRequest message;
    struct creditbank_request request = {.service = &creditbank__v1__ledger_service__descriptor,
                                         .method = "BatchGetOutcomes",
                                         .message = &message.base};
    char *outer_ids[] = {(char *)(uintptr_t)outer_id};
    const Creditbank__V1__BatchGetOutcomesResponse *found;
    struct creditbank_result result;
    enum exit_code code;

    creditbank__v1__batch_get_outcomes_request__init(&message);
    message.outer_ids = outer_ids;
    message.n_outer_ids = 1;
    code = cli_call(cli, &request, &result);
    if (code != EXIT_DONE)
        return code;
    found = (const void *)result.reply;
    if (found->n_outcomes == 1)
        *account_no = arena_text(cli->arena, slice_text(found->outcomes[0]->account_no));
    else
        code = not_found(cli, outer_id);
    creditbank_result_free(&result);
    return code;
}

enum exit_code
outcome_get(struct cli *cli, const char *outer_id, struct outcome_now *outcome)
{
    Creditbank__V1__ListOutcomeVersionsRequest message;
    struct creditbank_request request = {.service = &creditbank__v1__account_service__descriptor,
                                         .method = "ListOutcomeVersions",
                                         .message = &message.base};
    const Creditbank__V1__ListOutcomeVersionsResponse *found;
    enum exit_code code;

    creditbank__v1__list_outcome_versions_request__init(&message);
    outcome->institution_id = cli_need(cli, PROFILE_INSTITUTION);
    if (outcome->institution_id == NULL)
        return EXIT_USAGE;
    code = find_account(cli, outer_id, &outcome->account_no);
    if (code != EXIT_DONE)
        return code;
    message.account_no = (char *)(uintptr_t)outcome->account_no;
    message.institution_id = (char *)(uintptr_t)outcome->institution_id;
    message.outer_id = (char *)(uintptr_t)outer_id;
    code = cli_call(cli, &request, &outcome->result);
    if (code != EXIT_DONE)
        return code;
    found = (const void *)outcome->result.reply;
    if (found->n_versions > 0) {
        outcome->version = found->versions[found->n_versions - 1];
        return EXIT_DONE;
    }
    creditbank_result_free(&outcome->result);
    return not_found(cli, outer_id);
}
