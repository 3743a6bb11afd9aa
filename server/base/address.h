#pragma once

#define ADDRESS_MAX 46 /* an IPv6 address as text */

/*
 * Whoever is counted by address is counted by this: IPv6 by its /64, for that is
 * what one subscriber is given. The address is of at most ADDRESS_MAX characters.
 */
void address_subscriber(const char *address, char subscriber[ADDRESS_MAX + 1]);
