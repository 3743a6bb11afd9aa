#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Everything that a peer could make grow or last, with its limit. What happens
 * there stands behind each; net_limits_default has the values.
 */
struct net_limits {
    /* Connections of one listener in one process. */
    unsigned connections_max;             /* the listener pauses; other workers may still accept */
    unsigned connections_per_address_max; /* closed at once; IPv6 by its /64 */
    unsigned accepts_per_turn_max;        /* the rest wait for the next turn of the loop */

    /* One request. */
    size_t head_bytes_max;  /* 431, 414 in the request line */
    size_t head_fields_max; /* 431 */
    size_t body_bytes_max;  /* 413 */

    /* Bodies being received and held for handlers. */
    size_t connection_body_bytes_max; /* 503 for the request that goes beyond */
    size_t listener_body_bytes_max;   /* 503 for the request that goes beyond */

    /* HTTP/2. */
    uint32_t streams_max;               /* REFUSED_STREAM: received, queued and being answered */
    uint32_t resets_per_second;         /* GOAWAY ENHANCE_YOUR_CALM (CVE-2023-44487) */
    uint32_t control_frames_per_second; /* GOAWAY ENHANCE_YOUR_CALM: PING, ignored ones … */
    size_t continuations_max;           /* GOAWAY (CVE-2024-28182) */
    size_t listener_exchanges_max;      /* REFUSED_STREAM: of all connections */

    /* Answers not sent yet; above it requests wait in their queue, at most streams_max. */
    size_t connection_output_bytes_max;
    size_t listener_output_bytes_max; /* 503 for the larger answer that goes beyond; who takes none
                                         ends */
    size_t pipelined_bytes_max;       /* HTTP/1.1: nothing more is read before the answer */

    /* Milliseconds. */
    unsigned handshake_timeout_ms; /* closed: no TLS, or not even the first bytes */
    unsigned request_timeout_ms;   /* 408: from a request's first byte to its last */
    unsigned write_timeout_ms;     /* reset: the peer took not one byte of what waits for it */
    unsigned idle_timeout_ms;      /* closed: nothing under way */
    unsigned idle_when_full_ms;    /* the same while connections_max are open */
    unsigned linger_timeout_ms;    /* reset: how long a peer may go on after our last word */
    unsigned sweep_interval_ms;    /* how often deadlines are looked at */
};

/* More of a body is of no use: a message of 1 MiB, and its envelope. */
#define NET_BODY_BYTES_MOST ((size_t)1024 * 1024 + 4096)

extern const struct net_limits net_limits_default;
