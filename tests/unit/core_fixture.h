#pragma once

/*
 * A small bank for the tests of core: founded, with keys that sign really,
 * a catalogue, a programme with a published rulebook, and three learners.
 * Times stand still at noon of 2025-09-10 in Shanghai.
 */
#include "core/execute.h"
#include "crypto/key.h"

#include "unit.h"

#define TODAY 20341     /* 2025-09-10 */
#define DATE_2019 17897 /* 2019-01-01, the state date of every certificate */

/* Accounts: A and B are active and enrolled at "school", C is neither. */
#define ACCOUNT_A "10000000000016"
#define ACCOUNT_B "10000000000024"
#define ACCOUNT_C "10000000000032"

#define APP_1 "APP0000000000001"
#define APP_2 "APP0000000000002"

enum core_key {
    OPERATOR,  /* of "bank": ADMIN, RULES, POST */
    SERVICE,   /* of "bank" */
    SCHOOL,    /* of "school": ADMIN, RULES, POST */
    REVIEWER,  /* of "school": REVIEW, DECIDE */
    DECIDER,   /* of "school": DECIDE */
    SCHOOL_2,  /* of "school-2": everything */
    ISSUER,    /* of "issuer": ADMIN, POST */
    ISSUER_2,  /* of "issuer-2": POST */
    REGULATOR, /* of "regulator": POST */
    NEW_KEY,   /* not registered */
    CORE_KEYS,
};

struct core_bank {
    struct arena *arena;
    struct world *world;
    struct position position;
    struct private_key *keys[CORE_KEYS];
    struct hash key_ids[CORE_KEYS];
    uint32_t salt;
    uint32_t rulebook_version;    /* of "rb", the newest */
    struct refusal_list refusals; /* of the last transaction */
};

/* Setup and teardown of a cmocka test whose state is the bank. */
int core_bank_setup(void **state);
int core_bank_teardown(void **state);

/* A bank with keys that is not founded yet. */
struct core_bank *core_bank_unfounded(void);
void core_bank_free(struct core_bank *bank);

/* The institution of a key, and the record that registers the key. */
const char *core_institution(enum core_key key);
struct key_registered core_key_record(struct core_bank *bank, enum core_key key, const char *owner,
                                      uint32_t duties);
struct founding core_founding(struct core_bank *bank);

/* Transactions signed by one key; items get a salt each where they have none. */
struct transaction core_items(struct core_bank *bank, enum core_key key, const struct item *items,
                              size_t count);
struct transaction core_control(struct core_bank *bank, enum core_key key,
                                const struct control *control);

/* Executes it at the next position; a booked one advances position and key chains. */
enum execute_result core_execute(struct core_bank *bank, const struct transaction *transaction);

/* A date as the notices of the State Council give it: 2025-10-01. */
int32_t core_day(const char *text);

/* The operator declares these days, or only the first where `last` is NULL. */
void core_declares(struct core_bank *bank, const char *first, const char *last, enum day_kind kind);

/* One item that has to be booked, or refused first for this. */
void core_books(struct core_bank *bank, enum core_key key, const struct item *item);
void core_refuses(struct core_bank *bank, enum core_key key, const struct item *item,
                  const char *field, enum reason reason);

/* Whether the last refusals tell of that. */
bool core_told(const struct core_bank *bank, uint32_t item_index, const char *field,
               enum reason reason);

/* One member of an item (or control record) set to something wrong, and what is said of it. */
struct core_case {
    const char *field;
    enum reason reason;
    enum { CASE_TEXT, CASE_INT32, CASE_INT64, CASE_SIZE } type;
    size_t at; /* offset in the item or control */
    int64_t number;
    const char *text;
};

/* Each case alone makes the good item refused; the good item itself is booked at the end. */
void core_refuses_each(struct core_bank *bank, enum core_key key, const struct item *good,
                       const struct core_case *cases, size_t count);
void core_refuses_each_control(struct core_bank *bank, enum core_key key,
                               const struct control *good, const struct core_case *cases,
                               size_t count);

/* Good items about an account, for a test to change. */
struct item core_result(const char *account_no, const char *outer_id);
struct item core_training(const char *account_no, const char *outer_id, int64_t centihours,
                          int64_t centicredits, int64_t remainder_centihours);
struct item core_certificate(const char *account_no, const char *outer_id);
struct item core_revoked(const char *account_no, const char *outer_id, enum change_reason reason);
struct item core_opened(const char *account_no);
struct item core_enrolled(const char *account_no, const char *student_no);

/* An application for course c1 by rule 1 with a certificate of "issuer"; the trace is stated. */
struct item core_application(struct core_bank *bank, const char *account_no,
                             const char *application_no, const char *outer_id);
/* That returned application once more, for these lines; the trace is stated. */
struct item core_resubmission(struct core_bank *bank, const char *account_no,
                              const char *application_no, const struct line_applied *lines,
                              size_t count);
struct item core_move(enum item_kind kind, const char *account_no, const char *application_no,
                      uint32_t revision);
/* Awards that certificate; applies with it; moves APP_1 of ACCOUNT_A: each has to be booked. */
void core_award(struct core_bank *bank, const char *account_no, const char *outer_id);
void core_submit(struct core_bank *bank, const char *account_no, const char *application_no,
                 const char *outer_id);
void core_moves(struct core_bank *bank, enum core_key key, enum item_kind kind, uint32_t revision);

/* A decision as the rules give it. */
struct item core_decision(struct core_bank *bank, const char *account_no,
                          const char *application_no, uint32_t revision, enum verdict verdict);

/* That the period of the application's state is over, as it stands, and led to this state. */
struct item core_period_end(struct core_bank *bank, const char *account_no,
                            const char *application_no, enum application_state state);

/* Publishes the next version of "rb", with these periods; what is submitted then is under it. */
void core_publish_rules(struct core_bank *bank, const struct periods *periods);

/* The day of what is booked next; and lets it be the first moment of another, in Shanghai. */
int32_t core_today(const struct core_bank *bank);
void core_wait_until(struct core_bank *bank, int32_t date);

const struct outcome *core_outcome(struct core_bank *bank, enum core_key key, const char *outer_id);
const struct application *core_find_application(struct core_bank *bank, const char *application_no);
