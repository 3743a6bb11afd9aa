/* What people write and see: cells, dates, scores, files, tables, texts, command lines. */
#include "unit.h"

#include "base/date.h"
#include "base/memory.h"
#include "cli/args.h"
#include "cli/csv_columns.h"
#include "cli/csv_writer.h"
#include "cli/fields.h"
#include "cli/line.h"
#include "cli/normal.h"
#include "cli/recording_rule.h"
#include "cli/table.h"
#include "cli/text.h"

#include "creditbank/v1/account_service.pb-c.h"
#include "creditbank/v1/transaction.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
cells_come_to_one_form(void **state)
{
    static const struct {
        const char *cell, *normal;
    } cells[] = {
        {"  abc  ", "abc"},
        {"１２３ＡＢｃ", "123ABc"},
        {"　张 三　", "张 三"},
        {"\xc2\xa0x\xc2\xa0", "x"},
        {"２０２６／３／５", "2026/3/5"},
        {"（甲）", "(甲)"},
        {"", ""},
        {" \t ", ""},
        {"\xef\xbb", "\xef\xbb"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cells); i++) {
        struct buffer normal;

        buffer_init(&normal, 100);
        assert_true(normal_cell(slice_text(cells[i].cell), &normal));
        assert_int_equal(normal.len, strlen(cells[i].normal));
        assert_true(slice_is(buffer_slice(&normal), cells[i].normal));
        buffer_fini(&normal);
    }
}

static void
dates_are_read_as_people_write_them(void **state)
{
    static const char *const good[] = {
        "2026-03-05",    "2026/3/5",  "2026.3.5",      "20260305",
        "2026年3月5日",  "2026-3-05", "2026/3/5 0:00", "2026-03-05 00:00:00",
        "20260305 00:00"};
    static const char *const bad[] = {
        "",         "2026-13-01",     "2026-02-29",  "26-3-5",   "2026/3",
        "2026-3/5", "202603051",      "2026-03-05x", "5/3/2026", "20260230",
        " 0:00",    "2026/3/5 10:00", "2026/3/50:00"};
    int32_t days, fifth_of_march;

    (void)state;
    assert_true(date_from_civil(2026, 3, 5, &fifth_of_march));
    for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
        assert_true(normal_date(slice_text(good[i]), &days));
        assert_int_equal(days, fifth_of_march);
    }
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_false(normal_date(slice_text(bad[i]), &days));
    assert_true(normal_date(slice_text("2024-02-29"), &days));
}

static void
a_number_that_a_spreadsheet_has_shortened_is_recognised(void **state)
{
    (void)state;
    assert_true(normal_is_mangled(slice_text("1.10101E+17")));
    assert_true(normal_is_mangled(slice_text("4.1e+9")));
    assert_false(normal_is_mangled(slice_text("11010119900307743X")));
    assert_false(normal_is_mangled(slice_text("E+17")));
    assert_false(normal_is_mangled(slice_text("1.5")));
    assert_false(normal_is_mangled(slice_text("1E+")));
}

static void
scores_bring_their_scheme(void **state)
{
    static const struct {
        const char *text;
        enum normal_scheme scheme;
        int64_t centiscore;
    } good[] = {{"85", NORMAL_PERCENTAGE, 8500},   {"85.5", NORMAL_PERCENTAGE, 8550},
                {"0", NORMAL_PERCENTAGE, 0},       {"100", NORMAL_PERCENTAGE, 10000},
                {"合格", NORMAL_PASS_FAIL, 10000}, {"不合格", NORMAL_PASS_FAIL, 0},
                {"优", NORMAL_FIVE_GRADE, 9000},   {"及格", NORMAL_FIVE_GRADE, 6000}};
    static const char *const bad[] = {"", "100.01", "-1", "85.555", "A", ".5", "8 5", "1e1"};
    enum normal_scheme scheme;
    int64_t centiscore;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
        assert_true(normal_score(slice_text(good[i].text), &scheme, &centiscore));
        assert_int_equal(scheme, good[i].scheme);
        assert_int_equal(centiscore, good[i].centiscore);
    }
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_false(normal_score(slice_text(bad[i]), &scheme, &centiscore));
}

