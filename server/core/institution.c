/* Control records: the founding, institutions, and the keys with which they sign. */
#include "core/institution.h"

#include "core/check.h"
#include "core/code.h"

#include "crypto/dsse.h"
#include "crypto/key.h"

#define KEY_CLAIM_TYPE "application/vnd.creditbank.key-claim.v1+protobuf"
#define NAME_MAX_BYTES 120
#define DUTY_ALL                                                                                  \
    (DUTY_BIT(DUTY_POST) | DUTY_BIT(DUTY_REVIEW) | DUTY_BIT(DUTY_DECIDE) | DUTY_BIT(DUTY_RULES) | \
     DUTY_BIT(DUTY_ADMIN))

static void
check_codes(struct context *context, const struct institution_registered *record)
{
    if (record->region_code.len > 0)
        check_id(context, "region_code", record->region_code, ID_DIGITS_6);
    if (record->school_code.len > 0)
        check_id(context, "school_code", record->school_code, ID_DIGITS_10);
    if (record->uscc.len > 0 && !code_is_uscc_form(record->uscc))
        refuse(context, "uscc", REASON_USCC_FORM, "%.*s", (int)record->uscc.len,
               (const char *)record->uscc.at);
    else if (record->uscc.len > 0 && !record->uscc_override && !code_is_uscc(record->uscc))
        refuse(context, "uscc", REASON_USCC_CHECK_CHARACTER, "%.*s", (int)record->uscc.len,
               (const char *)record->uscc.at);
    if (record->uscc_override && (record->uscc.len == 0 || code_is_uscc(record->uscc)))
        refuse(context, "uscc_override", REASON_OVERRIDE_NEEDLESS, "%s", "uscc");
}

static void
put_institution(struct context *context, const struct institution_registered *record)
{
    struct institution row = {
        .institution_id = record->institution_id,
        .kind = (int32_t)record->kind,
        .name = record->name,
        .name_en = record->name_en,
        .region_code = record->region_code,
        .school_code = record->school_code,
        .uscc = record->uscc,
        .uscc_override = record->uscc_override,
        .registered_entry = context->position.entry_index,
    };

    if (!check_id(context, "institution_id", record->institution_id, ID_INSTITUTION))
        return;
    check_text(context, "name", record->name, NAME_MAX_BYTES);
    check_optional_text(context, "name_en", record->name_en, NAME_MAX_BYTES);
    check_codes(context, record);
    if (world_find(context->world, TABLE_INSTITUTION, &row) != NULL)
        refuse(context, "institution_id", REASON_ALREADY_EXISTS, "%.*s",
               (int)record->institution_id.len, (const char *)record->institution_id.at);
    world_put(context->world, TABLE_INSTITUTION, &row);
}

static void
count_key(struct context *context, struct slice institution_id)
{
    const struct institution *known = world_find(
        context->world, TABLE_INSTITUTION, &(struct institution){.institution_id = institution_id});
    struct institution row;

    if (known == NULL) /* of a founding that is refused */
        return;
    if (known->key_count >= KEYS_MAX)
        refuse(context, "institution_id", REASON_KEYS_TOO_MANY, "%d", KEYS_MAX);
    row = *known;
    row.key_count++;
    world_put(context->world, TABLE_INSTITUTION, &row);
}

/* The key must be new in this log, and its holder must have signed for it. */
static void
put_key(struct context *context, const struct key_registered *record, uint32_t duties)
{
    struct public_key *key = public_key_parse(record->spki);

    if (record->duties == 0 || (record->duties & ~duties) != 0)
        refuse(context, "duties", REASON_DUTY_NOT_GIVEN, "%s", "");
    if (key == NULL) {
        refuse(context, "spki", REASON_KEY_FORM, "%s", "");
        return;
    }
    if (!dsse_verify(key, KEY_CLAIM_TYPE, record->claim, record->proof_of_possession))
        refuse(context, "proof_of_possession", REASON_KEY_PROOF_INVALID, "%s", "");

    struct signing_key row = {
        .key_id = *public_key_id(key),
        .institution_id = record->institution_id,
        .spki = record->spki,
        .duties = (int32_t)record->duties,
        .registered_entry = context->position.entry_index,
        .revoked_entry = ENTRY_NONE,
    };

    public_key_free(key);
    if (world_find(context->world, TABLE_SIGNING_KEY, &row) != NULL)
        refuse(context, "spki", REASON_KEY_ALREADY_REGISTERED, "%s", "");
    count_key(context, record->institution_id);
    world_put(context->world, TABLE_SIGNING_KEY, &row);
}

/* The first key signs the founding itself: it must be an admin's. */
static void
check_founding_keys(struct context *context, const struct founding *founding)
{
    const struct key_registered *keys = founding->operator_keys;
    struct slice operator_id = founding->operator_institution.institution_id;

    if (!check_range(context, "operator_keys", (int64_t)founding->operator_key_count, 1, 8))
        return;
    if ((keys[0].duties & DUTY_BIT(DUTY_ADMIN)) == 0)
        refuse(context, "operator_keys", REASON_DUTY_MISSING, "ADMIN");
    for (size_t i = 0; i < founding->operator_key_count; i++)
        if (!slice_equal(keys[i].institution_id, operator_id))
            refuse(context, "operator_keys", REASON_KEY_FOREIGN, "%zu", i);
    if (!slice_equal(founding->service_key.institution_id, operator_id))
        refuse(context, "service_key", REASON_KEY_FOREIGN, "%s", "");
}

