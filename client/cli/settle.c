#include "settle.h"

#include "base/memory.h"
#include "base/scope.h"
#include "lib/error.h"
#include "lib/file.h"

#include "journal.h"
#include "row_set.h"
#include "submit.h"

#include <stdio.h>
#include <string.h>

/* As what a row was sent, and what it is then where its request was booked, and where it was not.
 */
static const struct fate {
    const char *sent, *booked, *refused;
} fates[] = {{"sent", "booked", "bad"}, {"undoing", "undone", "booked"}};

/* A row that was sent, as its last line in the journal has it. */
struct sent_row {
    struct load_row row;
    const struct fate *fate;
};

struct settling {
    struct cli *cli;
    struct sent_row *rows; /* from the last line to the first */
    size_t count, room;
    bool ask;
    enum exit_code code;
    char name[CREDITBANK_OUTBOX_NAME_SIZE]; /* the request last looked at */
    enum creditbank_outbox_state state;     /* and what became of it */
    uint64_t entry_index;
};

static const struct fate *
fate_of(const char *state)
{
    for (size_t i = 0; i < ARRAY_COUNT(fates); i++)
        if (strcmp(fates[i].sent, state) == 0)
            return &fates[i];
    return NULL;
}

static void
add_row(struct settling *settling, const struct journal_row *line, const struct fate *fate)
{
    struct arena *arena = settling->cli->arena;

    if (settling->count == settling->room) {
        settling->room = 2 * settling->room + 64;
        settling->rows = xrealloc(settling->rows, settling->room * sizeof(*settling->rows));
    }
    settling->rows[settling->count++] =
        (struct sent_row){.row = {.number = line->number,
                                  .key = arena_text(arena, slice_text(line->key)),
                                  .account_no = arena_text(arena, slice_text(line->account_no)),
                                  .date = arena_text(arena, slice_text(line->date)),
                                  .request = arena_text(arena, slice_text(line->request)),
                                  .entry_index = line->entry_index,
                                  .item_index = line->item_index},
                          .fate = fate};
}

/* The rows whose last line says that they were sent. */
static bool
read_rows(struct settling *settling, const char *id, struct creditbank_error *error)
{
    struct journal_reader *reader = journal_open(settling->cli->profile.name, id, error);
    struct row_set seen = {0};
    struct journal_row line;

    if (reader == NULL)
        return false;
    while (journal_previous(reader, &line)) {
        const struct fate *fate = fate_of(line.state);

        if (row_set_add(&seen, line.number) && fate != NULL)
            add_row(settling, &line, fate);
    }
    row_set_fini(&seen);
    journal_close(reader);
    return true;
}

/* The outbox, unless another program works with it; then, too, `code` is EXIT_DONE. */
static bool
open_outbox(struct settling *settling)
{
    struct cli *cli = settling->cli;
    SCOPED(file_path_free) char *folder = profile_path(cli->profile.name, "outbox");
    struct creditbank_error error;

    if (cli->outbox != NULL)
        return true;
    cli->outbox = creditbank_outbox_open(folder, &error);
    if (cli->outbox == NULL && reason_from_code(error.code) != REASON_OUTBOX_IN_USE)
        settling->code = cli_error(cli, &error);
    return cli->outbox != NULL;
}

/* Finds out what became of a row's request; those of one request stand together. */
static void
look_up_request(struct settling *settling, const struct load_row *row)
{
    char name[CREDITBANK_OUTBOX_NAME_SIZE];

    snprintf(name, sizeof(name), "%s", row->request);
    if (strcmp(name, settling->name) == 0)
        return;
    memcpy(settling->name, name, sizeof(name));
    settling->state = creditbank_outbox_find(settling->cli->outbox, name, &settling->entry_index);
    if (settling->state != CREDITBANK_OUTBOX_WAITING || !settling->ask ||
        settling->code != EXIT_DONE)
        return;
    settling->code = submit_ask(settling->cli, name);
    settling->state = creditbank_outbox_find(settling->cli->outbox, name, &settling->entry_index);
}

/* Where in its transaction the row's last item stands: "NAME/ITEM". */
static uint32_t
item_of(const struct load_row *row)
{
    const char *slash = strchr(row->request, '/');

    return slash != NULL ? (uint32_t)strtoul(slash + 1, NULL, 10) : 0;
}

/* Notes what became of a row; false where that is not known. */
static bool
settle(struct settling *settling, struct journal *journal, struct sent_row *sent)
{
    const struct reason_text *text = reason_text(REASON_ROW_NOT_BOOKED);
    struct load_row *row = &sent->row;

    look_up_request(settling, row);
    switch (settling->state) {
    case CREDITBANK_OUTBOX_WAITING:
        return false;
    case CREDITBANK_OUTBOX_ANSWERED:
        row->entry_index = settling->entry_index;
        row->item_index = item_of(row);
        journal_note(journal, row, sent->fate->booked);
        return true;
    case CREDITBANK_OUTBOX_ABSENT:
        row->state = ROW_BAD;
        row->fault = (struct fault){.code = text->code, .sentence = {text->zh, text->en}};
        journal_note(journal, row, sent->fate->refused);
        return true;
    }
    return false;
}

/* In the order in which they were sent, so that they are undone in the reverse of it. */
static void
settle_all(struct settling *settling, struct journal *journal, size_t *unsettled)
{
    *unsettled = 0;
    for (size_t i = settling->count; i-- > 0;)
        *unsettled +=
            !settle(settling, journal, &settling->rows[i]) && settling->rows[i].fate == &fates[0];
}

enum exit_code
settle_rows(struct cli *cli, const char *id, bool ask, size_t *unsettled)
{
    struct settling settling = {.cli = cli, .ask = ask};
    struct creditbank_error error;
    struct journal *journal;

    if (!read_rows(&settling, id, &error))
        return cli_error(cli, &error);
    *unsettled = settling.count;
    if (settling.count > 0 && open_outbox(&settling)) {
        journal = journal_resume(cli->profile.name, id, &error);
        if (journal != NULL)
            settle_all(&settling, journal, unsettled);
        if (journal == NULL || !journal_sync(journal, &error))
            settling.code = cli_error(cli, &error);
        journal_end(journal);
    }
    xfree(settling.rows);
    return settling.code;
}

enum exit_code
settle_waiting(struct cli *cli, json_t *sent)
{
    struct creditbank_outbox_names names;
    struct creditbank_error error;
    enum exit_code code;

    if (cli_outbox(cli) == NULL)
        return EXIT_USAGE;
    if (!creditbank_outbox_list(cli->outbox, &names, &error))
        return cli_error(cli, &error);
    if (names.count == 0)
        return EXIT_DONE;
    creditbank_outbox_names_free(&names);
    code = submit_waiting(cli, sent);

    struct journal_ids ids = journal_list(cli->profile.name);

    for (size_t i = 0; i < ids.count; i++) {
        size_t unsettled;
        enum exit_code one = settle_rows(cli, ids.ids[i], false, &unsettled);

        code = code == EXIT_DONE ? one : code;
    }
    journal_ids_free(&ids);
    return code;
}
