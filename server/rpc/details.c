/*
 * google/rpc/status.proto and google/protobuf/any.proto are small, and so
 * written by hand here:
 *
 *   message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
 *   message Any    { string type_url = 1; bytes value = 2; }
 */
#include "rpc/details.h"

#include "rpc/text.h"
#include "wire/unpack.h"

#include <assert.h>

#define TYPE_URL "type.googleapis.com/" DETAILS_TYPE
#define SENTENCE_MAX 1024
#define REFUSAL_MEMORY_MAX ((size_t)64 * 1024)
#define STATUS_FIELDS_MAX 32 /* tags, lengths and the code of a Status */

enum { WIRE_VARINT = 0, WIRE_BYTES = 2 };

static bool
append_varint(struct buffer *buffer, uint64_t value)
{
    while (value >= 0x80) {
        if (!buffer_append_byte(buffer, (uint8_t)(value | 0x80)))
            return false;
        value >>= 7;
    }
    return buffer_append_byte(buffer, (uint8_t)value);
}

static bool
append_field(struct buffer *buffer, unsigned number, struct slice bytes)
{
    return append_varint(buffer, number << 3 | WIRE_BYTES) && append_varint(buffer, bytes.len) &&
           buffer_append(buffer, bytes);
}

static char *
sentence(const struct refusal *refusal, bool chinese, struct arena *arena)
{
    char text[SENTENCE_MAX];

    reason_sentence(refusal->reason, refusal->detail, chinese, text, sizeof(text));
    text_make_utf8(text);
    return arena_text(arena, slice_text(text));
}

Creditbank__V1__Refusal *
details_refusal(const struct refusal *refusal, struct arena *arena)
{
    const struct reason_text *texts = reason_text(refusal->reason);
    Creditbank__V1__Refusal *message = arena_alloc(arena, sizeof(*message));

    creditbank__v1__refusal__init(message);
    if (refusal->item_index != REFUSAL_NO_ITEM) {
        message->item = arena_alloc(arena, sizeof(*message->item));
        creditbank__v1__item_index__init(message->item);
        message->item->value = refusal->item_index;
    }
    message->field = arena_text(arena, slice_text(refusal->field));
    message->reason = arena_text(arena, slice_text(texts->code));
    message->message_zh = sentence(refusal, true, arena);
    message->message_en = sentence(refusal, false, arena);
    message->advice_zh = arena_text(arena, slice_text(texts->advice_zh));
    message->advice_en = arena_text(arena, slice_text(texts->advice_en));
    return message;
}

/* Appends `details = Any{…}` of one refusal; false if it does not fit, and then nothing. */
static bool
append_refusal(struct buffer *details, const struct refusal *refusal, struct arena *arena)
{
    struct slice value = wire_pack(&details_refusal(refusal, arena)->base, arena);
    struct buffer any;

    buffer_init(&any, details->max);
    bool fits = append_field(&any, 1, slice_text(TYPE_URL)) && append_field(&any, 2, value) &&
                any.len + STATUS_FIELDS_MAX <= details->max - details->len &&
                append_field(details, 3, buffer_slice(&any));

    buffer_fini(&any);
    return fits;
}

/* How many were appended. */
static size_t
append_refusals(struct buffer *details, const struct refusal_list *refusals)
{
    struct arena *arena = arena_new(REFUSAL_MEMORY_MAX);
    size_t listed = 0;

    for (const struct refusal *r = refusals->first; r != NULL; r = r->next, listed++) {
        arena_reset(arena);
        if (!append_refusal(details, r, arena))
            break;
    }
    arena_free(arena);
    return listed;
}

bool
details_message(const struct answer *answer, size_t listed, struct buffer *message)
{
    if (!buffer_append(message, slice_text(answer->message)))
        return false;
    if (listed == answer->refusals->count)
        return true;
    return buffer_printf(message, " (%zu of %zu refusals are listed)", listed,
                         answer->refusals->count);
}

void
details_status(const struct answer *answer, size_t details_max, struct buffer *message,
               struct buffer *status)
{
    struct buffer details;

    buffer_init(&details, details_max);
    size_t listed = append_refusals(&details, answer->refusals);
    bool fits =
        details_message(answer, listed, message) && append_varint(status, 1u << 3 | WIRE_VARINT) &&
        append_varint(status, answer->status) && append_field(status, 2, buffer_slice(message)) &&
        buffer_append(status, buffer_slice(&details));

    assert(fits);
    buffer_fini(&details);
}
