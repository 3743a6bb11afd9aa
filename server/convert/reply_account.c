#include "convert/reply_account.h"

#include "convert/reply.h"
#include "convert/reply_entry.h"

Creditbank__V1__Enrolment **
reply_enrolments(struct arena *arena, const struct enrolment *rows, size_t count)
{
    Creditbank__V1__Enrolment **list = reply_list(arena, count, sizeof(**list));

    for (size_t i = 0; i < count; i++) {
        creditbank__v1__enrolment__init(list[i]);
        list[i]->school_id = reply_text(arena, rows[i].school_id);
        list[i]->student_no = reply_text(arena, rows[i].student_no);
        list[i]->account_no = reply_text(arena, rows[i].account_no);
        list[i]->programme_id = reply_text(arena, rows[i].programme_id);
        list[i]->state = (Creditbank__V1__EnrolmentState)rows[i].state;
        list[i]->begin_date = reply_date(arena, rows[i].begin_date);
        list[i]->end_date = reply_date(arena, rows[i].end_date);
        list[i]->end_reason = (Creditbank__V1__EnrolmentEndReason)rows[i].end_reason;
        list[i]->entry_index = (uint64_t)rows[i].entry_index;
    }
    return list;
}

Creditbank__V1__OutcomeTotal **
reply_totals(struct arena *arena, const struct outcome_total *totals, size_t count)
{
    Creditbank__V1__OutcomeTotal **list = reply_list(arena, count, sizeof(**list));

    for (size_t i = 0; i < count; i++) {
        creditbank__v1__outcome_total__init(list[i]);
        list[i]->kind = (Creditbank__V1__OutcomeKind)totals[i].kind;
        list[i]->count = totals[i].count;
        list[i]->centihours = totals[i].centihours;
        list[i]->centicredits = totals[i].centicredits;
    }
    return list;
}

static void
fill_outcome(struct arena *arena, const struct outcome *row, Creditbank__V1__Outcome *message)
{
    message->institution_id = reply_text(arena, row->institution_id);
    message->outer_id = reply_text(arena, row->outer_id);
    message->kind = (Creditbank__V1__OutcomeKind)row->kind;
    message->state = (Creditbank__V1__OutcomeState)row->state;
    message->title = reply_text(arena, row->title);
    message->programme_id = reply_text(arena, row->programme_id);
    message->course_code = reply_text(arena, row->course_code);
    message->certificate_id = reply_text(arena, row->certificate_id);
    message->grade = (uint32_t)row->grade;
    message->centihours = row->centihours;
    message->centicredits = row->centicredits;
    message->scheme = (Creditbank__V1__GradingScheme)row->scheme;
    message->centiscore = row->centiscore;
    message->date = reply_date(arena, row->outcome_date);
    message->expiry_date = reply_date(arena, row->expiry_date);
    message->version = (uint32_t)row->version;
    message->entry_index = (uint64_t)row->entry_index;
    message->item_index = (uint32_t)row->item_index;
    message->change_reason = (Creditbank__V1__ChangeReason)row->change_reason;
}

Creditbank__V1__Outcome **
reply_outcomes(struct arena *arena, const struct outcome_view *views, size_t count)
{
    Creditbank__V1__Outcome **list = reply_list(arena, count, sizeof(**list));

    for (size_t i = 0; i < count; i++) {
        creditbank__v1__outcome__init(list[i]);
        fill_outcome(arena, &views[i].row, list[i]);
        if (views[i].used_by.len == 0)
            continue;
        list[i]->used_by_application = reply_text(arena, views[i].used_by);
        list[i]->change_time = reply_time(arena, views[i].used_time_us);
    }
    return list;
}

Creditbank__V1__Exemption **
reply_exemptions(struct arena *arena, const struct exemption_view *views, size_t count)
{
    Creditbank__V1__Exemption **list = reply_list(arena, count, sizeof(**list));

    for (size_t i = 0; i < count; i++) {
        const struct exemption *row = &views[i].row;

        creditbank__v1__exemption__init(list[i]);
        list[i]->school_id = reply_text(arena, row->school_id);
        list[i]->programme_id = reply_text(arena, row->programme_id);
        list[i]->course_code = reply_text(arena, row->course_code);
        list[i]->course_name = reply_text(arena, views[i].course_name);
        list[i]->centicredits = row->centicredits;
        list[i]->attendance_waived = row->attendance_waived;
        list[i]->exam_waived = row->exam_waived;
        list[i]->exemption_word = reply_text(arena, row->exemption_word);
        list[i]->application_no = reply_text(arena, row->application_no);
        list[i]->entry_index = (uint64_t)row->entry_index;
        list[i]->item_index = (uint32_t)row->item_index;
        list[i]->mark = reply_mark(arena, row->mark_scheme, row->mark_centiscore);
    }
    return list;
}

Creditbank__V1__AccessRecord **
reply_looks(struct arena *arena, const struct look *looks, size_t count)
{
    Creditbank__V1__AccessRecord **list = reply_list(arena, count, sizeof(**list));

    for (size_t i = 0; i < count; i++) {
        creditbank__v1__access_record__init(list[i]);
        list[i]->access_time = reply_time(arena, looks[i].look_time_us);
        list[i]->institution_id = reply_text(arena, looks[i].institution_id);
        list[i]->method = reply_text(arena, looks[i].method);
    }
    return list;
}

Creditbank__V1__Account *
reply_account(struct arena *arena, const struct account *row, const struct person_view *person,
              struct slice opened_by)
{
    Creditbank__V1__Account *message = arena_alloc(arena, sizeof(*message));

    creditbank__v1__account__init(message);
    message->account_no = reply_text(arena, row->account_no);
    message->state = (Creditbank__V1__AccountState)row->state;
    message->name = reply_text(arena, person->name);
    message->document_type = (Creditbank__V1__DocumentType)person->document_type;
    message->document_number = reply_text(arena, person->number);
    message->open_time = reply_time(arena, row->open_time_us);
    message->opened_by = reply_text(arena, opened_by);
    return message;
}
