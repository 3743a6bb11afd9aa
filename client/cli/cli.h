#pragma once

#include "base/arena.h"
#include "base/reason.h"

#include "args.h"
#include "command.h"
#include "profile.h"

#include "creditbank.h"

#include <jansson.h>

/* What one run of the program works with. What is opened on demand is closed in cli_fini. */
struct cli {
    struct globals globals;
    bool chinese;
    struct arena *arena; /* for the whole run */
    bool profile_loaded;
    struct profile profile;
    struct creditbank_key *key;
    struct creditbank_client *client;
    struct creditbank_client *anonymous; /* without a credential */
    struct creditbank_outbox *outbox;
    struct buffer answer; /* JSON for standard output, until cli_end */
    json_t *faults;       /* under --json: what went wrong, until cli_end */
};

/* What a run may allocate for what it shows; imports free as they go. */
#define CLI_MEMORY_MAX ((size_t)512 * 1024 * 1024)

/* Most bytes of JSON or of a table that is printed at once. */
#define CLI_OUTPUT_MAX ((size_t)64 * 1024 * 1024)

void cli_init(struct cli *cli, const struct globals *globals, bool chinese);
void cli_fini(struct cli *cli);

/*
 * Prints what the command had to answer. Under --json that is one document,
 * whatever happened: the answer, {} where there is none, or with faults
 * {"error": the first, "errors": all, "answer": what there is}.
 */
void cli_end(const struct cli *cli);

/* A line on standard output, unless JSON is asked for. */
void cli_say(const struct cli *cli, enum text text, struct fill fill);

/* How it went: the line for people, the document, which it takes, for programs. */
void cli_tell(struct cli *cli, enum text text, struct fill fill, json_t *document);

/* A text of whatever bytes, as JSON; where it is no UTF-8, "?" stands for what is not ASCII. */
json_t *cli_text(const char *text) MUST_USE;

/* The command's answer under --json; there is at most one. The document is taken. */
void cli_answer(struct cli *cli, json_t *document);

/* The same with one more member, "rows": what `next` gives, one at a time, until NULL. */
typedef json_t *next_row_fn(void *context);
void cli_answer_rows(struct cli *cli, json_t *document, next_row_fn *next, void *context);

/* A line on standard error. */
void cli_warn(const struct cli *cli, enum text text, struct fill fill);

/* Says what is wrong with the command line; in JSON it is a fault as any other. */
enum exit_code cli_misused(const struct cli *cli, enum text text, struct fill fill);

/* Says what is wrong on this side, with advice and code. */
enum exit_code cli_error(const struct cli *cli, const struct creditbank_error *error);

/* The same about a row of a file, by its number; 0: about the file as a whole. */
enum exit_code cli_error_of_row(const struct cli *cli, const struct creditbank_error *error,
                                size_t row);

/* Says why the bank refused or could not be asked; frees the result. */
enum exit_code cli_refused(const struct cli *cli, struct creditbank_result *result);

/* The same of a request that the outbox keeps for as long as its outcome is unknown. */
enum exit_code cli_refused_kept(const struct cli *cli, struct creditbank_result *result);

/* A setting of the profile; NULL, and said so, where it is missing. */
const char *cli_need(struct cli *cli, enum profile_key key) MUST_USE;

/* A setting of the profile, or NULL. */
const char *cli_setting(struct cli *cli, enum profile_key key) MUST_USE;

/*
 * The passphrase of a key file: from a file, the environment, or the terminal, where a
 * new one is asked for twice. In the arena; NULL, and said so, for that reason where there is none.
 */
const char *cli_passphrase(struct cli *cli, const char *path, bool is_new,
                           enum reason missing) MUST_USE;

/* The institution's key; NULL, and said so. */
const struct creditbank_key *cli_key(struct cli *cli) MUST_USE;

/* The client, signed in as the profile says; NULL, and said so. */
struct creditbank_client *cli_client(struct cli *cli) MUST_USE;

/* A client without a credential, for the founding: no key is registered yet. NULL, and said so. */
struct creditbank_client *cli_anonymous_client(struct cli *cli) MUST_USE;

/* The outbox of the profile; NULL, and said so. */
struct creditbank_outbox *cli_outbox(struct cli *cli) MUST_USE;

/* A call that is said so when it fails. When EXIT_DONE the caller frees the result. */
enum exit_code cli_call(struct cli *cli, const struct creditbank_request *request,
                        struct creditbank_result *result) MUST_USE;

/*
 * The message in JSON is the command's answer, for people too. A message beyond
 * CLI_OUTPUT_MAX is refused, and said so.
 */
enum exit_code cli_answer_message(struct cli *cli, const ProtobufCMessage *message);

/* A message of the contract in a file of JSON; NULL, and said so. In the arena. */
ProtobufCMessage *cli_read_json(struct cli *cli, const ProtobufCMessageDescriptor *type,
                                const char *path) MUST_USE;

/* The bytes of a file, in the arena; false, and said so. */
bool cli_read_file(struct cli *cli, const char *path, size_t max, struct slice *bytes) MUST_USE;
