/* application create: applies for all that the evaluation finds, or for some rules of it. */
#include "application.h"
#include "findings.h"

#include "crypto/random.h"
#include "lib/error.h"

#include "words.h"

#include <inttypes.h>
#include <stdio.h>

static const struct argument arguments[] = {
    {"SCHOOL", ARGUMENT_OPERAND, true, "school_id", {"学校", "the school"}},
    {"RULEBOOK", ARGUMENT_OPERAND, true, "rulebook_id", {"转换办法", "its rulebook"}},
    {"best",
     ARGUMENT_FLAG,
     false,
     NULL,
     {"按最优组合申请，见 best", "for the best combination, see best"}},
    {"rules",
     ARGUMENT_OPTION,
     false,
     NULL,
     {"只按这些条款申请，如 1,3", "only by these rules, as 1,3"}},
    {"outcome",
     ARGUMENT_OPTION,
     false,
     NULL,
     {"只用这一项成果，试算不符合也提交，由银行说明理由",
      "with this outcome only, even where it does not hold: the bank then says why"}},
    {0}};

/* What she asks for; NULL: all that there is. */
struct wish {
    const char *rules, *outcome;
};

/* Whether the number stands in a list as "1,3"; without a list every number does. */
static bool
is_wanted(const char *list, unsigned number)
{
    char word[16];
    size_t len = (size_t)snprintf(word, sizeof(word), "%u", number);

    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, word, len) == 0 && (at[len] == '\0' || at[len] == ','))
            return true;
    }
    return list == NULL;
}

/* The greatest number of a list as "1,3"; 0 where it is no such list. */
static int64_t
greatest_of(const struct cli *cli, const char *list)
{
    char *rest = arena_text(cli->arena, slice_text(list)), *word;
    int64_t greatest = 0, number;

    while ((word = strsep(&rest, ",")) != NULL) {
        if (!words_number(word, &number) || number == 0)
            return 0;
        if (number > greatest)
            greatest = number;
    }
    return greatest;
}

/* Whether the rulebook, whose rules are numbered from 1, has the rule; said so where not. */
static enum exit_code
check_rule(struct cli *cli, const Creditbank__V1__CreateApplicationRequest *wanted,
           uint32_t version, int64_t rule_no)
{
    Creditbank__V1__GetRulebookRequest message;
    struct creditbank_request request = {.service = &creditbank__v1__rule_service__descriptor,
                                         .method = "GetRulebook",
                                         .message = &message.base};
    const Creditbank__V1__Rulebook *rulebook;
    struct creditbank_result result;
    struct creditbank_error error;
    enum exit_code code;

    creditbank__v1__get_rulebook_request__init(&message);
    message.school_id = wanted->school_id;
    message.rulebook_id = wanted->rulebook_id;
    message.version = version;
    code = cli_call(cli, &request, &result);
    if (code != EXIT_DONE)
        return code;
    rulebook = ((const Creditbank__V1__GetRulebookResponse *)result.reply)->rulebook;
    if (rulebook == NULL || rulebook->filed == NULL ||
        rule_no > (int64_t)rulebook->filed->n_rules) {
        (void)error_set(&error, REASON_RULE_UNKNOWN, "%" PRId64, rule_no);
        (void)cli_error(cli, &error);
        code = EXIT_REFUSED;
    }
    creditbank_result_free(&result);
    return code;
}

static bool
has_course(const Creditbank__V1__ApplicationLine *line, const char *course_code)
{
    for (size_t i = 0; i < line->n_course_codes; i++)
        if (strcmp(line->course_codes[i], course_code) == 0)
            return true;
    return false;
}

/* Once only: an outcome or a course that an earlier line takes is not asked for twice. */
static bool
is_taken(Creditbank__V1__ApplicationLine *const *lines, size_t count,
         const Creditbank__V1__Finding *finding)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(lines[i]->outcome->institution_id, finding->outcome->institution_id) == 0 &&
            strcmp(lines[i]->outcome->outer_id, finding->outcome->outer_id) == 0)
            return true;
        for (size_t j = 0; j < finding->n_exemptions; j++)
            if (has_course(lines[i], finding->exemptions[j]->course_code))
                return true;
    }
    return false;
}

static Creditbank__V1__ApplicationLine *
make_line(struct arena *arena, const Creditbank__V1__Finding *finding)
{
    Creditbank__V1__ApplicationLine *line = arena_alloc(arena, sizeof(*line));

    creditbank__v1__application_line__init(line);
    line->rule_no = finding->rule_no;
    line->outcome = finding->outcome;
    line->n_course_codes = finding->n_exemptions;
    line->course_codes = arena_array(arena, finding->n_exemptions, sizeof(*line->course_codes));
    for (size_t i = 0; i < finding->n_exemptions; i++)
        line->course_codes[i] = finding->exemptions[i]->course_code;
    return line;
}

/* Whether the finding is one to apply with: it holds, or it is of the outcome that she insists on.
 */
static bool
is_chosen(const Creditbank__V1__Finding *finding, const char *insisted)
{
    if (finding->outcome == NULL || finding->n_exemptions == 0)
        return false;
    return insisted != NULL ? strcmp(finding->outcome->outer_id, insisted) == 0
                            : finding->satisfied;
}

