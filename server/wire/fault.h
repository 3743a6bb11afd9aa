#pragma once

#include "base/attributes.h"
#include "base/reason.h"

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

/*
 * Why foreign bytes or JSON are no message of ours, and where. The reasons are
 * the rows of docs/errors.md under "The encoding of a message".
 */
#define WIRE_PATH_SIZE 192
#define WIRE_DETAIL_SIZE 96

struct wire_fault {
    enum reason reason;
    size_t offset;             /* of the field at fault in the bytes; of the syntax error in JSON */
    char path[WIRE_PATH_SIZE]; /* "items[3].course_result.score"; "" for the message itself */
    char detail[WIRE_DETAIL_SIZE]; /* what fills the {} of the reason's sentence; "" if none */
};

/* How much a message may hold. None of these is trusted to the sender. */
struct wire_limits {
    unsigned depth_max;  /* messages within messages, the outermost counted; at most 64 */
    size_t fields_max;   /* fields of all messages together, unknown ones too; values in JSON */
    size_t elements_max; /* of one repeated field of one message */
    size_t memory_max;   /* bytes that the unpacked message takes */
};

#define WIRE_DEPTH_MAX 64

/* Where a reader stands: a field of a message that stands in a field of … */
struct wire_place {
    const struct wire_place *parent;       /* NULL for the outermost message */
    const ProtobufCFieldDescriptor *field; /* NULL before the first, or for an unknown one */
    size_t index;                          /* of the element, from 0, or WIRE_NO_INDEX */
};

#define WIRE_NO_INDEX SIZE_MAX

/* Fills the fault but for its detail, which is formatted, and returns false. */
bool wire_refuse(struct wire_fault *fault, const struct wire_place *place, enum reason reason,
                 size_t offset, const char *detail, ...) PRINTF(5, 6);
