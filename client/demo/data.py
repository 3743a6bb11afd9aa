#!/usr/bin/python3 -B
"""Writes the data of the demo into a folder: the same bytes every time.

usage: data.py FOLDER

  plan.csv rulebook.json catalogue.csv             what the school and the operator publish
  learners.csv results.csv                         GB18030; 500 learners, 5,000 results, 12 of them bad
  results-wrong.csv                                an import that is undone
  other-plan.csv other-learners.csv other-results.csv   the other school's
  certificates.csv                                 UTF-8 with a byte order mark; 300 certificates
  people.sh                                        who and what the story speaks of, for the shell

Nobody here lives: resident identity numbers are valid in form, and of an area code that was never given out.
"""
import csv
import json
import pathlib
import random
import sys

from data_lists import (CERTIFICATES, COURSES, ELECTIVE, EXCLUDED, FIRST_TERM, GIVEN_FEMALE, GIVEN_MALE, GRADES,
                        OTHER_COURSES, SURNAMES)

SEED = 20251101
LEARNERS, RESULTS, CERTIFICATES_JUNIOR, CERTIFICATES_MIDDLE = 500, 5000, 180, 120
NO_AREA, NO_AREA_HMT = "449900", "819900"  # a province, and no district of it
PROGRAMME, OTHER_PROGRAMME = "510201-2025", "510203-2025"
RULEBOOK = "1x-2026"
BEGIN = "2025-09-01"
CATALOGUE_FROM = "2019-04-01"  # the demo's own: the catalogue's dates are not in the list

LEARNER_COLUMNS = ["学号", "姓名", "证件类型", "证件号码", "培养方案", "入学日期"]
RESULT_COLUMNS = ["学号", "课程代码", "学时", "成绩", "日期"]
CERTIFICATE_COLUMNS = ["证书编号", "证书标识", "姓名", "证件类型", "证件号码", "成绩", "发证日期"]
PLAN_COLUMNS = ["课程代码", "课程名称", "类别", "学时", "学分", "必修", "不可免修"]
CATALOGUE_COLUMNS = ["证书标识", "名称", "组", "体系", "等级", "公布日期"]

# The learners that the story speaks of, by their place in the list.
HEROINE, OLD_CERTIFICATE, CORRECTED, REPLACED = 1, 2, 3, 4
PASSPORT, HMT, FOREIGN, TEMPORARY, LEAP_DAY, LOWER_X = 37, 88, 139, 211, 263, 304
SAME_NAME = (350, 351)
OTHER_SCHOOL, RARE_CHARACTER = 402, 451
SPECIAL = (PASSPORT, HMT, FOREIGN, TEMPORARY, LEAP_DAY, LOWER_X, *SAME_NAME, OTHER_SCHOOL)
WRONG = range(21, 41)  # whose results are posted by mistake, and undone


def check_character(digits):
    """GB 11643: ISO 7064 MOD 11-2 over 17 digits."""
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights)) % 11]


def identity_number(area, birth, sequence):
    digits = f"{area}{birth}{sequence:03d}"
    return digits + check_character(digits)


def birth_date(chance):
    return f"{chance.choice([2005, 2006, 2006, 2007])}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"


class People:
    """Draws names, each once, and identity numbers, each once."""

    def __init__(self, chance):
        self.chance = chance
        self.names, self.numbers = set(), set()

    def name(self, female):
        given = GIVEN_FEMALE if female else GIVEN_MALE
        while True:
            name = self.chance.choice(SURNAMES) + "".join(
                self.chance.choice(given) for _ in range(self.chance.choice([1, 2, 2, 2])))
            if name not in self.names:
                self.names.add(name)
                return name

    def number(self, female, birth, check=None, area=NO_AREA):
        while True:
            sequence = self.chance.randint(1, 499) * 2 - (0 if female else 1)
            number = identity_number(area, birth, sequence)
            if number not in self.numbers and check in (None, number[-1]):
                self.numbers.add(number)
                return number


def special_learners(people):
    """Those who are unlike others: place -> (name, document type, number)."""
    resident = "居民身份证"
    foreign = "9" + "44" + "826" + "20060315" + "002"  # since 2023: 9, province, country, birth, sequence
    return {
        HEROINE: ("林晓雯", resident, people.number(True, "20061103")),
        OLD_CERTIFICATE: ("周启明", resident, people.number(False, "20050620")),
        CORRECTED: ("许静怡", resident, people.number(True, "20060811")),
        REPLACED: ("何志强", resident, people.number(False, "20060427")),
        PASSPORT: ("ANNA PETROVA", "护照", "DEMO20060001"),
        HMT: ("陈嘉明", "港澳台居民居住证", people.number(False, "20060709", area=NO_AREA_HMT)),
        FOREIGN: ("EMILY CARTER", "外国人永久居留身份证", foreign + check_character(foreign)),
        TEMPORARY: ("沈知远", "临时学籍号", "L" + NO_AREA + "20061224" + "7301"),
        LEAP_DAY: ("罗悦宁", resident, people.number(True, "20040229")),
        LOWER_X: ("唐一凡", resident, people.number(False, "20060518", check="X").lower()),
        SAME_NAME[0]: ("张伟", resident, people.number(False, "20060102")),
        SAME_NAME[1]: ("张伟", resident, people.number(False, "20061130")),
        OTHER_SCHOOL: ("黄子轩", resident, people.number(False, "20050916")),
        RARE_CHARACTER: ("王䶮", resident, people.number(False, "20060223")),
    }


