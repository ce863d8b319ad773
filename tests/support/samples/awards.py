from sqlalchemy import select

from bureau.awards.models import AwardLetter, LotAward
from bureau.awards.service import publishing
from bureau.awards.service.deciding import decide_lot
from kernel.database import db
from tests.support import tenders
from tests.support.awards import delivered
from tests.support.samples import Sample

COMPANIES = {"a1": "a", "a2": "a-2", "a3": "a", "b1": "b"}


def _announced(world, place):
    ranked = delivered(world, place[0], company=COMPANIES[place])
    officer = tenders.officer(world, place[0])
    for number, lot in enumerate(ranked.lots, 1):
        decide_lot(officer, ranked.id, lot, [ranked.bids[number][0]])
    publishing.publish(officer, ranked.id)
    return ranked


def _award(world, place):
    ranked = _announced(world, place)
    return db.session.scalar(select(LotAward.id).where(LotAward.lot_id == ranked.lots[0]))


def _letter(world, place):
    ranked = _announced(world, place)
    return db.session.scalar(select(AwardLetter.id).where(AwardLetter.bid_id == ranked.bids[1][0]))


SAMPLES = {"award_id": Sample(_award, owner="bureau"), "letter_id": Sample(_letter, owner="supplier")}
