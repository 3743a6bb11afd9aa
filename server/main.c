/*
 * creditbankd: the ledger of the credit bank. The life of the process, from top
 * to bottom: the command line, what each command does, and the daemon itself.
 */
#include "audit.h"
#include "base/log.h"
#include "calculator/process.h"
#include "config.h"
#include "database.h"
#include "init.h"
#include "instance.h"
#include "net/socket.h"
#include "notary/process.h"
#include "status.h"
#include "supervisor.h"
#include "worker.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define EXIT_USAGE 64

struct command_line {
    const char *config_file;
    bool print, self_signed_tls;
};

struct daemon {
    const struct command_line *line;
    struct config *config;
    struct notary_config notary;
    int lock_fd, tls_fd, cleartext_fd;
};

/* The configuration is read; whoever called frees it. */
typedef int command_fn(const struct command_line *line, struct config *config);

static command_fn run, init, migrate, audit, check_config, status;

static const struct {
    const char *name;
    command_fn *run;
    const char *help;
} commands[] = {
    {"run", run, "serves until SIGTERM; SIGHUP reads certificates and log level again"},
    {"init", init,
     "makes what is missing: keys, anchor, schema (--self-signed-tls: a certificate)"},
    {"migrate", migrate, "brings the database's schema up to date"},
    {"audit", audit, "replays the log and compares what it gives with what stands"},
    {"check-config", check_config,
     "checks the configuration (--print: all of it; --table: all keys)"},
    {"status", status, "whether the daemon runs, and how far log and checkpoints are"},
};

static void
usage(FILE *out)
{
    fputs("usage: creditbankd [--config FILE] COMMAND\n\n", out);
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
        fprintf(out, "  %-14s %s\n", commands[i].name, commands[i].help);
    fprintf(out, "\nFILE is %s where none is named. --version says which version this is.\n",
            CONFIG_FILE);
}

/* What is wrong with the command line; `word` may be NULL. */
static int
misused(const char *zh, const char *en, const char *word)
{
    if (word == NULL)
        fprintf(stderr, "%s (%s)\n\n", zh, en);
    else
        fprintf(stderr, "%s：%s (%s: %s)\n\n", zh, word, en, word);
    usage(stderr);
    return EXIT_USAGE;
}

static bool
parse_options(int argc, char **argv, struct command_line *line)
{
    enum { CONFIG = 1, PRINT, TABLE, SELF_SIGNED_TLS, HELP, VERSION };
    static const struct option options[] = {
        {"config", required_argument, NULL, CONFIG},
        {"print", no_argument, NULL, PRINT},
        {"table", no_argument, NULL, TABLE},
        {"self-signed-tls", no_argument, NULL, SELF_SIGNED_TLS},
        {"help", no_argument, NULL, HELP},
        {"version", no_argument, NULL, VERSION},
        {0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == CONFIG)
            line->config_file = optarg;
        else if (option == PRINT)
            line->print = true;
        else if (option == SELF_SIGNED_TLS)
            line->self_signed_tls = true;
        else if (option == TABLE) {
            config_print_table(stdout);
            exit(EXIT_SUCCESS);
        } else if (option == HELP) {
            usage(stdout);
            exit(EXIT_SUCCESS);
        } else if (option == VERSION) {
            puts("creditbankd " CREDITBANK_VERSION);
            exit(EXIT_SUCCESS);
        } else
            return false;
    }
    return true;
}

/* The configuration, with the log as it says; NULL, and every fault on standard error. */
static struct config *
load(const struct command_line *line)
{
    struct buffer faults;

    buffer_init(&faults, CONFIG_FAULTS_MAX);
    struct config *config = config_load(line->config_file, &faults);
    if (config == NULL)
        fwrite(faults.at, 1, faults.len, stderr);
    else
        log_set((enum log_level)config->log.level, (enum log_format)config->log.format);
    buffer_fini(&faults);
    return config;
}

static int
run_command(const struct command_line *line, command_fn *command)
{
    struct config *config = load(line);
    int result = config == NULL ? CONTROL_EXIT_CONFIG : command(line, config);

    config_free(config);
    return result;
}

int
main(int argc, char **argv)
{
    struct command_line line = {.config_file = CONFIG_FILE};

    /* What is wrong with an option getopt_long has said. */
    if (!parse_options(argc, argv, &line)) {
        usage(stderr);
        return EXIT_USAGE;
    }
    if (optind == argc)
        return misused("没有给出命令", "no command is given", NULL);
    if (optind + 1 < argc)
        return misused("多余的参数", "one argument too many", argv[optind + 1]);
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++)
        if (strcmp(argv[optind], commands[i].name) == 0)
            return run_command(&line, commands[i].run);
    return misused("没有这个命令", "no such command", argv[optind]);
}

/* Every connection is a descriptor: as many as we may have, which is more than we get unasked. */
static void
raise_limits(const struct config *config)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < config->net.connections_max)
        log_warn("few descriptors limit=%llu connections_max=%u",
                 (unsigned long long)limit.rlim_cur, config->net.connections_max);
}

