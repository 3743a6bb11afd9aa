#include "session.h"

enum exit_code
session_keep(struct cli *cli, const char *account_no, const char *token)
{
    struct creditbank_error error;

    profile_set(&cli->profile, PROFILE_SESSION, token);
    profile_set(&cli->profile, PROFILE_ACCOUNT, account_no);
    if (!profile_save(&cli->profile, &error))
        return cli_error(cli, &error);
    if (token != NULL)
        cli_say(cli, TEXT_SIGNED_IN, FILL(account_no));
    return EXIT_DONE;
}

const char *
session_password(struct cli *cli, const char *account_no, bool is_new)
{
    return cli_passphrase(cli, account_no, is_new);
}
