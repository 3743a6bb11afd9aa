#include "rpc/access.h"

#include <strings.h>

#define SCHEME "Bearer "
#define INSTITUTION_KIND_MAX 4 /* the kinds that have a MAY_… */

static bool
institution_is_named(const struct caller *caller, const struct method *method)
{
    return caller->institution_kind >= 1 && caller->institution_kind <= INSTITUTION_KIND_MAX &&
           (method->callers & 2u << caller->institution_kind) != 0;
}

enum reason
access_check(const struct caller *caller, const struct method *method)
{
    if ((method->callers & MAY_ANYBODY) != 0)
        return REASON_NONE;
    switch (caller->kind) {
    case CALLER_ANYBODY:
        return REASON_CREDENTIAL_MISSING;
    case CALLER_LEARNER:
        return (method->callers & MAY_LEARNER) != 0 ? REASON_NONE : REASON_CALLER_NOT_ALLOWED;
    case CALLER_INSTITUTION:
        break;
    }
    if (!institution_is_named(caller, method))
        return REASON_CALLER_NOT_ALLOWED;
    if (method->duties != 0 && (method->duties & caller->duties) == 0)
        return REASON_DUTY_MISSING;
    return REASON_NONE;
}

bool
access_token(struct slice authorization, struct slice *token)
{
    size_t scheme_len = strlen(SCHEME);

    /* RFC 9110 11.1: the scheme is case-insensitive. */
    if (authorization.len <= scheme_len ||
        strncasecmp((const char *)authorization.at, SCHEME, scheme_len) != 0)
        return false;
    *token = slice_make(authorization.at + scheme_len, authorization.len - scheme_len);
    return true;
}
