"""tests/lib/daemon.py: that it knows when a daemon serves and when it has ended."""
import os
import signal
import subprocess
import sys

import pytest

from bank import ROOT, daemon, sql

READY = """
import os, signal, socket, sys
signal.signal(signal.SIGTERM, {on_term})
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.connect("\\0" + os.environ["NOTIFY_SOCKET"][1:])
notify.send(b"STATUS=starting")
notify.send(b"STATUS=serving\\nREADY=1")
while True:
    signal.pause()
"""
OBEDIENT = READY.format(on_term="lambda *_: sys.exit(0)")
STUBBORN = READY.format(on_term="signal.SIG_IGN")


def python(program):
    return [sys.executable, "-c", program]


def test_start_returns_when_the_daemon_says_that_it_is_ready(tmp_path):
    process = daemon.start(python(OBEDIENT), tmp_path / "log")
    assert process.poll() is None
    assert daemon.stop(process.pid)
    assert process.wait() == 0


def test_a_daemon_that_ends_before_it_is_ready_is_reported_with_its_log(tmp_path):
    with pytest.raises(daemon.NotReady, match="no such key"):
        daemon.start(python("import sys; sys.exit('no such key')"), tmp_path / "log")


def test_a_daemon_that_is_never_ready_is_ended_when_the_time_is_up(tmp_path):
    with pytest.raises(daemon.NotReady):
        daemon.start(python("import signal; signal.pause()"), tmp_path / "log", seconds=0.2)


def test_a_daemon_that_ignores_the_request_to_end_is_killed_and_that_is_told(tmp_path):
    process = daemon.start(python(STUBBORN), tmp_path / "log")
    assert not daemon.stop(process.pid, seconds=0.2)
    assert process.wait() == -signal.SIGKILL


def test_a_number_that_another_process_has_by_now_is_not_ours(tmp_path):
    (tmp_path / "pid").write_text(f"{os.getpid()} 1\n")
    assert daemon.read_pid(tmp_path / "pid") is None
    (tmp_path / "pid").write_text(f"{os.getpid()} {daemon.start_time(os.getpid())}\n")
    assert daemon.read_pid(tmp_path / "pid") == os.getpid()


def test_start_and_stop_by_command_leave_nothing(tmp_path):
    tool, pid_file = ROOT / "tests" / "lib" / "daemon.py", tmp_path / "pid"
    start = [sys.executable, tool, "start", pid_file, tmp_path / "log", *python(OBEDIENT)]
    subprocess.run(start, check=True, stdin=subprocess.DEVNULL)
    pid = daemon.read_pid(pid_file)
    subprocess.run(start, check=True, stdin=subprocess.DEVNULL)
    assert daemon.read_pid(pid_file) == pid
    subprocess.run([sys.executable, tool, "stop", pid_file], check=True, stdin=subprocess.DEVNULL)
    assert daemon.start_time(pid) is None
    assert not pid_file.exists()


def test_each_test_has_a_database_of_its_own(cluster, database):
    sql(database, "CREATE TABLE mine ()")
    assert sql(cluster.new_database(), "SELECT to_regclass('mine')") == ""
