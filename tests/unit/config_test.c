/* config: what a file may say, and what is said of one that may not. */
#include "config.h"

#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#define REQUIRED \
    "[bank]\nlog_origin = demo.example/log\noperator_id = bank\nstate_directory = /srv\n"

struct loaded {
    struct config *config;
    char faults[CONFIG_FAULTS_MAX + 1];
};

static struct loaded
load(const char *text)
{
    char name[] = "/tmp/config_test.XXXXXX";
    struct loaded loaded = {0};
    struct buffer faults;
    FILE *file = fdopen(mkstemp(name), "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    buffer_init(&faults, CONFIG_FAULTS_MAX);
    loaded.config = config_load(name, &faults);

    /* What is said begins with the file's name, which is not the same twice. */
    const char *said = faults.at == NULL ? "" : (const char *)faults.at;
    size_t len = faults.len;
    if (len > 0) {
        assert_memory_equal(said, name, strlen(name));
        said += strlen(name);
        len -= strlen(name);
    }
    memcpy(loaded.faults, said, len);
    buffer_fini(&faults);
    unlink(name);
    return loaded;
}

static void
a_short_file_gets_the_defaults(void **state)
{
    struct loaded loaded = load(REQUIRED);

    (void)state;
    assert_string_equal(loaded.faults, "");
    assert_string_equal(loaded.config->bank.log_origin, "demo.example/log");
    assert_int_equal(loaded.config->listen.port, 8443);
    assert_string_equal(loaded.config->listen.cleartext_address, "");
    assert_int_equal(loaded.config->log.level, LOG_INFO);
    assert_string_equal(loaded.config->notary.anchor, "/srv/anchor");
    assert_string_equal(loaded.config->notary.passphrase_file, "");
    assert_int_equal(loaded.config->net.streams_max, net_limits_default.streams_max);
    assert_int_equal(loaded.config->net.resets_per_second, net_limits_default.resets_per_second);
    assert_true(loaded.config->workers.count >= 1);
    config_free(loaded.config);
}

static void
what_a_file_sets_is_taken(void **state)
{
    struct loaded loaded =
        load("# a comment\n" REQUIRED "[log]\nlevel = debug\nformat = json\n"
             "[database]\nconninfo = host=/run user=a password=b;c # d\n"
             "[listen]\nport = 0\ncleartext_address = ::1\n[notary]\nanchor = /var/anchor\n"
             "[net]\nconnections_max = 7\nbody_bytes_max = 65536\n[workers]\ncount = 3\n");

    (void)state;
    assert_string_equal(loaded.faults, "");
    assert_int_equal(loaded.config->log.level, LOG_DEBUG);
    assert_int_equal(loaded.config->log.format, LOG_JSON);
    assert_string_equal(loaded.config->database.conninfo, "host=/run user=a password=b;c # d");
    assert_int_equal(loaded.config->listen.port, 0);
    assert_string_equal(loaded.config->listen.cleartext_address, "::1");
    assert_string_equal(loaded.config->notary.anchor, "/var/anchor");
    assert_int_equal(loaded.config->net.connections_max, 7);
    assert_int_equal(loaded.config->net.body_bytes_max, 65536);
    assert_int_equal(loaded.config->workers.count, 3);
    config_free(loaded.config);
}

static void
what_is_wrong_is_said_with_its_line_and_rule(void **state)
{
    static const struct {
        const char *lines;
        const char *said;
    } cases[] = {
        {"[log]\nlevle = info\n", ":6: log.levle: there is no such key\n"},
        {"[log]\n\nlevel = loud\n", ":7: log.level: must be one of error, warn, info, debug\n"},
        {"[listen]\nport = 65536\n", ":6: listen.port: must be a number from 0 to 65535\n"},
        {"[listen]\nport = -1\n", ":6: listen.port: must be a number from 0 to 65535\n"},
        {"[listen]\nport = 8443x\n", ":6: listen.port: must be a number from 0 to 65535\n"},
        {"[listen]\nport =\n", ":6: listen.port: must be a number from 0 to 65535\n"},
        {"[listen]\nport = 18446744073709551617\n",
         ":6: listen.port: must be a number from 0 to 65535\n"},
        {"[listen]\naddress = bank.example\n",
         ":6: listen.address: must be an IPv4 or IPv6 address\n"},
        {"[listen]\ncleartext_address = 0.0.0.0\n",
         ":6: listen.cleartext_address: must be a loopback address, 127.0.0.0/8 or ::1, or "
         "empty\n"},
        {"[listen]\ncleartext_address = 192.0.2.1\n",
         ":6: listen.cleartext_address: must be a loopback address, 127.0.0.0/8 or ::1, or "
         "empty\n"},
        {"[log]\nlevel = info\nlevel = info\n", ":7: log.level: is set twice\n"},
        {"operator_id = other\n", ":5: bank.operator_id: is set twice\n"},
        {"[net]\nbody_bytes_max = 1073741824\n",
         ":6: net.body_bytes_max: must be a number from 65536 to 1052672\n"},
        {"[rpc]\ncalls_max = 8192\n", ":6: rpc.calls_max: must be a number from 1 to 8191\n"},
        {"[rpc]\ntimeout_ms = 120001\n",
         ":6: rpc.timeout_ms: must be a number from 100 to 120000\n"},
        {"[rpc]\ncalls_max = 99\n",
         ":6: rpc.calls_max: must not be less than net.streams_max, 100\n"},
        {"[rpc]\ncalls_max = 200\n[net]\nstreams_max = 201\n",
         ":8: net.streams_max: must not be more than rpc.calls_max, 200\n"},
        {"[database]\npool_wait_ms = 30001\n",
         ":6: database.pool_wait_ms: must not be more than rpc.timeout_ms, 30000\n"},
        {"nonsense\n", ":5: is neither \"[section]\" nor \"key = value\"\n"},
        {"[tls]\ncertificate =\n", ":6: tls.certificate: must name a file\n"},
        {"[database]\nmigrations = here\n",
         ":6: database.migrations: must be the full path of a folder, beginning with \"/\"\n"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char text[1024];

        snprintf(text, sizeof(text), "%s%s", REQUIRED, cases[i].lines);
        struct loaded loaded = load(text);
        assert_null(loaded.config);
        assert_string_equal(loaded.faults, cases[i].said);
    }
}

static void
all_that_is_missing_is_said_at_once(void **state)
{
    struct loaded loaded = load("[bank]\noperator_id = Bank\n");

    (void)state;
    assert_null(loaded.config);
    assert_non_null(strstr(loaded.faults, "bank.operator_id: must be 2 to 32 characters"));
    assert_non_null(strstr(loaded.faults, "bank.log_origin: must be set"));
    assert_non_null(strstr(loaded.faults, "bank.state_directory: must be set"));
}

static void
a_file_that_is_not_there_is_said_so(void **state)
{
    struct buffer faults;

    (void)state;
    buffer_init(&faults, CONFIG_FAULTS_MAX);
    assert_null(config_load("/nonexistent/creditbankd.conf", &faults));
    assert_true(slice_is(buffer_slice(&faults),
                         "/nonexistent/creditbankd.conf:0: No such file or directory\n"));
    buffer_fini(&faults);
}

/* 1,000 lines of a page each: more faults than the buffer holds, and lines that are too long. */
static void
a_hostile_file_is_refused_within_the_limits(void **state)
{
    enum { LINE = 6000, LINES = 1000 };
    const size_t size = (size_t)LINE * LINES;
    char *text = malloc(size + 1);

    (void)state;
    memset(text, 'x', size);
    for (size_t i = 1; i <= LINES; i++)
        text[i * LINE - 1] = '\n';
    text[size] = '\0';
    struct loaded loaded = load(text);
    assert_null(loaded.config);
    free(text);
}

static char *
printed(const struct config *config)
{
    char *text;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    config_print(config, out);
    fclose(out);
    return text;
}

static void
what_is_printed_reads_back_the_same(void **state)
{
    struct loaded loaded = load(REQUIRED "[listen]\nport = 1\n[log]\nformat = json\n");
    char *text = printed(loaded.config);
    struct loaded again = load(text);
    char *text_again;

    (void)state;
    assert_string_equal(again.faults, "");
    text_again = printed(again.config);
    assert_string_equal(text, text_again);
    free(text);
    free(text_again);
    config_free(loaded.config);
    config_free(again.config);
}

static void
a_password_is_not_printed(void **state)
{
    struct loaded loaded = load(REQUIRED "[database]\nconninfo = dbname=x password=geheim\n"
                                         "owner_conninfo = postgresql://a:geheim@h/x\n");
    char *text = printed(loaded.config);

    (void)state;
    assert_null(strstr(text, "geheim"));
    free(text);
    config_free(loaded.config);
}

static void
a_reload_takes_what_may_change_and_counts_the_rest(void **state)
{
    struct loaded old = load(REQUIRED);
    struct loaded fresh =
        load(REQUIRED "[log]\nlevel = error\n[listen]\nport = 1\n[tls]\nkey = other.pem\n");
    size_t ignored;

    (void)state;
    config_reload(old.config, fresh.config, &ignored);
    config_free(fresh.config);
    assert_int_equal(ignored, 2);
    assert_int_equal(old.config->log.level, LOG_ERROR);
    assert_int_equal(old.config->listen.port, 8443);
    assert_string_equal(old.config->tls.key, "/srv/tls-key.pem");
    config_free(old.config);
}

/* The table stands between two comments; `creditbankd check-config --table` prints it. */
static void
the_operators_page_has_this_table(void **state)
{
    const char *root = getenv("SOURCE_ROOT");
    char path[4096], *table, *page;
    size_t table_len, page_len;
    FILE *out = open_memstream(&table, &table_len);
    int c;

    (void)state;
    assert_non_null(root);
    config_print_table(out);
    fclose(out);

    snprintf(path, sizeof(path), "%s/docs/operating.md", root);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    out = open_memstream(&page, &page_len);
    while ((c = fgetc(file)) != EOF)
        fputc(c, out);
    fclose(file);
    fclose(out);

    assert_non_null(strstr(page, table));
    free(page);
    free(table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_file_gets_the_defaults),
        cmocka_unit_test(what_a_file_sets_is_taken),
        cmocka_unit_test(what_is_wrong_is_said_with_its_line_and_rule),
        cmocka_unit_test(all_that_is_missing_is_said_at_once),
        cmocka_unit_test(a_file_that_is_not_there_is_said_so),
        cmocka_unit_test(a_hostile_file_is_refused_within_the_limits),
        cmocka_unit_test(what_is_printed_reads_back_the_same),
        cmocka_unit_test(a_password_is_not_printed),
        cmocka_unit_test(a_reload_takes_what_may_change_and_counts_the_rest),
        cmocka_unit_test(the_operators_page_has_this_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
