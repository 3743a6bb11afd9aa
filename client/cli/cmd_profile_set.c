/* profile set: who one is, and where the bank is. */
#include "bank_key.h"

#include "base/scope.h"
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

/* The setting as it is to be kept; NULL, and said so, where it will not do. */
typedef const char *check_fn(struct cli *cli, const char *value);

static check_fn check_server, check_ca, check_institution, check_account;

/* Which option sets what; the empty string unsets. */
static const struct {
    const char *option;
    enum profile_key key;
    check_fn *check; /* NULL: whatever it is */
} settings[] = {
    {"server", PROFILE_SERVER, check_server},
    {"ca", PROFILE_CA, check_ca},
    {"origin", PROFILE_ORIGIN, NULL},
    {"bank-key", PROFILE_BANK_KEY, bank_key_read},
    {"key", PROFILE_KEY, NULL},
    {"session", PROFILE_SESSION, NULL},
    {"institution", PROFILE_INSTITUTION, check_institution},
    {"account", PROFILE_ACCOUNT, check_account},
};

#define CA_FILE_MAX ((size_t)4 * 1024 * 1024)
#define INSTITUTION_ID_MAX 32
#define ACCOUNT_NO_LEN 14

static const char *
refuse(const struct cli *cli, enum reason reason, const char *detail)
{
    struct creditbank_error error;

    (void)error_set(&error, reason, "%s", detail);
    (void)cli_error(cli, &error);
    return NULL;
}

/* What is sent there is secret: no server without TLS. */
static const char *
check_server(struct cli *cli, const char *value)
{
    if (server_is_secure(value) && server_is_valid(value))
        return value;
    return refuse(cli, REASON_ARGUMENT_INVALID,
                  arena_printf(cli->arena, "--server %s (https://HOST[:PORT])", value));
}

static const char *
check_ca(struct cli *cli, const char *value)
{
    struct slice certificates;

    return cli_read_file(cli, value, CA_FILE_MAX, &certificates) ? value : NULL;
}

/* The form that the contract gives an institution's id. */
static const char *
check_institution(struct cli *cli, const char *value)
{
    size_t len = strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-");

    if (value[len] == '\0' && len >= 2 && len <= INSTITUTION_ID_MAX && value[0] >= 'a')
        return value;
    return refuse(cli, REASON_ARGUMENT_INVALID,
                  arena_printf(cli->arena, "--institution %s (a-z, 0-9, -; 2–%d)", value,
                               INSTITUTION_ID_MAX));
}

/* The bank judges the check digit. */
static const char *
check_account(struct cli *cli, const char *value)
{
    if (strlen(value) == ACCOUNT_NO_LEN && strspn(value, "0123456789") == ACCOUNT_NO_LEN)
        return value;
    return refuse(cli, REASON_ACCOUNT_NO_FORM, value);
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
        if (value[0] != '\0' && settings[i].check != NULL)
            value = settings[i].check(cli, value);
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
