#pragma once

#include "base/arena.h"

#include "core/schema.h"
#include "creditbank/v1/catalogue_service.pb-c.h"

/* Rows of the public registers as messages, made in the arena. */
Creditbank__V1__InstitutionRegistered *reply_institution(struct arena *arena,
                                                         const struct institution *row);
Creditbank__V1__RegisteredKey *reply_key(struct arena *arena, const struct signing_key *row);
Creditbank__V1__CertificateListed *reply_certificate(struct arena *arena,
                                                     const struct certificate *row);
Creditbank__V1__RecordingRuleSet *reply_recording_rule(struct arena *arena,
                                                       const struct recording_rule *row);
Creditbank__V1__CalendarDay *reply_calendar_day(struct arena *arena,
                                                const struct calendar_day *row);

/* `courses` may be none. */
Creditbank__V1__ProgrammePublished *reply_programme(struct arena *arena,
                                                    const struct programme *row,
                                                    const struct course *courses,
                                                    size_t course_count);
