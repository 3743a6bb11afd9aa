#include "convert/reply_entry.h"

Google__Protobuf__Timestamp *
reply_time(struct arena *arena, int64_t time_us)
{
    Google__Protobuf__Timestamp *time = arena_alloc(arena, sizeof(*time));

    google__protobuf__timestamp__init(time);
    time->seconds = time_us / 1000000;
    time->nanos = (int32_t)(time_us % 1000000) * 1000;
    return time;
}

Creditbank__V1__BookedEntry *
reply_entry(struct arena *arena, const struct proved_entry *entry)
{
    Creditbank__V1__BookedEntry *reply = arena_alloc(arena, sizeof(*reply));

    creditbank__v1__booked_entry__init(reply);
    reply->entry_index = entry->entry_index;
    reply->booked_at = reply_time(arena, entry->booked_at_us);
    reply->log_entry.len = entry->entry.len;
    reply->log_entry.data = (uint8_t *)arena_text(arena, entry->entry);
    reply->tlog_proof = arena_text(arena, slice_text(entry->tlog_proof));
    return reply;
}
