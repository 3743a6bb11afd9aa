/*
 * AccountService.ResolveIdentities: the account numbers of persons, drawn now
 * where they have none.
 *
 *   resolve_identities --count--> counted --look up--> looked_up
 *     --insert the missing, look up--> looked_up …
 *     --count the mismatches, if any--> counted_mismatches
 *
 * Two callers who draw for one person at the same time end with one account:
 * the second insert does nothing, and the look-up after it finds the first. The
 * loop goes round again only for a drawn number that is taken.
 */
#include "api/credentials.h"
#include "api/methods.h"
#include "base/date.h"
#include "base/scope.h"
#include "convert/reply.h"
#include "core/code.h"
#include "core/document.h"
#include "core/identity.h"
#include "creditbank/v1/account_service.pb-c.h"
#include "crypto/random.h"
#include "store/person.h"

#define IDENTITIES_MAX 200
#define DRAWS_MAX 4

/* Who was asked for, beside the row of the list that is looked up. */
struct asked {
    enum reason reason; /* REASON_NONE: the document is in order */
    struct identity identity;
};

struct resolve_identities {
    struct asked *asked;
    struct person_list list;
    unsigned draws;
    Creditbank__V1__ResolveIdentitiesResponse *response;
};

static step_fn counted, looked_up, counted_mismatches;

/* What the document says in its one form, and the hash by which it is found. */
static void
read_asked(struct call *call, const Creditbank__V1__Identity *from, struct asked *asked,
           struct person *person)
{
    const struct identity_keys *keys = credentials_config(call)->identity_keys;
    struct arena *arena = call_arena(call);
    enum document_type type = (enum document_type)from->document_type;
    char number[DOCUMENT_NUMBER_SIZE], name[PERSON_NAME_MAX + 1];

    asked->reason = document_normalise(type, slice_text(from->document_number),
                                       date_in_shanghai(call_now_us(call)), number);
    if (asked->reason == REASON_NONE)
        asked->reason = document_normalise_name(slice_text(from->name), name);
    if (asked->reason != REASON_NONE)
        return;
    asked->identity = (struct identity){
        .document_type = type,
        .number = arena_copy(arena, slice_text(number)),
        .name = arena_copy(arena, slice_text(name)),
    };
    random_bytes(asked->identity.salts, sizeof(asked->identity.salts));
    person->index_hash = seal_index(&keys->index, (uint32_t)type, asked->identity.number);
}

static struct step
resolve_identities(struct call *call)
{
    const Creditbank__V1__ResolveIdentitiesRequest *req = call_request(call);
    struct resolve_identities *s = call_state(call);
    size_t count = req->n_identities;

    if (count < 1 || count > IDENTITIES_MAX)
        return call_refuse(call, REASON_FIELD_RANGE, "identities", "1..%d", IDENTITIES_MAX);
    s->asked = arena_array(call_arena(call), count, sizeof(*s->asked));
    s->list.persons = arena_array(call_arena(call), count, sizeof(*s->list.persons));
    s->list.count = count;
    for (size_t i = 0; i < count; i++)
        read_asked(call, req->identities[i], &s->asked[i], &s->list.persons[i]);
    return store_count_identities(call, (int64_t)count, counted);
}

static struct step
counted(struct call *call)
{
    struct resolve_identities *s = call_state(call);

    return store_look_up_persons(call, &s->list, looked_up);
}

/* 13 random digits, each as likely as the others, and their check digit. */
static struct slice
draw_account_no(struct arena *arena)
{
    char digits[ACCOUNT_NO_DIGITS];

    for (size_t i = 0; i < ACCOUNT_NO_DIGITS - 1;) {
        uint8_t byte;

        random_bytes(&byte, sizeof(byte));
        if (byte < 250)
            digits[i++] = (char)('0' + byte % 10);
    }
    digits[ACCOUNT_NO_DIGITS - 1] = code_account_check(digits);
    return arena_copy(arena, slice_make(digits, sizeof(digits)));
}

