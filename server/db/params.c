/* Parameters in PostgreSQL's binary format: big-endian integers, bytes as they are. */
#include "db/params.h"

#include <assert.h>
#include <endian.h>

/* What an array's binary format begins with (PostgreSQL 15, array_recv): five int4. */
#define ARRAY_HEADER_LEN ((size_t)20)
#define ARRAY_EMPTY_LEN ((size_t)12)

/* Room for an element and its length, to go with a hint. */
#define ELEMENT_LEN_USUAL ((size_t)16)

/* The types of PostgreSQL's arrays of our types, also from pg_type.dat. */
static uint32_t
array_type(enum db_type type)
{
    switch (type) {
    case DB_BOOL:
        return 1000;
    case DB_BYTES:
        return 1001;
    case DB_INT2:
        return 1005;
    case DB_INT4:
        return 1007;
    case DB_TEXT:
        return 1009;
    case DB_INT8:
        return 1016;
    }
    __builtin_unreachable();
}

static void
put_uint32(uint8_t *at, uint32_t value)
{
    value = htobe32(value);
    memcpy(at, &value, sizeof(value));
}

struct db_params *
params_new(struct arena *arena)
{
    struct db_params *params = arena_alloc(arena, sizeof(*params));

    params->arena = arena;
    return params;
}

/* The next parameter; a pointer that is not NULL also for the empty text, for that is not NULL. */
static void
add(struct db_params *params, uint32_t type, const void *value, size_t len)
{
    assert(params->count < DB_PARAMS_MAX);
    assert(len <= INT32_MAX);
    params->types[params->count] = type;
    params->values[params->count] = value;
    params->lengths[params->count] = (int)len;
    params->count++;
}

static void
add_copy(struct db_params *params, enum db_type type, const void *value, size_t len)
{
    add(params, type, arena_copy(params->arena, slice_make(value, len)).at, len);
}

void
params_add_int4(struct db_params *params, int32_t value)
{
    uint32_t bytes = htobe32((uint32_t)value);

    add_copy(params, DB_INT4, &bytes, sizeof(bytes));
}

void
params_add_int8(struct db_params *params, int64_t value)
{
    uint64_t bytes = htobe64((uint64_t)value);

    add_copy(params, DB_INT8, &bytes, sizeof(bytes));
}

void
params_add_text(struct db_params *params, struct slice text)
{
    add_copy(params, DB_TEXT, text.at, text.len);
}

void
params_add_bytes(struct db_params *params, struct slice bytes)
{
    add_copy(params, DB_BYTES, bytes.at, bytes.len);
}

void
array_begin(struct db_array *array, struct arena *arena, enum db_type type, size_t count_hint)
{
    size_t capacity;

    if (__builtin_mul_overflow(count_hint, ELEMENT_LEN_USUAL, &capacity))
        capacity = 0;
    capacity += ARRAY_HEADER_LEN;
    *array = (struct db_array){.arena = arena, .type = type, .len = ARRAY_HEADER_LEN};
    array->at = arena_alloc(arena, capacity);
    array->capacity = capacity;
}

/* Room for `len` more bytes; the bytes that it leaves behind go with the arena. */
static uint8_t *
extend(struct db_array *array, size_t len)
{
    assert(array->at != NULL);
    assert(len <= INT32_MAX);
    assert(array->len + len <= INT32_MAX);
    if (len > array->capacity - array->len) {
        size_t capacity = 2 * array->capacity + len;
        uint8_t *moved = arena_alloc(array->arena, capacity);

        memcpy(moved, array->at, array->len);
        array->at = moved;
        array->capacity = capacity;
    }

    uint8_t *at = array->at + array->len;

    array->len += len;
    return at;
}

static void
add_element(struct db_array *array, enum db_type type, const void *value, size_t len)
{
    assert(array->type == type);
    assert(len <= INT32_MAX);
    uint8_t *at = extend(array, sizeof(uint32_t) + len);

    put_uint32(at, (uint32_t)len);
    if (len > 0)
        memcpy(at + sizeof(uint32_t), value, len);
    array->count++;
}

void
array_add_bool(struct db_array *array, bool value)
{
    uint8_t byte = value;

    add_element(array, DB_BOOL, &byte, sizeof(byte));
}

void
array_add_int2(struct db_array *array, int16_t value)
{
    uint16_t bytes = htobe16((uint16_t)value);

    add_element(array, DB_INT2, &bytes, sizeof(bytes));
}

void
array_add_int4(struct db_array *array, int32_t value)
{
    uint32_t bytes = htobe32((uint32_t)value);

    add_element(array, DB_INT4, &bytes, sizeof(bytes));
}

void
array_add_int8(struct db_array *array, int64_t value)
{
    uint64_t bytes = htobe64((uint64_t)value);

    add_element(array, DB_INT8, &bytes, sizeof(bytes));
}

void
array_add_text(struct db_array *array, struct slice text)
{
    add_element(array, DB_TEXT, text.at, text.len);
}

void
array_add_bytes(struct db_array *array, struct slice bytes)
{
    add_element(array, DB_BYTES, bytes.at, bytes.len);
}

void
array_add_null(struct db_array *array)
{
    put_uint32(extend(array, sizeof(uint32_t)), UINT32_MAX); /* a length of -1 */
    array->has_null = true;
    array->count++;
}

void
params_add_array(struct db_params *params, struct db_array *array)
{
    uint8_t *at = array->at;
    bool empty = array->count == 0;

    put_uint32(at, empty ? 0 : 1); /* dimensions */
    put_uint32(at + 4, array->has_null);
    put_uint32(at + 8, array->type);
    put_uint32(at + 12, array->count);
    put_uint32(at + 16, 1); /* the lower bound of indexes */
    add(params, array_type(array->type), at, empty ? ARRAY_EMPTY_LEN : array->len);
    *array = (struct db_array){0}; /* so that nothing can be added */
}
