"""From a certificate to an exemption: who may decide, in which order, and that nothing is used twice."""
import secrets

import pytest

from bank import ORIGIN
from client import Institution, Key, Refused
from contract import date, pb
from town import PROGRAMME, certificate

PASSWORD = "correct horse battery"
RULEBOOK = "zhuanhuan-1"
COURSES = [("c-net", 400), ("c-prog", 600)]
CODES = [code for code, _ in COURSES]


class Learner:
    """Somebody who has activated her account, with a session."""

    def __init__(self, town, account):
        self.town, self.account = town, account
        request = pb.IssueActivationCodesRequest(account_nos=[account])
        [code] = town.desk.call("IssueActivationCodes", request, town.school).codes
        self.token = town.desk.grpc.call("Activate", pb.ActivateRequest(
            account_no=account, activation_code=code.code, password=PASSWORD)).session_token

    def sign_in(self):
        return self.town.desk.grpc.call("SignIn", pb.SignInRequest(
            account_no=self.account, password=PASSWORD)).session_token

    def call(self, method, request):
        return self.town.desk.grpc.call(method, request, self.token)

    def apply(self, number, school_id="school-a", courses=CODES, rulebook_id=RULEBOOK):
        """Asks for an exemption by the issuer's certificate of this number."""
        line = pb.ApplicationLine(rule_no=1, course_codes=courses,
                                  outcome=pb.OutcomeRef(institution_id="issuer-a", outer_id=number))
        request = pb.CreateApplicationRequest(request_id=secrets.token_bytes(16), school_id=school_id,
                                              rulebook_id=rulebook_id, lines=[line])
        return self.call("CreateApplication", request).application

    def withdraw(self, application):
        request = pb.WithdrawApplicationRequest(application_no=application.application_no)
        return self.call("WithdrawApplication", request).application


def publish_rulebook(town, school, rulebook_id=RULEBOOK, **fields):
    """中级 with 60 or more, not older than 50 years, for two courses."""
    rule = pb.Rule(title="Web 前端开发中级", course_codes=CODES, attendance_waived=True, exam_waived=True, clauses=[
        pb.Clause(parts=pb.PARTS_ALL), pb.Clause(part_of=1, family_id="web"),
        pb.Clause(part_of=1, grade_at_least=pb.GradeAtLeast(scheme_id="1+x", grade=2)),
        pb.Clause(part_of=1, score_at_least=pb.ScoreAtLeast(scheme=pb.GRADING_SCHEME_PERCENTAGE, centiscore=6000)),
        pb.Clause(part_of=1, max_age_years=50)])
    town.submit(school, [pb.RulebookFiled(rulebook_id=rulebook_id, version=1, title="转换办法",
                                          programme_id=PROGRAMME, from_date=date("2020-01-01"),
                                          exemption_word="免修", rules=[rule], **fields)], "rules")
    town.submit(town.operator, [pb.RulebookPublished(school_id=school.id, rulebook_id=rulebook_id, version=1)],
                "rules")


@pytest.fixture(scope="module")
def ruled(town):
    publish_rulebook(town, town.school)
    return town


@pytest.fixture
def applicant(ruled):
    """A learner with a certificate that the rulebook takes, and an application by it."""
    learner, number = learner_with_certificate(ruled)
    return learner, number, learner.apply(number)


def learner_with_certificate(town, **fields):
    [account] = town.open_people(["林晓雯"])
    town.enrol(account)
    learner = Learner(town, account)
    return learner, award(town, account, **fields)


def award(town, account, **fields):
    number = f"W{town.fresh()}"
    town.submit(town.issuer, [certificate(account, number, **{"certificate_id": "web-2", **fields})])
    return number


def moved(application, kind, **fields):
    return kind(account_no=application.account_no, application_no=application.application_no,
                **{"revision": application.revision, **fields})


def read(town, application):
    request = pb.GetApplicationRequest(application_no=application.application_no)
    return town.desk.call("GetApplication", request, town.school)


def accepted(town, application):
    town.submit(town.school, [moved(application, pb.ApplicationAccepted)], "review")
    return read(town, application).application


def reviewed(town, application):
    application = accepted(town, application)
    town.submit(town.school, [moved(application, pb.ApplicationReviewed, verdict=pb.VERDICT_APPROVE)], "review")
    return read(town, application).application


def decision(town, application, **fields):
    """An approval as the rules give it."""
    now = read(town, application)
    granted = [pb.ExemptionGranted(course_code=code, centicredits=credits, attendance_waived=True, exam_waived=True)
               for code, credits in COURSES]
    return moved(now.application, pb.ApplicationDecided, **{
        "verdict": pb.VERDICT_APPROVE, "rulebook_id": RULEBOOK, "version": 1, "exemptions": granted,
        "outcomes_used": [line.outcome for line in application.lines], "trace_hash": now.trace_hash, **fields})


def refused_to(learner, *args, **fields):
    return learner.town.refuses_call(lambda: learner.apply(*args, **fields))


def test_a_certificate_becomes_an_exemption_and_is_used_up(ruled, applicant):
    learner, number, application = applicant
    assert application.state == pb.APPLICATION_STATE_SUBMITTED
    reviewed(ruled, application)
    ruled.submit(ruled.school, [decision(ruled, application)], "decide")
    decided = read(ruled, application).application
    assert decided.state == pb.APPLICATION_STATE_APPROVED
    assert [(each.course_code, each.centicredits) for each in decided.exemptions] == COURSES
    again = refused_to(learner, number)
    assert "OUTCOME_USED" in again.reasons and "COURSE_EXEMPTED" in again.reasons
    assert application.application_no in str(again.refusals)


