#include "config.h"

#include "base/arena.h"
#include "base/memory.h"
#include "calculator/calculator.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <ini.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#define CONFIG_ARENA_MAX ((size_t)1 << 20)
#define LINE_MAX_BYTES 4096
#define TEXT_MAX 2048

/* What is wrong with a text, as the rule it breaks; or NULL. */
typedef const char *check_fn(const char *text);

enum {
    REQUIRED = 1u << 0,   /* there is no sensible default */
    RELOADABLE = 1u << 1, /* SIGHUP takes a new value */
    SECRET = 1u << 2,     /* may hold a password */
    FILE_NAME = 1u << 3,  /* below the state directory unless it begins with "/" */
};

/*
 * A key is a number between `min` and `max`; one of `words`, kept as its place
 * among them; or a text, which `check` looks at.
 */
struct key {
    const char *name; /* "section.key" */
    size_t offset, size;
    const char *initial; /* as in the file; NULL: what is required or the limits' own */
    uint64_t min, max;
    const char *const *words;
    check_fn *check;
    unsigned flags;
    const char *help;
};

static const char *const log_levels[] = {"error", "warn", "info", "debug", NULL};
static const char *const log_formats[] = {"text", "json", NULL};

static check_fn check_origin, check_operator, check_folder, check_address, check_loopback,
    check_text, check_file;

#define AT(member) \
    .offset = offsetof(struct config, member), .size = sizeof(((struct config *)NULL)->member)

