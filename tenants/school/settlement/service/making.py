"""Statements come into being: for all suppliers of a month with one click, for one by id, or by the clock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.schools.service import get_school
from bureau.suppliers.service.finding import names_of
from kernel.actor import Actor, system_actor
from kernel.database import db, new_id
from kernel.database.scope import within
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from kernel.numbering.service import next_number
from kernel.web.dates import span_of_days, today
from school.settlement import rules
from school.settlement.invoice_models import PriceDifferenceNote, SettlementAdjustment
from school.settlement.models import SupplierStatement
from school.settlement.service import claims, months, telling
from school.settlement.service.figures import MAKE_DAY, due_month, figure
from school.settlement.service.finding import get_statement, hold_account, move, record
from school.supply.models import GoodsReceipt

NUMBER_KIND = "DZ"  # 对账


@dataclass(frozen=True, slots=True)
class Made:
    """`made`: now; `known`: suppliers of the month that had one already. `is_settled`: nothing is left to do."""

    made: list[SupplierStatement]
    known: int
    is_settled: bool


def make_all(actor: Actor, month: date) -> Made:
    """A draft for every supplier of the month that has none. A month without any is settled with it, once it is over."""
    school_id = actor.own_school_id()
    _check_month(month)
    months.held(actor, school_id, month)  # two clicks wait for each other here
    wanted = claims.of_month(actor, school_id, month)
    known = months.live_suppliers(actor, school_id, month)
    made = _make(actor, month, {one: wanted[one] for one in wanted.keys() - known.keys()})
    is_settled = month < rules.month_of(today()) and months.confirm_if_done(actor, school_id, month)
    return Made(made, len(known), is_settled)


def make_one(actor: Actor, statement_id: UUID, *, supplier_id: UUID, month: date) -> SupplierStatement:
    """Under the client's id; said twice it is the same one. Raises Invalid, NotFound, Conflict."""
    month = rules.month_of(month)
    _check_month(month)
    school_id = actor.own_school_id()
    months.held(actor, school_id, month)
    existing = db.session.get(SupplierStatement, (actor.bureau_id, school_id, statement_id))
    if existing is not None:
        if (existing.supplier_id, existing.month) == (supplier_id, month):
            return existing
        raise Conflict(_("同一编号的对账单已存在且内容不同。"), {"version": existing.version})
    if supplier_id not in names_of(actor, [supplier_id]):
        raise NotFound(_("没有这家供应商。"))
    if supplier_id in months.live_suppliers(actor, school_id, month):
        raise Conflict(_("这家供应商本月已有对账单。"))
    found = claims.of_month(actor, school_id, month, [supplier_id])
    if supplier_id not in found:
        raise Invalid({"supplier_id": [_("这家供应商本月没有可对账的收货。")]})
    return _make(actor, month, found, statement_id)[0]


def _check_month(month: date) -> None:
    if month > rules.month_of(today()):
        raise Invalid({"month": [_("这个月还没有开始。")]})


def _make(
    actor: Actor, month: date, found: dict[UUID, claims.Claims], statement_id: UUID | None = None
) -> list[SupplierStatement]:
    if not found:
        return []
    school_id = actor.own_school_id()
    names = names_of(actor, found)
    school_name = get_school(actor, school_id).name
    made: list[SupplierStatement] = []
    for supplier_id in sorted(found, key=lambda one: (names.get(one, ""), str(one))):
        statement = SupplierStatement(
            bureau_id=actor.bureau_id, school_id=school_id, id=statement_id or new_id(), month=month,
            number=next_number(db.session(), actor.bureau_id, school_id, NUMBER_KIND, month.year),
            supplier_id=supplier_id, supplier_name=names.get(supplier_id, ""), school_name=school_name,
            line_count=len(found[supplier_id].lines), amount_fen=found[supplier_id].amount_fen,
            created_by=actor.account_id, created_by_name=actor.display_name, state="draft", revision=0, digest="",
            is_sent=False,
        )  # fmt: skip
        db.session.add(statement)
        record(actor, statement, "make", before="")
        made.append(statement)
    flush(db.session(), {"uq_supplier_statements_live": Conflict(_("这家供应商本月已有对账单。"))})
    return made


def draft_for_carried(actor: Actor, statement: SupplierStatement) -> None:
    """What was found about a settled month must not hide in one that nobody looks at: the month over that it is carried to
    gets its draft, unless it has a statement."""
    of = [statement.supplier_id]
    home = claims.frozen_months(actor, statement.school_id, of).home(statement.supplier_id, statement.month)
    if home >= rules.month_of(today()):
        return
    months.held(actor, statement.school_id, home)
    if statement.supplier_id not in months.live_suppliers(actor, statement.school_id, home):
        _make(actor, home, claims.of_month(actor, statement.school_id, home, of))


def withdraw(actor: Actor, statement_id: UUID, seen_version: int | None, reason: str) -> SupplierStatement:
    """Before it is agreed: what it said is open again."""
    found = get_statement(actor, statement_id)
    hold_account(found.bureau_id, found.school_id, found.supplier_id)
    statement = get_statement(actor, statement_id, lock=True)
    require_version(statement, seen_version)
    move(actor, statement, "withdraw", reason=reason)
    flush(db.session())
    if statement.is_sent:
        title = _("对账单已撤销：%(number)s", number=statement.number)
        telling.tell_supplier(actor, statement, "supplier_statement_withdrawn", title, reason)
    return statement


def suppliers_without(actor: Actor, school_id: int, month: date) -> int:
    """How many suppliers that delivered in the month have no statement of it: counted, not built."""
    begin, end = span_of_days(month, rules.last_day(month))
    query = (
        select(GoodsReceipt.supplier_id)
        .where(
            GoodsReceipt.bureau_id == actor.bureau_id, GoodsReceipt.school_id == school_id,
            GoodsReceipt.state == "recorded", GoodsReceipt.supplier_id.is_not(None),
            GoodsReceipt.received_at >= begin, GoodsReceipt.received_at < end,
        )
        .distinct()
    )  # fmt: skip
    return len(set(db.session.scalars(query)) - months.live_suppliers(actor, school_id, month).keys())


# --- by the clock -----------------------------------------------------------------------------------------------------


def make_due(bureau_id: int) -> int:
    """Last month's statements of every school, from the bureau's day on; how many were made. Run again it makes what came
    since, and closes months whose last agreement met another."""
    month = due_month()
    if today().day < figure(system_actor(bureau_id), MAKE_DAY):
        return 0
    count = 0
    for school_id in _schools_with_claims(bureau_id, month):
        actor = months.school_actor(bureau_id, school_id)
        with within(db.session(), actor.scope):
            count += len(make_all(actor, month).made)
    return count


def _schools_with_claims(bureau_id: int, month: date) -> Collection[int]:
    begin, end = span_of_days(month, rules.last_day(month))
    received = select(GoodsReceipt.school_id).where(
        GoodsReceipt.bureau_id == bureau_id, GoodsReceipt.state == "recorded", GoodsReceipt.received_at >= begin,
        GoodsReceipt.received_at < end, GoodsReceipt.supplier_id.is_not(None),
    )  # fmt: skip
    queries: list[Any] = [received]
    for model in (PriceDifferenceNote, SettlementAdjustment):
        before = rules.previous_month(month)
        queries.append(select(model.school_id).where(model.bureau_id == bureau_id, model.month.between(before, month)))
    return sorted({school_id for query in queries for school_id in db.session.scalars(query.distinct())})
