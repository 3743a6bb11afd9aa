#include "findings.h"

#include "view.h"

const struct argument findings_arguments[] = {
    {"SCHOOL", ARGUMENT_OPERAND, true, "school_id", {"学校", "the school"}},
    {"RULEBOOK", ARGUMENT_OPERAND, true, "rulebook_id", {"转换办法", "its rulebook"}},
    {"account",
     ARGUMENT_OPTION,
     false,
     "account_no",
     {"14 位账号；不填为本人", "14 digits; left out: one's own"}},
    {0}};

static const struct column chinese_columns[] = {{{"符合", NULL}, "holds"},
                                                {{"说明", NULL}, "message_zh"},
                                                {{"要求", NULL}, "wanted"},
                                                {{"实际", NULL}, "found"},
                                                {{0}, NULL}};
static const struct column english_columns[] = {{{NULL, "Holds"}, "holds"},
                                                {{NULL, "Verdict"}, "message_en"},
                                                {{NULL, "Wanted"}, "wanted"},
                                                {{NULL, "Found"}, "found"},
                                                {{0}, NULL}};

const char *
findings_courses(const Creditbank__V1__Finding *finding, struct arena *arena)
{
    const char *courses = "";

    for (size_t i = 0; i < finding->n_exemptions; i++)
        courses = arena_printf(arena, "%s%s%s", courses, i > 0 ? ", " : "",
                               finding->exemptions[i]->course_code);
    return courses;
}

void
findings_view(struct cli *cli, Creditbank__V1__Finding *const *findings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Creditbank__V1__Finding *finding = findings[i];
        struct arena *arena = cli->arena;

        cli_say(cli, TEXT_BLANK, FILL());
        cli_say(cli, finding->satisfied ? TEXT_FINDING_HOLDS : TEXT_FINDING_FAILS,
                FILL(arena_printf(arena, "%u", finding->rule_no), finding->rule_title,
                     finding->outcome_title,
                     finding->outcome != NULL ? finding->outcome->outer_id : "",
                     findings_courses(finding, arena)));
        view_rows(cli, cli->chinese ? chinese_columns : english_columns,
                  fields_list(&finding->base, "verdicts"));
    }
    if (count == 0)
        cli_say(cli,
                cli_setting(cli, PROFILE_SESSION) != NULL ? TEXT_FINDINGS_NONE
                                                          : TEXT_FINDINGS_NONE_SEEN,
                FILL());
}

/* Asks about the learner and the rulebook that the arguments name. */
static enum exit_code
ask(struct cli *cli, const struct command *command, const struct given *given,
    const ProtobufCMessageDescriptor *type, const char *method, struct creditbank_result *result)
{
    ProtobufCMessage *message = fields_new(type, cli->arena);
    struct creditbank_request request = {
        .service = &creditbank__v1__rule_service__descriptor, .method = method, .message = message};

    if (!view_fill(cli, command, given, message))
        return EXIT_USAGE;
    return cli_call(cli, &request, result);
}

enum exit_code
findings_get(struct cli *cli, const struct command *command, const struct given *given,
             struct creditbank_result *result, const Creditbank__V1__EvaluateResponse **found)
{
    enum exit_code code =
        ask(cli, command, given, &creditbank__v1__evaluate_request__descriptor, "Evaluate", result);

    *found = code == EXIT_DONE ? (const void *)result->reply : NULL;
    return code;
}

enum exit_code
findings_get_best(struct cli *cli, const struct command *command, const struct given *given,
                  struct creditbank_result *result,
                  const Creditbank__V1__FindBestCombinationResponse **found)
{
    enum exit_code code =
        ask(cli, command, given, &creditbank__v1__find_best_combination_request__descriptor,
            "FindBestCombination", result);

    *found = code == EXIT_DONE ? (const void *)result->reply : NULL;
    return code;
}