static const struct key keys[] = {
    {"bank.log_origin", AT(bank.log_origin), .check = check_origin, .flags = REQUIRED,
     .help = "name of the log, in every signature; never changes"},
    {"bank.operator_id", AT(bank.operator_id), .check = check_operator, .flags = REQUIRED,
     .help = "the operator's institution id in the log, whose key the service key is"},
    {"bank.state_directory", AT(bank.state_directory), .check = check_folder, .flags = REQUIRED,
     .help = "folder of keys, certificates and the anchor"},

    {"log.level", AT(log.level), "info", .words = log_levels, .flags = RELOADABLE,
     .help = "least important events that are written"},
    {"log.format", AT(log.format), "text", .words = log_formats, .flags = RELOADABLE,
     .help = "how an event is written, one a line"},

    {"listen.address", AT(listen.address), "127.0.0.1", .check = check_address,
     .help = "IPv4 or IPv6 address of the TLS port"},
    {"listen.port", AT(listen.port), "8443", 0, UINT16_MAX,
     .help = "TLS port; 0 lets the kernel choose"},
    {"listen.cleartext_address", AT(listen.cleartext_address), "", .check = check_loopback,
     .help = "loopback address of a port without TLS, for a proxy on this machine; empty for none"},
    {"listen.cleartext_port", AT(listen.cleartext_port), "8080", 0, UINT16_MAX,
     .help = "port without TLS; 0 lets the kernel choose"},

    {"tls.certificate", AT(tls.certificate), "tls-cert.pem", .check = check_file,
     .flags = FILE_NAME, .help = "certificate chain, PEM; SIGHUP reads the file again"},
    {"tls.key", AT(tls.key), "tls-key.pem", .check = check_file, .flags = FILE_NAME,
     .help = "its private key, PEM; SIGHUP reads the file again"},

    {"database.conninfo", AT(database.conninfo), "dbname=creditbank user=creditbank_daemon",
     .check = check_text, .flags = SECRET,
     .help = "libpq connection string of the role that serves"},
    {"database.owner_conninfo", AT(database.owner_conninfo), "dbname=creditbank",
     .check = check_text, .flags = SECRET,
     .help = "libpq connection string of the role that owns the schema, for init, migrate, audit"},
    {"database.migrations", AT(database.migrations), MIGRATIONS_FOLDER, .check = check_folder,
     .help = "folder of the schema's migrations"},
    {"database.pool_connections", AT(database.pool_connections), "4", 1, 100,
     .help = "connections of each worker for reading"},
    {"database.pool_queue", AT(database.pool_queue), "1000", 0, 100000,
     .help = "calls of each worker that wait for one of them"},
    {"database.pool_wait_ms", AT(database.pool_wait_ms), "5000", 1, 600000,
     .help = "how long a call waits in that queue, milliseconds"},

    {"workers.count", AT(workers.count), "0", 0, WORKERS_MAX,
     .help = "worker processes; 0 for one a core"},
    {"workers.drain_timeout_ms", AT(workers.drain_timeout_ms), "30000", 100, 600000,
     .help = "how long workers may finish what they have at the end, milliseconds"},

    {"ledger.queue_transactions", AT(ledger.queue_transactions), "4096", 1, 1000000,
     .help = "transactions of each worker that wait to be booked, half of them, rounded up, of "
             "one institution at most"},
    {"ledger.batch_transactions", AT(ledger.batch_transactions), "512", 1, 10000,
     .help = "transactions booked in one database transaction"},
    {"ledger.batch_items", AT(ledger.batch_items), "4000", 1000, 100000,
     .help = "items booked in one database transaction"},
    {"ledger.batch_bytes", AT(ledger.batch_bytes), "2097152", 1048576, 67108864,
     .help = "bytes booked in one database transaction"},

    {"notary.log_key", AT(notary.log_key), "log-key.pem", .check = check_file, .flags = FILE_NAME,
     .help = "Ed25519 key that signs checkpoints, PKCS#8, mode 0600"},
    {"notary.service_key", AT(notary.service_key), "service-key.pem", .check = check_file,
     .flags = FILE_NAME, .help = "key that signs what sessions do, PKCS#8, mode 0600"},
    {"notary.passphrase_file", AT(notary.passphrase_file), "", .check = check_text,
     .flags = FILE_NAME, .help = "passphrase of both keys, mode 0600; empty if they have none"},
    {"notary.anchor", AT(notary.anchor), "anchor", .check = check_file, .flags = FILE_NAME,
     .help = "what was signed last, outside the database so that a rewound one gets no signature"},

    {"identity.epoch_keys", AT(identity.epoch_keys), "identity-keys", .check = check_file,
     .flags = FILE_NAME, .help = "keys of the epochs under which persons are sealed, mode 0600"},

    {"calculator.processes", AT(calculator.processes), "1", 1, CALCULATORS_MAX,
     .help = "processes for password hashes and other long computations"},

    {"net.connections_max", AT(net.connections_max), NULL, 1, 1000000,
     .help = "open connections of each listener in each worker"},
    {"net.connections_per_address_max", AT(net.connections_per_address_max), NULL, 1, 1000000,
     .help = "those of one address; behind a proxy, which is one for all, as many as there may be"},
    {"net.head_bytes_max", AT(net.head_bytes_max), NULL, 1024, 1048576,
     .help = "bytes of a request's header fields"},
    {"net.head_fields_max", AT(net.head_fields_max), NULL, 16, 1000,
     .help = "header fields of a request"},
    {"net.body_bytes_max", AT(net.body_bytes_max), NULL, 65536, NET_BODY_BYTES_MOST,
     .help = "bytes of a request's body; a message of 1 MiB fits into the most"},
    {"net.streams_max", AT(net.streams_max), NULL, 1, 10000,
     .help = "calls of one HTTP/2 connection under way"},
    {"net.handshake_timeout_ms", AT(net.handshake_timeout_ms), NULL, 100, 600000,
     .help = "how long a TLS handshake may take, milliseconds"},
    {"net.request_timeout_ms", AT(net.request_timeout_ms), NULL, 100, 600000,
     .help = "how long a request may take to arrive, milliseconds"},
    {"net.write_timeout_ms", AT(net.write_timeout_ms), NULL, 100, 600000,
     .help = "how long a peer may take nothing of its answer, milliseconds"},
    {"net.idle_timeout_ms", AT(net.idle_timeout_ms), NULL, 100, 86400000,
     .help = "how long a connection may be idle, milliseconds"},

    {"rpc.calls_max", AT(rpc.calls_max), NULL, 1, RPC_CALLS_MOST,
     .help = "calls of a worker under way"},
    {"rpc.timeout_ms", AT(rpc.timeout_ms), NULL, 100, RPC_TIMEOUT_MOST_MS,
     .help = "deadline of a call that names none, milliseconds"},
    {"rpc.address_calls_per_second", AT(rpc.address.calls_per_second), NULL, 1, 1000000,
     .help = "calls from one address, a worker and second"},
    {"rpc.address_burst", AT(rpc.address.burst), NULL, 1, 1000000,
     .help = "calls from one address at once"},
    {"rpc.institution_calls_per_second", AT(rpc.institution.calls_per_second), NULL, 1, 1000000,
     .help = "calls of one institution, a worker and second"},
    {"rpc.institution_burst", AT(rpc.institution.burst), NULL, 1, 1000000,
     .help = "calls of one institution at once"},
    {"rpc.learner_calls_per_second", AT(rpc.learner.calls_per_second), NULL, 1, 1000000,
     .help = "calls of one learner, a worker and second"},
    {"rpc.learner_burst", AT(rpc.learner.burst), NULL, 1, 1000000,
     .help = "calls of one learner at once"},
};

