/* import certificates: an issuer posts the certificates that it awarded. */
#include "import.h"

#include "fields.h"
#include "normal.h"

static const struct csv_column columns[] = {
    {"outer_id", "证书编号", true, "X2026030001"},
    {"certificate_id", "证书标识", true, "webfe-2"},
    {"name", "姓名", true, "张三"},
    {"document_type", "证件类型", false, "居民身份证"},
    {"document_number", "证件号码", true, "11010119900307743X"},
    {"score", "成绩", true, "85"},
    {"issue_date", "发证日期", true, "2026-03-05"},
    {"expiry_date", "有效期至", false, ""},
    {"replaces_outer_id", "换发原证书编号", false, ""},
    {"reposted_after", "更正后重报", false, ""},
    {0}};

static bool
fill_score(const struct batch *batch, struct load_row *row,
           Creditbank__V1__CertificateAwarded *awarded)
{
    const char *score = import_cell(batch, row, "score");
    enum normal_scheme scheme;

    if (normal_score(slice_text(score), &scheme, &awarded->centiscore) &&
        scheme == NORMAL_PERCENTAGE)
        return true;
    row_refuse(batch, row, REASON_ROW_PERCENTAGE_INVALID, score);
    return false;
}

/* A number that was posted to the wrong person and revoked there names that entry. */
static bool
fill_repost(const struct batch *batch, struct load_row *row,
            Creditbank__V1__CertificateAwarded *awarded)
{
    const char *entry = import_cell(batch, row, "reposted_after");

    if (entry[0] == '\0' ||
        fields_set(&awarded->base, "reposted_after.value", entry, batch->arena) == NULL)
        return true;
    import_refuse_cell(batch, row, "reposted_after", REASON_ROW_ENTRY_INVALID, entry);
    return false;
}

static void
build(struct batch *batch, struct load_row *row)
{
    Creditbank__V1__CertificateAwarded *awarded = arena_alloc(batch->arena, sizeof(*awarded));
    Creditbank__V1__Item *item;

    creditbank__v1__certificate_awarded__init(awarded);
    row->key = import_cell(batch, row, "outer_id");
    if (normal_is_mangled(slice_text(row->key))) {
        row_refuse(batch, row, REASON_ROW_NUMBER_MANGLED, row->key);
        return;
    }
    awarded->account_no = (char *)(uintptr_t)row->account_no;
    awarded->outer_id = (char *)(uintptr_t)row->key;
    awarded->certificate_id = (char *)(uintptr_t)import_cell(batch, row, "certificate_id");
    awarded->issue_date = import_date(batch, row, "issue_date");
    awarded->expiry_date = import_date(batch, row, "expiry_date");
    awarded->replaces_outer_id = (char *)(uintptr_t)import_cell(batch, row, "replaces_outer_id");
    if (row->state != ROW_PENDING || !fill_score(batch, row, awarded) ||
        !fill_repost(batch, row, awarded))
        return;
    import_open_account(batch, row);
    item = row_add_item(batch, row);
    item->body_case = CREDITBANK__V1__ITEM__BODY_CERTIFICATE_AWARDED;
    item->certificate_awarded = awarded;
}

static const stage_fn stages[] = {import_resolve_persons, NULL};

const struct import_kind import_certificates = {
    .name = "certificates", .columns = columns, .stages = stages, .build = build};
