#pragma once

#include "base/reason.h"
#include "crypto/hash.h"

#include "cli.h"

/*
 * Books many rows, a batch at a time and several batches at once:
 *
 *   rows --read--> batch --stages--> looked up --build--> items --submit--> booked
 *                    ^                                    ^        |
 *                    |                                    '--------'  the bank refused some
 *                    |                                             |  items: what is left or
 *                    |                                             |  mended is sent anew
 *                    '---------------------------------------------'  others opened accounts
 *                                                                     that it would open: those
 *                                                                     are looked up again
 *
 * A stage looks something up for its batch: it starts calls, and the next stage
 * runs when they have all been answered. Memory is that of the batches.
 */

/*
 * Rows of a batch, batches at a time, and how often one batch is submitted: each time that
 * another was faster in opening accounts that it would open too, it goes again with those.
 */
#define LOADER_BATCH_ROWS 200
#define LOADER_BATCHES_MAX 4
#define LOADER_SUBMITS_MAX 64
#define LOADER_ROW_ITEMS_MAX 2
#define LOADER_BATCH_MEMORY ((size_t)32 * 1024 * 1024)

/* More bad rows than this, and something is wrong with the file as a whole. */
#define LOADER_BAD_MAX 20000

enum row_state {
    ROW_PENDING,
    ROW_BOOKED, /* new in the log */
    ROW_SAME,   /* it was there already */
    ROW_BAD,    /* refused, see the fault */
    ROW_SENT,   /* and not answered: what became of it is not known */
    ROW_STATE_COUNT,
};

/* The sentence is one line, without tabs; the advice is in the language of the run. */
struct fault {
    const char *code;
    struct words sentence;
    const char *advice;
};

/* A row on its way. What it points to lives in its batch's arena. */
struct load_row {
    size_t number;
    const char **cells; /* by the importing kind's columns; "" where empty */
    enum row_state state;
    struct fault fault;
    const char *key;                      /* outer id or student number */
    const char *account_no;               /* once it is known */
    const char *date;                     /* for undoing */
    Creditbank__V1__AccountOpened *opens; /* the account that it opens; NULL: none */
    ProtobufCBinaryData sealed_person;    /* whom it opens it for */
    bool is_outrun;                       /* another was faster: it is looked up again */
    const char *programme_id;
    const struct hash *recorded; /* what stands under its number; NULL: nothing, or not looked up */
    Creditbank__V1__Item *items[LOADER_ROW_ITEMS_MAX];
    size_t item_count;
    bool looked_again;   /* its number was, after it was refused as taken */
    const char *request; /* "NAME/ITEM": what it was sent in last, and its last item; NULL: never */
    uint64_t entry_index;
    uint32_t item_index;
};

struct loader;

struct batch {
    struct loader *loader;
    struct arena *arena;
    size_t stage, pending; /* stages done; calls without an answer */
    bool is_sent;          /* since the last of the stages */
    unsigned submits;
    size_t row_count;
    struct load_row rows[LOADER_BATCH_ROWS];
};

/* Starts calls with batch_call, or none. */
typedef void (*stage_fn)(struct batch *batch);

/* Does something with a row that is pending. */
typedef void (*row_fn)(struct batch *batch, struct load_row *row);

/*
 * Changes the row's items so that the bank will take them, or finds that they are another row's;
 * false where neither can be.
 */
typedef bool (*mend_fn)(struct batch *batch, struct load_row *row,
                        const Creditbank__V1__Refusal *refusal);

/* Where rows come from and go to. */
struct loading {
    /* Fills a row but for its arena; false at the end, or after an error that was said. */
    bool (*next)(void *context, struct batch *batch, struct load_row *row);
    /* Takes note of a row that is done. */
    void (*done)(void *context, const struct load_row *row);
    /*
     * A batch is about to be kept and sent: what it would book is written down first. False,
     * and said so, where that cannot be done: then nothing is sent.
     */
    bool (*sending)(void *context, const struct batch *batch);
    /* The heading of the cell that a field of an item came from, or NULL; itself NULL: none is
     * named. */
    const char *(*heading)(const void *context, const struct load_row *row, const char *field);
    void *context;
    const stage_fn *stages; /* the last is NULL */
    row_fn build;           /* after the last stage: adds the row's items */
    mend_fn mend;           /* NULL: no refusal can be mended */
    size_t batch_max;       /* batches at once, 1 to LOADER_BATCHES_MAX */
    bool dry_run;           /* only let the bank check */
};

/* Loads everything. EXIT_DONE, or why it stopped, which was said. */
enum exit_code loader_run(struct cli *cli, const struct loading *loading);

/* Within a stage: what belongs to the loading, and calls. */
struct cli *batch_cli(const struct batch *batch) MUST_USE;
void *batch_context(const struct batch *batch) MUST_USE;

/* Called with the answer of a call that ended well; the result lives until it returns. */
typedef void (*answer_fn)(struct batch *batch, const ProtobufCMessage *reply);

/* Starts a call; where it fails the whole loading stops, and says so. */
void batch_call(struct batch *batch, const struct creditbank_request *request, answer_fn answer);

/* Marks a row as bad, with a reason of docs/errors.md. */
void row_refuse(const struct batch *batch, struct load_row *row, enum reason reason,
                const char *detail);

/* The same, where it is a cell that is wrong: the sentence begins with its heading. */
void row_refuse_cell(const struct batch *batch, struct load_row *row, const char *heading,
                     enum reason reason, const struct words *detail);
void row_refuse_code(const struct batch *batch, struct load_row *row, const char *code);

/* A new item of the row, in the batch's arena. */
Creditbank__V1__Item *row_add_item(struct batch *batch, struct load_row *row) MUST_USE;
