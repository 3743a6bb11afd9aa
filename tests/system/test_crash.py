"""Processes die again and again while institutions send what they have; nothing is lost, nothing is twice.

Lanes send their transactions one after another, each the same bytes until it is answered. In one bank
something is killed under them, in the other nothing happens. In the end both hold the same.
"""
import dataclasses
import os
import queue
import random
import signal
import subprocess
import time

import pytest

from bank import await_end, binary, children
from client import UNDECIDED, Refused
from contract import pb
from test_log import Replay, read_entries
from town import certificate, result, training

PATIENCE_S = 120
LEARNERS_PER_LANE = 2


@dataclasses.dataclass
class Plan:
    """How much is sent, and how often something dies under it."""

    kills: int
    lanes: int
    rounds: int  # each has a transaction of every kind
    items: int   # of a transaction

    @property
    def total(self):
        """Transactions: each round of a lane has five."""
        return self.lanes * self.rounds * 5


SHORT = Plan(kills=6, lanes=8, rounds=4, items=20)
LONG = Plan(kills=20, lanes=8, rounds=12, items=500)  # 200,000 rows and more


class Lane:
    """Transactions in their order: a later one may rest on an earlier."""

    def __init__(self, town, number, accounts, plan):
        self.town, self.number, self.accounts, self.plan = town, number, accounts, plan
        self.desk = town.new_desk()
        self.todo = self.contents()
        self.booked = []
        self.signed = None

    def contents(self):
        """(institution, bodies), the same for the same lane in every bank."""
        school, issuer, count = self.town.school, self.town.issuer, self.plan.items
        for turn in range(self.plan.rounds):
            ids = [f"L{self.number}-{turn}-{i}" for i in range(count)]
            holders = [self.accounts[i % len(self.accounts)] for i in range(count)]
            yield school, [result(*pair) for pair in zip(holders, ids)]
            yield issuer, [certificate(*pair) for pair in zip(holders, ids)]
            yield school, list(self.corrections(holders, ids))
            yield issuer, [pb.OutcomeRevoked(account_no=holder, outer_id=number,
                                             reason=pb.CHANGE_REASON_IMPORT_UNDONE)
                           for holder, number in list(zip(holders, ids))[::3]]
            yield issuer, [training(*pair) for pair in zip(holders, [f"{number}-t" for number in ids])]

    def corrections(self, holders, ids):
        for place, (holder, number) in enumerate(zip(holders, ids)):
            failed = place % 2 == 1
            yield pb.OutcomeCorrected(account_no=holder, outer_id=number, centicredits=0 if failed else 400,
                                      centiscore=5000 if failed else 9000, reason=pb.CHANGE_REASON_ENTRY_ERROR)

    def next(self):
        """Signs the next transaction; False when all are booked."""
        following = next(self.todo, None)
        if following is None:
            return False
        self.institution, bodies = following
        self.signed = self.institution.sign(bodies)
        return True


class Import:
    """All lanes at once, each over a connection of its own, until every transaction is answered."""

    def __init__(self, town, plan):
        self.town = town
        self.answered = queue.Queue()
        people = town.open_people([f"学习者{i}" for i in range(plan.lanes * LEARNERS_PER_LANE)])
        town.enrol(*people)
        self.people = people
        self.lanes = [Lane(town, n, people[n * LEARNERS_PER_LANE:(n + 1) * LEARNERS_PER_LANE], plan)
                      for n in range(plan.lanes)]
        self.acknowledged = self.repeated = 0

    def send(self, lane):
        call = lane.desk.start(lane.institution, lane.signed, timeout=30)
        call.add_done_callback(lambda done: self.answered.put((lane, done)))

    def run(self, disturbing):
        """`disturbing` is called after every answer with how many there are."""
        under_way = [lane for lane in self.lanes if lane.next()]
        for lane in under_way:
            self.send(lane)
        deadline = time.monotonic() + PATIENCE_S + len(self.lanes)
        waiting = len(under_way)
        while waiting:
            lane, call = self.answered.get(timeout=max(0.0, deadline - time.monotonic()))
            if self.settle(lane, call):
                deadline = time.monotonic() + PATIENCE_S
                waiting -= not lane.next()
                if lane.signed is None:
                    continue
            self.send(lane)
            disturbing(self.acknowledged)

    def settle(self, lane, call):
        """False if the outcome is unknown, so that the same bytes have to be sent again."""
        try:
            booked = lane.desk.finish(lane.signed, call)
        except Refused as refused:
            assert refused.status in UNDECIDED, refused
            self.repeated += 1
            return False
        lane.booked.append((lane.institution.id, lane.signed, booked))
        lane.signed = None
        self.acknowledged += 1
        return True

    def close(self):
        for lane in self.lanes:
            lane.desk.close()

    @property
    def booked(self):
        return [each for lane in self.lanes for each in lane.booked]


