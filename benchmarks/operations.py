"""What is measured: five operations, the requests that carry them out, and how the database proves that they did."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from benchmarks import sample
from benchmarks.client import Call, Refused
from benchmarks.cluster import admin
from benchmarks.fill import INSPECTOR_TOKEN, OFFICER_TOKEN, RECEIPTS, school_token
from benchmarks.fill_inspections import VISITS

SUBMISSION_BODY = {"answers": sample.answers(), "met_by": "演示接待人"}


@dataclass(slots=True)
class District:
    """One filled database, and a supply of requests to it that visits its schools in a shuffled order."""

    server: Any
    name: str
    schools: int
    random: Random = field(default_factory=lambda: Random(2026))
    receipts: dict[int, list[str]] = field(default_factory=dict)
    open_visits: list[tuple[int, str]] = field(default_factory=list)
    seed: int = 0

    def admin(self) -> Any:
        return admin(self.server, self.name)

    def load(self) -> None:
        with self.admin() as cursor:
            cursor.execute(f"SELECT school_id, id::text FROM goods_receipts WHERE number LIKE '%{RECEIPTS - 20:06d}'")
            for school, receipt in cursor.fetchall():
                self.receipts.setdefault(school, []).append(receipt)
        self.reset()

    def reset(self) -> None:
        """Back to the state after filling: what a run created must not change what the next one lists."""
        with self.admin() as cursor:
            for statement in RESET:
                cursor.execute(statement, {"receipts": RECEIPTS})
            cursor.execute("SELECT school_id, id::text FROM inspections WHERE state = 'planned' ORDER BY id")
            self.open_visits = cursor.fetchall()
        self.random.shuffle(self.open_visits)

    def turns(self) -> Iterator[int]:
        while True:
            order = list(range(1, self.schools + 1))
            self.random.shuffle(order)
            yield from order

    def count(self, table: str, where: str = "true") -> int:
        with self.admin() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}")
            return int(cursor.fetchone()[0])


NEW = "substr(number, 8)::int > %(receipts)s"  # what a run created carries a higher number than what was filled
RESET = (
    "DELETE FROM audit_entries WHERE action = 'school:goods_receipts:record' AND id >="
    f" (SELECT uuidv7(min(created_at) - now() - interval '1 hour') FROM goods_receipts WHERE {NEW})"
    f" AND (changes->0->'key'->>'id')::uuid IN (SELECT id FROM goods_receipts WHERE {NEW})",
    f"DELETE FROM goods_receipts WHERE {NEW}",
    # The filling has none of these either.
    "TRUNCATE store_moves, store_balances, store_batches, store_documents, duty_marks CASCADE",
    "UPDATE store_stocks SET quantity = 0, amount_fen = 0, last_seq = 0 WHERE last_seq > 0",
    "DELETE FROM document_counters WHERE kind = 'RK'",
    "UPDATE document_counters SET last = %(receipts)s WHERE last > %(receipts)s",
    "CREATE TEMP TABLE IF NOT EXISTS done AS SELECT v.bureau_id, v.school_id, v.id FROM inspections v"
    " JOIN inspection_plans p ON p.bureau_id = v.bureau_id AND p.id = v.plan_id"
    " WHERE p.state = 'open' AND v.state <> 'planned'",
    # The filling has none: all of them came from submissions.
    "DELETE FROM rectification_events",
    "DELETE FROM rectifications",
    "DELETE FROM inspection_losses t USING done d WHERE t.bureau_id = d.bureau_id AND t.school_id = d.school_id"
    " AND t.inspection_id = d.id",
    "DELETE FROM inspection_results t USING done d WHERE t.bureau_id = d.bureau_id AND t.school_id = d.school_id"
    " AND t.id = d.id",
    "DELETE FROM inspection_answers t USING done d WHERE t.bureau_id = d.bureau_id AND t.school_id = d.school_id"
    " AND t.inspection_id = d.id",
    "DELETE FROM inspection_events t USING done d WHERE t.bureau_id = d.bureau_id AND t.school_id = d.school_id"
    " AND t.inspection_id = d.id AND t.event <> 'plan'",
    "DELETE FROM audit_entries WHERE action = 'bureau:inspection:fill'",
    "UPDATE inspections t SET state = 'planned', started_at = NULL, submitted_at = NULL, released_at = NULL,"
    " met_by = '', version = 1 FROM done d WHERE t.bureau_id = d.bureau_id AND t.school_id = d.school_id AND t.id = d.id",
    # As after five minutes of use: when a token was last seen is written every five minutes, not with each request.
    "UPDATE api_tokens SET last_used_at = now()",
    "VACUUM (ANALYZE) store_moves, store_balances, store_batches, store_documents, store_stocks, duty_marks",
    "VACUUM (ANALYZE) goods_receipts, goods_receipt_lines, goods_receipt_missing_certificates, audit_entries, inspections,"
    " inspection_answers, inspection_results, inspection_losses, inspection_events, rectifications, rectification_events, document_counters, api_tokens",
)


@dataclass(frozen=True, slots=True)
class Operation:
    """`proof` (table, condition) grows by one row with each call; None: the operation only reads."""

    code: str
    title: str
    make: Callable[[District, int], list[Call]]
    proof: tuple[str, str] | None
    size: int  # calls in one round
    compare_sizes: bool = False


def _items(expected: int) -> Callable[[Any], None]:
    def check(answer: Any) -> None:
        if len(answer["items"]) != expected:
            raise Refused(f"{len(answer['items'])} items instead of {expected}")

    return check


def _receipt(answer: Any) -> None:
    if len(answer["lines"]) != sample.LINES or answer["lines"][9]["position"] != 9:
        raise Refused(f"a receipt with {len(answer['lines'])} lines")


def _score(answer: Any) -> None:
    lines = sum(len(section["lines"]) for section in answer["account"]["sections_account"])
    if lines != sample.ITEMS or answer["score"] is None:
        raise Refused(f"a result with {lines} lines and score {answer['score']}")


def lists(district: District, count: int) -> list[Call]:
    schools = district.turns()
    return [
        Call("GET", "/api/v1/goods-receipts?limit=50", school_token(next(schools)), check=_items(50))
        for _ in range(count)
    ]


def reads(district: District, count: int) -> list[Call]:
    calls, schools = [], district.turns()
    for _ in range(count):
        school = next(schools)
        receipt = district.random.choice(district.receipts[school])
        calls.append(Call("GET", f"/api/v1/goods-receipts/{receipt}", school_token(school), check=_receipt))
    return calls


def creates(district: District, count: int) -> list[Call]:
    calls, schools = [], district.turns()
    for _ in range(count):
        district.seed += 1
        path = f"/api/v1/goods-receipts/{uuid.uuid4()}"
        calls.append(Call("PUT", path, school_token(next(schools)), sample.receipt(district.seed), _receipt))
    return calls


def submissions(district: District, count: int) -> list[Call]:
    calls = []
    for _ in range(count):
        school, visit = district.open_visits.pop()
        path = f"/api/v1/schools/{school}/inspections/{visit}/submission"
        calls.append(Call("PUT", path, INSPECTOR_TOKEN, SUBMISSION_BODY, _score))
    return calls


def rankings(district: District, count: int) -> list[Call]:
    return [
        Call(
            "GET", f"/api/v1/inspection-plans/{sample.fixed_id(f'plan-{1 + number % VISITS}')}/ranking",
            OFFICER_TOKEN, check=_items(district.schools),
        )
        for number in range(count)
    ]  # fmt: skip


OPERATIONS = (
    Operation("list", "A school's newest 50 receipts", lists, None, 60, compare_sizes=True),
    Operation("read", "One receipt with 10 lines", reads, None, 60, compare_sizes=True),
    Operation("create", "Creating a receipt with 10 lines", creates, ("goods_receipts", NEW), 30, compare_sizes=True),
    Operation("submit", "Submitting a 60-item inspection", submissions, ("inspection_results", "true"), 15),
    Operation("ranking", "The bureau's ranking of all schools", rankings, None, 10),
)
