/* session activate: a learner claims her account with the school's code. */
#include "session.h"

#include "creditbank/v1/session_service.pb-c.h"

static const struct argument arguments[] = {
    {"ACCOUNT", ARGUMENT_OPERAND, true, NULL, {"14 位账号", "14 digits"}},
    {"CODE",
     ARGUMENT_OPERAND,
     true,
     NULL,
     {"学校给的激活码，16 个字符", "the school's code, 16 characters"}},
    {0}};

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *account_no = command_value(command, given, "ACCOUNT");
    const char *code_word = command_value(command, given, "CODE");
    const char *password = session_password(cli, account_no, true);
    Creditbank__V1__ActivateRequest message;
    struct creditbank_request request = {.service = &creditbank__v1__session_service__descriptor,
                                         .method = "Activate",
                                         .message = &message.base};
    struct creditbank_result result;
    enum exit_code code;

    creditbank__v1__activate_request__init(&message);
    if (password == NULL || cli_need(cli, PROFILE_SERVER) == NULL)
        return EXIT_USAGE;
    /* An older session has nothing to say here. */
    profile_set(&cli->profile, PROFILE_SESSION, NULL);
    message.account_no = (char *)(uintptr_t)account_no;
    message.activation_code = (char *)(uintptr_t)code_word;
    message.password = (char *)(uintptr_t)password;
    code = cli_call(cli, &request, &result);
    if (code != EXIT_DONE)
        return code;
    code = session_keep(cli, account_no,
                        ((const Creditbank__V1__ActivateResponse *)result.reply)->session_token);
    creditbank_result_free(&result);
    return code;
}

const struct command cmd_session_activate = {
    .name = "session activate",
    .summary = {"激活账号、设定口令（10 至 128 个字符）并登录",
                "activate an account, set a password (10 to 128 characters) and sign in"},
    .arguments = arguments,
    .run = run,
};
