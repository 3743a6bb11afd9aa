"""A learner's way: activated, told what she would get, applied, decided, exempted, with a statement of it."""
import secrets

import pytest

from bank import ORIGIN
from client import Refused, opening_of
from contract import date, is_canonical, pb
from town import certificate, enrolment

PASSWORD = "correct horse battery"
RULEBOOK = "exempt"


class Learner:
    """A person with an account, a session and a certificate 中级 of 80 points."""

    def __init__(self, town, score=8000):
        self.town = town
        number = f"E{town.fresh():08d}"
        desk, post = town.desk, town.school.token("post")
        identity = pb.Identity(document_type=pb.DOCUMENT_TYPE_PASSPORT, document_number=number, name="王小明")
        resolved = desk.grpc.call("ResolveIdentities", pb.ResolveIdentitiesRequest(identities=[identity]), post)
        [person] = resolved.identities
        self.account = person.account_no
        self.number = number
        town.submit(town.school, [opening_of(person)], "post")
        town.submit(town.school, [enrolment(self.account, f"S{town.fresh()}")], "post")
        self.certificate = f"W-{town.fresh()}"
        town.submit(town.issuer, [certificate(self.account, self.certificate, certificate_id="web-2",
                                              centiscore=score)], "post")
        codes = desk.grpc.call("IssueActivationCodes",
                               pb.IssueActivationCodesRequest(account_nos=[self.account]), post)
        self.token = desk.grpc.call("Activate", pb.ActivateRequest(
            account_no=self.account, activation_code=codes.codes[0].code, password=PASSWORD)).session_token

    def call(self, method, request):
        return self.town.desk.grpc.call(method, request, self.token)

    def line(self, **fields):
        return pb.ApplicationLine(**{
            "rule_no": 1, "course_codes": ["c-prog"],
            "outcome": pb.OutcomeRef(institution_id="issuer-a", outer_id=self.certificate), **fields})

    def award(self):
        """Another certificate, from now on the one that she applies with."""
        self.certificate = f"W-{self.town.fresh()}"
        self.town.submit(self.town.issuer, [certificate(self.account, self.certificate, certificate_id="web-2",
                                                        centiscore=8000)], "post")

    def resubmit(self, application, **fields):
        return self.call("ResubmitApplication", pb.ResubmitApplicationRequest(**{
            "application_no": application.application_no, "revision": application.revision,
            "lines": application.lines, **fields})).application

    def apply(self, request_id=None, **fields):
        return self.call("CreateApplication", pb.CreateApplicationRequest(
            request_id=request_id or secrets.token_bytes(16), school_id="school-a", rulebook_id=RULEBOOK,
            lines=[self.line(**fields)])).application

    def statement(self, **fields):
        return self.call("GetStatement", pb.GetStatementRequest(**fields)).statement


def publish_rulebook(town):
    """中级 with 60 or more, not older than 6 years, exempts from 程序设计基础."""
    clauses = [pb.Clause(parts=pb.PARTS_ALL), pb.Clause(part_of=1, family_id="web"),
               pb.Clause(part_of=1, grade_at_least=pb.GradeAtLeast(scheme_id="1+x", grade=2)),
               pb.Clause(part_of=1, score_at_least=pb.ScoreAtLeast(scheme=pb.GRADING_SCHEME_PERCENTAGE,
                                                                   centiscore=6000)),
               pb.Clause(part_of=1, max_age_years=6)]
    rule = pb.Rule(title="Web 前端开发 中级", clauses=clauses, course_codes=["c-prog"], attendance_waived=True,
                   exam_waived=True)
    town.submit(town.school, [pb.RulebookFiled(
        rulebook_id=RULEBOOK, version=1, title="学习成果转换办法", programme_id="5102-2023",
        from_date=date("2024-01-01"), exemption_word="免修", rules=[rule])], "rules")
    town.submit(town.operator, [pb.RulebookPublished(school_id="school-a", rulebook_id=RULEBOOK, version=1)],
                "rules")


@pytest.fixture(scope="module")
def ruled(town):
    publish_rulebook(town)
    return town


@pytest.fixture
def learner(ruled):
    return Learner(ruled)


def refused(call):
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.reasons


