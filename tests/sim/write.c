#include "write.h"

#include "core/code.h"
#include "pretend_keys.h"

#include <stdio.h>

#define ORIGIN "sim.example/log"

struct slice
write_name(struct arena *arena, const char *prefix, int number)
{
    char text[32];
    int len = snprintf(text, sizeof(text), "%s%d", prefix, number);

    return arena_copy(arena, slice_make(text, (size_t)len));
}

struct slice
write_institution(struct arena *arena, int institution)
{
    static const char *const names[] = {"operator", "regulator", "school-a",
                                        "school-b", "issuer-a",  "issuer-b"};

    return institution < FIRST_INSTITUTIONS ? slice_text(names[institution])
                                            : write_name(arena, "late-", institution);
}

struct slice
write_account(struct arena *arena, int learner)
{
    char text[] = "10000000000000";

    text[11] = (char)('0' + learner / 10);
    text[12] = (char)('0' + learner % 10);
    text[13] = code_account_check(text);
    return arena_copy(arena, slice_make(text, ACCOUNT_NO_DIGITS));
}

struct slice
write_application(struct arena *arena, int application)
{
    char text[] = "APP0000000000000";

    text[14] = (char)('0' + application / 10);
    text[15] = (char)('0' + application % 10);
    return arena_copy(arena, slice_make(text, 16));
}

void
writer_init(struct writer *w)
{
    for (int i = 0; i < KEYS + SPARE_KEYS; i++)
        w->key_ids[i] = hash_sha256(write_name(w->arena, "key ", i));
}

static struct slice
copy_hash(struct writer *w, const struct hash *hash)
{
    return arena_copy(w->arena, hash_slice(hash));
}

static struct slice
program_id(struct writer *w, int programme)
{
    return write_name(w->arena, "p", programme);
}

static struct slice
number_of(struct writer *w, int outcome)
{
    return write_name(w->arena, "n", outcome / POSTERS);
}

struct text_list
write_courses(struct writer *w, unsigned courses)
{
    struct text_list list = {.texts = arena_array(w->arena, COURSES, sizeof(struct slice))};

    for (int i = 0; i < COURSES; i++)
        if ((courses & (1u << i)) != 0)
            list.texts[list.count++] = write_name(w->arena, "c", i);
    return list;
}

static struct key_registered
key_record(struct writer *w, const struct model *m, int key)
{
    struct slice claim = slice_text("claim");
    struct hash proof = pretend_proof(&w->key_ids[key], claim);

    return (struct key_registered){
        .institution_id = write_institution(w->arena, m->keys[key].institution),
        .spki = write_name(w->arena, "key ", key),
        .duties = m->keys[key].duties,
        .claim = claim,
        .proof_of_possession = copy_hash(w, &proof),
    };
}

static void
begin(struct writer *w, const struct model *m, int institution, struct transaction *out)
{
    uint64_t number = random_next(w->random);

    *out = (struct transaction){
        .log_origin = slice_text(ORIGIN),
        .institution_id = write_institution(w->arena, institution),
        .create_time_us = m->now_us - random_below(w->random, 3600) * (int64_t)1000000,
    };
    memcpy(out->request_id, &number, sizeof(number));
}

void
write_founding(struct writer *w, const struct model *m, struct transaction *out)
{
    struct founding *founding = &out->control.founding;

    begin(w, m, OPERATOR, out);
    out->is_control = true;
    out->control.kind = CONTROL_FOUNDING;
    out->signer_count = 1;
    out->signers[0] = w->key_ids[0];
    founding->operator_institution = (struct institution_registered){
        .institution_id = write_institution(w->arena, OPERATOR),
        .kind = INSTITUTION_OPERATOR,
        .name = slice_text("Bank"),
    };
    founding->operator_key_count = 2;
    founding->operator_keys = arena_array(w->arena, 2, sizeof(struct key_registered));
    founding->operator_keys[0] = key_record(w, m, 0);
    founding->operator_keys[1] = key_record(w, m, 1);
    founding->service_key = key_record(w, m, 2);
    founding->log_key = copy_hash(w, &w->key_ids[0]);
}

static void
write_control(struct writer *w, const struct model *m, const struct deed *d,
              struct control *control)
{
    control->kind = d->control;
    if (d->control == CONTROL_INSTITUTION_REGISTERED)
        control->institution_registered = (struct institution_registered){
            .institution_id = write_institution(w->arena, d->subject),
            .kind = (enum institution_kind)d->state,
            .name = slice_text("Name"),
            .region_code = slice_text("440000"),
            .school_code = slice_text("4144012345"),
            .uscc = slice_text("91350100M000100Y43"),
        };
    if (d->control == CONTROL_KEY_REGISTERED)
        control->key_registered = key_record(w, m, d->subject);
    if (d->control == CONTROL_KEY_REVOKED) {
        control->key_revoked.institution_id =
            write_institution(w->arena, m->keys[d->subject].institution);
        control->key_revoked.key_id = hash_slice(&w->key_ids[d->subject]);
    }
}

