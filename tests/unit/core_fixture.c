#include "core_fixture.h"

#include "base/memory.h"
#include "core/application.h"
#include "crypto/dsse.h"

#define BUDGET ((size_t)64 << 20)
#define ORIGIN "bank.example/log"
#define CLAIM_TYPE "application/vnd.creditbank.key-claim.v1+protobuf"

static const struct {
    const char *institution;
    uint32_t duties;
} keys[CORE_KEYS] = {
    [OPERATOR] = {"bank", DUTY_BIT(DUTY_ADMIN) | DUTY_BIT(DUTY_RULES) | DUTY_BIT(DUTY_POST)},
    [SERVICE] = {"bank", DUTY_BIT(DUTY_SERVICE)},
    [SCHOOL] = {"school", DUTY_BIT(DUTY_ADMIN) | DUTY_BIT(DUTY_RULES) | DUTY_BIT(DUTY_POST)},
    [REVIEWER] = {"school", DUTY_BIT(DUTY_REVIEW) | DUTY_BIT(DUTY_DECIDE)},
    [DECIDER] = {"school", DUTY_BIT(DUTY_DECIDE)},
    [SCHOOL_2] = {"school-2", DUTY_BIT(DUTY_ADMIN) | DUTY_BIT(DUTY_RULES) | DUTY_BIT(DUTY_POST) |
                                  DUTY_BIT(DUTY_REVIEW) | DUTY_BIT(DUTY_DECIDE)},
    [ISSUER] = {"issuer", DUTY_BIT(DUTY_ADMIN) | DUTY_BIT(DUTY_POST)},
    [ISSUER_2] = {"issuer-2", DUTY_BIT(DUTY_POST)},
    [REGULATOR] = {"regulator", DUTY_BIT(DUTY_POST)},
    [NEW_KEY] = {"school", DUTY_BIT(DUTY_POST)},
};

const char *
core_institution(enum core_key key)
{
    return keys[key].institution;
}

struct key_registered
core_key_record(struct core_bank *bank, enum core_key key, const char *owner, uint32_t duties)
{
    struct slice claim = slice_text("what the key claims");
    struct signature proof = dsse_sign(bank->keys[key], CLAIM_TYPE, claim);

    return (struct key_registered){
        .institution_id = slice_text(owner),
        .spki = public_key_spki(private_key_public(bank->keys[key])),
        .duties = duties,
        .claim = claim,
        .proof_of_possession = arena_copy(bank->arena, signature_slice(&proof)),
    };
}

struct founding
core_founding(struct core_bank *bank)
{
    struct key_registered *operator_keys = arena_alloc(bank->arena, sizeof(*operator_keys));

    *operator_keys = core_key_record(bank, OPERATOR, "bank", keys[OPERATOR].duties);
    return (struct founding){
        .operator_institution = {.institution_id = slice_text("bank"),
                                 .kind = INSTITUTION_OPERATOR,
                                 .name = slice_text("学分银行")},
        .operator_key_count = 1,
        .operator_keys = operator_keys,
        .service_key = core_key_record(bank, SERVICE, "bank", DUTY_BIT(DUTY_SERVICE)),
        .log_key = hash_slice(&bank->key_ids[OPERATOR]),
    };
}

struct core_bank *
core_bank_unfounded(void)
{
    static const enum key_algorithm algorithms[] = {KEY_ED25519, KEY_P256, KEY_SM2};
    struct core_bank *bank = xcalloc(1, sizeof(*bank));

    bank->arena = arena_new(BUDGET);
    bank->world = world_new(BUDGET);
    world_load_everything(bank->world);
    bank->position.booked_at_us = (int64_t)TODAY * 86400 * 1000000 + INT64_C(4) * 3600 * 1000000;
    for (int i = 0; i < CORE_KEYS; i++) {
        bank->keys[i] = private_key_generate(algorithms[i % 3]);
        bank->key_ids[i] = *public_key_id(private_key_public(bank->keys[i]));
    }
    return bank;
}

void
core_bank_free(struct core_bank *bank)
{
    for (int i = 0; i < CORE_KEYS; i++)
        private_key_free(bank->keys[i]);
    world_free(bank->world);
    arena_free(bank->arena);
    xfree(bank);
}

