#!/usr/bin/python3
"""The creditbank command against a real server of scripted methods, over TLS and HTTP/2.

usage: client_loopback.py SERVER CREDITBANK

SERVER is rpc_loopback.c; its methods are scripted in rpc_methods.h. Prints TAP.
"""
import base64
import csv
import datetime
import ipaddress
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import traceback

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

SERVER, CREDITBANK = sys.argv[1:]
PATIENCE_S = 60


def certificate(folder):
    """A key and a certificate of itself for localhost; the names of the two files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.datetime.utcnow()
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(names), critical=False).sign(key, hashes.SHA256()))
    paths = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    with open(paths[0], "wb") as file:
        file.write(made.public_bytes(serialization.Encoding.PEM))
    with open(paths[1], "wb") as file:
        file.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                     serialization.NoEncryption()))
    return paths


class Bank:
    """The server, and the command with profiles of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.cert, key = certificate(folder)
        self.process = subprocess.Popen([SERVER, self.cert, key], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.clear, self.secure = (int(self.process.stdout.readline()) for _ in range(2))
        server = f"https://localhost:{self.secure}"
        self.profile("learner", "--server", server, "--ca", self.cert, "--session", "learner")
        self.profile("nobody", "--server", server, "--ca", self.cert)
        self.profile("stranger", "--server", server)
        self.profile("clear", "--server", f"http://127.0.0.1:{self.clear}", "--session", "learner")
        self.key = os.path.join(folder, "signing.pem")
        assert self.run("key", "generate", self.key, "--no-passphrase").returncode == 0
        self.profile("school", "--server", server, "--ca", self.cert, "--session", "school", "--key",
                     self.key, "--institution", "school", "--origin", "demo.bank.example/log")

    def profile(self, name, *settings):
        assert self.run("profile", "set", name, *settings).returncode == 0

    def run(self, *words):
        env = dict(os.environ, CREDITBANK_HOME=os.path.join(self.folder, "home"), LC_ALL="en_US.UTF-8")
        return subprocess.run([CREDITBANK, *words], env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=PATIENCE_S, check=False)

    def stop(self):
        self.process.stdin.close()
        assert self.process.wait(PATIENCE_S) == 0


def test_an_answer_is_shown_over_tls_and_in_clear(bank):
    ran = bank.run("session", "list", "--profile", "learner")
    assert ran.returncode == 0 and ran.stdout.startswith("Session"), ran
    ran = bank.run("session", "list", "--profile", "clear", "--json")
    assert ran.returncode == 0 and json.loads(ran.stdout) == {}, ran


def test_a_refusal_is_said_with_advice_and_code_in_either_language(bank):
    ran = bank.run("session", "list", "--profile", "nobody")
    assert ran.returncode == 1 and "needs a credential" in ran.stderr, ran
    assert "[CREDENTIAL_MISSING]" in ran.stderr
    ran = bank.run("session", "list", "--profile", "nobody", "--lang", "zh")
    assert ran.returncode == 1 and ran.stderr.startswith("错误："), ran
    ran = bank.run("session", "list", "--profile", "nobody", "--json")
    assert json.loads(ran.stdout)["error"]["reason"] == "CREDENTIAL_MISSING"


def test_a_wrong_command_line_says_what_may_stand_there(bank):
    ran = bank.run("session", "lst")
    assert ran.returncode == 2 and "list" in ran.stderr and "sign-in" in ran.stderr, ran
    ran = bank.run("help", "session")
    assert ran.returncode == 2 and "sign-in" in ran.stderr, ran
    ran = bank.run("outcome", "correct", "x", "--score", "1")
    assert ran.returncode == 2 and "--reason" in ran.stderr, ran
    ran = bank.run("session", "list", "--profile", "unheard-of")
    assert ran.returncode == 2 and "[PROFILE_UNKNOWN]" in ran.stderr, ran


def test_every_fault_is_one_document_of_json(bank):
    for words in (["session", "lst"], ["session", "list", "--profile", "unheard-of"],
                  ["rulebook", "publish", "school", "rb", "1", "--profile", "school"]):
        ran = bank.run(*words, "--json")
        faults = json.loads(ran.stdout)
        assert ran.returncode != 0 and faults["error"] == faults["errors"][0], ran
        assert not ran.stderr, ran


def hang_up(listener):
    """Reads what is sent, and answers nothing."""
    while True:
        try:
            connection = listener.accept()[0]
        except OSError:
            return
        with connection:
            connection.recv(65536)


def test_a_founding_that_was_not_answered_is_sent_again_without_a_credential(bank):
    path = os.path.join(bank.folder, "founding.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"log_origin": "demo.bank.example/log", "operator_id": "bank",
                   **{name: base64.b64encode(bytes(range(32))).decode()
                      for name in ("log_key", "service_key", "service_key_proof")}}, file)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=hang_up, args=[listener], daemon=True).start()
        bank.profile("founder", "--server", f"http://127.0.0.1:{listener.getsockname()[1]}",
                     "--key", bank.key, "--institution", "bank", "--origin", "demo.bank.example/log")
        ran = bank.run("bank", "found", path, "--name", "银行", "--profile", "founder")
        assert ran.returncode == 3 and "outbox" in ran.stderr, ran
        listener.shutdown(socket.SHUT_RDWR)
    bank.profile("founder", "--server", f"https://localhost:{bank.secure}", "--ca", bank.cert)
    ran = bank.run("outbox", "resume", "--profile", "founder")
    assert ran.returncode == 1 and "[CREDENTIAL_MISSING]" in ran.stderr, ran


