/* base: the arena's budget, buffers' limits, dates and hexadecimal. */
#include "base/arena.h"
#include "base/base64.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/hex.h"
#include "base/reason.h"
#include "base/utf8.h"

#include "unit.h"

static void
an_arena_hands_out_no_more_than_its_budget(void **state)
{
    struct arena *arena = arena_new(1000);

    (void)state;
    assert_non_null(arena_try_alloc(arena, 900));
    assert_null(arena_try_alloc(arena, 200));
    assert_null(arena_try_alloc(arena, SIZE_MAX));
    arena_reset(arena);
    assert_int_equal(arena_used(arena), 0);
    assert_non_null(arena_try_alloc(arena, 900));
    arena_free(arena);
}

static void
an_arena_hands_out_zeroed_memory_also_after_a_reset(void **state)
{
    struct arena *arena = arena_new(100000);

    (void)state;
    memset(arena_alloc(arena, 64), 0xff, 64);
    arena_reset(arena);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(((uint8_t *)arena_alloc(arena, 1))[0], 0);
    assert_string_equal(arena_printf(arena, "%d-%s", 7, "x"), "7-x");
    arena_free(arena);
}

static void
a_buffer_keeps_what_it_has_when_an_append_is_over_the_limit(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 8);
    assert_true(buffer_append(&buffer, slice_text("12345")));
    assert_false(buffer_append(&buffer, slice_text("6789")));
    assert_true(slice_is(buffer_slice(&buffer), "12345"));
    buffer_consume(&buffer, 2);
    assert_true(slice_is(buffer_slice(&buffer), "345"));
    buffer_fini(&buffer);
}

static void
a_date_is_what_the_calendar_says(void **state)
{
    /* Days since the epoch, from the published tables of Julian day numbers. */
    static const struct {
        const char *text;
        int32_t days;
    } cases[] = {
        {"1970-01-01", 0},      {"2000-02-29", 11016}, {"2026-03-05", 20517},
        {"1900-01-01", -25567}, {"2199-12-31", 84005},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char text[DATE_TEXT_SIZE];
        int32_t days;

        assert_true(date_parse(slice_text(cases[i].text), &days));
        assert_int_equal(days, cases[i].days);
        assert_string_equal(date_format(days, text), cases[i].text);
    }
}

static void
a_date_that_is_none_is_refused(void **state)
{
    static const char *const cases[] = {"2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10",
                                        "2026-1-1",   "2026-01-32", "1899-12-31", "2200-01-01",
                                        "2026/01/01", "2026-01-011"};
    int32_t days;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_false(date_parse(slice_text(cases[i]), &days));
}

static void
the_day_in_shanghai_begins_at_sixteen_hours_utc(void **state)
{
    int64_t sixteen_us = (int64_t)16 * 3600 * 1000000;

    (void)state;
    assert_int_equal(date_in_shanghai(sixteen_us - 1), 0);
    assert_int_equal(date_in_shanghai(sixteen_us), 1);
    assert_int_equal(date_in_shanghai(sixteen_us - (int64_t)86400 * 1000000 - 1), -1);
}

static void
six_years_after_a_leap_day_is_the_28th(void **state)
{
    int32_t leap, later;

    (void)state;
    assert_true(date_from_civil(2020, 2, 29, &leap));
    assert_true(date_from_civil(2026, 2, 28, &later));
    assert_int_equal(date_add_years(leap, 6), later);
}

static void
hexadecimal_is_lower_case_and_of_the_length_asked(void **state)
{
    uint8_t bytes[2];
    char text[5];

    (void)state;
    assert_true(hex_parse(slice_text("0aff"), bytes, 2));
    assert_string_equal(hex_format(slice_make(bytes, 2), text), "0aff");
    assert_false(hex_parse(slice_text("0aFF"), bytes, 2));
    assert_false(hex_parse(slice_text("0af"), bytes, 2));
}

static void
base64_is_what_rfc_4648_says(void **state)
{
    /* RFC 4648 section 10, and the last two digits of each alphabet. */
    static const struct {
        const char *bytes, *texts[BASE64_ALPHABETS];
    } cases[] = {
        {"", {"", "", "", ""}},
        {"f", {"Zg==", "Zg", "Zg", "Zg=="}},
        {"fo", {"Zm8=", "Zm8", "Zm8", "Zm8="}},
        {"foo", {"Zm9v", "Zm9v", "Zm9v", "Zm9v"}},
        {"foob", {"Zm9vYg==", "Zm9vYg", "Zm9vYg", "Zm9vYg=="}},
        {"fooba", {"Zm9vYmE=", "Zm9vYmE", "Zm9vYmE", "Zm9vYmE="}},
        {"foobar", {"Zm9vYmFy", "Zm9vYmFy", "Zm9vYmFy", "Zm9vYmFy"}},
        {"\xfb\xff", {"+/8=", "-_8", "+/8", "-_8="}},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct slice bytes = slice_text(cases[i].bytes);

        for (enum base64_alphabet alphabet = 0; alphabet < BASE64_ALPHABETS; alphabet++) {
            struct slice text = slice_text(cases[i].texts[alphabet]);
            struct buffer made;
            uint8_t exact[8];

            buffer_init(&made, 64);
            assert_true(base64_encode(alphabet, bytes, &made));
            assert_true(slice_equal(buffer_slice(&made), text));
            buffer_clear(&made);
            assert_true(base64_decode(alphabet, text, &made));
            assert_true(slice_equal(buffer_slice(&made), bytes));
            assert_true(base64_decode_exact(alphabet, text, exact, bytes.len));
            assert_memory_equal(exact, bytes.at, bytes.len);
            assert_false(base64_decode_exact(alphabet, text, exact, bytes.len + 1));
            buffer_fini(&made);
        }
    }
}

