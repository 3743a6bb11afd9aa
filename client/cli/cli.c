#include "cli.h"

#include "base/memory.h"
#include "base/scope.h"
#include "base/status.h"
#include "base/utf8.h"
#include "crypto/crypto.h"
#include "crypto/key.h"
#include "lib/error.h"
#include "lib/file.h"
#include "wire/json.h"

#include "field_name.h"
#include "words.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#define DEFAULT_PROFILE "default"
#define JSON_FILE_MAX ((size_t)1024 * 1024)
#define REFUSALS_SHOWN_MAX 20

static const struct wire_limits json_limits = {
    .depth_max = 16, .fields_max = 100000, .elements_max = 10000, .memory_max = 32 * JSON_FILE_MAX};

void
cli_init(struct cli *cli, const struct globals *globals, bool chinese)
{
    *cli = (struct cli){.globals = *globals, .chinese = chinese};
    cli->arena = arena_new(CLI_MEMORY_MAX);
    buffer_init(&cli->answer, CLI_OUTPUT_MAX);
    cli->faults = json_array();
}

void
cli_fini(struct cli *cli)
{
    creditbank_outbox_close(cli->outbox);
    creditbank_client_free(cli->client);
    creditbank_client_free(cli->anonymous);
    creditbank_key_free(cli->key);
    if (cli->profile_loaded)
        profile_fini(&cli->profile);
    arena_free(cli->arena);
    buffer_fini(&cli->answer);
    json_decref(cli->faults);
    crypto_fini();
}

void
cli_say(const struct cli *cli, enum text text, struct fill fill)
{
    char filled[TEXT_SIZE];

    if (!cli->globals.json)
        puts(text_fill(filled, cli->chinese, text, fill));
}

void
cli_warn(const struct cli *cli, enum text text, struct fill fill)
{
    char filled[TEXT_SIZE];

    /* Where both go to one file, what was said before stands before. */
    fflush(stdout);
    fprintf(stderr, "%s\n", text_fill(filled, cli->chinese, text, fill));
}

json_t *
cli_text(const char *text)
{
    json_t *string = json_string(text);
    struct buffer ascii;

    if (string != NULL)
        return string;
    buffer_init(&ascii, CLI_OUTPUT_MAX);
    for (const char *at = text; *at != '\0'; at++)
        if (!buffer_append_byte(&ascii, (uint8_t)*at < 0x80 ? (uint8_t)*at : '?'))
            break;
    string = json_stringn((const char *)ascii.at, ascii.len);
    buffer_fini(&ascii);
    return string;
}

static int
keep_json(const char *bytes, size_t len, void *context)
{
    struct cli *cli = context;

    return buffer_append(&cli->answer, slice_make(bytes, len)) ? 0 : -1;
}

static enum exit_code
too_large(struct cli *cli)
{
    struct creditbank_error error;

    buffer_clear(&cli->answer);
    (void)error_set(&error, REASON_RESPONSE_TOO_LARGE, "%s", "");
    return cli_error(cli, &error);
}

void
cli_answer(struct cli *cli, json_t *document)
{
    assert(cli->answer.len == 0);
    assert(document != NULL);
    if (cli->globals.json && json_dump_callback(document, keep_json, cli, JSON_INDENT(2)) != 0)
        (void)too_large(cli);
    json_decref(document);
}

static bool
keep_text(struct cli *cli, const char *text)
{
    return buffer_append(&cli->answer, slice_text(text));
}

/* Each row on a line of its own, and none kept but as text. */
static bool
keep_rows(struct cli *cli, next_row_fn *next, void *context)
{
    const char *between = "\n";
    json_t *row;

    while ((row = next(context)) != NULL) {
        bool kept = keep_text(cli, between) && json_dump_callback(row, keep_json, cli, 0) == 0;

        json_decref(row);
        if (!kept)
            return false;
        between = ",\n";
    }
    return true;
}

void
cli_answer_rows(struct cli *cli, json_t *document, next_row_fn *next, void *context)
{
    assert(cli->answer.len == 0);
    assert(document != NULL);
    if (cli->globals.json &&
        !(keep_text(cli, "{") &&
          json_dump_callback(document, keep_json, cli, JSON_EMBED | JSON_INDENT(2)) == 0 &&
          keep_text(cli, ",\n  \"rows\": [") && keep_rows(cli, next, context) &&
          keep_text(cli, "]\n}")))
        (void)too_large(cli);
    json_decref(document);
}

void
cli_tell(struct cli *cli, enum text text, struct fill fill, json_t *document)
{
    cli_say(cli, text, fill);
    cli_answer(cli, document);
}

