#pragma once

#include "crypto/seal.h"

/*
 * The file of the keys under which persons are sealed, mode 0600:
 *
 *   creditbank identity keys v1
 *   index HEX        64 lower-case digits: of seal_index(); never changes
 *   epoch 1 HEX      wraps the learners' keys; the last line is the current epoch
 *   epoch 2 HEX      numbers ascend; an epoch that was destroyed has no line
 */
#define IDENTITY_EPOCHS_MAX 64

struct identity_epoch {
    uint32_t number;
    struct seal_key key;
};

struct identity_keys {
    struct seal_key index;
    size_t epoch_count; /* at least 1; the last is the current one */
    struct identity_epoch epochs[IDENTITY_EPOCHS_MAX];
};

/* Makes the file with fresh keys and epoch 1. NULL, or why not: never over one that exists. */
const char *identity_keys_create(const char *file) MUST_USE;

/* NULL and the keys, or why not. */
const char *identity_keys_load(const char *file, struct identity_keys *keys) MUST_USE;

/* The key of that epoch; NULL if it is not there. */
const struct seal_key *identity_keys_epoch(const struct identity_keys *keys,
                                           uint32_t number) MUST_USE;

/* Overwrites them in a way that the compiler keeps. */
void identity_keys_wipe(struct identity_keys *keys);
