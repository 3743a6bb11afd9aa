#pragma once

/*
 * Everything that OpenSSL's EVP does for the bank happens in this folder, and
 * none of OpenSSL's types or errors leave it.
 *
 * The algorithms are fetched once, at first use, because a fetch costs more
 * than a hash. Whoever cares about leaks calls crypto_fini() last; using the
 * folder again after it is allowed and fetches anew.
 */
void crypto_fini(void);