def test_a_decision_needs_a_review_first(ruled, applicant):
    _, _, application = applicant
    for step in (lambda: application, lambda: accepted(ruled, application)):
        step()
        refused = ruled.refuses(ruled.school, [decision(ruled, application)], "decide")
        assert refused.reasons == ["APPLICATION_STATE"]


def test_an_application_is_decided_once(ruled, applicant):
    _, _, application = applicant
    reviewed(ruled, application)
    made = decision(ruled, application)
    ruled.submit(ruled.school, [made], "decide")
    again = ruled.refuses(ruled.school, [made], "decide")
    assert set(again.reasons) == {"APPLICATION_STATE", "REVISION_STALE"}
    current = ruled.refuses(ruled.school, [decision(ruled, application)], "decide")
    assert current.reasons == ["APPLICATION_STATE"]


def test_the_reviewer_does_not_decide(ruled, applicant):
    _, _, application = applicant
    both = Key()
    ruled.register_key(both, "school-a", pb.DUTY_REVIEW, pb.DUTY_DECIDE)
    school = Institution(ORIGIN, "school-a", both=both, **ruled.school.keys)
    application = accepted(ruled, application)
    ruled.submit(school, [moved(application, pb.ApplicationReviewed, verdict=pb.VERDICT_APPROVE)], "both")
    made = decision(ruled, application)
    assert ruled.refuses(school, [made], "both").reasons == ["SAME_KEY_REVIEWED"]
    assert ruled.refuses(school, [made], "review").reasons == ["DUTY_MISSING"]
    assert ruled.submit(school, [made], "decide").entry_index > 0


def test_another_school_does_not_decide_and_learns_nothing(ruled, applicant):
    _, _, application = applicant
    reviewed(ruled, application)
    key = Key()
    ruled.register_key(key, "school-b", pb.DUTY_DECIDE)
    other = Institution(ORIGIN, "school-b", decide=key)
    absent = decision(ruled, application)
    absent.application_no = "0" * 16
    reasons = [ruled.refuses(other, [made]) for made in (decision(ruled, application), absent)]
    assert [refused.reasons for refused in reasons] == [["APPLICATION_UNKNOWN"]] * 2
    texts = [refused.refusals[0].message_en.replace(application.application_no, "0" * 16) for refused in reasons]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("fields, reason", [
    ({"exemptions": []}, "DECISION_DIFFERS"),
    ({"exemptions": [pb.ExemptionGranted(course_code="c-net", centicredits=400, attendance_waived=True,
                                         exam_waived=True)]}, "DECISION_DIFFERS"),
    ({"exemptions": [pb.ExemptionGranted(course_code=code, centicredits=10**14, attendance_waived=True,
                                         exam_waived=True) for code in CODES]}, "DECISION_DIFFERS"),
    ({"outcomes_used": []}, "DECISION_DIFFERS"),
    ({"version": 2}, "DECISION_DIFFERS"),
    ({"trace_hash": bytes(32)}, "TRACE_DIFFERS"),
    ({"revision": 77}, "REVISION_STALE"),
])
def test_a_decision_says_what_the_rules_give(ruled, applicant, fields, reason):
    _, _, application = applicant
    reviewed(ruled, application)
    assert reason in ruled.refuses(ruled.school, [decision(ruled, application, **fields)], "decide").reasons


def test_a_rejection_frees_what_was_reserved(ruled, applicant):
    learner, number, application = applicant
    assert "OUTCOME_RESERVED" in refused_to(learner, number).reasons
    reviewed(ruled, application)
    rejected = decision(ruled, application, verdict=pb.VERDICT_REJECT, exemptions=[], outcomes_used=[])
    ruled.submit(ruled.school, [rejected], "decide")
    assert learner.apply(number).state == pb.APPLICATION_STATE_SUBMITTED


def test_a_withdrawal_frees_what_was_reserved(ruled, applicant):
    learner, number, application = applicant
    assert learner.withdraw(application).state == pb.APPLICATION_STATE_WITHDRAWN
    assert learner.apply(number).state == pb.APPLICATION_STATE_SUBMITTED


@pytest.mark.parametrize("fields, reason", [
    ({"centiscore": 5999}, "SCORE_TOO_LOW"), ({"certificate_id": "web-1"}, "GRADE_TOO_LOW"),
    ({"issue_date": date("2020-01-01"), "expiry_date": date("2023-01-01")}, "OUTCOME_EXPIRED"),
])
def test_a_certificate_that_the_rule_does_not_take_is_refused(ruled, fields, reason):
    learner, number = learner_with_certificate(ruled, **fields)
    assert reason in refused_to(learner, number).reasons


def test_the_certificate_of_somebody_else_answers_as_one_that_is_not_there(ruled, applicant):
    _, number, _ = applicant
    other, _ = learner_with_certificate(ruled)
    taken, absent = refused_to(other, number), refused_to(other, "W-none")
    assert taken.reasons == absent.reasons == ["OUTCOME_UNKNOWN"]
    assert taken.message.replace(number, "*") == absent.message.replace("W-none", "*")


def test_a_reserved_certificate_is_not_revoked_under_its_application(ruled, applicant):
    """Whatever becomes of it, no exemption rests on an outcome that was taken back."""
    _, number, application = applicant
    reviewed(ruled, application)
    revoked = pb.OutcomeRevoked(account_no=application.account_no, outer_id=number,
                                reason=pb.CHANGE_REASON_MISCONDUCT)
    try:
        ruled.submit(ruled.issuer, [revoked])
    except Refused as refused:
        assert refused.status == "FAILED_PRECONDITION"
        return
    refused = ruled.refuses(ruled.school, [decision(ruled, application)], "decide")
    assert {"RULES_NOT_MET", "TRACE_DIFFERS", "OUTCOME_REVOKED"} & set(refused.reasons)
