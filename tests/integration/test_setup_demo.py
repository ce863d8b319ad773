"""`houqin demo` as a person meets it: started, stopped, killed, started again; nothing stays behind.

Without the demo district, which is tested by itself: here only the processes matter.
"""

import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from kernel import processes

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import dataclasses, sys
import wsgi
from kernel.cli import build_cli
modules = [dataclasses.replace(module, demo=None, commands=()) for module in wsgi.modules()]
build_cli(wsgi.create_app, modules)(sys.argv[1:])
"""
SECONDS = 300  # a guard against hanging, not a figure


class Demo:
    def __init__(self, var: Path, port: int, *options: str) -> None:
        environ = {"PATH": "/usr/bin:/bin", "HOUQIN_VAR_DIR": str(var), "HOME": str(var)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, "demo", "--port", str(port), "--no-browser", *options],
            cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.said: list[str] = []
        self.guard = threading.Timer(SECONDS, self.process.kill)
        self.guard.start()

    def until(self, words: str) -> "Demo":
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if words in line:
                return self
        raise AssertionError(f"ended without {words!r}: {''.join(self.said)}")

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, kind: int) -> int:
        self.process.send_signal(kind)
        rest, _ = self.process.communicate(timeout=SECONDS)
        self.said.append(rest)
        self.guard.cancel()
        return self.process.returncode


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Not pytest's own, whose parent every other run on the machine closes to the account that the server runs under."""
    with tempfile.TemporaryDirectory(prefix="houqin-") as folder:
        yield Path(folder)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def demos(tmp_path: Path) -> Iterator[list[Demo]]:
    started: list[Demo] = []
    yield started
    for demo in started:
        if demo.process.poll() is None:
            for process in (*demo.family(), demo.process):
                process.kill()
            demo.process.communicate()
        demo.guard.cancel()


def status(port: int, path: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return int(answer.status)


def test_it_starts_stops_and_starts_again(tmp_path: Path, port: int, demos: list[Demo]) -> None:
    first = Demo(tmp_path, port)
    demos.append(first)
    first.until(f"http://127.0.0.1:{port}")
    assert status(port, "/readyz") == 200
    assert status(port, "/metrics") == 200
    family = first.family()
    names = " ".join(" ".join(process.cmdline()) for process in family)
    assert "gunicorn" in names
    assert "worker" in names
    assert "postgres" in names
    assert first.end(signal.SIGINT) == 0
    assert not psutil.wait_procs(family, timeout=10)[1]
    assert "Traceback" not in "".join(first.said)

    # kill -9: nobody is left to tidy up, so each child has to notice by itself.
    second = Demo(tmp_path, port)
    demos.append(second)
    second.until("runs at")
    assert "Laying out" not in "".join(second.said)
    family = second.family()
    assert second.end(signal.SIGKILL) == -signal.SIGKILL
    assert not psutil.wait_procs(family, timeout=40)[1]

    third = Demo(tmp_path, port)
    demos.append(third)
    third.until("runs at")
    family = third.family()
    other = Demo(tmp_path, port + 1 if port < 65535 else port - 1)
    demos.append(other)
    other.until("already running")
    assert other.end(signal.SIGTERM) in (1, -signal.SIGTERM)
    # The server dying is told, and takes the rest along.
    next(process for process in family if "gunicorn" in " ".join(process.cmdline())).kill()
    third.until("the server ended by itself")
    assert third.end(signal.SIGTERM) in (1, -signal.SIGTERM)
    assert not psutil.wait_procs(family, timeout=40)[1]


def test_a_port_in_use_is_one_clear_line(tmp_path: Path, port: int, demos: list[Demo]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen(1)
        demo = Demo(tmp_path, port)
        demos.append(demo)
        out, _ = demo.process.communicate(timeout=SECONDS)
    assert demo.process.returncode == 1
    assert out.count("\n") == 1
    assert f"port {port}" in out
    assert f"PORT={port + 1 if port < 65535 else 8000} make demo" in out
    assert not (tmp_path / "postgres").exists()


def test_too_little_room_is_one_clear_line(tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    import wsgi
    from kernel.cli import build_cli, demo

    monkeypatch.setenv("HOUQIN_VAR_DIR", str(tmp_path))
    monkeypatch.setattr(demo, "NEEDED_BYTES", 10**18)
    answer = CliRunner().invoke(build_cli(wsgi.create_app, []), ["demo", "--port", str(port)])
    assert answer.exit_code == 1
    assert answer.stderr.count("\n") == 1
    assert "MB free" in answer.stderr
    assert not (tmp_path / "postgres").exists()


def test_a_child_that_will_not_stop_is_killed_with_its_whole_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.5)
    stubborn = "trap '' TERM; echo ready; sleep 60 & wait; sleep 60"
    with processes.Supervisor() as supervisor:
        child = supervisor.start("stubborn", ["/bin/sh", "-c", stubborn], {"PATH": "/usr/bin:/bin"}, tmp_path / "log")
        supervisor.wait(0.5)
        family = [psutil.Process(child.process.pid), *psutil.Process(child.process.pid).children(recursive=True)]
        assert len(family) == 2
    assert child.process.returncode == -signal.SIGKILL
    assert not psutil.wait_procs(family, timeout=10)[1]


def test_a_child_that_ends_wakes_the_supervisor(tmp_path: Path) -> None:
    with processes.Supervisor() as supervisor:
        child = supervisor.start("brief", ["/bin/sh", "-c", "echo said; exit 3"], {}, tmp_path / "log")
        assert supervisor.wait(20)
        assert supervisor.ended() is child
        assert child.process.returncode == 3
    assert (tmp_path / "log").read_text() == "said\n"
