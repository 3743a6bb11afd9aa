/* db: who listens hears what changed, and is told when it may have missed some. */
#include "db/listener.h"

#include "db.h"

#include <stdio.h>

struct heard {
    bool is_new, is_payload;
    char payload[32];
};

static void
on_change(void *arg, const char *payload)
{
    struct heard *heard = arg;

    if (payload == NULL) {
        heard->is_new = true;
        return;
    }
    heard->is_payload = true;
    snprintf(heard->payload, sizeof(heard->payload), "%s", payload);
}

static void
a_listener_hears_what_changed_and_knows_when_it_may_have_missed_some(void **state)
{
    struct fixture *fixture = *state;
    struct conn_config config = conn_config_default(fixture->conninfo, "listener");
    struct heard heard = {0};
    struct db_listener *listener =
        db_listener_new(fixture->base, &config, "keys", on_change, &heard);

    assert_false(db_listener_is_alive_within(listener, 60000));
    fixture_run_until(fixture, &heard.is_new);
    assert_true(db_listener_is_alive_within(listener, 60000));
    fixture_sql(fixture, "NOTIFY keys, 'key 7'");
    fixture_run_until(fixture, &heard.is_payload);
    assert_string_equal(heard.payload, "key 7");

    heard.is_new = false;
    fixture_sql(fixture, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                         " WHERE application_name = 'listener'");
    fixture_run_until(fixture, &heard.is_new);
    assert_true(db_listener_is_alive_within(listener, 60000));
    db_listener_free(listener);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_listener_hears_what_changed_and_knows_when_it_may_have_missed_some),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
