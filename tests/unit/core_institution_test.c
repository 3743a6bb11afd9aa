/* Who signs: the founding, institutions, keys and their duties, and what every transaction needs.
 */
#include "core_fixture.h"

#define AT(member) offsetof(struct control, member)

static struct control
registration(const char *id, enum institution_kind kind)
{
    return (struct control){
        .kind = CONTROL_INSTITUTION_REGISTERED,
        .institution_registered = {.institution_id = slice_text(id),
                                   .kind = kind,
                                   .name = slice_text("深圳职业技术大学"),
                                   .region_code = slice_text("440300"),
                                   .school_code = slice_text("4144011113"),
                                   .uscc = slice_text("124403004557521303")},
    };
}

static void
refuses_an_institution_field_by_field(void **state)
{
    static const struct core_case cases[] = {
        {"institution_registered.institution_id", REASON_FIELD_REQUIRED, CASE_TEXT,
         AT(institution_registered.institution_id), 0, ""},
        {"institution_registered.institution_id", REASON_FIELD_CHARACTERS, CASE_TEXT,
         AT(institution_registered.institution_id), 0, "Szpu"},
        {"institution_registered.institution_id", REASON_FIELD_CHARACTERS, CASE_TEXT,
         AT(institution_registered.institution_id), 0, "1st"},
        {"institution_registered.institution_id", REASON_FIELD_LENGTH, CASE_TEXT,
         AT(institution_registered.institution_id), 0, "s"},
        {"institution_registered.institution_id", REASON_ALREADY_EXISTS, CASE_TEXT,
         AT(institution_registered.institution_id), 0, "school"},
        {"institution_registered.kind", REASON_OPERATOR_IS_ONE, CASE_INT32,
         AT(institution_registered.kind), INSTITUTION_OPERATOR, NULL},
        {"institution_registered.kind", REASON_FIELD_RANGE, CASE_INT32,
         AT(institution_registered.kind), 0, NULL},
        {"institution_registered.name", REASON_FIELD_REQUIRED, CASE_TEXT,
         AT(institution_registered.name), 0, ""},
        {"institution_registered.region_code", REASON_FIELD_LENGTH, CASE_TEXT,
         AT(institution_registered.region_code), 0, "44"},
        {"institution_registered.school_code", REASON_FIELD_CHARACTERS, CASE_TEXT,
         AT(institution_registered.school_code), 0, "414401111x"},
        {"institution_registered.uscc", REASON_USCC_FORM, CASE_TEXT,
         AT(institution_registered.uscc), 0, "12440300455752130"},
        {"institution_registered.uscc", REASON_USCC_CHECK_CHARACTER, CASE_TEXT,
         AT(institution_registered.uscc), 0, "91350100M0001TGQXM"},
    };
    struct core_bank *bank = *state;
    struct control good = registration("szpu", INSTITUTION_SCHOOL);
    struct control override = registration("legal", INSTITUTION_ISSUER);
    struct transaction transaction;

    good.institution_registered.uscc = slice_text("");
    core_refuses_each_control(bank, OPERATOR, &good, cases, ARRAY_COUNT(cases));

    /* A legal code whose check character is wrong passes with the override, and only then. */
    override.institution_registered.uscc = slice_text("91350100M0001TGQXM");
    override.institution_registered.uscc_override = true;
    transaction = core_control(bank, OPERATOR, &override);
    assert_int_equal(core_execute(bank, &transaction), EXECUTE_BOOKED);
    override = registration("needless", INSTITUTION_ISSUER);
    override.institution_registered.uscc = slice_text("");
    override.institution_registered.uscc_override = true;
    transaction = core_control(bank, OPERATOR, &override);
    assert_int_equal(core_execute(bank, &transaction), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "institution_registered.uscc_override",
                          REASON_OVERRIDE_NEEDLESS));
}

static void
lets_only_the_operators_admin_register_institutions(void **state)
{
    struct core_bank *bank = *state;
    struct control control = registration("szpu", INSTITUTION_SCHOOL);
    struct transaction transaction = core_control(bank, SCHOOL, &control);

    assert_int_equal(core_execute(bank, &transaction), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "institution_registered.institution_id",
                          REASON_INSTITUTION_KIND_WRONG));
    transaction = core_control(bank, SERVICE, &control);
    assert_int_equal(core_execute(bank, &transaction), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "signatures", REASON_DUTY_MISSING));
}

