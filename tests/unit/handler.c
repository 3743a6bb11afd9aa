#include "handler.h"

#include "api/credentials.h"
#include "base/arena.h"
#include "convert/entry.h"
#include "convert/reply.h"
#include "convert/reply_entry.h"
#include "creditbank/v1/transaction.pb-c.h"
#include "flow/op.h"

#include <stdio.h>
#include <string.h>

#define ARENA_BYTES ((size_t)4 << 20)

enum mishap { NONE, OPERATION_FAILS, CLIENT_LEAVES };

static struct handler_seen seen;
static struct call *waiting; /* in an operation */
static unsigned ended;
static void (*checker)(const struct call *call);

void
handler_open_runtime(struct runtime *runtime)
{
    static struct identity_keys keys;
    static const struct credentials_config config = {"bank.test/log", "bank", &keys};

    runtime->credentials = credentials_new(&config);
}

void
handler_close_runtime(struct runtime *runtime)
{
    credentials_free(runtime->credentials);
}

struct slice
handler_entry(struct arena *arena, int64_t time_us)
{
    Creditbank__V1__ItemSet items;
    Creditbank__V1__Transaction message;
    struct signed_transaction transaction = {.signature_count = 1, .value = {.signer_count = 1}};
    struct hash hash = {{1}};

    creditbank__v1__item_set__init(&items);
    creditbank__v1__transaction__init(&message);
    items.item_count = 1;
    items.items_root = reply_hash(arena, &hash);
    message.log_origin = reply_text(arena, slice_text("bank.test/log"));
    message.institution_id = reply_text(arena, slice_text("school-a"));
    message.request_id = reply_bytes(arena, slice_make(hash.bytes, REQUEST_ID_SIZE));
    message.create_time = reply_time(arena, time_us);
    message.content_case = CREDITBANK__V1__TRANSACTION__CONTENT_ITEMS;
    message.items = &items;
    transaction.bytes = reply_pack(arena, &message.base);
    transaction.value.signers[0] = hash;
    return convert_entry(&transaction, time_us, &hash, arena);
}

struct step
handler_operation(struct call *call, const char *name, step_fn *next)
{
    assert_true(seen.operation_count < HANDLER_OPERATIONS_MAX);
    assert_null(waiting);
    seen.operations[seen.operation_count++] = name;
    waiting = call;
    return call_wait(call, next);
}

static void
on_end(void *arg, const struct call *call)
{
    (void)arg;
    ended++;
    seen.status = call->status;
    if (call->refusals.first != NULL)
        seen.reason = call->refusals.first->reason;
    if (checker != NULL && call->status == STATUS_OK)
        checker(call);
}

static void
end_operation(const struct handler_run *run, enum mishap mishap)
{
    struct call *call = waiting;
    struct refusal_list refusals = {0};

    waiting = NULL;
    if (mishap == CLIENT_LEAVES)
        call_cancel(call);
    if (mishap == OPERATION_FAILS) {
        refusal_add(&refusals, call->arena, REFUSAL_NO_ITEM, "", REASON_INTERNAL_ERROR, "%s", "");
        call_wake_refused(call, &refusals);
    } else if (run->refuse_with != REASON_NONE && run->refused == seen.operation_count - 1) {
        refusal_add(&refusals, call->arena, REFUSAL_NO_ITEM, "", run->refuse_with, "%s", "");
        call_wake_refused(call, &refusals);
    } else {
        call_wake(call);
    }
    call_run_ready();
}

/* The `at`-th operation meets the mishap. */
static struct handler_seen
play(const struct handler_run *run, enum mishap mishap, unsigned at)
{
    struct call *call = call_new(run->method, run->runtime, arena_new(ARENA_BYTES));

    seen = (struct handler_seen){0};
    ended = 0;
    checker = mishap == NONE ? run->check : NULL;
    call->request = run->request;
    call->caller = run->caller;
    call->on_end = on_end;
    call_start(call, run->method->start);
    while (waiting != NULL)
        end_operation(run, seen.operation_count - 1 == at ? mishap : NONE);
    assert_int_equal(ended, 1);
    return seen;
}

struct handler_seen
handler_play(const struct handler_run *run)
{
    return play(run, NONE, 0);
}

void
handler_play_mishaps(const struct handler_run *run)
{
    struct handler_seen good = play(run, NONE, 0);

    assert_int_equal(good.status, STATUS_OK);
    assert_true(good.operation_count > 0);
    for (unsigned at = 0; at < good.operation_count; at++) {
        struct handler_seen failed = play(run, OPERATION_FAILS, at);

        assert_int_equal(failed.status, STATUS_INTERNAL);
        assert_int_equal(failed.operation_count, at + 1);

        struct handler_seen left = play(run, CLIENT_LEAVES, at);

        assert_int_equal(left.status, STATUS_CANCELLED);
        assert_int_equal(left.operation_count, at + 1);
    }
}

void
handler_expect(const struct handler_seen *seen_then, const char *operations)
{
    char text[512] = "";
    size_t len = 0;

    for (unsigned i = 0; i < seen_then->operation_count; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i > 0 ? ", " : "",
                                seen_then->operations[i]);
    assert_string_equal(text, operations);
}