/* Writes bytes into a new file, whose path is freed by the caller with its file. */
static char *
write_file(const char *bytes, size_t len)
{
    char *path = strdup("/tmp/creditbank-csv.XXXXXX");
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), (ssize_t)len);
    close(fd);
    return path;
}

static void
drop_file(char *path)
{
    unlink(path);
    free(path);
}

#define GB_ZHANG "\xd5\xc5"        /* 张 */
#define GB_NAME "\xd0\xd5\xc3\xfb" /* 姓名 */

static void
a_file_tells_its_encoding(void **state)
{
    static const struct {
        const char *bytes;
        enum csv_encoding encoding;
    } files[] = {
        {"a,b\n1,2\n", CSV_UTF8},
        {"姓名\n张\n", CSV_UTF8},
        {"\xef\xbb\xbf姓名\n张\n", CSV_UTF8_BOM},
        {GB_NAME "\n" GB_ZHANG "\n", CSV_GB18030},
        {GB_NAME "\r\n" GB_ZHANG, CSV_GB18030},
    };
    struct creditbank_error error;
    struct csv_row row;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        char *path = write_file(files[i].bytes, strlen(files[i].bytes));
        struct csv_file *file = csv_file_open(path, &error);

        assert_non_null(file);
        assert_int_equal(csv_file_encoding(file), files[i].encoding);
        assert_true(csv_file_next(file, &row, &error));
        assert_true(csv_file_next(file, &row, &error));
        assert_int_equal(row.number, 2);
        if (i > 0)
            assert_true(slice_is(row.cells[0], "张"));
        assert_false(csv_file_next(file, &row, &error));
        assert_null(error.code);
        csv_file_close(file);
        drop_file(path);
    }
}

static void
a_file_that_is_wrong_says_where(void **state)
{
    static const struct {
        const char *bytes, *code, *zh;
    } files[] = {
        {"姓名\n" GB_ZHANG "\n", "CSV_ENCODING",
         "文件的编码混杂或有误：第 1 行是 UTF-8，第 2 行是 GB18030"},
        {"PK\x03\x04\x14\x01\n", "CSV_WORKBOOK", "这是 Excel 工作簿，不是 CSV"},
        {"\xff\xfe\x31\xff\x0d\xff\x0a\xff", "CSV_UTF16", NULL},
        {"\xfe\xff\x59\xd3\x54\x0d\xff\x0a", "CSV_UTF16", NULL},
        {"\xef\xbb\xbf" GB_NAME "\n", "CSV_ENCODING", NULL},
        {"a\n\"b\nc\n", "CSV_SYNTAX", NULL},
        {"a\nx\"y\n", "CSV_SYNTAX", NULL},
        {GB_NAME "\n\xff\xff\n", "CSV_ENCODING", "文件的编码混杂或有误：第 2 行不是 GB18030"},
    };
    struct creditbank_error error;
    struct csv_row row;
    char sentence[256];

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        char *path = write_file(files[i].bytes, strlen(files[i].bytes));
        struct csv_file *file = csv_file_open(path, &error);

        while (file != NULL && csv_file_next(file, &row, &error))
            continue;
        assert_non_null(error.code);
        assert_string_equal(error.code, files[i].code);
        if (files[i].zh != NULL)
            assert_string_equal(creditbank_error_sentence(&error, true, sentence, sizeof(sentence)),
                                files[i].zh);
        csv_file_close(file);
        drop_file(path);
    }
}

