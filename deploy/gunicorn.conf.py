"""gunicorn for wsgi:app. Every value that a deployment may want to change is read from the environment.

HOUQIN_BIND      host:port or unix:/path (127.0.0.1:8000)
HOUQIN_WORKERS   processes (2); one per core and a few more is plenty
HOUQIN_THREADS   requests at a time in one process (8); keep it within HOUQIN_POOL_SIZE + HOUQIN_POOL_OVERFLOW
"""

import os
import tempfile
from pathlib import Path

from kernel import metrics
from kernel.config import load_config
from kernel.logs import logging_config

config = load_config(os.environ)
metrics.prepare_directory(config.var_dir)  # before the application, and with it prometheus_client, is loaded

bind = os.environ.get("HOUQIN_BIND") or "127.0.0.1:8000"
workers = int(os.environ.get("HOUQIN_WORKERS") or 2)
threads = int(os.environ.get("HOUQIN_THREADS") or 8)
worker_class = "gthread"
chdir = str(Path(__file__).resolve().parents[1])
# Loaded once in the master: the workers share its memory and a start costs one import (docs/operations.md, Limits).
preload_app = True
timeout = 60
graceful_timeout = 30
keepalive = 5
# A worker that leaked is replaced before it matters; the jitter keeps them from going together.
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()  # noqa: S108
umask = 0o027
accesslog = None  # every request is a line of ours, with its actor and school (kernel.logs)
logconfig_dict = logging_config(config.log_level)


def post_fork(server, worker):
    """A connection opened while loading must not be used by two processes."""
    from kernel.database import db

    for engines in list(db._app_engines.values()):
        for engine in engines.values():
            engine.dispose(close=False)


def child_exit(server, worker):
    metrics.child_exit(worker.pid)
