"""A founded bank with an issuer, the load on it, and what its processes weigh."""
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "system")]

import bank as banks  # noqa: E402

ISSUER = "bench-issuer"
CERTIFICATE = "bench-1"
LOAD_S = 900  # longest a load may take


class Bench:
    """A bank under load; `reports` are lines for who reads along."""

    def __init__(self, folder, database):
        self.bank = banks.Bank(folder, database)
        self.folder = folder
        self.key = folder / "issuer.pem"
        self.prefixes = 0

    # ---- The bank ----

    def cli(self, profile, *words, **options):
        return subprocess.run(
            [banks.binary("creditbank"), "--lang", "en", "--profile", profile, *map(str, words)],
            check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
            env=self.cli_environment(), **options).stdout

    def cli_environment(self):
        return {**os.environ, "CREDITBANK_HOME": str(self.folder / "cli"), "CREDITBANK_PASSPHRASE": ""}

    def profile(self, name, institution, key, *more):
        (self.folder / "cli").mkdir(mode=0o700, exist_ok=True)
        self.cli(name, "key", "generate", key, "--algorithm", "P-256", "--no-passphrase")
        self.cli(name, "profile", "set", name, "--server", f"https://localhost:{self.bank.port}",
                 "--ca", self.bank.certificate, "--origin", banks.ORIGIN, "--institution", institution,
                 "--key", key)

    def found(self):
        """Founds the bank, with an issuer that may award a certificate."""
        self.bank.init()
        self.bank.start()
        claim = self.folder / "claim.json"
        catalogue = self.folder / "catalogue.csv"
        catalogue.write_text("certificate_id,name,family_id,scheme_id,grade,state_date\n"
                             f"{CERTIFICATE},Web前端开发,bench,1+x,2,2019-04-01\n", encoding="utf-8")
        self.profile("operator", banks.OPERATOR, self.folder / "operator.pem")
        self.cli("operator", "bank", "found", self.bank.state / "founding.json", "--name", "测速学分银行")
        self.cli("operator", "institution", "register", ISSUER, "--kind", "issuer", "--name", "测速评价组织")
        self.profile("issuer", ISSUER, self.key)
        claim.write_text(self.cli("issuer", "key", "claim", "--duties", "post"), encoding="utf-8")
        self.cli("operator", "key", "register", claim)
        self.cli("operator", "catalogue", "add", catalogue)
        self.cli("operator", "accreditation", "grant", ISSUER, CERTIFICATE, "--from", "2019-04-01")

    # ---- Load ----

    def load(self, scenario, **options):
        """Runs tests/bench/load to its end; what it printed. Numbers of certificates never repeat."""
        self.prefixes += 1
        words = self.load_command(scenario, prefix=f"L{self.prefixes}-", **options)
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                              timeout=LOAD_S)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(words)} ended with {done.returncode}: {done.stdout}")
        return json.loads(done.stdout)

    def load_command(self, scenario, **options):
        words = [banks.binary("load"), scenario, "--port", self.bank.port]
        if scenario != "idle":
            words += ["--key", self.key, "--origin", banks.ORIGIN, "--institution", ISSUER,
                      "--certificate", CERTIFICATE]
        for name, value in options.items():
            words += ["--" + name.replace("_", "-"), value]
        return [str(word) for word in words]

    # ---- Memory ----

    def processes(self):
        """Name and pid of every process of the daemon."""
        root = self.bank.process.pid
        return [("supervisor", root)] + [(name_of(pid), pid) for pid in banks.children(root)]

    def memory_kib(self, field):
        """The largest of each kind of process: VmHWM, its peak, or VmRSS."""
        largest = {}
        for name, pid in self.processes():
            largest[name] = max(largest.get(name, 0), status_kib(pid, field))
        return largest


def name_of(pid):
    with open(f"/proc/{pid}/comm", encoding="utf-8") as comm:
        return comm.read().strip()


def status_kib(pid, field):
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(field + ":"))
