#include "ledger/persons.h"

#include <assert.h>
#include <stdlib.h>

static int
compare(const void *a, const void *b)
{
    const struct hash *one = a, *other = b;

    return memcmp(one->bytes, other->bytes, HASH_SIZE);
}

void
persons_gather(struct persons *persons, const struct opened_list *const *lists, size_t list_count,
               struct arena *arena)
{
    size_t total = 0, count = 0;
    struct hash *hashes;

    for (size_t i = 0; i < list_count; i++)
        total += lists[i]->count;
    hashes = arena_array(arena, total, sizeof(*hashes));
    for (size_t i = 0; i < list_count; i++)
        for (size_t j = 0; j < lists[i]->count; j++)
            hashes[count++] = lists[i]->persons[j].index_hash;
    qsort(hashes, count, sizeof(*hashes), compare);
    *persons = (struct persons){
        .hashes = hashes,
        .states = arena_array(arena, total, sizeof(*persons->states)),
    };
    for (size_t i = 0; i < count; i++)
        if (persons->count == 0 || !hash_equal(&hashes[persons->count - 1], &hashes[i]))
            hashes[persons->count++] = hashes[i];
}

static struct person_state *
find(const struct persons *persons, const struct hash *index_hash)
{
    const struct hash *found =
        bsearch(index_hash, persons->hashes, persons->count, sizeof(*found), compare);

    assert(found != NULL);
    return &persons->states[found - persons->hashes];
}

/* Why she cannot be given the account, or REASON_NONE. */
static enum reason
judge(const struct persons *persons, const struct opened_person *opened, int64_t now_us)
{
    struct person_state *state;

    if (opened->fault != REASON_NONE)
        return opened->fault;
    if (now_us - opened->seal_time_us > IDENTITY_CARRIED_US)
        return REASON_SEALED_PERSON_EXPIRED;
    state = find(persons, &opened->index_hash);
    if (state->has_account || state->named_in == persons->checks)
        return REASON_PERSON_HAS_ACCOUNT;
    state->named_in = persons->checks;
    return REASON_NONE;
}

static const char *
field_of(enum reason reason)
{
    if (reason == REASON_PERSON_HAS_ACCOUNT)
        return "account_opened.account_no";
    return reason == REASON_COMMITMENTS_DIFFER ? "account_opened.commitments" : "sealed_persons";
}

bool
persons_admit(struct persons *persons, const struct opened_list *list, int64_t now_us,
              struct arena *arena, struct refusal_list *refusals)
{
    bool good = true;

    persons->checks++;
    for (size_t i = 0; i < list->count; i++) {
        enum reason reason = judge(persons, &list->persons[i], now_us);

        if (reason == REASON_NONE)
            continue;
        refusal_add(refusals, arena, list->persons[i].item_index, field_of(reason), reason, "%s",
                    "");
        good = false;
    }
    return good;
}

void
persons_give(struct persons *persons, const struct opened_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        find(persons, &list->persons[i].index_hash)->has_account = true;
}
