/*
 * Replays the log in batches, as the ledger booked it: decode, load what
 * executing misses, execute, store. Beside that, everything stored about an
 * entry is compared with what its bytes say.
 */
#include "audit_private.h"
#include "convert/entry.h"
#include "core/execute.h"
#include "crypto/checkpoint.h"
#include "crypto/dsse.h"
#include "db/params.h"
#include "db/row.h"
#include "store/projection.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

/* A batch ends before the entry whose items would be more than these, but has one entry at least.
 */
#define BATCH_ENTRIES 256
#define BATCH_ITEMS 4096
#define BATCH_ITEM_BYTES ((int64_t)8 * 1024 * 1024)
#define KEY_TEXT_SIZE 48

struct stored_item {
    struct stored_item *next;
    int32_t item_index;
    struct slice account_no, bytes;
};

/* An entry as it stands in the database. */
struct stored {
    int64_t entry_index, booked_at_us;
    struct slice leaf, institution_id, request_id, bytes;
    struct stored_item *first_item, *last_item;
    size_t item_count;
    struct log_entry entry;
};

/* A head or a checkpoint: what is said of the log at a size. */
struct stored_head {
    int64_t size, booked_at_us;
    struct slice root, edge; /* of a head */
    struct slice note;       /* of a checkpoint */
};

struct head_list {
    struct arena *arena;
    size_t count, next;
    struct stored_head heads[BATCH_ENTRIES];
};

struct replay {
    struct audit *audit;
    struct arena *arena;
    struct world *world;
    size_t count;
    struct stored entries[BATCH_ENTRIES];
    struct head_list heads, checkpoints;
    size_t subtree_count;
    struct merkle_subtree subtrees[BATCH_ENTRIES * MERKLE_LEVELS];
};

static const char *
number_key(int64_t number, char text[KEY_TEXT_SIZE])
{
    snprintf(text, KEY_TEXT_SIZE, "%" PRId64, number);
    return text;
}

static void
entry_fault(struct replay *replay, const struct stored *stored, const char *what)
{
    char key[KEY_TEXT_SIZE];

    audit_fault(replay->audit, "log.entry", number_key(stored->entry_index, key), "%s", what);
}

/* Always false: without it nothing after it can be executed. */
static bool
miss_entry(struct replay *replay, int64_t entry_index)
{
    char key[KEY_TEXT_SIZE];

    audit_fault(replay->audit, "log.entry", number_key(entry_index, key), "it is missing");
    return false;
}

/* ------------------------------------------------------------------ reading a batch */

static void
take_entry(void *arg, const struct db_result *row)
{
    struct replay *replay = arg;

    assert(replay->count < BATCH_ENTRIES);
    replay->entries[replay->count++] = (struct stored){
        .entry_index = row_int64(row, 0, 0),
        .booked_at_us = row_int64(row, 0, 1),
        .leaf = arena_copy(replay->arena, row_slice(row, 0, 2)),
        .institution_id = arena_copy(replay->arena, row_slice(row, 0, 3)),
        .request_id = arena_copy(replay->arena, row_slice(row, 0, 4)),
        .bytes = arena_copy(replay->arena, row_slice(row, 0, 5)),
    };
}

static void
take_item(void *arg, const struct db_result *row)
{
    struct replay *replay = arg;
    int64_t index = row_int64(row, 0, 0) - replay->audit->next;
    struct stored_item *item = arena_alloc(replay->arena, sizeof(*item));
    struct stored *stored;

    if (index < 0 || (size_t)index >= replay->count)
        return;
    stored = &replay->entries[index];
    item->item_index = row_int32(row, 0, 1);
    if (!row_is_null(row, 0, 2))
        item->account_no = arena_copy(replay->arena, row_slice(row, 0, 2));
    item->bytes = arena_copy(replay->arena, row_slice(row, 0, 3));
    if (stored->last_item == NULL)
        stored->first_item = item;
    else
        stored->last_item->next = item;
    stored->last_item = item;
    stored->item_count++;
}

static void
take_head(void *arg, const struct db_result *row)
{
    struct head_list *list = arg;

    assert(list->count < BATCH_ENTRIES);
    list->heads[list->count++] = (struct stored_head){
        .size = row_int64(row, 0, 0),
        .root = arena_copy(list->arena, row_slice(row, 0, 1)),
        .edge = arena_copy(list->arena, row_slice(row, 0, 2)),
        .booked_at_us = row_int64(row, 0, 3),
    };
}

