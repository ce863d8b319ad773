"""The draft that waits for review has its weights tried on a table of invented bids: one criterion tells nobody apart."""

from fractions import Fraction

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from bureau.demo import MARK
from bureau.demo.context import DemoContext
from bureau.roles import Role
from bureau.simulation import service
from bureau.simulation.rules import TriedBid
from bureau.tendering.models import Tender
from bureau.tendering.service import reading as tenders
from kernel.database import db, new_id
from kernel.database.scope import use_scope

# Price in fen and the shares of the points reached, criterion after criterion.
BIDS = ((98_500_000, (9, 10, 7)), (92_300_000, (8, 10, 8)), (101_200_000, (10, 10, 9)), (95_800_000, (7, 10, 6)))


def demo(app: Flask, demo: DemoContext) -> None:
    officer = demo.officer("bureau-procurement", Role.PROCUREMENT_OFFICER)
    use_scope(db.session(), officer.scope)
    waiting = select(Tender).where(
        Tender.bureau_id == demo.bureau_id, Tender.state == "review", Tender.award_method == "comprehensive"
    )
    with force_locale("zh_CN"):
        for tender in db.session.scalars(waiting.order_by(Tender.id)).all():
            lots = tenders.lots_of(officer, tender.id)
            lot_id = lots[0].id if lots else None
            scored = [row for row in service.factors_of(officer, tender, lot_id) if row.part != "price"]
            if (
                tender.price_form != "fixed"
                or sum(row.points for row in service.factors_of(officer, tender, lot_id)) != 100
            ):
                continue
            bids = [
                TriedBid(
                    str(number), f"{MARK}投标人{number}", Fraction(price),
                    {str(row.id): Fraction(parts[place % 3], 10) for place, row in enumerate(scored)},
                )
                for number, (price, parts) in enumerate(BIDS, 1)
            ]  # fmt: skip
            service.run(
                officer, tender.id, new_id(), lot_id=lot_id, points={}, bids=bids, source_lot_id=None,
                source_title=f"{MARK}：上年投标表",
            )  # fmt: skip
    db.session.commit()
