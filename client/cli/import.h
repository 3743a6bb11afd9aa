#pragma once

#include "csv_columns.h"
#include "loader.h"

#include "creditbank/v1/ledger_service.pb-c.h"

/*
 * Importing a CSV file: a kind says which columns it has, which stages its rows
 * pass, and what a row becomes. Afterwards the bad rows are written back beside the file, in its
 * encoding and order, with the columns code, sentence and advice.
 */
struct import_kind {
    const char *name;                 /* "learners" */
    const struct csv_column *columns; /* the last has no name */
    const stage_fn *stages;           /* what is looked up before; the last is NULL */
    row_fn build;                     /* adds the row's items, or refuses it */
    mend_fn mend;                     /* NULL: no refusal can be mended */
    bool in_order;                    /* rows rest on those before them */
};

extern const struct import_kind import_learners, import_results, import_certificates, import_hours;

/* All of them; the last is NULL. */
extern const struct import_kind *const import_kinds[];

/* The kind of that name; NULL where there is none. */
const struct import_kind *import_kind_find(const char *name) MUST_USE;

/* Imports a file. */
struct import_options {
    const char *path;
    bool dry_run;
    bool again; /* book numbers anew that were revoked by hand */
};

enum exit_code import_run(struct cli *cli, const struct import_kind *kind,
                          const struct import_options *options);

/* The cell of a row in the column of that name, which the kind has; "" where it is empty. */
const char *import_cell(const struct batch *batch, const struct load_row *row,
                        const char *column) MUST_USE;

/* Refuses a row for what stands in the column of that name; the sentence names its heading. */
void import_refuse_cell(const struct batch *batch, struct load_row *row, const char *column,
                        enum reason reason, const char *detail);

/* A cell as a Date in the batch's arena; NULL, and the row refused. An empty cell is none. */
Creditbank__V1__Date *import_date(const struct batch *batch, struct load_row *row,
                                  const char *column) MUST_USE;

/*
 * A cell as a value of an enum; false, and the row refused with what may stand there.
 * An empty cell leaves the value as it is.
 */
bool import_choice(const struct batch *batch, struct load_row *row, const char *column,
                   const ProtobufCEnumDescriptor *type, int *value) MUST_USE;

/* ---- Stages and helpers that kinds share (import_person.c, import_numbers.c) ---- */

/* Resolves persons by document and name to accounts, drawn where they have none. */
void import_resolve_persons(struct batch *batch);

/* Under which number a row is; the second is for rows whose key is set. */
typedef const char *number_fn(const struct batch *batch, const struct load_row *row);
number_fn import_student_no, import_key;

/* Asks what stands under the rows' numbers: enrolments, or outcomes. */
void import_ask_enrolments(struct batch *batch, number_fn number_of, answer_fn answer);
void import_ask_outcomes(struct batch *batch, number_fn number_of, answer_fn answer);

/*
 * Refuses the rows of a number that was revoked, unless an undo of this client has revoked it or
 * they are to be booked again. Other numbers it leaves as they are.
 */
void import_refuse_revoked(struct batch *batch, const Creditbank__V1__BookedOutcome *outcome);

/* Adds the item that opens the row's account, where nobody has. */
void import_open_account(struct batch *batch, struct load_row *row);
