/* api: who may call what, as one table, against the methods themselves and the contract. */
#include "api/methods.h"
#include "core/terms.h"
#include "rpc/method_table.h"

#include "unit.h"

#include <string.h>

#define PACKAGE "creditbank.v1."

/*
 * Caller kinds, and of which duties an institution's key needs one (0: none).
 * What a caller sees within a method is his scope (store/scope.h): a learner
 * her own account; a school and an issuer what reaches them; an operator and a
 * regulator no person, so that no method that shows one is theirs.
 */
static const struct {
    const char *name;
    unsigned callers;
    uint32_t duties;
} rows[] = {
    {"AccountService/BatchGetEnrolments", MAY_SCHOOL, 0},
    {"AccountService/GetAccount", MAY_LEARNER | MAY_SCHOOL | MAY_ISSUER, 0},
    {"AccountService/IssueActivationCodes", MAY_SCHOOL, DUTY_BIT(DUTY_POST)},
    {"AccountService/ListAccessRecords", MAY_LEARNER, 0},
    {"AccountService/ListEnrolments", MAY_SCHOOL, 0},
    {"AccountService/ListExemptions", MAY_LEARNER | MAY_SCHOOL, 0},
    {"AccountService/ListOutcomeVersions", MAY_LEARNER | MAY_SCHOOL | MAY_ISSUER, 0},
    {"AccountService/ListOutcomes", MAY_LEARNER | MAY_SCHOOL | MAY_ISSUER, 0},
    {"AccountService/ResolveIdentities", MAY_OPERATOR | MAY_SCHOOL | MAY_ISSUER,
     DUTY_BIT(DUTY_POST)},
    {"ApplicationService/AppealApplication", MAY_LEARNER, 0},
    {"ApplicationService/CreateApplication", MAY_LEARNER, 0},
    {"ApplicationService/GetApplication", MAY_LEARNER | MAY_SCHOOL, 0},
    {"ApplicationService/ListApplications", MAY_LEARNER | MAY_SCHOOL, 0},
    {"ApplicationService/ResubmitApplication", MAY_LEARNER, 0},
    {"ApplicationService/WithdrawApplication", MAY_LEARNER, 0},
    {"CatalogueService/GetInstitution", MAY_ANYBODY, 0},
    {"CatalogueService/GetProgramme", MAY_ANYBODY, 0},
    {"CatalogueService/ListCalendarDays", MAY_ANYBODY, 0},
    {"CatalogueService/ListCertificates", MAY_ANYBODY, 0},
    {"CatalogueService/ListInstitutions", MAY_ANYBODY, 0},
    {"CatalogueService/ListProgrammes", MAY_ANYBODY, 0},
    {"CatalogueService/ListRecordingRules", MAY_ANYBODY, 0},
    {"LedgerService/BatchGetOutcomes", MAY_INSTITUTION, 0},
    {"LedgerService/GetReceipt", MAY_LEARNER | MAY_INSTITUTION, 0},
    {"LedgerService/Submit", MAY_ANYBODY | MAY_INSTITUTION, 0},
    {"LogService/GetCheckpoint", MAY_ANYBODY, 0},
    {"LogService/GetConsistencyProof", MAY_ANYBODY, 0},
    {"LogService/GetInclusionProof", MAY_ANYBODY, 0},
    {"LogService/ListEntries", MAY_ANYBODY, 0},
    {"RuleService/Evaluate", MAY_LEARNER | MAY_SCHOOL, 0},
    {"RuleService/FindBestCombination", MAY_LEARNER | MAY_SCHOOL, 0},
    {"RuleService/GetRulebook", MAY_ANYBODY, 0},
    {"RuleService/ListRulebooks", MAY_ANYBODY, 0},
    {"SessionService/Activate", MAY_ANYBODY, 0},
    {"SessionService/ChangePassword", MAY_LEARNER, 0},
    {"SessionService/ListSessions", MAY_LEARNER, 0},
    {"SessionService/RevokeSession", MAY_LEARNER, 0},
    {"SessionService/SignIn", MAY_ANYBODY, 0},
    {"SessionService/SignOut", MAY_LEARNER, 0},
    {"StatementService/GetStatement", MAY_LEARNER, 0},
};

static void
every_method_of_the_contract_has_its_row(void **state)
{
    (void)state;
    assert_int_equal(ARRAY_COUNT(rows), METHOD_COUNT);
    for (size_t i = 0; i < METHOD_COUNT; i++) {
        assert_string_equal(methods[i]->name, method_table[i].name);
        assert_string_equal(methods[i]->name + strlen(PACKAGE), rows[i].name);
        if (methods[i]->callers != rows[i].callers || methods[i]->duties != rows[i].duties)
            fail_msg("%s lets others in than the table says", rows[i].name);
    }
}

static void
nobody_but_learners_and_those_concerned_sees_a_person(void **state)
{
    static const char *const personal[] = {"AccountService/", "ApplicationService/",
                                           "StatementService/"};

    (void)state;
    for (size_t i = 0; i < METHOD_COUNT; i++)
        for (size_t j = 0; j < ARRAY_COUNT(personal); j++) {
            if (strncmp(rows[i].name, personal[j], strlen(personal[j])) != 0)
                continue;
            assert_int_equal(methods[i]->callers & (MAY_ANYBODY | MAY_REGULATOR), 0);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_method_of_the_contract_has_its_row),
        cmocka_unit_test(nobody_but_learners_and_those_concerned_sees_a_person),
    };

    return cmocka_run_group_tests_name("api access", tests, NULL, NULL);
}
