#include "outline.h"

#include "field_name.h"
#include "fields.h"

#include <stdio.h>

#define INDENT 2

static bool
is_list_of_messages(const ProtobufCFieldDescriptor *field)
{
    return field->label == PROTOBUF_C_LABEL_REPEATED && field->type == PROTOBUF_C_TYPE_MESSAGE;
}

static bool
has_lists(const ProtobufCMessageDescriptor *type)
{
    for (unsigned i = 0; i < type->n_fields; i++)
        if (is_list_of_messages(&type->fields[i]))
            return true;
    return false;
}

/* "最低等级（证书体系 1+X，等级 2）": what a message without lists says, on one line. */
static const char *
line_of(const struct cli *cli, const ProtobufCMessage *message)
{
    struct arena *arena = cli->arena;
    const char *text = "";

    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        const ProtobufCMessage *part = fields_part(message, field->name);
        const char *name = field_name(field->name, cli->chinese, arena);
        const char *between = text[0] == '\0' ? "" : cli->chinese ? "，" : ", ";
        const char *value = part == NULL ? fields_text(message, field->name, cli->chinese, arena)
                                         : line_of(cli, part);

        if (value[0] == '\0')
            continue;
        if (part == NULL)
            text = arena_printf(arena, "%s%s%s %s", text, between, name, value);
        else
            text = arena_printf(arena, cli->chinese ? "%s%s%s（%s）" : "%s%s%s (%s)", text, between,
                                name, value);
    }
    return text;
}

static void outline(const struct cli *cli, const ProtobufCMessage *message, int indent);

/* A field by its name: what it says beside it, or below. */
static void
print_part(const struct cli *cli, const char *name, const ProtobufCMessage *part, int indent)
{
    const char *colon = cli->chinese ? "：" : ":";

    if (has_lists(part->descriptor)) {
        printf("%*s%s%s\n", indent, "", name, colon);
        outline(cli, part, indent + INDENT);
    } else {
        printf("%*s%s%s%s%s\n", indent, "", name, colon, cli->chinese ? "" : " ",
               line_of(cli, part));
    }
}

static void
print_list(const struct cli *cli, const char *name, struct message_list list, int indent)
{
    for (size_t i = 0; i < list.count; i++)
        print_part(cli, arena_printf(cli->arena, "%s %zu", name, i + 1), list.messages[i], indent);
}

static void
outline(const struct cli *cli, const ProtobufCMessage *message, int indent)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        const char *name = field_name(field->name, cli->chinese, cli->arena);
        const ProtobufCMessage *part = fields_part(message, field->name);

        if (is_list_of_messages(field)) {
            print_list(cli, name, fields_list(message, field->name), indent);
        } else if (part != NULL) {
            print_part(cli, name, part, indent);
        } else {
            const char *value = fields_text(message, field->name, cli->chinese, cli->arena);

            if (value[0] != '\0')
                printf("%*s%s%s%s\n", indent, "", name, cli->chinese ? "：" : ": ", value);
        }
    }
}

void
outline_print(const struct cli *cli, const ProtobufCMessage *message)
{
    outline(cli, message, 0);
}
