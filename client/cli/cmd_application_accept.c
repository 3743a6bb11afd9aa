/* application accept: the school takes an application on. */
#include "application.h"

const struct command cmd_application_accept = {
    .name = "application accept",
    .summary = {"受理申请（学校，经办或审核）", "take an application on (school: post or review)"},
    .arguments = application_arguments,
    .body = "application_accepted",
    .run = run_application_move,
};
