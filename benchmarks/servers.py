"""gunicorn as in production, for this service and for the floor: same settings, each with its own worker processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil  # type: ignore[import-untyped]

from benchmarks.client import Connection
from benchmarks.cluster import ROOT, VAR

WORKERS = 2
THREADS = 8
START_SECONDS = 60


@dataclass(slots=True)
class Server:
    name: str
    port: int
    process: "subprocess.Popen[bytes]"
    log: Path
    connections: dict[int, Connection] = field(default_factory=dict)

    def workers(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def cpu_seconds(self) -> float:
        times = [worker.cpu_times() for worker in self.workers()]
        return sum(one.user + one.system for one in times)

    def memory(self) -> list[tuple[float, float]]:
        """MiB of each worker: (PSS, RSS). PSS counts a page that processes share in equal parts."""
        figures = []
        for worker in self.workers():
            info = worker.memory_full_info()
            figures.append((info.pss / 2**20, info.rss / 2**20))
        return figures

    def spread_connections(self, count: int) -> list[Connection]:
        """Open connections, equally many to each worker: left to chance, one worker may hold them all."""
        workers = self.workers()
        held: dict[int, list[Connection]] = {worker.pid: [] for worker in workers}
        spare = []
        for _attempt in range(400):
            connection = Connection(self.port)
            connection.open()
            connection.send(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            owner = next((pid for pid in held if connection.local_port() in _peers(pid)), None)
            if owner is not None and len(held[owner]) < count // len(held):
                held[owner].append(connection)
            else:
                spare.append(connection)
            if all(len(found) == count // len(held) for found in held.values()):
                break
        for connection in spare:
            connection.close()
        chosen = [connection for found in held.values() for connection in found]
        if len(chosen) != count:
            raise RuntimeError(f"{self.name}: could not spread {count} connections over {len(held)} workers")
        return chosen

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(35)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def _peers(pid: int) -> set[int]:
    return {found.raddr.port for found in psutil.Process(pid).net_connections("tcp4") if found.raddr}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(name: str, application: str, environ: Mapping[str, str], ready: str = "/healthz") -> tuple[Server, float]:
    """The server, and the seconds from starting the process to its first 200 on `ready`."""
    port, log = free_port(), VAR / f"{name}.log"
    settings = {
        **os.environ,
        "HOUQIN_ENVIRONMENT": "demo",
        "HOUQIN_VAR_DIR": str(VAR / name),
        "HOUQIN_BASE_URL": f"http://127.0.0.1:{port}",
        "HOUQIN_BIND": f"127.0.0.1:{port}",
        "HOUQIN_WORKERS": str(WORKERS),
        "HOUQIN_THREADS": str(THREADS),
        **environ,
    }
    (VAR / name).mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "deploy" / "gunicorn.conf.py"), application]
    with log.open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env=settings, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    server = Server(name, port, process, log)
    try:
        seconds = _first_answer(server, ready, started)
    except BaseException:
        server.stop()
        raise
    return server, seconds


def _first_answer(server: Server, path: str, started: float) -> float:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
    while time.perf_counter() - started < START_SECONDS:
        if server.process.poll() is not None:
            break
        connection = Connection(server.port)
        try:
            _, status, _ = connection.send(request)
            if status == 200:
                return time.perf_counter() - started
        except OSError:
            time.sleep(0.005)
        finally:
            connection.close()
    last = server.log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise RuntimeError(f"{server.name} did not answer {path}:\n{last}")


def start_up(environ: Mapping[str, str], times: int = 5) -> dict[str, float]:
    """Median seconds from starting gunicorn to the first 200: of the health check, of the first page (sign-in)."""
    figures: dict[str, float] = {}
    for what, path in (("healthz", "/healthz"), ("first page", "/sign-in")):
        seconds = []
        for _time in range(times):
            server, took = launch("startup", "wsgi:app", environ, path)
            server.stop()
            seconds.append(took)
        figures[what] = median(seconds)
    return figures
