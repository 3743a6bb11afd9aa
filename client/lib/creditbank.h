#pragma once

/*
 * libcreditbank: what an institution's own program needs to speak to the bank,
 * and what anybody needs to verify what the bank gave out.
 *
 *   client     calls any method of creditbank.v1 (Connect over HTTP/2 and TLS)
 *   draft      makes the exact bytes of a signed transaction
 *   outbox     keeps them on disk until the bank has answered
 *   statement  verified offline, line by line, whole or in parts
 *
 * Messages are protobuf-c's (creditbank/v1/NAME.pb-c.h). Everything is for one
 * thread at a time. Memory that runs out ends the process. Text is UTF-8; times
 * are microseconds since 1970-01-01T00:00:00Z; credits, hours and scores are
 * hundredths. The formats are those of docs/formats.md; the reason codes with
 * their sentences those of docs/errors.md.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "creditbank/v1/ledger_service.pb-c.h"
#include "creditbank/v1/refusal.pb-c.h"
#include "creditbank/v1/statement_service.pb-c.h"
#include "creditbank/v1/transaction.pb-c.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CREDITBANK_REQUEST_ID_SIZE 16
#define CREDITBANK_SALT_SIZE 16
#define CREDITBANK_SIGNATURE_SIZE 64
#define CREDITBANK_KEY_ID_SIZE 32

/* Most items of a transaction, and most signatures. */
#define CREDITBANK_ITEMS_MAX 1000
#define CREDITBANK_SIGNATURES_MAX 4

/* Most bytes of a request, and of an answer. */
#define CREDITBANK_REQUEST_MAX ((size_t)1024 * 1024)
#define CREDITBANK_ANSWER_MAX ((size_t)32 * 1024 * 1024)

/* Most calls of one client that are under way at a time. */
#define CREDITBANK_CALLS_MAX 64

/* How long and how often a client tries; the defaults of struct creditbank_options. */
#define CREDITBANK_CONNECT_TIMEOUT_MS 5000
#define CREDITBANK_CALL_TIMEOUT_MS 30000
#define CREDITBANK_ATTEMPTS 5
#define CREDITBANK_ATTEMPTS_MAX 20

/* Backoff between attempts: doubled each time, of which a random half is waited. */
#define CREDITBANK_BACKOFF_MIN_MS 200
#define CREDITBANK_BACKOFF_MAX_MS 10000

/* Bytes that the library hands to its caller, who frees them with creditbank_bytes_free. */
struct creditbank_bytes {
    uint8_t *at;
    size_t len;
};

void creditbank_bytes_free(struct creditbank_bytes *bytes);

/* Room for a detail with its NUL; what is longer is cut. */
#define CREDITBANK_DETAIL_SIZE 256

/* Why something on this side failed. */
struct creditbank_error {
    const char *code; /* a row of docs/errors.md; a constant; NULL: nothing failed */
    /* What fills the {} of the row's sentence; empty if nothing. */
    char detail[CREDITBANK_DETAIL_SIZE];
    /* The same in Chinese; empty where it needs no other words. */
    char detail_zh[CREDITBANK_DETAIL_SIZE];
};

/*
 * The sentence of an error, in Chinese or English, cut to `size` bytes; and what
 * to do about it, a constant. Both work for every code of docs/errors.md.
 */
const char *creditbank_error_sentence(const struct creditbank_error *error, bool chinese,
                                      char *text, size_t size);
const char *creditbank_error_advice(const struct creditbank_error *error, bool chinese);

/* ---- Keys: Ed25519 (RFC 8032), ECDSA P-256 (FIPS 186-4), SM2 with SM3 (GB/T 32918) ---- */

struct creditbank_key;

/*
 * The private key in a file: PKCS#8 in PEM (RFC 7468), encrypted or, with an
 * empty passphrase, clear. The file has to be its owner's alone (mode 0600).
 * False and an error (KEY_FILE_…) otherwise. The caller frees the key.
 */
