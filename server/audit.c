/*
 *   anchor --> begin snapshot --> outside --> make tables --> replay --> compare --> identities -->
 * roll back
 *
 * The tables are temporary ones of the same names, which PostgreSQL finds before
 * the projections: so the statements that serve the bank fill them. The rollback
 * takes them away, whatever happened.
 */
#include "audit.h"

#include "audit_private.h"
#include "database.h"
#include "db/params.h"
#include "db/row.h"
#include "notary/anchor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define KEY_MEMORY ((size_t)1 << 14)

/* Read before the snapshot, which then holds all that was signed: only the committed is. */
static bool
read_anchor(struct audit *audit, const struct config *config)
{
    const char *fault =
        anchor_read(config->notary.anchor, slice_text(config->bank.log_origin), &audit->anchor);

    if (fault != NULL)
        fprintf(stderr, "creditbankd: %s: %s\n", config->notary.anchor, fault);
    return fault == NULL;
}

static void
take_size(void *arg, const struct db_result *row)
{
    *(int64_t *)arg = row_int64(row, 0, 0);
}

static bool
begin(struct audit *audit)
{
    static const struct db_statement find_size = {
        "audit_size",
        "SELECT coalesce(max(entry_index) + 1, 0) FROM log.entry",
    };

    if (!blocking_script(audit->db, "BEGIN ISOLATION LEVEL REPEATABLE READ")) {
        fprintf(stderr, "creditbankd: no snapshot: %s\n", blocking_outcome(audit->db)->message);
        return false;
    }
    return audit_query(audit, &find_size, NULL, take_size, &audit->size);
}

static void
take_outside(void *arg, const struct db_result *row)
{
    struct arena *arena = arena_new(KEY_MEMORY);

    audit_fault(arg, arena_text(arena, row_slice(row, 0, 0)),
                arena_text(arena, row_slice(row, 0, 1)), "the log has no such place");
    arena_free(arena);
}

/* What is filed under places that the log does not have, which the replay never comes to. */
static bool
find_outside(struct audit *audit)
{
    static const struct db_statement statement = {
        "audit_outside",
        "SELECT 'log.item', concat_ws('/', entry_index::text, item_index::text) FROM log.item"
        " WHERE entry_index < 0 OR entry_index >= $1"
        " UNION ALL SELECT 'log.head', size::text FROM log.head WHERE size > $1"
        " UNION ALL SELECT 'log.checkpoint', size::text FROM log.checkpoint WHERE size > $1"
        " LIMIT $2",
    };
    struct arena *arena = arena_new(KEY_MEMORY);
    struct db_params *params = params_new(arena);
    bool good;

    params_add_int8(params, audit->size);
    params_add_int8(params, AUDIT_FAULTS_MAX);
    good = audit_query(audit, &statement, params, take_outside, audit);
    arena_free(arena);
    return good;
}

static bool
run(struct audit *audit, const struct config *config)
{
    return read_anchor(audit, config) && begin(audit) && find_outside(audit) &&
           audit_make_tables(audit) && audit_replay(audit) && audit_compare(audit) &&
           audit_identities(audit, config->identity.epoch_keys);
}

int
audit_run(const struct config *config)
{
    struct audit audit = {.db = database_open_owner(config)};
    bool is_complete;

    if (audit.db == NULL)
        return EXIT_FAILURE;
    is_complete = run(&audit, config);
    /* The connection's end would roll back as well. */
    if (!blocking_script(audit.db, "ROLLBACK"))
        is_complete = false;
    blocking_close(audit.db);
    note_verifier_free(audit.verifier);
    if (is_complete && audit.fault_count == 0) {
        printf("audit: %" PRId64 " entries replayed; projections and identities agree\n",
               audit.size);
        return EXIT_SUCCESS;
    }
    printf("audit: %zu faults; %" PRId64 " of %" PRId64 " entries replayed\n", audit.fault_count,
           audit.next, audit.size);
    return EXIT_FAILURE;
}
