#pragma once

#include "base/arena.h"
#include "base/buffer.h"
#include "base/list.h"
#include "net/http.h"

struct net_conn;

/*
 * One request and its answer, whichever protocol carries it.
 *
 *   RECEIVING --whole, or refused--> QUEUED --on_request--> HANDLED --http_respond--> SENDING
 *       |                                                                               ^   |
 *       +----------------------- the head is bad: net's own answer ---------------------+   |
 *   any --the peer left (HANDLED: on_abort), or all is sent--> freed <----------------------+
 *
 * Invariant: it is in conn->exchanges always, in conn->queued in QUEUED only, in
 * listener->answers in SENDING only; the request's memory is there before SENDING, the answer's in
 * SENDING.
 */
enum exchange_state {
    EXCHANGE_RECEIVING,
    EXCHANGE_QUEUED,
    EXCHANGE_HANDLED,
    EXCHANGE_SENDING,
};

struct http_exchange {
    enum exchange_state state;
    struct net_conn *conn;
    struct list link;        /* in conn->exchanges */
    struct list queue_link;  /* in conn->queued */
    struct list answer_link; /* in listener->answers */
    int64_t since_us;        /* begin of RECEIVING, last progress of SENDING */
    int32_t stream_id;       /* HTTP/2 */

    struct http_request request;
    struct arena *arena; /* fields of the request, then of the answer's trailers */
    struct buffer body;
    size_t head_bytes;
    unsigned head_refused; /* 0, or the status that refuses the head */
    bool has_head;
    bool is_whole; /* the peer has sent all of the request */
    void *user;

    struct buffer answer; /* what is still to be sent of it begins at `sent` */
    size_t sent;
    const struct http_field *trailers;
    size_t trailer_count;
};

struct http_exchange *exchange_new(struct net_conn *conn) MUST_USE;

/* Ends it in whatever state it is. */
void exchange_free(struct http_exchange *exchange);

/* A part of the body came; at a limit it is thrown away, and the request refused. */
void exchange_append_body(struct http_exchange *exchange, struct slice part);

/* All of the request came. */
void exchange_complete(struct http_exchange *exchange);

/* A request with a good head is handed over to be refused, at once and without its body. */
void exchange_refuse(struct http_exchange *exchange, unsigned status);

/* Answers a request whose head is bad, without asking the handler. */
void exchange_answer_plainly(struct http_exchange *exchange, unsigned status);

/* Gives the first of the queue to the handler. */
void exchange_hand_over(struct http_exchange *exchange);

/* What is left to be sent of the answer, at most `max` bytes, counted as sent. */
struct slice exchange_take_answer(struct http_exchange *exchange, size_t max) MUST_USE;

/* All of the answer was taken. */
static inline bool
exchange_is_sent(const struct http_exchange *exchange)
{
    return exchange->state == EXCHANGE_SENDING && exchange->sent == exchange->answer.len;
}

/* "Not Found"; "" for a status that nobody here uses. */
const char *http_status_text(unsigned status);
