/*
 * import undo: takes back what an import booked and nothing has changed since. The
 * first run only says what it would do; --yes does it. Outcomes are revoked, enrolments
 * end; accounts stay, for they are their owners'.
 */
#include "import.h"
#include "journal.h"
#include "row_set.h"
#include "settle.h"

#include "base/clock.h"
#include "base/date.h"
#include "lib/error.h"

#include "creditbank/v1/account_service.pb-c.h"
#include "creditbank/v1/ledger_service.pb-c.h"

#include <inttypes.h>
#include <string.h>

static const struct argument arguments[] = {
    {"IMPORT",
     ARGUMENT_OPERAND,
     true,
     NULL,
     {"导入编号，见 import list", "its number, see import list"}},
    {"yes",
     ARGUMENT_FLAG,
     false,
     NULL,
     {"真正撤销；须先不带它运行一次", "really undo; run it once without first"}},
    {0}};

/* An undo under way. */
struct undo {
    struct cli *cli;
    const struct import_kind *kind;
    struct journal_reader *reader;
    struct journal *journal; /* NULL while it is only tried */
    struct row_set undone;   /* taken back by an undo before */
    size_t unsettled;        /* rows that were sent, and nobody knows what became of them */
    size_t counts[ROW_STATE_COUNT];
    int32_t today;
};

/* The rows that this import is known to have booked, and no undo to have taken back. */
static bool
next_row(void *context, struct batch *batch, struct load_row *row)
{
    struct undo *undo = context;
    struct journal_row noted;

    while (journal_previous(undo->reader, &noted)) {
        if (strcmp(noted.state, "undone") == 0)
            (void)row_set_add(&undo->undone, noted.number);
        if (strcmp(noted.state, "booked") != 0 || !row_set_add(&undo->undone, noted.number))
            continue;
        row->number = noted.number;
        row->key = arena_text(batch->arena, slice_text(noted.key));
        row->account_no = arena_text(batch->arena, slice_text(noted.account_no));
        row->date = arena_text(batch->arena, slice_text(noted.date));
        row->entry_index = noted.entry_index;
        row->item_index = noted.item_index;
        return true;
    }
    return false;
}

static void
row_done(void *context, const struct load_row *row)
{
    struct undo *undo = context;

    undo->counts[row->state]++;
    if (undo->journal != NULL && row->state == ROW_BOOKED)
        journal_note(undo->journal, row, "undone");
    if (row->state == ROW_BAD)
        cli_warn(
            undo->cli, TEXT_UNDO_ROW_BAD,
            FILL(row->key, words_in(&row->fault.sentence, undo->cli->chinese), row->fault.code));
}

/* From now on what takes the rows back may be in the log. */
static bool
batch_sending(void *context, const struct batch *batch)
{
    const struct undo *undo = context;
    struct creditbank_error error;

    for (size_t i = 0; i < batch->row_count; i++)
        if (batch->rows[i].state == ROW_PENDING)
            journal_note(undo->journal, &batch->rows[i], "undoing");
    if (journal_sync(undo->journal, &error))
        return true;
    (void)cli_error(undo->cli, &error);
    return false;
}

/* What was changed since the import stands under the number for another reason than the import. */
static void
compare(struct batch *batch, const char *key, uint64_t entry_index)
{
    for (size_t i = 0; i < batch->row_count; i++) {
        struct load_row *row = &batch->rows[i];

        if (row->state == ROW_PENDING && strcmp(row->key, key) == 0 &&
            row->entry_index != entry_index)
            row_refuse(batch, row, REASON_ROW_CHANGED_SINCE,
                       arena_printf(batch->arena, "%" PRIu64, entry_index));
    }
}

static void
got_outcomes(struct batch *batch, const ProtobufCMessage *reply)
{
    const Creditbank__V1__BatchGetOutcomesResponse *found = (const void *)reply;

    for (size_t i = 0; i < found->n_outcomes; i++)
        compare(batch, found->outcomes[i]->outer_id, found->outcomes[i]->entry_index);
}

static void
got_enrolments(struct batch *batch, const ProtobufCMessage *reply)
{
    const Creditbank__V1__BatchGetEnrolmentsResponse *found = (const void *)reply;

    for (size_t i = 0; i < found->n_enrolments; i++)
        compare(batch, found->enrolments[i]->student_no, found->enrolments[i]->entry_index);
}

static void
look_up(struct batch *batch)
{
    const struct undo *undo = batch_context(batch);

    if (undo->kind == &import_learners)
        import_ask_enrolments(batch, import_key, got_enrolments);
    else
        import_ask_outcomes(batch, import_key, got_outcomes);
}

/* An enrolment that should not have been ends today, or on its first day if that is later. */
static Creditbank__V1__Date *
end_date(const struct batch *batch, const struct load_row *row)
{
    const struct undo *undo = batch_context(batch);
    Creditbank__V1__Date *date = arena_alloc(batch->arena, sizeof(*date));
    int32_t days, begin;
    int year, month, day;

    days = date_parse(slice_text(row->date), &begin) && begin > undo->today ? begin : undo->today;
    date_to_civil(days, &year, &month, &day);
    creditbank__v1__date__init(date);
    date->year = year;
    date->month = month;
    date->day = day;
    return date;
}

