#include "crypto/identity_keys.h"

#include "base/hex.h"
#include "base/scope.h"
#include "crypto/key_file.h"
#include "crypto/random.h"
#include "crypto/text.h"

#include <assert.h>

#define FILE_MAX 8192
#define HEX_SIZE (2 * SEAL_KEY_SIZE + 1)

static void
wipe(struct buffer *secret)
{
    if (secret->at != NULL)
        explicit_bzero(secret->at, secret->capacity);
    buffer_fini(secret);
}

const char *
identity_keys_create(const char *file)
{
    struct seal_key index, epoch;
    char index_hex[HEX_SIZE], epoch_hex[HEX_SIZE];
    SCOPED(wipe) struct buffer text;

    buffer_init(&text, FILE_MAX);
    random_bytes(&index, sizeof(index));
    random_bytes(&epoch, sizeof(epoch));
    bool fits = buffer_printf(&text, "creditbank identity keys v1\nindex %s\nepoch 1 %s\n",
                              hex_format(slice_make(index.bytes, SEAL_KEY_SIZE), index_hex),
                              hex_format(slice_make(epoch.bytes, SEAL_KEY_SIZE), epoch_hex));
    assert(fits);
    const char *fault = key_file_write(file, buffer_slice(&text));

    seal_key_wipe(&index);
    seal_key_wipe(&epoch);
    explicit_bzero(index_hex, sizeof(index_hex));
    explicit_bzero(epoch_hex, sizeof(epoch_hex));
    return fault;
}

/* "epoch NUMBER HEX", the number above those before. */
static bool
parse_epoch(struct slice line, struct identity_keys *keys)
{
    struct slice rest;
    const uint8_t *blank;
    uint64_t number;
    uint32_t last = keys->epoch_count > 0 ? keys->epochs[keys->epoch_count - 1].number : 0;

    if (keys->epoch_count == IDENTITY_EPOCHS_MAX || !text_after(line, "epoch ", &rest) ||
        rest.len == 0 || (blank = memchr(rest.at, ' ', rest.len)) == NULL)
        return false;

    size_t digits = (size_t)(blank - rest.at);
    struct identity_epoch *epoch = &keys->epochs[keys->epoch_count++];
    if (!text_parse_decimal(slice_make(rest.at, digits), &number) || number <= last ||
        number > UINT32_MAX)
        return false;
    epoch->number = (uint32_t)number;
    return hex_parse(slice_make(blank + 1, rest.len - digits - 1), epoch->key.bytes, SEAL_KEY_SIZE);
}

static bool
parse(struct slice text, struct identity_keys *keys)
{
    struct slice line, hex;

    *keys = (struct identity_keys){0};
    if (!text_next_line(&text, &line) || !slice_is(line, "creditbank identity keys v1") ||
        !text_next_line(&text, &line) || !text_after(line, "index ", &hex) ||
        !hex_parse(hex, keys->index.bytes, SEAL_KEY_SIZE))
        return false;
    while (text.len > 0)
        if (!text_next_line(&text, &line) || !parse_epoch(line, keys))
            return false;
    return keys->epoch_count > 0;
}

const char *
identity_keys_load(const char *file, struct identity_keys *keys)
{
    SCOPED(wipe) struct buffer text;

    buffer_init(&text, FILE_MAX);
    const char *fault = key_file_read(file, &text);
    if (fault == NULL && !parse(buffer_slice(&text), keys)) {
        identity_keys_wipe(keys);
        fault = "the file does not hold identity keys";
    }
    return fault;
}

const struct seal_key *
identity_keys_epoch(const struct identity_keys *keys, uint32_t number)
{
    for (size_t i = 0; i < keys->epoch_count; i++)
        if (keys->epochs[i].number == number)
            return &keys->epochs[i].key;
    return NULL;
}

void
identity_keys_wipe(struct identity_keys *keys)
{
    explicit_bzero(keys, sizeof(*keys));
}
