/* recording-rule set: how hours become credits, from a day on. */
#include "view.h"

static const struct argument arguments[] = {
    {"KIND", ARGUMENT_OPERAND, true, "course_kind", {"theory 或 practice", "theory or practice"}},
    {"hours",
     ARGUMENT_OPTION,
     true,
     "centihours_per_credit",
     {"每学分学时，1 至 1000", "hours a credit, 1 to 1000"}},
    {"step",
     ARGUMENT_OPTION,
     true,
     "step_centicredits",
     {"学分向下取整到它的倍数，0.01 至 1",
      "credits are rounded down to a multiple of it, 0.01 to 1"}},
    {"from", ARGUMENT_OPTION, true, "from_date", {"生效日期", "from which day on"}},
    {0}};

const struct command cmd_recording_rule_set = {
    .name = "recording-rule set",
    .summary = {"设定学时学分记录规则（学分银行）", "set how hours become credits (operator)"},
    .arguments = arguments,
    .body = "recording_rule_set",
    .run = run_item,
};
