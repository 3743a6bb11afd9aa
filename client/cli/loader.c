#include "loader.h"

#include "base/list.h"
#include "base/memory.h"
#include "lib/error.h"

#include "line.h"
#include "submit.h"
#include "words.h"

#include <assert.h>

struct loader {
    struct cli *cli;
    const struct loading *loading;
    size_t batch_count; /* under way */
    size_t bad_count;
    bool ended; /* no row is left */
    enum exit_code code;
    bool is_unknown;            /* what became of a batch; said */
    bool is_told[REASON_COUNT]; /* why it stops: what several batches meet is said once */
};

/* A call of a batch that has not been answered. */
struct asked {
    struct batch *batch;
    answer_fn answer;
};

/* A Submit that has not been answered: which items of the transaction are whose. */
struct sent {
    struct batch *batch;
    struct creditbank_bytes request;
    char name[CREDITBANK_OUTBOX_NAME_SIZE];
    size_t item_count, opened_count;
    struct {
        struct load_row *row;
        size_t item;
    } items[LOADER_BATCH_ROWS * LOADER_ROW_ITEMS_MAX];
    ProtobufCBinaryData sealed_persons[LOADER_BATCH_ROWS]; /* of the accounts that it opens */
};

static void advance(struct batch *batch);

struct cli *
batch_cli(const struct batch *batch)
{
    return batch->loader->cli;
}

void *
batch_context(const struct batch *batch)
{
    return batch->loader->loading->context;
}

static void
set_fault(const struct batch *batch, struct load_row *row, const struct fault *fault)
{
    row->state = ROW_BAD;
    row->item_count = 0;
    row->fault.code = arena_text(batch->arena, slice_text(fault->code));
    row->fault.sentence.zh = line_plain(fault->sentence.zh, batch->arena);
    row->fault.sentence.en = line_plain(fault->sentence.en, batch->arena);
    row->fault.advice = arena_text(batch->arena, slice_text(fault->advice));
}

static void
refuse(const struct batch *batch, struct load_row *row, enum reason reason,
       const struct words *detail)
{
    const struct reason_text *text = reason_text(reason);
    char zh[TEXT_SIZE], en[TEXT_SIZE];
    struct fault fault = {.code = text->code,
                          .sentence = {reason_sentence(reason, detail->zh, true, zh, sizeof(zh)),
                                       reason_sentence(reason, detail->en, false, en, sizeof(en))},
                          .advice =
                              batch->loader->cli->chinese ? text->advice_zh : text->advice_en};

    set_fault(batch, row, &fault);
}

void
row_refuse(const struct batch *batch, struct load_row *row, enum reason reason, const char *detail)
{
    refuse(batch, row, reason, &(struct words){detail, detail});
}

/* What is wrong with the cell below a heading. */
static struct words
of_cell(const struct batch *batch, const char *heading, const struct words *sentence)
{
    return (struct words){arena_printf(batch->arena, "“%s”：%s", heading, sentence->zh),
                          arena_printf(batch->arena, "\"%s\": %s", heading, sentence->en)};
}

void
row_refuse_cell(const struct batch *batch, struct load_row *row, const char *heading,
                enum reason reason, const struct words *detail)
{
    refuse(batch, row, reason, detail);
    row->fault.sentence = of_cell(batch, heading, &row->fault.sentence);
}

void
row_refuse_code(const struct batch *batch, struct load_row *row, const char *code)
{
    struct fault fault = {.code = code, .sentence = {code, code}, .advice = ""};

    if (reason_from_code(code) != REASON_NONE)
        row_refuse(batch, row, reason_from_code(code), "");
    else
        set_fault(batch, row, &fault);
}

Creditbank__V1__Item *
row_add_item(struct batch *batch, struct load_row *row)
{
    Creditbank__V1__Item *item = arena_alloc(batch->arena, sizeof(*item));

    assert(row->item_count < LOADER_ROW_ITEMS_MAX);
    creditbank__v1__item__init(item);
    row->items[row->item_count++] = item;
    return item;
}