static size_t
choose(struct cli *cli, const Creditbank__V1__EvaluateResponse *found, const struct wish *wish,
       Creditbank__V1__ApplicationLine **lines)
{
    size_t count = 0;

    for (size_t i = 0; i < found->n_findings && count < LINES_MAX; i++) {
        const Creditbank__V1__Finding *finding = found->findings[i];

        if (is_chosen(finding, wish->outcome) && is_wanted(wish->rules, finding->rule_no) &&
            !is_taken(lines, count, finding))
            lines[count++] = make_line(cli->arena, finding);
    }
    return count;
}

static enum exit_code
apply(struct cli *cli, Creditbank__V1__CreateApplicationRequest *message)
{
    uint8_t *request_id = arena_alloc(cli->arena, CREDITBANK_REQUEST_ID_SIZE);

    random_bytes(request_id, CREDITBANK_REQUEST_ID_SIZE);
    message->request_id = (ProtobufCBinaryData){CREDITBANK_REQUEST_ID_SIZE, request_id};
    return application_send(cli, "CreateApplication", &message->base);
}

static enum exit_code
nothing_to_apply_for(struct cli *cli)
{
    struct creditbank_error error;

    (void)error_set(&error, REASON_NOTHING_TO_APPLY_FOR, "%s", "");
    (void)cli_error(cli, &error);
    return EXIT_REFUSED;
}

/* Shows what there is, and why none of it will do. */
static enum exit_code
show_why_nothing(struct cli *cli, const Creditbank__V1__EvaluateResponse *found)
{
    if (cli->globals.json)
        (void)cli_answer_message(cli, &found->base);
    else
        findings_view(cli, found->findings, found->n_findings);
    return nothing_to_apply_for(cli);
}

static void
name_rulebook(const struct command *command, const struct given *given,
              Creditbank__V1__CreateApplicationRequest *message)
{
    creditbank__v1__create_application_request__init(message);
    message->school_id = (char *)(uintptr_t)command_value(command, given, "SCHOOL");
    message->rulebook_id = (char *)(uintptr_t)command_value(command, given, "RULEBOOK");
}

/* All lines of the best combination; more than an application may have the bank refuses. */
static enum exit_code
apply_for_best(struct cli *cli, const struct command *command, const struct given *given)
{
    Creditbank__V1__CreateApplicationRequest message;
    const Creditbank__V1__FindBestCombinationResponse *found;
    struct creditbank_result result;
    enum exit_code code = findings_get_best(cli, command, given, &result, &found);

    if (code != EXIT_DONE)
        return code;
    name_rulebook(command, given, &message);
    message.lines = arena_array(cli->arena, found->n_findings, sizeof(*message.lines));
    for (size_t i = 0; i < found->n_findings; i++)
        if (found->findings[i]->outcome != NULL)
            message.lines[message.n_lines++] = make_line(cli->arena, found->findings[i]);
    code = message.n_lines > 0 ? apply(cli, &message) : nothing_to_apply_for(cli);
    creditbank_result_free(&result);
    return code;
}

static enum exit_code
apply_by_wish(struct cli *cli, const struct command *command, const struct given *given)
{
    Creditbank__V1__CreateApplicationRequest message;
    Creditbank__V1__ApplicationLine *lines[LINES_MAX];
    const struct wish wish = {command_value(command, given, "rules"),
                              command_value(command, given, "outcome")};
    int64_t last_rule = wish.rules != NULL ? greatest_of(cli, wish.rules) : 0;
    const Creditbank__V1__EvaluateResponse *found;
    struct creditbank_result result;
    struct creditbank_error error;
    enum exit_code code;

    if (wish.rules != NULL && last_rule == 0) {
        (void)error_set(&error, REASON_ARGUMENT_INVALID, "--rules %s (1,3)", wish.rules);
        return cli_error(cli, &error);
    }
    code = findings_get(cli, command, given, &result, &found);
    if (code != EXIT_DONE)
        return code;
    name_rulebook(command, given, &message);
    message.lines = lines;
    message.n_lines = choose(cli, found, &wish, lines);
    if (last_rule > 0)
        code = check_rule(cli, &message, found->version, last_rule);
    if (code == EXIT_DONE && message.n_lines > 0)
        code = apply(cli, &message);
    else if (code == EXIT_DONE)
        code = show_why_nothing(cli, found);
    creditbank_result_free(&result);
    return code;
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    struct creditbank_error error;

    if (command_value(command, given, "best") == NULL)
        return apply_by_wish(cli, command, given);
    if (command_value(command, given, "rules") == NULL &&
        command_value(command, given, "outcome") == NULL)
        return apply_for_best(cli, command, given);
    (void)error_set(&error, REASON_ARGUMENT_INVALID, "%s", "--best --rules --outcome");
    return cli_error(cli, &error);
}

const struct command cmd_application_create = {
    .name = "application create",
    .summary = {"申请学分兑换（学习者）", "apply for exemptions (learner)"},
    .arguments = arguments,
    .run = run,
};
