#include "net/limits.h"

/* A worker of these limits holds at most about 100 MiB for peers that all misbehave at once. */
const struct net_limits net_limits_default = {
    .connections_max = 4000,
    .accepts_per_turn_max = 32,

    .head_bytes_max = (size_t)16 * 1024,
    .head_fields_max = 64,
    .body_bytes_max = (size_t)1024 * 1024 + 4096, /* a message of 1 MiB, and its envelope */

    .connection_body_bytes_max = (size_t)8 * 1024 * 1024,
    .listener_body_bytes_max = (size_t)32 * 1024 * 1024,

    .streams_max = 100,
    .resets_per_second = 100,
    .control_frames_per_second = 1000,
    .continuations_max = 8,

    .connection_output_bytes_max = (size_t)1024 * 1024,
    .pipelined_bytes_max = (size_t)16 * 1024,

    .handshake_timeout_ms = 10000,
    .request_timeout_ms = 20000,
    .write_timeout_ms = 20000,
    .idle_timeout_ms = 300000,
    .idle_when_full_ms = 5000,
    .linger_timeout_ms = 1000,
    .sweep_interval_ms = 250,
};
