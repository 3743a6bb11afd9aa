/*
 * StatementService.GetStatement: what the caller's account holds, with what proves it
 * offline: all of it, or as many records behind a position as fit into one answer.
 *
 *   get_statement --newest checkpoint--> got_checkpoint --positions--> got_records
 *     --items of a few transactions--> got_items (again while there are more)
 *     --prove entries--> proved --keys of the signers--> got_history
 *     got_history (again with fewer records while their keys do not fit beside them)
 *     --prove those--> proved_keys --sign list--> got_signature
 *     got_signature --her identity--> got_person, where she wants it shown
 *
 * All proofs are under one checkpoint, whose size the list states. What stands at a
 * position of the log stands there for ever: so parts join whatever their sizes, and
 * together they are as of the last one's.
 */
#include "store/statement.h"
#include "api/credentials.h"
#include "api/methods.h"
#include "api/statement_part.h"
#include "convert/entry.h"
#include "convert/reply.h"
#include "convert/reply_receipt.h"
#include "creditbank/v1/statement_service.pb-c.h"
#include "ledger/prove.h"
#include "notary/notary.h"
#include "store/account.h"

#include <inttypes.h>

/* Whose leaf hashes are read at once: 2 MB, where each has a thousand items. */
#define TRANSACTIONS_AT_ONCE 64

struct get_statement {
    struct slice account_no;
    struct stored_checkpoint checkpoint;
    struct item_place after;    /* RECORDS_FROM_FIRST where none is asked for */
    struct record_list records; /* behind it, at least one more than fit where there are more */
    size_t line_count;          /* of the records, from the first: what this answer holds */
    struct stored_item *items;
    size_t item_count; /* that were found */
    size_t entry_count;
    uint64_t *entries; /* of the lines, each once */
    struct booked *booked;
    struct key_history history;
    struct booked *key_booked;
    struct slice list;
    struct notary_signature signature;
    struct account_found found;
    size_t disclosed_count;
    Creditbank__V1__DisclosedField **disclosed;
};

static step_fn got_checkpoint, got_records, got_items, proved, got_history, proved_keys,
    got_signature, got_person;

static bool
is_further_part(const struct get_statement *s)
{
    return s->after.entry_index >= 0;
}

static struct step
get_statement(struct call *call)
{
    const Creditbank__V1__GetStatementRequest *req = call_request(call);
    const Creditbank__V1__StatementLine *after = req->after;
    const char *stopped = ledger_stopped(call_runtime(call)->ledger);
    struct get_statement *s = call_state(call);

    if (stopped != NULL)
        return call_refuse(call, REASON_LEDGER_STOPPED, "", "%s", stopped);
    s->account_no = slice_text(call_caller(call)->account_no);
    s->after = RECORDS_FROM_FIRST;
    if (after != NULL && after->entry_index > INT64_MAX)
        return call_refuse(call, REASON_FIELD_RANGE, "after.entry_index", "%s", "0-2^63");
    if (after != NULL && after->item_index >= ITEMS_MAX)
        return call_refuse(call, REASON_FIELD_RANGE, "after.item_index", "0-%d", ITEMS_MAX - 1);
    if (after != NULL)
        s->after = (struct item_place){(int64_t)after->entry_index, (int32_t)after->item_index};
    if (is_further_part(s) && req->disclose_identity)
        return call_refuse(call, REASON_STATEMENT_IDENTITY_PART, "disclose_identity", "%s", "");
    return store_find_checkpoint(call, &s->checkpoint, got_checkpoint);
}

static struct step
got_checkpoint(struct call *call)
{
    struct get_statement *s = call_state(call);

    if (is_further_part(s) && (uint64_t)s->after.entry_index >= s->checkpoint.size)
        return call_refuse(call, REASON_ENTRY_UNKNOWN, "after.entry_index", "%" PRId64,
                           s->after.entry_index);
    return store_list_records(call,
                              &(struct record_range){.account_no = s->account_no,
                                                     .size = s->checkpoint.size,
                                                     .after = s->after,
                                                     .limit = STATEMENT_LINES_MAX + 1},
                              &s->records, got_records);
}

/* Whether record i, counted from 0, is the first one of its transaction. */
static bool
begins_entry(const struct record_list *records, size_t i)
{
    return i == 0 || records->places[i].entry_index != records->places[i - 1].entry_index;
}