def student_number(place):
    return f"2025510201{place:03d}"


def make_learners(chance):
    people = People(chance)
    special = special_learners(people)
    people.names.update(name for name, _, _ in special.values())
    learners = []
    for place in range(1, LEARNERS + 1):
        female = chance.random() < 0.45
        person = special.get(place) or (
            people.name(female), "居民身份证", people.number(female, birth_date(chance)))
        learners.append((student_number(place), *person))
    return learners, people


def make_score(chance):
    return min(100, max(31, round(chance.gauss(76, 11))))


def full_width(text):
    return "".join(chr(ord(c) - ord("0") + ord("０")) if c.isdigit() else c for c in text)


def written(chance, hours, score, day):
    """The figures as people write them."""
    date = chance.choice([f"2026/1/{day}", f"202601{day:02d}", f"2026-01-{day:02d}"])
    how = chance.random()
    if how < 0.05:
        return full_width(str(hours)), full_width(str(score)), date
    if how < 0.10:
        return str(hours), f"{score}  ", date + " "
    return str(hours), str(score), date


def good_results(chance):
    hours = {code: hours for code, _, _, hours, _, _ in COURSES}
    rows = []
    for place in range(1, LEARNERS + 1):
        for code in FIRST_TERM:
            score = 58 if (place, code) == (CORRECTED, "ZJ02") else make_score(chance)
            figures = written(chance, hours[code], score, 5 + FIRST_TERM.index(code))
            rows.append([student_number(place), code, *figures])
    return rows


def spoil_results(rows):
    """Makes some rows bad, each in a way of its own; places in the list -> the code it is refused with."""
    codes = {}

    def spoil(place, column, value, code):
        rows[place][column] = value
        codes[place] = code

    spoil(310, 0, "2025510209999", "ROW_STUDENT_UNKNOWN")
    spoil(655, 0, "1.10101E+17", "ROW_NUMBER_MANGLED")
    spoil(1012, 1, "ZZ99", "ROW_COURSE_UNKNOWN")
    spoil(1377, 3, "105", "ROW_SCORE_INVALID")
    spoil(1702, 3, "-5", "ROW_SCORE_INVALID")
    spoil(2048, 4, "2099/1/9", "DATE_IN_FUTURE")
    spoil(2391, 4, "2026/2/30", "ROW_DATE_INVALID")
    spoil(2730, 3, "", "ROW_CELL_EMPTY")
    spoil(3115, 3, "缓考", "ROW_SCORE_INVALID")
    spoil(3460, 2, "六十四", "ROW_NUMBER_INVALID")
    spoil(3803, 2, "0", "FIELD_RANGE")
    # The row above it once more, with another score.
    rows[4406] = list(rows[4405])
    rows[4406][3] = "77" if rows[4405][3].strip() != "77" else "78"
    codes[4406] = "OUTCOME_CONFLICT"
    return codes


def wrong_results(chance):
    """Twenty results of a course that these learners have not had: posted by mistake, to be undone."""
    return [[student_number(place), "ZJ05", "64", str(make_score(chance)), "2026/1/16"] for place in WRONG]


def make_certificates(chance, learners):
    rows = []

    def award(place, grade, score, date):
        _, name, kind, number = learners[place - 1]
        serial = f"DEMO-WEB{grade}-{len(rows) + 1:05d}"
        rows.append([serial, f"webfrontend-{grade}", name, kind, number, str(score), date])

    junior = [HEROINE] + sorted(chance.sample(range(5, LEARNERS + 1), CERTIFICATES_JUNIOR - 1))
    middle = [HEROINE, OLD_CERTIFICATE, REPLACED] + sorted(
        chance.sample(range(5, LEARNERS + 1), CERTIFICATES_MIDDLE - 3))
    for place in junior:
        award(place, 1, 88 if place == HEROINE else chance.randint(60, 98), "2025-06-28")
    for place in middle:
        score = 86 if place == HEROINE else chance.randint(52, 97)
        award(place, 2, score, "2019-12-20" if place == OLD_CERTIFICATE else "2026/1/10")
    return rows


def other_learners(people, learners):
    """The other school's few, among them one whom this school will find opened already."""
    shared = learners[OTHER_SCHOOL - 1]
    rows = [["Q2025001", *shared[1:], OTHER_PROGRAMME, BEGIN]]
    for place in range(2, 7):
        female = place % 2 == 0
        rows.append([f"Q2025{place:03d}", people.name(female), "居民身份证",
                     people.number(female, birth_date(people.chance)), OTHER_PROGRAMME, BEGIN])
    return rows


