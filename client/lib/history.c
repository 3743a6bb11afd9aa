#include "history.h"

#include "base/memory.h"
#include "crypto/dsse.h"
#include "wire/unpack.h"

#include "error.h"
#include "key.h"

#include <assert.h>

#define NEVER UINT64_MAX
#define INSTITUTION_ID_SIZE 33
#define CLAIM_MEMORY_MAX 8192

struct key_record {
    char institution_id[INSTITUTION_ID_SIZE];
    struct public_key *key;
    uint32_t duties; /* bit set of Creditbank__V1__Duty */
    uint64_t registered, revoked;
};

/* An institution's chain from behind this entry on. */
struct link {
    char institution_id[INSTITUTION_ID_SIZE];
    uint64_t index;
    struct hash chain;
};

struct history {
    struct key_record *keys;
    size_t key_count, key_room;
    struct link *links;
    size_t link_count, link_room;
    char operator_id[INSTITUTION_ID_SIZE];
    uint8_t log_key[32];
    uint64_t last; /* index of the newest entry taken up */
};

struct history *
history_new(void)
{
    return xcalloc(1, sizeof(struct history));
}

void
history_free(struct history *history)
{
    if (history == NULL)
        return;
    for (size_t i = 0; i < history->key_count; i++)
        public_key_free(history->keys[i].key);
    xfree(history->keys);
    xfree(history->links);
    xfree(history);
}

struct slice
history_log_key(const struct history *history)
{
    return slice_make(history->log_key, sizeof(history->log_key));
}

static struct slice
slice_of(ProtobufCBinaryData bytes)
{
    return slice_make(bytes.data, bytes.len);
}

static bool
copy_id(const char *from, char to[INSTITUTION_ID_SIZE])
{
    size_t len = strlen(from);

    if (len == 0 || len >= INSTITUTION_ID_SIZE)
        return false;
    memcpy(to, from, len + 1);
    return true;
}

static struct key_record *
find_key(const struct history *history, const struct hash *id)
{
    for (size_t i = 0; i < history->key_count; i++)
        if (hash_compare(public_key_id(history->keys[i].key), id) == 0)
            return &history->keys[i];
    return NULL;
}

/* The chain of an institution just before an entry. */
static struct hash
chain_before(const struct history *history, const char *institution_id, uint64_t index)
{
    struct hash chain = {{0}};

    for (size_t i = 0; i < history->link_count && history->links[i].index < index; i++)
        if (strcmp(history->links[i].institution_id, institution_id) == 0)
            chain = history->links[i].chain;
    return chain;
}

static void
advance_chain(struct history *history, const char *institution_id, const struct entry *entry)
{
    static const uint8_t prefix = 0x02;
    struct hash before = chain_before(history, institution_id, entry->index);
    struct slice parts[] = {slice_make(&prefix, 1), hash_slice(&before), hash_slice(&entry->leaf)};

    if (history->link_count == history->link_room) {
        history->link_room = history->link_room == 0 ? 16 : 2 * history->link_room;
        history->links = xrealloc(history->links, history->link_room * sizeof(*history->links));
    }

    struct link *link = &history->links[history->link_count++];

    *link = (struct link){.index = entry->index, .chain = hash_sha256_parts(parts, 3)};
    (void)copy_id(institution_id, link->institution_id);
    history->last = entry->index;
}

/* Whether the key itself signed that it is to be registered so. */
static bool
proves_possession(const Creditbank__V1__KeyRegistered *registered, const char *origin,
                  const struct public_key *key)
{
    struct arena *arena = arena_new(CLAIM_MEMORY_MAX + ENTRY_MAX);
    struct slice id = hash_slice(public_key_id(key));
    Creditbank__V1__KeyClaim claim;

    creditbank__v1__key_claim__init(&claim);
    claim.log_origin = (char *)(uintptr_t)origin;
    claim.institution_id = registered->institution_id;
    claim.key_id = (ProtobufCBinaryData){id.len, (uint8_t *)(uintptr_t)id.at};
    claim.duties = registered->duties;
    claim.n_duties = registered->n_duties;

    bool proves = dsse_verify(key, DSSE_KEY_CLAIM, wire_pack(&claim.base, arena),
                              slice_of(registered->proof_of_possession));

    arena_free(arena);
    return proves;
}

static uint32_t
duty_bits(const Creditbank__V1__KeyRegistered *registered)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < registered->n_duties; i++)
        if (registered->duties[i] <= CREDITBANK__V1__DUTY__DUTY_SERVICE)
            bits |= 1u << registered->duties[i];
    return bits;
}

