/* session sign-in: by account number and password. */
#include "session.h"

#include "creditbank/v1/session_service.pb-c.h"

static const struct argument arguments[] = {
    {"ACCOUNT", ARGUMENT_OPERAND, true, NULL, {"14 位账号", "14 digits"}}, {0}};

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *account_no = command_value(command, given, "ACCOUNT");
    const char *password = session_password(cli, account_no, false);
    Creditbank__V1__SignInRequest message;
    struct creditbank_request request = {.service = &creditbank__v1__session_service__descriptor,
                                         .method = "SignIn",
                                         .message = &message.base};
    struct creditbank_result result;
    enum exit_code code;

    creditbank__v1__sign_in_request__init(&message);
    if (password == NULL || cli_need(cli, PROFILE_SERVER) == NULL)
        return EXIT_USAGE;
    profile_set(&cli->profile, PROFILE_SESSION, NULL);
    message.account_no = (char *)(uintptr_t)account_no;
    message.password = (char *)(uintptr_t)password;
    code = cli_call(cli, &request, &result);
    if (code != EXIT_DONE)
        return code;
    code = session_keep(cli, account_no,
                        ((const Creditbank__V1__SignInResponse *)result.reply)->session_token);
    creditbank_result_free(&result);
    return code;
}

const struct command cmd_session_sign_in = {
    .name = "session sign-in",
    .summary = {"登录（学习者）", "sign in (learner)"},
    .arguments = arguments,
    .run = run,
};
