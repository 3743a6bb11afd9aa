/*
 * net: curl as a foreign client, in clear and through TLS. The certificates are
 * made here; curl checks the server's against the one that it should show.
 */
#include "net_peer.h"

#include "base/memory.h"

#include "unit.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ARGS_MAX 24
#define PATH_SIZE 128

static struct server server;
static char folder[] = "/tmp/creditbank-net-XXXXXX";
static char certificate_file[PATH_SIZE], key_file[PATH_SIZE];

/* ---- Certificates ---- */

static void
write_pem(X509 *certificate, EVP_PKEY *key)
{
    FILE *file = fopen(certificate_file, "we");

    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, certificate), 1);
    fclose(file);
    file = fopen(key_file, "we");
    assert_non_null(file);
    assert_int_equal(PEM_write_PKCS8PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
}

/* A new key and a certificate of its own for localhost, over those of before. */
static void
make_certificate(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "DNS:localhost");

    X509_set_version(certificate, X509_VERSION_3);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"localhost", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_add_ext(certificate, names, -1);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    write_pem(certificate, key);
    X509_EXTENSION_free(names);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static int
make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(certificate_file, sizeof(certificate_file), "%s/cert.pem", folder);
    snprintf(key_file, sizeof(key_file), "%s/key.pem", folder);
    make_certificate();
    return 0;
}

static int
remove_folder(void **state)
{
    (void)state;
    unlink(certificate_file);
    unlink(key_file);
    return rmdir(folder);
}

/* ---- curl ---- */

/* What curl prints for these options and the path: the body, version, status, or its own code. */
static char *
curl(const char *scheme, const char *path, const char *const options[])
{
    const char *argv[ARGS_MAX] = {"curl",       "-s",
                                  "--max-time", "20",
                                  "--cacert",   certificate_file,
                                  "-w",         " %{http_version} %{http_code} %{exitcode}"};
    char url[PATH_SIZE];
    size_t count = 8;

    while (*options != NULL) {
        assert_true(count < ARGS_MAX - 2);
        argv[count++] = *options++;
    }
    snprintf(url, sizeof(url), "%s://localhost:%u%s", scheme, server.port, path);
    argv[count] = url;
    return run_program(&server, argv);
}

#define CURL(scheme, path, ...) curl(scheme, path, (const char *const[]){__VA_ARGS__, NULL})

static void
assert_printed(char *printed, const char *expected)
{
    assert_string_equal(printed, expected);
    xfree(printed);
}

static void
both_versions_echo_in_clear(void **state)
{
    (void)state;
    server_start(&server, &net_limits_default, NULL);
    assert_printed(CURL("http", "/", "--http1.1", "-d", "hello"), "hello 1.1 200 0");
    assert_printed(CURL("http", "/", "--http2-prior-knowledge", "-d", "hello"), "hello 2 200 0");
    assert_printed(CURL("http", "/?q", "--http1.1"), " 1.1 200 0");
    assert_printed(CURL("http", "/", "--http1.1", "-I", "-o", "/dev/null"), " 1.1 200 0");
    assert_printed(CURL("http", "/", "--http2-prior-knowledge", "-I", "-o", "/dev/null"),
                   " 2 200 0");
    /* RFC 9113 3.1: the upgrade from HTTP/1.1 is obsolete, and ignored. */
    assert_printed(CURL("http", "/", "--http2", "-d", "hello"), "hello 1.1 200 0");
    assert_printed(CURL("http", "/trailers", "--http2-prior-knowledge", "-d", "x"), "x 2 200 0");
    assert_printed(CURL("http", "/", "--http1.1", "-d", "a", "-H", "Transfer-Encoding: chunked"),
                   "a 1.1 200 0");
    server_stop(&server);
}

static void
both_versions_refuse_what_is_too_large(void **state)
{
    static char field[20000] = "X-Large: ";
    static const char *const versions[] = {"--http1.1", "--http2-prior-knowledge"};
    struct net_limits limits = net_limits_default;

    (void)state;
    limits.body_bytes_max = 4;
    memset(field + strlen(field), 'x', sizeof(field) - 1 - strlen(field));
    server_start(&server, &limits, NULL);
    for (size_t i = 0; i < ARRAY_COUNT(versions); i++) {
        char *large = CURL("http", "/", versions[i], "-d", "12345");
        char *head = CURL("http", "/", versions[i], "-H", field);

        assert_non_null(strstr(large, "refused by the handler"));
        assert_non_null(strstr(large, " 413 0"));
        assert_non_null(strstr(head, "431 Request Header Fields Too Large\n"));
        xfree(large);
        xfree(head);
    }
    server_stop(&server);
}

