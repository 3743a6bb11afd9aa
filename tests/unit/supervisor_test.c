/*
 * supervisor: children that die, hang, and outlive nobody. The children are made
 * up; each writes what happens to it into one pipe, which ends when the last has died.
 */
#include "supervisor.h"

#include "base/clock.h"
#include "base/log.h"
#include "flow/asker.h"
#include "flow/service.h"

#include "unit.h"

#include <assert.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS 2

enum what { BORN = 1, LINKED, RELOADED, DRAINED, SERVICE_BORN, SERVICE_ENDED };

struct report {
    enum what what;
    unsigned index;
    pid_t pid;
    int value;
};

/* What the test and the supervisor's process share. */
struct bank {
    int pipe_in, pipe_out;
    pid_t pid; /* the supervisor's */
    bool stubborn;
    int *deaths_left; /* workers that end as soon as they are born, in shared memory */
    int death;        /* their exit status */
    unsigned drain_timeout_ms;
};

static void
report(const struct bank *bank, enum what what, unsigned index, int value)
{
    const struct report line = {what, index, getpid(), value};
    ssize_t put = write(bank->pipe_in, &line, sizeof(line));

    assert(put == (ssize_t)sizeof(line));
}

static uint32_t
echo(void *arg, const struct channel_message *request, struct buffer *answer)
{
    (void)arg;
    return buffer_append(answer, request->body) ? request->type : 0;
}

static const struct channel_limits small = {.body_max = 64, .output_max = 4096};

static int
run_service(void *arg, unsigned index, int control_fd)
{
    const struct service service = {.limits = small, .clients_max = 16, .answer = echo};
    struct bank *bank = arg;

    report(bank, SERVICE_BORN, index, 0);
    int status = service_run(&service, control_fd);
    report(bank, SERVICE_ENDED, index, 0);
    return status;
}

struct worker {
    struct bank *bank;
    unsigned index;
    struct event_base *base;
    struct channel *control;
    struct asker *asker;
};

static void
answered(void *arg, enum ask_end end, uint32_t type, struct slice body)
{
    struct worker *worker = arg;

    (void)type;
    if (end == ASK_ANSWERED && slice_is(body, "hello"))
        report(worker->bank, LINKED, worker->index, 0);
}

static void
told(void *arg, const struct channel_message *message)
{
    struct worker *worker = arg;

    if (message->type == CONTROL_LINK) {
        assert(message->tag == CONTROL_NOTARY);
        asker_connect(worker->asker, message->fd);
        asker_ask(worker->asker, 1, slice_text("hello"), clock_monotonic_us() + 60000000, answered,
                  worker);
    } else if (message->type == CONTROL_RELOAD) {
        struct control_reload reload;

        memcpy(&reload, message->body.at, sizeof(reload));
        report(worker->bank, RELOADED, worker->index, reload.log_level);
    } else if (message->type == CONTROL_DRAIN) {
        report(worker->bank, DRAINED, worker->index, 0);
        if (!worker->bank->stubborn)
            event_base_loopbreak(worker->base);
    }
}

static void
left(void *arg)
{
    struct worker *worker = arg;

    event_base_loopbreak(worker->base);
}

static int
run_worker(void *arg, unsigned index, int control_fd)
{
    const struct asker_limits limits = {.channel = small, .waiting_max = 4};
    struct worker worker = {.bank = arg, .index = index, .base = event_base_new()};
    const struct channel_events events = {.message = told, .closed = left, .arg = &worker};

    report(worker.bank, BORN, index, 0);
    if (__atomic_fetch_sub(worker.bank->deaths_left, 1, __ATOMIC_SEQ_CST) > 0) {
        event_base_free(worker.base);
        return worker.bank->death;
    }
    worker.asker = asker_new(worker.base, &limits);
    worker.control = channel_new(worker.base, control_fd, &control_limits, &events);
    bool sent = control_send(worker.control, CONTROL_READY, 0, slice_make(NULL, 0), -1);
    assert(sent);
    event_base_dispatch(worker.base);
    asker_free(worker.asker);
    channel_free(worker.control);
    event_base_free(worker.base);
    return EXIT_SUCCESS;
}

