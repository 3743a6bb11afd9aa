#include "notary/keys.h"

#include "base/scope.h"
#include "crypto/key_file.h"

static void
wipe(struct buffer *secret)
{
    if (secret->at != NULL)
        explicit_bzero(secret->at, secret->capacity);
    buffer_fini(secret);
}

static const char *
read_passphrase(const char *file, struct buffer *passphrase)
{
    const char *fault = key_file_read(file, passphrase);

    if (fault != NULL)
        return fault;
    if (passphrase->len > 0 && passphrase->at[passphrase->len - 1] == '\n')
        passphrase->len--;
    return passphrase->len > 0 ? NULL : "the passphrase file is empty";
}

const char *
keys_load(const char *key_file, const char *passphrase_file, struct private_key **key)
{
    SCOPED(wipe) struct buffer pem;
    SCOPED(wipe) struct buffer passphrase;

    *key = NULL;
    buffer_init(&pem, KEY_PEM_MAX);
    buffer_init(&passphrase, KEY_PASSPHRASE_MAX);
    const char *fault = key_file_read(key_file, &pem);
    if (fault == NULL && passphrase_file[0] != '\0')
        fault = read_passphrase(passphrase_file, &passphrase);
    if (fault == NULL)
        fault = private_key_parse(buffer_slice(&pem), buffer_slice(&passphrase), key);
    return fault;
}

const char *
keys_save(const struct private_key *key, const char *passphrase_file, const char *key_file)
{
    SCOPED(wipe) struct buffer pem;
    SCOPED(wipe) struct buffer passphrase;
    const char *fault = NULL;

    buffer_init(&pem, KEY_PEM_MAX);
    buffer_init(&passphrase, KEY_PASSPHRASE_MAX);
    if (passphrase_file[0] != '\0')
        fault = read_passphrase(passphrase_file, &passphrase);
    if (fault == NULL)
        fault = private_key_format(key, buffer_slice(&passphrase), &pem);
    return fault != NULL ? fault : key_file_write(key_file, buffer_slice(&pem));
}
