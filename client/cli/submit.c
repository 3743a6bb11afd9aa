#include "submit.h"

#include "base/memory.h"
#include "wire/unpack.h"

#include "founding.h"

#include <inttypes.h>
#include <stdio.h>

/* What is read of a kept request to see what it is. */
static const struct wire_limits kept_limits = {.depth_max = 16,
                                               .fields_max = 100000,
                                               .elements_max = 10000,
                                               .memory_max = 64 * CREDITBANK_REQUEST_MAX};

/* A request that the outbox keeps. */
struct kept {
    char name[CREDITBANK_OUTBOX_NAME_SIZE];
    struct creditbank_bytes bytes;
    bool is_brought_again; /* by the import that begins: see submit_waiting */
};

enum exit_code
submit_settle(struct cli *cli, const char *name, const struct creditbank_bytes *request,
              const struct creditbank_result *result)
{
    struct creditbank_outbox *outbox = cli_outbox(cli);
    const Creditbank__V1__SubmitResponse *answer = (const void *)result->reply;
    struct creditbank_error error;

    if (outbox == NULL)
        return EXIT_USAGE;
    if (result->unknown)
        return EXIT_DONE;
    if (answer != NULL && !creditbank_entry_verify(answer->entry, request,
                                                   cli_setting(cli, PROFILE_BANK_KEY), &error)) {
        (void)cli_error(cli, &error);
        return EXIT_UNVERIFIED;
    }
    if (!creditbank_outbox_settle(outbox, name, answer, &error))
        return cli_error(cli, &error);
    return EXIT_DONE;
}

/* The transaction in bytes that were kept; NULL where they hold none. */
static const Creditbank__V1__Transaction *
open_kept(const struct creditbank_bytes *bytes, struct arena *arena)
{
    struct wire_fault fault;
    const Creditbank__V1__SubmitRequest *request = (const void *)wire_unpack(
        &creditbank__v1__submit_request__descriptor, slice_make(bytes->at, bytes->len), arena,
        WIRE_LENIENT, &kept_limits, &fault);

    if (request == NULL)
        return NULL;
    return (const void *)wire_unpack(
        &creditbank__v1__transaction__descriptor,
        slice_make(request->transaction.data, request->transaction.len), arena, WIRE_CANONICAL,
        &kept_limits, &fault);
}

/*
 * Whether all that was refused of it stands in the log already, or a person in it has got an
 * account since, under another number than the whole of it goes by.
 */
static bool
is_overtaken(const struct creditbank_result *result)
{
    bool stands = true;

    for (size_t i = 0; i < result->refusal_count; i++) {
        enum reason reason = reason_from_code(result->refusals[i]->reason);

        if (reason == REASON_PERSON_HAS_ACCOUNT || reason == REASON_SEALED_PERSON_EXPIRED)
            return !result->unknown;
        stands &= reason == REASON_ACCOUNT_EXISTS || reason == REASON_OUTCOME_ALREADY_RECORDED;
    }
    return stands && result->refusal_count > 0 && !result->unknown;
}

/* What went wrong with it; it is settled, unless it is unknown. */
static enum exit_code
say_refused(struct cli *cli, const char *name, bool is_brought_again,
            struct creditbank_result *result)
{
    if (is_brought_again && is_overtaken(result)) {
        cli_say(cli, TEXT_OUTBOX_OVERTAKEN, FILL(name));
        creditbank_result_free(result);
        return EXIT_REFUSED;
    }
    return cli_refused_kept(cli, result);
}

static enum exit_code
call_submit(struct cli *cli, struct creditbank_client *client, const struct kept *kept,
            struct booked *booked)
{
    struct creditbank_request request = {.service = &creditbank__v1__ledger_service__descriptor,
                                         .method = "Submit",
                                         .bytes = kept->bytes.at,
                                         .len = kept->bytes.len};
    struct creditbank_result result;
    bool done = creditbank_call(client, &request, &result);
    enum exit_code settled = submit_settle(cli, kept->name, &kept->bytes, &result);

    if (!done)
        return say_refused(cli, kept->name, kept->is_brought_again, &result);
    booked->entry_index =
        ((const Creditbank__V1__SubmitResponse *)result.reply)->entry->entry_index;
    creditbank_result_free(&result);
    return settled;
}

/* Sends bytes that the outbox keeps. At the founding no key is registered that could sign in. */
static enum exit_code
send_kept(struct cli *cli, const struct kept *kept, struct booked *booked)
{
    struct arena *arena = arena_new(kept_limits.memory_max);
    const Creditbank__V1__Transaction *transaction = open_kept(&kept->bytes, arena);
    bool founds = founding_is(transaction);
    struct creditbank_client *client = founds ? cli_anonymous_client(cli) : cli_client(cli);
    enum exit_code code = client != NULL ? call_submit(cli, client, kept, booked) : EXIT_USAGE;

    if (code == EXIT_DONE && founds)
        code = founding_keep(cli, transaction);
    arena_free(arena);
    return code;
}

bool
submit_can_sign(struct cli *cli)
{
    return cli_key(cli) != NULL && cli_need(cli, PROFILE_ORIGIN) != NULL &&
           cli_need(cli, PROFILE_INSTITUTION) != NULL;
}

