"""The command line against a bank: every command for programs, imports, and what people read."""
import collections
import json
import os
import pty
import re
import shlex
import socket
import subprocess
import threading

import pytest

import bank as banks
from bank import OPERATOR, ORIGIN, binary
from office import Office

LEARNERS = 1001  # a page has 1,000 rows at most


class Step:
    """Who says what, with which exit code and reason, and what to remember of the answer."""

    def __init__(self, profile, line, code=0, reason=None, **learns):
        self.profile, self.line, self.code, self.reason, self.learns = profile, line, code, reason, learns


# In an order in which a bank lives; {name} is what an earlier answer gave.
STORY = [
    Step("operator", "profile list"),
    Step("operator", "key show"),
    Step("operator", "institution list"),
    Step("operator", "institution show szpt"),
    Step("operator", "catalogue add catalogue.csv"),
    Step("operator", "catalogue list"),
    Step("operator", "accreditation grant miit webfe-2 --from 2020-01-01"),
    Step("operator", "accreditation grant miit webfe-1 --from 2020-01-01"),
    Step("operator", "recording-rule list"),
    Step("operator", "calendar declare 2025-10-01 --to 2025-10-08 --kind holiday"),
    Step("operator", "calendar declare 2025-09-28 --kind working"),
    Step("operator", "calendar declare 2025-10-11 --kind 调休上班"),
    Step("operator", "calendar declare 2025-01-01 --to 2025-04-01 --kind holiday", 1, "PERIOD_TOO_LONG"),
    Step("school", "calendar declare 2025-10-02 --kind working", 1),
    Step("operator", "calendar list 2025"),
    Step("operator", "calendar list 20250", 1, "FIELD_RANGE"),
    Step("rules", "programme publish plan.csv --id 2025-510201 --major 510201 --name 计算机 --cohort 2025 --credits 140"),
    Step("operator", "programme list szpt"),
    Step("operator", "programme show szpt 2025-510201"),
    Step("rules", "rulebook file rulebook.json"),
    Step("operator", "rulebook publish szpt exempt 9", 1, "RULEBOOK_VERSION_UNKNOWN"),
    Step("operator", "rulebook publish szpt exempt 1"),
    Step("operator", "rulebook list szpt"),
    Step("operator", "rulebook show szpt exempt"),
    Step("school", "import template learners template.csv"),
    Step("school", "import learners learners.csv --dry-run"),
    Step("school", "import learners learners.csv"),
    Step("school", "import results results.csv", 5),
    Step("school", "import hours hours.csv",
         hours=lambda answer: answer["import"]),
    Step("issuer", "import certificates certificates.csv"),
    Step("school", "import list"),
    Step("school", "import show {hours}"),
    Step("school", "import undo {hours} --yes", 2),
    Step("school", "import undo {hours}"),
    Step("school", "import undo {hours} --yes"),
    Step("school", "enrolment list",
         account=lambda answer: answer["enrolments"][0]["accountNo"],
         other=lambda answer: answer["enrolments"][1]["accountNo"]),
    Step("school", "outcome correct 10000/GG01/20260115 --score 65 --reason mark-reviewed"),
    Step("school", "outcome correct 10000/GG01/20260115 --score 65 --reason mark-reviewed", 1),
    Step("school", "outcome correct 10000/GG01/20260115 --score 良 --reason mark-reviewed", 2, "SCORE_NOT_OF_SCHEME"),
    Step("school", "outcome correct 10000/GG01/20260115 --score 很好 --reason mark-reviewed", 2, "ROW_SCORE_INVALID"),
    Step("issuer", "outcome revoke X3 --reason misconduct"),
    Step("issuer", "outcome replace X1 X4 --issue-date 2026-03-06"),
    Step("school", "account versions szpt 10000/GG01/20260115 --account {account}"),
    Step("school", "activation issue {account},20260000000000 --out codes.csv", 5),
    Step("learner", "session activate {account} {code}"),
    Step("learner", "session sign-in {account}"),
    Step("learner", "session list",
         session=lambda answer: next(s["sessionId"] for s in answer["sessions"] if not s.get("current"))),
    Step("learner", "session revoke {session}"),
    Step("learner", "account show"),
    Step("learner", "account outcomes"),
    Step("learner", "account access"),
    Step("learner", "account exemptions"),
    Step("learner", "evaluate szpt exempt"),
    Step("learner", "best szpt exempt"),
    Step("learner", "application create szpt exempt --rules 9", 1, "RULE_UNKNOWN"),
    Step("learner", "application create szpt exempt --rules abc", 2, "ARGUMENT_INVALID"),
    Step("learner", "application create szpt exempt --rules 1",
         application=lambda answer: answer["application"]["applicationNo"]),
    Step("learner", "application create szpt exempt", 1),
    Step("learner", "application withdraw {application}"),
    Step("learner", "application create szpt exempt --best --rules 1", 2, "ARGUMENT_INVALID"),
    Step("learner", "application create szpt exempt --best",
         application=lambda answer: answer["application"]["applicationNo"]),
    Step("learner", "application list"),
    Step("school", "application accept {application}"),
    Step("school", "application return {application} --reason evidence-missing"),
    Step("learner", "application resubmit {application} --lines '1 miit X2'", 2),
    Step("learner", "application resubmit {application} --lines '1 miit X2 ZH01'"),
    Step("learner", "application resubmit {application}", 1),
    Step("school", "application return {application} --reason evidence-unclear"),
    Step("learner", "application resubmit {application}"),
    Step("learner", "application withdraw {application}"),
    Step("learner", "application create szpt exempt",
         application=lambda answer: answer["application"]["applicationNo"]),
    Step("school", "application not-accept {application}", 2),
    Step("school", "application not-accept {application} --reason evidence", 2),
    Step("school", "application not-accept {application} --reason window-closed"),
    Step("school", "application not-accept {application} --reason window-closed", 1),
    Step("learner", "application create szpt exempt",
         application=lambda answer: answer["application"]["applicationNo"]),
    Step("school", "application accept {application}"),
    Step("review", "application review {application} reject"),
    Step("decide", "application decide {application} approve", 2, "REVIEWER_REJECTED"),
    Step("decide", "application decide {application} approve --yes"),
    Step("school", "application object {application} --reason rule-misapplied", 1),
    Step("learner", "application appeal {application}", 1, "APPLICATION_STATE"),
    Step("decide", "application answer {application} reject", 1),
    Step("school", "application show {application}"),
    Step("learner", "statement get statement.json"),
    Step("learner", "verify statement.json", 6),
    Step("learner", "verify password", 4),
    Step("learner", "receipt get 1"),
    Step("learner", "log checkpoint"),
    Step("school", "outbox resume"),
    Step("school", "enrolment end {other} --student 10001 --date 2026-07-01 --reason withdrawn"),
    Step("learner", "session sign-out"),
    Step("operator", "account state {account} closed"),
    Step("operator", "account state {account} suspended"),
    Step("learner", "session sign-in {account}", 1, "ACCOUNT_SUSPENDED"),
    Step("operator", "completion bash"),
    Step("operator", "help"),
    Step("operator", "help import learners"),
    Step("operator", "import learners --help"),
    Step("operator", "import learners nowhere.csv", 2),
    Step("operator", "nonsense", 2),
    Step("operator", "", 2),
]
ELSEWHERE = {"profile set", "key generate", "key claim", "key register", "bank found", "institution register",
             "recording-rule set"}  # found_and_populate: asked for JSON too


