#include "notary/anchor.h"

#include "base/arena.h"
#include "base/hex.h"
#include "base/memory.h"
#include "base/scope.h"
#include "crypto/key_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#define HEX_SIZE (2 * HASH_SIZE + 1)

struct anchor {
    char path[PATH_MAX], next_path[PATH_MAX];
    char *origin;
    int folder_fd; /* synced after each move, for the file's name is in it */
    int lock_fd;
    struct merkle_edge edge;
};

static bool
append_hash(struct buffer *text, const char *word, const struct hash *hash)
{
    char hex[HEX_SIZE];

    return buffer_printf(text, "%s %s\n", word, hex_format(hash_slice(hash), hex));
}

static void
format(struct slice origin, const struct merkle_edge *edge, struct buffer *text)
{
    struct merkle_head head = merkle_edge_head(edge);
    struct slice nodes = merkle_edge_bytes(edge);
    bool fits = buffer_printf(text, "creditbank anchor v1\norigin %.*s\nsize %" PRIu64 "\n",
                              (int)origin.len, (const char *)origin.at, edge->size) &&
                append_hash(text, "root", &head.root);

    for (size_t i = 0; i < nodes.len / HASH_SIZE; i++)
        fits = fits && append_hash(text, "edge", &edge->nodes[i]);

    struct hash sum = hash_sha256(buffer_slice(text));
    fits = fits && append_hash(text, "sha256", &sum);
    assert(fits);
}

/* Takes the line "WORD VALUE\n" off the text; false, and an empty value, if it begins otherwise. */
static bool
take_line(struct slice *text, const char *word, struct slice *value)
{
    const uint8_t *end = text->len > 0 ? memchr(text->at, '\n', text->len) : NULL;
    size_t word_len = strlen(word);

    *value = slice_make(NULL, 0);
    if (end == NULL)
        return false;

    size_t line_len = (size_t)(end - text->at);
    if (line_len < word_len + 1 || memcmp(text->at, word, word_len) != 0 ||
        text->at[word_len] != ' ')
        return false;

    *value = slice_make(text->at + word_len + 1, line_len - word_len - 1);
    *text = slice_make(end + 1, text->len - line_len - 1);
    return true;
}

static bool
take_hash(struct slice *text, const char *word, struct hash *hash)
{
    struct slice value;

    return take_line(text, word, &value) && hex_parse(value, hash->bytes, HASH_SIZE);
}

static bool
take_size(struct slice *text, uint64_t *size)
{
    struct slice value;
    char digits[21], again[21], *end;

    if (!take_line(text, "size", &value) || value.len == 0 || value.len >= sizeof(digits))
        return false;
    memcpy(digits, value.at, value.len);
    digits[value.len] = '\0';
    *size = strtoull(digits, &end, 10);
    snprintf(again, sizeof(again), "%" PRIu64, *size);
    return strcmp(digits, again) == 0 && *size <= (uint64_t)MERKLE_SIZE_MAX;
}

static bool
take_edge(struct slice *text, uint64_t size, struct merkle_edge *edge)
{
    struct hash nodes[MERKLE_PROOF_MAX];
    size_t count = (size_t)__builtin_popcountll(size);

    for (size_t i = 0; i < count; i++)
        if (!take_hash(text, "edge", &nodes[i]))
            return false;
    return merkle_edge_parse(size, slice_make(nodes, count * HASH_SIZE), edge);
}

static const char *
parse(struct slice text, struct slice origin, struct merkle_edge *edge)
{
    struct slice rest = text, value;
    struct hash root, sum, expected;
    uint64_t size;

    if (!take_line(&rest, "creditbank", &value) || !slice_is(value, "anchor v1"))
        return "the file is not an anchor";
    if (!take_line(&rest, "origin", &value))
        return "the anchor is damaged";
    if (!slice_equal(value, origin))
        return "the anchor is another log's";
    if (!take_size(&rest, &size) || !take_hash(&rest, "root", &root) ||
        !take_edge(&rest, size, edge))
        return "the anchor is damaged";

    sum = hash_sha256(slice_make(text.at, (size_t)(rest.at - text.at)));
    if (!take_hash(&rest, "sha256", &expected) || rest.len != 0 || !hash_equal(&sum, &expected))
        return "the anchor is damaged";

    struct merkle_head head = merkle_edge_head(edge);
    return hash_equal(&head.root, &root) ? NULL : "the anchor contradicts itself";
}

