/* Statements made by a bank of crypto alone (client_bank.h): the good one, and every way to spoil
 * it. */
#include "unit.h"

#include "base/buffer.h"
#include "crypto/crypto.h"
#include "wire/json.h"

#include "client_bank.h"

#include <stdio.h>
#include <string.h>

static const struct bank_line three_lines[] = {{3, 0}, {3, 1}, {7, 1}};

/* One check that is expected to fail; a NULL code: none. */
struct expected {
    enum creditbank_place place;
    size_t number;
    const char *code;
};

static void
expect(const Creditbank__V1__Statement *statement, const char *bank_key,
       const struct expected *expected)
{
    struct creditbank_report report;

    creditbank_statement_verify_message(statement, bank_key, &report);
    if (expected->code == NULL) {
        if (report.finding_count > 0)
            print_error("%s %s\n", report.findings[0].error.code, report.findings[0].error.detail);
        assert_int_equal(report.finding_count, 0);
        assert_int_equal(report.verdict,
                         bank_key != NULL ? CREDITBANK_VERIFIED : CREDITBANK_CONSISTENT);
    } else {
        assert_int_equal(report.verdict, CREDITBANK_FAILED);
        assert_true(report.finding_count > 0);
        assert_string_equal(report.findings[0].error.code, expected->code);
        assert_int_equal(report.findings[0].place, expected->place);
        assert_int_equal(report.findings[0].number, expected->number);
    }
    creditbank_report_free(&report);
}

static void
a_good_statement_is_verified_under_the_banks_key_and_consistent_without(void **state)
{
    struct bank_faults none = {0};
    struct bank_statement_faults good = {0};
    struct expected nothing = {0};
    struct bank bank;

    (void)state;
    bank_init(&bank, &none);

    Creditbank__V1__Statement *statement = bank_statement(&bank, three_lines, 3, &good);

    expect(statement, bank.bank_key, &nothing);
    expect(statement, NULL, &nothing);
    bank_free(&bank);
}

static void
a_statement_without_lines_is_a_good_one(void **state)
{
    struct bank_faults none = {0};
    struct bank_statement_faults good = {0};
    struct expected nothing = {0};
    struct bank bank;

    (void)state;
    bank_init(&bank, &none);
    expect(bank_statement(&bank, NULL, 0, &good), bank.bank_key, &nothing);
    bank_free(&bank);
}

static void
json_is_read_whatever_its_white_space(void **state)
{
    struct bank_faults none = {0};
    struct bank_statement_faults good = {0};
    struct creditbank_report report;
    struct buffer json;
    struct bank bank;

    (void)state;
    bank_init(&bank, &none);
    buffer_init(&json, 1 << 20);
    assert_true(buffer_append(&json, slice_text("\n\t ")));
    assert_true(wire_json_print(&bank_statement(&bank, three_lines, 3, &good)->base, &json));
    assert_true(buffer_append(&json, slice_text(" \n")));
    creditbank_statement_verify(json.at, json.len, bank.bank_key, &report);
    assert_int_equal(report.verdict, CREDITBANK_VERIFIED);
    assert_int_equal(report.line_count, 3);
    assert_non_null(report.items[2]);
    creditbank_report_free(&report);

    creditbank_statement_verify(json.at, json.len - 3, bank.bank_key, &report);
    assert_int_equal(report.verdict, CREDITBANK_FAILED);
    assert_string_equal(report.findings[0].error.code, "VERIFY_STATEMENT_INVALID");
    creditbank_report_free(&report);
    buffer_fini(&json);
    bank_free(&bank);
}

/* Changes of a good statement, each in place. */
typedef void (*change_fn)(Creditbank__V1__Statement *statement);

static void
last_byte(ProtobufCBinaryData bytes)
{
    bytes.data[bytes.len - 1] ^= 1;
}

static void
change_item(Creditbank__V1__Statement *s)
{
    /* The outer id's first letter: the item stays canonical. */
    uint8_t *at = memchr(s->lines[1]->item.data + 18, 'R', s->lines[1]->item.len - 18);

    *at = 'Q';
}

static void
change_salt(Creditbank__V1__Statement *s)
{
    s->lines[2]->item.data[2] ^= 1;
}

static void
change_path_hash(Creditbank__V1__Statement *s)
{
    last_byte(s->lines[0]->item_path[1]);
}

static void
change_path_order(Creditbank__V1__Statement *s)
{
    ProtobufCBinaryData first = s->lines[0]->item_path[0];

    s->lines[0]->item_path[0] = s->lines[0]->item_path[1];
    s->lines[0]->item_path[1] = first;
}