def decide(town, application_no):
    """Accepts, reviews, decides as what the school reads says."""
    def read():
        return town.desk.grpc.call("GetApplication", pb.GetApplicationRequest(application_no=application_no),
                                   town.school.token("review"))

    def move(kind, key, **fields):
        shown = read().application
        town.submit(town.school, [kind(account_no=shown.account_no, application_no=application_no,
                                       revision=shown.revision, **fields)], key)

    move(pb.ApplicationAccepted, "post")
    move(pb.ApplicationReviewed, "review", verdict=pb.VERDICT_APPROVE)
    shown = read()
    move(pb.ApplicationDecided, "decide", verdict=pb.VERDICT_APPROVE, rulebook_id=RULEBOOK, version=1,
         exemptions=shown.application.exemptions, trace_hash=shown.trace_hash,
         outcomes_used=[line.outcome for line in shown.application.lines])
    return read().application


def test_an_evaluation_shows_every_clause(learner):
    answer = learner.call("Evaluate", pb.EvaluateRequest(school_id="school-a", rulebook_id=RULEBOOK))
    [finding] = answer.findings
    assert answer.version == 1 and finding.satisfied
    assert [v.check for v in finding.verdicts if not (v.holds and v.message_zh and v.message_en)] == []
    assert [verdict.check for verdict in finding.verdicts].count("SCORE_AT_LEAST") == 1
    assert [granted.course_code for granted in finding.exemptions] == ["c-prog"]


def test_a_failing_clause_says_why(ruled):
    [finding] = Learner(ruled, score=5900).call("Evaluate", pb.EvaluateRequest(
        school_id="school-a", rulebook_id=RULEBOOK)).findings
    failing = [verdict for verdict in finding.verdicts if not verdict.holds]
    assert not finding.satisfied
    assert [(verdict.check, verdict.reason) for verdict in failing] == [
        ("ALL_OF", "PARTS_NOT_ALL_MET"), ("SCORE_AT_LEAST", "SCORE_TOO_LOW")]
    assert [verdict.level for verdict in failing] == [0, 1]


def test_an_application_is_booked_once(learner):
    request_id = secrets.token_bytes(16)
    first = learner.apply(request_id)
    assert first.state == pb.APPLICATION_STATE_SUBMITTED and len(first.moves) == 1
    assert learner.apply(request_id) == first
    assert refused(lambda: learner.apply(request_id, course_codes=["c-net"])) == ["REQUEST_ID_REUSED"]
    assert set(refused(learner.apply)) == {"OUTCOME_RESERVED", "COURSE_RESERVED"}


def test_one_request_many_times_at_once_is_one_application(learner):
    """Whoever retries before the first answer, or clicks twice, asks for the same again."""
    request = pb.CreateApplicationRequest(request_id=secrets.token_bytes(16), school_id="school-a",
                                          rulebook_id=RULEBOOK, lines=[learner.line()])
    desks = [learner.town.new_desk() for _ in range(4)]
    calls = [desk.grpc.start("CreateApplication", request, learner.token) for desk in desks for _ in range(3)]
    answers = [learner.town.desk.grpc.finish(call).application for call in calls]
    for desk in desks:
        desk.close()
    assert all(answer == answers[0] for answer in answers)
    withdraw = pb.WithdrawApplicationRequest(application_no=answers[0].application_no)
    calls = [learner.town.desk.grpc.start("WithdrawApplication", withdraw, learner.token) for _ in range(8)]
    assert {learner.town.desk.grpc.finish(call).application.state for call in calls} == \
        {pb.APPLICATION_STATE_WITHDRAWN}


def test_what_does_not_meet_the_rules_is_refused_with_all_reasons(ruled):
    poor = Learner(ruled, score=5900)
    assert refused(lambda: poor.apply(course_codes=["c-net"])) == [
        "PARTS_NOT_ALL_MET", "SCORE_TOO_LOW", "COURSE_NOT_IN_RULE"]


def test_a_withdrawn_application_frees_what_it_held(learner):
    first = learner.apply()
    withdraw = pb.WithdrawApplicationRequest(application_no=first.application_no)
    assert learner.call("WithdrawApplication", withdraw).application.state == pb.APPLICATION_STATE_WITHDRAWN
    assert learner.call("WithdrawApplication", withdraw).application.revision == 2
    second = learner.apply()
    listed = learner.call("ListApplications", pb.ListApplicationsRequest(page_size=1))
    assert [application.application_no for application in listed.applications] == [first.application_no]
    rest = learner.call("ListApplications", pb.ListApplicationsRequest(page_token=listed.next_page_token))
    assert [application.application_no for application in rest.applications] == [second.application_no]
    assert rest.applications[0].lines == second.lines


