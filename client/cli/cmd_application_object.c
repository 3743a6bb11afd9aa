/* application object: somebody objects to what is on notice. */
#include "application.h"

static const struct argument arguments[] = {
    APPLICATION_ARGUMENT,
    {"reason",
     ARGUMENT_OPTION,
     true,
     "reason",
     {"outcome-doubted 成果存疑、rule-misapplied 条款适用有误，或 procedure-faulty 程序有误",
      "outcome-doubted, rule-misapplied or procedure-faulty"}},
    {0}};

const struct command cmd_application_object = {
    .name = "application object",
    .summary = {"登记公示异议，重新认定（学校，经办或审核）",
                "note an objection to what is on notice (school: post or review)"},
    .arguments = arguments,
    .body = "application_objected",
    .run = run_application_move,
};
