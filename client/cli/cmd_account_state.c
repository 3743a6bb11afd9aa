/* account state: the operator suspends, resumes or closes an account. */
#include "label.h"
#include "view.h"

#include "creditbank/v1/types.pb-c.h"

static const struct argument arguments[] = {
    {"ACCOUNT", ARGUMENT_OPERAND, true, "account_no", {"14 位账号", "14 digits"}},
    {"STATE",
     ARGUMENT_OPERAND,
     true,
     "state",
     {"active、suspended 或 closed（不可恢复）",
      "active, suspended, or closed, which is for good"}},
    {"yes",
     ARGUMENT_FLAG,
     false,
     NULL,
     {"真正注销；不带它只说明后果",
      "really close it; without, only what would come of it is said"}},
    {0}};

/* What cannot be undone is looked at first. */
static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *account_no = command_value(command, given, "ACCOUNT");
    int state;

    if (!label_parse(&creditbank__v1__account_state__descriptor,
                     command_value(command, given, "STATE"), &state) ||
        state != CREDITBANK__V1__ACCOUNT_STATE__ACCOUNT_STATE_CLOSED ||
        command_value(command, given, "yes") != NULL)
        return run_item(cli, command, given);
    cli_tell(cli, TEXT_CLOSE_TRIED, FILL(account_no),
             json_pack("{sbss}", "dryRun", true, "accountNo", account_no));
    return EXIT_DONE;
}

const struct command cmd_account_state = {
    .name = "account state",
    .summary = {"冻结、恢复或注销账号（学分银行）",
                "suspend, resume or close an account (operator)"},
    .arguments = arguments,
    .body = "account_state_set",
    .run = run,
};
