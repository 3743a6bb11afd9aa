/* rulebook file: a school files what it accepts for what. */
#include "submit.h"

static const struct argument arguments[] = {
    {"FILE",
     ARGUMENT_OPERAND,
     true,
     NULL,
     {"转换办法，creditbank.v1.RulebookFiled 的 JSON",
      "the rulebook, as JSON of creditbank.v1.RulebookFiled"}},
    {0}};

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    Creditbank__V1__Item item, *items[] = {&item};
    ProtobufCMessage *rulebook = cli_read_json(cli, &creditbank__v1__rulebook_filed__descriptor,
                                               command_value(command, given, "FILE"));
    struct booked booked;
    enum exit_code code;

    creditbank__v1__item__init(&item);
    if (rulebook == NULL)
        return EXIT_USAGE;
    item.body_case = CREDITBANK__V1__ITEM__BODY_RULEBOOK_FILED;
    item.rulebook_filed = (Creditbank__V1__RulebookFiled *)rulebook;
    code = submit_items(cli, items, 1, &booked);
    return code == EXIT_DONE ? submit_say(cli, &booked) : code;
}

const struct command cmd_rulebook_file = {
    .name = "rulebook file",
    .summary = {"备案转换办法（学校）", "file a rulebook (school)"},
    .arguments = arguments,
    .run = run,
};
