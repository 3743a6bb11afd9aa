"""The daemon dies again and again while institutions send what they have; nothing is lost, nothing is twice.

Lanes send their transactions one after another, each the same bytes until it is answered. In one bank the
daemon is killed under them, in the other nothing happens. In the end both hold the same.
"""
import dataclasses
import queue
import random
import subprocess
import time

import pytest

from bank import binary
from client import UNDECIDED, Refused
from contract import pb
from test_log import Replay, read_entries
from town import certificate, result, training

PATIENCE_S = 120
LEARNERS_PER_LANE = 2


@dataclasses.dataclass
class Plan:
    """How much is sent, and how often the daemon dies under it."""

    kills: int
    lanes: int
    rounds: int  # each has a transaction of every kind
    items: int   # of a transaction


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

    def run(self, killing):
        """`killing` is asked after every answer whether the daemon dies now."""
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
            killing(self.acknowledged)

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


def killer(bank, plan, seed):
    """Kills the daemon at moments drawn from the seed, with calls in flight, and starts it again."""
    total = plan.lanes * plan.rounds * 5
    moments = sorted(random.Random(seed).sample(range(1, total - plan.lanes), plan.kills))

    def killing(acknowledged):
        if moments and acknowledged >= moments[0]:
            moments.pop(0)
            bank.kill()
            bank.start()
    return killing


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


def check_log(town):
    """A monitor finds nothing, and the audit finds the projections equal to the log."""
    replay = Replay()
    for index, entry in enumerate(read_entries(town)):
        replay.take(index, entry)
    done = subprocess.run([binary("creditbankd"), "--config", str(town.bank.config), "audit"],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def plan(request):
    return LONG if request.config.getoption("--long") else SHORT


def test_a_daemon_that_is_killed_again_and_again_loses_nothing_and_books_nothing_twice(own_town, other_town, plan):
    before = own_town.log_size()
    disturbed, undisturbed = Import(own_town, plan), Import(other_town, plan)
    opened = own_town.log_size() - before
    disturbed.run(killer(own_town.bank, plan, seed=20260305))
    undisturbed.run(lambda acknowledged: None)
    assert disturbed.repeated >= plan.kills and undisturbed.repeated == 0
    total = plan.lanes * plan.rounds * 5
    assert len(disturbed.booked) == total
    assert own_town.log_size() == before + opened + total
    check_acknowledged(own_town, disturbed.booked)
    assert projections(own_town, disturbed.people) == projections(other_town, undisturbed.people)
    check_log(own_town)
    disturbed.close()
    undisturbed.close()
