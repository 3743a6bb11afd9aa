/* The world: rows by key, units loaded or not, undone writes, changes; and against a naive one. */
#include "core/world.h"

#include "base/attributes.h"

#include "unit.h"

#define BUDGET ((size_t)32 << 20)

static struct enrolment
enrolment(const char *account_no, const char *student_no, int32_t state)
{
    return (struct enrolment){.account_no = slice_text(account_no),
                              .school_id = slice_text("school"),
                              .student_no = slice_text(student_no),
                              .state = state};
}

static void
tells_absent_from_not_loaded(void **state)
{
    struct world *world = world_new(BUDGET);
    struct enrolment row = enrolment("a", "1", 1), other = enrolment("a", "2", 1);

    (void)state;
    world_begin(world);
    assert_null(world_find(world, TABLE_ENROLMENT, &row));
    assert_null(world_find(world, TABLE_ENROLMENT, &other)); /* of the same unit: asked for once */
    assert_true(world_has_missed(world));
    assert_int_equal(world_missing_count(world), 1);
    assert_int_equal(world_missing(world, 0).table, TABLE_ENROLMENT);
    world_load_unit(world, TABLE_ENROLMENT, &row);
    world_load_row(world, TABLE_ENROLMENT, &other);
    world_forget_missing(world);
    world_begin(world);
    assert_null(world_find(world, TABLE_ENROLMENT, &row));
    assert_non_null(world_find(world, TABLE_ENROLMENT, &other));
    assert_int_equal(world_list(world, TABLE_ENROLMENT, &row).count, 1);
    assert_false(world_has_missed(world));
    assert_int_equal(world_missing_count(world), 0);
    world_free(world);
}

static void
lists_a_unit_by_key(void **state)
{
    static const char *const numbers[] = {"7", "10", "1", "30", "2"};
    static const char *const sorted[] = {"1", "10", "2", "30", "7"}; /* bytewise */
    struct world *world = world_new(BUDGET);
    struct enrolment key = enrolment("a", "", 0), other = enrolment("b", "5", 1);
    struct row_list rows;

    (void)state;
    world_load_everything(world);
    world_put(world, TABLE_ENROLMENT, &other);
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        struct enrolment row = enrolment("a", numbers[i], 1);

        world_put(world, TABLE_ENROLMENT, &row);
    }
    rows = world_list(world, TABLE_ENROLMENT, &key);
    assert_int_equal(rows.count, ARRAY_COUNT(sorted));
    for (size_t i = 0; i < rows.count; i++)
        assert_true(slice_is(((const struct enrolment *)rows.rows[i])->student_no, sorted[i]));
    world_free(world);
}

static struct rule_course
rule_course(int32_t version, int32_t rule_no, const char *course_code)
{
    return (struct rule_course){slice_text("school"), slice_text("rb"), version, rule_no,
                                slice_text(course_code)};
}

/* The courses of one rule, which stand together among those of its rulebook, and no more. */
static void
lists_what_agrees_in_more_than_the_unit(void **state)
{
    static const size_t counts[] = {0, 3, 0, 2, 0, 1, 0}; /* of rules 0 to 6 */
    struct world *world = world_new(BUDGET);
    struct rule_course rows[] = {
        rule_course(1, 3, "c"), rule_course(1, 1, "b"), rule_course(1, 5, "a"),
        rule_course(1, 1, "c"), rule_course(1, 3, "a"), rule_course(1, 1, "a"),
    };
    struct rule_course key;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        world_load_row(world, TABLE_RULE_COURSE, &rows[i]);
    world_begin(world);
    for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
        key = rule_course(1, (int32_t)i, "");

        struct row_list range = world_range(world, TABLE_RULE_COURSE, &key, 4);

        assert_int_equal(range.count, counts[i]);
        for (size_t j = 0; j < range.count; j++)
            assert_int_equal(((const struct rule_course *)range.rows[j])->rule_no, i);
    }
    assert_int_equal(world_range(world, TABLE_RULE_COURSE, &key, 3).count, ARRAY_COUNT(rows));
    assert_int_equal(world_range(world, TABLE_RULE_COURSE, &rows[0], 5).count, 1);
    assert_false(world_has_missed(world));
    key = rule_course(2, 1, "");
    assert_int_equal(world_range(world, TABLE_RULE_COURSE, &key, 4).count, 0);
    assert_true(world_has_missed(world));
    world_free(world);
}

static void
copies_what_it_is_given(void **state)
{
    char text[] = "a-1";
    struct world *world = world_new(BUDGET);
    struct enrolment row = enrolment(text, "1", 1), key = enrolment("a-1", "1", 0);

    (void)state;
    world_load_everything(world);
    world_put(world, TABLE_ENROLMENT, &row);
    text[0] = 'b';
    assert_non_null(world_find(world, TABLE_ENROLMENT, &key));
    world_free(world);
}