bool creditbank_key_read(const char *path, const char *passphrase, struct creditbank_key **key,
                         struct creditbank_error *error);
void creditbank_key_free(struct creditbank_key *key);

/* SHA-256 of the key's SubjectPublicKeyInfo, CREDITBANK_KEY_ID_SIZE bytes; lives as long as the
 * key. */
const uint8_t *creditbank_key_id(const struct creditbank_key *key);

/* The DER of the SubjectPublicKeyInfo (RFC 5280); lives as long as the key, is not to be freed. */
struct creditbank_bytes creditbank_key_spki(const struct creditbank_key *key);

/* What a new key is to be registered for. */
struct creditbank_claim {
    const char *log_origin;
    const char *institution_id;
    const Creditbank__V1__Duty *duties; /* ascending, each once, at least one */
    size_t duty_count;
};

/* The key's proof of possession: its signature over the KeyClaim. False if the claim will not do.
 */
bool creditbank_key_sign_claim(const struct creditbank_key *key,
                               const struct creditbank_claim *claim,
                               uint8_t signature[CREDITBANK_SIGNATURE_SIZE]);

/* ---- Client ---- */

struct creditbank_client;

struct creditbank_options {
    const char
        *server; /* "https://bank.example.cn:8443"; http only to the same machine. Required */
    const char
        *ca_file; /* certificates in PEM that the server's must lead to; NULL: the system's */
    const char *log_origin; /* the log's origin; required with a key */
    const struct creditbank_key
        *key; /* an institution signs in with it: borrowed until the client is freed */
    const char *session_token;   /* a learner signs in with it; at most one of the two */
    unsigned connect_timeout_ms; /* 0: CREDITBANK_CONNECT_TIMEOUT_MS */
    unsigned call_timeout_ms;    /* of one attempt; 0: CREDITBANK_CALL_TIMEOUT_MS */
    unsigned attempts;           /* 0: CREDITBANK_ATTEMPTS; at most CREDITBANK_ATTEMPTS_MAX */
};

/* A client that has not connected yet. NULL and an error if the options will not do. */
struct creditbank_client *creditbank_client_new(const struct creditbank_options *options,
                                                struct creditbank_error *error);

/* Calls under way are given up, without being called back. */
void creditbank_client_free(struct creditbank_client *client);

/* What to call: a method of a service of creditbank.v1, and a message of its input type … */
struct creditbank_request {
    const ProtobufCServiceDescriptor *service; /* &creditbank__v1__ledger_service__descriptor */
    const char *method;                        /* "Submit" */
    const ProtobufCMessage *message;           /* or NULL, and */
    const void *bytes;                         /* the message's bytes as they are to be sent */
    size_t len;
};

/*
 * How a call ended. `code` is gRPC's: 0 is OK; 14 (UNAVAILABLE) after the last
 * attempt. What was sent and not answered may have been carried out: then
 * `unknown` is set, and repeating the same bytes is safe.
 */
struct creditbank_result {
    int code;
    bool unknown;
    const ProtobufCMessage *reply; /* of the method's output type; NULL unless code is 0 */
    size_t refusal_count;          /* at least one unless code is 0 */
    Creditbank__V1__Refusal **refusals;
    void *memory; /* the library's own */
};

void creditbank_result_free(struct creditbank_result *result);

/* The call, with its retries; blocks. True when the code is 0. The caller frees the result either
 * way. */
bool creditbank_call(struct creditbank_client *client, const struct creditbank_request *request,
                     struct creditbank_result *result);

/* Called once from creditbank_turn. It frees the result, then or later. It may start calls. */
typedef void (*creditbank_done_fn)(void *context, struct creditbank_result *result);

/*
 * Starts a call, of which the request is copied. False when CREDITBANK_CALLS_MAX
 * are under way.
 */
bool creditbank_start(struct creditbank_client *client, const struct creditbank_request *request,
                      creditbank_done_fn done, void *context);

/* Waits until at least one call under way has ended, and calls back for those that have. */
void creditbank_turn(struct creditbank_client *client);

