/* session sign-out: ends the profile's session. */
#include "session.h"

#include "lib/error.h"

#include "creditbank/v1/session_service.pb-c.h"

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    Creditbank__V1__SignOutRequest message;
    struct creditbank_request request = {.service = &creditbank__v1__session_service__descriptor,
                                         .method = "SignOut",
                                         .message = &message.base};
    struct creditbank_result result;
    struct creditbank_error error;
    enum exit_code code;

    creditbank__v1__sign_out_request__init(&message);
    (void)command;
    (void)given;
    if (cli_setting(cli, PROFILE_SESSION) == NULL && cli->profile_loaded) {
        (void)error_set(&error, REASON_CREDENTIAL_MISSING, "%s", "");
        (void)cli_error(cli, &error);
        return EXIT_REFUSED;
    }
    code = cli_call(cli, &request, &result);
    if (code != EXIT_DONE)
        return code;
    creditbank_result_free(&result);
    return session_keep(cli, cli_setting(cli, PROFILE_ACCOUNT), NULL);
}

const struct command cmd_session_sign_out = {
    .name = "session sign-out",
    .summary = {"退出登录", "sign out"},
    .run = run,
};
