#pragma once

#include "core/schema.h"
#include "crypto/key.h"
#include "db/conn.h"
#include "flow/call.h"

/*
 * The institutions' signing keys, parsed and kept, at most KEY_RING_MAX of them.
 *
 * The ledger says NOTIFY creditbank_keys where it books a control record; what
 * is kept is dropped then, and is not used while no heartbeat of the last
 * KEY_RING_ALIVE_MS proved that we would have heard it. Keys that are not
 * registered are not kept, so that nobody can fill the ring with them.
 */
struct key_ring;

#define KEY_RING_CHANNEL "creditbank_keys"
#define KEY_RING_MAX 4096
#define KEY_RING_ALIVE_MS 2500

/* `config` as db_listener_new() has it. */
struct key_ring *key_ring_new(struct event_base *base, const struct conn_config *config) MUST_USE;
void key_ring_free(struct key_ring *ring);

/*
 * Which fill of the ring this is: a new number each time it was dropped. 0 while
 * nothing may be kept. What is derived from keys is as good as its number.
 */
uint64_t key_ring_epoch(const struct key_ring *ring) MUST_USE;

/* A registered key, and whose it is. */
struct ring_key {
    struct hash key_id;
    const struct public_key *key;
    char institution_id[INSTITUTION_ID_MAX + 1];
    uint32_t institution_kind; /* enum institution_kind */
    uint32_t duties;           /* bit set: DUTY_BIT(duty) */
    int64_t revoked_entry;     /* ENTRY_NONE: it may sign */
};

/* Operation: the key of that id, lent to the call until it ends; NULL if there is none. */
struct step store_look_up_key(struct call *call, const struct hash *key_id,
                              const struct ring_key **key, step_fn *next) MUST_USE;
