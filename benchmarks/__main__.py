"""`make bench`: fill once, start the servers, measure, print the table and write benchmarks/results.md."""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import cluster, report, servers, statements
from benchmarks.client import Refused
from benchmarks.measure import Variant, run
from benchmarks.operations import OPERATIONS, District
from kernel.embedded_postgres import EmbeddedPostgresError

RESULTS = Path(__file__).resolve().parent / "results.md"


def say(text: str) -> None:
    print(text, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--schools", type=int, default=1000, help="schools of the large database (1000)")
    parser.add_argument("--few", type=int, default=10, help="schools of the small database (10)")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each variant (15)")
    parser.add_argument("--scale", type=float, default=1.0, help="requests in a turn, times this (1.0)")
    parser.add_argument(
        "--only", default="", help="operations, comma-separated: " + ",".join(o.code for o in OPERATIONS)
    )
    parser.add_argument("--no-write", action="store_true", help="print only, leave benchmarks/results.md as it is")
    parser.add_argument(
        "--profile", metavar="OPERATION", help="show where the service's time goes instead of measuring"
    )
    return parser.parse_args()


def environment(server: Any, name: str) -> dict[str, str]:
    return {"DATABASE_URL": server.url(name), "HOUQIN_LOG_LEVEL": "INFO", "HOUQIN_ENVIRONMENT": "demo"}


def in_this_process(server: Any, district: District) -> None:
    os.environ.update(environment(server, district.name), HOUQIN_VAR_DIR=str(cluster.VAR / "profile"))


def main() -> int:
    options = arguments()
    try:
        postgres = cluster.start()
    except EmbeddedPostgresError as error:
        print(error, file=sys.stderr)
        return 1
    running: list[servers.Server] = []
    try:
        districts = {
            schools: District(postgres, cluster.prepare(postgres, schools, say), schools)
            for schools in dict.fromkeys((options.schools, options.few))
        }
        for district in districts.values():
            district.load()
        if options.profile:
            from benchmarks.profile import profile

            in_this_process(postgres, districts[options.schools])
            profile(options.profile, districts[options.schools])
            return 0
        return measure(options, postgres, districts, running)
    except Refused as error:
        print(f"refused: {error}", file=sys.stderr)
        return 1
    finally:
        for server in running:
            server.stop()
        postgres.stop()


def measure(
    options: argparse.Namespace, postgres: Any, districts: dict[int, District], running: list[servers.Server]
) -> int:
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
    text = report.render(facts, chosen, variants, start_up, memory)
    say("\n" + text)
    if not options.no_write and len(chosen) == len(OPERATIONS):
        RESULTS.write_text(text, encoding="utf-8")
        say(f"written to {RESULTS.relative_to(cluster.ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