static void
write_catalogue(struct writer *w, const struct deed *d, struct item *item)
{
    if (d->kind == ITEM_CERTIFICATE_LISTED)
        item->certificate_listed = (struct certificate_listed){
            .certificate_id = write_name(w->arena, "cert-", d->subject),
            .name = slice_text("Web"),
            .family_id = write_name(w->arena, "family-", d->subject / 3),
            .scheme_id = slice_text("1+x"),
            .grade = (uint32_t)(d->subject % 3 + 1),
            .state_date = model_state_date(d->subject),
        };
    if (d->kind == ITEM_ACCREDITATION_GRANTED)
        item->accreditation_granted = (struct accreditation_granted){
            .issuer_id = write_institution(w->arena, d->number),
            .certificate_id = write_name(w->arena, "cert-", d->subject),
            .from_date = d->date,
            .to_date = d->last_date,
        };
    if (d->kind == ITEM_RECORDING_RULE_SET)
        item->recording_rule_set = (struct recording_rule_set){
            .course_kind = (enum course_kind)d->scheme,
            .centihours_per_credit = d->rate,
            .step_centicredits = d->step,
            .from_date = d->date,
        };
}

static void
write_calendar(const struct deed *d, struct calendar_declared *out)
{
    *out = (struct calendar_declared){
        .first_date = d->date,
        .last_date = d->last_date == d->date ? DATE_OPEN : d->last_date,
        .kind = (enum day_kind)d->state,
    };
}

static void
write_programme(struct writer *w, const struct deed *d, struct programme_published *out)
{
    *out = (struct programme_published){
        .programme_id = program_id(w, d->programme),
        .major_code = slice_text("510201"),
        .name = slice_text("Computing"),
        .cohort = 2025,
        .graduation_centicredits = MODEL_GRADUATION_CREDITS,
        .course_count = COURSES,
        .courses = arena_array(w->arena, COURSES, sizeof(struct programme_course)),
    };
    for (int i = 0; i < COURSES; i++)
        out->courses[i] = (struct programme_course){
            .course_code = write_name(w->arena, "c", i),
            .name = slice_text("Course"),
            .kind = COURSE_THEORY,
            .centihours = INT64_C(1600) * (i + 1),
            .centicredits = model_course_credits(i),
            .excluded = i == MODEL_EXCLUDED,
        };
}

/* In the order of their names, which is not that of their numbers. */
static struct text_list
write_issuers(struct writer *w, int issuers)
{
    static const int posters[] = {ISSUER_A, ISSUER_B, SCHOOL_A, SCHOOL_B};
    struct text_list list = {0, arena_array(w->arena, POSTERS, sizeof(struct slice))};

    for (size_t i = 0; i < ARRAY_COUNT(posters); i++)
        if ((issuers & 1 << posters[i]) != 0)
            list.texts[list.count++] = write_institution(w->arena, posters[i]);
    return list;
}

static struct clause
write_clause(struct writer *w, const struct model_clause *clause)
{
    struct clause out = {
        .test = (enum clause_test)clause->test,
        .part_of = (uint32_t)clause->part_of,
        .number = clause->number,
    };

    if (clause->test == CLAUSE_FAMILY)
        out.text = write_name(w->arena, "family-", clause->about);
    if (clause->test == CLAUSE_GRADE_AT_LEAST)
        out.text = slice_text(clause->about == 0 ? "1+x" : "other");
    if (clause->test == CLAUSE_SCORE_AT_LEAST)
        out.scheme = (enum grading_scheme)clause->about;
    if (clause->test == CLAUSE_ISSUERS)
        out.issuers = write_issuers(w, clause->about);
    if (clause->test == CLAUSE_CERTIFICATE)
        out.text = write_name(w->arena, "cert-", clause->about);
    if (clause->test == CLAUSE_KIND || clause->test == CLAUSE_PARTS)
        out.number = clause->about;
    return out;
}

