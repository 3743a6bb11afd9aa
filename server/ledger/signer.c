#include "ledger/signer.h"

#include "base/buffer.h"
#include "base/log.h"
#include "base/memory.h"
#include "crypto/merkle_recent.h"
#include "crypto/tlog_proof.h"
#include "store/checkpoint.h"

#include <assert.h>
#include <event2/event.h>

/* How often it looks for what others left unsigned, and asks the notary again. */
#define LOOK_MS 1000

/* Memory for the proofs under one checkpoint, and for the parameters of a statement. */
#define PROOF_BUDGET ((size_t)64 << 20)
#define STATEMENT_BUDGET ((size_t)64 << 10)

enum signer_state {
    SIGNER_READY,   /* nothing is under way */
    SIGNER_READING, /* the database is asked: for an edge, or for what others booked */
    SIGNER_ASKING,  /* the notary is asked */
    SIGNER_STORING, /* a checkpoint is stored */
};

struct signer {
    struct ledger *ledger;
    struct conn *conn;
    struct event *look;
    enum signer_state state;

    bool has_edge;           /* read from the database since it was reached */
    bool is_level;           /* and it has what the notary signed: only then is anything booked */
    struct merkle_edge edge; /* of the largest tree known to be signed */
    struct merkle_head head;

    struct hash *leaves;     /* that follow the edge, all committed */
    size_t leaf_count;       /* at most NOTARY_LEAVES_MAX */
    struct merkle_head goal; /* a tree as it was booked, which the leaves reach: the next to be
                                signed, if it is larger than the edge's */
    bool is_behind;          /* others may have booked more than the leaves */
    bool has_read;           /* what they booked, since the notary was asked: once is enough */
    uint64_t read_from;      /* the entry that the leaves under way begin with */

    struct merkle_head later; /* signed by the notary, to be reached from our rows; size 0: none */
    struct buffer note;       /* of the checkpoint to be given out */
    bool is_unstored;         /* the note is not in the database yet */

    struct list waiting;  /* submissions by entry index: proved when the edge moves past them */
    struct list covered;  /* those that are answered once the database has a checkpoint for them */
    size_t waiting_count; /* of both */
};

static void tick(struct signer *signer);

static void
run(struct signer *signer, enum signer_state state, const struct db_batch *batch,
    conn_done_fn *done)
{
    signer->state = state;
    if (!conn_run(signer->conn, batch, done, signer))
        signer->state = SIGNER_READY; /* it looks again soon */
}

/* Back from the database; false if it gave nothing. */
static bool
came_back(struct signer *signer, const struct db_outcome *outcome)
{
    signer->state = SIGNER_READY;
    if (outcome->end == DB_OK)
        return true;
    log_warn("signer read failed message=\"%s\"", outcome->message);
    return false;
}

/* What follows the edge is read anew. */
static void
start_from(struct signer *signer, const struct merkle_edge *edge)
{
    signer->edge = *edge;
    signer->head = merkle_edge_head(edge);
    signer->has_edge = true;
    signer->leaf_count = 0;
    signer->goal.size = 0;
    signer->is_behind = true;
    if (signer->later.size <= edge->size)
        signer->later.size = 0;
}

static void
got_newest_edge(void *arg, const struct db_outcome *outcome, const struct db_result *const *results)
{
    struct signer *signer = arg;
    struct merkle_edge edge;

    if (!came_back(signer, outcome))
        return;
    if (!checkpoint_read_edge(results[0], &edge)) {
        ledger_stop(signer->ledger, RUNBOOK_FORKED);
        return;
    }
    signer->is_level = false;
    start_from(signer, &edge);
    tick(signer);
}

/* The database has what the notary signed: whoever waits may be booked. */
static void
level(struct signer *signer)
{
    signer->is_level = true;
    tick(signer);
    batch_tick(signer->ledger);
}

/* What the notary signed had been committed: a database without it was set back. */
static void
got_signed_edge(void *arg, const struct db_outcome *outcome, const struct db_result *const *results)
{
    struct signer *signer = arg;
    struct merkle_edge edge;

    if (!came_back(signer, outcome))
        return;

    bool is_whole = checkpoint_read_edge(results[0], &edge);
    struct merkle_head head = merkle_edge_head(&edge);

    if (is_whole && edge.size == 0) {
        ledger_stop(signer->ledger, RUNBOOK_REWOUND);
    } else if (!is_whole || !hash_equal(&head.root, &signer->later.root)) {
        ledger_stop(signer->ledger, RUNBOOK_FORKED);
    } else {
        signer->is_unstored = true;
        start_from(signer, &edge);
        level(signer);
    }
}

