#pragma once

#include "base/attributes.h"
#include "base/slice.h"

/*
 * The envelope that stands before each message of gRPC (and of the streaming
 * shapes of Connect and gRPC-Web): a byte of flags, the length in 4 bytes of
 * big endian, the message.
 */
#define ENVELOPE_HEAD_SIZE 5
#define ENVELOPE_COMPRESSED 0x01u

struct envelope {
    uint8_t flags;
    struct slice message;
};

enum envelope_result {
    ENVELOPE_TAKEN,
    ENVELOPE_NONE,      /* there are no bytes */
    ENVELOPE_CUT_OFF,   /* a stream may bring the rest */
    ENVELOPE_TOO_LARGE, /* it says that its message has more than message_max bytes */
};

/* Takes the envelope at the front of `bytes` off them, where it stands whole. */
enum envelope_result envelope_take(struct slice *bytes, size_t message_max,
                                   struct envelope *envelope) MUST_USE;

/* Writes the head of a message of `len` bytes. */
void envelope_write_head(uint8_t head[ENVELOPE_HEAD_SIZE], uint8_t flags, uint32_t len);
