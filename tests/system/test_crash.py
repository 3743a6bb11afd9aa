"""Processes die again and again while institutions send what they have; nothing is lost, nothing is twice.

Lanes send their transactions one after another, each the same bytes until it is answered; or an issuer
imports a file by its command line. In one bank something is killed under them, in the other nothing
happens. In the end both hold the same.
"""
import contextlib
import dataclasses
import itertools
import os
import queue
import random
import re
import signal
import subprocess
import time

import pytest

from bank import await_end, binary, children
from client import UNDECIDED, Refused
from contract import pb
from importer import UNAVAILABLE, Importer, Run, write_certificates
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


@dataclasses.dataclass
class FilePlan:
    """How long the file is, and what comes after each death of the daemon."""

    rows: int
    people: int
    carried_on: int  # it is back at once, and the client goes on
    given_up: int    # it is back when the client has given up
    died_too: int    # the client's machine lost power as well

    def aftermaths(self):
        return ["carried on"] * self.carried_on + ["given up"] * self.given_up + ["died too"] * self.died_too


FILE_SHORT = FilePlan(rows=4000, people=800, carried_on=2, given_up=1, died_too=1)
FILE_LONG = FilePlan(rows=200_000, people=20_000, carried_on=14, given_up=3, died_too=3)
BATCH_ROWS = 200       # client/cli/loader.h: the rows of a call
MEMORY_MAX_KIB = 100 * 1024
IMPORT_PATIENCE_S = 300
CUT_SHORT = "import the same file again"
SUMMARY = re.compile(r"(\d+) rows booked, (\d+) were there already, (\d+) bad")

# Where a call of the client's stands when the daemon dies: before it is looked up who a row is about, while its
# batch is read, while it is written, and when it is committed and not yet signed.
STAGES = {"resolving": ("identity.person", "ACCESS EXCLUSIVE"), "loading": ("projection.outcome", "ACCESS EXCLUSIVE"),
          "writing": ("log.head", "EXCLUSIVE"), "signing": None}


@pytest.fixture
def file_plan(request):
    return FILE_LONG if request.config.getoption("--long") else FILE_SHORT


class FileImport:
    """An issuer's certificates, imported by a command that is repeated for as long as it says that it got no answer."""

    def __init__(self, town, folder, plan):
        self.town, self.folder = town, folder
        self.file = folder / "certificates.csv"
        draw = random.Random(20260305)
        persons = [draw.randrange(plan.people) for _ in range(plan.rows)]
        self.passports = {f"C{row:07}": f"P{person:07}" for row, person in enumerate(persons)}
        write_certificates(self.file, ((f"C{row:07}", f"学习者{person}", f"P{person:07}")
                                       for row, person in enumerate(persons)))
        self.importer = Importer(town, town.issuer, folder)
        self.before = town.log_size()
        self.runs = []

    def begin(self):
        """Each run asks from its first row on, which the bank allows: otherwise none would ever end."""
        assert not self.runs or "IDENTITIES_TOO_MANY" not in self.runs[-1].said()
        self.runs.append(Run(self.importer, self.folder / f"import-{len(self.runs)}.log", "import", "certificates",
                             self.file))

    def go_on(self):
        """Begins again where the bank gave no answer: the same command, and nothing else."""
        status = self.runs[-1].ended()
        if status is not None:
            assert status == UNAVAILABLE and CUT_SHORT in self.runs[-1].said(), self.runs[-1].said()
            self.begin()

    def until(self, condition):
        """Returns when it holds in the database, with an import under way."""
        deadline = time.monotonic() + IMPORT_PATIENCE_S
        while self.town.sql.run(f"SELECT {condition}") != ["t"]:
            self.go_on()
            assert time.monotonic() < deadline, f"never so: {condition}"

    def finish(self):
        while (status := self.runs[-1].wait()) == UNAVAILABLE:
            self.begin()
        assert status == 0, self.runs[-1].said()

    def close(self):
        for run in self.runs:
            run.kill()

    def summary(self):
        """What the last command said: rows booked, there already, bad."""
        return tuple(map(int, SUMMARY.search(self.runs[-1].said()).groups()))

    def asked(self):
        """How many persons were asked for within the hour."""
        return int(self.town.sql.run(
            f"SELECT identities FROM access.resolving WHERE institution_id = '{self.town.issuer.id}'")[0])

    def people(self):
        """Accounts in the order of their first certificates, as the file has them."""
        return [row.split("|")[0] for row in self.town.sql.run(
            "SELECT account_no, min(outer_id) FROM projection.outcome GROUP BY account_no ORDER BY 2")]


@contextlib.contextmanager
def standing(imported, stage):
    """Within it a call of the client's has come to that stage and goes no further."""
    town = imported.town
    if stage == "signing":
        # A worker that has not yet heard from the notary how far the log is signed books nothing.
        [signed] = town.sql.run("SELECT max(size) FROM log.checkpoint")
        imported.until(f"(SELECT max(size) FROM log.checkpoint) > {signed}")
        [notary] = town.bank.children_named("notary")
        os.kill(notary, signal.SIGSTOP)
        imported.until("(SELECT max(size) FROM log.head) > (SELECT max(size) FROM log.checkpoint)")
        yield
        return
    table, mode = STAGES[stage]
    blocker = town.new_session()
    try:
        blocker.run("BEGIN")
        blocker.run(f"LOCK TABLE {table} IN {mode} MODE")
        imported.until(f"EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass)")
        yield
    finally:
        blocker.close()


