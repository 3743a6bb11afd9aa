"""A disk that is full, the database's or the notary's: writes are refused, nothing is lost, reads go on."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

import bank as banks
from client import Refused
from conftest import populated
from contract import pb

SMALL = "1m"
LARGE = "32m"


def mount(*options):
    return subprocess.run(["mount", "-t", "tmpfs", *options], stdin=subprocess.DEVNULL,
                          capture_output=True).returncode == 0


@contextlib.contextmanager
def small_disk(owner=None):
    """A tmpfs, for tablespaces where PostgreSQL's user can follow it."""
    folder = tempfile.mkdtemp(prefix="creditbank-disk.", dir="/tmp")
    if not mount("-o", f"size={SMALL}", "creditbank-test", folder):
        os.rmdir(folder)
        pytest.skip("a tmpfs cannot be mounted here")
    try:
        if owner is not None:
            shutil.chown(folder, owner, owner)
        os.chmod(folder, 0o700)
        yield pathlib.Path(folder)
    finally:
        subprocess.run(["umount", "-l", folder], check=True, stdin=subprocess.DEVNULL)
        os.rmdir(folder)


def fill(folder):
    """Takes what is left."""
    with open(folder / "ballast", "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


def look(town):
    town.desk.call("GetInstitution", pb.GetInstitutionRequest(institution_id="school-a"))


@pytest.fixture
def full_town(database, tmp_path):
    """A bank whose items lie on a small disk of their own; and the disk."""
    with small_disk("postgres") as disk, populated(banks.Bank(tmp_path, database)) as town:
        town.sql.run(f"CREATE TABLESPACE small LOCATION '{disk}'")
        town.sql.run("ALTER TABLE log.item SET TABLESPACE small")
        try:
            yield town, disk
        finally:
            town.sql.run("ALTER TABLE log.item SET TABLESPACE pg_default")
            town.sql.run("DROP TABLESPACE small")


def test_a_full_disk_of_the_database_refuses_writes_and_takes_them_when_there_is_room(full_town):
    town, disk = full_town
    refused = None
    for _ in range(100):
        signed = town.school.sign([town.opening() for _ in range(500)])
        try:
            town.desk.submit(town.school, signed)
        except Refused as error:
            refused = error
            break
    size = town.log_size()
    assert refused.status == "RESOURCE_EXHAUSTED" and refused.reasons == ["DATABASE_FULL"]
    assert town.refuses_signed(town.school, signed).reasons == ["DATABASE_FULL"]
    town.bank.await_log("sqlstate=53100", 2)
    told = [line for line in town.bank.log.read_text(encoding="utf-8").splitlines() if "sqlstate=53100" in line]
    assert [line.split()[1] for line in told] == ["error"] * len(told)  # a person must make room
    look(town)
    assert mount("-o", f"remount,size={LARGE}", "creditbank-test", str(disk))
    assert town.desk.insist(town.school, signed).entry_index == size


def test_a_full_disk_of_the_notary_stops_nothing(database, tmp_path):
    """The anchor's file has all the room that it will ever need."""
    with small_disk() as disk:
        bank = banks.Bank(tmp_path, database, state=disk)
        with populated(bank) as town:
            size = town.log_size()
            fill(disk)
            assert town.submit(town.school, [town.opening()]).entry_index == size
            assert town.sql.run("SELECT max(size) FROM log.checkpoint") == [str(size + 1)]
            look(town)
