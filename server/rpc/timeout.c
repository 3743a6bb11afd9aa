#include "rpc/timeout.h"

#define GRPC_DIGITS_MAX 8
#define CONNECT_DIGITS_MAX 10

static bool
parse_digits(struct slice text, size_t digits_max, int64_t *value)
{
    if (text.len == 0 || text.len > digits_max)
        return false;
    *value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        *value = *value * 10 + (text.at[i] - '0');
    }
    return true;
}

bool
timeout_from_grpc(struct slice text, int64_t *timeout_us)
{
    static const struct {
        uint8_t name;
        int64_t ns;
    } units[] = {
        {'H', 3600000000000}, {'M', 60000000000}, {'S', 1000000000},
        {'m', 1000000},       {'u', 1000},        {'n', 1},
    };
    int64_t value;

    if (text.len < 2 || !parse_digits(slice_make(text.at, text.len - 1), GRPC_DIGITS_MAX, &value))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(units); i++) {
        if (text.at[text.len - 1] != units[i].name)
            continue;
        /* 99999999 hours in nanoseconds do not fit, in microseconds they do. */
        *timeout_us = units[i].ns >= 1000 ? value * (units[i].ns / 1000) : value / 1000;
        return true;
    }
    return false;
}

bool
timeout_from_connect(struct slice text, int64_t *timeout_us)
{
    int64_t value;

    if (!parse_digits(text, CONNECT_DIGITS_MAX, &value))
        return false;
    *timeout_us = value * 1000;
    return true;
}
