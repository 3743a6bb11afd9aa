"""Two verifiers of statements, ours and one written from docs/formats.md alone, find the same in the same places.

The statements: one of a made-up bank, whose keys are at hand, and one that a real bank gave a learner.
"""
import base64
import concurrent.futures
import functools
import itertools
import json
import os
import re
import secrets
import stat
import subprocess
import sys

import pytest

import errors
from bank import ORIGIN, ROOT, binary
from client import Institution, Key, Refused
from contract import pb
from town import certificate, enrolment, result, training

sys.path.insert(0, str(ROOT / "tests" / "verifier"))

import canonical  # noqa: E402
import make_statement  # noqa: E402
import mutate  # noqa: E402
import parts  # noqa: E402
import proofs  # noqa: E402
import signatures  # noqa: E402
import twists  # noqa: E402
import verify  # noqa: E402

SEED = 1
COMMANDS = 2
COMMAND_S = 60
PASSWORD = "correct horse battery"
VERDICTS = {"verified": "verified", "consistent": "consistent", "failed": "invalid"}
STATUS = {"verified": 0, "consistent": 6, "invalid": 4}
ASKED = ["item", "salt", "path-hash", "path-order", "path-length", "leaf", "signature", "key", "checkpoint-size",
         "checkpoint-root", "checkpoint-origin", "account", "line-removed", "revocation-removed", "another-bank"]