enum exit_code
cli_answer_message(struct cli *cli, const ProtobufCMessage *message)
{
    assert(cli->answer.len == 0);
    return wire_json_print(message, &cli->answer) ? EXIT_DONE : too_large(cli);
}

void
cli_end(const struct cli *cli)
{
    if (json_array_size(cli->faults) > 0) {
        fputs("{\n\"error\": ", stdout);
        json_dumpf(json_array_get(cli->faults, 0), stdout, JSON_INDENT(2));
        fputs(",\n\"errors\": ", stdout);
        json_dumpf(cli->faults, stdout, JSON_INDENT(2));
        if (cli->answer.len > 0)
            fputs(",\n\"answer\": ", stdout);
    }
    if (cli->answer.len > 0)
        fwrite(cli->answer.at, 1, cli->answer.len, stdout);
    if (json_array_size(cli->faults) > 0)
        putchar('}');
    else if (cli->globals.json && cli->answer.len == 0)
        fputs("{}", stdout);
    if (cli->globals.json || cli->answer.len > 0)
        putchar('\n');
}

/* Takes down a fault for programs: the same members as a Refusal in JSON. */
static json_t *
add_fault(const struct cli *cli, const char *code, const char *sentence, const char *advice)
{
    json_t *fault =
        json_pack("{sssoss}", "reason", code, "message", cli_text(sentence), "advice", advice);

    json_array_append_new(cli->faults, fault);
    return fault;
}

enum exit_code
cli_misused(const struct cli *cli, enum text text, struct fill fill)
{
    const struct creditbank_error error = {.code = reason_text(REASON_ARGUMENT_INVALID)->code};
    char filled[TEXT_SIZE];

    if (cli->globals.json)
        add_fault(cli, error.code, text_fill(filled, cli->chinese, text, fill),
                  creditbank_error_advice(&error, cli->chinese));
    else
        cli_warn(cli, text, fill);
    return EXIT_USAGE;
}

enum exit_code
cli_error(const struct cli *cli, const struct creditbank_error *error)
{
    return cli_error_of_row(cli, error, 0);
}

enum exit_code
cli_error_of_row(const struct cli *cli, const struct creditbank_error *error, size_t row)
{
    char sentence[TEXT_SIZE];
    const char *advice = creditbank_error_advice(error, cli->chinese);

    (void)creditbank_error_sentence(error, cli->chinese, sentence, sizeof(sentence));
    if (!cli->globals.json && row > 0)
        cli_warn(cli, TEXT_FAULT_OF_ROW, FILL(arena_printf(cli->arena, "%zu", row)));
    if (!cli->globals.json)
        cli_warn(cli, TEXT_FAULT, FILL(sentence, advice, error->code));
    else if (row > 0)
        json_object_set_new(add_fault(cli, error->code, sentence, advice), "row",
                            json_integer((json_int_t)row));
    else
        add_fault(cli, error->code, sentence, advice);
    return strncmp(error->code, "VERIFY_", strlen("VERIFY_")) == 0 ? EXIT_UNVERIFIED : EXIT_USAGE;
}

static enum exit_code
exit_code_of(const struct creditbank_result *result)
{
    return result->unknown || result->code == STATUS_UNAVAILABLE ? EXIT_UNAVAILABLE : EXIT_REFUSED;
}

static const char *
refusal_sentence(const struct cli *cli, const Creditbank__V1__Refusal *refusal)
{
    return words_of_item_refusal(refusal, cli->chinese, cli->arena);
}

/* What to do about it: where the outbox keeps the request, that is to send it again. */
static const char *
refusal_advice(const struct cli *cli, const Creditbank__V1__Refusal *refusal, bool is_kept)
{
    if (is_kept)
        return text_in(TEXT_RESUME, cli->chinese);
    return words_of_advice(refusal->reason, cli->chinese ? refusal->advice_zh : refusal->advice_en,
                           cli->chinese);
}

static void
say_refusal(const struct cli *cli, const Creditbank__V1__Refusal *refusal, const char *advice)
{
    const char *field = field_name(refusal->field, cli->chinese, cli->arena);
    char number[32] = "";

    if (refusal->item != NULL)
        snprintf(number, sizeof(number), "%" PRIu32, refusal->item->value + 1);
    if (refusal->item != NULL)
        cli_warn(cli, TEXT_FAULT_OF_ITEM, FILL(number, field));
    else if (refusal->field[0] != '\0')
        cli_warn(cli, TEXT_FAULT_OF_FIELD, FILL(field));
    cli_warn(cli, TEXT_FAULT, FILL(refusal_sentence(cli, refusal), advice, refusal->reason));
}

