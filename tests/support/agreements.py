"""Agreements for tests: two lots of one supplier, a price book, the people who make, approve and order."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from bureau.agreements.models import Agreement, AgreementItem, AgreementLot
from bureau.agreements.rules import AgreementTerms, ItemTerms, LotTerms
from bureau.agreements.service import making, signing
from bureau.agreements.service.finding import items_of, lots_of
from bureau.prices.models import PriceBook, PriceBookLine, PriceSurvey
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from kernel.web.dates import today
from tests.support.catalogue import Stocked
from tests.support.pictures import jpeg


def book(
    actor: Actor, prices: dict[UUID, int], begins_on: date, *, number: str = "", series: str = "general"
) -> PriceBook:
    """A book in force from a day on, prices in fen per kg. Written as rows: no service makes a book of the past."""
    number = number or f"JG-{new_id()}"
    survey = PriceSurvey(
        bureau_id=actor.bureau_id, id=new_id(), number=f"XJ-{new_id()}", title="演示询价", series=series, cycle="weekly",
        first_day=begins_on - timedelta(days=9), last_day=begins_on - timedelta(days=8), method="average",
        cutoff=Decimal("3.5"), least_sources=3, key="test", created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(survey)
    db.session.flush()
    made = PriceBook(
        bureau_id=actor.bureau_id, id=new_id(), number=number, title=f"演示价格册 {number}", series=series,
        survey_id=survey.id, state="superseded", is_public=True, surveyed_by=actor.account_id, threshold_percent=Decimal(10),
        publicised_at=now(), publicised_by=new_id(), publicity_from=begins_on - timedelta(days=7),
        publicity_until=begins_on - timedelta(days=1), effective_from=begins_on, begins_on=begins_on, digest="演示",
        created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    for position, (item_id, price) in enumerate(prices.items(), 1):
        from bureau.catalogue.models import CatalogueItem

        item = db.session.get(CatalogueItem, (actor.bureau_id, item_id))
        db.session.add(
            PriceBookLine(
                bureau_id=actor.bureau_id, id=new_id(), book_id=made.id, item_id=item_id, item_version=1,
                position=position, code=item.code, name=item.name, specification="", category_id=item.category_id,
                category_name="演示", unit=item.base_unit, price_fen=price, exact=Decimal(price), basis="survey",
                method="average", source_count=3, report_count=3, outlier_count=0, excluded_count=0,
                sources=[{"id": "1", "name": "演示市场", "kind": "supermarket", "price": f"{price / 100:.2f}"}],
                is_triggered=False, is_public=True,
            )
        )  # fmt: skip
    db.session.flush()
    return made


def rice(stocked: Stocked, **values: Any) -> ItemTerms:
    return ItemTerms(
        **{"item_id": stocked.rice, "name": "粳米", "unit": "kg", "price_fen": 520, "quantity": Decimal(1000), **values}
    )


def pork(stocked: Stocked, **values: Any) -> ItemTerms:
    return ItemTerms(**{"item_id": stocked.pork, "name": "猪前腿肉", "unit": "kg", "quantity": Decimal(500), **values})


def fixed_lot(stocked: Stocked, **values: Any) -> LotTerms:
    items = values.pop("items", None) or [rice(stocked)]
    return LotTerms(
        **{
            "number": 1,
            "title": "演示粮油标包",
            "price_rule": "fixed",
            "category_id": stocked.grain,
            "items": items,
            **values,
        }
    )


def discount_lot(stocked: Stocked, **values: Any) -> LotTerms:
    items = values.pop("items", None) or [pork(stocked)]
    return LotTerms(
        **{
            "number": 2, "title": "演示肉类标包", "price_rule": "discount", "discount": Decimal("12.5"),
            "category_id": stocked.meat, "items": items, **values,
        }
    )  # fmt: skip


def terms(supplier_id: UUID, *lots: LotTerms, **values: Any) -> AgreementTerms:
    return AgreementTerms(
        **{
            "supplier_id": supplier_id, "title": "演示食材框架协议", "first_day": today() - timedelta(days=60),
            "last_day": today() + timedelta(days=300), "lots": list(lots), **values,
        }
    )  # fmt: skip


@dataclass(slots=True)
class Made:
    agreement: Agreement
    lots: list[AgreementLot]
    items: list[AgreementItem]

    def item(self, item_id: UUID) -> AgreementItem:
        return next(one for one in self.items if one.item_id == item_id)


def pending(officer: Actor, awarded: AgreementTerms, **values: Any) -> Agreement:
    use_scope(db.session(), officer.scope)
    return making.create(officer, awarded, **{"notice_on": today() - timedelta(days=70), **values})


def signed(officer: Actor, awarded: AgreementTerms, **values: Any) -> Made:
    """Both scans uploaded by the bureau, signed at the first possible day."""
    agreement = pending(officer, awarded, **values)
    scan(officer, agreement)
    day = agreement.notice_on or today()
    signing.sign(officer, agreement.id, agreement.version, supplier_signed_on=day, bureau_signed_on=day)
    lots = lots_of(officer, [agreement.id])
    return Made(agreement, lots, items_of(officer, [lot.id for lot in lots]))


def scan(officer: Actor, agreement: Agreement, *sides: str) -> None:
    for side in sides or ("bureau", "supplier"):
        signing.add_document(officer, agreement.id, new_id(), jpeg(side), f"{side}.jpg", kind="signed", side=side)


def both(world: Any, stocked: Stocked, place: str = "a", **values: Any) -> AgreementTerms:
    """A fixed and a discount lot for the company at a place of the world."""
    return replace(terms(world.supplier_id(place), fixed_lot(stocked), discount_lot(stocked)), **values)
