"""How far the schools of a round are, and who is reminded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, or_, select, update

from bureau.demand import rules
from bureau.demand.models import DemandRound, DemandSheet
from bureau.demand.permissions import FILLERS, SUBMITTERS
from bureau.demand.service.moving import get_round, note_round
from bureau.demand.service.sheets import filled_counts
from bureau.schools.models import School, Zone
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush
from kernel.errors import RuleBroken
from kernel.identity import holders
from kernel.notices.service import notify
from kernel.web.dates import shanghai

REMIND_EVERY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class SchoolProgress:
    sheet: DemandSheet
    school_name: str
    school_code: str
    zone_id: int | None
    filled: int
    late: bool


@dataclass(frozen=True, slots=True)
class ZoneProgress:
    """`handed_in`: submitted or further."""

    zone_id: int | None
    name: str
    schools: Sequence[SchoolProgress]

    @property
    def handed_in(self) -> int:
        return sum(one.sheet.state not in rules.FILLABLE for one in self.schools)

    @property
    def late(self) -> int:
        return sum(one.late and one.sheet.state in rules.FILLABLE for one in self.schools)


def progress(actor: Actor, row: DemandRound) -> list[ZoneProgress]:
    """By zone, schools by code; a zone supervisor's own schools only."""
    of_school = (School.bureau_id == DemandSheet.bureau_id) & (School.id == DemandSheet.school_id)
    query = (
        select(DemandSheet, School.name, School.code, School.zone_id)
        .join(School, of_school)
        .where(DemandSheet.bureau_id == actor.bureau_id, DemandSheet.round_id == row.id)
        .order_by(School.code)
    )
    if actor.level == "zone":
        query = query.where(DemandSheet.school_id.in_(actor.school_ids))
    filled = filled_counts(actor, row.id, actor.school_ids if actor.level == "zone" else None)
    at = now()
    by_zone: dict[int | None, list[SchoolProgress]] = {}
    for sheet, name, code, zone_id in db.session.execute(query):
        late = rules.is_late(sheet.state, row.deadline, sheet.submitted_at, at)
        one = SchoolProgress(sheet, name, code, zone_id, filled.get(sheet.school_id, 0), late)
        by_zone.setdefault(zone_id, []).append(one)
    zones = db.session.execute(select(Zone.id, Zone.name).where(Zone.bureau_id == actor.bureau_id).order_by(Zone.code))
    found = [ZoneProgress(zone_id, name, by_zone[zone_id]) for zone_id, name in zones if zone_id in by_zone]
    if None in by_zone:
        found.append(ZoneProgress(None, _("未分片区"), by_zone[None]))
    return found


def remind(actor: Actor, round_id: UUID) -> int:
    """Tell those at the schools that have not handed in; not twice within half a day. How many schools were told."""
    row = get_round(actor, round_id, lock=True)
    if row.state != "open":
        raise RuleBroken("demand_round_state", _("本轮填报已截止，不再催报。"))
    at = now()
    waiting = list(
        db.session.scalars(
            select(DemandSheet.school_id).where(
                DemandSheet.bureau_id == actor.bureau_id, DemandSheet.round_id == round_id,
                DemandSheet.state.in_(rules.FILLABLE),
                or_(DemandSheet.reminded_at.is_(None), DemandSheet.reminded_at <= at - REMIND_EVERY),
            )
        )
    )  # fmt: skip
    if not waiting:
        return 0
    _tell(actor, row, waiting)
    db.session.execute(
        update(DemandSheet)
        .where(
            DemandSheet.bureau_id == actor.bureau_id, DemandSheet.round_id == round_id,
            DemandSheet.school_id.in_(waiting),
        )
        .values(reminded_at=at)
        # A reminder changes nothing that somebody at a school is looking at: the version stays.
        .execution_options(synchronize_session="fetch")
    )  # fmt: skip
    note_round(actor, row, "remind", row.state, _("%(count)s 所学校", count=len(waiting)))
    flush(db.session())
    return len(waiting)


def _tell(actor: Actor, row: DemandRound, school_ids: Sequence[int]) -> None:
    title = _("请填报需求计划：%(title)s", title=row.title)
    body = _("截止时间：%(at)s", at=shanghai(row.deadline))
    for school_id, people in holders.at_schools(actor.bureau_id, school_ids, (*FILLERS, *SUBMITTERS)).items():
        notify(
            actor, people, "demand_reminder", title, body=body, url=f"/demand/{row.id}/sheet", school_id=school_id,
            by_mail=True,
        )  # fmt: skip


def waiting_sheets(actor: Actor) -> list[tuple[DemandRound, DemandSheet]]:
    """Of the actor's own school: what it can still fill or hand in, the nearest deadline first."""
    own = (DemandSheet.bureau_id == DemandRound.bureau_id) & (DemandSheet.round_id == DemandRound.id)
    query = (
        select(DemandRound, DemandSheet)
        .join(DemandSheet, own)
        .where(
            DemandRound.bureau_id == actor.bureau_id, DemandSheet.school_id == actor.own_school_id(),
            DemandRound.state.in_(("open", "closed")), DemandSheet.state.in_(rules.FILLABLE),
        )
        .order_by(DemandRound.deadline)
    )  # fmt: skip
    pairs: list[Any] = list(db.session.execute(query))
    return [(row, sheet) for row, sheet in pairs if rules.may_fill(row.state, sheet.state)]


def rounds_to_check(actor: Actor) -> list[tuple[DemandRound, int]]:
    """Rounds with sheets that wait for the bureau's yes, and how many."""
    own = (DemandSheet.bureau_id == DemandRound.bureau_id) & (DemandSheet.round_id == DemandRound.id)
    query = (
        select(DemandRound, func.count())
        .join(DemandSheet, own)
        .where(
            DemandRound.bureau_id == actor.bureau_id, DemandRound.state != "tendered", DemandSheet.state == "submitted"
        )
        .group_by(DemandRound.bureau_id, DemandRound.id)
        .order_by(DemandRound.deadline)
    )
    return [(row, count) for row, count in db.session.execute(query)]
