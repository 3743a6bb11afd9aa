#pragma once

#include "cli.h"
#include "fields.h"
#include "table.h"

/* Shows messages: as a table, a row each; or one as lines of name and value. */
void view_rows(struct cli *cli, const struct column *columns, struct message_list rows);
void view_record(struct cli *cli, const struct column *columns, const ProtobufCMessage *record);

/* A table below its headings; one with headings alone says so, and is not taken for cut off. */
void view_list(const struct cli *cli, const struct table *table);

/* A table that is no message's, and the same as an array for programs, which it takes. */
void view_table(struct cli *cli, const struct table *table, json_t *array);

/*
 * What commands that are data run (command.h): a query fills its request from
 * the arguments, follows pages, and shows the answer; an item or a control record
 * is filled, signed and booked.
 */
enum exit_code run_query(struct cli *cli, const struct command *command, const struct given *given);
enum exit_code run_item(struct cli *cli, const struct command *command, const struct given *given);
enum exit_code run_control(struct cli *cli, const struct command *command,
                           const struct given *given);

/* Fills the fields that the arguments name; false, and said so. */
bool view_fill(struct cli *cli, const struct command *command, const struct given *given,
               ProtobufCMessage *message) MUST_USE;
