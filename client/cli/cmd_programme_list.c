/* programme list: a school's programmes. */
#include "view.h"

#include "creditbank/v1/catalogue_service.pb-c.h"

static const struct argument arguments[] = {
    {"SCHOOL", ARGUMENT_OPERAND, true, "school_id", {"学校", "the school"}}, {0}};

static const struct column rows[] = {{{"培养方案", "Programme"}, "programme_id"},
                                     {{"专业代码", "Major"}, "major_code"},
                                     {{"名称", "Name"}, "name"},
                                     {{"年级", "Cohort"}, "cohort"},
                                     {{"毕业学分", "To graduate"}, "graduation_centicredits"},
                                     {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__catalogue_service__descriptor,
    .method = "ListProgrammes",
    .rows = "programmes",
    .row_columns = rows,
};

const struct command cmd_programme_list = {
    .name = "programme list",
    .summary = {"列出学校的人才培养方案", "list a school's programmes"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
