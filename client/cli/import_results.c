/* import results: a school posts results by its own student numbers. */
#include "import.h"

#include "base/hex.h"

#include "fields.h"
#include "normal.h"
#include "plans.h"

#include "creditbank/v1/account_service.pb-c.h"

#define PASS_CENTISCORE 6000

static const struct csv_column columns[] = {{"student_no", "学号", true, "20250101001"},
                                            {"course_code", "课程代码", true, "510201-01"},
                                            {"hours", "学时", true, "64"},
                                            {"score", "成绩", true, "85.5"},
                                            {"date", "日期", true, "2026-01-15"},
                                            {"outer_id", "成绩编号", false, ""},
                                            {"programme_id", "培养方案", false, ""},
                                            {0}};

/* Takes an enrolment of the row's student number: in the programme that it names, if it does. */
static void
take_enrolment(const struct batch *batch, struct load_row *row, const char *account_no,
               const char *programme_id)
{
    const char *named = import_cell(batch, row, "programme_id");

    if (named[0] == '\0' || strcmp(named, programme_id) == 0) {
        row->account_no = account_no;
        row->programme_id = programme_id;
    } else if (row->account_no == NULL) {
        row->programme_id = programme_id;
    }
}

static void
got_enrolments(struct batch *batch, const ProtobufCMessage *reply)
{
    const Creditbank__V1__BatchGetEnrolmentsResponse *found = (const void *)reply;

    for (size_t i = 0; i < found->n_enrolments; i++) {
        const Creditbank__V1__Enrolment *enrolment = found->enrolments[i];
        const char *account_no = arena_text(batch->arena, slice_text(enrolment->account_no));
        const char *programme_id = arena_text(batch->arena, slice_text(enrolment->programme_id));

        for (size_t j = 0; j < batch->row_count; j++) {
            struct load_row *row = &batch->rows[j];

            if (row->state == ROW_PENDING &&
                strcmp(import_cell(batch, row, "student_no"), enrolment->student_no) == 0)
                take_enrolment(batch, row, account_no, programme_id);
        }
    }
}

/* Whose the student numbers are. */
static void
look_up(struct batch *batch)
{
    import_ask_enrolments(batch, import_student_no, got_enrolments);
}

/* Why there is no account for the row: where a programme was found, the row names another. */
static enum reason
reason_without_account(const struct load_row *row, const char *student_no)
{
    if (normal_is_mangled(slice_text(student_no)))
        return REASON_ROW_NUMBER_MANGLED;
    return row->programme_id != NULL ? REASON_ROW_PROGRAMME_DIFFERS : REASON_ROW_STUDENT_UNKNOWN;
}

/* The school's own number, or one made of student, course and day. */
static const char *
number_of(struct batch *batch, struct load_row *row, const Creditbank__V1__Date *date)
{
    const char *given = import_cell(batch, row, "outer_id");

    if (given[0] != '\0')
        return given;
    return arena_printf(batch->arena, "%s/%s/%04d%02d%02d", import_cell(batch, row, "student_no"),
                        import_cell(batch, row, "course_code"), date->year, date->month, date->day);
}

/* The row's number; where it can have none, the row is refused. */
static void
set_number(struct batch *batch, struct load_row *row)
{
    const char *student_no = import_cell(batch, row, "student_no");
    const Creditbank__V1__Date *date;

    if (row->account_no == NULL) {
        row_refuse(batch, row, reason_without_account(row, student_no), student_no);
        return;
    }
    date = import_date(batch, row, "date");
    if (date != NULL)
        row->key = number_of(batch, row, date);
}

static void
got_outcomes(struct batch *batch, const ProtobufCMessage *reply)
{
    const Creditbank__V1__BatchGetOutcomesResponse *found = (const void *)reply;

    for (size_t i = 0; i < found->n_outcomes; i++)
        import_refuse_revoked(batch, found->outcomes[i]);
}

/* Which of the numbers were revoked. */
static void
look_up_numbers(struct batch *batch)
{
    for (size_t i = 0; i < batch->row_count; i++)
        if (batch->rows[i].state == ROW_PENDING)
            set_number(batch, &batch->rows[i]);
    import_ask_outcomes(batch, import_key, got_outcomes);
}

/* Sets hours, score and credits; false, and the row refused. */
static bool
fill_figures(struct batch *batch, struct load_row *row,
             Creditbank__V1__CourseResultRecorded *result)
{
    const char *hours = import_cell(batch, row, "hours");
    const char *score = import_cell(batch, row, "score");
    enum normal_scheme scheme;
    int64_t course_centicredits;

    if (!fields_parse_centi(hours, &result->centihours)) {
        import_refuse_cell(batch, row, "hours", REASON_ROW_NUMBER_INVALID, hours);
        return false;
    }
    if (!normal_score(slice_text(score), &scheme, &result->centiscore)) {
        row_refuse(batch, row, REASON_ROW_SCORE_INVALID, score);
        return false;
    }
    if (!plans_course(batch, row->programme_id, result->course_code, &course_centicredits)) {
        row_refuse(batch, row, REASON_ROW_COURSE_UNKNOWN, result->course_code);
        return false;
    }
    result->scheme = (Creditbank__V1__GradingScheme)scheme;
    if (result->centiscore >= PASS_CENTISCORE)
        result->centicredits = course_centicredits;
    return true;
}

static void
build(struct batch *batch, struct load_row *row)
{
    Creditbank__V1__CourseResultRecorded *result = arena_alloc(batch->arena, sizeof(*result));
    Creditbank__V1__Item *item;

    creditbank__v1__course_result_recorded__init(result);
    result->account_no = (char *)(uintptr_t)row->account_no;
    result->programme_id = (char *)(uintptr_t)row->programme_id;
    result->course_code = (char *)(uintptr_t)import_cell(batch, row, "course_code");
    result->completed_date = import_date(batch, row, "date");
    if (row->state != ROW_PENDING || !fill_figures(batch, row, result))
        return;
    result->outer_id = (char *)(uintptr_t)row->key;
    item = row_add_item(batch, row);
    item->body_case = CREDITBANK__V1__ITEM__BODY_COURSE_RESULT_RECORDED;
    item->course_result_recorded = result;
}

static const stage_fn stages[] = {look_up, look_up_numbers, plans_look_up, NULL};

const struct import_kind import_results = {
    .name = "results", .columns = columns, .stages = stages, .build = build};
