/* Applications: what a learner asks for is evaluated, reserved, and kept line by line. */
#include "core/application.h"

#include "core/check.h"

size_t
application_lines(struct world *world, const struct application *application, struct arena *arena,
                  struct line_applied **lines)
{
    struct row_list rows =
        world_list(world, TABLE_APPLICATION_LINE,
                   &(struct application_line){.application_no = application->application_no,
                                              .submission_no = application->submission_no});
    struct row_list courses =
        world_list(world, TABLE_APPLICATION_COURSE,
                   &(struct application_course){.application_no = application->application_no,
                                                .submission_no = application->submission_no});

    *lines = arena_array(arena, rows.count, sizeof(**lines));
    for (size_t i = 0; i < rows.count; i++) {
        const struct application_line *row = rows.rows[i];
        struct line_applied *line = &(*lines)[i];

        line->rule_no = (uint32_t)row->rule_no;
        line->outcome.institution_id = row->institution_id;
        line->outcome.outer_id = row->outer_id;
        line->course_codes.texts = arena_array(arena, courses.count, sizeof(struct slice));
        for (size_t j = 0; j < courses.count; j++) {
            const struct application_course *course = courses.rows[j];

            if (course->line_no == row->line_no)
                line->course_codes.texts[line->course_codes.count++] = course->course_code;
        }
    }
    return rows.count;
}

void
application_evaluate(struct world *world, const struct application *application,
                     struct arena *arena, struct evaluation *evaluation)
{
    struct line_applied *lines;
    struct evaluation_request request = {
        .account_no = application->account_no,
        .school_id = application->school_id,
        .rulebook_id = application->rulebook_id,
        .version = application->version,
        .date = application->submit_date,
        .application_no = application->application_no,
        .line_count = application_lines(world, application, arena, &lines),
    };

    request.lines = lines;
    evaluate(world, &request, arena, evaluation);
}

const struct rulebook *
application_rulebook(struct world *world, const struct application *application)
{
    return world_find(world, TABLE_RULEBOOK,
                      &(struct rulebook){.school_id = application->school_id,
                                         .rulebook_id = application->rulebook_id,
                                         .version = application->version});
}

void
application_put(struct context *context, struct application *row, enum verdict verdict,
                int32_t reason)
{
    row->revision++;
    row->due_date = application_period_begin(context, row);
    row->entry_index = context->position.entry_index;
    world_put(context->world, TABLE_APPLICATION, row);
    world_put(context->world, TABLE_APPLICATION_MOVE,
              &(struct application_move){
                  .application_no = row->application_no,
                  .revision = row->revision,
                  .state = row->state,
                  .institution_id = context->transaction->institution_id,
                  .key_id = context->acting_key,
                  .verdict = (int32_t)verdict,
                  .reason = reason,
                  .move_time_us = context->position.booked_at_us,
                  .entry_index = context->position.entry_index,
                  .item_index = (int32_t)context->item_index,
              });
}

static void
hold_courses(struct context *context, const struct application *application,
             const struct finding *finding, enum hold_state state)
{
    const struct rulebook *rulebook = application_rulebook(context->world, application);

    for (size_t i = 0; i < finding->exemption_count && rulebook != NULL; i++) {
        const struct exemption_granted *granted = &finding->exemptions[i];

        world_put(context->world, TABLE_EXEMPTION,
                  &(struct exemption){
                      .account_no = application->account_no,
                      .school_id = application->school_id,
                      .programme_id = application->programme_id,
                      .course_code = granted->course_code,
                      .state = (int32_t)state,
                      .application_no = application->application_no,
                      .centicredits = granted->centicredits,
                      .attendance_waived = granted->attendance_waived,
                      .exam_waived = granted->exam_waived,
                      .mark_scheme = (int32_t)granted->mark.scheme,
                      .mark_centiscore = granted->mark.centiscore,
                      .outcome_kind = finding->outcome != NULL ? finding->outcome->kind : 0,
                      .bucket_id = finding->rule->bucket_id,
                      .exemption_word = rulebook->exemption_word,
                      .entry_index = context->position.entry_index,
                      .item_index = (int32_t)context->item_index,
                  });
    }
}

/* One that is not hers is refused for that, and stays as it is. */
static void
hold_outcome(struct context *context, const struct application *application,
             const struct finding *finding, enum hold_state state)
{
    if (finding->outcome == NULL)
        return;

    struct outcome row = *finding->outcome;

    row.hold_state = (int32_t)state;
    row.held_by = (struct slice){0};
    if (state != HOLD_FREE)
        row.held_by = application->application_no;
    world_put(context->world, TABLE_OUTCOME, &row);
}

void
application_hold(struct context *context, const struct application *application,
                 const struct evaluation *evaluation, enum hold_state state)
{
    for (size_t i = 0; i < evaluation->finding_count; i++) {
        const struct finding *finding = &evaluation->findings[i];

        hold_outcome(context, application, finding, state);
        hold_courses(context, application, finding, state);
    }
}

