/* Items: their messages to core's values, one function a body. */
#include "convert/decode.h"
#include "convert/reply_application.h"
#include "convert/transaction.h"
#include "wire/unpack.h"

/* In front of an item's body: tag, length and the salt. */
#define SALT_FIELD_BYTES (2 + SALT_SIZE)

typedef void decode_fn(const struct decoder *d, const Creditbank__V1__Item *message,
                       struct item *item);

static void
certificate_listed(const struct decoder *d, const Creditbank__V1__Item *message, struct item *item)
{
    const Creditbank__V1__CertificateListed *m = message->certificate_listed;

    item->certificate_listed = (struct certificate_listed){
        .certificate_id = decode_text(m->certificate_id),
        .name = decode_text(m->name),
        .family_id = decode_text(m->family_id),
        .scheme_id = decode_text(m->scheme_id),
        .grade = m->grade,
        .state_date = decode_date(d, "certificate_listed.state_date", m->state_date),
    };
}

static void
accreditation_granted(const struct decoder *d, const Creditbank__V1__Item *message,
                      struct item *item)
{
    const Creditbank__V1__AccreditationGranted *m = message->accreditation_granted;

    item->accreditation_granted = (struct accreditation_granted){
        .issuer_id = decode_text(m->issuer_id),
        .certificate_id = decode_text(m->certificate_id),
        .from_date = decode_date(d, "accreditation_granted.from_date", m->from_date),
        .to_date = decode_open_date(d, "accreditation_granted.to_date", m->to_date),
    };
}

static void
recording_rule_set(const struct decoder *d, const Creditbank__V1__Item *message, struct item *item)
{
    const Creditbank__V1__RecordingRuleSet *m = message->recording_rule_set;

    item->recording_rule_set = (struct recording_rule_set){
        .course_kind = (enum course_kind)m->course_kind,
        .centihours_per_credit = m->centihours_per_credit,
        .step_centicredits = m->step_centicredits,
        .from_date = decode_date(d, "recording_rule_set.from_date", m->from_date),
    };
}

static void
programme_published(const struct decoder *d, const Creditbank__V1__Item *message, struct item *item)
{
    const Creditbank__V1__ProgrammePublished *m = message->programme_published;
    struct programme_course *courses =
        arena_array(d->arena, m->n_courses, sizeof(struct programme_course));

    for (size_t i = 0; i < m->n_courses; i++) {
        const Creditbank__V1__Course *course = m->courses[i];

        courses[i] = (struct programme_course){
            .course_code = decode_text(course->course_code),
            .name = decode_text(course->name),
            .kind = (enum course_kind)course->kind,
            .centihours = course->centihours,
            .centicredits = course->centicredits,
            .required = course->required,
            .excluded = course->excluded,
        };
    }
    item->programme_published = (struct programme_published){
        .programme_id = decode_text(m->programme_id),
        .major_code = decode_text(m->major_code),
        .name = decode_text(m->name),
        .cohort = m->cohort,
        .graduation_centicredits = m->graduation_centicredits,
        .course_count = m->n_courses,
        .courses = courses,
    };
}

