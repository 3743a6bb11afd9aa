/* log checkpoint: the log's newest signed head, checked under the bank's key. */
#include "cli.h"

#include "crypto/checkpoint.h"
#include "lib/error.h"

#include "creditbank/v1/log_service.pb-c.h"

#include <stdio.h>

/* Says so, and which way, where the bank's key does not stand behind it. */
static enum exit_code
check(struct cli *cli, const char *note)
{
    const char *bank_key = cli_setting(cli, PROFILE_BANK_KEY);
    struct note_verifier *verifier;
    const struct note_verifier *verifiers[1];
    struct checkpoint checkpoint;
    struct creditbank_error error;
    const char *why;

    if (bank_key == NULL) {
        cli_warn(cli, TEXT_BANK_UNCONFIRMED, FILL());
        return EXIT_DONE;
    }
    verifier = note_verifier_parse(slice_text(bank_key));
    if (verifier == NULL) {
        (void)error_set(&error, REASON_VERIFY_BANK_KEY_INVALID, "%s", "");
        return cli_error(cli, &error);
    }
    verifiers[0] = verifier;
    why = checkpoint_open(slice_text(note), verifiers, 1, &checkpoint);
    note_verifier_free(verifier);
    if (why == NULL)
        return EXIT_DONE;
    (void)error_set_why(&error, REASON_VERIFY_CHECKPOINT, "", why);
    return cli_error(cli, &error);
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    Creditbank__V1__GetCheckpointRequest message;
    struct creditbank_request request = {.service = &creditbank__v1__log_service__descriptor,
                                         .method = "GetCheckpoint",
                                         .message = &message.base};
    struct creditbank_result result;
    enum exit_code code;
    const char *note;

    creditbank__v1__get_checkpoint_request__init(&message);
    (void)command;
    (void)given;
    code = cli_call(cli, &request, &result);
    if (code != EXIT_DONE)
        return code;
    note = ((const Creditbank__V1__GetCheckpointResponse *)result.reply)->checkpoint;
    if (cli->globals.json)
        code = cli_answer_message(cli, result.reply);
    else
        fputs(note, stdout);
    if (code == EXIT_DONE)
        code = check(cli, note);
    creditbank_result_free(&result);
    return code;
}

const struct command cmd_log_checkpoint = {
    .name = "log checkpoint",
    .summary = {"取得日志的最新检查点并核验", "get the log's newest checkpoint, and check it"},
    .run = run,
};
