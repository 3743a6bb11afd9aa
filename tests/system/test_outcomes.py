"""What may be recorded of a learner, and how every fault of it is told."""
import datetime

import pytest

from contract import date, pb
from town import PROGRAMME, certificate, enrolment, result, training

BILLION_CREDITS = 10**12 * 100
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


def in_days(days):
    return date((datetime.datetime.now(SHANGHAI) + datetime.timedelta(days=days)).strftime("%Y-%m-%d"))


def faults(refused):
    """Where each fault lies and why, without the item's name before the field."""
    return [(refusal.item.value if refusal.HasField("item") else None, refusal.field.rpartition(".")[2],
             refusal.reason) for refusal in refused.refusals]


@pytest.fixture(scope="module")
def learner(town):
    return town.learner()


@pytest.fixture
def number(town):
    """An outer id that nobody has used."""
    return f"N{town.fresh()}"


@pytest.mark.parametrize("fields, expected", [
    ({"centiscore": 10001}, ("centiscore", "SCORE_OUT_OF_RANGE")),
    ({"centiscore": -1}, ("centiscore", "SCORE_OUT_OF_RANGE")),
    ({"centiscore": 2**63 - 1}, ("centiscore", "SCORE_OUT_OF_RANGE")),
    ({"scheme": pb.GRADING_SCHEME_FIVE_GRADE, "centiscore": 7500}, ("centiscore", "SCORE_OUT_OF_RANGE")),
    ({"scheme": pb.GRADING_SCHEME_PASS_FAIL, "centiscore": 5000}, ("centiscore", "SCORE_OUT_OF_RANGE")),
    ({"scheme": pb.GRADING_SCHEME_UNSPECIFIED}, ("scheme", "FIELD_RANGE")),
    ({"centihours": 0}, ("centihours", "FIELD_RANGE")),
    ({"centihours": -100}, ("centihours", "FIELD_RANGE")),
    ({"centihours": 100_001}, ("centihours", "FIELD_RANGE")),
    ({"centicredits": -400}, ("centicredits", "CREDITS_WRONG")),
    ({"centicredits": 0}, ("centicredits", "CREDITS_WRONG")),
    ({"centicredits": 401}, ("centicredits", "CREDITS_WRONG")),
    ({"centicredits": BILLION_CREDITS}, ("centicredits", "CREDITS_WRONG")),
    ({"centiscore": 5999}, ("centicredits", "CREDITS_WRONG")),
    ({"course_code": "c-none"}, ("course_code", "COURSE_UNKNOWN")),
    ({"programme_id": "none"}, ("course_code", "COURSE_UNKNOWN")),
    ({"outer_id": ""}, ("outer_id", "FIELD_REQUIRED")),
    ({"outer_id": "with blank"}, ("outer_id", "FIELD_CHARACTERS")),
    ({"outer_id": "号"}, ("outer_id", "FIELD_CHARACTERS")),
    ({"outer_id": "x" * 65}, ("outer_id", "FIELD_LENGTH")),
    ({"completed_date": date("1900-01-01")}, ("completed_date", "DATE_TOO_EARLY")),
    ({"completed_date": date("2023-02-29")}, ("completed_date", "DATE_INVALID")),
    ({"completed_date": None}, ("completed_date", "FIELD_REQUIRED")),
])
def test_a_course_result_keeps_to_the_rules(town, learner, number, fields, expected):
    refused = town.refuses(town.school, [result(learner, **{"outer_id": number, **fields})])
    assert faults(refused) == [(0, *expected)]


def test_credits_are_those_of_the_plan_and_none_without_a_pass(town, learner, number):
    assert town.submit(town.school, [result(learner, number)]).entry_index > 0
    failed = result(learner, number + "-failed", centiscore=5999, centicredits=0)
    assert town.submit(town.school, [failed]).entry_index > 0


def test_a_day_that_is_not_over_in_shanghai_is_today(town, learner, number):
    assert town.submit(town.school, [result(learner, number, completed_date=in_days(0))]).entry_index > 0


@pytest.mark.parametrize("make, field", [(result, "completed_date"), (training, "completed_date"),
                                         (certificate, "issue_date")])
def test_a_date_in_the_future_is_refused(town, learner, number, make, field):
    signer = town.issuer if make is certificate else town.school
    refused = town.refuses(signer, [make(learner, number, **{field: in_days(2)})])
    assert (0, field, "DATE_IN_FUTURE") in faults(refused)


@pytest.mark.parametrize("fields, expected", [
    ({"centihours": 0, "centicredits": 0}, ("centihours", "FIELD_RANGE")),
    ({"centihours": -1600}, ("centihours", "FIELD_RANGE")),
    ({"centicredits": -50}, ("centicredits", "CREDITS_WRONG")),
    ({"centicredits": 100}, ("centicredits", "CREDITS_WRONG")),
    ({"centicredits": BILLION_CREDITS}, ("centicredits", "CREDITS_WRONG")),
    ({"remainder_centihours": 1}, ("remainder_centihours", "REMAINDER_WRONG")),
    ({"completed_date": date("2019-12-31")}, ("completed_date", "RECORDING_RULE_MISSING")),
    ({"title": ""}, ("title", "FIELD_REQUIRED")),
    ({"title": "训" * 41}, ("title", "FIELD_TOO_LONG")),
])
def test_training_hours_keep_to_the_recording_rule(town, number, fields, expected):
    [account] = town.open_accounts()
    refused = town.refuses(town.school, [training(account, number, **fields)])
    assert (0, *expected) in faults(refused)


