"""School a1 settles with the company a, a2 with its competitor, b1 with the other bureau's (see samples.orders)."""

from sqlalchemy import select

from kernel.database import clock_at, db, new_id
from kernel.database.scope import use_scope
from school.settlement.invoice_models import PriceDifferenceNote, SettlementAdjustment, SupplierInvoice
from school.settlement.models import SupplierStatement, SupplierStatementLine, SupplierStatementObjection
from school.settlement.service import adjusting
from tests.support import settlement as told
from tests.support.samples import Sample
from tests.support.samples.orders import COMPANY, _bureau, _market

BEFORE = told.rules.previous_month(told.MONTH)


def _newest(world, place, model):
    _bureau(world, place)
    query = select(model).where(
        model.bureau_id == world.bureaus[place[0]], model.school_id == world.schools[place],
        model.supplier_id == world.supplier_id(COMPANY[place]),
    )  # fmt: skip
    return db.session.scalars(query.order_by(model.id.desc()).limit(1)).first()


def _statement(world, place):
    """Sent, and disputed, so that an objection is there as well."""
    found = _newest(world, place, SupplierStatement)
    if found is None:
        of = _market(world, place)
        told.delivered(of, school=place)
        found = told.disputed(of, place)
        _bureau(world, place)
    return found


def _objection(world, place):
    _statement(world, place)
    return _newest(world, place, SupplierStatementObjection).id


def _adjustment(world, place):
    statement = _statement(world, place)
    found = _newest(world, place, SettlementAdjustment)
    if found is None:
        actor = world.actor("accountant", place)
        use_scope(db.session(), actor.scope)
        found = adjusting.adjust(actor, new_id(), statement_id=statement.id, amount_fen=-100, reason="演示更正")
        _bureau(world, place)
    return found.id


def _invoice(world, place):
    """Recorded by the company, of a later month than the disputed one."""
    found = _newest(world, place, SupplierInvoice)
    if found is None:
        _statement(world, place)
        of = _market(world, place)
        month = told.rules.next_month(told.MONTH)
        told.delivered(of, school=place, month=month, batch="L9")
        statement = told.agreed(of, place, month)
        found = told.invoice(of, statement, school=place, number=f"2531200000001234567{len(place)}")
        _bureau(world, place)
    return found.id


def _note(world, place):
    """As the clock would write it: what prices do is tested elsewhere."""
    statement = _statement(world, place)
    found = _newest(world, place, PriceDifferenceNote)
    if found is None:
        actor = world.actor("accountant", place)
        use_scope(db.session(), actor.scope)
        line = db.session.scalars(
            select(SupplierStatementLine).where(SupplierStatementLine.statement_id == statement.id).limit(1)
        ).one()
        assert line.supplier_id == statement.supplier_id
        with clock_at(told.settled_on()):
            found = PriceDifferenceNote(
                bureau_id=statement.bureau_id, school_id=statement.school_id, id=new_id(), statement_id=statement.id,
                supplier_id=statement.supplier_id, supplier_name=statement.supplier_name, number=f"CJ2026-{place}",
                month=statement.month, amount_fen=100, line_count=1, created_by=actor.account_id,
                created_by_name=actor.display_name,
            )  # fmt: skip
            db.session.add(found)
            db.session.flush()
        _bureau(world, place)
    return found.id


def _new(_world, _place):
    return new_id()


SAMPLES = {
    "supplier_statement_id": Sample(lambda world, place: _statement(world, place).id),
    "own_statement_id": Sample(lambda world, place: _statement(world, place).id, owner="supplier"),
    "objection_id": Sample(_objection),
    "adjustment_id": Sample(_adjustment),
    "supplier_invoice_id": Sample(_invoice),
    "own_invoice_id": Sample(_invoice, owner="supplier"),
    "difference_note_id": Sample(_note),
    "own_note_id": Sample(_note, owner="supplier"),
    "new_statement_id": Sample(_new, owner="none"),
    "new_adjustment_id": Sample(_new, owner="none"),
    "new_invoice_id": Sample(_new, owner="none"),
    "new_payment_id": Sample(_new, owner="none"),
}
