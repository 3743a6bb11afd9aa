/*
 * A folder with a file a request, "REQUEST_ID.submit". A file is written under
 * another name, synced, renamed, and the folder synced: after a crash it is there
 * whole or not at all. Answered requests move to "done/" with their answer.
 */
#include "creditbank.h"

#include "base/hex.h"
#include "base/memory.h"
#include "base/scope.h"
#include "wire/unpack.h"

#include "error.h"
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#define NAME_LEN (CREDITBANK_OUTBOX_NAME_SIZE - 1)
#define SUFFIX ".submit"
#define ANSWER_SUFFIX ".answer"
#define PATH_TEXT_MAX 4096

/* A request that cannot be read back is not worth keeping: the limits of what the bank takes. */
static const struct wire_limits request_limits = {.depth_max = 8,
                                                  .fields_max = 10000,
                                                  .elements_max = CREDITBANK_ITEMS_MAX,
                                                  .memory_max = 8 * CREDITBANK_REQUEST_MAX};

struct creditbank_outbox {
    char *folder;
    int lock_fd;
};

static char *
path_of(const struct creditbank_outbox *outbox, const char *within, const char *name,
        const char *suffix)
{
    return file_path("%s/%s%s%s", outbox->folder, within, name, suffix);
}

struct creditbank_outbox *
creditbank_outbox_open(const char *folder, struct creditbank_error *error)
{
    SCOPED(file_path_free) char *done = file_path("%s/done", folder);
    SCOPED(file_path_free) char *lock = file_path("%s/lock", folder);

    if (!file_make_folder(folder, error) || !file_make_folder(done, error))
        return NULL;

    int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0) {
        (void)error_set_why(error, REASON_FILE_UNWRITABLE, lock, strerror(errno));
        return NULL;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        (void)error_set(error, REASON_OUTBOX_IN_USE, "%s", folder);
        close(fd);
        return NULL;
    }

    struct creditbank_outbox *outbox = xcalloc(1, sizeof(*outbox));

    outbox->folder = xstrdup(folder);
    outbox->lock_fd = fd;
    return outbox;
}

void
creditbank_outbox_close(struct creditbank_outbox *outbox)
{
    if (outbox == NULL)
        return;
    close(outbox->lock_fd);
    xfree(outbox->folder);
    xfree(outbox);
}

/* The name of a request: the request id of its transaction, in hexadecimal. */
static bool
name_request(const struct creditbank_bytes *request, char name[CREDITBANK_OUTBOX_NAME_SIZE],
             struct arena *arena, struct wire_fault *fault)
{
    const Creditbank__V1__SubmitRequest *submit = (const void *)wire_unpack(
        &creditbank__v1__submit_request__descriptor, slice_make(request->at, request->len), arena,
        WIRE_LENIENT, &request_limits, fault);

    if (submit == NULL)
        return false;

    const Creditbank__V1__Transaction *transaction =
        (const void *)wire_unpack(&creditbank__v1__transaction__descriptor,
                                  slice_make(submit->transaction.data, submit->transaction.len),
                                  arena, WIRE_CANONICAL, &request_limits, fault);

    if (transaction == NULL)
        return false;
    if (transaction->request_id.len != CREDITBANK_REQUEST_ID_SIZE)
        return wire_refuse(fault, NULL, REASON_REQUEST_MALFORMED, 0, "request_id");
    (void)hex_format(slice_make(transaction->request_id.data, transaction->request_id.len), name);
    return true;
}

bool
creditbank_outbox_name(const struct creditbank_bytes *request,
                       char name[CREDITBANK_OUTBOX_NAME_SIZE], struct creditbank_error *error)
{
    struct arena *arena = arena_new(2 * request_limits.memory_max);
    struct wire_fault fault = {0};
    bool named = name_request(request, name, arena, &fault);

    arena_free(arena);
    return named || error_set_fault(error, REASON_DRAFT_INVALID, &fault);
}

/* Whether as many requests wait as are allowed. */
static bool
is_full(struct creditbank_outbox *outbox, struct creditbank_error *error)
{
    struct creditbank_outbox_names names;

    if (!creditbank_outbox_list(outbox, &names, error))
        return true;

    size_t count = names.count;

    creditbank_outbox_names_free(&names);
    if (count < CREDITBANK_OUTBOX_MAX)
        return false;
    (void)error_set(error, REASON_OUTBOX_FULL, "%zu", count);
    return true;
}

bool
creditbank_outbox_put(struct creditbank_outbox *outbox, const struct creditbank_bytes *request,
                      char name[CREDITBANK_OUTBOX_NAME_SIZE], struct creditbank_error *error)
{
    if (!creditbank_outbox_name(request, name, error) || is_full(outbox, error))
        return false;

    SCOPED(file_path_free) char *path = path_of(outbox, "", name, SUFFIX);

    return file_write_synced(path, slice_make(request->at, request->len), error);
}

/* Whether the name is one of ours, so that it leads to no other folder. */
static bool
is_name(struct slice name)
{
    uint8_t id[CREDITBANK_REQUEST_ID_SIZE];

    return name.len == NAME_LEN && hex_parse(name, id, sizeof(id));
}

