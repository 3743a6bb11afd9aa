#pragma once

#include "base/refusal.h"
#include "core/item.h"
#include "creditbank/v1/transaction.pb-c.h"
#include "wire/fault.h"

/* For convert's own files: where refusals go, and what they are about. */
struct decoder {
    struct arena *arena;
    struct refusal_list *refusals;
    uint32_t item_index; /* or REFUSAL_NO_ITEM */
};

/* What a signed message may hold: an item of 256 KiB with 300 courses is the largest. */
extern const struct wire_limits signed_limits;

/* Passes a fault on as a refusal, under its path or, for the whole message, `type`; always false.
 */
bool decode_refuse(const struct decoder *decoder, const char *type, const struct wire_fault *fault);

/* Whole microseconds within the years 1900 to 2199; false for anything else, and for none. */
bool decode_time(const Google__Protobuf__Timestamp *time, int64_t *time_us);

static inline struct slice
decode_bytes(const ProtobufCBinaryData *data)
{
    return slice_make(data->data, data->len);
}

static inline struct slice
decode_text(const char *text)
{
    return slice_text(text);
}

/* Days of a date; a missing or impossible one is refused under `field`, and is 0. */
int32_t decode_date(const struct decoder *decoder, const char *field,
                    const Creditbank__V1__Date *date);

/* The same; DATE_OPEN where it is missing. */
int32_t decode_open_date(const struct decoder *decoder, const char *field,
                         const Creditbank__V1__Date *date);

struct text_list decode_texts(const struct decoder *decoder, size_t count, char *const *texts);

/* control.c */
bool decode_control(const struct decoder *decoder, struct slice log_origin,
                    const Creditbank__V1__Control *message, struct control *control);
