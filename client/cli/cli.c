#include "cli.h"

#include "base/memory.h"
#include "base/scope.h"
#include "base/status.h"
#include "crypto/crypto.h"
#include "lib/error.h"
#include "lib/file.h"
#include "wire/json.h"

#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#define DEFAULT_PROFILE "default"
#define PASSPHRASE_MAX 1024
#define JSON_FILE_MAX ((size_t)1024 * 1024)
#define REFUSALS_SHOWN_MAX 20

static const struct wire_limits json_limits = {
    .depth_max = 16, .fields_max = 100000, .elements_max = 10000, .memory_max = 32 * JSON_FILE_MAX};

void
cli_init(struct cli *cli, const struct globals *globals, bool chinese)
{
    *cli = (struct cli){.globals = *globals, .chinese = chinese};
    cli->arena = arena_new(CLI_MEMORY_MAX);
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

    fprintf(stderr, "%s\n", text_fill(filled, cli->chinese, text, fill));
}

/* A fault for programs: the same members as a Refusal in JSON. */
static json_t *
fault_json(const char *code, const char *sentence, const char *advice)
{
    return json_pack("{ssssss}", "reason", code, "message", sentence, "advice", advice);
}

/* One document, however many faults: the first is "error", all of them "errors". */
static void
print_faults_json(json_t *faults)
{
    json_t *all = json_pack("{sOso}", "error", json_array_get(faults, 0), "errors", faults);

    json_dumpf(all, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(all);
}

static void
print_fault_json(const char *code, const char *sentence, const char *advice)
{
    print_faults_json(json_pack("[o]", fault_json(code, sentence, advice)));
}

enum exit_code
cli_misused(const struct cli *cli, enum text text, struct fill fill)
{
    const struct creditbank_error error = {.code = reason_text(REASON_ARGUMENT_INVALID)->code};
    char filled[TEXT_SIZE];

    if (cli->globals.json)
        print_fault_json(error.code, text_fill(filled, cli->chinese, text, fill),
                         creditbank_error_advice(&error, cli->chinese));
    else
        cli_warn(cli, text, fill);
    return EXIT_USAGE;
}

enum exit_code
cli_error(const struct cli *cli, const struct creditbank_error *error)
{
    char sentence[TEXT_SIZE];
    const char *advice = creditbank_error_advice(error, cli->chinese);

    (void)creditbank_error_sentence(error, cli->chinese, sentence, sizeof(sentence));
    if (cli->globals.json)
        print_fault_json(error->code, sentence, advice);
    else
        cli_warn(cli, TEXT_FAULT, FILL(sentence, advice, error->code));
    return strncmp(error->code, "VERIFY_", strlen("VERIFY_")) == 0 ? EXIT_UNVERIFIED : EXIT_USAGE;
}

static enum exit_code
exit_code_of(const struct creditbank_result *result)
{
    if (result->unknown || result->code == STATUS_UNAVAILABLE ||
        result->code == STATUS_RESOURCE_EXHAUSTED)
        return EXIT_UNAVAILABLE;
    return EXIT_REFUSED;
}

static void
say_refusal(const struct cli *cli, const Creditbank__V1__Refusal *refusal)
{
    const char *sentence = cli->chinese ? refusal->message_zh : refusal->message_en;
    const char *advice = cli->chinese ? refusal->advice_zh : refusal->advice_en;
    char number[32] = "";

    if (refusal->item != NULL)
        snprintf(number, sizeof(number), "%" PRIu32, refusal->item->value + 1);
    if (refusal->item != NULL)
        cli_warn(cli, TEXT_FAULT_OF_ITEM, FILL(number, refusal->field));
    else if (refusal->field[0] != '\0')
        cli_warn(cli, TEXT_FAULT_OF_FIELD, FILL(refusal->field));
    cli_warn(cli, TEXT_FAULT, FILL(sentence, advice, refusal->reason));
}

static json_t *
refusal_json(const struct cli *cli, const Creditbank__V1__Refusal *refusal)
{
    json_t *fault =
        fault_json(refusal->reason, cli->chinese ? refusal->message_zh : refusal->message_en,
                   cli->chinese ? refusal->advice_zh : refusal->advice_en);

    json_object_set_new(fault, "field", json_string(refusal->field));
    if (refusal->item != NULL)
        json_object_set_new(fault, "item", json_integer(refusal->item->value));
    return fault;
}

static void
print_refusals_json(const struct cli *cli, const struct creditbank_result *result)
{
    json_t *faults = json_array();

    for (size_t i = 0; i < result->refusal_count; i++)
        json_array_append_new(faults, refusal_json(cli, result->refusals[i]));
    print_faults_json(faults);
}

enum exit_code
cli_refused(const struct cli *cli, struct creditbank_result *result)
{
    enum exit_code code = exit_code_of(result);

    if (cli->globals.json)
        print_refusals_json(cli, result);
    for (size_t i = 0; !cli->globals.json && i < result->refusal_count && i < REFUSALS_SHOWN_MAX;
         i++)
        say_refusal(cli, result->refusals[i]);
    creditbank_result_free(result);
    return code;
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
    char line[PASSPHRASE_MAX], filled[TEXT_SIZE];
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
cli_passphrase(struct cli *cli, const char *path, bool is_new)
{
    const char *given = getenv("CREDITBANK_PASSPHRASE");
    struct creditbank_error error;
    struct slice text;

    if (cli->globals.passphrase_file != NULL)
        return cli_read_file(cli, cli->globals.passphrase_file, PASSPHRASE_MAX, &text)
                   ? first_line(cli, text)
                   : NULL;
    if (given != NULL)
        return given;
    given = ask(cli, TEXT_PASSPHRASE, path);
    if (given != NULL && is_new) {
        const char *again = ask(cli, TEXT_PASSPHRASE_AGAIN, path);

        if (again == NULL || strcmp(given, again) != 0)
            given = NULL;
    }
    if (given == NULL) {
        (void)error_set(&error, REASON_PASSPHRASE_MISSING, "%s", path);
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
        passphrase = cli_passphrase(cli, path, false);
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

void
cli_print_json(struct cli *cli, const ProtobufCMessage *message)
{
    SCOPED(buffer_fini) struct buffer text;

    (void)cli;
    buffer_init(&text, CLI_OUTPUT_MAX);
    if (wire_json_print(message, &text))
        fwrite(text.at, 1, text.len, stdout);
    putchar('\n');
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
    message = wire_json_parse(type, text, cli->arena, &json_limits, &fault);
    if (message == NULL) {
        (void)error_set_fault(&error, REASON_ARGUMENT_INVALID, &fault);
        (void)cli_error(cli, &error);
    }
    return message;
}
