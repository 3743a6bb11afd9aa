#pragma once

/*
 * What a run calls: for each scenario a function that makes the next request,
 * and another that looks whether the answer is a good one.
 */
#include "creditbank.h"
#include "crypto/identity_keys.h"
#include "peer.h"

struct accounts {
    uint64_t first, count; /* of the numbers that account_number() makes */
};

struct work {
    const char *log_origin;
    const char *institution_id;
    const char *certificate_id;
    const char *prefix; /* of the certificates' numbers; another one for each run */
    struct accounts accounts;
    size_t items; /* of a transaction */
    struct creditbank_key *key;
    struct slice token;                  /* of the institution */
    uint64_t made;                       /* requests so far */
    int64_t signing_us;                  /* CPU that making transactions took, signatures and all */
    struct identity_keys identity_keys;  /* the bank's: persons are sealed here, as it would */
    ProtobufCBinaryData *sealed_persons; /* of the transaction that is being made, by item */
};

/* A request; its body is freed with creditbank_bytes_free(). */
struct made {
    const char *path;
    char token_text[64]; /* of a learner */
    struct slice token;
    struct creditbank_bytes body;
};

struct scenario {
    const char *name;
    void (*make)(struct work *work, struct made *made);
    bool (*is_good)(const struct work *work, struct slice answer);
};

/* The scenario of that name; NULL where there is none. */
const struct scenario *scenario_find(const char *name);