static void
take_checkpoint(void *arg, const struct db_result *row)
{
    struct head_list *list = arg;

    assert(list->count < BATCH_ENTRIES);
    list->heads[list->count++] = (struct stored_head){
        .size = row_int64(row, 0, 0),
        .note = arena_copy(list->arena, row_slice(row, 0, 1)),
    };
}

static void
take_end(void *arg, const struct db_result *row)
{
    if (!row_is_null(row, 0, 0))
        *(int64_t *)arg = row_int64(row, 0, 0);
}

/* Where the batch ends: entries may hold a thousand items each, and all of it is in memory. */
static bool
find_end(struct replay *replay, int64_t *end)
{
    static const struct db_statement statement = {
        "audit_end",
        "SELECT min(entry_index) FROM"
        " (SELECT entry_index, sum(count) OVER until AS items, sum(bytes) OVER until AS bytes FROM"
        "  (SELECT entry_index, count(*), sum(length(item)) AS bytes FROM log.item"
        "   WHERE entry_index >= $1 AND entry_index < $2 GROUP BY entry_index) AS entry"
        "  WINDOW until AS (ORDER BY entry_index)) AS entry"
        " WHERE entry_index > $1 AND (items > $3 OR bytes > $4)",
    };
    struct db_params *params = params_new(replay->arena);

    *end = replay->audit->next + BATCH_ENTRIES;
    params_add_int8(params, replay->audit->next);
    params_add_int8(params, *end);
    params_add_int8(params, BATCH_ITEMS);
    params_add_int8(params, BATCH_ITEM_BYTES);
    return audit_query(replay->audit, &statement, params, take_end, end);
}

static bool
read_batch(struct replay *replay)
{
    static const struct db_statement entries = {
        "audit_entries",
        "SELECT entry_index, booked_at_us, leaf_hash, institution_id, request_id, entry"
        " FROM log.entry WHERE entry_index >= $1 AND entry_index < $2 ORDER BY entry_index",
    };
    static const struct db_statement items = {
        "audit_items",
        "SELECT entry_index, item_index, account_no, item FROM log.item"
        " WHERE entry_index >= $1 AND entry_index < $2 ORDER BY entry_index, item_index",
    };
    static const struct db_statement heads = {
        "audit_heads",
        "SELECT size, root, edge, booked_at_us FROM log.head WHERE size > $1 AND size <= $2 ORDER "
        "BY size",
    };
    static const struct db_statement checkpoints = {
        "audit_checkpoints",
        "SELECT size, note FROM log.checkpoint WHERE size > $1 AND size <= $2 ORDER BY size",
    };
    struct audit *audit = replay->audit;
    struct db_params *params = params_new(replay->arena);
    int64_t end;

    if (!find_end(replay, &end))
        return false;
    params_add_int8(params, audit->next);
    params_add_int8(params, end);
    replay->heads.arena = replay->checkpoints.arena = replay->arena;
    return audit_query(audit, &entries, params, take_entry, replay) &&
           audit_query(audit, &items, params, take_item, replay) &&
           audit_query(audit, &heads, params, take_head, &replay->heads) &&
           audit_query(audit, &checkpoints, params, take_checkpoint, &replay->checkpoints);
}

/* ------------------------------------------------------------------ an entry's bytes */

/* Whose an item is: every body about an account has its number as first field. */
static struct slice
account_of(const struct item *item)
{
    return item->kind >= ITEM_ACCOUNT_OPENED ? item->account_activated.account_no
                                             : (struct slice){0};
}

/* The items as they were committed to, with the account under which each is found. */
static bool
decode_items(struct replay *replay, struct stored *stored)
{
    struct signed_transaction *transaction = &stored->entry.transaction;
    struct refusal_list refusals = {0};
    size_t i = 0;

    if (stored->item_count != transaction->value.item_count) {
        entry_fault(replay, stored, "it has another number of items in log.item");
        return false;
    }
    transaction->items = arena_array(replay->arena, stored->item_count, sizeof(struct slice));
    for (const struct stored_item *item = stored->first_item; item != NULL; item = item->next)
        transaction->items[i++] = item->bytes;
    if (!transaction->value.is_control && !convert_items(transaction, replay->arena, &refusals)) {
        entry_fault(replay, stored, "its items in log.item are not those that were signed");
        return false;
    }
    i = 0;
    for (const struct stored_item *item = stored->first_item; item != NULL;
         item = item->next, i++) {
        if ((size_t)item->item_index != i ||
            !slice_equal(item->account_no, account_of(&transaction->value.items[i])))
            entry_fault(replay, stored, "an item of it is filed under another place or account");
    }
    return true;
}