static struct clause
decode_clause(const struct decoder *d, const Creditbank__V1__Clause *m)
{
    switch (m->test_case) {
    case CREDITBANK__V1__CLAUSE__TEST_FAMILY_ID:
        return (struct clause){.test = CLAUSE_FAMILY, .text = decode_text(m->family_id)};
    case CREDITBANK__V1__CLAUSE__TEST_GRADE_AT_LEAST:
        return (struct clause){
            .test = CLAUSE_GRADE_AT_LEAST,
            .text = decode_text(m->grade_at_least->scheme_id),
            .number = m->grade_at_least->grade,
        };
    case CREDITBANK__V1__CLAUSE__TEST_SCORE_AT_LEAST:
        return (struct clause){
            .test = CLAUSE_SCORE_AT_LEAST,
            .number = m->score_at_least->centiscore,
            .scheme = (enum grading_scheme)m->score_at_least->scheme,
        };
    case CREDITBANK__V1__CLAUSE__TEST_MAX_AGE_YEARS:
        return (struct clause){.test = CLAUSE_MAX_AGE, .number = m->max_age_years};
    case CREDITBANK__V1__CLAUSE__TEST_ISSUERS:
        return (struct clause){
            .test = CLAUSE_ISSUERS,
            .issuers = decode_texts(d, m->issuers->n_institution_ids, m->issuers->institution_ids),
        };
    case CREDITBANK__V1__CLAUSE__TEST_CERTIFICATE_ID:
        return (struct clause){.test = CLAUSE_CERTIFICATE, .text = decode_text(m->certificate_id)};
    case CREDITBANK__V1__CLAUSE__TEST_OUTCOME_KIND:
        return (struct clause){.test = CLAUSE_KIND, .number = (int64_t)m->outcome_kind};
    case CREDITBANK__V1__CLAUSE__TEST_CENTICREDITS_AT_LEAST:
        return (struct clause){.test = CLAUSE_CREDITS_AT_LEAST, .number = m->centicredits_at_least};
    case CREDITBANK__V1__CLAUSE__TEST_CENTIHOURS_AT_LEAST:
        return (struct clause){.test = CLAUSE_HOURS_AT_LEAST, .number = m->centihours_at_least};
    case CREDITBANK__V1__CLAUSE__TEST_VALID_DAYS:
        return (struct clause){.test = CLAUSE_VALID_DAYS, .number = m->valid_days};
    case CREDITBANK__V1__CLAUSE__TEST_PARTS:
        return (struct clause){.test = CLAUSE_PARTS, .number = (int64_t)m->parts};
    case CREDITBANK__V1__CLAUSE__TEST_PARTS_AT_LEAST:
        return (struct clause){.test = CLAUSE_PARTS_AT_LEAST, .number = m->parts_at_least};
    case CREDITBANK__V1__CLAUSE__TEST__NOT_SET:
    case _CREDITBANK__V1__CLAUSE__TEST__CASE_IS_INT_SIZE:
        break;
    }
    return (struct clause){0}; /* execute() refuses a clause without a test */
}

static struct mark
decode_mark(const Creditbank__V1__Mark *m)
{
    if (m == NULL)
        return (struct mark){0};
    return (struct mark){(enum grading_scheme)m->scheme, m->centiscore};
}

static struct result_band
decode_band(const Creditbank__V1__ResultBand *m)
{
    return (struct result_band){
        .scheme = (enum grading_scheme)m->scheme,
        .from_centiscore = m->from_centiscore,
        .to_centiscore = m->to_centiscore,
        .mark = decode_mark(m->mark),
    };
}

static struct cap
decode_cap(const Creditbank__V1__Cap *m)
{
    struct cap cap = {.basis_points = m->basis_points};

    if (m->counts_case == CREDITBANK__V1__CAP__COUNTS_OUTCOME_KIND)
        cap.outcome_kind = (enum outcome_kind)m->outcome_kind;
    if (m->counts_case == CREDITBANK__V1__CAP__COUNTS_BUCKET_ID) {
        cap.is_of_bucket = true;
        cap.bucket_id = decode_text(m->bucket_id);
    }
    return cap;
}

static struct rule_filed
decode_rule(const struct decoder *d, const Creditbank__V1__Rule *m)
{
    struct rule_filed rule = {
        .title = decode_text(m->title),
        .clause_count = m->n_clauses,
        .clauses = arena_array(d->arena, m->n_clauses, sizeof(struct clause)),
        .course_codes = decode_texts(d, m->n_course_codes, m->course_codes),
        .attendance_waived = m->attendance_waived,
        .exam_waived = m->exam_waived,
        .centicredits = m->centicredits,
        .credits_of_outcome = m->credits_of_outcome,
        .band_count = m->n_results,
        .bands = arena_array(d->arena, m->n_results, sizeof(struct result_band)),
        .bucket_id = decode_text(m->bucket_id),
    };

    for (size_t i = 0; i < m->n_results; i++)
        rule.bands[i] = decode_band(m->results[i]);
    for (size_t i = 0; i < m->n_clauses; i++) {
        rule.clauses[i] = decode_clause(d, m->clauses[i]);
        rule.clauses[i].part_of = m->clauses[i]->part_of;
    }
    return rule;
}

