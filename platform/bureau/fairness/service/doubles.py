"""Blind double visits (双人背靠背复评): a share of a plan's schools seen a second time by other inspectors, who do not
see the first answers. They link inspectors through schools; nothing of them is ever shown to a school or ranked."""

import random
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.inspections.models import Inspection, InspectionInspector, InspectionPlan
from bureau.inspections.service import planning
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.writing import flush
from kernel.errors import Invalid, RuleBroken

TEAM = 2


def double_plan(actor: Actor, plan_id: UUID) -> InspectionPlan | None:
    """The plan that sees `plan_id`'s schools a second time."""
    return db.session.scalar(
        select(InspectionPlan).where(InspectionPlan.bureau_id == actor.bureau_id, InspectionPlan.double_of == plan_id)
    )


def plan_doubles(
    actor: Actor, plan_id: UUID, *, percent: int, scheduled_on: date, ends_on: date, inspector_ids: list[UUID]
) -> InspectionPlan:
    """Draw `percent` of the plan's visits (at least one) by chance and give each to inspectors who were not there.

    Repeated, it adds nothing: a plan has one double. RuleBroken where nobody is left for a school; nothing is written.
    """
    existing = double_plan(actor, plan_id)
    if existing is not None:
        return existing
    plan = planning.get_plan(actor, plan_id, lock=True)
    existing = double_plan(actor, plan_id)  # somebody else's, committed while the plan was waited for
    if existing is not None:
        return existing
    if plan.double_of is not None:
        raise RuleBroken("double_of_double", _("这已是复评计划，不能再安排复评。"))
    if not 1 <= percent <= 100:
        raise Invalid({"percent": [_("请填 1 到 100。")]})
    if ends_on < scheduled_on:
        raise Invalid({"ends_on": [_("结束日期不能早于开始日期。")]})
    teams = _teams(actor, plan_id)
    if not teams:
        raise RuleBroken("no_visits", _("计划中还没有安排检查，无法复评。"))
    chance = random.SystemRandom()
    count = int((Decimal(len(teams) * percent) / 100).to_integral_value(ROUND_HALF_UP)) or 1
    pairs = _pairs(chance.sample(sorted(teams), count), teams, inspector_ids, chance)
    double = planning.create_plan(
        actor, id=new_id(), title=_("%(plan)s（背靠背复评）", plan=plan.title), form_version_id=plan.form_version_id,
        starts_on=scheduled_on, ends_on=ends_on, releases_on_submit=False,
    )  # fmt: skip
    double.double_of = plan.id
    flush(db.session())
    for pair, schools in pairs.items():
        planning.assign(actor, double.id, schools, list(pair), scheduled_on)
    return double


def _teams(actor: Actor, plan_id: UUID) -> dict[int, set[UUID]]:
    """Who was, or will be, at which school of the plan."""
    rows = db.session.execute(
        select(Inspection.school_id, InspectionInspector.person_id)
        .join(
            InspectionInspector,
            (InspectionInspector.bureau_id == Inspection.bureau_id)
            & (InspectionInspector.school_id == Inspection.school_id)
            & (InspectionInspector.inspection_id == Inspection.id),
        )
        .where(
            Inspection.bureau_id == actor.bureau_id,
            Inspection.plan_id == plan_id,
            Inspection.state != "cancelled",
        )
    )
    teams: dict[int, set[UUID]] = defaultdict(set)
    for school_id, person_id in rows:
        teams[school_id].add(person_id)
    return dict(teams)


def _pairs(
    schools: list[int], teams: dict[int, set[UUID]], inspector_ids: list[UUID], chance: Any
) -> dict[tuple[UUID, ...], list[int]]:
    """Each school to the least burdened inspectors who were not there; ties by chance."""
    burden = dict.fromkeys(inspector_ids, 0)
    pairs: dict[tuple[UUID, ...], list[int]] = defaultdict(list)
    for school in schools:
        free = [person for person in burden if person not in teams[school]]
        if len(free) < TEAM:
            raise RuleBroken("no_other_inspectors", _("有学校找不到两名没有去过的检查员，请增加复评人员。"))
        chance.shuffle(free)
        pair = tuple(sorted(sorted(free, key=lambda person: burden[person])[:TEAM]))
        for person in pair:
            burden[person] += 1
        pairs[pair].append(school)
    return dict(pairs)
