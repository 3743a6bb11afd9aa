/* application accept: the school takes an application on. */
#include "application.h"

static const struct argument arguments[] = {{"APPLICATION",
                                             ARGUMENT_OPERAND,
                                             true,
                                             "application_no",
                                             {"申请编号，16 位", "its number, 16 characters"}},
                                            {0}};

const struct command cmd_application_accept = {
    .name = "application accept",
    .summary = {"受理申请（学校，经办或审核）", "take an application on (school: post or review)"},
    .arguments = arguments,
    .body = "application_accepted",
    .run = run_application_move,
};
