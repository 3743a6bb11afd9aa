/*
 * StatementService.GetStatement: everything in the caller's account with what
 * proves it offline.
 *
 *   get_statement --newest checkpoint--> got_checkpoint --positions--> got_records
 *     --items of a few transactions--> got_items (again while there are more)
 *     --prove entries--> proved --keys of the signers--> got_history
 *     --prove those--> proved_keys --sign list--> got_signature
 *     got_signature --her identity--> got_person, where she wants it shown
 *
 * All proofs are under one checkpoint, whose size the list states.
 */
#include "store/statement.h"
#include "api/credentials.h"
#include "api/methods.h"
#include "convert/entry.h"
#include "convert/reply.h"
#include "convert/reply_receipt.h"
#include "core/institution.h"
#include "creditbank/v1/statement_service.pb-c.h"
#include "ledger/prove.h"
#include "notary/notary.h"
#include "store/account.h"

#include <inttypes.h>

/* What fits into one answer with its proofs; the bytes are those of items and entries. */
#define RECORDS_MAX 1000
#define RECORD_BYTES_MAX ((int64_t)2 << 20)

/*
 * The founding, and what registered and revoked each key of two institutions that have
 * had as many as there may be: the operator and another. With its proof a record takes
 * 2 KiB, so that 2 MiB of the answer are left for the rest.
 */
#define KEY_RECORDS_MAX (1 + 2 * 2 * KEYS_MAX)
#define KEY_RECORD_BYTES_MAX ((int64_t)1 << 20)

/* Whose leaf hashes are read at once: 2 MB, where each has a thousand items. */
#define TRANSACTIONS_AT_ONCE 64

struct get_statement {
    struct slice account_no;
    struct stored_checkpoint checkpoint;
    struct record_list records;
    struct stored_item *items;
    size_t item_count; /* that were found */
    size_t entry_count;
    uint64_t *entries; /* of the records, each once */
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

static struct step
get_statement(struct call *call)
{
    struct get_statement *s = call_state(call);

    const char *stopped = ledger_stopped(call_runtime(call)->ledger);

    if (stopped != NULL)
        return call_refuse(call, REASON_LEDGER_STOPPED, "", "%s", stopped);
    s->account_no = slice_text(call_caller(call)->account_no);
    return store_find_checkpoint(call, &s->checkpoint, got_checkpoint);
}

static struct step
got_checkpoint(struct call *call)
{
    struct get_statement *s = call_state(call);

    return store_list_records(call, s->account_no, s->checkpoint.size, RECORDS_MAX + 1, &s->records,
                              got_records);
}

static struct step
refuse_length(struct call *call, int64_t count, int64_t count_max, int64_t bytes_max)
{
    if (count > count_max)
        return call_refuse(call, REASON_STATEMENT_TOO_LONG, "", "%" PRId64, count_max);
    return call_refuse(call, REASON_STATEMENT_TOO_LONG, "", "%" PRId64 " MiB", bytes_max >> 20);
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
    size_t count = s->records.count;

    if (count > RECORDS_MAX || s->records.bytes > RECORD_BYTES_MAX)
        return refuse_length(call, (int64_t)count, RECORDS_MAX, RECORD_BYTES_MAX);
    s->items = arena_array(arena, count, sizeof(*s->items));
    s->entries = arena_array(arena, count, sizeof(*s->entries));
    for (size_t i = 0; i < count; i++)
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

    for (; s->item_count < s->records.count; s->item_count++)
        if (begins_entry(&s->records, s->item_count) && transactions++ == TRANSACTIONS_AT_ONCE)
            break;
    return store_find_items(call, &scope, &s->records.places[first], s->item_count - first,
                            &s->items[first], got_items);
}

static struct step
got_items(struct call *call)
{
    struct get_statement *s = call_state(call);

    if (s->item_count < s->records.count)
        return find_items(call);
    return ledger_prove(call, &s->checkpoint, s->entries, s->entry_count, s->booked, proved);
}

/* Whose keys signed the records; each once. False if an entry is none. */
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
    return store_find_key_history(call, &signers, s->checkpoint.size, KEY_RECORDS_MAX + 1,
                                  &s->history, got_history);
}

static struct step
got_history(struct call *call)
{
    struct get_statement *s = call_state(call);

    if (s->history.count > KEY_RECORDS_MAX || s->history.bytes > KEY_RECORD_BYTES_MAX)
        return refuse_length(call, (int64_t)s->history.count, KEY_RECORDS_MAX,
                             KEY_RECORD_BYTES_MAX);
    s->key_booked = arena_array(call_arena(call), s->history.count, sizeof(*s->key_booked));
    return ledger_prove(call, &s->checkpoint, s->history.entries, s->history.count, s->key_booked,
                        proved_keys);
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
    list.n_lines = s->records.count;
    list.lines = reply_list(arena, s->records.count, sizeof(**list.lines));
    for (size_t i = 0; i < s->records.count; i++) {
        creditbank__v1__statement_line__init(list.lines[i]);
        list.lines[i]->entry_index = (uint64_t)s->records.places[i].entry_index;
        list.lines[i]->item_index = (uint32_t)s->records.places[i].item_index;
    }
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
    Creditbank__V1__Receipt **lines = arena_array(arena, s->records.count, sizeof(*lines));
    Creditbank__V1__BookedEntry *entry = NULL;
    size_t entry_count = 0;

    for (size_t i = 0; i < s->records.count; i++) {
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
    statement->n_lines = s->records.count;
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
