/* verify: proves a statement, or parts of one, without any network, line by line. */
#include "bank_key.h"

#include "base/scope.h"
#include "lib/error.h"
#include "lib/file.h"

#include "changes.h"
#include "fields.h"
#include "line.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct argument arguments[] = {
    {"FILE",
     ARGUMENT_OPERANDS,
     true,
     NULL,
     {"成绩单（JSON）；分几部分的，按顺序给出各文件",
      "the statement (JSON); of one in parts the files, in their order"}},
    {"bank-key",
     ARGUMENT_OPTION,
     false,
     NULL,
     {"银行公钥：一行文字或其文件；没有则只能核对内部一致",
      "the bank's verifier key, or a file with it; without it only consistency is checked"}},
    {0}};

#define STATEMENT_FILE_MAX ((size_t)64 * 1024 * 1024)

/* What was verified: one or more parts of a statement, in their order. */
struct parts {
    size_t count;
    const char *const *paths;
    struct creditbank_report *reports;
    enum creditbank_verdict verdict; /* on all of them */
    size_t line_count;
    struct change_list changes;
};

static const Creditbank__V1__StatementList *
last_list(const struct parts *parts)
{
    return parts->reports[parts->count - 1].list;
}

static const char *
number_text(const struct cli *cli, uint64_t number)
{
    return arena_printf(cli->arena, "%" PRIu64, number);
}

static const char *
place_text(const struct cli *cli, const struct creditbank_finding *finding)
{
    char filled[TEXT_SIZE];
    const char *number = arena_printf(cli->arena, "%zu", finding->number);
    enum text text = finding->place == CREDITBANK_LINE         ? TEXT_PLACE_LINE
                     : finding->place == CREDITBANK_KEY_RECORD ? TEXT_PLACE_KEY_RECORD
                                                               : TEXT_PLACE_WHOLE;

    return arena_text(cli->arena, slice_text(text_fill(filled, cli->chinese, text, FILL(number))));
}

static const struct creditbank_finding *
finding_of_line(const struct creditbank_report *report, size_t number)
{
    for (size_t i = 0; i < report->finding_count; i++)
        if (report->findings[i].place == CREDITBANK_LINE && report->findings[i].number == number)
            return &report->findings[i];
    return NULL;
}

static void
say_finding(const struct cli *cli, const struct creditbank_finding *finding)
{
    char sentence[TEXT_SIZE];

    cli_say(cli, TEXT_VERIFY_FAULT,
            FILL(place_text(cli, finding),
                 line_plain(creditbank_error_sentence(&finding->error, cli->chinese, sentence,
                                                      sizeof(sentence)),
                            cli->arena),
                 creditbank_error_advice(&finding->error, cli->chinese), finding->error.code));
}

/* Who signed the line, what it says, and whether that still stands. */
static const char *
signed_text(const struct cli *cli, const struct parts *parts, size_t part, size_t i)
{
    const struct creditbank_report *report = &parts->reports[part];
    const struct change *change = changes_of(&parts->changes, parts->reports, part, i, cli->arena);
    const char *text = arena_printf(cli->arena, cli->chinese ? "%s：%s" : "%s: %s",
                                    changes_signer(report, i, cli->arena),
                                    line_text(report->items[i], cli->chinese, cli->arena));
    char filled[TEXT_SIZE];

    if (change == NULL)
        return text;
    text_fill(
        filled, cli->chinese,
        change->part == part ? TEXT_VERIFY_LINE_CHANGED : TEXT_VERIFY_LINE_CHANGED_THERE,
        FILL(text, arena_printf(cli->arena, "%zu", change->line + 1), parts->paths[change->part]));
    return arena_text(cli->arena, slice_text(filled));
}

static void
say_line(const struct cli *cli, const struct parts *parts, size_t part, size_t i)
{
    const struct creditbank_report *report = &parts->reports[part];
    const struct creditbank_finding *finding = finding_of_line(report, i + 1);

    if (finding != NULL)
        say_finding(cli, finding);
    else if (report->list != NULL && report->items[i] != NULL)
        cli_say(cli, TEXT_VERIFY_LINE_GOOD,
                FILL(arena_printf(cli->arena, "%zu", i + 1), signed_text(cli, parts, part, i)));
}

