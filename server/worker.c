/*
 * A worker: one loop over the connections of callers, the database, and the
 * services that the supervisor links it to. It shares nothing with the others.
 */
#include "worker.h"

#include "api/credentials.h"
#include "api/founding.h"
#include "api/methods.h"
#include "base/log.h"
#include "base/panic.h"
#include "calculator/calculator.h"
#include "crypto/crypto.h"
#include "db/pool.h"
#include "flow/control.h"
#include "ledger/ledger.h"
#include "net/listener.h"
#include "rpc/rpc.h"
#include "store/key_ring.h"
#include "timekeeper.h"

#include <assert.h>
#include <event2/event.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/* TLS, and clear text on loopback. */
#define LISTENERS_MAX 2

/* So many others an urgent event may wait for: 0.2 ms each, where a signature is verified. */
#define EVENTS_AT_ONCE 4

struct worker {
    const struct config *config;
    struct worker_sockets sockets;
    struct event_base *base;
    struct channel *control;
    struct tls_context *tls;
    struct identity_keys identity_keys;
    struct credentials_config credentials;
    struct runtime runtime;
    struct rpc_server *rpc;
    struct timekeeper *timekeeper;
    struct listener *listeners[LISTENERS_MAX];
    size_t listener_count;
    size_t draining; /* listeners that still have something to answer */
    bool is_ready;   /* the supervisor was told */
    bool is_draining;
};

/* Writes need the notary: before it is linked the worker is not ready. */
static void
become_ready(struct worker *worker)
{
    if (worker->is_ready)
        return;
    worker->is_ready = true;
    rpc_set_serving(worker->rpc, true);
    timekeeper_start(worker->timekeeper);
    if (!control_send(worker->control, CONTROL_READY, 0, slice_make(NULL, 0), -1))
        event_base_loopbreak(worker->base);
}

static void
link_service(struct worker *worker, const struct channel_message *message)
{
    uint32_t index;

    assert(message->body.len == sizeof(index));
    assert(message->fd >= 0);
    memcpy(&index, message->body.at, sizeof(index));
    if (message->tag == CONTROL_NOTARY) {
        notary_connect(worker->runtime.notary, message->fd);
        become_ready(worker);
    } else {
        calculator_connect(worker->runtime.calculator, index, message->fd);
    }
}

static void
reload(struct worker *worker, struct slice news)
{
    bool applied = control_apply_reload(news);

    assert(applied);
    const char *fault = tls_context_load(worker->tls);
    if (fault != NULL)
        log_error("certificate not reloaded file=%s reason=\"%s\"", worker->config->tls.certificate,
                  fault);
    else
        log_info("reloaded");
}

static void
timekeeper_stopped(void *arg)
{
    struct worker *worker = arg;

    event_base_loopbreak(worker->base);
}

static void
calls_drained(void *arg)
{
    struct worker *worker = arg;

    timekeeper_stop(worker->timekeeper, timekeeper_stopped, worker);
}

static void
listener_drained(void *arg)
{
    struct worker *worker = arg;

    if (--worker->draining == 0)
        rpc_server_drain(worker->rpc, calls_drained, worker);
}

static void
drain(struct worker *worker)
{
    if (worker->is_draining)
        return;
    worker->is_draining = true;
    worker->draining = worker->listener_count;
    rpc_set_serving(worker->rpc, false);
    for (size_t i = 0; i < worker->listener_count; i++)
        listener_drain(worker->listeners[i], listener_drained, worker);
}

static void
got_control(void *arg, const struct channel_message *message)
{
    struct worker *worker = arg;

    if (message->type == CONTROL_LINK)
        link_service(worker, message);
    else if (message->type == CONTROL_RELOAD)
        reload(worker, message->body);
    else if (message->type == CONTROL_DRAIN)
        drain(worker);
    else
        panic("control message %u is not for a worker", message->type);
}

/* Without a supervisor nobody would replace the worker, or end it. */
static void
lost_control(void *arg)
{
    (void)arg;
    _exit(EXIT_FAILURE);
}

/* What is needed from files; false, and a line in the log, where one is wrong. */
static bool
read_files(struct worker *worker)
{
    const struct config *config = worker->config;
    char founding[PATH_MAX];
    const char *fault = tls_context_load(worker->tls);
    const char *file = config->tls.certificate;

    if (fault == NULL) {
        file = config->identity.epoch_keys;
        fault = identity_keys_load(file, &worker->identity_keys);
    }
    if (fault != NULL) {
        log_error("worker cannot work file=%s reason=\"%s\"", file, fault);
        return false;
    }
    snprintf(founding, sizeof(founding), "%s/founding.json", config->bank.state_directory);
    worker->runtime.founding = founding_read(founding, &fault);
    if (worker->runtime.founding == NULL)
        log_debug("no founding terms file=%s reason=\"%s\"", founding, fault);
    return true;
}

