/*
 * Units hang in a hash table by their key columns; each holds its rows in an
 * array sorted by key. The hash decides where a unit lies and nothing that can
 * be seen. A journal of writes, oldest first, serves both to undo and to tell
 * what changed.
 */
#include "core/world.h"

#include <assert.h>
#include <stdlib.h>

#define FIRST_BUCKETS ((size_t)256)
#define FIRST_MISSING ((size_t)64)
#define FIRST_WRITES ((size_t)256)

struct unit {
    struct unit *next; /* in its bucket */
    enum table_id table;
    uint64_t hash;
    bool loaded;
    bool is_missing;
    const void *key;
    size_t count, capacity;
    const void **rows;
    const void *first_row[1]; /* where a unit of one row keeps it */
};

struct write {
    struct unit *unit;
    const void *row;
    const void *previous; /* NULL: the row was not there */
};

struct world {
    struct arena *arena; /* holds all of it, the world itself too */
    bool owns_arena;
    bool everything_loaded;
    bool has_missed;
    struct unit **buckets;
    size_t bucket_count, unit_count;
    struct unit **missing;
    size_t missing_count, missing_capacity;
    struct write *journal;
    size_t write_count, write_capacity;
};

struct world *
world_new_in(struct arena *arena)
{
    struct world *world = arena_alloc(arena, sizeof(*world));

    world->arena = arena;
    world->bucket_count = FIRST_BUCKETS;
    world->buckets = arena_array(arena, world->bucket_count, sizeof(struct unit *));
    return world;
}

struct world *
world_new(size_t budget)
{
    struct world *world = world_new_in(arena_new(budget));

    world->owns_arena = true;
    return world;
}

void
world_free(struct world *world)
{
    if (world == NULL)
        return;
    assert(world->owns_arena);
    arena_free(world->arena);
}

/* An array of twice the room, or of `first` objects, with the old ones in it. */
static void *
grow(struct world *world, const void *old, size_t *capacity, size_t first, size_t size)
{
    size_t count = *capacity > 0 ? *capacity * 2 : first;
    void *array = arena_array(world->arena, count, size);

    if (*capacity > 0)
        memcpy(array, old, *capacity * size);
    *capacity = count;
    return array;
}

void
world_load_everything(struct world *world)
{
    world->everything_loaded = true;
}

/*
 * Eight bytes at a time: whoever evaluates asks some ten thousand times. Rows
 * come from one batch, which bounds what colliding keys can cost.
 */
static uint64_t
mix(uint64_t hash, const void *bytes, size_t len)
{
    const char *at = bytes;
    uint64_t word;

    while (len > 0) {
        size_t part = len < sizeof(word) ? len : sizeof(word);

        word = 0;
        memcpy(&word, at, part);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
        at += part;
        len -= part;
    }
    return hash;
}

static uint64_t
hash_unit(enum table_id id, const char *row)
{
    const struct table *table = schema_table(id);
    uint64_t hash = mix(0xcbf29ce484222325u, &id, sizeof(id));

    for (unsigned i = 0; i < table->unit_columns; i++) {
        const struct column *column = &table->columns[i];
        const void *value = row + column->offset;

        if (column->type == COLUMN_TEXT || column->type == COLUMN_BYTES) {
            const struct slice *text = value;

            hash = mix(mix(hash, text->at, text->len), &text->len, 1);
        } else {
            hash = mix(hash, value,
                       column->type == COLUMN_HASH    ? HASH_SIZE
                       : column->type == COLUMN_INT64 ? sizeof(int64_t)
                       : column->type == COLUMN_INT32 ? sizeof(int32_t)
                                                      : sizeof(bool));
        }
    }
    return hash;
}

/* A copy of a row with its texts, in one piece. */
static const void *
copy_row(struct world *world, enum table_id id, const void *row)
{
    const struct table *table = schema_table(id);
    size_t size = table->row_size;

    for (unsigned i = 0; i < table->column_count; i++)
        if (table->columns[i].type <= COLUMN_BYTES)
            size +=
                ((const struct slice *)(const void *)((const char *)row + table->columns[i].offset))
                    ->len;

    char *copy = arena_alloc(world->arena, size);
    uint8_t *room = (uint8_t *)copy + table->row_size;

    memcpy(copy, row, table->row_size);
    for (unsigned i = 0; i < table->column_count; i++) {
        if (table->columns[i].type > COLUMN_BYTES)
            continue;

        struct slice *text = (struct slice *)(void *)(copy + table->columns[i].offset);

        if (text->len > 0)
            memcpy(room, text->at, text->len);
        text->at = room;
        room += text->len;
    }
    return copy;
}

