/*
 * A table without chains: a key stands in the slot that its id names, or takes
 * the place of the one that stood there.
 */
#include "store/key_ring.h"

#include "base/memory.h"
#include "db/listener.h"
#include "db/pool.h"
#include "flow/op.h"

#include <assert.h>

/* Who holds it: the ring, and each call that it is lent to. */
struct held_key {
    struct ring_key value;
    struct public_key *parsed;
    unsigned holders;
};

struct key_ring {
    struct db_listener *listener;
    uint64_t epoch;
    struct held_key *slots[KEY_RING_MAX];
};

static void
let_go(void *arg)
{
    struct held_key *held = arg;

    if (--held->holders > 0)
        return;
    public_key_free(held->parsed);
    xfree(held);
}

static void
drop_all(struct key_ring *ring)
{
    ring->epoch++;
    for (size_t i = 0; i < KEY_RING_MAX; i++) {
        if (ring->slots[i] != NULL)
            let_go(ring->slots[i]);
        ring->slots[i] = NULL;
    }
}

static void
changed(void *arg, const char *payload)
{
    (void)payload;
    drop_all(arg);
}

struct key_ring *
key_ring_new(struct event_base *base, const struct conn_config *config)
{
    struct key_ring *ring = xcalloc(1, sizeof(*ring));

    ring->listener = db_listener_new(base, config, KEY_RING_CHANNEL, changed, ring);
    return ring;
}

void
key_ring_free(struct key_ring *ring)
{
    if (ring == NULL)
        return;
    db_listener_free(ring->listener);
    drop_all(ring);
    xfree(ring);
}

uint64_t
key_ring_epoch(const struct key_ring *ring)
{
    return db_listener_is_alive_within(ring->listener, KEY_RING_ALIVE_MS) ? ring->epoch : 0;
}

static struct held_key **
slot_of(struct key_ring *ring, const struct hash *key_id)
{
    return &ring->slots[(key_id->bytes[0] | (unsigned)key_id->bytes[1] << 8) % KEY_RING_MAX];
}

/* The call holds it from now until its end. */
static const struct ring_key *
lend(struct call *call, struct held_key *held)
{
    held->holders++;
    arena_on_end(call_arena(call), let_go, held);
    return &held->value;
}

struct look_up {
    struct key_ring *ring;
    uint64_t epoch; /* of the ring when it was asked for */
    const struct ring_key **key;
};

static struct held_key *
read_key(const struct db_result *result)
{
    struct held_key *held = xcalloc(1, sizeof(*held));
    struct slice institution_id = row_slice(result, 0, 0);

    held->parsed = public_key_parse(row_slice(result, 0, 1));
    assert(held->parsed != NULL); /* it was parsed before it was registered */
    assert(institution_id.len <= INSTITUTION_ID_MAX);
    held->value.key = held->parsed;
    held->value.key_id = *public_key_id(held->parsed);
    memcpy(held->value.institution_id, institution_id.at, institution_id.len);
    held->value.duties = (uint32_t)row_int32(result, 0, 2);
    held->value.revoked_entry = row_int64(result, 0, 3);
    held->value.institution_kind = (uint32_t)row_int32(result, 0, 4);
    return held;
}

static const struct refusal_list *
got_key(struct call *call, const struct db_result *const *results, void *out)
{
    struct look_up *look_up = out;
    struct key_ring *ring = look_up->ring;

    *look_up->key = NULL;
    if (row_count(results[0]) == 0)
        return NULL;

    struct held_key *held = read_key(results[0]);

    *look_up->key = lend(call, held);
    /* A change after the question would not be in this answer. */
    if (look_up->epoch != 0 && look_up->epoch == key_ring_epoch(ring)) {
        struct held_key **slot = slot_of(ring, &held->value.key_id);

        if (*slot != NULL)
            let_go(*slot);
        *slot = held;
        held->holders++;
    }
    return NULL;
}

struct step
store_look_up_key(struct call *call, const struct hash *key_id, const struct ring_key **key,
                  step_fn *next)
{
    static const struct db_statement find = {
        "look_up_key",
        "SELECT k.institution_id, k.spki, k.duties, k.revoked_entry, i.kind"
        " FROM projection.signing_key k"
        " JOIN projection.institution i ON i.institution_id = k.institution_id"
        " WHERE k.key_id = $1",
    };
    struct key_ring *ring = call_runtime(call)->key_ring;
    struct held_key *held = *slot_of(ring, key_id);
    struct look_up *look_up;
    struct db_params *params;

    if (key_ring_epoch(ring) != 0 && held != NULL && hash_equal(&held->value.key_id, key_id)) {
        struct step waiting = call_wait(call, next);

        *key = lend(call, held);
        call_wake(call);
        return waiting;
    }
    look_up = arena_alloc(call_arena(call), sizeof(*look_up));
    *look_up = (struct look_up){ring, key_ring_epoch(ring), key};
    params = params_new(call_arena(call));
    params_add_bytes(params, hash_slice(key_id));
    return db_query(call, &find, params, got_key, look_up, next);
}
