"""What docs/operating.md says of backup and restore: the database, the anchor, the key files."""
import pathlib
import shutil
import subprocess

import pytest

import bank as banks
import test_application as applications
import test_audit
import town as towns
from client import Refused
from contract import pb

PG_BIN = pathlib.Path(banks.PSQL).parent


@pytest.fixture
def revive(cluster, tmp_path):
    """Makes a bank on another machine, as it were: from a dump and a copied folder."""
    made = []

    def from_backup(dump, state):
        database = cluster.new_database()
        run("pg_restore", "--exit-on-error", "-d", database, dump)
        folder = tmp_path / f"restored-{len(made)}"
        folder.mkdir()
        bank = banks.Bank(folder, database)
        shutil.copytree(state, bank.state, dirs_exist_ok=True)
        made.append(bank)
        bank.start()
        return bank

    yield from_backup
    for bank in made:
        bank.stop()


def run(program, *words):
    subprocess.run([PG_BIN / program, *words], check=True, stdin=subprocess.DEVNULL)


def dump(town, file):
    run("pg_dump", "-Fc", "-f", file, "-d", town.bank.database)
    return file


def move_to(town, bank):
    """The town deals with another bank from now on, and still believes no second history."""
    town.desk.close()
    town.bank = bank
    town.desk = town.new_desk()


def test_database_anchor_and_key_files_bring_the_bank_back(own_town, revive, tmp_path):
    account = applications.Learner(own_town).account
    own_town.bank.stop()
    restored = revive(dump(own_town, tmp_path / "bank.dump"), own_town.bank.state)
    move_to(own_town, restored)
    assert test_audit.audit(restored).returncode == 0
    booked = own_town.submit(own_town.school, [towns.result(account, "R-1")], "post")
    assert booked.entry_index == own_town.log_size()  # the old database's end: nothing was lost between
    assert "writes stopped" not in restored.log.read_text(encoding="utf-8")


def test_a_database_older_than_the_anchor_gets_no_signature(own_town, revive, tmp_path):
    account = applications.Learner(own_town).account
    old = dump(own_town, tmp_path / "old.dump")
    own_town.submit(own_town.school, [towns.result(account, "R-1")], "post")
    own_town.bank.stop()
    rewound = revive(old, own_town.bank.state)
    move_to(own_town, rewound)
    audited = test_audit.audit(rewound)
    assert (audited.returncode, "it is missing, and all after it" in audited.stdout) == (1, True), audited.stdout
    with pytest.raises(Refused):
        own_town.submit(own_town.school, [towns.result(account, "R-2")], "post")
    assert "writes stopped runbook=docs/operating.md#the-database-is-behind-the-log" in rewound.log.read_text(encoding="utf-8")
    assert own_town.desk.call("ListProgrammes", pb.ListProgrammesRequest(school_id="school-a"), own_town.school).programmes
