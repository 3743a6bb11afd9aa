#pragma once

#include "base/date.h"
#include "crypto/hash.h"
#include "flow/call.h"

/*
 * Learners' sign-in: activation codes, passwords, sessions, and how often
 * somebody tried. Secrets are stored as hashes only.
 */
#define SESSION_ID_SIZE 16
#define SESSIONS_MAX 20 /* of one learner; the oldest ends when another begins */
#define SESSION_LIFE_US ((int64_t)12 * 3600 * 1000000)

struct session {
    uint8_t session_id[SESSION_ID_SIZE];
    struct slice account_no;
    int64_t create_time_us, expire_time_us;
    struct slice address;
};

struct session_list {
    size_t count;
    struct session *sessions;
};

/* The open session of an active account with that token; else refuses with SESSION_ENDED. */
struct step store_find_session(struct call *call, const struct hash *token_hash,
                               struct session *session, step_fn *next) MUST_USE;

/* An account's open sessions, newest first. */
struct step store_list_sessions(struct call *call, struct slice account_no,
                                struct session_list *list, step_fn *next) MUST_USE;

/* Ends one session of the account; refuses with SESSION_UNKNOWN where there is none. */
struct step store_end_session(struct call *call, struct slice account_no,
                              const uint8_t session_id[SESSION_ID_SIZE], step_fn *next) MUST_USE;

/*
 * Attempts are counted for the account and for the caller's address, wherever
 * they end; but none beyond the limits, so that it is the first ones that have
 * to grow old before there is another.
 */
#define ATTEMPT_WINDOW_MIN 15
#define ATTEMPTS_PER_ACCOUNT 10
#define ATTEMPTS_PER_ADDRESS 300 /* a school's computer room has one; in IPv6 one /64 */

/* What an account's sign-in is checked against. */
struct sign_in {
    int32_t account_state; /* enum account_state; 0: there is no such account */
    const char *encoded;   /* of the password; NULL if there is none */
    bool code_is_valid;    /* an activation code stands that is neither used nor expired, */
    struct hash code_hash; /* and this is its hash */
};

/*
 * Counts an attempt and reads what it is checked against; refuses with
 * TOO_MANY_ATTEMPTS beyond the limits, exactly, for those of one account or address
 * wait for each other.
 */
struct step store_begin_sign_in(struct call *call, struct slice account_no, struct sign_in *sign_in,
                                step_fn *next) MUST_USE;

/* A session to begin, with its token's hash. */
struct new_session {
    struct session session;
    struct hash token_hash;
    const char *encoded; /* of the password that was verified */
};

/*
 * The attempt was good: it is not counted, and a session begins; the oldest
 * beyond the limit ends. Refuses with SIGN_IN_FAILED where the password is
 * another one by now, for whoever changed it ended the sessions of the old one.
 */
struct step store_open_session(struct call *call, const struct new_session *session,
                               step_fn *next) MUST_USE;

/* Uses an activation code, once: sets the password and ends all sessions of the account. Refuses
 * with ACTIVATION_CODE_WRONG where it is used already. */
struct step store_use_code(struct call *call, struct slice account_no, const struct hash *code_hash,
                           const char *encoded, step_fn *next) MUST_USE;

/* A new password in place of the one that was verified, both as their hashes. */
struct password_change {
    const char *old_encoded, *new_encoded;
};

/*
 * Sets the new password and ends all sessions of the account but this one.
 * Refuses with SIGN_IN_FAILED where the old one is another by now.
 */
struct step store_change_password(struct call *call, struct slice account_no,
                                  const struct password_change *change,
                                  const uint8_t session_id[SESSION_ID_SIZE],
                                  step_fn *next) MUST_USE;

/* Activation codes to issue, by the caller's school. */
struct issued_code {
    struct slice account_no;
    struct hash code_hash;
    bool is_issued;          /* output: the learner is enrolled at the school */
    struct slice student_no; /* output: under this number */
};

struct code_list {
    size_t count;
    struct issued_code *codes;
};

#define ACTIVATION_LIFE_US ((int64_t)30 * 24 * 3600 * 1000000)

/* Stores the codes in place of older ones and ends the sessions of their accounts. */
struct step store_issue_codes(struct call *call, struct slice school_id, struct code_list *list,
                              step_fn *next) MUST_USE;