/* The edge of the newest checkpoint, or, if size > 0, of the log at that size. */
static void
read_edge(struct signer *signer, uint64_t size, conn_done_fn *done)
{
    struct arena *arena = arena_new(STATEMENT_BUDGET);
    struct db_batch batch = {0};

    signer->has_edge = false;
    checkpoint_find_edge(size, arena, &batch);
    run(signer, SIGNER_READING, &batch, done);
    arena_free(arena);
}

static uint64_t
known_size(const struct signer *signer)
{
    return signer->edge.size + signer->leaf_count;
}

/* The schema lets no hash of another length in. */
static void
take_leaf(struct signer *signer, struct slice bytes)
{
    bool is_hash = hash_from_slice(bytes, &signer->leaves[signer->leaf_count++]);

    assert(is_hash);
}

/* While they were read, our own booking may have come back with some of them. */
static void
take_leaves(struct signer *signer, const struct db_result *result)
{
    for (size_t i = 0; i < row_count(result) && signer->leaf_count < NOTARY_LEAVES_MAX; i++)
        if (signer->read_from + i == known_size(signer))
            take_leaf(signer, row_slice(result, i, 0));
}

static void
set_goal(struct signer *signer, const struct merkle_head *goal)
{
    if (goal->size > signer->goal.size)
        signer->goal = *goal;
}

static void
got_booked(void *arg, const struct db_outcome *outcome, const struct db_result *const *results)
{
    struct signer *signer = arg;
    struct merkle_head booked;

    if (!came_back(signer, outcome))
        return;
    if (!checkpoint_read_booked(results[0], &booked)) {
        ledger_stop(signer->ledger, RUNBOOK_FORKED);
        return;
    }
    take_leaves(signer, results[1]);
    set_goal(signer, &booked);
    if (signer->goal.size > known_size(signer) || signer->later.size > known_size(signer))
        ledger_stop(signer->ledger, RUNBOOK_REWOUND);
    else
        tick(signer);
}

/* A batch's entries and its head were committed at once: whoever sees the head sees the leaves. */
static void
read_booked(struct signer *signer)
{
    struct arena *arena = arena_new(STATEMENT_BUDGET);
    struct db_batch batch = {0};

    signer->is_behind = false;
    signer->has_read = true;
    signer->read_from = known_size(signer);
    checkpoint_find_booked(signer->edge.size + NOTARY_LEAVES_MAX, arena, &batch);
    checkpoint_find_leaves(signer->read_from, NOTARY_LEAVES_MAX - signer->leaf_count, arena,
                           &batch);
    run(signer, SIGNER_READING, &batch, got_booked);
    arena_free(arena);
}

/* The proof of an entry under the new checkpoint, for whoever waits for it. */
static void
prove(struct signer *signer, const struct merkle_recent *recent, struct waiting *waiting)
{
    const struct submission *submission = &waiting->submission;
    struct tlog_proof proof = {
        .index = (uint64_t)submission->entry_index,
        .checkpoint = buffer_slice(&signer->note),
    };
    struct buffer text;

    buffer_init(&text, TLOG_PROOF_MAX);
    merkle_recent_prove(recent, proof.index, &proof.path);

    bool fits = tlog_proof_format(&proof, &text);

    assert(fits);
    waiting->booked->tlog_proof = arena_text(submission->arena, buffer_slice(&text));
    buffer_fini(&text);
}

/* A submission waits no longer. */
static struct waiting *
take(struct signer *signer, struct submission *submission)
{
    list_remove(&submission->link);
    signer->waiting_count--;
    return waiting_of(submission);
}

/* What the edge is past already, for another worker had it signed, cannot be proved from leaves. */
static void
part_covered(struct signer *signer)
{
    while (!list_is_empty(&signer->waiting)) {
        struct submission *submission = LIST_FIRST(&signer->waiting, struct submission, link);

        if ((uint64_t)submission->entry_index >= signer->edge.size)
            break;
        list_remove(&submission->link);
        list_append(&signer->covered, &submission->link);
    }
}

static void
answer_covered(struct signer *signer)
{
    struct list *link = signer->covered.next;

    while (link != &signer->covered) {
        struct submission *submission = CONTAINER_OF(link, struct submission, link);

        link = link->next;
        if ((uint64_t)submission->entry_index < signer->edge.size)
            ledger_answer(take(signer, submission));
    }
}

static void
fail_all(struct signer *signer, struct list *submissions)
{
    while (!list_is_empty(submissions)) {
        struct submission *submission = LIST_FIRST(submissions, struct submission, link);

        ledger_fail(take(signer, submission), REASON_LEDGER_STOPPED, signer->ledger->stopped);
    }
}

