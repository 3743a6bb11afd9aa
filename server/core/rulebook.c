/* Rulebooks: filed by a school, version after version; published by the operator. */
#include "core/check.h"
#include "core/rule.h"

#include <inttypes.h>

#define RULES_MAX 200
#define CAPS_MAX 20
#define BASIS_POINTS_MAX 10000
#define PERIOD_MAX_DAYS 30

/* Versions are filed in order, each once. */
static void
put_head(struct context *context, const struct rule_place *place)
{
    struct rulebook_head head = {.school_id = place->school_id, .rulebook_id = place->rulebook_id};
    const struct rulebook_head *known = world_find(context->world, TABLE_RULEBOOK_HEAD, &head);

    if (known != NULL)
        head = *known;
    if (place->version != head.filed_version + 1)
        refuse(context, "version", REASON_RULEBOOK_VERSION, "%d", head.filed_version + 1);
    head.filed_version = place->version;
    world_put(context->world, TABLE_RULEBOOK_HEAD, &head);
}

static bool
has_bucket(const struct rulebook_filed *filed, struct slice bucket_id)
{
    for (size_t i = 0; i < filed->rule_count; i++)
        if (slice_equal(filed->rules[i].bucket_id, bucket_id))
            return true;
    return false;
}

static void
check_cap(struct context *context, const struct rulebook_filed *filed, const struct cap *cap)
{
    check_range(context, "caps.basis_points", cap->basis_points, 1, BASIS_POINTS_MAX);
    if (cap->outcome_kind != 0)
        check_range(context, "caps.outcome_kind", (int64_t)cap->outcome_kind, OUTCOME_COURSE_RESULT,
                    OUTCOME_CERTIFICATE);
    if (cap->is_of_bucket && check_id(context, "caps.bucket_id", cap->bucket_id, ID_LOCAL) &&
        !has_bucket(filed, cap->bucket_id))
        refuse(context, "caps.bucket_id", REASON_BUCKET_UNKNOWN, "%.*s", (int)cap->bucket_id.len,
               (const char *)cap->bucket_id.at);
}

static void
put_caps(struct context *context, const struct rule_place *place,
         const struct rulebook_filed *filed)
{
    for (size_t i = 0; i < filed->cap_count; i++) {
        const struct cap *cap = &filed->caps[i];

        check_cap(context, filed, cap);
        world_put(context->world, TABLE_RULEBOOK_CAP,
                  &(struct rulebook_cap){
                      .school_id = place->school_id,
                      .rulebook_id = place->rulebook_id,
                      .version = place->version,
                      .cap_no = (int32_t)i + 1,
                      .basis_points = (int32_t)cap->basis_points,
                      .outcome_kind = (int32_t)cap->outcome_kind,
                      .bucket_id = cap->bucket_id,
                  });
    }
}

static void
check_periods(struct context *context, const struct periods *periods)
{
    check_range(context, "periods.notice_days", periods->notice_days, 0, PERIOD_MAX_DAYS);
    check_range(context, "periods.acceptance_days", periods->acceptance_days, 0, PERIOD_MAX_DAYS);
    check_range(context, "periods.completion_days", periods->completion_days, 0, PERIOD_MAX_DAYS);
    check_range(context, "periods.appeal_days", periods->appeal_days, 0, PERIOD_MAX_DAYS);
}

void
file_rulebook(struct context *context, const struct item *item)
{
    const struct rulebook_filed *filed = &item->rulebook_filed;
    struct rule_place place = {
        .school_id = context->transaction->institution_id,
        .rulebook_id = filed->rulebook_id,
        .programme_id = filed->programme_id,
        .version = (int32_t)filed->version,
    };

    if (!check_id(context, "rulebook_id", filed->rulebook_id, ID_LOCAL) ||
        !check_range(context, "version", filed->version, 1, 1000000) ||
        !check_range(context, "rules", (int64_t)filed->rule_count, 0, RULES_MAX) ||
        !check_range(context, "caps", (int64_t)filed->cap_count, 0, CAPS_MAX))
        return;
    if (filed->rule_count == 0)
        refuse(context, "rules", REASON_RULES_NONE, "%s", "");
    check_text(context, "title", filed->title, 200);
    check_text(context, "exemption_word", filed->exemption_word, 30);
    check_period(context, "to_date", filed->from_date, filed->to_date);
    check_periods(context, &filed->periods);
    if (world_find(context->world, TABLE_PROGRAMME,
                   &(struct programme){.school_id = place.school_id,
                                       .programme_id = filed->programme_id}) == NULL)
        refuse(context, "programme_id", REASON_PROGRAMME_UNKNOWN, "%.*s",
               (int)filed->programme_id.len, (const char *)filed->programme_id.at);
    put_head(context, &place);
    world_put(context->world, TABLE_RULEBOOK,
              &(struct rulebook){
                  .school_id = place.school_id,
                  .rulebook_id = filed->rulebook_id,
                  .version = place.version,
                  .title = filed->title,
                  .programme_id = filed->programme_id,
                  .from_date = filed->from_date,
                  .to_date = filed->to_date,
                  .exemption_word = filed->exemption_word,
                  .state = RULEBOOK_FILED,
                  .filed_entry = context->position.entry_index,
                  .filed_item = (int32_t)context->item_index,
                  .published_entry = ENTRY_NONE,
                  .notice_days = (int32_t)filed->periods.notice_days,
                  .acceptance_days = (int32_t)filed->periods.acceptance_days,
                  .completion_days = (int32_t)filed->periods.completion_days,
                  .appeal_days = (int32_t)filed->periods.appeal_days,
              });
    put_caps(context, &place, filed);
    for (size_t i = 0; i < filed->rule_count; i++) {
        place.rule_no = (int32_t)i + 1;
        rule_put(context, &place, &filed->rules[i]);
    }
}

void
publish_rulebook(struct context *context, const struct item *item)
{
    const struct rulebook_published *published = &item->rulebook_published;
    struct rulebook key = {
        .school_id = published->school_id,
        .rulebook_id = published->rulebook_id,
        .version = (int32_t)published->version,
    };
    const struct rulebook *rulebook = world_find(context->world, TABLE_RULEBOOK, &key);
    const struct rulebook_head *head =
        world_find(context->world, TABLE_RULEBOOK_HEAD,
                   &(struct rulebook_head){.school_id = published->school_id,
                                           .rulebook_id = published->rulebook_id});

    if (head == NULL) {
        refuse(context, "rulebook_id", REASON_RULEBOOK_UNKNOWN, "%.*s",
               (int)published->rulebook_id.len, (const char *)published->rulebook_id.at);
        return;
    }
    if (rulebook == NULL) {
        refuse(context, "version", REASON_RULEBOOK_VERSION_UNKNOWN, "%" PRIu32, published->version);
        return;
    }
    if (rulebook->state != RULEBOOK_FILED || key.version < head->published_version)
        refuse(context, "version", REASON_RULEBOOK_NOT_FILED, "%d", head->published_version);

    struct rulebook row = *rulebook;
    struct rulebook_head head_row = *head;

    row.state = RULEBOOK_PUBLISHED;
    row.published_entry = context->position.entry_index;
    head_row.published_version = key.version;
    world_put(context->world, TABLE_RULEBOOK, &row);
    world_put(context->world, TABLE_RULEBOOK_HEAD, &head_row);
}
