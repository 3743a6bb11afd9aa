/* notary: the file of the anchor, damaged, torn, cut off and replaced. */
#include "notary/anchor.h"

#include "crypto/key_file.h"

#include "unit.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ORIGIN "bank.example.cn/log"
#define FILE_SIZE (2 * (size_t)ANCHOR_SLOT_SIZE)

static char folder[64], path[PATH_MAX];

static int
setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/creditbank-anchor.XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/anchor", folder);
    assert_null(anchor_create(path, slice_text(ORIGIN)));
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void
read_file(char file[FILE_SIZE + 1])
{
    FILE *stream = fopen(path, "r");

    assert_non_null(stream);
    assert_int_equal(fread(file, 1, FILE_SIZE + 1, stream), FILE_SIZE);
    file[FILE_SIZE] = '\0';
    fclose(stream);
}

static void
write_file(const char *file, size_t len)
{
    assert_int_equal(unlink(path), 0);
    assert_null(key_file_write(path, slice_make(file, len)));
}

static struct anchor *
open_anchor(void)
{
    struct anchor *anchor;

    assert_null(anchor_open(path, slice_text(ORIGIN), &anchor));
    return anchor;
}

/* The tree of so many leaves, all of them the same. */
static struct merkle_edge
edge_of(uint64_t size)
{
    struct hash leaf = {{7}};
    struct merkle_edge edge = {0};
    struct merkle_completed completed;

    while (edge.size < size)
        merkle_edge_append(&edge, &leaf, &completed);
    return edge;
}

static void
move(struct anchor *anchor, uint64_t size)
{
    struct merkle_edge edge = edge_of(size);

    assert_null(anchor_move(anchor, &edge));
    assert_int_equal(anchor_edge(anchor)->size, size);
}

/* The size that the file is opened with; 0 if it is refused. */
static uint64_t
size_of(const char *file, size_t len)
{
    struct anchor *anchor;
    uint64_t size;

    write_file(file, len);
    if (anchor_open(path, slice_text(ORIGIN), &anchor) != NULL)
        return 0;
    size = anchor_edge(anchor)->size;
    anchor_close(anchor);
    return size;
}

/* Of either slot any byte may be another, or all from there on be lost; of both none. */
static void
is_whole_while_one_of_its_slots_is(void **state)
{
    struct anchor *anchor = open_anchor();
    char good[FILE_SIZE + 1], bad[FILE_SIZE];
    size_t text_len;

    (void)state;
    move(anchor, 3);
    anchor_close(anchor);
    read_file(good);
    text_len = (size_t)(strchr(strstr(good, "sha256 "), '\n') + 1 - good);
    for (size_t i = 0; i < text_len; i++) {
        for (size_t slot = 0; slot < 2; slot++) {
            memcpy(bad, good, sizeof(bad));
            bad[slot * ANCHOR_SLOT_SIZE + i] ^= 1;
            assert_int_equal(size_of(bad, sizeof(bad)), 3);
        }
        bad[i] ^= 1; /* both now */
        assert_int_equal(size_of(bad, sizeof(bad)), 0);
        assert_int_equal(size_of(good, ANCHOR_SLOT_SIZE + i), 3);
        assert_int_equal(size_of(good, i), 0);
    }
}

/* A crash within a move: whichever slot was being written is torn, the other's is the size before.
 */
static void
a_torn_move_leaves_the_size_before(void **state)
{
    char before[FILE_SIZE + 1], after[FILE_SIZE + 1], torn[FILE_SIZE];
    struct anchor *anchor = open_anchor();

    (void)state;
    move(anchor, 1);
    anchor_close(anchor);
    for (uint64_t size = 2; size < 20; size++) {
        anchor = open_anchor();
        read_file(before);
        move(anchor, size);
        anchor_close(anchor);
        read_file(after);
        for (size_t slot = 0; slot < 2; slot++) {
            memcpy(torn, before, sizeof(torn));
            memcpy(torn + slot * ANCHOR_SLOT_SIZE, after + slot * ANCHOR_SLOT_SIZE, 100);
            assert_int_equal(size_of(torn, sizeof(torn)), size - 1);
        }
        write_file(after, FILE_SIZE);
    }
}

static void
takes_the_larger_of_two_sizes(void **state)
{
    struct anchor *anchor = open_anchor();
    char old[FILE_SIZE + 1], new[FILE_SIZE + 1];

    (void)state;
    move(anchor, 5);
    read_file(old);
    move(anchor, 6);
    anchor_close(anchor);
    read_file(new);
    for (size_t slot = 0; slot < 2; slot++) {
        char mixed[FILE_SIZE];

        memcpy(mixed, new, sizeof(mixed));
        memcpy(mixed + slot * ANCHOR_SLOT_SIZE, old + slot * ANCHOR_SLOT_SIZE, ANCHOR_SLOT_SIZE);
        assert_int_equal(size_of(mixed, sizeof(mixed)), 6);
        anchor = open_anchor();
        move(anchor, 7);
        anchor_close(anchor);
    }
}

/* What is left behind a shorter text is no part of it. */
static void
a_text_may_be_shorter_than_the_one_before(void **state)
{
    struct anchor *anchor = open_anchor();

    (void)state;
    move(anchor, 31); /* five bits are set, */
    move(anchor, 32); /* one is */
    move(anchor, 33);
    anchor_close(anchor);
    anchor = open_anchor();
    assert_int_equal(anchor_edge(anchor)->size, 33);
    anchor_close(anchor);
}

static void
is_open_to_one_and_moves_in_its_own_file(void **state)
{
    struct anchor *anchor = open_anchor(), *second;
    struct merkle_edge edge = edge_of(2), seen;
    char file[FILE_SIZE + 1];

    (void)state;
    assert_string_equal(anchor_open(path, slice_text(ORIGIN), &second),
                        "another notary has the anchor open");
    move(anchor, 1);
    assert_null(anchor_read(path, slice_text(ORIGIN), &seen));
    assert_int_equal(seen.size, 1);
    read_file(file);
    write_file(file, FILE_SIZE);
    assert_non_null(anchor_move(anchor, &edge));
    assert_int_equal(anchor_edge(anchor)->size, 1);
    anchor_close(anchor);
}

/* Its file is set aside, and a copy put there, which nobody has locked. */
static void
does_not_move_in_a_file_that_was_set_aside(void **state)
{
    struct anchor *anchor = open_anchor();
    struct merkle_edge edge = edge_of(2);
    char file[FILE_SIZE + 1], aside[PATH_MAX + 8];

    (void)state;
    move(anchor, 1);
    read_file(file);
    snprintf(aside, sizeof(aside), "%s-aside", path);
    assert_int_equal(rename(path, aside), 0);
    assert_non_null(anchor_move(anchor, &edge));
    assert_null(key_file_write(path, slice_make(file, FILE_SIZE)));
    assert_non_null(anchor_move(anchor, &edge));
    assert_int_equal(anchor_edge(anchor)->size, 1);
    assert_int_equal(rename(aside, path), 0);
    move(anchor, 2);
    anchor_close(anchor);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(is_whole_while_one_of_its_slots_is),
        TEST(a_torn_move_leaves_the_size_before),
        TEST(takes_the_larger_of_two_sizes),
        TEST(a_text_may_be_shorter_than_the_one_before),
        TEST(is_open_to_one_and_moves_in_its_own_file),
        TEST(does_not_move_in_a_file_that_was_set_aside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
