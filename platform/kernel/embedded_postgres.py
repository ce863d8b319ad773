"""The PostgreSQL that comes in a wheel: for the demo, the tests and the benchmarks. Production sets DATABASE_URL."""

import contextlib
import fcntl
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from kernel import embedded_postgres_keeper as keeper
from kernel.embedded_postgres_machine import PORT, EmbeddedPostgresError, binary, server_account, socket_dir_for

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "binary", "remove", "start"]

SUPERUSER = "postgres"
START_SECONDS = 90  # crash recovery after kill -9 replays the log first
STOP_SECONDS = 90

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "max_locks_per_transaction": "256",  # a restore holds every table and index at once, beside whoever else works here
    "shared_buffers": "192MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",  # costs more than it gives on short statements
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "idle_in_transaction_session_timeout": "10min",
}
# For data that the next run makes again anyway.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


# The keepers that this process started, to be reaped when they end.
_KEEPERS: "dict[Path, subprocess.Popen[bytes]]" = {}


@dataclass(slots=True)
class EmbeddedPostgres:
    """A handle on the running server; the server ends with its last handle, in whatever process that is."""

    data_dir: Path
    socket_dir: Path
    _lock: int = field(repr=False)

    def url(self, database: str = "houqin", user: str = "houqin_app") -> str:
        """libpq and SQLAlchemy (psycopg2) read it alike. No password: only the owner of the folder gets in."""
        return f"postgresql://{user}@/{database}?host={self.socket_dir}"

    @property
    def admin_url(self) -> str:
        return self.url("postgres", SUPERUSER)

    def owner_url(self, database: str = "houqin") -> str:
        return self.url(database, SUPERUSER)

    def create_database(self, name: str) -> bool:
        """True when it was made, False when it existed."""
        if name in self.psql("postgres", "SELECT datname FROM pg_database").splitlines():
            return False
        self.psql("postgres", f'CREATE DATABASE "{name}"')
        return True

    def psql(self, database: str, statement: str) -> str:
        command = [
            str(binary("psql")), "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1",
            "-d", self.url(database, SUPERUSER), "-c", statement,
        ]  # fmt: skip
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def stop(self) -> None:
        """Give up this handle; when it was the last one, return only after the server has ended."""
        if self._lock < 0:
            return
        handle, self._lock = self._lock, -1
        fcntl.flock(handle, fcntl.LOCK_UN)
        deadline = time.monotonic() + STOP_SECONDS
        try:
            while time.monotonic() < deadline:
                if not _try_lock(handle, fcntl.LOCK_EX):
                    # Either others still use the server, or the keeper is stopping it and holds the lock meanwhile.
                    if _try_lock(handle, fcntl.LOCK_SH):
                        return
                elif not _server_lives(self.data_dir):
                    if keeper_process := _KEEPERS.pop(self.data_dir, None):
                        keeper_process.wait(STOP_SECONDS)
                    if self.socket_dir != self.data_dir:
                        with contextlib.suppress(OSError):
                            self.socket_dir.rmdir()
                    return
                fcntl.flock(handle, fcntl.LOCK_UN)
                time.sleep(0.02)
        finally:
            os.close(handle)

    def __enter__(self) -> "EmbeddedPostgres":
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()