def test_a_template_overwrites_nothing(bank):
    path = os.path.join(bank.folder, "template.csv")
    assert bank.run("import", "template", "learners", path).returncode == 0
    with open(path, "rb") as file:
        before = file.read()
    ran = bank.run("import", "template", "learners", path)
    assert ran.returncode == 2 and "[FILE_EXISTS]" in ran.stderr, ran
    with open(path, "rb") as file:
        assert file.read() == before


def test_a_short_row_comes_back_with_its_faults_under_their_headings(bank):
    path = os.path.join(bank.folder, "short.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("student_no,name,document_type,document_number,programme_id,begin_date\n1,张三\n")
    ran = bank.run("import", "learners", path, "--dry-run", "--profile", "school")
    assert ran.returncode == 5, ran
    with open(os.path.join(bank.folder, "short.bad.csv"), encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert row["name"] == "张三" and row["document_number"] == "" and row["code"] == "ROW_CELL_EMPTY", row


def test_a_certificate_of_nobody_we_trust_is_not_talked_to(bank):
    ran = bank.run("session", "list", "--profile", "stranger")
    assert ran.returncode == 3 and "BANK_UNREACHABLE" in ran.stderr, ran


def test_a_refused_transaction_names_its_items_and_leaves_the_outbox(bank):
    ran = bank.run("rulebook", "publish", "school", "rb", "1", "--profile", "school")
    assert ran.returncode == 1 and "item 1 " in ran.stderr, ran
    ran = bank.run("outbox", "resume", "--profile", "school")
    assert ran.returncode == 0 and "empty" in ran.stdout, ran


def test_an_import_that_is_refused_whole_ends_and_says_why(bank):
    path = os.path.join(bank.folder, "learners.csv")
    assert bank.run("import", "template", "learners", path).returncode == 0
    ran = bank.run("import", "learners", path, "--profile", "school")
    assert ran.returncode in (1, 3) and "ResolveIdentities" in ran.stderr, ran
    assert "encoding of the file: UTF-8 BOM" in ran.stdout


def main():
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    failed = 0
    print(f"1..{len(tests)}")
    with tempfile.TemporaryDirectory() as folder:
        bank = Bank(folder)
        for number, (name, test) in enumerate(tests, 1):
            try:
                test(bank)
                print(f"ok {number} - {name[5:]}", flush=True)
            except Exception:
                failed = 1
                traceback.print_exc()
                print(f"not ok {number} - {name[5:]}", flush=True)
        bank.stop()
    return failed


if __name__ == "__main__":
    sys.exit(main())
