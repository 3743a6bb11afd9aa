#include "base/address.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <string.h>

/* RFC 6177 2: a site is given a /64 or more. */
#define SUBSCRIBER_BYTES 8

void
address_subscriber(const char *address, char subscriber[ADDRESS_MAX + 1])
{
    struct in6_addr bytes;
    int len;

    if (inet_pton(AF_INET6, address, &bytes) == 1) {
        memset(&bytes.s6_addr[SUBSCRIBER_BYTES], 0, sizeof(bytes.s6_addr) - SUBSCRIBER_BYTES);
        inet_ntop(AF_INET6, &bytes, subscriber, ADDRESS_MAX + 1);
        return;
    }
    len = snprintf(subscriber, ADDRESS_MAX + 1, "%s", address);
    assert(len <= ADDRESS_MAX);
}