static void
change_path_length(Creditbank__V1__Statement *s)
{
    s->lines[0]->n_item_path--;
}

static void
change_item_index(Creditbank__V1__Statement *s)
{
    s->lines[1]->item_index++;
}

static void
change_entry_index(Creditbank__V1__Statement *s)
{
    s->lines[2]->entry->entry_index = 4;
}

static void
change_booked_at(Creditbank__V1__Statement *s)
{
    s->lines[2]->entry->booked_at->seconds++;
}

/* The last bytes of an entry are those of its signature. */
static void
change_signature(Creditbank__V1__Statement *s)
{
    last_byte(s->lines[2]->entry->log_entry);
}

static void
change_leaf_time(Creditbank__V1__Statement *s)
{
    /* version 08 01, booked_at 12 LEN 08 SECONDS: also beside the entry. */
    s->lines[1]->entry->log_entry.data[5] ^= 1;
    s->lines[1]->entry->booked_at->seconds ^= 1;
}

static void
change_checkpoint_size(Creditbank__V1__Statement *s)
{
    char *size = strstr(s->lines[0]->entry->tlog_proof, "\n8\n");

    size[1] = '9';
}

static void
change_checkpoint_origin(Creditbank__V1__Statement *s)
{
    char *origin = strstr(s->lines[0]->entry->tlog_proof, BANK_ORIGIN);

    origin[0] = 'x';
}

static void
change_proof_hash(Creditbank__V1__Statement *s)
{
    char *hash = strstr(s->lines[0]->entry->tlog_proof, "index 3\n") + strlen("index 3\n");

    hash[3] = hash[3] == 'A' ? 'B' : 'A';
}

static void
change_proof_index(Creditbank__V1__Statement *s)
{
    strstr(s->lines[0]->entry->tlog_proof, "index 3\n")[6] = '4';
}

static void
swap_lines(Creditbank__V1__Statement *s)
{
    Creditbank__V1__Receipt *first = s->lines[0];

    s->lines[0] = s->lines[1];
    s->lines[1] = first;
}

static void
remove_line(Creditbank__V1__Statement *s)
{
    s->n_lines--;
}

static void
change_list(Creditbank__V1__Statement *s)
{
    /* The list's last field is the last line's item index. */
    s->lines[2]->item_index = 0;
    last_byte(s->list);
}

static void
change_list_account(Creditbank__V1__Statement *s)
{
    uint8_t *at = memmem(s->list.data, s->list.len, BANK_ACCOUNT, strlen(BANK_ACCOUNT));

    *at = '2';
}

static void
change_list_signature(Creditbank__V1__Statement *s)
{
    s->list_signature.data[7] ^= 1;
}

static void
remove_revocation(Creditbank__V1__Statement *s)
{
    s->n_key_records = 3;
}

static void
remove_key(Creditbank__V1__Statement *s)
{
    s->key_records[1] = s->key_records[2];
    s->key_records[2] = s->key_records[3];
    s->n_key_records = 3;
}

static void
remove_founding(Creditbank__V1__Statement *s)
{
    s->key_records++;
    s->n_key_records--;
}

static void
remove_history(Creditbank__V1__Statement *s)
{
    s->n_key_records = 0;
}

static void
swap_key_records(Creditbank__V1__Statement *s)
{
    Creditbank__V1__Receipt *second = s->key_records[1];

    s->key_records[1] = s->key_records[2];
    s->key_records[2] = second;
}

static void
change_founding(Creditbank__V1__Statement *s)
{
    last_byte(s->key_records[0]->entry->log_entry);
}

static void
show_other_history(Creditbank__V1__Statement *s)
{
    s->key_records[1] = s->lines[0];
}

