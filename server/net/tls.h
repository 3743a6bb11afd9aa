#pragma once

#include "base/attributes.h"

/*
 * The server's side of TLS: version 1.3 only (RFC 8446), ALPN h2 or http/1.1
 * (RFC 7301), the certificate chain and key from PEM files.
 */
struct tls_context;

/* Reads no file yet; the names are copied. */
struct tls_context *tls_context_new(const char *certificate_file, const char *key_file) MUST_USE;
void tls_context_free(struct tls_context *tls);

/*
 * Reads the files, for the first time or again. NULL, or why they cannot serve,
 * valid until the next call; then what was loaded before stays. Connections
 * keep what they began with.
 */
const char *tls_context_load(struct tls_context *tls) MUST_USE;
