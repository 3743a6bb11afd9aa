"""What system tests stand on: a PostgreSQL cluster of their own, and a bank over it."""
import os
import pathlib
import secrets
import select
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lib"))

import daemon  # noqa: E402

PSQL = "/usr/lib/postgresql/15/bin/psql"
FAULTS = ("signal=6", "signal=11", "Sanitizer", "runtime error", "Assertion", "panic")
PATIENCE_S = 60  # with sanitizers, on a machine that builds at the same time


class Cluster:
    """A throw-away PostgreSQL, by tests/lib/cluster."""

    def __init__(self, *settings, env=None):
        self.env = {**os.environ, **(env or {})}
        # Where PostgreSQL's own user can follow it, which pytest's folders are not.
        self.link = pathlib.Path("/tmp") / f"creditbank-link.{secrets.token_hex(6)}"
        self.databases = 0
        self.conninfo = self.control("start", *settings)

    def control(self, command, *settings):
        """start, halt (as a failing machine would), resume, stop."""
        return subprocess.run([ROOT / "tests" / "lib" / "cluster", command, self.link, *settings],
                              check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              env=self.env, text=True).stdout.strip()

    def new_database(self):
        """An empty database; returns its conninfo."""
        self.databases += 1
        name = f"bank{self.databases}"
        sql(self.conninfo, f"CREATE DATABASE {name}")
        return self.conninfo.replace("dbname=postgres", f"dbname={name}")


def sql(conninfo, statement):
    """Its rows, one a line, columns parted by |."""
    return subprocess.run([PSQL, "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", conninfo, "-c", statement],
                          check=True, capture_output=True, text=True).stdout.strip()


ORIGIN = "bank.test.example/log"
OPERATOR = "bank"

CONFIG = """[bank]
log_origin = {origin}
operator_id = {operator}
state_directory = {state}

[listen]
address = 127.0.0.1
port = {port}

[workers]
count = {workers}

[database]
conninfo = {daemon}
owner_conninfo = {owner}
migrations = {migrations}
"""


class Bank:
    """A daemon over a database, with a folder and a port of its own. It serves as the daemon's role."""

    def __init__(self, folder, database, workers=2, state=None, settings=""):
        self.folder = folder
        self.database = database
        self.port = daemon.free_port()
        self.config = folder / "creditbankd.conf"
        self.log = folder / "creditbankd.log"
        self.state = state or folder / "bank"
        self.certificate = self.state / "tls-cert.pem"
        self.process = None
        self.state.mkdir(mode=0o700, exist_ok=state is not None)
        self.config.write_text(CONFIG.format(
            origin=ORIGIN, operator=OPERATOR, state=self.state, port=self.port, workers=workers,
            owner=database, daemon=database.replace("user=postgres", "user=creditbank_daemon"),
            migrations=ROOT / "migrations") + settings, encoding="utf-8")

    def command(self, *words):
        return [binary("creditbankd"), "--config", str(self.config), *words]

    def init(self):
        """Keys, certificate, schema."""
        return subprocess.run(self.command("init", "--self-signed-tls"), check=True, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout

    def start(self, **env):
        """Returns when the daemon says that it serves."""
        self.process = daemon.start(self.command("run"), self.log, env)

    def stop(self):
        """Drains it by SIGTERM; the test fails if that does not end it."""
        process, self.process = self.process, None
        if process is not None:
            drained = daemon.stop(process.pid)
            status = process.wait()
            assert drained and status == 0, f"ended with {status}\n{daemon.tail(self.log)}"
            self.assert_sound()

    def assert_sound(self):
        """No process of it died of a fault of its own: replaced, it might go unseen."""
        text = self.log.read_text(encoding="utf-8")
        for sign in FAULTS:
            assert sign not in text, text[text.index(sign):][:4000]

    def await_log(self, text, count=1):
        """Returns when the log has so many lines with that text."""
        deadline = time.monotonic() + PATIENCE_S
        while self.log.read_text(encoding="utf-8").count(text) < count:
            assert time.monotonic() < deadline, f"the log never said: {text}"

    def processes(self):
        """The children of one that has just started, in the order in which it starts them."""
        notary, calculator, *workers = children(self.process.pid)
        return {"notary": notary, "calculator": calculator, "workers": workers}

    def children_named(self, name):
        """Those of its processes that are called so, as worker-1 is a worker; waits for one that is being replaced."""
        deadline = time.monotonic() + PATIENCE_S
        while not (found := [pid for pid in children(self.process.pid) if name_of(pid).startswith(name)]):
            assert time.monotonic() < deadline, f"there is no {name}"
        return found

    def kill(self):
        """Ends it and all its children as a failing machine would."""
        process, self.process = self.process, None
        orphans = [os.pidfd_open(pid) for pid in children(process.pid)]
        process.kill()
        process.wait()
        for orphan in orphans:
            await_end(orphan)


def children(pid):
    """Those that live; one that has ended is nobody's child any more."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as listed:
        return [int(word) for word in listed.read().split()]


def name_of(pid):
    """What it calls itself; nothing once it has ended."""
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def await_end(pidfd):
    """A process that is not ours ends within PATIENCE_S."""
    try:
        assert select.select([pidfd], [], [], PATIENCE_S)[0], "it has not ended"
    finally:
        os.close(pidfd)


class Session:
    """One connection of psql, for what has to stay open: locks, and questions again and again."""

    def __init__(self, conninfo):
        self.process = subprocess.Popen([PSQL, "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", conninfo],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, statement):
        """Its rows, when it is done."""
        self.process.stdin.write(f"{statement};\n\\echo done\n")
        self.process.stdin.flush()
        rows = []
        for line in self.process.stdout:
            if line == "done\n":
                return rows
            rows.append(line.rstrip("\n"))
        raise AssertionError(f"psql ended: {statement}")

    def until(self, condition):
        """Returns when a condition of the database holds, which nobody tells of."""
        deadline = time.monotonic() + PATIENCE_S
        while self.run(f"SELECT {condition}") != ["t"]:
            assert time.monotonic() < deadline, f"never so: {condition}"

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def binary(name):
    """A program of the build under test: $CREDITBANKD for the daemon, else by its name in the build."""
    own = os.environ.get(name.upper())
    folder = {"creditbankd": "server", "creditbank": "client", "load": "tests/bench"}[name]
    return own or str(pathlib.Path(os.environ.get("CREDITBANK_BUILD", ROOT / "build-test")) / folder / name)
