/* import learners, import results, import hours, import certificates: the second word is the kind.
 */
#include "import.h"

#include <string.h>

#define FILE_ZH "CSV 文件，UTF-8 或 GB18030；列见 creditbank import template 写出的模板"
#define FILE_EN "CSV file, UTF-8 or GB18030; for its columns see creditbank import template"
#define DRY_RUN                                             \
    {                                                       \
        "dry-run", ARGUMENT_FLAG, false, NULL,              \
        {                                                   \
            "只核对，不入账", "only check it, book nothing" \
        }                                                   \
    }

static const struct argument arguments[] = {
    {"FILE", ARGUMENT_OPERAND, true, NULL, {FILE_ZH, FILE_EN}}, DRY_RUN, {0}};

static const struct argument again_arguments[] = {
    {"FILE", ARGUMENT_OPERAND, true, NULL, {FILE_ZH, FILE_EN}},
    DRY_RUN,
    {"again",
     ARGUMENT_FLAG,
     false,
     NULL,
     {"已撤销的编号也重新入账（撤销导入的不必）",
      "book numbers anew that were revoked (not needed after import undo)"}},
    {0}};

static const struct argument certificate_arguments[] = {
    {"FILE",
     ARGUMENT_OPERAND,
     true,
     NULL,
     {FILE_ZH "；“更正后重报”填写因错记他人而撤销该编号的日志条目号",
      FILE_EN "; reposted_after (更正后重报) is the number of the log entry that revoked the"
              " certificate as posted to the wrong person"}},
    DRY_RUN,
    {0}};

/* Not every kind has the option. */
static bool
is_given_again(const struct command *command, const struct given *given)
{
    return command->arguments == again_arguments && command_value(command, given, "again") != NULL;
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const struct import_kind *kind = import_kind_find(command->name + strlen("import "));
    struct import_options options = {.path = command_value(command, given, "FILE"),
                                     .dry_run = command_value(command, given, "dry-run") != NULL,
                                     .again = is_given_again(command, given)};

    return import_run(cli, kind, &options);
}

const struct command cmd_import_learners = {
    .name = "import learners",
    .summary = {"导入学生：开户并登记学籍", "import learners: open accounts and enrol"},
    .arguments = arguments,
    .run = run,
};

const struct command cmd_import_results = {
    .name = "import results",
    .summary = {"导入课程成绩，按学号", "import course results, by student number"},
    .arguments = again_arguments,
    .run = run,
};

const struct command cmd_import_hours = {
    .name = "import hours",
    .summary = {"导入培训学时（学校或培训评价组织）",
                "import hours of training (school or issuer)"},
    .arguments = again_arguments,
    .run = run,
};

const struct command cmd_import_certificates = {
    .name = "import certificates",
    .summary = {"导入证书（培训评价组织）", "import certificates (issuer)"},
    .arguments = certificate_arguments,
    .run = run,
};
