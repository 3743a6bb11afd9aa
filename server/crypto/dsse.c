#include "crypto/dsse.h"

#include "base/panic.h"
#include "base/scope.h"

/* Room for "DSSEv1", two lengths and the type beside the payload. */
#define ENCODING_MAX (DSSE_PAYLOAD_MAX + 256)

bool
dsse_encode(const char *type, struct slice payload, struct buffer *encoding)
{
    return buffer_printf(encoding, "DSSEv1 %zu %s %zu ", strlen(type), type, payload.len) &&
           buffer_append(encoding, payload);
}

struct signature
dsse_sign(const struct private_key *key, const char *type, struct slice payload)
{
    SCOPED(buffer_fini) struct buffer encoding;

    buffer_init(&encoding, ENCODING_MAX);
    if (!dsse_encode(type, payload, &encoding))
        panic("crypto: a payload of %zu bytes to sign", payload.len);
    return private_key_sign(key, buffer_slice(&encoding));
}

bool
dsse_verify(const struct public_key *key, const char *type, struct slice payload,
            struct slice signature)
{
    SCOPED(buffer_fini) struct buffer encoding;

    buffer_init(&encoding, ENCODING_MAX);
    return dsse_encode(type, payload, &encoding) &&
           public_key_verify(key, buffer_slice(&encoding), signature);
}
