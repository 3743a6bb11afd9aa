/*
 * A hash table of all callers, and a list of the idle ones, the longest idle
 * first. The bucket of tokens is one number, as in the generic cell rate
 * algorithm (ITU-T I.371): the moment at which the bucket is full again.
 */
#include "rpc/rate.h"

#include "base/list.h"
#include "base/memory.h"
#include "crypto/hash.h"
#include "crypto/random.h"

#include <assert.h>

#define SECOND_US 1000000

struct rate_caller {
    struct list chain; /* in a chain of the hash table */
    struct list idle;  /* in table->idle while no call is under way */
    int64_t full_at_us;
    unsigned under_way;
    uint8_t key_len;
    uint8_t key[RATE_KEY_MAX];
};

struct rate_table {
    struct rate_caller *callers;
    struct list *chains;
    size_t chain_count; /* a power of two */
    struct list idle;
    uint8_t secret[16]; /* so that nobody can choose keys of one chain */
};

struct rate_table *
rate_table_new(size_t callers_max)
{
    struct rate_table *table = xcalloc(1, sizeof(*table));

    assert(callers_max > 0);
    table->callers = xcalloc(callers_max, sizeof(*table->callers));
    table->chain_count = 1;
    while (table->chain_count < callers_max)
        table->chain_count *= 2;
    table->chains = xcalloc(table->chain_count, sizeof(*table->chains));
    for (size_t i = 0; i < table->chain_count; i++)
        list_init(&table->chains[i]);
    list_init(&table->idle);
    for (size_t i = 0; i < callers_max; i++) {
        list_init(&table->callers[i].chain);
        list_append(&table->idle, &table->callers[i].idle);
    }
    random_bytes(table->secret, sizeof(table->secret));
    return table;
}

void
rate_table_free(struct rate_table *table)
{
    if (table == NULL)
        return;
    xfree(table->callers);
    xfree(table->chains);
    xfree(table);
}

static struct list *
chain_of(struct rate_table *table, struct slice key)
{
    const struct slice parts[] = {slice_make(table->secret, sizeof(table->secret)), key};
    struct hash hash = hash_sha256_parts(parts, ARRAY_COUNT(parts));
    uint64_t number;

    memcpy(&number, hash.bytes, sizeof(number));
    return &table->chains[number & (table->chain_count - 1)];
}

/* The caller of that key, in place of the longest idle one if it is new. */
static struct rate_caller *
find_or_add(struct rate_table *table, struct slice key)
{
    struct list *chain = chain_of(table, key);

    list_each (node, chain) {
        struct rate_caller *caller = LIST_ENTRY(node, struct rate_caller, chain);

        if (slice_equal(slice_make(caller->key, caller->key_len), key))
            return caller;
    }

    assert(!list_is_empty(&table->idle));
    struct rate_caller *caller = LIST_FIRST(&table->idle, struct rate_caller, idle);

    list_remove(&caller->chain);
    list_append(chain, &caller->chain);
    caller->full_at_us = INT64_MIN;
    caller->key_len = (uint8_t)key.len;
    memcpy(caller->key, key.at, key.len);
    return caller;
}

/* Moves to the end of the idle list whoever has no call under way. */
static void
settle(struct rate_table *table, struct rate_caller *caller)
{
    list_remove(&caller->idle);
    if (caller->under_way == 0)
        list_append(&table->idle, &caller->idle);
}

enum rate_verdict
rate_begin(struct rate_table *table, struct slice key, const struct rpc_rate *rate, int64_t now_us,
           struct rate_caller **caller, int64_t *wait_us)
{
    int64_t interval_us = SECOND_US / rate->calls_per_second;
    struct rate_caller *found;

    assert(key.len > 0);
    assert(key.len <= RATE_KEY_MAX);
    found = find_or_add(table, key);
    settle(table, found);
    *wait_us = 0;
    if (found->under_way >= rate->under_way_max)
        return RATE_TOO_MANY;

    int64_t full_at_us = found->full_at_us > now_us ? found->full_at_us : now_us;
    int64_t empty_us = now_us + interval_us * rate->burst;

    full_at_us += interval_us;
    if (full_at_us > empty_us) {
        *wait_us = full_at_us - empty_us;
        return RATE_TOO_FAST;
    }
    found->full_at_us = full_at_us;
    found->under_way++;
    list_remove(&found->idle);
    *caller = found;
    return RATE_ADMITTED;
}

void
rate_end(struct rate_table *table, struct rate_caller *caller)
{
    assert(caller->under_way > 0);
    caller->under_way--;
    settle(table, caller);
}
