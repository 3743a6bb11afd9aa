"""The audit agrees with an honest bank that serves, and names every row that somebody changed."""
import subprocess

import pytest

import test_application as applications
import town as towns
from contract import pb

# Every projection, with a column of it that is not of its key, and the row's key by the schema.
UNKEYED = {"bank": "demo", "institution": "name", "signing_key": "duties", "certificate": "name",
           "accreditation": "to_date", "recording_rule": "step_centicredits", "calendar_day": "kind", "programme": "name",
           "course": "centicredits", "rulebook": "title", "rulebook_head": "filed_version", "rule": "title",
           "rule_clause": "number", "rule_course": "course_code", "rule_band": "mark_centiscore",
           "rulebook_cap": "basis_points", "account": "state",
           "account_commitment": "hash", "enrolment": "begin_date", "student_number": "account_no",
           "outcome": "hold_state", "outcome_version": "centiscore",
           "passed_course": "count", "hours_balance": "remainder_centihours", "application": "state",
           "application_line": "rule_no", "application_course": "course_code", "application_move": "verdict",
           "exemption": "centicredits"}


LOG = ("entry", "item", "subtree", "head", "checkpoint")

# What somebody did to the log, and the faults that name it: {e} is the last entry, of
# two items, {b} the one before it, {n} the size of the log, {later} a size that it has not.
DAMAGE = {
    "a signature in an entry": ("UPDATE log.entry SET entry = {last:entry} WHERE entry_index = {e}",
                                "entry key={e}: its leaf hash", "entry key={e}: a signature is wrong"),
    "an entry's end": ("UPDATE log.entry SET entry = substr(entry, 1, length(entry) - 1) WHERE entry_index = {e}",
                       "entry key={e}: its bytes are no entry"),
    "an entry's leaf hash": ("UPDATE log.entry SET leaf_hash = sha256(leaf_hash) WHERE entry_index = {e}",
                             "entry key={e}: its leaf hash"),
    "an entry's time": ("UPDATE log.entry SET booked_at_us = booked_at_us + 1 WHERE entry_index = {e}",
                        "entry key={e}: its columns"),
    "whose entry it is": ("UPDATE log.entry SET institution_id = 'school-b' WHERE entry_index = {e}",
                          "entry key={e}: its columns"),
    "under which request id it is found": (
        "UPDATE log.entry SET request_id = {last:request_id} WHERE entry_index = {e}", "entry key={e}: its columns"),
    "no entry": ("DELETE FROM log.entry WHERE entry_index = {b}", "entry key={b}: it is missing"),
    "no first entry": ("DELETE FROM log.entry WHERE entry_index = 0", "entry key=0: it is missing"),
    "no last entry": ("DELETE FROM log.entry WHERE entry_index = {e}", "item key={e}/0: the log has no such place",
                      "item key={e}/1: the log has no such place", "head key={n}: the log has no such place",
                      "checkpoint key={n}: the log has no such place"),
    "two entries, each in the other's place": (
        "UPDATE log.entry SET entry_index = entry_index + 1000 WHERE entry_index IN ({b}, {e});"
        "UPDATE log.item SET entry_index = entry_index + 1000 WHERE entry_index IN ({b}, {e});"
        "UPDATE log.entry SET entry_index = {b} + {e} + 1000 - entry_index WHERE entry_index > {n};"
        "UPDATE log.item SET entry_index = {b} + {e} + 1000 - entry_index WHERE entry_index > {n}",
        "entry key={e}: it was booked before the entry before it", "head key={e}: not the hashes"),
    "an item": ("UPDATE log.item SET item = {last:item} WHERE entry_index = {e} AND item_index = 1",
                "entry key={e}: its items in log.item are not those that were signed"),
    "no item": ("DELETE FROM log.item WHERE entry_index = {e} AND item_index = 0",
                "entry key={e}: it has another number of items"),
    "an item too many": ("INSERT INTO log.item SELECT entry_index, 2, account_no, item FROM log.item"
                         " WHERE entry_index = {e} AND item_index = 0",
                         "entry key={e}: it has another number of items"),
    "two items, each in the other's place": (
        "UPDATE log.item SET item_index = item_index + 2 WHERE entry_index = {e};"
        "UPDATE log.item SET item_index = 3 - item_index WHERE entry_index = {e}",
        "entry key={e}: its items in log.item are not those that were signed"),
    "under which place an item is found": (
        "UPDATE log.item SET item_index = 7 WHERE entry_index = {e} AND item_index = 1",
        "entry key={e}: an item of it is filed under another place or account"),
    "under whose account an item is found": (
        "UPDATE log.item SET account_no = NULL WHERE entry_index = {e} AND item_index = 1",
        "entry key={e}: an item of it is filed under another place or account"),
    "an item before the log": ("INSERT INTO log.item SELECT -1, 0, account_no, item FROM log.item"
                               " WHERE entry_index = {e} AND item_index = 0",
                               "item key=-1/0: the log has no such place"),
    "an item after the log": ("INSERT INTO log.item SELECT {n} + 5000, 0, account_no, item FROM log.item"
                              " WHERE entry_index = {e} AND item_index = 0",
                              "item key={later}/0: the log has no such place"),
    "a head's root": ("UPDATE log.head SET root = sha256(root) WHERE size = {n}", "head key={n}: not the hashes"),
    "a head's edge": ("UPDATE log.head SET edge = {last:edge} WHERE size = {e}", "head key={e}: not the hashes"),
    "a head's time": ("UPDATE log.head SET booked_at_us = booked_at_us + 1 WHERE size = {n}",
                      "head key={n}: not the time of its last entry"),
    "no newest head": ("DELETE FROM log.head WHERE size = {n}", "head key={n}: it is missing"),
    "a head of a longer log": ("INSERT INTO log.head SELECT size + 5000, root, edge, booked_at_us FROM log.head"
                               " WHERE size = {n}", "head key={later}: the log has no such place"),
    "a checkpoint's signature": (
        "UPDATE log.checkpoint SET note = overlay(note placing (CASE substr(note, length(note) - 20, 1)"
        " WHEN 'A' THEN 'B' ELSE 'A' END) from length(note) - 20 for 1) WHERE size = {n}", "checkpoint key={n}: "),
    "a checkpoint's origin": ("UPDATE log.checkpoint SET note = 'other.' || note WHERE size = {n}",
                              "checkpoint key={n}: "),
    "another size's checkpoint": (
        "UPDATE log.checkpoint SET note = (SELECT note FROM log.checkpoint WHERE size = {e}) WHERE size = {n}",
        "checkpoint key={n}: it signs another log"),
    "a checkpoint of a longer log": ("INSERT INTO log.checkpoint (size, note) SELECT size + 5000, note"
                                     " FROM log.checkpoint WHERE size = {n}",
                                     "checkpoint key={later}: the log has no such place"),
    "a subtree of no entries": ("INSERT INTO log.subtree SELECT 1, 0, root FROM log.head WHERE size = {n}",
                                "subtree key=1/0: "),
}