static void
put_lines(struct context *context, const struct application *row,
          const struct application_submitted *submitted)
{
    for (size_t i = 0; i < submitted->line_count; i++) {
        const struct line_applied *line = &submitted->lines[i];

        world_put(context->world, TABLE_APPLICATION_LINE,
                  &(struct application_line){
                      .application_no = row->application_no,
                      .submission_no = row->submission_no,
                      .line_no = (int32_t)i + 1,
                      .rule_no = (int32_t)line->rule_no,
                      .institution_id = line->outcome.institution_id,
                      .outer_id = line->outcome.outer_id,
                  });
        for (size_t j = 0; j < line->course_codes.count; j++)
            world_put(context->world, TABLE_APPLICATION_COURSE,
                      &(struct application_course){
                          .application_no = row->application_no,
                          .submission_no = row->submission_no,
                          .line_no = (int32_t)i + 1,
                          .course_code = line->course_codes.texts[j],
                      });
    }
}

/* Every check that failed is a refusal of its own, under the line it belongs to. */
static void
refuse_failed(struct context *context, const char *field, const struct check *check)
{
    for (; check != NULL; check = check->next)
        if (check_refuses(check))
            refuse(context, field, check->reason, "%s", check->detail);
}

/* Of more lines than there may be none is looked at. */
bool
application_check_lines(struct context *context, const struct application_submitted *submitted)
{
    bool good = true;

    if (!check_range(context, "lines", (int64_t)submitted->line_count, 1, APPLICATION_LINES_MAX))
        return false;
    for (size_t i = 0; i < submitted->line_count; i++) {
        const struct line_applied *line = &submitted->lines[i];
        const char *field = arena_printf(context->arena, "lines[%zu].course_codes", i);

        good = check_range(context, field, (int64_t)line->course_codes.count, 1,
                           APPLICATION_COURSES_MAX) &&
               check_ascending(context, field, &line->course_codes) && good;
    }
    return good;
}

/* Only the newest published version counts for a new application. */
static const struct rulebook *
rulebook_in_force(struct context *context, const struct application_submitted *submitted)
{
    const struct rulebook_head *head =
        world_find(context->world, TABLE_RULEBOOK_HEAD,
                   &(struct rulebook_head){.school_id = submitted->school_id,
                                           .rulebook_id = submitted->rulebook_id});

    if (head == NULL || head->published_version != (int32_t)submitted->version) {
        refuse(context, "version", REASON_RULE_NOT_PUBLISHED, "%u", submitted->version);
        return NULL;
    }
    return world_find(context->world, TABLE_RULEBOOK,
                      &(struct rulebook){.school_id = submitted->school_id,
                                         .rulebook_id = submitted->rulebook_id,
                                         .version = (int32_t)submitted->version});
}

static void
evaluate_submitted(struct context *context, const struct application *row,
                   const struct application_submitted *submitted, struct evaluation *evaluation)
{
    struct evaluation_request request = {
        .account_no = submitted->account_no,
        .school_id = submitted->school_id,
        .rulebook_id = submitted->rulebook_id,
        .version = (int32_t)submitted->version,
        .date = row->submit_date,
        .line_count = submitted->line_count,
        .lines = submitted->lines,
    };
    struct hash trace_hash;

    evaluate(context->world, &request, context->arena, evaluation);
    refuse_failed(context, "rulebook_id", evaluation->general);
    for (size_t i = 0; i < evaluation->finding_count; i++)
        refuse_failed(context, arena_printf(context->arena, "lines[%zu]", i),
                      evaluation->findings[i].checks);
    /* Who is refused by what was found is not also told that it was found otherwise before. */
    if (!evaluation->satisfied)
        return;
    trace_hash = evaluation_trace(evaluation);
    if (!slice_equal(submitted->trace_hash, hash_slice(&trace_hash)))
        refuse(context, "trace_hash", REASON_TRACE_DIFFERS, "%s", "");
}

void
application_take_lines(struct context *context, const struct application *row,
                       const struct application_submitted *submitted)
{
    struct evaluation evaluation;

    evaluate_submitted(context, row, submitted, &evaluation);
    put_lines(context, row, submitted);
    application_hold(context, row, &evaluation, HOLD_RESERVED);
}

void
submit_application(struct context *context, const struct item *item)
{
    const struct application_submitted *submitted = &item->application_submitted;
    const struct rulebook *rulebook = rulebook_in_force(context, submitted);
    struct application row = {
        .application_no = submitted->application_no,
        .account_no = submitted->account_no,
        .school_id = submitted->school_id,
        .programme_id = rulebook != NULL ? rulebook->programme_id : (struct slice){0},
        .rulebook_id = submitted->rulebook_id,
        .version = (int32_t)submitted->version,
        .state = APPLICATION_SUBMITTED,
        .submission_no = 1,
        .submit_date = context->today,
        .submit_entry = context->position.entry_index,
    };

    if (!check_id(context, "application_no", submitted->application_no, ID_APPLICATION) ||
        !application_check_lines(context, submitted))
        return;
    if (world_find(context->world, TABLE_APPLICATION, &row) != NULL)
        refuse(context, "application_no", REASON_ALREADY_EXISTS, "%.*s",
               (int)submitted->application_no.len, (const char *)submitted->application_no.at);
    application_take_lines(context, &row, submitted);
    application_put(context, &row, 0, 0);
}
