"""The embedded PostgreSQL: shared, ended with its last user however that one ends, started from whatever it finds."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from kernel import embedded_postgres
from kernel.embedded_postgres import EmbeddedPostgresError

HOLD = """
import sys
from pathlib import Path
from kernel import embedded_postgres
server = embedded_postgres.start(Path(sys.argv[1]), durable=False)
print("ready", flush=True)
sys.stdin.read()
server.stop()
"""


def processes_of(data_dir: Path) -> list[psutil.Process]:
    """The keeper and the server of this folder, the server's own children included."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or ())
        if str(data_dir) in line and ("postgres -D" in line or "embedded_postgres_keeper" in line):
            found += [process, *process.children(recursive=True)]
    return found


def holder(data_dir: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Not pytest's own, whose parent every other run on the machine closes to the account that the server runs under."""
    with tempfile.TemporaryDirectory(prefix="houqin-") as folder:
        yield Path(folder)


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "pg"
    yield folder
    for process in processes_of(folder):
        process.kill()


def test_it_serves_and_leaves_nothing_behind(data_dir: Path) -> None:
    with embedded_postgres.start(data_dir, durable=False) as server:
        assert server.create_database("houqin")
        assert not server.create_database("houqin")
        assert server.psql("houqin", "SHOW server_version_num").startswith("18")
        assert server.psql("houqin", "SHOW listen_addresses").strip() == ""
        running = processes_of(data_dir)
        assert running
    assert not [process for process in running if process.is_running()]
    with embedded_postgres.start(data_dir, durable=False) as server:
        assert not server.create_database("houqin")


def test_it_ends_with_its_last_user_only(data_dir: Path) -> None:
    other = holder(data_dir)
    mine = embedded_postgres.start(data_dir, durable=False)
    running = processes_of(data_dir)
    other.communicate()
    assert mine.psql("postgres", "SELECT 1").strip() == "1"
    mine.stop()
    assert not psutil.wait_procs(running, timeout=10)[1]
    mine.stop()  # a second time changes nothing


def test_a_killed_user_leaves_no_server_behind(data_dir: Path) -> None:
    user = holder(data_dir)
    running = processes_of(data_dir)
    assert len(running) > 2
    user.kill()
    user.communicate()
    assert not psutil.wait_procs(running, timeout=10)[1]
    embedded_postgres.start(data_dir, durable=False).stop()


def test_a_killed_keeper_takes_the_server_with_it(data_dir: Path) -> None:
    user = holder(data_dir)
    running = processes_of(data_dir)
    keeper = next(process for process in running if "keeper" in " ".join(process.cmdline()))
    keeper.kill()
    assert not psutil.wait_procs([process for process in running if process != keeper], timeout=10)[1]
    user.communicate()
    embedded_postgres.start(data_dir, durable=False).stop()


def test_a_killed_server_starts_again_on_the_same_data(data_dir: Path) -> None:
    user = holder(data_dir)
    server = next(process for process in processes_of(data_dir) if process.name() == "postgres")
    server.kill()
    user.communicate()
    assert (data_dir / "postmaster.pid").exists()
    with embedded_postgres.start(data_dir, durable=False) as again:
        assert again.psql("postgres", "SELECT 1").strip() == "1"


def test_a_pid_file_whose_number_is_another_program_is_forgotten(data_dir: Path) -> None:
    embedded_postgres.start(data_dir, durable=False).stop()
    (data_dir / "postmaster.pid").write_text(f"{os.getpid()}\n{data_dir}\n0\n5432\n{data_dir}\n\n0 0\nready\n")
    with embedded_postgres.start(data_dir, durable=False) as server:
        assert server.psql("postgres", "SELECT 1").strip() == "1"


@pytest.mark.parametrize("name", ["后勤 数据", "x" * 120], ids=["chinese-and-space", "too-long-for-a-socket"])
def test_any_path_will_do(tmp_path: Path, name: str) -> None:
    with embedded_postgres.start(tmp_path / name / "pg", durable=False) as server:
        assert server.psql("postgres", "SELECT 1").strip() == "1"
        assert server.socket_dir.stat().st_mode & 0o077 == 0
    assert not server.socket_dir.exists()


def test_an_interrupted_first_start_is_begun_anew(data_dir: Path) -> None:
    (data_dir / "base").mkdir(parents=True)
    with embedded_postgres.start(data_dir, durable=False) as server:
        assert server.psql("postgres", "SELECT 1").strip() == "1"


def test_a_folder_of_other_files_is_not_touched(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "thesis.docx").touch()
    with pytest.raises(EmbeddedPostgresError, match="holds other files"):
        embedded_postgres.start(data_dir, durable=False)
    assert (data_dir / "thesis.docx").exists()


def test_data_in_use_is_not_removed(data_dir: Path) -> None:
    with embedded_postgres.start(data_dir, durable=False), pytest.raises(EmbeddedPostgresError, match="in use"):
        embedded_postgres.remove(data_dir)
    embedded_postgres.remove(data_dir)
    assert not data_dir.exists()


def test_what_hinders_the_start_is_told_in_one_line(data_dir: Path) -> None:
    embedded_postgres.start(data_dir, durable=False).stop()
    with (data_dir / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(EmbeddedPostgresError) as caught:
        embedded_postgres.start(data_dir, durable=False)
    assert "no_such_setting" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_ctrl_c_at_the_terminal_is_left_to_the_users(data_dir: Path) -> None:
    with embedded_postgres.start(data_dir, durable=False) as server:
        for process in processes_of(data_dir):
            if "keeper" in " ".join(process.cmdline()):
                process.send_signal(signal.SIGINT)
        assert server.psql("postgres", "SELECT 1").strip() == "1"
