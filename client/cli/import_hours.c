/*
 * import hours: a school or an issuer posts hours of training. What they give in
 * credits depends on the hours left over before, which the bank knows: a row is
 * built as though there were none, and mended by what the bank says.
 */
#include "import.h"

#include "crypto/hash.h"
#include "wire/unpack.h"

#include "fields.h"
#include "normal.h"
#include "recording_rule.h"
#include "words.h"

#define SAME_MEMORY_MAX ((size_t)64 * 1024)

static const struct csv_column columns[] = {
    {"outer_id", "培训编号", true, "PX-2026-0001"},
    {"name", "姓名", true, "张三"},
    {"document_type", "证件类型", false, "居民身份证"},
    {"document_number", "证件号码", true, "11010119900307743X"},
    {"title", "培训名称", true, "急救培训"},
    {"course_kind", "学时类别", true, "理论"},
    {"hours", "学时", true, "16"},
    {"completed_date", "完成日期", true, "2026-03-05"},
    {0}};

static void
got_outcomes(struct batch *batch, const ProtobufCMessage *reply)
{
    const Creditbank__V1__BatchGetOutcomesResponse *found = (const void *)reply;

    for (size_t i = 0; i < found->n_outcomes; i++) {
        const Creditbank__V1__BookedOutcome *outcome = found->outcomes[i];
        struct hash *hash;

        import_refuse_revoked(batch, outcome);
        if (outcome->revoked || outcome->content_hash.len != HASH_SIZE)
            continue;
        hash = arena_alloc(batch->arena, sizeof(*hash));
        memcpy(hash->bytes, outcome->content_hash.data, HASH_SIZE);
        for (size_t j = 0; j < batch->row_count; j++)
            if (batch->rows[j].state == ROW_PENDING &&
                strcmp(batch->rows[j].key, outcome->outer_id) == 0)
                batch->rows[j].recorded = hash;
    }
}

/* Which of the numbers are recorded already. */
static void
look_up(struct batch *batch)
{
    for (size_t i = 0; i < batch->row_count; i++)
        batch->rows[i].key = import_cell(batch, &batch->rows[i], "outer_id");
    import_ask_outcomes(batch, import_key, got_outcomes);
}

/* Sets kind, hours and day; false, and the row refused. */
static bool
fill(const struct batch *batch, struct load_row *row, Creditbank__V1__TrainingHoursRecorded *hours)
{
    const char *amount = import_cell(batch, row, "hours");
    int value = CREDITBANK__V1__COURSE_KIND__COURSE_KIND_UNSPECIFIED;

    hours->account_no = (char *)(uintptr_t)row->account_no;
    hours->outer_id = (char *)(uintptr_t)row->key;
    hours->title = (char *)(uintptr_t)import_cell(batch, row, "title");
    hours->completed_date = import_date(batch, row, "completed_date");
    if (row->state != ROW_PENDING)
        return false;
    if (normal_is_mangled(slice_text(row->key))) {
        row_refuse(batch, row, REASON_ROW_NUMBER_MANGLED, row->key);
        return false;
    }
    if (!import_choice(batch, row, "course_kind", &creditbank__v1__course_kind__descriptor, &value))
        return false;
    if (!fields_parse_centi(amount, &hours->centihours)) {
        import_refuse_cell(batch, row, "hours", REASON_ROW_NUMBER_INVALID, amount);
        return false;
    }
    hours->course_kind = (Creditbank__V1__CourseKind)value;
    return true;
}

/* The item's content, as the bank hashes it: without the salt. */
static bool
is_recorded(const struct load_row *row, const Creditbank__V1__Item *item, struct arena *arena)
{
    struct hash hash = hash_sha256(wire_pack(&item->base, arena));

    return hash_equal(&hash, row->recorded);
}

/*
 * Whether the row is what is recorded under its number. What was left over before
 * it then is not known any more, so every possible remainder is tried: they are
 * fewer than the hundredths of hours in a step of credits.
 */
static bool
is_same(const struct load_row *row, const Creditbank__V1__Item *item,
        const Creditbank__V1__RecordingRuleSet *rule)
{
    Creditbank__V1__TrainingHoursRecorded *hours = item->training_hours_recorded;
    int64_t step = recording_rule_step(rule);
    struct arena *arena = arena_new(SAME_MEMORY_MAX);
    bool same = false;

    for (int64_t before = 0; before < step && !same; before++) {
        recording_rule_apply(rule, hours->centihours + before, &hours->centicredits,
                             &hours->remainder_centihours);
        same = is_recorded(row, item, arena);
        arena_reset(arena);
    }
    arena_free(arena);
    return same;
}

static void
build(struct batch *batch, struct load_row *row)
{
    Creditbank__V1__TrainingHoursRecorded *hours = arena_alloc(batch->arena, sizeof(*hours));
    const Creditbank__V1__RecordingRuleSet *rule;
    Creditbank__V1__Item item, *added;

    creditbank__v1__training_hours_recorded__init(hours);
    if (!fill(batch, row, hours))
        return;
    creditbank__v1__item__init(&item);
    item.body_case = CREDITBANK__V1__ITEM__BODY_TRAINING_HOURS_RECORDED;
    item.training_hours_recorded = hours;
    rule = recording_rules_on(batch, hours->course_kind, hours->completed_date);
    if (rule != NULL && row->recorded != NULL && is_same(row, &item, rule)) {
        row->state = ROW_SAME;
        return;
    }
    /* Where there is no rule, the bank says so. */
    if (rule != NULL)
        recording_rule_apply(rule, hours->centihours, &hours->centicredits,
                             &hours->remainder_centihours);
    import_open_account(batch, row);
    added = row_add_item(batch, row);
    *added = item;
}

/* The bank knows what was left over before, and says what the figures have to be. */
static bool
mend(struct batch *batch, struct load_row *row, const Creditbank__V1__Refusal *refusal)
{
    bool of_credits = strcmp(refusal->reason, reason_text(REASON_CREDITS_WRONG)->code) == 0;
    bool of_rest = strcmp(refusal->reason, reason_text(REASON_REMAINDER_WRONG)->code) == 0;
    Creditbank__V1__TrainingHoursRecorded *hours =
        row->items[row->item_count - 1]->training_hours_recorded;
    int64_t value;

    if ((!of_credits && !of_rest) ||
        !words_amount(refusal->reason, refusal->message_en, batch->arena, &value))
        return false;
    if (of_credits)
        hours->centicredits = value;
    else
        hours->remainder_centihours = value;
    return true;
}

static const stage_fn stages[] = {import_resolve_persons, look_up, recording_rules_look_up, NULL};

const struct import_kind import_hours = {.name = "hours",
                                         .columns = columns,
                                         .stages = stages,
                                         .build = build,
                                         .mend = mend,
                                         .in_order = true};
