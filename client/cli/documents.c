#include "documents.h"

#include "base/memory.h"
#include "crypto/hash.h"

#include "label.h"

#include "creditbank/v1/types.pb-c.h"

#include <stdlib.h>
#include <string.h>

#define ROW_MEMORY_MAX ((size_t)64 * 1024)

/* A row's document and its name, by the first bytes of their hashes: two of a file do not meet. */
struct named {
    uint64_t document, name;
};

struct named_list {
    struct named *rows;
    size_t count, room;
};

/* Where a file has what a person is known by. */
struct person_columns {
    size_t name, type, number;
};

static uint64_t
hash_text(const char *text)
{
    struct hash hash = hash_sha256(slice_text(text));
    uint64_t first;

    memcpy(&first, hash.bytes, sizeof(first));
    return first;
}

/* The bank, too, takes small letters of a number for capitals. */
static uint64_t
hash_document(int type, const char *number, struct arena *arena)
{
    char *text = arena_printf(arena, "%d/%s", type, number);

    for (char *at = text; *at != '\0'; at++)
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
    return hash_text(text);
}

/* A row whose type of document is none is refused for that. */
static void
add(struct named_list *list, const char *name, const char *type, const char *number,
    struct arena *arena)
{
    int value = CREDITBANK__V1__DOCUMENT_TYPE__DOCUMENT_TYPE_RESIDENT_ID;

    if (name[0] == '\0' || number[0] == '\0' ||
        (type[0] != '\0' && !label_parse(&creditbank__v1__document_type__descriptor, type, &value)))
        return;
    if (list->count == list->room) {
        list->room = 2 * list->room + 256;
        list->rows = xrealloc(list->rows, list->room * sizeof(*list->rows));
    }
    list->rows[list->count++] =
        (struct named){hash_document(value, number, arena), hash_text(name)};
}

static bool
read_rows(struct csv_file *file, const struct csv_column *columns,
          const struct person_columns *person, struct named_list *list,
          struct creditbank_error *error)
{
    struct arena *arena = arena_new(ROW_MEMORY_MAX);
    struct csv_places places;
    struct csv_row row;
    bool mapped = csv_columns_map(file, columns, &places, error);

    while (mapped && csv_file_next(file, &row, error)) {
        add(list, csv_columns_cell(&places, &row, person->name, arena),
            csv_columns_cell(&places, &row, person->type, arena),
            csv_columns_cell(&places, &row, person->number, arena), arena);
        arena_reset(arena);
    }
    arena_free(arena);
    return mapped;
}

static int
compare_named(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct named));
}

static int
compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(uint64_t));
}

/* Takes the documents with more than one name; they stand beside each other. */
static void
take_named_twice(struct documents *documents, const struct named_list *list)
{
    qsort(list->rows, list->count, sizeof(*list->rows), compare_named);
    for (size_t i = 1; i < list->count; i++) {
        const struct named *row = &list->rows[i];

        if (row->document != row[-1].document || row->name == row[-1].name ||
            (documents->count > 0 && documents->named_twice[documents->count - 1] == row->document))
            continue;
        documents->named_twice = xrealloc(documents->named_twice,
                                          (documents->count + 1) * sizeof(*documents->named_twice));
        documents->named_twice[documents->count++] = row->document;
    }
}

bool
documents_read(struct documents *documents, const char *path, const struct csv_column *columns,
               struct creditbank_error *error)
{
    const struct person_columns person = {.name = csv_columns_find(columns, "name"),
                                          .type = csv_columns_find(columns, "document_type"),
                                          .number = csv_columns_find(columns, "document_number")};
    struct named_list list = {0};
    struct csv_file *file;
    bool read;

    if (person.name == SIZE_MAX || person.type == SIZE_MAX || person.number == SIZE_MAX)
        return true;
    file = csv_file_open(path, error);
    if (file == NULL)
        return false;
    read = read_rows(file, columns, &person, &list, error);
    csv_file_close(file);
    if (list.count > 0)
        take_named_twice(documents, &list);
    xfree(list.rows);
    return read;
}

bool
documents_has(const struct documents *documents, int type, const char *number)
{
    struct arena *arena = arena_new(ROW_MEMORY_MAX);
    uint64_t hash = hash_document(type, number, arena);
    bool has =
        documents->count > 0 && bsearch(&hash, documents->named_twice, documents->count,
                                        sizeof(*documents->named_twice), compare_hashes) != NULL;

    arena_free(arena);
    return has;
}

void
documents_fini(struct documents *documents)
{
    xfree(documents->named_twice);
    *documents = (struct documents){0};
}