static void
stop(struct loader *loader, enum exit_code code)
{
    if (loader->code == EXIT_DONE)
        loader->code = code;
}

/* Stops for what a call was refused for, and says so. */
static void
stop_refused(struct loader *loader, struct creditbank_result *result)
{
    enum reason reason =
        result->refusal_count > 0 ? reason_from_code(result->refusals[0]->reason) : REASON_NONE;

    if (reason != REASON_NONE && loader->is_told[reason]) {
        creditbank_result_free(result);
        return;
    }
    loader->is_told[reason] = true;
    stop(loader, cli_refused(loader->cli, result));
}

static void
got_answer(void *context, struct creditbank_result *result)
{
    struct asked *asked = context;
    struct batch *batch = asked->batch;

    batch->pending--;
    if (result->code != 0) {
        stop_refused(batch->loader, result);
    } else {
        asked->answer(batch, result->reply);
        creditbank_result_free(result);
    }
    xfree(asked);
    advance(batch);
}

void
batch_call(struct batch *batch, const struct creditbank_request *request, answer_fn answer)
{
    struct creditbank_client *client = cli_client(batch->loader->cli);
    struct asked *asked = xcalloc(1, sizeof(*asked));

    asked->batch = batch;
    asked->answer = answer;
    if (client == NULL || !creditbank_start(client, request, got_answer, asked)) {
        stop(batch->loader, EXIT_USAGE);
        xfree(asked);
        return;
    }
    batch->pending++;
}

/* Whether a row before it, which is still to be booked, opens the same account. */
static bool
is_opened_before(const struct batch *batch, const struct load_row *row)
{
    for (const struct load_row *other = batch->rows; other < row; other++)
        if (other->state == ROW_PENDING && other->opens != NULL &&
            strcmp(other->opens->account_no, row->opens->account_no) == 0)
            return true;
    return false;
}

/*
 * What is left to book of the batch, as a transaction. Every row of a new account
 * brings the item that opens it, and the first that is left uses it: so the others
 * stand where that one turns out to be bad.
 */
static struct sent *
collect(struct batch *batch, Creditbank__V1__Item **items)
{
    struct sent *sent = xcalloc(1, sizeof(*sent));

    sent->batch = batch;
    for (size_t i = 0; i < batch->row_count; i++) {
        struct load_row *row = &batch->rows[i];
        bool opens = row->opens != NULL && !is_opened_before(batch, row);

        if (row->state != ROW_PENDING)
            continue;
        if (opens)
            sent->sealed_persons[sent->opened_count++] = row->sealed_person;
        for (size_t j = row->opens != NULL && !opens; j < row->item_count; j++) {
            sent->items[sent->item_count].row = row;
            sent->items[sent->item_count].item = j;
            items[sent->item_count++] = row->items[j];
        }
    }
    return sent;
}

static void
book_rows(struct sent *sent, const Creditbank__V1__BookedEntry *entry)
{
    for (size_t i = 0; i < sent->item_count; i++) {
        struct load_row *row = sent->items[i].row;

        row->state = ROW_BOOKED;
        row->entry_index = entry != NULL ? entry->entry_index : 0;
        row->item_index = (uint32_t)i;
    }
}

/* Whether the code says that what the row says is in the log already. */
static bool
is_same(const char *code)
{
    return strcmp(code, reason_text(REASON_OUTCOME_ALREADY_RECORDED)->code) == 0;
}

/* Whether the code says that the account is to be opened as its person is looked up now. */
static bool
wants_new_look_up(const char *code)
{
    static const enum reason reasons[] = {REASON_PERSON_HAS_ACCOUNT, REASON_ACCOUNT_EXISTS,
                                          REASON_SEALED_PERSON_EXPIRED};

    for (size_t i = 0; i < ARRAY_COUNT(reasons); i++)
        if (strcmp(code, reason_text(reasons[i])->code) == 0)
            return true;
    return false;
}

