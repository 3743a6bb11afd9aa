#include "store/account.h"

#include "db/pool.h"
#include "projection_columns.h"

static const struct refusal_list *
unknown(struct call *call, struct slice account_no)
{
    return db_refusal(call, REASON_ACCOUNT_UNKNOWN, "account_no", "%.*s", (int)account_no.len,
                      (const char *)account_no.at);
}

static struct slice
copy(struct call *call, const struct db_result *result, size_t row, int column)
{
    return arena_copy(call_arena(call), row_slice(result, row, column));
}

/* The parameters of a statement about one account: the scope, then its number. */
static struct db_params *
account_params(struct call *call, const struct scope *scope, struct slice account_no)
{
    struct db_params *params = scope_params(call, scope);

    params_add_text(params, account_no);
    return params;
}

struct find_account {
    struct slice account_no;
    struct account_found *found;
};

static void
read_person(struct call *call, const struct db_result *result, struct account_found *found)
{
    int column = (int)schema_table(TABLE_ACCOUNT)->column_count;

    found->has_person = !row_is_null(result, 0, column);
    if (!found->has_person)
        return;
    found->person.epoch = (uint32_t)row_int32(result, 0, column);
    found->person.wrapped_key = copy(call, result, 0, column + 1);
    found->person.sealed = copy(call, result, 0, column + 2);
}

static void
read_totals(struct call *call, const struct db_result *result, struct account_found *found)
{
    found->total_count = row_count(result);
    found->totals = arena_array(call_arena(call), found->total_count, sizeof(*found->totals));
    for (size_t i = 0; i < found->total_count; i++)
        found->totals[i] = (struct outcome_total){
            .kind = row_int32(result, i, 0),
            .count = row_int64(result, i, 1),
            .centihours = row_int64(result, i, 2),
            .centicredits = row_int64(result, i, 3),
        };
}

static const struct refusal_list *
got_account(struct call *call, const struct db_result *const *results, void *out)
{
    struct find_account *find = out;
    struct account_found *found = find->found;

    if (row_count(results[0]) == 0)
        return unknown(call, find->account_no);
    rows_read(call, schema_table(TABLE_ACCOUNT), results[0], 0, &found->row);
    read_person(call, results[0], found);
    rows_read_all(call, TABLE_ENROLMENT, results[1], &found->enrolments);
    found->more_enrolments = found->enrolments.count > ACCOUNT_ENROLMENTS_MAX;
    if (found->more_enrolments)
        found->enrolments.count = ACCOUNT_ENROLMENTS_MAX;
    read_totals(call, results[2], found);
    return NULL;
}

struct step
store_find_account(struct call *call, const struct scope *scope, struct slice account_no,
                   struct account_found *found, step_fn *next)
{
    static const struct db_statement find_account = {
        "find_account",
        "SELECT " ACCOUNT_COLUMNS ", p.epoch, p.wrapped_key, p.sealed FROM projection.account t"
        " LEFT JOIN identity.person p ON p.account_no = t.account_no"
        " WHERE t.account_no = $3 AND " SCOPE_SEES_ACCOUNT("t.account_no"),
    };
    static const struct db_statement find_enrolments = {
        "find_account_enrolments",
        "SELECT " ENROLMENT_COLUMNS " FROM projection.enrolment t WHERE t.account_no = $3"
        " AND (($1 = 1 AND t.account_no = $2) OR ($1 = 2 AND t.school_id = $2))"
        " ORDER BY t.state, t.begin_date DESC, t.school_id, t.student_no, t.enrolment_no LIMIT $4",
    };
    static const struct db_statement find_totals = {
        "find_account_totals",
        "SELECT t.kind, count(*), sum(t.centihours)::int8, sum(t.centicredits)::int8"
        " FROM projection.outcome t WHERE t.account_no = $3 AND t.state = 1"
        " AND " SCOPE_SEES_OUTCOME " GROUP BY t.kind ORDER BY t.kind",
    };
    struct find_account *find = arena_alloc(call_arena(call), sizeof(*find));
    struct db_params *params = account_params(call, scope, account_no);
    struct db_batch batch = {0};

    *find = (struct find_account){account_no, found};
    params_add_int4(params, ACCOUNT_ENROLMENTS_MAX + 1);
    batch_add(&batch, &find_account, params);
    batch_add(&batch, &find_enrolments, params);
    batch_add(&batch, &find_totals, params);
    scope_add_look(call, scope, account_no, &batch);
    return db_run(call, &batch, got_account, find, next);
}

struct list_exemptions {
    struct slice account_no;
    struct exemption_list *list;
};

static const struct refusal_list *
got_exemptions(struct call *call, const struct db_result *const *results, void *out)
{
    struct list_exemptions *listed = out;
    struct exemption_list *list = listed->list;
    int column = (int)schema_table(TABLE_EXEMPTION)->column_count;

    if (row_count(results[0]) == 0)
        return unknown(call, listed->account_no);
    if (row_count(results[1]) > EXEMPTIONS_MAX)
        return rows_check_count(call, results[1], EXEMPTIONS_MAX);
    list->count = row_count(results[1]);
    list->exemptions = arena_array(call_arena(call), list->count, sizeof(*list->exemptions));
    for (size_t i = 0; i < list->count; i++) {
        rows_read(call, schema_table(TABLE_EXEMPTION), results[1], i, &list->exemptions[i].row);
        list->exemptions[i].course_name = copy(call, results[1], i, column);
    }
    return NULL;
}

