#pragma once

#include "base/arena.h"
#include "crypto/key.h"
#include "crypto/merkle.h"

#include "lib/creditbank.h"

/*
 * A bank made of crypto alone, for tests of the client: it signs entries into a
 * log and makes statements of them as docs/formats.md says. Everything lives in
 * its arena; keys until bank_free.
 */
#define BANK_ORIGIN "demo.bank.example/log"
#define BANK_ENTRIES_MAX 16
#define BANK_KEYS_MAX 8

struct bank {
    struct arena *arena;
    struct creditbank_key *operator_key, *service_key, *school_key, *second_key;
    struct private_key *log_key;
    char bank_key[256]; /* the verifier key */
    size_t count;
    struct slice entries[BANK_ENTRIES_MAX];
    struct hash leaves[BANK_ENTRIES_MAX];
    struct hash operator_chain, school_chain;
    Creditbank__V1__Item *items[BANK_ENTRIES_MAX][4]; /* of each entry, as submitted */
    struct slice item_bytes[BANK_ENTRIES_MAX][4];
    size_t item_counts[BANK_ENTRIES_MAX];
};

/* What goes wrong while a bank makes its log. */
struct bank_faults {
    bool last_by_revoked;  /* the last entry is signed by the revoked key */
    bool last_by_stranger; /* … by a key that nobody registered */
    bool last_of_other_log;
    bool opens_account; /* entry 4 opens the account, for 林晓雯 */
    bool bad_proof;     /* the second key's proof of possession is wrong */
};

/*
 * A log of eight entries:
 *
 *   0 founding   1 school registered   2 school's key   3 three items of the school
 *   4 one item   5 second key, by the first   6 second key revoked   7 two items
 */
void bank_init(struct bank *bank, const struct bank_faults *faults);
void bank_free(struct bank *bank);

/* A line of a statement: an entry and an item of it. */
struct bank_line {
    uint64_t entry;
    uint32_t item;
};

/* How a statement is made, where it is not to be a good one. */
struct bank_statement_faults {
    bool by_operator;              /* the list is signed by the operator's key */
    bool forked;                   /* the last line is proved in another tree of the same size */
    bool wrong_log_key;            /* checkpoints are signed by another key */
    const char *account_no;        /* the list's; NULL: BANK_ACCOUNT */
    const struct bank_line *after; /* of a part; NULL: from the first record on */
    bool goes_on;
};

#define BANK_ACCOUNT "10000000000018"

/* A statement with these lines and key records; lives in the bank's arena. */
Creditbank__V1__Statement *bank_statement(struct bank *bank, const struct bank_line *lines,
                                          size_t count, const struct bank_statement_faults *faults);

/* The proof of an entry, for what a Submit answers. */
Creditbank__V1__BookedEntry *bank_entry(struct bank *bank, uint64_t index);
