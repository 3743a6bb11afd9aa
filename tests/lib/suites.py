#!/usr/bin/python3
"""Runs the test suites in a build folder and counts every test in them.

usage: suites.py --build FOLDER [SUITE...]     runs them, all when none is named
       suites.py --check [--list] [SUITE...]   refuses words that name no suite; --list lists them

A suite of meson's is a number of programs. Each either speaks TAP (cmocka does
when asked) and counts as many tests as it reports, or is one test by its exit
status. The system suite is pytest's, which writes a JUnit file.
"""
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as xml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TAIL_LINES = 40
SKIPS_SHOWN = 20
SUITE_MAX_S = 1800
END_MAX_S = 30
RUNNING = []  # the processes of suites under way, to be ended with us

# Two lanes run side by side, so that waiting for a database and computing share the machine.
LANES = [["unit", "store", "system"], ["fuzz", "sim", "lint"]]
ABOUT = {
    "unit": "pure code, and handlers against scripted operations",
    "store": "SQL against a real PostgreSQL",
    "system": "daemon, PostgreSQL and foreign clients; stories",
    "fuzz": "the parsers' corpora, replayed",
    "sim": "random transactions, from seeds",
    "lint": "layers, headers, banned words, formatting, analysers",
}
SUITES = list(ABOUT)

TAP_LINE = re.compile(r"^(not )?ok \d+(.*)$")
TAP_PLAN = re.compile(r"^1\.\.(\d+)")


class Tally:
    """What a suite, or all of them, came to."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []  # (name, log)
        self.skips = []     # name and reason

    def passes(self):
        self.passed += 1

    def fails(self, name, log):
        self.failed += 1
        self.failures.append((name, log))

    def skips_one(self, name, reason):
        self.skipped += 1
        self.skips.append(f"{name}: {reason}" if reason else name)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def count_tap(tally, program, lines, log):
    """Counts a program's TAP lines; returns how many tests it announced and how many it ran."""
    planned = seen = 0
    for line in lines:
        plan, result = TAP_PLAN.match(line), TAP_LINE.match(line)
        if plan:
            planned += int(plan[1])
        if not result:
            continue
        seen += 1
        name = program + ": " + result[2].lstrip(" -")
        if "# SKIP" in result[2].upper():
            tally.skips_one(name.replace("# SKIP", "").replace("  ", " "), "")
        elif result[1]:
            tally.fails(name, log)
        else:
            tally.passes()
    return planned, seen


def count_program(tally, test):
    """Counts one program of meson's, from its line in the log."""
    program = test["name"].split(" / ")[-1]
    log = test["stdout"] + test.get("stderr", "")
    lines = test["stdout"].splitlines()
    failed_before = tally.failed
    planned, seen = count_tap(tally, program, lines, log)
    if test["result"] in ("OK", "EXPECTEDFAIL"):
        if planned == 0:
            tally.passes()
    elif test["result"] == "SKIP":
        tally.skips_one(program, lines[-1] if lines else "")
    elif tally.failed == failed_before or seen < planned:
        # It died, or failed by its exit status only (a leak, say): what it did not get to failed.
        for _ in range(max(1, planned - seen)):
            tally.fails(f"{program} ({test['result'].lower()})", log)


