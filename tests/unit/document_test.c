/* core: documents of persons, in one form. */
#include "core/document.h"

#include "base/arena.h"
#include "base/date.h"
#include "core/identity.h"
#include "crypto/crypto.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TODAY 20000 /* 2024-10-04 */

struct number_case {
    enum document_type type;
    const char *number;
    enum reason reason;
    const char *normal; /* where there is no reason */
};

/* Check characters by hand: weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2, sum mod 11 -> 10X98765432.
 */
static const struct number_case numbers[] = {
    /* The standard's own examples, GB 11643-1999 */
    {DOCUMENT_RESIDENT_ID, "11010519491231002X", REASON_NONE, "11010519491231002X"},
    {DOCUMENT_RESIDENT_ID, "440524188001010014", REASON_NONE, "440524188001010014"},
    {DOCUMENT_RESIDENT_ID, "11010519491231002x", REASON_NONE, "11010519491231002X"},
    {DOCUMENT_RESIDENT_ID, " 11010519491231002X\t", REASON_NONE, "11010519491231002X"},
    {DOCUMENT_RESIDENT_ID, "１１０１０５１９４９１２３１００２Ｘ", REASON_NONE,
     "11010519491231002X"},
    {DOCUMENT_RESIDENT_ID, "　１１０１０５１９４９１２３１００２ｘ　", REASON_NONE,
     "11010519491231002X"},
    {DOCUMENT_RESIDENT_ID, "110105194912310021", REASON_DOCUMENT_CHECK_CHARACTER, NULL},
    {DOCUMENT_RESIDENT_ID, "11010519491331002X", REASON_DOCUMENT_BIRTH_DATE, NULL},
    {DOCUMENT_RESIDENT_ID, "11010519491231002", REASON_DOCUMENT_NUMBER_FORM, NULL},
    {DOCUMENT_RESIDENT_ID, "1101051949123100X2", REASON_DOCUMENT_NUMBER_FORM, NULL},
    {DOCUMENT_RESIDENT_ID, "1.10101E+17", REASON_DOCUMENT_NUMBER_FORM, NULL},
    {DOCUMENT_RESIDENT_ID, "", REASON_DOCUMENT_NUMBER_FORM, NULL},
    {DOCUMENT_RESIDENT_ID, "1101051949123100 2X", REASON_DOCUMENT_NUMBER_FORM, NULL},
    {DOCUMENT_RESIDENT_ID, "11010519491231002X11010519491231002X", REASON_DOCUMENT_NUMBER_FORM,
     NULL},
    /* 2000-02-29 is a day, 1900-02-29 and 2001-02-29 are none */
    {DOCUMENT_RESIDENT_ID, "110101190002290010", REASON_DOCUMENT_BIRTH_DATE, NULL},
    {DOCUMENT_RESIDENT_ID, "110101200102290010", REASON_DOCUMENT_BIRTH_DATE, NULL},
    {DOCUMENT_RESIDENT_ID, "110101180002290010", REASON_DOCUMENT_BIRTH_DATE, NULL},
    /* the day after TODAY */
    {DOCUMENT_RESIDENT_ID, "110101202410050010", REASON_DOCUMENT_BIRTH_DATE, NULL},
    /* other documents' areas */
    {DOCUMENT_RESIDENT_ID, "810000199001010010", REASON_DOCUMENT_NUMBER_FORM, NULL},
    {DOCUMENT_RESIDENT_ID, "911124199001010010", REASON_DOCUMENT_NUMBER_FORM, NULL},
    {DOCUMENT_HMT_RESIDENCE_PERMIT, "110101199001010010", REASON_DOCUMENT_NUMBER_FORM, NULL},
    {DOCUMENT_HMT_RESIDENCE_PERMIT, "840000199001010010", REASON_DOCUMENT_NUMBER_FORM, NULL},
    /* 外国人永久居留身份证, the old form: the birth date stands in digits 5 to 10 */
    {DOCUMENT_FOREIGN_PERMANENT_RESIDENT, "CAN110178062301", REASON_NONE, "CAN110178062301"},
    {DOCUMENT_FOREIGN_PERMANENT_RESIDENT, "can110178062301", REASON_NONE, "CAN110178062301"},
    {DOCUMENT_FOREIGN_PERMANENT_RESIDENT, "CAN110178132301", REASON_DOCUMENT_BIRTH_DATE, NULL},
    {DOCUMENT_FOREIGN_PERMANENT_RESIDENT, "CA1110178062301", REASON_DOCUMENT_NUMBER_FORM, NULL},
    {DOCUMENT_FOREIGN_PERMANENT_RESIDENT, "CAN11017806230", REASON_DOCUMENT_NUMBER_FORM, NULL},
    {DOCUMENT_PASSPORT, "e12345678", REASON_NONE, "E12345678"},
    {DOCUMENT_PASSPORT, "E123", REASON_DOCUMENT_NUMBER_FORM, NULL},
    {DOCUMENT_PASSPORT, "E12345-678", REASON_DOCUMENT_NUMBER_FORM, NULL},
    {DOCUMENT_PASSPORT, "123456789012345678901", REASON_DOCUMENT_NUMBER_FORM, NULL},
    {DOCUMENT_SCHOOL_NUMBER, "J11010519491231002X", REASON_NONE, "J11010519491231002X"},
    {DOCUMENT_SCHOOL_NUMBER, "J110105194912310021", REASON_DOCUMENT_CHECK_CHARACTER, NULL},
    {DOCUMENT_SCHOOL_NUMBER, "l110105194912310021", REASON_NONE, "L110105194912310021"},
    {DOCUMENT_SCHOOL_NUMBER, "G11010519491231002X", REASON_DOCUMENT_NUMBER_FORM, NULL},
    {DOCUMENT_SCHOOL_NUMBER, "L1101", REASON_DOCUMENT_NUMBER_FORM, NULL},
    {(enum document_type)0, "E12345678", REASON_DOCUMENT_TYPE_UNKNOWN, NULL},
    {(enum document_type)6, "E12345678", REASON_DOCUMENT_TYPE_UNKNOWN, NULL},
    {(enum document_type) - 1, "E12345678", REASON_DOCUMENT_TYPE_UNKNOWN, NULL},
    {DOCUMENT_PASSPORT,
     "E1234\xff"
     "5678",
     REASON_DOCUMENT_NUMBER_FORM, NULL},
};