def write_story_files(office):
    office.rows("learners", "learners.csv", *(
        f"{10000 + i},甲{i},护照,E{i:08d},2025-510201,2025-09-01" for i in range(LEARNERS)))
    office.rows("results", "results.csv", "10000,GG01,30,55,2026-01-15", "99999,GG01,30,55,2026-01-15")
    office.rows("hours", "hours.csv", "T1,甲0,护照,E00000000,急救培训,理论,16,2026-01-15")
    office.rows("certificates", "certificates.csv", "X1,webfe-1,甲0,护照,E00000000,88,2026-03-05",
                "X2,webfe-2,甲0,护照,E00000000,82.5,2026-03-05", "X3,webfe-2,甲1,护照,E00000001,90,2026-03-05")


def test_every_command_gives_one_document_of_json(office):
    write_story_files(office)
    known, told = {}, set()
    names = [command["name"] for command in office.json("operator", "help")["commands"]]
    for step in STORY:
        if "{code}" in step.line:
            known["code"] = office.read_rows("codes.csv")[0]["激活码"]
        answer = office.json(step.profile, *shlex.split(step.line.format(**known)), code=step.code)
        assert ("error" in answer) == (step.code in (1, 2)), (step.line, answer)
        if step.reason is not None:
            assert answer["error"]["reason"] == step.reason and "answer" not in answer, (step.line, answer)
        known.update({name: learn(answer) for name, learn in step.learns.items()})
        told |= {name for name in names if step.line.startswith(name)}
        if step.line == "enrolment list":
            assert len(answer["enrolments"]) == LEARNERS and "nextPageToken" not in answer
    assert told | ELSEWHERE == set(names) - {"key revoke"}
    key_id = office.json("rules", "key", "show")["keyId"]
    assert office.json("school", "key", "revoke", "szpt", key_id)["entryIndex"]


def person(i):
    return f"乙{i},护照,F{i:08d}"


NO_ROWS = {"booked": 0, "same": 0, "bad": 0, "undone": 0, "sent": 0}


def totals(office, made):
    """What an import's rows are told to be in all, which is what they are one by one."""
    shown = office.json("school", "import", "show", made["import"])
    counted = collections.Counter(row["state"] for row in shown["rows"])
    assert shown["import"] == made["import"] and shown["totals"] == {**NO_ROWS, **counted}
    return shown["totals"]


