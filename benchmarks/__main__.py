"""`make bench`: fill once, start the servers, measure, print the tables and write benchmarks/results.md.

Parts: requests (what a request costs beside bare SQL), engine (rescoring 10,000 submissions), pages (comparing a
thousand schools over three years), phones (two hundred hand in at once), demand (a round of a thousand schools
gathered into lots), evaluation (50 bids for each of ten lots), deadline (a hundred bids in the last ten seconds),
stock (a receipt with its ledger moves, a million moves), recall (a lot in a thousand schools traced to every plate),
duties (what a thousand schools owe, and the board of who is late), mornings (a thousand schools post the morning's
records), books (a school's month closed), menus (a week's menu proposed). All of them, or those that are named.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import (
    books,
    cluster,
    deadline,
    demand,
    duties,
    engine,
    evaluation,
    fill_sync,
    menus,
    mornings,
    pages,
    recall,
    results,
    stock,
)
from benchmarks.client import Refused
from benchmarks.operations import OPERATIONS, District
from benchmarks.requests import environment, in_this_process, measure
from kernel.embedded_postgres import EmbeddedPostgresError

WITH_SERVER = {
    "demand": demand, "stock": stock, "recall": recall, "duties": duties, "mornings": mornings, "books": books,
}  # fmt: skip
ALONE = {"evaluation": evaluation, "deadline": deadline, "menus": menus}
RESULTS = Path(__file__).resolve().parent / "results.md"


def say(text: str) -> None:
    print(text, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(results.PARTS)}; none: all of them")
    parser.add_argument("--schools", type=int, default=1000, help="schools of the large database (1000)")
    parser.add_argument("--few", type=int, default=10, help="schools of the small database (10)")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each variant (15)")
    parser.add_argument("--scale", type=float, default=1.0, help="requests in a turn, times this (1.0)")
    parser.add_argument("--phones", type=int, default=fill_sync.PHONES, help=f"phones at once ({fill_sync.PHONES})")
    parser.add_argument(
        "--submissions", type=int, default=engine.SUBMISSIONS, help=f"submissions rescored ({engine.SUBMISSIONS})"
    )
    parser.add_argument(
        "--only", default="", help="operations, comma-separated: " + ",".join(o.code for o in OPERATIONS)
    )
    parser.add_argument("--no-write", action="store_true", help="print only, leave benchmarks/results.md as it is")
    parser.add_argument(
        "--profile", metavar="OPERATION", help="show where the service's time goes instead of measuring"
    )
    options = parser.parse_args()
    unknown = set(options.parts) - set(results.PARTS)
    if unknown:
        parser.error(f"unknown part: {', '.join(sorted(unknown))}")
    options.parts = options.parts or (["requests"] if options.only else list(results.PARTS))
    return options


def main() -> int:
    options = arguments()
    if len(options.parts) > 1 and not options.profile:
        # A process for each: what one loads into memory, or sets in the environment, is not in the next one's figures.
        own = [one for one in sys.argv[1:] if one not in results.PARTS]
        return max(subprocess.call([sys.executable, "-m", "benchmarks", part, *own]) for part in options.parts)
    work = {
        "engine": rescore, "phones": phones, "pages": compare, "requests": cost,
        **{part: measured(part, module) for part, module in (WITH_SERVER | ALONE).items()},
    }  # fmt: skip
    try:
        return 0 if (look if options.profile else work[options.parts[0]])(options) else 1
    except (EmbeddedPostgresError, Refused) as error:
        print(f"refused: {error}" if isinstance(error, Refused) else error, file=sys.stderr)
        return 1


def keep(options: argparse.Namespace, part: str, text: str, whole: bool) -> None:
    """`whole`: measured with the sizes that the aims speak of; anything smaller is only looked at."""
    say("\n" + text)
    if options.no_write or not whole:
        return
    results.put(RESULTS, part, text)
    say(f"written to {RESULTS.relative_to(cluster.ROOT)}: {part}")


def rescore(options: argparse.Namespace) -> bool:
    figures = engine.measure(options.submissions)
    keep(options, "engine", engine.report(figures), options.submissions >= engine.SUBMISSIONS)
    return engine.met(figures)


def phones(options: argparse.Namespace) -> bool:
    text, met = fill_sync.run(options.phones)
    keep(options, "phones", text, options.phones >= fill_sync.PHONES)
    return met


def measured(part: str, module: Any) -> Callable[[argparse.Namespace], bool]:
    """A part with sizes of its own, which needs at most a database server: measure, report, met."""

    def work(options: argparse.Namespace) -> bool:
        if part in WITH_SERVER:
            with started() as postgres:
                figures = module.measure(postgres, say)
        else:
            figures = module.measure()
        keep(options, part, module.report(figures), True)
        return bool(module.met(figures))

    return work


def compare(options: argparse.Namespace) -> bool:
    with filled([options.schools]) as (postgres, districts):
        many = districts[options.schools]
        measured = pages.measure(many, environment(postgres, many.name), say)
    keep(options, "pages", pages.report(measured, many.schools), options.schools >= 1000)
    return pages.met(measured)


def cost(options: argparse.Namespace) -> bool:
    """Ratios that miss their aim are the table's to say: by how much, and what they are made of."""
    with filled([options.schools, options.few]) as (postgres, districts):
        for district in districts.values():
            district.load()
        text = measure(options, postgres, districts, say)
    keep(options, "requests", text, options.schools >= 1000 and not options.only)
    return True


def look(options: argparse.Namespace) -> bool:
    from benchmarks.profile import profile

    with filled([options.schools]) as (postgres, districts):
        many = districts[options.schools]
        many.load()
        in_this_process(postgres, many)
        profile(options.profile, many)
    return True


@contextmanager
def started() -> Iterator[Any]:
    postgres = cluster.start()
    try:
        yield postgres
    finally:
        postgres.stop()


@contextmanager
def filled(sizes: list[int]) -> Iterator[tuple[Any, dict[int, District]]]:
    with started() as postgres:
        yield (
            postgres,
            {
                schools: District(postgres, cluster.prepare(postgres, schools, say), schools)
                for schools in dict.fromkeys(sizes)
            },
        )


if __name__ == "__main__":
    # The in-process service reads its settings from here; what a shell has set must not reach the measurement.
    os.environ.pop("HOUQIN_BASE_URL", None)
    raise SystemExit(main())
