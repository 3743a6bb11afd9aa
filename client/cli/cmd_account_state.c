/* account state: the operator suspends, resumes or closes an account. */
#include "view.h"

static const struct argument arguments[] = {
    {"ACCOUNT", ARGUMENT_OPERAND, true, "account_no", {"14 位账号", "14 digits"}},
    {"STATE",
     ARGUMENT_OPERAND,
     true,
     "state",
     {"active、suspended 或 closed（不可恢复）",
      "active, suspended, or closed, which is for good"}},
    {0}};

const struct command cmd_account_state = {
    .name = "account state",
    .summary = {"冻结、恢复或注销账号（学分银行）",
                "suspend, resume or close an account (operator)"},
    .arguments = arguments,
    .body = "account_state_set",
    .run = run_item,
};
