#include "db/statement.h"

#include <assert.h>

const struct db_statement db_begin = {"begin", "BEGIN"};
const struct db_statement db_commit = {"commit", "COMMIT"};
const struct db_statement db_rollback = {"rollback", "ROLLBACK"};

void
batch_add(struct db_batch *batch, const struct db_statement *statement,
          const struct db_params *params)
{
    assert(batch->count < DB_BATCH_MAX);
    batch->commands[batch->count++] = (struct db_command){statement, params};
}
