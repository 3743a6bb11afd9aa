/* statement get: everything in one's account with its proofs, as a file that anybody can verify. */
#include "cli.h"

#include "base/scope.h"
#include "lib/error.h"
#include "lib/file.h"
#include "wire/json.h"

static const struct argument arguments[] = {
    {"FILE", ARGUMENT_OPERAND, true, NULL, {"写入的文件（JSON）", "the file to write (JSON)"}},
    {"disclose-identity",
     ARGUMENT_FLAG,
     false,
     NULL,
     {"附上可验证的姓名和证件号码", "show name and document number, provably"}},
    {0}};

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *path = command_value(command, given, "FILE");
    Creditbank__V1__GetStatementRequest message;
    struct creditbank_request request = {.service = &creditbank__v1__statement_service__descriptor,
                                         .method = "GetStatement",
                                         .message = &message.base};
    const Creditbank__V1__GetStatementResponse *answer;
    SCOPED(buffer_fini) struct buffer text;
    struct creditbank_result result;
    struct creditbank_error error;
    enum exit_code code;

    creditbank__v1__get_statement_request__init(&message);
    buffer_init(&text, CLI_OUTPUT_MAX);
    message.disclose_identity = command_value(command, given, "disclose-identity") != NULL;
    code = cli_call(cli, &request, &result);
    if (code != EXIT_DONE)
        return code;
    answer = (const void *)result.reply;
    if (answer->statement == NULL || !wire_json_print(&answer->statement->base, &text) ||
        !buffer_append_byte(&text, '\n')) {
        (void)error_set(&error, REASON_ANSWER_INVALID, "statement");
        code = cli_error(cli, &error);
    } else if (!file_write_synced(path, buffer_slice(&text), &error)) {
        code = cli_error(cli, &error);
    } else {
        cli_tell(cli, TEXT_STATEMENT_WRITTEN,
                 FILL(arena_printf(cli->arena, "%zu", answer->statement->n_lines), path),
                 json_pack("{sIso}", "lines", (json_int_t)answer->statement->n_lines, "file",
                           cli_text(path)));
    }
    creditbank_result_free(&result);
    return code;
}

const struct command cmd_statement_get = {
    .name = "statement get",
    .summary = {"导出可离线验证的成绩单（学习者）",
                "export a statement that verifies offline (learner)"},
    .arguments = arguments,
    .run = run,
};
