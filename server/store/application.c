#include "store/application.h"

#include "core/terms.h"
#include "db/params.h"
#include "db/pool.h"
#include "projection_columns.h"

#include <assert.h>

/* The one of the two that is set. */
static struct slice
scope_owner(const struct application_scope *scope)
{
    assert((scope->account_no.len == 0) != (scope->school_id.len == 0));
    return scope->school_id.len > 0 ? scope->school_id : scope->account_no;
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
    rows_read(call, TABLE_APPLICATION, results[0], 0, found->out);
    return NULL;
}

struct step
store_find_application(struct call *call, const struct application_scope *scope,
                       struct slice application_no, struct application *out, step_fn *next)
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
    params_add_text(params, scope_owner(scope));
    return db_query(call, scope->school_id.len > 0 ? &of_school : &of_learner, params,
                    read_application, found, next);
}

#define PAGE_AFTER                                                                    \
    " AND ($2 = 0 OR t.state = $2) AND (t.submit_entry, t.application_no) > ($3, $4)" \
    " ORDER BY t.submit_entry, t.application_no LIMIT $5"

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
        "SELECT " APPLICATION_COLUMNS " FROM application t WHERE t.school_id = $1" PAGE_AFTER,
    };
    struct db_params *params = params_new(call_arena(call));
    bool is_school = page->scope.school_id.len > 0;

    params_add_text(params, scope_owner(&page->scope));
    params_add_int4(params, page->state);
    params_add_int8(params, page->after_entry);
    params_add_text(params, page->after_no);
    params_add_int4(params, page->limit);
    return store_read_rows(
        call, &(struct rows_query){TABLE_APPLICATION, is_school ? &of_school : &of_learner, out}, 1,
        params, next);
}

struct step
store_list_application_lines(struct call *call, const struct rows *applications, struct rows *lines,
                             struct rows *courses, step_fn *next)
{
    static const struct db_statement list_lines = {
        "list_application_lines",
        "SELECT " APPLICATION_LINE_COLUMNS " FROM application_line t"
        " WHERE t.application_no = ANY($1) ORDER BY t.application_no, t.line_no",
    };
    static const struct db_statement list_courses = {
        "list_application_courses",
        "SELECT " APPLICATION_COURSE_COLUMNS " FROM application_course t"
        " WHERE t.application_no = ANY($1) ORDER BY t.application_no, t.line_no, t.course_code",
    };
    const struct rows_query queries[] = {
        {TABLE_APPLICATION_LINE, &list_lines, lines},
        {TABLE_APPLICATION_COURSE, &list_courses, courses},
    };
    const struct application *rows = applications->at;
    struct db_params *params = params_new(call_arena(call));
    struct db_array numbers;

    array_begin(&numbers, call_arena(call), DB_TEXT, applications->count);
    for (size_t i = 0; i < applications->count; i++)
        array_add_text(&numbers, rows[i].application_no);
    params_add_array(params, &numbers);
    return store_read_rows(call, queries, ARRAY_COUNT(queries), params, next);
}

struct step
store_list_application_moves(struct call *call, struct slice application_no, struct rows *out,
                             step_fn *next)
{
    static const struct db_statement list = {
        "list_application_moves",
        "SELECT " APPLICATION_MOVE_COLUMNS " FROM application_move t"
        " WHERE t.application_no = $1 ORDER BY t.revision",
    };
    struct db_params *params = params_new(call_arena(call));

    params_add_text(params, application_no);
    return store_read_rows(call, &(struct rows_query){TABLE_APPLICATION_MOVE, &list, out}, 1,
                           params, next);
}

struct step
store_list_valid_outcomes(struct call *call, const struct application_scope *scope, int32_t limit,
                          struct rows *out, step_fn *next)
{
    static const struct db_statement of_learner = {
        "list_valid_outcomes_of_learner",
        "SELECT " OUTCOME_COLUMNS " FROM outcome t WHERE t.account_no = $1 AND t.state = $2"
        " ORDER BY t.outcome_date DESC, t.institution_id, t.outer_id LIMIT $3",
    };
    static const struct db_statement of_school = {
        "list_valid_outcomes_of_school",
        "SELECT " OUTCOME_COLUMNS " FROM outcome t WHERE t.account_no = $1 AND t.state = $2"
        " AND EXISTS (SELECT FROM enrolment e WHERE e.account_no = $1 AND e.school_id = $4)"
        " AND (t.institution_id = $4 OR EXISTS (SELECT FROM application_line l"
        " JOIN application a ON a.application_no = l.application_no"
        " WHERE a.account_no = $1 AND a.school_id = $4"
        " AND l.institution_id = t.institution_id AND l.outer_id = t.outer_id))"
        " ORDER BY t.outcome_date DESC, t.institution_id, t.outer_id LIMIT $3",
    };
    struct db_params *params = params_new(call_arena(call));
    bool is_school = scope->school_id.len > 0;

    params_add_text(params, scope->account_no);
    params_add_int4(params, OUTCOME_VALID);
    params_add_int4(params, limit);
    if (is_school)
        params_add_text(params, scope->school_id);
    return store_read_rows(
        call, &(struct rows_query){TABLE_OUTCOME, is_school ? &of_school : &of_learner, out}, 1,
        params, next);
}