/* The row is looked up again, with all that open the same account: she is to have one number. */
static void
look_again(struct batch *batch, struct load_row *row)
{
    row->is_outrun = true;
    for (size_t i = 0; i < batch->row_count && row->opens != NULL; i++)
        batch->rows[i].is_outrun |=
            batch->rows[i].opens != NULL &&
            strcmp(batch->rows[i].opens->account_no, row->opens->account_no) == 0;
}

/*
 * Another was faster in opening the account, or the number is taken. What else was refused of
 * its rows is judged by a number that never was hers.
 */
static bool
note_outrun(struct sent *sent, const struct creditbank_result *result)
{
    bool any = false;

    for (size_t i = 0; i < result->refusal_count; i++) {
        const Creditbank__V1__Refusal *refusal = result->refusals[i];
        struct load_row *row = sent->items[refusal->item->value].row;

        if (row->opens == NULL || sent->items[refusal->item->value].item != 0 ||
            !wants_new_look_up(refusal->reason))
            continue;
        look_again(sent->batch, row);
        any = true;
    }
    return any;
}

/*
 * Whether the row's number, which stood for nothing when it was looked up, is to be looked up
 * again, once: a row of another batch may have said the same.
 */
static bool
is_taken_since(struct load_row *row, const char *code)
{
    if (row->looked_again || (strcmp(code, reason_text(REASON_STUDENT_NO_TAKEN)->code) != 0 &&
                              strcmp(code, reason_text(REASON_ALREADY_ENROLLED)->code) != 0))
        return false;
    row->looked_again = true;
    return true;
}

/* Whoever was outrun goes through all stages again. */
static void
start_again(struct batch *batch)
{
    batch->stage = 0;
    batch->is_sent = false;
    for (size_t i = 0; i < batch->row_count; i++) {
        struct load_row *row = &batch->rows[i];

        if (!row->is_outrun)
            continue;
        row->is_outrun = false;
        row->opens = NULL;
        row->account_no = NULL;
        row->item_count = 0;
    }
}

/* What the bank says of a row, and of which of its cells. */
static struct words
sentence_of(const struct batch *batch, const struct load_row *row,
            const Creditbank__V1__Refusal *refusal)
{
    const struct loading *loading = batch->loader->loading;
    const char *heading =
        loading->heading != NULL ? loading->heading(loading->context, row, refusal->field) : NULL;
    struct words sentence = {words_of_item_refusal(refusal, true, batch->arena),
                             words_of_item_refusal(refusal, false, batch->arena)};

    return heading != NULL ? of_cell(batch, heading, &sentence) : sentence;
}

/* One item that the bank refused: the row is known, or bad, or looked up again. */
static void
take_refusal(struct sent *sent, const Creditbank__V1__Refusal *refusal, bool *again)
{
    const struct loading *loading = sent->batch->loader->loading;
    bool chinese = sent->batch->loader->cli->chinese;
    struct load_row *row = sent->items[refusal->item->value].row;
    struct fault fault = {.code = refusal->reason,
                          .sentence = sentence_of(sent->batch, row, refusal),
                          .advice = chinese ? refusal->advice_zh : refusal->advice_en};

    if (row->state != ROW_PENDING || row->is_outrun)
        return;
    if (loading->mend != NULL && loading->mend(sent->batch, row, refusal))
        return;
    if (is_taken_since(row, refusal->reason)) {
        look_again(sent->batch, row);
        *again = true;
    } else if (is_same(refusal->reason)) {
        row->state = ROW_SAME;
    } else {
        set_fault(sent->batch, row, &fault);
    }
}

/* Whether every refusal names an item of the transaction, so that the rest can go on without it. */
static bool
is_about_items(const struct sent *sent, const struct creditbank_result *result)
{
    for (size_t i = 0; i < result->refusal_count; i++)
        if (result->refusals[i]->item == NULL ||
            result->refusals[i]->item->value >= sent->item_count)
            return false;
    return true;
}

