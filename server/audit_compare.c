/* The audit's tables, and how they are compared with those that serve the bank. */
#include "audit_private.h"
#include "core/identity.h"
#include "core/schema.h"
#include "db/row.h"

#include <stdio.h>

#define SQL_MEMORY ((size_t)1 << 16)

/* The stored hashes of the log, which are made from the entries as well. */
#define SUBTREE "subtree"

bool
audit_make_tables(struct audit *audit)
{
    struct arena *arena = arena_new(SQL_MEMORY);
    bool good = true;

    for (int id = 0; id <= TABLE_COUNT && good; id++) {
        const char *schema = id < TABLE_COUNT ? "projection" : "log";
        const char *name = id < TABLE_COUNT ? schema_table((enum table_id)id)->name : SUBTREE;

        good = blocking_script(audit->db, arena_printf(arena,
                                                       "CREATE TEMPORARY TABLE %s (LIKE %s.%s"
                                                       " INCLUDING ALL)",
                                                       name, schema, name));
    }
    if (!good)
        fprintf(stderr, "creditbankd: no tables to replay into: %s\n",
                blocking_outcome(audit->db)->message);
    arena_free(arena);
    return good;
}

/* The key of a row as text: its columns with "/" between them. */
static const char *
key_sql(const struct table *table, struct arena *arena)
{
    const char *sql = "concat_ws('/'";

    for (unsigned i = 0; i < table->key_columns; i++) {
        const struct column *column = &table->columns[i];
        bool is_bytes = column->type == COLUMN_HASH || column->type == COLUMN_BYTES;

        sql = arena_printf(arena, is_bytes ? "%s, encode(%s, 'hex')" : "%s, %s::text", sql,
                           column->name);
    }
    return arena_printf(arena, "%s)", sql);
}

struct differences {
    struct audit *audit;
    const char *table;
    size_t count;
};

static void
take_difference(void *arg, const struct db_result *row)
{
    struct differences *differences = arg;
    struct slice key = row_slice(row, 0, 0);
    char text[256];

    snprintf(text, sizeof(text), "%.*s", (int)key.len, (const char *)key.at);
    if (differences->count++ < AUDIT_FAULTS_MAX)
        audit_fault(differences->audit, differences->table, text,
                    "not what the log gives, or not there, or too much");
    else
        differences->audit->fault_count++;
}

static bool
compare(struct audit *audit, const char *schema, const char *name, const char *key)
{
    struct arena *arena = arena_new(SQL_MEMORY);
    const char *table = arena_printf(arena, "%s.%s", schema, name);
    struct differences differences = {audit, table, 0};
    struct db_statement statement = {
        "audit_compare",
        arena_printf(arena,
                     "SELECT DISTINCT key FROM ("
                     "(SELECT %s AS key, t.* FROM %s t EXCEPT SELECT %s, t.* FROM pg_temp.%s t)"
                     " UNION ALL "
                     "(SELECT %s, t.* FROM pg_temp.%s t EXCEPT SELECT %s, t.* FROM %s t))"
                     " AS d ORDER BY key",
                     key, table, key, name, key, name, key, table),
    };
    bool good = audit_query(audit, &statement, NULL, take_difference, &differences);

    if (differences.count > AUDIT_FAULTS_MAX)
        printf("fault: table=%s: %zu more\n", table, differences.count - AUDIT_FAULTS_MAX);
    arena_free(arena);
    return good;
}

bool
audit_compare(struct audit *audit)
{
    bool good = true;

    for (int id = 0; id < TABLE_COUNT && good; id++) {
        const struct table *table = schema_table((enum table_id)id);
        struct arena *arena = arena_new(SQL_MEMORY);

        good = compare(audit, "projection", table->name, key_sql(table, arena));
        arena_free(arena);
    }
    return good && compare(audit, "log", SUBTREE, "concat_ws('/', level::text, number::text)");
}

struct identities {
    struct audit *audit;
    const struct identity_keys *keys;
};

/*
 * Columns: account, epoch (NULL: no person), wrapped key, sealed, commitments in one, index, the
 * account once more (NULL: the log opens none).
 */
static const char *
person_fault(const struct identities *identities, const struct db_result *row, struct arena *arena)
{
    struct slice account_no = row_slice(row, 0, 0);
    struct hash commitments[IDENTITY_FIELDS], index;
    struct identity identity;

    if (row_is_null(row, 0, 6))
        return "a person without an account";
    if (row_is_null(row, 0, 1))
        return "the account has no person";

    struct sealed_identity sealed = {
        .epoch = (uint32_t)row_int32(row, 0, 1),
        .wrapped_key = row_slice(row, 0, 2),
        .sealed = row_slice(row, 0, 3),
    };

    if (!identity_open(&sealed, account_no, identities->keys, arena, &identity))
        return "what is sealed does not open";
    identity_commit(&identity, commitments);
    if (row_is_null(row, 0, 4) ||
        !slice_equal(row_slice(row, 0, 4), slice_make(commitments, sizeof(commitments))))
        return "not the person whom the log commits to";
    index = seal_index(&identities->keys->index, (uint32_t)identity.document_type, identity.number);
    if (!slice_equal(row_slice(row, 0, 5), hash_slice(&index)))
        return "filed under the hash of another document";
    return NULL;
}

static void
check_person(void *arg, const struct db_result *row)
{
    const struct identities *identities = arg;
    struct arena *arena = arena_new(SQL_MEMORY);
    const char *fault = person_fault(identities, row, arena);

    if (fault != NULL)
        audit_fault(identities->audit, "identity.person", arena_text(arena, row_slice(row, 0, 0)),
                    "%s", fault);
    arena_free(arena);
}

bool
audit_identities(struct audit *audit, const char *epoch_keys_file)
{
    static const struct db_statement list = {
        "audit_persons",
        "SELECT coalesce(a.account_no, p.account_no) AS number, p.epoch, p.wrapped_key, p.sealed,"
        " (SELECT string_agg(c.hash, ''::bytea ORDER BY c.field) FROM pg_temp.account_commitment c"
        " WHERE c.account_no = a.account_no), p.index_hash, a.account_no"
        " FROM pg_temp.account a FULL JOIN identity.person p ON p.account_no = a.account_no"
        " ORDER BY number",
    };
    struct identity_keys keys;
    struct identities identities = {audit, &keys};
    const char *fault;
    bool good;

    if (*epoch_keys_file == '\0') {
        printf("audit: persons are not checked: identity.epoch_keys is not set\n");
        return true;
    }
    fault = identity_keys_load(epoch_keys_file, &keys);
    if (fault != NULL) {
        fprintf(stderr, "creditbankd: %s: %s\n", epoch_keys_file, fault);
        return false;
    }
    good = audit_query(audit, &list, NULL, check_person, &identities);
    identity_keys_wipe(&keys);
    return good;
}
