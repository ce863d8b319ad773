"""A tender whose result is out, in which the world's supplier took part, and challenges of it."""

from datetime import date
from typing import Any
from uuid import UUID

from bureau.awards.service import publishing
from bureau.awards.service.deciding import decide_lot
from bureau.challenges.models import Challenge
from bureau.challenges.service import filing
from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from tests.support import tenders
from tests.support.awards import Ranked, delivered


def announced(world: Any, place: str = "a", company: str = "", **given: Any) -> Ranked:
    ranked = delivered(world, place, company=company, **given)
    officer = tenders.officer(world, place)
    for number, lot in enumerate(ranked.lots, 1):
        decide_lot(officer, ranked.id, lot, [ranked.bids[number][1]], [_gave_up(ranked, number)])
    publishing.publish(officer, ranked.id)
    return ranked


def _gave_up(ranked: Ranked, number: int) -> Any:
    from bureau.awards.service.deciding import Passing

    return Passing(ranked.bids[number][0], "gave_up", "演示：书面放弃")


def bidder(world: Any, company: str = "a") -> Actor:
    actor = world.actor(Role.SUPPLIER_USER, company)
    use_scope(db.session(), actor.scope)
    return actor


def filed(
    world: Any, ranked: Ranked, company: str = "a", *, stage: str = "result", kind: str = "challenge",
    challenge_id: UUID | None = None, known_on: date | None = None,
) -> Challenge:  # fmt: skip
    return filing.file(
        bidder(world, company), challenge_id or new_id(), tender_id=ranked.id, kind=kind, stage=stage,  # type: ignore[arg-type]
        facts="演示：评审未按招标文件打分", request="演示：请求重新评审", legal_basis="", known_on=known_on,
    )  # fmt: skip
