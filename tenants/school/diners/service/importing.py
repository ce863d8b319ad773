"""Pupils from a table: check first, show what would change, write all of it or nothing. The number tells who is who."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import bindparam, insert, select, update

from kernel.actor import Actor
from kernel.audit import capture
from kernel.database import db, new_id, now
from kernel.errors import Conflict
from kernel.sheets import Problem, Row, read_xlsx
from kernel.web.dates import today
from school.diners import labels, rules
from school.diners.models import Pupil, RosterImport
from school.diners.service import rosters
from school.diners.service.classes import recount
from school.diners.service.counting import active_classes
from school.diners.sheet import SPEC, allergens_of

KIND = "pupils"
FIELDS = ("name", "class_id", "sex", "birth_date", "is_boarder", "allergens", "allergy_note", "left_on")
BLANKS: dict[str, Any] = {"birth_date": None, "is_boarder": False, "allergens": [], "allergy_note": "", "left_on": None}


def check_import(actor: Actor, *, filename: str, data: bytes) -> RosterImport:
    """Read and check an uploaded table. Empty cells leave an existing pupil's value as it is."""
    parsed = read_xlsx(SPEC, data)
    existing = {pupil.number: pupil for pupil in db.session.scalars(_all(actor))}
    classes = {row.name: row.id for row in active_classes(actor, actor.own_school_id())}
    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    unchanged = 0
    seen: dict[str, int] = {}
    for row in parsed.rows:
        number = row.values["number"]
        if number is None:
            continue  # its own problem was found while reading
        if number in seen:
            problems.append(Problem("duplicate", row.number, "number", {"other": seen[number]}))
            continue
        seen[number] = row.number
        pupil = existing.get(number)
        values, found = _checked(row, pupil, classes)
        problems += found
        if pupil is not None and not values:
            unchanged += 1
        else:
            rows.append(_stored(row.number, number, pupil, values))
    created = sum(row["id"] is None for row in rows)
    return rosters.keep(
        actor, KIND, SPEC, filename=filename, parsed=parsed, found=problems, rows=rows, created=created,
        changed=len(rows) - created, unchanged=unchanged,
    )  # fmt: skip


def apply_import(actor: Actor, import_id: UUID) -> RosterImport:
    return rosters.apply(actor, KIND, import_id, _write)


def _checked(row: Row, pupil: Pupil | None, classes: Mapping[str, UUID]) -> tuple[dict[str, Any], list[Problem]]:
    """The values of a new pupil, or what changes of a known one."""
    problems = []
    given = {name: value for name, value in row.values.items() if value is not None and name != "number"}
    class_name = given.pop("class_name", None)
    if class_name in classes:
        given["class_id"] = classes[class_name]
    elif class_name is not None:
        problems.append(Problem("no_class", row.number, "class_name", text=_("没有这个班级，请先新建班级。")))
    if "allergens" in given:
        given["allergens"] = allergens_of(given["allergens"])
    before = BLANKS if pupil is None else {name: getattr(pupil, name) for name in FIELDS}
    facts = {**before, **given}
    found = rules.pupil_problems(rules.PupilFacts(facts["birth_date"], facts["left_on"], facts["allergens"]), today())
    problems += [Problem(code, row.number, field, text=str(labels.PROBLEMS[code])) for field, code in found.items()]
    if pupil is None:
        return {**BLANKS, **given}, problems
    return {name: value for name, value in given.items() if before[name] != value}, problems


def _stored(row: int, number: str, pupil: Pupil | None, values: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: _plain(value) for name, value in values.items()}
    return {
        "row": row, "id": None if pupil is None else str(pupil.id), "version": pupil.version if pupil else None,
        "number": number, "name": values.get("name") or (pupil.name if pupil else ""), "values": plain,
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    typed = dict(values)
    for name in ("birth_date", "left_on"):
        if typed.get(name):
            typed[name] = date.fromisoformat(typed[name])
    if "class_id" in typed:
        typed["class_id"] = UUID(typed["class_id"])
    return typed


def _write(actor: Actor, rows: Sequence[dict[str, Any]]) -> None:
    """Two thousand pupils are two statements, and one entry in the audit: who they are stands in the import."""
    places = {"bureau_id": actor.bureau_id, "school_id": actor.own_school_id()}
    current = {
        pupil.id: pupil
        for pupil in db.session.scalars(_all(actor).with_for_update().execution_options(populate_existing=True))
    }
    classes: set[UUID] = set()
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    stale = []
    for row in rows:
        values = _typed(row["values"])
        pupil = current.get(UUID(row["id"])) if row["id"] else None
        if row["id"] and (pupil is None or pupil.version != row["version"]):
            stale.append(row["number"])
            continue
        whole = values if pupil is None else {name: getattr(pupil, name) for name in FIELDS} | values
        classes |= {whole["class_id"]} | ({pupil.class_id} if pupil else set())
        state = {"is_active": whole["left_on"] is None, "search_name": whole["name"].lower()}
        if pupil is None:
            new.append(
                {
                    **places, "id": new_id(), "number": row["number"], "created_at": now(),
                    "created_by": actor.account_id, "version": 1, **whole, **state,
                }
            )  # fmt: skip
        else:
            changed.append({"key": pupil.id, **whole, **state})
    taken = {pupil.number for pupil in current.values()}
    stale += [row["number"] for row in new if row["number"] in taken]
    if stale:
        raise Conflict(
            _(
                "核对之后有 %(count)s 名学生被他人修改（学号 %(numbers)s），请重新上传核对。",
                count=len(stale),
                numbers="、".join(stale[:5]),
            )
        )
    table = Pupil.__table__
    if new:
        db.session.execute(insert(table), new)
    if changed:
        own = (table.c.bureau_id == actor.bureau_id) & (table.c.school_id == actor.own_school_id())
        names = (*FIELDS, "is_active", "search_name")
        statement = (
            update(table)
            .where(own, table.c.id == bindparam("key"))
            .values(version=table.c.version + 1, **{name: bindparam(name) for name in names})
        )
        db.session.connection().execute(statement, changed)
    db.session.expire_all()
    capture.record(
        db.session(), actor.bureau_id, "school:pupils:manage",
        [{"table": "pupils", "key": {}, "kind": "import", "new": {"created": len(new), "changed": len(changed)}}],
        school_id=actor.own_school_id(),
    )  # fmt: skip
    recount(actor, classes)


def _all(actor: Actor) -> Any:
    return (
        select(Pupil)
        .where(Pupil.bureau_id == actor.bureau_id, Pupil.school_id == actor.own_school_id())
        .order_by(Pupil.id)
    )
