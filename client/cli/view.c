#include "view.h"

#include "base/scope.h"
#include "lib/error.h"

#include "submit.h"
#include "table.h"

#include <assert.h>
#include <stdio.h>

/* Pages that one command follows, of as many rows as a page may have. */
#define PAGES_MAX 1000

static size_t
count_columns(const struct column *columns)
{
    size_t count = 0;

    while (columns[count].path != NULL)
        count++;
    assert(count <= TABLE_COLUMNS_MAX);
    return count;
}

static void
print(const struct cli *cli, const struct table *table)
{
    SCOPED(buffer_fini) struct buffer text;

    buffer_init(&text, CLI_OUTPUT_MAX);
    if (!table_print(table, &text))
        cli_warn(cli, TEXT_OUTPUT_CUT, FILL());
    fwrite(text.at, 1, text.len, stdout);
}

void
view_list(const struct cli *cli, const struct table *table)
{
    print(cli, table);
    if (table->row_count == 1)
        cli_say(cli, TEXT_LIST_EMPTY, FILL());
}

void
view_table(struct cli *cli, const struct table *table, json_t *array)
{
    if (!cli->globals.json)
        view_list(cli, table);
    cli_answer(cli, array);
}

static void
add_headings(const struct cli *cli, const struct column *columns, struct table *table)
{
    const char *cells[TABLE_COLUMNS_MAX];

    for (size_t i = 0; i < table->column_count; i++)
        cells[i] = words_in(&columns[i].heading, cli->chinese);
    table_add(table, cells);
}

static void
add_rows(const struct cli *cli, const struct column *columns, struct message_list rows,
         struct table *table)
{
    for (size_t i = 0; i < rows.count; i++) {
        const char *cells[TABLE_COLUMNS_MAX];

        for (size_t j = 0; j < table->column_count; j++)
            cells[j] = fields_text(rows.messages[i], columns[j].path, cli->chinese, cli->arena);
        table_add(table, cells);
    }
}

void
view_rows(struct cli *cli, const struct column *columns, struct message_list rows)
{
    struct table table;

    table_init(&table, cli->arena, count_columns(columns));
    add_headings(cli, columns, &table);
    add_rows(cli, columns, rows, &table);
    print(cli, &table);
}

void
view_record(struct cli *cli, const struct column *columns, const ProtobufCMessage *record)
{
    struct table table;

    table_init(&table, cli->arena, 2);
    for (size_t i = 0; columns[i].path != NULL; i++) {
        const char *cells[] = {words_in(&columns[i].heading, cli->chinese),
                               fields_text(record, columns[i].path, cli->chinese, cli->arena)};

        if (cells[1][0] != '\0')
            table_add(&table, cells);
    }
    print(cli, &table);
}

/* Without a number it is one's own account, and an institution, which signs in by key, has none. */
static bool
lacks_account(struct cli *cli, const struct argument *argument)
{
    return strcmp(argument->field, "account_no") == 0 && cli_setting(cli, PROFILE_KEY) != NULL &&
           cli_setting(cli, PROFILE_SESSION) == NULL;
}

bool
view_fill(struct cli *cli, const struct command *command, const struct given *given,
          ProtobufCMessage *message)
{
    for (size_t i = 0; command->arguments != NULL && command->arguments[i].name != NULL; i++) {
        const struct argument *argument = &command->arguments[i];
        const char *value =
            argument->kind == ARGUMENT_FLAG && given->values[i] != NULL ? "yes" : given->values[i];
        struct creditbank_error error;

        if (argument->field != NULL && value == NULL && lacks_account(cli, argument)) {
            (void)cli_misused(
                cli, argument_is_operand(argument) ? TEXT_ARGUMENT_MISSING : TEXT_OPTION_MISSING,
                FILL(argument->name));
            return false;
        }
        if (argument->field == NULL || value == NULL)
            continue;

        const char *wrong = fields_set(message, argument->field, value, cli->arena);

        if (wrong != NULL) {
            (void)error_set(&error, REASON_ARGUMENT_INVALID, "%s %s (%s)", argument->name, value,
                            wrong);
            (void)cli_error(cli, &error);
            return false;
        }
    }
    return true;
}

static bool
has_field(const ProtobufCMessage *message, const char *name)
{
    return protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name) != NULL;
}

/* A query under way, page by page; the pages stay until what is made of them is shown. */
struct asking {
    struct cli *cli;
    const struct query *query;
    ProtobufCMessage *message;
    struct creditbank_result *pages;
    size_t count;
};

/* The message that holds the rows: the answer, or the record in it. */
static const ProtobufCMessage *
record_of(const struct query *query, const ProtobufCMessage *reply)
{
    const ProtobufCFieldDescriptor *field;
    const ProtobufCMessage *record;

    if (query->record == NULL)
        return reply;
    field = protobuf_c_message_descriptor_get_field_by_name(reply->descriptor, query->record);
    assert(field != NULL);
    memcpy(&record, (const char *)reply + field->offset, sizeof(record));
    return record;
}

