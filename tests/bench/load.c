/*
 * load SCENARIO --port N ...: calls the bank as many callers would, and prints
 * what came of it as one JSON object.
 *
 *   closed   (no --rate) every connection has --depth calls under way: how much it can do
 *   open     --rate calls a second are begun when they are due, whatever became of those
 *            before; latency counts from that moment
 *
 * The first second warms up and is not counted, unless --count is given: then so
 * many calls are made and all of them count. `idle` connects, says so, and holds
 * the connections until its standard input ends.
 */
#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/panic.h"
#include "crypto/jwt.h"
#include "key.h"

#include "histogram.h"
#include "scenario.h"

#include <assert.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define WARM_UP_US ((int64_t)1000000)
#define PATIENCE_S 60
#define CALLS_MAX 100000
#define TICK_US 1000
#define FAULTS_SHOWN 3
#define FAULT_BYTES_MAX 500

struct options {
    const struct scenario *scenario;
    const char *key_file, *identity_keys_file;
    unsigned long port, connections, depth, rate, seconds, count;
};

struct load {
    struct options options;
    struct work work;
    struct event_base *base;
    SSL_CTX *tls;
    struct peer **peers;
    size_t ready, next_peer;
    struct buffer token;

    int64_t began_us, counted_from_us, counted_until_us, ended_us;
    bool stopped; /* begins no more calls */
    uint64_t begun, under_way, counted, failed;
    int64_t cpu_us;
    struct histogram latencies;
};

struct call {
    struct peer *peer;
    int64_t due_us;
};

static int64_t
cpu_us(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
           usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static void
begin_call(struct load *load, struct peer *peer, int64_t due_us)
{
    struct call *call = xcalloc(1, sizeof(*call));
    struct made made = {0};

    *call = (struct call){peer, due_us};
    load->options.scenario->make(&load->work, &made);
    load->work.made++;
    load->begun++;
    if (++load->under_way > CALLS_MAX)
        panic("over %d calls under way: the bank does not keep up with the rate", CALLS_MAX);
    peer_call(
        peer,
        &(struct peer_request){made.path, made.token, slice_make(made.body.at, made.body.len)},
        call);
    creditbank_bytes_free(&made.body);
}

static void
stop(struct load *load)
{
    load->stopped = true;
    if (load->under_way == 0)
        event_base_loopbreak(load->base);
}

/* Whether another call may begin now. */
static bool
goes_on(struct load *load, int64_t now_us)
{
    const struct options *options = &load->options;

    if (!load->stopped &&
        (options->count > 0 ? load->begun >= options->count : now_us >= load->counted_until_us))
        stop(load);
    return !load->stopped;
}

static void
note_fault(struct load *load, const struct peer_answer *answer)
{
    size_t shown = answer->http_status == 200           ? 0
                   : answer->body.len < FAULT_BYTES_MAX ? answer->body.len
                                                        : FAULT_BYTES_MAX;

    if (load->failed++ < FAULTS_SHOWN)
        fprintf(stderr, "load: HTTP %d, %zu bytes: %.*s\n", answer->http_status, answer->body.len,
                (int)shown, (const char *)answer->body.at);
}

static void
answered(void *arg, void *what, const struct peer_answer *answer)
{
    struct load *load = arg;
    struct call *call = what;
    struct peer *peer = call->peer;
    int64_t now_us = clock_monotonic_us(), due_us = call->due_us;

    xfree(call);
    load->under_way--;
    if (answer->http_status != 200 || !load->options.scenario->is_good(&load->work, answer->body))
        note_fault(load, answer);
    else if (now_us >= load->counted_from_us &&
             (load->options.count > 0 || now_us < load->counted_until_us)) {
        load->counted++;
        load->ended_us = now_us;
        histogram_add(&load->latencies, now_us - due_us);
    }
    if (load->options.rate == 0 && goes_on(load, now_us))
        begin_call(load, peer, now_us);
    if (load->stopped && load->under_way == 0)
        event_base_loopbreak(load->base);
}

/* ---- Beginning ---- */

/* Begins what has come due; of two ticks the later makes good what the first was late. */
static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct load *load = arg;

    (void)fd, (void)what;
    for (;;) {
        int64_t now_us = clock_monotonic_us();
        int64_t due_us = load->began_us + (int64_t)(load->begun * 1000000 / load->options.rate);

        if (due_us > now_us || !goes_on(load, now_us))
            return;
        begin_call(load, load->peers[load->next_peer], due_us);
        load->next_peer = (load->next_peer + 1) % load->options.connections;
    }
}

