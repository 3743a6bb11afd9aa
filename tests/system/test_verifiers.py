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
import subprocess
import sys

import pytest

from bank import ORIGIN, ROOT, binary
from client import Institution, Key
from contract import pb
from town import certificate, enrolment, result, training

sys.path.insert(0, str(ROOT / "tests" / "verifier"))

import canonical  # noqa: E402
import make_statement  # noqa: E402
import mutate  # noqa: E402
import proofs  # noqa: E402
import signatures  # noqa: E402
import twists  # noqa: E402
import verify  # noqa: E402

SEED = 1
COMMANDS = 2
COMMAND_S = 60
PASSWORD = "correct horse battery"
VERDICTS = {"verified": "verified", "consistent": "consistent", "failed": "invalid"}
STATUS = {"verified": 0, "consistent": 0, "invalid": 4}
ASKED = ["item", "salt", "path-hash", "path-order", "path-length", "leaf", "signature", "key", "checkpoint-size",
         "checkpoint-root", "checkpoint-origin", "account", "line-removed", "revocation-removed", "another-bank"]


def creditbank(*words, **env):
    """The command, as somebody runs it who has set these variables."""
    return subprocess.run([binary("creditbank"), *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=COMMAND_S, env={**os.environ, **env})


def ours(path, bank_key):
    """Verdict and places by the creditbank command."""
    done = creditbank("verify", "--json", str(path), *(["--bank-key", bank_key] if bank_key else []))
    report = json.loads(done.stdout)
    verdict = VERDICTS[report["verdict"]]
    assert done.returncode == STATUS[verdict], done.stderr
    return verdict, ["whole" if one["place"] == "statement" else f"{one['place'].replace('_', ' ')} {one['number']}"
                     for one in report["findings"]]


def theirs(data, bank_key):
    verdict, findings = verify.verify(data, bank_key)
    return verdict, [verify.place_text(place) for place, _ in findings]


def judge(folder, case, bank_key):
    """What is wrong with how a case was judged; None if nothing is."""
    path = folder / f"{case.name}-{secrets.token_hex(4)}.json"
    path.write_bytes(case.data)
    one, other = ours(path, bank_key), theirs(case.data, bank_key)
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
    assert theirs(data, bank_key) == ("invalid", ["whole"])
    path = tmp_path / "statement.json"
    path.write_bytes(data)
    # The command judges no statement then.
    done = creditbank("verify", "--json", str(path), "--bank-key", bank_key)
    told = json.loads(done.stdout)
    assert (done.returncode, told["error"]["reason"]) == (2, "VERIFY_BANK_KEY_INVALID") and "answer" not in told


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

    def statement(self):
        """As the bank writes it in JSON."""
        answer = self.town.connect.call("GetStatement", b'{"discloseIdentity": true}', self.token)
        return json.dumps(json.loads(answer)["statement"], ensure_ascii=False).encode()


    def export(self, folder):
        """As the command writes it to a file, for her who signs in there."""
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        bank = self.town.bank
        for words in (["profile", "set", "learner", "--server", f"https://localhost:{bank.port}", "--ca",
                       str(bank.certificate), "--origin", ORIGIN],
                      ["session", "sign-in", self.account], ["statement", "get", str(folder / "statement.json")]):
            done = creditbank("--passphrase-file", str(folder / "password"), *words,
                              CREDITBANK_HOME=str(folder), CREDITBANK_PROFILE="learner")
            assert done.returncode == 0, done.stderr
        return (folder / "statement.json").read_bytes()


@pytest.fixture(scope="module")
def story(town):
    return Story(town)


@pytest.fixture(scope="module")
def real(town, story):
    """A real bank's statement, and its key."""
    bank_key = proofs.VerifierKey(ORIGIN, base64.b64decode(town.founding["log_key"]))
    return story.statement(), str(bank_key)


def test_both_take_a_real_bank_s_statement(real, tmp_path):
    data, bank_key = real
    judge_all(tmp_path, [mutate.Case("real", data, bank_key, True, True, [])])


def test_both_take_a_statement_that_the_command_exported(story, real, tmp_path):
    exported = story.export(tmp_path)
    assert len(json.loads(exported)["lines"]) == len(json.loads(real[0])["lines"])
    judge_all(tmp_path, [mutate.Case("exported", exported, real[1], True, True, [])])


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
