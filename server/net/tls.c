#include "net/tls_private.h"

#include "base/memory.h"
#include "base/slice.h"

#include <openssl/err.h>
#include <stdio.h>

#define WHY_MAX 512

struct tls_context {
    char *certificate_file, *key_file;
    SSL_CTX *loaded; /* NULL before the first load */
    char why[WHY_MAX];
};

struct tls_context *
tls_context_new(const char *certificate_file, const char *key_file)
{
    struct tls_context *tls = xcalloc(1, sizeof(*tls));

    tls->certificate_file = xstrdup(certificate_file);
    tls->key_file = xstrdup(key_file);
    return tls;
}

void
tls_context_free(struct tls_context *tls)
{
    if (tls == NULL)
        return;
    SSL_CTX_free(tls->loaded);
    xfree(tls->certificate_file);
    xfree(tls->key_file);
    xfree(tls);
}

/* Finds a protocol in the peer's list of names, each behind its length (RFC 7301 3.1). */
static struct slice
find_protocol(struct slice offered, struct slice wanted)
{
    for (size_t at = 0; at < offered.len; at += 1U + offered.at[at]) {
        struct slice name = slice_make(offered.at + at + 1, offered.at[at]);

        if (name.len < offered.len - at && slice_equal(name, wanted))
            return name;
    }
    return (struct slice){0};
}

/* RFC 7301 3.2: of the protocols that both know, the server's first; none in common is fatal. */
static int
select_protocol(SSL *ssl, const unsigned char **chosen, unsigned char *chosen_len,
                const unsigned char *offered, unsigned offered_len, void *arg)
{
    static const char *const known[] = {"h2", "http/1.1"};

    (void)ssl;
    (void)arg;
    for (size_t i = 0; i < ARRAY_COUNT(known); i++) {
        struct slice name = find_protocol(slice_make(offered, offered_len), slice_text(known[i]));

        if (name.at != NULL) {
            *chosen = name.at;
            *chosen_len = (unsigned char)name.len;
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* An encrypted key is refused: OpenSSL would ask for its password at the terminal. */
static int
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is OpenSSL's. */
no_password(char *password, int size, int for_writing, void *arg)
{
    (void)password;
    (void)size;
    (void)for_writing;
    (void)arg;
    return -1;
}

static bool
configure(SSL_CTX *ctx)
{
    if (SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1)
        return false;
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    /* An idle connection then keeps no buffers, and output may move between two tries. */
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    /* One read of the socket brings a record whole, not its head and then the rest. */
    SSL_CTX_set_read_ahead(ctx, 1);
    /* Tickets carry the session; a cache of ours would only grow. */
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(ctx, select_protocol, NULL);
    SSL_CTX_set_default_passwd_cb(ctx, no_password);
    return SSL_CTX_set_num_tickets(ctx, 1) == 1;
}

static const char *
refuse(struct tls_context *tls, const char *file, SSL_CTX *ctx)
{
    char reason[256];

    ERR_error_string_n(ERR_get_error(), reason, sizeof(reason));
    ERR_clear_error();
    SSL_CTX_free(ctx);
    snprintf(tls->why, sizeof(tls->why), "%s: %s", file, reason);
    return tls->why;
}

const char *
tls_context_load(struct tls_context *tls)
{
    ERR_clear_error();

    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

    if (ctx == NULL || !configure(ctx))
        return refuse(tls, "TLS 1.3", ctx);
    if (SSL_CTX_use_certificate_chain_file(ctx, tls->certificate_file) != 1)
        return refuse(tls, tls->certificate_file, ctx);
    if (SSL_CTX_use_PrivateKey_file(ctx, tls->key_file, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(ctx) != 1)
        return refuse(tls, tls->key_file, ctx);

    SSL_CTX_free(tls->loaded);
    tls->loaded = ctx;
    return NULL;
}

SSL *
tls_accept(struct tls_context *tls, int fd)
{
    SSL *ssl = tls->loaded != NULL ? SSL_new(tls->loaded) : NULL;

    if (ssl == NULL || SSL_set_fd(ssl, fd) != 1) {
        SSL_free(ssl);
        ERR_clear_error();
        return NULL;
    }
    SSL_set_accept_state(ssl);
    return ssl;
}