static bool
be_quiet(void *arg, struct control_reload *reload)
{
    (void)arg;
    *reload = (struct control_reload){.log_level = LOG_ERROR, .log_format = LOG_TEXT};
    return true;
}

static int
open_bank(void **state)
{
    struct bank *bank = calloc(1, sizeof(*bank));
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    bank->pipe_out = ends[0];
    bank->pipe_in = ends[1];
    bank->deaths_left =
        mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(bank->deaths_left, MAP_FAILED);
    bank->drain_timeout_ms = 60000;
    *state = bank;
    return 0;
}

static int
close_bank(void **state)
{
    struct bank *bank = *state;

    close(bank->pipe_out);
    munmap(bank->deaths_left, sizeof(int));
    free(bank);
    return 0;
}

static void
start_bank(struct bank *bank)
{
    const struct child_kind kinds[] = {
        {"notary", 1, CONTROL_NOTARY, {bank->pipe_in, -1}, run_service},
        {"worker", WORKERS, 0, {-1, bank->pipe_in}, run_worker},
    };
    const struct supervisor_plan plan = {.kinds = kinds,
                                         .kind_count = ARRAY_COUNT(kinds),
                                         .arg = bank,
                                         .drain_timeout_ms = bank->drain_timeout_ms,
                                         .reload = be_quiet};

    fflush(NULL);
    bank->pid = fork();
    assert_true(bank->pid >= 0);
    if (bank->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        log_set(LOG_ERROR, LOG_TEXT);
        close(bank->pipe_out);
        exit(supervisor_run(&plan));
    }
    close(bank->pipe_in);
}

/* The next report; false once all that could report have died. */
static bool
next(struct bank *bank, struct report *line)
{
    ssize_t got = read(bank->pipe_out, line, sizeof(*line));

    assert_true(got == 0 || got == (ssize_t)sizeof(*line));
    return got > 0;
}

/* Waits until this has happened to so many; the last of them. */
static struct report
await(struct bank *bank, enum what what, size_t count)
{
    struct report line = {0};

    while (count > 0) {
        assert_true(next(bank, &line));
        count -= line.what == what;
    }
    return line;
}

/* Waits until all children have died; how often this happened meanwhile. */
static size_t
await_silence(struct bank *bank, enum what what)
{
    struct report line;
    size_t count = 0;

    while (next(bank, &line))
        count += line.what == what;
    return count;
}

