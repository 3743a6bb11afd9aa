#pragma once

#include "base/attributes.h"

#include "text.h"

#include <stdbool.h>
#include <stddef.h>

#include <protobuf-c/protobuf-c.h>

struct cli;

/* How a command ends; `creditbank help` lists them. */
enum exit_code {
    EXIT_DONE = 0,        /* all of it done */
    EXIT_REFUSED = 1,     /* the bank refused */
    EXIT_USAGE = 2,       /* the command line, a file or a key is wrong */
    EXIT_UNAVAILABLE = 3, /* no answer: repeat, the outcome may be unknown */
    EXIT_UNVERIFIED = 4,  /* a check of a statement or receipt failed */
    EXIT_PARTLY = 5,      /* some rows of a file were not taken */
    EXIT_UNCONFIRMED = 6, /* a statement holds together, but not known whose bank's it is */
};

enum argument_kind { ARGUMENT_OPERAND, ARGUMENT_OPERANDS, ARGUMENT_OPTION, ARGUMENT_FLAG };

/* An operand; operands, one or more and the last ones; an option with a value; or a flag. */
struct argument {
    const char *name; /* "FILE", "school": an option is written --school */
    enum argument_kind kind;
    bool required;
    const char
        *field; /* the field of the request that it fills; NULL: the command reads it itself */
    struct words help; /* with units and range */
};

#define ARGUMENTS_MAX 16

/* Most words for an argument that takes several. */
#define OPERANDS_MAX 256

/* What was given for each argument of a command, in the order of its table; NULL: nothing. */
struct given {
    const char *values[ARGUMENTS_MAX];
    size_t operand_count;               /* of the argument that takes several, */
    const char *operands[OPERANDS_MAX]; /* of which the first is its value too */
};

/* A column or a line of what is shown: where it comes from in the message. */
struct column {
    struct words heading;
    const char *path;
};

typedef void show_fn(struct cli *cli, const ProtobufCMessage *answer);

/* A call without side effects, as data: what the arguments fill, what is shown. */
struct query {
    const ProtobufCServiceDescriptor *service;
    const char *method;
    const char *record; /* the field of the answer that is shown as a record; NULL: none */
    const struct column *record_columns;
    const char
        *rows; /* the field of the answer, or of the record, that is shown as a table; NULL: none */
    const struct column *row_columns;
    show_fn *show; /* shows the answer, all its pages as one, to people; NULL: as the above says */
};

struct command {
    const char *name; /* "application show" */
    struct words summary;
    const struct argument *arguments; /* at most ARGUMENTS_MAX; the last has no name; NULL: none */
    const struct query *query;        /* for those that run run_query */
    const char *body;   /* for those that run run_item or run_control: the oneof's field */
    struct words notes; /* what help says below the arguments; NULL: nothing */
    enum exit_code (*run)(struct cli *cli, const struct command *command,
                          const struct given *given);
};

/* All commands, in the order in which help lists them; the last has no name. */
extern const struct command *const commands[];

/* The command that the first words name; sets how many they were. NULL: none. */
const struct command *command_find(int count, char *const *words, int *used) MUST_USE;

/* Whether it is a word by itself. */
bool argument_is_operand(const struct argument *argument) MUST_USE;

/* What was given for the argument of that name, which the command has; NULL: nothing. */
const char *command_value(const struct command *command, const struct given *given,
                          const char *name) MUST_USE;

/* The value, or `otherwise` where nothing was given. */
const char *command_value_or(const struct command *command, const struct given *given,
                             const char *name, const char *otherwise) MUST_USE;
