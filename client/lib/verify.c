/*
 * Verifies a statement offline:
 *
 *   list      its bytes, its order, the bank's signature over it
 *   history   the key records, from the founding on
 *   lines     item -> items_root -> signatures -> entry -> checkpoint
 *   identity  what the owner chose to show
 *
 * Every line is checked, so that the report names each one that fails. The rules
 * are those of docs/formats.md.
 */
#include "creditbank.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "crypto/dsse.h"
#include "crypto/merkle.h"
#include "crypto/tlog_proof.h"
#include "wire/json.h"

#include "entry.h"
#include "error.h"
#include "heads.h"
#include "history.h"
#include "key.h"
#include "list.h"

#include <assert.h>

#define VERIFY_MEMORY_MAX ((size_t)1024 * 1024 * 1024)

/* A name of NOTE_NAME_MAX, the hash and the key. */
#define VERIFIER_TEXT_MAX ((size_t)512)

static const struct wire_limits statement_limits = {.depth_max = 12,
                                                    .fields_max = 2000000,
                                                    .elements_max = CREDITBANK_LINES_MAX,
                                                    .memory_max = VERIFY_MEMORY_MAX / 2};
struct verifying {
    struct arena *arena;
    const Creditbank__V1__Statement *statement;
    const Creditbank__V1__StatementList *list;
    const char *bank_key;
    struct note_verifier *bank; /* under which every checkpoint has to be signed */
    struct history *history;
    struct creditbank_head head;   /* of the checkpoint at hand */
    struct creditbank_head *heads; /* of the checkpoints of places that held */
    size_t head_count;
    struct creditbank_finding *findings;
    size_t finding_count;
    const Creditbank__V1__Item **items;
};

/* What is verified where, for findings. */
struct spot {
    enum creditbank_place place;
    size_t number;
};

static struct slice
slice_of(ProtobufCBinaryData bytes)
{
    return slice_make(bytes.data, bytes.len);
}

static void
find(struct verifying *v, struct spot spot, const struct creditbank_error *error)
{
    if (v->finding_count < CREDITBANK_FINDINGS_MAX)
        v->findings[v->finding_count++] =
            (struct creditbank_finding){spot.place, spot.number, *error};
}

static bool
open_list(struct verifying *v, struct creditbank_error *error)
{
    struct wire_fault fault;

    v->list = list_open(slice_of(v->statement->list), v->arena, &fault);
    if (v->list == NULL)
        return error_set_fault(error, REASON_VERIFY_LIST_INVALID, &fault);
    if (!entry_time_is_valid(v->list->create_time) || v->list->log_origin[0] == '\0')
        return error_set(error, REASON_VERIFY_LIST_INVALID, "create_time, log_origin");
    if (!list_is_in_order(v->list))
        return error_set(error, REASON_VERIFY_LIST_ORDER, "%s", "");
    if (v->list->n_lines != v->statement->n_lines)
        return error_set(error, REASON_VERIFY_LIST_COUNT, "%zu, %zu", v->statement->n_lines,
                         v->list->n_lines);
    return true;
}

/* Whether both are written the same: one name, one key. */
static bool
is_same_verifier(const struct note_verifier *a, const struct note_verifier *b)
{
    struct buffer texts[2];
    bool same;

    buffer_init(&texts[0], VERIFIER_TEXT_MAX);
    buffer_init(&texts[1], VERIFIER_TEXT_MAX);
    same = note_verifier_format(a, &texts[0]) && note_verifier_format(b, &texts[1]) &&
           slice_equal(buffer_slice(&texts[0]), buffer_slice(&texts[1]));
    buffer_fini(&texts[0]);
    buffer_fini(&texts[1]);
    return same;
}

