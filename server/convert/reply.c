#include "convert/reply.h"

#include "wire/unpack.h"

char *
reply_text(struct arena *arena, struct slice text)
{
    return arena_text(arena, text);
}

ProtobufCBinaryData
reply_bytes(struct arena *arena, struct slice bytes)
{
    return (ProtobufCBinaryData){
        .len = bytes.len, .data = (uint8_t *)arena_text(arena, bytes), /* protobuf-c is not const */
    };
}

ProtobufCBinaryData
reply_hash(struct arena *arena, const struct hash *hash)
{
    return reply_bytes(arena, hash_slice(hash));
}

Creditbank__V1__Date *
reply_date(struct arena *arena, int32_t date)
{
    Creditbank__V1__Date *message;

    if (date == DATE_OPEN)
        return NULL;
    message = arena_alloc(arena, sizeof(*message));
    creditbank__v1__date__init(message);
    date_to_civil(date, &message->year, &message->month, &message->day);
    return message;
}

Creditbank__V1__EntryIndex *
reply_entry_index(struct arena *arena, int64_t entry_index)
{
    Creditbank__V1__EntryIndex *message;

    if (entry_index == ENTRY_NONE)
        return NULL;
    message = arena_alloc(arena, sizeof(*message));
    creditbank__v1__entry_index__init(message);
    message->value = (uint64_t)entry_index;
    return message;
}

void *
reply_list(struct arena *arena, size_t count, size_t size)
{
    char *messages = arena_array(arena, count, size);
    void **pointers = arena_array(arena, count, sizeof(*pointers));

    for (size_t i = 0; i < count; i++)
        pointers[i] = messages + i * size;
    return pointers;
}

struct slice
reply_pack(struct arena *arena, const ProtobufCMessage *message)
{
    return wire_pack(message, arena);
}

Creditbank__V1__Mark *
reply_mark(struct arena *arena, int32_t scheme, int64_t centiscore)
{
    Creditbank__V1__Mark *m;

    if (scheme == 0)
        return NULL;
    m = arena_alloc(arena, sizeof(*m));
    creditbank__v1__mark__init(m);
    m->scheme = (Creditbank__V1__GradingScheme)scheme;
    m->centiscore = centiscore;
    return m;
}
