#pragma once

#include "crypto/key.h"

/*
 * Reads a private key from its file, with the passphrase of `passphrase_file`
 * (its last newline left out; "": the key is not encrypted). NULL and the key, or
 * why not, in English, for the log or whoever started the program.
 */
const char *keys_load(const char *key_file, const char *passphrase_file,
                      struct private_key **key) MUST_USE;
