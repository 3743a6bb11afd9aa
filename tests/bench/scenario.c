#include "scenario.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/panic.h"
#include "core/code.h"
#include "core/identity.h"
#include "creditbank/v1/account_service.pb-c.h"
#include "crypto/random.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define MAKING_MAX ((size_t)4 << 20)
#define OUTER_ID_SIZE 32
#define ACCOUNTS_BASE UINT64_C(1000000000000)

/* A learner's session token: tests/bench/run stores the hashes of these. */
#define TOKEN_PREFIX "cbs_bench"

/* What an account is asked for, at least: the 30 outcomes that were recorded first. */
#define OUTCOMES_READ 30

static int64_t
cpu_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* The 13 digits of a number, and their check digit. */
static void
account_number(uint64_t number, char text[ACCOUNT_NO_DIGITS + 1])
{
    snprintf(text, ACCOUNT_NO_DIGITS + 1, "%013" PRIu64,
             (ACCOUNTS_BASE + number) % (10 * ACCOUNTS_BASE));
    text[ACCOUNT_NO_DIGITS - 1] = code_account_check(text);
    text[ACCOUNT_NO_DIGITS] = '\0';
}

static char *
next_account(struct work *work, uint64_t number, struct arena *arena)
{
    char *text = arena_alloc(arena, ACCOUNT_NO_DIGITS + 1);

    account_number(work->accounts.first + number % work->accounts.count, text);
    return text;
}

/* ---- Transactions ---- */

typedef void item_fn(struct work *work, uint64_t number, struct arena *arena,
                     Creditbank__V1__Item *item);

static void
fill_certificate(struct work *work, uint64_t number, struct arena *arena,
                 Creditbank__V1__Item *item)
{
    Creditbank__V1__CertificateAwarded *awarded = arena_alloc(arena, sizeof(*awarded));
    Creditbank__V1__Date *date = arena_alloc(arena, sizeof(*date));

    creditbank__v1__date__init(date);
    date->year = 2024;
    date->month = (int32_t)(1 + number % 12);
    date->day = (int32_t)(1 + number % 28);
    creditbank__v1__certificate_awarded__init(awarded);
    awarded->account_no = next_account(work, number, arena);
    awarded->outer_id = arena_printf(arena, "%s%010" PRIu64, work->prefix, number);
    awarded->certificate_id = (char *)(uintptr_t)work->certificate_id;
    awarded->centiscore = (int64_t)(6000 + number % 4001);
    awarded->issue_date = date;
    item->body_case = CREDITBANK__V1__ITEM__BODY_CERTIFICATE_AWARDED;
    item->certificate_awarded = awarded;
}

/* Somebody with a passport of this number, for the account of this number. */
static struct slice
seal_person(const struct work *work, uint64_t number, struct slice account_no, struct arena *arena,
            struct hash commitments[IDENTITY_FIELDS])
{
    struct identity identity = {
        .document_type = DOCUMENT_PASSPORT,
        .number = slice_text(arena_printf(arena, "B%09" PRIu64, work->accounts.first + number)),
        .name = slice_text("王小明"),
        .seal_time_us = clock_now_us(),
    };
    struct sealed_identity sealed;

    random_bytes(identity.salts, sizeof(identity.salts));
    identity_commit(&identity, commitments);
    sealed = identity_seal(&identity, account_no, &work->identity_keys, arena);
    return identity_pack(&sealed, arena);
}

static void
fill_opening(struct work *work, uint64_t number, struct arena *arena, Creditbank__V1__Item *item)
{
    Creditbank__V1__AccountOpened *opened = arena_alloc(arena, sizeof(*opened));
    struct hash *commitments = arena_array(arena, IDENTITY_FIELDS, sizeof(*commitments));
    struct slice sealed;

    creditbank__v1__account_opened__init(opened);
    opened->account_no = next_account(work, number, arena);
    sealed = seal_person(work, number, slice_text(opened->account_no), arena, commitments);
    work->sealed_persons[number % work->items] =
        (ProtobufCBinaryData){sealed.len, (uint8_t *)(uintptr_t)sealed.at};
    opened->n_commitments = IDENTITY_FIELDS;
    opened->commitments = arena_array(arena, IDENTITY_FIELDS, sizeof(*opened->commitments));
    for (size_t i = 0; i < IDENTITY_FIELDS; i++) {
        Creditbank__V1__IdentityCommitment *to = arena_alloc(arena, sizeof(*to));

        creditbank__v1__identity_commitment__init(to);
        to->field = (Creditbank__V1__IdentityField)(i + IDENTITY_DOCUMENT_TYPE);
        to->hash = (ProtobufCBinaryData){HASH_SIZE, commitments[i].bytes};
        opened->commitments[i] = to;
    }
    item->body_case = CREDITBANK__V1__ITEM__BODY_ACCOUNT_OPENED;
    item->account_opened = opened;
}