const char *
anchor_create(const char *path, struct slice origin)
{
    const struct merkle_edge empty = {0};
    SCOPED(buffer_fini) struct buffer text;

    buffer_init(&text, ANCHOR_BYTES_MAX);
    format(origin, &empty, &text);
    return key_file_write(path, buffer_slice(&text));
}

/* Who may write to the anchor may have two histories signed: it is guarded like a key. */
const char *
anchor_read(const char *path, struct slice origin, struct merkle_edge *edge)
{
    SCOPED(buffer_fini) struct buffer text;

    buffer_init(&text, ANCHOR_BYTES_MAX);
    const char *fault = key_file_read(path, &text);
    if (fault != NULL)
        return fault;
    return parse(buffer_slice(&text), origin, edge);
}

static const char *
lock(struct anchor *anchor)
{
    char path[PATH_MAX + 8];

    snprintf(path, sizeof(path), "%s.lock", anchor->path);
    anchor->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (anchor->lock_fd < 0)
        return "the anchor's lock file cannot be opened";
    if (flock(anchor->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? "another notary has the anchor open"
                                    : "the anchor cannot be locked";

    snprintf(path, sizeof(path), "%s", anchor->path);
    anchor->folder_fd = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return anchor->folder_fd >= 0 ? NULL : "the anchor's folder cannot be opened";
}

const char *
anchor_open(const char *path, struct slice origin, struct anchor **anchor)
{
    struct anchor *opened = xcalloc(1, sizeof(*opened));

    *anchor = NULL;
    opened->lock_fd = opened->folder_fd = -1;
    opened->origin = xcalloc(1, origin.len + 1);
    memcpy(opened->origin, origin.at, origin.len);
    int len = snprintf(opened->next_path, sizeof(opened->next_path), "%s.new", path);
    snprintf(opened->path, sizeof(opened->path), "%s", path);

    const char *fault = len < PATH_MAX ? lock(opened) : "the anchor's name is too long";
    if (fault == NULL)
        fault = anchor_read(opened->path, slice_text(opened->origin), &opened->edge);
    if (fault != NULL) {
        anchor_close(opened);
        return fault;
    }
    *anchor = opened;
    return NULL;
}

void
anchor_close(struct anchor *anchor)
{
    if (anchor == NULL)
        return;
    if (anchor->lock_fd >= 0)
        close(anchor->lock_fd);
    if (anchor->folder_fd >= 0)
        close(anchor->folder_fd);
    xfree(anchor->origin);
    xfree(anchor);
}

const struct merkle_edge *
anchor_edge(const struct anchor *anchor)
{
    return &anchor->edge;
}

const char *
anchor_move(struct anchor *anchor, const struct merkle_edge *edge)
{
    SCOPED(buffer_fini) struct buffer text;

    assert(edge->size > anchor->edge.size);
    buffer_init(&text, ANCHOR_BYTES_MAX);
    format(slice_text(anchor->origin), edge, &text);

    /* Left there by a notary that died while writing it. */
    if (unlink(anchor->next_path) != 0 && errno != ENOENT)
        return "the old PATH.new cannot be removed";
    const char *fault = key_file_write(anchor->next_path, buffer_slice(&text));
    if (fault != NULL)
        return fault;
    if (rename(anchor->next_path, anchor->path) != 0)
        return "the new anchor cannot take the old one's place";
    if (fsync(anchor->folder_fd) != 0)
        return "the anchor's folder cannot be synced";
    anchor->edge = *edge;
    return NULL;
}
