"""The fixtures. Whatever they start is ended and removed, also when a test fails."""
import os
import pathlib

import pytest

import bank as banks
import town as towns


@pytest.fixture(scope="session")
def cluster():
    """One PostgreSQL for all tests of a run; a test that halts it resumes it."""
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


@pytest.fixture(scope="session")
def town(cluster, tmp_path_factory):
    """One populated bank for all tests that leave it as it was, but for what they book."""
    bank = banks.Bank(tmp_path_factory.mktemp("town"), cluster.new_database())
    bank.init()
    bank.start()
    made = towns.Town(bank)
    try:
        made.found()
        made.populate()
        yield made
    finally:
        made.close()
        bank.stop()


@pytest.fixture
def own_town(bank):
    """A populated bank of its own, for a test that breaks it."""
    made = towns.Town(bank)
    made.found()
    made.populate()
    yield made
    made.close()


@pytest.fixture(scope="session")
def shared():
    """The folder with the real lists and the vectors; without it the test is skipped."""
    path = pathlib.Path(os.environ.get("CREDITBANK_SHARED", banks.ROOT.parent / "shared"))
    if not path.is_dir():
        pytest.skip("the folder ../shared with lists and vectors is not here")
    return path