#define KEY_COUNT ARRAY_COUNT(keys)

/* A number that is no use above another one. */
static const struct order {
    const char *lower, *upper;
} orders[] = {
    {"net.streams_max", "rpc.calls_max"},
    {"database.pool_wait_ms", "rpc.timeout_ms"},
};

static bool
is_number(const struct key *key)
{
    return key->check == NULL && key->words == NULL;
}

static const char *
check_text(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return "must not hold control characters";
    return NULL;
}

static const char *
check_file(const char *text)
{
    return *text == '\0' ? "must name a file" : check_text(text);
}

static const char *
check_folder(const char *text)
{
    return *text != '/' ? "must be the full path of a folder, beginning with \"/\""
                        : check_text(text);
}

/* C2SP signed-note: a key name is non-empty, without Unicode spaces and plus signs. */
static const char *
check_origin(const char *text)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~' || text[i] == '+')
            len = 0;
    return len == 0 || len > 128 ? "must be 1 to 128 printable ASCII characters without blanks "
                                   "and \"+\""
                                 : NULL;
}

static const char *
check_operator(const char *text)
{
    size_t len = strlen(text);

    return len < 2 || len > 32 || text[0] < 'a' || text[0] > 'z' ||
                   strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") != len
               ? "must be 2 to 32 characters of a-z, 0-9 and \"-\", beginning with a letter"
               : NULL;
}

static const char *
check_address(const char *text)
{
    struct in6_addr address;

    return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1
               ? NULL
               : "must be an IPv4 or IPv6 address";
}

static const char *
check_loopback(const char *text)
{
    struct in_addr v4;
    struct in6_addr v6;

    if (*text == '\0' || (inet_pton(AF_INET6, text, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6)) ||
        (inet_pton(AF_INET, text, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127))
        return NULL;
    return "must be a loopback address, 127.0.0.0/8 or ::1, or empty";
}

static void
set_number(struct config *config, const struct key *key, uint64_t number)
{
    uint32_t narrow = (uint32_t)number;

    assert(key->size == sizeof(uint32_t) || key->size == sizeof(uint64_t));
    memcpy((char *)config + key->offset,
           key->size == sizeof(narrow) ? (const void *)&narrow : &number, key->size);
}

static uint64_t
get_number(const struct config *config, const struct key *key)
{
    const char *at = (const char *)config + key->offset;
    uint32_t narrow;
    uint64_t wide;

    memcpy(&narrow, at, sizeof(narrow));
    if (key->size == sizeof(narrow))
        return narrow;
    memcpy(&wide, at, sizeof(wide));
    return wide;
}

static const char *
get_text(const struct config *config, const struct key *key)
{
    const char *text;

    memcpy(&text, (const char *)config + key->offset, sizeof(text));
    return text;
}

static void
set_text(struct config *config, const struct key *key, const char *text)
{
    memcpy((char *)config + key->offset, &text, sizeof(text));
}

static bool
parse_number(const char *text, const struct key *key, uint64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *number >= key->min &&
           *number <= key->max;
}

static bool
find_word(const char *const *words, const char *text, uint64_t *place)
{
    for (*place = 0; words[*place] != NULL; (*place)++)
        if (strcmp(words[*place], text) == 0)
            return true;
    return false;
}

/* A file that is being read. */
struct reader {
    const char *name;
    FILE *file;
    unsigned line; /* the last that was read */
    struct config *config;
    struct buffer *faults;
    unsigned seen[KEY_COUNT]; /* the line that sets it; 0: none */
    bool is_bad;
};

/* Faults beyond the buffer's limit are not told; there are enough before them. */
static void
complain(struct reader *reader, const char *what, const char *rule)
{
    size_t len = reader->faults->len;

    if (!buffer_printf(reader->faults, "%s:%u: %s%s%s\n", reader->name, reader->line, what,
                       *what == '\0' ? "" : ": ", rule))
        reader->faults->len = len;
    reader->is_bad = true;
}

static const char *
allowed(struct config *config, const struct key *key)
{
    if (is_number(key))
        return arena_printf(config->arena, "must be a number from %" PRIu64 " to %" PRIu64,
                            key->min, key->max);

    char list[256] = "must be one of";
    size_t len = strlen(list);

    for (size_t i = 0; key->words[i] != NULL; i++)
        len += (size_t)snprintf(list + len, sizeof(list) - len, "%s %s", i > 0 ? "," : "",
                                key->words[i]);
    return arena_text(config->arena, slice_text(list));
}

/* NULL, or the rule that the value breaks. */
static const char *
set(struct config *config, const struct key *key, const char *value)
{
    uint64_t number;

    if (key->check != NULL) {
        const char *rule = strlen(value) > TEXT_MAX ? "is too long" : key->check(value);

        if (rule == NULL)
            set_text(config, key, arena_text(config->arena, slice_text(value)));
        return rule;
    }
    if (key->words != NULL ? !find_word(key->words, value, &number)
                           : !parse_number(value, key, &number))
        return allowed(config, key);
    set_number(config, key, number);
    return NULL;
}

static const struct key *
find_key(const char *name)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}

