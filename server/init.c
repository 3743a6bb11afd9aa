#include "init.h"

#include "base/base64.h"
#include "base/scope.h"
#include "creditbank/v1/transaction.pb-c.h"
#include "creditbank/v1/types.pb-c.h"
#include "crypto/crypto.h"
#include "crypto/dsse.h"
#include "crypto/identity_keys.h"
#include "crypto/key_file.h"
#include "crypto/note.h"
#include "crypto/self_signed.h"
#include "database.h"
#include "notary/anchor.h"
#include "notary/keys.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* docs/formats.md: what a new key signs to show that whoever registers it has it. */
#define KEY_CLAIM "application/vnd.creditbank.key-claim.v1+protobuf"
#define KEY_CLAIM_MAX 512
#define TEXT_MAX 1024

static bool
complain(const char *file, const char *fault)
{
    if (fault != NULL)
        fprintf(stderr, "creditbankd: %s: %s\n", file, fault);
    return fault == NULL;
}

static bool
is_there(const char *file)
{
    return access(file, F_OK) == 0;
}

static bool
say_made(const char *what, const char *file)
{
    printf("made: %s %s\n", what, file);
    return true;
}

static bool
make_folder(const struct config *config)
{
    const char *folder = config->bank.state_directory;

    if (mkdir(folder, 0700) == 0)
        return say_made("folder", folder);
    return complain(folder, errno == EEXIST ? NULL : strerror(errno));
}

/* A new one for a log that exists would let another history be signed. */
static bool
make_anchor(const struct config *config)
{
    if (is_there(config->notary.anchor))
        return true;
    if (is_there(config->notary.log_key))
        return complain(config->notary.anchor,
                        "the anchor is missing though the log key is there; restore it "
                        "(docs/operating.md)");
    return complain(config->notary.anchor,
                    anchor_create(config->notary.anchor, slice_text(config->bank.log_origin))) &&
           say_made("anchor", config->notary.anchor);
}

static bool
make_key(const struct config *config, const char *what, const char *file)
{
    if (is_there(file))
        return true;

    struct private_key *key = private_key_generate(KEY_ED25519);
    const char *fault = keys_save(key, config->notary.passphrase_file, file);
    private_key_free(key);
    return complain(file, fault) && say_made(what, file);
}

static bool
make_identity_keys(const struct config *config)
{
    const char *file = config->identity.epoch_keys;

    return is_there(file) ||
           (complain(file, identity_keys_create(file)) && say_made("identity keys", file));
}

/* The key first: without its certificate it is asked for again. */
static bool
make_tls(const struct config *config)
{
    SCOPED(buffer_fini) struct buffer certificate;
    SCOPED(buffer_fini) struct buffer key;

    buffer_init(&certificate, SELF_SIGNED_PEM_MAX);
    buffer_init(&key, SELF_SIGNED_PEM_MAX);
    if (is_there(config->tls.certificate) || is_there(config->tls.key))
        return true;

    bool fits = self_signed_make(&certificate, &key);
    assert(fits);
    return complain(config->tls.key, key_file_write(config->tls.key, buffer_slice(&key))) &&
           complain(config->tls.certificate,
                    key_file_write(config->tls.certificate, buffer_slice(&certificate))) &&
           say_made("certificate for localhost", config->tls.certificate);
}

/* The service key's proof of possession, which its registration in the log shows. */
static struct signature
prove_possession(const struct config *config, const struct private_key *key)
{
    Creditbank__V1__KeyClaim claim;
    Creditbank__V1__Duty duty = CREDITBANK__V1__DUTY__DUTY_SERVICE;
    struct hash id = *public_key_id(private_key_public(key));
    char origin[TEXT_MAX], operator_id[TEXT_MAX];
    uint8_t bytes[KEY_CLAIM_MAX];

    snprintf(origin, sizeof(origin), "%s", config->bank.log_origin);
    snprintf(operator_id, sizeof(operator_id), "%s", config->bank.operator_id);
    creditbank__v1__key_claim__init(&claim);
    claim.log_origin = origin;
    claim.institution_id = operator_id;
    claim.key_id = (ProtobufCBinaryData){.len = HASH_SIZE, .data = id.bytes};
    claim.n_duties = 1;
    claim.duties = &duty;
    assert(creditbank__v1__key_claim__get_packed_size(&claim) <= sizeof(bytes));

    /* Its fields stand in tag order and none has its default value: these bytes are canonical. */
    size_t len = creditbank__v1__key_claim__pack(&claim, bytes);
    return dsse_sign(key, KEY_CLAIM, slice_make(bytes, len));
}