def creditbank(*words, **env):
    """The command, as somebody runs it who has set these variables."""
    return subprocess.run([binary("creditbank"), *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=COMMAND_S, env={**os.environ, **env})


def ours(paths, bank_key):
    """Verdict, places in each file, and what they say of themselves, by the creditbank command."""
    done = creditbank("verify", "--json", *map(str, paths), *(["--bank-key", bank_key] if bank_key else []))
    report = json.loads(done.stdout)
    verdict = VERDICTS[report["verdict"]]
    assert done.returncode == STATUS[verdict], done.stderr
    places = [[] for _ in paths]
    for one in report["findings"]:
        places[one["part"] - 1].append("whole" if one["place"] == "statement" else
                                       f"{one['place'].replace('_', ' ')} {one['number']}")
    return verdict, places, report["parts"]


def theirs(files, bank_key):
    verdict, findings, covers = verify.verify_parts(files, bank_key)
    return verdict, [[verify.place_text(place) for place, _ in found] for found in findings], covers


def judge(folder, case, bank_key):
    """What is wrong with how a case was judged; None if nothing is."""
    path = folder / f"{case.name}-{secrets.token_hex(4)}.json"
    path.write_bytes(case.data)
    (verdict, [found], _), (their_verdict, [they_found], _) = ours([path], bank_key), theirs([case.data], bank_key)
    one, other = (verdict, found), (their_verdict, they_found)
    holds = case.holds if bank_key else case.holds_without_key
    expected = ("verified" if bank_key else "consistent") if holds else "invalid"
    exact = case.places if bank_key else None
    if one == other and one[0] == expected and (exact is None or one[1] == exact):
        return None
    return f"{case.name}, bank key {bank_key}: expected {expected} {exact}, creditbank {one}, verify.py {other}"


def judge_all(folder, cases, without_key=True):
    """Each with the bank's key, and without."""
    runs = [(case, bank_key) for case in cases for bank_key in (case.bank_key, None)[:1 + without_key]]
    with concurrent.futures.ThreadPoolExecutor(COMMANDS) as commands:
        found = commands.map(lambda one: judge(folder, *one), runs)
        wrong = [text for text in found if text]
    assert not wrong, "\n".join(wrong)


@functools.cache
def made():
    """A statement's bytes, and its bank's key."""
    story = make_statement.Story(SEED)
    return mutate.encode(story.statement()), story.verifier_key


def kind_of(case):
    return "json" if case.name.startswith("json-") else case.name.rpartition("-")[0]


@functools.cache
def spoilt():
    """The made statement's spoilt ones by kind."""
    return {kind: list(cases) for kind, cases in itertools.groupby(mutate.spoilt(*made(), SEED), kind_of)}


def test_both_take_a_good_statement(tmp_path):
    data, bank_key = made()
    judge_all(tmp_path, [mutate.Case("good", data, bank_key, True, True, [])])


def test_there_are_ten_spoilt_ones_of_each_kind():
    assert all(len(spoilt()[kind]) >= 10 for kind in ASKED)
    assert sum(len(cases) for cases in spoilt().values()) >= 200


def test_what_is_spoilt_differs_from_the_good_one_and_from_the_others():
    cases = [case for cases in spoilt().values() for case in cases]
    assert len({case.data for case in cases} | {made()[0]}) == len(cases) + 1


@pytest.mark.parametrize("kind", [*mutate.KINDS, "json"])
def test_both_find_the_same_fault_in_the_same_place(kind, tmp_path):
    judge_all(tmp_path, spoilt()[kind])


@pytest.mark.parametrize("group", twists.GROUPS)
def test_both_find_what_a_bank_signed_wrongly(group, tmp_path):
    judge_all(tmp_path, mutate.twisted(SEED, group))


def test_both_take_what_was_changed_without_harm(tmp_path):
    cases = mutate.unharmed(*made(), SEED)
    assert len(cases) >= 20
    judge_all(tmp_path, cases)


@pytest.mark.parametrize("bank_key", ["+", "bank.example.cn/log", "bank.example.cn/log+00000000+AAAA"])
def test_a_bank_key_that_is_none_verifies_nothing(bank_key, tmp_path):
    data, _ = made()
    assert theirs([data], bank_key) == ("invalid", [["whole"]], "")
    path = tmp_path / "statement.json"
    path.write_bytes(data)
    # The command judges no statement then.
    done = creditbank("verify", "--json", str(path), "--bank-key", bank_key)
    told = json.loads(done.stdout)
    assert (done.returncode, told["error"]["reason"]) == (2, "VERIFY_BANK_KEY_INVALID") and "answer" not in told


@functools.cache
def in_parts():
    return parts.cases(SEED)


def judge_parts(folder, case, bank_key):
    """What is wrong with how files given together were judged; None if nothing is."""
    paths = [folder / f"{case.name}-{secrets.token_hex(4)}-{number}.json" for number in range(len(case.files))]
    for path, data in zip(paths, case.files):
        path.write_bytes(data)
    (verdict, places, told), (their_verdict, their_places, covers) = ours(paths, bank_key), theirs(case.files, bank_key)
    expected = case.expected(bank_key)
    holds = ("verified" if bank_key else "consistent") if not any(expected) else "invalid"
    if (verdict, places) != (holds, expected) or (their_verdict, their_places) != (holds, expected):
        return f"{case.name}, bank key {bank_key}: expected {expected}, creditbank {places}, verify.py {their_places}"
    if case.covers is None:
        return None
    after, goes_on = case.covers
    ours_says = told[0]["after"] and tuple(map(int, told[0]["after"].values())), told[-1]["goesOn"]
    words = f"behind entry {after[0]}, item {after[1]};" if after else "from the first record on;"
    says = covers == "" if case.covers == (None, False) else words in covers and ("more follow" in covers) == goes_on
    return None if ours_says == case.covers and says else f"{case.name}: covers {case.covers}, {ours_says}, {covers}"


@pytest.mark.parametrize("turn", range(COMMANDS))
def test_both_judge_parts_alike(turn, tmp_path):
    runs = [(case, bank_key) for case in in_parts()[turn::COMMANDS] for bank_key in (case.bank_key, None)]
    with concurrent.futures.ThreadPoolExecutor(COMMANDS) as commands:
        wrong = [text for text in commands.map(lambda one: judge_parts(tmp_path, *one), runs) if text]
    assert not wrong, "\n".join(wrong)


def said_of(folder, name, *more):
    """What the command says, in English, of the files of a case."""
    [case] = [case for case in in_parts() if case.name == name]
    paths = [folder / f"{name}-{number}.json" for number in range(len(case.files))]
    for path, data in zip(paths, case.files):
        path.write_bytes(data)
    return creditbank("--lang", "en", "verify", *map(str, paths), *more).stdout


def test_a_part_says_what_it_covers_and_what_it_cannot_know(tmp_path):
    first, middle, last, behind, all_of_it = (said_of(tmp_path, f"joins-{name}") for name in (
        "0-1", "1-2", "2-3", "1-3", "0-3"))
    unknown = "more follow in another part, and whether they correct, revoke or replace what stands here cannot be"
    assert f"part: from the first record on; {unknown}" in first
    assert re.search(rf"part: records behind entry \d+, item \d+; {unknown}", middle)
    assert all(re.search(r"part: records behind entry \d+, item \d+, up to the last; those before stand in another",
                         said) for said in (last, behind))
    assert "3 parts join: together they are all records of the account" in all_of_it and "part:" not in all_of_it
    assert "13 lines" in all_of_it and "part:" not in said_of(tmp_path, "whole-twice")


def test_a_change_in_another_part_is_told_where_that_part_is_given(tmp_path):
    assert "stands no more" not in said_of(tmp_path, "joins-0-1") + said_of(tmp_path, "joins-1-2")
    told = said_of(tmp_path, "joins-0-3")
    assert re.findall(r"stands no more: changed by line (\d+) of \S+joins-0-3-2.json", told) == ["2", "3"]


class Story:
    """A learner of a real bank, about whom keys spoke that are since revoked."""

    def __init__(self, town):
        self.town = town
        keys = {"one": Key(), "two": Key("P-256")}
        for key in keys.values():
            town.register_key(key, "school-a", pb.DUTY_POST)
        school = Institution(town.school.log_origin, "school-a", **keys)
        self.account, self.token = self.activate()
        town.submit(school, [result(self.account, f"R-{town.fresh()}"),
                             *(training(self.account, f"T-{town.fresh()}") for _ in range(4))], "one")
        town.revoke_key(keys["one"], "school-a")
        number = f"R-{town.fresh()}"
        programming = result(self.account, number, course_code="c-prog", centihours=9600, centicredits=600)
        town.submit(school, [programming], "two")
        town.submit(school, [pb.OutcomeCorrected(account_no=self.account, outer_id=number, centiscore=9000,
                                                 reason=pb.CHANGE_REASON_MARK_REVIEWED, centicredits=600)], "two")
        town.revoke_key(keys["two"], "school-a")
        for _ in range(3):
            town.submit(town.issuer, [certificate(self.account, f"W-{town.fresh()}"),
                                      certificate(town.open_accounts()[0], f"W-{town.fresh()}")], "post")

    def activate(self):
        """An account with a person, claimed by her; its number and her session."""
        [account] = self.town.open_people(["林晓雯"])
        self.town.submit(self.town.school, [enrolment(account, f"S{self.town.fresh()}")], "post")
        request = pb.IssueActivationCodesRequest(account_nos=[account])
        codes = self.town.desk.call("IssueActivationCodes", request, self.town.school).codes
        answer = self.town.connect.call("Activate", json.dumps(
            {"accountNo": account, "activationCode": codes[0].code, "password": PASSWORD}).encode())
        return account, json.loads(answer)["sessionToken"]

    def statement(self, **asked):
        """As the bank writes it in JSON."""
        answer = self.town.connect.call("GetStatement", json.dumps(asked).encode(), self.token)
        return json.dumps(json.loads(answer)["statement"], ensure_ascii=False).encode()

    @staticmethod
    def command(folder, *words):
        """The command, as she runs it who has signed in there."""
        return creditbank("--passphrase-file", str(folder / "password"), *words,
                          CREDITBANK_HOME=str(folder), CREDITBANK_PROFILE="learner")

    def sign_in(self, folder):
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        bank = self.town.bank
        for words in (["profile", "set", "learner", "--server", f"https://localhost:{bank.port}", "--ca",
                       str(bank.certificate), "--origin", ORIGIN], ["session", "sign-in", self.account]):
            done = self.command(folder, *words)
            assert done.returncode == 0, done.stderr

    def export(self, folder, *words):
        """As the command writes it to files, for her who signs in there."""
        self.sign_in(folder)
        done = self.command(folder, "statement", "get", str(folder / "statement.json"), *words)
        assert done.returncode == 0, done.stderr
        return [path.read_bytes() for path in (folder / "statement.json", folder / "statement-2.json") if path.exists()]


@pytest.fixture(scope="module")
def story(town):
    return Story(town)


@pytest.fixture(scope="module")
def real(town, story):
    """A real bank's statement, and its key."""
    bank_key = proofs.VerifierKey(ORIGIN, base64.b64decode(town.founding["log_key"]))
    return story.statement(discloseIdentity=True), str(bank_key)


def test_both_take_a_real_bank_s_statement(real, tmp_path):
    data, bank_key = real
    judge_all(tmp_path, [mutate.Case("real", data, bank_key, True, True, [])])


def test_both_take_a_statement_that_the_command_exported(story, real, tmp_path):
    [exported] = story.export(tmp_path)
    assert len(json.loads(exported)["lines"]) == len(json.loads(real[0])["lines"])
    judge_all(tmp_path, [mutate.Case("exported", exported, real[1], True, True, [])])


@pytest.fixture(scope="module")
def long_story(town):
    """A learner with more records than one answer holds."""
    story = Story(town)
    for _ in range(2):
        town.submit(town.school, [training(story.account, f"T-{town.fresh()}") for _ in range(500)], "post")
    return story


def test_more_than_a_thousand_records_are_exported_in_parts_that_join(town, long_story, real, tmp_path):
    files = long_story.export(tmp_path, "--disclose-identity")
    paths = [tmp_path / "statement.json", tmp_path / "statement-2.json"]
    assert set(tmp_path.glob("statement*")) == set(paths)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in paths)
    first, second = map(json.loads, files)
    count = int(town.sql.run(f"SELECT count(*) FROM log.item WHERE account_no = '{long_story.account}'")[0])
    assert len(first["lines"]) == 1000 and len(first["lines"]) + len(second["lines"]) == count
    assert len(first["identity"]) == 3 and "identity" not in second
    verdict, places, told = ours(paths, real[1])
    assert (verdict, places, theirs(files, real[1])) == ("verified", [[], []], ("verified", [[], []], ""))
    assert (told[0]["after"], told[0]["goesOn"], told[1]["goesOn"]) == (None, True, False)
    for number, says in enumerate((" more follow", "up to the last")):
        assert ours([paths[number]], real[1])[:2] == ("verified", [[]])
        verdict, places, covers = theirs([files[number]], real[1])
        assert (verdict, places) == ("verified", [[]]) and says in covers
    assert ours(paths[::-1], real[1])[:2] == theirs(files[::-1], real[1])[:2] == ("invalid", [[], ["whole"]])


