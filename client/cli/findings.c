#include "findings.h"

#include "view.h"

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

void
findings_view(struct cli *cli, Creditbank__V1__Finding *const *findings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Creditbank__V1__Finding *finding = findings[i];
        struct arena *arena = cli->arena;
        const char *courses = "";

        for (size_t j = 0; j < finding->n_exemptions; j++)
            courses = arena_printf(arena, "%s%s%s", courses, j > 0 ? ", " : "",
                                   finding->exemptions[j]->course_code);
        cli_say(cli, TEXT_BLANK, FILL());
        cli_say(cli, finding->satisfied ? TEXT_FINDING_HOLDS : TEXT_FINDING_FAILS,
                FILL(arena_printf(arena, "%u", finding->rule_no), finding->rule_title,
                     finding->outcome_title,
                     finding->outcome != NULL ? finding->outcome->outer_id : "", courses));
        view_rows(cli, cli->chinese ? chinese_columns : english_columns,
                  fields_list(&finding->base, "verdicts"));
    }
    if (count == 0)
        cli_say(cli,
                cli_setting(cli, PROFILE_SESSION) != NULL ? TEXT_FINDINGS_NONE
                                                          : TEXT_FINDINGS_NONE_SEEN,
                FILL());
}

enum exit_code
findings_get(struct cli *cli, const struct command *command, const struct given *given,
             struct creditbank_result *result, const Creditbank__V1__EvaluateResponse **found)
{
    ProtobufCMessage *message =
        fields_new(&creditbank__v1__evaluate_request__descriptor, cli->arena);
    struct creditbank_request request = {.service = &creditbank__v1__rule_service__descriptor,
                                         .method = "Evaluate",
                                         .message = message};
    enum exit_code code;

    if (!view_fill(cli, command, given, message))
        return EXIT_USAGE;
    code = cli_call(cli, &request, result);
    if (code == EXIT_DONE)
        *found = (const void *)result->reply;
    return code;
}
