"""Clocks that step back or ahead: no time in the log is ever wrong for good."""
import pathlib

import pytest

import bank as banks
from client import Refused, now_us, time_us
from conftest import populated

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
SECOND_US = 1_000_000


def stopped_by_clock(town):
    """A write is refused because a clock is wrong; both languages name the runbook."""
    refused = town.refuses(town.school, [town.opening()])
    [refusal] = refused.refusals
    runbook = "docs/operating.md#a-clock-is-wrong"
    return (refused.status == "UNAVAILABLE" and refusal.reason == "LEDGER_STOPPED" and
            runbook in refusal.message_en and runbook in refusal.message_zh)


def move_last_entry(town, by_us):
    town.sql.run(f"UPDATE log.head SET booked_at_us = {now_us() + by_us} WHERE size = {town.log_size()}")


def test_a_clock_a_little_behind_the_last_entry_books_at_the_last_entrys_time(own_town):
    move_last_entry(own_town, 4_500_000)
    [last] = own_town.sql.run("SELECT booked_at_us FROM log.head ORDER BY size DESC LIMIT 1")
    for _ in range(2):
        booked_us = time_us(own_town.submit(own_town.school, [own_town.opening()]).booked_at)
        assert booked_us == int(last) or int(last) < booked_us <= now_us()


def test_a_clock_far_behind_the_last_entry_stops_writing_until_it_is_right(own_town):
    [right] = own_town.sql.run("SELECT booked_at_us FROM log.head ORDER BY size DESC LIMIT 1")
    move_last_entry(own_town, 3600 * SECOND_US)
    assert stopped_by_clock(own_town)
    own_town.sql.run(f"UPDATE log.head SET booked_at_us = {right} WHERE size = {own_town.log_size()}")
    assert own_town.submit(own_town.school, [own_town.opening()]).entry_index > 0


@pytest.fixture
def faked(tmp_path):
    """A bank whose PostgreSQL has a clock of its own, and the file that sets it."""
    if not pathlib.Path(FAKETIME).exists():
        pytest.skip("libfaketime is not installed")
    clock = pathlib.Path("/tmp") / f"creditbank-clock.{tmp_path.name}.{now_us()}"
    set_clock(clock, 0)
    cluster = banks.Cluster(env={"LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": str(clock),
                                 "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
    try:
        with populated(banks.Bank(tmp_path, cluster.new_database())) as town:
            yield town, clock
    finally:
        cluster.control("stop")
        clock.unlink()
        remove_left_behind()


def remove_left_behind():
    """What libfaketime shares between processes stays after those that were halted, each under its number."""
    for file in pathlib.Path("/dev/shm").glob("*faketime_s*_*"):
        if not pathlib.Path("/proc", file.name.rpartition("_")[2]).exists():
            file.unlink(missing_ok=True)


def set_clock(clock, by_s):
    """At once, for PostgreSQL reads the file whenever it reads the clock."""
    new = clock.with_suffix(".new")
    new.write_text(f"{by_s:+}s\n", encoding="ascii")
    new.chmod(0o644)
    new.rename(clock)


@pytest.mark.parametrize("by_s", [-3600, -10, 10, 3600])
def test_a_worker_whose_clock_is_off_the_databases_stops_writing_until_it_is_right(faked, by_s):
    town, clock = faked
    set_clock(clock, by_s)
    assert stopped_by_clock(town)
    set_clock(clock, 0)
    assert town.submit(town.school, [town.opening()]).entry_index > 0


def test_a_worker_whose_clock_is_half_a_second_off_books(faked):
    town, clock = faked
    for by_s in (-0.5, 0.5):
        set_clock(clock, by_s)
        try:
            assert town.submit(town.school, [town.opening()]).entry_index > 0
        except Refused as refused:
            raise AssertionError(f"off by {by_s} s") from refused
