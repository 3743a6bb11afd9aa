/* How a part of the audit says what is wrong, and asks the database, which may be so too. */
#include "audit_private.h"

#include <stdarg.h>
#include <stdio.h>

void
audit_fault(struct audit *audit, const char *table, const char *key, const char *fmt, ...)
{
    va_list args;

    audit->fault_count++;
    printf("fault: table=%s key=%s: ", table, key);
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    putchar('\n');
}

bool
audit_query(struct audit *audit, const struct db_statement *statement,
            const struct db_params *params, blocking_row_fn *each, void *arg)
{
    if (blocking_run(audit->db, statement, params, each, arg))
        return true;
    fprintf(stderr, "creditbankd: the database failed in %s: %s\n", statement->name,
            blocking_outcome(audit->db)->message);
    audit->fault_count++;
    return false;
}
