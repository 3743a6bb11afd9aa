/* account exemptions: the courses that need not be taken. */
#include "view.h"

#include "creditbank/v1/account_service.pb-c.h"

static const struct argument arguments[] = {
    {"ACCOUNT",
     ARGUMENT_OPERAND,
     false,
     "account_no",
     {"14 位账号；不填为本人", "14 digits; left out: one's own"}},
    {0}};

static const struct column rows[] = {
    {{"课程代码", "Course"}, "course_code"},   {{"课程", "Name"}, "course_name"},
    {{"学分", "Credits"}, "centicredits"},     {{"记载的成绩", "Mark"}, "mark.centiscore"},
    {{"名目", "Called"}, "exemption_word"},    {{"免修", "Not attended"}, "attendance_waived"},
    {{"免考", "Not examined"}, "exam_waived"}, {{"申请", "Application"}, "application_no"},
    {{"日志条目", "Entry"}, "entry_index"},    {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__account_service__descriptor,
    .method = "ListExemptions",
    .rows = "exemptions",
    .row_columns = rows,
};

const struct command cmd_account_exemptions = {
    .name = "account exemptions",
    .summary = {"列出已获免修的课程", "list the exemptions granted"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
