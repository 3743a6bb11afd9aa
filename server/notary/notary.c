#include "notary/notary.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/scope.h"
#include "flow/asker.h"
#include "flow/op.h"
#include "notary/protocol.h"

#include <assert.h>

const struct channel_limits notary_channel_limits = {
    .body_max = NOTARY_BODY_MAX,
    .output_max = 4 * NOTARY_BODY_MAX,
};

struct notary {
    struct asker *asker;
};

struct notary *
notary_new(struct event_base *base)
{
    const struct asker_limits limits = {.channel = notary_channel_limits,
                                        .waiting_max = NOTARY_WAITING_MAX};
    struct notary *notary = xcalloc(1, sizeof(*notary));

    notary->asker = asker_new(base, &limits);
    return notary;
}

void
notary_free(struct notary *notary)
{
    if (notary == NULL)
        return;
    asker_free(notary->asker);
    xfree(notary);
}

void
notary_connect(struct notary *notary, int fd)
{
    asker_connect(notary->asker, fd);
}

bool
notary_is_reachable(const struct notary *notary)
{
    return asker_is_connected(notary->asker);
}

static int64_t
deadline_us(void)
{
    return clock_monotonic_us() + (int64_t)NOTARY_DEADLINE_MS * 1000;
}

/* Whom to tell what became of a tree. */
struct asked_tree {
    notary_done_fn *done;
    void *arg;
};

static bool
parse_tree_answer(struct slice body, struct notary_answer *answer)
{
    struct notary_tree_answer head;

    if (body.len < sizeof(head))
        return false;
    memcpy(&head, body.at, sizeof(head));
    answer->verdict = (enum notary_verdict)head.verdict;
    answer->head = (struct merkle_head){.size = head.size, .root = head.root};
    answer->note = slice_make(body.at + sizeof(head), body.len - sizeof(head));
    return head.verdict <= NOTARY_UNREACHED;
}

static void
got_tree(void *arg, enum ask_end end, uint32_t type, struct slice body)
{
    struct asked_tree *asked = arg;
    struct notary_answer answer = {.verdict = NOTARY_UNREACHED};

    if (end == ASK_ANSWERED) {
        bool parsed = type == NOTARY_TREE && parse_tree_answer(body, &answer);
        assert(parsed);
    }
    asked->done(asked->arg, &answer);
    xfree(asked);
}

void
notary_sign_tree(struct notary *notary, const struct notary_tree *tree, notary_done_fn *done,
                 void *arg)
{
    const struct notary_tree_head head = {.from_size = tree->from_size, .root = tree->root};
    struct asked_tree *asked = xcalloc(1, sizeof(*asked));
    SCOPED(buffer_fini) struct buffer body;

    assert(tree->leaf_count <= NOTARY_LEAVES_MAX);
    asked->done = done;
    asked->arg = arg;
    buffer_init(&body, NOTARY_BODY_MAX);
    bool fits = buffer_append(&body, slice_make(&head, sizeof(head))) &&
                buffer_append(&body, slice_make(tree->leaves, tree->leaf_count * HASH_SIZE));
    assert(fits);
    asker_ask(notary->asker, NOTARY_ASK_TREE, buffer_slice(&body), deadline_us(), got_tree, asked);
}

/* A call that waits for a signature; in the call's arena. */
struct asked_signature {
    struct call *call;
    struct notary_signature *signature;
};

static void
refuse(struct call *call, enum reason reason)
{
    struct refusal_list refusals = {0};

    refusal_add(&refusals, call_arena(call), REFUSAL_NO_ITEM, "", reason, "%s", "");
    call_wake_refused(call, &refusals);
}

static void
got_signature(void *arg, enum ask_end end, uint32_t type, struct slice body)
{
    struct asked_signature *asked = arg;

    if (end != ASK_ANSWERED) {
        refuse(asked->call, REASON_NOTARY_UNAVAILABLE);
        return;
    }
    if (type != NOTARY_SIGNATURE) {
        refuse(asked->call, REASON_NOTARY_REFUSED);
        return;
    }
    assert(body.len == sizeof(*asked->signature));
    memcpy(asked->signature, body.at, body.len);
    call_wake(asked->call);
}

static struct step
ask_signature(struct call *call, enum notary_message type, struct slice body,
              struct notary_signature *signature, step_fn *next)
{
    struct asked_signature *asked = arena_alloc(call_arena(call), sizeof(*asked));

    asked->call = call;
    asked->signature = signature;
    asker_ask(call_runtime(call)->notary->asker, type, body, deadline_us(), got_signature, asked);
    return call_wait(call, next);
}

static bool
append_counted(struct buffer *body, struct slice bytes)
{
    uint32_t len = (uint32_t)bytes.len;

    return bytes.len <= NOTARY_TRANSACTION_MAX &&
           buffer_append(body, slice_make(&len, sizeof(len))) && buffer_append(body, bytes);
}

struct step
notary_sign_transaction(struct call *call, const struct notary_transaction *transaction,
                        struct notary_signature *signature, step_fn *next)
{
    SCOPED(buffer_fini) struct buffer body;

    assert(transaction->item_count <= NOTARY_ITEMS_MAX);
    buffer_init(&body, NOTARY_BODY_MAX);
    bool fits = append_counted(&body, transaction->bytes);
    for (size_t i = 0; i < transaction->item_count; i++)
        fits = fits && append_counted(&body, transaction->items[i]);
    assert(fits);
    return ask_signature(call, NOTARY_ASK_TRANSACTION, buffer_slice(&body), signature, next);
}

struct step
notary_sign_statement(struct call *call, struct slice statement_list,
                      struct notary_signature *signature, step_fn *next)
{
    assert(statement_list.len <= NOTARY_STATEMENT_MAX);
    return ask_signature(call, NOTARY_ASK_STATEMENT, statement_list, signature, next);
}
