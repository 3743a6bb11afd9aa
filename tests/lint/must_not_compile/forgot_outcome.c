/* A step that ends without an outcome is refused by -Wreturn-type */
#include "flow/call.h"

static step_fn forgot;

static struct step
forgot(struct call *call)
{
    if (call_request(call) == NULL)
        return call_fail(call, STATUS_INTERNAL, "no request");
}

step_fn *const start = forgot;