def test_hours_rest_on_those_before_and_are_known_again(office):
    # 8 hours of theory give half a credit: 10 leave 2, and 6 more give the next half.
    name = office.rows("hours", "training.csv", f"A1,{person(1)},急救,理论,10,2026-01-10",
                       f"A2,{person(1)},急救,理论,6,2026-01-11", f"A3,{person(1)},急救,实践,15,2026-01-12",
                       f"A4,{person(2)},急救,理论,7.5,2026-01-12")
    tried = office.json("school", "import", "hours", name, "--dry-run")
    assert (tried["booked"], tried["same"], tried["bad"], tried["dryRun"]) == (4, 0, 0, True)
    done = office.json("school", "import", "hours", name)
    assert (done["booked"], done["same"], done["bad"]) == (4, 0, 0)
    rows = office.json("school", "import", "show", done["import"])["rows"]
    assert [row["state"] for row in rows] == ["booked"] * 4
    for account, credits in ((rows[0]["accountNo"], {"A1": "50", "A2": "50", "A3": "50"}), (rows[3]["accountNo"], {"A4": "0"})):
        outcomes = office.json("school", "account", "outcomes", account)["outcomes"]
        assert {o["outerId"]: o.get("centicredits", "0") for o in outcomes} == credits
    again = office.json("school", "import", "hours", name)
    assert (again["booked"], again["same"], again["bad"]) == (0, 4, 0)
    more = office.json("school", "import", "hours", office.rows(
        "hours", "more.csv", f"A5,{person(2)},急救,理论,0.5,2026-01-13"))
    assert more["booked"] == 1
    # A5's half credit rests on A4: the first import cannot be undone before the second.
    office.json("school", "import", "undo", done["import"], code=5)
    with open(office.home / "school" / "imports" / more["import"] / "rows", "a", encoding="utf-8") as journal:
        journal.write("3\tbook")  # as a crash may leave it
    for made, count in ((more, 1), (done, 4)):
        assert totals(office, made) == {**NO_ROWS, "booked": count}
        office.json("school", "import", "undo", made["import"])
        assert totals(office, made) == {**NO_ROWS, "booked": count}
        assert office.json("school", "import", "undo", made["import"], "--yes") == {
            "dryRun": False, "undone": count, "bad": 0, "unanswered": 0}
        assert totals(office, made) == {**NO_ROWS, "undone": count}
        assert office.json("school", "import", "undo", made["import"]) == {
            "dryRun": True, "undone": 0, "bad": 0, "unanswered": 0}
    assert office.json("school", "import", "hours", name)["booked"] == 4


def test_rows_of_new_people_that_stand_twice_are_booked_once(office):
    """Of two batches that open an account for one person the slower one finds its rows there already."""
    rows = [f"V{i:03},{person(100 + i)},急救,理论,16,2026-01-10" for i in range(200)]
    done = office.json("school", "import", "hours", office.rows("hours", "twice.csv", *rows, *rows))
    assert (done["booked"], done["same"], done["bad"]) == (200, 200, 0)


def test_an_undo_leaves_what_was_changed_since_the_import(office):
    """What was taken back and posted anew under the same number is the later import's."""
    name = office.rows("hours", "first.csv", f"U1,{person(4)},急救,理论,16,2026-01-10",
                       f"U2,{person(4)},急救,理论,16,2026-01-11")
    first = office.json("school", "import", "hours", name)
    office.json("school", "outcome", "revoke", "U1", "--reason", "entry-error")
    again = office.rows("hours", "again.csv", f"U1,{person(4)},急救,理论,32,2026-01-12")
    second = office.json("school", "import", "hours", again, "--again")
    tried = office.json("school", "import", "undo", first["import"], code=5)
    assert (tried["undone"], tried["bad"]) == (1, 1)
    told = office.run("school", "import", "undo", first["import"], "--yes", lang="en")
    assert told.returncode == 5 and "U1" in told.stderr and "ROW_CHANGED_SINCE" in told.stderr
    assert totals(office, first) == {**NO_ROWS, "booked": 1, "undone": 1}
    account = office.json("school", "import", "show", second["import"])["rows"][0]["accountNo"]
    outcomes = office.json("school", "account", "outcomes", account)["outcomes"]
    assert {o["outerId"]: (o["state"], o.get("centicredits", "0")) for o in outcomes} == {
        "U1": ("OUTCOME_STATE_VALID", "200"), "U2": ("OUTCOME_STATE_REVOKED", "100")}


def test_an_enrolment_that_was_ended_and_begun_anew_is_not_undone(office):
    row = f"U0001,{person(5)},2025-510201,2025-09-01"
    first = office.json("school", "import", "learners", office.rows("learners", "one.csv", row))
    account = office.json("school", "import", "show", first["import"])["rows"][0]["accountNo"]
    office.json("school", "enrolment", "end", account, "--student", "U0001", "--date", "2026-01-01",
                "--reason", "entry-error")
    office.json("school", "import", "learners", office.rows("learners", "two.csv", row))
    tried = office.json("school", "import", "undo", first["import"], code=5)
    assert (tried["undone"], tried["bad"]) == (0, 1)


def test_no_row_of_a_document_under_two_names_in_one_file_is_booked(office):
    """Also where its rows stand in different batches: the first one's name may be the wrong one."""
    others = [f"U{1000 + i},{person(1000 + i)},2025-510201,2025-09-01" for i in range(200)]
    name = office.rows("learners", "two-names.csv", "U0011,甲甲,护照,f00009999,2025-510201,2025-09-01", *others,
                       "U0012,甲乙,护照,F00009999,2025-510201,2025-09-01",
                       "U0013,甲甲,护照,F00009999,2025-510201,2025-09-01")
    done = office.json("school", "import", "learners", name, code=5)
    assert (done["booked"], done["bad"]) == (200, 3)
    bad = office.read_rows("two-names.bad.csv")
    assert {row["code"] for row in bad} == {"DOCUMENT_NAMED_TWICE"}
    assert [row["学号"] for row in bad] == ["U0011", "U0012", "U0013"]
    mended = office.rows("learners", "two-names.mended.csv", *(
        f"{number},甲乙,护照,F00009999,2025-510201,2025-09-01" for number in ("U0011", "U0012", "U0013")))
    assert office.json("school", "import", "learners", mended, code=5)["booked"] == 1  # one person, one enrolment