/* The bank's key is what the founding names, and what was given has to be the same. */
static bool
choose_bank(struct verifying *v, struct creditbank_error *error)
{
    struct note_verifier *founded = NULL;
    struct public_key *key;
    bool same;

    if (v->bank != NULL && !slice_is(note_verifier_name(v->bank), v->list->log_origin))
        return error_set(error, REASON_VERIFY_ORIGIN, "%s", "");
    key = public_key_from_ed25519(history_log_key(v->history));
    if (key != NULL)
        founded = note_verifier_new(slice_text(v->list->log_origin), key);
    public_key_free(key);
    if (founded == NULL)
        return error_set(error, REASON_VERIFY_FOUNDING, "%s", "");
    if (v->bank == NULL) {
        v->bank = founded;
        return true;
    }
    same = is_same_verifier(v->bank, founded);
    note_verifier_free(founded);
    return same || error_set(error, REASON_VERIFY_LOG_KEY, "%s", "");
}

/* Two checkpoints of one size have one root, or the bank has signed two histories. */
static bool
check_fork(const struct verifying *v, struct creditbank_error *error)
{
    for (size_t i = 0; i < v->head_count; i++)
        if (heads_contradict(&v->heads[i], &v->head))
            return error_set(error, REASON_VERIFY_FORK, "%s", "");
    return true;
}

/* A place has held: its checkpoint counts for those to come. */
static void
keep_head(struct verifying *v)
{
    for (size_t i = 0; i < v->head_count; i++)
        if (v->heads[i].size == v->head.size)
            return;
    v->heads[v->head_count++] = v->head;
}

static bool
check_proof(struct verifying *v, const Creditbank__V1__BookedEntry *booked,
            const struct entry *entry, struct creditbank_error *error)
{
    const struct note_verifier *verifiers[] = {v->bank};
    struct tlog_proof proof;
    struct checkpoint checkpoint;
    const char *why = tlog_proof_parse(slice_text(booked->tlog_proof), &proof);

    if (why != NULL)
        return error_set_why(error, REASON_VERIFY_PROOF_INVALID, "", why);
    if (proof.index != entry->index)
        return error_set(error, REASON_VERIFY_POSITION, "%s", "");
    why = tlog_proof_verify(&proof, &entry->leaf, verifiers, 1, &checkpoint);
    if (why != NULL)
        return error_set_why(error, REASON_VERIFY_CHECKPOINT, "", why);
    v->head.size = checkpoint.head.size;
    memcpy(v->head.root, checkpoint.head.root.bytes, sizeof(v->head.root));
    return check_fork(v, error);
}

/* A control record is no item: it stands in the entry itself. */
static bool
check_no_item(const Creditbank__V1__Receipt *receipt, struct creditbank_error *error)
{
    if (receipt->item.len > 0 || receipt->item_index != 0 || receipt->n_item_path > 0)
        return error_set(error, REASON_VERIFY_KEY_RECORD, "%s", "");
    return true;
}

static bool
check_founding(struct verifying *v, struct creditbank_error *error)
{
    const Creditbank__V1__Receipt *receipt;
    struct entry entry;

    if (v->statement->n_key_records == 0)
        return error_set(error, REASON_VERIFY_FOUNDING, "%s", "");
    receipt = v->statement->key_records[0];
    return check_no_item(receipt, error) &&
           entry_open(receipt->entry, v->list->log_origin, v->arena, &entry, error) &&
           history_found(v->history, &entry, error) && choose_bank(v, error) &&
           check_proof(v, receipt->entry, &entry, error);
}

static bool
check_key_record(struct verifying *v, size_t i, struct creditbank_error *error)
{
    const Creditbank__V1__Receipt *receipt = v->statement->key_records[i];
    struct entry entry;

    return check_no_item(receipt, error) &&
           entry_open(receipt->entry, v->list->log_origin, v->arena, &entry, error) &&
           check_proof(v, receipt->entry, &entry, error) &&
           history_check_chain(v->history, &entry, error) &&
           history_check_signatures(v->history, &entry, error) &&
           history_add(v->history, &entry, error);
}