static void
open_database(struct worker *worker)
{
    const struct config *config = worker->config;
    struct conn_config reads = conn_config_default(config->database.conninfo, "creditbank reads");
    struct conn_config keys = conn_config_default(config->database.conninfo, "creditbank keys");
    struct pool_config pool = {
        .conn_count = config->database.pool_connections,
        .queue_max = config->database.pool_queue,
        .queue_wait_ms = (unsigned)config->database.pool_wait_ms,
    };
    struct ledger_config ledger = {
        .conninfo = config->database.conninfo,
        .limits =
            {
                .queue_transactions = config->ledger.queue_transactions,
                .batch_transactions = config->ledger.batch_transactions,
                .batch_items = config->ledger.batch_items,
                .batch_bytes = config->ledger.batch_bytes,
            },
        .notary = worker->runtime.notary,
    };

    reads.finds_by_key = true;
    worker->runtime.pool = pool_new(worker->base, &pool, &reads);
    worker->runtime.key_ring = key_ring_new(worker->base, &keys);
    worker->runtime.ledger = ledger_new(worker->base, &ledger);
}

static void
open_server(struct worker *worker)
{
    struct rpc_config rpc = {
        .base = worker->base,
        .runtime = &worker->runtime,
        .limits = &worker->config->rpc,
        .methods = methods,
        .authenticate = credentials_authenticate,
        .authenticate_state_size = credentials_authenticate_state_size,
    };

    worker->credentials = (struct credentials_config){
        .log_origin = worker->config->bank.log_origin,
        .operator_id = worker->config->bank.operator_id,
        .identity_keys = &worker->identity_keys,
    };
    worker->runtime.credentials = credentials_new(&worker->credentials);
    worker->rpc = rpc_server_new(&rpc);
    worker->timekeeper = timekeeper_new(worker->base, &worker->runtime);
}

static void
listen_on(struct worker *worker, int fd, struct tls_context *tls)
{
    if (fd >= 0)
        worker->listeners[worker->listener_count++] = listener_new(
            worker->base, fd, tls, rpc_server_handler(worker->rpc), &worker->config->net);
}

/* A loop of two priorities: after a few events it looks whether an urgent one has come. */
static struct event_base *
make_base(void)
{
    struct event_config *config = event_config_new();
    struct event_base *base;

    assert(config != NULL);
    event_config_set_max_dispatch_interval(config, NULL, EVENTS_AT_ONCE, 1);
    base = event_base_new_with_config(config);
    assert(base != NULL);
    event_config_free(config);
    event_base_priority_init(base, 2);
    return base;
}

static void
worker_open(struct worker *worker)
{
    const struct channel_events events = {
        .message = got_control, .closed = lost_control, .arg = worker};

    worker->base = make_base();
    worker->tls = tls_context_new(worker->config->tls.certificate, worker->config->tls.key);
    worker->runtime.notary = notary_new(worker->base);
    worker->runtime.calculator = calculator_new(worker->base);
    worker->control =
        channel_new(worker->base, worker->sockets.control_fd, &control_limits, &events);
}

static void
worker_serve(struct worker *worker)
{
    open_database(worker);
    open_server(worker);
    listen_on(worker, worker->sockets.tls_fd, worker->tls);
    listen_on(worker, worker->sockets.cleartext_fd, NULL);
    event_base_dispatch(worker->base);

    for (size_t i = worker->listener_count; i-- > 0;)
        listener_free(worker->listeners[i]);
    timekeeper_free(worker->timekeeper);
    rpc_server_free(worker->rpc);
    credentials_free(worker->runtime.credentials);
    notary_free(worker->runtime.notary); /* what it was asked ends in the ledger */
    ledger_free(worker->runtime.ledger);
    key_ring_free(worker->runtime.key_ring);
    pool_free(worker->runtime.pool);
}

static void
worker_close(struct worker *worker)
{
    founding_free(worker->runtime.founding);
    identity_keys_wipe(&worker->identity_keys);
    channel_free(worker->control);
    calculator_free(worker->runtime.calculator);
    tls_context_free(worker->tls);
    event_base_free(worker->base);
    crypto_fini();
    close(worker->sockets.tls_fd);
    if (worker->sockets.cleartext_fd >= 0)
        close(worker->sockets.cleartext_fd);
}

int
worker_run(const struct config *config, const struct worker_sockets *sockets)
{
    struct worker worker = {.config = config, .sockets = *sockets};
    int status = CONTROL_EXIT_CONFIG;

    worker_open(&worker);
    if (read_files(&worker)) {
        worker_serve(&worker);
        status = EXIT_SUCCESS;
    } else {
        notary_free(worker.runtime.notary);
    }
    worker_close(&worker);
    return status;
}
