/* activation issue: codes for learners, into a file that only its owner reads. */
#include "cli.h"
#include "fields.h"

#include "base/scope.h"
#include "crypto/key_file.h"
#include "lib/error.h"

#include "creditbank/v1/account_service.pb-c.h"

#include <unistd.h>

static const struct argument arguments[] = {
    {"ACCOUNTS",
     ARGUMENT_OPERAND,
     true,
     NULL,
     {"账号，用逗号分隔，至多 1000 个", "accounts with commas between, at most 1,000"}},
    {"out",
     ARGUMENT_OPTION,
     true,
     NULL,
     {"写入的新文件（CSV，权限 0600）", "new file to write (CSV, mode 0600)"}},
    {0}};

#define CODES_FILE_MAX ((size_t)256 * 1024)

static enum exit_code
write_codes(struct cli *cli, const char *path,
            const Creditbank__V1__IssueActivationCodesResponse *codes)
{
    SCOPED(buffer_fini) struct buffer text;
    struct creditbank_error error;
    const char *why = "size";
    bool fits;

    buffer_init(&text, CODES_FILE_MAX);
    fits = buffer_printf(&text, "account_no,code,expires\r\n");
    for (size_t i = 0; i < codes->n_codes && fits; i++)
        fits = buffer_printf(
            &text, "%s,%s,%s\r\n", codes->codes[i]->account_no, codes->codes[i]->code,
            fields_text(&codes->codes[i]->base, "expire_time", cli->chinese, cli->arena));
    if (fits)
        why = key_file_write(path, buffer_slice(&text));
    if (why != NULL) {
        (void)error_set_why(&error, REASON_FILE_UNWRITABLE, path, why);
        return cli_error(cli, &error);
    }
    cli_tell(cli, TEXT_CODES_WRITTEN, FILL(arena_printf(cli->arena, "%zu", codes->n_codes), path),
             json_pack("{sIso}", "issued", (json_int_t)codes->n_codes, "file", cli_text(path)));
    return EXIT_DONE;
}

/* The bank passes over accounts that are not this school's, and says no more of them. */
static enum exit_code
check_all_issued(const struct cli *cli, const ProtobufCMessage *asked,
                 const ProtobufCMessage *answer)
{
    size_t count = ((const Creditbank__V1__IssueActivationCodesRequest *)asked)->n_account_nos;
    size_t issued = ((const Creditbank__V1__IssueActivationCodesResponse *)answer)->n_codes;

    if (issued >= count)
        return EXIT_DONE;
    cli_warn(cli, TEXT_CODES_LACKING, FILL(arena_printf(cli->arena, "%zu", count - issued)));
    return EXIT_PARTLY;
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    ProtobufCMessage *message =
        fields_new(&creditbank__v1__issue_activation_codes_request__descriptor, cli->arena);
    struct creditbank_request request = {.service = &creditbank__v1__account_service__descriptor,
                                         .method = "IssueActivationCodes",
                                         .message = message};
    const char *wrong =
        fields_set(message, "account_nos", command_value(command, given, "ACCOUNTS"), cli->arena);
    const char *path = command_value(command, given, "out");
    struct creditbank_result result;
    struct creditbank_error error;
    enum exit_code code;

    if (wrong != NULL) {
        (void)error_set(&error, REASON_ARGUMENT_INVALID, "ACCOUNTS (%s)", wrong);
        return cli_error(cli, &error);
    }
    /* Codes that cannot be written are lost, and the old ones no longer hold. */
    if (access(path, F_OK) == 0) {
        (void)error_set(&error, REASON_FILE_EXISTS, "%s", path);
        return cli_error(cli, &error);
    }
    code = cli_call(cli, &request, &result);
    if (code != EXIT_DONE)
        return code;
    code =
        write_codes(cli, path, (const Creditbank__V1__IssueActivationCodesResponse *)result.reply);
    if (code == EXIT_DONE)
        code = check_all_issued(cli, message, result.reply);
    creditbank_result_free(&result);
    return code;
}

const struct command cmd_activation_issue = {
    .name = "activation issue",
    .summary = {"签发激活码（学校；再次签发会使旧码和会话失效）",
                "issue activation codes (school); again: the old code and the sessions end"},
    .arguments = arguments,
    .run = run,
};
