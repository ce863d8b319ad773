"""What a receipt brings about besides itself, as the floor sends it: warned and recalled lots asked for, the stock ledger
posted, the duty of receiving fulfilled. Every statement once, as psycopg2 sends it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import uuid_utils.compat

from kernel.database.scope import Scope

OWN = "bureau_id = %(bureau)s AND school_id = %(school)s"
WARNED = (
    "SELECT item_id, batch_no, supplier_id, supplier_name FROM lot_warnings WHERE bureau_id = %(bureau)s"
    " AND lifted_at IS NULL AND (item_id, batch_no) IN %(lots)s"
)
RECALLED = (
    "SELECT lots FROM recalls WHERE bureau_id = %(bureau)s AND state IN ('active', 'closed') AND is_drill IS false"
)
GOODS = f"SELECT id, item_id, location_id, base_unit FROM store_goods WHERE {OWN} AND item_id IN %(items)s"
PLACES = f"SELECT id, kind FROM store_locations WHERE {OWN} ORDER BY code"
MONTH = f"SELECT state FROM store_months WHERE {OWN} AND month = %(month)s FOR SHARE"
STOCKS = f"SELECT id, quantity, amount_fen, last_seq FROM store_stocks WHERE {OWN} AND id IN %(goods)s ORDER BY id FOR UPDATE"
NUMBER = (
    "INSERT INTO document_counters (bureau_id, school_id, kind, year, last) VALUES (%(bureau)s, %(school)s, 'RK',"
    " %(year)s, 1) ON CONFLICT (bureau_id, school_id, kind, year) DO UPDATE SET last = document_counters.last + 1"
    " RETURNING last"
)
DOCUMENT_IN = (
    "bureau_id", "school_id", "id", "number", "kind", "on_day", "posted_at", "posted_by", "posted_by_name",
    "second_by_name", "source_kind", "source_id", "taker_name", "department", "reason", "line_count", "amount_fen",
    "content_digest",
)  # fmt: skip
BATCH_IN = (
    "bureau_id", "school_id", "id", "good_id", "item_id", "batch_no", "production_date", "expiry_date", "received_on",
    "supplier_name", "source_kind", "source_id", "cost_quantity", "cost_fen", "is_costed", "state", "created_at",
    "created_by",
)  # fmt: skip
MOVE_IN = (
    "bureau_id", "school_id", "id", "document_id", "position", "good_id", "seq", "batch_id", "from_location_id",
    "to_location_id", "quantity", "amount_fen", "quantity_after", "amount_after_fen",
)  # fmt: skip
BALANCE_IN = (
    "bureau_id", "school_id", "id", "location_id", "batch_id", "good_id", "expiry_date", "quantity", "amount_fen",
    "is_live",
)  # fmt: skip
STOCK_IN = ("bureau_id", "school_id", "id", "quantity", "amount_fen", "last_seq")
STOCK_ON = (
    " ON CONFLICT (bureau_id, school_id, id) DO UPDATE SET quantity = excluded.quantity,"
    " amount_fen = excluded.amount_fen, last_seq = excluded.last_seq"
)
DUTY = "kind = 'receiving' AND meal = '' AND last_day >= %(day)s AND first_day <= %(day)s"
DUE = f"SELECT fulfilled_at IS NOT NULL FROM duties WHERE {OWN} AND {DUTY} ORDER BY id FOR UPDATE"
MARK_IN = ("bureau_id", "school_id", "id", "kind", "on_day", "meal", "record_kind", "record_id", "at", "by")
MARK_ON = " ON CONFLICT ON CONSTRAINT uq_duty_marks_of DO NOTHING"
DONE = (
    "UPDATE duties SET fulfilled_at = %(at)s, fulfilled_by = %(by)s, record_kind = 'goods_receipt', record_id = %(id)s"
    f" WHERE {OWN} AND {DUTY} AND fulfilled_at IS NULL"
)


def ask_for_warnings(work: Any, values: dict[str, Any], lines: list[dict[str, Any]], scoped: bool) -> None:
    lots = tuple((UUID(line["item_id"]), line["batch_no"]) for line in lines)
    work.send(WARNED, {**values, "lots": lots})
    if work.rows():
        raise ValueError("a warned lot")
    before = Scope("houqin_bureau", work.bureau).statements() + "; " if scoped else ""
    work.send(before + RECALLED, values)
    if work.rows():
        raise ValueError("a recall")
    if scoped:
        work.send(Scope("houqin_school", work.bureau, work.school).statements())


def post(work: Any, receipt: dict[str, Any], lines: list[dict[str, Any]], at: datetime) -> None:
    day: date = receipt["received_on"]
    key = (work.bureau, work.school)
    values = {
        "bureau": work.bureau, "school": work.school, "items": tuple(line["item_id"] for line in lines), "day": day,
        "month": day.replace(day=1), "year": day.year, "at": at, "by": work.account, "id": receipt["id"],
    }  # fmt: skip
    work.send(GOODS, values)
    goods = {row[1]: row for row in work.rows()}
    work.send(PLACES, values)
    supplier = next(place for place, kind in work.rows() if kind == "supplier")
    work.send(MONTH, values)
    if ("closed",) in work.rows():
        raise ValueError("a closed month")
    work.send(STOCKS, {**values, "goods": tuple(row[0] for row in goods.values())})
    stocks = {row[0]: row[1:] for row in work.rows()}
    work.send(NUMBER, values)
    number = f"RK{day.year}-{work.rows()[0][0]:06d}"
    document = new_id()
    row = (
        *key, document, number, "receipt", day, at, work.account, work.name, "", "goods_receipt", receipt["id"], "", "",
        "", len(lines), receipt["amount_fen"], receipt["content_digest"],
    )  # fmt: skip
    work.insert("store_documents", DOCUMENT_IN, [row])
    batches, moves, balances, changed = [], [], [], []
    for position, line in enumerate(lines):
        good, _item, place, _unit = goods[line["item_id"]]
        quantity: Decimal = line["base_quantity"]
        fen, batch = line["amount_fen"], new_id()
        lies, worth, last = stocks[good]
        batches.append(
            (*key, batch, good, line["item_id"], line["batch_no"], line["production_date"], line["expiry_date"], day,
             receipt["supplier_name"], "receipt_line", line["id"], quantity, fen, True, "free", at, work.account)
        )  # fmt: skip
        moves.append(
            (*key, new_id(), document, position, good, last + 1, batch, supplier, place, quantity, fen, lies + quantity,
             worth + fen)
        )  # fmt: skip
        balances.append((*key, new_id(), place, batch, good, line["expiry_date"], quantity, fen, True))
        changed.append((*key, good, lies + quantity, worth + fen, last + 1))
    work.insert("store_batches", BATCH_IN, batches)
    work.insert("store_moves", MOVE_IN, moves)
    work.insert("store_balances", BALANCE_IN, balances)
    work.insert("store_stocks", STOCK_IN, changed, STOCK_ON)
    work.send(DUE, values)
    work.rows()
    mark = (*key, new_id(), "receiving", day, "", "goods_receipt", receipt["id"], at, work.account)
    work.insert("duty_marks", MARK_IN, [mark], MARK_ON)
    work.send(DONE, values)


new_id = uuid_utils.compat.uuid7
