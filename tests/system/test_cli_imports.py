"""Imports that do not go smoothly: answers that are lost, what was revoked since, disks that are full."""
import itertools
import resource
import signal

import pytest

from line import losing, over_a_line

ROWS = 200  # of a batch
learner_no = itertools.count(50000)
NO_ROWS = {"booked": 0, "same": 0, "bad": 0, "undone": 0, "sent": 0}


@pytest.fixture(scope="module")
def school(office):
    """With a plan, and whom it enrols."""
    office.json("rules", "programme", "publish", "plan.csv", "--id", "2025-510201", "--major", "510201",
                "--name", "计算机", "--cohort", "2025", "--credits", "140")
    return office


def enrol(office, count):
    """Student numbers of new learners."""
    numbers = [next(learner_no) for _ in range(count)]
    office.json("school", "import", "learners", office.rows("learners", f"learners-{numbers[0]}.csv", *(
        f"{number},甲{number},护照,E{number:08d},2025-510201,2025-09-01" for number in numbers)))
    return numbers


def marks(office, numbers, score=80):
    return office.rows("results", f"marks-{numbers[0]}-{score}.csv",
                       *(f"{number},GG01,30,{score},2026-01-15" for number in numbers))


def totals(office, made):
    return office.json("school", "import", "show", made["import"])["totals"]


def only(**counts):
    return {**NO_ROWS, **counts}


def import_losing(office, loses, name):
    with losing(office, "school", loses):
        done = office.json("school", "import", "results", name, code=3)["answer"]
    assert (done["booked"], done["unanswered"], done["nextRow"]) == (0, ROWS, 2)
    return done


def undo(office, made, **wanted):
    tried = office.json("school", "import", "undo", made["import"])
    assert (tried["undone"], tried["unanswered"]) == (wanted.get("undone", 0), wanted.get("unanswered", 0))
    done = office.json("school", "import", "undo", made["import"], "--yes")
    assert done == {**tried, "dryRun": False}


@pytest.mark.parametrize("loses", ["answer", "reset"])
def test_rows_that_were_booked_without_an_answer_are_known_to_be_and_undone(school, loses):
    made = import_losing(school, loses, marks(school, enrol(school, ROWS)))
    assert totals(school, made) == only(booked=ROWS)
    undo(school, made, undone=ROWS)
    assert totals(school, made) == only(undone=ROWS)


def test_an_undo_asks_by_itself_what_became_of_rows_without_an_answer(school):
    made = import_losing(school, "answer", marks(school, enrol(school, ROWS)))
    undo(school, made, undone=ROWS)


@pytest.mark.parametrize("again", ["resume", "import"])
def test_rows_that_never_arrived_are_sent_again_and_then_belong_to_their_import(school, again):
    name = marks(school, enrol(school, ROWS))
    made = import_losing(school, "request", name)
    assert totals(school, made) == only(sent=ROWS)
    undo(school, made, unanswered=ROWS)
    for lang, said in (("zh", f"另有 {ROWS} 行已发出、未得到答复，不在撤销之列"),
                       ("en", f"{ROWS} rows were sent without an answer and are not undone")):
        assert said in school.run("school", "import", "undo", made["import"], lang=lang).stderr
    if again == "resume":
        assert len(school.json("school", "outbox", "resume")["sent"]) == 1
    else:
        assert school.json("school", "import", "results", name)["same"] == ROWS
    assert totals(school, made) == only(booked=ROWS)
    undo(school, made, undone=ROWS)


def test_rows_that_another_booked_meanwhile_are_not_of_the_import_that_lost_them(school):
    name = marks(school, enrol(school, ROWS))
    made = import_losing(school, "request", name)
    school.add_key("colleague", "szpt", "post")
    assert school.json("colleague", "import", "results", name)["booked"] == ROWS
    school.json("school", "outbox", "resume", code=1)
    shown = school.json("school", "import", "show", made["import"])
    assert shown["totals"] == only(bad=ROWS)
    assert {row["reason"] for row in shown["rows"]} == {"ROW_NOT_BOOKED"}
    undo(school, made)


