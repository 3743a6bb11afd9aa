#include "store/scope.h"

#define PACKAGE "creditbank.v1."

const struct db_statement scope_sees_account = {
    "scope_sees_account",
    "SELECT 1 FROM projection.account a"
    " WHERE a.account_no = $3 AND " SCOPE_SEES_ACCOUNT("a.account_no"),
};

struct scope
scope_of(const struct call *call)
{
    const struct caller *caller = call_caller(call);

    switch (caller->kind) {
    case CALLER_LEARNER:
        return (struct scope){SCOPE_OWNER, slice_text(caller->account_no)};
    case CALLER_INSTITUTION:
        return (struct scope){SCOPE_INSTITUTION, slice_text(caller->institution_id)};
    case CALLER_ANYBODY:
        break;
    }
    return (struct scope){SCOPE_NOBODY, slice_text("")};
}

struct db_params *
scope_params(struct call *call, const struct scope *scope)
{
    struct db_params *params = params_new(call_arena(call));

    params_add_int4(params, (int32_t)scope->kind);
    params_add_text(params, scope->id);
    return params;
}

const char *
look_method(const struct call *call)
{
    const char *name = call_method(call)->name;

    return strncmp(name, PACKAGE, strlen(PACKAGE)) == 0 ? name + strlen(PACKAGE) : name;
}

struct db_params *
look_params(struct call *call, struct slice institution_id)
{
    struct db_params *params = params_new(call_arena(call));

    params_add_text(params, institution_id);
    params_add_text(params, slice_text(look_method(call)));
    params_add_int8(params, call_now_us(call));
    return params;
}

void
scope_add_look(struct call *call, const struct scope *scope, struct slice account_no,
               struct db_batch *batch)
{
    static const struct db_statement look = {
        "insert_look",
        "INSERT INTO access.look (account_no, institution_id, method, look_time_us)"
        " SELECT a.account_no, $2, $4, $5 FROM projection.account a"
        " WHERE a.account_no = $3 AND " SCOPE_SEES_ACCOUNT("a.account_no"),
    };
    struct db_params *params = scope_params(call, scope);

    if (scope->kind != SCOPE_INSTITUTION)
        return;
    params_add_text(params, account_no);
    params_add_text(params, slice_text(look_method(call)));
    params_add_int8(params, call_now_us(call));
    batch_add(batch, &look, params);
}
