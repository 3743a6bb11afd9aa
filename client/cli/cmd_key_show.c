/* key show: the public half of the profile's key, or of a file's. */
#include "cli.h"
#include "key_info.h"

#include "lib/key.h"

static const struct argument arguments[] = {
    {"FILE",
     ARGUMENT_OPERAND,
     false,
     NULL,
     {"私钥文件；不填为档案中的", "key file; left out: the profile's"}},
    {0}};

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *path = command_value(command, given, "FILE");
    const struct creditbank_key *key;

    if (path != NULL && cli_setting(cli, PROFILE_SERVER) == NULL && !cli->profile_loaded)
        return EXIT_USAGE;
    if (path != NULL)
        profile_set(&cli->profile, PROFILE_KEY, path);
    key = cli_key(cli);
    if (key == NULL)
        return EXIT_USAGE;
    key_info_print(cli, private_key_public(key->private));
    return EXIT_DONE;
}

const struct command cmd_key_show = {
    .name = "key show",
    .summary = {"查看签名密钥的标识和公钥", "show a key's id and its public half"},
    .arguments = arguments,
    .run = run,
};
