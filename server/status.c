#include "status.h"

#include "database.h"
#include "db/row.h"
#include "instance.h"
#include "notary/anchor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const struct db_statement select_sizes = {
    "status sizes",
    "SELECT coalesce((SELECT max(size) FROM log.head), 0),"
    " coalesce((SELECT max(size) FROM log.checkpoint), 0),"
    " coalesce((SELECT max(number) FROM migration), 0)::int4",
};

struct sizes {
    int64_t log, checkpoint;
    int32_t schema;
};

static void
got_sizes(void *arg, const struct db_result *row)
{
    struct sizes *sizes = arg;

    sizes->log = row_int64(row, 0, 0);
    sizes->checkpoint = row_int64(row, 0, 1);
    sizes->schema = row_int32(row, 0, 2);
}

static bool
read_sizes(const struct config *config, struct sizes *sizes)
{
    struct blocking *db = database_open_owner(config);

    if (db == NULL)
        return false;
    bool done = blocking_run(db, &select_sizes, NULL, got_sizes, sizes);
    if (!done)
        fprintf(stderr, "creditbankd: the log cannot be read: %s\n", blocking_outcome(db)->message);
    blocking_close(db);
    return done;
}

/* Whether the notary's anchor and the database agree: only then anything is booked. */
static bool
show_anchor(const struct config *config, const struct sizes *sizes)
{
    struct merkle_edge edge;
    const char *fault =
        anchor_read(config->notary.anchor, slice_text(config->bank.log_origin), &edge);

    if (fault != NULL)
        printf("anchor: %s: %s\n", config->notary.anchor, fault);
    else if (edge.size > (uint64_t)sizes->log)
        printf("anchor: %" PRIu64 " entries, more than the log has: nothing is booked, see"
               " docs/operating.md#the-database-is-behind-the-log\n",
               edge.size);
    return fault == NULL && edge.size <= (uint64_t)sizes->log;
}

int
status_run(const struct config *config)
{
    pid_t pid = instance_pid(config);
    struct sizes sizes;

    if (pid != 0)
        printf("daemon: running, pid %d\n", (int)pid);
    else
        printf("daemon: not running\n");
    if (!read_sizes(config, &sizes))
        return EXIT_FAILURE;

    printf("schema: version %" PRId32 "\n", sizes.schema);
    printf("log: %" PRId64 " entries\n", sizes.log);
    printf("signed: %" PRId64 " entries%s\n", sizes.checkpoint,
           sizes.checkpoint < sizes.log ? ", the rest awaits its checkpoint" : "");

    bool is_anchored = show_anchor(config, &sizes);

    return is_anchored && pid != 0 && sizes.checkpoint == sizes.log ? EXIT_SUCCESS : EXIT_FAILURE;
}