static void
write_results(struct writer *w, const struct model_rule *rule, struct rule_filed *out)
{
    int64_t from = rule->floor + (rule->result == RESULT_GAP) - (rule->result == RESULT_OVERLAP);

    if (rule->result == RESULT_NONE)
        return;
    out->bands = arena_array(w->arena, 2, sizeof(*out->bands));
    out->band_count = rule->result == RESULT_PASS ? 1 : 2;
    out->bands[0] = (struct result_band){
        .scheme = GRADING_PERCENTAGE,
        .to_centiscore = rule->floor - 1,
        .mark = {GRADING_PERCENTAGE, rule->floor},
    };
    out->bands[1] = (struct result_band){
        .scheme = GRADING_PERCENTAGE, .from_centiscore = from, .to_centiscore = 10000};
    if (rule->result == RESULT_PASS)
        out->bands[0] = (struct result_band){.mark = {GRADING_PASS_FAIL, 10000}};
}

static void
write_caps(struct writer *w, const struct model_rulebook *book, struct rulebook_filed *out)
{
    out->cap_count = (size_t)book->cap_count;
    out->caps = arena_array(w->arena, CAPS, sizeof(*out->caps));
    for (int i = 0; i < book->cap_count; i++) {
        const struct model_cap *cap = &book->caps[i];

        out->caps[i] = (struct cap){
            .basis_points = (uint32_t)cap->basis_points,
            .outcome_kind = (enum outcome_kind)cap->kind,
            .is_of_bucket = cap->bucket != 0,
        };
        if (cap->bucket != 0)
            out->caps[i].bucket_id = write_name(w->arena, "bucket-", cap->bucket);
    }
}

static void
write_rulebook(struct writer *w, const struct deed *d, struct rulebook_filed *out)
{
    *out = (struct rulebook_filed){
        .rulebook_id = write_name(w->arena, "book", d->subject),
        .version = (uint32_t)d->version,
        .title = slice_text("Rules"),
        .programme_id = program_id(w, d->rulebook.programme),
        .from_date = d->rulebook.from_date,
        .to_date = d->rulebook.to_date,
        .exemption_word = slice_text("免修"),
        .periods = {(uint32_t)d->rulebook.notice_days, (uint32_t)d->rulebook.acceptance_days,
                    (uint32_t)d->rulebook.completion_days, (uint32_t)d->rulebook.appeal_days},
        .rule_count = (size_t)d->rulebook.rule_count,
        .rules = arena_array(w->arena, RULES, sizeof(struct rule_filed)),
    };
    write_caps(w, &d->rulebook, out);
    for (int i = 0; i < d->rulebook.rule_count; i++) {
        const struct model_rule *rule = &d->rulebook.rules[i];

        out->rules[i] = (struct rule_filed){
            .title = slice_text("Rule"),
            .clause_count = (size_t)rule->clause_count,
            .clauses = arena_array(w->arena, CLAUSES, sizeof(struct clause)),
            .course_codes = write_courses(w, rule->courses),
            .attendance_waived = rule->attendance_waived,
            .exam_waived = rule->exam_waived,
            .centicredits = rule->credits,
            .credits_of_outcome = rule->from_outcome,
        };
        if (rule->bucket != 0)
            out->rules[i].bucket_id = write_name(w->arena, "bucket-", rule->bucket);
        write_results(w, rule, &out->rules[i]);
        for (int j = 0; j < rule->clause_count; j++)
            out->rules[i].clauses[j] = write_clause(w, &rule->clauses[j]);
    }
}

static void
write_account_item(struct writer *w, const struct deed *d, struct item *item)
{
    struct slice account_no = write_account(w->arena, d->learner);

    if (d->kind == ITEM_ACCOUNT_OPENED) {
        struct identity_commitment *commitment = arena_alloc(w->arena, sizeof(*commitment));

        commitment->field = IDENTITY_NAME;
        commitment->hash = hash_slice(&w->key_ids[0]);
        item->account_opened = (struct account_opened){account_no, 1, commitment};
    }
    if (d->kind == ITEM_ACCOUNT_ACTIVATED)
        item->account_activated.account_no = account_no;
    if (d->kind == ITEM_ACCOUNT_STATE_SET)
        item->account_state_set =
            (struct account_state_set){account_no, (enum account_state)d->state};
    if (d->kind == ITEM_LEARNER_ENROLLED)
        item->learner_enrolled = (struct learner_enrolled){
            account_no, write_name(w->arena, "S", d->number), program_id(w, d->programme), d->date};
    if (d->kind == ITEM_ENROLMENT_ENDED)
        item->enrolment_ended =
            (struct enrolment_ended){account_no, write_name(w->arena, "S", d->number), d->date,
                                     (enum enrolment_end_reason)d->reason};
}

