/* What is written out of applications: traces are the bank's word, decisions the model's. */
#include "write.h"

#include "core/application.h"

struct outcome_ref
write_outcome(struct arena *arena, int outcome)
{
    return (struct outcome_ref){
        write_institution(arena, SCHOOL_A + outcome % POSTERS),
        write_name(arena, "n", outcome / POSTERS),
    };
}

static struct slice
copy_trace(struct writer *w, const struct evaluation *evaluation)
{
    struct hash hash = evaluation_trace(evaluation);

    return arena_copy(w->arena, hash_slice(&hash));
}

static struct line_applied *
write_lines(struct writer *w, const struct model_lines *now)
{
    struct line_applied *lines = arena_array(w->arena, LINES, sizeof(*lines));

    for (int i = 0; i < now->line_count; i++)
        lines[i] = (struct line_applied){
            .rule_no = (uint32_t)now->lines[i].rule + 1,
            .outcome = write_outcome(w->arena, now->lines[i].outcome),
            .course_codes = write_courses(w, now->lines[i].courses),
        };
    return lines;
}

/* As of its first submission; what it holds is free to it. */
static void
write_resubmission(struct writer *w, const struct model *m, const struct deed *d,
                   struct application_resubmitted *out)
{
    const struct model_application *a = &m->applications[d->application];
    struct evaluation evaluation;

    *out = (struct application_resubmitted){
        .account_no = write_account(w->arena, d->learner),
        .application_no = write_application(w->arena, d->application),
        .revision = (uint32_t)d->revision,
        .line_count = (size_t)d->wish.now.line_count,
        .lines = write_lines(w, &d->wish.now),
    };

    struct evaluation_request request = {
        .account_no = out->account_no,
        .school_id = write_institution(w->arena, SCHOOL_A + a->school),
        .rulebook_id = write_name(w->arena, "book", a->book),
        .version = a->version,
        .date = a->date,
        .application_no = out->application_no,
        .line_count = out->line_count,
        .lines = out->lines,
    };

    evaluate(w->world, &request, w->arena, &evaluation);
    out->trace_hash = copy_trace(w, &evaluation);
}

static void
write_submission(struct writer *w, const struct model *m, const struct deed *d,
                 struct application_submitted *out)
{
    const struct model_application *wish = &d->wish;
    struct evaluation evaluation;

    *out = (struct application_submitted){
        .account_no = write_account(w->arena, wish->learner),
        .application_no = write_application(w->arena, d->application),
        .school_id = write_institution(w->arena, SCHOOL_A + wish->school),
        .rulebook_id = write_name(w->arena, "book", wish->book),
        .version = (uint32_t)wish->version,
        .line_count = (size_t)wish->now.line_count,
        .lines = write_lines(w, &wish->now),
    };

    struct evaluation_request request = {
        .account_no = out->account_no,
        .school_id = out->school_id,
        .rulebook_id = out->rulebook_id,
        .version = wish->version,
        .date = m->today,
        .line_count = out->line_count,
        .lines = out->lines,
    };

    evaluate(w->world, &request, w->arena, &evaluation);
    out->trace_hash = copy_trace(w, &evaluation);
}

static struct mark
write_mark(const struct model_rule *rule, const struct model_outcome *outcome)
{
    if (rule->result == RESULT_NONE)
        return (struct mark){0};
    if (rule->result == RESULT_PASS)
        return (struct mark){GRADING_PASS_FAIL, 10000};
    return (struct mark){GRADING_PERCENTAGE,
                         outcome->score < rule->floor ? rule->floor : outcome->score};
}

static void
write_exemptions(struct writer *w, const struct model *m, const struct model_application *a,
                 struct application_decided *out)
{
    const struct model_rulebook *book = &m->books[a->school][a->book][a->version];

    out->exemptions = arena_array(w->arena, COURSES, sizeof(struct exemption_granted));
    out->outcomes_used = arena_array(w->arena, LINES, sizeof(struct outcome_ref));
    for (int i = 0; i < a->now.line_count; i++)
        out->outcomes_used[out->outcome_count++] = write_outcome(w->arena, a->now.lines[i].outcome);
    for (int course = 0; course < COURSES; course++)
        for (int i = 0; i < a->now.line_count; i++)
            if ((a->now.lines[i].courses & (1u << course)) != 0)
                out->exemptions[out->exemption_count++] = (struct exemption_granted){
                    .course_code = write_name(w->arena, "c", course),
                    .centicredits = model_credits(m, a, i, course),
                    .attendance_waived = book->rules[a->now.lines[i].rule].attendance_waived,
                    .exam_waived = book->rules[a->now.lines[i].rule].exam_waived,
                    .mark = write_mark(&book->rules[a->now.lines[i].rule],
                                       &m->outcomes[a->now.lines[i].outcome]),
                };
}

static void
write_decision(struct writer *w, const struct model *m, const struct deed *d,
               struct application_decided *out)
{
    const struct model_application *a = &m->applications[d->application];

    *out = (struct application_decided){
        .account_no = write_account(w->arena, d->learner),
        .application_no = write_application(w->arena, d->application),
        .revision = (uint32_t)d->revision,
        .verdict = (enum verdict)d->verdict,
        .rulebook_id = write_name(w->arena, "book", a->book),
        .version = (uint32_t)a->version,
        .trace_hash = slice_text(""),
    };
    if (d->verdict == VERDICT_APPROVE)
        write_exemptions(w, m, a, out);

    const struct application *row = world_find(
        w->world, TABLE_APPLICATION, &(struct application){.application_no = out->application_no});
    struct evaluation evaluation;

    if (row == NULL)
        return;
    application_evaluate(w->world, row, w->arena, &evaluation);
    out->trace_hash = copy_trace(w, &evaluation);
}

void
write_application_item(struct writer *w, const struct model *m, const struct deed *d,
                       struct item *item)
{
    if (d->kind == ITEM_APPLICATION_SUBMITTED)
        write_submission(w, m, d, &item->application_submitted);
    else if (d->kind == ITEM_APPLICATION_RESUBMITTED)
        write_resubmission(w, m, d, &item->application_resubmitted);
    else if (d->kind == ITEM_APPLICATION_DECIDED)
        write_decision(w, m, d, &item->application_decided);
    else if (d->kind == ITEM_APPLICATION_PERIOD_ENDED)
        item->application_period_ended = (struct application_period_ended){
            write_account(w->arena, d->learner), write_application(w->arena, d->application),
            (uint32_t)d->revision, d->date, (enum application_state)d->state};
    else
        item->application_moved = (struct application_moved){
            write_account(w->arena, d->learner), write_application(w->arena, d->application),
            (uint32_t)d->revision, (enum verdict)d->verdict, d->reason};
}