/* How many calls are under way. */
size_t creditbank_calls(const struct creditbank_client *client);

/* ---- Transactions ---- */

/*
 * A transaction to be signed: either one control record or 1 to
 * CREDITBANK_ITEMS_MAX items. An item without a salt is given a random one.
 */
struct creditbank_draft {
    const char *log_origin;
    const char *institution_id;
    const uint8_t *request_id;              /* CREDITBANK_REQUEST_ID_SIZE bytes; NULL: drawn */
    int64_t create_time_us;                 /* 0: now */
    const Creditbank__V1__Control *control; /* or NULL, and */
    Creditbank__V1__Item *const *items;
    size_t item_count;
    const struct creditbank_key *const
        *keys; /* of that institution, 1 to CREDITBANK_SIGNATURES_MAX */
    size_t key_count;
    bool validate_only; /* only check it, book nothing */
    /*
     * What ResolveIdentities sealed, at most 576 bytes each, for each AccountOpened among the
     * items in their order; borrowed until the draft is signed.
     */
    const ProtobufCBinaryData *sealed_persons;
    size_t sealed_person_count;
};

/*
 * The bytes of the SubmitRequest, canonical in what is signed: send them, and
 * send them again, as they are. False and an error (DRAFT_…) for a draft that
 * the bank would refuse for its shape: no item, no key, over CREDITBANK_REQUEST_MAX.
 */
bool creditbank_draft_sign(const struct creditbank_draft *draft, struct creditbank_bytes *request,
                           struct creditbank_error *error);

/* ---- Outbox: a folder with the bytes of every SubmitRequest that has not been answered ---- */

#define CREDITBANK_OUTBOX_NAME_SIZE 33 /* the request id in hexadecimal, and a terminator */
#define CREDITBANK_OUTBOX_MAX 10000    /* requests waiting */

struct creditbank_outbox;

/*
 * Opens the folder, made with mode 0700 where it is missing, and locks it: a
 * second opener is refused (OUTBOX_IN_USE). NULL and an error otherwise too.
 */
struct creditbank_outbox *creditbank_outbox_open(const char *folder,
                                                 struct creditbank_error *error);
void creditbank_outbox_close(struct creditbank_outbox *outbox);

/*
 * The name under which the bytes of a SubmitRequest are kept: its transaction's request id.
 * False and an error (DRAFT_INVALID) where they are none.
 */
bool creditbank_outbox_name(const struct creditbank_bytes *request,
                            char name[CREDITBANK_OUTBOX_NAME_SIZE], struct creditbank_error *error);

/*
 * Keeps the bytes of a SubmitRequest, synced to disk with the folder, before
 * they are sent; sets the name under which they are kept. The same request again
 * is the same file. False and an error where the disk will not.
 */
bool creditbank_outbox_put(struct creditbank_outbox *outbox, const struct creditbank_bytes *request,
                           char name[CREDITBANK_OUTBOX_NAME_SIZE], struct creditbank_error *error);

/*
 * The bank has answered: `answer` (the SubmitResponse, kept beside the request under
 * "done/") or, where it refused for good, NULL: the request is dropped.
 */
bool creditbank_outbox_settle(struct creditbank_outbox *outbox, const char *name,
                              const Creditbank__V1__SubmitResponse *answer,
                              struct creditbank_error *error);

/* What the outbox knows of a request. */
enum creditbank_outbox_state {
    CREDITBANK_OUTBOX_ABSENT,   /* never kept, or refused for good */
    CREDITBANK_OUTBOX_WAITING,  /* kept, and not answered */
    CREDITBANK_OUTBOX_ANSWERED, /* booked */
};

/* The state of the request of that name; sets in which entry it was booked, where it was. */
enum creditbank_outbox_state creditbank_outbox_find(const struct creditbank_outbox *outbox,
                                                    const char *name, uint64_t *entry_index);

/* The names of requests that wait, in ascending order, freed with creditbank_outbox_names_free. */
struct creditbank_outbox_names {
    size_t count;
    char (*names)[CREDITBANK_OUTBOX_NAME_SIZE];
};