def run_logged(command, log_path):
    """Runs COMMAND in a process group of its own, its words in a file; returns its exit status."""
    with open(log_path, "w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=subprocess.STDOUT, cwd=ROOT, start_new_session=True)
    RUNNING.append(process)
    try:
        return process.wait(SUITE_MAX_S)
    except subprocess.TimeoutExpired:
        end(process)
        return f"none: not done after {SUITE_MAX_S} s"
    finally:
        RUNNING.remove(process)


def end(process):
    """Asks a suite to end, so that it cleans up; then ends it."""
    try:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(END_MAX_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    except ProcessLookupError:
        pass


def run_meson(suite, build, jobs, log_path):
    results = os.path.join(build, "meson-logs", f"{suite}.json")
    if os.path.exists(results):
        os.remove(results)
    status = run_logged(
        ["meson", "test", "-C", build, "--no-rebuild", "--suite", suite, "--logbase", suite,
         "--num-processes", str(jobs), "--print-errorlogs"], log_path)
    tally = Tally()
    if os.path.exists(results):
        with open(results, encoding="utf-8") as lines:
            for line in lines:
                count_program(tally, json.loads(line))
    return status, tally


def run_pytest(suite, build, log_path):
    results = os.path.join(build, "meson-logs", f"{suite}.xml")
    if os.path.exists(results):
        os.remove(results)
    status = run_logged(
        ["/usr/bin/python3", "-m", "pytest", "-p", "no:cacheprovider", "-v",
         f"--junit-xml={results}", os.path.join("tests", suite)], log_path)
    tally = Tally()
    cases = xml.parse(results).iter("testcase") if os.path.exists(results) else []
    for case in cases:
        name = f"{case.get('classname')}.{case.get('name')}"
        bad = [child for child in case if child.tag in ("failure", "error")]
        skip = case.find("skipped")
        if bad:
            tally.fails(name, "\n".join(child.text or "" for child in bad))
        elif skip is not None:
            tally.skips_one(name, skip.get("message", ""))
        else:
            tally.passes()
    return status, tally


def run_suite(suite, build, jobs):
    """Runs one suite and says in a line what came of it, with the logs of what failed."""
    log_path = os.path.join(build, f"{suite}.log")
    began = time.monotonic()
    if suite == "system":
        status, tally = run_pytest(suite, build, log_path)
    else:
        status, tally = run_meson(suite, build, jobs, log_path)
    if status != 0 and tally.failed == 0:
        with open(log_path, encoding="utf-8", errors="replace") as log:
            tally.fails(f"{suite} (exit status {status})", log.read())
    return tally, time.monotonic() - began


def tell(suite, tally, seconds):
    """The suite's line, the reasons of its skips, and each failing log once, its end only."""
    lines = [f"{suite:<7} {tally}  ({seconds:.1f} s)"]
    lines += [f"    skipped {skip}" for skip in tally.skips[:SKIPS_SHOWN]]
    if len(tally.skips) > SKIPS_SHOWN:
        lines.append(f"    … and {len(tally.skips) - SKIPS_SHOWN} more")
    for log in dict.fromkeys(log for _, log in tally.failures):
        names = dict.fromkeys(name for name, its_log in tally.failures if its_log == log)
        lines += [f"    FAILED {name}" for name in names]
        lines += ["    | " + line for line in log.rstrip().splitlines()[-TAIL_LINES:]]
    print("\n".join(lines), flush=True)


def run_all(suites, build):
    total = Tally()
    lock = threading.Lock()
    lanes = [lane for lane in ([s for s in lane if s in suites] for lane in LANES) if lane]
    jobs = max(1, (os.cpu_count() or 1) // max(1, len(lanes)))

    def run_lane(lane):
        for suite in lane:
            try:
                tally, seconds = run_suite(suite, build, jobs)
            except Exception as error:  # a suite that cannot run is a failure, not a silence
                tally, seconds = Tally(), 0.0
                tally.fails(f"{suite} (could not run)", repr(error))
            with lock:
                tell(suite, tally, seconds)
                total.add(tally)

    threads = [threading.Thread(target=run_lane, args=(lane,), daemon=True) for lane in lanes]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except KeyboardInterrupt:
        for process in list(RUNNING):
            end(process)
        sys.exit(130)
    return total


def main(words):
    if words[:1] == ["--check"]:
        if "--list" in words:
            print("\n".join(f"{suite:<7} {ABOUT[suite]}" for suite in SUITES))
        unknown = [word for word in words[1:] if word != "--list" and word not in SUITES]
        if unknown:
            sys.exit(f"no such suite: {' '.join(unknown)} (there are: {' '.join(SUITES)})")
        return 0
    build = os.path.abspath(words[1])
    os.environ.setdefault("CREDITBANK_SHARED", os.path.join(os.path.dirname(ROOT), "shared"))
    os.environ["CREDITBANK_BUILD"] = build
    os.environ["CMOCKA_MESSAGE_OUTPUT"] = "TAP"
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    # Undefined behaviour only warns by default; a daemon under test shall die of it.
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        os.environ.setdefault(name, "halt_on_error=1:abort_on_error=1:print_stacktrace=1")
    total = run_all(words[2:] or SUITES, build)
    print(total)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