static void
rows_come_whole_however_the_chunks_fall(void **state)
{
    struct buffer text;
    struct creditbank_error error;
    struct csv_row row;
    size_t count = 0;

    (void)state;
    buffer_init(&text, 4 << 20);
    for (size_t i = 0; i < 20000; i++)
        assert_true(buffer_printf(&text, "%zu,\"" GB_ZHANG ",\"\"x\"\"\n\"," GB_ZHANG "\r\n", i));

    char *path = write_file((const char *)text.at, text.len);
    struct csv_file *file = csv_file_open(path, &error);

    while (csv_file_next(file, &row, &error)) {
        assert_int_equal(row.count, 3);
        assert_true(slice_is(row.cells[1], "张,\"x\"\n"));
        assert_true(slice_is(row.cells[2], "张"));
        assert_int_equal(strtoul((const char *)row.cells[0].at, NULL, 10), count);
        count++;
    }
    assert_null(error.code);
    assert_int_equal(count, 20000);
    assert_int_equal(csv_file_percent(file), 100);
    csv_file_close(file);
    drop_file(path);
    buffer_fini(&text);
}

static void
rows_have_the_numbers_that_a_spreadsheet_shows(void **state)
{
    static const struct {
        const char *bytes;
        size_t numbers[3];
    } files[] = {
        {"a\n1\n2\n", {1, 2, 3}},           {"a\r\n1\r\n2\r\n", {1, 2, 3}},
        {"\na\n\n\n1\n2", {2, 5, 6}},       {"\r\na\r\n\r\n\r\n1\r\n2", {2, 5, 6}},
        {"a,b\n,\n \n1,\n,2\n", {1, 4, 5}}, {"\"a\n\na\"\n1\n\n2\n", {1, 2, 4}},
    };
    struct creditbank_error error;
    struct csv_row row;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        char *path = write_file(files[i].bytes, strlen(files[i].bytes));
        struct csv_file *file = csv_file_open(path, &error);

        for (size_t j = 0; j < ARRAY_COUNT(files[i].numbers); j++) {
            assert_true(csv_file_next(file, &row, &error));
            assert_int_equal(row.number, files[i].numbers[j]);
        }
        assert_false(csv_file_next(file, &row, &error));
        assert_null(error.code);
        csv_file_close(file);
        drop_file(path);
    }
}

static void
a_cell_beyond_the_headings_is_noticed(void **state)
{
    static const struct csv_column columns[] = {{"a", "甲", true, ""}, {0}};
    static const struct {
        const char *bytes;
        bool overflows;
    } files[] = {{"a,x\n1,2\n", false},   {"a,x\n1,2,\n", false}, {"a,x\n1,2,3\n", true},
                 {"a,x,\n1,2,3\n", true}, {"a\n1,,3\n", true},    {"a,x\n1\n", false}};
    struct creditbank_error error;
    struct csv_places places;
    struct csv_row row;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        char *path = write_file(files[i].bytes, strlen(files[i].bytes));
        struct csv_file *file = csv_file_open(path, &error);

        assert_true(csv_columns_map(file, columns, &places, &error));
        assert_true(csv_file_next(file, &row, &error));
        assert_int_equal(csv_columns_overflow(&places, &row), files[i].overflows);
        csv_file_close(file);
        drop_file(path);
    }
}

static void
what_is_written_reads_back_and_runs_no_formula(void **state)
{
    static const char *const cells[] = {"=1+2", "+86", "-5",     "@x", "a\"b", "a,b",
                                        " x ",  "张",  "line\n", "",   "'x"};
    struct creditbank_error error;

    (void)state;
    for (int encoding = CSV_UTF8; encoding <= CSV_GB18030; encoding++) {
        char *path = write_file("", 0);
        struct csv_writer *writer = csv_writer_open(path, (enum csv_encoding)encoding, &error);
        char bytes[16] = {0};
        struct csv_row row;

        for (size_t i = 0; i < ARRAY_COUNT(cells); i++)
            csv_writer_cell(writer, slice_text(cells[i]));
        csv_writer_end_row(writer);
        assert_true(csv_writer_close(writer, &error));

        FILE *raw = fopen(path, "rb");

        assert_true(fread(bytes, 1, sizeof(bytes) - 1, raw) > 0);
        fclose(raw);
        assert_string_equal(strncmp(bytes, "\xef\xbb\xbf", 3) == 0 ? "bom" : "",
                            encoding == CSV_UTF8_BOM ? "bom" : "");
        assert_non_null(strstr(bytes, "'=1+2"));

        struct csv_file *file = csv_file_open(path, &error);

        assert_true(csv_file_next(file, &row, &error));
        assert_int_equal(row.count, ARRAY_COUNT(cells));
        for (size_t i = 0; i < ARRAY_COUNT(cells); i++)
            assert_true(slice_is(row.cells[i], cells[i]));
        csv_file_close(file);
        drop_file(path);
    }
}