bool
creditbank_outbox_settle(struct creditbank_outbox *outbox, const char *name,
                         const Creditbank__V1__SubmitResponse *answer,
                         struct creditbank_error *error)
{
    if (!is_name(slice_text(name)))
        return error_set(error, REASON_FILE_UNREADABLE, "%s", name);

    SCOPED(file_path_free) char *waiting = path_of(outbox, "", name, SUFFIX);
    SCOPED(file_path_free) char *done = path_of(outbox, "done/", name, SUFFIX);
    SCOPED(file_path_free) char *answered = path_of(outbox, "done/", name, ANSWER_SUFFIX);

    if (answer == NULL)
        return file_remove(waiting, error);

    struct creditbank_bytes bytes;

    bytes.len = creditbank__v1__submit_response__get_packed_size(answer);
    bytes.at = xmalloc(bytes.len);
    (void)creditbank__v1__submit_response__pack(answer, bytes.at);

    bool kept = file_write_synced(answered, slice_make(bytes.at, bytes.len), error);

    creditbank_bytes_free(&bytes);
    return kept && file_move(waiting, done, error);
}

/* Takes from an answer that was kept in which entry it is; false where there is none. */
static bool
read_answer(const char *path, uint64_t *entry_index)
{
    struct arena *arena = arena_new(request_limits.memory_max);
    SCOPED(buffer_fini) struct buffer bytes;
    const Creditbank__V1__SubmitResponse *answer = NULL;
    struct creditbank_error error;
    struct wire_fault fault;

    buffer_init(&bytes, CREDITBANK_REQUEST_MAX);
    if (file_read(path, &bytes, &error))
        answer = (const void *)wire_unpack(&creditbank__v1__submit_response__descriptor,
                                           buffer_slice(&bytes), arena, WIRE_LENIENT,
                                           &request_limits, &fault);

    bool booked = answer != NULL && answer->entry != NULL;

    if (booked)
        *entry_index = answer->entry->entry_index;
    arena_free(arena);
    return booked;
}

enum creditbank_outbox_state
creditbank_outbox_find(const struct creditbank_outbox *outbox, const char *name,
                       uint64_t *entry_index)
{
    if (!is_name(slice_text(name)))
        return CREDITBANK_OUTBOX_ABSENT;

    SCOPED(file_path_free) char *waiting = path_of(outbox, "", name, SUFFIX);
    SCOPED(file_path_free) char *answered = path_of(outbox, "done/", name, ANSWER_SUFFIX);

    if (read_answer(answered, entry_index))
        return CREDITBANK_OUTBOX_ANSWERED;
    return access(waiting, F_OK) == 0 ? CREDITBANK_OUTBOX_WAITING : CREDITBANK_OUTBOX_ABSENT;
}

static int
compare_names(const void *a, const void *b)
{
    return memcmp(a, b, CREDITBANK_OUTBOX_NAME_SIZE);
}

static void
collect(DIR *folder, struct creditbank_outbox_names *names)
{
    const struct dirent *entry;
    size_t room = 0;

    while ((entry = readdir(folder)) != NULL) {
        size_t len = strlen(entry->d_name);

        if (len != NAME_LEN + strlen(SUFFIX) || strcmp(entry->d_name + NAME_LEN, SUFFIX) != 0 ||
            !is_name(slice_make(entry->d_name, NAME_LEN)))
            continue;
        if (names->count == room) {
            room = room == 0 ? 16 : 2 * room;
            names->names = xrealloc(names->names, room * sizeof(*names->names));
        }
        memcpy(names->names[names->count], entry->d_name, NAME_LEN);
        names->names[names->count++][NAME_LEN] = '\0';
    }
    if (names->count > 0)
        qsort(names->names, names->count, sizeof(*names->names), compare_names);
}

bool
creditbank_outbox_list(struct creditbank_outbox *outbox, struct creditbank_outbox_names *names,
                       struct creditbank_error *error)
{
    DIR *folder = opendir(outbox->folder);

    *names = (struct creditbank_outbox_names){0};
    if (folder == NULL)
        return error_set_why(error, REASON_FILE_UNREADABLE, outbox->folder, strerror(errno));
    collect(folder, names);
    closedir(folder);
    return true;
}

void
creditbank_outbox_names_free(struct creditbank_outbox_names *names)
{
    xfree(names->names);
    *names = (struct creditbank_outbox_names){0};
}

bool
creditbank_outbox_get(struct creditbank_outbox *outbox, const char *name,
                      struct creditbank_bytes *request, struct creditbank_error *error)
{
    *request = (struct creditbank_bytes){0};
    if (!is_name(slice_text(name)))
        return error_set(error, REASON_FILE_UNREADABLE, "%s", name);

    SCOPED(file_path_free) char *path = path_of(outbox, "", name, SUFFIX);
    struct buffer bytes;

    buffer_init(&bytes, CREDITBANK_REQUEST_MAX);
    if (!file_read(path, &bytes, error)) {
        buffer_fini(&bytes);
        return false;
    }
    /* The buffer's memory is handed over as it is. */
    *request = (struct creditbank_bytes){bytes.at, bytes.len};
    return true;
}
