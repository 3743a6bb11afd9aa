#pragma once

#include "base/address.h"
#include "base/slice.h"

#define INSTITUTION_ID_MAX 32
#define ACCOUNT_NO_MAX 16

enum caller_kind { CALLER_ANYBODY, CALLER_LEARNER, CALLER_INSTITUTION };

/* Who may call a method. Institutions by kind: the bit is 2 << enum institution_kind of core. */
enum {
    MAY_ANYBODY = 1u << 0, /* also without a credential */
    MAY_LEARNER = 1u << 1,
    MAY_OPERATOR = 1u << 2,
    MAY_REGULATOR = 1u << 3,
    MAY_SCHOOL = 1u << 4,
    MAY_ISSUER = 1u << 5,
    MAY_INSTITUTION = MAY_OPERATOR | MAY_REGULATOR | MAY_SCHOOL | MAY_ISSUER,
};

/* Who makes a call, as far as the credential it came with proves it. */
struct caller {
    enum caller_kind kind;
    char address[ADDRESS_MAX + 1]; /* where the connection comes from */

    /* CALLER_INSTITUTION */
    char institution_id[INSTITUTION_ID_MAX + 1];
    uint32_t institution_kind; /* enum institution_kind of core */
    uint32_t duties;           /* bit set of enum duty of core: what its key may do */
    uint8_t key_id[32];

    /* CALLER_LEARNER */
    char account_no[ACCOUNT_NO_MAX + 1];
    uint8_t session_id[16];
};
