#include "base/status.h"

#include "base/attributes.h"

const char *
status_name(enum status status)
{
    static const char *const names[] = {
        "ok",
        "canceled",
        "unknown",
        "invalid_argument",
        "deadline_exceeded",
        "not_found",
        "already_exists",
        "permission_denied",
        "resource_exhausted",
        "failed_precondition",
        "aborted",
        "out_of_range",
        "unimplemented",
        "internal",
        "unavailable",
        "data_loss",
        "unauthenticated",
    };

    return (size_t)status < ARRAY_COUNT(names) ? names[status] : "unknown";
}