static void
say_part(const struct cli *cli, const struct parts *parts, size_t part)
{
    const struct creditbank_report *report = &parts->reports[part];
    const char *log_size = report->list != NULL ? number_text(cli, report->list->log_size) : "?";

    if (parts->count > 1)
        cli_say(cli, TEXT_VERIFY_PART_FILE, FILL(parts->paths[part], log_size));
    for (size_t i = 0; i < report->finding_count; i++)
        if (report->findings[i].place != CREDITBANK_LINE)
            say_finding(cli, &report->findings[i]);
    for (size_t i = 0; i < report->line_count; i++)
        say_line(cli, parts, part, i);
}

/* Whose account it is, as far as she chose to show and it was proven. */
static void
say_owner(const struct cli *cli, const struct parts *parts)
{
    const Creditbank__V1__StatementList *list = last_list(parts);

    for (size_t i = 0; i < parts->count; i++)
        for (size_t j = 0; j < parts->reports[i].statement->n_identity; j++) {
            const Creditbank__V1__DisclosedField *field = parts->reports[i].statement->identity[j];

            printf(cli->chinese ? "%s：%s\n" : "%s: %s\n", line_field_name(field, cli->chinese),
                   line_field_value(field, cli->chinese, cli->arena));
        }
    cli_say(cli, TEXT_VERIFY_AS_OF,
            FILL(line_plain(list->account_no, cli->arena), number_text(cli, list->log_size),
                 fields_text(&list->base, "create_time", cli->chinese, cli->arena)));
}

/* Which of the account's records these are, where that needs to be said. */
static void
say_coverage(const struct cli *cli, const struct parts *parts)
{
    const Creditbank__V1__StatementLine *after = parts->reports[0].list->after;
    bool goes_on = last_list(parts)->goes_on;

    if (after != NULL)
        cli_say(cli, goes_on ? TEXT_VERIFY_PART_MIDDLE : TEXT_VERIFY_PART_LAST,
                FILL(number_text(cli, after->entry_index), number_text(cli, after->item_index)));
    else if (goes_on)
        cli_say(cli, TEXT_VERIFY_PART_FIRST, FILL());
    else if (parts->count > 1)
        cli_say(cli, TEXT_VERIFY_JOINED, FILL(arena_printf(cli->arena, "%zu", parts->count)));
}

static void
say_report(const struct cli *cli, const struct parts *parts)
{
    if (parts->verdict == CREDITBANK_CONSISTENT)
        cli_warn(cli, TEXT_VERIFY_NO_KEY, FILL());
    for (size_t i = 0; i < parts->count; i++)
        say_part(cli, parts, i);
    /* Of what does not hold nothing is said to be anybody's, or to be all. */
    if (parts->verdict != CREDITBANK_FAILED) {
        say_owner(cli, parts);
        say_coverage(cli, parts);
    }
    cli_say(cli,
            parts->verdict == CREDITBANK_VERIFIED     ? TEXT_VERIFIED
            : parts->verdict == CREDITBANK_CONSISTENT ? TEXT_CONSISTENT
                                                      : TEXT_NOT_VERIFIED,
            FILL(arena_printf(cli->arena, "%zu", parts->line_count)));
}

/* The fields that the owner chose to show. */
static json_t *
owner_json(const struct parts *parts)
{
    static const char *const names[] = {"", "documentType", "documentNumber", "name"};
    json_t *owner = json_object();

    for (size_t i = 0; i < parts->count && parts->verdict != CREDITBANK_FAILED; i++)
        for (size_t j = 0; j < parts->reports[i].statement->n_identity; j++) {
            const Creditbank__V1__DisclosedField *field = parts->reports[i].statement->identity[j];

            if (field->field > 0 && (size_t)field->field < ARRAY_COUNT(names))
                json_object_set_new(owner, names[field->field], cli_text(field->value));
        }
    return owner;
}

/* Adds every line of a part that holds, as text for people: what is signed stands in the file. */
static void
add_records(const struct cli *cli, const struct parts *parts, size_t part, json_t *records)
{
    const struct creditbank_report *report = &parts->reports[part];

    for (size_t i = 0; i < report->line_count; i++)
        if (report->list != NULL && report->items[i] != NULL &&
            finding_of_line(report, i + 1) == NULL)
            json_array_append_new(records, json_pack("{sIsIso}", "part", (json_int_t)part + 1,
                                                     "number", (json_int_t)i + 1, "text",
                                                     cli_text(signed_text(cli, parts, part, i))));
}

