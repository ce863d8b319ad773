"""`houqin serve` and `houqin worker`: what the service managers start."""

import os
import sys

import click

from kernel import logs
from kernel.cli.support import Tools
from kernel.config import ROOT, load_config

GUNICORN_CONFIG = ROOT / "deploy" / "gunicorn.conf.py"


def serve_command() -> list[str]:
    return [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN_CONFIG), "wsgi:app"]


@click.command()
@click.option("--bind", metavar="ADDRESS", help="Host and port, or unix:PATH (default: HOUQIN_BIND, 127.0.0.1:8000).")
@click.option("--workers", type=click.IntRange(1, 64), help="Worker processes (default: HOUQIN_WORKERS, 2).")
def serve(bind: str | None, workers: int | None) -> None:
    """Serve the pages and the API with gunicorn."""
    load_config(os.environ)  # one clear error here, instead of one for each worker
    if bind:
        os.environ["HOUQIN_BIND"] = bind
    if workers:
        os.environ["HOUQIN_WORKERS"] = str(workers)
    os.chdir(ROOT)
    os.execv(sys.executable, serve_command())  # noqa: S606  the service manager then watches gunicorn itself


@click.command()
@click.pass_obj
def worker(tools: Tools) -> None:
    """Do the background work: jobs, mails, notices, sealing of the audit log."""
    from kernel.jobs.worker import run

    app = tools.app()
    logs.configure(tools.config().log_level)
    run(app)
