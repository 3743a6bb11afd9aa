/*
 * A worker: one loop over the connections of callers, the database, and the
 * services that the supervisor links it to. It shares nothing with the others.
 */
#include "worker.h"

#include "base/log.h"
#include "base/panic.h"
#include "calculator/calculator.h"
#include "flow/control.h"
#include "net/tls.h"
#include "notary/notary.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <unistd.h>

struct worker {
    const struct config *config;
    struct worker_sockets sockets;
    struct event_base *base;
    struct channel *control;
    struct tls_context *tls;
    struct runtime runtime;
};

static void
link_service(struct worker *worker, const struct channel_message *message)
{
    uint32_t index;

    assert(message->body.len == sizeof(index));
    assert(message->fd >= 0);
    memcpy(&index, message->body.at, sizeof(index));
    if (message->tag == CONTROL_NOTARY)
        notary_connect(worker->runtime.notary, message->fd);
    else
        calculator_connect(worker->runtime.calculator, index, message->fd);
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
drain(struct worker *worker)
{
    event_base_loopbreak(worker->base);
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
    struct worker *worker = arg;

    event_base_loopbreak(worker->base);
}

static void
worker_open(struct worker *worker)
{
    const struct channel_events events = {
        .message = got_control, .closed = lost_control, .arg = worker};

    worker->base = event_base_new();
    assert(worker->base != NULL);
    worker->runtime.notary = notary_new(worker->base);
    worker->runtime.calculator = calculator_new(worker->base);
    worker->tls = tls_context_new(worker->config->tls.certificate, worker->config->tls.key);
    worker->control =
        channel_new(worker->base, worker->sockets.control_fd, &control_limits, &events);
}

static void
worker_close(struct worker *worker)
{
    channel_free(worker->control);
    tls_context_free(worker->tls);
    calculator_free(worker->runtime.calculator);
    notary_free(worker->runtime.notary);
    event_base_free(worker->base);
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
    const char *fault = tls_context_load(worker.tls);
    if (fault != NULL) {
        log_error("worker cannot work file=%s reason=\"%s\"", config->tls.certificate, fault);
    } else if (control_send(worker.control, CONTROL_READY, 0, slice_make(NULL, 0), -1)) {
        event_base_dispatch(worker.base);
        status = EXIT_SUCCESS;
    }
    worker_close(&worker);
    return status;
}
