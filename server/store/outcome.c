#include "store/outcome.h"

#include "core/item.h"
#include "db/pool.h"
#include "projection_columns.h"
#include "store/rows.h"

/* Outcomes `t` of account $3. */
#define SELECT_OUTCOMES \
    "SELECT " OUTCOME_SHOWN_COLUMNS " FROM projection.outcome t WHERE t.account_no = $3 AND "

/* A page of them. An owner has hers in half the time without what tells others
 * what they may see. */
#define LIST_OUTCOMES(scope_sees)                            \
    SELECT_OUTCOMES scope_sees                               \
        " AND ($4 = 0 OR t.kind = $4)"                       \
        " AND t.outcome_date <= $5 AND (t.outcome_date < $5" \
        " OR (t.institution_id, t.outer_id) > ($6, $7))"     \
        " ORDER BY t.outcome_date DESC, t.institution_id, t.outer_id LIMIT $8"

struct list_outcomes {
    struct slice account_no;
    bool is_own; /* her session has shown that there is the account */
    struct outcome_list *list;
};

static const struct refusal_list *
unknown_account(struct call *call, struct slice account_no)
{
    return db_refusal(call, REASON_ACCOUNT_UNKNOWN, "account_no", "%.*s", (int)account_no.len,
                      (const char *)account_no.at);
}

static void
read_outcome(struct call *call, const struct db_result *result, size_t row,
             struct outcome_view *view)
{
    *view = (struct outcome_view){0};
    rows_read(call, &schema_outcome_shown, result, row, &view->row);
}

static const struct refusal_list *
got_outcomes(struct call *call, const struct db_result *const *results, void *out)
{
    struct list_outcomes *listed = out;
    struct outcome_list *list = listed->list;

    if (!listed->is_own && row_count(results[1]) == 0)
        return unknown_account(call, listed->account_no);
    list->count = row_count(results[0]);
    list->outcomes = arena_array(call_arena(call), list->count, sizeof(*list->outcomes));
    for (size_t i = 0; i < list->count; i++)
        read_outcome(call, results[0], i, &list->outcomes[i]);
    return NULL;
}

struct step
store_list_outcomes(struct call *call, const struct scope *scope, const struct outcome_page *page,
                    struct outcome_list *list, step_fn *next)
{
    static const struct db_statement list_seen = {
        "list_outcomes",
        LIST_OUTCOMES(SCOPE_SEES_OUTCOME),
    };
    static const struct db_statement list_own = {
        "list_own_outcomes",
        LIST_OUTCOMES("$1 = 1 AND t.account_no = $2"),
    };
    struct list_outcomes *listed = arena_alloc(call_arena(call), sizeof(*listed));
    struct db_params *params = scope_params(call, scope);
    struct db_batch batch = {0};

    *listed = (struct list_outcomes){
        .account_no = page->account_no,
        .is_own = scope->kind == SCOPE_OWNER && slice_equal(scope->id, page->account_no),
        .list = list,
    };
    params_add_text(params, page->account_no);
    params_add_int4(params, page->kind);
    params_add_int4(params, page->after_date);
    params_add_text(params, page->after_institution);
    params_add_text(params, page->after_outer_id);
    params_add_int4(params, page->limit);
    batch_add(&batch, listed->is_own ? &list_own : &list_seen, params);
    if (!listed->is_own) {
        struct db_params *seen = scope_params(call, scope);

        params_add_text(seen, page->account_no);
        batch_add(&batch, &scope_sees_account, seen);
        scope_add_look(call, scope, page->account_no, &batch);
    }
    return db_run(call, &batch, got_outcomes, listed, next);
}

static const struct refusal_list *
got_holders(struct call *call, const struct db_result *const *results, void *out)
{
    struct outcome_list *list = out;

    for (size_t row = 0; row < row_count(results[0]); row++) {
        struct slice application_no = arena_copy(call_arena(call), row_slice(results[0], row, 0));

        for (size_t i = 0; i < list->count; i++) {
            struct outcome_view *view = &list->outcomes[i];

            if (!slice_equal(view->row.held_by, application_no))
                continue;
            view->used_by = application_no;
            view->used_time_us = row_int64(results[0], row, 1);
        }
    }
    return NULL;
}