static const struct {
    change_fn change;
    struct expected expected;
} changes[] = {
    {change_item, {CREDITBANK_LINE, 2, "VERIFY_ITEM_PATH"}},
    {change_salt, {CREDITBANK_LINE, 3, "VERIFY_ITEM_PATH"}},
    {change_path_hash, {CREDITBANK_LINE, 1, "VERIFY_ITEM_PATH"}},
    {change_path_order, {CREDITBANK_LINE, 1, "VERIFY_ITEM_PATH"}},
    {change_path_length, {CREDITBANK_LINE, 1, "VERIFY_ITEM_PATH"}},
    {change_item_index, {CREDITBANK_LINE, 2, "VERIFY_POSITION"}},
    {change_entry_index, {CREDITBANK_LINE, 3, "VERIFY_POSITION"}},
    {change_booked_at, {CREDITBANK_LINE, 3, "VERIFY_POSITION"}},
    {change_signature, {CREDITBANK_LINE, 3, "VERIFY_CHECKPOINT"}},
    {change_leaf_time, {CREDITBANK_LINE, 2, "VERIFY_CHECKPOINT"}},
    {change_checkpoint_size, {CREDITBANK_LINE, 1, "VERIFY_CHECKPOINT"}},
    {change_checkpoint_origin, {CREDITBANK_LINE, 1, "VERIFY_CHECKPOINT"}},
    {change_proof_hash, {CREDITBANK_LINE, 1, "VERIFY_CHECKPOINT"}},
    {change_proof_index, {CREDITBANK_LINE, 1, "VERIFY_POSITION"}},
    {swap_lines, {CREDITBANK_LINE, 1, "VERIFY_POSITION"}},
    {remove_line, {CREDITBANK_WHOLE, 0, "VERIFY_LIST_COUNT"}},
    {change_list, {CREDITBANK_WHOLE, 0, "VERIFY_LIST_INVALID"}},
    {change_list_account, {CREDITBANK_WHOLE, 0, "VERIFY_LIST_SIGNATURE"}},
    {change_list_signature, {CREDITBANK_WHOLE, 0, "VERIFY_LIST_SIGNATURE"}},
    {remove_revocation, {CREDITBANK_LINE, 3, "VERIFY_KEY_CHAIN"}},
    {remove_key, {CREDITBANK_KEY_RECORD, 2, "VERIFY_KEY_CHAIN"}},
    {remove_founding, {CREDITBANK_KEY_RECORD, 1, "VERIFY_FOUNDING"}},
    {remove_history, {CREDITBANK_KEY_RECORD, 1, "VERIFY_FOUNDING"}},
    {swap_key_records, {CREDITBANK_KEY_RECORD, 2, "VERIFY_KEY_CHAIN"}},
    {change_founding, {CREDITBANK_KEY_RECORD, 1, "VERIFY_SIGNATURE"}},
    {show_other_history, {CREDITBANK_KEY_RECORD, 2, "VERIFY_KEY_RECORD"}},
};

static void
every_change_is_found_where_it_is(void **state)
{
    struct bank_faults none = {0};
    struct bank_statement_faults good = {0};
    struct bank bank;

    (void)state;
    bank_init(&bank, &none);
    for (size_t i = 0; i < ARRAY_COUNT(changes); i++) {
        Creditbank__V1__Statement *statement = bank_statement(&bank, three_lines, 3, &good);

        changes[i].change(statement);
        print_message("change %zu\n", i);
        expect(statement, bank.bank_key, &changes[i].expected);
    }
    bank_free(&bank);
}

/* What a bank, or who shows a statement, may have done wrong from the start. */
static const struct {
    const char *what;
    struct bank_faults bank;
    struct bank_statement_faults statement;
    struct expected expected;
} wrongs[] = {
    {.what = "the last entry is signed by a revoked key",
     .bank.last_by_revoked = true,
     .expected = {CREDITBANK_LINE, 3, "VERIFY_KEY_REVOKED"}},
    {.what = "the last entry is signed by another institution's key",
     .bank.last_by_stranger = true,
     .expected = {CREDITBANK_LINE, 3, "VERIFY_KEY_UNKNOWN"}},
    {.what = "the last transaction is for another log",
     .bank.last_of_other_log = true,
     .expected = {CREDITBANK_LINE, 3, "VERIFY_ORIGIN"}},
    {.what = "a key was registered without proof of possession",
     .bank.bad_proof = true,
     .expected = {CREDITBANK_KEY_RECORD, 3, "VERIFY_KEY_REGISTRATION"}},
    {.what = "the list is signed by another key of the operator",
     .statement.by_operator = true,
     .expected = {CREDITBANK_WHOLE, 0, "VERIFY_LIST_KEY"}},
    {.what = "two roots of one size are a fork",
     .statement.forked = true,
     .expected = {CREDITBANK_LINE, 3, "VERIFY_FORK"}},
    {.what = "the checkpoints are another bank's",
     .statement.wrong_log_key = true,
     .expected = {CREDITBANK_KEY_RECORD, 1, "VERIFY_CHECKPOINT"}},
};

static void
what_was_wrong_from_the_start_is_found_where_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(wrongs); i++) {
        struct bank bank;

        print_message("%s\n", wrongs[i].what);
        bank_init(&bank, &wrongs[i].bank);
        expect(bank_statement(&bank, three_lines, 3, &wrongs[i].statement), bank.bank_key,
               &wrongs[i].expected);
        bank_free(&bank);
    }
}