static struct transaction
begin(struct core_bank *bank, enum core_key key)
{
    return (struct transaction){
        .log_origin = slice_text(ORIGIN),
        .institution_id = slice_text(keys[key].institution),
        .create_time_us = bank->position.booked_at_us,
        .signer_count = 1,
        .signers = {bank->key_ids[key]},
    };
}

struct transaction
core_items(struct core_bank *bank, enum core_key key, const struct item *items, size_t count)
{
    struct transaction transaction = begin(bank, key);

    transaction.item_count = count;
    transaction.items = arena_array(bank->arena, count, sizeof(*items));
    memcpy(transaction.items, items, count * sizeof(*items));
    for (size_t i = 0; i < count; i++) {
        uint32_t salt[SALT_SIZE / 4] = {++bank->salt};

        if (transaction.items[i].salt.len == 0)
            transaction.items[i].salt = arena_copy(bank->arena, slice_make(salt, SALT_SIZE));
    }
    return transaction;
}

struct transaction
core_control(struct core_bank *bank, enum core_key key, const struct control *control)
{
    struct transaction transaction = begin(bank, key);

    transaction.is_control = true;
    transaction.control = *control;
    return transaction;
}

enum execute_result
core_execute(struct core_bank *bank, const struct transaction *transaction)
{
    struct hash leaf = hash_sha256(slice_make(&bank->position, sizeof(bank->position)));
    enum execute_result result;

    bank->refusals = (struct refusal_list){0};
    result = execute(bank->world, transaction, &bank->position, bank->arena, &bank->refusals);
    if (result != EXECUTE_BOOKED)
        return result;
    execute_advance_chains(bank->world, transaction, &leaf);
    bank->position.entry_index++;
    return result;
}

bool
core_told(const struct core_bank *bank, uint32_t item_index, const char *field, enum reason reason)
{
    for (const struct refusal *r = bank->refusals.first; r != NULL; r = r->next)
        if (r->item_index == item_index && strcmp(r->field, field) == 0 && r->reason == reason)
            return true;
    return false;
}

/* Says in words what was refused, so that a failing test tells. */
static void
print_refusals(const struct core_bank *bank)
{
    for (const struct refusal *r = bank->refusals.first; r != NULL; r = r->next)
        print_message("refused: item %u, %s: %s (%s)\n", r->item_index, r->field,
                      reason_text(r->reason)->code, r->detail);
}

static void
books(struct core_bank *bank, const struct transaction *transaction)
{
    enum execute_result result = core_execute(bank, transaction);

    print_refusals(bank);
    assert_int_equal(result, EXECUTE_BOOKED);
}

static void
refuses(struct core_bank *bank, const struct transaction *transaction, const char *field,
        enum reason reason)
{
    uint32_t index = transaction->is_control ? REFUSAL_NO_ITEM : 0;
    bool told;

    assert_int_equal(core_execute(bank, transaction), EXECUTE_REFUSED);
    told = core_told(bank, index, field, reason);
    if (!told) {
        print_message("expected: item %u, %s: %s\n", index, field, reason_text(reason)->code);
        print_refusals(bank);
    }
    assert_true(told);
}

void
core_books(struct core_bank *bank, enum core_key key, const struct item *item)
{
    struct transaction transaction = core_items(bank, key, item, 1);

    books(bank, &transaction);
}

int32_t
core_day(const char *text)
{
    int32_t days;

    assert_true(date_parse(slice_text(text), &days));
    return days;
}

void
core_declares(struct core_bank *bank, const char *first, const char *last, enum day_kind kind)
{
    struct item item = {
        .kind = ITEM_CALENDAR_DECLARED,
        .calendar_declared = {core_day(first), last != NULL ? core_day(last) : DATE_OPEN, kind}};

    core_books(bank, OPERATOR, &item);
}

void
core_refuses(struct core_bank *bank, enum core_key key, const struct item *item, const char *field,
             enum reason reason)
{
    struct transaction transaction = core_items(bank, key, item, 1);

    refuses(bank, &transaction, field, reason);
}

static void
set(const struct core_case *c, char *base)
{
    void *at = base + c->at;

    switch (c->type) {
    case CASE_TEXT:
        *(struct slice *)at = slice_text(c->text);
        return;
    case CASE_INT32:
        *(int32_t *)at = (int32_t)c->number;
        return;
    case CASE_INT64:
        *(int64_t *)at = c->number;
        return;
    case CASE_SIZE:
        *(size_t *)at = (size_t)c->number;
        return;
    }
}

