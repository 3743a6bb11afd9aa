"""The best combination: what a learner had best apply with, by the calculator, judged by the rules."""
import secrets

import pytest

from contract import date, pb
from test_application import Learner, refused
from town import PROGRAMME, certificate

IS_WEB = [pb.Clause(family_id="web")]
IS_WEB_2 = [pb.Clause(parts=pb.PARTS_ALL), pb.Clause(part_of=1, family_id="web"),
            pb.Clause(part_of=1, grade_at_least=pb.GradeAtLeast(scheme_id="1+x", grade=2))]
RULES = [pb.Rule(title="任一等级", clauses=IS_WEB, course_codes=["c-net"], exam_waived=True),
         pb.Rule(title="中级", clauses=IS_WEB_2, course_codes=["c-prog"], exam_waived=True)]
SEVERAL = [pb.Rule(title="两门", clauses=IS_WEB_2, course_codes=["c-net", "c-prog"], exam_waived=True)]


@pytest.fixture(scope="module")
def books(town):
    """One without limits, one with a limit that binds, and one whose rule has several courses."""
    for name, rules, caps in (("best", RULES, []), ("capped", RULES, [pb.Cap(basis_points=500)]),
                              ("several", SEVERAL, [pb.Cap(basis_points=500)])):
        town.submit(town.school, [pb.RulebookFiled(
            rulebook_id=name, version=1, title="学习成果转换办法", programme_id=PROGRAMME, exemption_word="免试",
            from_date=date("2024-01-01"), rules=rules, caps=caps)], "rules")
        town.submit(town.operator, [pb.RulebookPublished(school_id="school-a", rulebook_id=name, version=1)], "rules")
    return town


@pytest.fixture
def learner(books):
    """With a 中级 and an older 初级, which the rules name the other way round."""
    made = Learner(books)
    made.lower = f"W-{books.fresh()}"
    books.submit(books.issuer, [certificate(made.account, made.lower, issue_date=date("2023-05-01"))], "post")
    return made


def best(learner, rulebook):
    return learner.call("FindBestCombination", pb.FindBestCombinationRequest(
        school_id="school-a", rulebook_id=rulebook))


def lines(answer):
    return [pb.ApplicationLine(rule_no=finding.rule_no, outcome=finding.outcome,
                               course_codes=[granted.course_code for granted in finding.exemptions])
            for finding in answer.findings]


def chosen(answer):
    return [(line.rule_no, line.outcome.outer_id, list(line.course_codes)) for line in lines(answer)]


def test_the_best_combination_spends_each_certificate_where_it_gives_most(learner):
    """Rule by rule the first would take the 中级, and leave nothing that the second takes."""
    answer = best(learner, "best")
    assert chosen(answer) == [(1, learner.lower, ["c-net"]), (2, learner.certificate, ["c-prog"])]
    assert (answer.version, answer.centicredits, answer.bound_centicredits) == (1, 1000, 1000)
    assert all(finding.satisfied for finding in answer.findings)


def test_it_is_applied_for_as_it_stands_and_then_nothing_is_left(learner):
    made = learner.call("CreateApplication", pb.CreateApplicationRequest(
        request_id=secrets.token_bytes(16), school_id="school-a", rulebook_id="best",
        lines=lines(best(learner, "best")))).application
    assert made.state == pb.APPLICATION_STATE_SUBMITTED and len(made.lines) == 2
    assert best(learner, "best") == pb.FindBestCombinationResponse(version=1)


def test_limits_hold_for_all_of_it_together(learner):
    """7 credits are allowed: 6, not 4 and 6."""
    answer = best(learner, "capped")
    assert chosen(answer) == [(2, learner.certificate, ["c-prog"])]
    assert (answer.centicredits, answer.bound_centicredits) == (600, 600)


def test_what_is_applied_for_already_is_off_the_limits(learner):
    learner.call("CreateApplication", pb.CreateApplicationRequest(
        request_id=secrets.token_bytes(16), school_id="school-a", rulebook_id="capped",
        lines=[pb.ApplicationLine(rule_no=1, course_codes=["c-net"], outcome=pb.OutcomeRef(
            institution_id="issuer-a", outer_id=learner.lower))]))
    assert chosen(best(learner, "capped")) == []
    assert chosen(best(learner, "best")) == [(2, learner.certificate, ["c-prog"])]


def test_of_a_rule_with_several_courses_those_are_chosen_that_fit(learner):
    assert chosen(best(learner, "several")) == [(1, learner.certificate, ["c-prog"])]


def test_who_has_nothing_gets_an_empty_answer_and_others_ask_in_vain(learner, books):
    nobody = Learner(books, score=0)
    books.submit(books.issuer, [pb.OutcomeRevoked(account_no=nobody.account, outer_id=nobody.certificate,
                                                  reason=pb.CHANGE_REASON_ENTRY_ERROR)], "post")
    assert best(nobody, "best") == pb.FindBestCombinationResponse(version=1)
    assert refused(lambda: best(learner, "unknown")) == ["RULEBOOK_UNKNOWN"]
    assert refused(lambda: nobody.call("FindBestCombination", pb.FindBestCombinationRequest(
        account_no=learner.account, school_id="school-a", rulebook_id="best"))) == ["ACCOUNT_UNKNOWN"]