static void
another_persons_item_in_the_list_fails(void **state)
{
    static const struct bank_line lines[] = {{3, 0}, {3, 2}};
    struct bank_faults none = {0};
    struct bank_statement_faults good = {0};
    struct expected expected = {CREDITBANK_LINE, 2, "VERIFY_ACCOUNT"};
    struct bank bank;

    (void)state;
    bank_init(&bank, &none);
    expect(bank_statement(&bank, lines, 2, &good), bank.bank_key, &expected);
    bank_free(&bank);
}

/* Its checkpoints are signed by the key that is given, and the founding names another. */
static void
a_bank_whose_founding_names_another_log_key_is_refused(void **state)
{
    struct bank_faults none = {0};
    struct bank_statement_faults good = {0};
    struct expected expected = {CREDITBANK_KEY_RECORD, 1, "VERIFY_LOG_KEY"};
    struct bank bank, other;
    struct private_key *named;

    (void)state;
    bank_init(&bank, &none);
    bank_init(&other, &none);
    named = bank.log_key;
    bank.log_key = other.log_key;
    expect(bank_statement(&bank, three_lines, 3, &good), other.bank_key, &expected);
    bank.log_key = named;
    bank_free(&bank);
    bank_free(&other);
}

static void
another_banks_key_confirms_nothing(void **state)
{
    struct bank_faults none = {0};
    struct bank_statement_faults good = {0};
    struct expected wrong = {CREDITBANK_KEY_RECORD, 1, "VERIFY_LOG_KEY"};
    struct bank bank, other;

    (void)state;
    bank_init(&bank, &none);
    bank_init(&other, &none);
    expect(bank_statement(&bank, three_lines, 3, &good), other.bank_key, &wrong);
    bank_free(&bank);
    bank_free(&other);
}

/* The line's last character is of the key, and then its hash is another's. */
static void
a_mistyped_bank_key_says_nothing_of_the_statement(void **state)
{
    struct bank_faults none = {0};
    struct bank_statement_faults good = {0};
    struct creditbank_report report;
    struct bank bank;

    (void)state;
    bank_init(&bank, &none);

    char *last = &bank.bank_key[strlen(bank.bank_key) - 1];

    *last = *last == 'A' ? 'B' : 'A';
    creditbank_statement_verify_message(bank_statement(&bank, three_lines, 3, &good), bank.bank_key,
                                        &report);
    assert_int_equal(report.verdict, CREDITBANK_UNDECIDED);
    assert_int_equal(report.finding_count, 1);
    assert_string_equal(report.findings[0].error.code, "VERIFY_BANK_KEY_INVALID");
    creditbank_report_free(&report);
    bank_free(&bank);
}

/* docs/formats.md section 10: the name under a salt of the bytes 00 to 0f. */
static void
a_disclosed_name_is_held_against_its_commitment(void **state)
{
    static const struct bank_line lines[] = {{4, 0}};
    struct bank_faults faults = {.opens_account = true};
    struct bank_statement_faults good = {0};
    struct expected nothing = {0}, wrong = {CREDITBANK_WHOLE, 0, "VERIFY_IDENTITY"};
    Creditbank__V1__DisclosedField field;
    Creditbank__V1__DisclosedField *shown[] = {&field, &field};
    char name[] = "林晓雯";
    uint8_t salt[16];
    struct bank bank;

    creditbank__v1__disclosed_field__init(&field);
    (void)state;
    for (size_t i = 0; i < sizeof(salt); i++)
        salt[i] = (uint8_t)i;
    field.field = CREDITBANK__V1__IDENTITY_FIELD__IDENTITY_FIELD_NAME;
    field.salt = (ProtobufCBinaryData){sizeof(salt), salt};
    field.value = name;
    bank_init(&bank, &faults);

    Creditbank__V1__Statement *statement = bank_statement(&bank, lines, 1, &good);

    statement->identity = shown;
    statement->n_identity = 1;
    expect(statement, bank.bank_key, &nothing);
    statement->n_identity = 2;
    expect(statement, bank.bank_key, &wrong);
    statement->n_identity = 1;
    salt[0] = 1;
    expect(statement, bank.bank_key, &wrong);
    salt[0] = 0;
    field.field = CREDITBANK__V1__IDENTITY_FIELD__IDENTITY_FIELD_DOCUMENT_NUMBER;
    expect(statement, bank.bank_key, &wrong);
    bank_free(&bank);
}

