#!/usr/bin/python3
"""Starts a daemon and knows, without asking again and again, when it serves and when it has ended.

usage: daemon.py start PIDFILE LOG COMMAND...   returns when it is ready; fine if it runs already
       daemon.py stop PIDFILE                   SIGTERM, and SIGKILL if that does not end it
       daemon.py port                           prints a TCP port that is free on loopback

Readiness is what sd_notify(3) sends: READY=1 to the datagram socket named by NOTIFY_SOCKET.
"""
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import time

READY_S = 60
STOP_S = 30
LOG_LINES = 40


class NotReady(Exception):
    """The daemon ended, or took too long, before it served; the text is its log's end."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_time(pid):
    """When a process began, in clock ticks; with its number it names it for good. None if gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            fields = stat.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def wait_ready(notify, pid, seconds):
    """True once READY=1 came; False when the process ended first or the time is up."""
    deadline = time.monotonic() + seconds
    ended = os.pidfd_open(pid)
    try:
        while (left := deadline - time.monotonic()) > 0:
            heard, _, _ = select.select([notify, ended], [], [], left)
            if notify in heard and b"READY=1" in notify.recv(4096).split(b"\n"):
                return True
            if ended in heard and notify not in heard:
                return False
        return False
    finally:
        os.close(ended)


def start(command, log_path, env=None, seconds=READY_S):
    """Starts COMMAND in a session of its own and returns it, serving. Raises NotReady."""
    name = "creditbank-" + secrets.token_hex(8)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind("\0" + name)
        with open(log_path, "ab") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, **(env or {}), "NOTIFY_SOCKET": "@" + name})
        if wait_ready(notify, process.pid, seconds):
            return process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    raise NotReady(f"{command[0]} ended with {process.returncode} before it was ready\n" + tail(log_path))


def tail(path):
    with open(path, encoding="utf-8", errors="replace") as log:
        return "".join(log.readlines()[-LOG_LINES:])


def stop(pid, seconds=STOP_S):
    """Ends a process; False if SIGKILL was needed."""
    try:
        ended = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        signal.pidfd_send_signal(ended, signal.SIGTERM)
        if select.select([ended], [], [], seconds)[0]:
            return True
        signal.pidfd_send_signal(ended, signal.SIGKILL)
        select.select([ended], [], [], seconds)
        return False
    except ProcessLookupError:
        return True
    finally:
        os.close(ended)


def read_pid(path):
    """The process that a PID file names, if it is that one still."""
    try:
        with open(path, encoding="utf-8") as file:
            pid, began = file.read().split()
    except (OSError, ValueError):
        return None
    return int(pid) if start_time(pid) == began else None


def main(words):
    if words == ["port"]:
        print(free_port())
    elif words[:1] == ["start"] and len(words) > 3:
        pid_path, log_path, *command = words[1:]
        if read_pid(pid_path) is None:
            try:
                process = start(command, log_path)
            except NotReady as error:
                sys.exit(str(error))
            with open(pid_path, "w", encoding="utf-8") as file:
                file.write(f"{process.pid} {start_time(process.pid)}\n")
    elif words[:1] == ["stop"] and len(words) == 2:
        pid = read_pid(words[1])
        if pid is not None and not stop(pid):
            print(f"process {pid} did not end in {STOP_S} s and was killed", file=sys.stderr)
        if os.path.exists(words[1]):
            os.remove(words[1])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
