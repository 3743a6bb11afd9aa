#include "store/application.h"

#include "core/application.h"
#include "db/params.h"
#include "db/pool.h"
#include "projection_columns.h"

#include <assert.h>

/* Of the two statements the one for the scope, which an index serves. */
static const struct db_statement *
choose(const struct scope *scope, const struct db_statement *of_learner,
       const struct db_statement *of_school)
{
    assert(scope->kind != SCOPE_NOBODY);
    return scope->kind == SCOPE_OWNER ? of_learner : of_school;
}

struct application_found {
    struct slice application_no;
    struct application *out;
};

static const struct refusal_list *
read_application(struct call *call, const struct db_result *const *results, void *out)
{
    const struct application_found *found = out;

    if (row_count(results[0]) == 0)
        return db_refusal(call, REASON_APPLICATION_UNKNOWN, "application_no", "%.*s",
                          (int)found->application_no.len, (const char *)found->application_no.at);
    rows_read(call, schema_table(TABLE_APPLICATION), results[0], 0, found->out);
    return NULL;
}

struct step
store_find_application(struct call *call, const struct scope *scope, struct slice application_no,
                       struct application *out, step_fn *next)
{
    static const struct db_statement of_learner = {
        "find_application_of_learner",
        "SELECT " APPLICATION_COLUMNS " FROM application t"
        " WHERE t.application_no = $1 AND t.account_no = $2",
    };
    static const struct db_statement of_school = {
        "find_application_of_school",
        "SELECT " APPLICATION_COLUMNS " FROM application t"
        " WHERE t.application_no = $1 AND t.school_id = $2",
    };
    struct application_found *found = arena_alloc(call_arena(call), sizeof(*found));
    struct db_params *params = params_new(call_arena(call));

    *found = (struct application_found){application_no, out};
    params_add_text(params, application_no);
    params_add_text(params, scope->id);
    return db_query(call, choose(scope, &of_learner, &of_school), params, read_application, found,
                    next);
}

#define PAGE_AFTER                                                                    \
    " AND ($4 = 0 OR t.state = $4) AND (t.submit_entry, t.application_no) > ($5, $6)" \
    " ORDER BY t.submit_entry, t.application_no LIMIT $7"

struct step
store_list_applications(struct call *call, const struct application_page *page, struct rows *out,
                        step_fn *next)
{
    static const struct db_statement of_learner = {
        "list_applications_of_learner",
        "SELECT " APPLICATION_COLUMNS " FROM application t WHERE t.account_no = $1" PAGE_AFTER,
    };
    static const struct db_statement of_school = {
        "list_applications_of_school",
        "WITH found AS (SELECT " APPLICATION_COLUMNS
        " FROM application t WHERE t.school_id = $1" PAGE_AFTER
        ")," SHOW_PAGE("submit_entry, application_no", "$7"),
    };
    struct db_params *params = look_params(call, page->scope.id);
    struct rows_query query = {TABLE_APPLICATION, choose(&page->scope, &of_learner, &of_school),
                               out, (size_t)page->limit};

    params_add_int4(params, page->state);
    params_add_int8(params, page->after_entry);
    params_add_text(params, page->after_no);
    params_add_int4(params, page->limit);
    return store_read_rows(call, &query, 1, params, next);
}

struct step
store_list_periods_over(struct call *call, int32_t today, int32_t limit, struct rows *out,
                        step_fn *next)
{
    static const struct db_statement list = {
        "list_periods_over",
        "SELECT " APPLICATION_COLUMNS " FROM application t"
        " WHERE t.state = ANY($1::int4[]) AND t.due_date <= $2"
        " ORDER BY t.due_date, t.application_no LIMIT $3",
    };
    const struct rows_query query = {TABLE_APPLICATION, &list, out, (size_t)limit};
    struct db_params *params = params_new(call_arena(call));
    struct db_array states;

    array_begin(&states, call_arena(call), DB_INT4, APPLICATION_STATES);
    for (int state = 1; state <= APPLICATION_STATES; state++)
        if (application_period_end((enum application_state)state) != 0)
            array_add_int4(&states, state);
    params_add_array(params, &states);
    params_add_int4(params, today);
    params_add_int4(params, limit);
    return store_read_rows(call, &query, 1, params, next);
}

#define OF_APPLICATIONS(table)                                    \
    " FROM unnest($1::text[], $2::int4[])"                        \
    " WITH ORDINALITY AS u(application_no, submission_no, place)" \
    " JOIN " table " t ON t.application_no = u.application_no"    \
    " AND t.submission_no = u.submission_no ORDER BY u.place, t.line_no"

