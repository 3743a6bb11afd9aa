#include "api/founding.h"

#include "base/base64.h"
#include "base/memory.h"
#include "crypto/dsse.h"

#include <jansson.h>

#define MEMBER_MAX 256

struct founding_terms {
    struct buffer log_key, service_key, service_key_proof;
};

static bool
read_member(json_t *root, const char *name, struct buffer *bytes)
{
    const char *text = json_string_value(json_object_get(root, name));

    buffer_init(bytes, MEMBER_MAX);
    return text != NULL && base64_decode(BASE64_STANDARD, slice_text(text), bytes);
}

struct founding_terms *
founding_read(const char *file, const char **fault)
{
    struct founding_terms *terms = xcalloc(1, sizeof(*terms));
    json_error_t error;
    json_t *root = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
    bool good = read_member(root, "log_key", &terms->log_key);

    good = read_member(root, "service_key", &terms->service_key) && good;
    good = read_member(root, "service_key_proof", &terms->service_key_proof) && good;
    *fault = good ? NULL : "not what creditbankd init wrote";
    json_decref(root);
    if (good)
        return terms;
    founding_free(terms);
    return NULL;
}

void
founding_free(struct founding_terms *terms)
{
    if (terms == NULL)
        return;
    buffer_fini(&terms->log_key);
    buffer_fini(&terms->service_key);
    buffer_fini(&terms->service_key_proof);
    xfree(terms);
}

/* The founding's own signature is by the first key that it registers. */
static bool
is_signed(const struct signed_transaction *transaction)
{
    const struct founding *founding = &transaction->value.control.founding;
    struct public_key *key =
        founding->operator_key_count > 0 ? public_key_parse(founding->operator_keys[0].spki) : NULL;
    bool good = key != NULL && transaction->signature_count == 1 &&
                hash_equal(public_key_id(key), &transaction->value.signers[0]) &&
                dsse_verify(key, DSSE_TRANSACTION, transaction->bytes,
                            signature_slice(&transaction->signatures[0]));

    public_key_free(key);
    return good;
}

bool
founding_is_admitted(const struct founding_terms *terms,
                     const struct signed_transaction *transaction)
{
    const struct control *control = &transaction->value.control;

    return terms != NULL && transaction->value.is_control && control->kind == CONTROL_FOUNDING &&
           slice_equal(control->founding.log_key, buffer_slice(&terms->log_key)) &&
           slice_equal(control->founding.service_key.spki, buffer_slice(&terms->service_key)) &&
           slice_equal(control->founding.service_key.proof_of_possession,
                       buffer_slice(&terms->service_key_proof)) &&
           is_signed(transaction);
}
