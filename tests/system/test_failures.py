"""What the bank does when something under it fails: it says so, loses nothing, and goes on by itself."""
import os
import re
import signal
import subprocess

import merkle
import pytest

from bank import ROOT, Bank, Cluster, await_end, binary
from client import Refused
from conftest import populated
from contract import pb
from town import result

RUNBOOKS = ROOT / "docs" / "operating.md"


@pytest.fixture
def sql(own_town):
    return own_town.sql


def look(town):
    """A read that needs the database."""
    return town.desk.call("GetInstitution", pb.GetInstitutionRequest(institution_id="school-a"))


def look_again(town):
    """Reads until the bank reads again."""
    signed = pb.GetInstitutionRequest(institution_id="school-a")
    for _ in range(100_000):
        try:
            return town.desk.call("GetInstitution", signed)
        except Refused as refused:
            assert refused.status == "UNAVAILABLE"
    raise AssertionError("it does not read again")


def kill(pid):
    ended = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    await_end(ended)


class Frozen:
    """A process that is stopped, and goes on when this ends."""

    def __init__(self, pid):
        self.pid = pid

    def __enter__(self):
        os.kill(self.pid, signal.SIGSTOP)
        return self

    def __exit__(self, *_):
        try:
            os.kill(self.pid, signal.SIGCONT)
        except ProcessLookupError:
            pass


def refused_of(town, signed, call):
    try:
        town.desk.finish(signed, call)
    except Refused as refused:
        return refused
    raise AssertionError("it was not refused")


def refused_by(town, signed):
    return refused_of(town, signed, town.desk.start(town.school, signed))


def runbook_of(refused):
    """The page and heading that a stop names; both exist."""
    name = re.search(r"docs/operating\.md#([a-z-]+)", refused.refusals[0].message_en)[1]
    headings = [line.lstrip("# ").lower().replace(" ", "-") for line in
                RUNBOOKS.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    assert name in headings
    return name


def entries_with(town, signed):
    request_id = pb.Transaction.FromString(signed.transaction).request_id.hex()
    return town.sql.run(f"SELECT count(*) FROM log.entry WHERE request_id = '\\x{request_id}'") == ["1"]


@pytest.fixture
def own_cluster():
    """For a test that halts it: other banks go on over theirs."""
    made = Cluster()
    yield made
    made.control("stop")


def test_without_postgresql_every_call_says_so_and_all_goes_on_when_it_is_back(own_cluster, tmp_path):
    with populated(Bank(tmp_path, own_cluster.new_database())) as town:
        signed = town.school.sign([town.opening()])
        town.sql.close()
        own_cluster.control("halt")
        refused = refused_by(town, signed)
        assert refused.status == "UNAVAILABLE"
        assert refused.refusals[0].reason in ("DATABASE_UNAVAILABLE", "RESULT_UNKNOWN")
        with pytest.raises(Refused) as caught:
            look(town)
        assert caught.value.status == "UNAVAILABLE" and caught.value.reasons == ["DATABASE_UNAVAILABLE"]
        own_cluster.control("resume")
        town.reopen_sql()
        booked = town.desk.insist(town.school, signed)
        assert town.desk.submit(town.school, signed).log_entry == booked.log_entry
        assert entries_with(town, signed)
        look_again(town)


def test_connections_that_the_server_ends_come_back(own_town, sql):
    look(own_town)
    signed = own_town.school.sign([own_town.opening()])
    sql.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'creditbank_daemon' "
            "AND datname = current_database()")
    assert own_town.desk.insist(own_town.school, signed).entry_index > 0
    look_again(own_town)
    assert entries_with(own_town, signed)


def test_a_connection_lost_in_a_commit_leaves_it_unknown_and_a_retry_settles_it(own_town, sql):
    """The backend ends while it waits for a lock within the batch that commits."""
    blocker = own_town.new_session()
    blocker.run("BEGIN")
    blocker.run("LOCK TABLE log.head IN EXCLUSIVE MODE")
    signed = own_town.school.sign([own_town.opening()])
    call = own_town.desk.start(own_town.school, signed)
    sql.until(waits_for("log.head"))
    sql.run("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = 'log.head'::regclass")
    with pytest.raises(Refused) as caught:
        own_town.desk.finish(signed, call)
    blocker.run("ROLLBACK")
    blocker.close()
    assert caught.value.status == "UNAVAILABLE"
    assert caught.value.refusals[0].reason in ("RESULT_UNKNOWN", "DATABASE_UNAVAILABLE")
    assert own_town.desk.insist(own_town.school, signed).entry_index > 0
    assert entries_with(own_town, signed)


