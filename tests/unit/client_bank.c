#include "client_bank.h"

#include "base/buffer.h"
#include "base/hex.h"
#include "crypto/checkpoint.h"
#include "crypto/dsse.h"
#include "crypto/tlog_proof.h"
#include "lib/key.h"
#include "wire/unpack.h"

#include <assert.h>
#include <stdio.h>

#define ARENA_MAX ((size_t)64 * 1024 * 1024)
#define START_US INT64_C(1772668800000000) /* 2026-03-05 in Shanghai */

static const struct wire_limits limits = {
    .depth_max = 16, .fields_max = 10000, .elements_max = 1000, .memory_max = (size_t)1024 * 1024};

static struct slice
slice_of(ProtobufCBinaryData bytes)
{
    return slice_make(bytes.data, bytes.len);
}

static ProtobufCBinaryData
binary(struct arena *arena, struct slice bytes)
{
    struct slice copy = arena_copy(arena, bytes);

    return (ProtobufCBinaryData){copy.len, (uint8_t *)(uintptr_t)copy.at};
}

static void
fill_time(Google__Protobuf__Timestamp *time, int64_t us)
{
    google__protobuf__timestamp__init(time);
    time->seconds = us / 1000000;
    time->nanos = (int32_t)(us % 1000000) * 1000;
}

/* The chain of the entry's institution, and how the entry changes chains: by the rule's own words.
 */
static void
advance(struct hash *chain, const struct hash *leaf)
{
    static const uint8_t two = 2;
    struct slice parts[] = {slice_make(&two, 1), hash_slice(chain), hash_slice(leaf)};

    *chain = hash_sha256_parts(parts, 3);
}

static Creditbank__V1__SubmitRequest *
sign_draft(struct bank *bank, struct creditbank_draft *draft)
{
    struct creditbank_bytes bytes;
    struct creditbank_error error;
    struct wire_fault fault;
    bool good = creditbank_draft_sign(draft, &bytes, &error);

    assert(good);

    struct slice copy = arena_copy(bank->arena, slice_make(bytes.at, bytes.len));

    creditbank_bytes_free(&bytes);
    return (void *)wire_unpack(&creditbank__v1__submit_request__descriptor, copy, bank->arena,
                               WIRE_LENIENT, &limits, &fault);
}

/* Books what was drafted, as the newest entry. */
static void
book(struct bank *bank, struct creditbank_draft *draft)
{
    bool by_school = strcmp(draft->institution_id, "school") == 0;
    Creditbank__V1__LogEntry entry;
    Google__Protobuf__Timestamp booked_at;
    const Creditbank__V1__SubmitRequest *request = sign_draft(bank, draft);
    Creditbank__V1__Signature *signatures[CREDITBANK_SIGNATURES_MAX];
    struct hash chain = by_school ? bank->school_chain : bank->operator_chain;
    size_t i = bank->count++;

    creditbank__v1__log_entry__init(&entry);
    fill_time(&booked_at, START_US + (int64_t)i);
    for (size_t j = 0; j < request->n_signatures; j++) {
        signatures[j] = arena_alloc(bank->arena, sizeof(*signatures[j]));
        creditbank__v1__signature__init(signatures[j]);
        signatures[j]->key_id = request->signatures[j]->key_id;
        signatures[j]->signature = request->signatures[j]->signature;
    }
    entry.version = 1;
    entry.booked_at = &booked_at;
    entry.key_chain = binary(bank->arena, hash_slice(&chain));
    entry.transaction = request->transaction;
    entry.signatures = signatures;
    entry.n_signatures = request->n_signatures;
    bank->entries[i] = wire_pack(&entry.base, bank->arena);
    bank->leaves[i] = merkle_leaf(bank->entries[i]);
    bank->item_counts[i] = request->n_items;
    for (size_t j = 0; j < request->n_items; j++)
        bank->item_bytes[i][j] = slice_of(request->items[j]);
}

