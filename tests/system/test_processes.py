"""The processes of the daemon: what init makes, what happens when one of them dies."""
import base64
import hashlib
import json
import os
import signal
import stat
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

import bank as banks
from bank import OPERATOR, ORIGIN, await_end, children


def run(bank, *words):
    """A command of the daemon: its exit status, standard output and standard error."""
    done = subprocess.run(bank.command(*words), stdin=subprocess.DEVNULL, capture_output=True,
                          text=True)
    return done.returncode, done.stdout, done.stderr


def length_delimited(number, value):
    return bytes([number << 3 | 2, len(value)]) + value


def pre_authentication(payload_type, payload):
    """DSSE v1 protocol.md: PAE."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def test_init_proves_that_it_has_the_service_key(unfounded_bank):
    unfounded_bank.init()
    founding = json.loads((unfounded_bank.folder / "bank" / "founding.json").read_text("utf-8"))
    spki = base64.b64decode(founding["service_key"])
    claim = (length_delimited(1, ORIGIN.encode()) + length_delimited(2, OPERATOR.encode()) +
             length_delimited(3, hashlib.sha256(spki).digest()) + length_delimited(4, b"\x06"))
    load_der_public_key(spki).verify(
        base64.b64decode(founding["service_key_proof"]),
        pre_authentication("application/vnd.creditbank.key-claim.v1+protobuf", claim))
    Ed25519PublicKey.from_public_bytes(base64.b64decode(founding["log_key"]))
    assert founding["log_origin"] == ORIGIN and founding["operator_id"] == OPERATOR


def test_init_prints_the_verifier_key_of_the_log(unfounded_bank):
    status, said, _ = run(unfounded_bank, "init")
    founding = json.loads((unfounded_bank.folder / "bank" / "founding.json").read_text("utf-8"))
    key = b"\x01" + base64.b64decode(founding["log_key"])
    # C2SP signed-note: the first 4 bytes of SHA-256(name || 0x0A || type || key).
    key_hash = hashlib.sha256(ORIGIN.encode() + b"\n" + key).digest()[:4].hex()
    assert status == 0
    assert f"log verifier key: {ORIGIN}+{key_hash}+{base64.b64encode(key).decode()}\n" in said


def test_init_again_changes_no_file_but_the_founding(unfounded_bank):
    unfounded_bank.init()
    folder = unfounded_bank.folder / "bank"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    unfounded_bank.init()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_init_makes_no_new_anchor_for_a_log_that_exists(unfounded_bank):
    unfounded_bank.init()
    (unfounded_bank.folder / "bank" / "anchor").unlink()
    status, _, fault = run(unfounded_bank, "init")
    assert status != 0 and "the anchor is missing" in fault
    assert not (unfounded_bank.folder / "bank" / "anchor").exists()


@pytest.mark.parametrize("missing", ["anchor", "log-key.pem", "service-key.pem", "tls-key.pem"])
def test_a_bank_that_lacks_a_file_does_not_start_and_names_it(unfounded_bank, missing):
    unfounded_bank.init()
    (unfounded_bank.folder / "bank" / missing).unlink()
    with pytest.raises(banks.daemon.NotReady, match=missing):
        unfounded_bank.start()


def test_one_state_directory_has_one_daemon(bank):
    status, _, fault = run(bank, "run")
    assert status == 78 and "another daemon runs" in fault


def test_status_tells_whether_the_daemon_runs(bank):
    status, said, _ = run(bank, "status")
    assert status == 0
    assert f"daemon: running, pid {bank.process.pid}\n" in said
    bank.stop()
    status, said, _ = run(bank, "status")
    assert status == 1
    assert "daemon: not running\n" in said and "log: " in said


def test_every_process_that_is_killed_is_replaced(bank):
    for victim in children(bank.process.pid):
        ended = os.pidfd_open(victim)
        os.kill(victim, signal.SIGKILL)
        await_end(ended)
    # The new ones are told to end, and the bank ends well.
    bank.stop()
    log = bank.log.read_text(encoding="utf-8")
    assert log.count("signal=9") == 4


def test_children_die_with_the_supervisor(bank):
    orphans = [os.pidfd_open(pid) for pid in children(bank.process.pid)]
    assert len(orphans) == 4  # the notary, a calculator, two workers
    bank.process.kill()
    bank.process.wait()
    bank.process = None
    for orphan in orphans:
        await_end(orphan)
    bank.start()


def test_sighup_takes_the_log_level_and_refuses_a_wrong_file(bank):
    good = bank.config.read_text(encoding="utf-8")
    bank.config.write_text(good + "[log]\nlevle = debug\n", encoding="utf-8")
    bank.process.send_signal(signal.SIGHUP)
    bank.stop()
    log = bank.log.read_text(encoding="utf-8")
    line = len((good + "[log]\n").splitlines()) + 1
    assert f"{bank.config}:{line}: log.levle: there is no such key" in log
    assert "not reloaded" in log


def test_check_config_asks_for_the_state_directory_without_which_nothing_runs(unfounded_bank):
    assert run(unfounded_bank, "check-config")[0] == 0
    missing = f"{unfounded_bank.state}-missing"
    good = unfounded_bank.config.read_text(encoding="utf-8")
    unfounded_bank.config.write_text(good.replace(str(unfounded_bank.state), missing), encoding="utf-8")
    status, _, fault = run(unfounded_bank, "check-config")
    assert status == 78 and f"bank.state_directory: {missing}: " in fault and "creditbankd init" in fault


def test_a_wrong_configuration_is_refused_with_file_and_line(unfounded_bank):
    good = unfounded_bank.config.read_text(encoding="utf-8")
    unfounded_bank.config.write_text(good + "[listen]\nprt = 1\n", encoding="utf-8")
    status, _, fault = run(unfounded_bank, "check-config")
    line = len(good.splitlines()) + 2
    assert status == 78
    assert fault == f"{unfounded_bank.config}:{line}: listen.prt: there is no such key\n"
