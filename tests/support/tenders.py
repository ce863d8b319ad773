"""Tenders for tests, made through the services. Every function switches the session into the bureau's scope.

`ready(world)` a draft that every rule passes (rice and pork in two lots, comprehensive, five weeks of bids); `published`
the same after review by another officer; `at_deadline` the clock moved past its deadline and run once.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from bureau.roles import Role
from bureau.tendering.models import Tender
from bureau.tendering.service import clock, criteria, documents, drafting, report, reviewing
from kernel.actor import Actor, system_actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from tests.support.catalogue import Stocked, stock

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\nxref\n0 1\ntrailer<</Size 1>>\nstartxref\n9\n%%EOF\n"
CRITERIA = (
    {"part": "qualification", "code": "Q1", "title": "食品经营许可", "description": "持有有效的食品经营许可证"},
    {"part": "conformity", "code": "C1", "title": "投标有效期", "description": "不少于 90 天"},
    {"part": "technical", "code": "T1", "title": "配送方案", "points": "30", "scale": "judged"},
    {"part": "technical", "code": "T2", "title": "检测能力", "points": "20", "scale": "levels", "is_objective": True,
     "levels": [{"label": "每批自检", "points": "20"}, {"label": "每周抽检", "points": "10"}]},
    {"part": "commercial", "code": "B1", "title": "售后响应", "points": "10", "scale": "judged"},
    {"part": "price", "code": "P1", "title": "投标报价", "points": "40", "description": "最低评审价÷评审价×100"},
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """A tender of the test world. `lots`: rice, then pork."""

    id: UUID
    bureau_id: int
    lots: tuple[UUID, UUID]
    stocked: Stocked

    @property
    def tender(self) -> Tender:
        """As it now stands, whatever the session remembers."""
        found = db.session.get(Tender, (self.bureau_id, self.id), populate_existing=True)
        assert found is not None
        return found


def officer(world: Any, place: str = "a") -> Actor:
    """Who drafts."""
    actor = world.actor(Role.PROCUREMENT_OFFICER, place)
    use_scope(db.session(), actor.scope)
    return actor


def reviewer(world: Any, place: str = "a") -> Actor:
    """Who reviews and publishes: another person."""
    actor = world.actor(Role.BUREAU_ADMIN, place)
    use_scope(db.session(), actor.scope)
    return actor


def supplier(world: Any, place: str = "a") -> Actor:
    actor = world.actor(Role.SUPPLIER_USER, place)
    use_scope(db.session(), actor.scope)
    return actor


def values(place: str = "a", **given: Any) -> dict[str, Any]:
    """A tender's head that passes the rules of Order 87, as save_tender takes it."""
    proposed = {
        "title": "演示大宗食材采购", "rule_pack": "order_87", "subject": "goods", "award_method": "comprehensive",
        "price_form": "fixed", "budget_fen": 500_000_00, "is_large": False, "is_framework": True,
        "framework_from": date(2027, 1, 1), "framework_until": date(2027, 12, 31), "competition": "price",
        "second_stage": "direct", "winners_per_lot": 2, "most_lots_bid": None, "most_lots_won": None,
        "small_firm_deduction": Decimal(10), "is_reserved": False, "bid_bond_fen": 0,
        "requirements": "按学校需求每日配送到校。",
    }  # fmt: skip
    return {**proposed, **given}


def dates(actor: Actor, rule_pack: str = "order_87", weeks: int = 2) -> dict[str, datetime]:
    """The pack's earliest dates, `weeks` later."""
    earliest = report.proposal(actor.bureau_id, rule_pack)
    later = timedelta(weeks=weeks)
    return {
        "documents_until": earliest.documents_until + later,
        "questions_until": earliest.questions_until + later,
        "bid_deadline": earliest.bid_deadline + later,
    }


def ready(world: Any, place: str = "a", **given: Any) -> Made:
    """A draft with two lots, criteria, a document. `given`: values of the head that differ."""
    actor = officer(world, place)
    stocked = stock(actor, prefix=f"t{new_id().hex[-6:]}-")
    head = values(**{**dates(actor, given.get("rule_pack", "order_87")), **given})
    tender = drafting.save_tender(actor, new_id(), None, **head)
    lots = []
    for title, category, item, ceiling in (
        ("一包：粮食", stocked.grain, stocked.rice, 200_000_00),
        ("二包：猪肉", stocked.meat, stocked.pork, 250_000_00),
    ):
        lot = drafting.save_lot(
            actor, tender.id, new_id(), tender.version, title=title, category_id=category, ceiling_fen=ceiling,
            items=[{"item_id": item, "quantity": Decimal(10000), "ceiling_unit_price_fen": 2500}],
        )  # fmt: skip
        lots.append(lot.id)
    for row in CRITERIA:
        criteria.save_criterion(actor, tender.id, new_id(), tender.version, **row)
    documents.add_document(
        actor, tender.id, new_id(), PDF, "演示招标文件.pdf", title="招标文件", kind="tender_document"
    )
    return Made(tender.id, actor.bureau_id, (lots[0], lots[1]), stocked)


def reviewed(world: Any, place: str = "a", **given: Any) -> Made:
    """Handed in for review, every warning answered."""
    made = ready(world, place, **given)
    actor = officer(world, place)
    reviewing.submit(actor, made.id, made.tender.version)
    second = reviewer(world, place)
    for finding in report.open_warnings(second, made.tender, report.report_of(second, made.tender)):
        report.waive(second, made.id, None, finding.rule, "演示理由")
    return made


def published(world: Any, place: str = "a", **given: Any) -> Made:
    """Open for bids, with three confirmed opening officers (tests.support.bids.appoint)."""
    from tests.support.bids import appoint  # it imports tendering's models, not the other way round

    made = reviewed(world, place, **given)
    appoint(world, made.id, place)
    publish(world, made, place)
    return made


def publish(world: Any, made: Made, place: str = "a") -> None:
    reviewing.publish(reviewer(world, place), made.id, made.tender.version)


def after_deadline(made: Made) -> datetime:
    deadline = made.tender.bid_deadline
    assert deadline is not None
    return deadline + timedelta(seconds=1)


def run_clock(made: Made, instant: datetime | None = None) -> int:
    """One tick of the clock at `instant` (default: just past the deadline), as the job does it."""
    use_scope(db.session(), system_actor(made.bureau_id).scope)
    return clock.run_due(made.bureau_id, instant or after_deadline(made))


def at_deadline(world: Any, place: str = "a", **given: Any) -> Made:
    """Published, and its deadline passed."""
    made = published(world, place, **given)
    run_clock(made)
    return made