void
core_refuses_each(struct core_bank *bank, enum core_key key, const struct item *good,
                  const struct core_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct item item = *good;

        set(&cases[i], (char *)&item);
        core_refuses(bank, key, &item, cases[i].field, cases[i].reason);
    }
    core_books(bank, key, good);
}

void
core_refuses_each_control(struct core_bank *bank, enum core_key key, const struct control *good,
                          const struct core_case *cases, size_t count)
{
    struct transaction transaction = core_control(bank, key, good);

    for (size_t i = 0; i < count; i++) {
        struct transaction wrong = transaction;

        set(&cases[i], (char *)&wrong.control);
        refuses(bank, &wrong, cases[i].field, cases[i].reason);
    }
    books(bank, &transaction);
}

struct item
core_result(const char *account_no, const char *outer_id)
{
    return (struct item){
        .kind = ITEM_COURSE_RESULT_RECORDED,
        .course_result_recorded = {.account_no = slice_text(account_no),
                                   .outer_id = slice_text(outer_id),
                                   .programme_id = slice_text("cs"),
                                   .course_code = slice_text("c3"),
                                   .centihours = 6400,
                                   .scheme = GRADING_PERCENTAGE,
                                   .centiscore = 8500,
                                   .completed_date = TODAY,
                                   .centicredits = 400},
    };
}

struct item
core_training(const char *account_no, const char *outer_id, int64_t centihours,
              int64_t centicredits, int64_t remainder_centihours)
{
    return (struct item){
        .kind = ITEM_TRAINING_HOURS_RECORDED,
        .training_hours_recorded = {.account_no = slice_text(account_no),
                                    .outer_id = slice_text(outer_id),
                                    .title = slice_text("安全培训"),
                                    .course_kind = COURSE_THEORY,
                                    .centihours = centihours,
                                    .completed_date = TODAY,
                                    .centicredits = centicredits,
                                    .remainder_centihours = remainder_centihours},
    };
}

struct item
core_certificate(const char *account_no, const char *outer_id)
{
    return (struct item){
        .kind = ITEM_CERTIFICATE_AWARDED,
        .certificate_awarded = {.account_no = slice_text(account_no),
                                .outer_id = slice_text(outer_id),
                                .certificate_id = slice_text("web-2"),
                                .centiscore = 7000,
                                .issue_date = TODAY,
                                .expiry_date = DATE_OPEN,
                                .replaces_outer_id = slice_text(""),
                                .reposted_after = ENTRY_NONE},
    };
}

struct item
core_revoked(const char *account_no, const char *outer_id, enum change_reason reason)
{
    return (struct item){
        .kind = ITEM_OUTCOME_REVOKED,
        .outcome_revoked = {slice_text(account_no), slice_text(outer_id), reason},
    };
}

struct item
core_opened(const char *account_no)
{
    static const struct hash hash = {{1}};
    static struct identity_commitment commitments[] = {
        {IDENTITY_DOCUMENT_TYPE, {hash.bytes, HASH_SIZE}},
        {IDENTITY_NAME, {hash.bytes, HASH_SIZE}}};

    return (struct item){
        .kind = ITEM_ACCOUNT_OPENED,
        .account_opened = {slice_text(account_no), ARRAY_COUNT(commitments), commitments},
    };
}

struct item
core_enrolled(const char *account_no, const char *student_no)
{
    return (struct item){
        .kind = ITEM_LEARNER_ENROLLED,
        .learner_enrolled = {slice_text(account_no), slice_text(student_no), slice_text("cs"),
                             TODAY - 9},
    };
}

static struct slice
copy_trace(struct core_bank *bank, const struct evaluation *evaluation)
{
    struct hash hash = evaluation_trace(evaluation);

    return arena_copy(bank->arena, hash_slice(&hash));
}