static bool
is_demo_origin(struct slice origin)
{
    return origin.len > 5 && memcmp(origin.at, "demo.", 5) == 0;
}

static void
check_founding(struct context *context, const struct founding *founding)
{
    const struct transaction *transaction = context->transaction;
    int64_t late_us = context->position.booked_at_us - transaction->create_time_us;

    if (late_us > CREATE_TIME_PAST_US || late_us < -CREATE_TIME_FUTURE_US)
        refuse(context, "create_time", REASON_CREATE_TIME_OUT_OF_WINDOW, "%lld",
               (long long)(late_us / 1000000));
    check_text(context, "log_origin", transaction->log_origin, 128);
    check_hash(context, "log_key", founding->log_key);
    if (founding->demo != is_demo_origin(transaction->log_origin))
        refuse(context, "demo", REASON_DEMO_ORIGIN, "%s", "");
    if (founding->operator_institution.kind != INSTITUTION_OPERATOR)
        refuse(context, "operator.kind", REASON_INSTITUTION_KIND_WRONG, "operator");
    if (!slice_equal(transaction->institution_id, founding->operator_institution.institution_id))
        refuse(context, "institution_id", REASON_KEY_FOREIGN, "%s", "");
    check_founding_keys(context, founding);
}

void
found_bank(struct context *context, const struct founding *founding)
{
    check_founding(context, founding);
    put_institution(context, &founding->operator_institution);
    for (size_t i = 0; i < founding->operator_key_count; i++)
        put_key(context, &founding->operator_keys[i], DUTY_ALL);
    put_key(context, &founding->service_key, DUTY_BIT(DUTY_SERVICE));
    world_put(context->world, TABLE_BANK,
              &(struct bank){
                  .one = 1,
                  .log_origin = context->transaction->log_origin,
                  .demo = founding->demo,
                  .operator_id = founding->operator_institution.institution_id,
                  .log_key = founding->log_key,
              });
    for (size_t i = 0; i < context->transaction->signer_count; i++) {
        const struct signing_key *key =
            world_find(context->world, TABLE_SIGNING_KEY,
                       &(struct signing_key){.key_id = context->transaction->signers[i]});

        if (key == NULL || ((uint32_t)key->duties & DUTY_BIT(DUTY_ADMIN)) == 0)
            refuse(context, "signatures", REASON_DUTY_MISSING, "ADMIN");
    }
}

static bool
is_operator(const struct context *context)
{
    return context->institution != NULL && context->institution->kind == INSTITUTION_OPERATOR;
}

void
register_institution(struct context *context, const struct institution_registered *record)
{
    if (!is_operator(context))
        refuse(context, "institution_id", REASON_INSTITUTION_KIND_WRONG, "operator");
    if (record->kind == INSTITUTION_OPERATOR)
        refuse(context, "kind", REASON_OPERATOR_IS_ONE, "%s", "");
    else
        check_range(context, "kind", (int64_t)record->kind, INSTITUTION_REGULATOR,
                    INSTITUTION_ISSUER);
    put_institution(context, record);
}

/* Keys are the operator's to register, or an institution's own admin's. */
static bool
may_handle_keys_of(struct context *context, struct slice institution_id)
{
    bool is_known = world_find(context->world, TABLE_INSTITUTION,
                               &(struct institution){.institution_id = institution_id}) != NULL;
    bool may =
        is_operator(context) || slice_equal(institution_id, context->transaction->institution_id);

    if (!may || !is_known)
        refuse(context, "institution_id", may ? REASON_INSTITUTION_UNKNOWN : REASON_KEY_FOREIGN,
               "%.*s", (int)institution_id.len, (const char *)institution_id.at);
    return may && is_known;
}

void
register_key(struct context *context, const struct key_registered *record)
{
    if (may_handle_keys_of(context, record->institution_id))
        put_key(context, record, DUTY_ALL);
}

static bool
is_signer(const struct context *context, const struct hash *key_id)
{
    for (size_t i = 0; i < context->transaction->signer_count; i++)
        if (hash_equal(&context->transaction->signers[i], key_id))
            return true;
    return false;
}

/* The keys that sign a revocation outlive it: so nobody revokes the last admin key. */
void
revoke_key(struct context *context, const struct key_revoked *record)
{
    struct hash key_id;

    if (!may_handle_keys_of(context, record->institution_id) ||
        !check_hash(context, "key_id", record->key_id))
        return;
    memcpy(key_id.bytes, record->key_id.at, HASH_SIZE);

    const struct signing_key *key =
        world_find(context->world, TABLE_SIGNING_KEY, &(struct signing_key){.key_id = key_id});

    if (key == NULL || !slice_equal(key->institution_id, record->institution_id)) {
        refuse(context, "key_id", REASON_KEY_UNKNOWN, "%s", "");
        return;
    }
    if (key->revoked_entry != ENTRY_NONE)
        refuse(context, "key_id", REASON_KEY_REVOKED, "%lld", (long long)key->revoked_entry);
    if ((uint32_t)key->duties == DUTY_BIT(DUTY_SERVICE) || is_signer(context, &key_id))
        refuse(context, "key_id", REASON_KEY_NEEDED, "%s", "");

    struct signing_key row = *key;

    row.revoked_entry = context->position.entry_index;
    world_put(context->world, TABLE_SIGNING_KEY, &row);
}
