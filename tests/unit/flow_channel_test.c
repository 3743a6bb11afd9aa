/* flow: messages over a socket pair, and what a peer does that breaks the rules. */
#include "flow/channel.h"

#include "base/buffer.h"

#include "unit.h"

#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define BODY_MAX 1000000
#define MESSAGES_MAX 64
#define HEAD_SIZE 32

/* One end of ours, and the bare other end. */
struct rig {
    struct event_base *base;
    struct channel *channel;
    int peer;
    bool closed, frees_itself;
    size_t count;
    uint32_t types[MESSAGES_MAX];
    uint64_t tag;
    struct buffer body; /* of the last */
    int fd;
};

static void
got_message(void *arg, const struct channel_message *message)
{
    struct rig *rig = arg;

    assert_true(rig->count < MESSAGES_MAX);
    rig->types[rig->count++] = message->type;
    rig->tag = message->tag;
    rig->fd = message->fd;
    buffer_clear(&rig->body);
    assert_true(buffer_append(&rig->body, message->body));
    if (rig->frees_itself) {
        channel_free(rig->channel);
        rig->channel = NULL;
    }
}

static void
got_end(void *arg)
{
    struct rig *rig = arg;

    assert_false(rig->closed);
    rig->closed = true;
    if (rig->frees_itself) {
        channel_free(rig->channel);
        rig->channel = NULL;
    }
}

static const struct channel_limits limits = {.body_max = BODY_MAX,
                                             .output_max = (size_t)3 * BODY_MAX};

static int
open_rig(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));
    const struct channel_events events = {.message = got_message, .closed = got_end, .arg = rig};
    int ends[2];

    assert_true(channel_pair(ends));
    rig->base = event_base_new();
    rig->peer = ends[1];
    rig->fd = -1;
    buffer_init(&rig->body, BODY_MAX);
    rig->channel = channel_new(rig->base, ends[0], &limits, &events);
    *state = rig;
    return 0;
}

static int
close_rig(void **state)
{
    struct rig *rig = *state;

    channel_free(rig->channel);
    buffer_fini(&rig->body);
    event_base_free(rig->base);
    if (rig->peer >= 0)
        close(rig->peer);
    free(rig);
    return 0;
}

static void
await_messages(struct rig *rig, size_t count)
{
    while (rig->count < count && !rig->closed)
        event_base_loop(rig->base, EVLOOP_ONCE);
    assert_int_equal(rig->count, count);
}

static void
await_end(struct rig *rig)
{
    while (!rig->closed)
        event_base_loop(rig->base, EVLOOP_ONCE);
}

/* A second channel over the rig's bare end. */
static struct channel *
take_peer(struct rig *rig, const struct channel_events *events)
{
    struct channel *peer = channel_new(rig->base, rig->peer, &limits, events);

    rig->peer = -1;
    return peer;
}

static void
ignore_message(void *arg, const struct channel_message *message)
{
    (void)arg;
    (void)message;
}

static void
ignore_end(void *arg)
{
    (void)arg;
}

static const struct channel_events ignored = {.message = ignore_message, .closed = ignore_end};

static void
messages_arrive_whole_and_in_order(void **state)
{
    struct rig *rig = *state;
    struct channel *peer = take_peer(rig, &ignored);
    static uint8_t bytes[BODY_MAX];

    /* From nothing to the largest, which no socket takes at once. */
    for (uint32_t i = 0; i < 3; i++) {
        static const size_t lens[] = {0, 1, BODY_MAX};
        const struct channel_message message = {
            .type = i + 1, .tag = 100 + i, .body = slice_make(bytes, lens[i]), .fd = -1};

        memset(bytes, (int)i, sizeof(bytes));
        assert_true(channel_send(peer, &message));
        assert_int_equal(rig->count, i);
        await_messages(rig, i + 1);
        assert_int_equal(rig->types[i], i + 1);
        assert_int_equal(rig->tag, 100 + i);
        assert_true(slice_equal(buffer_slice(&rig->body), message.body));
    }
    channel_free(peer);
    await_end(rig);
}

static void
a_descriptor_comes_with_its_own_message(void **state)
{
    struct rig *rig = *state;
    struct channel *peer = take_peer(rig, &ignored);
    struct channel_message message = {.type = 1, .fd = -1};
    int ends[2];
    char byte;

    assert_int_equal(pipe(ends), 0);
    assert_true(channel_send(peer, &message));
    message.fd = ends[1];
    assert_true(channel_send(peer, &message));
    message.fd = -1;
    assert_true(channel_send(peer, &message));
    close(ends[1]);

    await_messages(rig, 1);
    assert_int_equal(rig->fd, -1);
    await_messages(rig, 2);
    int fd = rig->fd;
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    assert_int_equal(write(fd, "x", 1), 1);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    close(fd);
    /* No copy of it is left anywhere. */
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
    await_messages(rig, 3);
    assert_int_equal(rig->fd, -1);
    channel_free(peer);
}