static int
got_line(void *arg, const char *section, const char *name, const char *value)
{
    struct reader *reader = arg;
    char full[128];

    snprintf(full, sizeof(full), "%s%s%s", section, *section == '\0' ? "" : ".", name);

    const struct key *key = find_key(full);
    if (key == NULL) {
        complain(reader, full, "there is no such key");
        return 1;
    }

    unsigned *seen = &reader->seen[key - keys];
    const char *rule = *seen > 0 ? "is set twice" : set(reader->config, key, value);
    if (rule != NULL)
        complain(reader, full, rule);
    *seen = reader->line;
    return 1;
}

/* As fgets; counts lines, for inih does not tell them. */
static char *
read_line(char *line, int size, void *arg)
{
    struct reader *reader = arg;
    char *got = fgets(line, size, reader->file);

    if (got == NULL)
        return NULL;
    reader->line++;

    size_t len = strlen(got);
    if (len + 1 == (size_t)size && got[len - 1] != '\n')
        complain(reader, "", "the line is too long");
    return got;
}

static void
parse(struct reader *reader)
{
    /* A value ends at the end of its line, and a ";" in it is a ";". */
    ini_allow_multiline = false;
    ini_allow_inline_comments = false;
    ini_use_stack = false;
    ini_max_line = ini_initial_alloc = LINE_MAX_BYTES;

    int bad_line = ini_parse_stream(read_line, reader, got_line, reader);

    if (bad_line > 0) {
        reader->line = (unsigned)bad_line;
        complain(reader, "", "is neither \"[section]\" nor \"key = value\"");
    }
}

/* The value of each key that no line sets. */
static void
set_initial(struct config *config)
{
    config->net = net_limits_default;
    config->rpc = rpc_limits_default;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        const struct key *key = &keys[i];

        if (key->initial == NULL) {
            if (key->check != NULL)
                set_text(config, key, "");
            continue;
        }
        const char *rule = set(config, key, key->initial);
        assert(rule == NULL);
    }
}

static void
complain_of_missing(struct reader *reader)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if ((keys[i].flags & REQUIRED) != 0 && reader->seen[i] == 0)
            complain(reader, keys[i].name, "must be set");
}

/* Of two keys that contradict each other the one that comes later is told. */
static void
complain_of_orders(struct reader *reader)
{
    for (size_t i = 0; i < ARRAY_COUNT(orders); i++) {
        const struct key *lower = find_key(orders[i].lower), *upper = find_key(orders[i].upper);
        unsigned lower_line = reader->seen[lower - keys], upper_line = reader->seen[upper - keys];
        bool is_lower = lower_line > upper_line;

        if (get_number(reader->config, lower) <= get_number(reader->config, upper))
            continue;
        reader->line = is_lower ? lower_line : upper_line;
        complain(reader, is_lower ? lower->name : upper->name,
                 arena_printf(reader->config->arena,
                              is_lower ? "must not be more than %s, %" PRIu64
                                       : "must not be less than %s, %" PRIu64,
                              is_lower ? upper->name : lower->name,
                              get_number(reader->config, is_lower ? upper : lower)));
    }
}

