#pragma once

#include "cli.h"

#include "creditbank/v1/account_service.pb-c.h"

/* The own institution's outcome of that number, as it stands; said so where there is none. */
struct outcome_now {
    const char *institution_id;
    const char *account_no;
    struct creditbank_result result; /* holds `version`; the caller frees it when EXIT_DONE */
    const Creditbank__V1__Outcome *version;
};

enum exit_code outcome_get(struct cli *cli, const char *outer_id,
                           struct outcome_now *outcome) MUST_USE;
