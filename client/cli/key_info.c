#include "key_info.h"

#include "base/base64.h"
#include "base/hex.h"
#include "base/scope.h"

#define TEXT_MAX 1024

void
key_info_print(struct cli *cli, const struct public_key *key)
{
    const char *algorithm = key_algorithm_name(public_key_algorithm(key));
    char id[2 * HASH_SIZE + 1];
    SCOPED(buffer_fini) struct buffer spki;

    buffer_init(&spki, TEXT_MAX);
    (void)hex_format(hash_slice(public_key_id(key)), id);
    if (!base64_encode(BASE64_STANDARD, public_key_spki(key), &spki) ||
        !buffer_append_byte(&spki, 0))
        return;
    cli_tell(
        cli, TEXT_KEY_INFO, FILL(algorithm, id, (const char *)spki.at),
        json_pack("{ssssss}", "algorithm", algorithm, "keyId", id, "spki", (const char *)spki.at));
}
