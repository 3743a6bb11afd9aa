/* verify: proves a statement without any network, line by line. */
#include "cli.h"

#include "base/scope.h"
#include "lib/error.h"
#include "lib/file.h"

#include "fields.h"
#include "label.h"

#include <inttypes.h>

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
#define BANK_KEY_MAX 1024

/* A verifier key has a "+"; anything else is a file that holds one. */
static const char *
read_bank_key(struct cli *cli, const char *given)
{
    struct slice text;

    if (strchr(given, '+') != NULL)
        return given;
    if (!cli_read_file(cli, given, BANK_KEY_MAX, &text))
        return NULL;
    while (text.len > 0 && (text.at[text.len - 1] == '\n' || text.at[text.len - 1] == '\r'))
        text.len--;
    return arena_text(cli->arena, text);
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

/* What a line is, as far as its item says: "certificate awarded X2026030001". */
static const char *
line_text(const struct cli *cli, const Creditbank__V1__Item *item)
{
    const ProtobufCFieldDescriptor *body;
    const ProtobufCMessage *message;
    const char *name = "";

    if (item == NULL)
        return "";
    body = protobuf_c_message_descriptor_get_field(&creditbank__v1__item__descriptor,
                                                   (unsigned)item->body_case);
    message = &item->account_opened->base;
    if (protobuf_c_message_descriptor_get_field_by_name(message->descriptor, "outer_id") != NULL)
        name = fields_text(message, "outer_id", false, cli->arena);
    return arena_printf(cli->arena, "%s%s%s",
                        body != NULL ? label_name(body->name, cli->chinese) : "",
                        name[0] != '\0' ? " " : "", name);
}

static void
say_finding(const struct cli *cli, const struct creditbank_finding *finding)
{
    char sentence[TEXT_SIZE];

    cli_say(
        cli, TEXT_VERIFY_FAULT,
        FILL(place_text(cli, finding),
             creditbank_error_sentence(&finding->error, cli->chinese, sentence, sizeof(sentence)),
             creditbank_error_advice(&finding->error, cli->chinese), finding->error.code));
}

static void
say_report(const struct cli *cli, const struct creditbank_report *report)
{
    for (size_t i = 0; i < report->finding_count; i++)
        if (report->findings[i].place != CREDITBANK_LINE)
            say_finding(cli, &report->findings[i]);
    for (size_t i = 0; i < report->line_count; i++) {
        const struct creditbank_finding *finding = finding_of_line(report, i + 1);

        if (finding != NULL)
            say_finding(cli, finding);
        else if (report->list != NULL && report->items[i] != NULL)
            cli_say(cli, TEXT_VERIFY_LINE_GOOD,
                    FILL(arena_printf(cli->arena, "%zu", i + 1), line_text(cli, report->items[i])));
    }
    if (report->list != NULL)
        cli_say(cli, TEXT_VERIFY_AS_OF,
                FILL(report->list->account_no,
                     arena_printf(cli->arena, "%" PRIu64, report->list->log_size),
                     fields_text(&report->list->base, "create_time", cli->chinese, cli->arena)));
    cli_say(cli,
            report->verdict == CREDITBANK_VERIFIED     ? TEXT_VERIFIED
            : report->verdict == CREDITBANK_CONSISTENT ? TEXT_CONSISTENT
                                                       : TEXT_NOT_VERIFIED,
            FILL(arena_printf(cli->arena, "%zu", report->line_count)));
}

static void
say_json(struct cli *cli, const struct creditbank_report *report)
{
    static const char *const verdicts[] = {"verified", "consistent", "failed"};
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
    all = json_pack("{sssIso}", "verdict", verdicts[report->verdict], "lines",
                    (json_int_t)report->line_count, "findings", findings);
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
    if (bank_key != NULL && (bank_key = read_bank_key(cli, bank_key)) == NULL)
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