static struct periods
decode_periods(const Creditbank__V1__Periods *m)
{
    if (m == NULL)
        return (struct periods){0};
    return (struct periods){
        .notice_days = m->notice_days,
        .acceptance_days = m->acceptance_days,
        .completion_days = m->completion_days,
        .appeal_days = m->appeal_days,
    };
}

static void
rulebook_filed(const struct decoder *d, const Creditbank__V1__Item *message, struct item *item)
{
    const Creditbank__V1__RulebookFiled *m = message->rulebook_filed;

    item->rulebook_filed = (struct rulebook_filed){
        .rulebook_id = decode_text(m->rulebook_id),
        .version = m->version,
        .title = decode_text(m->title),
        .programme_id = decode_text(m->programme_id),
        .from_date = decode_date(d, "rulebook_filed.from_date", m->from_date),
        .to_date = decode_open_date(d, "rulebook_filed.to_date", m->to_date),
        .exemption_word = decode_text(m->exemption_word),
        .rule_count = m->n_rules,
        .rules = arena_array(d->arena, m->n_rules, sizeof(struct rule_filed)),
        .cap_count = m->n_caps,
        .caps = arena_array(d->arena, m->n_caps, sizeof(struct cap)),
        .periods = decode_periods(m->periods),
    };
    for (size_t i = 0; i < m->n_caps; i++)
        item->rulebook_filed.caps[i] = decode_cap(m->caps[i]);
    for (size_t i = 0; i < m->n_rules; i++)
        item->rulebook_filed.rules[i] = decode_rule(d, m->rules[i]);
}

static void
rulebook_published(const struct decoder *d, const Creditbank__V1__Item *message, struct item *item)
{
    const Creditbank__V1__RulebookPublished *m = message->rulebook_published;

    (void)d;
    item->rulebook_published = (struct rulebook_published){
        .school_id = decode_text(m->school_id),
        .rulebook_id = decode_text(m->rulebook_id),
        .version = m->version,
    };
}

static void
calendar_declared(const struct decoder *d, const Creditbank__V1__Item *message, struct item *item)
{
    const Creditbank__V1__CalendarDeclared *m = message->calendar_declared;

    item->calendar_declared = (struct calendar_declared){
        .first_date = decode_date(d, "calendar_declared.first_date", m->first_date),
        .last_date = decode_open_date(d, "calendar_declared.last_date", m->last_date),
        .kind = (enum day_kind)m->kind,
    };
}

static void
account_opened(const struct decoder *d, const Creditbank__V1__Item *message, struct item *item)
{
    const Creditbank__V1__AccountOpened *m = message->account_opened;
    struct identity_commitment *commitments =
        arena_array(d->arena, m->n_commitments, sizeof(struct identity_commitment));

    for (size_t i = 0; i < m->n_commitments; i++)
        commitments[i] = (struct identity_commitment){
            .field = (enum identity_field)m->commitments[i]->field,
            .hash = decode_bytes(&m->commitments[i]->hash),
        };
    item->account_opened = (struct account_opened){
        .account_no = decode_text(m->account_no),
        .commitment_count = m->n_commitments,
        .commitments = commitments,
    };
}

static void
account_activated(const struct decoder *d, const Creditbank__V1__Item *message, struct item *item)
{
    (void)d;
    item->account_activated.account_no = decode_text(message->account_activated->account_no);
}

