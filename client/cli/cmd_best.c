/* best: which outcomes a learner would best use for which courses. */
#include "findings.h"
#include "view.h"

static const char *
credits_of(const Creditbank__V1__Finding *finding, struct arena *arena)
{
    int64_t sum = 0;

    for (size_t i = 0; i < finding->n_exemptions; i++)
        sum += finding->exemptions[i]->centicredits;
    return fields_format_centi(sum, arena);
}

static void
show(struct cli *cli, const Creditbank__V1__FindBestCombinationResponse *found,
     const char *school_id, const char *rulebook_id)
{
    static const char *const headings[2][5] = {{"Rule", "Outcome", "Number", "Courses", "Credits"},
                                               {"条款", "成果", "编号", "免修课程", "学分"}};
    const char *credits = fields_format_centi(found->centicredits, cli->arena);
    struct table table;

    if (found->n_findings == 0) {
        cli_say(cli, TEXT_BEST_NONE, FILL(school_id, rulebook_id));
        return;
    }
    table_init(&table, cli->arena, ARRAY_COUNT(headings[0]));
    table_add(&table, headings[cli->chinese]);
    for (size_t i = 0; i < found->n_findings; i++) {
        const Creditbank__V1__Finding *finding = found->findings[i];
        const char *cells[] = {
            arena_printf(cli->arena, "%u %s", finding->rule_no, finding->rule_title),
            finding->outcome_title, finding->outcome != NULL ? finding->outcome->outer_id : "",
            findings_courses(finding, cli->arena), credits_of(finding, cli->arena)};

        table_add(&table, cells);
    }
    view_list(cli, &table);
    cli_say(cli,
            found->bound_centicredits == found->centicredits ? TEXT_BEST_PROVED : TEXT_BEST_BOUND,
            FILL(credits, fields_format_centi(found->bound_centicredits, cli->arena)));
    if (cli_setting(cli, PROFILE_SESSION) != NULL)
        cli_say(cli, TEXT_BEST_APPLY, FILL(school_id, rulebook_id));
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const Creditbank__V1__FindBestCombinationResponse *found;
    struct creditbank_result result;
    enum exit_code code = findings_get_best(cli, command, given, &result, &found);

    if (code != EXIT_DONE)
        return code;
    if (cli->globals.json)
        code = cli_answer_message(cli, &found->base);
    else
        show(cli, found, command_value(command, given, "SCHOOL"),
             command_value(command, given, "RULEBOOK"));
    creditbank_result_free(&result);
    return code;
}

const struct command cmd_best = {
    .name = "best",
    .summary = {"求最优组合：哪些成果免修哪些课程，学分最多",
                "find which outcomes for which courses give most credits"},
    .arguments = findings_arguments,
    .run = run,
};
