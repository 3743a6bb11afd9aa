#include "flow/control.h"

#include "base/log.h"

/* Its messages are small and few: one a child that comes or goes. */
const struct channel_limits control_limits = {.body_max = 64, .output_max = 65536};

bool
control_send(struct channel *channel, enum control_message type, uint64_t tag, struct slice body,
             int fd)
{
    const struct channel_message message = {
        .type = type, .tag = tag, .deadline_us = INT64_MAX, .body = body, .fd = fd};

    return channel_send(channel, &message);
}

bool
control_apply_reload(struct slice body)
{
    struct control_reload reload;

    if (body.len != sizeof(reload))
        return false;
    memcpy(&reload, body.at, sizeof(reload));
    log_set((enum log_level)reload.log_level, (enum log_format)reload.log_format);
    return true;
}