/* They are answered when the checkpoint is stored: what was answered can be asked for at once. */
static void
prove_up_to(struct signer *signer, size_t leaf_count)
{
    struct arena *arena = arena_new(PROOF_BUDGET);
    uint64_t size = signer->edge.size + leaf_count;
    struct merkle_recent recent;

    if (!list_is_empty(&signer->waiting))
        merkle_recent_init(&recent, &signer->edge, signer->leaves, leaf_count, arena);
    while (!list_is_empty(&signer->waiting)) {
        struct submission *submission = LIST_FIRST(&signer->waiting, struct submission, link);

        if ((uint64_t)submission->entry_index >= size)
            break;
        prove(signer, &recent, waiting_of(submission));
        list_remove(&submission->link);
        list_append(&signer->covered, &submission->link);
    }
    arena_free(arena);
}

/* The edge moves to the tree that is signed now. */
static void
advance(struct signer *signer, size_t leaf_count)
{
    for (size_t i = 0; i < leaf_count; i++)
        merkle_edge_append(&signer->edge, &signer->leaves[i], NULL);
    signer->head = merkle_edge_head(&signer->edge);
    signer->leaf_count -= leaf_count;
    memmove(signer->leaves, signer->leaves + leaf_count,
            signer->leaf_count * sizeof(*signer->leaves));
}

static void
stored(void *arg, const struct db_outcome *outcome, const struct db_result *const *results)
{
    struct signer *signer = arg;

    (void)results;
    if (!came_back(signer, outcome))
        return;
    signer->is_unstored = false;
    tick(signer);
}

static void
store(struct signer *signer)
{
    struct arena *arena = arena_new(STATEMENT_BUDGET);
    struct db_batch batch = {0};

    checkpoint_store(signer->edge.size, buffer_slice(&signer->note), arena, &batch);
    run(signer, SIGNER_STORING, &batch, stored);
    arena_free(arena);
}

static void
settle(struct signer *signer, size_t leaf_count)
{
    signer->later.size = 0;
    prove_up_to(signer, leaf_count);
    advance(signer, leaf_count);
    signer->is_unstored = true;
    level(signer);
}

/* A later tree was signed: our own rows must lead to the same root. */
static void
settle_later(struct signer *signer)
{
    size_t leaf_count = signer->later.size - signer->edge.size;
    struct merkle_edge reached = signer->edge;

    for (size_t i = 0; i < leaf_count; i++)
        merkle_edge_append(&reached, &signer->leaves[i], NULL);

    struct merkle_head head = merkle_edge_head(&reached);

    if (!hash_equal(&head.root, &signer->later.root))
        ledger_stop(signer->ledger, RUNBOOK_FORKED);
    else
        settle(signer, leaf_count);
}

/* Both go on from the tree that the notary signed last: what it says of it is to be given out. */
static bool
take_signed(struct signer *signer, const struct notary_answer *answer)
{
    buffer_clear(&signer->note);
    signer->later = answer->head;
    return buffer_append(&signer->note, answer->note);
}

static void
got_answer(void *arg, const struct notary_answer *answer)
{
    struct signer *signer = arg;

    signer->state = SIGNER_READY;
    switch (answer->verdict) {
    case NOTARY_SIGNED:
    case NOTARY_SIGNED_LATER:
        if (answer->head.size <= signer->edge.size)
            level(signer);
        else if (take_signed(signer, answer))
            tick(signer);
        return;
    case NOTARY_MISSING:
        if (answer->head.size > 0 && take_signed(signer, answer)) {
            read_edge(signer, answer->head.size, got_signed_edge);
            return;
        }
        start_from(signer, &(struct merkle_edge){0});
        level(signer);
        return;
    case NOTARY_FORKED:
        ledger_stop(signer->ledger, RUNBOOK_FORKED);
        return;
    case NOTARY_UNREACHED:
        return;
    }
}

static void
ask(struct signer *signer, size_t leaf_count, const struct hash *root)
{
    struct notary_tree tree = {
        .from_size = signer->edge.size,
        .leaves = signer->leaves,
        .leaf_count = leaf_count,
        .root = *root,
    };

    signer->state = SIGNER_ASKING;
    notary_sign_tree(signer->ledger->notary, &tree, got_answer, signer);
}

/* Whether the database has what was signed: one that was set back is found before anybody writes.
 */
static void
greet(struct signer *signer)
{
    ask(signer, 0, &signer->head.root);
}

/* The root is the one that was booked: leaves that do not lead to it are not signed. */
static void
grow(struct signer *signer)
{
    size_t leaf_count = signer->goal.size - signer->edge.size;

    assert(leaf_count <= signer->leaf_count);
    signer->has_read = false;
    ask(signer, leaf_count, &signer->goal.root);
}

