/*
 * AccountService.ResolveIdentities: the account numbers of persons; for who has
 * none, a number and what opens an account under it.
 *
 *   resolve_identities --count--> counted --look up--> looked_up
 *     --count the mismatches, if any--> counted_mismatches
 *
 * Who has no account leaves no trace here. What the bank was shown of her goes out
 * sealed and comes back with the transaction that opens her account, where of two
 * that would open one for her the second is refused (api/opened_persons.h).
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

/* Who was asked for, beside the row of the list that is looked up. */
struct asked {
    enum reason reason; /* REASON_NONE: the document is in order */
    struct identity identity;
};

struct resolve_identities {
    struct asked *asked;
    struct person_list list;
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
        .seal_time_us = call_now_us(call),
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

/* The account that the bank can open for her: a number of its own, and she sealed for it. */
static void
draw(struct call *call, const struct identity *identity, Creditbank__V1__ResolvedIdentity *to)
{
    struct arena *arena = call_arena(call);
    struct slice account_no = draw_account_no(arena);
    struct sealed_identity sealed =
        identity_seal(identity, account_no, credentials_config(call)->identity_keys, arena);

    to->account_no = reply_text(arena, account_no);
    to->unopened = true;
    to->sealed_person = reply_bytes(arena, identity_pack(&sealed, arena));
    add_commitments(arena, identity, to);
}

/* The first row of the request that asks for the document of this one, which may be itself. */
static size_t
first_of(const struct resolve_identities *s, size_t place)
{
    size_t first = 0;

    while (s->asked[first].reason != REASON_NONE ||
           !hash_equal(&s->list.persons[first].index_hash, &s->list.persons[place].index_hash))
        first++;
    return first;
}

/* A known number under another name tells nothing but that. */
static enum reason
resolve_known(struct call *call, const struct identity *asked, const struct person *person,
              Creditbank__V1__ResolvedIdentity *to)
{
    struct arena *arena = call_arena(call);
    struct identity identity;

    if (!identity_open(&person->sealed, person->account_no, credentials_config(call)->identity_keys,
                       arena, &identity))
        return REASON_INTERNAL_ERROR;
    if (!slice_equal(identity.name, asked->name))
        return REASON_IDENTITY_MISMATCH;
    to->account_no = reply_text(arena, person->account_no);
    return REASON_NONE;
}

/* Of who has no account, rows of one document get one number, under the first one's name. */
static enum reason
resolve_one(struct call *call, size_t place)
{
    struct resolve_identities *s = call_state(call);
    const struct asked *asked = &s->asked[place];
    Creditbank__V1__ResolvedIdentity **to = s->response->identities;
    size_t first;

    if (asked->reason != REASON_NONE)
        return asked->reason;
    if (s->list.persons[place].found)
        return resolve_known(call, &asked->identity, &s->list.persons[place], to[place]);
    first = first_of(s, place);
    if (!slice_equal(s->asked[first].identity.name, asked->identity.name))
        return REASON_DOCUMENT_NAMED_TWICE; /* tells nothing that the caller did not say */
    if (first == place)
        draw(call, &asked->identity, to[place]);
    else
        *to[place] = *to[first];
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
    for (size_t i = 0; i < s->list.count; i++)
        creditbank__v1__resolved_identity__init(s->response->identities[i]);
    for (size_t i = 0; i < s->list.count; i++) {
        enum reason reason = resolve_one(call, i);

        mismatches += reason == REASON_IDENTITY_MISMATCH;
        if (reason != REASON_NONE)
            s->response->identities[i]->reason =
                reply_text(arena, slice_text(reason_text(reason)->code));
    }
    return mismatches;
}

static struct step
looked_up(struct call *call)
{
    const struct resolve_identities *s = call_state(call);
    int64_t mismatches = resolve(call);

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
