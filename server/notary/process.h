#pragma once

#include "base/attributes.h"

/*
 * The notary's process. Its log key signs only checkpoints, each over a tree that
 * grows the one signed before (notary/anchor.h); its service key only the
 * transactions that the bank makes itself, and statement lists.
 */
struct notary_config {
    const char *log_origin;
    const char *operator_id;      /* the institution whose key the service key is */
    const char *log_key_file;     /* Ed25519, PKCS#8 in PEM, mode 0600 */
    const char *service_key_file; /* likewise, any algorithm */
    const char *passphrase_file;  /* of both keys; "" when they are not encrypted */
    const char *anchor_file;
};

/* Serves until the supervisor ends it; takes `control_fd` over. The exit status. */
int notary_run(const struct notary_config *config, int control_fd) MUST_USE;
