#include "ledger/booking.h"

#include "core/execute.h"
#include "core/foresee.h"
#include "ledger/repeat.h"

#include <assert.h>

/* A batch is read wholly before it is executed; an entry completes at most one subtree a level. */
#define SUBTREES_PER_ENTRY MERKLE_LEVELS

/* Rounds of loading for the one that leads a batch: no rule reads so deep. */
#define LOADS_OF_LEADER_MAX 16

static void
gather_persons(struct booking *booking)
{
    const struct opened_list **lists = arena_array(booking->arena, booking->count, sizeof(*lists));

    for (size_t i = 0; i < booking->count; i++)
        lists[i] = &booking->submissions[i]->transaction->opened;
    persons_gather(&booking->persons, lists, booking->count, booking->arena);
    booking->opened = arena_array(booking->arena, booking->persons.count, sizeof(*booking->opened));
}

void
booking_init(struct booking *booking, struct submission **submissions, size_t count,
             struct world *world, struct arena *arena)
{
    *booking = (struct booking){
        .world = world,
        .arena = arena,
        .count = count,
        .submissions = submissions,
        .rows = arena_array(arena, count, sizeof(struct log_row)),
        .subtrees = arena_array(arena, count, SUBTREES_PER_ENTRY * sizeof(struct merkle_subtree)),
    };
    gather_persons(booking);
}

void
booking_has_account(struct booking *booking, size_t place)
{
    assert(place < booking->persons.count);
    booking->persons.states[place].has_account = true;
}

/* The rules of the bank judge it, and whether the persons in it can be given accounts. */
static enum execute_result
try_execute(struct booking *booking, struct submission *submission)
{
    const struct signed_transaction *transaction = submission->transaction;
    struct position position = {
        .entry_index = (int64_t)booking->head.edge.size,
        .booked_at_us = booking->head.booked_at_us,
    };
    size_t mark = world_mark(booking->world);
    enum execute_result result;

    submission->refusals = (struct refusal_list){0};
    result = execute(booking->world, &transaction->value, &position, submission->arena,
                     &submission->refusals);
    if (result == EXECUTE_NOT_LOADED ||
        persons_admit(&booking->persons, &transaction->opened, position.booked_at_us,
                      submission->arena, &submission->refusals))
        return result;
    world_undo(booking->world, mark);
    return EXECUTE_REFUSED;
}

void
booking_foresee(struct booking *booking)
{
    for (size_t i = 0; i < booking->count; i++)
        foresee_transaction(booking->world, &booking->submissions[i]->transaction->value);
}

/* What those behind the one that misses rows lack too, as far as they can be executed. */
static void
look_ahead(struct booking *booking)
{
    for (size_t i = booking->done; i < booking->count; i++) {
        size_t mark = world_mark(booking->world);

        /* What is answered already keeps its refusals. */
        if (booking->submissions[i]->verdict == BOOKING_WAITING &&
            try_execute(booking, booking->submissions[i]) == EXECUTE_BOOKED)
            world_undo(booking->world, mark);
    }
}

void
booking_set_head(struct booking *booking, const struct log_head *head, int64_t now_us)
{
    booking->head = *head;
    if (now_us > head->booked_at_us)
        booking->head.booked_at_us = now_us;
}

static bool
is_request(const struct submission *submission, struct slice institution_id,
           struct slice request_id)
{
    const struct transaction *value = &submission->transaction->value;

    return slice_equal(value->institution_id, institution_id) &&
           slice_equal(slice_make(value->request_id, REQUEST_ID_SIZE), request_id);
}

/* The same request again has the first one's answer; the same id with other bytes is refused. */
static void
repeat(struct submission *submission, const struct log_found *found)
{
    const struct signed_transaction *transaction = submission->transaction;
    const char *field = transaction->is_named_by_id
                            ? NULL
                            : repeat_differs(transaction, found->entry, submission->arena);

    submission->entry_index = found->entry_index;
    submission->booked_at_us = found->booked_at_us;
    submission->verdict = BOOKING_REPEATED;
    submission->refusals = (struct refusal_list){0};
    if (field == NULL) {
        submission->entry = arena_copy(submission->arena, found->entry);
        return;
    }
    submission->verdict = BOOKING_REFUSED;
    refusal_add(&submission->refusals, submission->arena, REFUSAL_NO_ITEM, field,
                REASON_REQUEST_ID_REUSED, "%lld", (long long)found->entry_index);
}

