"""What commands share: the application on demand, the database's addresses, one-line failures."""

import contextlib
import errno
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.exc import OperationalError

from kernel import logs
from kernel.config import ROOT, Config, ConfigError, load_config
from kernel.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError, start
from kernel.errors import DomainError, Invalid
from kernel.module import Module

FAILED = 1
USAGE = 2


class Failure(click.ClickException):
    """The work could not be done; the message is one line that says what to do."""

    exit_code = FAILED


class Command(click.Group):
    """The top group: turns what commands raise into one line and an exit code."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except ConfigError as error:
            for problem in error.problems:
                click.echo(f"configuration: {problem}", err=True)
            context.exit(USAGE)
        except EmbeddedPostgresError as error:
            raise Failure(str(error)) from error
        except Invalid as error:
            for name, messages in error.fields.items():
                click.echo(f"{name}: {'; '.join(map(str, messages))}", err=True)
            context.exit(FAILED)
        except OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise Failure(f"the database is out of reach: {reason}") from error
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EACCES, errno.EROFS):
                raise
            raise Failure(f"{error.filename or 'the disk'}: {error.strerror}") from error
        except DomainError as error:
            raise Failure(error.message or type(error).__name__) from error


class Tools(ScriptInfo):
    """What `click.pass_obj` hands a command; Flask's `with_appcontext` works through it too.

    Without DATABASE_URL and with a demo in var/ (or HOUQIN_VAR_DIR), commands work on the demo's database and say so: that is what somebody
    who has only run `make demo` means.
    """

    def __init__(
        self,
        create_app: Callable[[Config], Flask],
        modules: tuple[Module, ...],
        new_demo: Callable[[], Any] | None = None,
    ) -> None:
        super().__init__()
        self.build_app = create_app
        self.modules = modules
        self.new_demo = new_demo
        self._stack = contextlib.ExitStack()
        self._environ: Mapping[str, str] | None = None
        self._app: Flask | None = None

    def environ(self) -> Mapping[str, str]:
        if self._environ is None:
            self._environ = os.environ
            named = any(os.environ.get(name) for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "HOUQIN_ENVIRONMENT"))
            data = var_dir() / "postgres"
            if not named and (data / "PG_VERSION").exists():
                click.echo(f"using the demo's database in {data} (DATABASE_URL is not set)", err=True)
                server = self._stack.enter_context(start(data))
                self._environ = demo_environ(server)
        return self._environ

    def config(self) -> Config:
        return load_config(self.environ())

    def app(self) -> Flask:
        """The application, with logs as the service writes them."""
        if self._app is None:
            config = self.config()
            logs.configure("WARNING")  # what is worth telling at a terminal; the worker sets its own
            self._app = self.build_app(config)
        return self._app

    def load_app(self) -> Flask:
        return self.app()

    def operator_config(self) -> Config:
        """For commands on the database and the files: they need the owner's address and folders, no secret key."""
        environ = self.environ()
        url = environ.get("DATABASE_OWNER_URL", "").strip()
        if not url:
            raise ConfigError(["DATABASE_OWNER_URL is not set: give the address of the role that owns the tables"])
        runtime = environ.get("DATABASE_URL", "").strip() or url
        stand_in = {"HOUQIN_ENVIRONMENT": "test", "SECRET_KEY": "-" * 32, "DATABASE_URL": runtime}
        return load_config({**environ, **stand_in})

    def owner_url(self) -> str:
        return self.operator_config().database_owner_url or ""

    def close(self) -> None:
        self._stack.close()


def var_dir() -> Path:
    """Where the demo keeps its data."""
    return Path(os.environ.get("HOUQIN_VAR_DIR") or ROOT / "var")


def demo_environ(server: EmbeddedPostgres) -> dict[str, str]:
    """The environment of the demo's processes."""
    return {
        **os.environ,
        "HOUQIN_ENVIRONMENT": "demo",
        "DATABASE_URL": server.url(),
        "DATABASE_OWNER_URL": server.owner_url(),
    }


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