static void
columns_are_found_by_either_name(void **state)
{
    static const struct csv_column columns[] = {{"student_no", "学号", true, ""},
                                                {"score", "成绩", true, ""},
                                                {"note", "备注", false, ""},
                                                {0}};
    static const struct {
        const char *text, *code;
    } bad[] = {{"学号\n", "CSV_COLUMN_MISSING"},
               {"学号,成绩,student_no\n", "CSV_COLUMN_TWICE"},
               {"", "CSV_COLUMN_MISSING"}};
    struct creditbank_error error;
    struct csv_places places;
    struct arena *arena = arena_new(1 << 16);
    struct csv_row row;
    char *path = write_file("x,score, 学号 \n1,８５ ,a\n", strlen("x,score, 学号 \n1,８５ ,a\n"));
    struct csv_file *file = csv_file_open(path, &error);

    (void)state;
    assert_true(csv_columns_map(file, columns, &places, &error));
    assert_true(csv_file_next(file, &row, &error));
    assert_string_equal(csv_columns_cell(&places, &row, 0, arena), "a");
    assert_string_equal(csv_columns_cell(&places, &row, 1, arena), "85");
    assert_string_equal(csv_columns_cell(&places, &row, 2, arena), "");
    csv_file_close(file);
    drop_file(path);
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        path = write_file(bad[i].text, strlen(bad[i].text));
        file = csv_file_open(path, &error);
        assert_false(csv_columns_map(file, columns, &places, &error));
        assert_string_equal(error.code, bad[i].code);
        csv_file_close(file);
        drop_file(path);
    }
    arena_free(arena);
}

static void
columns_line_up_in_chinese(void **state)
{
    static const char *const rows[][2] = {
        {"课程", "学分"}, {"Web", "3"}, {"高等数学", ""}, {"a\x1b", "4"}};
    struct arena *arena = arena_new(1 << 16);
    struct table table;
    struct buffer text;

    (void)state;
    buffer_init(&text, 1000);
    table_init(&table, arena, 2);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        table_add(&table, rows[i]);
    assert_true(table_print(&table, &text));
    assert_true(slice_is(buffer_slice(&text), "课程      学分\n"
                                              "Web       3\n"
                                              "高等数学\n"
                                              "a?        4\n"));
    assert_int_equal(table_width("学分a"), 5);
    buffer_fini(&text);
    arena_free(arena);
}

static void
the_language_is_what_is_asked_for_else_the_locales_else_chinese(void **state)
{
    static const struct {
        const char *asked, *locale;
        bool chinese;
    } cases[] = {{NULL, NULL, true},          {NULL, "", true},       {NULL, "C.UTF-8", true},
                 {NULL, "zh_CN.UTF-8", true}, {NULL, "en_US", false}, {NULL, "de_DE", false},
                 {"zh", "en_US", true},       {"en", "zh_CN", false}};
    bool chinese;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_true(text_choose_language(cases[i].asked, cases[i].locale, &chinese));
        assert_int_equal(chinese, cases[i].chinese);
    }
    assert_false(text_choose_language("fr", NULL, &chinese));
}

static void
a_text_has_its_holes_filled(void **state)
{
    char filled[TEXT_SIZE];

    (void)state;
    assert_string_equal(text_fill(filled, false, TEXT_BOOKED, FILL("7")), "booked as log entry 7");
    assert_string_equal(text_fill(filled, false, TEXT_BOOKED, FILL()), "booked as log entry ");
    for (int i = 0; i < TEXT_COUNT; i++) {
        assert_non_null(text_in((enum text)i, true));
        assert_non_null(text_in((enum text)i, false));
    }
}

