"""Sessions of one learner apply at two schools at once with one certificate: one application holds it.

A learner has at most 20 sessions (session.h: the oldest ends when another begins), so that the callers share
them, each over a connection of its own. The operator's configuration lifts how often she may call. How many of
her calls may be under way in a worker (limits.c) stands: a caller beyond it is told to wait, does, and asks the
same again until she is told what came of it.
"""
import dataclasses
import random
import secrets

import pytest

import errors
from bank import Bank
from client import Key, Refused
from conftest import populated
from contract import pb
from race import Act, Race
from test_applications import CODES, RULEBOOK, Learner, award, moved, publish_rulebook
from test_crash import check_log
from town import COURSES, PROGRAMME, enrolment

SESSIONS_MAX = 20  # server/store/session.h
SPREADS_S = (0.0, 0.02, 0.2)  # within which the callers of a round begin
SEED = 20260305
RESERVED, USED = 2, 3  # server/core/terms.h
LIVE = (pb.APPLICATION_STATE_SUBMITTED, pb.APPLICATION_STATE_ACCEPTED, pb.APPLICATION_STATE_RETURNED,
        pb.APPLICATION_STATE_REVIEWED)
ENDED = {"withdraw": pb.APPLICATION_STATE_WITHDRAWN, "reject": pb.APPLICATION_STATE_REJECTED,
         "approve": pb.APPLICATION_STATE_APPROVED}
RESERVED_WORDS = {"OUTCOME_RESERVED", "COURSE_RESERVED"}
USED_WORDS = {"OUTCOME_USED", "COURSE_EXEMPTED"}
SETTINGS = """pool_connections = 2

[rpc]
learner_calls_per_second = 1000000
learner_burst = 1000000
"""


@dataclasses.dataclass
class Plan:
    """How many callers, a half of them at each school, and how often they race."""

    callers: int
    rounds: int


SHORT = Plan(callers=200, rounds=3)
LONG = Plan(callers=200, rounds=50)


@pytest.fixture
def plan(request):
    return LONG if request.config.getoption("--long") else SHORT


@pytest.fixture
def owner(tmp_path, database, plan):
    """A learner of two schools with a certificate that both take, and all who call for her."""
    with populated(Bank(tmp_path, database, workers=4, settings=SETTINGS)) as town:
        made = Owner(town, plan.callers)
        try:
            yield made
        finally:
            made.close()