static void
tells_new_rows_from_changed_ones(void **state)
{
    struct world *world = world_new(BUDGET);
    struct arena *arena = arena_new(BUDGET);
    struct enrolment loaded = enrolment("a", "1", 1), changed = enrolment("a", "1", 2),
                     created = enrolment("a", "2", 1), again = enrolment("a", "2", 2),
                     undone = enrolment("a", "3", 1);
    struct row_change *changes;
    size_t mark;

    (void)state;
    world_load_row(world, TABLE_ENROLMENT, &loaded);
    world_put(world, TABLE_ENROLMENT, &created);
    world_put(world, TABLE_ENROLMENT, &changed);
    world_put(world, TABLE_ENROLMENT, &again);
    mark = world_mark(world);
    world_put(world, TABLE_ENROLMENT, &undone);
    world_put(world, TABLE_ENROLMENT, &loaded);
    world_undo(world, mark);
    assert_int_equal(world_changes(world, TABLE_ENROLMENT, arena, &changes), 2);
    assert_false(changes[0].is_new);
    assert_int_equal(((const struct enrolment *)changes[0].row)->state, 2);
    assert_true(changes[1].is_new);
    assert_int_equal(((const struct enrolment *)changes[1].row)->state, 2);
    arena_free(arena);
    world_free(world);
}

/* What was changed before the rest of its unit was loaded stays as changed. */
static void
keeps_a_change_when_its_unit_is_loaded_after(void **state)
{
    struct world *world = world_new(BUDGET);
    struct enrolment changed = enrolment("a", "1", 2), stored = enrolment("a", "1", 1);
    const struct enrolment *found;

    (void)state;
    world_put(world, TABLE_ENROLMENT, &changed);
    world_load_row(world, TABLE_ENROLMENT, &stored);
    found = world_find(world, TABLE_ENROLMENT, &changed);
    assert_int_equal(found->state, 2);
    world_free(world);
}

/* The naive world: a state a student number, 0 where there is none; 16 accounts of 32. */
enum { ACCOUNTS = 16, NUMBERS = 32, ALL = ACCOUNTS * NUMBERS };

struct naive {
    int32_t states[ALL];
};

static struct enrolment
numbered(int index, int32_t state)
{
    static char texts[2][8];

    texts[0][0] = (char)('a' + index / NUMBERS);
    texts[1][0] = (char)('0' + index % NUMBERS);
    return enrolment(texts[0], texts[1], state);
}

static void
compare(struct world *world, const struct naive *naive)
{
    for (int account = 0; account < ACCOUNTS; account++) {
        struct enrolment key = numbered(account * NUMBERS, 0);
        struct row_list rows = world_list(world, TABLE_ENROLMENT, &key);
        size_t at = 0;

        for (int i = account * NUMBERS; i < (account + 1) * NUMBERS; i++) {
            if (naive->states[i] == 0)
                continue;
            assert_true(at < rows.count);
            assert_int_equal(((const struct enrolment *)rows.rows[at++])->state, naive->states[i]);
        }
        assert_int_equal(at, rows.count);
    }
}

static void
agrees_with_a_naive_world_at_random(void **state)
{
    uint32_t random = 1;
    struct world *world = world_new(BUDGET);
    struct naive naive = {{0}}, marked = naive;
    size_t mark = 0;

    (void)state;
    world_load_everything(world);
    for (int i = 0; i < 20000; i++) {
        random = random * 1103515245u + 12345u;

        int index = (int)(random >> 8) % ALL;
        struct enrolment row = numbered(index, (int32_t)(random >> 20) % 7 + 1);

        switch (random >> 4 & 15) {
        case 0:
            mark = world_mark(world);
            marked = naive;
            break;
        case 1:
            world_undo(world, mark);
            naive = marked;
            break;
        default:
            world_put(world, TABLE_ENROLMENT, &row);
            naive.states[index] = row.state;
        }
        if (i % 500 == 0)
            compare(world, &naive);
    }
    compare(world, &naive);
    world_free(world);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_absent_from_not_loaded),
        cmocka_unit_test(lists_a_unit_by_key),
        cmocka_unit_test(lists_what_agrees_in_more_than_the_unit),
        cmocka_unit_test(copies_what_it_is_given),
        cmocka_unit_test(tells_new_rows_from_changed_ones),
        cmocka_unit_test(keeps_a_change_when_its_unit_is_loaded_after),
        cmocka_unit_test(agrees_with_a_naive_world_at_random),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