def list_of(data):
    return pb.StatementList.FromString(base64.b64decode(json.loads(data)["list"]))


def test_parts_join_while_the_log_grows(town, long_story, real, tmp_path):
    first = long_story.statement()
    last = list_of(first).lines[-1]
    town.submit(town.school, [training(long_story.account, f"T-{town.fresh()}")], "post")
    second = long_story.statement(after={"entryIndex": str(last.entry_index), "itemIndex": last.item_index})
    assert list_of(first).log_size < list_of(second).log_size
    assert list_of(second).lines[-1].entry_index >= list_of(first).log_size
    paths = [tmp_path / "1.json", tmp_path / "2.json"]
    for path, data in zip(paths, (first, second)):
        path.write_bytes(data)
    assert ours(paths, real[1])[:2] == theirs((first, second), real[1])[:2] == ("verified", [[], []])


def test_an_export_touches_no_file_that_is_there(long_story, tmp_path):
    long_story.sign_in(tmp_path)
    first, second = tmp_path / "her.statement.json", tmp_path / "her.statement-2.json"
    for taken in (second, first):
        taken.write_text("mine", encoding="utf-8")
        done = long_story.command(tmp_path, "--json", "statement", "get", str(first))
        assert (done.returncode, json.loads(done.stdout)["error"]["reason"]) == (2, "FILE_EXISTS")
        assert list(tmp_path.glob("her*")) == [taken] and taken.read_text(encoding="utf-8") == "mine"
        taken.unlink()
    done = long_story.command(tmp_path, "--json", "statement", "get", str(first))
    assert json.loads(done.stdout)["files"] == [str(first), str(second)] and second.exists()


