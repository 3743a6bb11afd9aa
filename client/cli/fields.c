#include "fields.h"

#include "base/date.h"
#include "base/hex.h"

#include "label.h"
#include "normal.h"
#include "words.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "creditbank/v1/types.pb-c.h"
#include "google/protobuf/timestamp.pb-c.h"

#define LIST_MAX 1000
#define SHANGHAI_OFFSET_S INT64_C(28800)
#define DAY_S 86400
#define CENTI 100

ProtobufCMessage *
fields_new(const ProtobufCMessageDescriptor *type, struct arena *arena)
{
    ProtobufCMessage *message = arena_alloc(arena, type->sizeof_message);

    type->message_init(message);
    return message;
}

static void *
place_of(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return (char *)(uintptr_t)message + field->offset;
}

static size_t *
count_of(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return (size_t *)(void *)((char *)(uintptr_t)message + field->quantifier_offset);
}

/* Whether the field is there: a oneof's is only when it is the chosen one. */
static bool
is_present(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    uint32_t chosen;

    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
        return true;
    memcpy(&chosen, (const char *)message + field->quantifier_offset, sizeof(chosen));
    return chosen == field->id;
}

static void
choose(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
        memcpy((char *)message + field->quantifier_offset, &field->id, sizeof(field->id));
}

static ProtobufCMessage *
part_of(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    ProtobufCMessage *part;

    if (!is_present(message, field))
        return NULL;
    memcpy(&part, place_of(message, field), sizeof(part));
    return part;
}

void
fields_set_message(ProtobufCMessage *message, const char *name, ProtobufCMessage *part)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);

    assert(field != NULL);
    assert(field->type == PROTOBUF_C_TYPE_MESSAGE);
    choose(message, field);
    memcpy(place_of(message, field), &part, sizeof(part));
}

/* The message that the path's last field is of, and that field. */
struct target {
    ProtobufCMessage *message;
    const ProtobufCFieldDescriptor *field;
};

/* Follows a path; with an arena it makes what is missing, without it the message may come out NULL.
 */
static struct target
follow(ProtobufCMessage *message, const char *path, struct arena *arena)
{
    for (;;) {
        const char *dot = strchr(path, '.');
        size_t len = dot != NULL ? (size_t)(dot - path) : strlen(path);
        char name[64];

        assert(len < sizeof(name));
        memcpy(name, path, len);
        name[len] = '\0';

        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);

        /* Paths are constants of ours. */
        assert(field != NULL);
        if (dot == NULL)
            return (struct target){message, field};

        ProtobufCMessage *part = part_of(message, field);

        if (part == NULL && arena == NULL)
            return (struct target){NULL, field};
        if (part == NULL) {
            part = fields_new(field->descriptor, arena);
            fields_set_message(message, name, part);
        }
        message = part;
        path = dot + 1;
    }
}

bool
fields_parse_centi(const char *text, int64_t *hundredths)
{
    int64_t value = 0;
    int places = -1;
    bool any = false;

    for (; *text != '\0'; text++) {
        if (*text == '.' && places < 0 && any) {
            places = 0;
            continue;
        }
        if (*text < '0' || *text > '9' || places >= 2 || value > INT64_MAX / 10 - 10)
            return false;
        value = value * 10 + (*text - '0');
        any = true;
        places += places >= 0;
    }
    for (places = places < 0 ? 0 : places; places < 2; places++) {
        if (value > INT64_MAX / 10)
            return false;
        value *= 10;
    }
    *hundredths = value;
    return any;
}

const char *
fields_format_centi(int64_t hundredths, struct arena *arena)
{
    const char *sign = hundredths < 0 ? "-" : "";
    uint64_t value = hundredths < 0 ? 0 - (uint64_t)hundredths : (uint64_t)hundredths;

    if (value % CENTI == 0)
        return arena_printf(arena, "%s%" PRIu64, sign, value / CENTI);
    if (value % 10 == 0)
        return arena_printf(arena, "%s%" PRIu64 ".%" PRIu64, sign, value / CENTI,
                            value % CENTI / 10);
    return arena_printf(arena, "%s%" PRIu64 ".%02" PRIu64, sign, value / CENTI, value % CENTI);
}

static bool
is_centi(const ProtobufCFieldDescriptor *field)
{
    return strncmp(field->name, "centi", strlen("centi")) == 0 ||
           strstr(field->name, "_centi") != NULL;
}

/* A number within what the field holds. */
static const char *
parse_number(const ProtobufCFieldDescriptor *field, const char *text, int64_t *number)
{
    char *end;

    if (is_centi(field))
        return fields_parse_centi(text, number) ? NULL : "0.00";
    errno = 0;
    *number = strtoll(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0)
        return "0, 1, 2 …";
    if (field->type != PROTOBUF_C_TYPE_INT64 && field->type != PROTOBUF_C_TYPE_UINT64 &&
        *number > INT32_MAX)
        return "0 … 2147483647";
    return NULL;
}