static void
begin(struct load *load)
{
    const struct options *options = &load->options;
    static const struct timeval tick = {.tv_usec = TICK_US};

    load->began_us = load->counted_from_us = load->ended_us = clock_monotonic_us();
    load->counted_until_us = INT64_MAX;
    if (options->count == 0) {
        load->counted_from_us += WARM_UP_US;
        load->counted_until_us = load->counted_from_us + (int64_t)options->seconds * 1000000;
    }
    load->cpu_us = cpu_us();
    if (options->rate > 0) {
        event_add(event_new(load->base, -1, EV_PERSIST, on_tick, load), &tick);
        return;
    }
    for (size_t i = 0; i < options->connections * options->depth; i++)
        if (goes_on(load, load->began_us))
            begin_call(load, load->peers[i % options->connections], load->began_us);
}

static void
on_input_end(evutil_socket_t fd, short what, void *arg)
{
    struct load *load = arg;
    char byte;

    (void)what;
    if (read(fd, &byte, 1) <= 0)
        event_base_loopbreak(load->base);
}

static void
ready(void *arg)
{
    struct load *load = arg;

    if (++load->ready < load->options.connections)
        return;
    if (load->options.scenario->make != NULL) {
        begin(load);
        return;
    }
    puts("connected");
    fflush(stdout);
    event_add(event_new(load->base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input_end, load), NULL);
}

static void
on_patience(evutil_socket_t fd, short what, void *arg)
{
    const struct load *load = arg;

    (void)fd, (void)what;
    panic("%" PRIu64 " calls without an answer", load->under_way);
}

static void
connect_all(struct load *load)
{
    struct timeval patience = {.tv_sec = PATIENCE_S + (time_t)load->options.seconds};
    struct peer_config config = {
        .tls = load->tls = peer_tls_new(),
        .port = (uint16_t)load->options.port,
        .events = {.ready = ready, .answered = answered, .arg = load},
    };

    config.base = load->base = event_base_new();
    assert(load->base != NULL);
    load->peers = xcalloc(load->options.connections, sizeof(*load->peers));
    for (size_t i = 0; i < load->options.connections; i++)
        load->peers[i] = peer_new(&config);
    if (load->options.seconds > 0)
        event_add(event_new(load->base, -1, 0, on_patience, load), &patience);
}

/* ---- The command line ---- */

static void
sign_in(struct load *load)
{
    struct creditbank_error error;

    if (load->options.key_file == NULL)
        return;
    if (!creditbank_key_read(load->options.key_file, "", &load->work.key, &error))
        panic("key: %s %s", error.code, error.detail);
    buffer_init(&load->token, JWT_MAX);
    if (!jwt_sign(load->work.key->private, slice_text(load->work.log_origin), clock_now_us(),
                  JWT_LIFE_MAX_S, &load->token))
        panic("the token is too long");
    load->work.token = buffer_slice(&load->token);
}

static void
read_identity_keys(struct load *load)
{
    const char *file = load->options.identity_keys_file;
    const char *fault = file != NULL ? identity_keys_load(file, &load->work.identity_keys) : NULL;

    if (fault != NULL)
        panic("%s: %s", file, fault);
}

static unsigned long
number(const char *text)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (*end != '\0' || end == text)
        panic("not a number: %s", text);
    return value;
}

enum {
    PORT = 1,
    KEY,
    IDENTITY_KEYS,
    ORIGIN,
    INSTITUTION,
    CERTIFICATE,
    PREFIX,
    FIRST,
    ACCOUNTS,
    ITEMS,
    CONNECTIONS,
    DEPTH,
    RATE,
    SECONDS,
    COUNT
};

