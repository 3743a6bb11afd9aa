#include "convert/reply_receipt.h"

#include "convert/reply.h"

Creditbank__V1__Receipt *
reply_receipt(struct arena *arena, const struct proved_item *item,
              Creditbank__V1__BookedEntry *entry)
{
    Creditbank__V1__Receipt *m = arena_alloc(arena, sizeof(*m));

    creditbank__v1__receipt__init(m);
    m->item = reply_bytes(arena, item->item);
    m->item_index = item->item_index;
    m->n_item_path = item->path_count;
    m->item_path = arena_array(arena, item->path_count, sizeof(*m->item_path));
    for (size_t i = 0; i < item->path_count; i++)
        m->item_path[i] = reply_hash(arena, &item->path[i]);
    m->entry = entry;
    return m;
}
