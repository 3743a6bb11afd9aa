/*
 * programme publish: a school's plan, its courses from a CSV file. Says where its
 * credits are not those of the recording rule.
 */
#include "csv_messages.h"
#include "fields.h"
#include "recording_rule.h"
#include "submit.h"
#include "view.h"

#include <stdlib.h>
#include <string.h>

static const struct argument arguments[] = {
    {"FILE",
     ARGUMENT_OPERAND,
     true,
     NULL,
     {"CSV，列：course_code 课程代码、name 课程名称、kind 类别（理论、实践）、centihours "
      "学时、centicredits 学分、"
      "required 必修（是、否）、excluded 不可免修（是、否）",
      "CSV with course_code, name, kind (theory, practice), centihours (hours), centicredits "
      "(credits), required (yes, no), excluded (yes, no)"}},
    {"id",
     ARGUMENT_OPTION,
     true,
     "programme_id",
     {"培养方案标识，1 至 32 个字符", "the school's name for it, 1 to 32 characters"}},
    {"major",
     ARGUMENT_OPTION,
     true,
     "major_code",
     {"专业代码，6 位", "code of the major, 6 digits"}},
    {"name", ARGUMENT_OPTION, true, "name", {"专业名称", "its name"}},
    {"cohort",
     ARGUMENT_OPTION,
     true,
     "cohort",
     {"入学年份，2000 至 2199", "year of entry, 2000 to 2199"}},
    {"credits",
     ARGUMENT_OPTION,
     true,
     "graduation_centicredits",
     {"毕业学分，至多两位小数", "credits to graduate"}},
    {0}};

static const struct csv_column columns[] = {{"course_code", "课程代码", true, ""},
                                            {"name", "课程名称", true, ""},
                                            {"kind", "类别", true, ""},
                                            {"centihours", "学时", true, ""},
                                            {"centicredits", "学分", true, ""},
                                            {"required", "必修", false, ""},
                                            {"excluded", "不可免修", false, ""},
                                            {0}};

#define COURSES_MAX 300

static const struct csv_shape shape = {
    .columns = columns, .type = &creditbank__v1__course__descriptor, .row_max = COURSES_MAX};

static int
compare_courses(const void *a, const void *b)
{
    const Creditbank__V1__Course *const *left = a, *const *right = b;

    return strcmp((*left)->course_code, (*right)->course_code);
}

/* What the newest recording rule would give for the course's hours; -1 where there is none. */
static int64_t
credits_by_rule(const Creditbank__V1__ListRecordingRulesResponse *found,
                const Creditbank__V1__Course *course)
{
    const Creditbank__V1__RecordingRuleSet *rule =
        recording_rule_find(found->rules, found->n_rules, course->kind, NULL);
    int64_t credits, rest;

    if (rule == NULL)
        return -1;
    recording_rule_apply(rule, course->centihours, &credits, &rest);
    return credits;
}

/* A plan's credits hold whatever the recording rule says; where they differ, the school is told. */
static enum exit_code
warn_of_credits(struct cli *cli, const Creditbank__V1__ProgrammePublished *programme)
{
    Creditbank__V1__ListRecordingRulesRequest message;
    struct creditbank_request request = {.service = &creditbank__v1__catalogue_service__descriptor,
                                         .method = "ListRecordingRules",
                                         .message = &message.base};
    struct creditbank_result result;
    enum exit_code code;

    creditbank__v1__list_recording_rules_request__init(&message);
    code = cli_call(cli, &request, &result);
    if (code != EXIT_DONE)
        return code;
    for (size_t i = 0; i < programme->n_courses; i++) {
        const Creditbank__V1__Course *course = programme->courses[i];
        int64_t due = credits_by_rule((const void *)result.reply, course);

        if (due >= 0 && due != course->centicredits)
            cli_warn(cli, TEXT_PLAN_DIFFERS,
                     FILL(course->course_code, course->name,
                          fields_format_centi(course->centicredits, cli->arena),
                          fields_format_centi(due, cli->arena)));
    }
    creditbank_result_free(&result);
    return EXIT_DONE;
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    Creditbank__V1__ProgrammePublished programme;
    Creditbank__V1__Item item, *items[] = {&item};
    struct csv_messages read;
    struct booked booked;
    enum exit_code code;

    creditbank__v1__item__init(&item);
    creditbank__v1__programme_published__init(&programme);
    if (!view_fill(cli, command, given, &programme.base) ||
        !csv_messages_read(cli, command_value(command, given, "FILE"), &shape, &read))
        return EXIT_USAGE;
    if (read.count > 0)
        qsort(read.messages, read.count, sizeof(*read.messages), compare_courses);
    programme.courses = (Creditbank__V1__Course **)read.messages;
    programme.n_courses = read.count;
    item.body_case = CREDITBANK__V1__ITEM__BODY_PROGRAMME_PUBLISHED;
    item.programme_published = &programme;
    code = warn_of_credits(cli, &programme);
    if (code != EXIT_DONE)
        return code;
    code = submit_items(cli, items, 1, &booked);
    if (code != EXIT_DONE)
        return code;
    cli_say(cli, TEXT_ROWS_TAKEN, FILL(arena_printf(cli->arena, "%zu", read.count)));
    return submit_say(cli, &booked);
}

const struct command cmd_programme_publish = {
    .name = "programme publish",
    .summary = {"公布人才培养方案（学校）", "publish a programme (school)"},
    .arguments = arguments,
    .run = run,
};