def test_hours_left_over_are_carried_on(town, number):
    """16 hours a credit, down to half credits: 7 and 1 hours make half a credit together."""
    [account] = town.open_accounts()
    bodies = [training(account, number + "a", centihours=700, centicredits=0, remainder_centihours=700),
              training(account, number + "b", centihours=100, centicredits=50)]
    assert town.submit(town.school, bodies).entry_index > 0


@pytest.mark.parametrize("fields, expected", [
    ({"certificate_id": "web-9"}, ("certificate_id", "CERTIFICATE_UNKNOWN")),
    ({"issue_date": date("2019-12-31")}, ("certificate_id", "NOT_ACCREDITED")),
    ({"issue_date": date("2025-01-01")}, ("certificate_id", "NOT_ACCREDITED")),
    ({"issue_date": date("2019-03-31")}, ("issue_date", "BEFORE_STATE_DATE")),
    ({"centiscore": 10001}, ("centiscore", "SCORE_OUT_OF_RANGE")),
    ({"expiry_date": date("2023-05-31")}, ("expiry_date", "DATE_ORDER")),
    ({"replaces_outer_id": "none"}, ("replaces_outer_id", "REPLACED_WRONG")),
    ({"reposted_after": pb.EntryIndex(value=1)}, ("reposted_after", "REPOSTED_WRONG")),
])
def test_a_certificate_keeps_to_the_catalogue(town, learner, number, fields, expected):
    refused = town.refuses(town.issuer, [certificate(learner, number, **fields)])
    assert (0, *expected) in faults(refused)


def test_an_issuer_awards_only_what_it_is_accredited_for(town, learner, number):
    refused = town.refuses(town.other_issuer, [certificate(learner, number)])
    assert faults(refused) == [(0, "certificate_id", "NOT_ACCREDITED")]
    for day in ("2020-01-01", "2024-12-31"):
        assert town.submit(town.issuer, [certificate(learner, number + day, issue_date=date(day))]).entry_index > 0


def test_one_number_has_one_holder(town, learner, number):
    booked = town.submit(town.issuer, [certificate(learner, number)])
    equal = town.refuses(town.issuer, [certificate(learner, number)])
    assert faults(equal) == [(0, "outer_id", "OUTCOME_ALREADY_RECORDED")]
    other = town.refuses(town.issuer, [certificate(town.learner(), number)])
    assert faults(other) == [(0, "outer_id", "OUTCOME_OF_ANOTHER")]
    differing = town.refuses(town.issuer, [certificate(learner, number, centiscore=9000)])
    assert faults(differing) == [(0, "outer_id", "OUTCOME_CONFLICT")]
    for refused in (equal, other, differing):
        assert f"{booked.entry_index}" in refused.refusals[0].message_en
        assert f"{booked.entry_index}" in refused.refusals[0].message_zh
        assert refused.status == "ALREADY_EXISTS"


def test_a_refusal_does_not_name_the_other_holder(town, learner, number):
    town.submit(town.issuer, [certificate(learner, number)])
    refused = town.refuses(town.issuer, [certificate(town.learner(), number)])
    assert learner not in str(refused.refusals) and learner not in refused.message


def test_a_number_stands_once_in_a_batch(town, learner, number):
    twice = [certificate(learner, number), certificate(learner, number + "-2"), certificate(learner, number)]
    assert faults(town.refuses(town.issuer, twice)) == [(2, "outer_id", "OUTCOME_ALREADY_RECORDED")]


def test_issuers_number_as_they_like(town, learner, number):
    assert town.submit(town.issuer, [training(learner, number)]).entry_index > 0
    assert town.submit(town.other_issuer, [training(learner, number)]).entry_index > 0


def test_a_number_posted_to_the_wrong_person_is_posted_once_more_naming_the_revocation(town, learner, number):
    right = town.learner()
    town.submit(town.issuer, [certificate(learner, number)])
    revoked = town.submit(town.issuer, [pb.OutcomeRevoked(account_no=learner, outer_id=number,
                                                          reason=pb.CHANGE_REASON_WRONG_PERSON)])
    assert faults(town.refuses(town.issuer, [certificate(right, number)])) == [(0, "outer_id", "OUTCOME_REVOKED")]
    again = certificate(right, number, reposted_after=pb.EntryIndex(value=revoked.entry_index))
    assert town.submit(town.issuer, [again]).entry_index > revoked.entry_index


