"""What the set-up scripts share. Standard library only: they run before anything is installed."""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / "var" / "setup"
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"


class SetupError(Exception):
    """One line that says what is wrong and what to do."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(command: list[str], *, why: str, env: dict[str, str] | None = None, cwd: Path = ROOT) -> None:
    """Run quietly; on failure show the end of what it said, then `why` as the one line to act on."""
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    )  # fmt: skip
    if done.returncode:
        for line in done.stdout.strip().splitlines()[-15:]:
            say("    " + line)
        raise SetupError(why)


def fingerprint(paths: Iterable[Path]) -> str:
    """Of the files' names and contents; folders count with all that is in them."""
    digest = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def read_stamp(name: str) -> dict[str, Any]:
    try:
        content = json.loads((STATE / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_stamp(name: str, content: dict[str, Any]) -> None:
    STATE.mkdir(parents=True, exist_ok=True)
    temporary = STATE / f"{name}.json.new"
    temporary.write_text(json.dumps(content, indent=1, sort_keys=True), encoding="utf-8")
    temporary.replace(STATE / f"{name}.json")


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Two set-ups in one folder wait for each other."""
    STATE.mkdir(parents=True, exist_ok=True)
    with open(STATE / "lock", "w", encoding="ascii") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def main(action: Callable[[list[str]], None], *, waits: bool = True) -> None:
    """Run a script's action; whatever goes wrong ends as one line. `waits` False: others may run meanwhile."""
    try:
        with alone() if waits else contextlib.nullcontext():
            action(sys.argv[1:])
    except SetupError as error:
        sys.exit(f"set-up stopped: {error}")
    except OSError as error:
        if error.errno == errno.ENOSPC:
            sys.exit(f"set-up stopped: the disk of {ROOT} is full: free some space and run the command again")
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            sys.exit(f"set-up stopped: no permission to write {error.filename}: own the folder, or use your own clone")
        raise
    except KeyboardInterrupt:
        sys.exit("set-up stopped by Ctrl-C: run the command again to go on")
