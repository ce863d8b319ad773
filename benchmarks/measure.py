"""The runs: variants take turns in rounds, so that a machine that slows down slows all of them."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

import psutil  # type: ignore[import-untyped]

from benchmarks import cluster
from benchmarks.client import Call, Connection, Refused
from benchmarks.fill import RECEIPTS
from benchmarks.operations import District, Operation
from benchmarks.servers import Server

CONNECTIONS = 4


@dataclass(slots=True)
class Variant:
    """One server on one district. `seconds`: of each request; `rates`: requests per second, one figure per round.
    `medians`: of each round. `busy`: CPU seconds per request of the workers and of the database's processes, one pair per round."""

    name: str
    server: Server
    district: District
    seconds: dict[str, list[float]] = field(default_factory=dict)
    rates: dict[str, list[float]] = field(default_factory=dict)
    medians: dict[str, list[float]] = field(default_factory=dict)
    busy: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def ratio_to(self, other: "Variant", operation: str) -> float:
        """Median over the rounds of how the medians of neighbouring turns compare: a machine that is slow for a while
        is slow for both."""
        pairs = zip(self.medians[operation], other.medians[operation], strict=True)
        return median(own / others for own, others in pairs)

    def cpu_ms(self, operation: str) -> tuple[float, float]:
        """Of one request: (the worker's, the database's). Other work on the machine hardly changes these."""
        rounds = self.busy[operation]
        return median(one[0] for one in rounds) * 1000, median(one[1] for one in rounds) * 1000

    def median_ms(self, operation: str) -> float:
        return median(self.seconds[operation]) * 1000

    def p95_ms(self, operation: str) -> float:
        return quantiles(self.seconds[operation], n=20)[-1] * 1000

    def rate(self, operation: str) -> float:
        return median(self.rates[operation])


def run(operation: Operation, variants: list[Variant], rounds: int, scale: float, say: Callable[[str], None]) -> None:
    """`rounds` turns of every variant, the order reversed each time; after it the district is as it was before."""
    size = max(5, int(operation.size * scale))
    for district in {id(variant.district): variant.district for variant in variants}.values():
        district.reset()
    for variant in variants:
        _sequence(operation, variant, size // 2, [])  # warm
    for number in range(rounds):
        for variant in variants if number % 2 == 0 else variants[::-1]:
            before = variant.server.cpu_seconds(), database_seconds(variant.district.server)
            seconds: list[float] = []
            _sequence(operation, variant, size, seconds)
            variant.seconds.setdefault(operation.code, []).extend(seconds)
            variant.medians.setdefault(operation.code, []).append(median(seconds))
            after = variant.server.cpu_seconds(), database_seconds(variant.district.server)
            spent = ((after[0] - before[0]) / size, (after[1] - before[1]) / size)
            variant.busy.setdefault(operation.code, []).append(spent)
    for number in range(min(rounds, 3)):
        for variant in variants if number % 2 == 0 else variants[::-1]:
            _crowd(operation, variant, size, variant.rates.setdefault(operation.code, []))
    for variant in variants:
        code = operation.code
        say(f"  {variant.name:<28} {variant.median_ms(code):7.2f} ms  p95 {variant.p95_ms(code):7.2f}"
            f"  {variant.rate(code):7.0f}/s  CPU {variant.cpu_ms(code)[0]:6.2f} + {variant.cpu_ms(code)[1]:5.2f} ms")  # fmt: skip


def database_seconds(postgres: Any) -> float:
    """CPU of the cluster's processes; one that ends meanwhile would be missed, so the measured ones are kept open."""
    postmaster = psutil.Process(int((postgres.data_dir / "postmaster.pid").read_text().split()[0]))
    total = 0.0
    for process in postmaster.children():
        with suppress(psutil.NoSuchProcess):
            name = " ".join(process.cmdline())  # empty once it has ended
            if ("houqin_bench" in name and "houqin_app" in name) or cluster.BYPASS in name:
                times = process.cpu_times()
                total += times.user + times.system
    return total


@contextmanager
def _proved(operation: Operation, variant: Variant, calls: int) -> Iterator[None]:
    """A run counts when the database holds what its answers say."""
    before = _state(operation, variant.district)
    yield
    grown = _state(operation, variant.district) - before
    if operation.proof is not None and grown != calls:
        raise Refused(f"{variant.name}, {operation.code}: {calls} answers, {grown} rows in the database")


def _state(operation: Operation, district: District) -> int:
    if operation.proof is None:
        return 0
    table, where = operation.proof
    return district.count(table, where % {"receipts": RECEIPTS})


def _calls(operation: Operation, variant: Variant, count: int) -> list[tuple[Call, bytes]]:
    """Encoded before the clock runs."""
    if operation.code == "submit" and len(variant.district.open_visits) < count:
        variant.district.reset()
    return [(call, call.encoded()) for call in operation.make(variant.district, count)]


def _sequence(operation: Operation, variant: Variant, count: int, spent: list[float]) -> None:
    """One connection, one request after the other."""
    calls = _calls(operation, variant, count)
    connection = Connection(variant.server.port)
    try:
        with _proved(operation, variant, count):
            spent += [connection.call(call, request) for call, request in calls]
    finally:
        connection.close()


def _crowd(operation: Operation, variant: Variant, size: int, rates: list[float]) -> None:
    """Four connections at once, two to each worker; answers are looked at after the clock has stopped."""
    each = max(3, size // 2)
    calls = _calls(operation, variant, each * CONNECTIONS)
    connections = variant.server.spread_connections(CONNECTIONS)
    answers: list[tuple[Call, int, bytes]] = []
    failures: list[BaseException] = []
    barrier = threading.Barrier(CONNECTIONS + 1)

    def one(number: int) -> None:
        barrier.wait()
        try:
            for call, request in calls[number::CONNECTIONS]:
                _, status, body = connections[number].send(request)
                answers.append((call, status, body))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(CONNECTIONS)]
    with _proved(operation, variant, len(calls)):
        for thread in threads:
            thread.start()
        barrier.wait()
        started = time.perf_counter()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - started
    for connection in connections:
        connection.close()
    if failures:
        raise failures[0]
    for call, status, body in answers:
        if not 200 <= status < 300:
            raise Refused(f"{variant.name}: {call.method} {call.path}: {status} {body[:200]!r}")
    rates.append(len(calls) / seconds)
