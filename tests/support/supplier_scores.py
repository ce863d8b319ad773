"""Deliveries for scores: ordered the day before for seven in the morning, brought and taken over on the day."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from kernel.actor import Actor
from kernel.database import clock_at, db, new_id
from kernel.database.scope import use_scope
from kernel.policy.models import FigureOverride
from kernel.policy.rules import value_to_json
from kernel.web.dates import SHANGHAI, today
from school.orders.models import SupplyOrder
from school.orders.service import receiving
from school.orders.service.finding import get_order
from school.supplier_scores.models import SupplierFact, SupplierFactRun, SupplierScorePublication
from school.supplier_scores.service import gathering, publishing
from school.supply.models import GoodsReceipt
from tests.support.deliveries import papers, received
from tests.support.orders import Market, confirmed, shipped


def at(days: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(today() + timedelta(days=days), time(hour, minute), SHANGHAI)


def ordered(of: Market, days: int, school: str = "a1", make: Any = confirmed, **changes: Any) -> SupplyOrder:
    """To be delivered so many days from today, from six to half past seven."""
    with clock_at(at(days - 1)):
        order: SupplyOrder = make(of, school, deliver_from=time(6), deliver_until=time(7, 30), **changes)
        return order


def delivered(
    of: Market, days: int, *changes: dict[str, Any], school: str = "a1", hour: int = 7, minute: int = 0,
    quantities: tuple[str, ...] = (), batch: str = "", **order: Any,
) -> tuple[SupplyOrder, GoodsReceipt]:  # fmt: skip
    batch = batch or f"L{days}-{school}-{new_id().hex[-6:]}"
    made = ordered(of, days, school, **order)
    with clock_at(at(days, 5)):
        papers(of, batch)
        shipment = shipped(of, made, *quantities, batch=batch)
    with clock_at(at(days, hour, minute)):
        return made, received(of, shipment, *changes, school=school)


def closed(of: Market, order: SupplyOrder, days: int, school: str = "a1") -> SupplyOrder:
    with clock_at(at(days, 15)):
        cook = of.cook(school)
        return receiving.close(cook, order.id, get_order(cook, order.id).version)


def officer_of(of: Market) -> Actor:
    return of.actor("procurement_officer", of.place[0])


def gathered(of: Market, days: int) -> SupplierFactRun:
    with clock_at(at(days, 20)):
        return gathering.gather(officer_of(of))


def published(of: Market, days: int) -> SupplierScorePublication:
    gathered(of, days)
    with clock_at(at(days, 20)):
        return publishing.publish(officer_of(of), new_id(), today())


def facts(of: Market, criterion: str = "") -> list[SupplierFact]:
    """Those that count now, of the market's company."""
    use_scope(db.session(), officer_of(of).scope)
    query = db.select(SupplierFact).where(
        SupplierFact.supplier_id == of.agreement.supplier_id, SupplierFact.until_run.is_(None),
        SupplierFact.struck_run.is_(None),
    )  # fmt: skip
    if criterion:
        query = query.where(SupplierFact.criterion == criterion)
    query = query.order_by(SupplierFact.day, SupplierFact.criterion, SupplierFact.code)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def outcomes(of: Market, criterion: str = "") -> list[str]:
    return [fact.code for fact in facts(of, criterion)]


def allow(of: Market, **figures: int) -> None:
    """The bureau sets figures, e.g. least_deliveries=1."""
    officer = of.actor("bureau_admin", of.place[0])
    for name, value in figures.items():
        db.session.add(
            FigureOverride(
                bureau_id=officer.bureau_id, id=new_id(), key=f"supplier.score.{name}", value=value_to_json(Decimal(value)),
                valid_from=date(2020, 1, 1), citation="演示", created_by=officer.account_id,
            )
        )  # fmt: skip
    db.session.flush()
