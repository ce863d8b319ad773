"""What a draw chooses from and by which rules, taken from the records as they stand: nothing of it is typed in."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from bureau.draws.risk import RULE
from bureau.draws.routes import longitude_permille
from bureau.draws.rules import FORMAT
from bureau.draws.service.campaign import covered, visited_ids
from bureau.draws.service.interests import recusals
from bureau.inspections.models import Inspection, InspectionInspector, InspectionPlan
from bureau.inspections.service import planning, teams
from bureau.schools import service as schools
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.errors import Invalid
from kernel.policy import service as policy
from kernel.web.dates import today
from kernel.workdays import rules as workdays
from kernel.workdays import service as calendars
from scorecards import service as forms

SENIOR_VISITS = 5  # handed-in visits that make an inspector experienced, for mixing pairs
MOST_DAYS = 200


@dataclass(frozen=True, slots=True)
class Settings:
    """What the bureau asks of a draw. `strata`: tier → how many, or a share such as "50%"."""

    strata: Mapping[str, str]
    inspector_ids: Sequence[UUID]
    first_day: date
    last_day: date
    team_size: int = 2
    visits_a_day: int = 3
    order: str = "random"
    weighted: bool = True
    mix: bool = True
    public_value: str = ""


def build(actor: Actor, plan: InspectionPlan, settings: Settings) -> tuple[dict[str, Any], dict[str, Any]]:
    """(pools, rules) as docs/draw-format.md has them."""
    days = working_days(actor, plan, settings.first_day, settings.last_day)
    _within_figures(actor, settings, days[0])
    pool_schools = _schools(actor, plan)
    if not pool_schools:
        raise Invalid({"_form": [_("名单中没有可抽取的学校：先加入学校，已安排检查的不再抽取。")]})
    inspectors = inspector_pool(actor, plan, settings.inspector_ids, days)
    pools = {"schools": pool_schools, "inspectors": inspectors}
    latitudes = [row["latitude_e6"] for row in pool_schools if row["latitude_e6"] is not None]
    version = forms.get_version(actor, plan.form_version_id)
    sections = teams.form_sections(version)
    shares = plan.shares_sections and len(sections) >= settings.team_size > 1
    rules = {
        "format": FORMAT,
        "plan_id": str(plan.id),
        "title": plan.title,
        "made_on": today().isoformat(),
        "strata": _counts(settings.strata, pool_schools),
        "weighted": settings.weighted,
        "days": [day.isoformat() for day in days],
        "team_size": settings.team_size,
        "visits_a_day": settings.visits_a_day,
        "order": settings.order,
        "mix": settings.mix,
        "senior_visits": SENIOR_VISITS,
        "sections": [{"code": code, "items": items} for code, items in sections] if shares else None,
        "longitude_permille": longitude_permille(latitudes),
        "public_value": settings.public_value,
        "risk": dict(RULE),
    }
    return pools, rules


def working_days(actor: Actor, plan: InspectionPlan, first: date, last: date) -> list[date]:
    if not plan.starts_on <= first <= last <= plan.ends_on:
        raise Invalid({"first_day": [_("检查日期应在计划起止日期之内。")]})
    if first < today():
        raise Invalid({"first_day": [_("不能抽到已经过去的日期。")]})
    if (last - first).days > MOST_DAYS:
        raise Invalid({"last_day": [_("日期过多。")]})
    calendar = calendars.calendar(actor.bureau_id)
    days = [
        date.fromordinal(number)
        for number in range(first.toordinal(), last.toordinal() + 1)
        if workdays.is_workday(date.fromordinal(number), calendar)
    ]
    if not days:
        raise Invalid({"first_day": [_("这段日期内没有工作日。")]})
    return days


def _within_figures(actor: Actor, settings: Settings, day: date) -> None:
    least = policy.effective(actor.bureau_id, teams.TEAM, on=day)
    if settings.team_size < least.number:
        raise Invalid({"team_size": [_("每组至少 %(least)s 人（%(source)s）。", least=int(least.number),
                                       source=least.citation)]})  # fmt: skip
    most = policy.effective(actor.bureau_id, teams.A_DAY, on=day)
    if settings.visits_a_day > most.number:
        raise Invalid({"visits_a_day": [_("每人每天最多 %(most)s 所（%(source)s）。", most=int(most.number),
                                          source=most.citation)]})  # fmt: skip


def _schools(actor: Actor, plan: InspectionPlan) -> list[dict[str, Any]]:
    visited = visited_ids(actor, plan.id)
    rows = [row for row in covered(actor, plan) if row.school.id not in visited and row.school.state == "active"]
    rows.sort(key=lambda row: row.school.id)
    ids = [row.school.id for row in rows]
    zones = schools.zone_names(actor)
    before = last_inspectors(actor, plan.kind, ids)
    cancelled = dict(
        db.session.execute(
            select(Inspection.school_id, Inspection.id).where(
                Inspection.bureau_id == actor.bureau_id,
                Inspection.plan_id == plan.id,
                Inspection.state == "cancelled",
            )
        ).all()
    )
    return [
        {
            "id": row.school.id,
            # Made before the commitment, so that nobody can choose it later: samples on site hang on it.
            "visit_id": str(cancelled.get(row.school.id) or new_id()),
            "name": row.school.name,
            "zone": zones.get(row.school.zone_id, "") if row.school.zone_id is not None else "",
            "latitude_e6": _millionths(row.school.latitude, row.school.longitude),
            "longitude_e6": _millionths(row.school.longitude, row.school.latitude),
            "stratum": row.risk.tier,
            "weight": row.risk.weight,
            "risk": row.risk.points,
            "risk_parts": dict(row.risk.parts),
            "last_inspectors": sorted(str(person) for person in before.get(row.school.id, ())),
        }
        for row in rows
    ]


def _millionths(degrees: Any, other: Any) -> int | None:
    return None if degrees is None or other is None else round(degrees * 1_000_000)


def last_inspectors(actor: Actor, kind: str, school_ids: Sequence[int]) -> dict[int, set[UUID]]:
    """School → who went there at the last visit of this kind, whether or not it is handed in yet."""
    last = (
        select(Inspection.school_id, Inspection.id)
        .where(
            Inspection.bureau_id == actor.bureau_id,
            Inspection.school_id.in_(school_ids),
            Inspection.kind == kind,
            Inspection.state != "cancelled",
        )
        .order_by(Inspection.school_id, Inspection.scheduled_on.desc(), Inspection.id.desc())
        .ext(distinct_on(Inspection.school_id))
        .subquery()
    )
    query = select(InspectionInspector.school_id, InspectionInspector.person_id).join(
        last,
        (InspectionInspector.school_id == last.c.school_id) & (InspectionInspector.inspection_id == last.c.id),
    )
    query = query.where(InspectionInspector.bureau_id == actor.bureau_id)
    found: dict[int, set[UUID]] = {}
    for school_id, person_id in db.session.execute(query):
        found.setdefault(school_id, set()).add(person_id)
    return found


def inspector_pool(
    actor: Actor, plan: InspectionPlan, inspector_ids: Sequence[UUID], days: Sequence[date]
) -> list[dict[str, Any]]:
    """No reasons of a recusal, only the schools: why is nobody else's business."""
    names = {person.id: person.display_name for person in planning.available_inspectors(actor)}
    wanted = sorted(set(inspector_ids), key=str)
    if not wanted or not set(names).issuperset(wanted):
        raise Invalid({"inspector_ids": [_("请选择本局现任检查员。")]})
    barred = recusals(actor, days[0], days[-1], wanted)
    busy = _busy_days(actor, wanted, days)
    done = dict(
        db.session.execute(
            select(InspectionInspector.person_id, func.count())
            .join(
                Inspection,
                (Inspection.bureau_id == InspectionInspector.bureau_id)
                & (Inspection.school_id == InspectionInspector.school_id)
                & (Inspection.id == InspectionInspector.inspection_id),
            )
            .where(
                InspectionInspector.bureau_id == actor.bureau_id,
                InspectionInspector.person_id.in_(wanted),
                Inspection.submitted_at.is_not(None),
            )
            .group_by(InspectionInspector.person_id)
        ).all()
    )
    return [
        {
            "id": str(person_id),
            "name": names[person_id],
            "senior": done.get(person_id, 0) >= SENIOR_VISITS,
            "capacity": 1000,
            "recused": sorted(barred.get(person_id, ())),
            "away": sorted(day.isoformat() for day in busy.get(person_id, ())),
        }
        for person_id in wanted
    ]


