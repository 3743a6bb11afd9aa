/* key claim: what the holder of a new key gives to whoever registers it, as JSON. */
#include "claim.h"

static const struct argument arguments[] = {
    {"duties",
     ARGUMENT_OPTION,
     true,
     NULL,
     {"职责，用逗号分隔、按此次序：post 经办、review 审核、decide 认定、rules 规则、admin 管理",
      "duties with commas between, in this order: post,review,decide,rules,admin"}},
    {"institution",
     ARGUMENT_OPTION,
     false,
     NULL,
     {"机构；不填为档案中的", "left out: the profile's"}},
    {0}};

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *institution = command_value(command, given, "institution");
    const Creditbank__V1__KeyRegistered *claim;

    if (institution == NULL)
        institution = cli_need(cli, PROFILE_INSTITUTION);
    if (institution == NULL)
        return EXIT_USAGE;
    claim = claim_make(cli, institution, command_value(command, given, "duties"));
    if (claim == NULL)
        return EXIT_USAGE;
    return cli_answer_message(cli, &claim->base);
}

const struct command cmd_key_claim = {
    .name = "key claim",
    .summary = {"为登记密钥出具持有证明（输出 JSON）",
                "prove possession of a key to be registered (prints JSON)"},
    .arguments = arguments,
    .run = run,
};