static const char *
set_date(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, const char *text,
         struct arena *arena)
{
    Creditbank__V1__Date *date;
    int32_t days;
    int year, month, day;

    if (field->descriptor != &creditbank__v1__date__descriptor)
        return field->name;
    if (!normal_date(slice_text(text), &days))
        return "2026-03-05";
    date = (Creditbank__V1__Date *)fields_new(field->descriptor, arena);
    date_to_civil(days, &year, &month, &day);
    date->year = year;
    date->month = month;
    date->day = day;
    fields_set_message(message, field->name, &date->base);
    return NULL;
}

static const char *
set_bytes(void *place, const char *text, struct arena *arena)
{
    size_t len = strlen(text) / 2;
    ProtobufCBinaryData bytes = {len, arena_alloc(arena, len + 1)};

    if (!hex_parse(slice_text(text), bytes.data, len))
        return "0-9 a-f";
    memcpy(place, &bytes, sizeof(bytes));
    return NULL;
}

/* Stores one value of a plain type. */
static const char *
set_value(void *place, const ProtobufCFieldDescriptor *field, const char *text, struct arena *arena)
{
    int64_t number = 0;
    const char *wrong = NULL;

    if (field->type == PROTOBUF_C_TYPE_STRING) {
        char *copy = arena_text(arena, slice_text(text));

        memcpy(place, &copy, sizeof(copy));
        return NULL;
    }
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return set_bytes(place, text, arena);
    if (field->type == PROTOBUF_C_TYPE_BOOL) {
        protobuf_c_boolean yes = strcmp(text, "yes") == 0 || strcmp(text, "是") == 0;

        memcpy(place, &yes, sizeof(yes));
        return NULL;
    }
    if (field->type == PROTOBUF_C_TYPE_ENUM) {
        int value;

        if (!label_parse(field->descriptor, text, &value))
            return label_choices(field->descriptor, arena);
        memcpy(place, &value, sizeof(value));
        return NULL;
    }
    wrong = parse_number(field, text, &number);
    if (field->type == PROTOBUF_C_TYPE_INT64 || field->type == PROTOBUF_C_TYPE_UINT64) {
        memcpy(place, &number, sizeof(number));
    } else {
        int32_t small = (int32_t)number;

        memcpy(place, &small, sizeof(small));
    }
    return wrong;
}

/* The bytes that an element of a repeated field takes. */
static size_t
element_size(const ProtobufCFieldDescriptor *field)
{
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return sizeof(char *);
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return sizeof(ProtobufCBinaryData);
    return field->type == PROTOBUF_C_TYPE_ENUM ? sizeof(int) : sizeof(int64_t);
}

static const char *
set_list(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, const char *text,
         struct arena *arena)
{
    char *words = arena_text(arena, slice_text(text)), *rest = NULL;
    char *array = arena_array(arena, LIST_MAX, element_size(field));
    size_t count = 0;

    for (char *word = strtok_r(words, ",", &rest); word != NULL;
         word = strtok_r(NULL, ",", &rest)) {
        if (count == LIST_MAX)
            return "1 … 1000";

        const char *wrong = set_value(array + count++ * element_size(field), field, word, arena);

        if (wrong != NULL)
            return wrong;
    }
    memcpy(place_of(message, field), &array, sizeof(array));
    *count_of(message, field) = count;
    return NULL;
}

const char *
fields_set(ProtobufCMessage *message, const char *path, const char *text, struct arena *arena)
{
    struct target target = follow(message, path, arena);

    if (target.field->label == PROTOBUF_C_LABEL_REPEATED)
        return set_list(target.message, target.field, text, arena);
    if (target.field->type == PROTOBUF_C_TYPE_MESSAGE)
        return set_date(target.message, target.field, text, arena);
    choose(target.message, target.field);
    return set_value(place_of(target.message, target.field), target.field, text, arena);
}

static const char *
time_text(const Google__Protobuf__Timestamp *time, struct arena *arena)
{
    int64_t local = time->seconds + SHANGHAI_OFFSET_S;
    int64_t days = local / DAY_S, second = local % DAY_S;
    char date[DATE_TEXT_SIZE];

    if (local < 0 || days > DATE_MAX)
        return "";
    return arena_printf(arena, "%s %02" PRId64 ":%02" PRId64 ":%02" PRId64,
                        date_format((int32_t)days, date), second / 3600, second / 60 % 60,
                        second % 60);
}

/* A date, a time, or a number that only a message can tell from absent. */
static bool
is_value(const ProtobufCMessageDescriptor *type)
{
    return type == &google__protobuf__timestamp__descriptor ||
           type == &creditbank__v1__date__descriptor ||
           protobuf_c_message_descriptor_get_field_by_name(type, "value") != NULL;
}

