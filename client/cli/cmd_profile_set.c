/* profile set: who one is, and where the bank is. */
#include "cli.h"

#include "base/scope.h"
#include "crypto/note.h"
#include "lib/error.h"
#include "lib/server.h"

#include <stdio.h>
#include <string.h>

static const struct argument arguments[] = {
    {"PROFILE",
     ARGUMENT_OPERAND,
     true,
     NULL,
     {"档案名，字母、数字、“-”、“_”", "its name: letters, digits, - and _"}},
    {"server",
     ARGUMENT_OPTION,
     false,
     NULL,
     {"服务器，如 https://bank.example.cn:8443", "as https://bank.example.cn:8443"}},
    {"ca", ARGUMENT_OPTION, false, NULL, {"CA 证书文件（PEM）", "file of CA certificates (PEM)"}},
    {"origin",
     ARGUMENT_OPTION,
     false,
     NULL,
     {"日志名称，如 bank.example.cn/log", "the log, as bank.example.cn/log"}},
    {"bank-key",
     ARGUMENT_OPTION,
     false,
     NULL,
     {"银行公钥：一行文字或其文件", "the bank's verifier key, or a file with it"}},
    {"institution", ARGUMENT_OPTION, false, NULL, {"机构标识", "the institution's id"}},
    {"key", ARGUMENT_OPTION, false, NULL, {"私钥文件", "file of the private key"}},
    {"session",
     ARGUMENT_OPTION,
     false,
     NULL,
     {"会话令牌（通常由 session sign-in 填写）", "session token, as session sign-in sets it"}},
    {"account", ARGUMENT_OPTION, false, NULL, {"学习者账号", "the learner's account"}},
    {0}};

/* Which option sets what; the empty string unsets. */
static const struct {
    const char *option;
    enum profile_key key;
} settings[] = {
    {"server", PROFILE_SERVER},
    {"ca", PROFILE_CA},
    {"origin", PROFILE_ORIGIN},
    {"bank-key", PROFILE_BANK_KEY},
    {"key", PROFILE_KEY},
    {"session", PROFILE_SESSION},
    {"institution", PROFILE_INSTITUTION},
    {"account", PROFILE_ACCOUNT},
};

#define BANK_KEY_FILE_MAX 1024

/* A verifier key has a "+"; anything else is the path of a file that holds one. */
static const char *
read_bank_key(struct cli *cli, const char *value)
{
    struct slice text;
    struct note_verifier *verifier;
    struct creditbank_error error;

    if (value[0] == '\0')
        return value;
    if (strchr(value, '+') == NULL) {
        if (!cli_read_file(cli, value, BANK_KEY_FILE_MAX, &text))
            return NULL;
        while (text.len > 0 && (text.at[text.len - 1] == '\n' || text.at[text.len - 1] == '\r'))
            text.len--;
        value = arena_text(cli->arena, text);
    }
    verifier = note_verifier_parse(slice_text(value));
    if (verifier == NULL) {
        (void)error_set(&error, REASON_VERIFY_BANK_KEY_INVALID, "%s", "");
        (void)cli_error(cli, &error);
        return NULL;
    }
    note_verifier_free(verifier);
    return value;
}

/* What is sent there is secret: no server without TLS. */
static const char *
check_server(struct cli *cli, const char *value)
{
    struct creditbank_error error;

    if (value[0] == '\0' || (server_is_secure(value) && server_is_valid(value)))
        return value;
    (void)error_set(&error, REASON_ARGUMENT_INVALID, "--server %s (https://HOST[:PORT])", value);
    (void)cli_error(cli, &error);
    return NULL;
}

/* A setting as it is to be kept; NULL, and said so. */
static const char *
check_setting(struct cli *cli, enum profile_key key, const char *value)
{
    if (key == PROFILE_BANK_KEY)
        return read_bank_key(cli, value);
    return key == PROFILE_SERVER ? check_server(cli, value) : value;
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *name = command_value(command, given, "PROFILE");
    SCOPED(profile_fini) struct profile profile = {0};
    struct creditbank_error error;

    if (!profile_name_is_valid(name)) {
        (void)error_set(&error, REASON_PROFILE_INVALID, "%s", name);
        return cli_error(cli, &error);
    }
    if (!profile_load(name, false, &profile, &error))
        return cli_error(cli, &error);
    for (size_t i = 0; i < ARRAY_COUNT(settings); i++) {
        const char *value = command_value(command, given, settings[i].option);

        if (value == NULL)
            continue;
        value = check_setting(cli, settings[i].key, value);
        if (value == NULL)
            return EXIT_USAGE;
        profile_set(&profile, settings[i].key, value);
    }
    if (!profile_save(&profile, &error))
        return cli_error(cli, &error);
    cli_tell(cli, TEXT_PROFILE_SAVED, FILL(name), json_pack("{ss}", "profile", name));
    return EXIT_DONE;
}

const struct command cmd_profile_set = {
    .name = "profile set",
    .summary = {"新建或修改配置档案", "make or change a profile"},
    .arguments = arguments,
    .run = run,
};
