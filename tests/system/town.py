"""A bank with people in it: institutions and their keys, a catalogue, a programme, accounts.

Names and numbers are made up. What a test needs for itself it draws by fresh(), so that tests
share one town and none sees another's.
"""
import base64
import itertools
import json
import os
import pathlib
import subprocess

import errors
from bank import OPERATOR, ORIGIN, PSQL, Session, children
from client import Connect, Desk, Institution, Key, Refused, opening_of, sha256
from contract import date, pb
from merkle import Verifier

PROGRAMME = "5102-2023"
COURSES = [("c-net", "计算机网络", pb.COURSE_KIND_THEORY, 6400, 400),
           ("c-prog", "程序设计基础", pb.COURSE_KIND_THEORY, 9600, 600),
           ("c-work", "岗位实习", pb.COURSE_KIND_PRACTICE, 24000, 800)]
ESTABLISHED = "01"  # proc(5), net/tcp
NEWCOMER = "王小明"
NEWCOMERS = 100  # that are resolved at once
SCHOOL_DUTIES = {"post": pb.DUTY_POST, "review": pb.DUTY_REVIEW, "decide": pb.DUTY_DECIDE,
                 "rules": pb.DUTY_RULES, "admin": pb.DUTY_ADMIN}


class Town:
    """A bank that was founded, and everybody who deals with it."""

    def __init__(self, bank):
        self.bank = bank
        self.numbers = itertools.count(1)
        self.newcomers = []  # resolved, and without an account yet
        self.founding = json.loads((bank.state / "founding.json").read_text(encoding="utf-8"))
        self.operator = Institution(ORIGIN, OPERATOR, admin=Key(), rules=Key("P-256"))
        log_key = b"\x01" + base64.b64decode(self.founding["log_key"])
        key_hash = sha256(ORIGIN.encode(), b"\n", log_key)[:4].hex()
        self.bank_key = f"{ORIGIN}+{key_hash}+{base64.b64encode(log_key).decode()}"
        self.verifier = Verifier(self.bank_key)
        self.seen = {}  # the root of every size that the bank has shown
        self.desk = self.new_desk()
        self.connect = Connect(bank.port, bank.certificate)

        self.sql = Session(bank.database)

    def close(self):
        self.sql.close()
        self.desk.close()

    def new_session(self):
        return Session(self.bank.database)

    def reopen_sql(self):
        self.sql = self.new_session()

    def reopen_desk(self):
        """After the daemon's death: an idle connection learns of it by the call that fails."""
        self.desk.close()
        self.desk = self.new_desk()

    def worker_of_desk(self):
        """The process at the other end of the desk's connection, if that is the only one."""
        [inode] = connections_to(self.bank.port)
        return next(pid for pid in children(self.bank.process.pid) if holds(pid, inode))

    def desk_of_another_worker(self):
        """A connection to a worker that answers, for the kernel may give one to a frozen worker."""
        while True:
            desk = self.new_desk()
            try:
                desk.call("GetInstitution", pb.GetInstitutionRequest(institution_id="bank"), timeout=1)
                return desk
            except Refused:
                desk.close()

    def new_desk(self):
        """Another connection: the kernel gives it to whichever worker."""
        return Desk(self.bank.port, self.bank.certificate, self.verifier, self.seen)

    def submit(self, institution, content, *key_names, **fields):
        """Signs, submits and verifies; the key that signs also calls."""
        signed = institution.sign(content, *key_names, **fields)
        return self.desk.submit(institution, signed, key_names[0] if key_names else None)

    def log_size(self):
        return int(self.sql.run("SELECT coalesce(max(size), 0) FROM log.head")[0])

    def refuses(self, institution, content, *key_names, **fields):
        """Signs and submits what the bank refuses, having booked nothing of it; returns the Refused."""
        signed = institution.sign(content, *key_names, **fields)
        return self.refuses_signed(institution, signed, key_names[0] if key_names else None)

    def refuses_signed(self, institution, signed, key_name=None):
        return self.refuses_call(lambda: self.desk.submit(institution, signed, key_name))

    def refuses_call(self, call):
        before = self.log_size()
        try:
            call()
        except Refused as refused:
            assert self.log_size() == before
            errors.check(refused)
            return refused
        raise AssertionError("it was not refused")

    def denies(self, conninfo, statement):
        """PostgreSQL does not let that role do it."""
        done = subprocess.run([PSQL, "-Xq", "-v", "VERBOSITY=sqlstate", "-d", conninfo, "-c", statement],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return done.returncode != 0 and "42501" in done.stderr

    def fresh(self):
        return next(self.numbers)

    def found(self):
        """The first entry, signed by the operator's first key."""
        member = {name: base64.b64decode(self.founding[name])
                  for name in ("log_key", "service_key", "service_key_proof")}
        keys = self.operator.keys
        founding = pb.Founding(
            operator=pb.InstitutionRegistered(institution_id=OPERATOR, name="学分银行",
                                              kind=pb.INSTITUTION_KIND_OPERATOR),
            operator_keys=[keys["admin"].registration(ORIGIN, OPERATOR, pb.DUTY_POST, pb.DUTY_ADMIN),
                           keys["rules"].registration(ORIGIN, OPERATOR, pb.DUTY_RULES)],
            service_key=pb.KeyRegistered(institution_id=OPERATOR, spki=member["service_key"],
                                         duties=[pb.DUTY_SERVICE],
                                         proof_of_possession=member["service_key_proof"]),
            log_key=member["log_key"])
        signed = self.operator.sign(pb.Control(founding=founding))
        return self.desk.finish(signed, self.desk.grpc.start("Submit", signed.request()))

    def register(self, institution_id, kind, **duties):
        """An institution with a key for each of its duties, by name."""
        made = Institution(ORIGIN, institution_id, **{name: Key() for name in duties})
        registered = pb.InstitutionRegistered(institution_id=institution_id, kind=kind,
                                              name=f"机构 {institution_id}")
        self.submit(self.operator, pb.Control(institution_registered=registered), "admin")
        for name, duty in duties.items():
            self.register_key(made.keys[name], institution_id, duty)
        return made

    def register_key(self, key, institution_id, *duties):
        registration = key.registration(ORIGIN, institution_id, *duties)
        return self.submit(self.operator, pb.Control(key_registered=registration), "admin")

    def revoke_key(self, key, institution_id):
        revoked = pb.KeyRevoked(institution_id=institution_id, key_id=key.key_id)
        return self.submit(self.operator, pb.Control(key_revoked=revoked), "admin")

    def populate(self):
        """Two schools, two issuers, a catalogue, recording rules, a programme."""
        self.school = self.register("school-a", pb.INSTITUTION_KIND_SCHOOL, **SCHOOL_DUTIES)
        self.other_school = self.register("school-b", pb.INSTITUTION_KIND_SCHOOL, post=pb.DUTY_POST)
        self.issuer = self.register("issuer-a", pb.INSTITUTION_KIND_ISSUER, post=pb.DUTY_POST)
        self.other_issuer = self.register("issuer-b", pb.INSTITUTION_KIND_ISSUER, post=pb.DUTY_POST)
        grades = [pb.CertificateListed(certificate_id=f"web-{grade}", name=f"Web 前端开发 {grade} 级",
                                       family_id="web", scheme_id="1+x", grade=grade,
                                       state_date=date("2019-04-01")) for grade in (1, 2)]
        granted = [pb.AccreditationGranted(issuer_id="issuer-a", certificate_id=f"web-{grade}",
                                           from_date=date("2020-01-01"), to_date=date("2024-12-31"))
                   for grade in (1, 2)]
        rules = [pb.RecordingRuleSet(course_kind=kind, centihours_per_credit=hours, step_centicredits=50,
                                     from_date=date("2020-01-01"))
                 for kind, hours in ((pb.COURSE_KIND_THEORY, 1600), (pb.COURSE_KIND_PRACTICE, 3000))]
        days = [pb.CalendarDeclared(first_date=date("2025-10-01"), last_date=date("2025-10-08"),
                                    kind=pb.DAY_KIND_HOLIDAY)]
        self.submit(self.operator, grades + granted + rules + days, "rules")
        courses = [pb.Course(course_code=code, name=name, kind=kind, centihours=hours, centicredits=credits)
                   for code, name, kind, hours, credits in COURSES]
        self.submit(self.school, [pb.ProgrammePublished(
            programme_id=PROGRAMME, major_code="510201", name="计算机应用技术", cohort=2023,
            graduation_centicredits=14000, courses=courses)], "rules")

    def resolve(self, names):
        """People with passports, and what the bank answers about them, in order."""
        identities = [pb.Identity(document_type=pb.DOCUMENT_TYPE_PASSPORT, name=name,
                                  document_number=f"E{self.fresh():08d}") for name in names]
        request = pb.ResolveIdentitiesRequest(identities=identities)
        resolved = self.desk.call("ResolveIdentities", request, self.school).identities
        assert [person.reason for person in resolved] == [""] * len(names)
        return resolved

    def opening(self):
        """A body that opens an account of its own."""
        if not self.newcomers:
            self.newcomers = list(self.resolve([NEWCOMER] * NEWCOMERS))
        return opening_of(self.newcomers.pop())

    def open_accounts(self, count=1):
        """Numbers of new accounts."""
        openings = [self.opening() for _ in range(count)]
        self.submit(self.school, openings, "post")
        return [opening.account_no for opening in openings]

    def open_people(self, names):
        """Accounts of people with passports, as ResolveIdentities draws them; their numbers, in order."""
        resolved = self.resolve(names)
        self.submit(self.school, [opening_of(person) for person in resolved], "post")
        return [person.account_no for person in resolved]

    def enrol(self, *accounts):
        self.submit(self.school, [enrolment(account, f"S{self.fresh()}") for account in accounts], "post")

    def learner(self):
        """A new account that is enrolled in the programme."""
        [account] = self.open_accounts()
        self.enrol(account)
        return account


def connections_to(port):
    """Inodes of the server's ends of TCP connections, from proc(5)."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table][1:]
    return [row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == ESTABLISHED]


def holds(pid, inode):
    for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            if os.readlink(fd) == f"socket:[{inode}]":
                return True
        except FileNotFoundError:
            continue  # closed since it was listed
    return False


def enrolment(account, student_no):
    return pb.LearnerEnrolled(account_no=account, student_no=student_no, programme_id=PROGRAMME,
                              begin_date=date("2023-09-01"))


def result(account, outer_id, **fields):
    """A passed course, as the plan has it."""
    return pb.CourseResultRecorded(**{
        "account_no": account, "outer_id": outer_id, "programme_id": PROGRAMME, "course_code": "c-net",
        "centihours": 6400, "scheme": pb.GRADING_SCHEME_PERCENTAGE, "centiscore": 8550,
        "completed_date": date("2024-01-10"), "centicredits": 400, **fields})


def training(account, outer_id, **fields):
    """Eight hours of theory: half a credit, nothing left over."""
    return pb.TrainingHoursRecorded(**{
        "account_no": account, "outer_id": outer_id, "title": "急救培训", "course_kind": pb.COURSE_KIND_THEORY,
        "centihours": 800, "completed_date": date("2023-03-01"), "centicredits": 50, **fields})


def certificate(account, outer_id, **fields):
    """A certificate of the grade 初级, dated while its issuer was accredited."""
    return pb.CertificateAwarded(**{
        "account_no": account, "outer_id": outer_id, "certificate_id": "web-1", "centiscore": 7200,
        "issue_date": date("2023-06-01"), **fields})
