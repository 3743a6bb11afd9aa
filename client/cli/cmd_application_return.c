/* application return: the school wants it completed. */
#include "application.h"

static const struct argument arguments[] = {{"APPLICATION",
                                             ARGUMENT_OPERAND,
                                             true,
                                             "application_no",
                                             {"申请编号，16 位", "its number, 16 characters"}},
                                            {0}};

const struct command cmd_application_return = {
    .name = "application return",
    .summary = {"退回补正（学校，经办或审核）",
                "send an application back (school: post or review)"},
    .arguments = arguments,
    .body = "application_returned",
    .run = run_application_move,
};
