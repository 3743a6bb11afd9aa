"""The fixtures. Whatever they start is ended and removed, also when a test fails."""
import contextlib
import os
import pathlib

import pytest

import bank as banks
import town as towns
from office import Office, found_and_populate


@pytest.fixture(scope="session")
def cluster():
    """One PostgreSQL for all tests of a run; a test that halts one has its own."""
    made = banks.Cluster()
    yield made
    made.control("stop")


@pytest.fixture
def database(cluster):
    """The conninfo of an empty database."""
    return cluster.new_database()


@pytest.fixture
def unfounded_bank(tmp_path, database):
    """A bank before its founding, not running."""
    made = banks.Bank(tmp_path, database)
    yield made
    made.stop()


@pytest.fixture
def bank(unfounded_bank):
    """A bank that is founded and serves."""
    unfounded_bank.init()
    unfounded_bank.start()
    return unfounded_bank


@pytest.fixture(scope="module")
def office(cluster, tmp_path_factory):
    """A bank with institutions, and everybody's profile."""
    bank = banks.Bank(tmp_path_factory.mktemp("office"), cluster.new_database())
    bank.init()
    bank.start()
    try:
        made = Office(bank, tmp_path_factory.mktemp("desk"))
        found_and_populate(made)
        yield made
    finally:
        bank.stop()


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="run what takes minutes at its full length")


@contextlib.contextmanager
def populated(bank):
    """Starts and populates it; in the end nothing of it runs."""
    bank.init()
    bank.start()
    try:
        made = towns.Town(bank)
        try:
            made.found()
            made.populate()
            yield made
        finally:
            made.close()
    finally:
        bank.stop()


@pytest.fixture(scope="session")
def town(cluster, tmp_path_factory):
    """One populated bank for all tests that leave it as it was, but for what they book."""
    with populated(banks.Bank(tmp_path_factory.mktemp("town"), cluster.new_database())) as made:
        yield made


@pytest.fixture
def own_town(tmp_path, database):
    """A populated bank of its own, for a test that breaks it."""
    with populated(banks.Bank(tmp_path, database)) as made:
        yield made


@pytest.fixture
def other_town(tmp_path_factory, cluster):
    """And another one, to compare it with."""
    with populated(banks.Bank(tmp_path_factory.mktemp("other"), cluster.new_database())) as made:
        yield made


@pytest.fixture(scope="session")
def shared():
    """The folder with the real lists and the vectors; without it the test is skipped."""
    path = pathlib.Path(os.environ.get("CREDITBANK_SHARED", banks.ROOT.parent / "shared"))
    if not path.is_dir():
        pytest.skip("the folder ../shared with lists and vectors is not here")
    return path
