#include "line.h"

#include "lib/entry.h"

#include "fields.h"
#include "label.h"
#include "text.h"

#include <string.h>

/* What is said of an item, in this order, where it has the field. */
static const struct {
    const char *field;
    struct words words; /* before the value */
} parts[] = {
    {"outer_id", {" ", " "}},
    {"application_no", {" ", " "}},
    {"student_no", {"，学号 ", ", student number "}},
    {"programme_id", {"，方案 ", ", programme "}},
    {"begin_date", {"，入学 ", ", from "}},
    {"end_date", {"，结束 ", ", until "}},
    {"state", {"，", ", "}},
    {"title", {"，", ", "}},
    {"course_code", {"，课程 ", ", course "}},
    {"certificate_id", {"，证书 ", ", certificate "}},
    {"centihours", {"，学时 ", ", hours "}},
    {"centiscore", {"，成绩 ", ", score "}},
    {"scheme", {"，", ", "}},
    {"centicredits", {"，学分 ", ", credits "}},
    {"completed_date", {"，日期 ", ", date "}},
    {"issue_date", {"，发证日期 ", ", issued "}},
    {"expiry_date", {"，有效期至 ", ", valid until "}},
    {"replaces_outer_id", {"，换发自 ", ", replaces "}},
    {"reason", {"，", ", "}},
    {"verdict", {"，", ", "}},
};

/* The Unicode and ASCII control characters: what is below a blank, DEL, and C2 80 to C2 9F. */
static size_t
control_len(const char *at)
{
    const unsigned char first = (unsigned char)at[0], second = (unsigned char)at[1];

    if (first < 0x20 || first == 0x7f)
        return 1;
    return first == 0xc2 && second >= 0x80 && second < 0xa0 ? 2 : 0;
}

const char *
line_plain(const char *text, struct arena *arena)
{
    char *plain = arena_alloc(arena, strlen(text) + 1);
    size_t len = 0;

    for (const char *at = text; *at != '\0';) {
        size_t skipped = control_len(at);

        if (skipped == 0)
            plain[len++] = *at++;
        else
            at += skipped;
    }
    plain[len] = '\0';
    return plain;
}

static bool
has_field(const ProtobufCMessage *message, const char *field)
{
    return protobuf_c_message_descriptor_get_field_by_name(message->descriptor, field) != NULL;
}

/* The courses that a decision exempts from: "，免修 ZH01 4 学分、ZH02 3 学分". */
static const char *
add_exemptions(const char *text, const ProtobufCMessage *message, bool chinese, struct arena *arena)
{
    struct message_list list;

    if (!has_field(message, "exemptions"))
        return text;
    list = fields_list(message, "exemptions");
    for (size_t i = 0; i < list.count; i++) {
        const char *before = i > 0 ? (chinese ? "、" : "; ") : chinese ? "，免修 " : ", exempts ";

        text = arena_printf(
            arena, chinese ? "%s%s%s %s 学分" : "%s%s%s, %s credits", text, before,
            line_plain(fields_text(list.messages[i], "course_code", chinese, arena), arena),
            fields_text(list.messages[i], "centicredits", chinese, arena));
    }
    return text;
}

const char *
line_text(const Creditbank__V1__Item *item, bool chinese, struct arena *arena)
{
    const ProtobufCFieldDescriptor *body = protobuf_c_message_descriptor_get_field(
        &creditbank__v1__item__descriptor, (unsigned)item->body_case);
    const ProtobufCMessage *message = &item->account_opened->base;
    const char *text = body != NULL ? label_name(body->name, chinese) : "";

    if (body == NULL)
        return text;
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        const char *value = has_field(message, parts[i].field)
                                ? fields_text(message, parts[i].field, chinese, arena)
                                : "";

        if (value[0] != '\0')
            text = arena_printf(arena, "%s%s%s", text, words_in(&parts[i].words, chinese),
                                line_plain(value, arena));
    }
    return add_exemptions(text, message, chinese, arena);
}

const char *
line_recorded(const Creditbank__V1__Item *item)
{
    if (item->body_case == CREDITBANK__V1__ITEM__BODY_COURSE_RESULT_RECORDED)
        return item->course_result_recorded->outer_id;
    if (item->body_case == CREDITBANK__V1__ITEM__BODY_TRAINING_HOURS_RECORDED)
        return item->training_hours_recorded->outer_id;
    if (item->body_case == CREDITBANK__V1__ITEM__BODY_CERTIFICATE_AWARDED)
        return item->certificate_awarded->outer_id;
    return NULL;
}

const char *
line_changed(const Creditbank__V1__Item *item)
{
    if (item->body_case == CREDITBANK__V1__ITEM__BODY_OUTCOME_CORRECTED)
        return item->outcome_corrected->outer_id;
    if (item->body_case == CREDITBANK__V1__ITEM__BODY_OUTCOME_REVOKED)
        return item->outcome_revoked->outer_id;
    return NULL;
}

const char *
line_signer(const Creditbank__V1__Receipt *line, const char *log_origin, struct arena *arena)
{
    struct creditbank_error error;
    struct entry entry;

    if (line->entry == NULL || !entry_open(line->entry, log_origin, arena, &entry, &error))
        return "";
    return line_plain(entry.transaction->institution_id, arena);
}

const char *
line_field_name(const Creditbank__V1__DisclosedField *field, bool chinese)
{
    static const struct words names[] = {
        [CREDITBANK__V1__IDENTITY_FIELD__IDENTITY_FIELD_DOCUMENT_TYPE] = {"证件类型", "document"},
        [CREDITBANK__V1__IDENTITY_FIELD__IDENTITY_FIELD_DOCUMENT_NUMBER] = {"证件号码", "number"},
        [CREDITBANK__V1__IDENTITY_FIELD__IDENTITY_FIELD_NAME] = {"姓名", "name"},
    };

    if (field->field <= 0 || (size_t)field->field >= ARRAY_COUNT(names))
        return "";
    return words_in(&names[field->field], chinese);
}

const char *
line_field_value(const Creditbank__V1__DisclosedField *field, bool chinese, struct arena *arena)
{
    return line_plain(label_name(field->value, chinese), arena);
}
