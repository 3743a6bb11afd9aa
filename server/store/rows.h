#pragma once

#include "core/schema.h"
#include "db/row.h"
#include "db/statement.h"
#include "flow/call.h"

/* Rows of one table, as its plain structs (core/schema.h), in the call's arena. */
struct rows {
    size_t count;
    const void *at;
};

/*
 * For store's own files: one statement of a read. It selects all columns of its
 * table `t` in their order, as INSTITUTION_COLUMNS of projection_columns.h has them.
 *
 * More than `max` rows are refused with RESPONSE_TOO_LARGE: a list that does not
 * fit into the call's arena would end the worker. Where neither a page, nor an
 * argument, nor core sets an end to them, the statement has max + 1 for its LIMIT.
 */
struct rows_query {
    enum table_id table;
    const struct db_statement *statement;
    struct rows *out;
    size_t max;
};

/* Runs the queries, which are copied, with the same parameters in one round trip. */
struct step store_read_rows(struct call *call, const struct rows_query *queries, size_t count,
                            const struct db_params *params, step_fn *next) MUST_USE;

/* A row of the table's columns in their order; its texts are copied into the call's arena. */
void rows_read(struct call *call, const struct table *table, const struct db_result *result,
               size_t row, void *out);

/* NULL, or the refusal of a result that has more than `max` rows. */
const struct refusal_list *rows_check_count(struct call *call, const struct db_result *result,
                                            size_t max);

/* All rows of such a result. */
void rows_read_all(struct call *call, enum table_id id, const struct db_result *result,
                   struct rows *out);