def kill_in_flight(imported, stage, aftermath):
    """The daemon dies with a call in flight; it is back at once, or when the client has given up or died too."""
    with standing(imported, stage):
        run = imported.runs[-1]
        imported.town.bank.kill()
        assert stage == "resolving" or imported.importer.waiting()
    if aftermath == "died too":
        run.kill()
    if aftermath == "given up":
        assert run.wait() == UNAVAILABLE, run.said()
    imported.town.bank.start()
    if aftermath == "died too":
        imported.begin()


def disturb_import(imported, plan, seed):
    """Kills at moments drawn from the seed, by how many entries are booked; each stage in turn."""
    draw = random.Random(seed)
    aftermaths = plan.aftermaths()
    moments = sorted(draw.sample(range(1, plan.rows * 4 // 5 // BATCH_ROWS), len(aftermaths)))
    draw.shuffle(aftermaths)
    print(f"seed {seed}: {list(zip(moments, itertools.cycle(STAGES), aftermaths))}")
    for moment, stage, aftermath in zip(moments, itertools.cycle(STAGES), aftermaths):
        imported.until(f"(SELECT max(size) FROM log.head) >= {imported.before + moment}")
        kill_in_flight(imported, stage, aftermath)


def check_booked_once(imported, plan):
    """Every row of the file is in the log once, in the account of its person, and none was left behind."""
    town = imported.town
    outcomes = [row.split("|") for row in town.sql.run("SELECT outer_id, account_no FROM projection.outcome")]
    assert len(outcomes) == plan.rows
    accounts = {}
    for outer_id, account in outcomes:
        assert accounts.setdefault(imported.passports.pop(outer_id), account) == account
    assert imported.passports == {} and len(set(accounts.values())) == len(accounts)
    assert town.sql.run(f"SELECT count(*) FROM log.item WHERE entry_index >= {imported.before}") == \
        [str(plan.rows + len(accounts))]
    assert imported.importer.waiting() == []


def check_journals(imported, plan):
    """What the client shows of its imports: no row bad, none booked by two of them, each as the bank has it."""
    stored = dict(row.split("|", 1) for row in imported.town.sql.run(
        "SELECT outer_id, account_no || '|' || entry_index || '|' || item_index FROM projection.outcome"))
    booked, last = set(), {}
    for _, rows in imported.importer.imports():
        last = {row["key"]: row["state"] for row in rows}
        assert all(row["state"] != "bad" or row["reason"] == "ROW_NOT_BOOKED" for row in rows)
        for row in rows:
            if row["state"] == "booked":
                assert row["key"] not in booked and not booked.add(row["key"])
                assert "|".join((row["accountNo"], row["entryIndex"], row["itemIndex"])) == stored[row["key"]]
    assert len(last) == plan.rows and set(last.values()) <= {"booked", "same"}
    new, same, bad = imported.summary()
    assert (new + same, bad) == (plan.rows, 0)
    assert new == list(last.values()).count("booked")


def import_file(town, folder, plan):
    folder.mkdir()
    return contextlib.closing(FileImport(town, folder, plan))


def test_a_file_whose_import_is_cut_short_again_and_again_is_booked_once(own_town, other_town, tmp_path, file_plan):
    """The same command, repeated where it got no answer, is all that it takes."""
    with import_file(own_town, tmp_path / "disturbed", file_plan) as disturbed, \
            import_file(other_town, tmp_path / "undisturbed", file_plan) as undisturbed:
        disturbed.begin()
        disturb_import(disturbed, file_plan, seed=20260305)
        disturbed.finish()
        own_town.reopen_desk()
        undisturbed.begin()
        undisturbed.finish()
        assert len(undisturbed.runs) == 1 and undisturbed.summary() == (file_plan.rows, 0, 0)
        check_journals(disturbed, file_plan)
        check_booked_once(disturbed, file_plan)
        assert projections(own_town, disturbed.people()) == projections(other_town, undisturbed.people())
        check_again(disturbed, file_plan)
        check_said(disturbed)
        check_log(own_town)
        print(f"{len(disturbed.runs)} runs, {disturbed.asked()} persons asked for, at most "
              f"{peak_kib(disturbed) // 1024} MiB; undisturbed {undisturbed.asked()} persons, "
              f"{peak_kib(undisturbed) // 1024} MiB")
        assert max(peak_kib(disturbed), peak_kib(undisturbed)) < MEMORY_MAX_KIB


@pytest.mark.parametrize("name, stage", [("worker", "writing"), ("worker", "loading"), ("notary", "signing"),
                                         ("calculator", "resolving")])
def test_a_file_is_booked_once_while_all_processes_of_a_kind_die(own_town, tmp_path, name, stage):
    """The supervisor replaces them, and the client goes on."""
    with import_file(own_town, tmp_path / "import", FILE_SHORT) as imported:
        imported.begin()
        for moment in (2, 6, 11):
            imported.until(f"(SELECT max(size) FROM log.head) >= {imported.before + moment}")
            with standing(imported, stage):
                kill_all(own_town.bank.children_named(name))
        imported.finish()
        own_town.reopen_desk()
        check_journals(imported, FILE_SHORT)
        check_booked_once(imported, FILE_SHORT)
        check_log(own_town)


def kill_all(victims):
    ended = [os.pidfd_open(victim) for victim in victims]
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
    for each in ended:
        await_end(each)


def check_said(imported):
    """That an account is open already, when a batch that opens it is sent again, is no fault of anybody's."""
    for run in imported.runs:
        assert "ACCOUNT_EXISTS" not in run.said(), run.said()


def check_again(imported, plan):
    """Once more changes nothing."""
    size = imported.town.log_size()
    imported.begin()
    imported.finish()
    assert imported.summary() == (0, plan.rows, 0) and "nothing changed" in imported.runs[-1].said()
    assert imported.town.log_size() == size


def peak_kib(imported):
    return max(run.memory_kib for run in imported.runs)
