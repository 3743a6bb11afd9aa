#include "spoil.h"

#include "wrongs.h"

static void
set(const struct wrong *wrong, char *base, const struct transaction *transaction)
{
    static const char zero[SALT_SIZE];

    for (size_t i = 0; i < ARRAY_COUNT(wrong->through); i++)
        if (wrong->through[i] != 0)
            base = *(char **)(void *)(base + wrong->through[i] - 1);

    void *at = base + wrong->at;

    switch (wrong->type) {
    case TEXT:
        *(struct slice *)at =
            wrong->text != NULL ? slice_text(wrong->text) : slice_make(zero, sizeof(zero));
        return;
    case INT32:
        *(int32_t *)at = (int32_t)wrong->number;
        return;
    case INT64:
        *(int64_t *)at = wrong->number;
        return;
    case SIZE:
        *(size_t *)at = (size_t)wrong->number;
        return;
    case BOOL:
        *(bool *)at = wrong->number != 0;
        return;
    case TWICE:
        *(struct slice *)at = transaction->items[transaction->item_count - 1].salt;
        return;
    }
}

static enum reason
spoil_one(struct random *random, const struct wrongs *wrongs, int kind, char *base,
          const struct transaction *transaction)
{
    size_t start = random_next(random) % wrongs->count;

    for (size_t i = 0; i < wrongs->count; i++) {
        const struct wrong *wrong = &wrongs->rows[(start + i) % wrongs->count];

        if (wrong->kind != 0 && wrong->kind != kind)
            continue;
        if (wrong->type == TWICE && transaction->item_count < 2)
            continue;
        set(wrong, base, transaction);
        return wrong->reason;
    }
    return REASON_NONE;
}

enum reason
spoil(struct random *random, struct transaction *transaction)
{
    if (random_chance(random, 12))
        return spoil_one(random, &wrong_transactions, 0, (char *)transaction, transaction);
    if (transaction->is_control)
        return spoil_one(random, &wrong_controls, -(int)transaction->control.kind,
                         (char *)transaction, transaction);
    return spoil_one(random, &wrong_items, (int)transaction->items[0].kind,
                     (char *)&transaction->items[0], transaction);
}
