/* application review: a reviewer's opinion. */
#include "application.h"

static const struct argument arguments[] = {
    {"APPLICATION",
     ARGUMENT_OPERAND,
     true,
     "application_no",
     {"申请编号，16 位", "its number, 16 characters"}},
    {"VERDICT",
     ARGUMENT_OPERAND,
     true,
     "verdict",
     {"approve 同意，或 reject 不同意", "approve or reject"}},
    {0}};

const struct command cmd_application_review = {
    .name = "application review",
    .summary = {"初审（学校，审核）", "give a reviewer's opinion (school: review)"},
    .arguments = arguments,
    .body = "application_reviewed",
    .run = run_application_move,
};