static void
make_transaction(struct work *work, item_fn *fill, struct made *made)
{
    int64_t began_us = cpu_now_us();
    struct arena *arena = arena_new(MAKING_MAX);
    Creditbank__V1__Item **items = arena_array(arena, work->items, sizeof(*items));
    const struct creditbank_key *key = work->key;
    struct creditbank_error error;
    struct creditbank_draft draft = {
        .log_origin = work->log_origin,
        .institution_id = work->institution_id,
        .items = items,
        .item_count = work->items,
        .keys = &key,
        .key_count = 1,
    };

    work->sealed_persons = arena_array(arena, work->items, sizeof(*work->sealed_persons));
    for (size_t i = 0; i < work->items; i++) {
        items[i] = arena_alloc(arena, sizeof(*items[i]));
        creditbank__v1__item__init(items[i]);
        fill(work, work->made * work->items + i, arena, items[i]);
    }
    if (fill == fill_opening) {
        draft.sealed_persons = work->sealed_persons;
        draft.sealed_person_count = work->items;
    }
    if (!creditbank_draft_sign(&draft, &made->body, &error))
        panic("draft: %s %s", error.code, error.detail);
    work->sealed_persons = NULL;
    arena_free(arena);
    made->path = "/creditbank.v1.LedgerService/Submit";
    made->token = work->token;
    work->signing_us += cpu_now_us() - began_us;
}

static void
make_certificates(struct work *work, struct made *made)
{
    make_transaction(work, fill_certificate, made);
}

static void
make_accounts(struct work *work, struct made *made)
{
    make_transaction(work, fill_opening, made);
}

/* The entry with its proof; a client would verify it, which is not the bank's work. */
static bool
is_booked(const struct work *work, struct slice answer)
{
    (void)work;
    return answer.len > 500;
}

/* ---- Reading ---- */

static void
make_reading(struct work *work, struct made *made)
{
    Creditbank__V1__ListOutcomesRequest request;
    char account_no[ACCOUNT_NO_DIGITS + 1];
    /* Not one after another: 7,919 is prime, so that all accounts come in turn. */
    uint64_t number = work->made * 7919 % work->accounts.count;

    creditbank__v1__list_outcomes_request__init(&request);
    account_number(work->accounts.first + number, account_no);
    request.page_size = OUTCOMES_READ;
    made->body.len = creditbank__v1__list_outcomes_request__get_packed_size(&request);
    made->body.at = xmalloc(made->body.len);
    (void)creditbank__v1__list_outcomes_request__pack(&request, made->body.at);
    snprintf(made->token_text, sizeof(made->token_text), TOKEN_PREFIX "%s", account_no);
    made->token = slice_text(made->token_text);
    made->path = "/creditbank.v1.AccountService/ListOutcomes";
}

/* An outcome takes more than 50 bytes, so fewer than 30 are told by the length. */
static bool
is_read(const struct work *work, struct slice answer)
{
    (void)work;
    return answer.len > (size_t)OUTCOMES_READ * 50;
}

static const struct scenario scenarios[] = {
    {"certificates", make_certificates, is_booked},
    {"accounts", make_accounts, is_booked},
    {"reading", make_reading, is_read},
    {"idle", NULL, NULL},
};

const struct scenario *
scenario_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_COUNT(scenarios); i++)
        if (strcmp(scenarios[i].name, name) == 0)
            return &scenarios[i];
    return NULL;
}
