#include "founding.h"

#include "base/scope.h"
#include "crypto/note.h"
#include "lib/error.h"

#define BANK_KEY_MAX 512

bool
founding_is(const Creditbank__V1__Transaction *transaction)
{
    return transaction != NULL &&
           transaction->content_case == CREDITBANK__V1__TRANSACTION__CONTENT_CONTROL &&
           transaction->control->body_case == CREDITBANK__V1__CONTROL__BODY_FOUNDING;
}

/* The verifier key in its text form, ended by NUL; false where the founding names none. */
static bool
format_key(const Creditbank__V1__Transaction *transaction, struct buffer *text)
{
    const Creditbank__V1__Founding *founding = transaction->control->founding;
    struct public_key *key =
        public_key_from_ed25519(slice_make(founding->log_key.data, founding->log_key.len));
    struct note_verifier *verifier =
        key != NULL ? note_verifier_new(slice_text(transaction->log_origin), key) : NULL;
    bool good =
        verifier != NULL && note_verifier_format(verifier, text) && buffer_append_byte(text, 0);

    note_verifier_free(verifier);
    public_key_free(key);
    return good;
}

enum exit_code
founding_keep(struct cli *cli, const Creditbank__V1__Transaction *transaction)
{
    const Creditbank__V1__Founding *founding = transaction->control->founding;
    SCOPED(buffer_fini) struct buffer bank_key;
    struct creditbank_error error;

    buffer_init(&bank_key, BANK_KEY_MAX);
    if (!format_key(transaction, &bank_key)) {
        (void)error_set(&error, REASON_ARGUMENT_INVALID, "log_key");
        return cli_error(cli, &error);
    }
    profile_set(&cli->profile, PROFILE_BANK_KEY, (const char *)bank_key.at);
    profile_set(&cli->profile, PROFILE_ORIGIN, transaction->log_origin);
    if (founding->operator_ != NULL)
        profile_set(&cli->profile, PROFILE_INSTITUTION, founding->operator_->institution_id);
    return profile_save(&cli->profile, &error) ? EXIT_DONE : cli_error(cli, &error);
}
