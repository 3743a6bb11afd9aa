/*
 *   transaction --> who signs, and may they --> control record | items, one after another
 *
 * Every rule sees what the rules before it wrote. At the end all of it stands,
 * or none: where anything was refused, or not loaded, the world is put back.
 */
#include "core/execute.h"

#include "core/context.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define DETAIL_MAX 256

void
refuse(struct context *context, const char *field, enum reason reason, const char *detail, ...)
{
    char text[DETAIL_MAX];
    const char *path = field;
    va_list args;

    if (context->refusals->count >= REFUSALS_MAX) { /* no text is made for what nobody will see */
        context->refusals->count++;
        return;
    }
    va_start(args, detail);
    vsnprintf(text, sizeof(text), detail, args);
    va_end(args);
    if (context->subject != NULL)
        path = arena_printf(context->arena, "%s.%s", context->subject, field);
    refusal_add(context->refusals, context->arena, context->item_index, path, reason, "%s", text);
}

/* Who may say what: the kinds of institution and the duties of which one is needed. */
#define BY(kind) (1u << INSTITUTION_##kind)
#define WITH(duty) DUTY_BIT(DUTY_##duty)

struct item_law {
    enum item_kind kind;
    const char *name;
    uint32_t institutions;
    uint32_t duties;
    item_rule *rule;
};

static const struct item_law laws[] = {
    {ITEM_CERTIFICATE_LISTED, "certificate_listed", BY(OPERATOR), WITH(RULES), list_certificate},
    {ITEM_ACCREDITATION_GRANTED, "accreditation_granted", BY(OPERATOR), WITH(RULES),
     grant_accreditation},
    {ITEM_RECORDING_RULE_SET, "recording_rule_set", BY(OPERATOR), WITH(RULES), set_recording_rule},
    {ITEM_CALENDAR_DECLARED, "calendar_declared", BY(OPERATOR), WITH(RULES), declare_calendar},
    {ITEM_PROGRAMME_PUBLISHED, "programme_published", BY(SCHOOL), WITH(RULES), publish_programme},
    {ITEM_RULEBOOK_FILED, "rulebook_filed", BY(SCHOOL), WITH(RULES), file_rulebook},
    {ITEM_RULEBOOK_PUBLISHED, "rulebook_published", BY(OPERATOR), WITH(RULES), publish_rulebook},
    {ITEM_ACCOUNT_OPENED, "account_opened", BY(OPERATOR) | BY(SCHOOL) | BY(ISSUER), WITH(POST),
     open_account},
    {ITEM_ACCOUNT_ACTIVATED, "account_activated", BY(OPERATOR), WITH(SERVICE), activate_account},
    {ITEM_ACCOUNT_STATE_SET, "account_state_set", BY(OPERATOR), WITH(ADMIN), set_account_state},
    {ITEM_LEARNER_ENROLLED, "learner_enrolled", BY(SCHOOL), WITH(POST), enrol_learner},
    {ITEM_ENROLMENT_ENDED, "enrolment_ended", BY(SCHOOL), WITH(POST), end_enrolment},
    {ITEM_COURSE_RESULT_RECORDED, "course_result_recorded", BY(SCHOOL), WITH(POST),
     record_course_result},
    {ITEM_TRAINING_HOURS_RECORDED, "training_hours_recorded", BY(SCHOOL) | BY(ISSUER), WITH(POST),
     record_training_hours},
    {ITEM_CERTIFICATE_AWARDED, "certificate_awarded", BY(ISSUER), WITH(POST), award_certificate},
    {ITEM_OUTCOME_CORRECTED, "outcome_corrected", BY(SCHOOL) | BY(ISSUER), WITH(POST),
     correct_outcome},
    {ITEM_OUTCOME_REVOKED, "outcome_revoked", BY(SCHOOL) | BY(ISSUER), WITH(POST), revoke_outcome},
    {ITEM_APPLICATION_SUBMITTED, "application_submitted", BY(OPERATOR), WITH(SERVICE),
     submit_application},
    {ITEM_APPLICATION_ACCEPTED, "application_accepted", BY(SCHOOL), WITH(POST) | WITH(REVIEW),
     move_application},
    {ITEM_APPLICATION_NOT_ACCEPTED, "application_not_accepted", BY(SCHOOL),
     WITH(POST) | WITH(REVIEW), move_application},
    {ITEM_APPLICATION_RETURNED, "application_returned", BY(SCHOOL), WITH(POST) | WITH(REVIEW),
     move_application},
    {ITEM_APPLICATION_RESUBMITTED, "application_resubmitted", BY(OPERATOR), WITH(SERVICE),
     resubmit_application},
    {ITEM_APPLICATION_REVIEWED, "application_reviewed", BY(SCHOOL), WITH(REVIEW), move_application},
    {ITEM_APPLICATION_DECIDED, "application_decided", BY(SCHOOL), WITH(DECIDE), decide_application},
    {ITEM_APPLICATION_PERIOD_ENDED, "application_period_ended", BY(OPERATOR), WITH(SERVICE),
     end_application_period},
    {ITEM_APPLICATION_OBJECTED, "application_objected", BY(SCHOOL), WITH(POST) | WITH(REVIEW),
     move_application},
    {ITEM_APPLICATION_APPEALED, "application_appealed", BY(OPERATOR), WITH(SERVICE),
     appeal_application},
    {ITEM_APPLICATION_APPEAL_DECIDED, "application_appeal_decided", BY(SCHOOL), WITH(DECIDE),
     move_application},
    {ITEM_APPLICATION_WITHDRAWN, "application_withdrawn", BY(OPERATOR), WITH(SERVICE),
     move_application},
};

