#include "store/rulebook.h"

#include "db/params.h"
#include "projection_columns.h"

static struct db_params *
key_params(struct call *call, const struct rulebook_key *key)
{
    struct db_params *params = params_new(call_arena(call));

    params_add_text(params, key->school_id);
    params_add_text(params, key->rulebook_id);
    params_add_int4(params, key->version);
    return params;
}

struct step
store_list_rulebooks(struct call *call, const struct rulebook_key *after, int32_t limit,
                     struct rows *out, step_fn *next)
{
    static const struct db_statement list = {
        "list_rulebooks",
        "SELECT " RULEBOOK_COLUMNS " FROM rulebook t"
        " WHERE t.school_id = $1 AND (t.rulebook_id, t.version) > ($2, $3)"
        " ORDER BY t.rulebook_id, t.version LIMIT $4",
    };
    struct db_params *params = key_params(call, after);

    params_add_int4(params, limit);
    return store_read_rows(call, &(struct rows_query){TABLE_RULEBOOK, &list, out, (size_t)limit}, 1,
                           params, next);
}

/* The version asked for; of 0 the newest published, which is 0 again where none is. */
#define OF_VERSION                                                   \
    " WHERE t.school_id = $1 AND t.rulebook_id = $2 AND t.version =" \
    " CASE WHEN $3 > 0 THEN $3 ELSE (SELECT h.published_version"     \
    " FROM rulebook_head h WHERE h.school_id = $1 AND h.rulebook_id = $2) END"

struct step
store_look_up_rulebook(struct call *call, const struct rulebook_key *key, struct rulebook_rows *out,
                       step_fn *next)
{
    static const struct db_statement find = {
        "look_up_rulebook",
        "SELECT " RULEBOOK_COLUMNS " FROM rulebook t" OF_VERSION,
    };
    static const struct db_statement rules = {
        "look_up_rulebook_rules",
        "SELECT " RULE_COLUMNS " FROM rule t" OF_VERSION " ORDER BY t.rule_no LIMIT $4",
    };
    static const struct db_statement clauses = {
        "look_up_rulebook_clauses",
        "SELECT " RULE_CLAUSE_COLUMNS " FROM rule_clause t" OF_VERSION
        " ORDER BY t.rule_no, t.clause_no LIMIT $4",
    };
    static const struct db_statement courses = {
        "look_up_rulebook_courses",
        "SELECT " RULE_COURSE_COLUMNS " FROM rule_course t" OF_VERSION
        " ORDER BY t.rule_no, t.course_code LIMIT $4",
    };
    static const struct db_statement bands = {
        "look_up_rulebook_bands",
        "SELECT " RULE_BAND_COLUMNS " FROM rule_band t" OF_VERSION
        " ORDER BY t.rule_no, t.band_no LIMIT $4",
    };
    static const struct db_statement caps = {
        "look_up_rulebook_caps",
        "SELECT " RULEBOOK_CAP_COLUMNS " FROM rulebook_cap t" OF_VERSION
        " ORDER BY t.cap_no LIMIT $4",
    };
    const struct rows_query queries[] = {
        {TABLE_RULEBOOK, &find, &out->rulebook, 1},
        {TABLE_RULE, &rules, &out->rules, RULEBOOK_ROWS_MAX},
        {TABLE_RULE_CLAUSE, &clauses, &out->clauses, RULEBOOK_CLAUSES_MAX},
        {TABLE_RULE_COURSE, &courses, &out->courses, RULEBOOK_ROWS_MAX},
        {TABLE_RULE_BAND, &bands, &out->bands, RULEBOOK_ROWS_MAX},
        {TABLE_RULEBOOK_CAP, &caps, &out->caps, RULEBOOK_ROWS_MAX},
    };

    struct db_params *params = key_params(call, key);

    params_add_int4(params, RULEBOOK_CLAUSES_MAX + 1);
    return store_read_rows(call, queries, ARRAY_COUNT(queries), params, next);
}
