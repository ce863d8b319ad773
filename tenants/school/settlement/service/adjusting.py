"""What enters a statement without being a receipt: corrections by hand, and notes of prices that came to be known late."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.agreements.service import pricing
from bureau.agreements.service.pricing import DifferenceLine, Pin, SettledLine
from kernel.actor import Actor, system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import within
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from kernel.numbering.service import next_number
from kernel.web.dates import today
from school.orders.service.finding import own
from school.settlement import rules
from school.settlement.invoice_models import PriceDifferenceLine, PriceDifferenceNote, SettlementAdjustment
from school.settlement.models import SupplierStatement, SupplierStatementLine
from school.settlement.service import claims, making, months, telling
from school.settlement.service.figures import DIFFERENCE_DAYS, figure
from school.settlement.service.finding import get_statement, hold_account, lines_of, record

NOTE_KIND = "CJ"  # 差价


# --- corrections by hand ----------------------------------------------------------------------------------------------


def adjust(
    actor: Actor, adjustment_id: UUID, *, statement_id: UUID, amount_fen: int, reason: str,
    line_id: UUID | None = None,
) -> SettlementAdjustment:  # fmt: skip
    """Of a statement's line or of it as a whole. It enters that statement while it is a draft or disputed, else the next of
    the supplier. Said twice it is the same one."""
    statement = get_statement(actor, statement_id)
    actor.own_school_id()
    line = None
    if line_id is not None:
        query = select(SupplierStatementLine).where(
            SupplierStatementLine.bureau_id == statement.bureau_id,
            SupplierStatementLine.school_id == statement.school_id,
            SupplierStatementLine.statement_id == statement.id, SupplierStatementLine.id == line_id,
        )  # fmt: skip
        line = db.session.scalars(query).one_or_none()
        if line is None:
            raise Invalid({"line_id": [_("没有这一行。")]})
    values: dict[str, Any] = {
        "supplier_id": statement.supplier_id, "month": statement.month, "line_id": line_id,
        "name": line.name if line is not None else statement.number, "amount_fen": amount_fen, "reason": reason,
    }  # fmt: skip
    existing = db.session.get(SettlementAdjustment, (actor.bureau_id, actor.own_school_id(), adjustment_id))
    if existing is not None:
        if any(getattr(existing, name) != value for name, value in values.items()):
            raise Conflict(_("同一编号的更正已存在且内容不同。"), {"version": existing.version})
        return existing
    if not amount_fen:
        raise Invalid({"amount": [_("更正金额不能为零。")]})
    made = SettlementAdjustment(
        bureau_id=statement.bureau_id, school_id=statement.school_id, id=adjustment_id, created_by=actor.account_id,
        created_by_name=actor.display_name, **values,
    )  # fmt: skip
    db.session.add(made)
    flush(db.session(), {"pk_settlement_adjustments": Conflict(_("同一编号的更正已存在且内容不同。"))})
    making.draft_for_carried(actor, statement)
    return made


def withdraw_adjustment(actor: Actor, adjustment_id: UUID, seen_version: int | None) -> SettlementAdjustment:
    """While no standing statement says it. Raises Conflict."""
    query = select(SettlementAdjustment).where(
        SettlementAdjustment.bureau_id == actor.bureau_id, SettlementAdjustment.school_id == actor.own_school_id(),
        SettlementAdjustment.id == adjustment_id,
    )  # fmt: skip
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_("没有这条更正。"))
    hold_account(found.bureau_id, found.school_id, found.supplier_id)
    db.session.refresh(found, with_for_update=True)
    require_version(found, seen_version)
    if found.withdrawn_at is not None or _is_stated(found):
        raise Conflict(_("这条更正已撤回或已列入发出的对账单。"), {"version": found.version})
    found.withdrawn_at, found.withdrawn_by = now(), actor.account_id
    flush(db.session())
    return found


def _is_stated(found: SettlementAdjustment) -> bool:
    query = (
        select(SupplierStatementLine.id)
        .join(SupplierStatement, claims.standing())
        .where(
            SupplierStatementLine.bureau_id == found.bureau_id, SupplierStatementLine.school_id == found.school_id,
            SupplierStatementLine.kind == "adjustment", SupplierStatementLine.source_id == found.id,
        )
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None


def open_adjustments(actor: Actor, statement: SupplierStatement) -> list[SettlementAdjustment]:
    """Of this month and supplier, withdrawn ones left out."""
    query = select(SettlementAdjustment).where(
        SettlementAdjustment.bureau_id == statement.bureau_id, SettlementAdjustment.school_id == statement.school_id,
        SettlementAdjustment.supplier_id == statement.supplier_id, SettlementAdjustment.month == statement.month,
        SettlementAdjustment.withdrawn_at.is_(None),
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(SettlementAdjustment.id)))


# --- prices that came late --------------------------------------------------------------------------------------------


def note_differences(actor: Actor, statement_id: UUID) -> PriceDifferenceNote | None:
    """A note over the lines of an agreed statement whose day's price is another by now; None where none is. It enters the
    supplier's next statement. Clicked again it finds nothing new: the newest note's pins count as settled."""
    found = get_statement(actor, statement_id)
    hold_account(found.bureau_id, found.school_id, found.supplier_id)
    statement = get_statement(actor, statement_id, lock=True)
    if statement.state not in rules.AGREED:
        raise Conflict(_("只有供应商已确认的对账单才能生成差价单。"), {"version": statement.version})
    lines = {line.receipt_line_id: line for line in lines_of(statement) if line.kind == "receipt" and line.quantity}
    pins = _pins(statement, lines)
    asked: list[SettledLine] = []
    of: dict[int, SupplierStatementLine] = {}
    for key, line in lines.items():
        if key in pins and line.quantity is not None and line.price_on is not None:
            asked.append(SettledLine(pins[key], line.quantity, statement.school_id, line.price_on))
            of[id(asked[-1])] = line
    differing = pricing.difference_note(statement.bureau_id, asked) if asked else []
    if not differing:
        return None
    note = PriceDifferenceNote(
        bureau_id=statement.bureau_id, school_id=statement.school_id, id=new_id(), statement_id=statement.id,
        supplier_id=statement.supplier_id, supplier_name=statement.supplier_name, month=statement.month,
        number=next_number(db.session(), statement.bureau_id, statement.school_id, NOTE_KIND, today().year),
        amount_fen=sum(one.difference_fen for one in differing), line_count=len(differing),
        created_by=actor.account_id, created_by_name=actor.display_name,
    )  # fmt: skip
    db.session.add(note)
    flush(db.session())
    for one in differing:
        db.session.add(_line(note, of[id(one.line)], one))
    record(actor, statement, "note", details={"number": note.number, "amount_fen": note.amount_fen})
    flush(db.session())
    title = _("差价单 %(number)s：%(statement)s", number=note.number, statement=statement.number)
    telling.tell_supplier(actor, statement, "price_difference_note", title)
    making.draft_for_carried(actor, statement)
    return note


def _pins(statement: SupplierStatement, lines: dict[Any, SupplierStatementLine]) -> dict[Any, Pin]:
    """As stated, or as the newest note set it since."""
    pins = {}
    for key, line in lines.items():
        if line.agreement_item_id is not None:
            pins[key] = Pin(line.agreement_item_id, line.book_id, line.term_id)
    query = (
        select(PriceDifferenceLine)
        .where(
            PriceDifferenceLine.bureau_id == statement.bureau_id,
            PriceDifferenceLine.school_id == statement.school_id, PriceDifferenceLine.receipt_line_id.in_(lines),
        )
        .order_by(PriceDifferenceLine.id)
    )  # fmt: skip
    for row in db.session.scalars(query):
        pins[row.receipt_line_id] = Pin(row.agreement_item_id, row.new_book_id, row.new_term_id)
    return pins


def _line(note: PriceDifferenceNote, line: SupplierStatementLine, one: DifferenceLine) -> PriceDifferenceLine:
    assert line.quantity is not None
    assert line.receipt_line_id is not None
    return PriceDifferenceLine(
        bureau_id=note.bureau_id, school_id=note.school_id, id=new_id(), note_id=note.id, supplier_id=note.supplier_id,
        line_id=line.id, receipt_line_id=line.receipt_line_id, name=line.name, unit=line.unit, on_day=one.line.on,
        quantity=line.quantity, agreement_item_id=one.pin.agreement_item_id,
        old_price_fen=pricing.recompute(note.bureau_id, [one.line])[0].price_fen, old_book_id=one.line.pin.book_id,
        old_term_id=one.line.pin.term_id, new_price_fen=one.price.fen, new_book_id=one.pin.book_id,
        new_term_id=one.pin.term_id, new_book_number=one.price.book.book_number if one.price.book else "",
        settled_fen=one.settled_fen, due_fen=one.due_fen,
    )  # fmt: skip


def notes_of(statement: SupplierStatement) -> list[PriceDifferenceNote]:
    query = select(PriceDifferenceNote).where(
        PriceDifferenceNote.bureau_id == statement.bureau_id, PriceDifferenceNote.school_id == statement.school_id,
        PriceDifferenceNote.statement_id == statement.id,
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(PriceDifferenceNote.id)))


def get_note(actor: Actor, note_id: UUID) -> tuple[PriceDifferenceNote, Sequence[PriceDifferenceLine]]:
    """Raises NotFound."""
    query = own(actor, select(PriceDifferenceNote).where(PriceDifferenceNote.id == note_id), PriceDifferenceNote)
    note: PriceDifferenceNote | None = db.session.scalar(query)
    if note is None:
        raise NotFound(_("没有这张差价单。"))
    lines = select(PriceDifferenceLine).where(
        PriceDifferenceLine.bureau_id == note.bureau_id, PriceDifferenceLine.school_id == note.school_id,
        PriceDifferenceLine.note_id == note.id,
    )  # fmt: skip
    return note, db.session.scalars(lines.order_by(PriceDifferenceLine.id)).all()


def note_due(bureau_id: int) -> int:
    """By the clock: every school's statements that were agreed lately and have a price of a book in them."""
    system = system_actor(bureau_id)
    since = today() - timedelta(days=figure(system, DIFFERENCE_DAYS))
    count = 0
    for school_id, statement_id in _agreed_since(bureau_id, since):
        actor = months.school_actor(bureau_id, school_id)
        with within(db.session(), actor.scope):
            count += note_differences(actor, statement_id) is not None
    return count


def _agreed_since(bureau_id: int, since: date) -> Sequence[Any]:
    has_book = (
        select(SupplierStatementLine.id)
        .where(
            SupplierStatementLine.bureau_id == SupplierStatement.bureau_id,
            SupplierStatementLine.school_id == SupplierStatement.school_id,
            SupplierStatementLine.statement_id == SupplierStatement.id, SupplierStatementLine.book_id.is_not(None),
        )
        .exists()
    )  # fmt: skip
    query = select(SupplierStatement.school_id, SupplierStatement.id).where(
        SupplierStatement.bureau_id == bureau_id, SupplierStatement.month >= rules.month_of(since - timedelta(days=31)),
        SupplierStatement.state.in_(rules.AGREED), SupplierStatement.agreed_at >= since, has_book,
    )  # fmt: skip
    return db.session.execute(query.order_by(SupplierStatement.school_id, SupplierStatement.id)).all()
