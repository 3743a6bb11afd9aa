"""What time makes of an application: notice, objection and expiry, booked by the bank of itself."""
import pytest

from client import Key
from contract import date, pb
from test_applications import Learner, award, decision, moved, publish_rulebook, read, reviewed

RULEBOOK = "gongshi-1"
PERIODS = pb.Periods(notice_days=5, acceptance_days=10, completion_days=10, appeal_days=5)


@pytest.fixture(scope="module")
def ruled(town):
    """With a rulebook that has periods."""
    publish_rulebook(town, town.school, RULEBOOK, periods=PERIODS)
    return town


@pytest.fixture
def learner(ruled):
    [account] = ruled.open_people(["林晓雯"])
    ruled.enrol(account)
    return Learner(ruled, account)


@pytest.fixture
def application(ruled, learner):
    return learner.apply(award(ruled, learner.account, certificate_id="web-2"), rulebook_id=RULEBOOK)


def put_on_notice(town, application):
    application = reviewed(town, application)
    town.submit(town.school, [decision(town, application, rulebook_id=RULEBOOK)], "decide")
    return read(town, application).application


def await_period(town, application, state):
    """As if its period were over: the bank sees that by itself, whichever worker is first."""
    number = application.application_no
    town.sql.run(f"UPDATE projection.application SET due_date = due_date - 100 WHERE application_no = '{number}'")
    town.sql.until(f"(SELECT state FROM projection.application WHERE application_no = '{number}') = {state}")
    return read(town, application).application


def test_a_rulebook_shows_its_periods(ruled):
    request = pb.GetRulebookRequest(school_id=ruled.school.id, rulebook_id=RULEBOOK, version=1)
    assert ruled.desk.grpc.call("GetRulebook", request).rulebook.filed.periods == PERIODS


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
    again = decision(ruled, objected, rulebook_id=RULEBOOK)
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


def appeal(learner, application):
    request = pb.AppealApplicationRequest(application_no=application.application_no)
    return learner.call("AppealApplication", request).application


def reject(town, application):
    application = read(town, application).application
    rejected = decision(town, application, rulebook_id=RULEBOOK, verdict=pb.VERDICT_REJECT, outcomes_used=[],
                        exemptions=[])
    town.submit(town.school, [rejected], "decide")
    return read(town, application).application


def answer(town, application, verdict):
    """With another key than the rejection: of the school's, the operator registers one."""
    if "second" not in town.school.keys:
        town.school.keys["second"] = Key()
        town.register_key(town.school.keys["second"], town.school.id, pb.DUTY_DECIDE)
    answered = moved(application, pb.ApplicationAppealDecided, verdict=verdict)
    assert town.refuses(town.school, [answered], "decide").reasons == ["SAME_KEY_REJECTED"]
    town.submit(town.school, [answered], "second")
    return read(town, application).application


def test_a_learner_appeals_once(ruled, learner, application):
    rejected = reject(ruled, reviewed(ruled, application))
    assert rejected.state == pb.APPLICATION_STATE_REJECTED and rejected.HasField("due_date")
    appealed = appeal(learner, rejected)
    assert appealed.state == pb.APPLICATION_STATE_APPEALED
    assert appeal(learner, rejected).revision == appealed.revision  # a repetition changes nothing
    upheld = answer(ruled, appealed, pb.VERDICT_REJECT)
    assert upheld.state == pb.APPLICATION_STATE_REJECTED and not upheld.HasField("due_date")
    assert ruled.refuses_call(lambda: appeal(learner, upheld)).reasons == ["APPEAL_NOT_OPEN"]


def test_a_granted_appeal_leads_to_another_decision(ruled, learner, application):
    appealed = appeal(learner, reject(ruled, reviewed(ruled, application)))
    granted = answer(ruled, appealed, pb.VERDICT_APPROVE)
    assert granted.state == pb.APPLICATION_STATE_REVIEWED
    ruled.submit(ruled.school, [decision(ruled, granted, rulebook_id=RULEBOOK)], "decide")
    assert read(ruled, granted).application.state == pb.APPLICATION_STATE_ON_NOTICE


def test_what_another_application_holds_by_now_cannot_be_appealed(ruled, learner, application):
    rejected = reject(ruled, reviewed(ruled, application))
    learner.apply(rejected.lines[0].outcome.outer_id, rulebook_id=RULEBOOK)
    reasons = ruled.refuses_call(lambda: appeal(learner, rejected)).reasons
    assert set(reasons) == {"OUTCOME_RESERVED", "COURSE_RESERVED"}


def test_a_school_cannot_say_that_a_period_is_over(ruled, application):
    ended = moved(application, pb.ApplicationPeriodEnded, due_date=date("2026-01-01"),
                  state=pb.APPLICATION_STATE_EXPIRED)
    assert ruled.refuses(ruled.school, [ended], "post").reasons == [
        "INSTITUTION_KIND_WRONG"]