/* Another worker had a later tree signed. */
static void
reach_later(struct signer *signer)
{
    if (signer->later.size > signer->edge.size + NOTARY_LEAVES_MAX)
        read_edge(signer, signer->later.size, got_signed_edge);
    else if (signer->later.size > known_size(signer))
        read_booked(signer);
    else
        settle_later(signer);
}

static void
tick(struct signer *signer)
{
    bool can_grow = signer->goal.size > signer->edge.size;

    if (signer->state != SIGNER_READY || signer->ledger->stopped != NULL)
        return;
    if (signer->has_edge)
        part_covered(signer);
    if (signer->has_edge && !signer->is_unstored)
        answer_covered(signer);
    if (!signer->has_edge)
        read_edge(signer, 0, got_newest_edge);
    else if (signer->is_unstored)
        store(signer);
    else if (signer->later.size > 0)
        reach_later(signer);
    else if (!signer->is_level)
        greet(signer);
    else if (signer->is_behind && signer->leaf_count < NOTARY_LEAVES_MAX &&
             !(can_grow && signer->has_read))
        read_booked(signer);
    else if (can_grow)
        grow(signer);
}

/* What another worker committed and could not have signed, or this one before it died. */
static void
look(evutil_socket_t fd, short events, void *arg)
{
    struct signer *signer = arg;

    (void)fd, (void)events;
    if (signer->ledger->stopped != NULL) {
        fail_all(signer, &signer->waiting);
        fail_all(signer, &signer->covered);
    }
    signer->is_behind = true;
    tick(signer);
}

/* Perhaps it is another database by now. What it lacks the notary will tell. */
static void
conn_ready(void *arg)
{
    struct signer *signer = arg;

    signer->has_edge = false;
    signer->is_unstored = false;
    tick(signer);
}

struct signer *
signer_new(struct ledger *ledger, const char *conninfo)
{
    struct signer *signer = xcalloc(1, sizeof(*signer));
    struct conn_config config = conn_config_default(conninfo, "creditbank signer");
    struct timeval every = {.tv_sec = LOOK_MS / 1000, .tv_usec = LOOK_MS % 1000 * 1000L};

    config.finds_by_key = true;
    signer->ledger = ledger;
    signer->leaves = xcalloc(NOTARY_LEAVES_MAX, sizeof(struct hash));
    buffer_init(&signer->note, NOTE_MAX);
    list_init(&signer->waiting);
    list_init(&signer->covered);
    signer->conn =
        conn_new(ledger->base, &config, &(struct conn_events){.ready = conn_ready, .arg = signer});
    signer->look = event_new(ledger->base, -1, EV_PERSIST, look, signer);
    assert(signer->look != NULL);

    int added = event_add(signer->look, &every);

    assert(added == 0);
    return signer;
}

void
signer_free(struct signer *signer)
{
    assert(list_is_empty(&signer->waiting));
    assert(list_is_empty(&signer->covered));
    event_free(signer->look);
    conn_free(signer->conn);
    buffer_fini(&signer->note);
    xfree(signer->leaves);
    xfree(signer);
}

/* What was booked is the next to be signed, unless others booked what is between. */
static void
add_leaves(struct signer *signer, const struct booking *booking)
{
    struct merkle_head head = merkle_edge_head(&booking->head.edge);

    if (!signer->has_edge || booking->booked_count == 0 ||
        (uint64_t)booking->rows[0].entry_index != known_size(signer) ||
        booking->booked_count > NOTARY_LEAVES_MAX - signer->leaf_count)
        return;
    for (size_t i = 0; i < booking->booked_count; i++)
        signer->leaves[signer->leaf_count++] = booking->rows[i].leaf;
    set_goal(signer, &head);
}

void
signer_add(struct signer *signer, const struct booking *booking)
{
    add_leaves(signer, booking);
    for (size_t i = 0; i < booking->count; i++) {
        struct submission *submission = booking->submissions[i];
        bool is_booked = submission->verdict == BOOKING_BOOKED;

        if (!is_booked && submission->verdict != BOOKING_REPEATED)
            continue;
        list_append(is_booked ? &signer->waiting : &signer->covered, &submission->link);
        signer->waiting_count++;
        if ((uint64_t)submission->entry_index >= known_size(signer))
            signer->is_behind = true;
    }
    tick(signer);
}

size_t
signer_waiting(const struct signer *signer)
{
    return signer->waiting_count;
}

bool
signer_is_level(const struct signer *signer)
{
    return signer->has_edge && signer->is_level;
}

void
signer_head(const struct signer *signer, struct merkle_head *head)
{
    *head = signer->head;
}
