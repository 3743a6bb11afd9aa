#include "convert/reply_catalogue.h"

#include "convert/reply.h"

Creditbank__V1__InstitutionRegistered *
reply_institution(struct arena *arena, const struct institution *row)
{
    Creditbank__V1__InstitutionRegistered *m = arena_alloc(arena, sizeof(*m));

    creditbank__v1__institution_registered__init(m);
    m->institution_id = reply_text(arena, row->institution_id);
    m->kind = (Creditbank__V1__InstitutionKind)row->kind;
    m->name = reply_text(arena, row->name);
    m->name_en = reply_text(arena, row->name_en);
    m->region_code = reply_text(arena, row->region_code);
    m->school_code = reply_text(arena, row->school_code);
    m->uscc = reply_text(arena, row->uscc);
    m->uscc_override = row->uscc_override;
    return m;
}

static void
add_duties(struct arena *arena, uint32_t duties, Creditbank__V1__RegisteredKey *m)
{
    m->duties = arena_array(arena, (size_t)__builtin_popcount(duties), sizeof(*m->duties));
    for (unsigned duty = 1; duty < 32; duty++)
        if ((duties & DUTY_BIT(duty)) != 0)
            m->duties[m->n_duties++] = (Creditbank__V1__Duty)duty;
}

Creditbank__V1__RegisteredKey *
reply_key(struct arena *arena, const struct signing_key *row)
{
    Creditbank__V1__RegisteredKey *m = arena_alloc(arena, sizeof(*m));

    creditbank__v1__registered_key__init(m);
    m->key_id = reply_hash(arena, &row->key_id);
    m->spki = reply_bytes(arena, row->spki);
    add_duties(arena, (uint32_t)row->duties, m);
    m->registered_entry = (uint64_t)row->registered_entry;
    m->revoked_entry = reply_entry_index(arena, row->revoked_entry);
    return m;
}

Creditbank__V1__CertificateListed *
reply_certificate(struct arena *arena, const struct certificate *row)
{
    Creditbank__V1__CertificateListed *m = arena_alloc(arena, sizeof(*m));

    creditbank__v1__certificate_listed__init(m);
    m->certificate_id = reply_text(arena, row->certificate_id);
    m->name = reply_text(arena, row->name);
    m->family_id = reply_text(arena, row->family_id);
    m->scheme_id = reply_text(arena, row->scheme_id);
    m->grade = (uint32_t)row->grade;
    m->state_date = reply_date(arena, row->state_date);
    return m;
}

Creditbank__V1__RecordingRuleSet *
reply_recording_rule(struct arena *arena, const struct recording_rule *row)
{
    Creditbank__V1__RecordingRuleSet *m = arena_alloc(arena, sizeof(*m));

    creditbank__v1__recording_rule_set__init(m);
    m->course_kind = (Creditbank__V1__CourseKind)row->course_kind;
    m->centihours_per_credit = row->centihours_per_credit;
    m->step_centicredits = row->step_centicredits;
    m->from_date = reply_date(arena, row->from_date);
    return m;
}

Creditbank__V1__CalendarDay *
reply_calendar_day(struct arena *arena, const struct calendar_day *row)
{
    Creditbank__V1__CalendarDay *m = arena_alloc(arena, sizeof(*m));

    creditbank__v1__calendar_day__init(m);
    m->date = reply_date(arena, row->date);
    m->kind = (Creditbank__V1__DayKind)row->kind;
    m->entry_index = (uint64_t)row->entry_index;
    return m;
}

static void
init_course(struct arena *arena, const struct course *row, Creditbank__V1__Course *m)
{
    creditbank__v1__course__init(m);
    m->course_code = reply_text(arena, row->course_code);
    m->name = reply_text(arena, row->name);
    m->kind = (Creditbank__V1__CourseKind)row->kind;
    m->centihours = row->centihours;
    m->centicredits = row->centicredits;
    m->required = row->required;
    m->excluded = row->excluded;
}

Creditbank__V1__ProgrammePublished *
reply_programme(struct arena *arena, const struct programme *row, const struct course *courses,
                size_t course_count)
{
    Creditbank__V1__ProgrammePublished *m = arena_alloc(arena, sizeof(*m));

    creditbank__v1__programme_published__init(m);
    m->programme_id = reply_text(arena, row->programme_id);
    m->major_code = reply_text(arena, row->major_code);
    m->name = reply_text(arena, row->name);
    m->cohort = (uint32_t)row->cohort;
    m->graduation_centicredits = row->graduation_centicredits;
    m->n_courses = course_count;
    m->courses = reply_list(arena, course_count, sizeof(**m->courses));
    for (size_t i = 0; i < course_count; i++)
        init_course(arena, &courses[i], m->courses[i]);
    return m;
}
