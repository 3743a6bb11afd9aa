#include "convert/entry.h"

#include "convert/decode.h"
#include "wire/unpack.h"

#include <assert.h>

struct slice
convert_entry(const struct signed_transaction *transaction, int64_t booked_at_us,
              const struct hash *key_chain, struct arena *arena)
{
    Creditbank__V1__LogEntry message;
    Google__Protobuf__Timestamp booked_at;
    Creditbank__V1__Signature signatures[SIGNERS_MAX];
    Creditbank__V1__Signature *pointers[SIGNERS_MAX];
    struct hash chain = *key_chain;
    struct signed_transaction t = *transaction;

    creditbank__v1__log_entry__init(&message);
    google__protobuf__timestamp__init(&booked_at);
    booked_at.seconds = booked_at_us / 1000000;
    booked_at.nanos = (int32_t)(booked_at_us % 1000000) * 1000;
    message.version = ENTRY_VERSION;
    message.booked_at = &booked_at;
    message.key_chain = (ProtobufCBinaryData){.len = HASH_SIZE, .data = chain.bytes};
    message.transaction.len = t.bytes.len;
    message.transaction.data = (uint8_t *)arena_text(arena, t.bytes); /* protobuf-c is not const */
    for (size_t i = 0; i < t.signature_count; i++) {
        pointers[i] = &signatures[i];
        creditbank__v1__signature__init(&signatures[i]);
        signatures[i].key_id =
            (ProtobufCBinaryData){.len = HASH_SIZE, .data = t.value.signers[i].bytes};
        signatures[i].signature =
            (ProtobufCBinaryData){.len = SIGNATURE_SIZE, .data = t.signatures[i].bytes};
    }
    message.n_signatures = t.signature_count;
    message.signatures = pointers;

    struct slice bytes = wire_pack(&message.base, arena);

    assert(bytes.len <= ENTRY_BYTES_MAX);
    return bytes;
}

bool
convert_log_entry(struct slice bytes, struct arena *arena, struct log_entry *entry)
{
    struct refusal_list refusals = {0};
    struct wire_fault fault;
    const Creditbank__V1__LogEntry *message = (const Creditbank__V1__LogEntry *)wire_unpack(
        &creditbank__v1__log_entry__descriptor, bytes, arena, WIRE_CANONICAL, &signed_limits,
        &fault);

    if (message == NULL || message->version != ENTRY_VERSION ||
        !decode_time(message->booked_at, &entry->booked_at_us) || message->n_signatures < 1 ||
        message->n_signatures > SIGNERS_MAX ||
        !hash_from_slice(decode_bytes(&message->key_chain), &entry->key_chain))
        return false;
    entry->transaction.bytes = decode_bytes(&message->transaction);
    entry->transaction.signature_count = entry->transaction.value.signer_count =
        message->n_signatures;
    for (size_t i = 0; i < message->n_signatures; i++) {
        if (!hash_from_slice(decode_bytes(&message->signatures[i]->key_id),
                             &entry->transaction.value.signers[i]) ||
            message->signatures[i]->signature.len != SIGNATURE_SIZE)
            return false;
        memcpy(entry->transaction.signatures[i].bytes, message->signatures[i]->signature.data,
               SIGNATURE_SIZE);
    }
    return convert_transaction(&entry->transaction, arena, &refusals);
}