static void
show(struct cli *cli, const struct query *query, const ProtobufCMessage *reply)
{
    const ProtobufCMessage *record = record_of(query, reply);
    struct table table;

    if (record == NULL)
        return;
    if (query->record_columns != NULL)
        view_record(cli, query->record_columns, record);
    if (query->rows == NULL)
        return;
    table_init(&table, cli->arena, count_columns(query->row_columns));
    add_headings(cli, query->row_columns, &table);
    add_rows(cli, query->row_columns, fields_list(record, query->rows), &table);
    view_list(cli, &table);
}

/* Asks for one page; sets whether there is another. */
static enum exit_code
ask(struct asking *asking, bool *more)
{
    struct creditbank_request request = {.service = asking->query->service,
                                         .method = asking->query->method,
                                         .message = asking->message};
    struct creditbank_result *result = &asking->pages[asking->count];
    enum exit_code code = cli_call(asking->cli, &request, result);
    const char *token;

    *more = false;
    if (code != EXIT_DONE)
        return code;
    asking->count++;
    if (!has_field(result->reply, "next_page_token"))
        return EXIT_DONE;
    token = fields_text(result->reply, "next_page_token", false, asking->cli->arena);
    *more = token[0] != '\0';
    if (*more && fields_set(asking->message, "page_token", token, asking->cli->arena) != NULL)
        *more = false;
    return EXIT_DONE;
}

/*
 * The pages as one message: the last one with the rows of all, and so with its
 * token, where rows are left beyond PAGES_MAX.
 */
static const ProtobufCMessage *
join_pages(const struct asking *asking)
{
    const ProtobufCMessage *last = asking->pages[asking->count - 1].reply;
    size_t size = last->descriptor->sizeof_message, count = 0, at = 0;
    ProtobufCMessage *all = arena_alloc(asking->cli->arena, size);
    ProtobufCMessage **rows;

    if (asking->count == 1)
        return last;
    for (size_t i = 0; i < asking->count; i++)
        count += fields_list(asking->pages[i].reply, asking->query->rows).count;
    rows = arena_array(asking->cli->arena, count, sizeof(ProtobufCMessage *));
    for (size_t i = 0; i < asking->count; i++) {
        struct message_list page = fields_list(asking->pages[i].reply, asking->query->rows);

        if (page.count > 0)
            memcpy(rows + at, page.messages, page.count * sizeof(ProtobufCMessage *));
        at += page.count;
    }
    memcpy(all, last, size);
    fields_set_list(all, asking->query->rows, rows, count);
    return all;
}

static enum exit_code
show_pages(const struct asking *asking)
{
    const ProtobufCMessage *all = join_pages(asking);

    if (asking->cli->globals.json)
        return cli_answer_message(asking->cli, all);
    if (asking->query->show != NULL)
        asking->query->show(asking->cli, all);
    else
        show(asking->cli, asking->query, all);
    return EXIT_DONE;
}

enum exit_code
run_query(struct cli *cli, const struct command *command, const struct given *given)
{
    const struct query *query = command->query;
    const ProtobufCMethodDescriptor *method =
        protobuf_c_service_descriptor_get_method_by_name(query->service, query->method);
    struct asking asking = {.cli = cli, .query = query};
    enum exit_code code = EXIT_DONE;
    bool more = true;

    assert(method != NULL);
    asking.message = fields_new(method->input, cli->arena);
    if (!view_fill(cli, command, given, asking.message))
        return EXIT_USAGE;
    if (has_field(asking.message, "page_size") &&
        fields_set(asking.message, "page_size", "1000", cli->arena) != NULL)
        return EXIT_USAGE;
    asking.pages = arena_array(cli->arena, PAGES_MAX, sizeof(*asking.pages));
    while (more && code == EXIT_DONE && asking.count < PAGES_MAX)
        code = ask(&asking, &more);
    if (more)
        cli_warn(cli, TEXT_OUTPUT_CUT, FILL());
    if (code == EXIT_DONE)
        code = show_pages(&asking);
    while (asking.count > 0)
        creditbank_result_free(&asking.pages[--asking.count]);
    return code;
}

enum exit_code
run_item(struct cli *cli, const struct command *command, const struct given *given)
{
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(
        &creditbank__v1__item__descriptor, command->body);
    Creditbank__V1__Item item, *items[] = {&item};
    ProtobufCMessage *body;
    struct booked booked;
    enum exit_code code;

    creditbank__v1__item__init(&item);
    assert(field != NULL);
    body = fields_new(field->descriptor, cli->arena);
    if (!view_fill(cli, command, given, body))
        return EXIT_USAGE;
    fields_set_message(&item.base, command->body, body);
    code = submit_items(cli, items, 1, &booked);
    return code == EXIT_DONE ? submit_say(cli, &booked) : code;
}

enum exit_code
run_control(struct cli *cli, const struct command *command, const struct given *given)
{
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(
        &creditbank__v1__control__descriptor, command->body);
    Creditbank__V1__Control control;
    ProtobufCMessage *body;
    struct booked booked;
    enum exit_code code;

    creditbank__v1__control__init(&control);
    assert(field != NULL);
    body = fields_new(field->descriptor, cli->arena);
    if (!view_fill(cli, command, given, body))
        return EXIT_USAGE;
    fields_set_message(&control.base, command->body, body);
    code = submit_control(cli, &control, &booked);
    return code == EXIT_DONE ? submit_say(cli, &booked) : code;
}
