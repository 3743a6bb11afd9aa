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

#define EXAMPLE                                                                                  \
    "{\n"                                                                                        \
    "  \"rulebookId\": \"1x-2026\", \"version\": 1, \"title\": \"1+X 证书转换办法\",\n"    \
    "  \"programmeId\": \"2025-510201\", \"exemptionWord\": \"免修\",\n"                       \
    "  \"fromDate\": {\"year\": 2026, \"month\": 1, \"day\": 1},\n"                              \
    "  \"rules\": [{\n"                                                                          \
    "    \"title\": \"Web 前端开发中级\",\n"                                               \
    "    \"clauses\": [\n"                                                                       \
    "      {\"parts\": \"PARTS_ALL\"},\n"                                                        \
    "      {\"partOf\": 1, \"familyId\": \"webfrontend\"},\n"                                    \
    "      {\"partOf\": 1, \"gradeAtLeast\": {\"schemeId\": \"1+x\", \"grade\": 2}},\n"          \
    "      {\"partOf\": 1, \"scoreAtLeast\": {\"scheme\": \"GRADING_SCHEME_PERCENTAGE\", "       \
    "\"centiscore\": "                                                                           \
    "\"6000\"}},\n"                                                                              \
    "      {\"partOf\": 1, \"maxAgeYears\": 5}],\n"                                              \
    "    \"courseCodes\": [\"510201-01\"], \"attendanceWaived\": true, \"examWaived\": true}]\n" \
    "}"

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
    .notes =
        {"文件的格式，以一条条款为例（成绩以百分之一分计；条件第 1 项是整个条件，其余各项以 partOf "
         "写明属于第几项）：\n" EXAMPLE,
         "The file's format, by a rule for example (scores in hundredths; the first clause is the "
         "whole condition, the others say by partOf of which one they are a part):\n" EXAMPLE},
    .run = run,
};