static bool
check_line(struct verifying *v, size_t i, struct creditbank_error *error)
{
    const Creditbank__V1__Receipt *receipt = v->statement->lines[i];
    const Creditbank__V1__StatementLine *position = v->list->lines[i];
    const char *account_no;
    struct entry entry;

    if (!entry_open(receipt->entry, v->list->log_origin, v->arena, &entry, error) ||
        !entry_open_item(slice_of(receipt->item), v->arena, &v->items[i], error))
        return false;
    if (entry.index != position->entry_index || receipt->item_index != position->item_index)
        return error_set(error, REASON_VERIFY_POSITION, "%s", "");
    account_no = entry_item_account(v->items[i]);
    if (account_no == NULL || strcmp(account_no, v->list->account_no) != 0)
        return error_set(error, REASON_VERIFY_ACCOUNT, "%s", "");
    return entry_holds_item(&entry, receipt, error) &&
           check_proof(v, receipt->entry, &entry, error) &&
           history_check_chain(v->history, &entry, error) &&
           history_check_signatures(v->history, &entry, error);
}

static bool
check_list_signature(struct verifying *v, struct creditbank_error *error)
{
    struct hash id;
    const struct public_key *key = hash_from_slice(slice_of(v->list->key_id), &id)
                                       ? history_service_key(v->history, &id, v->list->log_size)
                                       : NULL;

    if (key == NULL)
        return error_set(error, REASON_VERIFY_LIST_KEY, "%s", "");
    if (!dsse_verify(key, DSSE_STATEMENT, slice_of(v->statement->list),
                     slice_of(v->statement->list_signature)))
        return error_set(error, REASON_VERIFY_LIST_SIGNATURE, "%s", "");
    return true;
}

/* A disclosed field is what an account_opened among the lines commits to; false: it is not. */
static bool
is_committed(const struct verifying *v, const Creditbank__V1__DisclosedField *field)
{
    uint8_t number = (uint8_t)field->field;
    struct slice parts[] = {slice_of(field->salt), slice_make(&number, 1),
                            slice_text(field->value)};
    struct hash commitment = hash_sha256_parts(parts, ARRAY_COUNT(parts));

    if (field->salt.len != CREDITBANK_SALT_SIZE || field->field <= 0 || field->field > UINT8_MAX)
        return false;
    for (size_t i = 0; i < v->statement->n_lines; i++) {
        const Creditbank__V1__AccountOpened *opened = v->items[i]->account_opened;

        if (v->items[i]->body_case != CREDITBANK__V1__ITEM__BODY_ACCOUNT_OPENED)
            continue;
        for (size_t j = 0; j < opened->n_commitments; j++)
            if ((int32_t)opened->commitments[j]->field == field->field &&
                slice_equal(slice_of(opened->commitments[j]->hash), hash_slice(&commitment)))
                return true;
    }
    return false;
}

/* Where all lines hold, so that all items could be read. */
static bool
check_identity(const struct verifying *v, struct creditbank_error *error)
{
    bool shown[UINT8_MAX + 1] = {false};

    for (size_t i = 0; i < v->statement->n_identity; i++) {
        const Creditbank__V1__DisclosedField *field = v->statement->identity[i];

        if (!is_committed(v, field) || shown[field->field])
            return error_set(error, REASON_VERIFY_IDENTITY, "%s", "");
        shown[field->field] = true;
    }
    return true;
}

static void
verify_places(struct verifying *v)
{
    struct creditbank_error error;

    for (size_t i = 1; i < v->statement->n_key_records; i++)
        if (check_key_record(v, i, &error))
            keep_head(v);
        else
            find(v, (struct spot){CREDITBANK_KEY_RECORD, i + 1}, &error);
    if (!check_list_signature(v, &error))
        find(v, (struct spot){CREDITBANK_WHOLE, 0}, &error);
    for (size_t i = 0; i < v->statement->n_lines; i++)
        if (check_line(v, i, &error))
            keep_head(v);
        else
            find(v, (struct spot){CREDITBANK_LINE, i + 1}, &error);
    if (v->finding_count == 0 && !check_identity(v, &error))
        find(v, (struct spot){CREDITBANK_WHOLE, 0}, &error);
}