def test_bad_hours_come_back_with_reasons(office):
    name = office.rows("hours", "bad.csv", f"B1,{person(3)},急救,手工,8,2026-01-10", "",
                       f"B2,{person(3)},急救,理论,八,2026-01-10", f"B3,{person(3)},急救,理论,8,2019-01-10",
                       f"B4,{person(3)},急救,理论,8,2026-01-10,多", f"1.1E+17,{person(3)},急救,理论,8,2026-01-10",
                       f"B6,{person(3)},急救,理论,0,2026-01-10", f"B7,{person(3)},急救,理论,8,2026-01-10")
    done = office.json("school", "import", "hours", name, code=5)
    assert (done["booked"], done["bad"]) == (1, 6)
    bad = office.read_rows("bad.bad.csv")
    codes = [row["code"] if row["培训编号"] != "B4" else row["sentence"] for row in bad]
    assert codes == ["ROW_CHOICE_INVALID", "ROW_NUMBER_INVALID", "RECORDING_RULE_MISSING", "ROW_CELLS_TOO_MANY",
                     "ROW_NUMBER_MANGLED", "FIELD_RANGE"]
    assert "理论, 实践" in bad[0]["sentence"] and "理论" in bad[2]["sentence"]
    told = office.json("school", "import", "show", done["import"])["rows"]
    rows = {row["row"]: row["state"] for row in told}
    assert rows == {**dict.fromkeys("245678", "bad"), "9": "booked"}
    assert [row["reason"] for row in told][::6] == ["ROW_CHOICE_INVALID", ""]
    assert [bool(row["accountNo"]) for row in told] == [row["state"] == "booked" for row in told]
    shown = office.run("school", "import", "show", done["import"]).stdout
    assert "已入账" in shown and "booked" not in shown and "没有这个取值：手工" in shown and "…" not in shown
    assert shown.endswith("合计：已入账 1 行，此前已有 0 行，出错 6 行，已撤销 0 行，已发出未得到答复 0 行\n")
    listed = office.run("school", "import", "list").stdout
    assert "培训学时" in listed and "hours" not in listed.replace("hours.csv", "")


def test_a_refused_row_names_its_column_in_the_units_of_the_file(office):
    name = office.write("cells.csv", "学号,课程代码,学时,成绩,日期,成绩编号,备注\n"
                                     "10002,GG01,0,55,2026-01-16,N1,\n10002,GG01,30,55,2026/1/16 0:00,编号,\n")
    done = office.run("school", "import", "results", name)
    assert done.returncode == 5 and "没有用到的列：备注\n" in done.stdout
    hours, number = office.read_rows("cells.bad.csv")
    assert hours["code"] == "FIELD_RANGE" and hours["sentence"].startswith("“学时”：") and "应为 0.01 至 1000" in hours["sentence"]
    assert number["code"] == "FIELD_CHARACTERS" and number["sentence"].startswith("“成绩编号”：")
    office.run("school", "import", "learners", office.rows(
        "learners", "shortened.csv", "2.02501E+12,丙,护照,G00000001,2025-510201,2025-09-01"))
    assert office.read_rows("shortened.bad.csv")[0]["code"] == "ROW_NUMBER_MANGLED"
    office.run("issuer", "import", "certificates", office.rows(
        "certificates", "grade.csv", "X9,webfe-1,甲0,护照,E00000000,良,2026-03-05",
        "X10,webfe-1,甲0,护照,E00000000,,2026-03-05", "X11,webfe-1,甲0,护照,E00000000,80,三月五日"))
    refused, empty, undated = office.read_rows("grade.bad.csv")
    assert refused["code"] == "ROW_PERCENTAGE_INVALID" and "良" not in refused["advice"]
    assert (empty["code"], empty["sentence"]) == ("ROW_CELL_EMPTY", "“成绩”不能为空")
    assert undated["sentence"] == "“发证日期”：日期无效：三月五日"
    office.run("issuer", "import", "certificates", office.write(
        "again.csv", "证书编号,证书标识,姓名,证件号码,证件类型,成绩,发证日期,更正后重报\n"
                     "X12,webfe-1,甲0,E00000000,护照,80,2026-03-05,是\n"))
    again = office.read_rows("again.bad.csv")[0]
    assert again["code"] == "ROW_ENTRY_INVALID" and again["sentence"].startswith("“更正后重报”：") and "条目号" in again["advice"]
    assert "日志条目号" in office.run("issuer", "import", "certificates", "--help").stdout


def test_an_institution_says_whose_account_it_means(office):
    said = office.run("issuer", "account", "versions", "miit", "X1")
    assert said.returncode == 2 and "缺少选项：--account" in said.stderr
    said = office.run("issuer", "account", "show")
    assert said.returncode == 2 and "缺少参数：ACCOUNT" in said.stderr


def test_a_number_that_was_made_for_a_row_is_told(office):
    office.json("school", "import", "learners", office.rows(
        "learners", "made.csv", "41000,庚,护照,G00041000,2025-510201,2025-09-01"))
    for score, code in ((55, 0), (56, 5)):
        office.json("school", "import", "results", office.rows(
            "results", "made-marks.csv", f"41000,GG01,30,{score},2026-01-15"), code=code)
    bad = office.read_rows("made-marks.bad.csv")[0]
    assert bad["code"] == "OUTCOME_CONFLICT" and bad["sentence"].startswith("“41000/GG01/20260115”：")


