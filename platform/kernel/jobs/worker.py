"""The worker process: takes jobs from the queue and the clock."""

import asyncio
import logging
from typing import Any

import procrastinate
from flask import Flask
from sqlalchemy.engine import make_url

from kernel.config import Config
from kernel.jobs import runner

log = logging.getLogger(__name__)
RETRY = procrastinate.RetryStrategy(max_attempts=5, exponential_wait=5)


def queue_of(app: Flask) -> procrastinate.App:
    """Procrastinate with every module's tasks. It signs in as the service does and works under the role of the queue."""
    config: Config = app.extensions["houqin.config"]
    url = make_url(config.database_url).set(drivername="postgresql")
    connector = procrastinate.PsycopgConnector(
        conninfo=url.render_as_string(hide_password=False),
        kwargs={"options": "-c role=houqin_jobs", "application_name": "houqin-worker"},
        min_size=1,
        max_size=4,
    )
    queue = procrastinate.App(connector=connector)

    @queue.task(name="jobs.run")
    def run_with_progress(bureau_id: int, run_id: str, task: str, arguments: dict[str, Any]) -> None:
        runner.run_with_progress(app, bureau_id, run_id, task, arguments)

    for name, function in runner.tasks_of(app).items():

        def perform(bureau_id: int, *, _name: str = name, _function: Any = function, **arguments: Any) -> None:
            runner.run_for_bureau(app, bureau_id, _name, _function, **arguments)

        queue.task(name=name, retry=RETRY)(perform)

    for name, (cron, _function) in runner.periodic_of(app).items():

        def tick(timestamp: int, *, _name: str = name) -> None:
            runner.run_periodic(app, _name)

        queue.periodic(cron=cron)(queue.task(name=f"{name}.periodic", queueing_lock=f"{name}.periodic")(tick))
    return queue


def run(app: Flask) -> None:
    """Work until SIGTERM or SIGINT; what is running then is finished first."""
    queue = queue_of(app)

    async def work() -> None:
        async with queue.open_async():
            await queue.run_worker_async(concurrency=2, shutdown_graceful_timeout=30, delete_jobs="successful")

    asyncio.run(work())