struct step
store_find_holders(struct call *call, const struct scope *scope, struct slice account_no,
                   struct outcome_list *list, step_fn *next)
{
    static const struct db_statement find = {
        "find_holders",
        "SELECT p.application_no, m.move_time_us FROM projection.application p"
        " JOIN projection.application_move m"
        " ON m.application_no = p.application_no AND m.revision = p.revision"
        " WHERE p.application_no = ANY($4::text[]) AND p.account_no = $3"
        " AND ($1 = 1 OR p.school_id = $2)",
    };
    struct db_params *params = scope_params(call, scope);
    struct db_array held;
    size_t count = 0;

    array_begin(&held, call_arena(call), DB_TEXT, list->count);
    for (size_t i = 0; i < list->count; i++)
        if (list->outcomes[i].row.hold_state != HOLD_FREE) {
            array_add_text(&held, list->outcomes[i].row.held_by);
            count++;
        }
    if (count == 0)
        return next(call);
    params_add_text(params, account_no);
    params_add_array(params, &held);
    return db_query(call, &find, params, got_holders, list, next);
}

/* A version, over the outcome that stands. */
static void
read_version(const struct db_result *result, size_t row, struct outcome_view *view)
{
    view->row.version = row_int32(result, row, 0);
    view->row.state = row_int32(result, row, 1);
    view->row.change_reason = row_int32(result, row, 2);
    view->row.centicredits = row_int64(result, row, 3);
    view->row.centiscore = row_int64(result, row, 4);
    view->row.entry_index = row_int64(result, row, 5);
    view->row.item_index = row_int32(result, row, 6);
}

static const struct refusal_list *
got_versions(struct call *call, const struct db_result *const *results, void *out)
{
    struct list_outcomes *listed = out;
    struct outcome_list *list = listed->list;
    struct outcome_view standing;

    if (row_count(results[0]) == 0)
        return unknown_account(call, listed->account_no);
    if (row_count(results[1]) == 0)
        return db_refusal(call, REASON_OUTCOME_UNKNOWN, "outer_id", "%s", "");
    if (row_count(results[2]) > OUTCOME_VERSIONS_MAX)
        return rows_check_count(call, results[2], OUTCOME_VERSIONS_MAX);
    read_outcome(call, results[1], 0, &standing);
    list->count = row_count(results[2]);
    list->outcomes = arena_array(call_arena(call), list->count, sizeof(*list->outcomes));
    for (size_t i = 0; i < list->count; i++) {
        list->outcomes[i] = standing;
        read_version(results[2], i, &list->outcomes[i]);
    }
    return NULL;
}

struct step
store_list_outcome_versions(struct call *call, const struct scope *scope,
                            const struct outcome_key *key, struct outcome_list *list, step_fn *next)
{
    static const struct db_statement find = {
        "find_outcome",
        SELECT_OUTCOMES SCOPE_SEES_OUTCOME " AND t.institution_id = $4 AND t.outer_id = $5",
    };
    static const struct db_statement find_versions = {
        "list_outcome_versions",
        "SELECT v.version, v.state, v.change_reason, v.centicredits, v.centiscore,"
        " v.entry_index, v.item_index FROM projection.outcome_version v"
        " JOIN projection.outcome t ON t.institution_id = v.institution_id"
        " AND t.outer_id = v.outer_id WHERE v.institution_id = $4 AND v.outer_id = $5"
        " AND v.account_no = $3 AND t.account_no = $3 AND " SCOPE_SEES_OUTCOME
        " ORDER BY v.version LIMIT $6",
    };
    struct list_outcomes *listed = arena_alloc(call_arena(call), sizeof(*listed));
    struct db_params *seen = scope_params(call, scope), *params = scope_params(call, scope);
    struct db_batch batch = {0};

    *listed = (struct list_outcomes){.account_no = key->account_no, .list = list};
    params_add_text(seen, key->account_no);
    batch_add(&batch, &scope_sees_account, seen);
    params_add_text(params, key->account_no);
    params_add_text(params, key->institution_id);
    params_add_text(params, key->outer_id);
    params_add_int4(params, OUTCOME_VERSIONS_MAX + 1);
    batch_add(&batch, &find, params);
    batch_add(&batch, &find_versions, params);
    scope_add_look(call, scope, key->account_no, &batch);
    return db_run(call, &batch, got_versions, listed, next);
}
