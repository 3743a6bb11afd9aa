#pragma once

#include "base/attributes.h"

#include <stdbool.h>

/* Whether text is the address of a server: https://HOST or http://HOST, with a port or without. */
bool server_is_valid(const char *address) MUST_USE;

/* Whether it is reached over TLS. */
bool server_is_secure(const char *address) MUST_USE;
