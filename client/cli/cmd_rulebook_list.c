/* rulebook list: what a school accepts for what. */
#include "view.h"

#include "creditbank/v1/rule_service.pb-c.h"

static const struct argument arguments[] = {
    {"SCHOOL", ARGUMENT_OPERAND, true, "school_id", {"学校", "the school"}}, {0}};

static const struct column rows[] = {{{"转换办法", "Rulebook"}, "filed.rulebook_id"},
                                     {{"版本", "Version"}, "filed.version"},
                                     {{"名称", "Title"}, "filed.title"},
                                     {{"培养方案", "Programme"}, "filed.programme_id"},
                                     {{"状态", "State"}, "state"},
                                     {{"起", "From"}, "filed.from_date"},
                                     {{"止", "To"}, "filed.to_date"},
                                     {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__rule_service__descriptor,
    .method = "ListRulebooks",
    .rows = "rulebooks",
    .row_columns = rows,
};

const struct command cmd_rulebook_list = {
    .name = "rulebook list",
    .summary = {"列出学校的转换办法", "list a school's rulebooks"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
