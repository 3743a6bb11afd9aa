"""./demo: its private cluster, where the clone may be anywhere, and how a story is played.

The story here is the first step alone; test_demo.py has the whole one.
"""
import os
import pathlib
import re
import shutil
import stat
import subprocess

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PATH_MIN = 120
SUN_PATH_MAX = 107

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")


class Clone:
    """A clone with the demo in it and the steps to play; the build is the one under test."""

    def __init__(self, path, steps="00-*.sh"):
        self.path = path
        self.state = path / ".creditbank"
        shutil.copytree(os.path.join(ROOT, "tests", "lib"), path / "tests" / "lib",
                        ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(os.path.join(ROOT, "client", "demo"), path / "client" / "demo",
                        ignore=shutil.ignore_patterns("story"))
        self.story = path / "client" / "demo" / "story"
        self.story.mkdir()
        for step in pathlib.Path(ROOT, "client", "demo", "story").glob(steps):
            shutil.copy(step, self.story)
        shutil.copytree(os.path.join(ROOT, "migrations"), path / "migrations")
        shutil.copy(os.path.join(ROOT, "demo"), path)

    def add_step(self, name, text):
        (self.story / name).write_text(text, encoding="utf-8")

    def run(self, *words, cwd="/"):
        return subprocess.run(
            [self.path / "demo", *words], cwd=cwd, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
            env={"CREDITBANK_BUILD": os.path.join(ROOT, "build-test"), **os.environ})

    def plays(self, *words):
        ran = self.run(*words)
        assert ran.returncode == 0, ran.stdout
        assert ran.stdout.splitlines()[-1] == "demo: ok"
        return ran.stdout

    def sql(self, statement):
        return subprocess.run(
            ["/usr/lib/postgresql/15/bin/psql", "-XqAt", "-h", os.readlink(self.state / "run"),
             "-U", "postgres", "-d", "creditbank", "-c", statement],
            check=True, capture_output=True, text=True).stdout.strip()

    def server(self):
        """The number of the server's process, or None."""
        try:
            return int((self.state / "cluster" / "data" / "postmaster.pid").read_text().split()[0])
        except FileNotFoundError:
            return None

    def remove(self):
        self.run("--stop")
        for link in ("cluster", "run"):
            if (self.state / link).is_symlink():
                shutil.rmtree(os.readlink(self.state / link), ignore_errors=True)


@pytest.fixture
def clone(tmp_path):
    """Where PostgreSQL's user cannot come, and deeper than a socket's path may be long."""
    path = tmp_path / ("x" * max(1, PATH_MIN - len(str(tmp_path)) - 1))
    path.mkdir(mode=0o700)
    assert len(str(path)) >= PATH_MIN
    made = Clone(path)
    yield made
    made.remove()


@pytest.fixture
def open_clone():
    """Where anybody can come."""
    path = subprocess.run(["mktemp", "-d", "/tmp/demo.XXXXXX"], check=True, capture_output=True,
                          text=True).stdout.strip()
    os.chmod(path, 0o755)
    made = Clone(pathlib.Path(path))
    yield made
    made.remove()
    shutil.rmtree(path)


def other_clusters():
    """What Debian knows of clusters, which is never ours."""
    return subprocess.run(["pg_lsclusters"], check=True, capture_output=True, text=True).stdout


def test_the_demo_plays_and_checks_from_a_closed_and_deep_folder(clone):
    before = other_clusters()
    clone.plays()
    assert clone.sql("SELECT 1") == "1"
    run = os.readlink(clone.state / "run")
    assert len(run + "/.s.PGSQL.5432.lock") < SUN_PATH_MAX
    assert stat.S_IMODE(os.stat(run).st_mode) == 0o700
    assert other_clusters() == before


@as_root
def test_a_cluster_that_postgres_could_not_reach_lives_outside_and_the_demo_says_so(clone):
    told = clone.plays()
    outside = os.readlink(clone.state / "cluster")
    assert outside.startswith("/var/lib/creditbank-")
    assert "--fresh removes it" in told and outside in told


@as_root
def test_a_cluster_that_postgres_can_reach_stays_inside(open_clone):
    told = open_clone.plays()
    assert not (open_clone.state / "cluster").is_symlink()
    assert "/var/lib" not in told


def test_fresh_removes_the_old_cluster_wherever_it_was(clone):
    clone.plays()
    clone.sql("CREATE TABLE left_over ()")
    old_server, old_run = clone.server(), os.readlink(clone.state / "run")
    clone.plays("--fresh")
    assert clone.sql("SELECT to_regclass('left_over')") == ""
    assert clone.server() != old_server
    assert not os.path.exists(old_run)


def test_what_a_removed_state_left_outside_does_not_come_back(clone):
    clone.plays()
    clone.sql("CREATE TABLE left_over ()")
    run = os.readlink(clone.state / "run")
    if not (clone.state / "cluster").is_symlink():
        pytest.skip("the cluster lives inside")
    shutil.rmtree(clone.state)
    clone.plays()
    assert clone.sql("SELECT to_regclass('left_over')") == ""
    shutil.rmtree(run)


def test_stop_ends_the_server_and_the_next_run_finds_everything_again(clone):
    clone.plays()
    clone.sql("CREATE TABLE kept ()")
    assert clone.run("--stop").returncode == 0
    assert clone.server() is None
    told = clone.plays()
    assert "done before, checked again" in told
    assert clone.sql("SELECT to_regclass('kept')") == "kept"


def test_a_socket_folder_lost_at_a_reboot_is_made_again(clone):
    clone.plays()
    shutil.rmtree(os.readlink(clone.state / "run"))
    clone.plays()
    assert clone.sql("SELECT 1") == "1"


def test_a_played_step_is_checked_again_and_not_played_again(clone):
    clone.add_step("01-once.sh", """
step once '一次' 'once'
do_once() { echo x >>"$state/played"; }
check_once() { echo x >>"$state/checked"; }
""")
    clone.plays()
    clone.plays()
    assert (clone.state / "played").read_text() == "x\n"
    assert (clone.state / "checked").read_text() == "x\nx\n"


def test_a_check_that_fails_withholds_the_last_line_and_says_why(clone):
    clone.add_step("01-wrong.sh", """
step wrong '不对' 'wrong'
do_wrong() { :; }
check_wrong() { expect '学分' 'credits' 3 4; echo unreached; }
""")
    ran = clone.run()
    assert ran.returncode != 0
    assert "demo: ok" not in ran.stdout
    assert "unreached" not in ran.stdout
    assert "credits: expected '4', got '3'" in ran.stdout and "学分：应为 '4'，实为 '3'" in ran.stdout
    assert not (clone.state / "steps" / "wrong").exists()


def test_a_step_that_was_cut_short_is_played_again(clone):
    clone.add_step("01-late.sh", """
step late '迟' 'late'
do_late() { false; echo x >"$state/late"; }
check_late() { [ -f "$state/late" ]; }
""")
    assert clone.run().returncode != 0
    assert not (clone.state / "late").exists()
    clone.add_step("01-late.sh", """
step late '迟' 'late'
do_late() { echo x >"$state/late"; }
check_late() { [ -f "$state/late" ]; }
""")
    clone.plays()


def test_one_language_can_be_asked_for(clone):
    assert not re.search(r"[一-鿿]", clone.plays("--lang", "en"))
    assert "PostgreSQL cluster" not in clone.plays("--lang", "zh")
    assert clone.run("--lang", "fr").returncode == 2
