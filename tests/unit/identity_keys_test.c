/* crypto: the file of the keys under which persons are sealed. */
#include "crypto/identity_keys.h"
#include "crypto/key_file.h"

#include "unit.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEX_A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define HEX_B "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
#define HEAD "creditbank identity keys v1\n"

struct place {
    char folder[64], file[128];
};

static int
open_place(void **state)
{
    struct place *place = calloc(1, sizeof(*place));

    snprintf(place->folder, sizeof(place->folder), "/tmp/identity_keys_test.XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->file, sizeof(place->file), "%s/keys", place->folder);
    *state = place;
    return 0;
}

static int
close_place(void **state)
{
    struct place *place = *state;

    unlink(place->file);
    assert_int_equal(rmdir(place->folder), 0);
    free(place);
    return 0;
}

static const char *
load(struct place *place, const char *text, struct identity_keys *keys)
{
    unlink(place->file);
    assert_null(key_file_write(place->file, slice_text(text)));
    return identity_keys_load(place->file, keys);
}

static void
a_new_file_has_an_index_key_and_the_first_epoch(void **state)
{
    struct place *place = *state;
    struct identity_keys keys, again;

    assert_null(identity_keys_create(place->file));
    assert_null(identity_keys_load(place->file, &keys));
    assert_int_equal(keys.epoch_count, 1);
    assert_int_equal(keys.epochs[0].number, 1);
    assert_memory_not_equal(&keys.index, &keys.epochs[0].key, SEAL_KEY_SIZE);

    assert_non_null(identity_keys_create(place->file));
    assert_null(identity_keys_load(place->file, &again));
    assert_memory_equal(&keys, &again, sizeof(keys));
}

static void
an_epoch_is_found_by_its_number(void **state)
{
    struct identity_keys keys;

    assert_null(
        load(*state, HEAD "index " HEX_A "\nepoch 3 " HEX_A "\nepoch 7 " HEX_B "\n", &keys));
    assert_int_equal(keys.epoch_count, 2);
    assert_int_equal(keys.index.bytes[31], 0x1f);
    assert_int_equal(identity_keys_epoch(&keys, 7)->bytes[0], 0x20);
    assert_int_equal(identity_keys_epoch(&keys, 3)->bytes[0], 0x00);
    assert_null(identity_keys_epoch(&keys, 4));
    identity_keys_wipe(&keys);
    assert_int_equal(keys.epoch_count, 0);
}

static void
a_file_that_is_not_exactly_so_is_refused(void **state)
{
    static const char *const cases[] = {
        "",
        HEAD,
        HEAD "index " HEX_A "\n",
        "creditbank identity keys v2\nindex " HEX_A "\nepoch 1 " HEX_B "\n",
        HEAD "index " HEX_A "\nepoch 1 " HEX_B,
        HEAD "index " HEX_A "0\nepoch 1 " HEX_B "\n",
        HEAD "index " HEX_A "\nepoch 0 " HEX_B "\n",
        HEAD "index " HEX_A "\nepoch 01 " HEX_B "\n",
        HEAD "index " HEX_A "\nepoch 4294967296 " HEX_B "\n",
        HEAD "index " HEX_A "\nepoch 2 " HEX_B "\nepoch 1 " HEX_A "\n",
        HEAD "index " HEX_A "\nepoch 1 " HEX_B "\nepoch 1 " HEX_A "\n",
        HEAD "index " HEX_A "\nepoch 1 " HEX_B "\n\n",
        HEAD "index " HEX_A "\nepoch  " HEX_B "\n",
        HEAD "index " HEX_A "\nepoch 1" HEX_B "\n",
    };
    struct identity_keys keys;

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_non_null(load(*state, cases[i], &keys));
}

static void
more_epochs_than_the_limit_are_refused(void **state)
{
    char text[8192] = HEAD "index " HEX_A "\n";
    size_t len = strlen(text);
    struct identity_keys keys;

    for (int i = 1; i <= IDENTITY_EPOCHS_MAX; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "epoch %d %s\n", i, HEX_B);
    assert_null(load(*state, text, &keys));
    assert_int_equal(keys.epoch_count, IDENTITY_EPOCHS_MAX);
    snprintf(text + len, sizeof(text) - len, "epoch 99 %s\n", HEX_B);
    assert_non_null(load(*state, text, &keys));
}

static void
a_file_that_others_may_read_is_refused(void **state)
{
    struct place *place = *state;
    struct identity_keys keys;

    assert_null(identity_keys_create(place->file));
    assert_int_equal(chmod(place->file, 0644), 0);
    assert_non_null(identity_keys_load(place->file, &keys));
}

#define KEYS_TEST(name) cmocka_unit_test_setup_teardown(name, open_place, close_place)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        KEYS_TEST(a_new_file_has_an_index_key_and_the_first_epoch),
        KEYS_TEST(an_epoch_is_found_by_its_number),
        KEYS_TEST(a_file_that_is_not_exactly_so_is_refused),
        KEYS_TEST(more_epochs_than_the_limit_are_refused),
        KEYS_TEST(a_file_that_others_may_read_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
