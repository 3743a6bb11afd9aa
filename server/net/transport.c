#include "net/transport.h"

#include "net/tls_private.h"

#include <errno.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

bool
transport_init(struct transport *transport, int fd, struct tls_context *tls)
{
    *transport = (struct transport){.fd = fd};
    if (tls == NULL)
        return true;

    transport->ssl = tls_accept(tls, fd);
    if (transport->ssl == NULL)
        transport_fini(transport);
    return transport->ssl != NULL;
}

void
transport_fini(struct transport *transport)
{
    SSL_free(transport->ssl);
    close(transport->fd);
    *transport = (struct transport){.fd = -1};
}

/* What a call that returned `result` <= 0 means; OpenSSL's queue of errors is empty afterwards. */
static enum transport_result
explain(struct transport *transport, int result)
{
    int error = SSL_get_error(transport->ssl, result);

    ERR_clear_error();
    transport->wants_write = error == SSL_ERROR_WANT_WRITE;
    switch (error) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return TRANSPORT_AGAIN;
    case SSL_ERROR_ZERO_RETURN:
        return TRANSPORT_EOF;
    default:
        return TRANSPORT_BROKEN;
    }
}

/* The same for a socket in clear. */
static enum transport_result
explain_socket(struct transport *transport, ssize_t result, bool writing)
{
    if (result == 0 && !writing)
        return TRANSPORT_EOF;
    if (result < 0 && (errno == EAGAIN || errno == EINTR)) {
        transport->wants_write = writing;
        return TRANSPORT_AGAIN;
    }
    return TRANSPORT_BROKEN;
}

enum transport_result
transport_handshake(struct transport *transport)
{
    if (transport->ssl == NULL)
        return TRANSPORT_OK;
    transport->wants_write = false;

    int result = SSL_do_handshake(transport->ssl);

    return result == 1 ? TRANSPORT_OK : explain(transport, result);
}

bool
transport_is_h2(const struct transport *transport)
{
    const unsigned char *name = NULL;
    unsigned len = 0;

    if (transport->ssl == NULL)
        return false;
    SSL_get0_alpn_selected(transport->ssl, &name, &len);
    return slice_is(slice_make(name, len), "h2");
}

enum transport_result
transport_read(struct transport *transport, uint8_t *at, size_t size, size_t *len)
{
    *len = 0;
    transport->wants_write = false;
    if (transport->ssl != NULL) {
        int result = SSL_read_ex(transport->ssl, at, size, len);

        return result == 1 ? TRANSPORT_OK : explain(transport, result);
    }

    ssize_t result = recv(transport->fd, at, size, 0);

    if (result <= 0)
        return explain_socket(transport, result, false);
    *len = (size_t)result;
    return TRANSPORT_OK;
}

enum transport_result
transport_write(struct transport *transport, struct slice bytes, size_t *len)
{
    *len = 0;
    transport->wants_write = false;
    if (transport->ssl != NULL) {
        int result = SSL_write_ex(transport->ssl, bytes.at, bytes.len, len);

        return result == 1 ? TRANSPORT_OK : explain(transport, result);
    }

    ssize_t result = send(transport->fd, bytes.at, bytes.len, MSG_NOSIGNAL);

    if (result <= 0)
        return explain_socket(transport, result, true);
    *len = (size_t)result;
    return TRANSPORT_OK;
}

void
transport_end(struct transport *transport)
{
    /* One close_notify (RFC 8446 6.1). If the socket takes no more, the FIN has to do. */
    if (transport->ssl != NULL && SSL_is_init_finished(transport->ssl)) {
        SSL_shutdown(transport->ssl);
        ERR_clear_error();
    }
    shutdown(transport->fd, SHUT_WR);
}

enum transport_result
transport_discard(struct transport *transport, uint8_t *scratch, size_t size)
{
    ssize_t result = recv(transport->fd, scratch, size, 0);

    return result > 0 ? TRANSPORT_OK : explain_socket(transport, result, false);
}
