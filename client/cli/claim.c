#include "claim.h"

#include "lib/error.h"

#include "fields.h"

Creditbank__V1__KeyRegistered *
claim_make(struct cli *cli, const char *institution_id, const char *duties)
{
    Creditbank__V1__KeyRegistered *registered =
        (void *)fields_new(&creditbank__v1__key_registered__descriptor, cli->arena);
    const struct creditbank_key *key = cli_key(cli);
    struct creditbank_claim claim = {.log_origin = cli_need(cli, PROFILE_ORIGIN)};
    uint8_t *proof = arena_alloc(cli->arena, CREDITBANK_SIGNATURE_SIZE);
    const char *wrong = fields_set(&registered->base, "duties", duties, cli->arena);
    struct creditbank_error error;

    if (key == NULL || claim.log_origin == NULL)
        return NULL;
    claim.institution_id = registered->institution_id =
        arena_text(cli->arena, slice_text(institution_id));
    claim.duties = registered->duties;
    claim.duty_count = registered->n_duties;
    if (wrong != NULL || !creditbank_key_sign_claim(key, &claim, proof)) {
        (void)error_set(&error, REASON_ARGUMENT_INVALID, "--duties %s (%s)", duties,
                        wrong != NULL ? wrong : "post < review < decide < rules < admin");
        (void)cli_error(cli, &error);
        return NULL;
    }

    struct creditbank_bytes spki = creditbank_key_spki(key);

    registered->spki = (ProtobufCBinaryData){spki.len, spki.at};
    registered->proof_of_possession = (ProtobufCBinaryData){CREDITBANK_SIGNATURE_SIZE, proof};
    return registered;
}