static void
tls_speaks_what_alpn_chose(void **state)
{
    struct tls_context *tls = tls_context_new(certificate_file, key_file);

    (void)state;
    assert_null(tls_context_load(tls));
    server_start(&server, &net_limits_default, tls);
    assert_printed(CURL("https", "/", "--http2", "-d", "hello"), "hello 2 200 0");
    assert_printed(CURL("https", "/", "--http1.1", "-d", "hello"), "hello 1.1 200 0");
    assert_printed(CURL("https", "/", "--no-alpn", "-d", "hello"), "hello 1.1 200 0");
    server_stop(&server);
    tls_context_free(tls);
}

static void
tls_before_1_3_is_refused(void **state)
{
    struct tls_context *tls = tls_context_new(certificate_file, key_file);

    (void)state;
    assert_null(tls_context_load(tls));
    server_start(&server, &net_limits_default, tls);
    /* 35: CURLE_SSL_CONNECT_ERROR. */
    assert_printed(CURL("https", "/", "--tls-max", "1.2"), " 0 000 35");
    UNTIL(&server, listener_stats(server.listener)->connections_open == 0);
    assert_int_equal(listener_stats(server.listener)->handshakes_failed, 1);
    assert_int_equal(server.requests, 0);
    server_stop(&server);
    tls_context_free(tls);
}

static void
large_answers_pass_both_ways(void **state)
{
    struct tls_context *tls = tls_context_new(certificate_file, key_file);
    static const char *const versions[] = {"--http1.1", "--http2"};

    (void)state;
    assert_null(tls_context_load(tls));
    server_start(&server, &net_limits_default, tls);
    for (size_t i = 0; i < ARRAY_COUNT(versions); i++) {
        char *printed = CURL("https", "/large", versions[i], "-o", "/dev/null", "-w",
                             "%{size_download} %{exitcode}");

        assert_printed(printed, "4194304 0");
    }
    server_stop(&server);
    tls_context_free(tls);
}

static void
new_connections_show_the_certificate_that_was_loaded_last(void **state)
{
    struct tls_context *tls = tls_context_new(certificate_file, key_file);

    (void)state;
    assert_null(tls_context_load(tls));
    server_start(&server, &net_limits_default, tls);
    make_certificate();
    /* 60: CURLE_PEER_FAILED_VERIFICATION, since curl expects the new one. */
    assert_printed(CURL("https", "/", "--http2"), " 0 000 60");
    assert_null(tls_context_load(tls));
    assert_printed(CURL("https", "/", "--http2"), " 2 200 0");
    server_stop(&server);
    tls_context_free(tls);
}

static void
files_that_cannot_serve_change_nothing(void **state)
{
    struct tls_context *tls = tls_context_new(certificate_file, key_file);
    char saved[PATH_SIZE + 8];

    (void)state;
    assert_null(tls_context_load(tls));
    server_start(&server, &net_limits_default, tls);
    snprintf(saved, sizeof(saved), "%s.saved", key_file);
    assert_int_equal(rename(key_file, saved), 0);
    assert_non_null(strstr(tls_context_load(tls), key_file));
    assert_printed(CURL("https", "/", "--http2"), " 2 200 0");
    assert_int_equal(rename(saved, key_file), 0);
    server_stop(&server);
    tls_context_free(tls);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_versions_echo_in_clear),
        cmocka_unit_test(both_versions_refuse_what_is_too_large),
        cmocka_unit_test(tls_speaks_what_alpn_chose),
        cmocka_unit_test(tls_before_1_3_is_refused),
        cmocka_unit_test(large_answers_pass_both_ways),
        cmocka_unit_test(new_connections_show_the_certificate_that_was_loaded_last),
        cmocka_unit_test(files_that_cannot_serve_change_nothing),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