static bool
register_key(struct history *history, const struct entry *entry,
             const Creditbank__V1__KeyRegistered *registered, struct creditbank_error *error)
{
    struct key_record record = {
        .registered = entry->index, .revoked = NEVER, .duties = duty_bits(registered)};

    if (!copy_id(registered->institution_id, record.institution_id))
        return error_set(error, REASON_VERIFY_KEY_REGISTRATION, "institution_id");
    record.key = public_key_parse(slice_of(registered->spki));
    if (record.key == NULL)
        return error_set(error, REASON_VERIFY_KEY_REGISTRATION, "spki");
    if (find_key(history, public_key_id(record.key)) != NULL ||
        !proves_possession(registered, entry->transaction->log_origin, record.key)) {
        public_key_free(record.key);
        return error_set(error, REASON_VERIFY_KEY_REGISTRATION, "proof_of_possession");
    }
    if (history->key_count == history->key_room) {
        history->key_room = history->key_room == 0 ? 16 : 2 * history->key_room;
        history->keys = xrealloc(history->keys, history->key_room * sizeof(*history->keys));
    }
    history->keys[history->key_count++] = record;
    return true;
}

static const Creditbank__V1__Founding *
founding_of(const struct entry *entry)
{
    const Creditbank__V1__Transaction *transaction = entry->transaction;

    if (entry->index != 0 ||
        transaction->content_case != CREDITBANK__V1__TRANSACTION__CONTENT_CONTROL ||
        transaction->control->body_case != CREDITBANK__V1__CONTROL__BODY_FOUNDING)
        return NULL;
    return transaction->control->founding;
}

/* The founding is signed by the first of the keys that it registers. */
static bool
founder_signed(const struct history *history, const struct entry *entry)
{
    const struct public_key *founder = history->keys[0].key;
    const Creditbank__V1__Signature *signature;

    if (entry->log->n_signatures != 1)
        return false;
    signature = entry->log->signatures[0];
    return slice_equal(slice_of(signature->key_id), hash_slice(public_key_id(founder))) &&
           dsse_verify(founder, DSSE_TRANSACTION, slice_of(entry->log->transaction),
                       slice_of(signature->signature));
}

bool
history_found(struct history *history, const struct entry *entry, struct creditbank_error *error)
{
    const Creditbank__V1__Founding *founding = founding_of(entry);

    if (founding == NULL || founding->operator_ == NULL || founding->n_operator_keys == 0 ||
        founding->service_key == NULL || founding->log_key.len != sizeof(history->log_key) ||
        strcmp(founding->operator_->institution_id, entry->transaction->institution_id) != 0 ||
        !copy_id(founding->operator_->institution_id, history->operator_id))
        return error_set(error, REASON_VERIFY_FOUNDING, "%s", "");
    memcpy(history->log_key, founding->log_key.data, sizeof(history->log_key));
    for (size_t i = 0; i < founding->n_operator_keys; i++)
        if (!register_key(history, entry, founding->operator_keys[i], error))
            return false;
    if (!register_key(history, entry, founding->service_key, error))
        return false;
    for (size_t i = 0; i < history->key_count; i++)
        if (strcmp(history->keys[i].institution_id, history->operator_id) != 0)
            return error_set(error, REASON_VERIFY_FOUNDING, "%s", "");
    if (!history_check_chain(history, entry, error))
        return false;
    if (!founder_signed(history, entry))
        return error_set(error, REASON_VERIFY_SIGNATURE, "%s", "");
    advance_chain(history, history->operator_id, entry);
    return true;
}

/* Whether an entry about an institution's keys comes from the operator or from itself, as admin. */
static bool
has_authority(const struct history *history, const struct entry *entry, const char *institution_id)
{
    const char *signer = entry->transaction->institution_id;

    if (strcmp(signer, history->operator_id) != 0 && strcmp(signer, institution_id) != 0)
        return false;
    for (size_t i = 0; i < entry->log->n_signatures; i++) {
        struct hash id;
        const struct key_record *record;

        if (!hash_from_slice(slice_of(entry->log->signatures[i]->key_id), &id))
            return false;
        record = find_key(history, &id);
        if (record != NULL && (record->duties & (1u << CREDITBANK__V1__DUTY__DUTY_ADMIN)) != 0)
            return true;
    }
    return false;
}