static void
book_control(struct bank *bank, const char *institution, const struct creditbank_key *key,
             const Creditbank__V1__Control *control)
{
    struct creditbank_draft draft = {.log_origin = BANK_ORIGIN,
                                     .institution_id = institution,
                                     .create_time_us = START_US,
                                     .control = control,
                                     .keys = &key,
                                     .key_count = 1};

    book(bank, &draft);
}

static Creditbank__V1__KeyRegistered *
registered(struct bank *bank, const char *institution, const struct creditbank_key *key,
           const Creditbank__V1__Duty *duties, size_t count)
{
    Creditbank__V1__KeyRegistered *made = arena_alloc(bank->arena, sizeof(*made));
    struct creditbank_claim claim = {BANK_ORIGIN, institution, duties, count};
    struct creditbank_bytes spki = creditbank_key_spki(key);
    uint8_t proof[CREDITBANK_SIGNATURE_SIZE];
    bool claimed = creditbank_key_sign_claim(key, &claim, proof);

    assert(claimed);
    creditbank__v1__key_registered__init(made);
    made->institution_id = (char *)(uintptr_t)institution;
    made->spki = binary(bank->arena, slice_make(spki.at, spki.len));
    made->duties = (Creditbank__V1__Duty *)(uintptr_t)duties;
    made->n_duties = count;
    made->proof_of_possession = binary(bank->arena, slice_make(proof, sizeof(proof)));
    return made;
}

static const Creditbank__V1__Duty admin_duties[] = {CREDITBANK__V1__DUTY__DUTY_POST,
                                                    CREDITBANK__V1__DUTY__DUTY_ADMIN};
static const Creditbank__V1__Duty service_duties[] = {CREDITBANK__V1__DUTY__DUTY_SERVICE};

static void
found(struct bank *bank)
{
    Creditbank__V1__Control control;
    Creditbank__V1__Founding founding;
    Creditbank__V1__InstitutionRegistered institution;
    Creditbank__V1__KeyRegistered *key =
        registered(bank, "operator", bank->operator_key, admin_duties, 2);

    creditbank__v1__institution_registered__init(&institution);
    creditbank__v1__founding__init(&founding);
    creditbank__v1__control__init(&control);
    institution.institution_id = (char *)(uintptr_t) "operator";
    institution.kind = CREDITBANK__V1__INSTITUTION_KIND__INSTITUTION_KIND_OPERATOR;
    institution.name = (char *)(uintptr_t) "学分银行";
    founding.demo = 1;
    founding.operator_ = &institution;
    founding.operator_keys = &key;
    founding.n_operator_keys = 1;
    founding.service_key = registered(bank, "operator", bank->service_key, service_duties, 1);
    founding.log_key = binary(bank->arena, public_key_ed25519(private_key_public(bank->log_key)));
    control.body_case = CREDITBANK__V1__CONTROL__BODY_FOUNDING;
    control.founding = &founding;
    book_control(bank, "operator", bank->operator_key, &control);
    advance(&bank->operator_chain, &bank->leaves[0]);
    control.body_case = CREDITBANK__V1__CONTROL__BODY_INSTITUTION_REGISTERED;
    institution.institution_id = (char *)(uintptr_t) "school";
    institution.kind = CREDITBANK__V1__INSTITUTION_KIND__INSTITUTION_KIND_SCHOOL;
    control.institution_registered = &institution;
    book_control(bank, "operator", bank->operator_key, &control);
}

/* Registers a school's key, by the operator or by the school. */
static void
add_key(struct bank *bank, const char *signer, const struct creditbank_key *by,
        const struct creditbank_key *key, bool bad_proof)
{
    Creditbank__V1__Control control;

    creditbank__v1__control__init(&control);
    control.body_case = CREDITBANK__V1__CONTROL__BODY_KEY_REGISTERED;
    control.key_registered = registered(bank, "school", key, admin_duties, 2);
    if (bad_proof)
        control.key_registered->proof_of_possession.data[5] ^= 1;
    book_control(bank, signer, by, &control);
    advance(&bank->school_chain, &bank->leaves[bank->count - 1]);
}

