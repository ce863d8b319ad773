"""Who goes to a visit and what of the form is theirs: how many at least, how much a day at most, who must not go."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from bureau.draws.models import VisitSeed
from bureau.draws.rules import shared_sections
from bureau.draws.service.interests import recusals
from bureau.inspections.models import Inspection, InspectionInspector, InspectionPlan
from bureau.inspections.service.visits import get_inspection
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush, require_version
from kernel.errors import Invalid, RuleBroken
from kernel.identity.models import Person
from kernel.policy import service as policy
from scorecards.models import FormVersion

TEAM = "inspection.team.least"
A_DAY = "inspection.visits_a_day.most"


def require_team(
    actor: Actor, school_ids: Sequence[int], inspectors: Sequence[UUID], day: date, planned: Sequence[UUID] = ()
) -> None:
    """At least so many inspectors, none recused, none with too many visits on that day. `planned`: visits about to be
    moved, which do not count. Records that the system brings in are taken as they were."""
    if "system" in actor.roles:
        return
    least = policy.effective(actor.bureau_id, TEAM, on=day)
    if len(inspectors) < least.number:
        raise Invalid(
            {"inspector_ids": [_("每次检查至少 %(least)s 名检查员（%(source)s）。", least=int(least.number),
                                 source=least.citation)]}
        )  # fmt: skip
    _refuse_recused(actor, school_ids, inspectors, day)
    most = policy.effective(actor.bureau_id, A_DAY, on=day)
    busy = visits_on(actor, inspectors, day, planned)
    for person_id in inspectors:
        if busy.get(person_id, 0) + len(school_ids) > most.number:
            raise RuleBroken(
                "visits_a_day",
                _("%(name)s 在 %(day)s 将有 %(count)s 所学校，每人每天最多 %(most)s 所。",
                  name=_name(actor, person_id), day=day.isoformat(),
                  count=busy.get(person_id, 0) + len(school_ids), most=int(most.number)),
                most.citation,
            )  # fmt: skip


def _refuse_recused(actor: Actor, school_ids: Sequence[int], inspectors: Sequence[UUID], day: date) -> None:
    for person_id, barred in recusals(actor, day, day, inspectors).items():
        for school_id in sorted(barred & set(school_ids)):
            school = db.session.get(School, (actor.bureau_id, school_id))
            raise RuleBroken(
                "recused",
                _("%(name)s 与 %(school)s 有利害关系，应当回避。",
                  name=_name(actor, person_id), school=school.name if school else school_id),
            )  # fmt: skip


def visits_on(actor: Actor, people: Sequence[UUID], day: date, without: Sequence[UUID] = ()) -> dict[UUID, int]:
    """Person → visits on that day, cancelled ones and those named left out."""
    query = (
        select(InspectionInspector.person_id, func.count())
        .join(
            Inspection,
            (Inspection.bureau_id == InspectionInspector.bureau_id)
            & (Inspection.school_id == InspectionInspector.school_id)
            & (Inspection.id == InspectionInspector.inspection_id),
        )
        .where(
            InspectionInspector.bureau_id == actor.bureau_id,
            InspectionInspector.person_id.in_(people),
            Inspection.scheduled_on == day,
            Inspection.state != "cancelled",
            Inspection.id.not_in(without),
        )
        .group_by(InspectionInspector.person_id)
    )
    return dict(db.session.execute(query).all())


def set_team(
    visit: Inspection, inspectors: Sequence[UUID], sections: Mapping[UUID, Sequence[str]] | None = None
) -> None:
    """Replace who goes (the first leads) and what of the form is theirs (None: all of it)."""
    current = {row.person_id: row for row in team_of(visit)}
    for person_id, row in current.items():
        if person_id not in inspectors:
            db.session.delete(row)
    for position, person_id in enumerate(inspectors):
        if person_id not in current:
            current[person_id] = InspectionInspector(
                bureau_id=visit.bureau_id, school_id=visit.school_id, inspection_id=visit.id, person_id=person_id
            )
            db.session.add(current[person_id])
        current[person_id].is_lead = position == 0
        current[person_id].sections = None if sections is None else list(sections[person_id])


def team_of(visit: Inspection) -> list[InspectionInspector]:
    """The leader first."""
    return list(
        db.session.scalars(
            select(InspectionInspector)
            .where(
                InspectionInspector.bureau_id == visit.bureau_id,
                InspectionInspector.school_id == visit.school_id,
                InspectionInspector.inspection_id == visit.id,
            )
            .order_by(InspectionInspector.is_lead.desc(), InspectionInspector.id)
        )
    )


def form_sections(version: FormVersion) -> list[tuple[str, int]]:
    """(code, number of items) in the form's order."""
    return [(section["code"], len(section.get("items", ()))) for section in version.form["sections"]]


def even_shares(
    plan: InspectionPlan, version: FormVersion, visit_id: UUID, inspectors: Sequence[UUID]
) -> dict[UUID, list[str]] | None:
    """Each section to one of the team by chance; None where the plan does not share, or has too few sections to."""
    sections = form_sections(version)
    if not plan.shares_sections or len(inspectors) < 2 or len(sections) < len(inspectors):
        return None
    shared = shared_sections([str(one) for one in inspectors], sections, secrets.token_bytes(32), str(visit_id))
    return None if shared is None else {UUID(one): codes for one, codes in shared.items()}


def share_sections(
    actor: Actor,
    school_id: int,
    inspection_id: UUID,
    sections: Mapping[UUID, Sequence[str]] | None,
    seen: int | None,
) -> Inspection:
    """Change by hand who answers what, before the visit has begun: every section to exactly one, or (None) all to all."""
    visit = get_inspection(actor, school_id, inspection_id, lock=True)
    require_version(visit, seen)
    if visit.state != "planned":
        raise RuleBroken("visit_begun", _("检查已经开始，不能再改分工。"))
    team = team_of(visit)
    if sections is not None:
        version = db.session.get(FormVersion, (visit.bureau_id, visit.form_version_id))
        wanted = [code for code, _count in form_sections(version)] if version is not None else []
        given = [code for codes in sections.values() for code in codes]
        if set(sections) != {row.person_id for row in team} or sorted(given) != sorted(wanted):
            raise Invalid({"sections": [_("每个部分须恰好分给一名检查员。")]})
        place = {code: number for number, code in enumerate(wanted)}
        sections = {person: sorted(codes, key=lambda code: place[code]) for person, codes in sections.items()}
    for row in team:
        row.sections = None if sections is None else list(sections[row.person_id])
    flag_modified(visit, "remark")  # the share is part of the visit: whoever saw the older one is told
    flush(db.session())
    return visit


def ensure_seed(visit: Inspection, seed: str | None = None) -> None:
    """Each visit has a seed for what is sampled on site; a drawn visit's comes from the draw, else by chance."""
    row = db.session.get(VisitSeed, (visit.bureau_id, visit.school_id, visit.id))
    if row is None:
        row = VisitSeed(bureau_id=visit.bureau_id, school_id=visit.school_id, id=visit.id, seed=secrets.token_hex(32))
        db.session.add(row)
    row.seed = seed or row.seed


def _name(actor: Actor, person_id: UUID) -> str:
    person = db.session.get(Person, (actor.bureau_id, person_id))
    return person.display_name if person is not None else str(person_id)