def waits_for(table):
    return f"EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass)"


def test_a_slow_database_fails_the_write_in_time_and_reads_go_on(own_town, sql):
    blocker = own_town.new_session()
    blocker.run("BEGIN")
    blocker.run("LOCK TABLE log.entry IN SHARE ROW EXCLUSIVE MODE")
    signed = own_town.school.sign([own_town.opening()])
    call = own_town.desk.start(own_town.school, signed)
    sql.until(waits_for("log.entry"))
    look(own_town)
    with pytest.raises(Refused) as caught:
        own_town.desk.finish(signed, call)
    assert caught.value.status == "UNAVAILABLE" and caught.value.reasons == ["DATABASE_TIMEOUT"]
    blocker.run("ROLLBACK")
    blocker.close()
    assert not entries_with(own_town, signed)
    assert own_town.desk.insist(own_town.school, signed).entry_index > 0


def test_a_worker_frozen_between_two_round_trips_does_not_hold_the_bank(own_town, sql):
    """It has the lock of the log when it stops; PostgreSQL ends its session, and others write on."""
    blocker = own_town.new_session()
    blocker.run("BEGIN")
    blocker.run("LOCK TABLE projection.account IN ACCESS EXCLUSIVE MODE")
    signed = own_town.school.sign([own_town.opening()])
    call = own_town.desk.start(own_town.school, signed)
    sql.until(waits_for("projection.account"))
    with Frozen(own_town.worker_of_desk()):
        blocker.run("ROLLBACK")
        blocker.close()
        other = own_town.school.sign([own_town.opening()])
        desk = own_town.desk_of_another_worker()
        assert desk.insist(own_town.school, other).entry_index > 0
        assert not entries_with(own_town, signed)
    with pytest.raises(Refused) as caught:
        own_town.desk.finish(signed, call)
    assert caught.value.status in ("UNAVAILABLE", "DEADLINE_EXCEEDED")
    assert own_town.desk.insist(own_town.school, signed).entry_index > 0
    assert entries_with(own_town, signed)
    desk.close()


def test_without_a_notary_writes_are_refused_in_words_and_reads_go_on(own_town):
    key = own_town.bank.state / "service-key.pem"
    aside = key.rename(key.with_suffix(".aside"))
    kill(own_town.bank.processes()["notary"])
    signed = own_town.school.sign([own_town.opening()])
    for _ in range(100_000):
        # A notary that has just begun and is about to give up may be taken for one that works.
        refused = refused_of(own_town, signed, own_town.desk.start(own_town.school, signed, timeout=2))
        if refused.reasons == ["NOTARY_UNAVAILABLE"]:
            break
    assert refused.status == "UNAVAILABLE" and refused.reasons == ["NOTARY_UNAVAILABLE"]
    look(own_town)
    own_town.desk.call("GetCheckpoint", pb.GetCheckpointRequest())
    aside.rename(key)
    assert own_town.desk.insist(own_town.school, signed).entry_index > 0
    assert entries_with(own_town, signed)


def test_what_was_committed_and_not_signed_is_unknown_until_a_checkpoint_covers_it(own_town, sql):
    notary = own_town.bank.processes()["notary"]
    size = own_town.log_size()
    signed = own_town.school.sign([own_town.opening()])
    with Frozen(notary):
        call = own_town.desk.start(own_town.school, signed)
        sql.until(f"(SELECT max(size) FROM log.head) = {size + 1}")
        assert not call.done()
        assert sql.run("SELECT max(size) FROM log.checkpoint") == [str(size)]
        look(own_town)
        kill(notary)
    repeated = own_town.desk.insist(own_town.school, signed)
    assert repeated.entry_index == size
    assert own_town.desk.finish(signed, call).log_entry == repeated.log_entry
    assert own_town.log_size() == size + 1


