/* import template: the columns of a file to import, with an example row. */
#include "import.h"

#include "lib/error.h"

#include "csv_writer.h"

#include <string.h>
#include <unistd.h>

static const struct argument arguments[] = {
    {"KIND",
     ARGUMENT_OPERAND,
     true,
     NULL,
     {"learners、results、hours 或 certificates", "learners, results, hours or certificates"}},
    {"FILE", ARGUMENT_OPERAND, true, NULL, {"写入的新文件", "the new file to write"}},
    {"encoding",
     ARGUMENT_OPTION,
     false,
     NULL,
     {"utf-8-bom（默认）、utf-8 或 gb18030", "utf-8-bom (default), utf-8 or gb18030"}},
    {0}};

static bool
parse_encoding(const char *name, enum csv_encoding *encoding)
{
    static const char *const names[] = {"utf-8", "utf-8-bom", "gb18030"};

    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (strcmp(name, names[i]) == 0) {
            *encoding = (enum csv_encoding)i;
            return true;
        }
    return false;
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *name = command_value(command, given, "KIND");
    const char *path = command_value(command, given, "FILE");
    const char *encoding_name = command_value_or(command, given, "encoding", "utf-8-bom");
    const struct import_kind *kind = import_kind_find(name);
    struct creditbank_error error;
    enum csv_encoding encoding = CSV_UTF8_BOM;
    struct csv_writer *writer;

    if (kind == NULL || !parse_encoding(encoding_name, &encoding)) {
        (void)error_set(
            &error, REASON_ARGUMENT_INVALID, "%s (%s)", kind == NULL ? name : encoding_name,
            kind == NULL ? "learners, results, hours, certificates" : "utf-8-bom, utf-8, gb18030");
        return cli_error(cli, &error);
    }
    if (access(path, F_OK) == 0) {
        (void)error_set(&error, REASON_FILE_EXISTS, "%s", path);
        return cli_error(cli, &error);
    }
    writer = csv_writer_open(path, encoding, &error);
    if (writer == NULL)
        return cli_error(cli, &error);
    for (size_t i = 0; kind->columns[i].name != NULL; i++)
        csv_writer_cell(writer, slice_text(kind->columns[i].heading));
    csv_writer_end_row(writer);
    for (size_t i = 0; kind->columns[i].name != NULL; i++)
        csv_writer_cell(writer, slice_text(kind->columns[i].example));
    csv_writer_end_row(writer);
    if (!csv_writer_close(writer, &error))
        return cli_error(cli, &error);
    cli_tell(cli, TEXT_TEMPLATE_WRITTEN, FILL(path), json_pack("{so}", "file", cli_text(path)));
    return EXIT_DONE;
}

const struct command cmd_import_template = {
    .name = "import template",
    .summary = {"写出导入模板：列名和一行示例", "write a template: the columns and an example row"},
    .arguments = arguments,
    .run = run,
};
