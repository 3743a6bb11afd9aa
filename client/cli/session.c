#include "session.h"

enum exit_code
session_keep(struct cli *cli, const char *account_no, const char *token)
{
    struct creditbank_error error;

    profile_set(&cli->profile, PROFILE_SESSION, token);
    profile_set(&cli->profile, PROFILE_ACCOUNT, account_no);
    if (!profile_save(&cli->profile, &error))
        return cli_error(cli, &error);
    /* What was given may have been the profile's own, and then lives no more. */
    account_no = cli->profile.values[PROFILE_ACCOUNT];
    cli_tell(cli, token != NULL ? TEXT_SIGNED_IN : TEXT_SIGNED_OUT, FILL(account_no),
             json_pack("{ss*}", "accountNo", account_no));
    return EXIT_DONE;
}

const char *
session_password(struct cli *cli, const char *account_no, bool is_new)
{
    return cli_passphrase(cli, account_no, is_new, REASON_PASSWORD_MISSING);
}