static void
refuses_a_key_field_by_field(void **state)
{
    static const struct core_case cases[] = {
        {"key_registered.institution_id", REASON_INSTITUTION_UNKNOWN, CASE_TEXT,
         AT(key_registered.institution_id), 0, "nobody"},
        {"key_registered.spki", REASON_KEY_FORM, CASE_TEXT, AT(key_registered.spki), 0, "no key"},
        {"key_registered.proof_of_possession", REASON_KEY_PROOF_INVALID, CASE_TEXT,
         AT(key_registered.proof_of_possession), 0, "no signature"},
        {"key_registered.proof_of_possession", REASON_KEY_PROOF_INVALID, CASE_TEXT,
         AT(key_registered.claim), 0, "another claim"},
        {"key_registered.duties", REASON_DUTY_NOT_GIVEN, CASE_INT32, AT(key_registered.duties), 0,
         NULL},
        {"key_registered.duties", REASON_DUTY_NOT_GIVEN, CASE_INT32, AT(key_registered.duties),
         DUTY_BIT(DUTY_POST) | DUTY_BIT(DUTY_SERVICE), NULL},
    };
    struct core_bank *bank = *state;
    struct control good = {.kind = CONTROL_KEY_REGISTERED,
                           .key_registered =
                               core_key_record(bank, NEW_KEY, "school", DUTY_BIT(DUTY_POST))};
    struct transaction again = core_control(bank, SCHOOL, &good);
    struct transaction foreign = core_control(bank, SCHOOL_2, &good);

    assert_int_equal(core_execute(bank, &foreign), EXECUTE_REFUSED);
    assert_true(
        core_told(bank, REFUSAL_NO_ITEM, "key_registered.institution_id", REASON_KEY_FOREIGN));
    core_refuses_each_control(bank, OPERATOR, &good, cases, ARRAY_COUNT(cases));
    assert_int_equal(core_execute(bank, &again), EXECUTE_REFUSED);
    assert_true(
        core_told(bank, REFUSAL_NO_ITEM, "key_registered.spki", REASON_KEY_ALREADY_REGISTERED));
}

static struct transaction
revocation(struct core_bank *bank, enum core_key by, enum core_key key, const char *owner)
{
    struct control control = {.kind = CONTROL_KEY_REVOKED,
                              .key_revoked = {slice_text(owner), hash_slice(&bank->key_ids[key])}};

    return core_control(bank, by, &control);
}

static void
revokes_a_key_once_and_for_all(void **state)
{
    struct core_bank *bank = *state;
    struct transaction revoked = revocation(bank, SCHOOL, DECIDER, "school");
    struct transaction foreign = revocation(bank, ISSUER, REVIEWER, "school");
    struct transaction mistaken = revocation(bank, OPERATOR, REVIEWER, "school-2");
    struct transaction own = revocation(bank, SCHOOL, SCHOOL, "school");
    struct transaction service = revocation(bank, OPERATOR, SERVICE, "bank");
    struct transaction by_bank = revocation(bank, OPERATOR, SCHOOL, "school");
    struct item item = core_result(ACCOUNT_A, "r-1");

    assert_int_equal(core_execute(bank, &foreign), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "key_revoked.institution_id", REASON_KEY_FOREIGN));
    assert_int_equal(core_execute(bank, &mistaken), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "key_revoked.key_id", REASON_KEY_UNKNOWN));
    assert_int_equal(core_execute(bank, &own), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "key_revoked.key_id", REASON_KEY_NEEDED));
    assert_int_equal(core_execute(bank, &service), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "key_revoked.key_id", REASON_KEY_NEEDED));
    assert_int_equal(core_execute(bank, &revoked), EXECUTE_BOOKED);
    assert_int_equal(core_execute(bank, &revoked), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "key_revoked.key_id", REASON_KEY_REVOKED));

    /* The operator helps an institution whose admin key has to go. */
    assert_int_equal(core_execute(bank, &by_bank), EXECUTE_BOOKED);
    revoked = core_items(bank, SCHOOL, &item, 1);
    assert_int_equal(core_execute(bank, &revoked), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "signatures", REASON_KEY_REVOKED));
}