static void
grow_buckets(struct world *world)
{
    size_t count = world->bucket_count * 4;
    struct unit **buckets = arena_array(world->arena, count, sizeof(struct unit *));

    for (size_t i = 0; i < world->bucket_count; i++) {
        for (struct unit *unit = world->buckets[i]; unit != NULL;) {
            struct unit *next = unit->next;
            struct unit **bucket = &buckets[unit->hash % count];

            unit->next = *bucket;
            *bucket = unit;
            unit = next;
        }
    }
    world->buckets = buckets;
    world->bucket_count = count;
}

/* The unit of a row, made if it is not there. */
static struct unit *
unit_of(struct world *world, enum table_id id, const void *row)
{
    const struct table *table = schema_table(id);
    uint64_t hash = hash_unit(id, row);

    for (struct unit *unit = world->buckets[hash % world->bucket_count]; unit != NULL;
         unit = unit->next)
        if (unit->hash == hash && unit->table == id &&
            schema_compare(table, table->unit_columns, unit->key, row) == 0)
            return unit;

    if (world->unit_count >= world->bucket_count)
        grow_buckets(world);

    struct unit *unit = arena_alloc(world->arena, sizeof(*unit));
    struct unit **bucket = &world->buckets[hash % world->bucket_count];

    unit->next = *bucket;
    *bucket = unit;
    unit->table = id;
    unit->hash = hash;
    unit->loaded = world->everything_loaded;
    unit->key = copy_row(world, id, row);
    unit->capacity = 1;
    unit->rows = unit->first_row;
    world->unit_count++;
    return unit;
}

/* Order of two rows of one unit by the table's first columns; those of the unit are equal. */
static int
compare_within(const struct unit *unit, unsigned columns, const void *a, const void *b)
{
    const struct table *table = schema_table(unit->table);
    struct table rest = {.columns = table->columns + table->unit_columns};

    return schema_compare(&rest, columns - table->unit_columns, a, b);
}