struct step
store_list_application_lines(struct call *call, const struct rows *applications,
                             struct application_lines *out, step_fn *next)
{
    static const struct db_statement lines = {
        "list_application_lines",
        "SELECT " APPLICATION_LINE_COLUMNS OF_APPLICATIONS("application_line") " LIMIT $3",
    };
    static const struct db_statement courses = {
        "list_application_courses",
        "SELECT " APPLICATION_COURSE_COLUMNS OF_APPLICATIONS(
            "application_course") ", t.course_code LIMIT $3",
    };
    const struct rows_query queries[] = {
        {TABLE_APPLICATION_LINE, &lines, &out->lines, APPLICATION_ROWS_MAX + 1},
        {TABLE_APPLICATION_COURSE, &courses, &out->courses, APPLICATION_ROWS_MAX + 1},
    };
    const struct application *rows = applications->at;
    struct db_params *params = params_new(call_arena(call));
    struct db_array numbers, submissions;

    array_begin(&numbers, call_arena(call), DB_TEXT, applications->count);
    array_begin(&submissions, call_arena(call), DB_INT4, applications->count);
    for (size_t i = 0; i < applications->count; i++) {
        array_add_text(&numbers, rows[i].application_no);
        array_add_int4(&submissions, rows[i].submission_no);
    }
    params_add_array(params, &numbers);
    params_add_array(params, &submissions);
    params_add_int4(params, APPLICATION_ROWS_MAX + 1);
    return store_read_rows(call, queries, ARRAY_COUNT(queries), params, next);
}

static const struct refusal_list *
read_moves(struct call *call, const struct db_result *const *results, void *out)
{
    const struct refusal_list *refusals = rows_check_count(call, results[0], APPLICATION_MOVES_MAX);

    if (refusals == NULL)
        rows_read_all(call, TABLE_APPLICATION_MOVE, results[0], out);
    return refusals;
}

struct step
store_list_application_moves(struct call *call, const struct scope *scope,
                             const struct application *application, struct rows *out, step_fn *next)
{
    static const struct db_statement list = {
        "list_application_moves",
        "SELECT " APPLICATION_MOVE_COLUMNS " FROM application_move t"
        " WHERE t.application_no = $1 ORDER BY t.revision LIMIT $2",
    };
    struct db_batch *batch = arena_alloc(call_arena(call), sizeof(*batch));
    struct db_params *params = params_new(call_arena(call));

    params_add_text(params, application->application_no);
    params_add_int4(params, APPLICATION_MOVES_MAX + 1);
    batch_add(batch, &list, params);
    scope_add_look(call, scope, application->account_no, batch);
    return db_run(call, batch, read_moves, out, next);
}

static const struct refusal_list *
read_outcomes(struct call *call, const struct db_result *const *results, void *out)
{
    struct valid_outcomes *list = out;

    if (row_count(results[0]) == 0)
        return db_refusal(call, REASON_ACCOUNT_UNKNOWN, "account_no", "%.*s",
                          (int)list->account_no.len, (const char *)list->account_no.at);
    rows_read_all(call, TABLE_OUTCOME, results[1], &list->rows);
    return NULL;
}

struct step
store_list_valid_outcomes(struct call *call, const struct scope *scope, struct valid_outcomes *list,
                          step_fn *next)
{
    static const struct db_statement see = {
        "see_account",
        "SELECT true FROM account a WHERE a.account_no = $3 AND " SCOPE_SEES_ACCOUNT(
            "a.account_no"),
    };
    static const struct db_statement list_outcomes = {
        "list_valid_outcomes",
        "SELECT " OUTCOME_COLUMNS " FROM outcome t"
        " WHERE t.account_no = $3 AND t.state = $4 AND " SCOPE_SEES_OUTCOME
        " ORDER BY t.outcome_date DESC, t.institution_id, t.outer_id LIMIT $5",
    };
    struct db_batch *batch = arena_alloc(call_arena(call), sizeof(*batch));
    struct db_params *account = scope_params(call, scope), *params = scope_params(call, scope);

    params_add_text(account, list->account_no);
    params_add_text(params, list->account_no);
    params_add_int4(params, OUTCOME_VALID);
    params_add_int4(params, list->limit);
    batch_add(batch, &see, account);
    batch_add(batch, &list_outcomes, params);
    scope_add_look(call, scope, list->account_no, batch);
    return db_run(call, batch, read_outcomes, list, next);
}