static void
verify(struct verifying *v)
{
    struct creditbank_error error;
    size_t receipts = v->statement->n_lines + v->statement->n_key_records;

    if (!open_list(v, &error)) {
        find(v, (struct spot){CREDITBANK_WHOLE, 0}, &error);
        return;
    }
    v->heads = arena_array(v->arena, receipts, sizeof(*v->heads));
    v->items = arena_array(v->arena, v->statement->n_lines, sizeof(*v->items));
    if (!check_founding(v, &error)) {
        find(v, (struct spot){CREDITBANK_KEY_RECORD, 1}, &error);
        return;
    }
    keep_head(v);
    verify_places(v);
}

/* Whether what was given as the bank's key, if anything was, is one. */
static bool
has_good_key(const struct verifying *v)
{
    return v->bank_key == NULL || v->bank != NULL;
}

static void
fill_report(struct verifying *v, struct creditbank_report *report)
{
    report->verdict = !has_good_key(v)       ? CREDITBANK_UNDECIDED
                      : v->finding_count > 0 ? CREDITBANK_FAILED
                      : v->bank_key != NULL  ? CREDITBANK_VERIFIED
                                             : CREDITBANK_CONSISTENT;
    report->finding_count = v->finding_count;
    report->findings = v->findings;
    report->statement = v->statement;
    report->list = v->list;
    if (v->items != NULL)
        report->line_count = v->statement->n_lines;
    report->items = v->items;
    report->heads = v->heads;
    report->head_count = v->head_count;
    report->memory = v->arena;
}

/* False, and found, where the bank's key is none. */
static bool
begin(struct verifying *v, const char *bank_key)
{
    struct creditbank_error error;

    *v = (struct verifying){.bank_key = bank_key, .arena = arena_new(VERIFY_MEMORY_MAX)};
    v->findings = arena_array(v->arena, CREDITBANK_FINDINGS_MAX, sizeof(*v->findings));
    v->history = history_new();
    if (bank_key != NULL)
        v->bank = note_verifier_parse(slice_text(bank_key));
    if (has_good_key(v))
        return true;
    (void)error_set(&error, REASON_VERIFY_BANK_KEY_INVALID, "%s", bank_key);
    find(v, (struct spot){CREDITBANK_WHOLE, 0}, &error);
    return false;
}

static void
end(struct verifying *v, struct creditbank_report *report)
{
    *report = (struct creditbank_report){0};
    fill_report(v, report);
    history_free(v->history);
    note_verifier_free(v->bank);
}

void
creditbank_statement_verify_message(const Creditbank__V1__Statement *statement,
                                    const char *bank_key, struct creditbank_report *report)
{
    struct verifying v;

    if (begin(&v, bank_key)) {
        v.statement = statement;
        verify(&v);
    }
    end(&v, report);
}

static void
verify_json(struct verifying *v, struct slice json)
{
    struct wire_fault fault;
    struct creditbank_error error;

    v->statement =
        (const void *)wire_json_parse(&creditbank__v1__statement__descriptor,
                                      utf8_without_mark(json), v->arena, &statement_limits, &fault);
    if (v->statement != NULL) {
        verify(v);
    } else {
        (void)error_set_fault(&error, REASON_VERIFY_STATEMENT_INVALID, &fault);
        find(v, (struct spot){CREDITBANK_WHOLE, 0}, &error);
    }
}

void
creditbank_statement_verify(const void *json, size_t len, const char *bank_key,
                            struct creditbank_report *report)
{
    struct verifying v;

    if (begin(&v, bank_key))
        verify_json(&v, slice_make(json, len));
    end(&v, report);
}

void
creditbank_report_free(struct creditbank_report *report)
{
    if (report->memory != NULL)
        arena_free(report->memory);
    *report = (struct creditbank_report){0};
}
