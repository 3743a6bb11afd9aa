/* application return: the school wants it completed. */
#include "application.h"

static const struct argument arguments[] = {
    APPLICATION_ARGUMENT,
    {"reason",
     ARGUMENT_OPTION,
     true,
     "reason",
     {"evidence-missing 材料不全、evidence-unclear 材料不清、wrong-course 课程选择有误，或 "
      "wrong-outcome 成果选择有误",
      "evidence-missing, evidence-unclear, wrong-course (another is to be asked for) or "
      "wrong-outcome (another is to be used)"}},
    {0}};

const struct command cmd_application_return = {
    .name = "application return",
    .summary = {"退回补正（学校，经办或审核）",
                "send an application back (school: post or review)"},
    .arguments = arguments,
    .body = "application_returned",
    .run = run_application_move,
};
