#include "store/posted_outcome.h"

#include "db/params.h"
#include "projection_columns.h"
#include "store/scope.h"

struct step
store_list_posted_outcomes(struct call *call, struct slice institution_id,
                           const struct text_list *outer_ids, struct rows *out, step_fn *next)
{
    static const struct db_statement list = {
        "list_posted_outcomes",
        "WITH found AS (SELECT " OUTCOME_COLUMNS ", u.place"
        " FROM unnest($4::text[]) WITH ORDINALITY AS u(outer_id, place)"
        " CROSS JOIN LATERAL (SELECT * FROM outcome t WHERE t.institution_id = $1"
        " AND t.outer_id = u.outer_id OFFSET 0) AS t)," LOOK_AT_FOUND
        " SELECT * FROM found ORDER BY place",
    };
    struct db_params *params = look_params(call, institution_id);
    struct db_array numbers;

    array_begin(&numbers, call_arena(call), DB_TEXT, outer_ids->count);
    for (size_t i = 0; i < outer_ids->count; i++)
        array_add_text(&numbers, outer_ids->texts[i]);
    params_add_array(params, &numbers);
    return store_read_rows(call, &(struct rows_query){TABLE_OUTCOME, &list, out, outer_ids->count},
                           1, params, next);
}