static void
add_refusal(const struct cli *cli, const Creditbank__V1__Refusal *refusal, const char *advice)
{
    json_t *fault = add_fault(cli, refusal->reason, refusal_sentence(cli, refusal), advice);

    json_object_set_new(fault, "field", json_string(refusal->field));
    if (refusal->item != NULL)
        json_object_set_new(fault, "item", json_integer(refusal->item->value));
}

static enum exit_code
refused(const struct cli *cli, struct creditbank_result *result, bool is_kept)
{
    enum exit_code code = exit_code_of(result);

    for (size_t i = 0; i < result->refusal_count; i++) {
        const char *advice = refusal_advice(cli, result->refusals[i], is_kept);

        if (cli->globals.json)
            add_refusal(cli, result->refusals[i], advice);
        else if (i < REFUSALS_SHOWN_MAX)
            say_refusal(cli, result->refusals[i], advice);
    }
    creditbank_result_free(result);
    return code;
}

enum exit_code
cli_refused(const struct cli *cli, struct creditbank_result *result)
{
    return refused(cli, result, false);
}

enum exit_code
cli_refused_kept(const struct cli *cli, struct creditbank_result *result)
{
    if (result->unknown)
        cli_warn(cli, TEXT_OUTCOME_UNKNOWN, FILL());
    return refused(cli, result, result->unknown);
}

static bool
load_profile(struct cli *cli)
{
    const char *name = cli->globals.profile;
    struct creditbank_error error;

    if (cli->profile_loaded)
        return true;
    if (name == NULL)
        name = getenv("CREDITBANK_PROFILE");
    if (name == NULL || name[0] == '\0')
        name = DEFAULT_PROFILE;
    if (!profile_name_is_valid(name)) {
        (void)error_set(&error, REASON_PROFILE_INVALID, "%s", name);
        (void)cli_error(cli, &error);
        return false;
    }
    cli->profile_loaded = profile_load(name, cli->globals.profile != NULL, &cli->profile, &error);
    if (!cli->profile_loaded) {
        profile_fini(&cli->profile);
        (void)cli_error(cli, &error);
    }
    return cli->profile_loaded;
}

const char *
cli_setting(struct cli *cli, enum profile_key key)
{
    return load_profile(cli) ? cli->profile.values[key] : NULL;
}

const char *
cli_need(struct cli *cli, enum profile_key key)
{
    struct creditbank_error error;

    if (!load_profile(cli))
        return NULL;
    if (cli->profile.values[key] == NULL) {
        (void)error_set(&error, REASON_PROFILE_INCOMPLETE, "%s: %s", cli->profile.name,
                        profile_key_name(key));
        (void)cli_error(cli, &error);
    }
    return cli->profile.values[key];
}

bool
cli_read_file(struct cli *cli, const char *path, size_t max, struct slice *bytes)
{
    SCOPED(buffer_fini) struct buffer read;
    struct creditbank_error error;

    buffer_init(&read, max);
    if (!file_read(path, &read, &error)) {
        (void)cli_error(cli, &error);
        return false;
    }
    *bytes = arena_copy(cli->arena, buffer_slice(&read));
    return true;
}

/* The first line of a file, as people end a file with a line break. */
static const char *
first_line(struct cli *cli, struct slice text)
{
    const uint8_t *end = text.len > 0 ? memchr(text.at, '\n', text.len) : NULL;
    size_t len = end != NULL ? (size_t)(end - text.at) : text.len;

    if (len > 0 && text.at[len - 1] == '\r')
        len--;
    return arena_text(cli->arena, slice_make(text.at, len));
}

/* Asks at the terminal, without showing what is typed. */
static const char *
ask(struct cli *cli, enum text question, const char *path)
{
    char line[KEY_PASSPHRASE_MAX], filled[TEXT_SIZE];
    struct termios shown, hidden;
    FILE *terminal = fopen("/dev/tty", "r+");
    const char *answer = NULL;

    if (terminal == NULL)
        return NULL;
    if (tcgetattr(fileno(terminal), &shown) == 0) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(fileno(terminal), TCSAFLUSH, &hidden);
        fputs(text_fill(filled, cli->chinese, question, FILL(path)), terminal);
        fflush(terminal);
        if (fgets(line, sizeof(line), terminal) != NULL)
            answer = first_line(cli, slice_text(line));
        tcsetattr(fileno(terminal), TCSAFLUSH, &shown);
        fputc('\n', terminal);
    }
    fclose(terminal);
    return answer;
}

