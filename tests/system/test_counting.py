"""./test: what it counts, and what it says to words it does not know."""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "lib"))

import suites  # noqa: E402


def tally_of(stdout, result="OK", stderr=""):
    tally = suites.Tally()
    suites.count_program(
        tally, {"name": "p", "stdout": stdout, "stderr": stderr, "result": result})
    return str(tally)


def test_every_test_that_a_program_reports_is_counted():
    assert tally_of("1..2\nok 1 - a\nok 2 - b\n# ok - tests\n") == "2 passed, 0 failed, 0 skipped"


def test_two_groups_of_one_program_are_both_counted():
    assert tally_of("1..1\nok 1 - a\n1..2\nok 1 - b\nnot ok 2 # SKIP c\n") == (
        "2 passed, 0 failed, 1 skipped")


def test_a_failed_test_counts_once_though_its_program_fails_too():
    assert tally_of("1..2\nok 1 - a\nnot ok 2 - b\n", "FAIL") == "1 passed, 1 failed, 0 skipped"


def test_a_program_that_dies_fails_all_that_it_did_not_get_to():
    assert tally_of("1..4\nok 1 - a\n", "FAIL") == "1 passed, 3 failed, 0 skipped"


def test_a_leak_after_good_tests_is_a_failure():
    assert tally_of("1..1\nok 1 - a\n", "FAIL", "leaked") == "1 passed, 1 failed, 0 skipped"


def test_a_check_without_a_report_is_one_test_by_its_exit_status():
    assert tally_of("fine\n") == "1 passed, 0 failed, 0 skipped"
    assert tally_of("not fine\n", "FAIL") == "0 passed, 1 failed, 0 skipped"
    assert tally_of("no tool\n", "SKIP") == "0 passed, 0 failed, 1 skipped"
    assert tally_of("error: as it should\n", "EXPECTEDFAIL") == "1 passed, 0 failed, 0 skipped"
    assert tally_of("compiles\n", "UNEXPECTEDPASS") == "0 passed, 1 failed, 0 skipped"


def test_a_word_that_is_no_suite_is_refused_before_anything_is_built():
    ran = subprocess.run([os.path.join(ROOT, "test"), "unit", "uint"],
                         stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert ran.returncode != 0
    assert "no such suite: uint" in ran.stderr


def test_the_suites_are_listed_on_request():
    ran = subprocess.run([os.path.join(ROOT, "test"), "--list"],
                         stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert [line.split()[0] for line in ran.stdout.splitlines()] == suites.SUITES
