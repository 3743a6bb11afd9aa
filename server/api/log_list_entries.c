/* LogService.ListEntries: entries as they stand in the log, from one on. */
#include "api/methods.h"
#include "convert/reply.h"
#include "creditbank/v1/log_service.pb-c.h"
#include "store/log_read.h"

#define ENTRIES_MAX 256
#define ENTRIES_BYTES_MAX ((int64_t)2 << 20) /* of one answer */

struct list_entries {
    struct stored_entries list;
};

static step_fn got_entries;

static struct step
list_entries(struct call *call)
{
    const Creditbank__V1__ListEntriesRequest *req = call_request(call);
    struct list_entries *s = call_state(call);

    if (req->page_size < 0 || req->page_size > ENTRIES_MAX)
        return call_refuse(call, REASON_FIELD_RANGE, "page_size", "1-%d", ENTRIES_MAX);
    if (req->start_index > INT64_MAX)
        return call_refuse(call, REASON_FIELD_RANGE, "start_index", "%s", "0-2^63");
    return store_list_entries(call, (int64_t)req->start_index,
                              req->page_size == 0 ? ENTRIES_MAX : req->page_size, ENTRIES_BYTES_MAX,
                              &s->list, got_entries);
}

static struct step
got_entries(struct call *call)
{
    struct list_entries *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__ListEntriesResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__list_entries_response__init(response);
    response->n_entries = s->list.count;
    response->entries = arena_array(arena, s->list.count, sizeof(*response->entries));
    for (size_t i = 0; i < s->list.count; i++)
        response->entries[i] = reply_bytes(arena, s->list.entries[i].bytes);
    return call_reply(call, response);
}

const struct method log_list_entries_method = {
    .name = "creditbank.v1.LogService/ListEntries",
    .start = list_entries,
    .state_size = sizeof(struct list_entries),
    .callers = MAY_ANYBODY,
};
