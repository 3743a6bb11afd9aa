#pragma once

#include "core/context.h"

/* The account, if it may receive records: open, and not suspended; else refuses and gives NULL. */
const struct account *account_for_records(struct context *context, struct slice account_no);
