"""`houqin demo`: database, migrations, demo district, server and worker, with one Ctrl-C for all of it."""

import contextlib
import fcntl
import http.client
import json
import os
import shutil
import socket
import sys
import time
import webbrowser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from sqlalchemy import create_engine

from kernel import embedded_postgres
from kernel.cli.server import serve_command
from kernel.cli.support import Failure, Tools, demo_environ, var_dir
from kernel.config import load_config
from kernel.database import migrate
from kernel.processes import Supervisor

DATABASE = "houqin"
COMPLETE = "demo district complete"  # the database's comment: a half-filled one is made anew
NEEDED_BYTES = 600_000_000
READY_SECONDS = 60
ACCOUNTS = "demo-accounts.json"


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets phones on your network in.")
@click.option("--reset", is_flag=True, help="Throw the demo's data away and make it anew.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.pass_obj
def demo(tools: Tools, port: int, host: str, reset: bool, no_browser: bool) -> None:
    """Run everything on this machine with a demo district."""
    var = var_dir()
    _check_port(host, port)
    _check_disk(var)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_only_one(var))
        if reset:
            _remove_data(var)
        server = stack.enter_context(embedded_postgres.start(var / "postgres"))
        environ = {**demo_environ(server), "HOUQIN_VAR_DIR": str(var)}
        environ["HOUQIN_BIND"] = f"{host}:{port}"
        environ["HOUQIN_BASE_URL"] = address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104
        _prepare_database(tools, server, environ, var)
        supervisor = stack.enter_context(Supervisor())  # from here on Ctrl-C is an orderly stop
        supervisor.start("server", serve_command(), environ, var / "log" / "server.log")
        houqin = [sys.executable, "-c", "import wsgi; wsgi.cli()", "worker"]
        supervisor.start("worker", houqin, environ, var / "log" / "worker.log")
        _await_ready(supervisor, host, port)
        if not supervisor.stopping.is_set():
            _announce(address, var)
            if not no_browser and _has_screen():
                webbrowser.open(address)
        supervisor.wait()
        ended = supervisor.ended()
        supervisor.stop()
    if ended is not None:
        raise Failure(f"the {ended.name} ended by itself (exit code {ended.process.returncode}): see {ended.log}")
    click.echo("Stopped.", err=True)


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except PermissionError:
            raise Failure(f"port {port} is reserved for root: choose another, as in: PORT=8001 make demo") from None
        except OSError as error:
            other = port + 1 if port < 65535 else 8000
            raise Failure(
                f"port {port} on {host} is in use or not to be had ({error.strerror}): choose another, as in:"
                f" PORT={other} make demo"
            ) from None


def _check_disk(var: Path) -> None:
    var.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(var).free
    if free < NEEDED_BYTES:
        raise Failure(
            f"{free // 1_000_000} MB free on the disk of {var}, {NEEDED_BYTES // 1_000_000} MB needed: free some"
        )


@contextlib.contextmanager
def _only_one(var: Path) -> Iterator[None]:
    with open(var / "demo.lock", "a+", encoding="ascii") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            owner = handle.read().strip() or "unknown"
            raise Failure(
                f"this demo is already running (process {owner}): stop it first, or use its address"
            ) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def _remove_data(var: Path) -> None:
    embedded_postgres.remove(var / "postgres")
    shutil.rmtree(var / "files", ignore_errors=True)
    (var / ACCOUNTS).unlink(missing_ok=True)


def _prepare_database(
    tools: Tools, server: embedded_postgres.EmbeddedPostgres, environ: Mapping[str, str], var: Path
) -> None:
    comment = f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{DATABASE}'"  # noqa: S608
    complete = server.psql("postgres", comment).strip() == COMPLETE
    if not complete:
        server.psql("postgres", f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
        shutil.rmtree(var / "files", ignore_errors=True)
        server.create_database(DATABASE)
    config = load_config(environ)
    engine = create_engine(config.database_owner_url or "")
    with engine.connect() as connection:
        at_head = migrate.current(connection) == migrate.head()
    engine.dispose()
    if not at_head:
        click.echo("Laying out the database …", err=True)
        migrate.upgrade(config.database_owner_url or "")
    if not complete:
        click.echo("Building the demo district …", err=True)
        started = time.monotonic()
        accounts = seed_demo(tools, tools.build_app(config))
        (var / ACCOUNTS).write_text(json.dumps(accounts, ensure_ascii=False, indent=1), encoding="utf-8")
        server.psql("postgres", f"COMMENT ON DATABASE \"{DATABASE}\" IS '{COMPLETE}'")
        click.echo(f"Built in {time.monotonic() - started:.0f} s.", err=True)


def seed_demo(tools: Tools, app: Any) -> list[dict[str, str]]:
    """Let every module fill in its part, in order. The accounts to print: role, place, username, password."""
    context = tools.new_demo() if tools.new_demo is not None else None
    for module in tools.modules:
        if module.demo is not None:
            with app.app_context():
                module.demo(app, context)
    from kernel.database import db

    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return list(getattr(context, "sign_ins", ()))


def _await_ready(supervisor: Supervisor, host: str, port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    target = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104
    while time.monotonic() < deadline and not supervisor.wait(0.1):
        connection = http.client.HTTPConnection(target, port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            continue
        finally:
            connection.close()
    if not supervisor.stopping.is_set():
        raise Failure(f"the service was not ready after {READY_SECONDS} s: see {supervisor.children[0].log}")


def _announce(address: str, var: Path) -> None:
    click.echo(f"\n  Houqin 后勤 runs at {address}   (Ctrl-C ends it; logs in {var / 'log'})\n")
    try:
        accounts = json.loads((var / ACCOUNTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        accounts = []
    if accounts:
        width = max(_columns(account["role"]) for account in accounts) + 2
        names = max(len(account["username"]) for account in accounts) + 2
        for account in accounts:
            role = account["role"] + " " * (width - _columns(account["role"]))
            click.echo(f"  {role}{account['username']:<{names}}{account['password']}   {account.get('place', '')}")
        click.echo("")


def _columns(text: str) -> int:
    """Width on a terminal: a Chinese character takes two columns."""
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)


def _has_screen() -> bool:
    if os.geteuid() == 0 or not sys.stdout.isatty():
        return False
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