static void submit(struct batch *batch);

/* Nobody knows what became of its rows. */
static void
lose_rows(struct sent *sent)
{
    for (size_t i = 0; i < sent->item_count; i++)
        sent->items[i].row->state = ROW_SENT;
}

static void
take_refusals(struct sent *sent, struct creditbank_result *result)
{
    struct batch *batch = sent->batch;
    struct cli *cli = batch->loader->cli;
    bool again;

    if (result->unknown || !is_about_items(sent, result) || batch->submits == LOADER_SUBMITS_MAX) {
        if (result->unknown && !batch->loader->is_unknown)
            cli_warn(cli, TEXT_OUTCOME_UNKNOWN, FILL());
        batch->loader->is_unknown |= result->unknown;
        if (result->unknown && !batch->loader->loading->dry_run)
            lose_rows(sent);
        stop_refused(batch->loader, result);
        return;
    }
    again = note_outrun(sent, result);
    for (size_t i = 0; i < result->refusal_count; i++)
        take_refusal(sent, result->refusals[i], &again);
    creditbank_result_free(result);
    if (again)
        start_again(batch);
    else
        submit(batch);
}

static void
got_submitted(void *context, struct creditbank_result *result)
{
    struct sent *sent = context;
    struct batch *batch = sent->batch;
    struct loader *loader = batch->loader;
    enum exit_code settled = EXIT_DONE;

    batch->pending--;
    if (!loader->loading->dry_run)
        settled = submit_settle(loader->cli, sent->name, &sent->request, result);
    if (settled != EXIT_DONE) {
        stop(loader, settled);
        if (result->code == 0)
            lose_rows(sent);
        creditbank_result_free(result);
    } else if (result->code != 0) {
        take_refusals(sent, result);
    } else {
        book_rows(sent, ((const Creditbank__V1__SubmitResponse *)result->reply)->entry);
        creditbank_result_free(result);
    }
    creditbank_bytes_free(&sent->request);
    xfree(sent);
    advance(batch);
}

/* Tells each row under which name it goes, and where in the transaction its last item stands. */
static void
name_rows(struct sent *sent)
{
    for (size_t i = 0; i < sent->item_count; i++)
        sent->items[i].row->request = arena_printf(sent->batch->arena, "%s/%zu", sent->name, i);
}

/*
 * Names what is to be sent, has it written down, and keeps it: in this order, so that what is
 * written down and not kept was never sent. False, and said so.
 */
static bool
keep(struct sent *sent)
{
    const struct loading *loading = sent->batch->loader->loading;
    struct cli *cli = sent->batch->loader->cli;
    struct creditbank_error error;

    if (cli_outbox(cli) == NULL)
        return false;
    if (!creditbank_outbox_name(&sent->request, sent->name, &error)) {
        (void)cli_error(cli, &error);
        return false;
    }
    name_rows(sent);
    if (!loading->sending(loading->context, sent->batch))
        return false;
    if (!creditbank_outbox_put(cli->outbox, &sent->request, sent->name, &error)) {
        (void)cli_error(cli, &error);
        return false;
    }
    return true;
}

/* Signs and keeps the transaction; false, and said so. */
static bool
sign(struct sent *sent, Creditbank__V1__Item *const *items)
{
    struct loader *loader = sent->batch->loader;
    struct cli *cli = loader->cli;
    const struct creditbank_key *key = cli->key;
    struct creditbank_draft draft = {.log_origin = cli_setting(cli, PROFILE_ORIGIN),
                                     .institution_id = cli_setting(cli, PROFILE_INSTITUTION),
                                     .items = items,
                                     .item_count = sent->item_count,
                                     .keys = &key,
                                     .key_count = 1,
                                     .validate_only = loader->loading->dry_run,
                                     .sealed_persons = sent->sealed_persons,
                                     .sealed_person_count = sent->opened_count};
    struct creditbank_error error;

    if (!creditbank_draft_sign(&draft, &sent->request, &error)) {
        (void)cli_error(cli, &error);
        return false;
    }
    return loader->loading->dry_run || keep(sent);
}