static void
account_state_set(const struct decoder *d, const Creditbank__V1__Item *message, struct item *item)
{
    const Creditbank__V1__AccountStateSet *m = message->account_state_set;

    (void)d;
    item->account_state_set = (struct account_state_set){
        .account_no = decode_text(m->account_no),
        .state = (enum account_state)m->state,
    };
}

static void
learner_enrolled(const struct decoder *d, const Creditbank__V1__Item *message, struct item *item)
{
    const Creditbank__V1__LearnerEnrolled *m = message->learner_enrolled;

    item->learner_enrolled = (struct learner_enrolled){
        .account_no = decode_text(m->account_no),
        .student_no = decode_text(m->student_no),
        .programme_id = decode_text(m->programme_id),
        .begin_date = decode_date(d, "learner_enrolled.begin_date", m->begin_date),
    };
}

static void
enrolment_ended(const struct decoder *d, const Creditbank__V1__Item *message, struct item *item)
{
    const Creditbank__V1__EnrolmentEnded *m = message->enrolment_ended;

    item->enrolment_ended = (struct enrolment_ended){
        .account_no = decode_text(m->account_no),
        .student_no = decode_text(m->student_no),
        .end_date = decode_date(d, "enrolment_ended.end_date", m->end_date),
        .reason = (enum enrolment_end_reason)m->reason,
    };
}

static void
course_result_recorded(const struct decoder *d, const Creditbank__V1__Item *message,
                       struct item *item)
{
    const Creditbank__V1__CourseResultRecorded *m = message->course_result_recorded;

    item->course_result_recorded = (struct course_result_recorded){
        .account_no = decode_text(m->account_no),
        .outer_id = decode_text(m->outer_id),
        .programme_id = decode_text(m->programme_id),
        .course_code = decode_text(m->course_code),
        .centihours = m->centihours,
        .scheme = (enum grading_scheme)m->scheme,
        .centiscore = m->centiscore,
        .completed_date =
            decode_date(d, "course_result_recorded.completed_date", m->completed_date),
        .centicredits = m->centicredits,
    };
}

static void
training_hours_recorded(const struct decoder *d, const Creditbank__V1__Item *message,
                        struct item *item)
{
    const Creditbank__V1__TrainingHoursRecorded *m = message->training_hours_recorded;

    item->training_hours_recorded = (struct training_hours_recorded){
        .account_no = decode_text(m->account_no),
        .outer_id = decode_text(m->outer_id),
        .title = decode_text(m->title),
        .course_kind = (enum course_kind)m->course_kind,
        .centihours = m->centihours,
        .completed_date =
            decode_date(d, "training_hours_recorded.completed_date", m->completed_date),
        .centicredits = m->centicredits,
        .remainder_centihours = m->remainder_centihours,
    };
}

static void
certificate_awarded(const struct decoder *d, const Creditbank__V1__Item *message, struct item *item)
{
    const Creditbank__V1__CertificateAwarded *m = message->certificate_awarded;
    const Creditbank__V1__EntryIndex *after = m->reposted_after;

    item->certificate_awarded = (struct certificate_awarded){
        .account_no = decode_text(m->account_no),
        .outer_id = decode_text(m->outer_id),
        .certificate_id = decode_text(m->certificate_id),
        .centiscore = m->centiscore,
        .issue_date = decode_date(d, "certificate_awarded.issue_date", m->issue_date),
        .expiry_date = decode_open_date(d, "certificate_awarded.expiry_date", m->expiry_date),
        .replaces_outer_id = decode_text(m->replaces_outer_id),
        /* An index beyond any log names no entry, and is refused as one that does not fit. */
        .reposted_after = after == NULL               ? ENTRY_NONE
                          : after->value < ENTRY_NONE ? (int64_t)after->value
                                                      : -1,
    };
}