static void
end_enrolment(struct batch *batch, struct load_row *row)
{
    Creditbank__V1__EnrolmentEnded *ended = arena_alloc(batch->arena, sizeof(*ended));
    Creditbank__V1__Item *item = row_add_item(batch, row);

    creditbank__v1__enrolment_ended__init(ended);
    ended->account_no = (char *)(uintptr_t)row->account_no;
    ended->student_no = (char *)(uintptr_t)row->key;
    ended->end_date = end_date(batch, row);
    ended->reason = CREDITBANK__V1__ENROLMENT_END_REASON__ENROLMENT_END_REASON_ENTRY_ERROR;
    item->body_case = CREDITBANK__V1__ITEM__BODY_ENROLMENT_ENDED;
    item->enrolment_ended = ended;
}

static void
revoke_outcome(struct batch *batch, struct load_row *row)
{
    Creditbank__V1__OutcomeRevoked *revoked = arena_alloc(batch->arena, sizeof(*revoked));
    Creditbank__V1__Item *item = row_add_item(batch, row);

    creditbank__v1__outcome_revoked__init(revoked);
    revoked->account_no = (char *)(uintptr_t)row->account_no;
    revoked->outer_id = (char *)(uintptr_t)row->key;
    revoked->reason = CREDITBANK__V1__CHANGE_REASON__CHANGE_REASON_IMPORT_UNDONE;
    item->body_case = CREDITBANK__V1__ITEM__BODY_OUTCOME_REVOKED;
    item->outcome_revoked = revoked;
}

static void
build(struct batch *batch, struct load_row *row)
{
    const struct undo *undo = batch_context(batch);

    if (undo->kind == &import_learners)
        end_enrolment(batch, row);
    else
        revoke_outcome(batch, row);
}

/* How it went, and what stays all the same. */
static void
say(const struct undo *undo, bool for_real)
{
    struct cli *cli = undo->cli;
    bool opens_accounts = undo->kind == &import_learners && undo->counts[ROW_BOOKED] > 0;

    cli_tell(cli, for_real ? TEXT_UNDO_DONE : TEXT_UNDO_TRIED,
             FILL(arena_printf(cli->arena, "%zu", undo->counts[ROW_BOOKED]),
                  arena_printf(cli->arena, "%zu", undo->counts[ROW_BAD])),
             json_pack("{sbsIsIsI}", "dryRun", !for_real, "undone",
                       (json_int_t)undo->counts[ROW_BOOKED], "bad",
                       (json_int_t)undo->counts[ROW_BAD], "unanswered",
                       (json_int_t)undo->unsettled));
    if (undo->unsettled > 0)
        cli_warn(cli, TEXT_UNDO_UNANSWERED, FILL(arena_printf(cli->arena, "%zu", undo->unsettled)));
    if (opens_accounts)
        cli_say(cli, TEXT_UNDO_ACCOUNTS, FILL());
}

static enum exit_code
undo_rows(struct undo *undo, bool for_real)
{
    static const stage_fn stages[] = {look_up, NULL};
    struct loading loading = {.next = next_row,
                              .done = row_done,
                              .sending = batch_sending,
                              .context = undo,
                              .stages = stages,
                              .build = build,
                              .batch_max = undo->kind->in_order ? 1 : LOADER_BATCHES_MAX,
                              .dry_run = !for_real};
    enum exit_code code = loader_run(undo->cli, &loading);

    if (code == EXIT_DONE)
        say(undo, for_real);
    if (undo->counts[ROW_SENT] > 0)
        code = EXIT_UNAVAILABLE;
    if (code == EXIT_DONE && undo->counts[ROW_BAD] > 0)
        code = EXIT_PARTLY;
    return code;
}

/* Opens the import's journal, to read and, for real, to go on with. */
static bool
open_journal(struct undo *undo, const char *id, bool for_real, struct creditbank_error *error)
{
    const char *profile = undo->cli->profile.name;

    undo->reader = journal_open(profile, id, error);
    if (undo->reader != NULL && for_real)
        undo->journal = journal_resume(profile, id, error);
    return undo->reader != NULL && (undo->journal != NULL || !for_real);
}

/* What is said about the import allows to undo it; false and an error. */
static bool
check(struct undo *undo, const char *id, bool for_real, struct creditbank_error *error)
{
    const char *profile = undo->cli->profile.name;
    struct journal_about about;

    if (!journal_read_about(profile, id, &about, error))
        return false;
    if (for_real && !journal_was_tried(profile, id))
        return error_set(error, REASON_UNDO_NOT_TRIED, "%s", id);
    undo->kind = import_kind_find(about.kind);
    return undo->kind != NULL || error_set(error, REASON_JOURNAL_INVALID, "%s", id);
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *id = command_value(command, given, "IMPORT");
    bool for_real = command_value(command, given, "yes") != NULL;
    struct undo undo = {.cli = cli, .today = date_in_shanghai(clock_now_us())};
    struct creditbank_error error = {0};
    enum exit_code code;

    if (cli_need(cli, PROFILE_SERVER) == NULL)
        return EXIT_USAGE;
    if (!check(&undo, id, for_real, &error))
        return cli_error(cli, &error);
    code = settle_rows(cli, id, true, &undo.unsettled);
    if (code != EXIT_DONE)
        return code;
    code = open_journal(&undo, id, for_real, &error) ? undo_rows(&undo, for_real)
                                                     : cli_error(cli, &error);
    journal_end(undo.journal);
    journal_close(undo.reader);
    row_set_fini(&undo.undone);
    if (!for_real && (code == EXIT_DONE || code == EXIT_PARTLY) &&
        !journal_set_tried(cli->profile.name, id, &error))
        return cli_error(cli, &error);
    return code;
}

const struct command cmd_import_undo = {
    .name = "import undo",
    .summary = {"撤销一次导入（先试运行，再加 --yes）", "undo an import (try first, then --yes)"},
    .arguments = arguments,
    .run = run,
};