def test_an_undo_that_lost_its_answer_is_known_to_be_done(school):
    name = marks(school, enrol(school, ROWS))
    made = school.json("school", "import", "results", name)
    school.json("school", "import", "undo", made["import"])
    with losing(school, "school", "answer"):
        school.json("school", "import", "undo", made["import"], "--yes", code=3)
    assert totals(school, made) == only(undone=ROWS)
    undo(school, made)
    assert school.json("school", "import", "results", name)["booked"] == ROWS


def test_a_learner_whom_another_import_enrols_at_any_moment_is_there_already(school):
    school.add_key("beside", "szpt", "post")
    for moment in itertools.count(1):
        number = next(learner_no)
        name = school.rows("learners", f"beside-{number}.csv",
                           f"{number},甲{number},护照,E{number:08d},2025-510201,2025-09-01")
        others = []

        def act(line):
            if line.pieces == moment:
                others.append(school.json("beside", "import", "learners", name))
            return False

        with over_a_line(school, "school", act):
            mine = school.json("school", "import", "learners", name)
        if not others:
            break
        assert mine["bad"] == others[0]["bad"] == 0 and mine["booked"] + others[0]["booked"] == 1
    assert moment > 5  # greeting, look-ups, booking


def test_a_lost_import_says_how_many_rows_were_sent_and_how_to_go_on(school):
    name = marks(school, enrol(school, ROWS))
    with losing(school, "school", "answer"):
        said = school.run("school", "import", "results", name)
    assert said.returncode == 3 and f"结果未知：{ROWS} 行已发出" in said.stderr and "请再次导入同一文件" in said.stderr
    said = school.run("school", "import", "results", name)
    assert said.returncode == 0 and f"已有 {ROWS} 行" in said.stdout


def test_a_number_that_was_revoked_by_hand_is_not_booked_again_unasked(school):
    numbers = enrol(school, 3)
    name = marks(school, numbers)
    school.json("school", "import", "results", name)
    revoked = f"{numbers[1]}/GG01/20260115"
    school.json("school", "outcome", "revoke", revoked, "--reason", "entry-error")
    for words in ([], ["--dry-run"]):
        done = school.json("school", "import", "results", name, *words, code=5)
        assert (done["booked"], done["same"], done["bad"]) == (0, 2, 1)
    [bad] = school.read_rows(done["badFile"])
    assert (bad["学号"], bad["code"]) == (str(numbers[1]), "ROW_REVOKED")
    assert bad["sentence"] == f"编号 {revoked} 已撤销，不再入账" and "--again" in bad["advice"]
    older = marks(school, numbers[1:2], score=70)
    assert school.json("school", "import", "results", older, code=5)["booked"] == 0
    assert school.json("school", "import", "results", older, "--again")["booked"] == 1


def test_hours_that_were_revoked_by_hand_are_not_booked_again_unasked(school):
    name = school.rows("hours", "revoked-hours.csv", "RH1,甲丙,护照,E00077001,急救,理论,16,2026-01-15")
    school.json("school", "import", "hours", name)
    school.json("school", "outcome", "revoke", "RH1", "--reason", "entry-error")
    assert school.json("school", "import", "hours", name, code=5)["booked"] == 0
    assert school.read_rows("revoked-hours.bad.csv")[0]["code"] == "ROW_REVOKED"
    assert school.json("school", "import", "hours", name, "--again")["booked"] == 1


def test_what_an_undo_took_back_is_booked_again_and_what_was_revoked_after_it_is_not(school):
    numbers = enrol(school, 2)
    name = marks(school, numbers)
    undo(school, school.json("school", "import", "results", name), undone=2)
    assert school.json("school", "import", "results", name)["booked"] == 2
    school.json("school", "outcome", "revoke", f"{numbers[0]}/GG01/20260115", "--reason", "entry-error")
    done = school.json("school", "import", "results", name, code=5)
    assert (done["booked"], done["same"], done["bad"]) == (0, 1, 1)


