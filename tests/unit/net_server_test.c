/* net: a real listener, spoken to in clear by raw bytes, and by curl. */
#include "net_peer.h"

#include "base/clock.h"
#include "net/socket.h"
#include "net/subscriber.h"

#include "unit.h"

#include <errno.h>
#include <unistd.h>

#define SECOND_US INT64_C(1000000)
#define SOME_TIME_US INT64_C(1000000000000)

/* Frame types, flags and error codes of RFC 9113. */
enum { DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PING = 6, CONTINUATION = 9 };
enum { END_STREAM = 1, END_HEADERS = 4 };
enum { CANCEL = 8, ENHANCE_YOUR_CALM = 11 };

/* HPACK (RFC 7541): the method, http, ":authority" a, and ":path", a literal or "/". */
#define AUTHORITY "\x01\x01\x61"
#define POST_HOLD "\x83\x86" AUTHORITY "\x04\x05/hold"
#define POST_ROOT "\x83\x86" AUTHORITY "\x84"
#define GET_LARGE "\x82\x86" AUTHORITY "\x04\x06/large"

#define BYTES(text) slice_make((text), sizeof(text) - 1)

static struct server server;

static void
start(const struct net_limits *limits)
{
    server_start(&server, limits, NULL);
}

static int
stop(void **state)
{
    (void)state;
    clock_set_us(-1);
    return 0;
}

/* ---- HTTP/1.1 ---- */

static void
answers_requests_one_after_another(void **state)
{
    struct peer peer;

    (void)state;
    start(&net_limits_default);
    peer_connect(&peer, &server);
    peer_say_text(&peer, "POST /hold HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"
                         "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nsecond");
    UNTIL(&server, server.held_count == 1);
    assert_true(slice_is(http_exchange_request(server.held[0])->body, "ab"));
    assert_string_equal(http_exchange_request(server.held[0])->peer_address, "127.0.0.1");
    assert_int_equal(server.requests, 1);
    server_answer_held(&server, "first");
    UNTIL(&server, peer_heard(&peer, "second"));
    assert_true(peer_heard(&peer, "HTTP/1.1 200 OK\r\n"));
    assert_true(peer_heard(&peer, "content-length: 5\r\n\r\nfirstHTTP/1.1 200 OK\r\n"));
    assert_false(peer.ended);
    peer_close(&peer);
    UNTIL(&server, listener_stats(server.listener)->connections_open == 0);
    assert_int_equal(server.aborts, 0);
    server_stop(&server);
}

