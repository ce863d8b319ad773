"""The floor: the same work by a bare WSGI function and psycopg2, under the same gunicorn. No framework, no ORM, no
schemas, no error pages: what is left is what the database and a few lines of Python cost.

It sends the statements that the service needs for its answer, sign-in, audit, counters and all, each once and in as
few round trips as the protocol allows. Pure rules (scoring, content digest) are called, not written again: their
price is the domain's and stands on both sides.

BENCH_URL: the login. BENCH_SCOPE=1: row-level security, set as kernel.database.scope does; 0: the login passes it by.
BENCH_SIGN_IN=0: leaves out who is asking, to show what that costs.
"""

import os
import threading
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import orjson
import psycopg2
import psycopg2.extras
import uuid_utils.compat

from benchmarks import floor_ledger
from benchmarks.floor_submission import submit
from kernel.database.scope import Scope
from kernel.identity.loading import BY_TOKEN, IDENTITY, digest
from kernel.web.dates import SHANGHAI
from school.supply.rules import content_digest

URL = os.environ.get("BENCH_URL", "")
SCOPED = os.environ.get("BENCH_SCOPE", "1") == "1"
SIGNED_IN = os.environ.get("BENCH_SIGN_IN", "1") == "1"

psycopg2.extras.register_uuid()
_local = threading.local()
WHO = BY_TOKEN.text.replace(":token_hash", "%(token_hash)s")

LIST_COLUMNS = (
    "id", "school_id", "number", "received_at", "received_on", "supplier_name", "received_by_name", "line_count",
    "amount_fen", "has_missing_certificates", "state", "version",
)  # fmt: skip
RECEIPT_COLUMNS = (
    *LIST_COLUMNS, "delivery_note_no", "second_receiver_name", "note", "void_reason", "voided_at",
)  # fmt: skip
LINE_COLUMNS = (
    "id", "position", "item_id", "item_version", "item_code", "item_name", "specification", "storage", "category_id",
    "category_name", "quantity", "unit", "unit_factor", "base_unit", "base_quantity", "unit_price_fen", "amount_fen",
    "batch_no", "production_date", "expiry_date", "temperature_celsius",
)  # fmt: skip
OWN = "bureau_id = %(bureau)s AND school_id = %(school)s"
LIST = f"SELECT {', '.join(LIST_COLUMNS)} FROM goods_receipts WHERE {OWN} ORDER BY received_at DESC, id DESC LIMIT 51"
RECEIPT = f"SELECT {', '.join(RECEIPT_COLUMNS)} FROM goods_receipts WHERE {OWN} AND id = %(id)s"
RECEIPT_LINES = (
    f"SELECT {', '.join(LINE_COLUMNS)} FROM goods_receipt_lines WHERE {OWN} AND receipt_id = %(id)s ORDER BY position"
)
CERTIFICATES = (
    "SELECT id, kind, number, line_id, valid_until, attachment_id FROM goods_receipt_certificates"
    f" WHERE {OWN} AND receipt_id = %(id)s ORDER BY kind, id"
)
MISSING = (
    "SELECT category_id, category_name, kind, label FROM goods_receipt_missing_certificates"
    f" WHERE {OWN} AND receipt_id = %(id)s ORDER BY category_name, kind"
)
KNOWN = f"SELECT content_digest FROM goods_receipts WHERE {OWN} AND id = %(id)s"
UNITS = (
    "SELECT item_id, unit, factor FROM catalogue_unit_conversions"
    " WHERE bureau_id = %(bureau)s AND item_id IN %(items)s ORDER BY factor"
)
GOODS = (
    "SELECT i.id, i.version, i.code, i.name, i.specification, i.storage, i.category_id, c.name, i.base_unit,"
    " i.shelf_life_days FROM catalogue_items i"
    " JOIN catalogue_categories c ON c.bureau_id = i.bureau_id AND c.id = i.category_id"
    " WHERE i.bureau_id = %(bureau)s AND i.id IN %(items)s AND i.state = 'published'"
)
REQUIRED = (
    "SELECT c.id, c.parent_id, r.category_id, r.kind, r.label FROM catalogue_categories c"
    " LEFT JOIN catalogue_certificate_requirements r"
    " ON r.bureau_id = c.bureau_id AND r.category_id IN (c.id, c.parent_id)"
    " WHERE c.bureau_id = %(bureau)s AND c.id IN %(categories)s"
)
NUMBER = (
    "INSERT INTO document_counters (bureau_id, school_id, kind, year, last) VALUES (%(bureau)s, %(school)s, 'SH',"
    " %(year)s, 1) ON CONFLICT (bureau_id, school_id, kind, year) DO UPDATE SET last = document_counters.last + 1"
    " RETURNING last"
)
RECEIPT_IN = (
    "bureau_id", "school_id", "id", "number", "received_at", "received_on", "supplier_name", "delivery_note_no",
    "received_by", "received_by_name", "second_receiver_name", "note", "line_count", "amount_fen",
    "has_missing_certificates", "content_digest", "state", "void_reason", "refused", "created_at", "created_by", "version",
)  # fmt: skip
LINE_IN = ("bureau_id", "school_id", "receipt_id", "rejected_quantity", *LINE_COLUMNS)
MISSING_IN = (
    "bureau_id", "school_id", "id", "receipt_id", "category_id", "category_name", "kind", "label", "received_on",
)  # fmt: skip
AUDIT_IN = ("bureau_id", "id", "school_id", "at", "actor_id", "actor_name", "action", "request_id", "changes")
PLAN = "SELECT id, title, state FROM inspection_plans WHERE bureau_id = %(bureau)s AND id = %(id)s"
RANKING = (
    "SELECT r.school_id, s.name, r.id, r.stage, r.is_boarding, r.score, r.band, r.verdict FROM inspection_results r"
    " JOIN schools s ON s.bureau_id = r.bureau_id AND s.id = r.school_id"
    " WHERE r.bureau_id = %(bureau)s AND r.plan_id = %(id)s ORDER BY s.name"
)


