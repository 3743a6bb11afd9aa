"""What time makes of an application: notice, objection and expiry, booked by the bank of itself."""
import pytest

from contract import date, pb
from test_applications import Learner, award, decision, moved, publish_rulebook, read, reviewed

RULEBOOK_VERSION = 2


@pytest.fixture(scope="module")
def ruled(town):
    """The rulebook's second version has periods."""
    publish_rulebook(town, town.school)
    filed = town.desk.grpc.call("GetRulebook", pb.GetRulebookRequest(
        school_id=town.school.id, rulebook_id="zhuanhuan-1", version=1)).rulebook.filed
    filed.version = RULEBOOK_VERSION
    filed.periods.CopyFrom(pb.Periods(notice_days=5, acceptance_days=10, completion_days=10))
    town.submit(town.school, [filed], "rules")
    town.submit(town.operator, [pb.RulebookPublished(school_id=town.school.id, rulebook_id="zhuanhuan-1",
                                                     version=RULEBOOK_VERSION)], "rules")
    return town


@pytest.fixture
def application(ruled):
    [account] = ruled.open_people(["林晓雯"])
    ruled.enrol(account)
    learner = Learner(ruled, account)
    return learner.apply(award(ruled, account, certificate_id="web-2"))


def put_on_notice(town, application):
    application = reviewed(town, application)
    town.submit(town.school, [decision(town, application, version=RULEBOOK_VERSION)], "decide")
    return read(town, application).application


def await_period(town, application, state):
    """As if its period were over: the bank sees that by itself, whichever worker is first."""
    number = application.application_no
    town.sql.run(f"UPDATE projection.application SET due_date = due_date - 100 WHERE application_no = '{number}'")
    town.sql.until(f"(SELECT state FROM projection.application WHERE application_no = '{number}') = {state}")
    return read(town, application).application


def test_a_rulebook_shows_its_periods(ruled):
    request = pb.GetRulebookRequest(school_id=ruled.school.id, rulebook_id="zhuanhuan-1", version=RULEBOOK_VERSION)
    periods = ruled.desk.grpc.call("GetRulebook", request).rulebook.filed.periods
    assert (periods.notice_days, periods.acceptance_days, periods.completion_days) == (5, 10, 10)


def test_what_is_on_notice_is_approved_by_itself_when_the_period_is_over(ruled, application):
    noticed = put_on_notice(ruled, application)
    assert noticed.state == pb.APPLICATION_STATE_ON_NOTICE and noticed.HasField("due_date")
    approved = await_period(ruled, noticed, pb.APPLICATION_STATE_APPROVED)
    assert not approved.HasField("due_date") and approved.revision == noticed.revision + 1
    assert approved.moves[-1].institution_id == "bank"
    entry = approved.moves[-1].entry_index
    assert ruled.sql.run(f"SELECT count(*) FROM log.item WHERE entry_index = {entry}") == ["1"]


def test_an_objection_leads_to_another_decision(ruled, application):
    noticed = put_on_notice(ruled, application)
    objection = moved(noticed, pb.ApplicationObjected, reason=pb.OBJECTION_REASON_RULE_MISAPPLIED)
    ruled.submit(ruled.school, [objection], "post")
    objected = read(ruled, noticed).application
    assert objected.state == pb.APPLICATION_STATE_REVIEWED
    assert objected.moves[-1].objection_reason == pb.OBJECTION_REASON_RULE_MISAPPLIED
    refused = ruled.refuses(ruled.school, [objection], "post")
    assert set(refused.reasons) == {"REVISION_STALE", "APPLICATION_STATE"}
    again = decision(ruled, objected, version=RULEBOOK_VERSION)
    ruled.submit(ruled.school, [again], "decide")
    assert read(ruled, noticed).application.state == pb.APPLICATION_STATE_ON_NOTICE


def test_what_is_no_longer_deserved_when_the_period_is_over_is_to_be_decided_anew(ruled, application):
    noticed = put_on_notice(ruled, application)
    outcome = application.lines[0].outcome
    ruled.submit(ruled.issuer, [pb.OutcomeRevoked(account_no=application.account_no, outer_id=outcome.outer_id,
                                                  reason=pb.CHANGE_REASON_MISCONDUCT)], "post")
    await_period(ruled, noticed, pb.APPLICATION_STATE_REVIEWED)


def test_what_nobody_accepts_expires_and_frees_the_certificate(ruled, application):
    assert application.HasField("due_date")
    expired = await_period(ruled, application, pb.APPLICATION_STATE_EXPIRED)
    held = ruled.sql.run(f"SELECT held_by FROM projection.outcome WHERE outer_id = '{expired.lines[0].outcome.outer_id}'")
    assert held == [""]


def test_a_school_cannot_say_that_a_period_is_over(ruled, application):
    ended = moved(application, pb.ApplicationPeriodEnded, due_date=date("2026-01-01"),
                  state=pb.APPLICATION_STATE_EXPIRED)
    assert ruled.refuses(ruled.school, [ended], "post").reasons == [
        "INSTITUTION_KIND_WRONG"]
