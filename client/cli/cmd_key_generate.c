/* key generate: a new signing key, encrypted. */
#include "cli.h"
#include "key_info.h"

#include "base/scope.h"
#include "crypto/key_file.h"
#include "lib/error.h"

#include <unistd.h>

static const struct argument arguments[] = {
    {"FILE",
     ARGUMENT_OPERAND,
     true,
     NULL,
     {"新文件的路径，权限 0600", "path of the new file, mode 0600"}},
    {"algorithm",
     ARGUMENT_OPTION,
     false,
     NULL,
     {"Ed25519（默认）、P-256 或 SM2", "Ed25519 (default), P-256 or SM2"}},
    {"no-passphrase",
     ARGUMENT_FLAG,
     false,
     NULL,
     {"不加密（仅用于试验）", "do not encrypt it (for trials only)"}},
    {0}};

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *path = command_value(command, given, "FILE");
    const char *name = command_value_or(command, given, "algorithm", "Ed25519");
    const char *passphrase = "";
    SCOPED(buffer_fini) struct buffer pem;
    enum key_algorithm algorithm;
    struct creditbank_error error;

    buffer_init(&pem, KEY_PEM_MAX);
    if (!key_algorithm_from_name(slice_text(name), &algorithm)) {
        (void)error_set(&error, REASON_ARGUMENT_INVALID, "--algorithm %s", name);
        return cli_error(cli, &error);
    }
    if (access(path, F_OK) == 0) {
        (void)error_set(&error, REASON_FILE_EXISTS, "%s", path);
        return cli_error(cli, &error);
    }
    if (command_value(command, given, "no-passphrase") == NULL)
        passphrase = cli_passphrase(cli, path, true, REASON_PASSPHRASE_MISSING);
    if (passphrase == NULL)
        return EXIT_USAGE;

    struct private_key *key = private_key_generate(algorithm);
    const char *why = private_key_format(key, slice_text(passphrase), &pem);

    if (why == NULL)
        why = key_file_write(path, buffer_slice(&pem));
    if (why == NULL)
        key_info_print(cli, private_key_public(key));
    private_key_free(key);
    if (why == NULL)
        return EXIT_DONE;
    (void)error_set_why(&error, REASON_FILE_UNWRITABLE, path, why);
    return cli_error(cli, &error);
}

const struct command cmd_key_generate = {
    .name = "key generate",
    .summary = {"生成签名密钥（加密的 PKCS#8）", "make a signing key (encrypted PKCS#8)"},
    .arguments = arguments,
    .run = run,
};
