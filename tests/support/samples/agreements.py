from datetime import timedelta

from sqlalchemy import select

from bureau.agreements.models import Agreement
from bureau.agreements.service import changes, competing, signing
from bureau.agreements.service.finding import lots_of
from bureau.tendering.models import Tender, TenderItem, TenderLot
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from kernel.web.dates import today
from tests.support.agreements import fixed_lot, signed, terms
from tests.support.catalogue import Stocked, stock
from tests.support.pictures import jpeg
from tests.support.samples import Sample


def _officer(world, place) -> Actor:
    actor = world.actor("procurement_officer", place[0])
    use_scope(db.session(), actor.scope)
    return actor


def _supplier(world, place):
    """Place a1 the company a, a2 the competitor, b1 the other bureau's."""
    return world.supplier_id({"a1": "a", "a2": "a-2"}.get(place, place[0]))


def _agreement(world, place):
    officer = _officer(world, place)
    stocked = stock(officer, prefix=str(new_id()))
    school = world.schools[place]
    lot = fixed_lot(stocked, school_ids=[school])
    return signed(officer, terms(_supplier(world, place), lot)).agreement


def _first(world, place):
    """The place's agreement that was made first, so that what hangs on it fits the agreement's own sample."""
    officer = _officer(world, place)
    query = select(Agreement).where(
        Agreement.bureau_id == officer.bureau_id, Agreement.supplier_id == _supplier(world, place)
    )
    return db.session.scalars(query.order_by(Agreement.id).limit(1)).first() or _agreement(world, place)


def _change(world, place):
    agreement = _first(world, place)
    detail = {"last_day": agreement.last_day + timedelta(days=9)}
    return changes.propose(
        _officer(world, place), agreement.id, new_id(), kind="term_extension", reason="演示", details=detail
    ).id


def _scan(world, place):
    agreement = _first(world, place)
    return signing.add_document(
        _officer(world, place), agreement.id, new_id(), jpeg("scan"), "演示.jpg", kind="signed", side="supplier"
    ).id


def tender_lot(officer: Actor, stocked: Stocked, quantity=1000) -> TenderLot:
    tender = Tender(
        bureau_id=officer.bureau_id, id=new_id(), number=f"ZB-{new_id()}", title="演示招标", budget_fen=100_000_00,
        framework_from=today() - timedelta(days=9), framework_until=today() + timedelta(days=300), state="contracting",
        created_by=officer.account_id,
    )  # fmt: skip
    db.session.add(tender)
    db.session.flush()
    lot = TenderLot(bureau_id=officer.bureau_id, id=new_id(), tender_id=tender.id, number=1, title="演示粮油标包",
                    category_id=stocked.grain)  # fmt: skip
    db.session.add(lot)
    db.session.flush()
    db.session.add(
        TenderItem(
            bureau_id=officer.bureau_id, id=new_id(), tender_id=tender.id, lot_id=lot.id, position=1,
            item_id=stocked.rice, name="粳米", unit="kg", quantity=quantity,
        )
    )  # fmt: skip
    db.session.flush()
    return lot


def _competition(world, place):
    """Between the place's company and another; at bureau b with a lot of one company there is none, so a second agreement
    of the same company on a lot of its own stands in."""
    officer = _officer(world, place)
    stocked = stock(officer, prefix=str(new_id()))
    lot = tender_lot(officer, stocked)
    companies = [_supplier(world, place)]
    made = [signed(officer, terms(one, fixed_lot(stocked, tender_lot_id=lot.id))) for one in companies]
    competition = competing.MiniCompetition(
        bureau_id=officer.bureau_id, id=new_id(), number=f"JJ-{new_id()}", title="演示竞价", tender_lot_id=lot.id,
        deadline=now() + timedelta(hours=2), created_by=officer.account_id,
    )  # fmt: skip
    db.session.add(competition)
    db.session.flush()
    db.session.add(
        competing.MiniCompetitionItem(
            bureau_id=officer.bureau_id, id=new_id(), competition_id=competition.id, item_id=stocked.rice, position=1,
            name="粳米", unit="kg", quantity=100,
        )
    )  # fmt: skip
    for one in made:
        db.session.add(
            competing.MiniCompetitionInvitation(
                bureau_id=officer.bureau_id, id=new_id(), competition_id=competition.id, agreement_id=one.agreement.id,
                supplier_id=one.agreement.supplier_id, ceilings={str(stocked.rice): 520},
            )
        )  # fmt: skip
    db.session.flush()
    return competition.id


def _lot(world, place):
    return lots_of(_officer(world, place), [_first(world, place).id])[0].id


SAMPLES = {
    "agreement_id": Sample(lambda world, place: _agreement(world, place).id, owner="supplier"),
    "agreement_change_id": Sample(_change, owner="supplier"),
    "agreement_lot_id": Sample(_lot, owner="supplier"),
    "scan_id": Sample(_scan, owner="supplier"),
    "competition_id": Sample(_competition, owner="supplier"),
    "transfer_id": Sample(lambda world, place: new_id(), owner="none"),
    "answer_id": Sample(lambda world, place: new_id(), owner="none"),
    "direct_choice_id": Sample(lambda world, place: new_id(), owner="none"),
}