def other_results(chance, learners):
    return [[row[0], code, str(hours), str(make_score(chance)), f"2026/1/{8 + n}"]
            for row in learners for n, (code, _, _, hours, _, _) in enumerate(OTHER_COURSES[:2])]


def yes(is_so):
    return "是" if is_so else "否"


def plan(courses):
    return [[code, title, kind, hours, credits, yes(what != ELECTIVE), yes(what == EXCLUDED)]
            for code, title, kind, hours, credits, what in courses]


def rulebook():
    return {
        "rulebookId": RULEBOOK, "version": 1, "title": "1+X证书学分转换办法", "programmeId": PROGRAMME,
        "fromDate": {"year": 2026, "month": 1, "day": 1}, "exemptionWord": "免修",
        "rules": [{
            "title": "Web前端开发中级证书免修两门课程",
            "clauses": [
                {"parts": "PARTS_ALL"},
                {"partOf": 1, "familyId": "webfrontend"},
                {"partOf": 1, "gradeAtLeast": {"schemeId": "1+x", "grade": 2}},
                {"partOf": 1, "scoreAtLeast": {"scheme": "GRADING_SCHEME_PERCENTAGE", "centiscore": "6000"}},
                {"partOf": 1, "maxAgeYears": 6}],
            "courseCodes": ["ZH01", "ZH02"], "attendanceWaived": True, "examWaived": True}],
    }


def catalogue():
    return [[f"{family}-{grade}", f"{name}（{word}）", family, "1+x", grade, CATALOGUE_FROM]
            for family, name, _ in CERTIFICATES for grade, word in GRADES.items()]


def write_csv(path, encoding, columns, rows):
    with open(path, "w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([columns, *rows])


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_people(path, learners, certificates, codes, others):
    """Names and figures that the story's checks look for."""
    heroine, replaced, old = (learners[place - 1][3] for place in (HEROINE, REPLACED, OLD_CERTIFICATE))
    held = {(row[4], row[1]): row[0] for row in certificates}
    words = {
        "programme": PROGRAMME, "other_programme": OTHER_PROGRAMME, "rulebook": RULEBOOK,
        "course_count": len(COURSES), "learner_count": LEARNERS, "row_count": RESULTS,
        "bad_count": len(codes), "good_count": RESULTS - len(codes), "certificate_count": len(certificates),
        "heroine_no": learners[HEROINE - 1][0], "heroine_name": learners[HEROINE - 1][1],
        "corrected_no": learners[CORRECTED - 1][0], "corrected_name": learners[CORRECTED - 1][1],
        "shared_name": learners[OTHER_SCHOOL - 1][1], "shared_no": learners[OTHER_SCHOOL - 1][0],
        "old_no": learners[OLD_CERTIFICATE - 1][0], "wrong_no": student_number(WRONG[0]),
        "special_nos": " ".join(student_number(place) for place in SPECIAL),
        "wrong_count": len(WRONG), "other_count": others,
        "middle_certificate": held[heroine, "webfrontend-2"], "junior_certificate": held[heroine, "webfrontend-1"],
        "old_certificate": held[old, "webfrontend-2"], "revoked_certificate": certificates[-1][0],
        "replaced_no": learners[REPLACED - 1][0],
        "replaced_certificate": held[replaced, "webfrontend-2"],
        "replacement_certificate": held[replaced, "webfrontend-2"] + "R",
        "bad_codes": " ".join(codes[place] for place in sorted(codes)),
    }
    path.write_text("# Made by data.py.\n" + "".join(f"{key}='{value}'\n" for key, value in words.items()),
                    encoding="utf-8")


def main(folder):
    chance = random.Random(SEED)
    folder.mkdir(parents=True, exist_ok=True)
    learners, people = make_learners(chance)
    results = good_results(chance)
    codes = spoil_results(results)
    certificates = make_certificates(chance, learners)
    others = other_learners(people, learners)

    write_csv(folder / "plan.csv", "utf-8", PLAN_COLUMNS, plan(COURSES))
    write_csv(folder / "other-plan.csv", "utf-8", PLAN_COLUMNS, plan(OTHER_COURSES))
    write_json(folder / "rulebook.json", rulebook())
    write_csv(folder / "catalogue.csv", "utf-8", CATALOGUE_COLUMNS, catalogue())
    write_csv(folder / "learners.csv", "gb18030", LEARNER_COLUMNS,
              [[*learner, PROGRAMME, BEGIN] for learner in learners])
    write_csv(folder / "results.csv", "gb18030", RESULT_COLUMNS, results)
    write_csv(folder / "results-wrong.csv", "gb18030", RESULT_COLUMNS, wrong_results(chance))
    write_csv(folder / "other-learners.csv", "gb18030", LEARNER_COLUMNS, others)
    write_csv(folder / "other-results.csv", "gb18030", RESULT_COLUMNS, other_results(chance, others))
    write_csv(folder / "certificates.csv", "utf-8-sig", CERTIFICATE_COLUMNS, certificates)
    write_people(folder / "people.sh", learners, certificates, codes, len(others))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
