/* programme show: a programme with its courses. */
#include "view.h"

#include "creditbank/v1/catalogue_service.pb-c.h"

static const struct argument arguments[] = {
    {"SCHOOL", ARGUMENT_OPERAND, true, "school_id", {"学校", "the school"}},
    {"PROGRAMME", ARGUMENT_OPERAND, true, "programme_id", {"培养方案", "its programme"}},
    {0}};

static const struct column record[] = {{{"培养方案", "Programme"}, "programme_id"},
                                       {{"专业代码", "Major"}, "major_code"},
                                       {{"名称", "Name"}, "name"},
                                       {{"年级", "Cohort"}, "cohort"},
                                       {{"毕业学分", "To graduate"}, "graduation_centicredits"},
                                       {{0}, NULL}};

static const struct column rows[] = {{{"课程代码", "Course"}, "course_code"},
                                     {{"课程", "Name"}, "name"},
                                     {{"类别", "Kind"}, "kind"},
                                     {{"学时", "Hours"}, "centihours"},
                                     {{"学分", "Credits"}, "centicredits"},
                                     {{"必修", "Required"}, "required"},
                                     {{"不可免修", "Excluded"}, "excluded"},
                                     {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__catalogue_service__descriptor,
    .method = "GetProgramme",
    .record = "programme",
    .record_columns = record,
    .rows = "courses",
    .row_columns = rows,
};

const struct command cmd_programme_show = {
    .name = "programme show",
    .summary = {"查看人才培养方案", "show a programme"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
