"""One market per place: school a1 orders from the company a, a2 from its competitor, b1 from the other bureau's."""

from sqlalchemy import select

from kernel.database import db, new_id
from kernel.database.scope import use_scope
from school.orders.models import BatchCertificate, CertificateFinding, Shipment, SupplyOrder
from school.orders.service import budgets
from school.supply.rejections.models import GoodsRejection, LotWarning
from tests.support.deliveries import on_its_way, received, refusing
from tests.support.orders import market, tomorrow
from tests.support.samples import Sample

COMPANY = {"a1": "a", "a2": "a-2", "b1": "b"}


def _bureau(world, place):
    use_scope(db.session(), world.actor("procurement_officer", place[0]).scope)


def _market(world, place):
    return market(world, COMPANY[place], fixed=True)


def _shipment(world, place):
    """On its way to the place's school, with its papers."""
    _bureau(world, place)
    query = select(Shipment).where(
        Shipment.bureau_id == world.bureaus[place[0]], Shipment.school_id == world.schools[place],
        Shipment.state == "sent",
    )  # fmt: skip
    found = db.session.scalars(query.limit(1)).first()
    if found is None:
        found = on_its_way(_market(world, place), place)[1]
        db.session.flush()
        _bureau(world, place)
    return found


def _paper(world, place):
    shipment = _shipment(world, place)
    query = select(BatchCertificate.id).where(
        BatchCertificate.bureau_id == shipment.bureau_id, BatchCertificate.supplier_id == shipment.supplier_id
    )
    return db.session.scalars(query.limit(1)).one()


def _finding(world, place):
    certificate = _paper(world, place)
    row = CertificateFinding(
        bureau_id=world.bureaus[place[0]], id=new_id(), supplier_id=world.supplier_id(COMPANY[place]),
        certificate_id=certificate, code="number_reused", detail=str(new_id()),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def _rejection(world, place):
    """Of a lot that was refused for safety, so that its warning is there as well."""
    _bureau(world, place)
    query = select(GoodsRejection).where(
        GoodsRejection.bureau_id == world.bureaus[place[0]], GoodsRejection.school_id == world.schools[place]
    )
    found = db.session.scalars(query.limit(1)).first()
    if found is None:
        of = _market(world, place)
        # A shipment for the others to hold before: a lot that is warned of is shipped no more.
        _shipment(world, place)
        _order, shipment = on_its_way(of, place)
        received(of, shipment, refusing(of, "1", "spoiled", place), school=place)
        _bureau(world, place)
        found = db.session.scalars(query.limit(1)).one()
    return found


def _warning(world, place):
    rejection = _rejection(world, place)
    query = select(LotWarning.id).where(
        LotWarning.bureau_id == rejection.bureau_id, LotWarning.rejection_id == rejection.id
    )
    return db.session.scalars(query).one()


def _order(world, place):
    shipment = _shipment(world, place)
    query = select(SupplyOrder.id).where(
        SupplyOrder.bureau_id == shipment.bureau_id, SupplyOrder.id == shipment.order_id
    )
    return db.session.scalars(query).one()


def _budget(world, place):
    actor = world.actor("accountant", place)
    use_scope(db.session(), actor.scope)
    month = tomorrow().replace(day=1)
    known = budgets.budget_of(actor, world.schools[place], month)
    made = known or budgets.save_budget(actor, new_id(), None, month=month, amount_fen=10_000_000)
    _bureau(world, place)
    return made.id


SAMPLES = {
    "order_id": Sample(_order),
    "supplied_order_id": Sample(_order, owner="supplier"),
    "shipment_id": Sample(lambda world, place: _shipment(world, place).id),
    "own_shipment_id": Sample(lambda world, place: _shipment(world, place).id, owner="supplier"),
    "new_shipment_id": Sample(lambda world, place: new_id(), owner="none"),
    "delivery_id": Sample(lambda world, place: new_id(), owner="none"),
    "delivery_code": Sample(lambda world, place: _shipment(world, place).code),
    "came_certificate_id": Sample(_paper),
    "batch_certificate_id": Sample(_paper, owner="supplier"),
    "any_certificate_id": Sample(_paper, owner="bureau"),
    "finding_id": Sample(_finding, owner="bureau"),
    "budget_id": Sample(_budget),
    "rejection_id": Sample(lambda world, place: _rejection(world, place).id),
    "own_rejection_id": Sample(lambda world, place: _rejection(world, place).id, owner="supplier"),
    "photo_place": Sample(lambda world, place: 0, owner="none"),
    "warning_id": Sample(_warning, owner="bureau"),
}
