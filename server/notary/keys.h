#pragma once

#include "crypto/key.h"

/*
 * Reads a private key from its file, with the passphrase of `passphrase_file`
 * (its last newline left out; "": the key is not encrypted). NULL and the key, or
 * why not, in English, for the log or whoever started the program.
 */
const char *keys_load(const char *key_file, const char *passphrase_file,
                      struct private_key **key) MUST_USE;

/* Writes the key so that keys_load() reads it. NULL, or why not: never over a file that exists. */
const char *keys_save(const struct private_key *key, const char *passphrase_file,
                      const char *key_file) MUST_USE;