struct step
store_list_exemptions(struct call *call, const struct scope *scope, struct slice account_no,
                      struct exemption_list *list, step_fn *next)
{
    static const struct db_statement find = {
        "list_exemptions",
        "SELECT " EXEMPTION_COLUMNS ", c.name FROM projection.exemption t"
        " JOIN projection.course c ON c.school_id = t.school_id"
        " AND c.programme_id = t.programme_id AND c.course_code = t.course_code"
        " WHERE t.account_no = $3 AND t.state = 3"
        " AND (($1 = 1 AND t.account_no = $2) OR ($1 = 2 AND t.school_id = $2))"
        " ORDER BY t.course_code, t.school_id, t.programme_id LIMIT $4",
    };
    struct list_exemptions *listed = arena_alloc(call_arena(call), sizeof(*listed));
    struct db_params *seen = account_params(call, scope, account_no);
    struct db_params *params = account_params(call, scope, account_no);
    struct db_batch batch = {0};

    *listed = (struct list_exemptions){account_no, list};
    params_add_int4(params, EXEMPTIONS_MAX + 1);
    batch_add(&batch, &scope_sees_account, seen);
    batch_add(&batch, &find, params);
    scope_add_look(call, scope, account_no, &batch);
    return db_run(call, &batch, got_exemptions, listed, next);
}

static const struct refusal_list *
got_enrolments(struct call *call, const struct db_result *const *results, void *out)
{
    rows_read_all(call, TABLE_ENROLMENT, results[0], out);
    return NULL;
}

struct step
store_list_enrolments(struct call *call, const struct enrolment_page *page, struct rows *out,
                      step_fn *next)
{
    static const struct db_statement list = {
        "list_enrolments",
        "WITH found AS (SELECT " ENROLMENT_COLUMNS " FROM projection.student_number n"
        " JOIN projection.enrolment t ON t.account_no = n.account_no"
        " AND t.school_id = n.school_id AND t.student_no = n.student_no"
        " AND t.enrolment_no = n.enrolment_no"
        " WHERE n.school_id = $1 AND n.student_no > $4 AND ($5 = '' OR t.programme_id = $5)"
        " ORDER BY n.student_no LIMIT $6)," SHOW_PAGE("student_no", "$6"),
    };
    struct db_params *params = look_params(call, page->school_id);

    params_add_text(params, page->after);
    params_add_text(params, page->programme_id);
    params_add_int4(params, page->limit);
    return db_query(call, &list, params, got_enrolments, out, next);
}

struct step
store_find_enrolments(struct call *call, struct slice school_id,
                      const struct text_list *student_nos, struct rows *out, step_fn *next)
{
    static const struct db_statement find = {
        "find_enrolments",
        "WITH found AS (SELECT " ENROLMENT_COLUMNS ", u.place"
        " FROM unnest($4::text[]) WITH ORDINALITY AS u(student_no, place)"
        " JOIN projection.student_number n ON n.school_id = $1 AND n.student_no = u.student_no"
        " JOIN projection.enrolment t ON t.account_no = n.account_no"
        " AND t.school_id = n.school_id AND t.student_no = n.student_no"
        " AND t.enrolment_no = n.enrolment_no)," LOOK_AT_FOUND
        " SELECT * FROM found ORDER BY place",
    };
    struct db_params *params = look_params(call, school_id);
    struct db_array numbers;

    array_begin(&numbers, call_arena(call), DB_TEXT, student_nos->count);
    for (size_t i = 0; i < student_nos->count; i++)
        array_add_text(&numbers, student_nos->texts[i]);
    params_add_array(params, &numbers);
    return db_query(call, &find, params, got_enrolments, out, next);
}

static const struct refusal_list *
got_looks(struct call *call, const struct db_result *const *results, void *out)
{
    struct look_list *list = out;

    list->count = row_count(results[0]);
    list->looks = arena_array(call_arena(call), list->count, sizeof(*list->looks));
    for (size_t i = 0; i < list->count; i++)
        list->looks[i] = (struct look){
            .look_no = row_int64(results[0], i, 0),
            .institution_id = copy(call, results[0], i, 1),
            .method = copy(call, results[0], i, 2),
            .look_time_us = row_int64(results[0], i, 3),
        };
    return NULL;
}

struct step
store_list_looks(struct call *call, struct slice account_no, int64_t before, int32_t limit,
                 struct look_list *list, step_fn *next)
{
    static const struct db_statement find = {
        "list_looks",
        "SELECT look_no, institution_id, method, look_time_us FROM access.look"
        " WHERE account_no = $1 AND look_no < $2 ORDER BY look_no DESC LIMIT $3",
    };
    struct db_params *params = params_new(call_arena(call));

    params_add_text(params, account_no);
    params_add_int8(params, before);
    params_add_int4(params, limit);
    return db_query(call, &find, params, got_looks, list, next);
}