class Work:
    """One request's transaction, on this thread's own connection."""

    def __init__(self, environ: dict[str, Any]) -> None:
        connection = getattr(_local, "connection", None)
        if connection is None:
            connection = _local.connection = psycopg2.connect(URL)
            connection.autocommit = True  # BEGIN and COMMIT are ours, so that they share a round trip
        self.cursor = connection.cursor()
        self.environ = environ
        token = environ["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
        if SIGNED_IN:
            self.send("BEGIN; " + (IDENTITY.statements() + "; " if SCOPED else "") + WHO, {"token_hash": digest(token)})
            who = dict(zip([column.name for column in self.cursor.description], self.cursor.fetchone(), strict=True))
            self.account, self.name = who["account_id"], who["display_name"]
            self.bureau, self.school = who["bureau_id"], who["school_id"]
            self.prefix = ""
        else:
            self.account, self.name, self.bureau = UUID(int=0), "", 1
            self.school = int(token.rsplit("-", 1)[1]) if token[-1].isdigit() else None
            self.prefix = "BEGIN; "

    def send(self, statement: str, values: Any = None) -> None:
        self.cursor.execute(statement, values)

    def first(self, statement: str, values: Any) -> None:
        """The first statement of the work proper brings the scope along."""
        if SCOPED:
            role = "houqin_school" if self.school else "houqin_bureau"
            self.prefix += Scope(role, self.bureau, self.school).statements() + "; "
        self.send(self.prefix + statement, values)

    def rows(self) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.cursor.fetchall()
        return found

    def insert(self, table: str, columns: Iterable[str], rows: list[tuple[Any, ...]], more: str = "") -> None:
        names = tuple(columns)
        marks = "(" + ", ".join(["%s"] * len(names)) + ")"
        values = b", ".join(self.cursor.mogrify(marks, row) for row in rows)
        self.send(f"INSERT INTO {table} ({', '.join(names)}) VALUES ".encode() + values + more.encode())  # type: ignore[arg-type]

    def body(self) -> Any:
        return orjson.loads(self.environ["wsgi.input"].read(int(self.environ["CONTENT_LENGTH"])))


def list_receipts(work: Work, *_path: str) -> Any:
    work.first(LIST, {"bureau": work.bureau, "school": work.school})
    rows = [dict(zip(LIST_COLUMNS, row, strict=True)) for row in work.rows()]
    work.send("ROLLBACK")
    return {"items": rows[:50], "next_cursor": str(rows[49]["id"]) if len(rows) > 50 else None}


def _whole(work: Work, values: dict[str, Any], receipt: Any) -> dict[str, Any]:
    work.send(RECEIPT_LINES, values)
    receipt["lines"] = [dict(zip(LINE_COLUMNS, row, strict=True)) for row in work.rows()]
    work.send(CERTIFICATES, values)
    names: tuple[str, ...] = ("id", "kind", "number", "line", "valid_until", "attachment_id")
    receipt["certificates"] = [dict(zip(names, row, strict=True)) for row in work.rows()]
    receipt["missing_certificates"] = []
    if receipt["has_missing_certificates"]:
        work.send(MISSING, values)
        names = ("category_id", "category_name", "kind", "label")
        receipt["missing_certificates"] = [dict(zip(names, row, strict=True)) for row in work.rows()]
    return dict(receipt)


def read_receipt(work: Work, receipt_id: str) -> Any:
    values = {"bureau": work.bureau, "school": work.school, "id": UUID(receipt_id)}
    work.first(RECEIPT, values)
    answer = _whole(work, values, dict(zip(RECEIPT_COLUMNS, work.rows()[0], strict=True)))
    work.send("ROLLBACK")
    return answer


def create_receipt(work: Work, receipt_id: str) -> Any:
    data, at = work.body(), datetime.now(SHANGHAI)
    day = at.date()
    values: dict[str, Any] = {"bureau": work.bureau, "school": work.school, "id": UUID(receipt_id), "year": day.year}
    data_digest = content_digest(data)
    work.first(KNOWN, values)
    if work.rows():
        raise ValueError("sent twice")
    values["items"] = tuple(UUID(line["item_id"]) for line in data["lines"])
    work.send(GOODS, values)
    goods = {row[0]: row for row in work.rows()}
    factors = {}
    if any(line["unit"] != goods[UUID(line["item_id"])][8] for line in data["lines"]):
        work.send(UNITS, values)
        factors = {(item, unit): factor for item, unit, factor in work.rows()}
    lines = [_line(values, position, line, goods, factors) for position, line in enumerate(data["lines"])]
    floor_ledger.ask_for_warnings(work, values, data["lines"], SCOPED)
    work.send(NUMBER, values)
    number = f"SH{day.year}-{work.rows()[0][0]:06d}"
    values["categories"] = tuple({line["category_id"] for line in lines})
    work.send(REQUIRED, values)
    names = {line["category_id"]: line["category_name"] for line in lines}
    missing = [
        (work.bureau, work.school, new_id(), values["id"], category, names[category], kind, label, day)
        for category, _parent, required_by, kind, label in work.rows()
        if required_by is not None
    ]
    amount = sum(line["amount_fen"] for line in lines)
    receipt: dict[str, Any] = {
        "bureau_id": work.bureau, "school_id": work.school, "id": values["id"], "number": number, "received_at": at,
        "received_on": day, "supplier_name": data["supplier_name"], "delivery_note_no": data["delivery_note_no"],
        "received_by": work.account, "received_by_name": work.name, "second_receiver_name": "", "note": "",
        "line_count": len(lines), "amount_fen": amount, "has_missing_certificates": bool(missing),
        "content_digest": data_digest, "state": "recorded", "void_reason": "", "refused": "[]", "created_at": at,
        "created_by": work.account, "version": 1,
    }  # fmt: skip
    work.insert("goods_receipts", RECEIPT_IN, [tuple(receipt[name] for name in RECEIPT_IN)])
    work.insert("goods_receipt_lines", LINE_IN, [tuple(line[name] for name in LINE_IN) for line in lines])
    if missing:
        work.insert("goods_receipt_missing_certificates", MISSING_IN, missing)
    floor_ledger.post(work, receipt, lines, at)
    answer = {name: receipt.get(name) for name in RECEIPT_COLUMNS}
    answer["lines"] = [{name: line[name] for name in LINE_COLUMNS} for line in lines]
    answer["certificates"] = []
    names_of_missing = ("category_id", "category_name", "kind", "label")
    answer["missing_certificates"] = [dict(zip(names_of_missing, row[4:8], strict=True)) for row in missing]
    change = {
        "table": "goods_receipts", "key": {"id": receipt["id"], "school_id": work.school}, "kind": "insert",
        "new": receipt,
    }  # fmt: skip
    audit(work, work.school, at, "school:goods_receipts:record", [change])
    work.send("COMMIT")
    return answer


def _line(values: dict[str, Any], position: int, line: dict[str, Any], goods: Any, factors: Any) -> dict[str, Any]:
    item = goods[UUID(line["item_id"])]
    quantity = Decimal(line["quantity"])
    factor = Decimal(1) if line["unit"] == item[8] else factors[item[0], line["unit"]]
    return {
        "bureau_id": values["bureau"], "school_id": values["school"], "receipt_id": values["id"], "id": new_id(),
        "rejected_quantity": 0, "position": position, "item_id": item[0], "item_version": item[1], "item_code": item[2], "item_name": item[3],
        "specification": item[4], "storage": item[5], "category_id": item[6], "category_name": item[7],
        "quantity": quantity, "unit": line["unit"], "unit_factor": factor, "base_unit": item[8],
        "base_quantity": quantity * factor, "unit_price_fen": line["unit_price_fen"],
        "amount_fen": int(quantity * line["unit_price_fen"]), "batch_no": line["batch_no"],
        "production_date": date.fromisoformat(line["production_date"]),
        "expiry_date": date.fromisoformat(line["expiry_date"]), "temperature_celsius": None,
    }  # fmt: skip


def audit(work: Work, school: Any, at: datetime, action: str, changes: list[Any]) -> None:
    text = orjson.dumps(changes, default=str).decode()
    row = (work.bureau, new_id(), school, at, work.account, work.name, action, "floor", text)
    work.insert("audit_entries", AUDIT_IN, [row])


def rank(work: Work, plan_id: str) -> Any:
    values = {"bureau": work.bureau, "id": UUID(plan_id)}
    work.first(PLAN, values)
    if not work.rows():
        raise ValueError("no plan")
    work.send(RANKING, values)
    groups: dict[Any, list[Any]] = {}
    for row in work.rows():
        groups.setdefault((row[3], row[4]), []).append(row)
    work.send("ROLLBACK")
    items = []
    for key in sorted(groups):
        group = sorted(groups[key], key=lambda row: -row[5])
        place, last = 0, None
        for position, row in enumerate(group, start=1):
            if row[5] != last:
                place, last = position, row[5]
            items.append(
                {
                    "school_id": row[0], "school_name": row[1], "inspection_id": row[2], "stage": row[3],
                    "is_boarding": row[4], "score": row[5], "band": row[6], "verdict": row[7], "rank": place,
                    "of": len(group),
                }
            )  # fmt: skip
    return {"items": items}


def submit_inspection(work: Work, school_id: str, inspection_id: str) -> Any:
    return submit(work, int(school_id), UUID(inspection_id), work.body(), audit)


new_id: Callable[[], UUID] = uuid_utils.compat.uuid7


def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """/api/v1/… as the service has them."""
    path, method = environ["PATH_INFO"].split("/"), environ["REQUEST_METHOD"]
    status = "200 OK"
    match (method, *path[3:]):
        case ("GET", "goods-receipts"):
            parse_qs(environ["QUERY_STRING"])
            answer = list_receipts(Work(environ))
        case ("GET", "goods-receipts", receipt_id):
            answer = read_receipt(Work(environ), receipt_id)
        case ("PUT", "goods-receipts", receipt_id):
            answer, status = create_receipt(Work(environ), receipt_id), "201 Created"
        case ("PUT", "schools", school_id, "inspections", inspection_id, "submission"):
            answer = submit_inspection(Work(environ), school_id, inspection_id)
        case ("GET", "inspection-plans", plan_id, "ranking"):
            answer = rank(Work(environ), plan_id)
        case _:
            answer = {"status": "ok"}
    body = orjson.dumps(answer, default=str)
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