/* Each is revoked at once, and counts all the same. */
static void
registers_256_keys_of_an_institution_and_no_more(void **state)
{
    struct core_bank *bank = *state;

    for (int count = 3; count <= 256; count++) { /* SCHOOL, REVIEWER and DECIDER are there */
        private_key_free(bank->keys[NEW_KEY]);
        bank->keys[NEW_KEY] = private_key_generate(KEY_ED25519);
        bank->key_ids[NEW_KEY] = *public_key_id(private_key_public(bank->keys[NEW_KEY]));

        struct control control = {
            .kind = CONTROL_KEY_REGISTERED,
            .key_registered = core_key_record(bank, NEW_KEY, "school", DUTY_BIT(DUTY_POST))};
        struct transaction registered = core_control(bank, SCHOOL, &control);
        struct transaction revoked = revocation(bank, SCHOOL, NEW_KEY, "school");

        if (count < 256) {
            assert_int_equal(core_execute(bank, &registered), EXECUTE_BOOKED);
            assert_int_equal(core_execute(bank, &revoked), EXECUTE_BOOKED);
            continue;
        }
        assert_int_equal(core_execute(bank, &registered), EXECUTE_REFUSED);
        assert_int_equal(bank->refusals.count, 1);
        assert_true(core_told(bank, REFUSAL_NO_ITEM, "key_registered.institution_id",
                              REASON_KEYS_TOO_MANY));
        control.key_registered.institution_id = slice_text("school-2");
        registered = core_control(bank, SCHOOL_2, &control);
        assert_int_equal(core_execute(bank, &registered), EXECUTE_BOOKED);
    }
}

/* The chain of an institution moves with its keys' records, whoever signed them, and with no other.
 */
static void
chains_the_records_of_an_institutions_keys(void **state)
{
    struct core_bank *bank = *state;
    struct institution key = {.institution_id = slice_text("school")};
    const struct institution *row = world_find(bank->world, TABLE_INSTITUTION, &key);
    struct hash before = row->key_chain;
    struct transaction transaction = revocation(bank, OPERATOR, DECIDER, "school");
    struct hash leaf = hash_sha256(slice_make(&bank->position, sizeof(bank->position)));
    uint8_t bytes[1 + 2 * HASH_SIZE] = {2};
    struct hash expected;

    memcpy(bytes + 1, before.bytes, HASH_SIZE);
    memcpy(bytes + 1 + HASH_SIZE, leaf.bytes, HASH_SIZE);
    expected = hash_sha256(slice_make(bytes, sizeof(bytes)));
    assert_int_equal(core_execute(bank, &transaction), EXECUTE_BOOKED);
    row = world_find(bank->world, TABLE_INSTITUTION, &key);
    assert_memory_equal(row->key_chain.bytes, expected.bytes, HASH_SIZE);
}

/* Its chain moves too, so that its row has to be there, though nothing else of it matters. */
static void
reads_the_institution_whose_key_it_revokes(void **state)
{
    struct core_bank *bank = *state;
    struct transaction transaction = revocation(bank, OPERATOR, DECIDER, "school");
    struct world *world = world_new((size_t)1 << 20);
    struct refusal_list refusals = {0};
    struct signing_key keys[] = {{.key_id = bank->key_ids[OPERATOR]},
                                 {.key_id = bank->key_ids[DECIDER]}};
    struct bank one = {.one = 1};
    struct institution operator_row = {.institution_id = slice_text("bank")};
    const struct institution *missing;

    for (size_t i = 0; i < ARRAY_COUNT(keys); i++)
        world_load_row(world, TABLE_SIGNING_KEY,
                       world_find(bank->world, TABLE_SIGNING_KEY, &keys[i]));
    world_load_row(world, TABLE_BANK, world_find(bank->world, TABLE_BANK, &one));
    world_load_row(world, TABLE_INSTITUTION,
                   world_find(bank->world, TABLE_INSTITUTION, &operator_row));
    assert_int_equal(execute(world, &transaction, &bank->position, bank->arena, &refusals),
                     EXECUTE_NOT_LOADED);
    assert_int_equal(world_missing_count(world), 1);
    assert_int_equal(world_missing(world, 0).table, TABLE_INSTITUTION);
    missing = world_missing(world, 0).key;
    assert_true(slice_is(missing->institution_id, "school"));
    world_free(world);
}

static void
refuses_a_founding_that_will_not_do(void **state)
{
    struct core_bank *bank = core_bank_unfounded();
    struct control control = {.kind = CONTROL_FOUNDING, .founding = core_founding(bank)};
    struct transaction good = core_control(bank, OPERATOR, &control), bad;
    struct item item = core_result(ACCOUNT_A, "r-1");

    (void)state;
    bad = core_items(bank, OPERATOR, &item, 1);
    assert_int_equal(core_execute(bank, &bad), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "log_origin", REASON_LOG_NOT_FOUNDED));
    bad = good;
    bad.control.founding.demo = true;
    assert_int_equal(core_execute(bank, &bad), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "founding.demo", REASON_DEMO_ORIGIN));
    bad = good;
    bad.control.founding.operator_key_count = 0;
    assert_int_equal(core_execute(bank, &bad), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "founding.operator_keys", REASON_FIELD_RANGE));
    bad = good;
    bad.control.founding.service_key.duties |= DUTY_BIT(DUTY_ADMIN);
    assert_int_equal(core_execute(bank, &bad), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "founding.duties", REASON_DUTY_NOT_GIVEN));
    bad = good;
    bad.signers[0] = bank->key_ids[SERVICE];
    assert_int_equal(core_execute(bank, &bad), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "founding.signatures", REASON_DUTY_MISSING));
    bad = good;
    bad.control.founding.operator_institution.kind = INSTITUTION_SCHOOL;
    assert_int_equal(core_execute(bank, &bad), EXECUTE_REFUSED);
    assert_int_equal(core_execute(bank, &good), EXECUTE_BOOKED);
    assert_int_equal(core_execute(bank, &good), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "log_origin", REASON_LOG_ALREADY_FOUNDED));
    core_bank_free(bank);
}

