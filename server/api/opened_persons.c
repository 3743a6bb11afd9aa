#include "api/opened_persons.h"

#include "api/credentials.h"

/* Whether the item commits to each field of the person, and to nothing else. */
static bool
commits_to(const struct account_opened *opened, const struct identity *identity)
{
    struct hash commitments[IDENTITY_FIELDS];

    if (opened->commitment_count != IDENTITY_FIELDS)
        return false;
    identity_commit(identity, commitments);
    for (size_t i = 0; i < IDENTITY_FIELDS; i++)
        if ((size_t)opened->commitments[i].field != i + IDENTITY_DOCUMENT_TYPE ||
            !slice_equal(opened->commitments[i].hash, hash_slice(&commitments[i])))
            return false;
    return true;
}

/* Opens what came sealed; what is wrong with it, or REASON_NONE. */
static enum reason
open_person(struct call *call, struct slice sealed, const struct account_opened *opened,
            struct opened_person *person)
{
    const struct identity_keys *keys = credentials_config(call)->identity_keys;
    struct identity identity;

    if (!identity_unpack(sealed, &person->sealed) ||
        !identity_open(&person->sealed, opened->account_no, keys, call_arena(call), &identity))
        return REASON_SEALED_PERSON_INVALID;
    person->index_hash =
        seal_index(&keys->index, (uint32_t)identity.document_type, identity.number);
    person->name = identity.name;
    person->seal_time_us = identity.seal_time_us;
    return commits_to(opened, &identity) ? REASON_NONE : REASON_COMMITMENTS_DIFFER;
}

static size_t
count_openings(const struct transaction *value)
{
    size_t count = 0;

    for (size_t i = 0; i < value->item_count; i++)
        count += value->items[i].kind == ITEM_ACCOUNT_OPENED;
    return count;
}

void
opened_persons_take(struct call *call, const Creditbank__V1__SubmitRequest *req,
                    struct signed_transaction *transaction)
{
    const struct transaction *value = &transaction->value;
    struct opened_list *list = &transaction->opened;
    size_t next = 0;

    list->count = count_openings(value);
    list->persons = arena_array(call_arena(call), list->count, sizeof(*list->persons));
    for (size_t i = 0; i < value->item_count; i++) {
        const struct account_opened *opened = &value->items[i].account_opened;
        struct opened_person *person = &list->persons[next];
        struct slice sealed = {0};

        if (value->items[i].kind != ITEM_ACCOUNT_OPENED)
            continue;
        if (next < req->n_sealed_persons)
            sealed = slice_make(req->sealed_persons[next].data, req->sealed_persons[next].len);
        person->item_index = (uint32_t)i;
        person->account_no = opened->account_no;
        person->fault = open_person(call, sealed, opened, person);
        next++;
    }
}

void
opened_persons_list(struct call *call, const struct opened_list *opened, struct person_list *list)
{
    list->count = opened->count;
    list->persons = arena_array(call_arena(call), opened->count, sizeof(*list->persons));
    for (size_t i = 0; i < opened->count; i++)
        if (opened->persons[i].fault == REASON_NONE)
            list->persons[i].index_hash = opened->persons[i].index_hash;
}

/* Whether her account is under the name that she was sealed with. */
static bool
is_named_alike(struct call *call, const struct opened_person *opened, const struct person *known)
{
    struct identity identity;

    return identity_open(&known->sealed, known->account_no, credentials_config(call)->identity_keys,
                         call_arena(call), &identity) &&
           slice_equal(identity.name, opened->name);
}

int64_t
opened_persons_compare(struct call *call, struct opened_list *opened,
                       const struct person_list *list)
{
    int64_t mismatches = 0;

    for (size_t i = 0; i < list->count; i++) {
        bool alike;

        if (!list->persons[i].found)
            continue;
        alike = is_named_alike(call, &opened->persons[i], &list->persons[i]);
        opened->persons[i].fault = alike ? REASON_PERSON_HAS_ACCOUNT : REASON_IDENTITY_MISMATCH;
        mismatches += !alike;
    }
    return mismatches;
}
