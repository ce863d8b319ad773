"""What a request costs: the service beside the floor, with and without row-level security, with many schools and few."""

import argparse
import os
import time
from collections.abc import Callable
from typing import Any

from benchmarks import cluster, report, servers, statements
from benchmarks.measure import Variant, run
from benchmarks.operations import OPERATIONS, District


def environment(server: Any, name: str) -> dict[str, str]:
    return {"DATABASE_URL": server.url(name), "HOUQIN_LOG_LEVEL": "INFO", "HOUQIN_ENVIRONMENT": "demo"}


def in_this_process(server: Any, district: District) -> None:
    os.environ.update(environment(server, district.name), HOUQIN_VAR_DIR=str(cluster.VAR / "profile"))


def measure(
    options: argparse.Namespace, postgres: Any, districts: dict[int, District], say: Callable[[str], None]
) -> str:
    """The section for benchmarks/results.md."""
    running: list[servers.Server] = []
    try:
        return _measure(options, postgres, districts, running, say)
    finally:
        for server in running:
            server.stop()


def _measure(
    options: argparse.Namespace,
    postgres: Any,
    districts: dict[int, District],
    running: list[servers.Server],
    say: Callable[[str], None],
) -> str:
    many, few = districts[options.schools], districts[options.few]
    with many.admin() as cursor:
        rows, tables = cluster.count_rows(cursor)
    say(f"{many.schools} schools, {rows:,} school-owned rows; {few.schools} schools beside them")
    facts = report.Facts.collect(postgres, many, rows, tables)
    chosen = [one for one in OPERATIONS if not options.only or one.code in options.only.split(",")]
    in_this_process(postgres, many)
    facts.statements = statements.count(chosen, many)
    say("start-up")
    start_up = servers.start_up(environment(postgres, many.name))

    def launch(name: str, application: str, district: District, **settings: str) -> Variant:
        server, _ = servers.launch(name, application, {**environment(postgres, district.name), **settings})
        running.append(server)
        return Variant(name, server, district)

    def floor(name: str, district: District, scoped: bool, sign_in: bool = True) -> Variant:
        user = "houqin_app" if scoped else cluster.BYPASS
        url = postgres.url(district.name, user)
        return launch(
            name, "benchmarks.floor:app", district, BENCH_URL=url, BENCH_SCOPE=str(int(scoped)),
            BENCH_SIGN_IN=str(int(sign_in)),
        )  # fmt: skip

    ours = launch("ours", "wsgi:app", many)
    variants = {
        "ours": ours,
        "floor": floor("floor", many, True),
        "floor_off": floor("floor-without-rls", many, False),
        "floor_anonymous": floor("floor-without-sign-in", many, True, False),
        "ours_few": launch("ours-few-schools", "wsgi:app", few),
        "floor_few": floor("floor-few-schools", few, True),
    }
    memory = [("at start", ours.server.memory())]
    started = time.monotonic()
    for operation in chosen:
        say(f"{operation.title}")
        wanted = [variant for code, variant in variants.items() if not code.endswith("_few") or operation.compare_sizes]
        run(operation, wanted, options.rounds, options.scale, say)
    for district in districts.values():
        district.reset()
    memory.append(("after the run", ours.server.memory()))
    facts.minutes = (time.monotonic() - started) / 60
    return report.render(facts, chosen, variants, start_up, memory)
