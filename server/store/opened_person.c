#include "store/opened_person.h"

#include "db/params.h"

void
opened_person_find(const struct hash *hashes, size_t count, struct arena *arena,
                   struct db_batch *batch)
{
    static const struct db_statement find = {
        "opened_person_find",
        "SELECT u.place FROM unnest($1::bytea[]) WITH ORDINALITY AS u(index_hash, place)"
        " CROSS JOIN LATERAL (SELECT FROM identity.person p WHERE p.index_hash = u.index_hash"
        " OFFSET 0) AS p",
    };
    struct db_params *params = params_new(arena);
    struct db_array array;

    array_begin(&array, arena, DB_BYTES, count);
    for (size_t i = 0; i < count; i++)
        array_add_bytes(&array, hash_slice(&hashes[i]));
    params_add_array(params, &array);
    batch_add(batch, &find, params);
}

size_t
opened_person_read(const struct db_result *result, size_t row)
{
    return (size_t)row_int64(result, row, 0) - 1;
}

void
opened_person_insert(const struct opened_person *const *persons, size_t count, struct arena *arena,
                     struct db_batch *batch)
{
    static const struct db_statement insert = {
        "opened_person_insert",
        "INSERT INTO identity.person (account_no, index_hash, epoch, wrapped_key, sealed)"
        " SELECT * FROM unnest($1::text[], $2::bytea[], $3::int4[], $4::bytea[], $5::bytea[])",
    };
    struct db_params *params = params_new(arena);
    struct db_array accounts, hashes, epochs, keys, sealed;

    array_begin(&accounts, arena, DB_TEXT, count);
    array_begin(&hashes, arena, DB_BYTES, count);
    array_begin(&epochs, arena, DB_INT4, count);
    array_begin(&keys, arena, DB_BYTES, count);
    array_begin(&sealed, arena, DB_BYTES, count);
    for (size_t i = 0; i < count; i++) {
        array_add_text(&accounts, persons[i]->account_no);
        array_add_bytes(&hashes, hash_slice(&persons[i]->index_hash));
        array_add_int4(&epochs, (int32_t)persons[i]->sealed.epoch);
        array_add_bytes(&keys, persons[i]->sealed.wrapped_key);
        array_add_bytes(&sealed, persons[i]->sealed.sealed);
    }
    params_add_array(params, &accounts);
    params_add_array(params, &hashes);
    params_add_array(params, &epochs);
    params_add_array(params, &keys);
    params_add_array(params, &sealed);
    batch_add(batch, &insert, params);
}