static bool
revoke_key(struct history *history, const struct entry *entry,
           const Creditbank__V1__KeyRevoked *revoked, struct creditbank_error *error)
{
    struct hash id;
    struct key_record *record =
        hash_from_slice(slice_of(revoked->key_id), &id) ? find_key(history, &id) : NULL;

    if (record == NULL || strcmp(record->institution_id, revoked->institution_id) != 0 ||
        record->revoked != NEVER)
        return error_set(error, REASON_VERIFY_KEY_REGISTRATION, "key_id");
    record->revoked = entry->index;
    advance_chain(history, record->institution_id, entry);
    return true;
}

bool
history_add(struct history *history, const struct entry *entry, struct creditbank_error *error)
{
    const Creditbank__V1__Transaction *transaction = entry->transaction;

    if (entry->index <= history->last)
        return error_set(error, REASON_VERIFY_KEY_RECORD_ORDER, "%s", "");
    if (transaction->content_case != CREDITBANK__V1__TRANSACTION__CONTENT_CONTROL)
        return error_set(error, REASON_VERIFY_KEY_RECORD, "%s", "");

    const Creditbank__V1__Control *control = transaction->control;

    if (control->body_case == CREDITBANK__V1__CONTROL__BODY_KEY_REGISTERED) {
        const char *institution_id = control->key_registered->institution_id;

        if (!has_authority(history, entry, institution_id))
            return error_set(error, REASON_VERIFY_KEY_REGISTRATION, "institution_id");
        if (!register_key(history, entry, control->key_registered, error))
            return false;
        advance_chain(history, institution_id, entry);
        return true;
    }
    if (control->body_case == CREDITBANK__V1__CONTROL__BODY_KEY_REVOKED) {
        if (!has_authority(history, entry, control->key_revoked->institution_id))
            return error_set(error, REASON_VERIFY_KEY_REGISTRATION, "institution_id");
        return revoke_key(history, entry, control->key_revoked, error);
    }
    return error_set(error, REASON_VERIFY_KEY_RECORD, "%s", "");
}

bool
history_check_chain(const struct history *history, const struct entry *entry,
                    struct creditbank_error *error)
{
    struct hash chain = chain_before(history, entry->transaction->institution_id, entry->index);

    if (!hash_equal(&chain, &entry->key_chain))
        return error_set(error, REASON_VERIFY_KEY_CHAIN, "%s", "");
    return true;
}

static bool
check_signature(const struct history *history, const struct entry *entry,
                const Creditbank__V1__Signature *signature, struct creditbank_error *error)
{
    struct hash id;
    const struct key_record *record =
        hash_from_slice(slice_of(signature->key_id), &id) ? find_key(history, &id) : NULL;

    if (record == NULL || record->registered >= entry->index ||
        strcmp(record->institution_id, entry->transaction->institution_id) != 0)
        return error_set(error, REASON_VERIFY_KEY_UNKNOWN, "%s", "");
    if (record->revoked < entry->index)
        return error_set(error, REASON_VERIFY_KEY_REVOKED, "%s", "");
    if (!dsse_verify(record->key, DSSE_TRANSACTION, slice_of(entry->log->transaction),
                     slice_of(signature->signature)))
        return error_set(error, REASON_VERIFY_SIGNATURE, "%s", "");
    return true;
}

bool
history_check_signatures(const struct history *history, const struct entry *entry,
                         struct creditbank_error *error)
{
    const Creditbank__V1__LogEntry *log = entry->log;

    if (log->n_signatures == 0 || log->n_signatures > CREDITBANK_SIGNATURES_MAX)
        return error_set(error, REASON_VERIFY_SIGNATURE, "%s", "");
    for (size_t i = 0; i < log->n_signatures; i++) {
        for (size_t j = 0; j < i; j++)
            if (slice_equal(slice_of(log->signatures[i]->key_id),
                            slice_of(log->signatures[j]->key_id)))
                return error_set(error, REASON_VERIFY_SIGNATURE, "%s", "");
        if (!check_signature(history, entry, log->signatures[i], error))
            return false;
    }
    return true;
}

const struct public_key *
history_service_key(const struct history *history, const struct hash *id, uint64_t log_size)
{
    const struct key_record *record = find_key(history, id);

    if (record == NULL || strcmp(record->institution_id, history->operator_id) != 0 ||
        (record->duties & (1u << CREDITBANK__V1__DUTY__DUTY_SERVICE)) == 0 ||
        record->registered >= log_size || record->revoked < log_size)
        return NULL;
    return record->key;
}