def test_an_application_that_is_not_accepted_frees_its_certificate_for_another(learner, ruled):
    first = learner.apply()
    refusal = pb.ApplicationNotAccepted(account_no=first.account_no, application_no=first.application_no,
                                        revision=first.revision)
    assert ruled.refuses(ruled.school, [refusal], "review").reasons == ["FIELD_RANGE"]
    refusal.reason = pb.NOT_ACCEPTED_REASON_WINDOW_CLOSED
    ruled.submit(ruled.school, [refusal], "review")
    shown = learner.call("GetApplication", pb.GetApplicationRequest(application_no=first.application_no)).application
    assert shown.state == pb.APPLICATION_STATE_NOT_ACCEPTED
    assert shown.moves[-1].not_accepted_reason == pb.NOT_ACCEPTED_REASON_WINDOW_CLOSED
    again = ruled.refuses(ruled.school, [refusal], "review")
    assert set(again.reasons) == {"APPLICATION_STATE", "REVISION_STALE"}
    assert decide(ruled, learner.apply().application_no).state == pb.APPLICATION_STATE_APPROVED


def returned(learner, application, reason):
    learner.town.submit(learner.town.school, [pb.ApplicationReturned(
        account_no=application.account_no, application_no=application.application_no,
        revision=application.revision, reason=reason)], "post")
    request = pb.GetApplicationRequest(application_no=application.application_no)
    return learner.call("GetApplication", request).application


def test_a_returned_application_is_completed_with_another_certificate(learner, ruled):
    """Its school says why; what she then leaves out is free, what she keeps stays hers, and all stays on record."""
    first = learner.apply()
    back = returned(learner, first, pb.RETURN_REASON_WRONG_OUTCOME)
    assert [(move.return_reason, move.not_accepted_reason) for move in back.moves] == \
        [(0, 0), (pb.RETURN_REASON_WRONG_OUTCOME, 0)]
    old = learner.certificate
    learner.award()
    again = learner.resubmit(back, lines=[learner.line()])
    assert (again.state, again.revision, again.submission_no) == (pb.APPLICATION_STATE_SUBMITTED, 3, 2)
    assert (list(again.lines), again.version) == ([learner.line()], first.version)
    assert learner.resubmit(back, lines=[learner.line()]) == again
    [listed] = learner.call("ListApplications", pb.ListApplicationsRequest()).applications
    assert listed.lines == again.lines
    assert set(refused(learner.apply)) == {"OUTCOME_RESERVED", "COURSE_RESERVED"}
    learner.certificate = old
    assert set(refused(learner.apply)) == {"COURSE_RESERVED"}
    decided = decide(ruled, first.application_no)
    assert [move.state for move in decided.moves] == [1, 3, 1, 2, 4, 5]
    assert set(refused(learner.apply)) == {"COURSE_EXEMPTED"}


def test_the_request_that_made_an_application_stays_the_same_after_it_was_sent_again(learner):
    request_id = secrets.token_bytes(16)
    back = returned(learner, learner.apply(request_id), pb.RETURN_REASON_WRONG_OUTCOME)
    old = learner.certificate
    learner.award()
    again = learner.resubmit(back, lines=[learner.line()])
    assert refused(lambda: learner.apply(request_id)) == ["REQUEST_ID_REUSED"]
    learner.certificate = old
    assert learner.apply(request_id) == again


def test_a_returned_application_may_be_sent_again_as_it_was(learner):
    back = returned(learner, learner.apply(), pb.RETURN_REASON_EVIDENCE_UNCLEAR)
    desks = [learner.town.new_desk() for _ in range(4)]
    request = pb.ResubmitApplicationRequest(application_no=back.application_no, revision=back.revision,
                                            lines=back.lines)
    calls = [desk.grpc.start("ResubmitApplication", request, learner.token) for desk in desks for _ in range(3)]
    answers = [learner.town.desk.grpc.finish(call).application for call in calls]
    for desk in desks:
        desk.close()
    assert all(answer == answers[0] for answer in answers)
    assert (answers[0].lines, answers[0].revision, answers[0].submission_no) == (back.lines, 3, 2)


