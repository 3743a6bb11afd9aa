#pragma once

#include "db/conn.h"

/*
 * A connection that LISTENs on a channel, for caches of what the database
 * holds. A cache is as good as its listener: what it holds must be dropped at
 * each call of `changed`, and not be used while the listener is not alive.
 */
struct db_listener;

/* `payload` of a NOTIFY; NULL: the connection is new, so changes may have been missed. */
typedef void db_listener_changed_fn(void *arg, const char *payload);

/* Listens on `channel` (an SQL identifier of ours, borrowed like the config's texts). */
struct db_listener *db_listener_new(struct event_base *base, const struct conn_config *config,
                                    const char *channel, db_listener_changed_fn *changed,
                                    void *arg) MUST_USE;
void db_listener_free(struct db_listener *listener);

/*
 * Whether a heartbeat sent within the last `ms` proved that we listen on the
 * primary. It is sent every second and on every (re)connect.
 */
bool db_listener_is_alive_within(const struct db_listener *listener, unsigned ms) MUST_USE;
