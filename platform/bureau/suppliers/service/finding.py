"""A company's registration at the actor's bureau, by id."""

from collections.abc import Collection
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.suppliers.models import BureauSupplier
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import NotFound


def get_supplier(actor: Actor, supplier_id: UUID, *, for_update: bool = False) -> BureauSupplier:
    """A supplier's person finds the own company only. Raises NotFound."""
    if actor.level == "supplier" and supplier_id != actor.own_supplier_id():
        raise NotFound(_("没有这家供应商。"))
    query = select(BureauSupplier).where(BureauSupplier.bureau_id == actor.bureau_id, BureauSupplier.id == supplier_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    supplier = db.session.scalar(query)
    if supplier is None or (actor.level in ("school", "zone") and supplier.admitted_at is None):
        raise NotFound(_("没有这家供应商。"))
    return supplier


def names_of(actor: Actor, supplier_ids: Collection[UUID]) -> dict[UUID, str]:
    if not supplier_ids:
        return {}
    query = select(BureauSupplier.id, BureauSupplier.name).where(
        BureauSupplier.bureau_id == actor.bureau_id, BureauSupplier.id.in_(supplier_ids)
    )
    return {row.id: row.name for row in db.session.execute(query)}


def supplier_choices(actor: Actor) -> list[tuple[UUID, str]]:
    """(id, name) of every company on record at the bureau, by name."""
    query = select(BureauSupplier.id, BureauSupplier.name).where(BureauSupplier.bureau_id == actor.bureau_id)
    rows = db.session.execute(query.order_by(BureauSupplier.search_name, BureauSupplier.id))
    return [(supplier_id, name) for supplier_id, name in rows]
