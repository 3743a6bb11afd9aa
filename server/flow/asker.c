#include "flow/asker.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/memory.h"

#include <assert.h>
#include <event2/event.h>

struct request {
    struct list node; /* in `waiting`, or in `ended` */
    struct asker *asker;
    struct event *too_late;
    uint64_t tag;
    enum ask_end end; /* once in `ended` */
    ask_done_fn *done;
    void *arg;
};

struct asker {
    struct event_base *base;
    struct asker_limits limits;
    struct channel *channel; /* NULL while there is no process */
    uint64_t last_tag;
    struct list waiting;
    size_t waiting_count;
    struct list ended; /* without an answer, and not told yet */
    struct event *tell_ended;
};

static void
finish(struct request *request, enum ask_end end, uint32_t type, struct slice body)
{
    ask_done_fn *done = request->done;
    void *arg = request->arg;

    list_remove(&request->node);
    event_free(request->too_late);
    xfree(request);
    done(arg, end, type, body);
}

/* It will be told from the loop. */
static void
end(struct asker *asker, struct request *request, enum ask_end how)
{
    const struct timeval next_turn = {0};

    event_del(request->too_late);
    request->end = how;
    list_remove(&request->node);
    list_append(&asker->ended, &request->node);
    event_add(asker->tell_ended, &next_turn);
}

static void
end_waiting(struct asker *asker)
{
    list_each (node, &asker->waiting) {
        end(asker, LIST_ENTRY(node, struct request, node), ASK_DOWN);
    }
    asker->waiting_count = 0;
}

static void
tell_ended(int fd, short what, void *arg)
{
    struct asker *asker = arg;
    struct list batch;

    (void)fd;
    (void)what;
    /* Whoever is told may ask again; that ends in another turn. */
    list_init(&batch);
    list_each (node, &asker->ended) {
        list_remove(node);
        list_append(&batch, node);
    }
    while (!list_is_empty(&batch)) {
        struct request *request = LIST_FIRST(&batch, struct request, node);

        finish(request, request->end, 0, slice_make(NULL, 0));
    }
}

static void
too_late(int fd, short what, void *arg)
{
    struct request *request = arg;

    (void)fd;
    (void)what;
    request->asker->waiting_count--;
    finish(request, ASK_TOO_LATE, 0, slice_make(NULL, 0));
}

static struct request *
find(const struct asker *asker, uint64_t tag)
{
    list_each (node, &asker->waiting) {
        struct request *request = LIST_ENTRY(node, struct request, node);

        if (request->tag == tag)
            return request;
    }
    return NULL;
}

/* An answer that nobody waits for any more came too late. */
static void
got_answer(void *arg, const struct channel_message *message)
{
    struct asker *asker = arg;
    struct request *request = find(asker, message->tag);

    assert(message->fd < 0);
    if (request == NULL)
        return;
    asker->waiting_count--;
    finish(request, ASK_ANSWERED, message->type, message->body);
}

static void
disconnect(void *arg)
{
    struct asker *asker = arg;

    channel_free(asker->channel);
    asker->channel = NULL;
    end_waiting(asker);
}

struct asker *
asker_new(struct event_base *base, const struct asker_limits *limits)
{
    struct asker *asker = xcalloc(1, sizeof(*asker));

    asker->base = base;
    asker->limits = *limits;
    list_init(&asker->waiting);
    list_init(&asker->ended);
    asker->tell_ended = evtimer_new(base, tell_ended, asker);
    assert(asker->tell_ended != NULL);
    return asker;
}

void
asker_free(struct asker *asker)
{
    if (asker == NULL)
        return;
    disconnect(asker);
    while (!list_is_empty(&asker->ended))
        tell_ended(-1, EV_TIMEOUT, asker);
    event_free(asker->tell_ended);
    xfree(asker);
}

void
asker_connect(struct asker *asker, int fd)
{
    const struct channel_events events = {
        .message = got_answer, .closed = disconnect, .arg = asker};

    disconnect(asker);
    asker->channel = channel_new(asker->base, fd, &asker->limits.channel, &events);
}

bool
asker_is_connected(const struct asker *asker)
{
    return asker->channel != NULL;
}

size_t
asker_waiting(const struct asker *asker)
{
    return asker->waiting_count;
}

static void
set_timer(struct request *request, int64_t deadline_us)
{
    int64_t left_us = deadline_us - clock_monotonic_us();
    struct timeval left = {0};

    if (left_us > 0) {
        left.tv_sec = left_us / 1000000;
        left.tv_usec = left_us % 1000000;
    }
    event_add(request->too_late, &left);
}

void
asker_ask(struct asker *asker, uint32_t type, struct slice body, int64_t deadline_us,
          ask_done_fn *done, void *arg)
{
    struct request *request = xcalloc(1, sizeof(*request));
    const struct channel_message message = {
        .type = type, .tag = ++asker->last_tag, .deadline_us = deadline_us, .body = body, .fd = -1};

    list_init(&request->node);
    request->asker = asker;
    request->tag = message.tag;
    request->done = done;
    request->arg = arg;
    request->too_late = evtimer_new(asker->base, too_late, request);
    assert(request->too_late != NULL);

    if (asker->channel == NULL) {
        end(asker, request, ASK_DOWN);
        return;
    }
    if (asker->waiting_count == asker->limits.waiting_max ||
        !channel_send(asker->channel, &message)) {
        end(asker, request, ASK_FULL);
        return;
    }
    list_append(&asker->waiting, &request->node);
    asker->waiting_count++;
    set_timer(request, deadline_us);
}