/* False where nothing can be executed. */
static bool
decode(struct replay *replay, size_t index)
{
    struct stored *stored = &replay->entries[index];
    const struct transaction *value = &stored->entry.transaction.value;

    int64_t entry_index = replay->audit->next + (int64_t)index;

    if (stored->entry_index != entry_index)
        return miss_entry(replay, entry_index);
    if (!convert_log_entry(stored->bytes, replay->arena, &stored->entry)) {
        entry_fault(replay, stored, "its bytes are no entry");
        return false;
    }
    if (stored->booked_at_us != stored->entry.booked_at_us ||
        !slice_equal(stored->institution_id, value->institution_id) ||
        !slice_equal(stored->request_id, slice_make(value->request_id, REQUEST_ID_SIZE)))
        entry_fault(replay, stored, "its columns are not what its bytes say");
    return decode_items(replay, stored);
}

/* ------------------------------------------------------------------ executing */

struct loading {
    struct world *world;
    enum table_id table;
    void *row;
};

static void
take_row(void *arg, const struct db_result *row)
{
    const struct loading *loading = arg;

    projection_read_row(schema_table(loading->table), row, 0, 0, loading->row);
    world_load_row(loading->world, loading->table, loading->row);
}

/* Loads what the world misses from the audit's own tables. */
static bool
load_missing(struct replay *replay)
{
    struct db_batch batch = {0};
    struct projection_load load;

    projection_load_missing(replay->world, replay->arena, &batch, &load);
    for (size_t i = 0; i < load.count; i++) {
        struct loading loading = {
            .world = replay->world,
            .table = load.tables[i],
            .row = arena_alloc(replay->arena, schema_table(load.tables[i])->row_size),
        };

        for (size_t j = 0; j < load.unit_counts[i]; j++)
            world_load_unit(replay->world, load.tables[i], load.units[i][j].key);
        if (!audit_query(replay->audit, batch.commands[i].statement, batch.commands[i].params,
                         take_row, &loading))
            return false;
    }
    world_forget_missing(replay->world);
    return true;
}

static enum execute_result
try_execute(struct replay *replay, struct stored *stored, struct refusal_list *refusals)
{
    struct position position = {stored->entry_index, stored->booked_at_us};

    *refusals = (struct refusal_list){0};
    return execute(replay->world, &stored->entry.transaction.value, &position, replay->arena,
                   refusals);
}

/* Notes what all entries from one on will ask for, so that a batch loads in few rounds. */
static void
foresee(struct replay *replay, size_t from)
{
    struct refusal_list refusals;

    for (size_t i = from; i < replay->count; i++) {
        size_t mark = world_mark(replay->world);

        if (try_execute(replay, &replay->entries[i], &refusals) == EXECUTE_BOOKED)
            world_undo(replay->world, mark);
    }
}

/* The key that signed, as the log registered it; the founding registers its own. */
static struct slice
find_spki(struct replay *replay, const struct transaction *value, const struct hash *key_id)
{
    const struct signing_key *key =
        world_find(replay->world, TABLE_SIGNING_KEY, &(struct signing_key){.key_id = *key_id});

    return key != NULL && slice_equal(key->institution_id, value->institution_id)
               ? key->spki
               : (struct slice){0};
}

static void
check_signatures(struct replay *replay, const struct stored *stored)
{
    const struct signed_transaction *transaction = &stored->entry.transaction;

    for (size_t i = 0; i < transaction->signature_count; i++) {
        struct public_key *key = public_key_parse(
            find_spki(replay, &transaction->value, &transaction->value.signers[i]));

        if (key == NULL || !dsse_verify(key, DSSE_TRANSACTION, transaction->bytes,
                                        signature_slice(&transaction->signatures[i])))
            entry_fault(replay, stored, "a signature is wrong");
        public_key_free(key);
    }
}

static bool
is_founding(const struct transaction *value)
{
    return value->is_control && value->control.kind == CONTROL_FOUNDING;
}

