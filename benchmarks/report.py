"""The table: ratios first, the aims beside them, absolute times last (they change from machine to machine)."""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from benchmarks.measure import CONNECTIONS, Variant
from benchmarks.operations import District, Operation
from benchmarks.servers import THREADS, WORKERS

FLOOR_AIM, SECURITY_AIM, SIZE_AIM = 4.0, 1.10, 1.15
START_AIM, MEMORY_AIM = 2.0, 150.0  # seconds, MiB
PACKAGES = ("flask", "sqlalchemy", "marshmallow", "flask-smorest", "psycopg2-binary", "gunicorn", "orjson")


@dataclass(slots=True)
class Facts:
    date: str
    machine: str
    load: float
    software: str
    rows: int
    tables: Mapping[str, int]
    schools: int
    minutes: float = 0.0
    statements: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # operation → (service's, floor's)

    @classmethod
    def collect(cls, postgres: Any, district: District, rows: int, tables: Mapping[str, int]) -> "Facts":
        server = postgres.psql("postgres", "SHOW server_version").strip()
        fsync = postgres.psql("postgres", "SHOW fsync").strip()
        names = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
        return cls(
            date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            machine=f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()} {platform.release()}",
            load=os.getloadavg()[0],
            software=f"Python {platform.python_version()}, PostgreSQL {server} (fsync {fsync}), {names}",
            rows=rows,
            tables=tables,
            schools=district.schools,
        )


def verdict(figure: float, aim: float, unit: str = "") -> str:
    """By the figure as it is printed: the measurement is no finer than that."""
    if round(figure, 2) <= aim:
        return "met"
    return f"**missed** by {figure - aim:.2f}{unit} ({(figure / aim - 1) * 100:.0f} %)"


def render(
    facts: Facts, operations: Sequence[Operation], variants: Mapping[str, Variant], start_up: Mapping[str, float],
    memory: Sequence[tuple[str, list[tuple[float, float]]]],
) -> str:  # fmt: skip
    lines = ["## What a request costs", "", *_about(facts), "", "### Ratios", ""]
    lines += _ratios(operations, variants)
    lines += ["", "### Start-up and memory", "", "| | figure | aim | |", "|---|---|---|---|"]
    for what, seconds in start_up.items():
        aimed = what == "healthz"
        aim = f"< {START_AIM:.0f} s" if aimed else ""
        lines.append(
            f"| starting gunicorn to the first 200: {what} | {seconds:.2f} s | {aim} |"
            f" {verdict(seconds, START_AIM, ' s') if aimed else ''} |"
        )
    for when, workers in memory:
        most = max(rss for _, rss in workers)
        figures = ", ".join(f"{rss:.0f} (PSS {pss:.0f})" for pss, rss in workers)
        lines.append(
            f"| a worker's memory {when}: RSS (PSS) in MiB | {figures} | < {MEMORY_AIM:.0f} MiB |"
            f" {verdict(most, MEMORY_AIM, ' MiB')} |"
        )
    lines += ["", "### Times", "", *_times(facts, operations, variants)]
    reasons = _reasons(operations, variants)
    if reasons:
        lines += ["", "### What a miss is made of", "", *reasons]
    return "\n".join(lines) + "\n"


def _about(facts: Facts) -> list[str]:
    tables = ", ".join(f"{name} {count:,}" for name, count in sorted(facts.tables.items(), key=lambda one: -one[1])[:6])
    return [
        f"- {facts.date}; {facts.machine}; load before the run {facts.load:.1f}; {facts.minutes:.0f} minutes of measuring",
        f"- {facts.software}",
        f"- {facts.schools:,} schools, {facts.rows:,} school-owned rows: {tables} …",
        f"- gunicorn: {WORKERS} gthread workers of {THREADS} threads each, for the service and for the floor alike",
    ]


def _ratios(operations: Sequence[Operation], variants: Mapping[str, Variant]) -> list[str]:
    ours, floor, off = variants["ours"], variants["floor"], variants["floor_off"]
    few, anonymous = variants["ours_few"], variants["floor_anonymous"]
    lines = [
        "Time at the median, one request after the other on one connection; compared turn by turn, median of the turns.",
        "",
        f"| operation | service ÷ floor (aim ≤ {FLOOR_AIM:.0f}) | | the same, floor without sign-in |"
        f" row-level security on ÷ off, floor (aim ≤ {SECURITY_AIM:.2f}) | |"
        f" {ours.district.schools:,} ÷ {few.district.schools} schools, service (aim ≤ {SIZE_AIM:.2f}) | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for operation in operations:
        code = operation.code
        to_floor = ours.ratio_to(floor, code)
        security = floor.ratio_to(off, code)
        size = ours.ratio_to(few, code) if operation.compare_sizes else None
        cells = [
            operation.title,
            f"{to_floor:.2f}",
            verdict(to_floor, FLOOR_AIM),
            f"{ours.ratio_to(anonymous, code):.2f}",
            f"{security:.2f}",
            verdict(security, SECURITY_AIM),
            "" if size is None else f"{size:.2f}",
            "" if size is None else verdict(size, SIZE_AIM),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _reasons(operations: Sequence[Operation], variants: Mapping[str, Variant]) -> list[str]:
    """For each ratio that misses: where the additional milliseconds go, by the processors' time."""
    pairs = (
        ("the floor", "ours", "floor", FLOOR_AIM),
        ("row-level security off", "floor", "floor_off", SECURITY_AIM),
        ("few schools", "ours", "ours_few", SIZE_AIM),
    )
    lines = []
    for operation in operations:
        code = operation.code
        for name, more, less, aim in pairs:
            if code not in variants[less].seconds:
                continue
            slow, fast = variants[more].median_ms(code), variants[less].median_ms(code)
            if round(variants[more].ratio_to(variants[less], code), 2) <= aim:
                continue
            app = variants[more].cpu_ms(code)[0] - variants[less].cpu_ms(code)[0]
            database = variants[more].cpu_ms(code)[1] - variants[less].cpu_ms(code)[1]
            lines.append(
                f"- {operation.title}, against {name}: {slow - fast:.2f} ms more, of which {app:.2f} ms are the"
                f" worker's processor time, {database:.2f} ms the database's, {slow - fast - app - database:.2f} ms"
                " waiting and what else the machine did."
                + (
                    f" Of the service's whole request it is {(slow - fast) / variants['ours'].median_ms(code):.0%}."
                    if more == "floor"
                    else ""
                )
            )
    return lines


def _times(facts: Facts, operations: Sequence[Operation], variants: Mapping[str, Variant]) -> list[str]:
    lines = [
        "Milliseconds: median (95th percentile); CPU of the worker + of the database;"
        f" then requests per second over {CONNECTIONS} connections.",
        "",
        "| operation | statements: service, floor | "
        + " | ".join(variant.name for variant in variants.values())
        + " |",
        "|---" * (len(variants) + 2) + "|",
    ]
    for operation in operations:
        code = operation.code
        sent = facts.statements.get(code, ("", ""))
        cells = [operation.title, f"{sent[0]}, {sent[1]}"]
        for variant in variants.values():
            if code not in variant.seconds:
                cells.append("")
                continue
            app, database = variant.cpu_ms(code)
            cells.append(
                f"{variant.median_ms(code):.2f} ({variant.p95_ms(code):.2f}); {app:.2f} + {database:.2f};"
                f" {variant.rate(code):.0f}/s"
            )
        lines.append("| " + " | ".join(cells) + " |")
    return lines