static void
fields_are_set_and_shown_by_name(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    ProtobufCMessage *course = fields_new(&creditbank__v1__course__descriptor, arena);
    ProtobufCMessage *grant = fields_new(&creditbank__v1__accreditation_granted__descriptor, arena);
    ProtobufCMessage *key = fields_new(&creditbank__v1__key_registered__descriptor, arena);
    ProtobufCMessage *awarded = fields_new(&creditbank__v1__certificate_awarded__descriptor, arena);

    (void)state;
    assert_null(fields_set(course, "centicredits", "3.5", arena));
    assert_null(fields_set(course, "kind", "实践", arena));
    assert_null(fields_set(course, "required", "yes", arena));
    assert_int_equal(((Creditbank__V1__Course *)course)->centicredits, 350);
    assert_string_equal(fields_text(course, "centicredits", true, arena), "3.5");
    assert_string_equal(fields_text(course, "kind", false, arena), "practice");
    assert_string_equal(fields_text(course, "required", true, arena), "是");
    assert_non_null(fields_set(course, "centicredits", "3.555", arena));
    assert_non_null(fields_set(course, "kind", "other", arena));
    assert_null(fields_set(grant, "from_date", "2026/3/5", arena));
    assert_string_equal(fields_text(grant, "from_date", true, arena), "2026-03-05");
    assert_string_equal(fields_text(grant, "to_date", true, arena), "");
    assert_null(fields_set(key, "duties", "post,admin", arena));
    assert_int_equal(((Creditbank__V1__KeyRegistered *)key)->n_duties, 2);
    assert_string_equal(fields_text(key, "duties", false, arena), "post,admin");
    assert_null(fields_set(key, "spki", "00ff", arena));
    assert_string_equal(fields_text(key, "spki", false, arena), "00ff");
    assert_string_equal(fields_text(awarded, "reposted_after", false, arena), "");
    assert_null(fields_set(awarded, "reposted_after.value", "0", arena));
    assert_string_equal(fields_text(awarded, "reposted_after", false, arena), "0");
    arena_free(arena);
}

static void
a_figure_is_left_out_where_it_means_nothing(void **state)
{
    Creditbank__V1__Outcome outcome;
    struct arena *arena = arena_new(1 << 16);

    (void)state;
    creditbank__v1__outcome__init(&outcome);
    outcome.kind = CREDITBANK__V1__OUTCOME_KIND__OUTCOME_KIND_TRAINING_HOURS;
    outcome.centihours = 800;
    assert_string_equal(fields_text(&outcome.base, "centihours", true, arena), "8");
    assert_string_equal(fields_text(&outcome.base, "centiscore", true, arena), "");
    outcome.kind = CREDITBANK__V1__OUTCOME_KIND__OUTCOME_KIND_COURSE_RESULT;
    assert_string_equal(fields_text(&outcome.base, "centiscore", true, arena), "0");
    arena_free(arena);
}

static void
hours_become_credits_by_the_rule_of_their_day(void **state)
{
    /* 16 hours a credit, in steps of a half, and from 2025 on 20 hours. */
    Creditbank__V1__Date days[2], day;
    Creditbank__V1__RecordingRuleSet rules[2], *all[] = {&rules[0], &rules[1]};
    int64_t credits, rest;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rules); i++) {
        creditbank__v1__date__init(&days[i]);
        creditbank__v1__recording_rule_set__init(&rules[i]);
        days[i].year = i == 0 ? 2025 : 2020;
        days[i].month = days[i].day = 1;
        rules[i].from_date = &days[i];
        rules[i].course_kind = CREDITBANK__V1__COURSE_KIND__COURSE_KIND_THEORY;
        rules[i].centihours_per_credit = i == 0 ? 2000 : 1600;
        rules[i].step_centicredits = 50;
    }
    creditbank__v1__date__init(&day);
    day.year = 2024;
    day.month = 12;
    day.day = 31;
    assert_ptr_equal(recording_rule_find(all, 2, rules[0].course_kind, &day), &rules[1]);
    assert_ptr_equal(recording_rule_find(all, 2, rules[0].course_kind, &days[0]), &rules[0]);
    assert_ptr_equal(recording_rule_find(all, 2, rules[0].course_kind, NULL), &rules[0]);
    assert_null(
        recording_rule_find(all, 2, CREDITBANK__V1__COURSE_KIND__COURSE_KIND_PRACTICE, NULL));
    day.year = 2019;
    assert_null(recording_rule_find(all, 2, rules[0].course_kind, &day));
    assert_int_equal(recording_rule_step(&rules[1]), 800);
    recording_rule_apply(&rules[1], 1750, &credits, &rest);
    assert_int_equal(credits, 100);
    assert_int_equal(rest, 150);
}

