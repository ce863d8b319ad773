"""A school's view of the catalogue: what it may order, and what it marked to find first."""

from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from bureau.catalogue.models import CatalogueCategory, CatalogueFavourite, CatalogueItem
from bureau.catalogue.ordering import allowed_items
from bureau.catalogue.rules import ItemState
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.errors import NotFound
from kernel.web.dates import today


def favourites_of(actor: Actor) -> frozenset[UUID]:
    query = select(CatalogueFavourite.item_id).where(
        CatalogueFavourite.bureau_id == actor.bureau_id, CatalogueFavourite.school_id == actor.own_school_id()
    )
    return frozenset(db.session.scalars(query))


def orderable(
    actor: Actor, *, q: str | None = None, category_id: UUID | None = None, favourites: bool = False,
    cursor: str | None = None, limit: int = 50,
) -> Page[CatalogueItem]:  # fmt: skip
    """Published items that the school's agreements allow, by code. `favourites`: only those it marked."""
    query = (
        select(CatalogueItem)
        .options(joinedload(CatalogueItem.category))
        .where(CatalogueItem.bureau_id == actor.bureau_id, CatalogueItem.state == ItemState.PUBLISHED.value)
    )
    allowed = allowed_items(actor.bureau_id, actor.own_school_id(), today())
    if allowed is not None:
        query = query.where(CatalogueItem.id.in_(allowed))
    if q:
        query = query.where(func.strpos(CatalogueItem.search_name, q.lower()) > 0)
    if category_id:
        below = select(CatalogueCategory.id).where(
            CatalogueCategory.bureau_id == actor.bureau_id, CatalogueCategory.parent_id == category_id
        )
        query = query.where(CatalogueItem.category_id.in_([category_id, *db.session.scalars(below)]))
    if favourites:
        query = query.where(CatalogueItem.id.in_(favourites_of(actor)))
    return paginate(db.session(), query, [CatalogueItem.code], cursor, limit, ascending=True)


def mark(actor: Actor, item_id: UUID, *, is_favourite: bool) -> None:
    """Mark an item for the actor's school, or take the mark off. Done twice, it is done once. A retired item loses its
    mark like any other; one that this bureau never published is NotFound."""
    session = db.session()
    if not is_favourite:
        removed = session.execute(
            delete(CatalogueFavourite)
            .where(
                CatalogueFavourite.bureau_id == actor.bureau_id,
                CatalogueFavourite.school_id == actor.own_school_id(),
                CatalogueFavourite.item_id == item_id,
            )
            .returning(CatalogueFavourite.id)
        ).all()
        if removed:
            return
    seen = select(CatalogueItem.id).where(
        CatalogueItem.bureau_id == actor.bureau_id, CatalogueItem.id == item_id,
        CatalogueItem.state == ItemState.PUBLISHED.value,
    )  # fmt: skip
    if session.scalar(seen) is None:
        raise NotFound
    if not is_favourite:
        return
    session.execute(
        insert(CatalogueFavourite)
        .values(
            bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=new_id(), item_id=item_id,
            created_at=now(), created_by=actor.account_id,
        )
        .on_conflict_do_nothing(index_elements=["bureau_id", "school_id", "item_id"])
    )  # fmt: skip