static void
revoke_second(struct bank *bank)
{
    Creditbank__V1__Control control;
    Creditbank__V1__KeyRevoked revoked;

    creditbank__v1__key_revoked__init(&revoked);
    creditbank__v1__control__init(&control);
    revoked.institution_id = (char *)(uintptr_t) "school";
    revoked.key_id =
        binary(bank->arena, slice_make(creditbank_key_id(bank->second_key), HASH_SIZE));
    control.body_case = CREDITBANK__V1__CONTROL__BODY_KEY_REVOKED;
    control.key_revoked = &revoked;
    book_control(bank, "operator", bank->operator_key, &control);
    advance(&bank->school_chain, &bank->leaves[bank->count - 1]);
}

static Creditbank__V1__Item *
result_item(struct bank *bank, const char *account_no, const char *outer_id)
{
    Creditbank__V1__Item *item = arena_alloc(bank->arena, sizeof(*item));
    Creditbank__V1__OutcomeRevoked *revoked = arena_alloc(bank->arena, sizeof(*revoked));

    creditbank__v1__item__init(item);
    creditbank__v1__outcome_revoked__init(revoked);
    revoked->account_no = (char *)(uintptr_t)account_no;
    revoked->outer_id = (char *)(uintptr_t)outer_id;
    revoked->reason = CREDITBANK__V1__CHANGE_REASON__CHANGE_REASON_ENTRY_ERROR;
    item->body_case = CREDITBANK__V1__ITEM__BODY_OUTCOME_REVOKED;
    item->outcome_revoked = revoked;
    return item;
}

/* Opens the account with a commitment to the name of docs/formats.md section 10. */
static void
book_opening(struct bank *bank)
{
    uint8_t hash[HASH_SIZE];
    static const char hex[] = "9a35867a4c267288a319cbbc46699201e7928418750031307b179b65e1b166fb";
    Creditbank__V1__Item item, *items[] = {&item};
    Creditbank__V1__AccountOpened opened;
    Creditbank__V1__IdentityCommitment commitment;
    Creditbank__V1__IdentityCommitment *commitments[] = {&commitment};
    const struct creditbank_key *key = bank->school_key;
    struct creditbank_draft draft = {.log_origin = BANK_ORIGIN,
                                     .institution_id = "school",
                                     .create_time_us = START_US,
                                     .items = items,
                                     .item_count = 1,
                                     .keys = &key,
                                     .key_count = 1};
    bool parsed = hex_parse(slice_text(hex), hash, sizeof(hash));

    creditbank__v1__identity_commitment__init(&commitment);
    creditbank__v1__account_opened__init(&opened);
    creditbank__v1__item__init(&item);
    assert(parsed);
    commitment.field = CREDITBANK__V1__IDENTITY_FIELD__IDENTITY_FIELD_NAME;
    commitment.hash = (ProtobufCBinaryData){sizeof(hash), hash};
    opened.account_no = (char *)(uintptr_t)BANK_ACCOUNT;
    opened.commitments = commitments;
    opened.n_commitments = 1;
    item.body_case = CREDITBANK__V1__ITEM__BODY_ACCOUNT_OPENED;
    item.account_opened = &opened;
    book(bank, &draft);
}

/* Items about the account, the last of three about somebody else's. */
static void
book_items(struct bank *bank, const struct creditbank_key *key, const char *origin, size_t count)
{
    Creditbank__V1__Item **items = bank->items[bank->count];
    struct creditbank_draft draft = {.log_origin = origin,
                                     .institution_id = "school",
                                     .create_time_us = START_US,
                                     .items = items,
                                     .item_count = count,
                                     .keys = &key,
                                     .key_count = 1};

    for (size_t i = 0; i < count; i++)
        items[i] = result_item(bank, i == 2 ? "20000000000026" : BANK_ACCOUNT,
                               arena_printf(bank->arena, "R%zu-%zu", bank->count, i));
    book(bank, &draft);
}