static const struct item_law *
law_of(enum item_kind kind)
{
    for (size_t i = 0; i < ARRAY_COUNT(laws); i++)
        if (laws[i].kind == kind)
            return &laws[i];
    return NULL;
}

/* A key signs from the entry after its registration until its revocation. */
static const struct signing_key *
find_signer(struct context *context, const struct hash *key_id)
{
    const struct signing_key *key =
        world_find(context->world, TABLE_SIGNING_KEY, &(struct signing_key){.key_id = *key_id});

    if (key == NULL) {
        refuse(context, "signatures", REASON_KEY_UNKNOWN, "%s", "");
        return NULL;
    }
    if (!slice_equal(key->institution_id, context->transaction->institution_id)) {
        refuse(context, "signatures", REASON_KEY_FOREIGN, "%s", "");
        return NULL;
    }
    if (key->revoked_entry != ENTRY_NONE) {
        refuse(context, "signatures", REASON_KEY_REVOKED, "%lld", (long long)key->revoked_entry);
        return NULL;
    }
    return key;
}

/* Whether one of the signers has one of the duties; it is then the acting key. */
static bool
has_duty(struct context *context, uint32_t duties)
{
    const struct transaction *transaction = context->transaction;

    for (size_t i = 0; i < transaction->signer_count; i++) {
        const struct signing_key *key =
            world_find(context->world, TABLE_SIGNING_KEY,
                       &(struct signing_key){.key_id = transaction->signers[i]});

        if (key != NULL && ((uint32_t)key->duties & duties) != 0) {
            context->acting_key = key->key_id;
            return true;
        }
    }
    return false;
}

static void
check_signers(struct context *context)
{
    const struct transaction *transaction = context->transaction;

    context->institution =
        world_find(context->world, TABLE_INSTITUTION,
                   &(struct institution){.institution_id = transaction->institution_id});
    if (context->institution == NULL)
        refuse(context, "institution_id", REASON_INSTITUTION_UNKNOWN, "%.*s",
               (int)transaction->institution_id.len, (const char *)transaction->institution_id.at);
    for (size_t i = 0; i < transaction->signer_count; i++) {
        const struct signing_key *key = find_signer(context, &transaction->signers[i]);

        if (key != NULL)
            context->duties |= (uint32_t)key->duties;
    }
}

static void
check_time_and_log(struct context *context)
{
    const struct transaction *transaction = context->transaction;
    int64_t late_us = context->position.booked_at_us - transaction->create_time_us;

    context->bank = world_find(context->world, TABLE_BANK, &(struct bank){.one = 1});
    if (context->bank == NULL)
        refuse(context, "log_origin", REASON_LOG_NOT_FOUNDED, "%s", "");
    else if (!slice_equal(context->bank->log_origin, transaction->log_origin))
        refuse(context, "log_origin", REASON_LOG_ORIGIN_WRONG, "%.*s",
               (int)transaction->log_origin.len, (const char *)transaction->log_origin.at);
    if (late_us > CREATE_TIME_PAST_US || late_us < -CREATE_TIME_FUTURE_US)
        refuse(context, "create_time", REASON_CREATE_TIME_OUT_OF_WINDOW, "%lld",
               (long long)(late_us / 1000000));
}

static void
run_control(struct context *context)
{
    const struct control *control = &context->transaction->control;

    if ((context->duties & DUTY_BIT(DUTY_ADMIN)) == 0) {
        refuse(context, "signatures", REASON_DUTY_MISSING, "ADMIN");
        return;
    }
    switch (control->kind) {
    case CONTROL_FOUNDING:
        refuse(context, "log_origin", REASON_LOG_ALREADY_FOUNDED, "%s", "");
        return;
    case CONTROL_INSTITUTION_REGISTERED:
        context->subject = "institution_registered";
        register_institution(context, &control->institution_registered);
        return;
    case CONTROL_KEY_REGISTERED:
        context->subject = "key_registered";
        register_key(context, &control->key_registered);
        return;
    case CONTROL_KEY_REVOKED:
        context->subject = "key_revoked";
        revoke_key(context, &control->key_revoked);
        return;
    }
}

static int
compare_salts(const void *a, const void *b)
{
    const struct item *x = *(const struct item *const *)a;
    const struct item *y = *(const struct item *const *)b;
    int order = slice_compare(x->salt, y->salt);

    return order != 0 ? order : (x > y) - (x < y);
}

