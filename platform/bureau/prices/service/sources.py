"""Where prices are looked up."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.prices.models import PriceSource
from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound

FIELDS = ("name", "kind", "address", "is_active")


def list_sources(actor: Actor, *, active_only: bool = False) -> Sequence[PriceSource]:
    """All of a bureau, a dozen or two, by kind and name."""
    query = select(PriceSource).where(PriceSource.bureau_id == actor.bureau_id)
    if active_only:
        query = query.where(PriceSource.is_active.is_(True))
    return db.session.scalars(query.order_by(PriceSource.kind, PriceSource.name)).all()


def get_source(actor: Actor, source_id: UUID) -> PriceSource:
    source = db.session.get(PriceSource, (actor.bureau_id, source_id))
    if source is None:
        raise NotFound(_("没有这个价格来源。"))
    return source


def save_source(actor: Actor, source_id: UUID, seen_version: int | None, **values: Any) -> PriceSource:
    """Create under the client's id, or change it. `values`: FIELDS. Surveys keep the name that they went by."""
    source = db.session.get(PriceSource, (actor.bureau_id, source_id))
    if source is None:
        source = PriceSource(bureau_id=actor.bureau_id, id=source_id, created_by=actor.account_id)
        db.session.add(source)
    elif seen_version is None:
        if {name: getattr(source, name) for name in FIELDS} != values:
            raise Conflict(_("同一编号的来源已存在且内容不同。"), {"version": source.version})
        return source
    else:
        require_version(source, seen_version)
    for name in FIELDS:
        setattr(source, name, values[name])
    flush(db.session(), {"uq_price_sources_bureau_id_name": Invalid({"name": [_("已有同名的来源。")]})})
    return source
