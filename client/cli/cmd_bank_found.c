/*
 * bank found: the first entry of the log. Reads founding.json as `creditbankd init`
 * wrote it: log_origin, operator_id, and in base64 log_key, service_key and
 * service_key_proof.
 */
#include "claim.h"
#include "submit.h"
#include "view.h"

#include "base/base64.h"
#include "base/scope.h"
#include "lib/error.h"

#include <inttypes.h>

static const struct argument arguments[] = {
    {"FILE",
     ARGUMENT_OPERAND,
     true,
     NULL,
     {"creditbankd init 写出的 founding.json", "founding.json, as creditbankd init wrote it"}},
    {"name",
     ARGUMENT_OPTION,
     true,
     "operator.name",
     {"学分银行的中文名称", "the bank's Chinese name"}},
    {"name-en", ARGUMENT_OPTION, false, "operator.name_en", {"英文名称", "its English name"}},
    {"region",
     ARGUMENT_OPTION,
     false,
     "operator.region_code",
     {"行政区划代码，6 位", "GB/T 2260 code, 6 digits"}},
    {"uscc",
     ARGUMENT_OPTION,
     false,
     "operator.uscc",
     {"统一社会信用代码", "unified social credit code"}},
    {"duties",
     ARGUMENT_OPTION,
     false,
     NULL,
     {"档案中密钥的职责，默认 post,rules,admin",
      "duties of the profile's key; default post,rules,admin"}},
    {0}};

#define FOUNDING_FILE_MAX 16384
#define MEMBER_MAX 512

static bool
wrong_member(struct cli *cli, const char *name)
{
    struct creditbank_error error;

    (void)error_set(&error, REASON_ARGUMENT_INVALID, "founding.json: %s", name);
    (void)cli_error(cli, &error);
    return false;
}

/* A member in base64; false, and said so. */
static bool
take_bytes(struct cli *cli, const json_t *file, const char *name, ProtobufCBinaryData *bytes)
{
    const char *text = json_string_value(json_object_get(file, name));
    SCOPED(buffer_fini) struct buffer decoded;
    struct slice copy;

    buffer_init(&decoded, MEMBER_MAX);
    if (text == NULL || !base64_decode(BASE64_STANDARD, slice_text(text), &decoded))
        return wrong_member(cli, name);
    copy = arena_copy(cli->arena, buffer_slice(&decoded));
    *bytes = (ProtobufCBinaryData){copy.len, (uint8_t *)(uintptr_t)copy.at};
    return true;
}

/* A member that the profile states too: it takes it over, or has to agree. */
static bool
take_setting(struct cli *cli, const json_t *file, const char *name, enum profile_key key)
{
    const char *text = json_string_value(json_object_get(file, name));
    const char *known = cli_setting(cli, key);

    if (text == NULL || !cli->profile_loaded || (known != NULL && strcmp(known, text) != 0))
        return wrong_member(cli, name);
    profile_set(&cli->profile, key, text);
    return true;
}

static bool
fill_founding(struct cli *cli, const json_t *file, Creditbank__V1__Founding *founding)
{
    static const Creditbank__V1__Duty service[] = {CREDITBANK__V1__DUTY__DUTY_SERVICE};
    Creditbank__V1__KeyRegistered *key =
        (void *)fields_new(&creditbank__v1__key_registered__descriptor, cli->arena);

    if (!take_setting(cli, file, "log_origin", PROFILE_ORIGIN) ||
        !take_setting(cli, file, "operator_id", PROFILE_INSTITUTION) ||
        !take_bytes(cli, file, "log_key", &founding->log_key) ||
        !take_bytes(cli, file, "service_key", &key->spki) ||
        !take_bytes(cli, file, "service_key_proof", &key->proof_of_possession))
        return false;
    /* Only a demonstration's origin begins so. */
    founding->demo = strncmp(cli->profile.values[PROFILE_ORIGIN], "demo.", strlen("demo.")) == 0;
    key->institution_id = cli->profile.values[PROFILE_INSTITUTION];
    key->duties = (Creditbank__V1__Duty *)(uintptr_t)service;
    key->n_duties = ARRAY_COUNT(service);
    founding->service_key = key;
    return true;
}

/* Reads the file; false, and said so. */
static bool
read_founding(struct cli *cli, const char *path, Creditbank__V1__Founding *founding)
{
    struct slice text;
    json_t *file;
    bool good;

    if (!cli_read_file(cli, path, FOUNDING_FILE_MAX, &text))
        return false;
    file = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, NULL);
    good = json_is_object(file) ? fill_founding(cli, file, founding) : wrong_member(cli, "JSON");
    json_decref(file);
    return good;
}

static enum exit_code
found(struct cli *cli, Creditbank__V1__Founding *founding)
{
    Creditbank__V1__Control control;
    struct booked booked;
    enum exit_code code;

    creditbank__v1__control__init(&control);
    control.body_case = CREDITBANK__V1__CONTROL__BODY_FOUNDING;
    control.founding = founding;
    code = submit_control(cli, &control, &booked);
    if (code != EXIT_DONE)
        return code;

    const char *number = arena_printf(cli->arena, "%" PRIu64, booked.entry_index);
    const char *bank_key = cli->profile.values[PROFILE_BANK_KEY];

    cli_say(cli, TEXT_BOOKED, FILL(number));
    cli_tell(cli, TEXT_BANK_KEY, FILL(bank_key),
             json_pack("{ssss}", "entryIndex", number, "bankKey", bank_key));
    return EXIT_DONE;
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    Creditbank__V1__Founding founding;
    Creditbank__V1__KeyRegistered *key;

    creditbank__v1__founding__init(&founding);
    if (!read_founding(cli, command_value(command, given, "FILE"), &founding) ||
        !view_fill(cli, command, given, &founding.base))
        return EXIT_USAGE;
    founding.operator_->institution_id = cli->profile.values[PROFILE_INSTITUTION];
    founding.operator_->kind = CREDITBANK__V1__INSTITUTION_KIND__INSTITUTION_KIND_OPERATOR;
    key = claim_make(cli, cli->profile.values[PROFILE_INSTITUTION],
                     command_value_or(command, given, "duties", "post,rules,admin"));
    if (key == NULL)
        return EXIT_USAGE;
    founding.operator_keys = &key;
    founding.n_operator_keys = 1;
    return found(cli, &founding);
}

const struct command cmd_bank_found = {
    .name = "bank found",
    .summary = {"建行：写入日志的第一条（学分银行）",
                "found the bank: the log's first entry (operator)"},
    .arguments = arguments,
    .run = run,
};
