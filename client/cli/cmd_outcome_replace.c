/* outcome replace: revokes a certificate and awards another in its place. */
#include "outcome.h"
#include "submit.h"
#include "view.h"

static const struct argument arguments[] = {
    {"OLD",
     ARGUMENT_OPERAND,
     true,
     "replaces_outer_id",
     {"原证书编号", "number of the old certificate"}},
    {"NEW", ARGUMENT_OPERAND, true, "outer_id", {"新证书编号", "number of the new one"}},
    {"issue-date",
     ARGUMENT_OPTION,
     true,
     "issue_date",
     {"新证书的发证日期", "the day the new one is dated"}},
    {"certificate",
     ARGUMENT_OPTION,
     false,
     "certificate_id",
     {"证书标识；不填为原证书的", "left out: the old one's"}},
    {"score",
     ARGUMENT_OPTION,
     false,
     "centiscore",
     {"成绩，0 至 100；不填为原证书的", "0 to 100; left out: the old one's"}},
    {"expiry-date",
     ARGUMENT_OPTION,
     false,
     "expiry_date",
     {"有效期至；不填为无期限", "last day; left out: without end"}},
    {0}};

/* The old one's particulars, where no others are given. */
static void
fill_from_old(const struct command *command, const struct given *given,
              const struct outcome_now *old, Creditbank__V1__CertificateAwarded *awarded)
{
    if (command_value(command, given, "certificate") == NULL)
        awarded->certificate_id = old->version->certificate_id;
    if (command_value(command, given, "score") == NULL)
        awarded->centiscore = old->version->centiscore;
    awarded->account_no = (char *)(uintptr_t)old->account_no;
}

/* One that is revoked already only needs its successor. */
static enum exit_code
replace(struct cli *cli, const struct outcome_now *old, Creditbank__V1__CertificateAwarded *awarded)
{
    Creditbank__V1__OutcomeRevoked revoked;
    Creditbank__V1__Item first, second;
    Creditbank__V1__Item *items[] = {&first, &second};
    bool is_revoked = old->version->state == CREDITBANK__V1__OUTCOME_STATE__OUTCOME_STATE_REVOKED;
    struct booked booked;
    enum exit_code code;

    creditbank__v1__item__init(&first);
    creditbank__v1__item__init(&second);
    creditbank__v1__outcome_revoked__init(&revoked);
    revoked.account_no = awarded->account_no;
    revoked.outer_id = awarded->replaces_outer_id;
    revoked.reason = CREDITBANK__V1__CHANGE_REASON__CHANGE_REASON_REPLACED;
    first.body_case = CREDITBANK__V1__ITEM__BODY_OUTCOME_REVOKED;
    first.outcome_revoked = &revoked;
    second.body_case = CREDITBANK__V1__ITEM__BODY_CERTIFICATE_AWARDED;
    second.certificate_awarded = awarded;
    code = submit_items(cli, items + is_revoked, 2 - (size_t)is_revoked, &booked);
    return code == EXIT_DONE ? submit_say(cli, &booked) : code;
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    Creditbank__V1__CertificateAwarded awarded;
    struct outcome_now old = {0};
    enum exit_code code;

    creditbank__v1__certificate_awarded__init(&awarded);
    if (!view_fill(cli, command, given, &awarded.base))
        return EXIT_USAGE;
    code = outcome_get(cli, awarded.replaces_outer_id, &old);
    if (code != EXIT_DONE)
        return code;
    fill_from_old(command, given, &old, &awarded);
    code = replace(cli, &old, &awarded);
    creditbank_result_free(&old.result);
    return code;
}

const struct command cmd_outcome_replace = {
    .name = "outcome replace",
    .summary = {"换发证书：撤销旧的、颁发新的",
                "replace a certificate: revoke the old, award the new"},
    .arguments = arguments,
    .run = run,
};
