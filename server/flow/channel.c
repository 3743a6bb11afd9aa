#include "flow/channel.h"

#include "base/buffer.h"
#include "base/list.h"
#include "base/memory.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/* What stands before each body. */
struct head {
    uint32_t len; /* of the body */
    uint32_t type;
    uint64_t tag;
    int64_t deadline_us;
    uint32_t has_fd;
    uint32_t zero;
};

/* A message that waits to be written. */
struct outgoing {
    struct list node;
    int fd; /* to be sent with the first byte; -1 for none, or when sent */
    size_t len, sent;
    uint8_t bytes[];
};

struct channel {
    int fd;
    struct event *readable, *writable;
    struct channel_limits limits;
    struct channel_events events;

    /* One message is read a turn, and no byte beyond it. */
    struct head head;
    size_t head_len; /* bytes of it that have come */
    int received_fd;
    struct buffer body;
    size_t body_len;

    struct list output;
    size_t output_len;

    bool closed;
    bool in_turn; /* a callback may be on the stack */
    bool freed;   /* by that callback */
};

/* Room for one descriptor, aligned as the kernel wants it. */
union fd_room {
    struct cmsghdr aligned;
    char bytes[CMSG_SPACE(sizeof(int))];
};

bool
channel_pair(int ends[2])
{
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0;
}

static void
close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Bodies may have held a password. */
static void
outgoing_free(struct outgoing *out)
{
    close_fd(&out->fd);
    explicit_bzero(out->bytes, out->len);
    xfree(out);
}

static void
destroy(struct channel *channel)
{
    list_each (node, &channel->output) {
        outgoing_free(LIST_ENTRY(node, struct outgoing, node));
    }
    buffer_fini(&channel->body);
    event_free(channel->readable);
    event_free(channel->writable);
    xfree(channel);
}

/* The other end has gone, or is not to be trusted any more. */
static void
end(struct channel *channel)
{
    channel->closed = true;
    event_del(channel->readable);
    event_del(channel->writable);
    close_fd(&channel->received_fd);
    close_fd(&channel->fd);
}

static bool
would_block(void)
{
    return errno == EAGAIN || errno == EINTR;
}

/* The descriptor that came along, if the message is so far what its sender may send. */
static bool
take_fd(struct channel *channel, struct msghdr *msg)
{
    struct cmsghdr *control = CMSG_FIRSTHDR(msg);

    if ((msg->msg_flags & MSG_CTRUNC) != 0)
        return false;
    if (control == NULL)
        return true;
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS ||
        control->cmsg_len != CMSG_LEN(sizeof(int)))
        return false;

    bool expected = channel->received_fd < 0;

    close_fd(&channel->received_fd);
    memcpy(&channel->received_fd, CMSG_DATA(control), sizeof(int));
    return expected;
}

enum receipt { RECEIVED, NOT_YET, BROKEN };

