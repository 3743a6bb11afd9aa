/* Control records: their messages to core's values. */
#include "convert/decode.h"
#include "wire/unpack.h"

static void
require(const struct decoder *decoder, const char *field)
{
    refusal_add(decoder->refusals, decoder->arena, decoder->item_index, field,
                REASON_FIELD_REQUIRED, "%s", field);
}

static void
decode_institution(const struct decoder *decoder, const char *field,
                   const Creditbank__V1__InstitutionRegistered *message,
                   struct institution_registered *value)
{
    if (message == NULL) {
        require(decoder, field);
        return;
    }
    *value = (struct institution_registered){
        .institution_id = decode_text(message->institution_id),
        .kind = (enum institution_kind)message->kind,
        .name = decode_text(message->name),
        .name_en = decode_text(message->name_en),
        .region_code = decode_text(message->region_code),
        .school_code = decode_text(message->school_code),
        .uscc = decode_text(message->uscc),
        .uscc_override = message->uscc_override,
    };
}

/* What the holder of the key has to have signed, as canonical bytes. */
static struct slice
encode_claim(const struct decoder *decoder, struct slice log_origin,
             const Creditbank__V1__KeyRegistered *message)
{
    Creditbank__V1__KeyClaim claim;
    struct hash key_id = hash_sha256(decode_bytes(&message->spki));

    creditbank__v1__key_claim__init(&claim);
    claim.log_origin = arena_text(decoder->arena, log_origin);
    claim.institution_id = message->institution_id;
    claim.key_id = (ProtobufCBinaryData){.len = HASH_SIZE, .data = key_id.bytes};
    claim.n_duties = message->n_duties;
    claim.duties = message->duties;
    return wire_pack(&claim.base, decoder->arena);
}

static void
decode_key(const struct decoder *decoder, const char *field, struct slice log_origin,
           const Creditbank__V1__KeyRegistered *message, struct key_registered *value)
{
    int previous = 0;

    if (message == NULL) {
        require(decoder, field);
        return;
    }
    *value = (struct key_registered){
        .institution_id = decode_text(message->institution_id),
        .spki = decode_bytes(&message->spki),
        .proof_of_possession = decode_bytes(&message->proof_of_possession),
        .claim = encode_claim(decoder, log_origin, message),
    };
    for (size_t i = 0; i < message->n_duties; i++) {
        if ((int)message->duties[i] <= previous)
            refusal_add(decoder->refusals, decoder->arena, decoder->item_index, field,
                        REASON_FIELD_ORDER, "%d", (int)message->duties[i]);
        previous = (int)message->duties[i];
        value->duties |= DUTY_BIT((unsigned)previous);
    }
}

static void
decode_founding(const struct decoder *decoder, struct slice log_origin,
                const Creditbank__V1__Founding *message, struct founding *value)
{
    value->demo = message->demo;
    value->log_key = decode_bytes(&message->log_key);
    decode_institution(decoder, "founding.operator", message->operator_,
                       &value->operator_institution);
    value->operator_key_count = message->n_operator_keys;
    value->operator_keys =
        arena_array(decoder->arena, message->n_operator_keys, sizeof(struct key_registered));
    for (size_t i = 0; i < message->n_operator_keys; i++)
        decode_key(decoder, "founding.operator_keys", log_origin, message->operator_keys[i],
                   &value->operator_keys[i]);
    decode_key(decoder, "founding.service_key", log_origin, message->service_key,
               &value->service_key);
}

bool
decode_control(const struct decoder *decoder, struct slice log_origin,
               const Creditbank__V1__Control *message, struct control *control)
{
    size_t before = decoder->refusals->count;

    switch (message->body_case) {
    case CREDITBANK__V1__CONTROL__BODY_FOUNDING:
        control->kind = CONTROL_FOUNDING;
        decode_founding(decoder, log_origin, message->founding, &control->founding);
        break;
    case CREDITBANK__V1__CONTROL__BODY_INSTITUTION_REGISTERED:
        control->kind = CONTROL_INSTITUTION_REGISTERED;
        decode_institution(decoder, "institution_registered", message->institution_registered,
                           &control->institution_registered);
        break;
    case CREDITBANK__V1__CONTROL__BODY_KEY_REGISTERED:
        control->kind = CONTROL_KEY_REGISTERED;
        decode_key(decoder, "key_registered.duties", log_origin, message->key_registered,
                   &control->key_registered);
        break;
    case CREDITBANK__V1__CONTROL__BODY_KEY_REVOKED:
        control->kind = CONTROL_KEY_REVOKED;
        control->key_revoked.institution_id = decode_text(message->key_revoked->institution_id);
        control->key_revoked.key_id = decode_bytes(&message->key_revoked->key_id);
        break;
    case CREDITBANK__V1__CONTROL__BODY__NOT_SET:
    case _CREDITBANK__V1__CONTROL__BODY__CASE_IS_INT_SIZE:
        require(decoder, "control.body");
        break;
    }
    return decoder->refusals->count == before;
}
