#pragma once

#include "base/arena.h"
#include "db/type.h"

/* Most parameters of one statement. */
#define DB_PARAMS_MAX 64

/*
 * The parameters $1, $2, ... of one statement, in the order in which they are
 * added. All of it, copies of texts and bytes too, lives in the arena; it must
 * live until the statement is done. NUL in a text is the caller's to refuse:
 * PostgreSQL fails on it.
 */
struct db_params {
    struct arena *arena;
    int count;
    uint32_t types[DB_PARAMS_MAX];
    const char *values[DB_PARAMS_MAX];
    int lengths[DB_PARAMS_MAX];
};

struct db_params *params_new(struct arena *arena) MUST_USE;

void params_add_int4(struct db_params *params, int32_t value);
void params_add_int8(struct db_params *params, int64_t value);
void params_add_text(struct db_params *params, struct slice text);
void params_add_bytes(struct db_params *params, struct slice bytes);

/*
 * An array for `unnest($1::int8[])` or `= ANY($1)`, filled element by element
 * with the adder of its type. A statement that unnests several of them needs
 * as many elements in each (array->count).
 */
struct db_array {
    struct arena *arena;
    enum db_type type; /* of the elements */
    uint32_t count;
    bool has_null;
    uint8_t *at;
    size_t len, capacity;
};

/* An empty array; `count_hint` elements of usual size fit before it has to move. */
void array_begin(struct db_array *array, struct arena *arena, enum db_type type, size_t count_hint);

void array_add_bool(struct db_array *array, bool value);
void array_add_int2(struct db_array *array, int16_t value);
void array_add_int4(struct db_array *array, int32_t value);
void array_add_int8(struct db_array *array, int64_t value);
void array_add_text(struct db_array *array, struct slice text);
void array_add_bytes(struct db_array *array, struct slice bytes);
void array_add_null(struct db_array *array);

/* Ends the array and makes it the next parameter; nothing can be added to it any more. */
void params_add_array(struct db_params *params, struct db_array *array);