static bool
listen_on(const char *address, uint64_t port, const char *what, int *fd)
{
    uint16_t bound = (uint16_t)port;

    *fd = -1;
    if (*address == '\0')
        return true;
    *fd = socket_listen(address, &bound);
    if (*fd < 0)
        log_error("cannot listen address=%s port=%u reason=\"%s\"", address, (unsigned)port,
                  strerror(errno));
    else
        log_info("listening protocol=%s address=%s port=%u", what, address, bound);
    return *fd >= 0;
}

static bool
bind_sockets(struct daemon *daemon)
{
    const struct config *config = daemon->config;

    return listen_on(config->listen.address, config->listen.port, "tls", &daemon->tls_fd) &&
           listen_on(config->listen.cleartext_address, config->listen.cleartext_port, "cleartext",
                     &daemon->cleartext_fd);
}

static int
run_notary(void *arg, unsigned index, int control_fd)
{
    const struct daemon *daemon = arg;

    (void)index;
    return notary_run(&daemon->notary, control_fd);
}

static int
run_calculator(void *arg, unsigned index, int control_fd)
{
    (void)arg;
    (void)index;
    return calculator_run(control_fd);
}

static int
run_worker(void *arg, unsigned index, int control_fd)
{
    const struct daemon *daemon = arg;
    const struct worker_sockets sockets = {
        .tls_fd = daemon->tls_fd, .cleartext_fd = daemon->cleartext_fd, .control_fd = control_fd};

    (void)index;
    return worker_run(daemon->config, &sockets);
}

/* SIGHUP: a file that is wrong changes nothing. */
static bool
reload(void *arg, struct control_reload *news)
{
    struct daemon *daemon = arg;
    size_t ignored;
    struct config *fresh = load(daemon->line);

    if (fresh == NULL) {
        log_error("not reloaded file=%s reason=\"the configuration is wrong\"",
                  daemon->line->config_file);
        return false;
    }
    config_reload(daemon->config, fresh, &ignored);
    config_free(fresh);
    if (ignored > 0)
        log_warn("changed keys take a restart count=%zu", ignored);
    *news = (struct control_reload){.log_level = (int32_t)daemon->config->log.level,
                                    .log_format = (int32_t)daemon->config->log.format};
    return true;
}

static int
supervise(struct daemon *daemon)
{
    const struct config *config = daemon->config;
    const struct child_kind kinds[] = {
        {"notary", 1, CONTROL_NOTARY, {-1, -1}, run_notary},
        {"calculator",
         (unsigned)config->calculator.processes,
         CONTROL_CALCULATOR,
         {-1, -1},
         run_calculator},
        {"worker",
         (unsigned)config->workers.count,
         0,
         {daemon->tls_fd, daemon->cleartext_fd},
         run_worker},
    };
    const struct supervisor_plan plan = {
        .kinds = kinds,
        .kind_count = ARRAY_COUNT(kinds),
        .arg = daemon,
        .drain_timeout_ms = (unsigned)config->workers.drain_timeout_ms,
        .reload = reload,
    };

    daemon->notary = (struct notary_config){.log_origin = config->bank.log_origin,
                                            .operator_id = config->bank.operator_id,
                                            .log_key_file = config->notary.log_key,
                                            .service_key_file = config->notary.service_key,
                                            .passphrase_file = config->notary.passphrase_file,
                                            .anchor_file = config->notary.anchor};
    return supervisor_run(&plan);
}

static int
run(const struct command_line *line, struct config *config)
{
    struct daemon daemon = {
        .line = line, .config = config, .lock_fd = -1, .tls_fd = -1, .cleartext_fd = -1};
    int result = CONTROL_EXIT_CONFIG;

    log_set_process("supervisor");
    raise_limits(config);
    daemon.lock_fd = instance_lock(config);
    if (daemon.lock_fd >= 0 && bind_sockets(&daemon))
        result = supervise(&daemon);

    const int fds[] = {daemon.cleartext_fd, daemon.tls_fd, daemon.lock_fd};
    for (size_t i = 0; i < ARRAY_COUNT(fds); i++)
        if (fds[i] >= 0)
            close(fds[i]);
    return result;
}

static int
init(const struct command_line *line, struct config *config)
{
    return init_run(config, line->self_signed_tls);
}

static int
migrate(const struct command_line *line, struct config *config)
{
    (void)line;
    return database_migrate(config) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int
audit(const struct command_line *line, struct config *config)
{
    (void)line;
    return audit_run(config);
}

static int
check_config(const struct command_line *line, struct config *config)
{
    const char *folder = config->bank.state_directory;

    if (line->print)
        config_print(config, stdout);
    if (access(folder, W_OK | X_OK) == 0)
        return EXIT_SUCCESS;
    fprintf(stderr, "creditbankd: bank.state_directory: %s: %s; \"creditbankd init\" makes it\n",
            folder, strerror(errno));
    return CONTROL_EXIT_CONFIG;
}

static int
status(const struct command_line *line, struct config *config)
{
    (void)line;
    return status_run(config);
}
