#!/usr/bin/python3
"""The creditbank command against a real server of scripted methods, over TLS and HTTP/2.

usage: client_loopback.py SERVER CREDITBANK

SERVER is rpc_loopback.c; its methods are scripted in rpc_methods.h. Prints TAP.
"""
import base64
import csv
import datetime
import json
import os
import shutil
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


def certificate(folder, host="localhost", last_day=1):
    """A key and a certificate of itself for a host; the names of the two files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    names = [x509.DNSName(host)]
    now = datetime.datetime.utcnow()
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(now - datetime.timedelta(days=9))
            .not_valid_after(now + datetime.timedelta(days=last_day))
            .add_extension(x509.SubjectAlternativeName(names), critical=False).sign(key, hashes.SHA256()))
    paths = os.path.join(folder, f"{host}{last_day}.cert"), os.path.join(folder, f"{host}{last_day}.key")
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
        self.clear_profile("clear", self.clear, session="learner")
        self.key = os.path.join(folder, "signing.pem")
        assert self.run("key", "generate", self.key, "--no-passphrase").returncode == 0
        self.profile("school", "--server", server, "--ca", self.cert, "--session", "school", "--key",
                     self.key, "--institution", "school", "--origin", "demo.bank.example/log")

    def profile(self, name, *settings):
        assert self.run("profile", "set", name, *settings).returncode == 0

    def clear_profile(self, name, port, **settings):
        """A profile as no command makes one: without TLS, to this machine."""
        with open(os.path.join(self.folder, "home", f"{name}.conf"), "w", encoding="utf-8") as file:
            for key, value in {"server": f"http://127.0.0.1:{port}", **settings}.items():
                file.write(f"{key} = {value}\n")

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
    assert ran.returncode == 0 and "sign-in" in ran.stdout, ran
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


def test_the_shell_completes_after_options_and_in_fixed_choices(bank):
    script = bank.run("completion", "bash").stdout
    for words, expected in ((["--profile", "school", "import", ""], {"learners", "undo"}),
                            (["--json", "import", "te"], {"template"}),
                            (["--profile", "=", "school", "import", "template", ""], {"learners", "certificates"}),
                            (["help", ""], {"verify", "import"}), (["help", "key", ""], {"revoke"}),
                            (["--lang", ""], {"zh", "en"}), (["--lang", "=", "z"], {"zh"}),
                            (["verify", "x.json", "--b"], {"--bank-key"}),
                            (["outcome", "revoke", "X1", "--reason", ""], {"misconduct", "entry-error"}),
                            (["account", "outcomes", "--kind", "c"], {"certificate", "course-result"}),
                            (["application", "review", "NO", ""], {"approve", "reject"})):
        line = " ".join(f"'{word}'" for word in ["creditbank", *words])
        asked = f'{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words)}; _creditbank; echo "${{COMPREPLY[@]}}"'
        ran = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, timeout=PATIENCE_S, check=True)
        assert expected <= set(ran.stdout.split()), (words, ran)


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
        bank.clear_profile("founder", listener.getsockname()[1], key=bank.key)
        ran = bank.run("bank", "found", path, "--name", "银行", "--profile", "founder")
        assert ran.returncode == 3 and "outbox" in ran.stderr, ran
        listener.shutdown(socket.SHUT_RDWR)
    bank.profile("founder", "--server", f"https://localhost:{bank.secure}", "--ca", bank.cert)
    ran = bank.run("outbox", "resume", "--profile", "founder")
    assert ran.returncode == 1 and "[CREDENTIAL_MISSING]" in ran.stderr, ran


def test_a_key_overwrites_nothing(bank):
    ran = bank.run("key", "generate", bank.key, "--no-passphrase")
    assert ran.returncode == 2 and "[FILE_EXISTS]" in ran.stderr, ran


def test_a_template_of_no_kind_tells_the_kinds(bank):
    ran = bank.run("import", "template", "foo", "t.csv")
    assert ran.returncode == 2 and "foo (learners, results, hours, certificates)" in ran.stderr, ran


def test_who_is_not_signed_in_is_told_how_by_every_command_alike(bank):
    for words in (("session", "list"), ("session", "sign-out")):
        ran = bank.run(*words, "--profile", "nobody")
        assert ran.returncode == 1 and "[CREDENTIAL_MISSING]" in ran.stderr, ran
        assert "creditbank session sign-in" in ran.stderr, ran


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


def test_a_row_with_a_cell_too_many_comes_back_with_all_of_them(bank):
    path = os.path.join(bank.folder, "wide.csv")
    head = "student_no,name,document_type,document_number,programme_id,begin_date"
    row = "1,张三,护照,E1,p,2025-09-01"
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"\n{head}\n\n{row},more\n,,,,,\n")
    for path in (path, os.path.join(bank.folder, "wide.bad.csv")):
        ran = bank.run("import", "learners", path, "--dry-run", "--profile", "school", "--json")
        assert ran.returncode == 5 and json.loads(ran.stdout)["bad"] == 1, ran
        with open(json.loads(ran.stdout)["badFile"], encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == [*head.split(","), "code", "sentence", "advice"]
            [bad] = csv.reader(file)
        assert bad[:8] == [*row.split(","), "more", "ROW_CELLS_TOO_MANY"] and len(bad) == 10, bad


def test_a_row_that_is_wrong_is_named_as_a_spreadsheet_counts(bank):
    path = os.path.join(bank.folder, "catalogue.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write('certificate_id,name,family_id,scheme_id,grade,state_date\n\na,"b\nb",c,d,1,2020-01-01\na,b,c,d,x,\n')
    ran = bank.run("catalogue", "add", path, "--profile", "school", "--json")
    assert ran.returncode == 2 and json.loads(ran.stdout)["error"]["row"] == 4, ran
    ran = bank.run("catalogue", "add", path, "--profile", "school")
    assert ran.returncode == 2 and ran.stderr.startswith("row 4\n"), ran


def test_a_server_is_taken_only_with_tls_host_and_port(bank):
    for server in ("ftp://bank.example", "http://127.0.0.1:1", "https://", "https://bank.example:99999",
                   "https://bank.example:0", "https://u@bank.example", "https://bank.example/path", "bank.example",
                   "https://bank example", "https://bank.example?q"):
        ran = bank.run("profile", "set", "refused", "--server", server)
        assert ran.returncode == 2 and "[ARGUMENT_INVALID]" in ran.stderr, (server, ran)
    for server in ("https://bank.example.cn", "https://bank.example.cn:8443/", "https://[::1]:8443"):
        ran = bank.run("profile", "set", "taken", "--server", server)
        assert ran.returncode == 0, (server, ran)


def test_common_causes_are_said_in_chinese_with_what_to_do(bank):
    def said(*words):
        return bank.run(*words, "--lang", "zh").stderr

    bank.profile("closed", "--server", "https://localhost:1", "--session", "x")
    bank.profile("unnamed", "--server", "https://no-such-host.invalid", "--session", "x")
    gone = os.path.join(bank.folder, "gone.pem")
    shutil.copy(bank.cert, gone)
    bank.profile("unread", "--server", f"https://localhost:{bank.secure}", "--ca", gone, "--session", "x")
    os.remove(gone)
    for profile, words in (("closed", "连接被拒绝"), ("unnamed", "找不到服务器的名称"), ("stranger", "不受信任"),
                           ("unread", "CA 证书文件")):
        assert words in said("session", "list", "--profile", profile), (profile, words)
    assert "没有这个文件或文件夹" in said("verify", "/nowhere")
    assert "不是文件夹" in said("verify", f"{bank.cert}/x")
    assert "这是文件夹" in said("import", "learners", bank.folder, "--profile", "school")
    locked = os.path.join(bank.folder, "locked.pem")
    secret = os.path.join(bank.folder, "secret")
    with open(secret, "w", encoding="utf-8") as file:
        file.write("one\n")
    assert bank.run("key", "generate", locked, "--passphrase-file", secret).returncode == 0
    with open(secret, "w", encoding="utf-8") as file:
        file.write("another\n")
    assert "口令不对" in said("key", "show", locked, "--passphrase-file", secret)


def test_a_certificate_of_another_name_or_time_is_said_to_be_so(bank):
    for host, last_day, words in (("bank.example", 1, "不是发给这个名称"), ("localhost", -1, "已过期")):
        cert, key = certificate(bank.folder, host, last_day)
        with subprocess.Popen([SERVER, cert, key], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True) as other:
            ports = [int(other.stdout.readline()) for _ in range(2)]
            bank.profile("other", "--server", f"https://localhost:{ports[1]}", "--ca", cert, "--session", "x")
            ran = bank.run("session", "list", "--profile", "other", "--lang", "zh")
            other.stdin.close()
        assert ran.returncode == 3 and words in ran.stderr, ran


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