/* Sends what is left of the batch, if anything is. */
static void
submit(struct batch *batch)
{
    struct loader *loader = batch->loader;
    Creditbank__V1__Item *items[LOADER_BATCH_ROWS * LOADER_ROW_ITEMS_MAX];
    struct sent *sent = collect(batch, items);
    struct creditbank_request request = {.service = &creditbank__v1__ledger_service__descriptor,
                                         .method = "Submit"};

    batch->submits++;
    if (sent->item_count > 0 && sign(sent, items)) {
        request.bytes = sent->request.at;
        request.len = sent->request.len;
        if (creditbank_start(loader->cli->client, &request, got_submitted, sent)) {
            batch->pending++;
            return;
        }
    }
    if (sent->item_count > 0)
        stop(loader, EXIT_USAGE);
    creditbank_bytes_free(&sent->request);
    xfree(sent);
}

static void
build(struct batch *batch)
{
    for (size_t i = 0; i < batch->row_count; i++)
        if (batch->rows[i].state == ROW_PENDING && batch->rows[i].item_count == 0)
            batch->loader->loading->build(batch, &batch->rows[i]);
}

static void
finish(struct batch *batch)
{
    struct loader *loader = batch->loader;

    for (size_t i = 0; i < batch->row_count; i++) {
        if (batch->rows[i].state == ROW_PENDING)
            continue;
        loader->bad_count += batch->rows[i].state == ROW_BAD;
        loader->loading->done(loader->loading->context, &batch->rows[i]);
    }
    loader->batch_count--;
    arena_free(batch->arena);
    xfree(batch);
}

/* Runs stages until one waits; after the last the batch is submitted, and then it ends. */
static void
advance(struct batch *batch)
{
    const stage_fn *stages = batch->loader->loading->stages;

    while (batch->pending == 0 && batch->loader->code == EXIT_DONE && stages[batch->stage] != NULL)
        stages[batch->stage++](batch);
    if (batch->pending == 0 && batch->loader->code == EXIT_DONE && !batch->is_sent) {
        batch->is_sent = true;
        build(batch);
        submit(batch);
    }
    if (batch->pending == 0)
        finish(batch);
}

/* Reads a batch and sets it going. */
static void
begin(struct loader *loader)
{
    struct batch *batch = xcalloc(1, sizeof(*batch));

    batch->loader = loader;
    batch->arena = arena_new(LOADER_BATCH_MEMORY);
    loader->batch_count++;
    while (batch->row_count < LOADER_BATCH_ROWS && !loader->ended) {
        struct load_row *row = &batch->rows[batch->row_count];

        if (loader->loading->next(loader->loading->context, batch, row))
            batch->row_count++;
        else
            loader->ended = true;
    }
    advance(batch);
}

enum exit_code
loader_run(struct cli *cli, const struct loading *loading)
{
    struct loader loader = {.cli = cli, .loading = loading};
    struct creditbank_error error;

    if (cli_client(cli) == NULL || !submit_can_sign(cli))
        return EXIT_USAGE;
    while (loader.code == EXIT_DONE && !loader.ended) {
        if (loader.batch_count < loading->batch_max)
            begin(&loader);
        else
            creditbank_turn(cli->client);
        if (loader.bad_count > LOADER_BAD_MAX && loader.code == EXIT_DONE) {
            (void)error_set(&error, REASON_CSV_TOO_MANY_BAD, "%zu", loader.bad_count);
            stop(&loader, cli_error(cli, &error));
        }
    }
    while (loader.batch_count > 0)
        creditbank_turn(cli->client);
    return loader.code;
}
