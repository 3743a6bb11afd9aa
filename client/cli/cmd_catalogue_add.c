/* catalogue add: certificates enter the catalogue, from a CSV file. */
#include "csv_messages.h"
#include "submit.h"

static const struct argument arguments[] = {
    {"FILE",
     ARGUMENT_OPERAND,
     true,
     NULL,
     {"CSV，列：certificate_id 证书标识、name 名称、family_id 组、scheme_id 体系、grade 等级 1 至 "
      "9、state_date 公布日期",
      "CSV with certificate_id, name, family_id, scheme_id, grade (1 to 9), state_date"}},
    {0}};

static const struct csv_column columns[] = {{"certificate_id", "证书标识", true, ""},
                                            {"name", "名称", true, ""},
                                            {"family_id", "组", true, ""},
                                            {"scheme_id", "体系", true, ""},
                                            {"grade", "等级", true, ""},
                                            {"state_date", "公布日期", true, ""},
                                            {0}};

#define CERTIFICATES_MAX 20000

static const struct csv_shape shape = {.columns = columns,
                                       .type = &creditbank__v1__certificate_listed__descriptor,
                                       .row_max = CERTIFICATES_MAX};

/* Items of one transaction; they are short. */
#define PART 500

static enum exit_code
submit_part(struct cli *cli, const struct csv_messages *read, size_t from, size_t count,
            struct booked *booked)
{
    Creditbank__V1__Item **items = arena_array(cli->arena, count, sizeof(*items));

    for (size_t i = 0; i < count; i++) {
        items[i] = arena_alloc(cli->arena, sizeof(*items[i]));
        creditbank__v1__item__init(items[i]);
        items[i]->body_case = CREDITBANK__V1__ITEM__BODY_CERTIFICATE_LISTED;
        items[i]->certificate_listed =
            (Creditbank__V1__CertificateListed *)read->messages[from + i];
    }
    return submit_items(cli, items, count, booked);
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    struct csv_messages read;
    struct booked booked = {0};
    enum exit_code code = EXIT_DONE;

    if (!csv_messages_read(cli, command_value(command, given, "FILE"), &shape, &read))
        return EXIT_USAGE;
    for (size_t from = 0; from < read.count && code == EXIT_DONE; from += PART)
        code = submit_part(cli, &read, from, read.count - from < PART ? read.count - from : PART,
                           &booked);
    if (code != EXIT_DONE)
        return code;
    if (read.count == 0)
        cli_answer(cli, json_object());
    cli_say(cli, TEXT_ROWS_TAKEN, FILL(arena_printf(cli->arena, "%zu", read.count)));
    return read.count > 0 ? submit_say(cli, &booked) : EXIT_DONE;
}

const struct command cmd_catalogue_add = {
    .name = "catalogue add",
    .summary = {"把证书列入目录（学分银行）", "add certificates to the catalogue (operator)"},
    .arguments = arguments,
    .run = run,
};