@pytest.mark.parametrize(("asked", "reason", "field"), [
    ({"after": {"entryIndex": "1"}, "discloseIdentity": True}, "STATEMENT_IDENTITY_PART", "disclose_identity"),
    ({"after": {"entryIndex": "1000000000"}}, "ENTRY_UNKNOWN", "after.entry_index"),
    ({"after": {"entryIndex": str(2**63)}}, "FIELD_RANGE", "after.entry_index"),
    ({"after": {"itemIndex": 1000}}, "FIELD_RANGE", "after.item_index")])
def test_a_part_that_cannot_be_is_refused(story, asked, reason, field):
    with pytest.raises(Refused) as refused:
        story.statement(**asked)
    errors.check(refused.value)
    assert [(one.reason, one.field) for one in refused.value.refusals] == [(reason, field)]


def test_a_part_begins_behind_any_place_of_the_log(story, real, tmp_path):
    """Whatever stands there: also what is about somebody else."""
    for asked in ({"entryIndex": "0", "itemIndex": 999}, {"entryIndex": str(story.town.log_size() - 1)}):
        data = story.statement(after=asked)
        judge_all(tmp_path, [mutate.Case("behind", data, real[1], True, True, [])])
    assert not list_of(data).lines


def test_both_find_the_same_in_a_real_bank_s_statement_when_it_is_spoilt(real, tmp_path):
    data, bank_key = real
    cases = mutate.spoilt(data, bank_key, SEED)
    assert {kind_of(case) for case in cases} == {*mutate.KINDS, "json"}
    judge_all(tmp_path, cases, without_key=False)


