#pragma once

#include "net/tls.h"

#include "base/slice.h"

#include <openssl/ssl.h>

/*
 * The bytes of one connected, non-blocking socket, in clear or through TLS.
 * Nothing is buffered here. The transport owns the socket.
 */
struct transport {
    int fd;
    SSL *ssl;         /* NULL in clear */
    bool wants_write; /* TLS cannot go on before the socket takes bytes */
};

enum transport_result {
    TRANSPORT_OK,
    TRANSPORT_AGAIN, /* wait for the socket: to be readable, or writable if wants_write */
    TRANSPORT_EOF,   /* the peer ends its side */
    TRANSPORT_BROKEN,
};

/* Takes the socket over; false (socket closed) if TLS cannot begin. `tls` NULL means clear text. */
bool transport_init(struct transport *transport, int fd, struct tls_context *tls) MUST_USE;
void transport_fini(struct transport *transport);

/* Goes on with the handshake; TRANSPORT_OK once it is done, and always in clear. */
enum transport_result transport_handshake(struct transport *transport) MUST_USE;

/* Whether ALPN chose HTTP/2. */
bool transport_is_h2(const struct transport *transport);

/* Moves up to `size` bytes; *len is how many (> 0 with TRANSPORT_OK). */
enum transport_result transport_read(struct transport *transport, uint8_t *at, size_t size,
                                     size_t *len) MUST_USE;
enum transport_result transport_write(struct transport *transport, struct slice bytes,
                                      size_t *len) MUST_USE;

/* Says that nothing more will be written; the peer may still write. */
void transport_end(struct transport *transport);

/* Throws away what the peer still writes after transport_end(). */
enum transport_result transport_discard(struct transport *transport, uint8_t *scratch,
                                        size_t size) MUST_USE;
