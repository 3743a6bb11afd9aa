/* application answer: the school decides on an appeal. */
#include "application.h"

static const struct argument arguments[] = {
    APPLICATION_ARGUMENT,
    {"VERDICT",
     ARGUMENT_OPERAND,
     true,
     "verdict",
     {"approve 申诉成立，重新认定，或 reject 维持不予认定",
      "approve (it is to be decided anew), or reject (the rejection stands)"}},
    {0}};

const struct command cmd_application_answer = {
    .name = "application answer",
    .summary = {"处理申诉（学校，认定）", "decide on an appeal (school: decide)"},
    .arguments = arguments,
    .body = "application_appeal_decided",
    .run = run_application_move,
};
