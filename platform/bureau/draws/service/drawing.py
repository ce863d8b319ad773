"""Commit, draw, publish, withdraw. The seed is made at the commitment and read once, when the draw is made."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.draws import labels
from bureau.draws.models import Draw, DrawDocument, DrawSeed
from bureau.draws.rules import (
    FORMAT,
    NoAssignment,
    commitment_of,
    digest,
    draw,
    key_of,
    visit_seed,
)
from bureau.draws.service import pools as pooling
from bureau.draws.service.campaign import visited_ids
from bureau.inspections.models import Inspection, InspectionPlan
from bureau.inspections.rules import OPEN_STATES
from bureau.inspections.service import planning, teams
from bureau.inspections.service.telling import tell_inspectors
from bureau.inspections.service.visits import move, record_event
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.scope import Scope, within
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import today

REHEARSALS = 5  # a draw that fails under its real seed could only be withdrawn, and that must stay rare


def commit(actor: Actor, plan_id: UUID, draw_id: UUID, settings: pooling.Settings) -> Draw:
    """Fix pools, rules and a secret seed, and give their hash. Sent twice it is the same draw."""
    plan = planning.get_plan(actor, plan_id, lock=True)
    existing = db.session.get(Draw, (actor.bureau_id, draw_id))
    if existing is not None:
        if existing.plan_id == plan.id:
            return existing
        raise Conflict(_("这个编号已用于另一次抽取。"))
    if plan.state != "open":
        raise RuleBroken("plan_closed", _("计划已结束，不能再安排检查。"))
    if any(row.state == "committed" for row in list_draws(actor, plan.id)):
        raise RuleBroken("draw_open", _("本计划已有一次公布了承诺、尚未抽取的抽取。请先抽取或撤回它。"))
    pools, rules = pooling.build(actor, plan, settings)
    for _turn in range(REHEARSALS):
        try:
            draw(pools, rules, secrets.token_bytes(32))
        except NoAssignment as error:
            raise RuleBroken("no_assignment", labels.reasons_text(error.reasons)) from error
    seed = secrets.token_bytes(32)
    row = Draw(
        bureau_id=actor.bureau_id, id=draw_id, plan_id=plan.id, title=plan.title,
        commitment=commitment_of(seed, pools, rules), wants_public_value=settings.public_value,
        created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(row)
    flush(db.session(), {"uq_draws_open": RuleBroken("draw_open", _("本计划刚刚已有人公布了承诺。"))})
    db.session.add(DrawDocument(bureau_id=actor.bureau_id, id=row.id, rules=rules, pools=pools))
    db.session.add(DrawSeed(bureau_id=actor.bureau_id, id=row.id, seed=seed))
    flush(db.session())
    return row


def get_draw(actor: Actor, draw_id: UUID, *, lock: bool = False) -> Draw:
    query = select(Draw).where(Draw.bureau_id == actor.bureau_id, Draw.id == draw_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = db.session.scalar(query)
    if row is None:
        raise NotFound(_("没有这次抽取。"))
    return row


def list_draws(actor: Actor, plan_id: UUID) -> list[Draw]:
    """Newest first, withdrawn ones included: that a draw was withdrawn is part of the story."""
    return list(
        db.session.scalars(
            select(Draw).where(Draw.bureau_id == actor.bureau_id, Draw.plan_id == plan_id).order_by(Draw.id.desc())
        )
    )


def document_of(row: Draw) -> dict[str, Any]:
    """What `houqin draw verify` reads; before the draw without seed and result."""
    stored = _stored(row)
    return {
        "format": FORMAT,
        "id": str(row.id),
        "title": row.title,
        "state": row.state,
        "committed_at": row.created_at.isoformat(),
        "drawn_at": row.drawn_at.isoformat() if row.drawn_at else None,
        "commitment": row.commitment,
        "public_value": row.public_value,
        "seed": stored.seed,
        "rules": stored.rules,
        "pools": stored.pools,
        "result": stored.result,
        "result_digest": row.result_digest,
    }


def reveal(actor: Actor, draw_id: UUID, public_value: str, seen: int | None) -> Draw:
    """Draw: the seed leaves its table, the visits are made, the inspectors are told. Once only; when no assignment
    exists it says why and changes nothing."""
    row = get_draw(actor, draw_id, lock=True)
    if row.state != "committed":
        raise Conflict(_("这次抽取已经进行过或已撤回。"), {"version": row.version, "state": row.state})
    require_version(row, seen)
    public_value = (public_value or "").strip()
    if bool(row.wants_public_value) != bool(public_value):
        raise Invalid({"public_value": [_("请填写约定的公开数值：%(what)s", what=row.wants_public_value)
                                        if row.wants_public_value else _("这次抽取没有约定公开数值。")]})  # fmt: skip
    plan = planning.get_plan(actor, row.plan_id, lock=True)
    if plan.state != "open":
        raise RuleBroken("plan_closed", _("计划已结束，不能再安排检查。"))
    stored = _stored(row)
    require_pools_hold(actor, plan, stored)
    seed = _read_seed(actor, row)
    if commitment_of(seed, stored.pools, stored.rules) != row.commitment:
        raise RuleBroken("draw_changed", _("名单、规则或种子与公布的承诺不符，不能抽取。"))
    key = key_of(seed, public_value)
    try:
        result = draw(stored.pools, stored.rules, key)
    except NoAssignment as error:
        raise RuleBroken("no_assignment", labels.reasons_text(error.reasons)) from error
    row.state, row.drawn_at, row.drawn_by = "drawn", now(), actor.account_id
    row.public_value, row.result_digest = public_value, digest(result)
    stored.seed, stored.result = seed.hex(), result
    flush(db.session())
    _make_visits(actor, plan, row, result, key)
    return row


def publish(actor: Actor, draw_id: UUID, seen: int | None) -> Draw:
    """Seed, pools and result for everyone. Not while a visit is still to come: the school would know of it."""
    row = get_draw(actor, draw_id, lock=True)
    if row.state == "published":
        return row
    if row.state != "drawn":
        raise RuleBroken("draw_state", _("还没有抽取，不能公布结果。"))
    require_version(row, seen)
    ahead = open_visits(actor, row)
    if ahead:
        raise RuleBroken("visits_ahead", _("还有 %(count)s 所学校没有检查完。全部完成后才能公布，以免走漏名单。",
                                           count=ahead))  # fmt: skip
    row.state, row.published_at = "published", now()
    _stored(row).published_at = row.published_at
    flush(db.session())
    return row


def withdraw(actor: Actor, draw_id: UUID, reason: str, seen: int | None) -> Draw:
    """Before it is drawn; the public page keeps commitment and reason."""
    row = get_draw(actor, draw_id, lock=True)
    if row.state != "committed":
        raise RuleBroken("draw_state", _("已经抽取的不能撤回；个别学校可以取消检查并说明原因。"))
    require_version(row, seen)
    row.state, row.reason = "withdrawn", reason
    flush(db.session())
    return row


def open_visits(actor: Actor, row: Draw) -> int:
    found = db.session.scalar(
        select(func.count()).where(
            Inspection.bureau_id == actor.bureau_id, Inspection.draw_id == row.id, Inspection.state.in_(OPEN_STATES)
        )
    )
    return int(found or 0)


def departures(actor: Actor, row: Draw, document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(school's name, state or "moved") of drawn visits that were cancelled, or are no longer this draw's."""
    drawn = {UUID(one["visit_id"]): one for one in (document["result"] or {"visits": ()})["visits"]}
    names, _people = names_of(document)
    rows = db.session.execute(
        select(Inspection.id, Inspection.state, Inspection.draw_id).where(
            Inspection.bureau_id == actor.bureau_id, Inspection.id.in_(drawn)
        )
    )
    return sorted(
        (names.get(drawn[visit_id]["school_id"], ""), "cancelled" if state == "cancelled" else "moved")
        for visit_id, state, draw_id in rows
        if state == "cancelled" or draw_id != row.id
    )