static void
add_findings(const struct cli *cli, const struct parts *parts, size_t part, json_t *findings)
{
    static const char *const places[] = {"statement", "line", "key_record"};
    const struct creditbank_report *report = &parts->reports[part];

    for (size_t i = 0; i < report->finding_count; i++) {
        const struct creditbank_finding *finding = &report->findings[i];
        char sentence[TEXT_SIZE];

        json_array_append_new(
            findings, json_pack("{sIsssIssss}", "part", (json_int_t)part + 1, "place",
                                places[finding->place], "number", (json_int_t)finding->number,
                                "check", finding->error.code, "message",
                                creditbank_error_sentence(&finding->error, cli->chinese, sentence,
                                                          sizeof(sentence))));
    }
}

/* What a part says of itself, numbers as in the file; null where it could not be read. */
static json_t *
part_json(const struct cli *cli, const struct creditbank_report *report)
{
    const Creditbank__V1__StatementList *list = report->list;
    json_t *after = json_null();

    if (list == NULL)
        return after;
    if (list->after != NULL)
        after = json_pack("{sssI}", "entryIndex", number_text(cli, list->after->entry_index),
                          "itemIndex", (json_int_t)list->after->item_index);
    return json_pack("{sIsssosb}", "lines", (json_int_t)report->line_count, "logSize",
                     number_text(cli, list->log_size), "after", after, "goesOn", list->goes_on);
}

static void
say_json(struct cli *cli, const struct parts *parts)
{
    static const char *const verdicts[] = {[CREDITBANK_VERIFIED] = "verified",
                                           [CREDITBANK_CONSISTENT] = "consistent",
                                           [CREDITBANK_FAILED] = "failed"};
    json_t *findings = json_array(), *records = json_array(), *all = json_array();

    for (size_t i = 0; i < parts->count; i++) {
        add_findings(cli, parts, i, findings);
        add_records(cli, parts, i, records);
        json_array_append_new(all, part_json(cli, &parts->reports[i]));
    }
    cli_answer(cli, json_pack("{sssIsosososo}", "verdict", verdicts[parts->verdict], "lines",
                              (json_int_t)parts->line_count, "findings", findings, "owner",
                              owner_json(parts), "records", records, "parts", all));
}

/* Verifies a file; false, and said so, where it cannot be read. */
static bool
verify_file(struct cli *cli, const char *path, const char *bank_key,
            struct creditbank_report *report)
{
    SCOPED(buffer_fini) struct buffer text;
    struct creditbank_error error;

    buffer_init(&text, STATEMENT_FILE_MAX);
    if (!file_read(path, &text, &error)) {
        (void)cli_error(cli, &error);
        return false;
    }
    creditbank_statement_verify(text.at, text.len, bank_key, report);
    return true;
}

/* All parts, each and how they join; false, and said so, where a file cannot be read. */
static bool
verify_parts(struct cli *cli, const char *bank_key, struct parts *parts)
{
    for (size_t i = 0; i < parts->count; i++)
        if (!verify_file(cli, parts->paths[i], bank_key, &parts->reports[i]))
            return false;
    creditbank_statement_join(parts->reports, parts->count);
    parts->verdict = parts->reports[0].verdict;
    for (size_t i = 0; i < parts->count; i++) {
        parts->line_count += parts->reports[i].line_count;
        if (parts->reports[i].verdict == CREDITBANK_FAILED)
            parts->verdict = CREDITBANK_FAILED;
    }
    changes_find(parts->reports, parts->count, cli->arena, &parts->changes);
    return true;
}

static enum exit_code
exit_code_of(enum creditbank_verdict verdict)
{
    static const enum exit_code codes[] = {[CREDITBANK_VERIFIED] = EXIT_DONE,
                                           [CREDITBANK_CONSISTENT] = EXIT_UNCONFIRMED,
                                           [CREDITBANK_FAILED] = EXIT_UNVERIFIED};

    return codes[verdict];
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *bank_key = command_value(command, given, "bank-key");
    struct parts parts = {.count = given->operand_count, .paths = given->operands};
    bool is_read;

    if (bank_key != NULL && (bank_key = bank_key_read(cli, bank_key)) == NULL)
        return EXIT_USAGE;
    parts.reports = arena_array(cli->arena, parts.count, sizeof(*parts.reports));
    is_read = verify_parts(cli, bank_key, &parts);
    if (is_read && cli->globals.json)
        say_json(cli, &parts);
    else if (is_read)
        say_report(cli, &parts);
    for (size_t i = 0; i < parts.count; i++)
        creditbank_report_free(&parts.reports[i]);
    if (!is_read)
        return EXIT_USAGE;
    return exit_code_of(parts.verdict);
}

const struct command cmd_verify = {
    .name = "verify",
    .summary = {"离线验证成绩单，逐条给出结论", "verify a statement offline, line by line"},
    .arguments = arguments,
    .run = run,
};