static struct step
got_records(struct call *call)
{
    struct get_statement *s = call_state(call);
    struct arena *arena = call_arena(call);
    struct key_history none = {0};

    s->line_count = statement_part_lines(&s->records, &none);
    s->items = arena_array(arena, s->line_count, sizeof(*s->items));
    s->entries = arena_array(arena, s->line_count, sizeof(*s->entries));
    for (size_t i = 0; i < s->line_count; i++)
        if (begins_entry(&s->records, i))
            s->entries[s->entry_count++] = (uint64_t)s->records.places[i].entry_index;
    s->booked = arena_array(arena, s->entry_count, sizeof(*s->booked));
    return got_items(call);
}

/* Those that were not found yet, of a few transactions. */
static struct step
find_items(struct call *call)
{
    struct get_statement *s = call_state(call);
    struct scope scope = scope_of(call);
    size_t first = s->item_count, transactions = 0;

    for (; s->item_count < s->line_count; s->item_count++)
        if (begins_entry(&s->records, s->item_count) && transactions++ == TRANSACTIONS_AT_ONCE)
            break;
    return store_find_items(call, &scope, &s->records.places[first], s->item_count - first,
                            &s->items[first], got_items);
}

static struct step
got_items(struct call *call)
{
    struct get_statement *s = call_state(call);

    if (s->item_count < s->line_count)
        return find_items(call);
    return ledger_prove(call, &s->checkpoint, s->entries, s->entry_count, s->booked, proved);
}

/* Whose keys signed the lines; each once. False if an entry is none. */
static bool
collect_signers(struct call *call, struct text_list *signers)
{
    struct get_statement *s = call_state(call);
    struct arena *arena = call_arena(call);

    signers->texts = arena_array(arena, s->entry_count, sizeof(struct slice));
    for (size_t i = 0; i < s->entry_count; i++) {
        struct log_entry *entry = arena_alloc(arena, sizeof(*entry));
        bool known = false;

        if (!convert_log_entry(s->booked[i].entry, arena, entry))
            return false;
        for (size_t j = 0; j < signers->count && !known; j++)
            known = slice_equal(signers->texts[j], entry->transaction.value.institution_id);
        if (!known)
            signers->texts[signers->count++] = entry->transaction.value.institution_id;
    }
    return true;
}

static struct step
proved(struct call *call)
{
    struct get_statement *s = call_state(call);
    struct text_list signers = {0};

    if (!collect_signers(call, &signers))
        return call_refuse(call, REASON_INTERNAL_ERROR, "", "%s", "");
    return store_find_key_history(call, &signers, s->checkpoint.size, STATEMENT_KEY_RECORDS_MAX + 1,
                                  &s->history, got_history);
}

/* Fewer lines, which may need fewer keys: those that fit beside these keys, or half of them. */
static struct step
cut(struct call *call, size_t fitting)
{
    struct get_statement *s = call_state(call);

    s->line_count = fitting > s->line_count / 2 ? fitting : s->line_count / 2;
    s->entry_count = 0;
    for (size_t i = 0; i < s->line_count; i++)
        s->entry_count += begins_entry(&s->records, i);
    if (s->line_count == 0)
        return call_refuse(call, REASON_INTERNAL_ERROR, "", "%s", "");
    return proved(call);
}

static struct step
got_history(struct call *call)
{
    struct get_statement *s = call_state(call);

    size_t fitting = statement_part_lines(&s->records, &s->history);

    if (fitting < s->line_count)
        return cut(call, fitting);
    s->key_booked = arena_array(call_arena(call), s->history.count, sizeof(*s->key_booked));
    return ledger_prove(call, &s->checkpoint, s->history.entries, s->history.count, s->key_booked,
                        proved_keys);
}

static Creditbank__V1__StatementLine *
make_position(struct call *call, const struct item_place *place)
{
    Creditbank__V1__StatementLine *line = arena_alloc(call_arena(call), sizeof(*line));

    creditbank__v1__statement_line__init(line);
    line->entry_index = (uint64_t)place->entry_index;
    line->item_index = (uint32_t)place->item_index;
    return line;
}

static struct slice
pack_list(struct call *call)
{
    struct get_statement *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__StatementList list;

    creditbank__v1__statement_list__init(&list);
    list.log_origin = reply_text(arena, slice_text(credentials_config(call)->log_origin));
    list.account_no = reply_text(arena, s->account_no);
    list.log_size = s->checkpoint.size;
    list.create_time = reply_time(arena, call_now_us(call));
    list.key_id = reply_hash(arena, &s->history.service_key);
    list.n_lines = s->line_count;
    list.lines = arena_array(arena, s->line_count, sizeof(*list.lines));
    for (size_t i = 0; i < s->line_count; i++)
        list.lines[i] = make_position(call, &s->records.places[i]);
    if (is_further_part(s))
        list.after = make_position(call, &s->after);
    list.goes_on = s->line_count < s->records.count;
    return reply_pack(arena, &list.base);
}

