/*
 * Parts of a statement, each verified, put end to end: whether they are of one account
 * of one bank, and nothing lies between them. The rules are those of docs/formats.md.
 */
#include "creditbank.h"

#include "base/arena.h"

#include "error.h"
#include "heads.h"

static ProtobufCBinaryData
founding_of(const struct creditbank_report *part)
{
    return part->statement->key_records[0]->entry->log_entry;
}

/* One account of one log, which has one founding. */
static bool
is_of_one_account(const struct creditbank_report *part, const struct creditbank_report *next)
{
    ProtobufCBinaryData one = founding_of(part), other = founding_of(next);

    return strcmp(part->list->log_origin, next->list->log_origin) == 0 &&
           strcmp(part->list->account_no, next->list->account_no) == 0 && one.len == other.len &&
           memcmp(one.data, other.data, one.len) == 0;
}

/* Whether the next part begins behind the last line of this one, which says that it goes on. */
static bool
is_continued(const struct creditbank_report *part, const struct creditbank_report *next)
{
    const Creditbank__V1__StatementLine *after = next->list->after;

    if (!part->list->goes_on || after == NULL)
        return false;

    const Creditbank__V1__StatementLine *last = part->list->lines[part->list->n_lines - 1];

    return after->entry_index == last->entry_index && after->item_index == last->item_index;
}

static bool
is_one_history(const struct creditbank_report *part, const struct creditbank_report *other)
{
    for (size_t i = 0; i < part->head_count; i++)
        for (size_t j = 0; j < other->head_count; j++)
            if (heads_contradict(&part->heads[i], &other->heads[j]))
                return false;
    return true;
}

/* Whether the last of `count` parts, which all hold, joins those before it. */
static bool
check_last(const struct creditbank_report *parts, size_t count, struct creditbank_error *error)
{
    const struct creditbank_report *next = &parts[count - 1], *part = next - 1;

    if (!is_of_one_account(part, next))
        return error_set(error, REASON_VERIFY_PART_OTHER, "%s", "");
    if (!is_continued(part, next))
        return error_set(error, REASON_VERIFY_PART_GAP, "%s", "");
    for (size_t i = 0; i + 1 < count; i++)
        if (!is_one_history(&parts[i], next))
            return error_set(error, REASON_VERIFY_FORK, "%s", "");
    return true;
}

/* The part holds by itself, and does not join: that is its one finding. */
static void
fail(struct creditbank_report *part, const struct creditbank_error *error)
{
    struct creditbank_finding *finding = arena_alloc(part->memory, sizeof(*finding));

    *finding = (struct creditbank_finding){.place = CREDITBANK_WHOLE, .error = *error};
    part->findings = finding;
    part->finding_count = 1;
    part->verdict = CREDITBANK_FAILED;
}

void
creditbank_statement_join(struct creditbank_report *parts, size_t count)
{
    struct creditbank_error error;

    for (size_t i = 0; i < count && parts[i].finding_count == 0; i++)
        if (i > 0 && !check_last(parts, i + 1, &error)) {
            fail(&parts[i], &error);
            return;
        }
}
