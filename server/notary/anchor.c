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
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEX_SIZE (2 * HASH_SIZE + 1)
#define SLOTS 2

/* A notary may be writing while somebody reads: then both slots may look torn, but not for long. */
#define READS_MAX 3

struct anchor {
    char *origin, *path;
    int fd;
    unsigned next; /* the slot that the next text goes to first */
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

/* The text at the beginning of a slot. */
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
    if (!take_hash(&rest, "sha256", &expected) || !hash_equal(&sum, &expected))
        return "the anchor is damaged";

    struct merkle_head head = merkle_edge_head(edge);
    return hash_equal(&head.root, &root) ? NULL : "the anchor contradicts itself";
}

/* Of the slots that are whole the one of the larger size, and its number. */
static const char *
parse_slots(struct slice file, struct slice origin, struct merkle_edge *edge, unsigned *slot)
{
    const char *fault = NULL;
    bool found = false;

    for (unsigned i = 0; i < SLOTS; i++) {
        size_t at = i * (size_t)ANCHOR_SLOT_SIZE;
        size_t left = file.len > at ? file.len - at : 0;
        struct merkle_edge read;
        const char *why =
            parse(slice_make(file.at + at, left < ANCHOR_SLOT_SIZE ? left : ANCHOR_SLOT_SIZE),
                  origin, &read);

        if (why != NULL && fault == NULL)
            fault = why;
        if (why != NULL || (found && read.size <= edge->size))
            continue;
        *edge = read;
        *slot = i;
        found = true;
    }
    return found ? NULL : fault;
}

/* Who may write to the anchor may have two histories signed: it is guarded like a key. */
static const char *
read_slots(const char *path, struct slice origin, struct merkle_edge *edge, unsigned *slot)
{
    SCOPED(buffer_fini) struct buffer file;
    const char *fault = NULL;

    buffer_init(&file, SLOTS * (size_t)ANCHOR_SLOT_SIZE);
    for (int i = 0; i < READS_MAX; i++) {
        buffer_clear(&file);
        fault = key_file_read(path, &file);
        if (fault != NULL)
            return fault;
        fault = parse_slots(buffer_slice(&file), origin, edge, slot);
        if (fault == NULL)
            return NULL;
    }
    return fault;
}

const char *
anchor_read(const char *path, struct slice origin, struct merkle_edge *edge)
{
    unsigned slot;

    return read_slots(path, origin, edge, &slot);
}

/* Both slots have the text, and the file all the room that it will ever need. */
const char *
anchor_create(const char *path, struct slice origin)
{
    const struct merkle_edge empty = {0};
    SCOPED(buffer_fini) struct buffer file;

    buffer_init(&file, SLOTS * (size_t)ANCHOR_SLOT_SIZE);
    for (unsigned i = 1; i <= SLOTS; i++) {
        size_t left;
        uint8_t *rest;

        format(origin, &empty, &file);
        left = i * (size_t)ANCHOR_SLOT_SIZE - file.len;
        rest = buffer_extend(&file, left);
        assert(rest != NULL);
        memset(rest, '\n', left);
    }
    return key_file_write(path, buffer_slice(&file));
}

static const char *
open_file(struct anchor *anchor, const char *path)
{
    unsigned newest = 0;
    const char *fault;

    anchor->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (anchor->fd < 0)
        return errno == ENOENT ? "the file does not exist" : "the file cannot be opened";
    if (flock(anchor->fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? "another notary has the anchor open"
                                    : "the anchor cannot be locked";
    /* What another notary wrote before it was killed may be in memory only. */
    if (fdatasync(anchor->fd) != 0)
        return "the anchor cannot be written";
    fault = read_slots(path, slice_text(anchor->origin), &anchor->edge, &newest);
    anchor->next = (newest + 1) % SLOTS;
    return fault;
}

const char *
anchor_open(const char *path, struct slice origin, struct anchor **anchor)
{
    struct anchor *opened = xcalloc(1, sizeof(*opened));
    const char *fault;

    *anchor = NULL;
    opened->path = xcalloc(1, strlen(path) + 1);
    memcpy(opened->path, path, strlen(path));
    opened->origin = xcalloc(1, origin.len + 1);
    memcpy(opened->origin, origin.at, origin.len);
    fault = open_file(opened, path);
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
    if (anchor->fd >= 0)
        close(anchor->fd);
    xfree(anchor->path);
    xfree(anchor->origin);
    xfree(anchor);
}

const struct merkle_edge *
anchor_edge(const struct anchor *anchor)
{
    return &anchor->edge;
}

static bool
write_slot(const struct anchor *anchor, unsigned slot, struct slice text)
{
    ssize_t put = pwrite(anchor->fd, text.at, text.len, (off_t)slot * (off_t)ANCHOR_SLOT_SIZE);

    return put == (ssize_t)text.len;
}

const char *
anchor_move(struct anchor *anchor, const struct merkle_edge *edge)
{
    SCOPED(buffer_fini) struct buffer text;
    unsigned other = (anchor->next + 1) % SLOTS;
    struct stat own, there;

    assert(edge->size > anchor->edge.size);
    buffer_init(&text, ANCHOR_SLOT_SIZE);
    format(slice_text(anchor->origin), edge, &text);
    if (fstat(anchor->fd, &own) != 0 || lstat(anchor->path, &there) != 0 ||
        own.st_ino != there.st_ino || own.st_dev != there.st_dev)
        return "the anchor's file was removed, or another put in its place";
    if (!write_slot(anchor, anchor->next, buffer_slice(&text)) || fdatasync(anchor->fd) != 0)
        return "the anchor cannot be written";
    /* A second copy, of which nothing hangs: what is lost of it the next move writes anew. */
    (void)!write_slot(anchor, other, buffer_slice(&text));
    anchor->next = other;
    anchor->edge = *edge;
    return NULL;
}
