#pragma once

#include "crypto/key.h"

#include "cli.h"

/* Shows a public key: its algorithm, its id, its SubjectPublicKeyInfo in base64. */
void key_info_print(struct cli *cli, const struct public_key *key);