void
bank_init(struct bank *bank, const struct bank_faults *faults)
{
    struct note_verifier *verifier;
    struct creditbank_key *last;
    struct buffer text;

    *bank = (struct bank){.arena = arena_new(ARENA_MAX)};
    bank->operator_key = key_wrap(private_key_generate(KEY_ED25519));
    bank->service_key = key_wrap(private_key_generate(KEY_ED25519));
    bank->school_key = key_wrap(private_key_generate(KEY_P256));
    bank->second_key = key_wrap(private_key_generate(KEY_SM2));
    bank->log_key = private_key_generate(KEY_ED25519);
    buffer_init(&text, sizeof(bank->bank_key) - 1);
    verifier = note_verifier_new(slice_text(BANK_ORIGIN), private_key_public(bank->log_key));
    bool formatted = note_verifier_format(verifier, &text);
    assert(formatted);
    memcpy(bank->bank_key, text.at, text.len);
    note_verifier_free(verifier);
    buffer_fini(&text);
    found(bank);
    add_key(bank, "operator", bank->operator_key, bank->school_key, false);
    book_items(bank, bank->school_key, BANK_ORIGIN, 3);
    if (faults->opens_account)
        book_opening(bank);
    else
        book_items(bank, bank->school_key, BANK_ORIGIN, 1);
    add_key(bank, "school", bank->school_key, bank->second_key, faults->bad_proof);
    revoke_second(bank);
    last = faults->last_by_revoked    ? bank->second_key
           : faults->last_by_stranger ? bank->service_key
                                      : bank->school_key;
    book_items(bank, last, faults->last_of_other_log ? "demo.other.example/log" : BANK_ORIGIN, 2);
}

void
bank_free(struct bank *bank)
{
    creditbank_key_free(bank->operator_key);
    creditbank_key_free(bank->service_key);
    creditbank_key_free(bank->school_key);
    creditbank_key_free(bank->second_key);
    private_key_free(bank->log_key);
    arena_free(bank->arena);
}

static const char *
prove(struct bank *bank, uint64_t index, const struct hash *leaves, const struct private_key *key)
{
    struct tlog_proof proof = {.index = index};
    struct checkpoint checkpoint = {.origin = slice_text(BANK_ORIGIN)};
    struct buffer note, text;
    const char *copy;

    buffer_init(&note, NOTE_MAX);
    buffer_init(&text, TLOG_PROOF_MAX);
    checkpoint.head.size = bank->count;
    checkpoint.head.root = merkle_root(leaves, bank->count);
    bool good = checkpoint_sign(&checkpoint, key, &note);
    merkle_prove(leaves, bank->count, index, &proof.path);
    proof.checkpoint = buffer_slice(&note);
    good = good && tlog_proof_format(&proof, &text);
    assert(good);
    copy = arena_text(bank->arena, buffer_slice(&text));
    buffer_fini(&note);
    buffer_fini(&text);
    return copy;
}

static Creditbank__V1__BookedEntry *
booked(struct bank *bank, uint64_t index, const struct bank_statement_faults *faults, bool forked)
{
    Creditbank__V1__BookedEntry *entry = arena_alloc(bank->arena, sizeof(*entry));
    struct hash leaves[BANK_ENTRIES_MAX];
    struct private_key *stranger = faults->wrong_log_key ? private_key_generate(KEY_ED25519) : NULL;

    memcpy(leaves, bank->leaves, sizeof(leaves));
    if (forked)
        leaves[1] = leaves[0];
    creditbank__v1__booked_entry__init(entry);
    entry->entry_index = index;
    entry->booked_at = arena_alloc(bank->arena, sizeof(*entry->booked_at));
    fill_time(entry->booked_at, START_US + (int64_t)index);
    entry->log_entry = binary(bank->arena, bank->entries[index]);
    entry->tlog_proof =
        (char *)(uintptr_t)prove(bank, index, leaves, stranger != NULL ? stranger : bank->log_key);
    private_key_free(stranger);
    return entry;
}

Creditbank__V1__BookedEntry *
bank_entry(struct bank *bank, uint64_t index)
{
    struct bank_statement_faults none = {0};

    return booked(bank, index, &none, false);
}

