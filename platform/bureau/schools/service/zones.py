"""Zones (片区) of a bureau, with what stands in them."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.schools import labels
from bureau.schools.models import School, Zone
from bureau.schools.rules import CODE_PATTERN
from kernel.actor import Actor
from kernel.database import db, writing
from kernel.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class ZoneCounts:
    zone: Zone
    schools: int
    boarding_schools: int
    pupils: int
    boarders: int


def zones(actor: Actor) -> list[Zone]:
    """All zones of the actor's bureau, by code; for choices and names."""
    return list(db.session.scalars(select(Zone).where(Zone.bureau_id == actor.bureau_id).order_by(Zone.code)))


def zone_names(actor: Actor) -> dict[int, str]:
    return {zone.id: zone.name for zone in zones(actor)}


def zones_with_counts(actor: Actor) -> list[ZoneCounts]:
    """Suspended schools count, merged ones do not: their pupils stand in the school that took them in."""
    pupils = (
        School.enrolment_under_6
        + School.enrolment_6_8
        + School.enrolment_9_11
        + School.enrolment_12_14
        + School.enrolment_15_17
    )
    rows = db.session.execute(
        select(
            School.zone_id,
            func.count(),
            func.count().filter(School.is_boarding),
            func.sum(pupils),
            func.sum(School.boarders_male + School.boarders_female),
        )
        .where(School.bureau_id == actor.bureau_id, School.state != "merged", School.zone_id.is_not(None))
        .group_by(School.zone_id)
    )
    counts = {zone_id: numbers for zone_id, *numbers in rows}
    return [ZoneCounts(zone, *counts.get(zone.id, (0, 0, 0, 0))) for zone in zones(actor)]


def get_zone(actor: Actor, zone_id: int) -> Zone:
    zone = db.session.get(Zone, (actor.bureau_id, zone_id))
    if zone is None:
        raise NotFound
    return zone


def create_zone(actor: Actor, *, code: str, name: str) -> Zone:
    """Sent twice with the same content it is the same zone."""
    _require_code(code)
    existing = db.session.scalar(select(Zone).where(Zone.bureau_id == actor.bureau_id, Zone.code == code))
    if existing is not None and existing.name == name:
        return existing
    zone = Zone(bureau_id=actor.bureau_id, code=code, name=name)
    if existing is not None:
        raise _code_taken()
    db.session.add(zone)
    writing.flush(db.session(), {"uq_zones_bureau_id_code": _code_taken()})
    return zone


def edit_zone(actor: Actor, zone_id: int, *, seen_version: int | None, code: str, name: str) -> Zone:
    zone = get_zone(actor, zone_id)
    current: dict[str, Any] = {"version": zone.version, "code": zone.code, "name": zone.name}
    writing.require_version(zone, seen_version, current)
    _require_code(code)
    zone.code, zone.name = code, name
    writing.flush(db.session(), {"uq_zones_bureau_id_code": _code_taken()})
    return zone


def _require_code(code: str) -> None:
    if not CODE_PATTERN.fullmatch(code):
        raise Invalid({"code": [str(labels.PROBLEM["code_format"])]})


def _code_taken() -> Invalid:
    return Invalid({"code": [_("这个代码已有片区使用。")]})
