/* activation issue: codes for learners, into a file that only its owner reads. */
#include "cli.h"
#include "csv_writer.h"
#include "fields.h"

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

/* As many as a line of warning has room for. */
#define LACKING_SHOWN_MAX 50

/* A row of the file: student number, account, code, and until when it holds. */
#define ROW_BYTES_MAX 256

static void
put_row(struct csv_writer *writer, const char *const cells[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        csv_writer_cell(writer, slice_text(cells[i]));
    csv_writer_end_row(writer);
}

static void
put_code(const struct cli *cli, struct csv_writer *writer,
         const Creditbank__V1__ActivationCode *code)
{
    csv_writer_digits(writer, slice_text(code->student_no));
    csv_writer_digits(writer, slice_text(code->account_no));
    csv_writer_cell(writer, slice_text(code->code));
    csv_writer_cell(writer,
                    slice_text(fields_text(&code->base, "expire_time", cli->chinese, cli->arena)));
    csv_writer_end_row(writer);
}

static enum exit_code
write_codes(struct cli *cli, struct csv_writer *writer, const char *path,
            const Creditbank__V1__IssueActivationCodesResponse *codes)
{
    static const char *const headings[][4] = {{"student_no", "account_no", "code", "expires"},
                                              {"学号", "账号", "激活码", "有效期至"}};
    struct creditbank_error error;

    put_row(writer, headings[cli->chinese], ARRAY_COUNT(headings[0]));
    for (size_t i = 0; i < codes->n_codes; i++)
        put_code(cli, writer, codes->codes[i]);
    if (!csv_writer_close(writer, &error)) {
        cli_warn(cli, TEXT_CODES_LOST, FILL());
        return cli_error(cli, &error);
    }
    cli_tell(cli, TEXT_CODES_WRITTEN, FILL(arena_printf(cli->arena, "%zu", codes->n_codes), path),
             json_pack("{sIso}", "issued", (json_int_t)codes->n_codes, "file", cli_text(path)));
    return EXIT_DONE;
}

static bool
is_issued(const Creditbank__V1__IssueActivationCodesResponse *codes, const char *account_no)
{
    for (size_t i = 0; i < codes->n_codes; i++)
        if (strcmp(codes->codes[i]->account_no, account_no) == 0)
            return true;
    return false;
}

/* The bank passes over accounts that are not this school's, and says no more of them. */
static enum exit_code
check_all_issued(const struct cli *cli, const ProtobufCMessage *message,
                 const ProtobufCMessage *reply)
{
    const Creditbank__V1__IssueActivationCodesRequest *asked = (const void *)message;
    const Creditbank__V1__IssueActivationCodesResponse *codes = (const void *)reply;
    const char *lacking = "";
    size_t count = 0;

    for (size_t i = 0; i < asked->n_account_nos; i++)
        if (!is_issued(codes, asked->account_nos[i]) && count++ < LACKING_SHOWN_MAX)
            lacking = arena_printf(cli->arena, "%s%s%s", lacking, lacking[0] != '\0' ? ", " : "",
                                   asked->account_nos[i]);
    if (count == 0)
        return EXIT_DONE;
    if (count > LACKING_SHOWN_MAX)
        lacking = arena_printf(cli->arena, "%s …", lacking);
    cli_warn(cli, TEXT_CODES_LACKING, FILL(arena_printf(cli->arena, "%zu", count), lacking));
    return EXIT_PARTLY;
}

/* The file is there before the bank is asked: codes that cannot be written are lost. */
static struct csv_writer *
reserve(struct cli *cli, const char *path, const ProtobufCMessage *message)
{
    size_t count = ((const Creditbank__V1__IssueActivationCodesRequest *)message)->n_account_nos;
    struct creditbank_error error;
    struct csv_writer *writer = NULL;

    if (access(path, F_OK) == 0)
        (void)error_set(&error, REASON_FILE_EXISTS, "%s", path);
    else
        writer = csv_writer_create_private(path, CSV_UTF8_BOM, (count + 1) * ROW_BYTES_MAX, &error);
    if (writer == NULL)
        (void)cli_error(cli, &error);
    return writer;
}

static enum exit_code
issue(struct cli *cli, const ProtobufCMessage *message, struct csv_writer *writer, const char *path)
{
    struct creditbank_request request = {.service = &creditbank__v1__account_service__descriptor,
                                         .method = "IssueActivationCodes",
                                         .message = message};
    struct creditbank_result result;
    enum exit_code code = cli_call(cli, &request, &result);

    if (code != EXIT_DONE) {
        csv_writer_give_up(writer);
        if (code == EXIT_UNAVAILABLE)
            cli_warn(cli, TEXT_CODES_LOST, FILL());
        return code;
    }
    code = write_codes(cli, writer, path,
                       (const Creditbank__V1__IssueActivationCodesResponse *)result.reply);
    if (code == EXIT_DONE)
        code = check_all_issued(cli, message, result.reply);
    creditbank_result_free(&result);
    return code;
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    ProtobufCMessage *message =
        fields_new(&creditbank__v1__issue_activation_codes_request__descriptor, cli->arena);
    const char *wrong =
        fields_set(message, "account_nos", command_value(command, given, "ACCOUNTS"), cli->arena);
    const char *path = command_value(command, given, "out");
    struct csv_writer *writer;
    struct creditbank_error error;

    if (wrong != NULL) {
        (void)error_set(&error, REASON_ARGUMENT_INVALID, "ACCOUNTS (%s)", wrong);
        return cli_error(cli, &error);
    }
    writer = reserve(cli, path, message);
    return writer != NULL ? issue(cli, message, writer, path) : EXIT_USAGE;
}

const struct command cmd_activation_issue = {
    .name = "activation issue",
    .summary = {"签发激活码（学校；再次签发会使旧码和会话失效）",
                "issue activation codes (school); again: the old code and the sessions end"},
    .arguments = arguments,
    .run = run,
};