/* How many rows of the unit stand before `key` by the first columns; or, of its equals too. */
static size_t
rows_before(const struct unit *unit, unsigned columns, const void *key, bool equals_too)
{
    size_t low = 0, high = unit->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_within(unit, columns, unit->rows[middle], key);

        if (order < 0 || (order == 0 && equals_too))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Where the row with that key is, or would be. */
static size_t
row_index(const struct unit *unit, const void *key, bool *found)
{
    unsigned columns = schema_table(unit->table)->key_columns;
    size_t index = rows_before(unit, columns, key, false);

    *found = index < unit->count && compare_within(unit, columns, unit->rows[index], key) == 0;
    return index;
}

static void
insert_row(struct world *world, struct unit *unit, size_t index, const void *row)
{
    if (unit->count == unit->capacity) {
        const void **rows = arena_array(world->arena, unit->capacity * 4, sizeof(*rows));

        memcpy(rows, unit->rows, unit->count * sizeof(*rows));
        unit->rows = rows;
        unit->capacity *= 4;
    }
    memmove(unit->rows + index + 1, unit->rows + index,
            (unit->count - index) * sizeof(*unit->rows));
    unit->rows[index] = row;
    unit->count++;
}

void
world_load_unit(struct world *world, enum table_id table, const void *row)
{
    unit_of(world, table, row)->loaded = true;
}

void
world_load_row(struct world *world, enum table_id table, const void *row)
{
    struct unit *unit = unit_of(world, table, row);
    bool found;
    size_t index = row_index(unit, row, &found);

    unit->loaded = true;
    if (!found)
        insert_row(world, unit, index, copy_row(world, table, row));
}

static void
note_missing(struct world *world, struct unit *unit)
{
    if (unit->loaded)
        return;
    world->has_missed = true;
    if (unit->is_missing)
        return;
    if (world->missing_count == world->missing_capacity)
        world->missing = grow(world, world->missing, &world->missing_capacity, FIRST_MISSING,
                              sizeof(*world->missing));
    unit->is_missing = true;
    world->missing[world->missing_count++] = unit;
}

const void *
world_find(struct world *world, enum table_id table, const void *key)
{
    struct unit *unit = unit_of(world, table, key);
    bool found;
    size_t index = row_index(unit, key, &found);

    if (found)
        return unit->rows[index];
    note_missing(world, unit);
    return NULL;
}

struct row_list
world_list(struct world *world, enum table_id table, const void *key)
{
    struct unit *unit = unit_of(world, table, key);

    note_missing(world, unit);
    return (struct row_list){.count = unit->count, .rows = unit->rows};
}

struct row_list
world_range(struct world *world, enum table_id table, const void *key, unsigned columns)
{
    struct unit *unit = unit_of(world, table, key);

    assert(columns >= schema_table(table)->unit_columns);
    assert(columns <= schema_table(table)->key_columns);
    note_missing(world, unit);

    size_t first = rows_before(unit, columns, key, false);

    return (struct row_list){
        .count = rows_before(unit, columns, key, true) - first,
        .rows = unit->rows + first,
    };
}

void
world_put(struct world *world, enum table_id table, const void *row)
{
    struct unit *unit = unit_of(world, table, row);
    const void *copy = copy_row(world, table, row);
    bool found;
    size_t index = row_index(unit, row, &found);

    if (world->write_count == world->write_capacity)
        world->journal = grow(world, world->journal, &world->write_capacity, FIRST_WRITES,
                              sizeof(*world->journal));
    world->journal[world->write_count++] = (struct write){
        .unit = unit,
        .row = copy,
        .previous = found ? unit->rows[index] : NULL,
    };
    if (found)
        unit->rows[index] = copy;
    else
        insert_row(world, unit, index, copy);
}

size_t
world_missing_count(const struct world *world)
{
    return world->missing_count;
}

struct missing_unit
world_missing(const struct world *world, size_t index)
{
    const struct unit *unit = world->missing[index];

    return (struct missing_unit){.table = unit->table, .key = unit->key};
}

void
world_forget_missing(struct world *world)
{
    for (size_t i = 0; i < world->missing_count; i++)
        world->missing[i]->is_missing = false;
    world->missing_count = 0;
}

void
world_begin(struct world *world)
{
    world->has_missed = false;
}

bool
world_has_missed(const struct world *world)
{
    return world->has_missed;
}

size_t
world_mark(const struct world *world)
{
    return world->write_count;
}

void
world_undo(struct world *world, size_t mark)
{
    while (world->write_count > mark) {
        const struct write *write = &world->journal[--world->write_count];
        struct unit *unit = write->unit;
        bool found;
        size_t index = row_index(unit, write->row, &found);

        assert(found);
        if (write->previous != NULL) {
            unit->rows[index] = write->previous;
            continue;
        }
        unit->count--;
        memmove(unit->rows + index, unit->rows + index + 1,
                (unit->count - index) * sizeof(*unit->rows));
    }
}

/* By key, then by the time of writing; qsort takes no argument, so the writes carry their table. */
static int
compare_writes(const void *a, const void *b)
{
    const struct write *x = *(const struct write *const *)a;
    const struct write *y = *(const struct write *const *)b;
    const struct table *table = schema_table(x->unit->table);
    int order = schema_compare(table, table->key_columns, x->row, y->row);

    return order != 0 ? order : (x > y) - (x < y);
}

size_t
world_changes(const struct world *world, enum table_id table, struct arena *arena,
              struct row_change **changes)
{
    const struct write **writes = arena_array(arena, world->write_count, sizeof(*writes));
    size_t write_count = 0, change_count = 0;

    for (size_t i = 0; i < world->write_count; i++)
        if (world->journal[i].unit->table == table)
            writes[write_count++] = &world->journal[i];
    if (write_count == 0)
        return 0;
    qsort(writes, write_count, sizeof(*writes), compare_writes);
    *changes = arena_array(arena, write_count, sizeof(**changes));

    const struct table *t = schema_table(table);

    for (size_t i = 0; i < write_count; i++) {
        bool same_key =
            change_count > 0 && schema_compare(t, t->key_columns, (*changes)[change_count - 1].row,
                                               writes[i]->row) == 0;

        if (same_key)
            (*changes)[change_count - 1].row = writes[i]->row;
        else
            (*changes)[change_count++] =
                (struct row_change){.row = writes[i]->row, .is_new = writes[i]->previous == NULL};
    }
    return change_count;
}
