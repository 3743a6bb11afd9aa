#include "calculator/calculator.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "calculator/protocol.h"
#include "flow/asker.h"
#include "flow/op.h"

#include <assert.h>

const struct channel_limits calculator_channel_limits = {
    .body_max = CALCULATOR_BODY_MAX,
    .output_max = (size_t)2 * CALCULATOR_WAITING_MAX * CALCULATOR_BODY_MAX,
};

struct calculator {
    struct asker *askers[CALCULATORS_MAX]; /* one a process */
};

struct calculator *
calculator_new(struct event_base *base)
{
    const struct asker_limits limits = {.channel = calculator_channel_limits,
                                        .waiting_max = CALCULATOR_WAITING_MAX};
    struct calculator *calculator = xcalloc(1, sizeof(*calculator));

    for (size_t i = 0; i < CALCULATORS_MAX; i++)
        calculator->askers[i] = asker_new(base, &limits);
    return calculator;
}

void
calculator_free(struct calculator *calculator)
{
    if (calculator == NULL)
        return;
    for (size_t i = 0; i < CALCULATORS_MAX; i++)
        asker_free(calculator->askers[i]);
    xfree(calculator);
}

void
calculator_connect(struct calculator *calculator, unsigned index, int fd)
{
    assert(index < CALCULATORS_MAX);
    asker_connect(calculator->askers[index], fd);
}

/* The process that has least to do for us; if there is none, one that is not there. */
static struct asker *
choose(const struct calculator *calculator)
{
    struct asker *best = calculator->askers[0];

    for (size_t i = 1; i < CALCULATORS_MAX; i++) {
        struct asker *asker = calculator->askers[i];

        if (asker_is_connected(asker) &&
            (!asker_is_connected(best) || asker_waiting(asker) < asker_waiting(best)))
            best = asker;
    }
    return best;
}

/* A call that waits, in its arena. `read` takes the answer's body to `out`. */
struct asked {
    struct call *call;
    void (*read)(struct slice body, void *out);
    void *out;
};

static void
got_answer(void *arg, enum ask_end end, uint32_t type, struct slice body)
{
    static const enum reason reasons[] = {
        [ASK_FULL] = REASON_CALCULATOR_BUSY,
        [ASK_DOWN] = REASON_CALCULATOR_UNAVAILABLE,
        [ASK_TOO_LATE] = REASON_CALCULATOR_BUSY,
    };
    struct asked *asked = arg;
    struct refusal_list refusals = {0};

    (void)type;
    if (end == ASK_ANSWERED) {
        asked->read(body, asked->out);
        call_wake(asked->call);
        return;
    }
    refusal_add(&refusals, call_arena(asked->call), REFUSAL_NO_ITEM, "", reasons[end], "%s", "");
    call_wake_refused(asked->call, &refusals);
}

/* Asks with two parts of one body. */
static void
ask(const struct asked *asked, enum calculator_message type, struct slice first,
    struct slice second)
{
    struct call *call = asked->call;
    struct asked *kept = arena_alloc(call_arena(call), sizeof(*kept));
    int64_t deadline_us = clock_monotonic_us() + (int64_t)CALCULATOR_DEADLINE_MS * 1000;
    uint8_t body[CALCULATOR_BODY_MAX];

    assert(second.len <= PASSWORD_MAX);
    assert(first.len + second.len <= sizeof(body));
    *kept = *asked;
    memcpy(body, first.at, first.len);
    if (second.len > 0)
        memcpy(body + first.len, second.at, second.len);
    asker_ask(choose(call_runtime(call)->calculator), type,
              slice_make(body, first.len + second.len),
              deadline_us < call_deadline_us(call) ? deadline_us : call_deadline_us(call),
              got_answer, kept);
    explicit_bzero(body, first.len + second.len);
}

static void
read_hash(struct slice body, void *out)
{
    struct password_hash *hash = out;

    assert(body.len == sizeof(*hash));
    memcpy(hash, body.at, sizeof(*hash));
}

struct step
calculator_hash_password(struct call *call, struct slice password,
                         const uint8_t salt[PASSWORD_SALT_SIZE], struct password_hash *hash,
                         step_fn *next)
{
    const struct asked asked = {.call = call, .read = read_hash, .out = hash};

    ask(&asked, CALCULATOR_HASH, slice_make(salt, PASSWORD_SALT_SIZE), password);
    return call_wait(call, next);
}

static void
read_matches(struct slice body, void *out)
{
    bool *matches = out;

    assert(body.len == 1);
    *matches = *body.at == 1;
}

struct step
calculator_verify_password(struct call *call, struct slice password, const char *encoded,
                           bool *matches, step_fn *next)
{
    struct asked asked = {.call = call, .read = read_matches};
    struct password_hash hash = {0};

    asked.out = matches;

    /* Cut off it is no hash, and matches nothing. */
    memcpy(hash.text, encoded, strnlen(encoded, sizeof(hash.text) - 1));
    ask(&asked, CALCULATOR_VERIFY, slice_make(&hash, sizeof(hash)), password);
    return call_wait(call, next);
}

static void
read_combination(struct slice body, void *out)
{
    struct combination *answer = out;

    assert(body.len == sizeof(*answer));
    memcpy(answer, body.at, sizeof(*answer));
}

struct step
calculator_combine(struct call *call, const struct combination_problem *problem,
                   struct combination *answer, step_fn *next)
{
    const struct asked asked = {.call = call, .read = read_combination, .out = answer};

    ask(&asked, CALCULATOR_COMBINE, slice_make(problem, sizeof(*problem)), slice_make("", 0));
    return call_wait(call, next);
}