def start(data_dir: Path, *, durable: bool = True) -> EmbeddedPostgres:
    """Start the server of this data folder, or join the one that is running; the folder is made if needed."""
    data_dir = data_dir.resolve()
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    with _permitted(), _starting(data_dir):
        lock = os.open(_beside(data_dir, "users"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_SH)  # waits out a keeper that is just stopping the server
            socket_dir = _running_socket_dir(data_dir)
            if socket_dir is None:
                socket_dir = _launch(data_dir, durable)
        except BaseException:
            os.close(lock)
            raise
    return EmbeddedPostgres(data_dir, socket_dir, lock)


def remove(data_dir: Path) -> None:
    """Delete the data folder; refused while somebody uses the server."""
    data_dir = data_dir.resolve()
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    with _permitted(), _starting(data_dir):
        handle = os.open(_beside(data_dir, "users"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _try_lock(handle, fcntl.LOCK_EX):
                raise EmbeddedPostgresError(f"the database in {data_dir} is in use: stop what uses it, then try again")
            _end_leftover(data_dir)
            shutil.rmtree(data_dir, ignore_errors=True)
        finally:
            os.close(handle)


def _launch(data_dir: Path, durable: bool) -> Path:
    account = server_account(data_dir)
    _end_leftover(data_dir)
    _initialise(data_dir, account, durable)
    socket_dir = socket_dir_for(data_dir, account)
    settings = {**SETTINGS, **({} if durable else NOT_DURABLE)}
    command = [str(binary("postgres")), "-D", str(data_dir), "-k", str(socket_dir), "-p", str(PORT)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    log = _beside(data_dir, "log")
    log_start = log.stat().st_size if log.exists() else 0
    arguments = {
        "users_file": str(_beside(data_dir, "users")),
        "log_file": str(log),
        "command": command,
        "user": account.pw_uid if account else None,
        "group": account.pw_gid if account else None,
    }
    process = subprocess.Popen(
        [sys.executable, "-I", keeper.__file__, json.dumps(arguments)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, cwd="/",
    )  # fmt: skip
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise EmbeddedPostgresError(f"the embedded PostgreSQL did not start: {_why(data_dir, log_start)}")
        lines = _pid_file(data_dir)
        if len(lines) >= 8 and lines[7].strip() == "ready" and _is_postgres(int(lines[0])):
            _KEEPERS[data_dir] = process
            return socket_dir
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    raise EmbeddedPostgresError(
        f"the embedded PostgreSQL was not ready after {START_SECONDS} s: {_why(data_dir, log_start)}"
    )


def _initialise(data_dir: Path, account: "pwd.struct_passwd | None", durable: bool) -> None:
    if (data_dir / "PG_VERSION").exists():
        return
    if data_dir.exists() and any(data_dir.iterdir()):
        # A first start that was interrupted: nothing in it was ever used.
        if not (data_dir / "postgresql.conf").exists() and not (data_dir / "base").exists():
            raise EmbeddedPostgresError(f"{data_dir} holds other files: choose another folder for the database")
        shutil.rmtree(data_dir)
    # Made under another name and renamed, so that an interrupted first start leaves nothing half-made.
    fresh = data_dir.with_name(data_dir.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if account:
        os.chown(fresh, account.pw_uid, account.pw_gid)
    command = [
        str(binary("initdb")), "-D", str(fresh), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8",
        "--no-instructions",
        # The same order of text on every machine, whatever languages its system has installed.
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
        *([] if durable else ["--no-sync"]),
    ]  # fmt: skip
    made = subprocess.run(
        command, capture_output=True, text=True, cwd="/",
        user=account.pw_uid if account else None, group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )  # fmt: skip
    if made.returncode:
        shutil.rmtree(fresh, ignore_errors=True)
        lines = (made.stderr or made.stdout).strip().splitlines() or ["initdb failed"]
        reason = next((line for line in lines if re.search(r"rror:|FATAL|could not", line)), lines[-1])
        raise EmbeddedPostgresError(f"the embedded PostgreSQL could not make its folder {data_dir}: {reason}")
    with contextlib.suppress(FileNotFoundError):
        data_dir.rmdir()
    fresh.rename(data_dir)


def _running_socket_dir(data_dir: Path) -> Path | None:
    """Where the server of this folder answers, None when none of ours runs. Called with the shared lock held: no
    keeper is in the middle of stopping it."""
    lines = _pid_file(data_dir)
    if len(lines) < 8 or lines[7].strip() != "ready" or not _is_postgres(int(lines[0])):
        return None
    if not _is_kept(data_dir):
        return None
    return Path(lines[4].strip())


def _is_kept(data_dir: Path) -> bool:
    """Whether the server's parent is a keeper: one left by a killed keeper would never end by itself."""
    try:
        parent = psutil.Process(int(_pid_file(data_dir)[0])).parent()
        return parent is not None and keeper.__file__ in parent.cmdline()
    except psutil.Error:
        return False


def _end_leftover(data_dir: Path) -> None:
    """Stop a server whose keeper was killed, and forget a pid file whose number now belongs to another program."""
    lines = _pid_file(data_dir)
    if not lines or not lines[0].strip().isdigit():
        return
    pid = int(lines[0])
    if _server_lives(data_dir):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + STOP_SECONDS
        while _server_lives(data_dir) and time.monotonic() < deadline:
            time.sleep(0.05)
    else:
        (data_dir / "postmaster.pid").unlink(missing_ok=True)


def _is_postgres(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and process.name().startswith("postgres")
    except psutil.Error:
        return False


def _server_lives(data_dir: Path) -> bool:
    lines = _pid_file(data_dir)
    return bool(lines) and lines[0].strip().isdigit() and _is_postgres(int(lines[0]))


def _pid_file(data_dir: Path) -> list[str]:
    try:
        return (data_dir / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _beside(data_dir: Path, kind: str) -> Path:
    return data_dir.with_name(f"{data_dir.name}.{kind}")


def _why(data_dir: Path, log_start: int) -> str:
    """What the server said first of what went wrong, since `log_start` (bytes)."""
    log = _beside(data_dir, "log")
    try:
        with log.open("rb") as stream:
            stream.seek(log_start)
            lines = stream.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        lines = []
    telling = [line for line in lines if re.search(r"FATAL|PANIC|unrecognized|invalid|could not|rror:", line)]
    return f"{telling[0] if telling else 'no reason given'} (see {log})"


def _try_lock(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def _permitted() -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise EmbeddedPostgresError(
            f"no permission for {error.filename}: another user made it; run as that user, or in a clone of your own"
        ) from error


@contextlib.contextmanager
def _starting(data_dir: Path) -> Iterator[None]:
    """One process at a time starts this server."""
    handle = os.open(_beside(data_dir, "start"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
