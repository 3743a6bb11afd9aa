#pragma once

#include "base/list.h"

#include <stddef.h>

/*
 * How many connections each subscriber (base/address.h) has open: a count is kept, for at
 * each accept it is asked for, and behind a proxy all connections are one's. There are no more
 * subscribers than connections.
 */
#define SUBSCRIBER_CHAINS 1024

struct subscribers {
    struct list chains[SUBSCRIBER_CHAINS]; /* by a hash of the name */
};

struct subscriber;

void subscribers_init(struct subscribers *subscribers);

/* How many connections whoever has this address has open. */
size_t subscribers_count(const struct subscribers *subscribers, const char *address);

/* One more connection of that address; `subscriber_leave` takes it back, and may free the count. */
struct subscriber *subscribers_join(struct subscribers *subscribers, const char *address);
void subscriber_leave(struct subscriber *subscriber);