/* Draws a number for each who is missing; whether any is. */
static bool
draw_missing(struct call *call)
{
    struct resolve_identities *s = call_state(call);
    const struct identity_keys *keys = credentials_config(call)->identity_keys;
    struct arena *arena = call_arena(call);
    bool any = false;

    for (size_t i = 0; i < s->list.count; i++) {
        struct person *person = &s->list.persons[i];

        if (person->found || s->asked[i].reason != REASON_NONE)
            continue;
        person->account_no = draw_account_no(arena);
        person->sealed = identity_seal(&s->asked[i].identity, person->account_no, keys, arena);
        any = true;
    }
    return any;
}

static void
add_commitments(struct arena *arena, const struct identity *identity,
                Creditbank__V1__ResolvedIdentity *to)
{
    struct hash commitments[IDENTITY_FIELDS];

    identity_commit(identity, commitments);
    to->n_commitments = IDENTITY_FIELDS;
    to->commitments = reply_list(arena, IDENTITY_FIELDS, sizeof(**to->commitments));
    for (size_t i = 0; i < IDENTITY_FIELDS; i++) {
        creditbank__v1__commitment_to_sign__init(to->commitments[i]);
        to->commitments[i]->field = (int32_t)(i + IDENTITY_DOCUMENT_TYPE);
        to->commitments[i]->hash = reply_hash(arena, &commitments[i]);
    }
}

/* A known number under another name tells nothing but that. */
static enum reason
resolve_one(struct call *call, const struct asked *asked, const struct person *person,
            Creditbank__V1__ResolvedIdentity *to)
{
    struct arena *arena = call_arena(call);
    struct identity identity;

    if (asked->reason != REASON_NONE)
        return asked->reason;
    if (!identity_open(&person->sealed, person->account_no, credentials_config(call)->identity_keys,
                       arena, &identity))
        return REASON_INTERNAL_ERROR;
    if (!slice_equal(identity.name, asked->identity.name))
        return REASON_IDENTITY_MISMATCH;
    to->account_no = reply_text(arena, person->account_no);
    to->unopened = !person->is_open;
    if (to->unopened)
        add_commitments(arena, &identity, to);
    return REASON_NONE;
}

/* Makes the answer; how many in it are mismatches. */
static int64_t
resolve(struct call *call)
{
    struct resolve_identities *s = call_state(call);
    struct arena *arena = call_arena(call);
    int64_t mismatches = 0;

    s->response = arena_alloc(arena, sizeof(*s->response));
    creditbank__v1__resolve_identities_response__init(s->response);
    s->response->n_identities = s->list.count;
    s->response->identities = reply_list(arena, s->list.count, sizeof(**s->response->identities));
    for (size_t i = 0; i < s->list.count; i++) {
        Creditbank__V1__ResolvedIdentity *to = s->response->identities[i];
        enum reason reason;

        creditbank__v1__resolved_identity__init(to);
        reason = resolve_one(call, &s->asked[i], &s->list.persons[i], to);
        mismatches += reason == REASON_IDENTITY_MISMATCH;
        if (reason != REASON_NONE)
            to->reason = reply_text(arena, slice_text(reason_text(reason)->code));
    }
    return mismatches;
}

static struct step
looked_up(struct call *call)
{
    struct resolve_identities *s = call_state(call);
    int64_t mismatches;

    if (draw_missing(call)) {
        if (s->draws++ == DRAWS_MAX)
            return call_refuse(call, REASON_DATABASE_CONFLICT, "", "%s", "");
        return store_insert_persons(call, &s->list, looked_up);
    }
    mismatches = resolve(call);
    if (mismatches > 0)
        return store_count_mismatches(call, mismatches, counted_mismatches);
    return call_reply(call, s->response);
}

static struct step
counted_mismatches(struct call *call)
{
    const struct resolve_identities *s = call_state(call);

    return call_reply(call, s->response);
}

const struct method account_resolve_identities_method = {
    .name = "creditbank.v1.AccountService/ResolveIdentities",
    .start = resolve_identities,
    .state_size = sizeof(struct resolve_identities),
    .callers = MAY_OPERATOR | MAY_SCHOOL | MAY_ISSUER,
    .duties = DUTY_BIT(DUTY_POST),
};