struct item
core_application(struct core_bank *bank, const char *account_no, const char *application_no,
                 const char *outer_id)
{
    struct line_applied *line = arena_alloc(bank->arena, sizeof(*line));
    struct slice *codes = arena_alloc(bank->arena, sizeof(*codes));
    struct item item = {.kind = ITEM_APPLICATION_SUBMITTED};
    struct application_submitted *submitted = &item.application_submitted;
    struct evaluation evaluation;

    *codes = slice_text("c1");
    *line = (struct line_applied){
        1, {slice_text("issuer"), slice_text(outer_id)}, {.count = 1, .texts = codes}};
    *submitted = (struct application_submitted){
        .account_no = slice_text(account_no),
        .application_no = slice_text(application_no),
        .school_id = slice_text("school"),
        .rulebook_id = slice_text("rb"),
        .version = bank->rulebook_version,
        .line_count = 1,
        .lines = line,
    };
    evaluate(bank->world,
             &(struct evaluation_request){submitted->account_no, submitted->school_id,
                                          submitted->rulebook_id, (int32_t)submitted->version,
                                          core_today(bank), slice_text(""), 1, line},
             bank->arena, &evaluation);
    submitted->trace_hash = copy_trace(bank, &evaluation);
    return item;
}

struct item
core_resubmission(struct core_bank *bank, const char *account_no, const char *application_no,
                  const struct line_applied *lines, size_t count)
{
    const struct application *application = core_find_application(bank, application_no);
    struct line_applied *copy = arena_array(bank->arena, count, sizeof(*copy));
    struct item item = {.kind = ITEM_APPLICATION_RESUBMITTED};
    struct evaluation evaluation;

    memcpy(copy, lines, count * sizeof(*copy));
    item.application_resubmitted = (struct application_resubmitted){
        .account_no = slice_text(account_no),
        .application_no = slice_text(application_no),
        .revision = (uint32_t)application->revision,
        .line_count = count,
        .lines = copy,
    };
    evaluate(bank->world,
             &(struct evaluation_request){slice_text(account_no), application->school_id,
                                          application->rulebook_id, application->version,
                                          application->submit_date, application->application_no,
                                          count, copy},
             bank->arena, &evaluation);
    item.application_resubmitted.trace_hash = copy_trace(bank, &evaluation);
    return item;
}

struct item
core_move(enum item_kind kind, const char *account_no, const char *application_no,
          uint32_t revision)
{
    bool has_reason = kind == ITEM_APPLICATION_RETURNED || kind == ITEM_APPLICATION_NOT_ACCEPTED ||
                      kind == ITEM_APPLICATION_OBJECTED;

    return (struct item){
        .kind = kind,
        .application_moved = {slice_text(account_no), slice_text(application_no), revision,
                              VERDICT_APPROVE, has_reason ? 1 : 0},
    };
}

void
core_award(struct core_bank *bank, const char *account_no, const char *outer_id)
{
    struct item item = core_certificate(account_no, outer_id);

    core_books(bank, ISSUER, &item);
}

void
core_submit(struct core_bank *bank, const char *account_no, const char *application_no,
            const char *outer_id)
{
    struct item item = core_application(bank, account_no, application_no, outer_id);

    core_books(bank, SERVICE, &item);
}

void
core_moves(struct core_bank *bank, enum core_key key, enum item_kind kind, uint32_t revision)
{
    struct item item = core_move(kind, ACCOUNT_A, APP_1, revision);

    core_books(bank, key, &item);
}

struct item
core_decision(struct core_bank *bank, const char *account_no, const char *application_no,
              uint32_t revision, enum verdict verdict)
{
    const struct application *application = core_find_application(bank, application_no);
    struct item item = {.kind = ITEM_APPLICATION_DECIDED};
    struct application_decided *decided = &item.application_decided;
    struct evaluation evaluation;

    *decided = (struct application_decided){
        .account_no = slice_text(account_no),
        .application_no = slice_text(application_no),
        .revision = revision,
        .verdict = verdict,
        .rulebook_id = slice_text("rb"),
        .version = (uint32_t)application->version,
    };
    application_evaluate(bank->world, application, bank->arena, &evaluation);
    decided->trace_hash = copy_trace(bank, &evaluation);
    if (verdict != VERDICT_APPROVE)
        return item;
    decided->exemption_count = 1;
    decided->exemptions = arena_alloc(bank->arena, sizeof(struct exemption_granted));
    decided->exemptions[0] = (struct exemption_granted){
        .course_code = slice_text("c1"),
        .centicredits = 200,
        .attendance_waived = true,
        .exam_waived = true,
    };
    decided->outcome_count = 1;
    decided->outcomes_used = arena_alloc(bank->arena, sizeof(struct outcome_ref));
    decided->outcomes_used[0] = evaluation.findings[0].line->outcome;
    return item;
}

struct item
core_period_end(struct core_bank *bank, const char *account_no, const char *application_no,
                enum application_state state)
{
    const struct application *application = core_find_application(bank, application_no);

