#pragma once

#include "core/context.h"

/* Which rule of which rulebook is being filed. */
struct rule_place {
    struct slice school_id, rulebook_id, programme_id;
    int32_t version, rule_no;
};

/* Refuses a rule that could not be applied; writes its rows. */
void rule_put(struct context *context, const struct rule_place *place,
              const struct rule_filed *rule);
