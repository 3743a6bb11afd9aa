"""An institution at its own command line, with a profile, an outbox and the journals of its imports."""
import csv
import json
import os
import pathlib
import select
import subprocess

from cryptography.hazmat.primitives import serialization

from bank import ORIGIN, binary

SAMPLE_S = 0.05
UNAVAILABLE = 3  # client/cli/command.h: no answer, to be repeated


class Importer:
    """A folder with the key file and everything that the client keeps."""

    def __init__(self, town, institution, folder):
        self.home = folder / "client"
        self.home.mkdir(mode=0o700)
        self.profile = institution.id
        key = folder / "key.pem"
        key.touch(mode=0o600)
        key.write_bytes(next(iter(institution.keys.values())).private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        self.run("profile", "set", self.profile, "--server", f"https://localhost:{town.bank.port}", "--ca",
                 town.bank.certificate, "--origin", ORIGIN, "--bank-key", town.bank_key, "--institution",
                 institution.id, "--key", key)

    def start(self, *words, **options):
        """A command under way."""
        return subprocess.Popen(
            [binary("creditbank"), "--lang", "en", "--profile", self.profile, *map(str, words)],
            stdin=subprocess.DEVNULL, env={**os.environ, **self.environment()}, **options)

    def environment(self):
        """Of what is freed, the sanitizer holds back little: its memory is measured, and that is not the client's."""
        held_back = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=8"
        return {"CREDITBANK_HOME": str(self.home), "ASAN_OPTIONS": held_back.strip(":")}

    def run(self, *words):
        """What a command printed, which ended well."""
        with self.start(*words, stdout=subprocess.PIPE, text=True) as process:
            said = process.communicate()[0]
        assert process.returncode == 0, said
        return said

    def waiting(self):
        """Requests that were sent, or were to be, and whose answer did not come."""
        return [path.stem for path in (self.home / self.profile / "outbox").glob("*.submit")]

    def imports(self):
        """Number and rows of every import, oldest first, as the client shows them."""
        for each in json.loads(self.run("import", "list", "--json")):
            yield each["import"], json.loads(self.run("import", "show", each["import"], "--json"))["rows"]


def write_certificates(path, rows):
    """An issuer's file; rows are (number, name, passport)."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("证书编号", "证书标识", "姓名", "证件类型", "证件号码", "成绩", "发证日期"))
        table.writerows((number, "web-1", name, "护照", passport, "72", "2023-06-01")
                        for number, name, passport in rows)


class Run:
    """A command that is watched from outside: how it ended, what it said, how much memory it took at most.

    The peak is asked for while it runs: what wait4(2) tells includes that of the process that began it.
    """

    def __init__(self, importer, log, *words):
        self.log = pathlib.Path(log)
        with open(self.log, "wb") as said:
            self.process = importer.start(*words, stdout=said, stderr=said)
        self.memory_kib = 0

    def sample(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as status:
            peaks = [int(line.split()[1]) for line in status if line.startswith("VmHWM:")]
        self.memory_kib = max([self.memory_kib, *peaks])  # one that has ended shows none

    def ended(self):
        """Its exit status, once it has one."""
        if self.process.returncode is None:
            self.sample()
        return self.process.poll()

    def wait(self):
        """Its exit status, when it has one."""
        if self.process.returncode is not None:
            return self.process.returncode
        watched = os.pidfd_open(self.process.pid)
        try:
            while not select.select([watched], [], [], SAMPLE_S)[0]:
                self.sample()
        finally:
            os.close(watched)
        return self.process.wait()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def said(self):
        return self.log.read_text(encoding="utf-8")
