/* import learners: a school opens accounts for its learners and enrols them. */
#include "import.h"

#include "fields.h"
#include "normal.h"

#include "creditbank/v1/account_service.pb-c.h"

static const struct csv_column columns[] = {
    {"student_no", "学号", true, "20250101001"},
    {"name", "姓名", true, "张三"},
    {"document_type", "证件类型", false, "居民身份证"},
    {"document_number", "证件号码", true, "11010119900307743X"},
    {"programme_id", "培养方案", true, "2025-510201"},
    {"begin_date", "入学日期", true, "2025-09-01"},
    {0}};

static bool
same_date(const Creditbank__V1__Date *a, const Creditbank__V1__Date *b)
{
    return a != NULL && b != NULL && a->year == b->year && a->month == b->month && a->day == b->day;
}

/* A student number that is enrolled already: the same row again, or another one. */
static void
compare(struct batch *batch, struct load_row *row, const Creditbank__V1__Enrolment *enrolment)
{
    const Creditbank__V1__Date *begin = import_date(batch, row, "begin_date");

    /*
     * Whether the number of an ended one may serve again is for the bank to say, and so is who
     * took it, where she had no account when she was looked up: it may be she, since.
     */
    if (row->state != ROW_PENDING || row->opens != NULL ||
        enrolment->state == CREDITBANK__V1__ENROLMENT_STATE__ENROLMENT_STATE_ENDED)
        return;
    if (strcmp(enrolment->account_no, row->account_no) == 0 &&
        strcmp(enrolment->programme_id, import_cell(batch, row, "programme_id")) == 0 &&
        same_date(enrolment->begin_date, begin))
        row->state = ROW_SAME;
    else
        row_refuse(batch, row, REASON_ROW_ENROLMENT_DIFFERS, import_cell(batch, row, "student_no"));
}

static void
got_enrolments(struct batch *batch, const ProtobufCMessage *reply)
{
    const Creditbank__V1__BatchGetEnrolmentsResponse *found = (const void *)reply;

    for (size_t i = 0; i < found->n_enrolments; i++)
        for (size_t j = 0; j < batch->row_count; j++) {
            struct load_row *row = &batch->rows[j];

            if (row->state == ROW_PENDING && strcmp(import_cell(batch, row, "student_no"),
                                                    found->enrolments[i]->student_no) == 0)
                compare(batch, row, found->enrolments[i]);
        }
}

/* Which of the student numbers are enrolled already. */
static void
look_up(struct batch *batch)
{
    import_ask_enrolments(batch, import_student_no, got_enrolments);
}

static void
build(struct batch *batch, struct load_row *row)
{
    Creditbank__V1__LearnerEnrolled *enrolled = arena_alloc(batch->arena, sizeof(*enrolled));
    Creditbank__V1__Item *item;

    if (normal_is_mangled(slice_text(import_cell(batch, row, "student_no")))) {
        row_refuse(batch, row, REASON_ROW_NUMBER_MANGLED, import_cell(batch, row, "student_no"));
        return;
    }
    creditbank__v1__learner_enrolled__init(enrolled);
    row->key = import_cell(batch, row, "student_no");
    enrolled->account_no = (char *)(uintptr_t)row->account_no;
    enrolled->student_no = (char *)(uintptr_t)row->key;
    enrolled->programme_id = (char *)(uintptr_t)import_cell(batch, row, "programme_id");
    enrolled->begin_date = import_date(batch, row, "begin_date");
    if (row->state != ROW_PENDING)
        return;
    row->date = fields_text(&enrolled->base, "begin_date", false, batch->arena);
    import_open_account(batch, row);
    item = row_add_item(batch, row);
    item->body_case = CREDITBANK__V1__ITEM__BODY_LEARNER_ENROLLED;
    item->learner_enrolled = enrolled;
}

/* Whether both rows would enrol the same person alike. */
static bool
is_twin(const struct load_row *a, const struct load_row *b)
{
    const Creditbank__V1__LearnerEnrolled *left = a->items[a->item_count - 1]->learner_enrolled,
                                          *right = b->items[b->item_count - 1]->learner_enrolled;

    return strcmp(left->account_no, right->account_no) == 0 &&
           strcmp(left->student_no, right->student_no) == 0 &&
           strcmp(left->programme_id, right->programme_id) == 0 &&
           same_date(left->begin_date, right->begin_date);
}

/* A student number that a row before has taken: where that says the same, it is no fault. */
static bool
mend(struct batch *batch, struct load_row *row, const Creditbank__V1__Refusal *refusal)
{
    if (strcmp(refusal->reason, reason_text(REASON_STUDENT_NO_TAKEN)->code) != 0)
        return false;
    for (const struct load_row *other = batch->rows; other < row; other++)
        if (other->state == ROW_PENDING && is_twin(other, row)) {
            row->state = ROW_SAME;
            return true;
        }
    return false;
}

static const stage_fn stages[] = {import_resolve_persons, look_up, NULL};

const struct import_kind import_learners = {
    .name = "learners", .columns = columns, .stages = stages, .build = build, .mend = mend};