static void
refuses_transactions_that_nobody_may_sign(void **state)
{
    struct core_bank *bank = *state;
    struct item item = core_result(ACCOUNT_A, "r-1"), items[3] = {item, item, item};
    struct transaction good = core_items(bank, SCHOOL, &item, 1), bad;
    static const uint8_t zero[SALT_SIZE];

    bad = good;
    bad.log_origin = slice_text("other.example/log");
    assert_int_equal(core_execute(bank, &bad), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "log_origin", REASON_LOG_ORIGIN_WRONG));
    bad = good;
    bad.signers[0] = bank->key_ids[NEW_KEY];
    assert_int_equal(core_execute(bank, &bad), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "signatures", REASON_KEY_UNKNOWN));
    bad = good;
    bad.signers[0] = bank->key_ids[SCHOOL_2];
    assert_int_equal(core_execute(bank, &bad), EXECUTE_REFUSED);
    assert_true(core_told(bank, REFUSAL_NO_ITEM, "signatures", REASON_KEY_FOREIGN));
    core_refuses(bank, REVIEWER, &item, "signatures", REASON_DUTY_MISSING);
    core_refuses(bank, ISSUER, &item, "institution_id", REASON_INSTITUTION_KIND_WRONG);
    core_refuses(bank, REGULATOR, &item, "institution_id", REASON_INSTITUTION_KIND_WRONG);

    items[1].salt = slice_make(zero, SALT_SIZE);
    items[2].salt = slice_text("0123456789abcde");
    items[1].course_result_recorded.outer_id = slice_text("r-2");
    items[2].course_result_recorded.outer_id = slice_text("r-3");
    bad = core_items(bank, SCHOOL, items, 3);
    assert_int_equal(core_execute(bank, &bad), EXECUTE_REFUSED);
    assert_int_equal(bank->refusals.count, 2);
    assert_true(core_told(bank, 1, "salt", REASON_SALT_ZERO));
    assert_true(core_told(bank, 2, "salt", REASON_FIELD_LENGTH));
    items[1].salt = items[2].salt = slice_text("0123456789abcdef");
    bad = core_items(bank, SCHOOL, items, 3);
    assert_int_equal(core_execute(bank, &bad), EXECUTE_REFUSED);
    assert_true(core_told(bank, 2, "salt", REASON_SALT_REPEATED));
}

static void
refuses_a_time_more_than_a_day_old_or_five_minutes_ahead(void **state)
{
    static const struct {
        int64_t seconds;
        bool fits;
    } cases[] = {{-86401, false}, {301, false}, {-86400, true}, {300, true}};
    struct core_bank *bank = *state;

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char number[] = {'r', (char)('0' + i), '\0'};
        struct item item = core_result(ACCOUNT_A, number);
        struct transaction transaction = core_items(bank, SCHOOL, &item, 1);

        transaction.create_time_us += cases[i].seconds * 1000000;
        assert_int_equal(core_execute(bank, &transaction),
                         cases[i].fits ? EXECUTE_BOOKED : EXECUTE_REFUSED);
        assert_int_equal(
            core_told(bank, REFUSAL_NO_ITEM, "create_time", REASON_CREATE_TIME_OUT_OF_WINDOW),
            !cases[i].fits);
    }
}

#define TEST(function) \
    cmocka_unit_test_setup_teardown(function, core_bank_setup, core_bank_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(refuses_an_institution_field_by_field),
        TEST(lets_only_the_operators_admin_register_institutions),
        TEST(refuses_a_key_field_by_field),
        TEST(revokes_a_key_once_and_for_all),
        TEST(registers_256_keys_of_an_institution_and_no_more),
        TEST(chains_the_records_of_an_institutions_keys),
        TEST(reads_the_institution_whose_key_it_revokes),
        cmocka_unit_test(refuses_a_founding_that_will_not_do),
        TEST(refuses_transactions_that_nobody_may_sign),
        TEST(refuses_a_time_more_than_a_day_old_or_five_minutes_ahead),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
