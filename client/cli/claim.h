#pragma once

#include "cli.h"

/*
 * What a key holder hands to whoever registers the key: a KeyRegistered with the
 * key's own signature over its KeyClaim. NULL, and said so. In the arena.
 */
Creditbank__V1__KeyRegistered *claim_make(struct cli *cli, const char *institution_id,
                                          const char *duties) MUST_USE;
