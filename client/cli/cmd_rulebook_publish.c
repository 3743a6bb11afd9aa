/* rulebook publish: the operator puts a filed rulebook into force. */
#include "view.h"

static const struct argument arguments[] = {
    {"SCHOOL", ARGUMENT_OPERAND, true, "school_id", {"学校", "whose it is"}},
    {"RULEBOOK", ARGUMENT_OPERAND, true, "rulebook_id", {"转换办法", "which"}},
    {"VERSION", ARGUMENT_OPERAND, true, "version", {"版本，1、2、3……", "which version, 1, 2, 3 …"}},
    {0}};

const struct command cmd_rulebook_publish = {
    .name = "rulebook publish",
    .summary = {"公布已备案的转换办法（学分银行）", "publish a filed rulebook (operator)"},
    .arguments = arguments,
    .body = "rulebook_published",
    .run = run_item,
};