static void
take_log_key(struct replay *replay, const struct stored *stored)
{
    const struct transaction *value = &stored->entry.transaction.value;
    struct public_key *key = public_key_from_ed25519(value->control.founding.log_key);

    if (key != NULL && replay->audit->verifier == NULL)
        replay->audit->verifier = note_verifier_new(value->log_origin, key);
    public_key_free(key);
}

/* What the entry says beside its transaction, after it was executed. */
static void
check_chain(struct replay *replay, struct stored *stored, const struct hash *leaf)
{
    const struct transaction *value = &stored->entry.transaction.value;
    struct hash chain = execute_key_chain(replay->world, value);

    if (!hash_equal(&chain, &stored->entry.key_chain))
        entry_fault(replay, stored, "its key chain is not that of the log before it");
    if (!slice_equal(stored->leaf, hash_slice(leaf)))
        entry_fault(replay, stored, "its leaf hash is not that of its bytes");
    if (stored->entry.booked_at_us < replay->audit->booked_at_us)
        entry_fault(replay, stored, "it was booked before the entry before it");
    replay->audit->booked_at_us = stored->entry.booked_at_us;
    if (is_founding(value))
        take_log_key(replay, stored);
    check_signatures(replay, stored);
    execute_advance_chains(replay->world, value, leaf);
}

/* ------------------------------------------------------------------ the tree */

static void
check_head(struct replay *replay, const struct stored_head *stored)
{
    struct merkle_head head = merkle_edge_head(&replay->audit->edge);
    char key[KEY_TEXT_SIZE];

    if (!slice_equal(stored->root, hash_slice(&head.root)) ||
        !slice_equal(stored->edge, merkle_edge_bytes(&replay->audit->edge)))
        audit_fault(replay->audit, "log.head", number_key(stored->size, key),
                    "not the hashes of the entries");
    if (stored->booked_at_us != replay->audit->booked_at_us)
        audit_fault(replay->audit, "log.head", number_key(stored->size, key),
                    "not the time of its last entry");
}

static void
check_checkpoint(struct replay *replay, const struct stored_head *stored)
{
    struct merkle_head head = merkle_edge_head(&replay->audit->edge);
    const struct note_verifier *verifier = replay->audit->verifier;
    struct checkpoint checkpoint = {0};
    char key[KEY_TEXT_SIZE];
    const char *fault = verifier == NULL ? "there is no log key"
                                         : checkpoint_open(stored->note, &verifier, 1, &checkpoint);

    number_key(stored->size, key);
    if (fault != NULL)
        audit_fault(replay->audit, "log.checkpoint", key, "%s", fault);
    else if (checkpoint.head.size != head.size || !hash_equal(&checkpoint.head.root, &head.root))
        audit_fault(replay->audit, "log.checkpoint", key, "it signs another log");
}

/* A log that was made anew agrees with itself, but not with what the bank has signed. */
static void
check_anchor(const struct replay *replay)
{
    const struct merkle_edge *anchor = &replay->audit->anchor, *edge = &replay->audit->edge;
    char key[KEY_TEXT_SIZE];

    if (edge->size == anchor->size &&
        !slice_equal(merkle_edge_bytes(edge), merkle_edge_bytes(anchor)))
        audit_fault(replay->audit, "log.entry", number_key((int64_t)anchor->size - 1, key),
                    "up to it the log is another than the anchor's");
}

static void
grow_tree(struct replay *replay, const struct hash *leaf)
{
    struct merkle_edge *edge = &replay->audit->edge;
    struct head_list *heads = &replay->heads, *checkpoints = &replay->checkpoints;
    struct merkle_completed completed;

    merkle_edge_append(edge, leaf, &completed);
    for (size_t i = 0; i < completed.count; i++)
        replay->subtrees[replay->subtree_count++] = completed.subtrees[i];
    if (heads->next < heads->count && (uint64_t)heads->heads[heads->next].size == edge->size)
        check_head(replay, &heads->heads[heads->next++]);
    if (checkpoints->next < checkpoints->count &&
        (uint64_t)checkpoints->heads[checkpoints->next].size == edge->size)
        check_checkpoint(replay, &checkpoints->heads[checkpoints->next++]);
    check_anchor(replay);
}