void
booking_found(struct booking *booking, const struct log_found *found)
{
    for (size_t i = 0; i < booking->count; i++)
        if (is_request(booking->submissions[i], found->institution_id, found->request_id))
            repeat(booking->submissions[i], found);
}

/* Whether an earlier one of this batch was booked under the same request id. */
static bool
is_repeated_here(struct booking *booking, struct submission *submission)
{
    const struct transaction *value = &submission->transaction->value;

    for (size_t i = 0; i < booking->booked_count; i++) {
        const struct log_row *row = &booking->rows[i];

        if (memcmp(row->request_id, value->request_id, REQUEST_ID_SIZE) != 0 ||
            !slice_equal(row->institution_id, value->institution_id))
            continue;
        repeat(submission, &(struct log_found){
                               .entry_index = row->entry_index,
                               .booked_at_us = booking->head.booked_at_us,
                               .entry = row->entry,
                           });
        return true;
    }
    return false;
}

/* Whose an item is: every body about an account has its number as first field. */
static struct slice
account_of(const struct item *item)
{
    return item->kind >= ITEM_ACCOUNT_OPENED ? item->account_activated.account_no
                                             : (struct slice){0};
}

static void
append(struct booking *booking, struct submission *submission)
{
    const struct signed_transaction *transaction = submission->transaction;
    const struct transaction *value = &transaction->value;
    struct log_row *row = &booking->rows[booking->booked_count++];
    struct slice *accounts = arena_array(booking->arena, value->item_count, sizeof(*accounts));
    struct hash chain = execute_key_chain(booking->world, value);
    struct merkle_completed completed;

    for (size_t i = 0; i < value->item_count; i++)
        accounts[i] = account_of(&value->items[i]);
    persons_give(&booking->persons, &transaction->opened);
    for (size_t i = 0; i < transaction->opened.count; i++)
        booking->opened[booking->opened_count++] = &transaction->opened.persons[i];
    submission->verdict = BOOKING_BOOKED;
    submission->entry_index = (int64_t)booking->head.edge.size;
    submission->booked_at_us = booking->head.booked_at_us;
    submission->entry =
        convert_entry(transaction, submission->booked_at_us, &chain, submission->arena);
    submission->leaf = merkle_leaf(submission->entry);
    execute_advance_chains(booking->world, value, &submission->leaf);
    merkle_edge_append(&booking->head.edge, &submission->leaf, &completed);
    for (size_t i = 0; i < completed.count; i++)
        booking->subtrees[booking->subtree_count++] = completed.subtrees[i];
    *row = (struct log_row){
        .entry_index = submission->entry_index,
        .leaf = submission->leaf,
        .institution_id = value->institution_id,
        .request_id = value->request_id,
        .entry = submission->entry,
        .item_count = value->item_count,
        .items = transaction->items,
        .accounts = accounts,
    };
}

/* False if it misses rows. */
static bool
run_one(struct booking *booking, struct submission *submission)
{
    size_t mark = world_mark(booking->world);

    if (submission->verdict != BOOKING_WAITING || is_repeated_here(booking, submission))
        return true;
    switch (try_execute(booking, submission)) {
    case EXECUTE_NOT_LOADED:
        return false;
    case EXECUTE_REFUSED:
        submission->verdict = BOOKING_REFUSED;
        return true;
    case EXECUTE_BOOKED:
        break;
    }
    if (submission->validate_only) {
        world_undo(booking->world, mark);
        submission->verdict = BOOKING_CHECKED;
        return true;
    }
    append(booking, submission);
    return true;
}

/* Everything is done, or one misses rows. */
static bool
run_all(struct booking *booking)
{
    for (; booking->done < booking->count; booking->done++)
        if (!run_one(booking, booking->submissions[booking->done]))
            return false;
    return true;
}

bool
booking_run(struct booking *booking)
{
    if (run_all(booking))
        return true;
    if (booking->loads >= LOADS_MAX && booking->done > 0)
        return true;
    assert(booking->loads < LOADS_OF_LEADER_MAX);
    booking->loads++;
    look_ahead(booking);
    return false;
}

struct log_append
booking_append(const struct booking *booking)
{
    struct log_append append = {
        .row_count = booking->booked_count,
        .rows = booking->rows,
        .subtree_count = booking->subtree_count,
        .subtrees = booking->subtrees,
        .head = booking->head,
    };

    append.head.root = merkle_edge_head(&append.head.edge).root;
    return append;
}