static void
what_is_too_much_is_not_sent(void **state)
{
    struct rig *rig = *state;
    static uint8_t bytes[BODY_MAX + 1];
    struct channel_message message = {
        .type = 1, .body = slice_make(bytes, sizeof(bytes)), .fd = -1};

    assert_false(channel_send(rig->channel, &message));
    message.body.len = BODY_MAX;
    assert_true(channel_send(rig->channel, &message));
    assert_true(channel_send(rig->channel, &message));
    assert_false(channel_send(rig->channel, &message));
    message.body.len = 10;
    assert_true(channel_send(rig->channel, &message));
}

static void
nothing_is_sent_to_who_has_left(void **state)
{
    struct rig *rig = *state;
    const struct channel_message message = {.type = 1, .fd = -1};

    close(rig->peer);
    rig->peer = -1;
    assert_true(channel_send(rig->channel, &message));
    await_end(rig);
    assert_false(channel_send(rig->channel, &message));
}

/* The head: uint32 length, uint32 type, uint64 tag, int64 deadline, uint32 has_fd, uint32 zero. */
static void
put_head(uint8_t head[HEAD_SIZE], uint32_t len, uint32_t has_fd, uint32_t zero)
{
    memset(head, 0, HEAD_SIZE);
    memcpy(head, &len, sizeof(len));
    memcpy(head + 24, &has_fd, sizeof(has_fd));
    memcpy(head + 28, &zero, sizeof(zero));
}

static void
a_peer_that_breaks_the_rules_is_left(void **state)
{
    static const struct {
        uint32_t len, has_fd, zero;
        bool brings_fd;
    } cases[] = {
        {BODY_MAX + 1, 0, 0, false},
        {UINT32_MAX, 0, 0, false},
        {0, 1, 0, false},
        {0, 0, 1, false},
        {0, 2, 0, true},
        {0, 0, 0, true},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint8_t head[HEAD_SIZE];
        union {
            struct cmsghdr aligned;
            char bytes[CMSG_SPACE(sizeof(int))];
        } room = {0};
        struct iovec part = {.iov_base = head, .iov_len = sizeof(head)};
        struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};
        struct rig *rig;
        void *own;

        assert_int_equal(open_rig(&own), 0);
        rig = own;
        put_head(head, cases[i].len, cases[i].has_fd, cases[i].zero);
        if (cases[i].brings_fd) {
            int fd = rig->peer;

            msg.msg_control = room.bytes;
            msg.msg_controllen = sizeof(room.bytes);
            *CMSG_FIRSTHDR(&msg) = (struct cmsghdr){.cmsg_level = SOL_SOCKET,
                                                    .cmsg_type = SCM_RIGHTS,
                                                    .cmsg_len = CMSG_LEN(sizeof(int))};
            memcpy(CMSG_DATA(CMSG_FIRSTHDR(&msg)), &fd, sizeof(fd));
        }
        assert_int_equal(sendmsg(rig->peer, &msg, 0), HEAD_SIZE);
        await_end(rig);
        assert_int_equal(rig->count, 0);
        close_rig(&own);
    }
    (void)state;
}

static void
a_message_cut_off_is_not_delivered(void **state)
{
    for (size_t len = 1; len < HEAD_SIZE + 4; len++) {
        uint8_t bytes[HEAD_SIZE + 4] = {0};
        struct rig *rig;
        void *own;

        assert_int_equal(open_rig(&own), 0);
        rig = own;
        put_head(bytes, 4, 0, 0);
        assert_int_equal(write(rig->peer, bytes, len), len);
        close(rig->peer);
        rig->peer = -1;
        await_end(rig);
        assert_int_equal(rig->count, 0);
        close_rig(&own);
    }
    (void)state;
}

static void
a_channel_may_be_freed_by_its_own_callbacks(void **state)
{
    struct rig *rig = *state;
    struct channel *peer = take_peer(rig, &ignored);
    const struct channel_message message = {.type = 1, .body = slice_text("last"), .fd = -1};

    rig->frees_itself = true;
    assert_true(channel_send(peer, &message));
    assert_true(channel_send(peer, &message));
    await_messages(rig, 1);
    assert_null(rig->channel);
    assert_true(slice_is(buffer_slice(&rig->body), "last"));
    channel_free(peer);
}

static void
a_channel_may_be_freed_when_its_peer_leaves(void **state)
{
    struct rig *rig = *state;

    rig->frees_itself = true;
    close(rig->peer);
    rig->peer = -1;
    await_end(rig);
    assert_null(rig->channel);
}

#define RIG_TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(messages_arrive_whole_and_in_order),
        RIG_TEST(a_descriptor_comes_with_its_own_message),
        RIG_TEST(what_is_too_much_is_not_sent),
        RIG_TEST(nothing_is_sent_to_who_has_left),
        cmocka_unit_test(a_peer_that_breaks_the_rules_is_left),
        cmocka_unit_test(a_message_cut_off_is_not_delivered),
        RIG_TEST(a_channel_may_be_freed_by_its_own_callbacks),
        RIG_TEST(a_channel_may_be_freed_when_its_peer_leaves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