/* False where the replay cannot go on. */
static bool
replay_entry(struct replay *replay, size_t index)
{
    struct stored *stored = &replay->entries[index];
    struct hash leaf = merkle_leaf(stored->bytes);
    struct refusal_list refusals;
    enum execute_result result;

    while ((result = try_execute(replay, stored, &refusals)) == EXECUTE_NOT_LOADED) {
        foresee(replay, index);
        if (!load_missing(replay))
            return false;
    }
    if (result == EXECUTE_REFUSED) {
        entry_fault(replay, stored, reason_text(refusals.first->reason)->code);
        return false;
    }
    check_chain(replay, stored, &leaf);
    grow_tree(replay, &leaf);
    return true;
}

/* ------------------------------------------------------------------ a batch */

static bool
store_subtrees(struct replay *replay)
{
    static const struct db_statement insert = {
        "audit_subtrees",
        "INSERT INTO pg_temp.subtree (level, number, hash)"
        " SELECT * FROM unnest($1::int2[], $2::int8[], $3::bytea[])",
    };
    struct db_params *params = params_new(replay->arena);
    struct db_array levels, numbers, hashes;
    size_t count = replay->subtree_count;

    if (count == 0)
        return true;
    array_begin(&levels, replay->arena, DB_INT2, count);
    array_begin(&numbers, replay->arena, DB_INT8, count);
    array_begin(&hashes, replay->arena, DB_BYTES, count);
    for (size_t i = 0; i < count; i++) {
        array_add_int2(&levels, (int16_t)replay->subtrees[i].level);
        array_add_int8(&numbers, (int64_t)replay->subtrees[i].number);
        array_add_bytes(&hashes, hash_slice(&replay->subtrees[i].hash));
    }
    params_add_array(params, &levels);
    params_add_array(params, &numbers);
    params_add_array(params, &hashes);
    return audit_query(replay->audit, &insert, params, NULL, NULL);
}

static bool
store_changes(struct replay *replay)
{
    struct db_batch batch = {0};

    projection_store_changes(replay->world, replay->arena, &batch);
    for (size_t i = 0; i < batch.count; i++)
        if (!audit_query(replay->audit, batch.commands[i].statement, batch.commands[i].params, NULL,
                         NULL))
            return false;
    return store_subtrees(replay);
}

/* Every booking leaves a head, so the newest one is of the whole log. */
static void
check_newest_head(struct replay *replay)
{
    const struct head_list *heads = &replay->heads;
    int64_t newest = heads->next > 0 ? heads->heads[heads->next - 1].size : 0;
    char key[KEY_TEXT_SIZE];

    if (replay->audit->next == replay->audit->size && newest != replay->audit->size)
        audit_fault(replay->audit, "log.head", number_key(replay->audit->size, key),
                    "it is missing");
}

static bool
run_batch(struct replay *replay)
{
    if (!read_batch(replay))
        return false;
    if (replay->count == 0)
        return miss_entry(replay, replay->audit->next);
    for (size_t i = 0; i < replay->count; i++)
        if (!decode(replay, i))
            return false;
    for (size_t i = 0; i < replay->count; i++)
        if (!replay_entry(replay, i))
            return false;
    if (!store_changes(replay))
        return false;
    replay->audit->next += (int64_t)replay->count;
    check_newest_head(replay);
    return true;
}

static void
show_progress(const struct audit *audit)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\raudit: %" PRId64 " of %" PRId64 " entries%s", audit->next, audit->size,
                audit->next == audit->size ? "\n" : "");
}

/* A database that was rewound, or restored from before what the bank has signed. */
static void
check_end(struct audit *audit)
{
    char key[KEY_TEXT_SIZE];

    if (audit->size < (int64_t)audit->anchor.size)
        audit_fault(audit, "log.entry", number_key(audit->size, key),
                    "it is missing, and all after it; the anchor has %" PRIu64 " entries",
                    audit->anchor.size);
}

bool
audit_replay(struct audit *audit)
{
    bool good = true;

    while (good && audit->next < audit->size) {
        struct arena *arena = arena_new(AUDIT_BATCH_MEMORY);
        struct replay *replay = arena_alloc(arena, sizeof(*replay));

        replay->audit = audit;
        replay->arena = arena;
        replay->world = world_new_in(arena);
        good = run_batch(replay);
        arena_free(arena);
        show_progress(audit);
    }
    check_end(audit);
    return good;
}
