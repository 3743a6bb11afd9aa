#pragma once

#include "net/tls.h"

#include <openssl/ssl.h>

/* A server's end over the connected socket; NULL if nothing was loaded or memory is short. */
SSL *tls_accept(struct tls_context *tls, int fd) MUST_USE;