static void
outcome_corrected(const struct decoder *d, const Creditbank__V1__Item *message, struct item *item)
{
    const Creditbank__V1__OutcomeCorrected *m = message->outcome_corrected;

    (void)d;
    item->outcome_corrected = (struct outcome_corrected){
        .account_no = decode_text(m->account_no),
        .outer_id = decode_text(m->outer_id),
        .reason = (enum change_reason)m->reason,
        .centiscore = m->centiscore,
        .centicredits = m->centicredits,
    };
}

static void
outcome_revoked(const struct decoder *d, const Creditbank__V1__Item *message, struct item *item)
{
    const Creditbank__V1__OutcomeRevoked *m = message->outcome_revoked;

    (void)d;
    item->outcome_revoked = (struct outcome_revoked){
        .account_no = decode_text(m->account_no),
        .outer_id = decode_text(m->outer_id),
        .reason = (enum change_reason)m->reason,
    };
}

static struct outcome_ref
decode_ref(const Creditbank__V1__OutcomeRef *m)
{
    if (m == NULL)
        return (struct outcome_ref){0}; /* names no outcome, and is refused as unknown */
    return (struct outcome_ref){
        .institution_id = decode_text(m->institution_id),
        .outer_id = decode_text(m->outer_id),
    };
}

static void
application_submitted(const struct decoder *d, const Creditbank__V1__Item *message,
                      struct item *item)
{
    const Creditbank__V1__ApplicationSubmitted *m = message->application_submitted;

    item->application_submitted = (struct application_submitted){
        .account_no = decode_text(m->account_no),
        .application_no = decode_text(m->application_no),
        .school_id = decode_text(m->school_id),
        .rulebook_id = decode_text(m->rulebook_id),
        .version = m->version,
        .line_count = m->n_lines,
        .lines = decode_lines(d->arena, m->lines, m->n_lines),
        .trace_hash = decode_bytes(&m->trace_hash),
    };
}

static void
application_resubmitted(const struct decoder *d, const Creditbank__V1__Item *message,
                        struct item *item)
{
    const Creditbank__V1__ApplicationResubmitted *m = message->application_resubmitted;

    item->application_resubmitted = (struct application_resubmitted){
        .account_no = decode_text(m->account_no),
        .application_no = decode_text(m->application_no),
        .revision = m->revision,
        .line_count = m->n_lines,
        .lines = decode_lines(d->arena, m->lines, m->n_lines),
        .trace_hash = decode_bytes(&m->trace_hash),
    };
}

static struct application_moved
decode_move(char *account_no, char *application_no, uint32_t revision)
{
    return (struct application_moved){
        .account_no = decode_text(account_no),
        .application_no = decode_text(application_no),
        .revision = revision,
    };
}

static void
application_accepted(const struct decoder *d, const Creditbank__V1__Item *message,
                     struct item *item)
{
    const Creditbank__V1__ApplicationAccepted *m = message->application_accepted;

    (void)d;
    item->application_moved = decode_move(m->account_no, m->application_no, m->revision);
}

static void
application_returned(const struct decoder *d, const Creditbank__V1__Item *message,
                     struct item *item)
{
    const Creditbank__V1__ApplicationReturned *m = message->application_returned;

    (void)d;
    item->application_moved = decode_move(m->account_no, m->application_no, m->revision);
    item->application_moved.reason = (int32_t)m->reason;
}

static void
application_not_accepted(const struct decoder *d, const Creditbank__V1__Item *message,
                         struct item *item)
{
    const Creditbank__V1__ApplicationNotAccepted *m = message->application_not_accepted;

    (void)d;
    item->application_moved = decode_move(m->account_no, m->application_no, m->revision);
    item->application_moved.reason = (int32_t)m->reason;
}

static void
application_reviewed(const struct decoder *d, const Creditbank__V1__Item *message,
                     struct item *item)
{
    const Creditbank__V1__ApplicationReviewed *m = message->application_reviewed;

