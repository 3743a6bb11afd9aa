#pragma once

#include "csv_columns.h"
#include "documents.h"
#include "import.h"
#include "journal.h"
#include "undone.h"

struct plan_course {
    const char *programme_id, *course_code;
    int64_t centicredits;
};

/* The plans fetched so far, by programme and course. */
struct plans {
    struct plan_course *courses;
    size_t course_count;
};

/* What is kept of a row until the bad ones are written back. */
struct row_note {
    uint8_t state; /* enum row_state; ROW_PENDING until the loader is done with it */
    bool is_read;  /* from the file; blank rows never are */
    char *fault;   /* code, sentence and advice, each ended by NUL; owned; NULL: none */
};

/* One import under way. */
struct import_context {
    struct cli *cli;
    const struct import_kind *kind;
    const struct import_options *options;
    struct csv_file *file;
    struct csv_places places;
    struct journal *journal; /* NULL in a dry run */
    struct plans plans;
    Creditbank__V1__RecordingRuleSet **rules; /* once fetched */
    size_t rule_count;
    struct row_note *notes; /* by the row's number */
    size_t note_room;
    struct documents documents;
    struct undone undone;
    size_t counts[ROW_STATE_COUNT];
    bool failed; /* the file could not be read to its end; said */
};
