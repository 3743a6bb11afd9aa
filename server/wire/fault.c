#include "wire/fault.h"

#include "base/utf8.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

/* Appends a step of the path; what does not fit is cut. */
static size_t
append_step(char *path, size_t len, const struct wire_place *place)
{
    size_t room = WIRE_PATH_SIZE - len;
    const char *dot = len > 0 ? "." : "";
    int more = place->index == WIRE_NO_INDEX
                   ? snprintf(path + len, room, "%s%s", dot, place->field->name)
                   : snprintf(path + len, room, "%s%s[%zu]", dot, place->field->name, place->index);

    assert(more >= 0);
    return (size_t)more < room ? len + (size_t)more : WIRE_PATH_SIZE - 1;
}

static void
write_path(const struct wire_place *place, char *path)
{
    const struct wire_place *steps[WIRE_DEPTH_MAX + 1];
    size_t count = 0, len = 0;

    for (; place != NULL && count < ARRAY_COUNT(steps); place = place->parent)
        steps[count++] = place;
    path[0] = '\0';
    while (count-- > 0)
        if (steps[count]->field != NULL)
            len = append_step(path, len, steps[count]);
}

bool
wire_refuse(struct wire_fault *fault, const struct wire_place *place, enum reason reason,
            size_t offset, const char *detail, ...)
{
    va_list args;

    fault->reason = reason;
    fault->offset = offset;
    write_path(place, fault->path);
    va_start(args, detail);
    vsnprintf(fault->detail, sizeof(fault->detail), detail, args);
    va_end(args);
    /* A detail that was cut ends between two characters. */
    for (size_t len = strlen(fault->detail); !utf8_is_valid(slice_make(fault->detail, len));)
        fault->detail[--len] = '\0';
    return false;
}
