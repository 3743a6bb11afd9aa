#include "tally.h"

#include "core_reasons.h"

#include <inttypes.h>
#include <stdio.h>

static const enum item_kind kinds[] = {
    ITEM_CERTIFICATE_LISTED,
    ITEM_ACCREDITATION_GRANTED,
    ITEM_RECORDING_RULE_SET,
    ITEM_PROGRAMME_PUBLISHED,
    ITEM_RULEBOOK_FILED,
    ITEM_RULEBOOK_PUBLISHED,
    ITEM_CALENDAR_DECLARED,
    ITEM_ACCOUNT_OPENED,
    ITEM_ACCOUNT_ACTIVATED,
    ITEM_ACCOUNT_STATE_SET,
    ITEM_LEARNER_ENROLLED,
    ITEM_ENROLMENT_ENDED,
    ITEM_COURSE_RESULT_RECORDED,
    ITEM_TRAINING_HOURS_RECORDED,
    ITEM_CERTIFICATE_AWARDED,
    ITEM_OUTCOME_CORRECTED,
    ITEM_OUTCOME_REVOKED,
    ITEM_APPLICATION_SUBMITTED,
    ITEM_APPLICATION_ACCEPTED,
    ITEM_APPLICATION_RETURNED,
    ITEM_APPLICATION_REVIEWED,
    ITEM_APPLICATION_DECIDED,
    ITEM_APPLICATION_WITHDRAWN,
    ITEM_APPLICATION_NOT_ACCEPTED,
    ITEM_APPLICATION_RESUBMITTED,
    ITEM_APPLICATION_PERIOD_ENDED,
    ITEM_APPLICATION_OBJECTED,
    ITEM_APPLICATION_APPEALED,
    ITEM_APPLICATION_APPEAL_DECIDED,
};

/* To which the end of a period leads. */
static const enum application_state ends[] = {APPLICATION_REVIEWED, APPLICATION_APPROVED,
                                              APPLICATION_EXPIRED};

static void
add_item(struct tally *tally, const struct item *item)
{
    tally->items[item->kind]++;
    if (item->kind == ITEM_APPLICATION_RETURNED)
        tally->returns[item->application_moved.reason]++;
    if (item->kind == ITEM_APPLICATION_NOT_ACCEPTED)
        tally->not_accepted[item->application_moved.reason]++;
    if (item->kind == ITEM_APPLICATION_OBJECTED)
        tally->objections[item->application_moved.reason]++;
    if (item->kind == ITEM_APPLICATION_PERIOD_ENDED)
        tally->ends[item->application_period_ended.state]++;
}

void
tally_booked(struct tally *tally, const struct transaction *transaction)
{
    tally->booked++;
    if (transaction->is_control)
        tally->controls[transaction->control.kind]++;
    else
        for (size_t i = 0; i < transaction->item_count; i++)
            add_item(tally, &transaction->items[i]);
}

void
tally_refused(struct tally *tally, const struct refusal_list *refusals)
{
    tally->refused++;
    for (const struct refusal *refusal = refusals->first; refusal != NULL; refusal = refusal->next)
        tally->reasons[refusal->reason]++;
}

void
tally_add(struct tally *tally, const struct tally *other)
{
    uint64_t *sums = (uint64_t *)tally;
    const uint64_t *numbers = (const uint64_t *)other;

    for (size_t i = 0; i < sizeof(*tally) / sizeof(uint64_t); i++)
        sums[i] += numbers[i];
}

static int
print(const char *kind, const char *name, uint64_t count)
{
    printf("# %-8s %-28s %12" PRIu64 "%s\n", kind, name, count, count == 0 ? "  NEVER" : "");
    return count == 0;
}

int
tally_print(const struct tally *tally)
{
    char name[16];
    int missing = 0;

    for (size_t i = 0; i < TABLE_COUNT; i++)
        missing += print("table", schema_table((enum table_id)i)->name, tally->tables[i]);
    for (size_t i = CONTROL_FOUNDING; i <= CONTROL_KEY_REVOKED; i++) {
        snprintf(name, sizeof(name), "%zu", i);
        missing += print("control", name, tally->controls[i]);
    }
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        snprintf(name, sizeof(name), "%d", (int)kinds[i]);
        missing += print("item", name, tally->items[kinds[i]]);
    }
    for (size_t i = RETURN_EVIDENCE_MISSING; i <= RETURN_WRONG_OUTCOME; i++) {
        snprintf(name, sizeof(name), "%zu", i);
        missing += print("returned", name, tally->returns[i]);
    }
    for (size_t i = NOT_ACCEPTED_WINDOW_CLOSED; i <= NOT_ACCEPTED_DUPLICATE; i++) {
        snprintf(name, sizeof(name), "%zu", i);
        missing += print("not taken", name, tally->not_accepted[i]);
    }
    for (size_t i = OBJECTION_OUTCOME_DOUBTED; i <= OBJECTION_PROCEDURE_FAULTY; i++) {
        snprintf(name, sizeof(name), "%zu", i);
        missing += print("objected", name, tally->objections[i]);
    }
    for (size_t i = 0; i < ARRAY_COUNT(ends); i++) {
        snprintf(name, sizeof(name), "%d", (int)ends[i]);
        missing += print("period to", name, tally->ends[ends[i]]);
    }
    for (size_t i = 0; i < ARRAY_COUNT(core_reasons); i++)
        missing +=
            print("reason", reason_text(core_reasons[i])->code, tally->reasons[core_reasons[i]]);
    missing += print("batch", "loads under way", tally->loads);
    missing += print("batch", "leaves some to the next", tally->cuts);
    missing += print("request", "only checked", tally->checked);
    missing += print("request", "comes again", tally->repeated);
    missing += print("request", "comes again otherwise", tally->repeated_otherwise);
    printf("# %" PRIu64 " booked, %" PRIu64 " refused\n", tally->booked, tally->refused);
    return missing;
}