def test_only_its_learner_sends_again_what_was_returned_and_as_she_read_it(learner, ruled):
    first = learner.apply()
    assert refused(lambda: learner.resubmit(first)) == ["APPLICATION_STATE"]
    back = returned(learner, first, pb.RETURN_REASON_EVIDENCE_MISSING)
    assert refused(lambda: learner.resubmit(back, revision=1)) == ["REVISION_STALE"]
    assert refused(lambda: learner.resubmit(back, lines=[])) == ["FIELD_RANGE"]
    assert refused(lambda: learner.resubmit(back, lines=[learner.line(course_codes=["c-net"])])) == \
        ["COURSE_NOT_IN_RULE"]
    assert refused(lambda: Learner(ruled).resubmit(back)) == ["APPLICATION_UNKNOWN"]
    assert refused(lambda: ruled.desk.grpc.call("ResubmitApplication", pb.ResubmitApplicationRequest(
        application_no=back.application_no, revision=2, lines=back.lines), ruled.school.token("post"))) == \
        ["CALLER_NOT_ALLOWED"]
    assert learner.resubmit(back).submission_no == 2


def test_an_approved_application_uses_its_certificate_for_good(learner, ruled):
    application = learner.apply()
    decided = decide(ruled, application.application_no)
    assert decided.state == pb.APPLICATION_STATE_APPROVED
    assert [move.state for move in decided.moves] == [1, 2, 4, 5]
    assert set(refused(learner.apply)) == {"OUTCOME_USED", "COURSE_EXEMPTED"}


def test_an_application_is_nobody_elses_to_see(learner, ruled):
    request = pb.GetApplicationRequest(application_no=learner.apply().application_no)
    absent = pb.GetApplicationRequest(application_no="0000000000000000")
    other = Learner(ruled)
    for token in (other.token, ruled.other_school.token()):
        for asked in (request, absent):
            assert refused(lambda: ruled.desk.grpc.call("GetApplication", asked, token)) == \
                ["APPLICATION_UNKNOWN"]


def test_a_statement_proves_every_line(learner, ruled):
    learner.apply()
    statement = learner.statement(disclose_identity=True)
    listed = pb.StatementList.FromString(statement.list)
    assert is_canonical(pb.StatementList, statement.list)
    assert (listed.log_origin, listed.account_no) == (ORIGIN, learner.account)
    assert len(listed.lines) == len(statement.lines) == 5
    for line, receipt in zip(listed.lines, statement.lines):
        assert (line.entry_index, line.item_index) == (receipt.entry.entry_index, receipt.item_index)
    for receipt in [*statement.lines, *statement.key_records]:
        ruled.desk.check_proof(receipt.entry)
    assert [receipt.entry.entry_index for receipt in statement.key_records][0] == 0
    assert {field.field: field.value for field in statement.identity} == \
        {1: "DOCUMENT_TYPE_PASSPORT", 2: learner.number, 3: "王小明"}


def test_receipts_are_for_who_signed_and_who_owns(learner, ruled):
    line = pb.StatementList.FromString(learner.statement().list).lines[0]
    request = pb.GetReceiptRequest(entry_index=line.entry_index, item_index=line.item_index)
    assert learner.call("GetReceipt", request).receipt == \
        ruled.desk.call("GetReceipt", request, ruled.school).receipt
    [look] = learner.call("ListAccessRecords", pb.ListAccessRecordsRequest(page_size=1)).records
    assert (look.institution_id, look.method) == ("school-a", "LedgerService/GetReceipt")
    for stranger in (ruled.issuer, ruled.other_school):
        assert refused(lambda: ruled.desk.call("GetReceipt", request, stranger)) == ["ITEM_UNKNOWN"]
    assert ruled.desk.call("GetReceipt", pb.GetReceiptRequest(entry_index=0), ruled.issuer).receipt.item == b""


def test_what_a_learner_does_is_not_the_operators_to_read(learner, ruled):
    learner.apply()
    lines = pb.StatementList.FromString(learner.statement().list).lines
    for line in lines:
        request = pb.GetReceiptRequest(entry_index=line.entry_index, item_index=line.item_index)
        assert refused(lambda: ruled.desk.call("GetReceipt", request, ruled.operator)) == ["ITEM_UNKNOWN"]


def test_the_public_log_is_consistent(ruled):
    call = ruled.desk.grpc.call
    proof = call("GetConsistencyProof", pb.GetConsistencyProofRequest(old_size=3))
    assert proof.checkpoint == call("GetCheckpoint", pb.GetCheckpointRequest()).checkpoint
    entries = call("ListEntries", pb.ListEntriesRequest(start_index=1, page_size=2)).entries
    booked = call("GetInclusionProof", pb.GetInclusionProofRequest(entry_index=2)).entry
    assert entries[1] == booked.log_entry
    ruled.desk.check_proof(booked)


def bands(*rows):
    return [pb.ResultBand(scheme=pb.GRADING_SCHEME_PERCENTAGE, from_centiscore=least, to_centiscore=most, mark=mark)
            for least, most, mark in rows]


