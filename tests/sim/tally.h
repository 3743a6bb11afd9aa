#pragma once

#include "base/refusal.h"
#include "core/execute.h"

/* How often each thing occurred, over all seeds. */
#define REASONS_MAX 512

struct tally {
    uint64_t booked, refused;
    uint64_t loads, cuts; /* of batches: rounds of loading, and too many */
    uint64_t checked, repeated, repeated_otherwise; /* asked for beside the transactions */
    uint64_t tables[TABLE_COUNT];
    uint64_t items[ITEM_APPLICATION_APPEAL_DECIDED + 1];
    uint64_t returns[RETURN_WRONG_OUTCOME + 1], not_accepted[NOT_ACCEPTED_DUPLICATE + 1];
    uint64_t objections[OBJECTION_PROCEDURE_FAULTY + 1], ends[APPLICATION_STATES + 1];
    uint64_t controls[CONTROL_KEY_REVOKED + 1];
    uint64_t reasons[REASONS_MAX];
};

void tally_booked(struct tally *tally, const struct transaction *transaction);
void tally_refused(struct tally *tally, const struct refusal_list *refusals);
void tally_add(struct tally *tally, const struct tally *other);

/* Prints it; returns how many of what can occur did not. `reasons` are those of core, by code. */
int tally_print(const struct tally *tally);
