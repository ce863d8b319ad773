"""Child processes that end with their parent, however it ends."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 35  # a request may take 30
LOG_BYTES = 10_000_000


@dataclass(slots=True)
class Child:
    name: str
    process: "subprocess.Popen[bytes]"
    log: Path


def end_with_parent(parent: int) -> Callable[[], None]:
    """For the child, before its program starts: SIGTERM when the parent dies, kill -9 included.

    Linux only; elsewhere an orphaned child is left, and the next start finds its port in use and says so.
    """
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def prepare() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
            if os.getppid() != parent:  # it died before the line above
                os._exit(1)

    return prepare


class Supervisor:
    """Starts children in process groups of their own, waits until one ends or somebody asks to stop, stops all.

    Own groups, so that Ctrl-C reaches the supervisor only and the order of stopping is ours.
    """

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.stopping = threading.Event()
        self._former: dict[int, object] = {}

    def __enter__(self) -> "Supervisor":
        for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._former[kind] = signal.signal(kind, self._asked)
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
        for kind, former in self._former.items():
            signal.signal(kind, former)  # type: ignore[arg-type]

    def _asked(self, signal_number: int, frame: object) -> None:
        self.stopping.set()

    def start(self, name: str, command: Sequence[str], environ: Mapping[str, str], log: Path) -> Child:
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_name(log.name + ".1"))
        with log.open("ab") as output:
            process = subprocess.Popen(
                command, env=dict(environ), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                process_group=0, preexec_fn=end_with_parent(os.getpid()),
            )  # fmt: skip
        child = Child(name, process, log)
        self.children.append(child)
        threading.Thread(target=self._watch, args=(child,), daemon=True).start()
        return child

    def _watch(self, child: Child) -> None:
        child.process.wait()
        self.stopping.set()

    def wait(self, seconds: float | None = None) -> bool:
        """True as soon as somebody asked to stop or a child ended."""
        return self.stopping.wait(seconds)

    def ended(self) -> Child | None:
        """A child that ended by itself."""
        return next((child for child in self.children if child.process.poll() is not None), None)

    def stop(self) -> None:
        """Last started first; each gets time to finish what it is doing, then its whole group is killed."""
        for child in reversed(self.children):
            _signal(child, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(STOP_SECONDS)
            _signal_group(child, signal.SIGKILL)
            child.process.wait()
        self.children.clear()


def _signal(child: Child, kind: int) -> None:
    if child.process.poll() is None:
        child.process.send_signal(kind)


def _signal_group(child: Child, kind: int) -> None:
    """What the child left in its group, if anything."""
    try:
        os.killpg(child.process.pid, kind)
    except (ProcessLookupError, PermissionError):
        return