def require_pools_hold(actor: Actor, plan: InspectionPlan, stored: DrawDocument) -> None:
    """Whether what was committed to still describes the district. Asks nothing of the seed: a refusal tells nobody what
    the draw would have given."""
    pools, rules = stored.pools, stored.rules
    problems = []
    visited = visited_ids(actor, plan.id)
    active = set(
        db.session.scalars(
            select(School.id).where(
                School.bureau_id == actor.bureau_id,
                School.id.in_([row["id"] for row in pools["schools"]]),
                School.state == "active",
            )
        )
    )
    for school in pools["schools"]:
        if school["id"] in visited:
            problems.append(_("%(school)s 已另行安排检查", school=school["name"]))
        elif school["id"] not in active:
            problems.append(_("%(school)s 已不在册", school=school["name"]))
    days = [date.fromisoformat(day) for day in rules["days"]]
    if days[0] < today():
        problems.append(_("第一个检查日期已过"))
    present = {str(person.id) for person in planning.available_inspectors(actor)}
    gone = [one for one in pools["inspectors"] if one["id"] not in present]
    problems += [_("%(name)s 已不是检查员", name=one["name"]) for one in gone]
    staying = [UUID(one["id"]) for one in pools["inspectors"] if one["id"] in present]
    fresh = {one["id"]: one for one in pooling.inspector_pool(actor, plan, staying, days)} if staying else {}
    for one in pools["inspectors"]:
        current = fresh.get(one["id"])
        if current is None:
            continue
        if not set(current["recused"]) <= set(one["recused"]):
            problems.append(_("%(name)s 新申报了回避", name=one["name"]))
        if not set(current["away"]) <= set(one["away"]):
            problems.append(_("%(name)s 在抽取的日期内有了别的检查", name=one["name"]))
    if problems:
        raise RuleBroken(
            "pools_changed",
            _("公布承诺以后情况有变：%(what)s。请撤回并说明原因，重新公布承诺。", what="；".join(problems[:10])),
        )


