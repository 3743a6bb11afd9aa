#include "convert/decode.h"

const struct wire_limits signed_limits = {
    .depth_max = 8,
    .fields_max = 20000,
    .elements_max = 1000,
    .memory_max = (size_t)2 << 20,
};

bool
decode_refuse(const struct decoder *decoder, const char *type, const struct wire_fault *fault)
{
    const char *field =
        fault->path[0] != '\0' ? arena_printf(decoder->arena, "%s", fault->path) : type;

    refusal_add(decoder->refusals, decoder->arena, decoder->item_index, field, fault->reason, "%s",
                fault->detail);
    return false;
}

bool
decode_time(const Google__Protobuf__Timestamp *time, int64_t *time_us)
{
    const int64_t day = 86400;

    if (time == NULL || time->nanos < 0 || time->nanos > 999999999 || time->nanos % 1000 != 0 ||
        time->seconds < DATE_MIN * day || time->seconds > DATE_MAX * day)
        return false;
    *time_us = time->seconds * 1000000 + time->nanos / 1000;
    return true;
}

int32_t
decode_date(const struct decoder *decoder, const char *field, const Creditbank__V1__Date *date)
{
    int32_t days = 0;

    if (date == NULL)
        refusal_add(decoder->refusals, decoder->arena, decoder->item_index, field,
                    REASON_FIELD_REQUIRED, "%s", field);
    else if (!date_from_civil(date->year, date->month, date->day, &days))
        refusal_add(decoder->refusals, decoder->arena, decoder->item_index, field,
                    REASON_DATE_INVALID, "%s", "");
    return days;
}

int32_t
decode_open_date(const struct decoder *decoder, const char *field, const Creditbank__V1__Date *date)
{
    return date == NULL ? DATE_OPEN : decode_date(decoder, field, date);
}

struct text_list
decode_texts(const struct decoder *decoder, size_t count, char *const *texts)
{
    struct text_list list = {
        .count = count,
        .texts = arena_array(decoder->arena, count, sizeof(struct slice)),
    };

    for (size_t i = 0; i < count; i++)
        list.texts[i] = slice_text(texts[i]);
    return list;
}
