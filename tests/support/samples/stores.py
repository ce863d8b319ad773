from decimal import Decimal

from kernel.actor import system_actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import today
from school.stores.models import StoreLocation
from school.stores.rules import DocumentKind
from school.stores.service import closing, confirming, counting, issuing, receiving, requesting
from tests.support.samples import Sample
from tests.support.stores import own_good, put_in, takes_of


def _back(world, place):
    db.session.flush()
    use_scope(db.session(), system_actor(world.bureaus[place[0]]).scope)


def _keeper(world, place):
    keeper = world.actor("storekeeper", place)
    use_scope(db.session(), keeper.scope)
    return keeper


def stocked(world, place, kind="consumable"):
    """(keeper, an own good, its batch of ten), in the school's scope."""
    keeper = _keeper(world, place)
    good = own_good(keeper, f"演示物品 {new_id()}", kind)
    return keeper, good, put_in(keeper, good)


def _good(world, place):
    good = stocked(world, place)[1]
    _back(world, place)
    return good.id


def _batch(world, place):
    batch_id = stocked(world, place)[2]
    _back(world, place)
    return batch_id


def _document(world, place):
    keeper, good, _batch_id = stocked(world, place)
    document = issuing.issue(keeper, new_id(), takes_of(keeper, good.id, "1"), taker_name="王演示")
    _back(world, place)
    return document.id


def _place(world, place):
    stocked(world, place)
    found = db.session.query(StoreLocation).filter_by(school_id=world.schools[place], code="01").one()
    _back(world, place)
    return found.id


def _confirmation(world, place):
    keeper, good, _batch_id = stocked(world, place, "hazardous")
    row = confirming.propose(
        keeper, new_id(), kind=DocumentKind.ISSUE, takes=takes_of(keeper, good.id, "1"), taker_name="王演示"
    )
    _back(world, place)
    return row.id


def _requisition(world, place):
    good = stocked(world, place)[1]
    teacher = world.actor("teacher", place)
    row = requesting.submit(teacher, new_id(), [requesting.Wanted(good.id, Decimal(1))], wanted_on=today())
    _back(world, place)
    return row.id


def _stocktake(world, place):
    keeper = stocked(world, place)[0]
    row = counting.start(keeper, new_id(), kind="spot")
    _back(world, place)
    return row.id


def _stocktake_line(world, place):
    keeper, good, _batch_id = stocked(world, place)
    row = counting.start(keeper, new_id(), kind="spot")
    found = counting.Found(good.id, good.location_id, Decimal(1))
    line = counting.add_found(keeper, row.id, new_id(), found)
    _back(world, place)
    return line.id


def _month(world, place):
    keeper = _keeper(world, place)
    good = own_good(keeper, f"演示物品 {new_id()}")
    past = today().replace(year=today().year - 1, day=1)
    receiving.receive_by_hand(keeper, new_id(), [receiving.ByHand(good.id, Decimal(10), 100)], on=past)
    row = closing.close(keeper, past)
    _back(world, place)
    return row.id


SAMPLES = {
    "store_good_id": Sample(_good),
    "store_batch_id": Sample(_batch),
    "store_document_id": Sample(_document),
    "store_place_id": Sample(_place),
    "store_confirmation_id": Sample(_confirmation),
    "store_requisition_id": Sample(_requisition),
    "stocktake_id": Sample(_stocktake),
    "stocktake_line_id": Sample(_stocktake_line),
    "store_month_id": Sample(_month),
}