static bool
append_member(struct buffer *text, const char *name, struct slice bytes)
{
    return buffer_printf(text, ",\n  \"%s\": \"", name) &&
           base64_encode(BASE64_STANDARD, bytes, text) && buffer_printf(text, "\"");
}

/* Origin and operator id are of characters that JSON has no escapes for (config.c). */
static bool
write_founding(const struct config *config, const struct private_key *log_key,
               const struct private_key *service_key)
{
    struct signature proof = prove_possession(config, service_key);
    SCOPED(buffer_fini) struct buffer text;
    char path[PATH_MAX];

    buffer_init(&text, TEXT_MAX);
    bool fits =
        buffer_printf(&text, "{\n  \"log_origin\": \"%s\",\n  \"operator_id\": \"%s\"",
                      config->bank.log_origin, config->bank.operator_id) &&
        append_member(&text, "log_key", public_key_ed25519(private_key_public(log_key))) &&
        append_member(&text, "service_key", public_key_spki(private_key_public(service_key))) &&
        append_member(&text, "service_key_proof", signature_slice(&proof)) &&
        buffer_printf(&text, "\n}\n");
    assert(fits);

    snprintf(path, sizeof(path), "%s/founding.json", config->bank.state_directory);
    if (unlink(path) != 0 && errno != ENOENT)
        return complain(path, strerror(errno));
    return complain(path, key_file_write(path, buffer_slice(&text))) &&
           say_made("for the founding entry", path);
}

static void
print_verifier_key(const struct config *config, const struct private_key *log_key)
{
    struct note_verifier *verifier =
        note_verifier_new(slice_text(config->bank.log_origin), private_key_public(log_key));
    SCOPED(buffer_fini) struct buffer text;

    buffer_init(&text, TEXT_MAX);
    bool fits = verifier != NULL && note_verifier_format(verifier, &text);
    assert(fits);
    printf("log verifier key: %.*s\n", (int)text.len, (const char *)text.at);
    note_verifier_free(verifier);
}

static void
print_service_key(const struct private_key *service_key)
{
    SCOPED(buffer_fini) struct buffer text;

    buffer_init(&text, TEXT_MAX);
    bool fits =
        base64_encode(BASE64_STANDARD, public_key_spki(private_key_public(service_key)), &text);
    assert(fits);
    printf("service key: %.*s\n", (int)text.len, (const char *)text.at);
}

/* What others are told of the keys, read back from the files. */
static bool
publish(const struct config *config)
{
    const char *passphrase_file = config->notary.passphrase_file;
    struct private_key *log_key = NULL, *service_key = NULL;
    bool done = complain(config->notary.log_key,
                         keys_load(config->notary.log_key, passphrase_file, &log_key)) &&
                complain(config->notary.service_key,
                         keys_load(config->notary.service_key, passphrase_file, &service_key));

    if (done && public_key_algorithm(private_key_public(log_key)) != KEY_ED25519)
        done = complain(config->notary.log_key, "the log key is not Ed25519");
    done = done && write_founding(config, log_key, service_key);
    if (done) {
        print_verifier_key(config, log_key);
        print_service_key(service_key);
    }
    private_key_free(log_key);
    private_key_free(service_key);
    return done;
}

int
init_run(const struct config *config, bool self_signed_tls)
{
    bool done = make_folder(config) && make_anchor(config) &&
                make_key(config, "log key", config->notary.log_key) &&
                make_key(config, "service key", config->notary.service_key) &&
                make_identity_keys(config) && (!self_signed_tls || make_tls(config)) &&
                publish(config) && database_migrate(config);

    crypto_fini();
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