/* What is written short in a file. */
static void
complete(struct config *config)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    if (config->workers.count == 0)
        config->workers.count = cores < 1 ? 1 : cores > WORKERS_MAX ? WORKERS_MAX : (uint64_t)cores;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if ((keys[i].flags & FILE_NAME) == 0)
            continue;

        const char *name = get_text(config, &keys[i]);
        if (*name != '\0' && *name != '/')
            set_text(config, &keys[i],
                     arena_printf(config->arena, "%s/%s", config->bank.state_directory, name));
    }
}

struct config *
config_load(const char *file, struct buffer *faults)
{
    struct config *config = xcalloc(1, sizeof(*config));
    struct reader reader = {.name = file, .config = config, .faults = faults};

    config->arena = arena_new(CONFIG_ARENA_MAX);
    set_initial(config);
    reader.file = fopen(file, "re");
    if (reader.file == NULL) {
        complain(&reader, "", strerror(errno));
    } else {
        parse(&reader);
        fclose(reader.file);
        complain_of_missing(&reader);
        if (!reader.is_bad)
            complain_of_orders(&reader);
    }
    if (reader.is_bad) {
        config_free(config);
        return NULL;
    }
    complete(config);
    return config;
}

void
config_free(struct config *config)
{
    if (config == NULL)
        return;
    arena_free(config->arena);
    xfree(config);
}

static bool
is_equal(const struct config *a, const struct config *b, const struct key *key)
{
    return key->check != NULL ? strcmp(get_text(a, key), get_text(b, key)) == 0
                              : get_number(a, key) == get_number(b, key);
}

void
config_reload(struct config *config, const struct config *fresh, size_t *ignored)
{
    *ignored = 0;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        const struct key *key = &keys[i];

        if (is_equal(config, fresh, key))
            continue;
        if ((key->flags & RELOADABLE) == 0)
            (*ignored)++;
        else
            set_number(config, key, get_number(fresh, key)); /* a text would be the fresh one's */
    }
}

static void
print_value(const struct config *config, const struct key *key, FILE *out)
{
    const char *name = strchr(key->name, '.') + 1;

    if (is_number(key)) {
        fprintf(out, "%s = %" PRIu64 "\n", name, get_number(config, key));
        return;
    }

    const char *text =
        key->words != NULL ? key->words[get_number(config, key)] : get_text(config, key);
    if ((key->flags & SECRET) != 0 &&
        (strstr(text, "password") != NULL || strstr(text, "://") != NULL))
        fprintf(out, "; %s is set; it may hold a password and is not shown\n", name);
    else
        fprintf(out, "%s = %s\n", name, text);
}

void
config_print(const struct config *config, FILE *out)
{
    const char *section = "";

    for (size_t i = 0; i < KEY_COUNT; i++) {
        size_t len = strcspn(keys[i].name, ".");

        if (strncmp(section, keys[i].name, len + 1) != 0)
            fprintf(out, "%s[%.*s]\n", i > 0 ? "\n" : "", (int)len, keys[i].name);
        section = keys[i].name;
        print_value(config, &keys[i], out);
    }
}

static void
print_initial(const struct config *limits, const struct key *key, FILE *out)
{
    if ((key->flags & REQUIRED) != 0)
        fputs("required", out);
    else if (key->initial == NULL)
        fprintf(out, "`%" PRIu64 "`", get_number(limits, key));
    else if (strcmp(key->initial, MIGRATIONS_FOLDER) == 0)
        fputs("as installed", out);
    else
        fprintf(out, *key->initial == '\0' ? "empty" : "`%s`", key->initial);
}

static void
print_values(const struct key *key, FILE *out)
{
    if (is_number(key))
        fprintf(out, "%" PRIu64 " to %" PRIu64, key->min, key->max);
    else if (key->words == NULL)
        fputs((key->flags & FILE_NAME) != 0 ? "file" : "text", out);
    else
        for (size_t i = 0; key->words[i] != NULL; i++)
            fprintf(out, "%s`%s`", i > 0 ? ", " : "", key->words[i]);
}

void
config_print_table(FILE *out)
{
    const struct config limits = {.net = net_limits_default, .rpc = rpc_limits_default};

    fputs("| key | default | values | SIGHUP | meaning |\n|---|---|---|---|---|\n", out);
    for (size_t i = 0; i < KEY_COUNT; i++) {
        fprintf(out, "| `%s` | ", keys[i].name);
        print_initial(&limits, &keys[i], out);
        fputs(" | ", out);
        print_values(&keys[i], out);
        fprintf(out, " | %s | %s |\n", (keys[i].flags & RELOADABLE) != 0 ? "yes" : "",
                keys[i].help);
    }
}