/* Without a salt of its own, a leaf hash would betray short content to who can guess it. */
static void
check_salts(struct context *context)
{
    static const uint8_t zero[SALT_SIZE];
    const struct transaction *transaction = context->transaction;
    const struct item **sorted =
        arena_array(context->arena, transaction->item_count, sizeof(struct item *));

    for (size_t i = 0; i < transaction->item_count; i++) {
        const struct item *item = &transaction->items[i];

        sorted[i] = item;
        context->item_index = (uint32_t)i;
        if (item->salt.len != SALT_SIZE)
            refuse(context, "salt", REASON_FIELD_LENGTH, "%zu, %d", item->salt.len, SALT_SIZE);
        else if (memcmp(item->salt.at, zero, SALT_SIZE) == 0)
            refuse(context, "salt", REASON_SALT_ZERO, "%s", "");
    }
    qsort(sorted, transaction->item_count, sizeof(struct item *), compare_salts);
    for (size_t i = 1; i < transaction->item_count; i++) {
        if (!slice_equal(sorted[i - 1]->salt, sorted[i]->salt))
            continue;
        context->item_index = (uint32_t)(sorted[i] - transaction->items);
        refuse(context, "salt", REASON_SALT_REPEATED, "%s", "");
    }
}

static void
run_item(struct context *context, const struct item *item)
{
    const struct item_law *law = law_of(item->kind);

    assert(law != NULL);
    if (context->institution == NULL)
        return;
    if ((law->institutions & (1u << context->institution->kind)) == 0) {
        refuse(context, "institution_id", REASON_INSTITUTION_KIND_WRONG, "%s", law->name);
        return;
    }
    if (!has_duty(context, law->duties)) {
        refuse(context, "signatures", REASON_DUTY_MISSING, "%s", law->name);
        return;
    }
    context->subject = law->name;
    law->rule(context, item);
    context->subject = NULL;
}

static void
run_items(struct context *context)
{
    const struct transaction *transaction = context->transaction;

    check_salts(context);
    /* What is refused a thousand times over holds the bank's lock no longer. */
    for (size_t i = 0; i < transaction->item_count && context->refusals->count < REFUSALS_MAX;
         i++) {
        context->item_index = (uint32_t)i;
        run_item(context, &transaction->items[i]);
    }
}

static void
run(struct context *context)
{
    const struct transaction *transaction = context->transaction;

    if (transaction->is_control && transaction->control.kind == CONTROL_FOUNDING &&
        context->position.entry_index == 0) {
        context->subject = "founding";
        found_bank(context, &transaction->control.founding);
        return;
    }
    check_time_and_log(context);
    check_signers(context);
    if (transaction->is_control)
        run_control(context);
    else
        run_items(context);
}

enum execute_result
execute(struct world *world, const struct transaction *transaction, const struct position *position,
        struct arena *arena, struct refusal_list *refusals)
{
    struct context context = {
        .world = world,
        .transaction = transaction,
        .position = *position,
        .today = date_in_shanghai(position->booked_at_us),
        .arena = arena,
        .refusals = refusals,
        .item_index = REFUSAL_NO_ITEM,
    };
    size_t mark = world_mark(world);
    struct refusal_list before = *refusals;

    assert(before.count == 0);
    assert(transaction->signer_count >= 1);
    assert(transaction->signer_count <= SIGNERS_MAX);
    world_begin(world);
    run(&context);

    if (world_has_missed(world)) {
        *refusals = before;
        world_undo(world, mark);
        return EXECUTE_NOT_LOADED;
    }
    if (refusals->count > 0) {
        world_undo(world, mark);
        return EXECUTE_REFUSED;
    }
    return EXECUTE_BOOKED;
}

struct hash
execute_key_chain(struct world *world, const struct transaction *transaction)
{
    const struct institution *institution;

    if (transaction->is_control && transaction->control.kind == CONTROL_FOUNDING)
        return (struct hash){{0}};
    institution = world_find(world, TABLE_INSTITUTION,
                             &(struct institution){.institution_id = transaction->institution_id});
    assert(institution != NULL);
    return institution->key_chain;
}

void
execute_advance_chains(struct world *world, const struct transaction *transaction,
                       const struct hash *leaf)
{
    static const uint8_t domain = 2; /* 0 and 1 are RFC 6962's leaves and nodes */
    const struct control *control = &transaction->control;
    struct institution key = {0};

    if (!transaction->is_control)
        return;
    switch (control->kind) {
    case CONTROL_FOUNDING:
        key.institution_id = control->founding.operator_institution.institution_id;
        break;
    case CONTROL_KEY_REGISTERED:
        key.institution_id = control->key_registered.institution_id;
        break;
    case CONTROL_KEY_REVOKED:
        key.institution_id = control->key_revoked.institution_id;
        break;
    case CONTROL_INSTITUTION_REGISTERED:
        return;
    }

    const struct institution *institution = world_find(world, TABLE_INSTITUTION, &key);

    assert(institution != NULL);

    struct institution changed = *institution;
    struct slice parts[] = {
        slice_make(&domain, 1),
        hash_slice(&institution->key_chain),
        hash_slice(leaf),
    };

    changed.key_chain = hash_sha256_parts(parts, ARRAY_COUNT(parts));
    world_put(world, TABLE_INSTITUTION, &changed);
}