def test_a_worker_killed_with_calls_in_flight_books_them_once(own_town, sql):
    blocker = own_town.new_session()
    blocker.run("BEGIN")
    blocker.run("LOCK TABLE log.head IN EXCLUSIVE MODE")
    size = own_town.log_size()
    sent = [own_town.school.sign([own_town.opening()]) for _ in range(20)]
    calls = [own_town.desk.start(own_town.school, signed) for signed in sent]
    sql.until(waits_for("log.head"))
    kill(own_town.worker_of_desk())
    for signed, call in zip(sent, calls, strict=True):
        with pytest.raises(Refused) as caught:
            own_town.desk.finish(signed, call)
        assert caught.value.status == "UNAVAILABLE"
    blocker.run("ROLLBACK")
    blocker.close()
    booked = [own_town.desk.insist(own_town.school, signed).entry_index for signed in sent]
    assert sorted(booked) == list(range(size, size + 20))
    assert own_town.log_size() == size + 20


def test_a_queue_that_is_full_refuses_and_who_comes_again_is_served(tmp_path, database):
    """Nothing grows without a limit: beyond it the call fails at once, and says when to come again."""
    bank = Bank(tmp_path, database, workers=1, settings="\n[ledger]\nqueue_transactions = 8\n")
    with populated(bank) as town:
        blocker = town.new_session()
        blocker.run("BEGIN")
        blocker.run("LOCK TABLE log.head IN EXCLUSIVE MODE")
        first = town.school.sign([town.opening()])
        waiting = town.desk.start(town.school, first)
        town.sql.until(waits_for("log.head"))
        sent = [town.school.sign([town.opening()]) for _ in range(30)]
        calls = [town.desk.start(town.school, signed) for signed in sent]
        busy = [refused_of(town, signed, call) for signed, call in list(zip(sent, calls, strict=True))[-10:]]
        assert all(refused.reasons == ["LEDGER_BUSY"] for refused in busy)
        assert all(refused.status == "RESOURCE_EXHAUSTED" for refused in busy)
        look(town)
        blocker.run("ROLLBACK")
        blocker.close()
        assert town.desk.finish(first, waiting).entry_index > 0
        assert all(town.desk.insist(town.school, signed).entry_index > 0 for signed in sent)
        assert [entries_with(town, signed) for signed in sent] == [True] * 30


def test_a_calculator_that_dies_is_replaced_and_nobody_else_notices(own_town):
    kill(own_town.bank.processes()["calculator"])
    look(own_town)
    assert own_town.submit(own_town.school, [own_town.opening()]).entry_index > 0


def test_sigterm_answers_what_is_under_way(own_town, sql):
    blocker = own_town.new_session()
    blocker.run("BEGIN")
    blocker.run("LOCK TABLE log.head IN EXCLUSIVE MODE")
    sent = [own_town.school.sign([own_town.opening()]) for _ in range(20)]
    calls = [own_town.desk.start(own_town.school, signed) for signed in sent]
    sql.until(waits_for("log.head"))
    os.kill(own_town.bank.process.pid, signal.SIGTERM)
    own_town.bank.await_log("bank stopping")
    blocker.run("ROLLBACK")
    blocker.close()
    assert all(own_town.desk.finish(signed, call).entry_index > 0 for signed, call in zip(sent, calls, strict=True))
    own_town.bank.stop()
    assert [entries_with(own_town, signed) for signed in sent] == [True] * 20


def test_sighup_takes_a_new_certificate_and_keeps_connections(own_town, tmp_path):
    look(own_town)
    new = tmp_path / "new"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", f"{new}.key", "-out", f"{new}.crt", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost"], check=True, capture_output=True, stdin=subprocess.DEVNULL)
    os.chmod(f"{new}.key", 0o600)
    os.replace(f"{new}.key", own_town.bank.state / "tls-key.pem")
    os.replace(f"{new}.crt", own_town.bank.certificate)
    os.kill(own_town.bank.process.pid, signal.SIGHUP)
    own_town.bank.await_log("reloaded", 2)
    look(own_town)  # over the connection of before
    for _ in range(8):
        desk = own_town.new_desk()  # which trusts the new certificate alone
        assert desk.call("GetInstitution", pb.GetInstitutionRequest(institution_id="bank"))
        desk.close()


