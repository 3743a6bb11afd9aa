#include "crypto/random.h"

#include "base/panic.h"

#include <limits.h>
#include <openssl/rand.h>

void
random_bytes(void *bytes, size_t len)
{
    if (len > INT_MAX || RAND_bytes(bytes, (int)len) != 1)
        panic("crypto: no random bytes");
}
