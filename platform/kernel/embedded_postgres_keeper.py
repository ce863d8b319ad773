"""Runs one embedded PostgreSQL for as long as somebody holds a shared lock on its users file.

Started by kernel.embedded_postgres as a process of its own. The lock is the reference count: the operating system
drops a holder's lock however the holder ends, kill -9 included, so the server is never left behind, and two
processes (two test runs, the service and a command) may share it without knowing of each other.

Standard library only, and run as a file (python -I), so that it starts in a few hundredths of a second.
"""

import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from typing import Any

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 60


class Stopped(Exception):
    """Somebody asked the keeper itself to end."""


def die_with_parent() -> None:
    """In the child: if the keeper is killed, the server shuts down (SIGINT is PostgreSQL's fast shutdown).

    Linux only; elsewhere a server left by a killed keeper is stopped at the next start.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)


def stop(server: "subprocess.Popen[bytes]") -> None:
    for kind in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(kind)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def keep(users_file: str, log_file: str, command: list[str], user: int | None, group: int | None) -> int:
    """Returns the server's exit code if it ended by itself, else 0."""

    def ask_to_stop(signal_number: int, frame: Any) -> None:
        raise Stopped

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at the terminal is the users' affair
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with open(log_file, "ab") as log:
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=user, group=group,
            extra_groups=[] if user is not None else None, preexec_fn=die_with_parent,
        )  # fmt: skip
    signal.signal(signal.SIGTERM, ask_to_stop)

    def end_with_server() -> None:
        code = server.wait()
        os._exit(code if code > 0 else 0)

    handle = os.open(users_file, os.O_RDWR | os.O_CREAT, 0o600)
    threading.Thread(target=end_with_server, daemon=True).start()
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    except Stopped:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        stop(server)
    return 0


if __name__ == "__main__":
    arguments = json.loads(sys.argv[1])
    sys.exit(keep(**arguments))
