#include "net/subscriber.h"

#include "base/address.h"
#include "base/memory.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

struct subscriber {
    struct list chain;
    size_t connections;
    char name[ADDRESS_MAX + 1];
};

/* FNV-1a. Who has addresses to choose from makes one chain longer, and is still limited. */
static size_t
chain_of(const char *name)
{
    uint32_t hash = 2166136261u;

    for (; *name != '\0'; name++)
        hash = (hash ^ (uint8_t)*name) * 16777619u;
    return hash % SUBSCRIBER_CHAINS;
}

void
subscribers_init(struct subscribers *subscribers)
{
    for (size_t i = 0; i < SUBSCRIBER_CHAINS; i++)
        list_init(&subscribers->chains[i]);
}

static struct subscriber *
find(const struct subscribers *subscribers, const char *name)
{
    list_each (link, &subscribers->chains[chain_of(name)]) {
        struct subscriber *subscriber = LIST_ENTRY(link, struct subscriber, chain);

        if (strcmp(subscriber->name, name) == 0)
            return subscriber;
    }
    return NULL;
}

size_t
subscribers_count(const struct subscribers *subscribers, const char *address)
{
    char name[ADDRESS_MAX + 1];

    address_subscriber(address, name);

    const struct subscriber *subscriber = find(subscribers, name);

    return subscriber != NULL ? subscriber->connections : 0;
}

struct subscriber *
subscribers_join(struct subscribers *subscribers, const char *address)
{
    char name[ADDRESS_MAX + 1];

    address_subscriber(address, name);

    struct subscriber *subscriber = find(subscribers, name);

    if (subscriber == NULL) {
        subscriber = xcalloc(1, sizeof(*subscriber));
        memcpy(subscriber->name, name, sizeof(subscriber->name));
        list_append(&subscribers->chains[chain_of(name)], &subscriber->chain);
    }
    subscriber->connections++;
    return subscriber;
}

void
subscriber_leave(struct subscriber *subscriber)
{
    assert(subscriber->connections > 0);
    if (--subscriber->connections > 0)
        return;
    list_remove(&subscriber->chain);
    xfree(subscriber);
}