def test_a_learner_who_stands_twice_in_a_file_is_there_already(office):
    rows = [f"{40000 + i},戊{i},护照,K{i:08d},2025-510201,2025-09-01" for i in range(201)]
    # The last one stands in the second batch of rows, the other one beside its like.
    name = office.rows("learners", "twice.csv", rows[0], rows[0], *rows[1:], rows[1])
    done = office.json("school", "import", "learners", name)
    assert (done["booked"], done["same"], done["bad"]) == (201, 2, 0)
    differs = office.json("school", "import", "learners", office.rows(
        "learners", "differs.csv", "40900,己,护照,K00009900,2025-510201,2025-09-01",
        "40900,己,护照,K00009900,2025-510201,2025-09-02"), code=5)
    assert (differs["booked"], differs["bad"]) == (1, 1)
    assert office.read_rows("differs.bad.csv")[0]["code"] == "STUDENT_NO_TAKEN"


def test_a_result_of_another_programme_is_told_so(office):
    name = office.write("other.csv", "学号,课程代码,学时,成绩,日期,培养方案\n10003,GG01,30,55,2026-01-17,2025-999999\n"
                                     "88888,GG01,30,55,2026-01-17,2025-999999\n")
    assert office.json("school", "import", "results", name, code=5)["bad"] == 2
    named, unknown = office.read_rows("other.bad.csv")
    assert named["code"] == "ROW_PROGRAMME_DIFFERS" and "“培养方案”一列" in named["advice"]
    assert unknown["code"] == "ROW_STUDENT_UNKNOWN"


def test_the_calendar_is_what_was_declared_last(office):
    office.json("operator", "calendar", "declare", "2025-10-02", "--kind", "ordinary")
    days = office.json("learner", "calendar", "list", "2025")["days"]
    assert [(day["date"]["month"], day["date"]["day"], day["kind"]) for day in days] == [
        (9, 28, "DAY_KIND_WORKING"), (10, 1, "DAY_KIND_HOLIDAY"),
        *((10, day, "DAY_KIND_HOLIDAY") for day in range(3, 9)), (10, 11, "DAY_KIND_WORKING")]
    told = office.run("learner", "calendar", "list", "2025").stdout
    assert "2025-09-28" in told and "调休上班" in told and "2025-10-02" not in told


def test_help_lists_the_commands_of_a_group(office):
    for words in (("import", "--help"), ("help", "import")):
        told = office.run("school", *words)
        assert told.returncode == 0 and "import undo" in told.stdout and "account show" not in told.stdout
    names = [command["name"] for command in office.json("school", "help", "session")["commands"]]
    assert "session activate" in names and all(name.startswith("session ") for name in names)


def test_a_verified_statement_says_what_it_proves_and_of_whom(office):
    office.json("school", "import", "learners", office.rows(
        "learners", "owner.csv", "77001,丁一,护照,H00000001,2025-510201,2025-09-01"))
    office.json("school", "import", "results", office.rows("results", "marks.csv", "77001,GG01,30,58,2026-01-15"))
    office.json("school", "outcome", "correct", "77001/GG01/20260115", "--score", "85", "--reason", "mark-reviewed")
    account = next(e["accountNo"] for e in office.json("school", "enrolment", "list")["enrolments"]
                   if e["studentNo"] == "77001")
    office.json("school", "activation", "issue", account, "--out", "owner-codes.csv")
    office.set_profile("owner")
    office.json("owner", "session", "activate", account, office.read_rows("owner-codes.csv")[0]["激活码"])
    office.json("owner", "statement", "get", "owner.json", "--disclose-identity")
    done = office.run("owner", "verify", "owner.json")
    assert done.returncode == 6 and done.stderr.startswith("没有给出银行公钥")
    said = done.stdout
    assert "szpt：课程成绩 77001/GG01/20260115，方案 2025-510201，课程 GG01，学时 30，成绩 58" in said
    assert "（不再有效：后来由第 4 条更改）" in said and "更正成绩 77001/GG01/20260115，成绩 85，学分 1" in said
    assert "姓名：丁一\n" in said and "证件号码：H00000001\n" in said
    told = office.json("owner", "verify", "owner.json", code=6)
    assert told["owner"] == {"documentType": "DOCUMENT_TYPE_PASSPORT", "documentNumber": "H00000001", "name": "丁一"}
    assert [record["number"] for record in told["records"]] == list(range(1, told["lines"] + 1))


@pytest.mark.parametrize(("option", "value", "reason", "word"), [
    ("account", "2026000000000", "ACCOUNT_NO_FORM", "14 位数字"),
    ("account", "2026000000000x", "ACCOUNT_NO_FORM", "14 位数字"),
    ("institution", "深职大", "ARGUMENT_INVALID", "--institution 深职大"),
    ("institution", "1szpt", "ARGUMENT_INVALID", "--institution 1szpt"),
    ("institution", "s", "ARGUMENT_INVALID", "--institution s"),
    ("institution", "s" * 33, "ARGUMENT_INVALID", "--institution s"),
    ("ca", "nowhere.pem", "FILE_UNREADABLE", "nowhere.pem"),
    ("bank-key", "garbage", "VERIFY_BANK_KEY_INVALID", "ORIGIN+HASH+BASE64"),
    ("bank-key", "gar+ba+ge", "VERIFY_BANK_KEY_INVALID", "ORIGIN+HASH+BASE64"),
    ("bank-key", "password", "VERIFY_BANK_KEY_INVALID", "ORIGIN+HASH+BASE64"),  # a file with another text
])
def test_a_profile_takes_no_setting_of_the_wrong_form(office, option, value, reason, word):
    told = office.json("operator", "profile", "set", "new", f"--{option}", value, code=2)["error"]
    assert told["reason"] == reason and word in told["message"]
    assert not (office.home / "new.conf").exists()