bool creditbank_outbox_list(struct creditbank_outbox *outbox, struct creditbank_outbox_names *names,
                            struct creditbank_error *error);
void creditbank_outbox_names_free(struct creditbank_outbox_names *names);

/* The bytes kept under a name. */
bool creditbank_outbox_get(struct creditbank_outbox *outbox, const char *name,
                           struct creditbank_bytes *request, struct creditbank_error *error);

/* ---- Verifying, without a network ---- */

/* What came out of it. */
enum creditbank_verdict {
    CREDITBANK_UNDECIDED,  /* what was given as the bank's key is none: nothing was looked at */
    CREDITBANK_VERIFIED,   /* every line holds, under the bank's key that was given */
    CREDITBANK_CONSISTENT, /* every line holds, but no key of the bank was given */
    CREDITBANK_FAILED,     /* see the findings */
};

/* Where a finding is: a line of the statement, a key record, or the statement as a whole. */
enum creditbank_place { CREDITBANK_WHOLE, CREDITBANK_LINE, CREDITBANK_KEY_RECORD };

/* One check that failed. */
struct creditbank_finding {
    enum creditbank_place place;
    size_t number;                 /* of the line or key record, from 1; 0 for the whole */
    struct creditbank_error error; /* VERIFY_…, or a fault of the encoding */
};

/* Most findings that are kept. */
#define CREDITBANK_FINDINGS_MAX 1000

/* Lines and key records of a statement; more are refused. */
#define CREDITBANK_LINES_MAX 20000

/* A tree of the log that the bank has signed. */
struct creditbank_head {
    uint64_t size;
    uint8_t root[32];
};

struct creditbank_report {
    enum creditbank_verdict verdict;
    size_t finding_count;
    const struct creditbank_finding *findings;  /* a place has at most one */
    const Creditbank__V1__Statement *statement; /* NULL where it could not be read */
    const Creditbank__V1__StatementList *list;  /* NULL where it could not be read */
    size_t line_count;
    const Creditbank__V1__Item *const *items; /* of each line; NULL where it could not be read */
    size_t head_count;                        /* under which its places were proved */
    const struct creditbank_head *heads;
    void *memory; /* the library's own */
};

/*
 * Verifies a statement or a part of one, as proto3 JSON (a byte order mark before it is ignored) or
 * as a message (borrowed by the report). `bank_key` is the bank's verifier key,
 * "ORIGIN+HASH+BASE64" (C2SP signed-note), or NULL. Anything else says nothing of the statement:
 * the report is undecided, and its one finding is VERIFY_BANK_KEY_INVALID. The caller frees the
 * report.
 */
void creditbank_statement_verify(const void *json, size_t len, const char *bank_key,
                                 struct creditbank_report *report);
void creditbank_statement_verify_message(const Creditbank__V1__Statement *statement,
                                         const char *bank_key, struct creditbank_report *report);
void creditbank_report_free(struct creditbank_report *report);

/*
 * Whether verified parts of a statement, in their order, join: they are of one account of
 * one bank, and each begins behind the last line of the one before, which says that it
 * goes on. The first that does not has failed then, and its one finding is in the whole:
 * VERIFY_PART_… or VERIFY_FORK. Nothing is looked at from the first part on that has a
 * finding already. What joins is as of the log size of the last part's list; it is all
 * of the account's records if the first part's list has no `after` and the last one's
 * does not go on.
 */
void creditbank_statement_join(struct creditbank_report *parts, size_t count);

/*
 * Verifies what the bank answered to a Submit: its entry holds the transaction
 * that was sent and, where the bank's key is given (not NULL), the log has the
 * entry under that key. False and an error (VERIFY_…).
 */
bool creditbank_entry_verify(const Creditbank__V1__BookedEntry *entry,
                             const struct creditbank_bytes *request, const char *bank_key,
                             struct creditbank_error *error);

#ifdef __cplusplus
}
#endif