    return (struct item){
        .kind = ITEM_APPLICATION_PERIOD_ENDED,
        .application_period_ended = {slice_text(account_no), slice_text(application_no),
                                     (uint32_t)application->revision, application->due_date, state},
    };
}

int32_t
core_today(const struct core_bank *bank)
{
    return date_in_shanghai(bank->position.booked_at_us);
}

void
core_wait_until(struct core_bank *bank, int32_t date)
{
    bank->position.booked_at_us = ((int64_t)date * 24 - 8) * 3600 * 1000000;
    assert_int_equal(core_today(bank), date);
}

const struct outcome *
core_outcome(struct core_bank *bank, enum core_key key, const char *outer_id)
{
    return world_find(bank->world, TABLE_OUTCOME,
                      &(struct outcome){.institution_id = slice_text(keys[key].institution),
                                        .outer_id = slice_text(outer_id)});
}

const struct application *
core_find_application(struct core_bank *bank, const char *application_no)
{
    return world_find(bank->world, TABLE_APPLICATION,
                      &(struct application){.application_no = slice_text(application_no)});
}

static void
register_all(struct core_bank *bank)
{
    static const struct {
        const char *id;
        enum institution_kind kind;
    } institutions[] = {{"regulator", INSTITUTION_REGULATOR},
                        {"school", INSTITUTION_SCHOOL},
                        {"school-2", INSTITUTION_SCHOOL},
                        {"issuer", INSTITUTION_ISSUER},
                        {"issuer-2", INSTITUTION_ISSUER}};
    struct control control = {.kind = CONTROL_FOUNDING, .founding = core_founding(bank)};
    struct transaction transaction = core_control(bank, OPERATOR, &control);

    books(bank, &transaction);
    for (size_t i = 0; i < ARRAY_COUNT(institutions); i++) {
        control = (struct control){.kind = CONTROL_INSTITUTION_REGISTERED,
                                   .institution_registered = {
                                       .institution_id = slice_text(institutions[i].id),
                                       .kind = institutions[i].kind,
                                       .name = slice_text("机构"),
                                   }};
        transaction = core_control(bank, OPERATOR, &control);
        books(bank, &transaction);
    }
    for (enum core_key key = SCHOOL; key < NEW_KEY; key++) {
        control = (struct control){
            .kind = CONTROL_KEY_REGISTERED,
            .key_registered = core_key_record(bank, key, keys[key].institution, keys[key].duties)};
        transaction = core_control(bank, OPERATOR, &control);
        books(bank, &transaction);
    }
}

static void
fill_catalogue(struct core_bank *bank)
{
    static const struct certificate_listed listed[] = {
        {{(const uint8_t *)"web-1", 5},
         {(const uint8_t *)"Web", 3},
         {(const uint8_t *)"web", 3},
         {(const uint8_t *)"1+x", 3},
         1,
         DATE_2019},
        {{(const uint8_t *)"web-2", 5},
         {(const uint8_t *)"Web", 3},
         {(const uint8_t *)"web", 3},
         {(const uint8_t *)"1+x", 3},
         2,
         DATE_2019},
        {{(const uint8_t *)"trade-3", 7},
         {(const uint8_t *)"Web", 3},
         {(const uint8_t *)"web", 3},
         {(const uint8_t *)"five", 4},
         3,
         DATE_2019},
        {{(const uint8_t *)"cloud-2", 7},
         {(const uint8_t *)"Cloud", 5},
         {(const uint8_t *)"cloud", 5},
         {(const uint8_t *)"1+x", 3},
         2,
         DATE_2019},
    };
    struct item item;

    for (size_t i = 0; i < ARRAY_COUNT(listed); i++) {
        item = (struct item){.kind = ITEM_CERTIFICATE_LISTED, .certificate_listed = listed[i]};
        core_books(bank, OPERATOR, &item);
        item =
            (struct item){.kind = ITEM_ACCREDITATION_GRANTED,
                          .accreditation_granted = {slice_text("issuer"), listed[i].certificate_id,
                                                    DATE_2019 - 365, DATE_OPEN}};
        core_books(bank, OPERATOR, &item);
    }
    for (int kind = COURSE_THEORY; kind <= COURSE_PRACTICE; kind++) {
        item = (struct item){.kind = ITEM_RECORDING_RULE_SET,
                             .recording_rule_set = {(enum course_kind)kind,
                                                    kind == COURSE_THEORY ? 1600 : 3000, 50,
                                                    DATE_2019}};
        core_books(bank, OPERATOR, &item);
    }
}