static void
a_part_begins_behind_a_place_and_goes_on_behind_a_line(void **state)
{
    static const struct bank_line before = {2, 9}, first = {3, 0}, beyond = {8, 0};
    static const struct {
        const struct bank_line *after;
        size_t count; /* of three_lines */
        bool goes_on;
        const char *code;
    } cases[] = {
        {NULL, 3, true, NULL},
        {&before, 3, false, NULL},
        {&before, 3, true, NULL},
        {&before, 0, false, NULL},
        {&first, 3, false, "VERIFY_LIST_ORDER"},
        {&beyond, 0, false, "VERIFY_LIST_ORDER"},
        {NULL, 0, true, "VERIFY_LIST_ORDER"},
    };
    struct bank_faults none = {0};
    struct bank bank;

    (void)state;
    bank_init(&bank, &none);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct bank_statement_faults part = {.after = cases[i].after, .goes_on = cases[i].goes_on};
        struct expected expected = {CREDITBANK_WHOLE, 0, cases[i].code};

        expect(bank_statement(&bank, three_lines, cases[i].count, &part), bank.bank_key, &expected);
    }
    bank_free(&bank);
}

/* The first part has one line, the second one the others. */
static void
parts_join_where_one_begins_behind_the_last_line_of_the_other(void **state)
{
    static const struct bank_line last = {3, 0}, other = {2, 0};
    static const struct {
        bool goes_on;
        struct bank_statement_faults second;
        const char *code;
    } cases[] = {
        {true, {.after = &last}, NULL},
        {true, {.after = &last, .goes_on = true}, NULL},
        {false, {.after = &last}, "VERIFY_PART_GAP"},
        {true, {.after = &other}, "VERIFY_PART_GAP"},
        {true, {.after = NULL}, "VERIFY_PART_GAP"},
    };
    struct bank_faults none = {0};
    struct bank bank, stranger;

    (void)state;
    bank_init(&bank, &none);
    bank_init(&stranger, &none);
    for (size_t i = 0; i <= ARRAY_COUNT(cases); i++) {
        bool is_stranger = i == ARRAY_COUNT(cases);
        struct bank_statement_faults first = {.goes_on = is_stranger || cases[i].goes_on};
        struct bank_statement_faults second = cases[is_stranger ? 0 : i].second;
        const char *code = is_stranger ? "VERIFY_PART_OTHER" : cases[i].code;
        struct creditbank_report parts[2];

        creditbank_statement_verify_message(bank_statement(&bank, three_lines, 1, &first), NULL,
                                            &parts[0]);
        creditbank_statement_verify_message(
            bank_statement(is_stranger ? &stranger : &bank, &three_lines[1], 2, &second), NULL,
            &parts[1]);
        creditbank_statement_join(parts, 2);
        assert_int_equal(parts[0].verdict, CREDITBANK_CONSISTENT);
        assert_int_equal(parts[1].verdict,
                         code == NULL ? CREDITBANK_CONSISTENT : CREDITBANK_FAILED);
        assert_int_equal(parts[1].finding_count, code != NULL);
        if (code != NULL)
            assert_string_equal(parts[1].findings[0].error.code, code);
        creditbank_report_free(&parts[0]);
        creditbank_report_free(&parts[1]);
    }
    bank_free(&stranger);
    bank_free(&bank);
}

static int
end(void **state)
{
    (void)state;
    crypto_fini();
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_statement_is_verified_under_the_banks_key_and_consistent_without),
        cmocka_unit_test(a_statement_without_lines_is_a_good_one),
        cmocka_unit_test(json_is_read_whatever_its_white_space),
        cmocka_unit_test(every_change_is_found_where_it_is),
        cmocka_unit_test(what_was_wrong_from_the_start_is_found_where_it_is),
        cmocka_unit_test(another_persons_item_in_the_list_fails),
        cmocka_unit_test(a_bank_whose_founding_names_another_log_key_is_refused),
        cmocka_unit_test(another_banks_key_confirms_nothing),
        cmocka_unit_test(a_mistyped_bank_key_says_nothing_of_the_statement),
        cmocka_unit_test(a_disclosed_name_is_held_against_its_commitment),
        cmocka_unit_test(a_part_begins_behind_a_place_and_goes_on_behind_a_line),
        cmocka_unit_test(parts_join_where_one_begins_behind_the_last_line_of_the_other),
    };

    return cmocka_run_group_tests(tests, NULL, end);
}
