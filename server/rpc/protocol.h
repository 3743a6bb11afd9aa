#pragma once

#include "base/arena.h"
#include "base/buffer.h"
#include "base/refusal.h"
#include "net/http.h"
#include "rpc/limits.h"

enum codec { CODEC_PROTO, CODEC_JSON };

/* What a protocol reads out of a request. */
struct incoming {
    const struct http_request *http;
    const struct rpc_limits *limits;
    struct arena *arena;
    enum codec codec;
    struct slice message; /* encoded; in the request or in the arena */
    int64_t timeout_us;   /* INT64_MAX: it does not say */
};

/* How a call ended, before it is put into anybody's protocol. */
struct answer {
    enum codec codec;
    const char *request_id;
    struct slice body; /* if all went well: the message as the protocol carries it */
    enum status status;
    const char *message; /* a sentence in UTF-8 */
    const struct refusal_list *refusals;
    unsigned retry_ms; /* when to try again; 0: it does not say */
};

/* A way to carry calls over HTTP. */
struct protocol {
    const char *name;
    bool enveloped; /* each message stands in an envelope */
    bool (*read)(struct incoming *incoming, struct wire_fault *fault) MUST_USE;
    void (*reply)(struct http_exchange *exchange, const struct answer *answer);
    void (*fail)(struct http_exchange *exchange, const struct answer *answer);
};

extern const struct protocol grpc_protocol;    /* gRPC over HTTP/2 */
extern const struct protocol connect_protocol; /* Connect, unary */
extern const struct protocol plain_protocol;   /* for whom speaks neither: only fails, in HTTP */

/*
 * What the request speaks. False, and plain_protocol, if it speaks nothing that
 * is known here: a fault says why.
 */
bool protocol_of(const struct http_request *http, const struct protocol **protocol,
                 enum codec *codec, struct wire_fault *fault) MUST_USE;

/* The HTTP status of a failure: its reason's own, or what Connect says of the status. */
unsigned protocol_http_status(const struct answer *answer);

/* Sets the fault's reason and detail, and returns false. */
bool protocol_refuse(struct wire_fault *fault, enum reason reason, const char *detail);

/* Header fields of an answer while it is put together. */
#define FIELDS_MAX 8

struct fields {
    struct http_field at[FIELDS_MAX];
    size_t count;
};

void fields_add(struct fields *fields, const char *name, struct slice value);
/* Each value is sent once: HTTP/2 is told not to keep it in its table of fields. */
void fields_add_request_id(struct fields *fields, const struct answer *answer);
