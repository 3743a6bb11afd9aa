/* api: the handlers of the public registers, scripted. */
#include "handler.h"

#include "api/methods.h"
#include "creditbank/v1/catalogue_service.pb-c.h"
#include "store/catalogue.h"

static const struct institution an_institution = {.institution_id = T("school-a"), .kind = 3};
static const struct signing_key a_key = {.institution_id = T("school-a"), .duties = 2};
static const struct certificate a_certificate = {.certificate_id = T("web-1")};
static const struct calendar_day a_calendar_day = {.kind = 1};
static const struct recording_rule a_recording_rule = {.course_kind = 1};
static const struct programme a_programme = {.school_id = T("school-a"), .programme_id = T("p")};
static const struct course a_course = {
    .school_id = T("school-a"), .programme_id = T("p"), .course_code = T("c-1")};

static struct runtime runtime;

#define ONE(row) ((struct rows){1, &(row)})

struct step
store_list_institutions(struct call *call, int32_t kind, struct slice after, int32_t limit,
                        struct rows *out, step_fn *next)
{
    (void)kind, (void)after;
    assert_int_equal(limit, 101);
    *out = ONE(an_institution);
    return handler_operation(call, "institutions", next);
}

struct step
store_look_up_institution(struct call *call, struct slice id, struct rows *institution,
                          struct rows *institution_keys, step_fn *next)
{
    if (slice_is(id, "school-a"))
        *institution = ONE(an_institution);
    *institution_keys = ONE(a_key);
    return handler_operation(call, "institution", next);
}

struct step
store_list_certificates(struct call *call, struct slice family_id, struct slice after,
                        int32_t limit, struct rows *out, step_fn *next)
{
    (void)family_id, (void)after, (void)limit;
    *out = ONE(a_certificate);
    return handler_operation(call, "certificates", next);
}

struct step
store_list_recording_rules(struct call *call, struct rows *out, step_fn *next)
{
    *out = ONE(a_recording_rule);
    return handler_operation(call, "recording rules", next);
}

struct step
store_list_calendar_days(struct call *call, int32_t year, struct rows *out, step_fn *next)
{
    (void)year;
    *out = ONE(a_calendar_day);
    return handler_operation(call, "calendar days", next);
}

struct step
store_list_programmes(struct call *call, const struct programme_key *after, int32_t limit,
                      struct rows *out, step_fn *next)
{
    (void)after, (void)limit;
    *out = ONE(a_programme);
    return handler_operation(call, "programmes", next);
}

struct step
store_look_up_programme(struct call *call, const struct programme_key *key, struct rows *programme,
                        struct rows *courses, step_fn *next)
{
    if (slice_is(key->programme_id, "p"))
        *programme = ONE(a_programme);
    *courses = ONE(a_course);
    return handler_operation(call, "programme", next);
}

static struct handler_seen
play(const struct method *method, const void *request)
{
    return handler_play(&(struct handler_run){method, request, .runtime = &runtime});
}

static void
refuses(const struct method *method, const void *request, enum reason reason)
{
    assert_int_equal(play(method, request).reason, reason);
}

/* A good run waits for this operation, and ends once whatever befalls it there. */
static void
expect(const struct method *method, const void *request, const char *operation)
{
    struct handler_run run = {method, request, .runtime = &runtime};
    struct handler_seen seen = handler_play(&run);

    assert_int_equal(seen.reason, REASON_NONE);
    handler_expect(&seen, operation);
    handler_play_mishaps(&run);
}

static void
registers_are_read_in_one_operation(void **state)
{
    Creditbank__V1__ListInstitutionsRequest institutions;
    Creditbank__V1__GetInstitutionRequest institution;
    Creditbank__V1__ListCertificatesRequest certificates;
    Creditbank__V1__ListRecordingRulesRequest rules;
    Creditbank__V1__ListCalendarDaysRequest days;
    Creditbank__V1__ListProgrammesRequest programmes;
    Creditbank__V1__GetProgrammeRequest programme;

    (void)state;
    creditbank__v1__list_institutions_request__init(&institutions);
    creditbank__v1__get_institution_request__init(&institution);
    creditbank__v1__list_certificates_request__init(&certificates);
    creditbank__v1__list_recording_rules_request__init(&rules);
    creditbank__v1__list_calendar_days_request__init(&days);
    creditbank__v1__list_programmes_request__init(&programmes);
    creditbank__v1__get_programme_request__init(&programme);
    expect(&catalogue_list_institutions_method, &institutions, "institutions");
    expect(&catalogue_list_certificates_method, &certificates, "certificates");
    expect(&catalogue_list_recording_rules_method, &rules, "recording rules");
    days.year = 1899;
    refuses(&catalogue_list_calendar_days_method, &days, REASON_FIELD_RANGE);
    days.year = 2025;
    expect(&catalogue_list_calendar_days_method, &days, "calendar days");
    expect(&catalogue_list_programmes_method, &programmes, "programmes");
    refuses(&catalogue_get_institution_method, &institution, REASON_INSTITUTION_UNKNOWN);
    refuses(&catalogue_get_programme_method, &programme, REASON_PROGRAMME_UNKNOWN);
    institution.institution_id = (char[]){"school-a"};
    programme.programme_id = (char[]){"p"};
    expect(&catalogue_get_institution_method, &institution, "institution");
    expect(&catalogue_get_programme_method, &programme, "programme");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_are_read_in_one_operation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