def test_both_take_a_real_bank_s_statement_when_it_is_not_harmed(real, tmp_path):
    judge_all(tmp_path, mutate.unharmed(*real, SEED))


def test_the_second_verifier_shares_no_code():
    folder = ROOT / "tests" / "verifier"
    own = {path.stem for path in folder.glob("*.py")}
    for path in folder.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        imported = re.findall(r"^\s*(?:import|from) (\w+)", text, re.MULTILINE)
        assert set(imported) <= own | set(sys.stdlib_module_names) | {"cryptography"}, path


def test_the_examples_of_the_page_come_out():
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    example = re.findall(r"^    (0a10[0-9a-f]+) +leaf ([0-9a-f]{64})$", page, re.MULTILINE)
    leaves = [proofs.leaf_hash(bytes.fromhex(item)) for item, _ in example]
    assert [leaf.hex() for leaf in leaves] == [leaf for _, leaf in example] and len(leaves) == 3
    assert proofs.tree_root(leaves).hex() in page
    assert all(canonical.decode("Item", bytes.fromhex(item))["account_activated"] for item, _ in example)
    assert signatures.sha256(b"\2", bytes(32), proofs.leaf_hash(b"")).hex() in page
    assert signatures.sha256(bytes(range(16)), b"\3", "林晓雯".encode()).hex() in page


def test_the_second_verifier_keeps_to_the_vectors(shared):
    vectors = shared / "vectors"
    for path in sorted((vectors / "merkle-rfc6962" / "inclusion").glob("*/*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        leaf, root, *path_hashes = [base64.b64decode(text or "") for text in
                                    [case["leafHash"], case["root"], *(case["proof"] or [])]]
        assert proofs.path_leads(leaf, case["leafIdx"], case["treeSize"], path_hashes, root) != case["wantErr"], path
    notes = json.loads((vectors / "signed-note" / "notes.json").read_text(encoding="utf-8"))
    for note in notes["notes"]:
        assert opens(note) == note["valid"], note["name"]
    for bad in notes["bad_vkeys"]:
        with pytest.raises(proofs.NoProof):
            proofs.read_verifier_key(bad["vkey"])
    sm2 = json.loads((vectors / "sm2-sm3" / "sm2_sm3.json").read_text(encoding="utf-8"))["sm2_gbt_32918_5_annex_a"]
    key = signatures.Sm2Key(bytes.fromhex(sm2["public_key_uncompressed_hex"])[1:])
    assert signatures.verifies(key, bytes.fromhex(sm2["r_hex"] + sm2["s_hex"]), sm2["message"].encode())


def opens(note):
    try:
        proofs.note_text(note["note"], proofs.read_verifier_key(note["vkey"]))
    except proofs.NoProof:
        return False
    return True