/* Reads up to `len` bytes and counts them in *got. */
static enum receipt
receive(struct channel *channel, void *at, size_t len, size_t *got)
{
    union fd_room room;
    struct iovec part = {.iov_base = at, .iov_len = len};
    struct msghdr msg = {.msg_iov = &part,
                         .msg_iovlen = 1,
                         .msg_control = room.bytes,
                         .msg_controllen = sizeof(room.bytes)};

    ssize_t count = recvmsg(channel->fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (count < 0 && would_block())
        return NOT_YET;
    if (count <= 0 || !take_fd(channel, &msg))
        return BROKEN;

    *got += (size_t)count;
    return (size_t)count == len ? RECEIVED : NOT_YET;
}

static enum receipt
receive_head(struct channel *channel)
{
    struct head *head = &channel->head;
    enum receipt receipt = receive(channel, (uint8_t *)head + channel->head_len,
                                   sizeof(*head) - channel->head_len, &channel->head_len);

    if (receipt != RECEIVED)
        return receipt;
    if (head->len > channel->limits.body_max || head->zero != 0 || head->has_fd > 1 ||
        (head->has_fd == 1) != (channel->received_fd >= 0))
        return BROKEN;

    channel->body_len = 0;
    uint8_t *at = buffer_extend(&channel->body, head->len);
    assert(at != NULL || head->len == 0);
    return RECEIVED;
}

static enum receipt
receive_message(struct channel *channel)
{
    if (channel->head_len < sizeof(channel->head)) {
        enum receipt receipt = receive_head(channel);

        if (receipt != RECEIVED)
            return receipt;
    }
    if (channel->body_len == channel->head.len)
        return RECEIVED;
    return receive(channel, channel->body.at + channel->body_len,
                   channel->head.len - channel->body_len, &channel->body_len);
}

static void
deliver(struct channel *channel)
{
    struct channel_message message = {.type = channel->head.type,
                                      .tag = channel->head.tag,
                                      .deadline_us = channel->head.deadline_us,
                                      .body = buffer_slice(&channel->body),
                                      .fd = channel->received_fd};

    channel->received_fd = -1;
    channel->head_len = 0;
    channel->events.message(channel->events.arg, &message);
    if (channel->body.len > 0)
        explicit_bzero(channel->body.at, channel->body.len);
    buffer_clear(&channel->body);
}

/* Frees what a callback freed while it ran. */
static void
end_turn(struct channel *channel)
{
    channel->in_turn = false;
    if (channel->freed)
        destroy(channel);
}

static void
on_readable(int fd, short what, void *arg)
{
    struct channel *channel = arg;

    (void)fd;
    (void)what;
    channel->in_turn = true;
    switch (receive_message(channel)) {
    case RECEIVED:
        deliver(channel);
        break;
    case NOT_YET:
        break;
    case BROKEN:
        end(channel);
        channel->events.closed(channel->events.arg);
        break;
    }
    end_turn(channel);
}

/* Writes what the kernel takes of one message. */
static enum receipt
transmit(struct channel *channel, struct outgoing *out)
{
    union fd_room room = {0};
    struct iovec part = {.iov_base = out->bytes + out->sent, .iov_len = out->len - out->sent};
    struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};

    if (out->fd >= 0) {
        msg.msg_control = room.bytes;
        msg.msg_controllen = sizeof(room.bytes);

        struct cmsghdr *control = CMSG_FIRSTHDR(&msg);
        control->cmsg_level = SOL_SOCKET;
        control->cmsg_type = SCM_RIGHTS;
        control->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(control), &out->fd, sizeof(int));
    }

    ssize_t count = sendmsg(channel->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0)
        return would_block() ? NOT_YET : BROKEN;

    close_fd(&out->fd);
    out->sent += (size_t)count;
    return out->sent == out->len ? RECEIVED : NOT_YET;
}

static void
on_writable(int fd, short what, void *arg)
{
    struct channel *channel = arg;

    (void)fd;
    (void)what;
    while (!list_is_empty(&channel->output)) {
        struct outgoing *out = LIST_FIRST(&channel->output, struct outgoing, node);
        enum receipt receipt = transmit(channel, out);

        /* Who cannot be written to is seen by reading: there the end is told, once. */
        if (receipt != RECEIVED) {
            if (receipt == BROKEN)
                event_del(channel->writable);
            return;
        }
        channel->output_len -= out->len;
        list_remove(&out->node);
        outgoing_free(out);
    }
    event_del(channel->writable);
}

struct channel *
channel_new(struct event_base *base, int fd, const struct channel_limits *limits,
            const struct channel_events *events)
{
    struct channel *channel = xcalloc(1, sizeof(*channel));

    assert(limits->body_max <= UINT32_MAX);
    evutil_make_socket_nonblocking(fd);
    channel->fd = fd;
    channel->limits = *limits;
    channel->events = *events;
    channel->received_fd = -1;
    buffer_init(&channel->body, limits->body_max);
    list_init(&channel->output);
    channel->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, channel);
    channel->writable = event_new(base, fd, EV_WRITE | EV_PERSIST, on_writable, channel);
    assert(channel->readable != NULL);
    assert(channel->writable != NULL);
    event_add(channel->readable, NULL);
    return channel;
}

void
channel_free(struct channel *channel)
{
    if (channel == NULL)
        return;
    if (!channel->closed)
        end(channel);
    channel->freed = true;
    if (!channel->in_turn)
        destroy(channel);
}

bool
channel_send(struct channel *channel, const struct channel_message *message)
{
    size_t len = sizeof(struct head) + message->body.len;

    if (channel->closed || message->body.len > channel->limits.body_max ||
        channel->output_len + len > channel->limits.output_max)
        return false;

    struct outgoing *out = xmalloc(sizeof(*out) + len);
    const struct head head = {.len = (uint32_t)message->body.len,
                              .type = message->type,
                              .tag = message->tag,
                              .deadline_us = message->deadline_us,
                              .has_fd = message->fd >= 0};

    out->fd = message->fd >= 0 ? fcntl(message->fd, F_DUPFD_CLOEXEC, 0) : -1;
    out->len = len;
    out->sent = 0;
    memcpy(out->bytes, &head, sizeof(head));
    if (message->body.len > 0)
        memcpy(out->bytes + sizeof(head), message->body.at, message->body.len);
    if (head.has_fd == 1 && out->fd < 0) {
        outgoing_free(out);
        return false;
    }
    list_append(&channel->output, &out->node);
    channel->output_len += len;
    event_add(channel->writable, NULL);
    return true;
}