class Owner:
    """The learner, her certificate, the callers with her sessions, and the two schools."""

    def __init__(self, town, callers):
        self.town = town
        self.schools = {school.id: school for school in (town.school, town.other_school)}
        prepare_other_school(town)
        for school in self.schools.values():
            publish_rulebook(town, school)
        [account] = town.open_people(["林晓雯"])
        town.enrol(account)
        town.submit(town.other_school, [enrolment(account, "B1")], "post")
        self.learner = Learner(town, account)
        self.number = award(town, account)
        tokens = [self.learner.token] + [self.learner.sign_in() for _ in range(SESSIONS_MAX - 1)]
        self.callers = [Caller(self, tokens[place % SESSIONS_MAX], sorted(self.schools)[place // (callers // 2)])
                        for place in range(callers)]

    def close(self):
        for caller in self.callers:
            caller.desk.close()

    def call(self, method, request):
        return self.learner.call(method, request)

    def listed(self):
        """Her applications by number, page by page."""
        found, token = {}, ""
        while True:
            page = self.call("ListApplications", pb.ListApplicationsRequest(page_token=token))
            found.update((each.application_no, each) for each in page.applications)
            token = page.next_page_token
            if not token:
                return found

    def read(self, application_no, school):
        request = pb.GetApplicationRequest(application_no=application_no)
        return self.town.desk.call("GetApplication", request, school)

    def withdrawal(self, application):
        """Another of her sessions withdraws."""
        request = pb.WithdrawApplicationRequest(application_no=application.application_no)
        caller = self.callers[0]
        return Act(lambda: caller.desk.grpc.start("WithdrawApplication", request, caller.token),
                   lambda call: caller.desk.grpc.finish(call).application)

    def move(self, application, kind, key, **fields):
        """The school moves it; as it is then."""
        school = self.schools[application.school_id]
        self.town.submit(school, [moved(application, kind, **fields)], key)
        return self.read(application.application_no, school).application

    def advance(self, application, to):
        """To one of the states on the way to a decision."""
        for state, kind, fields in ((pb.APPLICATION_STATE_ACCEPTED, pb.ApplicationAccepted, {}),
                                    (pb.APPLICATION_STATE_REVIEWED, pb.ApplicationReviewed,
                                     {"verdict": pb.VERDICT_APPROVE})):
            if application.state < state <= to:
                application = self.move(application, kind, "review", **fields)
        return application

    def deciding(self, application, end):
        """The school's decision, signed; its application was reviewed."""
        school = self.schools[application.school_id]
        now = self.read(application.application_no, school)
        fields = {"verdict": pb.VERDICT_REJECT} if end == "reject" else {
            "verdict": pb.VERDICT_APPROVE, "exemptions": now.application.exemptions,
            "outcomes_used": [line.outcome for line in now.application.lines]}
        signed = school.sign([moved(now.application, pb.ApplicationDecided, rulebook_id=RULEBOOK, version=1,
                                    trace_hash=now.trace_hash, **fields)], "decide")
        return Act(lambda: self.town.desk.start(school, signed, "decide"),
                   lambda call: self.town.desk.finish(signed, call))

    def end(self, application, end):
        """Frees what it holds, or uses it up."""
        if end == "withdraw":
            act = self.withdrawal(application)
        else:
            act = self.deciding(self.advance(application, pb.APPLICATION_STATE_REVIEWED), end)
        act.finish(act.start())


class Caller:
    """One of many with a session of hers: a connection, and the school at which it applies."""

    def __init__(self, owner, token, school_id):
        self.owner, self.token, self.school_id = owner, token, school_id
        self.desk = owner.town.new_desk()
        self.desk.grpc.connect()

    def application(self):
        """Applies, by the same request for as long as it is told to wait."""
        line = pb.ApplicationLine(rule_no=1, course_codes=CODES, outcome=pb.OutcomeRef(
            institution_id="issuer-a", outer_id=self.owner.number))
        request = pb.CreateApplicationRequest(request_id=secrets.token_bytes(16), school_id=self.school_id,
                                              rulebook_id=RULEBOOK, lines=[line])
        return Act(lambda: self.desk.grpc.start("CreateApplication", request, self.token),
                   lambda call: self.desk.grpc.finish(call).application)


def prepare_other_school(town):
    """Gives it keys for every duty, and the same plan as the first has."""
    for name, duty in (("review", pb.DUTY_REVIEW), ("decide", pb.DUTY_DECIDE), ("rules", pb.DUTY_RULES)):
        town.other_school.keys[name] = Key()
        town.register_key(town.other_school.keys[name], town.other_school.id, duty)
    courses = [pb.Course(course_code=code, name=name, kind=kind, centihours=hours, centicredits=credits)
               for code, name, kind, hours, credits in COURSES]
    town.submit(town.other_school, [pb.ProgrammePublished(
        programme_id=PROGRAMME, major_code="510201", name="计算机应用技术", cohort=2023,
        graduation_centicredits=14000, courses=courses)], "rules")


def delays(draw, count):
    spread = draw.choice(SPREADS_S)
    return [draw.uniform(0.0, spread) for _ in range(count)]


def check_told(callers, answers, words, holders):
    """Whoever does not hold it is told so in these words, and by which application.

    What the bank reads before it books is not one moment's: it may find the courses held and the
    certificate not yet. Only courses of the caller's own school are held against her there.
    """
    for caller, refused in zip(callers, answers, strict=True):
        if not isinstance(refused, Refused):
            continue
        errors.check(refused)
        assert set(refused.reasons) <= words, refused
        for refusal in refused.refusals:
            [holder] = [each for number, each in holders.items()
                        if number in refusal.message_en and number in refusal.message_zh]
            assert refusal.reason.startswith("OUTCOME") or holder.school_id == caller.school_id, refused


def rows(town, statement):
    return [row.split("|") for row in town.sql.run(statement)]


def check_whole(owner):
    """No application is half there: each has its line, its courses, and a move for every revision."""
    assert rows(owner.town, f"""
        SELECT a.application_no FROM projection.application a
        WHERE (SELECT count(*) FROM projection.application_line l WHERE l.application_no = a.application_no) <> 1
           OR (SELECT count(*) FROM projection.application_course c WHERE c.application_no = a.application_no)
              <> {len(CODES)}
           OR (SELECT array_agg(revision ORDER BY revision) FROM projection.application_move m
               WHERE m.application_no = a.application_no)
              <> (SELECT array_agg(n) FROM generate_series(1, a.revision) n)""") == []
    for table in ("line", "course", "move"):
        assert owner.town.sql.run(f"SELECT count(*) FROM projection.application_{table} "
                                  "WHERE application_no NOT IN (SELECT application_no FROM projection.application)") \
            == ["0"]


def check_agree(owner, holder, state):
    """Database and answers say the same: who holds certificate and courses, and what became of every application."""
    town = owner.town
    held = rows(town, f"SELECT hold_state, held_by FROM projection.outcome WHERE outer_id = '{owner.number}' "
                      "AND hold_state > 1")
    courses = rows(town, "SELECT school_id, course_code, state, application_no FROM projection.exemption "
                         "WHERE state > 1 ORDER BY course_code")
    if holder is None:
        assert held == [] and courses == []
    else:
        assert held == [[str(state), holder.application_no]]
        assert courses == [[holder.school_id, code, str(state), holder.application_no] for code in CODES]
        check_seen(owner, holder)
    check_whole(owner)
    stored = {number: int(state) for number, state in rows(
        town, "SELECT application_no, state FROM projection.application")}
    listed = owner.listed()
    assert {number: each.state for number, each in listed.items()} == stored
    live = [number for number, each in listed.items() if each.state in LIVE]
    assert live == ([holder.application_no] if holder is not None and state == RESERVED else [])


def check_seen(owner, holder):
    """Its school sees it as she does; to the other it is not there."""
    request = pb.GetApplicationRequest(application_no=holder.application_no)
    hers = owner.call("GetApplication", request)
    for school in owner.schools.values():
        if school.id == holder.school_id:
            assert owner.read(holder.application_no, school) == hers
            continue
        with pytest.raises(Refused) as caught:
            owner.read(holder.application_no, school)
        assert caught.value.reasons == ["APPLICATION_UNKNOWN"]


def won(answers):
    return [each for each in answers if not isinstance(each, Refused)]


def test_of_all_sessions_that_apply_at_once_with_one_certificate_one_holds_it(owner, plan):
    draw, waits, wins = random.Random(SEED), 0, []
    print(f"seed {SEED}: {plan.callers} callers, {plan.rounds} rounds")
    for _ in range(plan.rounds):
        size = owner.town.log_size()
        race = Race([caller.application() for caller in owner.callers], delays(draw, plan.callers))
        answers = race.run()
        [holder] = won(answers)
        assert owner.town.log_size() == size + 1
        assert owner.town.sql.run(f"SELECT count(*) FROM log.item WHERE entry_index >= {size}") == ["1"]
        check_told(owner.callers, answers, RESERVED_WORDS, {holder.application_no: holder})
        check_agree(owner, holder, RESERVED)
        owner.end(holder, draw.choice(["withdraw", "reject"]))
        check_agree(owner, None, RESERVED)
        waits += race.waits
        wins.append(holder.school_id)
    print(f"held at {[(school, wins.count(school)) for school in sorted(owner.schools)]}, told to wait {waits} times")
    check_log(owner.town)


def intervals(owner):
    """(first, end) of each application's hold by entries of the log; one that holds has no end."""
    ended = ", ".join(str(ENDED[end]) for end in ("withdraw", "reject"))
    found = rows(owner.town, f"""
        SELECT a.submit_entry, (SELECT m.entry_index FROM projection.application_move m
                                WHERE m.application_no = a.application_no AND m.state IN ({ended}))
        FROM projection.application a ORDER BY a.submit_entry""")
    return [(int(first), int(end) if end else None) for first, end in found]


def check_one_at_a_time(owner):
    """By the log, no application began to hold before the one before it had let go."""
    held = intervals(owner)
    for (_, end), (first, _) in zip(held, held[1:]):
        assert end is not None and end < first, held


def check_moves(moves, answers, holder):
    """Of moves that exclude one another one is booked; the others are told that it has changed meanwhile."""
    done = won(answers)
    assert len(done) == 1 or moves == ["withdraw", "withdraw"], answers
    for refused in answers:
        if isinstance(refused, Refused):
            errors.check(refused)
            assert set(refused.reasons) <= {"REVISION_STALE", "APPLICATION_STATE"}, (holder, refused)


def contest(owner, draw, holder, moves):
    """The holder lets go by one of these moves while all others apply; who holds it afterwards."""
    holder = owner.advance(holder, pb.APPLICATION_STATE_REVIEWED)
    acts = [owner.withdrawal(holder) if move == "withdraw" else owner.deciding(holder, move) for move in moves]
    size, known = owner.town.log_size(), owner.listed()
    race = Race(acts + [caller.application() for caller in owner.callers],
                delays(draw, len(acts) + len(owner.callers)))
    answers = race.run()
    check_moves(moves, answers[:len(acts)], holder)
    successors = won(answers[len(acts):])
    assert len(successors) <= 1
    assert owner.town.log_size() == size + 1 + len(successors)
    after = owner.listed()
    assert set(after) - set(known) == {each.application_no for each in successors}
    check_told(owner.callers, answers[len(acts):], RESERVED_WORDS | USED_WORDS, after)
    check_one_at_a_time(owner)
    ended = after[holder.application_no]
    assert ended.state in {ENDED[move] for move in moves}
    if ended.state == ENDED["approve"]:
        assert successors == []
        check_agree(owner, ended, USED)
        return ended
    check_agree(owner, successors[0] if successors else None, RESERVED)
    return successors[0] if successors else None


def test_what_an_application_lets_go_is_taken_by_one_other_and_what_it_used_by_none(owner, plan):
    draw, taken = random.Random(SEED + 1), 0
    print(f"seed {SEED + 1}: {plan.callers} callers, {plan.rounds} rounds")
    holder = None
    for _ in range(plan.rounds):
        holder = holder or owner.learner.apply(owner.number, draw.choice(sorted(owner.schools)))
        holder = contest(owner, draw, holder, draw.choice([["withdraw"], ["reject"], ["withdraw", "withdraw"],
                                                           ["reject", "withdraw"]]))
        taken += holder is not None
    print(f"taken at once in {taken} rounds")
    holder = contest(owner, draw, holder or owner.learner.apply(owner.number, "school-b"), ["approve", "withdraw"])
    if holder is None or holder.state != ENDED["approve"]:
        # She was faster; what came free is used up now.
        holder = holder or owner.learner.apply(owner.number, "school-b")
        owner.end(holder, "approve")
    answers = Race([caller.application() for caller in owner.callers], delays(draw, plan.callers)).run()
    assert won(answers) == []
    check_told(owner.callers, answers, USED_WORDS, {holder.application_no: holder})
    check_agree(owner, holder, USED)
    check_log(owner.town)
