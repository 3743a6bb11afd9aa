/* key register: takes in a key by its holder's claim. */
#include "submit.h"

static const struct argument arguments[] = {
    {"CLAIM",
     ARGUMENT_OPERAND,
     true,
     NULL,
     {"key claim 输出的文件", "the file that key claim printed"}},
    {0}};

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    Creditbank__V1__Control control;
    ProtobufCMessage *claim = cli_read_json(cli, &creditbank__v1__key_registered__descriptor,
                                            command_value(command, given, "CLAIM"));
    struct booked booked;
    enum exit_code code;

    creditbank__v1__control__init(&control);
    if (claim == NULL)
        return EXIT_USAGE;
    control.body_case = CREDITBANK__V1__CONTROL__BODY_KEY_REGISTERED;
    control.key_registered = (Creditbank__V1__KeyRegistered *)claim;
    code = submit_control(cli, &control, &booked);
    return code == EXIT_DONE ? submit_say(cli, &booked) : code;
}

const struct command cmd_key_register = {
    .name = "key register",
    .summary = {"登记签名密钥", "register a signing key"},
    .arguments = arguments,
    .run = run,
};