def test_bad_rows_that_were_mended_are_not_written_over(school):
    [number] = enrol(school, 1)
    name = marks(school, [number, 99999])
    assert school.json("school", "import", "results", name, code=5)["badFile"] == name.replace(".csv", ".bad.csv")
    told = (school.folder / name.replace(".csv", ".bad.csv")).read_bytes()
    assert school.json("school", "import", "results", name, "--dry-run", code=5)["badFile"] == name.replace(".csv", ".bad.csv")
    mended = school.write(name.replace(".csv", ".bad.csv"), "mended")
    for words in (["--dry-run"], []):
        said = school.run("school", "import", "results", name, *words)
        assert f"出错的行写入 {name.replace('.csv', '.bad-2.csv')}" in said.stdout
    assert (school.folder / mended).read_text(encoding="utf-8") == "mended"
    assert (school.folder / name.replace(".csv", ".bad-2.csv")).read_bytes() == told
    assert sorted(path.name for path in school.folder.glob(name.replace(".csv", "*"))) == sorted(
        name.replace(".csv", end) for end in (".csv", ".bad.csv", ".bad-2.csv"))


def test_answers_that_the_disk_has_no_room_for_are_unknown_and_found_again(school):
    name = marks(school, enrol(school, 3))
    done = school.home / "school" / "outbox" / "done"
    kept = done.rename(done.with_name("kept"))
    done.touch()  # where nothing can be written
    said = school.run("school", "import", "results", name)
    assert said.returncode == 3 and "结果未知：3 行已发出" in said.stderr and "请再次导入同一文件" in said.stderr
    done.unlink()
    kept.rename(done)
    [last] = [each for each in school.json("school", "import", "list") if each["file"] == name]
    assert totals(school, last) == only(booked=3)


def without_room():
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def test_a_template_that_cannot_be_written_leaves_no_file(school):
    said = school.run("school", "import", "template", "results", "no-room.csv", preexec_fn=without_room)
    assert said.returncode == 2 and "[FILE_UNWRITABLE]" in said.stderr
    assert not (school.folder / "no-room.csv").exists()


def activate_once(office, account, out):
    code = office.read_rows(out)[0]["激活码"]
    return office.run("learner", "session", "activate", account, code)


def test_codes_are_not_issued_where_there_is_no_room_for_them(school):
    [number] = enrol(school, 1)
    account = next(each["accountNo"] for each in school.json("school", "enrolment", "list")["enrolments"]
                   if each["studentNo"] == str(number))
    school.json("school", "activation", "issue", account, "--out", "code.csv")
    said = school.run("school", "activation", "issue", account, "--out", "none.csv", preexec_fn=without_room)
    assert said.returncode == 2 and "[FILE_UNWRITABLE]" in said.stderr and "已失效" not in said.stderr
    assert not (school.folder / "none.csv").exists()
    assert activate_once(school, account, "code.csv").returncode == 0


def test_codes_whose_answer_is_lost_may_have_ended_the_old_ones(school):
    accounts = [each["accountNo"] for each in school.json("school", "enrolment", "list")["enrolments"][:900]]
    for lang, told in (("zh", "原激活码可能已失效，请重新签发"), ("en", "the old code may be dead: issue it again")):
        with losing(school, "school", "answer", of=12000):
            said = school.run("school", "activation", "issue", ",".join(accounts), "--out", "lost.csv", lang=lang)
        assert said.returncode == 3 and told in said.stderr
        assert not (school.folder / "lost.csv").exists()


def test_an_undo_of_learners_says_what_stays(school):
    name = school.rows("learners", "undone.csv", "59999,甲丁,护照,E00059999,2025-510201,2025-09-01")
    made = school.json("school", "import", "learners", name)
    for lang, told in (("zh", "账户不会注销"), ("en", "accounts stay open")):
        assert told in school.run("school", "import", "undo", made["import"], lang=lang).stdout
    assert told in school.run("school", "import", "undo", made["import"], "--yes", lang="en").stdout


def test_reasons_are_shown_in_the_language_that_is_asked_for(school):
    name = school.rows("hours", "choices.csv", "CH1,甲丙,护照,E00077001,急救,手工,16,2026-01-15")
    made = school.json("school", "import", "hours", name, code=5)
    [bad] = school.read_rows("choices.bad.csv")
    assert bad["sentence"] == "“学时类别”：没有这个取值：手工；可填：理论, 实践" and bad["advice"] == "请改为所列的一种"
    shown = school.run("school", "import", "show", made["import"], lang="en").stdout
    assert '"学时类别": there is no such choice: 手工; write one of: theory, practice' in shown
    assert "没有这个取值：手工；可填：理论, 实践" in school.run("school", "import", "show", made["import"]).stdout
