"""What was published of an item, version by version: made on every published change, never altered, found again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from bureau.catalogue.models import CatalogueCategory, CatalogueItem, CatalogueItemVersion
from bureau.catalogue.rules import ItemState, plain_text
from bureau.catalogue.service.categories import list_categories, requirements_of
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush
from kernel.errors import DomainError, NotFound

# In the order in which a page lists them.
SNAPSHOT = (
    "code", "name", "category_name", "category_code", "subject", "specification", "standard", "base_unit",
    "conversions", "pack_sizes", "shelf_life_days", "storage", "certificates", "ingredient", "brand_note",
    "category_id",
)  # fmt: skip
OF_THE_ITEM = (
    "code", "name", "specification", "standard", "base_unit", "pack_sizes", "shelf_life_days", "storage",
    "ingredient", "brand_note", "category_id",
)  # fmt: skip


def settle(actor: Actor, items: Iterable[CatalogueItem], errors: Mapping[str, DomainError] | None = None) -> int:
    """Flushes, and gives every published one of `items` that differs from its newest version a further one.

    How many versions were made. Called with every change of items or of their categories, before that is flushed: an
    item's edit counter, which its version keeps, then moves once. `errors` as in kernel.database.writing.flush.
    """
    session = db.session()
    with session.no_autoflush:
        published = [item for item in items if item.state == ItemState.PUBLISHED]
        wanted = _snapshots(actor, published)
        newest = _newest(actor.bureau_id, [item.id for item in published])
        changed = [item for item in published if _content(newest.get(item.id)) != wanted[item.id]]
        for item in changed:
            item.current_version += 1
    flush(session, errors)
    at = now()
    for item in changed:
        session.add(
            CatalogueItemVersion(
                bureau_id=actor.bureau_id,
                id=new_id(),
                item_id=item.id,
                number=item.current_version,
                row_version=item.version,
                published_at=at,
                published_by=actor.account_id,
                published_by_name=actor.display_name,
                **wanted[item.id],
            )
        )
    session.flush()
    return len(changed)


def settle_categories(actor: Actor, category_ids: Iterable[UUID]) -> int:
    """After a change of categories: what they ask for belongs to the versions of their items, sub-categories' too."""
    ids = list(category_ids)
    below = select(CatalogueCategory.id).where(
        CatalogueCategory.bureau_id == actor.bureau_id, CatalogueCategory.parent_id.in_(ids)
    )
    query = select(CatalogueItem).where(
        CatalogueItem.bureau_id == actor.bureau_id, CatalogueItem.state == ItemState.PUBLISHED.value,
        CatalogueItem.category_id.in_([*ids, *db.session.scalars(below)]),
    )  # fmt: skip
    return settle(actor, db.session.scalars(query).all())


def _snapshots(actor: Actor, items: Sequence[CatalogueItem]) -> dict[UUID, dict[str, Any]]:
    if not items:
        return {}
    categories = {category.id: category for category in list_categories(actor)}
    required = requirements_of(actor, {item.category_id for item in items})
    found = {}
    for item in items:
        category = categories[item.category_id]
        found[item.id] = {
            **{name: getattr(item, name) for name in OF_THE_ITEM},
            "conversions": [
                {"unit": row.unit, "factor": plain_text(row.factor)}
                for row in sorted(item.conversions, key=lambda row: (row.factor, row.unit))
            ],
            "category_code": category.code,
            "category_name": category.name,
            "subject": category.subject,
            "certificates": [{"kind": one.kind, "label": one.label} for one in required.get(item.category_id, ())],
        }
    return found


def _newest(bureau_id: int, item_ids: Sequence[UUID]) -> dict[UUID, CatalogueItemVersion]:
    if not item_ids:
        return {}
    query = (
        select(CatalogueItemVersion)
        .ext(distinct_on(CatalogueItemVersion.item_id))
        .where(CatalogueItemVersion.bureau_id == bureau_id, CatalogueItemVersion.item_id.in_(item_ids))
        .order_by(CatalogueItemVersion.item_id, CatalogueItemVersion.number.desc())
    )
    return {version.item_id: version for version in db.session.scalars(query)}


def _content(version: CatalogueItemVersion | None) -> dict[str, Any] | None:
    return None if version is None else {name: getattr(version, name) for name in SNAPSHOT}


def current_version(bureau_id: int, item_id: UUID) -> CatalogueItemVersion:
    """The newest published version. NotFound for an item that never was published."""
    version = _newest(bureau_id, [item_id]).get(item_id)
    if version is None:
        raise NotFound
    return version


def current_versions(bureau_id: int, item_ids: Iterable[UUID]) -> dict[UUID, CatalogueItemVersion]:
    """Item → its newest published version; items without one are left out."""
    return _newest(bureau_id, list(set(item_ids)))


def version_of(bureau_id: int, item_id: UUID, number: int) -> CatalogueItemVersion:
    """The version that an order kept by its number."""
    query = select(CatalogueItemVersion).where(
        CatalogueItemVersion.bureau_id == bureau_id, CatalogueItemVersion.item_id == item_id,
        CatalogueItemVersion.number == number,
    )  # fmt: skip
    version = db.session.scalar(query)
    if version is None:
        raise NotFound
    return version


def version_seen(bureau_id: int, item_id: UUID, row_version: int) -> CatalogueItemVersion:
    """The version that a goods receipt saw, which keeps the item's edit counter (`item_version`): the newest one made
    by then; of a time before versions were kept, the first."""
    rows = _all(bureau_id, item_id)
    if not rows:
        raise NotFound
    seen = [row for row in rows if row.row_version <= row_version]
    return seen[-1] if seen else rows[0]


def _all(bureau_id: int, item_id: UUID) -> Sequence[CatalogueItemVersion]:
    query = (
        select(CatalogueItemVersion)
        .where(CatalogueItemVersion.bureau_id == bureau_id, CatalogueItemVersion.item_id == item_id)
        .order_by(CatalogueItemVersion.number)
    )
    return db.session.scalars(query).all()


def factors_of(version: CatalogueItemVersion) -> dict[str, Decimal]:
    """Unit → base units it holds, the base unit first."""
    return {version.base_unit: Decimal(1), **{row["unit"]: Decimal(row["factor"]) for row in version.conversions}}


@dataclass(frozen=True, slots=True)
class Change:
    """A field that a version has otherwise than the one before it."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Step:
    """One version with what it changed; of the first, nothing."""

    version: CatalogueItemVersion
    changes: Sequence[Change]


def history(bureau_id: int, item_id: UUID) -> list[Step]:
    """All versions, newest first."""
    versions = _all(bureau_id, item_id)
    steps = [
        Step(version, differences(_content(before) if before else None, _content(version) or {}))
        for before, version in zip([None, *versions], versions, strict=False)
    ]
    return steps[::-1]


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[Change]:
    """Codes that only repeat what a name shows (the category's id and code) are told once, by the name."""
    if before is None:
        return []
    found = [
        Change(name, before[name], after[name])
        for name in SNAPSHOT
        if name not in ("category_id", "category_code") and before[name] != after[name]
    ]
    moved = before["category_id"] != after["category_id"] or before["category_code"] != after["category_code"]
    if moved and not any(change.field == "category_name" for change in found):
        found.append(Change("category_code", before["category_code"], after["category_code"]))
    return found
