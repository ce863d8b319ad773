"""Schools from a table: check first, show what would change, write all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select

from bureau.schools import labels, rules
from bureau.schools.models import School, SchoolImport, Zone
from bureau.schools.service.schools import changes, profile_of
from bureau.schools.service.zones import zones
from bureau.schools.sheet import SPEC
from kernel.actor import Actor
from kernel.database import db, new_id, now, writing
from kernel.errors import Conflict, NotFound
from kernel.sheets import Problem, Row, errors_xlsx, placed_message, read_xlsx

MOST_SHOWN_PROBLEMS = 100
DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(rules.COUNTS, 0),
    "setting": "town",
    "is_boarding": False,
    "canteen_mode": "self_run",
    "zone_id": None,
    "address": "",
    "latitude": None,
    "longitude": None,
    "contact_name": "",
    "contact_phone": "",
}


@dataclass(frozen=True, slots=True)
class _Checked:
    """One row of the table as it would be written. `zone`: the name of a zone that does not exist yet."""

    row: int
    school: School | None
    zone: str | None
    values: dict[str, Any]  # of a new school all, of an existing one what changes


def check_import(actor: Actor, *, filename: str, data: bytes) -> SchoolImport:
    """Read and check an uploaded table. Empty cells leave an existing school's value as it is.

    What comes back is refused (with the problems, and the table with them marked in it) or checked (to be applied).
    """
    _drop_unfinished(actor)
    parsed = read_xlsx(SPEC, data)
    checked, found = _check_rows(actor, parsed.rows)
    unread = {(problem.row, problem.key) for problem in parsed.problems}
    problems = [*parsed.problems, *(problem for problem in found if (problem.row, problem.key) not in unread)]
    record = SchoolImport(
        bureau_id=actor.bureau_id,
        id=new_id(),
        filename=filename[:200],
        rows=[],
        new_zones=[],
        created_count=0,
        changed_count=0,
        unchanged_count=0,
        created_by=actor.account_id,
    )
    if problems:
        record.state = "refused"
        record.rows = [
            {"row": problem.row, "text": placed_message(SPEC, problem)} for problem in problems[:MOST_SHOWN_PROBLEMS]
        ]
        record.changed_count = len(problems)
        record.sheet = errors_xlsx(SPEC, parsed, problems)
    else:
        written = [row for row in checked if row.school is None or row.values or row.zone]
        record.state = "checked"
        record.rows = [_stored(row) for row in written]
        record.new_zones = sorted({row.zone for row in checked if row.zone})
        record.created_count = sum(row.school is None for row in written)
        record.changed_count = len(written) - record.created_count
        record.unchanged_count = len(checked) - len(written)
    db.session.add(record)
    db.session.flush()
    return record


def get_import(actor: Actor, import_id: UUID) -> SchoolImport:
    record = db.session.get(SchoolImport, (actor.bureau_id, import_id))
    if record is None:
        raise NotFound
    return record


def recent_imports(actor: Actor, most: int = 10) -> list[SchoolImport]:
    """Those that were applied, newest first."""
    return list(
        db.session.scalars(
            select(SchoolImport)
            .where(SchoolImport.bureau_id == actor.bureau_id, SchoolImport.state == "applied")
            .order_by(SchoolImport.created_at.desc(), SchoolImport.id.desc())
            .limit(most)
        )
    )


def apply_import(actor: Actor, import_id: UUID) -> SchoolImport:
    """Write what was checked. Conflict when one of the schools changed meanwhile; sent twice it is done once."""
    record = db.session.scalar(
        select(SchoolImport)
        .where(SchoolImport.bureau_id == actor.bureau_id, SchoolImport.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if record is None:
        raise NotFound
    if record.state == "applied":
        return record
    if record.state == "refused":
        raise Conflict(_("这份表格有错误，请改正后重新上传。"))
    zone_ids = _create_zones(actor, record.new_zones)
    schools = _locked_schools(actor, [row["school_id"] for row in record.rows if row["school_id"]])
    stale = []
    for row in record.rows:
        values = _typed(row["values"])
        if row["zone"]:
            values["zone_id"] = zone_ids[row["zone"]]
        if row["school_id"] is None:
            db.session.add(School(bureau_id=actor.bureau_id, search_name=values["name"].lower(), **values))
            continue
        school = schools.get(row["school_id"])
        if school is None or school.version != row["version"] or school.state == "merged":
            stale.append(school.name if school is not None else str(row["school_id"]))
            continue
        for name, value in values.items():
            setattr(school, name, value)
        school.search_name = school.name.lower()
    if stale:
        names = "、".join(stale[:5])
        raise Conflict(
            _("核对之后有 %(count)s 所学校被他人修改（%(names)s），请重新上传核对。", count=len(stale), names=names)
        )
    record.state, record.applied_at = "applied", now()
    taken = Conflict(_("核对之后有相同代码的学校被新建，请重新上传核对。"))
    writing.flush(db.session(), {"uq_schools_bureau_id_code": taken})
    return record


def _check_rows(actor: Actor, rows: Sequence[Row]) -> tuple[list[_Checked], list[Problem]]:
    existing = {
        school.code: school for school in db.session.scalars(select(School).where(School.bureau_id == actor.bureau_id))
    }
    zone_of = {name: zone.id for zone in zones(actor) for name in (zone.name, zone.code)}
    checked: list[_Checked] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for row in rows:
        code = row.values["code"]
        if code is None:
            continue  # its own problem was found while reading
        if code in seen:
            problems.append(Problem("duplicate", row.number, "code", {"other": seen[code]}))
            continue
        seen[code] = row.number
        school = existing.get(code)
        if school is not None and school.state == "merged":
            problems.append(Problem("merged", row.number, "code", text=_("这所学校已并入他校，不能修改。")))
            continue
        given = {name: value for name, value in row.values.items() if value is not None}
        zone = given.pop("zone", None)
        if zone in zone_of:
            given["zone_id"] = zone_of[zone]
        base = DEFAULTS if school is None else profile_of(school)
        profile = {**base, **given}
        for found in rules.errors_of(rules.check_profile(profile)):
            problems.append(Problem(found.code, row.number, found.field, text=labels.problem_text(found)))
        values = profile if school is None else changes(school, given)
        checked.append(_Checked(row.number, school, zone if zone not in zone_of else None, values))
    return checked, problems


def _stored(row: _Checked) -> dict[str, Any]:
    return {
        "row": row.row,
        "school_id": row.school.id if row.school is not None else None,
        "version": row.school.version if row.school is not None else None,
        "zone": row.zone,
        "code": row.school.code if row.school is not None else row.values["code"],
        "name": row.values.get("name") or (row.school.name if row.school is not None else ""),
        "values": {name: str(value) if isinstance(value, Decimal) else value for name, value in row.values.items()},
        "before": _before(row),
    }


def _before(row: _Checked) -> dict[str, Any]:
    if row.school is None:
        return {}
    stored = {name: getattr(row.school, name) for name in row.values}
    if row.zone:
        stored["zone_id"] = row.school.zone_id
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in stored.items()}


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    typed = dict(values)
    for name in ("latitude", "longitude"):
        if typed.get(name) is not None:
            typed[name] = Decimal(typed[name])
    return typed


def _create_zones(actor: Actor, names: Sequence[str]) -> dict[str, int]:
    """Zones that the table implies, with the next free codes Z1, Z2 …; one made meanwhile is taken as it is."""
    present = zones(actor)
    ids = {zone.name: zone.id for zone in present}
    codes = {zone.code for zone in present}
    number = 0
    for name in names:
        if name in ids:
            continue
        while f"Z{(number := number + 1)}" in codes:
            pass
        zone = Zone(bureau_id=actor.bureau_id, code=f"Z{number}", name=name)
        db.session.add(zone)
        db.session.flush()
        ids[name] = zone.id
    return ids


def _locked_schools(actor: Actor, ids: Sequence[int]) -> dict[int, School]:
    rows = db.session.scalars(
        select(School)
        .where(School.bureau_id == actor.bureau_id, School.id.in_(ids))
        .order_by(School.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {school.id: school for school in rows}


def _drop_unfinished(actor: Actor) -> None:
    """What the same person uploaded before and never applied."""
    db.session.execute(
        delete(SchoolImport).where(
            SchoolImport.bureau_id == actor.bureau_id,
            SchoolImport.created_by == actor.account_id,
            SchoolImport.state != "applied",
        )
    )