static void
closes_after_the_answer_when_asked(void **state)
{
    struct peer peer;

    (void)state;
    start(&net_limits_default);
    peer_connect(&peer, &server);
    peer_say_text(&peer, "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    UNTIL(&server, peer.ended);
    assert_true(peer_heard(&peer, "connection: close\r\ncontent-length: 0\r\n\r\n"));
    peer_close(&peer);
    server_stop(&server);
}

static void
says_continue_before_a_body_that_waits_for_it(void **state)
{
    struct peer peer;

    (void)state;
    start(&net_limits_default);
    peer_connect(&peer, &server);
    peer_say_text(&peer, "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                         "Content-Length: 4\r\n\r\n");
    UNTIL(&server, peer_heard(&peer, "HTTP/1.1 100 Continue\r\n\r\n"));
    peer_say_text(&peer, "body");
    UNTIL(&server, peer_heard(&peer, "\r\n\r\nbody"));
    peer_close(&peer);
    server_stop(&server);
}

static void
sends_trailers_in_chunks(void **state)
{
    struct peer peer;

    (void)state;
    start(&net_limits_default);
    peer_connect(&peer, &server);
    peer_say_text(&peer, "POST /trailers HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    UNTIL(&server, peer_heard(&peer, "x-sum"));
    assert_true(peer_heard(&peer, "transfer-encoding: chunked\r\n\r\n"
                                  "3\r\nabc\r\n0\r\nx-sum: 42\r\n\r\n"));
    peer_close(&peer);
    server_stop(&server);
}

static void
refuses_what_is_not_http_and_closes(void **state)
{
    static const struct {
        const char *said, *heard;
    } cases[] = {
        {"GET / HTTP/1.1\nHost: a\n\n", "HTTP/1.1 400 Bad Request\r\n"},
        {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
        {"GET / HTTP/1.0\r\nHost: a\r\n\r\n", "HTTP/1.1 505 "},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n", "HTTP/1.1 413 "},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 400 "},
        {"\x16\x03\x01\x02", "HTTP/1.1 400 "},
    };

    (void)state;
    start(&net_limits_default);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct peer peer;

        peer_connect(&peer, &server);
        peer_say_text(&peer, cases[i].said);
        UNTIL(&server, peer.ended);
        assert_true(peer_heard(&peer, cases[i].heard));
        assert_true(peer_heard(&peer, "connection: close\r\n"));
        peer_close(&peer);
    }
    server_stop(&server);
}

/* ---- Sockets ---- */

static void
binds_addresses_and_never_names(void **state)
{
    uint16_t port = 0, same;
    int fd = socket_listen("127.0.0.1", &port);

    (void)state;
    assert_true(fd >= 0);
    assert_int_not_equal(port, 0);
    same = port;
    assert_int_equal(socket_listen("127.0.0.1", &same), -1);
    assert_int_equal(errno, EADDRINUSE);
    assert_int_equal(socket_listen("localhost", &port), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(socket_listen("127.0.0.256", &port), -1);
    close(fd);
}

static void
binds_ipv6_where_the_machine_has_it(void **state)
{
    uint16_t port = 0;
    int fd = socket_listen("::1", &port);

    (void)state;
    if (fd < 0 && (errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT)) {
        print_message("no IPv6 on this machine\n");
        skip();
    }
    assert_true(fd >= 0);
    assert_int_not_equal(port, 0);
    close(fd);
}

/* ---- Leaving ---- */

static void
tells_the_handler_when_the_peer_leaves(void **state)
{
    struct peer peer;

    (void)state;
    start(&net_limits_default);
    peer_connect(&peer, &server);
    peer_say_text(&peer, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(&server, server.held_count == 1);
    peer_close(&peer);
    UNTIL(&server, server.aborts == 1);
    assert_ptr_equal(server.aborted_user, &server);
    UNTIL(&server, listener_stats(server.listener)->connections_open == 0);
    server_stop(&server);
}

static void
tells_the_handler_when_a_stream_is_reset(void **state)
{
    struct peer peer;

    (void)state;
    start(&net_limits_default);
    peer_connect(&peer, &server);
    peer_say_preface(&peer);
    peer_say_frame(&peer, HEADERS, END_HEADERS | END_STREAM, 1, BYTES(POST_HOLD));
    peer_say_frame(&peer, HEADERS, END_HEADERS | END_STREAM, 3, BYTES(POST_HOLD));
    UNTIL(&server, server.held_count == 2);
    peer_say_frame(&peer, RST_STREAM, 0, 3, BYTES("\0\0\0\x08"));
    UNTIL(&server, server.aborts == 1);
    server.held_count = 1;
    server_answer_held(&server, "the other stream goes on");
    UNTIL(&server, peer_heard(&peer, "the other stream goes on"));
    peer_close(&peer);
    server_stop(&server);
    assert_int_equal(server.aborts, 1);
}

static void
aborts_what_is_held_when_the_listener_ends(void **state)
{
    struct peer peer;

    (void)state;
    start(&net_limits_default);
    peer_connect(&peer, &server);
    peer_say_preface(&peer);
    peer_say_frame(&peer, HEADERS, END_HEADERS | END_STREAM, 1, BYTES(POST_HOLD));
    UNTIL(&server, server.held_count == 1);
    server_end_listener(&server);
    assert_int_equal(server.aborts, 1);
    peer_close(&peer);
    server_stop(&server);
}

/* ---- Draining ---- */

static void
count_drained(void *arg)
{
    ((struct server *)arg)->drained++;
}

static void
drains_by_answering_what_is_under_way(void **state)
{
    struct peer idle, busy, idle2, busy2, silent;

    (void)state;
    start(&net_limits_default);
    peer_connect(&idle, &server);
    peer_connect(&busy, &server);
    peer_connect(&idle2, &server);
    peer_connect(&busy2, &server);
    peer_connect(&silent, &server);
    peer_say_text(&idle, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    peer_say_text(&busy, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    peer_say_preface(&idle2);
    peer_say_preface(&busy2);
    peer_say_frame(&busy2, HEADERS, END_HEADERS | END_STREAM, 1, BYTES(POST_HOLD));
    UNTIL(&server, server.held_count == 2 && peer_heard(&idle, "hi") && idle2.heard.len > 0);

    listener_drain(server.listener, count_drained, &server);
    UNTIL(&server, idle.ended && idle2.ended && silent.ended);
    assert_int_equal(peer_heard_goaway(&idle2), 0);
    UNTIL(&server, peer_heard_goaway(&busy2) == 0);
    assert_false(busy.ended);
    assert_false(busy2.ended);
    server_answer_held(&server, "last words");
    server_answer_held(&server, "last words");
    UNTIL(&server, busy.ended && busy2.ended);
    assert_true(peer_heard(&busy, "connection: close\r\n"));
    assert_true(peer_heard(&busy, "last words"));
    assert_true(peer_heard(&busy2, "last words"));
    assert_int_equal(server.drained, 0);
    peer_close(&silent);
    peer_close(&idle);
    peer_close(&busy);
    peer_close(&idle2);
    peer_close(&busy2);
    UNTIL(&server, server.drained == 1);
    assert_int_equal(server.aborts, 0);
    server_stop(&server);
}

static void
is_drained_at_once_when_nothing_is_open(void **state)
{
    (void)state;
    start(&net_limits_default);
    listener_drain(server.listener, count_drained, &server);
    assert_int_equal(server.drained, 0);
    UNTIL(&server, server.drained == 1);
    server_stop(&server);
}

/* ---- Deadlines, by a clock that is set ---- */

static void
ends_what_takes_too_long(void **state)
{
    static const struct {
        const char *said;
        const char *heard; /* "" means closed without a word */
        int64_t after_s;
    } cases[] = {
        {"", "", 10},
        {"P", "", 10},
        {"GET / HTTP/1.1\r\n", "HTTP/1.1 408 ", 20},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n1", "refused by the handler", 20},
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK", 300},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct peer peer;

        clock_set_us(SOME_TIME_US);
        start(&net_limits_default);
        peer_connect(&peer, &server);
        peer_say_text(&peer, cases[i].said);
        UNTIL(&server, listener_stats(server.listener)->connections_open == 1);
        /* Some turns, so that what was said has been read. */
        for (int turns = 0; turns < 10; turns++)
            turn(&server);
        clock_set_us(SOME_TIME_US + cases[i].after_s * SECOND_US - 1);
        for (int turns = 0; turns < 10; turns++)
            turn(&server);
        assert_false(peer.ended);
        clock_set_us(SOME_TIME_US + cases[i].after_s * SECOND_US);
        UNTIL(&server, peer.ended);
        if (cases[i].heard[0] == '\0')
            assert_int_equal(peer.heard.len, 0);
        else
            assert_true(peer_heard(&peer, cases[i].heard));
        assert_int_equal(listener_stats(server.listener)->timeouts, 1);
        peer_close(&peer);
        server_stop(&server);
    }
}

static void
resets_a_stream_whose_window_stays_shut(void **state)
{
    struct peer peer;

    (void)state;
    clock_set_us(SOME_TIME_US);
    start(&net_limits_default);
    peer_connect(&peer, &server);
    peer_say_preface(&peer);
    /* RFC 9113 6.9.2: 65,535 bytes are all that may be sent before a WINDOW_UPDATE. */
    peer_say_frame(&peer, HEADERS, END_HEADERS | END_STREAM, 1, BYTES(GET_LARGE));
    UNTIL(&server, peer.heard.len > 65535);
    assert_int_equal(peer_heard_reset(&peer), -1);
    clock_set_us(SOME_TIME_US + 20 * SECOND_US);
    UNTIL(&server, peer_heard_reset(&peer) >= 0);
    assert_int_equal(peer_heard_reset(&peer), CANCEL);
    assert_int_equal(listener_stats(server.listener)->exchanges_open, 0);
    peer_close(&peer);
    server_stop(&server);
}

static void
drops_a_peer_that_does_not_read(void **state)
{
    struct peer peer;

    (void)state;
    clock_set_us(SOME_TIME_US);
    start(&net_limits_default);
    peer_connect(&peer, &server);
    event_del(peer.readable);
    for (int i = 0; i < 4; i++)
        peer_say_text(&peer, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(&server, server.requests >= 1);
    /* The kernel's buffers hold less than four large answers. */
    for (int turns = 0; turns < 20; turns++)
        turn(&server);
    assert_int_equal(listener_stats(server.listener)->exchanges_open, 1);
    clock_set_us(SOME_TIME_US + 20 * SECOND_US);
    UNTIL(&server, listener_stats(server.listener)->connections_open == 0);
    assert_int_equal(listener_stats(server.listener)->timeouts, 1);
    peer_close(&peer);
    server_stop(&server);
}

/* ---- Limits ---- */

static void
accepts_no_more_than_the_limit_and_goes_on_later(void **state)
{
    struct net_limits limits = net_limits_default;
    struct peer first, second, third;

    (void)state;
    clock_set_us(SOME_TIME_US);
    limits.connections_max = 2;
    start(&limits);
    peer_connect(&first, &server);
    peer_connect(&second, &server);
    peer_say_text(&first, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    peer_say_text(&second, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(&server, peer_heard(&first, "200 OK") && server.held_count == 1);
    peer_connect(&third, &server);
    peer_say_text(&third, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    for (int turns = 0; turns < 10; turns++)
        turn(&server);
    assert_int_equal(listener_stats(server.listener)->connections, 2);

    /* While it is full, idle connections make room early. */
    clock_set_us(SOME_TIME_US + 5 * SECOND_US);
    UNTIL(&server, first.ended);
    peer_close(&first);
    UNTIL(&server, peer_heard(&third, "200 OK"));
    assert_int_equal(listener_stats(server.listener)->connections, 3);
    peer_close(&second);
    peer_close(&third);
    server_stop(&server);
}

static void
one_address_cannot_take_all_connections(void **state)
{
    struct net_limits limits = net_limits_default;
    struct peer peers[3];

    (void)state;
    limits.connections_per_address_max = 2;
    start(&limits);
    for (size_t i = 0; i < ARRAY_COUNT(peers); i++)
        peer_connect(&peers[i], &server);
    UNTIL(&server, peers[2].ended);
    assert_int_equal(listener_stats(server.listener)->refused_by_limit, 1);
    peer_close(&peers[0]);
    UNTIL(&server, listener_stats(server.listener)->connections_open == 1);
    peer_close(&peers[2]);
    peer_connect(&peers[2], &server);
    peer_say_text(&peers[2], "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(&server, peer_heard(&peers[2], "200 OK"));
    peer_close(&peers[1]);
    peer_close(&peers[2]);
    server_stop(&server);
}

/* IPv6 addresses of one /64 are one subscriber's; of another, another's. */
static void
connections_are_counted_by_subscriber(void **state)
{
    static struct subscribers subscribers;
    struct subscriber *joined[3];

    (void)state;
    subscribers_init(&subscribers);
    joined[0] = subscribers_join(&subscribers, "2001:db8::1");
    joined[1] = subscribers_join(&subscribers, "2001:db8::2");
    joined[2] = subscribers_join(&subscribers, "192.0.2.1");
    assert_int_equal(subscribers_count(&subscribers, "2001:db8::ffff"), 2);
    assert_int_equal(subscribers_count(&subscribers, "2001:db8:0:1::1"), 0);
    assert_int_equal(subscribers_count(&subscribers, "192.0.2.1"), 1);
    for (size_t i = 0; i < ARRAY_COUNT(joined); i++)
        subscriber_leave(joined[i]);
    assert_int_equal(subscribers_count(&subscribers, "2001:db8::1"), 0);
    assert_int_equal(subscribers_count(&subscribers, "192.0.2.1"), 0);
}

static void
holds_no_more_bodies_than_the_limit(void **state)
{
    struct net_limits limits = net_limits_default;
    struct peer peers[3];

    (void)state;
    limits.listener_body_bytes_max = 1000;
    start(&limits);
    for (size_t i = 0; i < ARRAY_COUNT(peers); i++)
        peer_connect(&peers[i], &server);
    for (size_t i = 0; i < 2; i++) {
        peer_say_text(&peers[i], "POST /hold HTTP/1.1\r\nHost: a\r\nContent-Length: 600\r\n\r\n");
        for (size_t at = 0; at < 6; at++)
            peer_say_text(&peers[i], "1234567890123456789012345678901234567890123456789012345678901"
                                     "234567890123456789012345678901234567890");
        UNTIL(&server, server.requests == i + 1);
    }
    UNTIL(&server, peers[1].ended);
    assert_true(peer_heard(&peers[1], "HTTP/1.1 503 "));
    assert_int_equal(listener_stats(server.listener)->body_bytes_held, 600);
    server_answer_held(&server, "room again");
    UNTIL(&server, peer_heard(&peers[0], "room again"));
    assert_int_equal(listener_stats(server.listener)->body_bytes_held, 0);
    peer_say_text(&peers[2], "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    UNTIL(&server, peer_heard(&peers[2], "\r\n\r\nabc"));
    for (size_t i = 0; i < ARRAY_COUNT(peers); i++)
        peer_close(&peers[i]);
    server_stop(&server);
}

static void
refuses_streams_beyond_what_all_connections_may_have(void **state)
{
    struct net_limits limits = net_limits_default;
    struct peer first, second;

    (void)state;
    limits.listener_exchanges_max = 1;
    start(&limits);
    peer_connect(&first, &server);
    peer_say_preface(&first);
    peer_say_frame(&first, HEADERS, END_HEADERS | END_STREAM, 1, BYTES(POST_HOLD));
    UNTIL(&server, server.held_count == 1);
    peer_connect(&second, &server);
    peer_say_preface(&second);
    peer_say_frame(&second, HEADERS, END_HEADERS | END_STREAM, 1, BYTES(POST_HOLD));
    UNTIL(&server, peer_heard_reset(&second) == 7); /* RFC 9113 7: REFUSED_STREAM */
    assert_int_equal(listener_stats(server.listener)->exchanges_open, 1);
    server_answer_held(&server, "room again");
    UNTIL(&server, listener_stats(server.listener)->exchanges_open == 0);
    peer_say_frame(&second, HEADERS, END_HEADERS | END_STREAM, 3, BYTES(POST_HOLD));
    UNTIL(&server, server.held_count == 1);
    peer_close(&first);
    peer_close(&second);
    server_stop(&server);
}

static void
lets_requests_wait_while_answers_are_not_taken(void **state)
{
    struct net_limits limits = net_limits_default;
    struct peer peer;

    (void)state;
    limits.connection_output_bytes_max = 1;
    start(&limits);
    peer_connect(&peer, &server);
    peer_say_preface(&peer);
    peer_say_frame(&peer, HEADERS, END_HEADERS | END_STREAM, 1, BYTES(GET_LARGE));
    peer_say_frame(&peer, HEADERS, END_HEADERS | END_STREAM, 3, BYTES(POST_HOLD));
    UNTIL(&server, peer.heard.len > 65535);
    assert_int_equal(server.requests, 1);
    assert_int_equal(listener_stats(server.listener)->exchanges_open, 2);
    peer_say_frame(&peer, RST_STREAM, 0, 1, BYTES("\0\0\0\x08"));
    UNTIL(&server, server.held_count == 1);
    peer_close(&peer);
    server_stop(&server);
}

/* 65,535 bytes of each answer leave (RFC 9113 6.9.2); what is left of it is held. */
static void
holds_no_more_answers_than_the_limit(void **state)
{
    struct net_limits limits = net_limits_default;
    struct peer first, second;

    (void)state;
    clock_set_us(SOME_TIME_US);
    limits.listener_output_bytes_max = (size_t)6 * 1024 * 1024;
    start(&limits);
    peer_connect(&first, &server);
    peer_say_preface(&first);
    peer_say_frame(&first, HEADERS, END_HEADERS | END_STREAM, 1, BYTES(GET_LARGE));
    UNTIL(&server, first.heard.len > 65535);
    assert_int_equal(listener_stats(server.listener)->output_bytes_held, 4 * 1024 * 1024);
    peer_connect(&second, &server);
    peer_say_text(&second, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                           "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(&server, peer_heard(&second, "HTTP/1.1 503 "));
    assert_true(peer_heard(&second, "\r\n\r\nabc"));
    assert_int_equal(listener_stats(server.listener)->refused_by_limit, 1);
    /* Whoever has not taken his answer for longest makes room for the next. */
    UNTIL(&server, first.ended);
    assert_int_equal(listener_stats(server.listener)->output_bytes_held, 0);
    peer_say_text(&second, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(&server, second.heard.len > (size_t)4 * 1024 * 1024);
    assert_false(second.ended);
    peer_close(&first);
    peer_close(&second);
    server_stop(&server);
}

static void
goes_away_from_peers_that_flood(void **state)
{
    static const struct {
        uint8_t type, flags;
        uint32_t stream;
        const char *payload;
        size_t len;
    } floods[] = {
        {PING, 0, 0, "12345678", 8},
        {SETTINGS, 0, 0, "", 0},
        {2 /* PRIORITY */, 0, 1, "\0\0\0\0\0", 5},
        {8 /* WINDOW_UPDATE */, 0, 0, "\0\0\0\x01", 4},
        {DATA, 0, 1, "", 0},
        {10 /* ALTSVC */, 0, 1, "", 0},
        {DATA, END_STREAM, 99, "late", 4},
        {HEADERS, END_HEADERS, 99, "\x82", 1},
        {255 /* of no type that there is */, 0, 0, "", 0},
    };

    (void)state;
    clock_set_us(SOME_TIME_US);
    for (size_t i = 0; i < ARRAY_COUNT(floods); i++) {
        struct peer peer;

        start(&net_limits_default);
        peer_connect(&peer, &server);
        peer_say_preface(&peer);
        peer_say_frame(&peer, HEADERS, END_HEADERS, 1, BYTES(POST_HOLD));
        peer_say_frame(&peer, HEADERS, END_HEADERS, 99, BYTES(POST_HOLD));
        peer_say_frame(&peer, RST_STREAM, 0, 99, BYTES("\0\0\0\x08"));
        for (unsigned n = 0; n <= server.limits.control_frames_per_second; n++)
            peer_say_frame(&peer, floods[i].type, floods[i].flags, floods[i].stream,
                           slice_make(floods[i].payload, floods[i].len));
        UNTIL(&server, peer.ended);
        assert_int_equal(peer_heard_goaway(&peer), ENHANCE_YOUR_CALM);
        assert_int_equal(listener_stats(server.listener)->refused_by_limit, 1);
        peer_close(&peer);
        server_stop(&server);
    }
}

/* RFC 9113 5.5: it is ignored, whatever it has. */
static void
goes_on_after_a_frame_of_a_type_that_it_does_not_know(void **state)
{
    struct peer peer;

    (void)state;
    start(&net_limits_default);
    peer_connect(&peer, &server);
    peer_say_preface(&peer);
    peer_say_frame(&peer, 255, 255, 7, slice_text("whatever"));
    peer_say_frame(&peer, HEADERS, END_HEADERS, 1, BYTES(POST_HOLD));
    peer_say_frame(&peer, 10, 0, 1, slice_text(""));
    peer_say_frame(&peer, DATA, END_STREAM, 1, slice_text("body"));
    UNTIL(&server, server.held_count == 1);
    assert_false(peer.ended);
    peer_close(&peer);
    server_stop(&server);
}

static void
goes_away_from_peers_that_reset_rapidly(void **state)
{
    struct peer peer;

    (void)state;
    clock_set_us(SOME_TIME_US);
    start(&net_limits_default);
    peer_connect(&peer, &server);
    peer_say_preface(&peer);
    for (uint32_t n = 0; n <= server.limits.resets_per_second; n++) {
        peer_say_frame(&peer, HEADERS, END_HEADERS, 2 * n + 1, BYTES(POST_HOLD));
        peer_say_frame(&peer, RST_STREAM, 0, 2 * n + 1, BYTES("\0\0\0\x08"));
    }
    UNTIL(&server, peer.ended);
    assert_int_equal(peer_heard_goaway(&peer), ENHANCE_YOUR_CALM);
    assert_int_equal(server.requests, 0);
    peer_close(&peer);
    server_stop(&server);
}

static void
goes_away_from_heads_without_end(void **state)
{
    struct peer peer;

    (void)state;
    start(&net_limits_default);
    peer_connect(&peer, &server);
    peer_say_preface(&peer);
    peer_say_frame(&peer, HEADERS, END_STREAM, 1, BYTES(POST_HOLD));
    for (int n = 0; n < 20; n++)
        peer_say_frame(&peer, CONTINUATION, 0, 1, BYTES("\x0f\x01\x01x"));
    UNTIL(&server, peer.ended);
    assert_int_equal(server.requests, 0);
    peer_close(&peer);
    server_stop(&server);
}

static void
refuses_a_large_list_of_fields_however_small_it_was_packed(void **state)
{
    /* A literal of 3,000 bytes enters the table; then an index names it, a byte a time. */
    struct peer peer;
    struct buffer block;

    (void)state;
    start(&net_limits_default);
    buffer_init(&block, 8192);
    assert_true(buffer_append(&block, BYTES(POST_HOLD "\x40\x01x\x7f\xb9\x16")));
    memset(buffer_extend(&block, 3000), 'v', 3000);
    memset(buffer_extend(&block, 1000), 0xbe, 1000);
    peer_connect(&peer, &server);
    peer_say_preface(&peer);
    peer_say_frame(&peer, HEADERS, END_HEADERS | END_STREAM, 1, buffer_slice(&block));
    UNTIL(&server, peer_heard(&peer, "431 Request Header Fields Too Large"));
    assert_int_equal(server.requests, 0);
    peer_close(&peer);
    buffer_fini(&block);
    server_stop(&server);
}

static void
asks_the_peer_to_stop_a_body_that_is_too_long(void **state)
{
    struct net_limits limits = net_limits_default;
    struct peer peer;

    (void)state;
    clock_set_us(SOME_TIME_US);
    limits.body_bytes_max = 10;
    start(&limits);
    peer_connect(&peer, &server);
    peer_say_preface(&peer);
    peer_say_frame(&peer, HEADERS, END_HEADERS, 1, BYTES(POST_ROOT));
    peer_say_frame(&peer, DATA, 0, 1, BYTES("0123456789"));
    peer_say_frame(&peer, DATA, 0, 1, BYTES("0"));
    UNTIL(&server, peer_heard(&peer, "refused by the handler"));
    assert_int_equal(peer_heard_reset(&peer), -1);
    /* RFC 9113 8.1: RST_STREAM with NO_ERROR after the whole answer. */
    clock_set_us(SOME_TIME_US + SECOND_US);
    UNTIL(&server, peer_heard_reset(&peer) >= 0);
    assert_int_equal(peer_heard_reset(&peer), 0);
    assert_int_equal(peer_heard_goaway(&peer), -1);
    peer_close(&peer);
    server_stop(&server);
}

static void
any_cut_of_the_stream_gives_the_same_answer(void **state)
{
    static const char stream[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
                                 "\0\0\x06\1\4\0\0\0\1" POST_ROOT "\0\0\x04\0\1\0\0\0\1echo";

    (void)state;
    start(&net_limits_default);
    for (size_t cut = 1; cut < sizeof(stream) - 1; cut++) {
        struct peer peer;

        peer_connect(&peer, &server);
        peer_say(&peer, stream, cut);
        turn(&server);
        peer_say(&peer, stream + cut, sizeof(stream) - 1 - cut);
        UNTIL(&server, peer_heard(&peer, "echo"));
        peer_close(&peer);
    }
    server_stop(&server);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(answers_requests_one_after_another, stop),
        cmocka_unit_test_teardown(closes_after_the_answer_when_asked, stop),
        cmocka_unit_test_teardown(says_continue_before_a_body_that_waits_for_it, stop),
        cmocka_unit_test_teardown(sends_trailers_in_chunks, stop),
        cmocka_unit_test_teardown(refuses_what_is_not_http_and_closes, stop),
        cmocka_unit_test(binds_addresses_and_never_names),
        cmocka_unit_test(binds_ipv6_where_the_machine_has_it),
        cmocka_unit_test_teardown(tells_the_handler_when_the_peer_leaves, stop),
        cmocka_unit_test_teardown(tells_the_handler_when_a_stream_is_reset, stop),
        cmocka_unit_test_teardown(aborts_what_is_held_when_the_listener_ends, stop),
        cmocka_unit_test_teardown(drains_by_answering_what_is_under_way, stop),
        cmocka_unit_test_teardown(is_drained_at_once_when_nothing_is_open, stop),
        cmocka_unit_test_teardown(ends_what_takes_too_long, stop),
        cmocka_unit_test_teardown(resets_a_stream_whose_window_stays_shut, stop),
        cmocka_unit_test_teardown(drops_a_peer_that_does_not_read, stop),
        cmocka_unit_test_teardown(accepts_no_more_than_the_limit_and_goes_on_later, stop),
        cmocka_unit_test_teardown(one_address_cannot_take_all_connections, stop),
        cmocka_unit_test_teardown(connections_are_counted_by_subscriber, stop),
        cmocka_unit_test_teardown(holds_no_more_bodies_than_the_limit, stop),
        cmocka_unit_test_teardown(refuses_streams_beyond_what_all_connections_may_have, stop),
        cmocka_unit_test_teardown(lets_requests_wait_while_answers_are_not_taken, stop),
        cmocka_unit_test_teardown(holds_no_more_answers_than_the_limit, stop),
        cmocka_unit_test_teardown(goes_away_from_peers_that_flood, stop),
        cmocka_unit_test_teardown(goes_on_after_a_frame_of_a_type_that_it_does_not_know, stop),
        cmocka_unit_test_teardown(goes_away_from_peers_that_reset_rapidly, stop),
        cmocka_unit_test_teardown(goes_away_from_heads_without_end, stop),
        cmocka_unit_test_teardown(refuses_a_large_list_of_fields_however_small_it_was_packed, stop),
        cmocka_unit_test_teardown(asks_the_peer_to_stop_a_body_that_is_too_long, stop),
        cmocka_unit_test_teardown(any_cut_of_the_stream_gives_the_same_answer, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
