"""People at the command line of a bank, a profile each: operator, school with its keys, issuer, learner.

Names and numbers are made up.
"""
import csv
import json
import os
import subprocess

from bank import OPERATOR, ORIGIN, binary

PASSWORD = "correct horse battery"
PATIENCE_S = 120  # with sanitizers, on a machine that builds at the same time
HEADINGS = {
    "learners": "学号,姓名,证件类型,证件号码,培养方案,入学日期",
    "results": "学号,课程代码,学时,成绩,日期",
    "certificates": "证书编号,证书标识,姓名,证件类型,证件号码,成绩,发证日期",
    "hours": "培训编号,姓名,证件类型,证件号码,培训名称,学时类别,学时,完成日期",
}
FILES = {
    "catalogue.csv": "certificate_id,name,family_id,scheme_id,grade,state_date\n"
                     "webfe-1,Web前端开发（初级）,webfe,1+x,1,2019-04-01\nwebfe-2,Web前端开发（中级）,webfe,1+x,2,2019-04-01\n",
    "plan.csv": "course_code,name,kind,centihours,centicredits,required,excluded\n"
                "ZH01,前端设计与开发,理论,64,4,是,否\nGG01,体育,实践,30,1,是,是\n",
    "rulebook.json": json.dumps({
        "rulebookId": "exempt", "version": 1, "title": "转换办法", "programmeId": "2025-510201",
        "fromDate": {"year": 2025, "month": 1, "day": 1}, "exemptionWord": "免修",
        "rules": [{"title": "中级", "clauses": [
            {"parts": "PARTS_ALL"}, {"partOf": 1, "familyId": "webfe"},
            {"partOf": 1, "gradeAtLeast": {"schemeId": "1+x", "grade": 2}},
            {"partOf": 1, "scoreAtLeast": {"scheme": "GRADING_SCHEME_PERCENTAGE", "centiscore": "6000"}}],
            "courseCodes": ["ZH01"], "attendanceWaived": True, "examWaived": True}]}),
}


class Office:
    """A bank that serves, a folder for files, and the command with profiles of its own."""

    def __init__(self, bank, folder):
        self.bank = bank
        self.folder = folder
        self.home = folder / "home"
        self.write("password", PASSWORD + "\n")
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def rows(self, kind, name, *rows):
        """A file to import."""
        return self.write(name, "\n".join([HEADINGS[kind], *rows]) + "\n")

    def read_rows(self, name):
        with open(self.folder / name, encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def run(self, profile, *words, lang="zh", preexec_fn=None):
        command = [binary("creditbank"), "--lang", lang, "--profile", profile, "--passphrase-file", "password"]
        return subprocess.run([*command, *map(str, words)], cwd=self.folder, stdin=subprocess.DEVNULL,
                              env={**os.environ, "CREDITBANK_HOME": str(self.home)}, capture_output=True,
                              text=True, timeout=PATIENCE_S, check=False, preexec_fn=preexec_fn)

    def json(self, profile, *words, code=0):
        """What it answers for programs, which is one document whatever happens."""
        done = self.run(profile, "--json", *words)
        assert done.returncode == code, (words, done)
        return json.loads(done.stdout)

    def setting(self, profile, key):
        lines = (self.home / f"{profile}.conf").read_text(encoding="utf-8").splitlines()
        return dict(line.split(" = ", 1) for line in lines).get(key)

    def set_profile(self, profile, institution=None):
        """A profile that reaches the bank, with a key if it is an institution's."""
        words = ["--server", f"https://localhost:{self.bank.port}", "--ca", self.bank.certificate, "--origin", ORIGIN]
        if institution is not None:
            self.json(profile, "key", "generate", f"{profile}.pem", "--no-passphrase")
            words += ["--institution", institution, "--key", self.folder / f"{profile}.pem"]
        return self.json(profile, "profile", "set", profile, *words)

    def found(self):
        self.set_profile("operator", OPERATOR)
        return self.json("operator", "bank", "found", self.bank.state / "founding.json", "--name", "学分银行")

    def add_key(self, profile, institution, duties):
        """Its holder proves that it has it, the operator registers it."""
        self.set_profile(profile, institution)
        claim = self.json(profile, "key", "claim", "--duties", duties)
        return self.json("operator", "key", "register", self.write(f"{profile}.claim", json.dumps(claim)))


def found_and_populate(office):
    office.found()
    for institution, kind in (("szpt", "school"), ("miit", "issuer")):
        office.json("operator", "institution", "register", institution, "--kind", kind, "--name", institution)
    for profile, institution, duties in (("school", "szpt", "post,admin"), ("review", "szpt", "review"),
                                         ("decide", "szpt", "decide"), ("rules", "szpt", "rules"),
                                         ("issuer", "miit", "post")):
        office.add_key(profile, institution, duties)
    for kind, hours in (("theory", 16), ("practice", 30)):
        office.json("operator", "recording-rule", "set", kind, "--hours", hours, "--step", "0.5",
                    "--from", "2020-01-01")
    office.set_profile("learner")