def _busy_days(actor: Actor, people: Sequence[UUID], days: Sequence[date]) -> dict[UUID, set[date]]:
    """Days on which they have a visit already: a drawn day is a whole one."""
    query = (
        select(InspectionInspector.person_id, Inspection.scheduled_on)
        .join(
            Inspection,
            (Inspection.bureau_id == InspectionInspector.bureau_id)
            & (Inspection.school_id == InspectionInspector.school_id)
            & (Inspection.id == InspectionInspector.inspection_id),
        )
        .where(
            InspectionInspector.bureau_id == actor.bureau_id,
            InspectionInspector.person_id.in_(people),
            Inspection.scheduled_on.in_(days),
            Inspection.state != "cancelled",
        )
    )
    found: dict[UUID, set[date]] = {}
    for person_id, day in db.session.execute(query):
        found.setdefault(person_id, set()).add(day)
    return found


def _counts(strata: Mapping[str, str], pool_schools: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Shares become numbers before the draw, rounded up: a stratum that is asked for is never left out."""
    counts = {}
    for tier, asked in strata.items():
        have = sum(row["stratum"] == tier for row in pool_schools)
        text = asked.strip() or "0"
        if text.endswith("%"):
            share = int(text[:-1])
            if share > 100:
                raise Invalid({tier: [_("比例不能超过 %(most)s。", most="100%")]})
            counts[tier] = math.ceil(have * share / 100)
        else:
            counts[tier] = int(text)
        if counts[tier] > have:
            raise Invalid({tier: [_("这一层只有 %(have)s 所学校可抽。", have=have)]})
    if not sum(counts.values()):
        raise Invalid({"_form": [_("请至少在一层中抽取一所学校。")]})
    return counts