static void
a_command_line_is_read_by_its_table(void **state)
{
    char *words[] = {(char *)(uintptr_t) "--json", (char *)(uintptr_t) "application",
                     (char *)(uintptr_t) "review", (char *)(uintptr_t) "--profile",
                     (char *)(uintptr_t) "school", (char *)(uintptr_t) "A1",
                     (char *)(uintptr_t) "approve"};
    char *more[] = {(char *)(uintptr_t) "A1", (char *)(uintptr_t) "approve",
                    (char *)(uintptr_t) "third"};
    struct globals globals = {0};
    struct args_fault fault;
    struct given given;
    int count = (int)ARRAY_COUNT(words), used = 0;

    (void)state;
    assert_true(args_take_globals(&count, words, &globals, &fault));
    assert_int_equal(count, 4);
    assert_true(globals.json);
    assert_string_equal(globals.profile, "school");

    const struct command *command = command_find(count, words, &used);

    assert_non_null(command);
    assert_int_equal(used, 2);
    assert_true(args_read(command, count - used, words + used, &given, &fault));
    assert_string_equal(command_value(command, &given, "APPLICATION"), "A1");
    assert_string_equal(command_value(command, &given, "VERDICT"), "approve");
    assert_false(args_read(command, 1, more, &given, &fault));
    assert_int_equal(fault.text, TEXT_ARGUMENT_MISSING);
    assert_false(args_read(command, 3, more, &given, &fault));
    assert_int_equal(fault.text, TEXT_OPERAND_TOO_MANY);
    assert_null(command_find(1, words, &used));
}

static void
the_value_of_an_option_may_stand_in_its_word(void **state)
{
    char *words[] = {(char *)(uintptr_t) "outcome",       (char *)(uintptr_t) "correct",
                     (char *)(uintptr_t) "--profile=a=b", (char *)(uintptr_t) "N1",
                     (char *)(uintptr_t) "--score=90",    (char *)(uintptr_t) "--reason=",
                     (char *)(uintptr_t) "--lang=en"};
    char *flag[] = {(char *)(uintptr_t) "--json=yes"};
    char *unknown[] = {(char *)(uintptr_t) "--scores=90"};
    char *undo[] = {(char *)(uintptr_t) "import", (char *)(uintptr_t) "undo",
                    (char *)(uintptr_t) "I1", (char *)(uintptr_t) "--yes=no"};
    char *only_operands[] = {(char *)(uintptr_t) "--", (char *)(uintptr_t) "--score=90"};
    struct globals globals = {0};
    struct args_fault fault;
    struct given given;
    int count = (int)ARRAY_COUNT(words), used = 0, one = 1;

    (void)state;
    assert_true(args_take_globals(&count, words, &globals, &fault));
    assert_int_equal(count, 5);
    assert_string_equal(globals.profile, "a=b");
    assert_string_equal(globals.lang, "en");

    const struct command *command = command_find(count, words, &used);

    assert_true(args_read(command, count - used, words + used, &given, &fault));
    assert_string_equal(command_value(command, &given, "score"), "90");
    assert_string_equal(command_value(command, &given, "reason"), "");
    assert_false(args_read(command, 1, unknown, &given, &fault));
    assert_int_equal(fault.text, TEXT_OPTION_UNKNOWN);
    assert_false(args_read(command, 2, only_operands, &given, &fault));
    assert_string_equal(given.values[0], "--score=90");

    assert_false(args_take_globals(&one, flag, &globals, &fault));
    assert_int_equal(fault.text, TEXT_OPTION_TAKES_NO_VALUE);
    assert_string_equal(fault.word, "--json=yes");
    command = command_find(4, undo, &used);
    assert_false(args_read(command, 2, undo + used, &given, &fault));
    assert_int_equal(fault.text, TEXT_OPTION_TAKES_NO_VALUE);
}