static Creditbank__V1__Receipt *
receipt(struct bank *bank, uint64_t index, const struct bank_statement_faults *faults, bool forked)
{
    Creditbank__V1__Receipt *made = arena_alloc(bank->arena, sizeof(*made));

    creditbank__v1__receipt__init(made);
    made->entry = booked(bank, index, faults, forked);
    return made;
}

static void
add_item(struct bank *bank, const struct bank_line *line, Creditbank__V1__Receipt *made)
{
    struct hash leaves[4];
    struct merkle_proof path;

    for (size_t i = 0; i < bank->item_counts[line->entry]; i++)
        leaves[i] = merkle_leaf(bank->item_bytes[line->entry][i]);
    merkle_prove(leaves, bank->item_counts[line->entry], line->item, &path);
    made->item = binary(bank->arena, bank->item_bytes[line->entry][line->item]);
    made->item_index = line->item;
    made->n_item_path = path.count;
    made->item_path = arena_array(bank->arena, path.count + 1, sizeof(*made->item_path));
    for (size_t i = 0; i < path.count; i++)
        made->item_path[i] = binary(bank->arena, hash_slice(&path.hashes[i]));
}

static Creditbank__V1__StatementLine *
position(struct bank *bank, const struct bank_line *line)
{
    Creditbank__V1__StatementLine *made = arena_alloc(bank->arena, sizeof(*made));

    creditbank__v1__statement_line__init(made);
    made->entry_index = line->entry;
    made->item_index = line->item;
    return made;
}

static void
sign_list(struct bank *bank, const struct bank_line *lines, size_t count,
          const struct bank_statement_faults *faults, Creditbank__V1__Statement *statement)
{
    const struct creditbank_key *key = faults->by_operator ? bank->operator_key : bank->service_key;
    Creditbank__V1__StatementList list;
    Google__Protobuf__Timestamp time;
    struct signature signature;
    struct slice bytes;

    creditbank__v1__statement_list__init(&list);
    fill_time(&time, START_US);
    list.log_origin = (char *)(uintptr_t)BANK_ORIGIN;
    list.account_no =
        (char *)(uintptr_t)(faults->account_no != NULL ? faults->account_no : BANK_ACCOUNT);
    list.log_size = bank->count;
    list.create_time = &time;
    list.key_id = binary(bank->arena, slice_make(creditbank_key_id(key), HASH_SIZE));
    list.n_lines = count;
    list.lines = arena_array(bank->arena, count, sizeof(*list.lines));
    for (size_t i = 0; i < count; i++)
        list.lines[i] = position(bank, &lines[i]);
    if (faults->after != NULL)
        list.after = position(bank, faults->after);
    list.goes_on = faults->goes_on;
    bytes = wire_pack(&list.base, bank->arena);
    signature = dsse_sign(key->private, "application/vnd.creditbank.statement.v1+protobuf", bytes);
    statement->list = binary(bank->arena, bytes);
    statement->list_signature = binary(bank->arena, signature_slice(&signature));
}

Creditbank__V1__Statement *
bank_statement(struct bank *bank, const struct bank_line *lines, size_t count,
               const struct bank_statement_faults *faults)
{
    static const uint64_t key_records[] = {0, 2, 5, 6};
    Creditbank__V1__Statement *statement = arena_alloc(bank->arena, sizeof(*statement));

    creditbank__v1__statement__init(statement);
    sign_list(bank, lines, count, faults, statement);
    statement->n_lines = count;
    statement->lines = arena_array(bank->arena, count, sizeof(*statement->lines));
    for (size_t i = 0; i < count; i++) {
        statement->lines[i] =
            receipt(bank, lines[i].entry, faults, faults->forked && i + 1 == count);
        add_item(bank, &lines[i], statement->lines[i]);
    }
    statement->n_key_records = ARRAY_COUNT(key_records);
    statement->key_records =
        arena_array(bank->arena, ARRAY_COUNT(key_records), sizeof(*statement->key_records));
    for (size_t i = 0; i < ARRAY_COUNT(key_records); i++)
        statement->key_records[i] = receipt(bank, key_records[i], faults, false);
    return statement;
}