const char *
cli_passphrase(struct cli *cli, const char *path, bool is_new, enum reason missing)
{
    const char *given = getenv("CREDITBANK_PASSPHRASE");
    struct creditbank_error error;
    struct slice text;

    if (cli->globals.passphrase_file != NULL)
        return cli_read_file(cli, cli->globals.passphrase_file, KEY_PASSPHRASE_MAX, &text)
                   ? first_line(cli, text)
                   : NULL;
    if (given != NULL)
        return given;
    given = ask(cli, TEXT_PASSPHRASE, path);
    if (given != NULL && is_new) {
        const char *again = ask(cli, TEXT_PASSPHRASE_AGAIN, path);

        if (again == NULL || strcmp(given, again) != 0) {
            missing = REASON_ENTRIES_DIFFER;
            given = NULL;
        }
    }
    if (given == NULL) {
        (void)error_set(&error, missing, "%s", path);
        (void)cli_error(cli, &error);
    }
    return given;
}

/* Whether the PEM says that it is encrypted; the library says what else is wrong with it. */
static bool
is_encrypted(struct slice pem)
{
    static const char label[] = "BEGIN ENCRYPTED";

    return pem.len > 0 && memmem(pem.at, pem.len, label, sizeof(label) - 1) != NULL;
}

const struct creditbank_key *
cli_key(struct cli *cli)
{
    const char *path, *passphrase = "";
    struct creditbank_error error;
    struct slice pem;

    if (cli->key != NULL)
        return cli->key;
    path = cli_need(cli, PROFILE_KEY);
    if (path == NULL || !cli_read_file(cli, path, JSON_FILE_MAX, &pem))
        return NULL;
    if (is_encrypted(pem))
        passphrase = cli_passphrase(cli, path, false, REASON_PASSPHRASE_MISSING);
    if (passphrase == NULL)
        return NULL;
    if (!creditbank_key_read(path, passphrase, &cli->key, &error))
        (void)cli_error(cli, &error);
    return cli->key;
}

struct creditbank_client *
cli_client(struct cli *cli)
{
    struct creditbank_options options = {0};
    struct creditbank_error error;

    if (cli->client != NULL)
        return cli->client;
    options.server = cli_need(cli, PROFILE_SERVER);
    if (options.server == NULL)
        return NULL;
    options.ca_file = cli_setting(cli, PROFILE_CA);
    options.log_origin = cli_setting(cli, PROFILE_ORIGIN);
    options.session_token = cli_setting(cli, PROFILE_SESSION);
    if (options.session_token == NULL && cli_setting(cli, PROFILE_KEY) != NULL) {
        options.key = cli_key(cli);
        if (options.key == NULL)
            return NULL;
    }
    cli->client = creditbank_client_new(&options, &error);
    if (cli->client == NULL)
        (void)cli_error(cli, &error);
    return cli->client;
}

struct creditbank_client *
cli_anonymous_client(struct cli *cli)
{
    struct creditbank_options options = {.server = cli_need(cli, PROFILE_SERVER)};
    struct creditbank_error error;

    if (cli->anonymous != NULL || options.server == NULL)
        return cli->anonymous;
    options.ca_file = cli_setting(cli, PROFILE_CA);
    cli->anonymous = creditbank_client_new(&options, &error);
    if (cli->anonymous == NULL)
        (void)cli_error(cli, &error);
    return cli->anonymous;
}

struct creditbank_outbox *
cli_outbox(struct cli *cli)
{
    struct creditbank_error error;

    if (cli->outbox != NULL)
        return cli->outbox;
    if (!load_profile(cli))
        return NULL;

    SCOPED(file_path_free) char *folder = profile_path(cli->profile.name, "outbox");

    cli->outbox = creditbank_outbox_open(folder, &error);
    if (cli->outbox == NULL)
        (void)cli_error(cli, &error);
    return cli->outbox;
}

enum exit_code
cli_call(struct cli *cli, const struct creditbank_request *request,
         struct creditbank_result *result)
{
    struct creditbank_client *client = cli_client(cli);

    if (client == NULL)
        return EXIT_USAGE;
    return creditbank_call(client, request, result) ? EXIT_DONE : cli_refused(cli, result);
}

ProtobufCMessage *
cli_read_json(struct cli *cli, const ProtobufCMessageDescriptor *type, const char *path)
{
    struct slice text;
    struct wire_fault fault;
    struct creditbank_error error;
    ProtobufCMessage *message;

    if (!cli_read_file(cli, path, JSON_FILE_MAX, &text))
        return NULL;
    message = wire_json_parse(type, utf8_without_mark(text), cli->arena, &json_limits, &fault);
    if (message == NULL) {
        (void)error_set_fault(&error, REASON_ARGUMENT_INVALID, &fault);
        (void)cli_error(cli, &error);
    }
    return message;
}
