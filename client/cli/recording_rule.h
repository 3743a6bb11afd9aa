#pragma once

#include "loader.h"

#include "creditbank/v1/catalogue_service.pb-c.h"

/* How hours become credits, as the bank counts them (学时学分记录规则). */

/* The newest rule for that kind that was in force on the day (NULL: of all days); NULL: none. */
const Creditbank__V1__RecordingRuleSet *recording_rule_find(
    Creditbank__V1__RecordingRuleSet *const *rules, size_t count, Creditbank__V1__CourseKind kind,
    const Creditbank__V1__Date *day) MUST_USE;

/* Hundredths of hours in a step of credits; 0 in a rule that gives nothing. */
int64_t recording_rule_step(const Creditbank__V1__RecordingRuleSet *rule) MUST_USE;

/* Whole steps of the hours are credited, the rest is left over; all in hundredths. */
void recording_rule_apply(const Creditbank__V1__RecordingRuleSet *rule, int64_t centihours,
                          int64_t *centicredits, int64_t *remainder_centihours);

/* A stage of imports: fetches the rules once. */
void recording_rules_look_up(struct batch *batch);

/* Of those fetched, the one for that kind and day; NULL: none. */
const Creditbank__V1__RecordingRuleSet *recording_rules_on(
    const struct batch *batch, Creditbank__V1__CourseKind kind,
    const Creditbank__V1__Date *day) MUST_USE;
