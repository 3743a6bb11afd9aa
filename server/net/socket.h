#pragma once

#include "base/attributes.h"

#include <stdint.h>

/*
 * Binds and listens. `address` is IPv4 or IPv6 as text, never a name; port 0
 * lets the kernel choose. Sets *port to the port bound. The socket is
 * non-blocking and closes on exec. Returns it, or -1 with errno set.
 */
int socket_listen(const char *address, uint16_t *port) MUST_USE;