    (void)d;
    item->application_moved = decode_move(m->account_no, m->application_no, m->revision);
    item->application_moved.verdict = (enum verdict)m->verdict;
}

static void
application_withdrawn(const struct decoder *d, const Creditbank__V1__Item *message,
                      struct item *item)
{
    const Creditbank__V1__ApplicationWithdrawn *m = message->application_withdrawn;

    (void)d;
    item->application_moved = decode_move(m->account_no, m->application_no, m->revision);
}

static void
application_decided(const struct decoder *d, const Creditbank__V1__Item *message, struct item *item)
{
    const Creditbank__V1__ApplicationDecided *m = message->application_decided;
    struct exemption_granted *exemptions =
        arena_array(d->arena, m->n_exemptions, sizeof(struct exemption_granted));
    struct outcome_ref *used =
        arena_array(d->arena, m->n_outcomes_used, sizeof(struct outcome_ref));

    for (size_t i = 0; i < m->n_exemptions; i++)
        exemptions[i] = (struct exemption_granted){
            .course_code = decode_text(m->exemptions[i]->course_code),
            .centicredits = m->exemptions[i]->centicredits,
            .attendance_waived = m->exemptions[i]->attendance_waived,
            .exam_waived = m->exemptions[i]->exam_waived,
            .mark = decode_mark(m->exemptions[i]->mark),
        };
    for (size_t i = 0; i < m->n_outcomes_used; i++)
        used[i] = decode_ref(m->outcomes_used[i]);
    item->application_decided = (struct application_decided){
        .account_no = decode_text(m->account_no),
        .application_no = decode_text(m->application_no),
        .revision = m->revision,
        .verdict = (enum verdict)m->verdict,
        .rulebook_id = decode_text(m->rulebook_id),
        .version = m->version,
        .exemption_count = m->n_exemptions,
        .exemptions = exemptions,
        .outcome_count = m->n_outcomes_used,
        .outcomes_used = used,
        .trace_hash = decode_bytes(&m->trace_hash),
    };
}

static void
application_period_ended(const struct decoder *d, const Creditbank__V1__Item *message,
                         struct item *item)
{
    const Creditbank__V1__ApplicationPeriodEnded *m = message->application_period_ended;

    item->application_period_ended = (struct application_period_ended){
        .account_no = decode_text(m->account_no),
        .application_no = decode_text(m->application_no),
        .revision = m->revision,
        .due_date = decode_date(d, "application_period_ended.due_date", m->due_date),
        .state = (enum application_state)m->state,
    };
}

static void
application_objected(const struct decoder *d, const Creditbank__V1__Item *message,
                     struct item *item)
{
    const Creditbank__V1__ApplicationObjected *m = message->application_objected;

    (void)d;
    item->application_moved = decode_move(m->account_no, m->application_no, m->revision);
    item->application_moved.reason = (int32_t)m->reason;
}

static void
application_appealed(const struct decoder *d, const Creditbank__V1__Item *message,
                     struct item *item)
{
    const Creditbank__V1__ApplicationAppealed *m = message->application_appealed;

    (void)d;
    item->application_moved = decode_move(m->account_no, m->application_no, m->revision);
}

static void
application_appeal_decided(const struct decoder *d, const Creditbank__V1__Item *message,
                           struct item *item)
{
    const Creditbank__V1__ApplicationAppealDecided *m = message->application_appeal_decided;

    (void)d;
    item->application_moved = decode_move(m->account_no, m->application_no, m->revision);
    item->application_moved.verdict = (enum verdict)m->verdict;
}

