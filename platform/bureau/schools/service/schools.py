"""Schools: find, create, edit. The bureau decides what a school is, the school keeps its own numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select

from bureau.roles import Role
from bureau.schools import labels, rules
from bureau.schools.models import School
from bureau.schools.permissions import Permission
from bureau.schools.service.zones import get_zone
from kernel.actor import Actor
from kernel.database import db, writing
from kernel.database.paging import Page, paginate
from kernel.errors import Conflict, Denied, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class SchoolFilters:
    """None: not filtered by. `states` empty: all but merged ones. `text`: part of the name, or the code's beginning."""

    zone_id: int | None = None
    stage: str | None = None
    is_boarding: bool | None = None
    canteen_mode: str | None = None
    state: str | None = None
    text: str | None = None


def list_schools(
    actor: Actor, filters: SchoolFilters | None = None, cursor: str | None = None, limit: int = 50
) -> Page[School]:
    """By code, ascending. A zone supervisor finds the zone's schools, a school itself."""
    return paginate(db.session(), _selection(actor, filters), [School.code, School.id], cursor, limit, ascending=True)


def all_schools(actor: Actor, filters: SchoolFilters | None = None) -> list[School]:
    """The whole selection, for exports, choices and reports; a bureau has hundreds of schools, not millions."""
    return list(db.session.scalars(_selection(actor, filters).order_by(School.code)))


def _selection(actor: Actor, filters: SchoolFilters | None) -> Select[Any]:
    filters = filters or SchoolFilters()
    chosen = select(School).where(*_own(actor))
    if filters.state:
        chosen = chosen.where(School.state == filters.state)
    else:
        chosen = chosen.where(School.state != "merged")
    if filters.zone_id is not None:
        chosen = chosen.where(School.zone_id == filters.zone_id)
    if filters.stage:
        chosen = chosen.where(School.stage == filters.stage)
    if filters.is_boarding is not None:
        chosen = chosen.where(School.is_boarding == filters.is_boarding)
    if filters.canteen_mode:
        chosen = chosen.where(School.canteen_mode == filters.canteen_mode)
    if filters.text:
        # Part of a name, not only its beginning: "第三中学" is what people type. It reads the bureau's own rows only.
        wanted = filters.text.lower()
        chosen = chosen.where(or_(func.strpos(School.search_name, wanted) > 0, School.code.op("^@")(filters.text)))
    return chosen


def _own(actor: Actor) -> list[ColumnElement[bool]]:
    """The actor's tenant, spelled out beside row-level security."""
    own = [School.bureau_id == actor.bureau_id]
    if actor.level == "school":
        own.append(School.id == actor.school_id)
    elif actor.level == "zone":
        own.append(School.id.in_(actor.school_ids))
    return own


def get_school(actor: Actor, school_id: int, *, for_update: bool = False) -> School:
    """NotFound for a school outside the actor's scope."""
    wanted = select(School).where(*_own(actor), School.id == school_id)
    if for_update:
        wanted = wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
    school = db.session.scalar(wanted)
    if school is None:
        raise NotFound
    return school


def school_names(actor: Actor, ids: Iterable[int | None]) -> dict[int, str]:
    """Names of those of `ids` that the actor may see."""
    wanted = {school_id for school_id in ids if school_id is not None}
    if not wanted:
        return {}
    rows = db.session.execute(select(School.id, School.name).where(*_own(actor), School.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def editable_fields(actor: Actor) -> frozenset[str]:
    """The profile fields whose right the actor holds; empty: none."""
    if actor.level == "bureau" and actor.roles & {Role.BUREAU_ADMIN, "system"}:
        return frozenset(rules.PROFILE_FIELDS)
    if actor.level == "school" and actor.roles & {Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR} and not actor.read_only:
        return frozenset(rules.SCHOOL_FIELDS)
    return frozenset()


def profile_of(school: School) -> dict[str, Any]:
    return {name: getattr(school, name) for name in rules.PROFILE_FIELDS}


def current_of(school: School) -> dict[str, Any]:
    """What is stored now, for a conflict's answer: plain JSON values."""
    profile = profile_of(school)
    for name in ("latitude", "longitude"):
        profile[name] = None if profile[name] is None else format(profile[name].normalize(), "f")
    return {"version": school.version, **profile}


def create_school(actor: Actor, values: Mapping[str, Any]) -> School:
    """`values`: PROFILE_FIELDS. Sent twice with the same content it is the same school."""
    if editable_fields(actor) != frozenset(rules.PROFILE_FIELDS):
        raise Denied(Permission.SCHOOLS_MANAGE)
    _require_sound(actor, values)
    existing = db.session.scalar(
        select(School).where(School.bureau_id == actor.bureau_id, School.code == values["code"])
    )
    if existing is not None:
        if existing.state == "active" and not changes(existing, values):
            return existing
        raise _code_taken()
    school = School(bureau_id=actor.bureau_id, search_name=values["name"].lower(), **dict(values))
    db.session.add(school)
    writing.flush(db.session(), {"uq_schools_bureau_id_code": _code_taken()})
    return school


def edit_school(actor: Actor, school_id: int, *, seen_version: int | None, values: Mapping[str, Any]) -> School:
    """`values`: any of PROFILE_FIELDS; the others stay. Denied when a field changes whose right is not held."""
    school = get_school(actor, school_id)
    if school.state == "merged":
        raise Conflict(_("学校已并入他校，只能查看，不能修改。"))
    writing.require_version(school, seen_version, current_of(school))
    changed = changes(school, values)
    forbidden = changed.keys() - editable_fields(actor)
    if forbidden:
        names = "、".join(str(labels.FIELD[name]) for name in rules.PROFILE_FIELDS if name in forbidden)
        raise Denied(Permission.SCHOOL_EDIT, _("您不能修改：%(fields)s。请联系教育局管理员。", fields=names))
    _require_sound(actor, {**profile_of(school), **values})
    for name, value in changed.items():
        setattr(school, name, value)
    if "name" in changed:
        school.search_name = school.name.lower()
    writing.flush(db.session(), {"uq_schools_bureau_id_code": _code_taken()})
    return school


def changes(school: School, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `values` that differ from what is stored."""
    return {name: value for name, value in values.items() if getattr(school, name) != value}


def warnings_of(school: School) -> list[rules.Problem]:
    return rules.warnings_of(rules.check_profile(profile_of(school)))


def _require_sound(actor: Actor, profile: Mapping[str, Any]) -> None:
    fields: dict[str, list[str]] = {}
    for problem in rules.errors_of(rules.check_profile(profile)):
        fields.setdefault(problem.field, []).append(labels.problem_text(problem))
    if actor.level == "bureau" and profile.get("zone_id") is not None:
        try:
            get_zone(actor, profile["zone_id"])
        except NotFound:
            fields.setdefault("zone_id", []).append(_("请从列出的选项中选择。"))
    if fields:
        raise Invalid(fields)


def _code_taken() -> Invalid:
    return Invalid({"code": [_("这个代码已有学校使用。")]})