static void
write_record(struct writer *w, const struct deed *d, struct item *item)
{
    struct slice account_no = write_account(w->arena, d->learner);

    if (d->kind == ITEM_COURSE_RESULT_RECORDED)
        item->course_result_recorded = (struct course_result_recorded){
            .account_no = account_no,
            .outer_id = number_of(w, d->outcome),
            .programme_id = program_id(w, d->programme),
            .course_code = write_name(w->arena, "c", d->course),
            .centihours = d->hours,
            .scheme = (enum grading_scheme)d->scheme,
            .centiscore = d->score,
            .completed_date = d->date,
            .centicredits = d->credits,
        };
    if (d->kind == ITEM_TRAINING_HOURS_RECORDED)
        item->training_hours_recorded = (struct training_hours_recorded){
            .account_no = account_no,
            .outer_id = number_of(w, d->outcome),
            .title = slice_text("Training"),
            .course_kind = (enum course_kind)d->scheme,
            .centihours = d->hours,
            .completed_date = d->date,
            .centicredits = d->credits,
            .remainder_centihours = d->remainder,
        };
    if (d->kind == ITEM_CERTIFICATE_AWARDED)
        item->certificate_awarded = (struct certificate_awarded){
            .account_no = account_no,
            .outer_id = number_of(w, d->outcome),
            .certificate_id = write_name(w->arena, "cert-", d->subject),
            .centiscore = d->score,
            .issue_date = d->date,
            .expiry_date = d->last_date,
            .replaces_outer_id = d->replaces != NONE ? number_of(w, d->replaces) : slice_text(""),
            .reposted_after = d->reposted_after,
        };
}

static void
write_change(struct writer *w, const struct deed *d, struct item *item)
{
    struct slice account_no = write_account(w->arena, d->learner);
    struct slice number = number_of(w, d->outcome);

    if (d->kind == ITEM_OUTCOME_CORRECTED)
        item->outcome_corrected = (struct outcome_corrected){
            account_no, number, (enum change_reason)d->reason, d->score, d->credits};
    else
        item->outcome_revoked =
            (struct outcome_revoked){account_no, number, (enum change_reason)d->reason};
}

void
write_item(struct writer *w, const struct deed *d, struct item *item)
{
    if (d->kind <= ITEM_RECORDING_RULE_SET)
        write_catalogue(w, d, item);
    else if (d->kind == ITEM_PROGRAMME_PUBLISHED)
        write_programme(w, d, &item->programme_published);
    else if (d->kind == ITEM_RULEBOOK_FILED)
        write_rulebook(w, d, &item->rulebook_filed);
    else if (d->kind == ITEM_RULEBOOK_PUBLISHED)
        item->rulebook_published = (struct rulebook_published){
            write_institution(w->arena, SCHOOL_A + d->number),
            write_name(w->arena, "book", d->subject), (uint32_t)d->version};
    else if (d->kind == ITEM_CALENDAR_DECLARED)
        write_calendar(d, &item->calendar_declared);
    else if (d->kind <= ITEM_ENROLMENT_ENDED)
        write_account_item(w, d, item);
    else if (d->kind <= ITEM_CERTIFICATE_AWARDED)
        write_record(w, d, item);
    else
        write_change(w, d, item);
}

static void
write_items(struct writer *w, const struct model *m, const struct deed *deeds, size_t count,
            struct transaction *out)
{
    out->item_count = count;
    out->items = arena_array(w->arena, count, sizeof(struct item));
    for (size_t i = 0; i < count; i++) {
        struct item *item = &out->items[i];
        uint64_t salt[2] = {random_next(w->random), random_next(w->random)};
        uint64_t content = model_content(&deeds[i]);

        item->kind = deeds[i].kind;
        item->salt = arena_copy(w->arena, slice_make(salt, sizeof(salt)));
        memcpy(item->content_hash.bytes, &content, sizeof(content));
        if (item->kind >= ITEM_APPLICATION_SUBMITTED)
            write_application_item(w, m, &deeds[i], item);
        else
            write_item(w, &deeds[i], item);
    }
}

void
write_transaction(struct writer *w, const struct model *m, const struct deed *deeds, size_t count,
                  struct transaction *out)
{
    begin(w, m, deeds[0].institution, out);
    out->is_control = deeds[0].control != 0;
    out->signer_count = (size_t)deeds[0].key_count;
    for (int i = 0; i < deeds[0].key_count; i++)
        out->signers[i] = w->key_ids[deeds[0].keys[i]];
    if (out->is_control)
        write_control(w, m, &deeds[0], &out->control);
    else
        write_items(w, m, deeds, count, out);
}
