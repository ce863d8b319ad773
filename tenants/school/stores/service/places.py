"""The places of a school's stock. Every school has the usual ones, made when it first needs them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from school.stores import rules
from school.stores.labels import PLACES, USUAL_PLACE
from school.stores.models import StoreBalance, StoreLocation
from school.stores.rules import LocationKind


@dataclass(frozen=True, slots=True)
class Place:
    id: UUID
    code: str
    name: str
    kind: str
    is_active: bool
    version: int


@dataclass(frozen=True, slots=True)
class Places:
    """All places of one school."""

    by_id: Mapping[UUID, Place]
    by_code: Mapping[str, Place]

    def virtual(self, kind: LocationKind) -> UUID:
        return next(place.id for place in self.by_id.values() if place.kind == kind)

    @property
    def physical(self) -> list[Place]:
        return [place for place in self.by_id.values() if place.kind not in rules.VIRTUAL]

    @property
    def virtual_ids(self) -> set[UUID]:
        return {place.id for place in self.by_id.values() if place.kind in rules.VIRTUAL}

    def of_kind(self, kind: LocationKind) -> list[UUID]:
        return [place.id for place in self.by_id.values() if place.kind == kind]

    def usual(self, good_kind: str, storage: str) -> UUID:
        code = USUAL_PLACE.get((good_kind, storage)) or USUAL_PLACE[good_kind, "ambient"]
        return self.by_code[code].id


def places_of(actor: Actor, school_id: int) -> Places:
    """As they are; a school that never kept stock has none."""
    query = (
        select(
            StoreLocation.id, StoreLocation.code, StoreLocation.name, StoreLocation.kind, StoreLocation.is_active,
            StoreLocation.version,
        )
        .where(StoreLocation.bureau_id == actor.bureau_id, StoreLocation.school_id == school_id)
        .order_by(StoreLocation.code)
    )  # fmt: skip
    found = [Place(*row) for row in db.session.execute(query)]
    return Places({place.id: place for place in found}, {place.code: place for place in found})


def own_places(actor: Actor) -> Places:
    """The actor's own school's, made if there are none yet."""
    school_id = actor.own_school_id()
    found = places_of(actor, school_id)
    if found.by_id or actor.read_only:
        return found
    rows: list[dict[str, Any]] = [
        {
            "bureau_id": actor.bureau_id, "school_id": school_id, "id": new_id(), "code": code, "name": name,
            "kind": kind.value, "is_active": True, "created_at": now(), "created_by": actor.account_id, "version": 1,
        }
        for code, kind, name in PLACES
    ]  # fmt: skip
    db.session.execute(insert(StoreLocation.__table__).on_conflict_do_nothing(), rows)
    return places_of(actor, school_id)


def save_place(
    actor: Actor, place_id: UUID, *, code: str, name: str, kind: str, is_active: bool, version: int | None
) -> StoreLocation:
    """A place of the school's own making, or a change to one. What something lies in stays in use."""
    if kind in rules.VIRTUAL:
        raise Invalid({"kind": [_("请选择实际存放物品的库位。")]})
    own_places(actor)
    row = _place(actor, place_id)
    taken = Invalid({"code": [_("这个编号已被使用。")]})
    if row is None:
        row = StoreLocation(
            bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=place_id, code=code, name=name, kind=kind,
            is_active=is_active, created_by=actor.account_id,
        )  # fmt: skip
        db.session.add(row)
    elif version is None:
        if (row.code, row.name, row.kind, row.is_active) != (code, name, kind, is_active):
            raise Conflict(_("同一编号的库位已存在且内容不同。"))
    else:
        require_version(row, version)
        if row.kind in rules.VIRTUAL:
            raise NotFound
        if not is_active and _holds_something(actor, place_id):
            raise Conflict(_("库位里还有存货，请先移库再停用。"))
        row.code, row.name, row.kind, row.is_active = code, name, kind, is_active
    flush(db.session(), {"uq_store_locations_bureau_id_school_id_code": taken})
    return row


def _place(actor: Actor, place_id: UUID) -> StoreLocation | None:
    return db.session.scalars(
        select(StoreLocation).where(
            StoreLocation.bureau_id == actor.bureau_id, StoreLocation.school_id == actor.own_school_id(),
            StoreLocation.id == place_id,
        )
    ).one_or_none()  # fmt: skip


def _holds_something(actor: Actor, place_id: UUID) -> bool:
    query = select(StoreBalance.id).where(
        StoreBalance.bureau_id == actor.bureau_id, StoreBalance.school_id == actor.own_school_id(),
        StoreBalance.location_id == place_id, StoreBalance.is_live,
    )  # fmt: skip
    return db.session.execute(query.limit(1)).first() is not None


def physical_names(places: Places) -> Sequence[tuple[str, str]]:
    """Choices of a form: those in use."""
    return [(str(place.id), place.name) for place in places.physical if place.is_active]
