#pragma once

#include "loader.h"

/*
 * The journal of an import: a folder "imports/ID" of the profile with
 *
 *   about   kind, file and time, a line each
 *   rows    a line a row, tab-separated: row, state, key, account, date, entry, item, the code
 *           of what is wrong with it and the sentence in Chinese and in English, and the
 *           request that it was sent in: its name in the outbox, a slash, and its last item
 *
 * A row is noted as "sent" before it is sent, and as "booked" when it is; as "undoing" before
 * an undo sends what takes it back, and as "undone" when that is booked. What was under way
 * when the machine stopped is settled by its request (settle.h).
 */
struct journal;

#define JOURNAL_ID_SIZE 40
#define JOURNAL_IDS_MAX 10000 /* imports that are looked at, the newest */
#define JOURNAL_LINE_MAX 8192

/* A new journal. NULL and an error. */
struct journal *journal_begin(const char *profile, const char *kind, const char *path,
                              struct creditbank_error *error) MUST_USE;

/* An old journal, to be gone on with: what an undo took back is noted there. NULL and an error. */
struct journal *journal_resume(const char *profile, const char *id,
                               struct creditbank_error *error) MUST_USE;
const char *journal_id(const struct journal *journal);

void journal_note(struct journal *journal, const struct load_row *row, const char *state);

/* Makes what was noted last a crash; false and an error. */
bool journal_sync(struct journal *journal, struct creditbank_error *error) MUST_USE;
void journal_end(struct journal *journal);

/* The imports of a profile, oldest first. */
struct journal_ids {
    size_t count;
    char (*ids)[JOURNAL_ID_SIZE];
};

struct journal_ids journal_list(const char *profile) MUST_USE;
void journal_ids_free(struct journal_ids *ids);

/* What an old journal is about. */
struct journal_about {
    char kind[16], time[32];
    char file[512];
};

bool journal_read_about(const char *profile, const char *id, struct journal_about *about,
                        struct creditbank_error *error) MUST_USE;

/* A row of an old journal; its texts are valid until the next. */
struct journal_row {
    size_t number;
    const char *state, *key, *account_no, *date;
    const char *code; /* why a row is bad, else empty */
    struct words sentence;
    const char *request; /* "NAME/ITEM", or empty */
    uint64_t entry_index;
    uint32_t item_index;
};

/*
 * Reading an old journal, line by line as it was written: the last line of a row counts.
 * A line that a crash cut short is passed over.
 */
struct journal_reader;

struct journal_reader *journal_open(const char *profile, const char *id,
                                    struct creditbank_error *error) MUST_USE;
bool journal_next(struct journal_reader *reader, struct journal_row *row) MUST_USE;

/* The same from the last line to the first: what came last is undone first. */
bool journal_previous(struct journal_reader *reader, struct journal_row *row) MUST_USE;
void journal_close(struct journal_reader *reader);

/* Whether an undo of it has been tried, and noting that it has. */
bool journal_was_tried(const char *profile, const char *id) MUST_USE;
bool journal_set_tried(const char *profile, const char *id,
                       struct creditbank_error *error) MUST_USE;
