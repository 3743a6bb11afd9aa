/*
 * statement get: everything in one's account with its proofs, as files that anybody can
 * verify: one, or as many as the bank gives it in parts.
 */
#include "cli.h"

#include "base/scope.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/list.h"
#include "wire/json.h"

#include <string.h>

static const struct argument arguments[] = {
    {"FILE",
     ARGUMENT_OPERAND,
     true,
     NULL,
     {"写入的文件（JSON）；分几部分时，其后各部分写入 FILE-2 等",
      "the file to write (JSON); of several parts the further ones are FILE-2 and so on"}},
    {"disclose-identity",
     ARGUMENT_FLAG,
     false,
     NULL,
     {"附上可验证的姓名和证件号码", "show name and document number, provably"}},
    {0}};

/* So many files verify takes. */
#define PARTS_MAX OPERANDS_MAX

struct export
{
    struct cli *cli;
    Creditbank__V1__GetStatementRequest message; /* for the part that is written next */
    const Creditbank__V1__StatementList *list;   /* of the part that was written last */
    size_t part_count, line_count;
    struct {
        const char *path;
        size_t line_count;
    } parts[PARTS_MAX];
};

/* FILE; FILE-2 …, the number before what the name ends in: "statement-2.json". */
static const char *
part_path(const struct export *export, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t len = dot != NULL && dot > name ? (size_t)(dot - path) : strlen(path);

    if (export->part_count == 0)
        return path;
    return arena_printf(export->cli->arena, "%.*s-%zu%s", (int)len, path, export->part_count + 1,
                        path + len);
}

/* What the bank signed of the part; NULL if that is none that another part could follow. */
static const Creditbank__V1__StatementList *
read_list(const struct export *export, const Creditbank__V1__Statement *statement)
{
    const Creditbank__V1__StatementList *list;
    struct wire_fault fault;

    if (statement == NULL)
        return NULL;
    list = list_open(slice_make(statement->list.data, statement->list.len), export->cli->arena,
                     &fault);
    return list != NULL && list_is_in_order(list) ? list : NULL;
}

static bool
write_part(struct export *export, const Creditbank__V1__Statement *statement, const char *path,
           struct creditbank_error *error)
{
    SCOPED(buffer_fini) struct buffer text;

    buffer_init(&text, CLI_OUTPUT_MAX);
    if (export->part_count == PARTS_MAX)
        return error_set(error, REASON_STATEMENT_PARTS_MANY, "%d", PARTS_MAX);
    export->list = read_list(export, statement);
    if (export->list == NULL || !wire_json_print(&statement->base, &text) ||
        !buffer_append_byte(&text, '\n'))
        return error_set(error, REASON_ANSWER_INVALID, "statement");
    if (!file_create_synced(path, buffer_slice(&text), error))
        return false;
    export->parts[export->part_count].path = path;
    export->parts[export->part_count++].line_count = export->list->n_lines;
    export->line_count += export->list->n_lines;
    return true;
}

/* Asks for the next part, and writes it. */
static enum exit_code
get_part(struct export *export, const char *path)
{
    struct creditbank_request request = {.service = &creditbank__v1__statement_service__descriptor,
                                         .method = "GetStatement",
                                         .message = &export->message.base};
    const Creditbank__V1__GetStatementResponse *answer;
    struct creditbank_result result;
    struct creditbank_error error;
    enum exit_code code = cli_call(export->cli, &request, &result);

    if (code != EXIT_DONE)
        return code;
    answer = (const void *)result.reply;
    if (!write_part(export, answer->statement, part_path(export, path), &error))
        code = cli_error(export->cli, &error);
    creditbank_result_free(&result);
    return code;
}

/* Some parts are no statement: what was written is taken back. */
static void
take_back(const struct export *export)
{
    struct creditbank_error error;

    for (size_t i = 0; i < export->part_count; i++)
        if (!file_remove(export->parts[i].path, &error))
            (void)cli_error(export->cli, &error);
}

static void
tell(struct export *export)
{
    struct cli *cli = export->cli;
    json_t *files = json_array();

    for (size_t i = 0; i < export->part_count; i++) {
        cli_say(cli, TEXT_STATEMENT_WRITTEN,
                FILL(arena_printf(cli->arena, "%zu", export->parts[i].line_count),
                     export->parts[i].path));
        json_array_append_new(files, cli_text(export->parts[i].path));
    }
    if (export->part_count > 1)
        cli_say(cli, TEXT_STATEMENT_PARTS,
                FILL(arena_printf(cli->arena, "%zu", export->line_count),
                     arena_printf(cli->arena, "%zu", export->part_count)));
    cli_answer(cli, json_pack("{sIso}", "lines", (json_int_t) export->line_count, "files", files));
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    struct export *export = arena_alloc(cli->arena, sizeof(*export));
    const char *path = command_value(command, given, "FILE");
    enum exit_code code;

    export->cli = cli;
    creditbank__v1__get_statement_request__init(&export->message);
    export->message.disclose_identity = command_value(command, given, "disclose-identity") != NULL;
    do {
        code = get_part(export, path);
        if (code != EXIT_DONE) {
            take_back(export);
            return code;
        }
        export->message.disclose_identity = false;
        if (export->list->goes_on)
            export->message.after = export->list->lines[export->list->n_lines - 1];
    } while (export->list->goes_on);
    tell(export);
    return EXIT_DONE;
}

const struct command cmd_statement_get = {
    .name = "statement get",
    .summary = {"导出可离线验证的成绩单（学习者）",
                "export a statement that verifies offline (learner)"},
    .arguments = arguments,
    .run = run,
};