static struct step
proved_keys(struct call *call)
{
    struct get_statement *s = call_state(call);

    s->list = pack_list(call);
    return notary_sign_statement(call, s->list, &s->signature, got_signature);
}

static Creditbank__V1__BookedEntry *
make_entry(struct call *call, const struct booked *booked)
{
    return reply_entry(call_arena(call), &(struct proved_entry){
                                             .entry_index = (uint64_t)booked->entry_index,
                                             .booked_at_us = booked->booked_at_us,
                                             .entry = booked->entry,
                                             .tlog_proof = booked->tlog_proof,
                                         });
}

static Creditbank__V1__Receipt **
make_lines(struct call *call)
{
    struct get_statement *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__Receipt **lines = arena_array(arena, s->line_count, sizeof(*lines));
    Creditbank__V1__BookedEntry *entry = NULL;
    size_t entry_count = 0;

    for (size_t i = 0; i < s->line_count; i++) {
        if (begins_entry(&s->records, i))
            entry = make_entry(call, &s->booked[entry_count++]);
        lines[i] = reply_receipt(arena,
                                 &(struct proved_item){
                                     .item = s->items[i].bytes,
                                     .item_index = (uint32_t)s->items[i].place.item_index,
                                     .path_count = s->items[i].path_count,
                                     .path = s->items[i].path,
                                 },
                                 entry);
    }
    return lines;
}

static Creditbank__V1__Receipt **
make_key_records(struct call *call)
{
    struct get_statement *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__Receipt **records = arena_array(arena, s->history.count, sizeof(*records));

    for (size_t i = 0; i < s->history.count; i++)
        records[i] = reply_receipt(arena, &(struct proved_item){.path_count = 0},
                                   make_entry(call, &s->key_booked[i]));
    return records;
}

static struct step
reply(struct call *call)
{
    struct get_statement *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__Statement *statement = arena_alloc(arena, sizeof(*statement));
    Creditbank__V1__GetStatementResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__statement__init(statement);
    statement->list = reply_bytes(arena, s->list);
    statement->list_signature = reply_bytes(arena, signature_slice(&s->signature.signature));
    statement->n_lines = s->line_count;
    statement->lines = make_lines(call);
    statement->n_key_records = s->history.count;
    statement->key_records = make_key_records(call);
    statement->n_identity = s->disclosed_count;
    statement->identity = s->disclosed;
    creditbank__v1__get_statement_response__init(response);
    response->statement = statement;
    return call_reply(call, response);
}

static struct step
got_signature(struct call *call)
{
    const Creditbank__V1__GetStatementRequest *req = call_request(call);
    struct get_statement *s = call_state(call);
    struct scope scope = scope_of(call);

    if (!req->disclose_identity)
        return reply(call);
    return store_find_account(call, &scope, s->account_no, &s->found, got_person);
}

static void
disclose(struct call *call, const struct identity *identity)
{
    struct get_statement *s = call_state(call);
    struct arena *arena = call_arena(call);
    struct slice values[IDENTITY_FIELDS];

    identity_values(identity, values);
    s->disclosed_count = IDENTITY_FIELDS;
    s->disclosed = reply_list(arena, IDENTITY_FIELDS, sizeof(**s->disclosed));
    for (int i = 0; i < IDENTITY_FIELDS; i++) {
        creditbank__v1__disclosed_field__init(s->disclosed[i]);
        s->disclosed[i]->field = i + IDENTITY_DOCUMENT_TYPE;
        s->disclosed[i]->salt =
            reply_bytes(arena, slice_make(identity->salts[i], IDENTITY_SALT_SIZE));
        s->disclosed[i]->value = reply_text(arena, values[i]);
    }
}

static struct step
got_person(struct call *call)
{
    struct get_statement *s = call_state(call);
    struct identity identity;

    if (!s->found.has_person)
        return reply(call);
    if (!identity_open(&s->found.person, s->account_no, credentials_config(call)->identity_keys,
                       call_arena(call), &identity))
        return call_refuse(call, REASON_INTERNAL_ERROR, "", "%s", "");
    disclose(call, &identity);
    return reply(call);
}

const struct method statement_get_statement_method = {
    .name = "creditbank.v1.StatementService/GetStatement",
    .start = get_statement,
    .state_size = sizeof(struct get_statement),
    .callers = MAY_LEARNER,
    .is_large = true,
};