static int
exit_status(const struct bank *bank)
{
    int status;

    assert_int_equal(waitpid(bank->pid, &status, 0), bank->pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void
stop_bank(struct bank *bank)
{
    kill(bank->pid, SIGTERM);
    await_silence(bank, DRAINED);
    assert_int_equal(exit_status(bank), EXIT_SUCCESS);
}

static void
every_worker_reaches_the_service(void **state)
{
    start_bank(*state);
    await(*state, LINKED, WORKERS);
    stop_bank(*state);
}

static void
a_killed_worker_is_replaced_and_linked_again(void **state)
{
    struct bank *bank = *state;

    start_bank(bank);
    struct report victim = await(bank, LINKED, WORKERS);
    kill(victim.pid, SIGKILL);
    struct report heir = await(bank, LINKED, 1);
    assert_int_equal(heir.index, victim.index);
    assert_int_not_equal(heir.pid, victim.pid);
    stop_bank(bank);
}

static void
a_killed_service_is_replaced_and_every_worker_linked_to_it(void **state)
{
    struct bank *bank = *state;

    start_bank(bank);
    pid_t service = await(bank, SERVICE_BORN, 1).pid;
    await(bank, LINKED, WORKERS);
    kill(service, SIGKILL);
    await(bank, LINKED, WORKERS);
    stop_bank(bank);
}

static void
children_die_with_their_supervisor(void **state)
{
    struct bank *bank = *state;
    int status;

    start_bank(bank);
    await(bank, LINKED, WORKERS);
    kill(bank->pid, SIGKILL);
    assert_int_equal(await_silence(bank, DRAINED), 0);
    assert_int_equal(waitpid(bank->pid, &status, 0), bank->pid);
    assert_true(WIFSIGNALED(status));
}

static void
sigterm_drains_the_workers_and_then_ends_the_services(void **state)
{
    struct bank *bank = *state;

    start_bank(bank);
    await(bank, LINKED, WORKERS);
    kill(bank->pid, SIGTERM);
    await(bank, DRAINED, WORKERS);
    await(bank, SERVICE_ENDED, 1);
    assert_int_equal(await_silence(bank, BORN), 0);
    assert_int_equal(exit_status(bank), EXIT_SUCCESS);
}

static void
a_worker_that_does_not_drain_is_killed(void **state)
{
    struct bank *bank = *state;

    bank->stubborn = true;
    bank->drain_timeout_ms = 100;
    start_bank(bank);
    await(bank, LINKED, WORKERS);
    kill(bank->pid, SIGTERM);
    await(bank, DRAINED, WORKERS);
    await(bank, SERVICE_ENDED, 1);
    await_silence(bank, DRAINED);
    assert_int_equal(exit_status(bank), EXIT_SUCCESS);
}

static void
a_signal_to_a_child_alone_does_not_end_it(void **state)
{
    struct bank *bank = *state;

    start_bank(bank);
    struct report worker = await(bank, LINKED, WORKERS);
    kill(worker.pid, SIGTERM);
    kill(worker.pid, SIGINT);
    kill(worker.pid, SIGHUP);
    kill(bank->pid, SIGHUP);
    await(bank, RELOADED, WORKERS);
    kill(bank->pid, SIGTERM);
    assert_int_equal(await_silence(bank, DRAINED), WORKERS);
    assert_int_equal(exit_status(bank), EXIT_SUCCESS);
}

static void
sighup_tells_every_worker(void **state)
{
    struct bank *bank = *state;

    start_bank(bank);
    await(bank, LINKED, WORKERS);
    kill(bank->pid, SIGHUP);
    assert_int_equal(await(bank, RELOADED, WORKERS).value, LOG_ERROR);
    stop_bank(bank);
}

static void
children_that_die_at_birth_are_tried_again(void **state)
{
    struct bank *bank = *state;

    *bank->deaths_left = 5;
    bank->death = EXIT_FAILURE;
    start_bank(bank);
    await(bank, LINKED, WORKERS);
    stop_bank(bank);
}

static void
a_child_that_cannot_work_as_configured_ends_the_start(void **state)
{
    struct bank *bank = *state;

    *bank->deaths_left = 1;
    bank->death = CONTROL_EXIT_CONFIG;
    start_bank(bank);
    await_silence(bank, DRAINED);
    assert_int_equal(exit_status(bank), CONTROL_EXIT_CONFIG);
}

#define BANK_TEST(name) cmocka_unit_test_setup_teardown(name, open_bank, close_bank)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        BANK_TEST(every_worker_reaches_the_service),
        BANK_TEST(a_killed_worker_is_replaced_and_linked_again),
        BANK_TEST(a_killed_service_is_replaced_and_every_worker_linked_to_it),
        BANK_TEST(children_die_with_their_supervisor),
        BANK_TEST(sigterm_drains_the_workers_and_then_ends_the_services),
        BANK_TEST(a_worker_that_does_not_drain_is_killed),
        BANK_TEST(a_signal_to_a_child_alone_does_not_end_it),
        BANK_TEST(sighup_tells_every_worker),
        BANK_TEST(children_that_die_at_birth_are_tried_again),
        BANK_TEST(a_child_that_cannot_work_as_configured_ends_the_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
