#pragma once

#include "convert/transaction.h"
#include "model.h"
#include "random.h"

/* Writes deeds out as what institutions sign; everything goes into the arena. */
struct writer {
    struct arena *arena;
    struct random *random;
    struct world *world; /* whose traces are stated */
    struct hash key_ids[KEYS + SPARE_KEYS];
};

void writer_init(struct writer *writer);

/* The founding, with the operator's two first keys and the service key: keys 0 to 2. */
void write_founding(struct writer *writer, const struct model *m, struct transaction *out);

/* One control record, or items that one institution signs together. */
void write_transaction(struct writer *writer, const struct model *m, const struct deed *deeds,
                       size_t count, struct transaction *out);

/* By what the person of an account is known. */
struct hash write_person(struct slice account_no);

/* The bytes of a transaction whose value is set, and the persons in it. */
void write_bytes(struct arena *arena, struct signed_transaction *transaction);

/* The body of one item. */
void write_item(struct writer *writer, const struct deed *deed, struct item *item);
void write_application_item(struct writer *writer, const struct model *m, const struct deed *deed,
                            struct item *item);

/* Names by number. */
struct slice write_institution(struct arena *arena, int institution);
struct slice write_account(struct arena *arena, int learner);
struct slice write_application(struct arena *arena, int application);
struct outcome_ref write_outcome(struct arena *arena, int outcome);
struct text_list write_courses(struct writer *writer, unsigned courses);
struct slice write_name(struct arena *arena, const char *prefix, int number);
