"""Look for signs in the data of submitted visits, and keep what a person made of them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import case, func, select

from bureau.fairness.flags import AnswerSeen, Flag, Limits, PhotoSeen, item_flags, visit_flags
from bureau.fairness.models import DataFlag
from bureau.inspections.models import (
    Inspection,
    InspectionAnswer,
    InspectionLoss,
    InspectionPhoto,
    InspectionPlan,
    InspectionResult,
)
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.database.writing import flush
from kernel.errors import Invalid, NotFound
from kernel.policy import service as policy
from kernel.web.dates import span_of_days
from scorecards import service as forms

DISTANCE_FIGURE = "inspection.photo.far_metres"
MIN_KNOWN = 200  # answers of other visits before "usually full" means anything
LOOKED_AT = 500  # newest visits whose answers say whether an item is used at all


def flag_visits(actor: Actor, first: date, last: date, *, limits: Limits | None = None) -> int:
    """Look at the visits submitted on the days first..last; how many new flags were raised. Repeated, none is doubled
    and none that was looked at comes back."""
    begin, end = span_of_days(first, last)
    limits = limits or Limits(far_metres=float(policy.number(actor, DISTANCE_FIGURE)))
    visits = db.session.execute(
        select(Inspection, InspectionResult, School)
        .join(
            InspectionResult,
            (InspectionResult.bureau_id == Inspection.bureau_id)
            & (InspectionResult.school_id == Inspection.school_id)
            & (InspectionResult.id == Inspection.id),
        )
        .join(School, (School.bureau_id == Inspection.bureau_id) & (School.id == Inspection.school_id))
        .where(
            Inspection.bureau_id == actor.bureau_id,
            InspectionResult.submitted_at >= begin,
            InspectionResult.submitted_at < end,
        )
    ).all()
    usual = {version: _usual_full(actor, version) for version in {visit.form_version_id for visit, _r, _s in visits}}
    raised = 0
    for visit, result, school in visits:
        place = None
        if school.latitude is not None and school.longitude is not None:
            place = (float(school.latitude), float(school.longitude))
        found = visit_flags(
            _answers(actor, visit, result), _photos(visit),
            school=place, usual_full=usual[visit.form_version_id], limits=limits,
        )  # fmt: skip
        raised += _keep(visit, found)
    flush(db.session())
    return raised


def _sections(result: InspectionResult) -> dict[str, str]:
    return {
        line["code"]: section["code"]
        for section in result.account.get("sections_account", ())
        for line in section["lines"]
    }


def _lost_keys(visit: Inspection) -> set[str]:
    return set(
        db.session.scalars(
            select(InspectionLoss.item_code).where(
                InspectionLoss.bureau_id == visit.bureau_id,
                InspectionLoss.school_id == visit.school_id,
                InspectionLoss.inspection_id == visit.id,
            )
        )
    )


def _answers(actor: Actor, visit: Inspection, result: InspectionResult) -> list[AnswerSeen]:
    sections, lost = _sections(result), _lost_keys(visit)
    rows = db.session.execute(
        select(InspectionAnswer.item_code, InspectionAnswer.answered_at).where(
            InspectionAnswer.bureau_id == visit.bureau_id,
            InspectionAnswer.school_id == visit.school_id,
            InspectionAnswer.inspection_id == visit.id,
            InspectionAnswer.answer.is_not(None),
            InspectionAnswer.answer["not_applicable"].is_(None),
        )
    )
    return [AnswerSeen(sections.get(key.split("@", 1)[0], ""), at, key not in lost) for key, at in rows]


def _photos(visit: Inspection) -> list[PhotoSeen]:
    rows = db.session.scalars(
        select(InspectionPhoto).where(
            InspectionPhoto.bureau_id == visit.bureau_id,
            InspectionPhoto.school_id == visit.school_id,
            InspectionPhoto.inspection_id == visit.id,
        )
    )
    return [
        PhotoSeen(
            row.item_code, row.taken_at or row.added_at,
            _float(row.latitude), _float(row.longitude), _float(row.accuracy) or 0.0,
        )
        for row in rows
    ]  # fmt: skip


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _usual_full(actor: Actor, form_version_id: UUID) -> float | None:
    """Over all submitted visits with this form: the share of answers on which nothing was lost."""
    counts = _counts(actor, form_version_id)
    answered, lost = db.session.execute(select(func.sum(counts.c.answered), func.sum(counts.c.lost))).one()
    if not answered or answered < MIN_KNOWN:
        return None
    return 1 - float(lost or 0) / float(answered)


def _counts(actor: Actor, form_version_id: UUID) -> Any:
    """By item: how many visits answered it, on how many something was lost, for how many it did not apply."""
    item = func.split_part(InspectionAnswer.item_code, "@", 1)
    absent = InspectionAnswer.answer["not_applicable"].is_not(None)
    return (
        select(
            item.label("code"),
            func.count().filter(~absent).label("answered"),
            func.sum(case((InspectionLoss.id.is_not(None), 1), else_=0)).label("lost"),
            func.count().filter(absent).label("absent"),
        )
        .select_from(InspectionResult)
        .join(
            InspectionAnswer,
            (InspectionAnswer.bureau_id == InspectionResult.bureau_id)
            & (InspectionAnswer.school_id == InspectionResult.school_id)
            & (InspectionAnswer.inspection_id == InspectionResult.id),
        )
        .outerjoin(
            InspectionLoss,
            (InspectionLoss.bureau_id == InspectionAnswer.bureau_id)
            & (InspectionLoss.school_id == InspectionAnswer.school_id)
            & (InspectionLoss.inspection_id == InspectionAnswer.inspection_id)
            & (InspectionLoss.item_code == InspectionAnswer.item_code),
        )
        .where(
            InspectionResult.bureau_id == actor.bureau_id,
            InspectionResult.form_version_id == form_version_id,
            InspectionAnswer.answer.is_not(None),
        )
        .group_by(item)
        .subquery()
    )


def items_that_tell_nothing(actor: Actor, form_version_id: UUID) -> list[tuple[Any, Flag]]:
    """(item, flag) of a form's items that are always full or never used, in the form's order.

    Never lost is said of all visits, answered or not of the newest LOOKED_AT: counting every answer of three years
    took a second, and how often beyond that makes no difference to what is said.
    """
    items = list(forms.form_of(forms.get_version(actor, form_version_id)).items())
    lost = _ever_lost(actor, form_version_id)
    kept = {item.code: item for item in items if item.code not in lost}
    if not kept:
        return []
    newest = (
        select(InspectionResult.bureau_id, InspectionResult.school_id, InspectionResult.id)
        .where(InspectionResult.bureau_id == actor.bureau_id, InspectionResult.form_version_id == form_version_id)
        .order_by(InspectionResult.submitted_at.desc(), InspectionResult.id)
        .limit(LOOKED_AT)
        .cte("newest")
    )
    code = func.split_part(InspectionAnswer.item_code, "@", 1)
    absent = InspectionAnswer.answer["not_applicable"].is_not(None)
    query = (
        select(code, func.count().filter(~absent), func.count().filter(absent))
        .join(
            newest,
            (newest.c.bureau_id == InspectionAnswer.bureau_id)
            & (newest.c.school_id == InspectionAnswer.school_id)
            & (newest.c.id == InspectionAnswer.inspection_id),
        )
        .where(InspectionAnswer.bureau_id == actor.bureau_id, InspectionAnswer.answer.is_not(None), code.in_(kept))
        .group_by(code)
    )
    counts = {key: (answered, answered, absent) for key, answered, absent in db.session.execute(query)}
    visits = db.session.scalar(select(func.count()).select_from(newest)) or 0
    found = item_flags({key: counts.get(key, (0, 0, 0)) for key in kept}, visits)
    return [(item, found[key]) for key, item in kept.items() if key in found]


def _ever_lost(actor: Actor, form_version_id: UUID) -> set[str]:
    """The items of a form on which any visit lost points. By plan: that index holds all that is asked for."""
    code = func.split_part(InspectionLoss.item_code, "@", 1)
    plans = select(InspectionPlan.id).where(
        InspectionPlan.bureau_id == actor.bureau_id, InspectionPlan.form_version_id == form_version_id
    )
    query = (
        select(code).where(InspectionLoss.bureau_id == actor.bureau_id, InspectionLoss.plan_id.in_(plans)).distinct()
    )
    return set(db.session.scalars(query))


def _keep(visit: Inspection, found: Iterable[Flag]) -> int:
    known = set(
        db.session.scalars(
            select(DataFlag.code).where(
                DataFlag.bureau_id == visit.bureau_id,
                DataFlag.school_id == visit.school_id,
                DataFlag.inspection_id == visit.id,
            )
        )
    )
    new = [flag for flag in found if flag.code not in known]
    for flag in new:
        db.session.add(
            DataFlag(
                bureau_id=visit.bureau_id, school_id=visit.school_id, id=new_id(), inspection_id=visit.id,
                code=flag.code, params=dict(flag.params),
            )
        )  # fmt: skip
    return len(new)


def list_flags(actor: Actor, *, looked: bool = False, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    """Rows (flag, school name, plan title), newest first; those still to be looked at, or those done."""
    query = (
        select(
            DataFlag.id, DataFlag.school_id, DataFlag.inspection_id, DataFlag.code, DataFlag.params, DataFlag.found_at,
            DataFlag.looked_at, DataFlag.note, School.name.label("school_name"), InspectionPlan.title.label("plan_title"),
        )
        .join(School, (School.bureau_id == DataFlag.bureau_id) & (School.id == DataFlag.school_id))
        .join(
            Inspection,
            (Inspection.bureau_id == DataFlag.bureau_id)
            & (Inspection.school_id == DataFlag.school_id)
            & (Inspection.id == DataFlag.inspection_id),
        )
        .join(
            InspectionPlan,
            (InspectionPlan.bureau_id == Inspection.bureau_id) & (InspectionPlan.id == Inspection.plan_id),
        )
        .where(DataFlag.bureau_id == actor.bureau_id)
        .where(DataFlag.looked_at.is_not(None) if looked else DataFlag.looked_at.is_(None))
    )  # fmt: skip
    return paginate(db.session(), query, [DataFlag.found_at, DataFlag.id], cursor, limit, scalars=False)


def look_at(actor: Actor, school_id: int, flag_id: UUID, note: str) -> DataFlag:
    """Looked at, with what was found. Looked at twice, the first stands."""
    flag = db.session.scalar(
        select(DataFlag)
        .where(DataFlag.bureau_id == actor.bureau_id, DataFlag.school_id == school_id, DataFlag.id == flag_id)
        .with_for_update()
    )
    if flag is None:
        raise NotFound(_("没有这条数据提示。"))
    if flag.looked_at is None:
        if not note.strip():
            raise Invalid({"note": [_("请写明核对的结论。")]})
        flag.looked_at, flag.looked_by, flag.note = now(), actor.account_id, note.strip()
        flush(db.session())
    return flag
