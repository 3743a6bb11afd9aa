/* application resubmit: a returned one is sent again, as it was or with other lines. */
#include "application.h"

#include "fields.h"
#include "lib/error.h"

#include <string.h>

static const struct argument arguments[] = {
    APPLICATION_ARGUMENT,
    {"lines",
     ARGUMENT_OPTION,
     false,
     NULL,
     {"改为这些明细，每条写“条款 登记机构 成果编号 课程,课程”，以空格分开，如 \"1 miit W-1 "
      "GG01,GG02\"；不写则原样再次提交",
      "these lines instead, each as RULE INSTITUTION NUMBER COURSE,COURSE with blanks between, as "
      "\"1 miit W-1 GG01,GG02\"; without it, those that it has"}},
    {0}};

/* The lines read from the command line. */
struct reading {
    struct arena *arena;
    const char *rest;
    size_t count;
    Creditbank__V1__ApplicationLine *lines[LINES_MAX];
};

/* Takes what stands before the first of the marks, and the marks behind it; "" at the end. */
static char *
take(struct arena *arena, const char **rest, const char *marks)
{
    const char *from = *rest + strspn(*rest, marks);
    size_t len = strcspn(from, marks);

    *rest = from + len + strspn(from + len, marks);
    return arena_text(arena, slice_make(from, len));
}

static bool
read_courses(Creditbank__V1__ApplicationLine *line, const char *text, struct arena *arena)
{
    line->course_codes = arena_array(arena, COURSES_MAX, sizeof(*line->course_codes));
    while (*text != '\0' && line->n_course_codes < COURSES_MAX)
        line->course_codes[line->n_course_codes++] = take(arena, &text, ",");
    return line->n_course_codes > 0 && *text == '\0';
}

/* The next line; false where it is none. */
static bool
read_line(struct reading *reading)
{
    struct arena *arena = reading->arena;
    Creditbank__V1__ApplicationLine *line = arena_alloc(arena, sizeof(*line));
    Creditbank__V1__OutcomeRef *outcome = arena_alloc(arena, sizeof(*outcome));
    bool has_rule;

    creditbank__v1__application_line__init(line);
    creditbank__v1__outcome_ref__init(outcome);
    has_rule = fields_set(&line->base, "rule_no", take(arena, &reading->rest, " "), arena) == NULL;
    outcome->institution_id = take(arena, &reading->rest, " ");
    outcome->outer_id = take(arena, &reading->rest, " ");
    line->outcome = outcome;
    reading->lines[reading->count++] = line;
    return read_courses(line, take(arena, &reading->rest, " "), arena) && has_rule;
}

static bool
read_lines(struct reading *reading)
{
    do
        if (reading->count == LINES_MAX || !read_line(reading))
            return false;
    while (*reading->rest != '\0');
    return true;
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    struct reading reading = {.arena = cli->arena, .rest = command_value(command, given, "lines")};
    const char *lines = reading.rest;
    Creditbank__V1__ResubmitApplicationRequest message;
    const Creditbank__V1__GetApplicationResponse *found;
    struct creditbank_result result;
    struct creditbank_error error;
    enum exit_code code;

    creditbank__v1__resubmit_application_request__init(&message);
    if (lines != NULL && !read_lines(&reading)) {
        (void)error_set(&error, REASON_ARGUMENT_INVALID, "%s", lines);
        return cli_error(cli, &error);
    }
    code = application_get(cli, command_value(command, given, "APPLICATION"), &result, &found);
    if (code != EXIT_DONE)
        return code;
    message.application_no = found->application->application_no;
    message.revision = found->application->revision;
    message.lines = lines != NULL ? reading.lines : found->application->lines;
    message.n_lines = lines != NULL ? reading.count : found->application->n_lines;
    code = application_send(cli, "ResubmitApplication", &message.base);
    creditbank_result_free(&result);
    return code;
}

const struct command cmd_application_resubmit = {
    .name = "application resubmit",
    .summary = {"再次提交退回的申请（学习者）", "send a returned application again (learner)"},
    .arguments = arguments,
    .run = run,
};
