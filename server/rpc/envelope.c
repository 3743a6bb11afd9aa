#include "rpc/envelope.h"

enum envelope_result
envelope_take(struct slice *bytes, size_t message_max, struct envelope *envelope)
{
    const uint8_t *head = bytes->at;

    if (bytes->len == 0)
        return ENVELOPE_NONE;
    if (bytes->len < ENVELOPE_HEAD_SIZE)
        return ENVELOPE_CUT_OFF;

    size_t len = (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];

    if (len > message_max)
        return ENVELOPE_TOO_LARGE;
    if (len > bytes->len - ENVELOPE_HEAD_SIZE)
        return ENVELOPE_CUT_OFF;
    envelope->flags = head[0];
    envelope->message = slice_make(head + ENVELOPE_HEAD_SIZE, len);
    *bytes = slice_make(envelope->message.at + len, bytes->len - ENVELOPE_HEAD_SIZE - len);
    return ENVELOPE_TAKEN;
}

void
envelope_write_head(uint8_t head[ENVELOPE_HEAD_SIZE], uint8_t flags, uint32_t len)
{
    head[0] = flags;
    head[1] = (uint8_t)(len >> 24);
    head[2] = (uint8_t)(len >> 16);
    head[3] = (uint8_t)(len >> 8);
    head[4] = (uint8_t)len;
}