def audit(bank):
    return subprocess.run(bank.command("audit"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          text=True, check=False)


@pytest.fixture
def lived_in(own_town):
    """A bank in which every projection has a row."""
    applications.publish_rulebook(own_town)
    applications.publish_rich_rulebook(own_town)
    learner = applications.Learner(own_town)
    returned = applications.returned(learner, learner.apply(), pb.RETURN_REASON_EVIDENCE_MISSING)
    applications.decide(own_town, learner.resubmit(returned).application_no)
    own_town.submit(own_town.school, [towns.training(learner.account, "T-1", centihours=900,
                                                            remainder_centihours=100),
                                      towns.result(learner.account, "R-1")], "post")
    return own_town


class OtherLastByte:
    """{last:NAME} in a text: that column with another last byte."""

    def __format__(self, column):
        return f"set_byte({column}, length({column}) - 1, get_byte({column}, length({column}) - 1) # 1)"


def fill(text, size):
    """A text of DAMAGE, for a log of this size."""
    return text.format(b=size - 2, e=size - 1, n=size, later=size + 5000, last=OtherLastByte())


def other(kind):
    """SQL that gives another value of a type."""
    return {"boolean": "NOT {}", "text": "{} || 'x'", "bytea": "sha256({})"}.get(kind, "{} + 1")


def test_an_honest_bank_agrees_and_a_changed_value_is_named(lived_in):
    honest = audit(lived_in.bank)
    assert (honest.returncode, honest.stdout.count("\n")) == (0, 1), honest.stdout
    kinds = dict(row.split("|", 1) for row in lived_in.sql.run(
        "SELECT table_name || '.' || column_name, data_type FROM information_schema.columns"
        " WHERE table_schema IN ('projection', 'identity')"))
    for table, column in UNKEYED.items():
        assert lived_in.sql.run(f"SELECT count(*) > 0 FROM projection.{table}") == ["t"], table
        change(lived_in, "projection", table, column, kinds)
    change(lived_in, "identity", "person", "sealed", kinds)
    change(lived_in, "identity", "person", "index_hash", kinds)
    assert audit(lived_in.bank).returncode == 0


def test_a_person_whom_no_account_is_of_is_named(lived_in):
    lived_in.sql.run("INSERT INTO identity.person SELECT 'N', sha256('n'), epoch, wrapped_key, sealed"
                     " FROM identity.person LIMIT 1")
    told = audit(lived_in.bank)
    assert told.returncode == 1
    assert "fault: table=identity.person key=N: a person without an account" in told.stdout


def change(town, schema, table, column, kinds):
    """One value of one row is another while the audit looks; then it is put back."""
    value = other(kinds[f"{table}.{column}"]).format(column)
    [row] = town.sql.run(f"SELECT ctid FROM {schema}.{table} LIMIT 1")
    [before] = town.sql.run(f"SELECT quote_literal({column}) FROM {schema}.{table} WHERE ctid = '{row}'")
    [after] = town.sql.run(f"UPDATE {schema}.{table} SET {column} = {value} WHERE ctid = '{row}' RETURNING ctid")
    told = audit(town.bank)
    town.sql.run(f"UPDATE {schema}.{table} SET {column} = {before} WHERE ctid = '{after}'")
    assert told.returncode == 1
    assert f"fault: table={schema}.{table} key=" in told.stdout, told.stdout


def test_damage_in_the_log_is_named(lived_in):
    lived_in.bank.stop()
    lived_in.sql.run("CREATE SCHEMA good")
    for table in LOG:
        lived_in.sql.run(f"CREATE TABLE good.{table} AS TABLE log.{table}")
    size = lived_in.log_size()
    for what, (statement, *faults) in DAMAGE.items():
        told = told_after(lived_in, fill(statement, size))
        for fault in faults:
            assert f"fault: table=log.{fill(fault, size)}" in told, f"{what}:\n{told}"
    assert audit(lived_in.bank).returncode == 0


def told_after(town, damage):
    """What the audit says of a damaged log, which is then as it was."""
    town.sql.run(damage)
    told = audit(town.bank)
    for table in LOG:
        town.sql.run(f"TRUNCATE log.{table}; INSERT INTO log.{table} TABLE good.{table}")
    assert told.returncode == 1, damage
    return told.stdout
