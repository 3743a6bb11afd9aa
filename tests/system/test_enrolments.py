"""Enrolments: how many a learner has at a school, and whose a number is after an error of entry."""
import pytest

import bank as banks
from contract import date, pb
from office import Office
from office import found_and_populate
from town import PROGRAMME, enrolment, result

PLACES = 32  # of a learner at a school
SHOWN = 200  # enrolments that an account shows


@pytest.fixture
def number(town):
    """A student number that nobody has."""
    return f"E{town.fresh()}"


def end(account, student_no, reason):
    return pb.EnrolmentEnded(account_no=account, student_no=student_no, end_date=date("2024-06-30"), reason=reason)


def test_a_school_cannot_enrol_a_learner_without_end(town, number):
    [account] = town.open_accounts()
    for i in range(PLACES):
        town.submit(town.school, [enrolment(account, f"{number}-{i}"),
                                  end(account, f"{number}-{i}", pb.ENROLMENT_END_REASON_WITHDRAWN)], "post")
    assert town.refuses(town.school, [enrolment(account, number)]).reasons == ["ENROLMENTS_TOO_MANY"]
    seen = town.desk.call("GetAccount", pb.GetAccountRequest(account_no=account), town.school).account
    assert (len(seen.enrolments), seen.more_enrolments) == (PLACES, False)
    assert {each.end_reason for each in seen.enrolments} == {pb.ENROLMENT_END_REASON_WITHDRAWN}


def test_an_account_is_shown_however_many_enrolments_it_has(own_town):
    town = own_town
    account = town.learner()
    # What many schools together could do, put into the table.
    town.sql.run("INSERT INTO projection.enrolment SELECT account_no, school_id, 'X' || n, 1, programme_id, 2, 1, n, n,"
                 f" entry_index FROM projection.enrolment, generate_series(1, 50000) n WHERE account_no = '{account}'")
    seen = town.desk.call("GetAccount", pb.GetAccountRequest(account_no=account), town.school).account
    assert (len(seen.enrolments), seen.more_enrolments) == (SHOWN, True)
    assert seen.enrolments[0].state == pb.ENROLMENT_STATE_ACTIVE
    town.bank.assert_sound()


def test_only_an_error_of_entry_gives_a_number_back(town, number):
    first, second = town.open_accounts(2)
    town.submit(town.school, [enrolment(first, number)], "post")
    town.submit(town.school, [end(first, number, pb.ENROLMENT_END_REASON_ENTRY_ERROR)], "post")
    assert town.refuses(town.school, [result(first, number)]).reasons == ["NOT_ENROLLED"]
    town.submit(town.school, [enrolment(second, number)], "post")
    asked = pb.BatchGetEnrolmentsRequest(student_nos=[number])
    [found] = town.desk.call("BatchGetEnrolments", asked, town.school).enrolments
    assert (found.account_no, found.programme_id) == (second, PROGRAMME)
    town.submit(town.school, [end(second, number, pb.ENROLMENT_END_REASON_GRADUATED)], "post")
    assert town.refuses(town.school, [enrolment(first, number)]).reasons == ["STUDENT_NO_TAKEN"]


@pytest.fixture
def office(database, tmp_path):
    """A bank with a school at the command line, and its programme."""
    bank = banks.Bank(tmp_path, database)
    bank.init()
    bank.start()
    try:
        desk = tmp_path / "desk"
        desk.mkdir()
        made = Office(bank, desk)
        found_and_populate(made)
        made.json("rules", "programme", "publish", "plan.csv", "--id", "2025-510201", "--major", "510201",
                  "--name", "计算机", "--cohort", 2025, "--credits", 140)
        yield made
    finally:
        bank.stop()


def test_an_import_of_learners_that_was_undone_is_made_again(office):
    rows = [f"U{i},乙{i},护照,F{i:08d},2025-510201,2025-09-01" for i in range(20)]
    name = office.rows("learners", "learners.csv", *rows)
    for _ in range(2):
        done = office.json("school", "import", "learners", name)
        assert (done["booked"], done["same"], done["bad"]) == (20, 0, 0)
        office.json("school", "import", "undo", done["import"])
        assert office.json("school", "import", "undo", done["import"], "--yes") == {
            "dryRun": False, "undone": 20, "bad": 0, "unanswered": 0}
        assert office.json("school", "enrolment", "list").get("enrolments", []) == []
    assert office.json("school", "import", "learners", name)["booked"] == 20
    assert office.json("school", "import", "learners", name)["same"] == 20
    [first, *_] = office.json("school", "enrolment", "list")["enrolments"]
    shown = office.json("school", "account", "show", first["accountNo"])["account"]["enrolments"]
    assert [each.get("endReason") for each in shown] == [
        None, "ENROLMENT_END_REASON_ENTRY_ERROR", "ENROLMENT_END_REASON_ENTRY_ERROR"]
