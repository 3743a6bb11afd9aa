"""tests/lint: that each check finds what it is for, in a small tree with one fault."""
import shutil
import subprocess

import pytest

from bank import ROOT


@pytest.fixture
def lint(tmp_path):
    shutil.copytree(ROOT / "tests" / "lint", tmp_path / "tests" / "lint",
                    ignore=shutil.ignore_patterns("__pycache__", "must_not_compile"))

    def run(check, **files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        ran = subprocess.run([tmp_path / "tests" / "lint" / check], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return ran.returncode, ran.stdout.strip()
    return run


def test_an_include_against_the_layers_is_found(lint):
    assert lint("layers.py", server__base__a_dot_c='#include "flow/call.h"\n') == (
        1, "server/base/a.c: server/base must not include flow/call.h")


def test_a_folder_without_a_line_is_found(lint):
    assert lint("layers.py", server__misc__a_dot_c="\n")[0] == 1


def test_an_include_along_the_layers_is_fine(lint):
    assert lint("layers.py", server__flow__a_dot_c='#include "base/list.h"\n#include "op.h"\n',
                server__main_dot_c='#include "api/table.h"\n') == (0, "")


@pytest.mark.parametrize("line", [
    "strcpy(a, b);", "snprintf(a, 1, b), sprintf(a, b);", "n = atoi(a);", "t = time(NULL);",
    "return (struct step){STEP_DONE};", "PQclear(r);", "SSL_free(s);", "EVP_MD_free(m);",
    "p = malloc(1);"])
def test_a_banned_word_is_found(lint, line):
    status, found = lint("banned.py", server__core__a_dot_c=f"\n{line}\n")
    assert status == 1
    assert found.startswith("server/core/a.c:2: ")


def test_a_banned_word_in_a_comment_a_string_or_its_own_folder_is_fine(lint):
    assert lint("banned.py",
                server__core__a_dot_c='/* no sprintf( */ f("PQclear(\\""); // malloc(\nlifetime(x);\n',
                server__db__a_dot_c="PQclear(r);\n", server__base__memory_dot_c="malloc(1);\n") == (0, "")


def test_a_file_that_is_too_long_is_found(lint):
    assert lint("sizes.py", server__core__a_dot_c="\n" * 800) == (0, "")
    assert lint("sizes.py", server__core__a_dot_c="\n" * 801)[0] == 1


def test_a_reason_that_nothing_gives_is_found(lint):
    page = "| `GIVEN` | INTERNAL | a | b | c | d |\n| `NOT_GIVEN` | INTERNAL | a | b | c | d |\n"
    assert lint("reasons.py", docs__errors_dot_md=page, server__api__a_dot_c="x(REASON_GIVEN);\n") == (
        1, "docs/errors.md: NOT_GIVEN is given nowhere")


@pytest.mark.parametrize("cells, said", [
    ("a {} | b {} | c | d", ""),
    ("a | b | {} 分钟 | d", "GIVEN has a {} in its advice, which nothing fills"),
    ("a {} | b | c | d", "GIVEN has not the same one {}, or none, in both sentences"),
    ("a {} {} | b {} {} | c | d", "GIVEN has not the same one {}, or none, in both sentences"),
])
def test_a_hole_in_a_sentence_that_nothing_fills_is_found(lint, cells, said):
    found = lint("reasons.py", docs__errors_dot_md=f"| `GIVEN` | INTERNAL | {cells} |\n",
                 server__api__a_dot_c="x(REASON_GIVEN);\n")
    assert found == ((1, f"docs/errors.md: {said}") if said else (0, ""))


@pytest.mark.parametrize(("zh", "call", "said"), [
    ("a {} a", 'refuse(x, "f", REASON_GIVEN, "%s", "")', "GIVEN has a {} within its sentence, which some line leaves empty"),
    ("a {} a", 'refuse(x, "f", REASON_GIVEN, "%s", y)', ""),
    ("a：{}", 'refuse(x, "f", REASON_GIVEN, "%s", "")', ""),
])
def test_a_hole_within_a_sentence_that_is_left_empty_is_found(lint, zh, call, said):
    found = lint("reasons.py", docs__errors_dot_md=f"| `GIVEN` | INTERNAL | {zh} | {{}} | c | d |\n",
                 server__api__a_dot_c=f"{call};\n")
    assert found == ((1, f"docs/errors.md: {said}") if said else (0, ""))


def test_words_for_a_sentence_without_a_hole_are_found(lint):
    page = "| `GIVEN` | INTERNAL | a | b | c | d |\n| `GIVEN` | 1 | a | b |\n"
    assert lint("reasons.py", docs__errors_dot_md=page, server__api__a_dot_c="x(REASON_GIVEN);\n") == (
        1, "docs/errors.md: GIVEN has words for its {}, and no {}")


@pytest.mark.parametrize("place", ["/ho" "me/anna/bank", "https://regis" "try.example.org/x"])
def test_a_place_of_one_machine_is_found(lint, place):
    assert lint("places.py", docs__a_dot_md=f"see {place}\n")[0] == 1


@pytest.mark.parametrize("text", ["[a](b.md)", "[a](a.md#there)", "see `docs/b.md`", "run `tests/lint/none.py --all`"])
def test_a_page_that_refers_to_nothing_is_found(lint, text):
    assert lint("links.py", docs__a_dot_md=f"# Here\n{text}\n")[0] == 1


def test_a_source_that_refers_to_no_heading_is_found(lint):
    assert lint("links.py", docs__a_dot_md="# Here it is\n", server__a_dot_c='"docs/a.md#here"\n') == (
        1, "server/a.c: docs/a.md has no heading here")


def test_a_page_that_refers_to_what_is_there_is_fine(lint):
    text = "# A clock, wrong\n[a](#a-clock-wrong) [b](../a.md) `tests/lint/*.py` `tests/lint/NAME.py`\n"
    assert lint("links.py", docs__a_dot_md=text, a_dot_md="[a](docs/a.md#a-clock-wrong)\n") == (0, "")


CRYPTO = {f"server__crypto__{name}_dot_c": "\n" for name in ("checkpoint", "jwt", "key_file", "note", "private_key", "tlog_proof")}


def test_what_crypto_says_without_words_in_chinese_is_found(lint):
    assert lint("causes.py", **CRYPTO | {"server__crypto__key_file_dot_c": 'return "the file is gone";\n'},
                client__lib__why_dot_c='{"the file is lost", "x"},\n', docs__errors_dot_md="\n") == (
        1, 'server/crypto/key_file.c: "the file is gone" is not in client/lib/why.c\n'
           'client/lib/why.c: nobody says "the file is lost"')


def test_what_a_token_is_told_without_words_in_chinese_is_found(lint):
    assert lint("causes.py", **CRYPTO | {"server__crypto__jwt_dot_c": 'return "the token is odd";\n'},
                client__lib__why_dot_c="\n", docs__errors_dot_md="| `CREDENTIAL_INVALID` | the token is even | x | y |\n") == (
        1, 'server/crypto/jwt.c: "the token is odd" is not in docs/errors.md\n'
           'docs/errors.md: no token is told "the token is even"')
