/*
 * The calculator's process: what it is asked, it looks up in one table. A new
 * kind of work is a message in protocol.h, a line here and an operation.
 */
#include "calculator/process.h"

#include "base/clock.h"
#include "base/panic.h"
#include "calculator/password.h"
#include "calculator/protocol.h"
#include "combination/check.h"
#include "flow/service.h"

#include <assert.h>

/* Workers, and those that are just being replaced. */
#define CLIENTS_MAX 512

/* False for a body that no honest worker sends. */
typedef bool answer_fn(struct slice body, struct buffer *answer);

static bool
answer_hash(struct slice body, struct buffer *answer)
{
    struct password_hash hash = {0};

    if (body.len < PASSWORD_SALT_SIZE)
        return false;
    password_hash(slice_make(body.at + PASSWORD_SALT_SIZE, body.len - PASSWORD_SALT_SIZE), body.at,
                  &hash);
    return buffer_append(answer, slice_make(&hash, sizeof(hash)));
}

static bool
answer_verify(struct slice body, struct buffer *answer)
{
    struct password_hash hash;

    if (body.len < sizeof(hash))
        return false;
    memcpy(&hash, body.at, sizeof(hash));
    if (memchr(hash.text, '\0', sizeof(hash.text)) == NULL)
        return false;
    return buffer_append_byte(
        answer,
        password_verify(slice_make(body.at + sizeof(hash), body.len - sizeof(hash)), hash.text));
}

static bool
is_in_time(void *arg)
{
    const int64_t *stop_us = arg;

    return clock_monotonic_us() < *stop_us;
}

static bool
answer_combine(struct slice body, struct buffer *answer)
{
    int64_t stop_us = clock_monotonic_us() + (int64_t)CALCULATOR_COMBINE_MS * 1000;
    const struct combination_budget budget = {.may_go_on = is_in_time, .arg = &stop_us};
    struct combination_problem problem;
    struct combination_fault fault;

    if (body.len != sizeof(problem))
        return false;
    memcpy(&problem, body.at, sizeof(problem));
    if (!combination_is_valid(&problem, &fault))
        return false;

    struct combination best = combination_solve(&problem, &budget);
    const char *wrong = combination_check(&problem, &best);

    if (wrong != NULL)
        panic("combination: %s", wrong);
    return buffer_append(answer, slice_make(&best, sizeof(best)));
}

static answer_fn *const answers[] = {
    [CALCULATOR_HASH] = answer_hash,
    [CALCULATOR_VERIFY] = answer_verify,
    [CALCULATOR_COMBINE] = answer_combine,
};

static uint32_t
answer_request(void *arg, const struct channel_message *request, struct buffer *answer)
{
    (void)arg;
    if (request->type >= ARRAY_COUNT(answers) || answers[request->type] == NULL)
        return 0;
    return answers[request->type](request->body, answer) ? request->type : 0;
}

int
calculator_run(int control_fd)
{
    const struct service service = {
        .limits = calculator_channel_limits, .clients_max = CLIENTS_MAX, .answer = answer_request};

    return service_run(&service, control_fd);
}
