#include "store/person.h"

#include "db/pool.h"
#include "flow/op.h"
#include "store/scope.h"

#define HOUR_US ((int64_t)3600 * 1000000)
#define MINUTE_US ((int64_t)60 * 1000000)

/* Until when an hour lasts is said to the minute, and told to programs exactly. */
static const struct refusal_list *
refuse_until_hour_ends(struct call *call, int64_t begin_time_us, enum reason reason)
{
    int64_t wait_us = begin_time_us + HOUR_US - call_now_us(call);

    wait_us = wait_us < MINUTE_US ? MINUTE_US : wait_us < HOUR_US ? wait_us : HOUR_US;
    call_set_retry(call, (unsigned)(wait_us / 1000));
    return db_refusal(call, reason, "identities", "%d",
                      (int)((wait_us + MINUTE_US - 1) / MINUTE_US));
}

static const struct refusal_list *
counted_mismatches(struct call *call, const struct db_result *const *results, void *out)
{
    (void)out;
    if (row_int64(results[0], 0, 2) <= MISMATCHES_PER_HOUR)
        return NULL;
    return refuse_until_hour_ends(call, row_int64(results[0], 0, 0), REASON_MISMATCHES_TOO_MANY);
}

static const struct refusal_list *
counted_identities(struct call *call, const struct db_result *const *results, void *out)
{
    if (row_int64(results[0], 0, 1) <= IDENTITIES_PER_HOUR)
        return counted_mismatches(call, results, out);
    return refuse_until_hour_ends(call, row_int64(results[0], 0, 0), REASON_IDENTITIES_TOO_MANY);
}

/* The row is locked by who updates it, so that the counts are exact. */
static const struct db_statement count_statement = {
    "count_identities",
    "INSERT INTO access.resolving AS r (institution_id, begin_time_us, identities, mismatches)"
    " VALUES ($1, $2, $3, $4) ON CONFLICT (institution_id) DO UPDATE SET"
    " begin_time_us = CASE WHEN r.begin_time_us <= $5 THEN $2 ELSE r.begin_time_us END,"
    " identities = CASE WHEN r.begin_time_us <= $5 THEN 0 ELSE r.identities END + $3,"
    " mismatches = CASE WHEN r.begin_time_us <= $5 THEN 0 ELSE r.mismatches END + $4"
    " RETURNING begin_time_us, identities, mismatches",
};

static struct db_params *
count_params(struct call *call, int64_t identities, int64_t mismatches)
{
    struct db_params *params = params_new(call_arena(call));

    params_add_text(params, slice_text(call_caller(call)->institution_id));
    params_add_int8(params, call_now_us(call));
    params_add_int8(params, identities);
    params_add_int8(params, mismatches);
    params_add_int8(params, call_now_us(call) - HOUR_US);
    return params;
}

struct step
store_count_identities(struct call *call, int64_t count, step_fn *next)
{
    return db_query(call, &count_statement, count_params(call, count, 0), counted_identities, NULL,
                    next);
}

struct step
store_count_mismatches(struct call *call, int64_t count, step_fn *next)
{
    return db_query(call, &count_statement, count_params(call, 0, count), counted_mismatches, NULL,
                    next);
}

/* The hash that is asked for; nobody's where there is nothing to find. */
static struct slice
wanted_hash(const struct person *person)
{
    static const struct hash none;

    if (hash_equal(&person->index_hash, &none))
        return slice_make(NULL, 0);
    return hash_slice(&person->index_hash);
}

static const struct refusal_list *
looked_up(struct call *call, const struct db_result *const *results, void *out)
{
    const struct db_result *result = results[0];
    struct person_list *list = out;
    struct arena *arena = call_arena(call);

    for (size_t i = 0; i < row_count(result); i++) {
        struct person *person = &list->persons[row_int64(result, i, 0) - 1];

        person->found = true;
        person->account_no = arena_copy(arena, row_slice(result, i, 1));
        person->sealed.epoch = (uint32_t)row_int32(result, i, 2);
        person->sealed.wrapped_key = arena_copy(arena, row_slice(result, i, 3));
        person->sealed.sealed = arena_copy(arena, row_slice(result, i, 4));
    }
    return NULL;
}

struct step
store_look_up_persons(struct call *call, struct person_list *list, step_fn *next)
{
    static const struct db_statement find = {
        "look_up_persons",
        "WITH found AS (SELECT u.place, p.account_no, p.epoch, p.wrapped_key, p.sealed"
        " FROM unnest($1::bytea[]) WITH ORDINALITY AS u(index_hash, place)"
        " CROSS JOIN LATERAL (SELECT * FROM identity.person p WHERE p.index_hash = u.index_hash"
        " OFFSET 0) AS p),"
        " looked AS (INSERT INTO access.look (account_no, institution_id, method, look_time_us)"
        " SELECT DISTINCT account_no, $2, $3, $4::int8 FROM found)"
        " SELECT * FROM found",
    };
    struct db_params *params = params_new(call_arena(call));
    struct db_array hashes;

    array_begin(&hashes, call_arena(call), DB_BYTES, list->count);
    for (size_t i = 0; i < list->count; i++)
        array_add_bytes(&hashes, wanted_hash(&list->persons[i]));
    params_add_array(params, &hashes);
    params_add_text(params, slice_text(call_caller(call)->institution_id));
    params_add_text(params, slice_text(look_method(call)));
    params_add_int8(params, call_now_us(call));
    return db_query(call, &find, params, looked_up, list, next);
}
