#include "store/catalogue.h"

#include "db/params.h"
#include "projection_columns.h"

struct step
store_list_institutions(struct call *call, int32_t kind, struct slice after, int32_t limit,
                        struct rows *out, step_fn *next)
{
    static const struct db_statement list = {
        "list_institutions",
        "SELECT " INSTITUTION_COLUMNS " FROM institution t"
        " WHERE t.institution_id > $1 AND ($2 = 0 OR t.kind = $2)"
        " ORDER BY t.institution_id LIMIT $3",
    };
    struct db_params *params = params_new(call_arena(call));

    params_add_text(params, after);
    params_add_int4(params, kind);
    params_add_int4(params, limit);
    return store_read_rows(call, &(struct rows_query){TABLE_INSTITUTION, &list, out, (size_t)limit},
                           1, params, next);
}

struct step
store_look_up_institution(struct call *call, struct slice institution_id, struct rows *institution,
                          struct rows *keys, step_fn *next)
{
    static const struct db_statement find = {
        "look_up_institution",
        "SELECT " INSTITUTION_COLUMNS " FROM institution t WHERE t.institution_id = $1",
    };
    static const struct db_statement list_keys = {
        "look_up_institution_keys",
        "SELECT " SIGNING_KEY_COLUMNS " FROM signing_key t WHERE t.institution_id = $1"
        " ORDER BY t.registered_entry, t.key_id LIMIT $2",
    };
    const struct rows_query queries[] = {
        {TABLE_INSTITUTION, &find, institution, 1},
        {TABLE_SIGNING_KEY, &list_keys, keys, INSTITUTION_KEYS_MAX},
    };
    struct db_params *params = params_new(call_arena(call));

    params_add_text(params, institution_id);
    params_add_int4(params, INSTITUTION_KEYS_MAX + 1);
    return store_read_rows(call, queries, ARRAY_COUNT(queries), params, next);
}

struct step
store_list_certificates(struct call *call, struct slice family_id, struct slice after,
                        int32_t limit, struct rows *out, step_fn *next)
{
    static const struct db_statement list = {
        "list_certificates",
        "SELECT " CERTIFICATE_COLUMNS " FROM certificate t"
        " WHERE t.certificate_id > $1 AND ($2 = '' OR t.family_id = $2)"
        " ORDER BY t.certificate_id LIMIT $3",
    };
    struct db_params *params = params_new(call_arena(call));

    params_add_text(params, after);
    params_add_text(params, family_id);
    params_add_int4(params, limit);
    return store_read_rows(call, &(struct rows_query){TABLE_CERTIFICATE, &list, out, (size_t)limit},
                           1, params, next);
}

struct step
store_list_recording_rules(struct call *call, struct rows *out, step_fn *next)
{
    static const struct db_statement list = {
        "list_recording_rules",
        "SELECT " RECORDING_RULE_COLUMNS " FROM recording_rule t"
        " ORDER BY t.course_kind, t.from_date LIMIT $1",
    };
    const struct rows_query query = {TABLE_RECORDING_RULE, &list, out, RECORDING_RULES_MAX};
    struct db_params *params = params_new(call_arena(call));

    params_add_int4(params, RECORDING_RULES_MAX + 1);
    return store_read_rows(call, &query, 1, params, next);
}

struct step
store_list_calendar_days(struct call *call, int32_t year, struct rows *out, step_fn *next)
{
    static const struct db_statement list = {
        "list_calendar_days",
        "SELECT " CALENDAR_DAY_COLUMNS " FROM calendar_day t"
        " WHERE t.year = $1 AND t.kind <> $2 ORDER BY t.date LIMIT $3",
    };
    const struct rows_query query = {TABLE_CALENDAR_DAY, &list, out, CALENDAR_DAYS_MAX};
    struct db_params *params = params_new(call_arena(call));

    params_add_int4(params, year);
    params_add_int4(params, DAY_ORDINARY);
    params_add_int4(params, CALENDAR_DAYS_MAX + 1);
    return store_read_rows(call, &query, 1, params, next);
}

struct step
store_list_programmes(struct call *call, const struct programme_key *after, int32_t limit,
                      struct rows *out, step_fn *next)
{
    static const struct db_statement list = {
        "list_programmes",
        "SELECT " PROGRAMME_COLUMNS " FROM programme t"
        " WHERE t.school_id = $1 AND t.programme_id > $2 ORDER BY t.programme_id LIMIT $3",
    };
    struct db_params *params = params_new(call_arena(call));

    params_add_text(params, after->school_id);
    params_add_text(params, after->programme_id);
    params_add_int4(params, limit);
    return store_read_rows(call, &(struct rows_query){TABLE_PROGRAMME, &list, out, (size_t)limit},
                           1, params, next);
}

struct step
store_look_up_programme(struct call *call, const struct programme_key *key, struct rows *programme,
                        struct rows *courses, step_fn *next)
{
    static const struct db_statement find = {
        "look_up_programme",
        "SELECT " PROGRAMME_COLUMNS " FROM programme t"
        " WHERE t.school_id = $1 AND t.programme_id = $2",
    };
    static const struct db_statement list_courses = {
        "look_up_programme_courses",
        "SELECT " COURSE_COLUMNS " FROM course t"
        " WHERE t.school_id = $1 AND t.programme_id = $2 ORDER BY t.course_code LIMIT $3",
    };
    const struct rows_query queries[] = {
        {TABLE_PROGRAMME, &find, programme, 1},
        {TABLE_COURSE, &list_courses, courses, PROGRAMME_COURSES_MAX},
    };
    struct db_params *params = params_new(call_arena(call));

    params_add_text(params, key->school_id);
    params_add_text(params, key->programme_id);
    params_add_int4(params, PROGRAMME_COURSES_MAX + 1);
    return store_read_rows(call, queries, ARRAY_COUNT(queries), params, next);
}
