#include "net/limits.h"

/*
 * An idle connection through TLS costs 15 KiB with HTTP/1.1 and 32 KiB with
 * HTTP/2, measured at 1,000 of them: a worker that is full of those holds 64 MiB.
 */
const struct net_limits net_limits_default = {
    .connections_max = 2000,
    .connections_per_address_max = 1000,
    .accepts_per_turn_max = 32,

    .head_bytes_max = (size_t)16 * 1024,
    .head_fields_max = 64,
    .body_bytes_max = NET_BODY_BYTES_MOST,

    .connection_body_bytes_max = (size_t)8 * 1024 * 1024,
    .listener_body_bytes_max = (size_t)32 * 1024 * 1024,

    .streams_max = 100,
    .resets_per_second = 100,
    .control_frames_per_second = 1000,
    .continuations_max = 8,
    .listener_exchanges_max = 4096,

    .connection_output_bytes_max = (size_t)1024 * 1024,
    .listener_output_bytes_max = (size_t)64 * 1024 * 1024,
    .pipelined_bytes_max = (size_t)16 * 1024,

    .handshake_timeout_ms = 10000,
    .request_timeout_ms = 20000,
    .write_timeout_ms = 20000,
    .idle_timeout_ms = 300000,
    .idle_when_full_ms = 5000,
    .linger_timeout_ms = 1000,
    .sweep_interval_ms = 250,
};
