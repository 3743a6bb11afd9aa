"""The audit agrees with an honest bank that serves, and names every row that somebody changed."""
import subprocess

import pytest

import test_application as applications
import town as towns

# Every projection, with a column of it that is not of its key, and the row's key by the schema.
UNKEYED = {"bank": "demo", "institution": "name", "signing_key": "duties", "certificate": "name",
           "accreditation": "to_date", "recording_rule": "step_centicredits", "programme": "name",
           "course": "centicredits", "rulebook": "title", "rulebook_head": "filed_version", "rule": "title",
           "rule_clause": "number", "rule_course": "course_code", "account": "state",
           "account_commitment": "hash", "enrolment": "begin_date", "student_number": "account_no",
           "outcome": "centiscore", "outcome_version": "centiscore", "outcome_use": "state",
           "passed_course": "count", "hours_balance": "remainder_centihours", "application": "state",
           "application_line": "rule_no", "application_course": "course_code", "application_move": "verdict",
           "exemption": "centicredits"}


def audit(bank):
    return subprocess.run(bank.command("audit"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          text=True, check=False)


@pytest.fixture
def lived_in(own_town):
    """A bank in which every projection has a row."""
    applications.publish_rulebook(own_town)
    learner = applications.Learner(own_town)
    applications.decide(own_town, learner.apply().application_no)
    own_town.submit(own_town.school, [towns.training(learner.account, "T-1", centihours=900,
                                                            remainder_centihours=100),
                                      towns.result(learner.account, "R-1")], "post")
    return own_town


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
