#include "convert/reply_receipt.h"

#include "convert/reply.h"

Creditbank__V1__Receipt *
reply_receipt(struct arena *arena, const struct proved_item *item)
{
    Creditbank__V1__Receipt *m = arena_alloc(arena, sizeof(*m));
    size_t count = item->path != NULL ? item->path->count : 0;

    creditbank__v1__receipt__init(m);
    m->item = reply_bytes(arena, item->item);
    m->item_index = item->item_index;
    m->n_item_path = count;
    m->item_path = arena_array(arena, count, sizeof(*m->item_path));
    for (size_t i = 0; i < count; i++)
        m->item_path[i] = reply_hash(arena, &item->path->hashes[i]);
    m->entry = reply_entry(arena, &item->entry);
    return m;
}
