"""What system tests stand on: a PostgreSQL cluster of their own, and a bank over it."""
import os
import pathlib
import secrets
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lib"))

import daemon  # noqa: E402

PSQL = "/usr/lib/postgresql/15/bin/psql"


class Cluster:
    """A throw-away PostgreSQL, by tests/lib/cluster."""

    def __init__(self):
        # Where PostgreSQL's own user can follow it, which pytest's folders are not.
        self.link = pathlib.Path("/tmp") / f"creditbank-link.{secrets.token_hex(6)}"
        self.databases = 0
        self.conninfo = self.control("start")

    def control(self, command):
        """start, halt (as a failing machine would), resume, stop."""
        return subprocess.run([ROOT / "tests" / "lib" / "cluster", command, self.link], check=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              text=True).stdout.strip()

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


class Bank:
    """A daemon over a database, with a folder and a port of its own."""

    def __init__(self, folder, database):
        self.folder = folder
        self.database = database
        self.port = daemon.free_port()
        self.config = folder / "creditbankd.conf"
        self.log = folder / "creditbankd.log"
        self.process = None
        (folder / "bank").mkdir(mode=0o700)
        template = (ROOT / "client" / "demo" / "creditbankd.conf.in").read_text(encoding="utf-8")
        for mark, value in (("@STATE@", folder), ("@DATABASE@", database), ("@PORT@", self.port),
                            ("@SOURCE@", ROOT)):
            template = template.replace(mark, str(value))
        self.config.write_text(template, encoding="utf-8")

    def command(self, *words):
        return [binary("creditbankd"), "--config", str(self.config), *words]

    def found(self):
        """Keys, certificate, schema, first entry."""
        subprocess.run(self.command("init", "--self-signed-tls"), check=True, stdin=subprocess.DEVNULL)

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


def binary(name):
    """A program of the build under test: $CREDITBANKD for the daemon, else by its name in the build."""
    own = os.environ.get(name.upper())
    folder = {"creditbankd": "server", "creditbank": "client"}[name]
    return own or str(pathlib.Path(os.environ.get("CREDITBANK_BUILD", ROOT / "build-test")) / folder / name)
