#include "rpc_methods.h"

#include "flow/op.h"
#include "rpc/method_table.h"

#include "creditbank/v1/ledger_service.pb-c.h"
#include "creditbank/v1/log_service.pb-c.h"
#include "creditbank/v1/session_service.pb-c.h"
#include "creditbank/v1/statement_service.pb-c.h"

#include <assert.h>
#include <inttypes.h>

#define WAITING_MAX 16
#define REFUSED_ITEMS 100
#define LARGE_ENTRIES 100
#define LARGE_ENTRY_BYTES 50000

static struct call *waiting[WAITING_MAX];
static size_t waiting_count;

static struct step
wait_for_script(struct call *call, step_fn *next)
{
    assert(waiting_count < WAITING_MAX);
    waiting[waiting_count++] = call;
    return call_wait(call, next);
}

size_t
scripted_waiting(void)
{
    return waiting_count;
}

void
scripted_wake(void)
{
    while (waiting_count > 0)
        call_wake(waiting[--waiting_count]);
}

void
scripted_fail_until(unsigned retry_ms)
{
    for (size_t i = 0; i < waiting_count; i++)
        call_set_retry(waiting[i], retry_ms);
    scripted_fail();
}

void
scripted_fail(void)
{
    while (waiting_count > 0) {
        struct call *call = waiting[--waiting_count];
        struct refusal_list refusals = {0};

        refusal_add(&refusals, call_arena(call), REFUSAL_NO_ITEM, "", REASON_LEDGER_BUSY, "%s", "");
        call_wake_refused(call, &refusals);
    }
}

static struct step
spin(struct call *call)
{
    struct step step = call_wait(call, spin);

    call_wake(call);
    return step;
}