def test_who_did_not_post_it_cannot_correct_or_revoke_it(town, learner, number):
    town.submit(town.school, [result(learner, number)])
    correction = pb.OutcomeCorrected(account_no=learner, outer_id=number, centiscore=9000, centicredits=400,
                                     reason=pb.CHANGE_REASON_MARK_REVIEWED)
    for signer in (town.other_school, town.issuer):
        assert faults(town.refuses(signer, [correction])) == [(0, "outer_id", "OUTCOME_UNKNOWN")]
    assert town.submit(town.school, [correction]).entry_index > 0


def test_an_account_that_is_unknown_or_has_another_form_is_refused(town, number):
    unknown = town.opening().account_no
    assert faults(town.refuses(town.school, [result(unknown, number)])) == [(0, "account_no", "ACCOUNT_UNKNOWN")]
    for wrong in ("", unknown[:-1] + str((int(unknown[-1]) + 1) % 10), unknown[:-1], unknown + "0", "2" * 13 + "x"):
        opening = town.opening()
        opening.account_no = wrong
        assert faults(town.refuses(town.school, [opening])) == [
            (0, "account_no", "ACCOUNT_NO_FORM"), (0, "sealed_persons", "SEALED_PERSON_INVALID")]


@pytest.mark.parametrize("state, reason", [(pb.ACCOUNT_STATE_CLOSED, "ACCOUNT_CLOSED")])
def test_nothing_is_recorded_for_a_closed_account(town, number, state, reason):
    account = town.learner()
    town.submit(town.operator, [pb.AccountStateSet(account_no=account, state=state)], "admin")
    for body in (result(account, number), training(account, number), enrolment(account, number)):
        assert faults(town.refuses(town.school, [body])) == [(0, "account_no", reason)]
    reopened = [pb.AccountStateSet(account_no=account, state=pb.ACCOUNT_STATE_ACTIVE)]
    assert town.refuses(town.operator, reopened, "admin").reasons == ["ACCOUNT_STATE"]


def test_only_the_enrolled_get_results(town, number):
    [account] = town.open_accounts()
    assert faults(town.refuses(town.school, [result(account, number)])) == [(0, "account_no", "NOT_ENROLLED")]


def test_a_student_number_is_given_once(town, number):
    first, second = town.open_accounts(2)
    town.submit(town.school, [enrolment(first, number)])
    assert town.refuses(town.school, [enrolment(second, number)]).reasons == ["STUDENT_NO_TAKEN"]
    assert town.refuses(town.school, [enrolment(first, number + "x")]).reasons == ["ALREADY_ENROLLED"]


def test_what_only_the_bank_says_nobody_else_says(town, learner):
    activated = pb.AccountActivated(account_no=learner)
    submitted = pb.ApplicationSubmitted(account_no=learner, application_no="0" * 16, school_id="school-a",
                                        rulebook_id="x", version=1, trace_hash=bytes(32))
    for body in (activated, submitted):
        assert town.refuses(town.operator, [body], "admin").status == "PERMISSION_DENIED"
        assert town.refuses(town.school, [body], "post").status == "PERMISSION_DENIED"


def test_a_refusal_lists_every_bad_item(town, learner, number):
    """Index, field and reason of each, in both languages, with advice; the good ones are not listed."""
    bad = {1: {"centiscore": 10001}, 3: {"course_code": "c-none"}, 4: {"account_no": town.opening().account_no},
           7: {"centihours": 0, "centicredits": 1}}
    bodies = [result(learner, f"{number}-{i}", **bad.get(i, {})) if i != 4 else
              result(bad[4]["account_no"], f"{number}-4") for i in range(9)]
    refused = town.refuses(town.school, bodies)
    assert faults(refused) == [
        (1, "centiscore", "SCORE_OUT_OF_RANGE"), (3, "course_code", "COURSE_UNKNOWN"),
        (4, "account_no", "ACCOUNT_UNKNOWN"), (7, "centihours", "FIELD_RANGE"),
        (7, "centicredits", "CREDITS_WRONG")]
    assert all(refusal.field.startswith("course_result_recorded.") for refusal in refused.refusals)


def test_a_thousand_bad_items_are_told_of(town):
    """By Connect all of them; by gRPC, whose trailers are small, the first ones."""
    openings = [pb.AccountOpened(account_no=str(i), commitments=town.opening().commitments) for i in range(1000)]
    signed = town.school.sign(openings)
    by_connect = town.refuses_call(lambda: town.connect.call(
        "Submit", signed.request().SerializeToString(), town.school.token(), "application/proto"))
    assert faults(by_connect) == [(i, "account_no", "ACCOUNT_NO_FORM") for i in range(1000)]
    by_grpc = town.refuses_signed(town.school, signed)
    assert len(by_grpc.refusals) >= 10
    assert by_grpc.refusals == by_connect.refusals[:len(by_grpc.refusals)]


def test_a_programme_that_is_there_is_not_published_again(town):
    again = pb.ProgrammePublished(programme_id=PROGRAMME, major_code="510201", name="另一个", cohort=2023,
                                  graduation_centicredits=14000,
                                  courses=[pb.Course(course_code="a", name="课", kind=1, centihours=1, centicredits=1)])
    assert "ALREADY_EXISTS" in town.refuses(town.school, [again], "rules").reasons
