/* Which rows an item names, kind by kind; what most transactions are full of, no more. */
#include "core/foresee.h"

typedef void foresee_fn(struct world *world, struct slice institution_id, const struct item *item);

static void
opening(struct world *world, struct slice institution_id, const struct item *item)
{
    (void)institution_id;
    world_find(world, TABLE_ACCOUNT,
               &(struct account){.account_no = item->account_opened.account_no});
}

static void
outcome(struct world *world, struct slice institution_id, struct slice account_no,
        struct slice outer_id)
{
    world_find(world, TABLE_ACCOUNT, &(struct account){.account_no = account_no});
    world_find(world, TABLE_OUTCOME,
               &(struct outcome){.institution_id = institution_id, .outer_id = outer_id});
}

static void
enrolment(struct world *world, struct slice institution_id, const struct item *item)
{
    const struct learner_enrolled *enrolled = &item->learner_enrolled;

    world_find(world, TABLE_ACCOUNT, &(struct account){.account_no = enrolled->account_no});
    world_find(
        world, TABLE_ENROLMENT,
        &(struct enrolment){.account_no = enrolled->account_no, .school_id = institution_id});
    world_find(
        world, TABLE_PROGRAMME,
        &(struct programme){.school_id = institution_id, .programme_id = enrolled->programme_id});
    world_find(
        world, TABLE_STUDENT_NUMBER,
        &(struct student_number){.school_id = institution_id, .student_no = enrolled->student_no});
}

static void
enrolment_end(struct world *world, struct slice institution_id, const struct item *item)
{
    const struct enrolment_ended *ended = &item->enrolment_ended;

    world_find(world, TABLE_ENROLMENT,
               &(struct enrolment){.account_no = ended->account_no, .school_id = institution_id});
    world_find(
        world, TABLE_STUDENT_NUMBER,
        &(struct student_number){.school_id = institution_id, .student_no = ended->student_no});
}

static void
course_result(struct world *world, struct slice institution_id, const struct item *item)
{
    const struct course_result_recorded *result = &item->course_result_recorded;

    outcome(world, institution_id, result->account_no, result->outer_id);
    world_find(world, TABLE_ENROLMENT,
               &(struct enrolment){.account_no = result->account_no, .school_id = institution_id});
    world_find(world, TABLE_COURSE,
               &(struct course){.school_id = institution_id,
                                .programme_id = result->programme_id,
                                .course_code = result->course_code});
    world_find(world, TABLE_PASSED_COURSE,
               &(struct passed_course){.account_no = result->account_no,
                                       .school_id = institution_id,
                                       .programme_id = result->programme_id,
                                       .course_code = result->course_code});
}

static void
training_hours(struct world *world, struct slice institution_id, const struct item *item)
{
    const struct training_hours_recorded *hours = &item->training_hours_recorded;

    outcome(world, institution_id, hours->account_no, hours->outer_id);
    world_find(world, TABLE_RECORDING_RULE,
               &(struct recording_rule){.course_kind = (int32_t)hours->course_kind});
    world_find(world, TABLE_HOURS_BALANCE,
               &(struct hours_balance){.account_no = hours->account_no,
                                       .institution_id = institution_id,
                                       .course_kind = (int32_t)hours->course_kind});
}

static void
certificate(struct world *world, struct slice institution_id, const struct item *item)
{
    const struct certificate_awarded *awarded = &item->certificate_awarded;

    outcome(world, institution_id, awarded->account_no, awarded->outer_id);
    world_find(world, TABLE_CERTIFICATE,
               &(struct certificate){.certificate_id = awarded->certificate_id});
    world_find(world, TABLE_ACCREDITATION,
               &(struct accreditation){.issuer_id = institution_id,
                                       .certificate_id = awarded->certificate_id});
}

static void
correction(struct world *world, struct slice institution_id, const struct item *item)
{
    outcome(world, institution_id, item->outcome_corrected.account_no,
            item->outcome_corrected.outer_id);
}

static void
revocation(struct world *world, struct slice institution_id, const struct item *item)
{
    const struct outcome_revoked *revoked = &item->outcome_revoked;

    outcome(world, institution_id, revoked->account_no, revoked->outer_id);
}

static const struct {
    enum item_kind kind;
    foresee_fn *foresee;
} kinds[] = {
    {ITEM_ACCOUNT_OPENED, opening},
    {ITEM_LEARNER_ENROLLED, enrolment},
    {ITEM_ENROLMENT_ENDED, enrolment_end},
    {ITEM_COURSE_RESULT_RECORDED, course_result},
    {ITEM_TRAINING_HOURS_RECORDED, training_hours},
    {ITEM_CERTIFICATE_AWARDED, certificate},
    {ITEM_OUTCOME_CORRECTED, correction},
    {ITEM_OUTCOME_REVOKED, revocation},
};

void
foresee_transaction(struct world *world, const struct transaction *transaction)
{
    world_find(world, TABLE_BANK, &(struct bank){.one = 1});
    world_find(world, TABLE_INSTITUTION,
               &(struct institution){.institution_id = transaction->institution_id});
    for (size_t i = 0; i < transaction->signer_count; i++)
        world_find(world, TABLE_SIGNING_KEY,
                   &(struct signing_key){.key_id = transaction->signers[i]});
    for (size_t i = 0; i < transaction->item_count; i++)
        for (size_t j = 0; j < ARRAY_COUNT(kinds); j++)
            if (kinds[j].kind == transaction->items[i].kind)
                kinds[j].foresee(world, transaction->institution_id, &transaction->items[i]);
}
