from sqlalchemy import select

from bureau.awards.models import AwardLetter, LotAward
from bureau.awards.service import publishing
from bureau.awards.service.deciding import decide_lot
from kernel.database import db
from tests.support import tenders
from tests.support.awards import delivered
from tests.support.samples import Sample

COMPANIES = {"a1": "a", "a2": "a-2", "a3": "a", "b1": "b"}


def winning_letter(world, place):
    """The letter of the place's company, which won a tender whose result is out: made once, for it is dear to make."""
    officer = tenders.officer(world, place[0])
    company = COMPANIES[place]
    known = select(AwardLetter).where(
        AwardLetter.bureau_id == officer.bureau_id, AwardLetter.supplier_id == world.supplier_id(company),
        AwardLetter.kind == "award",
    )  # fmt: skip
    letter = db.session.scalar(known.limit(1))
    if letter is None:
        ranked = delivered(world, place[0], company=company)
        officer = tenders.officer(world, place[0])
        for number, lot in enumerate(ranked.lots, 1):
            decide_lot(officer, ranked.id, lot, [ranked.bids[number][0]])
        publishing.publish(officer, ranked.id)
        letter = db.session.scalar(known.limit(1))
    return letter


def _award(world, place):
    letter = winning_letter(world, place)
    return db.session.scalar(select(LotAward.id).where(LotAward.bid_id == letter.bid_id))


SAMPLES = {
    "award_id": Sample(_award, owner="bureau"),
    "letter_id": Sample(lambda world, place: winning_letter(world, place).id, owner="supplier"),
    "letter_code": Sample(lambda world, place: winning_letter(world, place).code, owner="none"),
}