static struct step
echo(struct call *call)
{
    const Creditbank__V1__GetConsistencyProofRequest *request = call_request(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__GetConsistencyProofResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__get_consistency_proof_response__init(response);
    response->new_size = request->old_size + request->new_size;
    response->checkpoint = arena_printf(arena, "学分 \"%" PRIu64 "\"\n", request->old_size);
    response->n_hashes = 1;
    response->hashes = arena_alloc(arena, sizeof(*response->hashes));
    response->hashes[0].len = 3;
    response->hashes[0].data = arena_alloc(arena, 3);
    return call_reply(call, response);
}

static struct step
woken(struct call *call)
{
    Creditbank__V1__GetCheckpointResponse *response =
        arena_alloc(call_arena(call), sizeof(*response));

    creditbank__v1__get_checkpoint_response__init(response);
    response->checkpoint = arena_printf(call_arena(call), "woken");
    return call_reply(call, response);
}

static struct step
wait(struct call *call)
{
    return wait_for_script(call, woken);
}

static struct step
woken_large(struct call *call)
{
    Creditbank__V1__GetStatementResponse *response =
        arena_alloc(call_arena(call), sizeof(*response));

    creditbank__v1__get_statement_response__init(response);
    return call_reply(call, response);
}

static struct step
wait_large(struct call *call)
{
    return wait_for_script(call, woken_large);
}

static struct step
reply_with_too_much(struct call *call)
{
    struct arena *arena = call_arena(call);
    Creditbank__V1__ListEntriesResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__list_entries_response__init(response);
    response->n_entries = LARGE_ENTRIES;
    response->entries = arena_array(arena, LARGE_ENTRIES, sizeof(*response->entries));
    for (size_t i = 0; i < LARGE_ENTRIES; i++) {
        response->entries[i].len = LARGE_ENTRY_BYTES;
        response->entries[i].data = arena_alloc(arena, LARGE_ENTRY_BYTES);
    }
    return call_reply(call, response);
}

static struct step
refuse_items(struct call *call)
{
    struct refusal_list refusals = {0};

    for (uint32_t i = 0; i < REFUSED_ITEMS; i++)
        refusal_add(&refusals, call_arena(call), i, "course_result.score", REASON_REQUEST_MALFORMED,
                    "row %u of %s", i, call_caller(call)->institution_id);
    return call_refuse_all(call, &refusals);
}

static struct step
reply_with_nothing(struct call *call)
{
    Creditbank__V1__ListSessionsResponse *response =
        arena_alloc(call_arena(call), sizeof(*response));

    creditbank__v1__list_sessions_response__init(response);
    return call_reply(call, response);
}

static struct step
fail_badly(struct call *call)
{
    return call_fail(call, STATUS_INTERNAL, "100%%\n\xe5\xad");
}

static struct step
not_scripted(struct call *call)
{
    return call_fail(call, STATUS_UNKNOWN, "%s is not scripted", call_method(call)->name);
}

const struct method *const *
scripted_methods(void)
{
    static const struct {
        enum method_id id;
        step_fn *start;
        unsigned callers;
        uint32_t duties;
        bool is_large;
    } scripts[] = {
        {METHOD_LOG_GET_CONSISTENCY_PROOF, echo, MAY_ANYBODY, 0, false},
        {METHOD_LOG_GET_CHECKPOINT, wait, MAY_ANYBODY, 0, false},
        {METHOD_LOG_GET_INCLUSION_PROOF, spin, MAY_ANYBODY, 0, false},
        {METHOD_LOG_LIST_ENTRIES, reply_with_too_much, MAY_ANYBODY, 0, false},
        {METHOD_LEDGER_SUBMIT, refuse_items, MAY_SCHOOL, 2, false},
        {METHOD_SESSION_LIST_SESSIONS, reply_with_nothing, MAY_LEARNER, 0, false},
        {METHOD_STATEMENT_GET_STATEMENT, wait_large, MAY_ANYBODY, 0, true},
        {METHOD_SESSION_SIGN_OUT, fail_badly, MAY_ANYBODY, 0, false},
    };
    static struct method methods[METHOD_COUNT];
    static const struct method *pointers[METHOD_COUNT];

    for (size_t i = 0; i < METHOD_COUNT; i++) {
        methods[i] = (struct method){
            .name = method_table[i].name, .start = not_scripted, .callers = MAY_ANYBODY};
        pointers[i] = &methods[i];
    }
    for (size_t i = 0; i < ARRAY_COUNT(scripts); i++) {
        struct method *method = &methods[scripts[i].id];

        method->start = scripts[i].start;
        method->callers = scripts[i].callers;
        method->duties = scripts[i].duties;
        method->is_large = scripts[i].is_large;
    }
    return pointers;
}

static struct step
checked_slowly(struct call *call)
{
    struct scripted_state *s = call_state(call);

    return s->next(call);
}

struct step
scripted_authenticate(struct call *call, struct slice token, step_fn *next)
{
    static const struct {
        const char *token;
        struct caller caller;
    } callers[] = {
        {"school",
         {.kind = CALLER_INSTITUTION,
          .institution_id = "10001",
          .institution_kind = 3,
          .duties = 2}},
        {"slow",
         {.kind = CALLER_INSTITUTION,
          .institution_id = "10001",
          .institution_kind = 3,
          .duties = 2}},
        {"school-without-duty",
         {.kind = CALLER_INSTITUTION,
          .institution_id = "10001",
          .institution_kind = 3,
          .duties = 1}},
        {"issuer",
         {.kind = CALLER_INSTITUTION,
          .institution_id = "20001",
          .institution_kind = 4,
          .duties = 2}},
        {"learner", {.kind = CALLER_LEARNER, .account_no = "123456789012"}},
    };
    struct scripted_state *s = call_state(call);

    for (size_t i = 0; i < ARRAY_COUNT(callers); i++) {
        if (!slice_is(token, callers[i].token))
            continue;
        call_set_caller(call, &callers[i].caller);
        s->next = next;
        return slice_is(token, "slow") ? wait_for_script(call, checked_slowly) : next(call);
    }
    return call_fail(call, STATUS_UNAUTHENTICATED, "nobody knows this token");
}
