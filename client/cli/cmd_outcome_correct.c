/* outcome correct: another score; the credits follow from the plan. */
#include "lib/error.h"

#include "label.h"
#include "normal.h"
#include "outcome.h"
#include "submit.h"
#include "view.h"

#include "creditbank/v1/catalogue_service.pb-c.h"

static const struct argument arguments[] = {
    {"NUMBER", ARGUMENT_OPERAND, true, "outer_id", {"本机构的成果编号", "the outcome's number"}},
    {"score",
     ARGUMENT_OPTION,
     true,
     NULL,
     {"新成绩，按该成果的计分方式：0 至 100，或 优 良 中 及格 不及格 / 合格 不合格",
      "the score from now on, in the outcome's own scheme: 0 to 100, or 优 良 中 及格 不及格 / "
      "合格 不合格"}},
    {"reason",
     ARGUMENT_OPTION,
     true,
     "reason",
     {"entry-error 录入错误，或 mark-reviewed 复核改分", "entry-error or mark-reviewed"}},
    {0}};

#define PASS_CENTISCORE 6000

/* What the plan gives for the course; 0 where there is none. */
static enum exit_code
plan_credits(struct cli *cli, const struct outcome_now *outcome, int64_t *centicredits)
{
    Creditbank__V1__GetProgrammeRequest message;
    struct creditbank_request request = {.service = &creditbank__v1__catalogue_service__descriptor,
                                         .method = "GetProgramme",
                                         .message = &message.base};
    const Creditbank__V1__ProgrammePublished *programme;
    struct creditbank_result result;
    enum exit_code code;

    creditbank__v1__get_programme_request__init(&message);
    message.school_id = (char *)(uintptr_t)outcome->institution_id;
    message.programme_id = outcome->version->programme_id;
    code = cli_call(cli, &request, &result);
    if (code != EXIT_DONE)
        return code;
    programme = ((const Creditbank__V1__GetProgrammeResponse *)result.reply)->programme;
    for (size_t i = 0; programme != NULL && i < programme->n_courses; i++)
        if (strcmp(programme->courses[i]->course_code, outcome->version->course_code) == 0)
            *centicredits = programme->courses[i]->centicredits;
    creditbank_result_free(&result);
    return EXIT_DONE;
}

/* The score as an import reads it; written in the scheme of the outcome, where that has one. */
static enum exit_code
fill_score(struct cli *cli, const char *score, const Creditbank__V1__Outcome *version,
           Creditbank__V1__OutcomeCorrected *corrected)
{
    const char *name =
        label_text(&creditbank__v1__grading_scheme__descriptor, (int)version->scheme, cli->chinese);
    struct creditbank_error error;
    enum normal_scheme scheme;

    if (!normal_score(slice_text(score), &scheme, &corrected->centiscore)) {
        (void)error_set(&error, REASON_ROW_SCORE_INVALID, "%s", score);
        return cli_error(cli, &error);
    }
    if (name[0] == '\0' || (int)scheme == (int)version->scheme)
        return EXIT_DONE;
    (void)error_set(&error, REASON_SCORE_NOT_OF_SCHEME, cli->chinese ? "%s（%s）" : "%s (%s)",
                    score, name);
    return cli_error(cli, &error);
}

static enum exit_code
fill_credits(struct cli *cli, const struct outcome_now *outcome,
             Creditbank__V1__OutcomeCorrected *corrected)
{
    if (outcome->version->kind != CREDITBANK__V1__OUTCOME_KIND__OUTCOME_KIND_COURSE_RESULT) {
        corrected->centicredits = outcome->version->centicredits;
        return EXIT_DONE;
    }
    if (corrected->centiscore < PASS_CENTISCORE)
        return EXIT_DONE;
    return plan_credits(cli, outcome, &corrected->centicredits);
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    Creditbank__V1__OutcomeCorrected corrected;
    Creditbank__V1__Item item, *items[] = {&item};
    struct outcome_now outcome = {0};
    struct booked booked;
    enum exit_code code;

    creditbank__v1__item__init(&item);
    creditbank__v1__outcome_corrected__init(&corrected);
    if (!view_fill(cli, command, given, &corrected.base))
        return EXIT_USAGE;
    code = outcome_get(cli, corrected.outer_id, &outcome);
    if (code != EXIT_DONE)
        return code;
    corrected.account_no = (char *)(uintptr_t)outcome.account_no;
    code = fill_score(cli, command_value(command, given, "score"), outcome.version, &corrected);
    if (code == EXIT_DONE)
        code = fill_credits(cli, &outcome, &corrected);
    creditbank_result_free(&outcome.result);
    if (code != EXIT_DONE)
        return code;
    item.body_case = CREDITBANK__V1__ITEM__BODY_OUTCOME_CORRECTED;
    item.outcome_corrected = &corrected;
    code = submit_items(cli, items, 1, &booked);
    return code == EXIT_DONE ? submit_say(cli, &booked) : code;
}

const struct command cmd_outcome_correct = {
    .name = "outcome correct",
    .summary = {"更正成绩（新旧均可查）", "correct a score; old and new stay visible"},
    .arguments = arguments,
    .run = run,
};
