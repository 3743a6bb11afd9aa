/* verify: proves a statement without any network, line by line. */
#include "bank_key.h"

#include "base/scope.h"
#include "lib/error.h"
#include "lib/file.h"

#include "fields.h"
#include "line.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct argument arguments[] = {
    {"FILE", ARGUMENT_OPERAND, true, NULL, {"成绩单（JSON）", "the statement (JSON)"}},
    {"bank-key",
     ARGUMENT_OPTION,
     false,
     NULL,
     {"银行公钥：一行文字或其文件；没有则只能核对内部一致",
      "the bank's verifier key, or a file with it; without it only consistency is checked"}},
    {0}};

#define STATEMENT_FILE_MAX ((size_t)64 * 1024 * 1024)

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

static const char *
signer_of(const struct cli *cli, const struct creditbank_report *report, size_t i)
{
    return line_signer(report->statement->lines[i], report->list->log_origin, cli->arena);
}

/* The first line after it by which its outcome was revoked or corrected; 0: none. */
static size_t
changed_by(const struct cli *cli, const struct creditbank_report *report, size_t i)
{
    const char *outer_id = line_recorded(report->items[i]);

    for (size_t j = i + 1; outer_id != NULL && j < report->line_count; j++) {
        const char *changed = report->items[j] != NULL ? line_changed(report->items[j]) : NULL;

        if (changed != NULL && strcmp(changed, outer_id) == 0 &&
            strcmp(signer_of(cli, report, i), signer_of(cli, report, j)) == 0)
            return j + 1;
    }
    return 0;
}

/* Who signed the line, what it says, and whether that still stands. */
static const char *
signed_text(const struct cli *cli, const struct creditbank_report *report, size_t i)
{
    size_t change = changed_by(cli, report, i);
    const char *text =
        arena_printf(cli->arena, cli->chinese ? "%s：%s" : "%s: %s", signer_of(cli, report, i),
                     line_text(report->items[i], cli->chinese, cli->arena));
    char filled[TEXT_SIZE];

    if (change == 0)
        return text;
    text_fill(filled, cli->chinese, TEXT_VERIFY_LINE_CHANGED,
              FILL(text, arena_printf(cli->arena, "%zu", change)));
    return arena_text(cli->arena, slice_text(filled));
}

static void
say_line(const struct cli *cli, const struct creditbank_report *report, size_t i)
{
    const struct creditbank_finding *finding = finding_of_line(report, i + 1);

    if (finding != NULL)
        say_finding(cli, finding);
    else if (report->list != NULL && report->items[i] != NULL)
        cli_say(cli, TEXT_VERIFY_LINE_GOOD,
                FILL(arena_printf(cli->arena, "%zu", i + 1), signed_text(cli, report, i)));
}

/* Whose account it is, as far as she chose to show and it was proven. */
static void
say_owner(const struct cli *cli, const struct creditbank_report *report)
{
    for (size_t i = 0; i < report->statement->n_identity; i++) {
        const Creditbank__V1__DisclosedField *field = report->statement->identity[i];

        printf(cli->chinese ? "%s：%s\n" : "%s: %s\n", line_field_name(field, cli->chinese),
               line_field_value(field, cli->chinese, cli->arena));
    }
    cli_say(cli, TEXT_VERIFY_AS_OF,
            FILL(line_plain(report->list->account_no, cli->arena),
                 arena_printf(cli->arena, "%" PRIu64, report->list->log_size),
                 fields_text(&report->list->base, "create_time", cli->chinese, cli->arena)));
}

static void
say_report(const struct cli *cli, const struct creditbank_report *report)
{
    for (size_t i = 0; i < report->finding_count; i++)
        if (report->findings[i].place != CREDITBANK_LINE)
            say_finding(cli, &report->findings[i]);
    for (size_t i = 0; i < report->line_count; i++)
        say_line(cli, report, i);
    /* Of what does not hold nothing is said to be anybody's. */
    if (report->verdict != CREDITBANK_FAILED)
        say_owner(cli, report);
    cli_say(cli,
            report->verdict == CREDITBANK_VERIFIED     ? TEXT_VERIFIED
            : report->verdict == CREDITBANK_CONSISTENT ? TEXT_CONSISTENT
                                                       : TEXT_NOT_VERIFIED,
            FILL(arena_printf(cli->arena, "%zu", report->line_count)));
}

/* The fields that the owner chose to show. */
static json_t *
owner_json(const struct creditbank_report *report)
{
    static const char *const names[] = {"", "documentType", "documentNumber", "name"};
    json_t *owner = json_object();

    if (report->verdict == CREDITBANK_FAILED)
        return owner;
    for (size_t i = 0; i < report->statement->n_identity; i++) {
        const Creditbank__V1__DisclosedField *field = report->statement->identity[i];

        if (field->field > 0 && (size_t)field->field < ARRAY_COUNT(names))
            json_object_set_new(owner, names[field->field], cli_text(field->value));
    }
    return owner;
}

/* Every line that holds, as text for people: what is signed stands in the statement. */
static json_t *
records_json(const struct cli *cli, const struct creditbank_report *report)
{
    json_t *records = json_array();

    for (size_t i = 0; i < report->line_count; i++)
        if (report->list != NULL && report->items[i] != NULL &&
            finding_of_line(report, i + 1) == NULL)
            json_array_append_new(records, json_pack("{sIso}", "number", (json_int_t)i + 1, "text",
                                                     cli_text(signed_text(cli, report, i))));
    return records;
}

static void
say_json(struct cli *cli, const struct creditbank_report *report)
{
    static const char *const verdicts[] = {[CREDITBANK_VERIFIED] = "verified",
                                           [CREDITBANK_CONSISTENT] = "consistent",
                                           [CREDITBANK_FAILED] = "failed"};
    static const char *const places[] = {"statement", "line", "key_record"};
    json_t *findings = json_array();
    json_t *all;

    for (size_t i = 0; i < report->finding_count; i++) {
        const struct creditbank_finding *finding = &report->findings[i];
        char sentence[TEXT_SIZE];

        json_array_append_new(findings,
                              json_pack("{sssIssss}", "place", places[finding->place], "number",
                                        (json_int_t)finding->number, "check", finding->error.code,
                                        "message",
                                        creditbank_error_sentence(&finding->error, cli->chinese,
                                                                  sentence, sizeof(sentence))));
    }
    all = json_pack("{sssIsososo}", "verdict", verdicts[report->verdict], "lines",
                    (json_int_t)report->line_count, "findings", findings, "owner",
                    owner_json(report), "records", records_json(cli, report));
    cli_answer(cli, all);
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *bank_key = command_value(command, given, "bank-key");
    const char *path = command_value(command, given, "FILE");
    SCOPED(buffer_fini) struct buffer text;
    struct creditbank_report report;
    struct creditbank_error error;
    bool failed;

    buffer_init(&text, STATEMENT_FILE_MAX);
    if (bank_key != NULL && (bank_key = bank_key_read(cli, bank_key)) == NULL)
        return EXIT_USAGE;
    if (!file_read(path, &text, &error))
        return cli_error(cli, &error);
    creditbank_statement_verify(text.at, text.len, bank_key, &report);
    if (cli->globals.json)
        say_json(cli, &report);
    else
        say_report(cli, &report);
    failed = report.verdict == CREDITBANK_FAILED;
    creditbank_report_free(&report);
    return failed ? EXIT_UNVERIFIED : EXIT_DONE;
}

const struct command cmd_verify = {
    .name = "verify",
    .summary = {"离线验证成绩单，逐条给出结论", "verify a statement offline, line by line"},
    .arguments = arguments,
    .run = run,
};