static const struct option names[] = {
    {"port", required_argument, NULL, PORT},
    {"key", required_argument, NULL, KEY},
    {"identity-keys", required_argument, NULL, IDENTITY_KEYS},
    {"origin", required_argument, NULL, ORIGIN},
    {"institution", required_argument, NULL, INSTITUTION},
    {"certificate", required_argument, NULL, CERTIFICATE},
    {"prefix", required_argument, NULL, PREFIX},
    {"first-account", required_argument, NULL, FIRST},
    {"accounts", required_argument, NULL, ACCOUNTS},
    {"items", required_argument, NULL, ITEMS},
    {"connections", required_argument, NULL, CONNECTIONS},
    {"depth", required_argument, NULL, DEPTH},
    {"rate", required_argument, NULL, RATE},
    {"seconds", required_argument, NULL, SECONDS},
    {"count", required_argument, NULL, COUNT},
    {0},
};

static void
set_text(struct load *load, int option, const char *text)
{
    const char **texts[] = {
        [KEY] = &load->options.key_file,
        [IDENTITY_KEYS] = &load->options.identity_keys_file,
        [ORIGIN] = &load->work.log_origin,
        [INSTITUTION] = &load->work.institution_id,
        [CERTIFICATE] = &load->work.certificate_id,
        [PREFIX] = &load->work.prefix,
    };

    *texts[option] = text;
}

static void
set_number(struct load *load, int option, unsigned long value)
{
    unsigned long *numbers[] = {
        [PORT] = &load->options.port,
        [FIRST] = &load->work.accounts.first,
        [ACCOUNTS] = &load->work.accounts.count,
        [ITEMS] = &load->work.items,
        [CONNECTIONS] = &load->options.connections,
        [DEPTH] = &load->options.depth,
        [RATE] = &load->options.rate,
        [SECONDS] = &load->options.seconds,
        [COUNT] = &load->options.count,
    };

    *numbers[option] = value;
}

static void
read_options(struct load *load, int argc, char **argv)
{
    int option;

    while ((option = getopt_long(argc, argv, "", names, NULL)) > 0) {
        if (option == '?')
            exit(2);
        if (option >= KEY && option <= PREFIX)
            set_text(load, option, optarg);
        else
            set_number(load, option, number(optarg));
    }
    if (optind != argc - 1 || (load->options.scenario = scenario_find(argv[optind])) == NULL) {
        fprintf(stderr, "usage: load certificates|accounts|reading|idle --port N ...\n");
        exit(2);
    }
    if (load->options.connections == 0 || load->work.accounts.count == 0 ||
        load->options.depth == 0 || load->work.items == 0)
        panic("connections, accounts, depth and items are at least 1");
}

static void
print(const struct load *load)
{
    double seconds = (double)((load->options.count > 0 ? load->ended_us : load->counted_until_us) -
                              load->counted_from_us) /
                     1e6;

    printf("{\"calls\": %" PRIu64 ", \"failed\": %" PRIu64 ", \"seconds\": %.3f, \"rate\": %.1f, "
           "\"p50_us\": %" PRId64 ", \"p99_us\": %" PRId64 ", \"begun\": %" PRIu64
           ", \"signing_us\": %" PRId64 ", \"cpu_us\": %" PRId64 "}\n",
           load->counted, load->failed, seconds, (double)load->counted / seconds,
           histogram_at(&load->latencies, 0.50), histogram_at(&load->latencies, 0.99), load->begun,
           load->work.signing_us, cpu_us() - load->cpu_us);
}

int
main(int argc, char **argv)
{
    struct load load = {
        .options = {.connections = 1, .depth = 1, .seconds = 10},
        .work = {.prefix = "", .items = 1, .accounts = {.count = 1}},
    };

    read_options(&load, argc, argv);
    sign_in(&load);
    read_identity_keys(&load);
    connect_all(&load);
    event_base_dispatch(load.base);
    if (load.options.scenario->make != NULL)
        print(&load);
    /* What is left goes with the process. */
    return load.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