static void
numbers_have_one_form_or_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        const struct number_case *c = &numbers[i];
        char normal[DOCUMENT_NUMBER_SIZE];
        enum reason reason = document_normalise(c->type, slice_text(c->number), TODAY, normal);

        if (reason != c->reason)
            fail_msg("\"%s\": %s", c->number, reason_text(reason)->code);
        if (reason == REASON_NONE)
            assert_string_equal(normal, c->normal);
    }
}

/* A valid number: its check character computed as the standard has it. */
static void
with_check(const char *seventeen, char number[19])
{
    int sum = 0;

    /* GB 11643: the weight of place i from the right is 2^(i - 1) mod 11. */
    for (int i = 0; i < 17; i++) {
        int weight = 1;

        for (int j = 0; j < 17 - i; j++)
            weight = weight * 2 % 11;
        sum += (seventeen[i] - '0') * weight;
    }
    snprintf(number, 19, "%s%c", seventeen, "10X98765432"[sum % 11]);
}

static void
leap_days_and_each_kind_of_eighteen_are_taken(void **state)
{
    static const struct {
        enum document_type type;
        const char *seventeen;
    } cases[] = {
        {DOCUMENT_RESIDENT_ID, "11010120000229001"},
        {DOCUMENT_RESIDENT_ID, "11010120240229001"},
        {DOCUMENT_RESIDENT_ID, "11010120241004001"}, /* born on TODAY */
        {DOCUMENT_RESIDENT_ID, "11010118040229001"},
        {DOCUMENT_HMT_RESIDENCE_PERMIT, "81000019900101001"},
        {DOCUMENT_HMT_RESIDENCE_PERMIT, "82000019900101001"},
        {DOCUMENT_HMT_RESIDENCE_PERMIT, "83000019900101001"},
        {DOCUMENT_FOREIGN_PERMANENT_RESIDENT, "91112419900101001"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char number[19], normal[DOCUMENT_NUMBER_SIZE];

        with_check(cases[i].seventeen, number);
        assert_int_equal(document_normalise(cases[i].type, slice_text(number), TODAY, normal),
                         REASON_NONE);
        assert_string_equal(normal, number);
    }
}

static void
the_shared_vectors_agree(void **state)
{
    char path[512], kind[16], code[64], check[8], result[32];
    const char *root = getenv("SOURCE_ROOT");
    char line[256];
    size_t count = 0;
    FILE *file;

    (void)state;
    snprintf(path, sizeof(path), "%s/../shared/data/check_digit_vectors.tsv",
             root != NULL ? root : ".");
    file = fopen(path, "r");
    if (file == NULL) {
        print_message("skipped: %s is not there\n", path);
        skip();
    }
    while (fgets(line, sizeof(line), file) != NULL) {
        char normal[DOCUMENT_NUMBER_SIZE];

        if (sscanf(line, "%15[^\t]\t%63[^\t]\t%7[^\t]\t%31[^\t\n]", kind, code, check, result) !=
                4 ||
            strcmp(kind, "ID") != 0)
            continue;
        count++;
        assert_int_equal(document_normalise(DOCUMENT_RESIDENT_ID, slice_text(code), TODAY, normal),
                         strcmp(result, "valid") == 0 ? REASON_NONE
                                                      : REASON_DOCUMENT_CHECK_CHARACTER);
    }
    fclose(file);
    assert_true(count >= 4);
}

static void
names_have_one_form_or_are_refused(void **state)
{
    static const struct {
        const char *name, *normal;
    } cases[] = {
        {"王小明", "王小明"},
        {"　王小明 ", "王小明"},
        {"买买提•艾力", "买买提·艾力"},
        {"买买提．艾力", "买买提·艾力"},
        {"买买提・艾力", "买买提·艾力"},
        {"买买提·艾力", "买买提·艾力"},
        {"Anna  Maria\tSmith", "Anna Maria Smith"},
        {"王　 五", "王五"},
        {"欧 阳 小 明", "欧阳小明"},
        {"买买提 • 艾力", "买买提·艾力"},
        {"王 Anna", "王 Anna"},
        {"Anna · Maria", "Anna · Maria"},
        {"", NULL},
        {" 　 ", NULL},
        {"王\n明", NULL},
        {"王\xe2\x80\xa8"
         "明",
         NULL},
        {"\xe7\x8e", NULL},
        {"1234567890123456789012345678901234567890123456789012345678901234567890"
         "123456789012345678901234567890123456789012345678901",
         NULL}, /* 121 bytes */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char normal[PERSON_NAME_MAX + 1];
        enum reason reason = document_normalise_name(slice_text(cases[i].name), normal);

        if (cases[i].normal == NULL) {
            assert_int_equal(reason, REASON_NAME_INVALID);
            continue;
        }
        assert_int_equal(reason, REASON_NONE);
        assert_string_equal(normal, cases[i].normal);
    }
}

static void
others_are_shown_little(void **state)
{
    char name[PERSON_NAME_MAX + 1], number[DOCUMENT_NUMBER_SIZE];

    (void)state;
    document_mask_name(slice_text("欧阳小明"), name);
    assert_string_equal(name, "欧*");
    document_mask_name(slice_text(""), name);
    assert_string_equal(name, "");
    document_mask_number(slice_text("11010519491231002X"), number);
    assert_string_equal(number, "110***********002X");
    document_mask_number(slice_text("E12345678"), number);
    assert_string_equal(number, "E*******8");
    document_mask_number(slice_text(""), number);
    assert_string_equal(number, "");
}

/* ------------------------------------------------------------------ sealing */

static struct identity_keys
some_keys(void)
{
    struct identity_keys keys = {.epoch_count = 2};

    memset(keys.index.bytes, 1, sizeof(keys.index.bytes));
    keys.epochs[0].number = 1;
    memset(keys.epochs[0].key.bytes, 2, SEAL_KEY_SIZE);
    keys.epochs[1].number = 2;
    memset(keys.epochs[1].key.bytes, 3, SEAL_KEY_SIZE);
    return keys;
}

static void
a_person_opens_for_her_account_only(void **state)
{
    struct arena *arena = arena_new(65536);
    struct identity_keys keys = some_keys(), later;
    struct identity identity = {DOCUMENT_PASSPORT, slice_text("E12345678"), slice_text("王小明"),
                                .salts = {{1}, {2}, {3}}, .seal_time_us = 0x0102030405060708};
    struct identity opened;
    struct slice account_no = slice_text("12345678901237");
    struct sealed_identity sealed = identity_seal(&identity, account_no, &keys, arena);

    (void)state;
    assert_int_equal(sealed.epoch, 2);
    assert_true(identity_open(&sealed, account_no, &keys, arena, &opened));
    assert_int_equal(opened.document_type, DOCUMENT_PASSPORT);
    assert_true(slice_is(opened.number, "E12345678"));
    assert_true(slice_is(opened.name, "王小明"));
    assert_memory_equal(opened.salts, identity.salts, sizeof(opened.salts));
    assert_int_equal(opened.seal_time_us, identity.seal_time_us);

    /* moved to another account, or its epoch destroyed */
    assert_false(identity_open(&sealed, slice_text("12345678901238"), &keys, arena, &opened));
    later = keys;
    later.epochs[0] = later.epochs[1];
    later.epoch_count = 1;
    assert_true(identity_open(&sealed, account_no, &later, arena, &opened));
    later.epochs[0].number = 3;
    assert_false(identity_open(&sealed, account_no, &later, arena, &opened));
    arena_free(arena);
}

static void
a_sealed_person_is_carried_along_as_bytes(void **state)
{
    struct arena *arena = arena_new(65536);
    struct identity_keys keys = some_keys();
    struct identity identity = {DOCUMENT_PASSPORT, slice_text("E12345678"), slice_text("王小明"),
                                .salts = {{1}, {2}, {3}}};
    struct sealed_identity sealed =
        identity_seal(&identity, slice_text("12345678901237"), &keys, arena);
    struct sealed_identity again;
    struct slice packed = identity_pack(&sealed, arena);

    (void)state;
    assert_true(identity_unpack(packed, &again));
    assert_int_equal(again.epoch, 2);
    assert_true(slice_equal(again.wrapped_key, sealed.wrapped_key));
    assert_true(slice_equal(again.sealed, sealed.sealed));

    /* nothing, an epoch and a key with nothing sealed, more than is ever sealed */
    assert_false(identity_unpack(slice_make(NULL, 0), &again));
    assert_false(identity_unpack(slice_make(packed.at, 64), &again));
    assert_true(identity_unpack(slice_make(packed.at, 65), &again));
    assert_false(identity_unpack(slice_make(arena_alloc(arena, 577), 577), &again));
    arena_free(arena);
}

static void
a_commitment_is_of_salt_field_and_value(void **state)
{
    struct identity identity = {DOCUMENT_PASSPORT, slice_text("E12345678"), slice_text("Ann"),
                                .salts = {{0}}};
    struct hash commitments[IDENTITY_FIELDS], expected;
    uint8_t bytes[64] = {0};
    static const char *const values[] = {"DOCUMENT_TYPE_PASSPORT", "E12345678", "Ann"};

    (void)state;
    for (uint8_t i = 0; i < IDENTITY_FIELDS; i++)
        memset(identity.salts[i], 0x40 + i, IDENTITY_SALT_SIZE);
    identity_commit(&identity, commitments);
    for (uint8_t i = 0; i < IDENTITY_FIELDS; i++) {
        memset(bytes, 0x40 + i, 16);
        bytes[16] = (uint8_t)(i + 1);
        memcpy(bytes + 17, values[i], strlen(values[i]));
        expected = hash_sha256(slice_make(bytes, 17 + strlen(values[i])));
        assert_true(hash_equal(&commitments[i], &expected));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_one_form_or_are_refused),
        cmocka_unit_test(leap_days_and_each_kind_of_eighteen_are_taken),
        cmocka_unit_test(the_shared_vectors_agree),
        cmocka_unit_test(names_have_one_form_or_are_refused),
        cmocka_unit_test(others_are_shown_little),
        cmocka_unit_test(a_person_opens_for_her_account_only),
        cmocka_unit_test(a_sealed_person_is_carried_along_as_bytes),
        cmocka_unit_test(a_commitment_is_of_salt_field_and_value),
    };
    int failed = cmocka_run_group_tests_name("core document", tests, NULL, NULL);

    crypto_fini();
    return failed;
}