def kill_daemon(town, _):
    """All of it, as when the machine loses power."""
    town.bank.kill()
    town.bank.start()


def kill_child(town, draw):
    """Any of its processes; the supervisor replaces it."""
    victim = draw.choice(children(town.bank.process.pid))
    ended = os.pidfd_open(victim)
    os.kill(victim, signal.SIGKILL)
    await_end(ended)


def end_connections(town, _):
    """PostgreSQL ends every session of the daemon, wherever it stands."""
    town.sql.run("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                 "WHERE usename = 'creditbank_daemon' AND datname = current_database()")


def disturber(town, plan, disturb, seed):
    """Disturbs at moments drawn from the seed, with calls in flight."""
    draw = random.Random(seed)
    moments = sorted(draw.sample(range(1, plan.total - plan.lanes), plan.kills))

    def disturbing(acknowledged):
        if moments and acknowledged >= moments[0]:
            moments.pop(0)
            disturb(town, draw)
    return disturbing


def projections(town, people):
    """What both banks have to agree on: no times, no drawn numbers, no places in the log."""
    columns = town.sql.run(
        "SELECT table_name, string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns "
        "WHERE table_schema = 'projection' AND data_type <> 'bytea' AND column_name !~ '(_entry|_index|_us)$' "
        "GROUP BY table_name ORDER BY table_name")
    names = {account: f"learner {n}" for n, account in enumerate(people)}
    found = {}
    for table, listed in (row.split("|") for row in columns):
        rows = town.sql.run(f"SELECT {listed} FROM projection.{table}")
        found[table] = sorted([names.get(cell, cell) for cell in row.split("|")] for row in rows)
    return found


def check_acknowledged(town, sent):
    """Every answer's entry stands in the log once, at its place, as it was given out."""
    rows = dict(row.split("|") for row in town.sql.run(
        "SELECT entry_index, encode(entry, 'hex') FROM log.entry"))
    for _, signed, booked in sent:
        assert bytes.fromhex(rows[str(booked.entry_index)]) == booked.log_entry
    requests = [pb.Transaction.FromString(signed.transaction).request_id for _, signed, _ in sent]
    assert len(set(requests)) == len(requests)
    assert len({booked.entry_index for _, _, booked in sent}) == len(sent)


def check_log_as_monitor(town):
    replay = Replay()
    for index, entry in enumerate(read_entries(town)):
        replay.take(index, entry)


def check_log(town):
    """A monitor finds nothing, and the audit finds the projections equal to the log."""
    check_log_as_monitor(town)
    done = subprocess.run([binary("creditbankd"), "--config", str(town.bank.config), "audit"],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def plan(request):
    return LONG if request.config.getoption("--long") else SHORT


@pytest.mark.parametrize("disturb", [kill_daemon, kill_child, end_connections])
def test_what_dies_again_and_again_loses_nothing_and_books_nothing_twice(own_town, other_town, plan, disturb):
    disturbed, undisturbed = Import(own_town, plan), Import(other_town, plan)
    before = own_town.log_size()
    disturbed.run(disturber(own_town, plan, disturb, seed=20260305))
    undisturbed.run(lambda acknowledged: None)
    assert disturbed.repeated > 0 or disturb is not kill_daemon
    assert undisturbed.repeated == 0
    assert len(disturbed.booked) == plan.total
    assert own_town.log_size() == before + plan.total
    check_acknowledged(own_town, disturbed.booked)
    assert projections(own_town, disturbed.people) == projections(other_town, undisturbed.people)
    check_log(own_town)
    disturbed.close()
    undisturbed.close()


def test_clients_that_leave_harm_nobody_and_find_their_answers_later(own_town):
    """Cancelled as soon as sent, or with deadlines too short: each is booked once, by then or by the retry."""
    sent = [own_town.school.sign([own_town.opening() for _ in range(5)]) for _ in range(120)]
    before = own_town.log_size()
    desks = [own_town.new_desk() for _ in range(4)]
    calls = [desks[n % 4].start(own_town.school, signed, timeout=0.001 * (n % 40) + 0.001)
             for n, signed in enumerate(sent)]
    for call in calls[::2]:
        call.cancel()
    for signed in sent:
        own_town.desk.insist(own_town.school, signed)
    assert own_town.log_size() == before + len(sent)
    check_log_as_monitor(own_town)
    for desk in desks:
        desk.close()