/* "verify FILE …": so many and no more, with an option between them. */
static void
an_argument_may_take_several_words(void **state)
{
    char *words[2 + OPERANDS_MAX + 1] = {(char *)(uintptr_t) "verify"};
    char name[] = "part.json", option[] = "--bank-key=key";
    struct args_fault fault;
    struct given given;
    int used = 0;

    (void)state;
    for (size_t i = 1; i < ARRAY_COUNT(words); i++)
        words[i] = name;
    words[2] = option;

    const struct command *command = command_find(1, words, &used);

    assert_true(args_read(command, 1 + OPERANDS_MAX, words + used, &given, &fault));
    assert_int_equal(given.operand_count, OPERANDS_MAX);
    assert_string_equal(command_value(command, &given, "FILE"), name);
    assert_ptr_equal(given.operands[OPERANDS_MAX - 1], name);
    assert_string_equal(command_value(command, &given, "bank-key"), "key");
    assert_false(args_read(command, 2 + OPERANDS_MAX, words + used, &given, &fault));
    assert_int_equal(fault.text, TEXT_OPERAND_TOO_MANY);
    assert_false(args_read(command, 0, words + used, &given, &fault));
    assert_int_equal(fault.text, TEXT_ARGUMENT_MISSING);
}

static void
every_command_says_what_it_is_and_fills_fields_that_there_are(void **state)
{
    (void)state;
    for (size_t i = 0; commands[i] != NULL; i++) {
        const struct argument *arguments = commands[i]->arguments;
        size_t count = 0;

        assert_non_null(commands[i]->summary.zh);
        assert_non_null(commands[i]->summary.en);
        assert_non_null(commands[i]->run);
        for (; arguments != NULL && arguments[count].name != NULL; count++)
            assert_non_null(arguments[count].help.en);
        assert_true(count <= ARGUMENTS_MAX);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(commands[i]->name, commands[j]->name);
    }
}

static void
a_language_that_there_is_not_is_said_in_the_locales(void **state)
{
    bool chinese = false;

    (void)state;
    assert_false(text_choose_language("de", NULL, &chinese));
    assert_true(chinese);
    assert_false(text_choose_language("de", "en_US.UTF-8", &chinese));
    assert_false(chinese);
    assert_true(text_choose_language("zh", "en_US.UTF-8", &chinese));
    assert_true(chinese);
}

/* A statement may come from anybody: what it says must not steer the reader's terminal. */
static void
a_line_of_a_statement_says_what_it_records_and_steers_no_terminal(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    Creditbank__V1__Date day = CREDITBANK__V1__DATE__INIT;
    Creditbank__V1__CertificateAwarded awarded = CREDITBANK__V1__CERTIFICATE_AWARDED__INIT;
    Creditbank__V1__OutcomeRevoked revoked = CREDITBANK__V1__OUTCOME_REVOKED__INIT;
    Creditbank__V1__Item item = CREDITBANK__V1__ITEM__INIT;

    (void)state;
    day.year = 2026;
    day.month = 3;
    day.day = 5;
    awarded.outer_id = (char[]){"X1\x1b[8m\n\xc2\x9b\x7f"};
    awarded.certificate_id = (char[]){"webfe-2"};
    awarded.centiscore = 8550;
    awarded.issue_date = &day;
    item.body_case = CREDITBANK__V1__ITEM__BODY_CERTIFICATE_AWARDED;
    item.certificate_awarded = &awarded;
    assert_string_equal(line_text(&item, true, arena),
                        "证书 X1[8m，证书 webfe-2，成绩 85.5，发证日期 2026-03-05");
    assert_string_equal(line_text(&item, false, arena),
                        "certificate X1[8m, certificate webfe-2, score 85.5, issued 2026-03-05");
    assert_ptr_equal(line_recorded(&item), awarded.outer_id);
    assert_null(line_changed(&item));

    revoked.outer_id = (char[]){"X1"};
    revoked.reason = CREDITBANK__V1__CHANGE_REASON__CHANGE_REASON_MISCONDUCT;
    item.body_case = CREDITBANK__V1__ITEM__BODY_OUTCOME_REVOKED;
    item.outcome_revoked = &revoked;
    assert_null(line_recorded(&item));
    assert_string_equal(line_changed(&item), "X1");
    assert_non_null(strstr(line_text(&item, true, arena), "X1，违规取消"));
    arena_free(arena);
}

