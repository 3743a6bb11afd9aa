/* application not-accept: the school does not take it on. */
#include "application.h"

static const struct argument arguments[] = {
    APPLICATION_ARGUMENT,
    {"reason",
     ARGUMENT_OPTION,
     true,
     "reason",
     {"window-closed 不在受理期内、evidence-missing 材料不全、not-of-this-school "
      "不属于本校受理范围，或 duplicate 重复申请",
      "window-closed (none are taken on now), evidence-missing, not-of-this-school or "
      "duplicate (asked for elsewhere already)"}},
    {0}};

const struct command cmd_application_not_accept = {
    .name = "application not-accept",
    .summary = {"不予受理（学校，经办或审核）",
                "refuse to take an application on (school: post or review)"},
    .arguments = arguments,
    .body = "application_not_accepted",
    .run = run_application_move,
};