def test_both_programs_tell_their_version(office):
    assert re.fullmatch(r"creditbank \d+\.\d+\.\d+\n", office.run("operator", "--version").stdout)
    version = office.json("operator", "--version")["version"]
    told = subprocess.run([binary("creditbankd"), "--version"], capture_output=True, text=True, check=True)
    assert told.stdout == f"creditbankd {version}\n"


@pytest.mark.parametrize(("words", "said"), [
    (["runn"], "没有这个命令：runn (no such command: runn)\n"),
    (["run", "status"], "多余的参数：status (one argument too many: status)\n"),
    ([], "没有给出命令 (no command is given)\n"),
])
def test_the_daemon_tells_what_is_wrong_with_its_command_line(words, said):
    done = subprocess.run([binary("creditbankd"), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 64 and done.stdout == ""
    assert done.stderr.startswith(said) and "usage: creditbankd" in done.stderr


def test_what_is_no_bank_key_is_told_its_form_and_judges_no_statement(office):
    office.write("any.json", "{}")
    key = office.setting("operator", "bank_key")
    mistyped = key[:-1] + ("A" if key[-1] != "A" else "B")  # its hash is another's
    for wrong in ("garbage", mistyped):
        said = office.run("operator", "verify", "any.json", "--bank-key", wrong)
        assert said.returncode == 2 and said.stdout == ""
        assert f"银行公钥须是“ORIGIN+HASH+BASE64”这样的一行：{wrong}\n" in said.stderr


def test_an_editors_byte_order_mark_before_a_file_of_json_is_no_fault(office):
    office.set_profile("edited", "szpt")
    claim = office.json("edited", "key", "claim", "--duties", "review")
    (office.folder / "edited.claim").write_text(json.dumps(claim), encoding="utf-8-sig")
    assert office.json("operator", "key", "register", "edited.claim")["entryIndex"]


def test_a_refusal_names_the_field_as_people_do(office):
    wrong = ("institution", "register", "college", "--kind", "school", "--name", "学院", "--school-code", "12")
    said = office.run("operator", *wrong)
    assert said.returncode == 1 and "学校标识码" in said.stderr and "school_code" not in said.stderr
    said = office.run("operator", *wrong, lang="en")
    assert "school code" in said.stderr and "school_code" not in said.stderr
    assert office.json("operator", *wrong, code=1)["error"]["field"].endswith("school_code")  # for programs


def test_a_lost_bank_is_said_once_however_many_batches_lose_it(office):
    office.set_profile("lost", "szpt")
    conf = office.home / "lost.conf"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = listener.getsockname()[1]
    conf.write_text(conf.read_text(encoding="utf-8").replace(str(office.bank.port), str(nobody)), encoding="utf-8")
    # Four batches of 200 rows are under way at once.
    name = office.rows("learners", "lost.csv", *(
        f"{30000 + i},丙{i},护照,L{i:08d},2025-510201,2025-09-01" for i in range(800)))
    said = office.run("lost", "import", "learners", name)
    assert said.returncode == 3 and said.stderr.count("[BANK_UNREACHABLE]") == 1
    assert "请再次导入同一文件" in said.stderr and not (office.folder / "lost.bad.csv").exists()
    told = office.json("lost", "import", "learners", name, code=3)
    assert [error["reason"] for error in told["errors"]] == ["BANK_UNREACHABLE"]
    assert (told["answer"]["booked"], told["answer"]["nextRow"]) == (0, 2)


def test_what_was_judged_before_too_many_names_were_wrong_comes_back(office):
    office.json("operator", "institution", "register", "hourly", "--kind", "issuer", "--name", "培训机构")
    office.add_key("hourly", "hourly", "post")
    office.json("hourly", "import", "hours", office.rows("hours", "first.csv", f"H0,{person(5)},急救,理论,16,2026-01-10"))
    # One more wrong name may be asked for in this hour; the second batch of 200 rows brings another.
    banks.sql(office.bank.database, "UPDATE access.resolving SET mismatches = 999 WHERE institution_id = 'hourly'")
    wrong = person(5).replace("乙", "丁")
    good = [f"H{i},{person(7)},急救,理论,16,2026-01-10" for i in range(1, 201)]
    name = office.rows("hours", "names.csv", f"W1,{wrong},急救,理论,16,2026-01-10", "", *good[:199],
                       f"W2,{wrong},急救,理论,16,2026-01-10", *good[199:])
    said = office.run("hourly", "import", "hours", name)
    # Row 1 has the headings, row 2 the wrong name, row 3 is blank.
    assert said.returncode == 1 and "[MISMATCHES_TOO_MANY]" in said.stderr
    assert "届时从第 203 行起继续导入" in said.stderr and "没有得到答复" not in said.stderr
    assert "写入出错文件的，那些行也已处理" in said.stderr
    assert "新入账 199 行，已有 0 行，出错 1 行" in said.stdout and "names.bad.csv" in said.stdout
    assert [(row["培训编号"], row["code"]) for row in office.read_rows("names.bad.csv")] == [("W1", "IDENTITY_MISMATCH")]


def test_an_import_that_cannot_be_signed_does_not_begin(office):
    office.set_profile("unsaid", "szpt")
    conf = office.home / "unsaid.conf"
    lines = conf.read_text(encoding="utf-8").splitlines(True)
    conf.write_text("".join(line for line in lines if not line.startswith("institution")), encoding="utf-8")
    name = office.rows("learners", "unsaid.csv", "31000,丙,护照,L00009999,2025-510201,2025-09-01")
    said = office.run("unsaid", "import", "learners", name)
    assert said.returncode == 2 and "[PROFILE_INCOMPLETE]" in said.stderr and said.stdout == ""
    assert office.json("unsaid", "import", "list") == []


def test_codes_are_not_issued_when_their_file_cannot_be_new(office):
    office.write("taken.csv", "")
    refused = office.json("school", "activation", "issue", "20260000000000", "--out", "taken.csv", code=2)
    assert refused["error"]["reason"] == "FILE_EXISTS"


def hang_up(listener):
    """Reads what is sent, and answers nothing."""
    while True:
        try:
            connection = listener.accept()[0]
        except OSError:
            return
        with connection:
            connection.recv(65536)


def test_a_founding_that_is_sent_again_leaves_the_banks_key_in_the_profile(unfounded_bank, tmp_path):
    unfounded_bank.init()
    unfounded_bank.start()
    (tmp_path / "desk").mkdir()
    office = Office(unfounded_bank, tmp_path / "desk")
    office.set_profile("operator", OPERATOR)
    conf = office.home / "operator.conf"
    reaches = conf.read_text(encoding="utf-8")
    founding = json.loads((unfounded_bank.state / "founding.json").read_text(encoding="utf-8"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=hang_up, args=[listener], daemon=True).start()
        conf.write_text(f"server = http://127.0.0.1:{listener.getsockname()[1]}\nkey = {office.setting('operator', 'key')}\n",
                        encoding="utf-8")
        lost = office.json("operator", "bank", "found", unfounded_bank.state / "founding.json", "--name", "银行", code=3)
        assert lost["error"]["reason"] == "ANSWER_LOST" and "creditbank outbox resume" in lost["error"]["advice"]
        listener.shutdown(socket.SHUT_RDWR)
    conf.write_text("".join(line for line in reaches.splitlines(True) if line.startswith(("server", "ca", "key"))),
                    encoding="utf-8")
    [sent] = office.json("operator", "outbox", "resume")["sent"]
    assert sent["entryIndex"] == "0"
    assert office.setting("operator", "origin") == ORIGIN == founding["log_origin"]
    assert office.setting("operator", "institution") == OPERATOR
    key = office.setting("operator", "bank_key")
    assert key.startswith(ORIGIN + "+") and office.run("operator", "log", "checkpoint").stderr == ""


def test_a_rulebook_is_read_in_words_and_says_which_version_stands(office):
    office.add_key("words-rules", "szpt", "rules")
    book = json.loads((office.folder / "rulebook.json").read_text(encoding="utf-8"))
    for version in (1, 2):
        book.update(rulebookId="words", version=version)
        office.write("words.json", json.dumps(book))
        office.json("words-rules", "rulebook", "file", "words.json")
        office.json("operator", "rulebook", "publish", "szpt", "words", version)
    listed = [line.split() for line in office.run("school", "rulebook", "list", "szpt").stdout.splitlines()]
    states = {line[1]: line[-2:] for line in listed if line[0] == "words"}
    assert states["1"][-1] == "版取代" and states["2"][-1] == "已公布"
    assert "superseded by 2" in office.run("school", "rulebook", "list", "szpt", lang="en").stdout
    said = office.run("school", "rulebook", "show", "szpt", "words", "1").stdout
    assert "条款 1：\n" in said and "最低等级（证书体系 1+X，等级 2）" in said and "课程代码：ZH01" in said
    assert "最低成绩（计分方式 百分制，成绩 60）" in said
    whole = office.json("school", "rulebook", "show", "szpt", "words")["rulebook"]["filed"]
    assert whole["version"] == 2 and len(whole["rules"][0]["clauses"]) == 4


def test_help_shows_a_rulebook_that_can_be_filed(office):
    """All that the bank has against the example is its course, which is not in the school's plan."""
    office.add_key("example-rules", "szpt", "rules")
    told = office.run("example-rules", "rulebook", "file", "--help").stdout
    office.write("example.json", told[told.index("{\n"):told.rindex("}") + 1])
    refused = office.json("example-rules", "rulebook", "file", "example.json", code=1)
    assert {error["reason"] for error in refused["errors"]} == {"COURSE_UNKNOWN"}
    book = json.loads((office.folder / "example.json").read_text(encoding="utf-8"))
    office.write("empty.json", json.dumps({**book, "rules": []}))
    refused = office.run("example-rules", "rulebook", "file", "empty.json")
    assert "至少写一条条款" in refused.stderr and "[RULES_NONE]" in refused.stderr


def test_a_score_is_corrected_in_its_own_scheme(office):
    office.json("school", "import", "learners", office.rows(
        "learners", "graded.csv", "77101,戊一,护照,H00000101,2025-510201,2025-09-01"))
    office.json("school", "import", "results", office.rows(
        "results", "grades.csv", "77101,GG01,30,中,2026-01-15", "77101,ZH01,64,合格,2026-01-15"))

    def correct(course, score, code=0):
        return office.json("school", "outcome", "correct", f"77101/{course}/20260115", "--score", score,
                           "--reason", "mark-reviewed", code=code)

    correct("GG01", "良")
    for course, score in (("GG01", "85"), ("GG01", "合格"), ("ZH01", "0"), ("ZH01", "及格")):
        assert correct(course, score, 2)["error"]["reason"] == "SCORE_NOT_OF_SCHEME"
    correct("ZH01", "不合格")
    account = next(e["accountNo"] for e in office.json("school", "enrolment", "list")["enrolments"]
                   if e["studentNo"] == "77101")
    said = office.run("school", "account", "outcomes", account).stdout
    assert re.search("GG01/20260115 .*良", said) and re.search("ZH01/20260115 .*不合格", said)


def test_an_account_is_closed_only_after_a_look(office):
    office.json("school", "import", "learners", office.rows(
        "learners", "leaving.csv", "77201,己一,护照,H00000201,2025-510201,2025-09-01"))
    account = next(e["accountNo"] for e in office.json("school", "enrolment", "list")["enrolments"]
                   if e["studentNo"] == "77201")
    told = office.run("operator", "account", "state", account, "closed")
    assert told.returncode == 0 and "不可恢复" in told.stdout and "--yes" in told.stdout
    assert office.json("school", "account", "show", account)["account"]["state"] == "ACCOUNT_STATE_PRELOADED"
    office.json("operator", "account", "state", account, "closed", "--yes")
    assert office.json("school", "account", "show", account)["account"]["state"] == "ACCOUNT_STATE_CLOSED"


def test_activation_names_who_got_no_code_and_writes_numbers_that_stay_whole(office):
    office.json("school", "import", "learners", office.rows(
        "learners", "codes-for.csv", "77301,庚一,护照,H00000301,2025-510201,2025-09-01"))
    account = next(e["accountNo"] for e in office.json("school", "enrolment", "list")["enrolments"]
                   if e["studentNo"] == "77301")
    done = office.run("school", "activation", "issue", f"{account},20260000000000", "--out", "whole.csv")
    assert done.returncode == 5 and "20260000000000" in done.stderr and account not in done.stderr
    [row] = office.read_rows("whole.csv")
    assert list(row) == ["学号", "账号", "激活码", "有效期至"]
    assert row["学号"] == "'77301" and row["账号"] == f"'{account}"
    assert (office.folder / "whole.csv").stat().st_mode & 0o777 == 0o600
    office.run("school", "activation", "issue", account, "--out", "whole-en.csv", lang="en")
    assert list(office.read_rows("whole-en.csv")[0]) == ["student_no", "account_no", "code", "expires"]


def test_without_a_terminal_a_password_is_called_one(office):
    account = office.json("school", "enrolment", "list")["enrolments"][0]["accountNo"]
    command = [binary("creditbank"), "--lang", "zh", "--profile", "learner", "session", "sign-in", account]
    done = subprocess.run(command, cwd=office.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env={**os.environ, "CREDITBANK_HOME": str(office.home)}, timeout=60, check=False,
                          start_new_session=True)
    assert done.returncode == 2 and f"没有账号口令：{account}" in done.stderr


def test_a_reviewer_is_warned_that_the_rules_are_not_met_any_more(office):
    office.json("school", "import", "learners", office.rows(
        "learners", "warned.csv", "77401,辛一,护照,H00000401,2025-510201,2025-09-01"))
    account = next(e["accountNo"] for e in office.json("school", "enrolment", "list")["enrolments"]
                   if e["studentNo"] == "77401")
    office.json("school", "activation", "issue", account, "--out", "warned-codes.csv")
    office.set_profile("warned")
    office.json("warned", "session", "activate", account, office.read_rows("warned-codes.csv")[0]["激活码"])
    office.json("issuer", "import", "certificates", office.rows(
        "certificates", "warned-certificates.csv", "W1,webfe-2,辛一,护照,H00000401,88,2026-03-05"))
    seen = office.run("school", "evaluate", "szpt", "exempt", "--account", account)
    assert "本校可见的成果中没有可能符合条款的；其他机构的证书须由学习者本人试算" in seen.stdout
    best = office.run("warned", "best", "szpt", "exempt").stdout
    assert re.search(r"\n1 中级 +Web前端开发\(中级\) +W1 +ZH01 +4\n", best)
    assert "合计 4 学分，已证明没有更多的组合\n一并申请：creditbank application create szpt exempt --best\n" in best
    assert "目前没有可以免修的课程；逐条原因：creditbank evaluate szpt exempt" in \
        office.run("school", "best", "szpt", "exempt", "--account", account).stdout
    made = office.json("warned", "application", "create", "szpt", "exempt")["application"]["applicationNo"]
    office.json("school", "application", "accept", made)
    assert "本人" in office.run("school", "application", "show", made).stdout
    office.json("issuer", "outcome", "revoke", "W1", "--reason", "misconduct")
    done = office.run("review", "application", "review", made, "approve")
    assert done.returncode == 0 and "注意：目前不符合转换办法的条款：1" in done.stderr


def test_a_passphrase_typed_twice_has_to_be_the_same(office):
    """At a terminal of its own, which is how people type it."""
    environment = {**os.environ, "CREDITBANK_HOME": str(office.home)}
    environment.pop("CREDITBANK_PASSPHRASE", None)
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(office.folder)
        os.execve(binary("creditbank"), ["creditbank", "--lang", "zh", "key", "generate", "typed.pem"], environment)
    said = b""
    try:
        for prompt, typed in (("typed.pem 的口令：", b"one\n"), ("再输入一次：", b"two\n")):
            while prompt.encode() not in said:
                said += os.read(terminal, 1024)
            os.write(terminal, typed)
        while "[ENTRIES_DIFFER]" not in said.decode(errors="replace"):
            said += os.read(terminal, 1024)
    finally:
        _, status = os.waitpid(child, 0)
        os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 2 and "两次输入不一致" in said.decode()
    assert not (office.folder / "typed.pem").exists()
