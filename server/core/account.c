/* Accounts: opened by an institution, activated by their owner. */
#include "core/account.h"

#include "core/check.h"
#include "core/code.h"

static const struct account *
find(struct context *context, struct slice account_no)
{
    const struct account *account =
        world_find(context->world, TABLE_ACCOUNT, &(struct account){.account_no = account_no});

    if (account == NULL)
        refuse(context, "account_no", REASON_ACCOUNT_UNKNOWN, "%.*s", (int)account_no.len,
               (const char *)account_no.at);
    return account;
}

const struct account *
account_for_records(struct context *context, struct slice account_no)
{
    const struct account *account = find(context, account_no);

    if (account == NULL)
        return NULL;
    if (account->state == ACCOUNT_CLOSED || account->state == ACCOUNT_SUSPENDED) {
        refuse(context, "account_no",
               account->state == ACCOUNT_CLOSED ? REASON_ACCOUNT_CLOSED : REASON_ACCOUNT_SUSPENDED,
               "%.*s", (int)account_no.len, (const char *)account_no.at);
        return NULL;
    }
    return account;
}

static void
put_commitments(struct context *context, const struct account_opened *opened)
{
    enum identity_field previous = 0;

    for (size_t i = 0; i < opened->commitment_count; i++) {
        const struct identity_commitment *commitment = &opened->commitments[i];
        struct account_commitment row = {
            .account_no = opened->account_no,
            .field = (int32_t)commitment->field,
        };

        if (commitment->field <= previous || commitment->field > IDENTITY_NAME)
            refuse(context, "commitments.field", REASON_FIELD_ORDER, "%d", (int)commitment->field);
        previous = commitment->field;
        if (!check_hash(context, "commitments.hash", commitment->hash))
            continue;
        memcpy(row.hash.bytes, commitment->hash.at, HASH_SIZE);
        world_put(context->world, TABLE_ACCOUNT_COMMITMENT, &row);
    }
}

void
open_account(struct context *context, const struct item *item)
{
    const struct account_opened *opened = &item->account_opened;
    struct account row = {
        .account_no = opened->account_no,
        .state = ACCOUNT_PRELOADED,
        .opened_by = context->transaction->institution_id,
        .open_time_us = context->position.booked_at_us,
        .opened_entry = context->position.entry_index,
    };

    if (!code_is_account_no(opened->account_no)) {
        refuse(context, "account_no", REASON_ACCOUNT_NO_FORM, "%.*s", (int)opened->account_no.len,
               (const char *)opened->account_no.at);
        return;
    }
    if (!check_range(context, "commitments", (int64_t)opened->commitment_count, 1, 8))
        return;
    if (world_find(context->world, TABLE_ACCOUNT, &row) != NULL)
        refuse(context, "account_no", REASON_ACCOUNT_EXISTS, "%.*s", (int)opened->account_no.len,
               (const char *)opened->account_no.at);
    world_put(context->world, TABLE_ACCOUNT, &row);
    put_commitments(context, opened);
}

static void
put_state(struct context *context, const struct account *account, enum account_state state)
{
    struct account row = *account;

    row.state = (int32_t)state;
    world_put(context->world, TABLE_ACCOUNT, &row);
}

void
activate_account(struct context *context, const struct item *item)
{
    const struct account *account = find(context, item->account_activated.account_no);

    if (account == NULL)
        return;
    if (account->state != ACCOUNT_PRELOADED)
        refuse(context, "account_no", REASON_ACCOUNT_STATE, "%d", account->state);
    put_state(context, account, ACCOUNT_ACTIVE);
}

void
set_account_state(struct context *context, const struct item *item)
{
    const struct account_state_set *set = &item->account_state_set;
    const struct account *account = find(context, set->account_no);

    if (account == NULL ||
        !check_range(context, "state", (int64_t)set->state, ACCOUNT_ACTIVE, ACCOUNT_CLOSED))
        return;
    /* What is not activated can only be closed: resumed, it would be active without its owner. */
    if (account->state == ACCOUNT_CLOSED || account->state == (int32_t)set->state ||
        (account->state == ACCOUNT_PRELOADED && set->state != ACCOUNT_CLOSED))
        refuse(context, "state", REASON_ACCOUNT_STATE, "%d", account->state);
    put_state(context, account, set->state);
}