static void
a_decision_names_the_courses_exempted(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    Creditbank__V1__ExemptionGranted first = CREDITBANK__V1__EXEMPTION_GRANTED__INIT;
    Creditbank__V1__ExemptionGranted second = CREDITBANK__V1__EXEMPTION_GRANTED__INIT;
    Creditbank__V1__ExemptionGranted *both[] = {&first, &second};
    Creditbank__V1__ApplicationDecided decided = CREDITBANK__V1__APPLICATION_DECIDED__INIT;
    Creditbank__V1__Item item = CREDITBANK__V1__ITEM__INIT;

    (void)state;
    first.course_code = (char[]){"ZH01"};
    first.centicredits = 400;
    second.course_code = (char[]){"ZH02"};
    second.centicredits = 350;
    decided.application_no = (char[]){"DPBD2VS16XV3SZTY"};
    decided.verdict = CREDITBANK__V1__VERDICT__VERDICT_APPROVE;
    decided.exemptions = both;
    decided.n_exemptions = ARRAY_COUNT(both);
    item.body_case = CREDITBANK__V1__ITEM__BODY_APPLICATION_DECIDED;
    item.application_decided = &decided;
    assert_string_equal(line_text(&item, true, arena),
                        "认定 DPBD2VS16XV3SZTY，同意，免修 ZH01 4 学分、ZH02 3.5 学分");
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_come_to_one_form),
        cmocka_unit_test(dates_are_read_as_people_write_them),
        cmocka_unit_test(a_number_that_a_spreadsheet_has_shortened_is_recognised),
        cmocka_unit_test(scores_bring_their_scheme),
        cmocka_unit_test(a_file_tells_its_encoding),
        cmocka_unit_test(a_file_that_is_wrong_says_where),
        cmocka_unit_test(rows_come_whole_however_the_chunks_fall),
        cmocka_unit_test(rows_have_the_numbers_that_a_spreadsheet_shows),
        cmocka_unit_test(a_cell_beyond_the_headings_is_noticed),
        cmocka_unit_test(what_is_written_reads_back_and_runs_no_formula),
        cmocka_unit_test(columns_are_found_by_either_name),
        cmocka_unit_test(columns_line_up_in_chinese),
        cmocka_unit_test(the_language_is_what_is_asked_for_else_the_locales_else_chinese),
        cmocka_unit_test(a_text_has_its_holes_filled),
        cmocka_unit_test(fields_are_set_and_shown_by_name),
        cmocka_unit_test(a_figure_is_left_out_where_it_means_nothing),
        cmocka_unit_test(hours_become_credits_by_the_rule_of_their_day),
        cmocka_unit_test(a_command_line_is_read_by_its_table),
        cmocka_unit_test(the_value_of_an_option_may_stand_in_its_word),
        cmocka_unit_test(an_argument_may_take_several_words),
        cmocka_unit_test(every_command_says_what_it_is_and_fills_fields_that_there_are),
        cmocka_unit_test(a_line_of_a_statement_says_what_it_records_and_steers_no_terminal),
        cmocka_unit_test(a_decision_names_the_courses_exempted),
        cmocka_unit_test(a_language_that_there_is_not_is_said_in_the_locales),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