static void
publish_plan(struct core_bank *bank)
{
    struct programme_course courses[] = {
        {slice_text("c1"), slice_text("网页设计"), COURSE_THEORY, 3200, 200, true, false},
        {slice_text("c2"), slice_text("前端开发"), COURSE_THEORY, 4800, 300, true, false},
        {slice_text("c3"), slice_text("数据库"), COURSE_THEORY, 6400, 400, true, false},
        {slice_text("c9"), slice_text("体育"), COURSE_PRACTICE, 3200, 200, true, true},
    };
    struct item programme = {.kind = ITEM_PROGRAMME_PUBLISHED,
                             .programme_published = {slice_text("cs"), slice_text("510201"),
                                                     slice_text("计算机应用"), 2025, 14000,
                                                     ARRAY_COUNT(courses), courses}};

    core_books(bank, SCHOOL, &programme);
}

void
core_publish_rules(struct core_bank *bank, const struct periods *periods)
{
    struct clause clauses[] = {
        {.test = CLAUSE_PARTS, .number = PARTS_ALL},
        {.test = CLAUSE_FAMILY, .part_of = 1, .text = slice_text("web")},
        {.test = CLAUSE_GRADE_AT_LEAST, .part_of = 1, .text = slice_text("1+x"), .number = 2},
        {.test = CLAUSE_SCORE_AT_LEAST, .part_of = 1, .number = 6000, .scheme = GRADING_PERCENTAGE},
        {.test = CLAUSE_MAX_AGE, .part_of = 1, .number = 6},
    };
    struct slice school_2 = slice_text("school-2");
    struct clause from_school[] = {{.test = CLAUSE_ISSUERS, .issuers = {1, &school_2}}};
    struct slice first[] = {slice_text("c1"), slice_text("c2")}, second[] = {slice_text("c3")};
    struct rule_filed rules[] = {
        {.title = slice_text("中级证书"),
         .clause_count = ARRAY_COUNT(clauses),
         .clauses = clauses,
         .course_codes = {2, first},
         .attendance_waived = true,
         .exam_waived = true},
        {.title = slice_text("校际互认"),
         .clause_count = 1,
         .clauses = from_school,
         .course_codes = {1, second},
         .exam_waived = true},
    };
    struct item filed = {.kind = ITEM_RULEBOOK_FILED,
                         .rulebook_filed = {.rulebook_id = slice_text("rb"),
                                            .version = ++bank->rulebook_version,
                                            .title = slice_text("转换办法"),
                                            .programme_id = slice_text("cs"),
                                            .from_date = TODAY - 30,
                                            .to_date = TODAY + 30,
                                            .exemption_word = slice_text("免修"),
                                            .rule_count = ARRAY_COUNT(rules),
                                            .rules = rules,
                                            .periods = *periods}};
    struct item published = {
        .kind = ITEM_RULEBOOK_PUBLISHED,
        .rulebook_published = {slice_text("school"), slice_text("rb"), bank->rulebook_version}};

    core_books(bank, SCHOOL, &filed);
    core_books(bank, OPERATOR, &published);
}

int
core_bank_setup(void **state)
{
    static const char *const accounts[] = {ACCOUNT_A, ACCOUNT_B, ACCOUNT_C};
    static const char *const numbers[] = {"S1", "S2"};
    struct core_bank *bank = core_bank_unfounded();

    register_all(bank);
    fill_catalogue(bank);
    publish_plan(bank);
    core_publish_rules(bank, &(struct periods){0});
    for (size_t i = 0; i < ARRAY_COUNT(accounts); i++) {
        struct item opened = core_opened(accounts[i]);

        core_books(bank, SCHOOL, &opened);
    }
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        struct item activated = {.kind = ITEM_ACCOUNT_ACTIVATED,
                                 .account_activated = {slice_text(accounts[i])}};
        struct item enrolled = core_enrolled(accounts[i], numbers[i]);

        core_books(bank, SERVICE, &activated);
        core_books(bank, SCHOOL, &enrolled);
    }
    *state = bank;
    return 0;
}

int
core_bank_teardown(void **state)
{
    core_bank_free(*state);
    return 0;
}