def _make_visits(actor: Actor, plan: InspectionPlan, row: Draw, result: Mapping[str, Any], key: bytes) -> None:
    loads: dict[UUID, list[date]] = {}
    for drawn in result["visits"]:
        visit = _visit(actor, plan, row, drawn)
        people = [UUID(one) for one in drawn["inspectors"]]
        sections = drawn["sections"]
        teams.set_team(
            visit, people, None if sections is None else {UUID(one): codes for one, codes in sections.items()}
        )
        teams.ensure_seed(visit, visit_seed(key, str(visit.id)))
        for person in people:
            loads.setdefault(person, []).append(visit.scheduled_on)
    flush(db.session())
    for person, days in loads.items():
        tell_inspectors(actor, plan, [person], len(days), min(days))


def _visit(actor: Actor, plan: InspectionPlan, row: Draw, drawn: Mapping[str, Any]) -> Inspection:
    day = date.fromisoformat(drawn["day"])
    place = (actor.bureau_id, drawn["school_id"], UUID(drawn["visit_id"]))
    visit = db.session.get(Inspection, place)
    if visit is None:
        visit = Inspection(
            bureau_id=actor.bureau_id, school_id=drawn["school_id"], id=UUID(drawn["visit_id"]), plan_id=plan.id,
            form_version_id=plan.form_version_id, kind=plan.kind, scheduled_on=day, day_order=drawn["order"],
            draw_id=row.id, created_by=actor.account_id,
        )  # fmt: skip
        db.session.add(visit)
        taken = RuleBroken("pools_changed", _("公布承诺以后情况有变，请刷新后重试。"))
        flush(db.session(), {"uq_inspections_bureau_id_plan_id_school_id": taken})
        record_event(actor, visit, "plan", "", "planned", _("双随机抽取"))
    else:
        move(actor, visit, "plan", _("双随机抽取"))
        visit.scheduled_on, visit.day_order, visit.draw_id = day, drawn["order"], row.id
    return visit


def _stored(row: Draw) -> DrawDocument:
    stored = db.session.get(DrawDocument, (row.bureau_id, row.id))
    if stored is None:
        raise NotFound(_("没有这次抽取。"))
    return stored


def _read_seed(actor: Actor, row: Draw) -> bytes:
    """The only statement that reads a seed. It runs under the operator's role, within this bureau: no role that serves
    a page may select from the table."""
    with within(db.session(), Scope("houqin_operator", bureau_id=actor.bureau_id)):
        found = db.session.scalar(
            select(DrawSeed.seed).where(DrawSeed.bureau_id == actor.bureau_id, DrawSeed.id == row.id)
        )
    if found is None:
        raise NotFound(_("没有这次抽取。"))
    return bytes(found)


def names_of(document: Mapping[str, Any]) -> tuple[dict[int, str], dict[str, str]]:
    """(school id → name, inspector id → name) as the pools of a document have them."""
    pools = document["pools"]
    return _names(pools["schools"]), _names(pools["inspectors"])


def _names(rows: Iterable[Mapping[str, Any]]) -> dict[Any, str]:
    return {row["id"]: row["name"] for row in rows}