static void
bytes_have_one_base64_text(void **state)
{
    static const char *const standard[] = {
        "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "Zg==A", "Zm-_", "Zm 8="};
    static const char *const url[] = {"Zg==", "Zh", "Zm9", "Z", "Zm+/", "Zm9vY"};
    struct buffer made;

    (void)state;
    buffer_init(&made, 64);
    for (size_t i = 0; i < ARRAY_COUNT(standard); i++)
        assert_false(base64_decode(BASE64_STANDARD, slice_text(standard[i]), &made));
    for (size_t i = 0; i < ARRAY_COUNT(url); i++)
        assert_false(base64_decode(BASE64_URL, slice_text(url[i]), &made));
    assert_int_equal(made.len, 0);
    buffer_fini(&made);
}

static void
one_byte_order_mark_is_taken_from_the_beginning(void **state)
{
    static const struct {
        const char *text, *rest;
    } cases[] = {{"\xef\xbb\xbf{}", "{}"},
                 {"\xef\xbb\xbf\xef\xbb\xbf", "\xef\xbb\xbf"},
                 {"{}\xef\xbb\xbf", "{}\xef\xbb\xbf"},
                 {"\xef\xbb", "\xef\xbb"},
                 {"", ""}};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_true(slice_is(utf8_without_mark(slice_text(cases[i].text)), cases[i].rest));
}

static void
a_reason_fills_its_sentence(void **state)
{
    char text[200];

    (void)state;
    assert_int_equal(reason_from_code("REQUEST_MALFORMED"), REASON_REQUEST_MALFORMED);
    assert_int_equal(reason_from_code("NO_SUCH_CODE"), REASON_NONE);
    assert_string_equal(
        reason_sentence(REASON_REQUEST_MALFORMED, "byte 7", false, text, sizeof(text)),
        "the request is not a valid message: byte 7");
}

/* Nothing leads to nothing: no colon and no blank stands at the end. */
static void
a_sentence_without_its_detail_ends_before_it(void **state)
{
    char text[1024];

    (void)state;
    assert_string_equal(reason_sentence(REASON_SESSION_UNKNOWN, "", true, text, sizeof(text)),
                        "没有这个登录");
    assert_string_equal(reason_sentence(REASON_SESSION_UNKNOWN, "", false, text, sizeof(text)),
                        "there is no session");
    assert_string_equal(reason_sentence(REASON_ACCOUNT_NO_FORM, "", true, text, sizeof(text)),
                        "账号应为 14 位数字，末位为校验位");
    assert_string_equal(reason_sentence(REASON_ACCOUNT_NO_FORM, "", false, text, sizeof(text)),
                        "an account number has 14 digits, the last a check digit");
    for (int reason = REASON_NONE + 1; reason < REASON_COUNT; reason++)
        for (int chinese = 0; chinese <= 1; chinese++) {
            reason_sentence((enum reason)reason, "", chinese, text, sizeof(text));

            size_t len = strlen(text);

            assert_true(len > 0);
            assert_true(text[len - 1] != ':' && text[len - 1] != ' ');
            assert_false(len >= 3 && strcmp(text + len - 3, "：") == 0);
        }
}

static void
a_value_that_has_words_is_said_in_them(void **state)
{
    char text[200];

    (void)state;
    assert_string_equal(reason_sentence(REASON_APPLICATION_STATE, "1", true, text, sizeof(text)),
                        "申请目前的状态（已提交）不允许这样做");
    assert_string_equal(reason_sentence(REASON_APPLICATION_STATE, "1", false, text, sizeof(text)),
                        "the application's state (submitted) does not allow this");
    assert_string_equal(reason_sentence(REASON_APPLICATION_STATE, "99", true, text, sizeof(text)),
                        "申请目前的状态（99）不允许这样做");
    assert_string_equal(reason_sentence(REASON_CREDENTIAL_INVALID, "the token has expired", true,
                                        text, sizeof(text)),
                        "凭证无效：令牌已过期");
    assert_string_equal(reason_sentence(REASON_CREDENTIAL_INVALID, "the token has expired", false,
                                        text, sizeof(text)),
                        "the credential is not valid: the token has expired");
    /* The words are of one reason: 1 is also a count. */
    assert_string_equal(reason_sentence(REASON_ITEM_UNKNOWN, "1", false, text, sizeof(text)),
                        "there is no item 1");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arena_hands_out_no_more_than_its_budget),
        cmocka_unit_test(an_arena_hands_out_zeroed_memory_also_after_a_reset),
        cmocka_unit_test(a_buffer_keeps_what_it_has_when_an_append_is_over_the_limit),
        cmocka_unit_test(a_date_is_what_the_calendar_says),
        cmocka_unit_test(a_date_that_is_none_is_refused),
        cmocka_unit_test(the_day_in_shanghai_begins_at_sixteen_hours_utc),
        cmocka_unit_test(six_years_after_a_leap_day_is_the_28th),
        cmocka_unit_test(hexadecimal_is_lower_case_and_of_the_length_asked),
        cmocka_unit_test(base64_is_what_rfc_4648_says),
        cmocka_unit_test(bytes_have_one_base64_text),
        cmocka_unit_test(one_byte_order_mark_is_taken_from_the_beginning),
        cmocka_unit_test(a_reason_fills_its_sentence),
        cmocka_unit_test(a_sentence_without_its_detail_ends_before_it),
        cmocka_unit_test(a_value_that_has_words_is_said_in_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
