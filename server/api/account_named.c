#include "api/account_named.h"

struct slice
account_named(const struct call *call, const char *account_no)
{
    const struct caller *caller = call_caller(call);

    if (account_no[0] == '\0' && caller->kind == CALLER_LEARNER)
        return slice_text(caller->account_no);
    return slice_text(account_no);
}
