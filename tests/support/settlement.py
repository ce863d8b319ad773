"""Settlement for tests: deliveries of a month that is over, their statement, and every step of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from kernel.database import clock_at, db, new_id
from kernel.files.service import store
from kernel.web.dates import SHANGHAI, today
from school.settlement import rules
from school.settlement.invoice_models import SupplierInvoice
from school.settlement.models import SupplierStatement
from school.settlement.service import invoicing, making, paying, sending
from school.settlement.service.finding import get_statement
from school.supply.models import GoodsReceipt
from tests.support.deliveries import on_its_way, received
from tests.support.orders import Market
from tests.support.pictures import jpeg

# Months before the agreement's own price book begins have no prices: the tests play in the months after today.
MONTH = rules.month_of(today() + timedelta(days=40))


def settled_on(month: date = MONTH, day: int = 3) -> datetime:
    """In the following month."""
    return datetime.combine(rules.next_month(month).replace(day=day), time(10), SHANGHAI)


@contextmanager
def within_month(month: date = MONTH, day: int = 10) -> Iterator[None]:
    with clock_at(datetime.combine(month.replace(day=day), time(7), SHANGHAI)):
        yield


def delivered(
    of: Market, *changes: dict[str, Any], school: str = "a1", month: date = MONTH, day: int = 10, batch: str = "L1",
    **more: Any,
) -> GoodsReceipt:  # fmt: skip
    """520.00 of rice and 420.00 of pork, ordered the day before and received on a day of the month."""
    with within_month(month, day - 1):
        _order, shipment = on_its_way(of, school, batch=batch, **more)
    with within_month(month, day):
        return received(of, shipment, *changes, school=school)


def drafted(of: Market, school: str = "a1", month: date = MONTH) -> SupplierStatement:
    with clock_at(settled_on(month)):
        making.make_all(of.actor("accountant", school), month)
    return current(of, school, month)


def current(of: Market, school: str = "a1", month: date = MONTH) -> SupplierStatement:
    actor = of.actor("accountant", school)
    found = db.session.query(SupplierStatement).filter_by(
        bureau_id=actor.bureau_id, school_id=actor.school_id, supplier_id=of.agreement.supplier_id, month=month
    )
    return found.filter(SupplierStatement.state != "withdrawn").one()


def sent(of: Market, school: str = "a1", month: date = MONTH) -> SupplierStatement:
    statement = drafted(of, school, month)
    return resent(of, statement, school)


def resent(of: Market, statement: SupplierStatement, school: str = "a1") -> SupplierStatement:
    with clock_at(settled_on(statement.month)):
        return sending.send(of.actor("accountant", school), statement.id, statement.version)


def agreed(of: Market, school: str = "a1", month: date = MONTH) -> SupplierStatement:
    return agreeing(of, sent(of, school, month))


def agreeing(of: Market, statement: SupplierStatement) -> SupplierStatement:
    with clock_at(settled_on(statement.month, 5)):
        return sending.agree(of.supplier, statement.id, statement.version, statement.digest)


def disputed(of: Market, school: str = "a1", month: date = MONTH) -> SupplierStatement:
    statement = sent(of, school, month)
    with clock_at(settled_on(month, 5)):
        return sending.dispute(of.supplier, statement.id, statement.version, statement.digest, [(None, "少算一车")])


def invoice(
    of: Market, *statements: SupplierStatement, by: str = "supplier", amount_fen: int | None = None,
    number: str = "25312000000012345678", invoice_id: UUID | None = None, school: str = "a1",
    parts: dict[UUID, int | None] | None = None, **changes: Any,
) -> SupplierInvoice:  # fmt: skip
    """Over what the statements are, 9 % of it tax."""
    total = sum(one.amount_fen for one in statements) if amount_fen is None else amount_fen
    actor = of.supplier if by == "supplier" else of.actor("accountant", school)
    scan = store(actor, jpeg(f"发票{number}"), name="发票.jpg", purpose=invoicing.PURPOSE)
    values = {
        "number": number, "code": "", "issued_on": rules.next_month(statements[0].month).replace(day=6),
        "amount_fen": total, "tax_fen": total * 9 // 109, "attachment_id": scan.id, **changes,
    }  # fmt: skip
    with clock_at(settled_on(statements[0].month, 6)):
        return invoicing.record_invoice(
            actor, invoice_id or new_id(), matches=parts or dict.fromkeys([one.id for one in statements]), **values
        )


def invoiced(of: Market, school: str = "a1", month: date = MONTH, **changes: Any) -> SupplierStatement:
    statement = agreed(of, school, month)
    invoice(of, statement, by="school", school=school, **changes)
    return again(of, statement, school)


def approved(of: Market, school: str = "a1", month: date = MONTH, **changes: Any) -> SupplierStatement:
    statement = invoiced(of, school, month, **changes)
    with clock_at(settled_on(month, 7)):
        return paying.approve(of.actor("principal", school), statement.id, statement.version)


def paid(of: Market, school: str = "a1", month: date = MONTH, **changes: Any) -> SupplierStatement:
    statement = approved(of, school, month, **changes)
    with clock_at(settled_on(month, 8)):
        paying.record_payment(
            of.actor("cashier", school), statement.id, new_id(), statement.version, reference="演示回单 1",
            paid_on=rules.next_month(month).replace(day=8), amount_fen=statement.amount_fen,
        )  # fmt: skip
    return again(of, statement, school)


def again(of: Market, statement: SupplierStatement, school: str = "a1") -> SupplierStatement:
    """As stored, whoever changed it."""
    statement_id = statement.id
    db.session.expire_all()
    return get_statement(of.actor("accountant", school), statement_id)
