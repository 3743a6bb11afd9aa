#include "retry.h"

#include "creditbank.h"

#include <string.h>

bool
retry_is_due(const struct attempt *attempt)
{
    if (attempt->retry_after_ms > RETRY_AFTER_MAX_MS)
        return false;
    if (attempt->end == ATTEMPT_NOT_SENT)
        return true;
    if (!attempt->repeatable)
        return false;
    return attempt->end == ATTEMPT_LOST || attempt->status == STATUS_UNAVAILABLE ||
           attempt->status == STATUS_RESOURCE_EXHAUSTED;
}

int64_t
retry_delay_ms(unsigned number, int64_t retry_after_ms, uint64_t random)
{
    int64_t delay = CREDITBANK_BACKOFF_MIN_MS;

    for (unsigned i = 1; i < number && delay < CREDITBANK_BACKOFF_MAX_MS; i++)
        delay *= 2;
    if (delay > CREDITBANK_BACKOFF_MAX_MS)
        delay = CREDITBANK_BACKOFF_MAX_MS;
    delay = delay / 2 + (int64_t)(random % (uint64_t)(delay / 2 + 1));
    return delay > retry_after_ms ? delay : retry_after_ms;
}

bool
retry_leaves_unknown(enum status status, bool attempt_was_lost)
{
    switch (status) {
    case STATUS_UNAVAILABLE:
    case STATUS_DEADLINE_EXCEEDED:
    case STATUS_CANCELLED:
    case STATUS_UNKNOWN:
    case STATUS_INTERNAL:
    case STATUS_DATA_LOSS:
        return true;
    /* These answers were given before the bank looked at what it has booked. */
    case STATUS_RESOURCE_EXHAUSTED:
    case STATUS_UNAUTHENTICATED:
    case STATUS_PERMISSION_DENIED:
        return attempt_was_lost;
    case STATUS_OK:
    case STATUS_INVALID_ARGUMENT:
    case STATUS_NOT_FOUND:
    case STATUS_ALREADY_EXISTS:
    case STATUS_FAILED_PRECONDITION:
    case STATUS_ABORTED:
    case STATUS_OUT_OF_RANGE:
    case STATUS_UNIMPLEMENTED:
        return false;
    }
    return true;
}

bool
retry_may_repeat(const char *method)
{
    /* A code is spent, an attempt counted, a password changed: a second call gets another answer.
     */
    static const char *const once[] = {"Activate", "SignIn", "ChangePassword"};

    for (size_t i = 0; i < ARRAY_COUNT(once); i++)
        if (strcmp(method, once[i]) == 0)
            return false;
    return true;
}
