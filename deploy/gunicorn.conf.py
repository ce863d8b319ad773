"""gunicorn for wsgi:app. Every value that a deployment may want to change is read from the environment.

HOUQIN_BIND      host:port or unix:/path (127.0.0.1:8000)
HOUQIN_WORKERS   processes (2); one per core and a few more is plenty
HOUQIN_THREADS   requests at a time in one process (8); keep it within HOUQIN_POOL_SIZE + HOUQIN_POOL_OVERFLOW
"""

import gc
import os
import shutil
import tempfile
from pathlib import Path

from kernel.config import load_config
from kernel.logs import logging_config

# Nothing that is imported becomes garbage: looking for it anyway is a quarter of the start-up.
gc.disable()
houqin = load_config(os.environ)

# The processes' counters are files, summed when /metrics is read. prometheus_client looks at this variable once, when it
# is imported: so before the application is loaded. Counts of a former run are of no use.
counters = houqin.var_dir / "metrics"
shutil.rmtree(counters, ignore_errors=True)
counters.mkdir(parents=True)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(counters)

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
control_socket_disable = True  # a service manager's signals suffice; one door less
# A worker that leaked is replaced before it matters; the jitter keeps them from going together.
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()  # noqa: S108
umask = 0o007  # the web server, in our group, may write to the socket; others see nothing
accesslog = None  # every request is a line of ours, with its actor and school (kernel.logs)
logconfig_dict = logging_config(houqin.log_level)


def when_ready(server):
    """What was loaded stays for good: no collection walks over it again, so the workers go on sharing its memory."""
    gc.freeze()
    gc.enable()


def post_fork(server, worker):
    """A connection opened while loading must not be used by two processes."""
    from kernel.database import db

    for engines in list(db._app_engines.values()):
        for engine in engines.values():
            engine.dispose(close=False)


def child_exit(server, worker):
    """Forget the gauges of a worker that ended; its counts stay in the sums."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
