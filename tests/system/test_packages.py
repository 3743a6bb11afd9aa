"""tests/lib/packages.sh: what is installed, when, and that Debian's own cluster is held back meanwhile."""
import os
import subprocess

import pytest

from bank import ROOT

# Stands for apt-get: notes its words, and whether the drop-in was there while it installed.
APT_GET = """#!/bin/sh
echo "$*" >>"$NOTES/apt-get"
case "$*" in
*' install '*) cat "$NOTES/createcluster.d/hold.conf" >"$NOTES/held" 2>/dev/null; exit "$STATUS" ;;
esac
"""


@pytest.fixture
def install(tmp_path):
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, text in (("apt-get", APT_GET), ("sudo", "#!/bin/sh\nexec \"$@\"\n")):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)

    def run(needs, status=0):
        program = """
            set -euo pipefail
            . tests/lib/packages.sh
            no_main_cluster=$NOTES/createcluster.d/hold.conf
            install_missing "$1" "$NOTES/log"
        """
        ran = subprocess.run(
            ["bash", "-c", program, "bash", needs], cwd=ROOT, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "NOTES": str(tmp_path),
                 "STATUS": str(status)})
        runs = tmp_path / "apt-get"
        return ran, runs.read_text().splitlines() if runs.exists() else []
    return run


def test_nothing_is_run_when_nothing_is_missing(install):
    ran, runs = install("c:sh dash\nf:/etc/passwd base-passwd\np:libpq libpq-dev\ny:os python3\n")
    assert (ran.returncode, ran.stdout, runs) == (0, "", [])


def test_all_that_is_missing_is_named_and_installed_in_one_run(install):
    ran, runs = install("c:no-such-tool one\nc:sh dash\np:no-such-module two\ny:no_such_module three\n")
    assert ran.returncode == 0
    assert ran.stdout.splitlines() == ["installing / 安装: one three two"]
    assert [run.split(" --no-install-recommends ")[1] for run in runs if " install " in run] == [
        "one three two"]


def test_debians_cluster_is_held_back_while_postgresql_is_installed_and_only_then(install, tmp_path):
    install("f:/no/initdb postgresql-15\n")
    assert (tmp_path / "held").read_text() == "create_main_cluster = false\n"
    assert not (tmp_path / "createcluster.d").exists()


def test_the_hold_is_let_go_also_when_the_installation_fails(install, tmp_path):
    ran, _ = install("f:/no/initdb postgresql-15\n", status=100)
    assert ran.returncode == 100
    assert "apt-get failed (100)" in ran.stdout
    assert (tmp_path / "held").read_text() == "create_main_cluster = false\n"
    assert not (tmp_path / "createcluster.d").exists()


def test_without_postgresql_to_install_nothing_is_held(install, tmp_path):
    install("c:no-such-tool one\n")
    assert (tmp_path / "held").read_text() == ""
