"""./demo: its whole story, in a copy of the demo with a state, a port and a cluster of its own."""
import os
import subprocess
import sys

import pytest

import bank as banks
from test_demo_cluster import Clone

sys.path.insert(0, str(banks.ROOT / "tests" / "verifier"))

import verify  # noqa: E402


class Story(Clone):
    """All of it, in English."""

    def __init__(self, path):
        super().__init__(path, "*.sh")
        self.steps = len(list(self.story.iterdir()))
        self.told = ""

    def log_size(self):
        return self.sql("SELECT max(size) FROM log.head")

    def says(self, profile, *words):
        """Somebody in it, at the command line."""
        subprocess.run([banks.binary("creditbank"), "--profile", profile, "--passphrase-file",
                        self.state / "passphrase", *words], check=True, capture_output=True,
                       env={**os.environ, "CREDITBANK_HOME": str(self.state / "home")})

    def fails_after(self, damage, mend):
        """What it says over a database in which somebody has changed something, which is put back then."""
        self.sql(damage)
        ran = self.run("--lang", "en")
        self.sql(mend)
        assert ran.returncode != 0
        assert "demo: ok" not in ran.stdout
        return ran.stdout

    def processes_are_sound(self):
        """None died of a fault of its own: replaced, it might go unseen."""
        said = (self.state / "creditbankd.log").read_text(encoding="utf-8")
        return not [sign for sign in banks.FAULTS if sign in said]


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """Played once."""
    made = Story(tmp_path_factory.mktemp("demo"))
    try:
        made.told = made.plays("--lang", "en")
        yield made
    finally:
        made.remove()
    assert made.processes_are_sound()


def test_every_step_is_played_and_checked(story):
    assert story.told.count("✓ done and checked") == story.steps > 10


def test_the_second_verifier_takes_the_statement_that_the_learner_exported(story):
    statement = (story.state / "statement.json").read_bytes()
    bank_key = (story.state / "bank.key").read_text(encoding="utf-8").strip()
    assert verify.verify(statement, bank_key) == ("verified", [])
    assert verify.verify((story.state / "tampered.json").read_bytes(), bank_key)[0] == "invalid"


def test_played_again_it_books_nothing_and_checks_everything(story):
    before = story.log_size()
    told = story.plays("--lang", "en")
    assert told.count("✓ done before, checked again") == story.steps
    assert story.log_size() == before


def test_a_result_that_somebody_revoked_since_is_told_and_not_booked_again(story):
    [number] = story.sql("SELECT outer_id FROM projection.outcome WHERE institution_id = 'szpt'"
                         " ORDER BY entry_index, item_index OFFSET 100 LIMIT 1").split()
    story.says("school", "outcome", "revoke", number, "--reason", "entry-error")
    before = story.log_size()
    told = story.plays("--lang", "en")
    assert "1 more were revoked since, and were not booked again" in told
    assert story.log_size() == before


def test_a_wrong_figure_ends_it_at_the_step_that_checks_it(story):
    change = "UPDATE projection.institution SET school_code = '{}' WHERE institution_id = 'szpt'"
    told = story.fails_after(change.format("4144010000"), change.format("4144011113"))
    assert "school code: expected '4144011113', got '4144010000'" in told
    assert "step institutions did not succeed" in told


def test_what_no_figure_shows_the_audit_finds_and_names(story):
    change = "UPDATE projection.certificate SET name = {} WHERE certificate_id = 'webfrontend-3'"
    told = story.fails_after(change.format("name || '?'"), change.format("rtrim(name, '?')"))
    assert "fault: table=projection.certificate key=webfrontend-3: " in told
    assert "step audit did not succeed" in told
