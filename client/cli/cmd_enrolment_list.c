/* enrolment list: the learners enrolled at the caller's school. */
#include "view.h"

#include "creditbank/v1/account_service.pb-c.h"

static const struct argument arguments[] = {{"programme",
                                             ARGUMENT_OPTION,
                                             false,
                                             "programme_id",
                                             {"只看一个培养方案", "only of this programme"}},
                                            {0}};

static const struct column rows[] = {{{"学号", "Student"}, "student_no"},
                                     {{"账号", "Account"}, "account_no"},
                                     {{"培养方案", "Programme"}, "programme_id"},
                                     {{"状态", "State"}, "state"},
                                     {{"入学", "Begin"}, "begin_date"},
                                     {{"结束", "End"}, "end_date"},
                                     {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__account_service__descriptor,
    .method = "ListEnrolments",
    .rows = "enrolments",
    .row_columns = rows,
};

const struct command cmd_enrolment_list = {
    .name = "enrolment list",
    .summary = {"列出本校学籍", "list the school's enrolments"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