def publish_rich_rulebook(town):
    """中级 or a contest, not from training; at most 0.5 credits a course, 85 at most; limits of all three sorts."""
    clauses = [pb.Clause(parts=pb.PARTS_ALL),
               pb.Clause(part_of=1, parts=pb.PARTS_ANY),
               pb.Clause(part_of=2, certificate_id="web-2"), pb.Clause(part_of=2, family_id="contest"),
               pb.Clause(part_of=1, parts=pb.PARTS_NONE),
               pb.Clause(part_of=5, outcome_kind=pb.OUTCOME_KIND_TRAINING_HOURS),
               pb.Clause(part_of=1, parts_at_least=1),
               pb.Clause(part_of=7, issuers=pb.Issuers(institution_ids=["issuer-a", "school-a"])),
               pb.Clause(part_of=7, centicredits_at_least=100), pb.Clause(part_of=7, centihours_at_least=100),
               pb.Clause(part_of=7, valid_days=30)]
    capped = pb.Mark(scheme=pb.GRADING_SCHEME_PERCENTAGE, centiscore=7500)
    rule = pb.Rule(title="中级或竞赛", clauses=clauses, course_codes=["c-prog"], exam_waived=True, centicredits=50,
                   results=bands((0, 7500, None), (7501, 10000, capped)), bucket_id="skills")
    passed = pb.Rule(title="任何成果", clauses=[pb.Clause(max_age_years=50)], course_codes=["c-prog"], exam_waived=True,
                     credits_of_outcome=True, bucket_id="skills",
                     results=[pb.ResultBand(mark=pb.Mark(scheme=pb.GRADING_SCHEME_PASS_FAIL, centiscore=10000))])
    filed = pb.RulebookFiled(
        rulebook_id="rich", version=1, title="转换办法", programme_id="5102-2023", from_date=date("2024-01-01"),
        exemption_word="免考", rules=[rule, passed], caps=[
            pb.Cap(basis_points=5000), pb.Cap(basis_points=2500, outcome_kind=pb.OUTCOME_KIND_CERTIFICATE),
            pb.Cap(basis_points=1, bucket_id="skills")])
    town.submit(town.school, [filed], "rules")
    town.submit(town.operator, [pb.RulebookPublished(school_id="school-a", rulebook_id="rich", version=1)], "rules")
    return filed


@pytest.fixture(scope="module")
def rich(town):
    return publish_rich_rulebook(town)


def test_a_rulebook_is_read_as_it_was_filed(rich, learner):
    answer = learner.call("GetRulebook", pb.GetRulebookRequest(school_id="school-a", rulebook_id="rich"))
    assert answer.rulebook.filed == rich


def test_an_evaluation_shows_groups_with_their_parts_and_what_is_given(rich, learner):
    answer = learner.call("Evaluate", pb.EvaluateRequest(school_id="school-a", rulebook_id="rich"))
    finding = next(found for found in answer.findings if found.rule_no == 1)
    shown = [(v.check, v.level, v.holds, v.excused) for v in finding.verdicts]
    assert shown[[row[0] for row in shown].index("ALL_OF"):][:11] == [
        ("ALL_OF", 0, True, False), ("ANY_OF", 1, True, False), ("CERTIFICATE", 2, True, False),
        ("FAMILY", 2, False, True), ("NONE_OF", 1, True, False), ("OUTCOME_KIND", 2, False, True),
        ("AT_LEAST_OF", 1, True, False), ("ISSUER", 2, True, False), ("CREDITS_AT_LEAST", 2, False, True),
        ("HOURS_AT_LEAST", 2, False, True), ("VALID_DAYS", 2, True, False)]
    [granted] = finding.exemptions
    assert (granted.centicredits, granted.mark.centiscore) == (50, 7500)
    failing = [v for v in finding.verdicts if not v.holds and not v.excused]
    assert [v.reason for v in failing] == ["CAP_BUCKET"]
    assert [v.check for v in finding.verdicts if not (v.message_zh and v.message_en)] == []


def test_a_limit_of_a_rulebook_refuses_an_application(rich, learner):
    def apply(rule_no):
        return learner.call("CreateApplication", pb.CreateApplicationRequest(
            request_id=secrets.token_bytes(16), school_id="school-a", rulebook_id="rich",
            lines=[learner.line(rule_no=rule_no)]))

    assert refused(lambda: apply(1)) == ["CAP_BUCKET"]
    assert refused(lambda: apply(2)) == ["CREDITS_USED_UP"]
