"""A tender whose report was delivered, with three ranked bids per lot, made as rows: how they were opened and scored is
other packages' business."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import update

from bureau.bids.models import Bid
from bureau.evaluation.models import BidResult
from bureau.tendering.models import Tender, TenderLot
from bureau.tendering.service.moving import move
from kernel.actor import system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import Scope, use_scope
from tests.support import companies, tenders


@dataclass
class Ranked:
    """`bids[lot number]`: bid ids, best first; `suppliers`: their ids in the same order, for every lot alike."""

    made: tenders.Made
    suppliers: list[UUID]
    bids: dict[int, list[UUID]] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.made.id

    @property
    def lots(self) -> tuple[UUID, UUID]:
        return self.made.lots


def delivered(
    world: Any, place: str = "a", *, company: str = "", invalid: int = 1, deliver: bool = True, **given: Any
) -> Ranked:
    """Three valid bids in each lot, and `invalid` more that were not; in the state award_decision. The best is of
    `company` (default: the supplier of the same name as the place)."""
    made = tenders.ready(world, place, **{"is_framework": False, "framework_from": None, "framework_until": None,
                                          "winners_per_lot": 1, **given})  # fmt: skip
    officer = tenders.officer(world, place)
    session = db.session()
    at = now()
    session.execute(
        update(Tender)
        .where(Tender.bureau_id == made.bureau_id, Tender.id == made.id)
        .values(
            state="report",
            is_public=True,
            published_at=at - timedelta(days=40),
            bid_deadline=at - timedelta(days=5),
            opened_at=at - timedelta(days=5),
        )
    )
    session.execute(
        update(TenderLot)
        .where(TenderLot.bureau_id == made.bureau_id, TenderLot.tender_id == made.id)
        .values(is_public=True)
    )
    session.expire_all()
    own = world.supplier_id(company or place)
    suppliers = [own, *(companies.make(made.bureau_id).actor.own_supplier_id() for _more in range(2 + invalid))]
    companies.admit(made.bureau_id, suppliers, [made.stocked.grain, made.stocked.meat])
    found = Ranked(made, suppliers[:3])
    for number, lot_id in enumerate(made.lots, 1):
        bids = [_bid(made, lot_id, supplier_id) for supplier_id in suppliers]
        use_scope(session, officer.scope)
        for place_, bid_id in enumerate(bids):
            _result(made, lot_id, bid_id, suppliers[place_], place_ if place_ < 3 else None)
        found.bids[number] = bids
    session.flush()
    if deliver:
        move(officer, made.tender, "deliver_report")
    return found


def _bid(made: tenders.Made, lot_id: UUID, supplier_id: UUID) -> UUID:
    """Written in the supplier's own scope, which alone may, and disclosed by the clock's."""
    session = db.session()
    bid_id = new_id()
    use_scope(session, Scope("houqin_supplier", bureau_id=made.bureau_id, supplier_id=supplier_id))
    session.add(
        Bid(
            bureau_id=made.bureau_id, id=bid_id, tender_id=made.id, lot_id=lot_id, supplier_id=supplier_id,
            state="sealed", created_by=supplier_id,
        )
    )  # fmt: skip
    session.flush()
    use_scope(session, Scope("houqin_operator", bureau_id=made.bureau_id))
    session.execute(
        update(Bid).where(Bid.bureau_id == made.bureau_id, Bid.id == bid_id).values(is_disclosed=True),
        execution_options={"synchronize_session": False},
    )
    use_scope(session, system_actor(made.bureau_id).scope)
    session.expire_all()
    session.execute(update(Bid).where(Bid.bureau_id == made.bureau_id, Bid.id == bid_id).values(state="scored"))
    return bid_id


def _result(made: tenders.Made, lot_id: UUID, bid_id: UUID, supplier_id: UUID, place: int | None) -> None:
    is_discount = made.tender.price_form == "discount"
    price = 100_000_00 + (place or 0) * 1_000_00
    total = Decimal(90 - (place or 0) * 5)
    if place is None:
        db.session.execute(
            update(Bid)
            .where(Bid.bureau_id == made.bureau_id, Bid.id == bid_id)
            .values(state="disqualified", reason="许可证过期", reason_article="第四十四条")
        )
    db.session.add(
        BidResult(
            bureau_id=made.bureau_id, id=new_id(), tender_id=made.id, lot_id=lot_id, bid_id=bid_id,
            supplier_id=supplier_id, is_valid=place is not None, reason_code="" if place is not None else "disqualified",
            reason="" if place is not None else "许可证过期", article="" if place is not None else "第四十四条",
            bid_price_fen=None if is_discount or place is None else price,
            evaluated_price_fen=None if is_discount or place is None else price,
            discount=Decimal(12 - place) if is_discount and place is not None else None,
            price_points="40/1" if place is not None else None,
            price_points_shown=Decimal(40) if place is not None else None,
            total=f"{total}/1" if place is not None else None, total_shown=total if place is not None else None,
            place=None if place is None else place + 1, account={"total": {"exact": f"{total}/1", "shown": f"{total}.00"}}, computed_at=now(),
        )
    )  # fmt: skip
    db.session.flush()