static const char *
part_text(const ProtobufCMessage *part, struct arena *arena)
{
    if (part == NULL)
        return "";
    if (part->descriptor == &google__protobuf__timestamp__descriptor)
        return time_text((const Google__Protobuf__Timestamp *)part, arena);
    if (part->descriptor == &creditbank__v1__date__descriptor) {
        const Creditbank__V1__Date *date = (const Creditbank__V1__Date *)part;

        return arena_printf(arena, "%04d-%02d-%02d", date->year, date->month, date->day);
    }
    /* Messages that only tell 0 from absent. */
    return fields_text(part, "value", false, arena);
}

static const char *
bytes_text(const void *place, struct arena *arena)
{
    ProtobufCBinaryData bytes;

    memcpy(&bytes, place, sizeof(bytes));

    char *text = arena_alloc(arena, 2 * bytes.len + 1);

    return hex_format(slice_make(bytes.data, bytes.len), text);
}

static const char *
value_text(const void *place, const ProtobufCFieldDescriptor *field, bool chinese,
           struct arena *arena)
{
    const char *text;
    int64_t number;
    int32_t small;

    if (field->type == PROTOBUF_C_TYPE_STRING) {
        memcpy(&text, place, sizeof(text));
        return text;
    }
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return bytes_text(place, arena);
    if (field->type == PROTOBUF_C_TYPE_INT64 || field->type == PROTOBUF_C_TYPE_UINT64) {
        memcpy(&number, place, sizeof(number));
        return is_centi(field) ? fields_format_centi(number, arena)
                               : arena_printf(arena, "%" PRId64, number);
    }
    memcpy(&small, place, sizeof(small));
    if (field->type == PROTOBUF_C_TYPE_ENUM)
        return label_text(field->descriptor, small, chinese);
    if (field->type == PROTOBUF_C_TYPE_BOOL)
        return small != 0 ? (chinese ? "是" : "yes") : (chinese ? "否" : "no");
    return arena_printf(arena, "%" PRId32, small);
}

static const char *
list_text(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, bool chinese,
          struct arena *arena)
{
    const char *text = "";
    const char *array;

    memcpy(&array, place_of(message, field), sizeof(array));
    for (size_t i = 0; i < *count_of(message, field); i++)
        text = arena_printf(arena, "%s%s%s", text, i > 0 ? "," : "",
                            value_text(array + i * element_size(field), field, chinese, arena));
    return text;
}

/* The word of a score whose grading scheme stands beside it; NULL where it has none. */
static const char *
score_word(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, bool chinese)
{
    const ProtobufCFieldDescriptor *beside =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, "scheme");
    int64_t centiscore;
    int scheme;

    if (beside == NULL || strcmp(field->name, "centiscore") != 0)
        return NULL;
    memcpy(&centiscore, place_of(message, field), sizeof(centiscore));
    memcpy(&scheme, place_of(message, beside), sizeof(scheme));
    return normal_score_word(scheme, centiscore, chinese);
}

const char *
fields_text(const ProtobufCMessage *message, const char *path, bool chinese, struct arena *arena)
{
    struct target target = follow((ProtobufCMessage *)(uintptr_t)message, path, NULL);

    if (target.message == NULL || !is_present(target.message, target.field) ||
        words_is_moot(target.message, target.field->name))
        return "";
    if (target.field->label == PROTOBUF_C_LABEL_REPEATED)
        return list_text(target.message, target.field, chinese, arena);
    if (target.field->type == PROTOBUF_C_TYPE_MESSAGE)
        return part_text(part_of(target.message, target.field), arena);

    const char *word = score_word(target.message, target.field, chinese);
    const char *text = word != NULL ? word
                                    : value_text(place_of(target.message, target.field),
                                                 target.field, chinese, arena);

    if (target.field->type == PROTOBUF_C_TYPE_STRING)
        return words_of_field(target.message, target.field->name, text, chinese, arena);
    return text;
}

const ProtobufCMessage *
fields_part(const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
    const ProtobufCMessage *part;

    assert(field != NULL);
    if (field->type != PROTOBUF_C_TYPE_MESSAGE || field->label == PROTOBUF_C_LABEL_REPEATED)
        return NULL;
    part = part_of(message, field);
    return part == NULL || is_value(part->descriptor) ? NULL : part;
}

struct message_list
fields_list(const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
    struct message_list list;

    assert(field != NULL);
    assert(field->type == PROTOBUF_C_TYPE_MESSAGE);
    list.count = *count_of(message, field);
    memcpy(&list.messages, place_of(message, field), sizeof(list.messages));
    return list;
}

void
fields_set_list(ProtobufCMessage *message, const char *name, ProtobufCMessage **messages,
                size_t count)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);

    assert(field != NULL);
    assert(field->label == PROTOBUF_C_LABEL_REPEATED);
    memcpy(place_of(message, field), &messages, sizeof(messages));
    *count_of(message, field) = count;
}
