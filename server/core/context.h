#pragma once

#include "core/execute.h"

/*
 * For the rules of core/, which each get one item or control record to judge
 * and write: what they know besides, and how they refuse.
 */
struct context {
    struct world *world;
    const struct transaction *transaction;
    struct position position;
    int32_t today; /* day of the booking in Shanghai */
    struct arena *arena;
    struct refusal_list *refusals;

    const struct bank *bank;
    const struct institution *institution; /* who signed */
    uint32_t duties;                       /* of all its keys that signed */
    struct hash acting_key;                /* the first that has the duty of the item at hand */

    uint32_t item_index; /* or REFUSAL_NO_ITEM */
    const char *subject; /* name of the item's body, before the field in refusals */
};

/* Refuses the item at hand for its field; `field` is a constant. */
void refuse(struct context *context, const char *field, enum reason reason, const char *detail, ...)
    PRINTF(4, 5);

/* A rule judges an item and, if nothing is wrong with it, writes rows. */
typedef void item_rule(struct context *context, const struct item *item);

item_rule list_certificate, grant_accreditation, set_recording_rule;  /* catalogue.c */
item_rule declare_calendar;                                           /* calendar.c */
item_rule publish_programme;                                          /* programme.c */
item_rule file_rulebook, publish_rulebook;                            /* rulebook.c */
item_rule open_account, activate_account, set_account_state;          /* account.c */
item_rule enrol_learner, end_enrolment;                               /* enrolment.c */
item_rule record_course_result;                                       /* outcome.c */
item_rule correct_outcome, revoke_outcome;                            /* outcome_change.c */
item_rule record_training_hours;                                      /* training.c */
item_rule award_certificate;                                          /* certificate.c */
item_rule submit_application;                                         /* application.c */
item_rule move_application, resubmit_application, decide_application; /* application_move.c */
item_rule appeal_application;                                         /* application_move.c */
item_rule end_application_period;                                     /* application_period.c */

/* institution.c: the control records. */
void found_bank(struct context *context, const struct founding *founding);
void register_institution(struct context *context, const struct institution_registered *record);
void register_key(struct context *context, const struct key_registered *record);
void revoke_key(struct context *context, const struct key_revoked *record);
