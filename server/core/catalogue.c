/* Public records of the operator: certificates, who may award them, how hours become credits. */
#include "core/check.h"

#define CENTIHOURS_PER_CREDIT_MIN 100
#define CENTIHOURS_PER_CREDIT_MAX 100000

void
list_certificate(struct context *context, const struct item *item)
{
    const struct certificate_listed *listed = &item->certificate_listed;
    struct certificate row = {
        .certificate_id = listed->certificate_id,
        .name = listed->name,
        .family_id = listed->family_id,
        .scheme_id = listed->scheme_id,
        .grade = (int32_t)listed->grade,
        .state_date = listed->state_date,
        .entry_index = context->position.entry_index,
    };

    if (!check_id(context, "certificate_id", listed->certificate_id, ID_CATALOGUE))
        return;
    check_text(context, "name", listed->name, 200);
    check_id(context, "family_id", listed->family_id, ID_CATALOGUE);
    check_text(context, "scheme_id", listed->scheme_id, 16);
    check_range(context, "grade", listed->grade, 1, 9);
    if (world_find(context->world, TABLE_CERTIFICATE, &row) != NULL)
        refuse(context, "certificate_id", REASON_ALREADY_EXISTS, "%.*s",
               (int)listed->certificate_id.len, (const char *)listed->certificate_id.at);
    world_put(context->world, TABLE_CERTIFICATE, &row);
}

static void
check_issuer(struct context *context, struct slice issuer_id)
{
    const struct institution *issuer = world_find(
        context->world, TABLE_INSTITUTION, &(struct institution){.institution_id = issuer_id});

    if (issuer == NULL)
        refuse(context, "issuer_id", REASON_INSTITUTION_UNKNOWN, "%.*s", (int)issuer_id.len,
               (const char *)issuer_id.at);
    else if (issuer->kind != INSTITUTION_ISSUER)
        refuse(context, "issuer_id", REASON_INSTITUTION_KIND_WRONG, "issuer_id");
}

void
grant_accreditation(struct context *context, const struct item *item)
{
    const struct accreditation_granted *granted = &item->accreditation_granted;
    struct accreditation row = {
        .issuer_id = granted->issuer_id,
        .certificate_id = granted->certificate_id,
        .from_date = granted->from_date,
        .to_date = granted->to_date,
        .entry_index = context->position.entry_index,
    };

    check_issuer(context, granted->issuer_id);
    if (world_find(context->world, TABLE_CERTIFICATE,
                   &(struct certificate){.certificate_id = granted->certificate_id}) == NULL)
        refuse(context, "certificate_id", REASON_CERTIFICATE_UNKNOWN, "%.*s",
               (int)granted->certificate_id.len, (const char *)granted->certificate_id.at);
    check_period(context, "to_date", granted->from_date, granted->to_date);
    if (world_find(context->world, TABLE_ACCREDITATION, &row) != NULL)
        refuse(context, "from_date", REASON_ALREADY_EXISTS, "%.*s",
               (int)granted->certificate_id.len, (const char *)granted->certificate_id.at);
    world_put(context->world, TABLE_ACCREDITATION, &row);
}

void
set_recording_rule(struct context *context, const struct item *item)
{
    const struct recording_rule_set *set = &item->recording_rule_set;
    struct recording_rule row = {
        .course_kind = (int32_t)set->course_kind,
        .from_date = set->from_date,
        .centihours_per_credit = set->centihours_per_credit,
        .step_centicredits = set->step_centicredits,
        .entry_index = context->position.entry_index,
    };
    bool usable = check_range(context, "course_kind", (int64_t)set->course_kind, COURSE_THEORY,
                              COURSE_PRACTICE) &&
                  check_range(context, "centihours_per_credit", set->centihours_per_credit,
                              CENTIHOURS_PER_CREDIT_MIN, CENTIHOURS_PER_CREDIT_MAX) &&
                  check_range(context, "step_centicredits", set->step_centicredits, 1, 100);

    if (!usable)
        return;
    /* A step of credits has to be a whole number of hundredths of hours. */
    if (set->centihours_per_credit * set->step_centicredits % 100 != 0)
        refuse(context, "step_centicredits", REASON_STEP_NOT_WHOLE, "%lld",
               (long long)set->step_centicredits);
    if (world_find(context->world, TABLE_RECORDING_RULE, &row) != NULL)
        refuse(context, "from_date", REASON_ALREADY_EXISTS, "%s", "recording_rule");
    world_put(context->world, TABLE_RECORDING_RULE, &row);
}