static enum exit_code
sign_and_send(struct cli *cli, const struct creditbank_draft *what, struct booked *booked)
{
    struct creditbank_draft draft = *what;
    const struct creditbank_key *key;
    struct kept kept = {0};
    struct creditbank_error error;
    enum exit_code code;

    if (!submit_can_sign(cli) || cli_outbox(cli) == NULL)
        return EXIT_USAGE;
    key = cli->key;
    draft.log_origin = cli_setting(cli, PROFILE_ORIGIN);
    draft.institution_id = cli_setting(cli, PROFILE_INSTITUTION);
    draft.keys = &key;
    draft.key_count = 1;
    if (!creditbank_draft_sign(&draft, &kept.bytes, &error))
        return cli_error(cli, &error);
    if (creditbank_outbox_put(cli->outbox, &kept.bytes, kept.name, &error))
        code = send_kept(cli, &kept, booked);
    else
        code = cli_error(cli, &error);
    creditbank_bytes_free(&kept.bytes);
    return code;
}

enum exit_code
submit_control(struct cli *cli, const Creditbank__V1__Control *control, struct booked *booked)
{
    struct creditbank_draft draft = {.control = control};

    return sign_and_send(cli, &draft, booked);
}

enum exit_code
submit_items(struct cli *cli, Creditbank__V1__Item *const *items, size_t count,
             struct booked *booked)
{
    struct creditbank_draft draft = {.items = items, .item_count = count};

    return sign_and_send(cli, &draft, booked);
}

/* Sends the kept request once more, only to be checked: the answer to a booked one is its first. */
static enum exit_code
ask_about(struct cli *cli, const char *name, const struct creditbank_bytes *bytes,
          Creditbank__V1__SubmitRequest *kept)
{
    struct creditbank_request request = {.service = &creditbank__v1__ledger_service__descriptor,
                                         .method = "Submit",
                                         .message = &kept->base};
    struct creditbank_client *client = cli_client(cli);
    struct creditbank_result result;
    enum exit_code code = EXIT_DONE;

    if (client == NULL)
        return EXIT_USAGE;
    kept->validate_only = true;
    if (!creditbank_call(client, &request, &result)) {
        if (result.unknown || result.code == STATUS_UNAVAILABLE)
            return cli_refused(cli, &result);
    } else if (((const Creditbank__V1__SubmitResponse *)result.reply)->entry != NULL) {
        code = submit_settle(cli, name, bytes, &result);
    }
    creditbank_result_free(&result);
    return code;
}

enum exit_code
submit_ask(struct cli *cli, const char *name)
{
    struct arena *arena = arena_new(kept_limits.memory_max);
    Creditbank__V1__SubmitRequest *kept;
    struct creditbank_bytes bytes;
    struct creditbank_error error;
    struct wire_fault fault;
    enum exit_code code = EXIT_DONE;

    if (!creditbank_outbox_get(cli->outbox, name, &bytes, &error)) {
        code = cli_error(cli, &error);
    } else {
        kept = (void *)wire_unpack(&creditbank__v1__submit_request__descriptor,
                                   slice_make(bytes.at, bytes.len), arena, WIRE_LENIENT,
                                   &kept_limits, &fault);
        if (kept != NULL)
            code = ask_about(cli, name, &bytes, kept);
        creditbank_bytes_free(&bytes);
    }
    arena_free(arena);
    return code;
}

static enum exit_code
send_waiting(struct cli *cli, const char *name, json_t *sent)
{
    struct kept kept = {.is_brought_again = sent == NULL};
    struct creditbank_error error;
    struct booked booked = {0};
    enum exit_code code;

    if (!creditbank_outbox_get(cli->outbox, name, &kept.bytes, &error))
        return cli_error(cli, &error);
    snprintf(kept.name, sizeof(kept.name), "%s", name);
    code = send_kept(cli, &kept, &booked);
    creditbank_bytes_free(&kept.bytes);
    if (code == EXIT_DONE) {
        const char *number = arena_printf(cli->arena, "%" PRIu64, booked.entry_index);

        cli_say(cli, TEXT_OUTBOX_SENT, FILL(name, number));
        if (sent != NULL)
            json_array_append_new(sent, json_pack("{ssss}", "request", name, "entryIndex", number));
    }
    return code;
}

enum exit_code
submit_waiting(struct cli *cli, json_t *sent)
{
    struct creditbank_outbox_names names;
    struct creditbank_error error;
    enum exit_code code = EXIT_DONE;

    if (cli_outbox(cli) == NULL)
        return EXIT_USAGE;
    if (!creditbank_outbox_list(cli->outbox, &names, &error))
        return cli_error(cli, &error);
    for (size_t i = 0; i < names.count && code != EXIT_UNAVAILABLE && code != EXIT_USAGE; i++) {
        enum exit_code one = send_waiting(cli, names.names[i], sent);

        code = one != EXIT_DONE ? one : code;
    }
    creditbank_outbox_names_free(&names);
    return code;
}

enum exit_code
submit_say(struct cli *cli, const struct booked *booked)
{
    const char *number = arena_printf(cli->arena, "%" PRIu64, booked->entry_index);

    cli_tell(cli, TEXT_BOOKED, FILL(number), json_pack("{ss}", "entryIndex", number));
    return EXIT_DONE;
}
