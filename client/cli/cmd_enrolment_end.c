/* enrolment end: a learner leaves. */
#include "view.h"

static const struct argument arguments[] = {
    {"ACCOUNT", ARGUMENT_OPERAND, true, "account_no", {"14 位账号", "14 digits"}},
    {"student", ARGUMENT_OPTION, true, "student_no", {"学号", "the student number"}},
    {"date",
     ARGUMENT_OPTION,
     true,
     "end_date",
     {"最后一天，如 2026-06-30", "last day, as 2026-06-30"}},
    {"reason",
     ARGUMENT_OPTION,
     true,
     "reason",
     {"graduated、transferred、withdrawn 或 entry-error",
      "graduated, transferred, withdrawn or entry-error"}},
    {0}};

const struct command cmd_enrolment_end = {
    .name = "enrolment end",
    .summary = {"结束学籍", "end an enrolment"},
    .arguments = arguments,
    .body = "enrolment_ended",
    .run = run_item,
};