def test_a_wrong_certificate_changes_nothing(own_town):
    own_town.bank.certificate.with_suffix(".good").write_bytes(own_town.bank.certificate.read_bytes())
    own_town.bank.certificate.write_text("no certificate", encoding="utf-8")
    os.kill(own_town.bank.process.pid, signal.SIGHUP)
    own_town.bank.await_log("certificate not reloaded", 2)
    own_town.bank.certificate.write_bytes(own_town.bank.certificate.with_suffix(".good").read_bytes())
    desk = own_town.new_desk()
    assert desk.call("GetInstitution", pb.GetInstitutionRequest(institution_id="bank"))
    desk.close()


def rewind(town, by):
    """The log as an older copy of the database has it."""
    size = town.log_size() - by
    for statement in (f"DELETE FROM log.entry WHERE entry_index >= {size}",
                      f"DELETE FROM log.item WHERE entry_index >= {size}",
                      f"DELETE FROM log.head WHERE size > {size}",
                      f"DELETE FROM log.checkpoint WHERE size > {size}",
                      f"DELETE FROM log.subtree WHERE (number + 1) << (level * 8) > {size}",
                      f"DELETE FROM projection.account WHERE opened_entry >= {size}"):
        town.sql.run(statement)
    return size


@pytest.mark.parametrize("restarted", [False, True])
def test_a_log_that_was_rewound_gets_no_signature(own_town, restarted):
    for _ in range(3):
        own_town.submit(own_town.school, [own_town.opening()])
    if restarted:
        own_town.bank.stop()
    size = rewind(own_town, 3)
    if restarted:
        own_town.bank.start()
    for desk in [own_town.new_desk() for _ in range(8)]:
        with pytest.raises(Refused) as caught:
            desk.submit(own_town.school, own_town.school.sign([own_town.opening()]))
        assert caught.value.status == "UNAVAILABLE" and caught.value.reasons == ["LEDGER_STOPPED"]
        assert runbook_of(caught.value) == "the-database-is-behind-the-log"
        desk.close()
    if restarted:
        assert own_town.log_size() == size  # it takes no entry
    assert own_town.sql.run(f"SELECT count(*) FROM log.checkpoint WHERE size > {size}") == ["0"]
    look(own_town)
    done = subprocess.run([binary("creditbankd"), "--config", str(own_town.bank.config), "status"],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 1 and "docs/operating.md#the-database-is-behind-the-log" in done.stdout, done.stdout


def forge_head(town):
    """The newest tree as one over another first entry: sizes agree, and only the notary knows the root that it signed."""
    size, edge = town.sql.run("SELECT size || ' ' || encode(edge, 'hex') FROM log.head ORDER BY size DESC LIMIT 1"
                              )[0].split()
    nodes = [bytes.fromhex(edge[at:at + 64]) for at in range(0, len(edge), 64)]
    nodes[0] = merkle.sha256(nodes[0])
    root = nodes[-1]
    for node in reversed(nodes[:-1]):
        root = merkle.node_hash(node, root)
    town.sql.run(f"UPDATE log.head SET edge = '\\x{b''.join(nodes).hex()}', root = '\\x{root.hex()}' WHERE size = {size}")
    return int(size)


def test_a_log_that_went_another_way_gets_no_signature(own_town):
    own_town.submit(own_town.school, [own_town.opening()])
    own_town.bank.stop()
    size = forge_head(own_town)
    own_town.bank.start()
    signed = own_town.school.sign([own_town.opening()])
    for _ in range(2):
        refused = refused_by(own_town, signed)
        assert refused.reasons == ["LEDGER_STOPPED"]
        assert runbook_of(refused) == "the-notary-refuses-to-sign"
    assert own_town.log_size() == size
    assert own_town.sql.run(f"SELECT count(*) FROM log.checkpoint WHERE size > {size}") == ["0"]
    look(own_town)


def test_audit_agrees_while_the_bank_serves_and_after_failures(own_town):
    [account] = own_town.open_people(["林晓雯"])
    own_town.enrol(account)
    own_town.submit(own_town.school, [result(account, "R1")])
    kill(own_town.bank.processes()["workers"][0])
    own_town.desk.insist(own_town.school, own_town.school.sign([result(account, "R2")]))
    done = subprocess.run([binary("creditbankd"), "--config", str(own_town.bank.config), "audit"],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
