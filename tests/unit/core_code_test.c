/* Check characters: social credit codes (GB 32100-2015) and account numbers (ISO/IEC 7812-1, Luhn).
 */
#include "core/code.h"

#include "base/attributes.h"

#include "unit.h"

static void
knows_social_credit_codes(void **state)
{
    static const struct {
        const char *code;
        bool form, check;
    } cases[] = {
        {"91350100M000100Y43", true, true}, /* GB 32100-2015's own example */
        {"91350100M000100Y44", true, false},
        {"91350100M0001TGQXM", true, false}, /* legal all the same: what the override is for */
        {"91350100M000100Y4", false, false},
        {"91350100M000100Y433", false, false},
        {"91350100I000100Y43", false, false}, /* no I, O, S, V, Z */
        {"91350100m000100y43", false, false},
        {"", false, false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_int_equal(code_is_uscc_form(slice_text(cases[i].code)), cases[i].form);
        assert_int_equal(code_is_uscc(slice_text(cases[i].code)), cases[i].check);
    }
    assert_false(code_is_uscc_form(slice_make("91350100M000100Y\0"
                                              "3",
                                              18)));
}

static void
knows_account_numbers(void **state)
{
    static const struct {
        const char *number;
        bool good;
    } cases[] = {
        {"10000000000016", true},  {"00000000000000", true},   {"10000000000017", false},
        {"1000000000001", false},  {"100000000000160", false}, {"1000000000001x", false},
        {"01000000000016", false},
    };
    static const char digits[] = "1000000000001";

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(code_is_account_no(slice_text(cases[i].number)), cases[i].good);

    /* ISO/IEC 7812-1 Annex B: each changed digit is noticed. */
    for (size_t i = 0; i < sizeof(digits) - 1; i++) {
        char changed[] = "10000000000016";

        changed[i] = (char)(changed[i] == '9' ? '0' : changed[i] + 1);
        assert_false(code_is_account_no(slice_text(changed)));
    }
    assert_int_equal(code_account_check(digits), '6');
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_social_credit_codes),
        cmocka_unit_test(knows_account_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
