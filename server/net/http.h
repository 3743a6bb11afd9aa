#pragma once

#include "base/attributes.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * What whoever answers HTTP sees of it: a whole request, and a place for the
 * whole response. It cannot tell HTTP/1.1 from HTTP/2, nor TLS from clear text
 * (RFC 9110; RFC 9112 and RFC 9113 are spoken in http1.c and http2.c).
 *
 * Every exchange that on_request was given ends in exactly one of two ways:
 * the handler calls http_respond(), or on_abort runs because the peer left
 * first. After either the exchange and its request are gone. Until then all of
 * the request stays valid, the body too: nobody need copy it to wait.
 *
 * Bodies come and go whole. Streaming would add an on_data beside on_request
 * and an http_respond_part() beside http_respond().
 */

/* The name is in lower case; the value is without blanks around it. */
struct http_field {
    struct slice name, value;
    bool is_unique; /* no other answer has this value: HTTP/2 need not remember it */
};

struct http_request {
    struct slice method;    /* "POST"; any token but CONNECT */
    struct slice path;      /* "/creditbank.v1.LedgerService/Submit", or "*"; nothing is decoded */
    struct slice query;     /* what stood behind the "?", without it */
    struct slice authority; /* :authority or Host */
    const struct http_field *fields; /* without pseudo-header fields and without trailers */
    size_t field_count;
    struct slice body;
    unsigned refused;         /* 0, or why this can only be refused; see below */
    const char *peer_address; /* "192.0.2.1", "2001:db8::1"; IPv4 in IPv6 is shown as IPv4 */
    bool secure;              /* it came through TLS */
    unsigned version;         /* 1 or 2 */
};

/*
 * A request whose head was good, but whose body broke a limit, is handed over
 * too, without its body, so that the refusal speaks the caller's protocol.
 * `refused` is the HTTP status that says why: 413 the body is too large, 408 it
 * came too slowly, 503 too much is being received at this moment.
 */

/* A status of 200 to 599. Values must be printable ASCII with blanks and tabs (asserted). */
struct http_response {
    unsigned status;
    const struct http_field *fields; /* not Connection, Content-Length, Date, Transfer-Encoding */
    size_t field_count;
    struct slice body;
    const struct http_field *trailers; /* without body and trailers, the head ends the answer */
    size_t trailer_count;
};

/* One request and its answer. */
struct http_exchange;

struct http_handler {
    /* May answer at once, or any time later. */
    void (*on_request)(void *arg, struct http_exchange *exchange,
                       const struct http_request *request);
    /* The peer left; `user` is what http_exchange_set_user() set, else NULL. */
    void (*on_abort)(void *arg, void *user);
    void *arg;
};

void http_exchange_set_user(struct http_exchange *exchange, void *user);

/* The request that on_request was given. */
const struct http_request *http_exchange_request(const struct http_exchange *exchange);

/* Answers. Everything is copied, and may lie in the request; nothing is sent before the loop. */
void http_respond(struct http_exchange *exchange, const struct http_response *response);

/* The value of the first field of that lower-case name; at == NULL if there is none. */
struct slice http_request_field(const struct http_request *request, const char *name) MUST_USE;