/* By field number in Item.body. */
static decode_fn *const decoders[] = {
    [ITEM_CERTIFICATE_LISTED] = certificate_listed,
    [ITEM_ACCREDITATION_GRANTED] = accreditation_granted,
    [ITEM_RECORDING_RULE_SET] = recording_rule_set,
    [ITEM_PROGRAMME_PUBLISHED] = programme_published,
    [ITEM_RULEBOOK_FILED] = rulebook_filed,
    [ITEM_RULEBOOK_PUBLISHED] = rulebook_published,
    [ITEM_CALENDAR_DECLARED] = calendar_declared,
    [ITEM_ACCOUNT_OPENED] = account_opened,
    [ITEM_ACCOUNT_ACTIVATED] = account_activated,
    [ITEM_ACCOUNT_STATE_SET] = account_state_set,
    [ITEM_LEARNER_ENROLLED] = learner_enrolled,
    [ITEM_ENROLMENT_ENDED] = enrolment_ended,
    [ITEM_COURSE_RESULT_RECORDED] = course_result_recorded,
    [ITEM_TRAINING_HOURS_RECORDED] = training_hours_recorded,
    [ITEM_CERTIFICATE_AWARDED] = certificate_awarded,
    [ITEM_OUTCOME_CORRECTED] = outcome_corrected,
    [ITEM_OUTCOME_REVOKED] = outcome_revoked,
    [ITEM_APPLICATION_SUBMITTED] = application_submitted,
    [ITEM_APPLICATION_ACCEPTED] = application_accepted,
    [ITEM_APPLICATION_RETURNED] = application_returned,
    [ITEM_APPLICATION_REVIEWED] = application_reviewed,
    [ITEM_APPLICATION_DECIDED] = application_decided,
    [ITEM_APPLICATION_WITHDRAWN] = application_withdrawn,
    [ITEM_APPLICATION_NOT_ACCEPTED] = application_not_accepted,
    [ITEM_APPLICATION_RESUBMITTED] = application_resubmitted,
    [ITEM_APPLICATION_PERIOD_ENDED] = application_period_ended,
    [ITEM_APPLICATION_OBJECTED] = application_objected,
    [ITEM_APPLICATION_APPEALED] = application_appealed,
    [ITEM_APPLICATION_APPEAL_DECIDED] = application_appeal_decided,
};

static bool
check_size(const struct decoder *d, size_t len, size_t max)
{
    if (len <= max)
        return true;
    refusal_add(d->refusals, d->arena, d->item_index, "item", REASON_ITEM_TOO_LARGE, "%zu > %zu",
                len, max);
    return false;
}

bool
convert_item(struct slice bytes, uint32_t item_index, struct arena *arena, struct item *item,
             struct refusal_list *refusals)
{
    struct decoder decoder = {arena, refusals, item_index};
    size_t before = refusals->count;
    struct wire_fault fault;

    if (!check_size(&decoder, bytes.len, ITEM_BYTES_MAX))
        return false;

    const Creditbank__V1__Item *message = (const Creditbank__V1__Item *)wire_unpack(
        &creditbank__v1__item__descriptor, bytes, arena, WIRE_CANONICAL, &signed_limits, &fault);

    if (message == NULL)
        return decode_refuse(&decoder, "item", &fault);

    size_t kind = (size_t)message->body_case;

    if (kind >= ARRAY_COUNT(decoders) || decoders[kind] == NULL) {
        refusal_add(refusals, arena, item_index, "body", REASON_FIELD_REQUIRED, "body");
        return false;
    }
    if (kind >= ITEM_ACCOUNT_OPENED && !check_size(&decoder, bytes.len, ACCOUNT_ITEM_BYTES_MAX))
        return false;
    if (message->salt.len != SALT_SIZE) {
        refusal_add(refusals, arena, item_index, "salt", REASON_FIELD_LENGTH, "%zu, %d",
                    message->salt.len, SALT_SIZE);
        return false;
    }
    item->kind = (enum item_kind)kind;
    item->salt = decode_bytes(&message->salt);
    item->content_hash =
        hash_sha256(slice_make(bytes.at + SALT_FIELD_BYTES, bytes.len - SALT_FIELD_BYTES));
    decoders[kind](&decoder, message, item);
    return refusals->count == before;
}
