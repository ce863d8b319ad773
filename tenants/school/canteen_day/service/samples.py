"""食品留样: what is kept of which dish, its label, and throwing it away when its time has come and not before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from uuid import UUID

import segno
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.scope import Scope, within
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.policy.service import effective
from kernel.web.dates import shanghai
from school.canteen_day import rules
from school.canteen_day.models import FoodSample
from school.canteen_day.service.figures import HOURS
from school.diners.rules import Meal

PAGE = "/canteen-day/food-samples/{id}"


@dataclass(frozen=True, slots=True)
class Sample:
    """What others need to know of a sample: the recall asks whether there still is one, and where."""

    id: UUID
    dish_id: UUID | None
    dish_name: str
    grams: int
    code: str
    keeper_name: str
    place: str
    kept_at: datetime
    dispose_not_before: datetime
    disposed_at: datetime | None
    held_reason: str
    is_enough: bool


def samples_of(actor: Actor, school_id: int, day: date, meal: Meal | str) -> list[Sample]:
    """The samples of a meal that count, by dish. Any actor whose scope the school lies in may ask."""
    query = select(FoodSample).where(
        FoodSample.bureau_id == actor.bureau_id, FoodSample.school_id == school_id, FoodSample.on_day == day,
        FoodSample.meal == str(meal), FoodSample.superseded_at.is_(None),
    )  # fmt: skip
    return [_told(one) for one in db.session.scalars(query.order_by(FoodSample.dish_name, FoodSample.id))]


def _told(one: FoodSample) -> Sample:
    return Sample(
        one.id, one.dish_id, one.dish_name, one.grams, one.code, one.keeper_name, one.place, one.happened_at,
        one.dispose_not_before, one.disposed_at, one.held_reason, one.is_enough,
    )  # fmt: skip


def kept(actor: Actor, school_id: int, limit: int = 200) -> Sequence[FoodSample]:
    """Those that are still there, the one whose time comes first on top."""
    query = select(FoodSample).where(
        FoodSample.bureau_id == actor.bureau_id, FoodSample.school_id == school_id,
        FoodSample.disposed_at.is_(None), FoodSample.superseded_at.is_(None),
    )  # fmt: skip
    return db.session.scalars(query.order_by(FoodSample.dispose_not_before, FoodSample.id).limit(limit)).all()


def count_disposable(actor: Actor, school_id: int) -> int:
    query = select(func.count()).where(
        FoodSample.bureau_id == actor.bureau_id, FoodSample.school_id == school_id,
        FoodSample.disposed_at.is_(None), FoodSample.superseded_at.is_(None), FoodSample.held_reason == "",
        FoodSample.dispose_not_before <= now(),
    )  # fmt: skip
    return db.session.scalar(query) or 0


def dispose(actor: Actor, sample_id: UUID, seen: int | None, *, disposed_at: datetime | None = None) -> FoodSample:
    """Before its time it is refused with the article; while an investigation holds it, with the reason."""
    sample = _locked(actor, [sample_id])[0]
    require_version(sample, seen)
    _dispose(actor, sample, disposed_at or now())
    flush(db.session)
    return sample


def dispose_due(actor: Actor, sample_ids: Sequence[UUID]) -> int:
    """Several at once, as the page showed them; those thrown away in the meantime stay as they are."""
    at = now()
    done = 0
    for sample in _locked(actor, sample_ids):
        if sample.disposed_at is None:
            _dispose(actor, sample, at)
            done += 1
    flush(db.session)
    return done


def _locked(actor: Actor, sample_ids: Sequence[UUID]) -> Sequence[FoodSample]:
    query = select(FoodSample).where(
        FoodSample.bureau_id == actor.bureau_id, FoodSample.school_id == actor.own_school_id(),
        FoodSample.id.in_(sample_ids),
    )  # fmt: skip
    found = db.session.scalars(
        query.order_by(FoodSample.id).with_for_update().execution_options(populate_existing=True)
    ).all()
    if len(found) < len(set(sample_ids)):
        raise NotFound(_("没有这份留样。"))
    return found


def _dispose(actor: Actor, sample: FoodSample, at: datetime) -> None:
    if sample.disposed_at is not None:
        raise Conflict(_("这份留样已经处置。"), {"version": sample.version})
    if sample.superseded_at is not None:
        raise Conflict(_("这条记录已经更正过，请刷新后查看。"), {"version": sample.version})
    if rules.is_ahead(at, now()):
        raise Invalid({"disposed_at": [_("处置时间不能晚于现在。")]})
    if sample.held_reason:
        raise RuleBroken("held", _("留样已封存，不得处置：%(reason)s", reason=sample.held_reason))
    if at < sample.dispose_not_before:
        figure = effective(actor.bureau_id, HOURS, school_id=sample.school_id, on=sample.on_day)
        raise RuleBroken(
            "too_early",
            _("留样须保存至 %(at)s，现在不得处置。", at=shanghai(sample.dispose_not_before)), figure.citation,
        )  # fmt: skip
    sample.disposed_at, sample.disposed_by, sample.disposed_by_name = at, actor.account_id, actor.display_name


def hold(actor: Actor, school_id: int, day: date, meal: Meal | str, reason: str) -> int:
    """Keep the samples of a meal for an investigation: they may not be thrown away until `give_free`. May be called by
    a bureau's actor; gives how many there are still."""
    return _set_hold(actor, school_id, day, meal, reason)


def give_free(actor: Actor, school_id: int, day: date, meal: Meal | str) -> int:
    return _set_hold(actor, school_id, day, meal, "")


def _set_hold(actor: Actor, school_id: int, day: date, meal: Meal | str, reason: str) -> int:
    known = db.session.get(School, (actor.bureau_id, school_id))
    if known is None or (actor.level == "school" and actor.school_id != school_id):
        raise NotFound(_("没有这所学校。"))
    with within(db.session(), Scope("houqin_school", bureau_id=actor.bureau_id, school_id=school_id)):
        query = select(FoodSample).where(
            FoodSample.bureau_id == actor.bureau_id, FoodSample.school_id == school_id, FoodSample.on_day == day,
            FoodSample.meal == str(meal), FoodSample.superseded_at.is_(None), FoodSample.disposed_at.is_(None),
        )  # fmt: skip
        found = db.session.scalars(query.order_by(FoodSample.id).with_for_update()).all()
        for sample in found:
            sample.held_reason = reason
        flush(db.session)
        return len(found)


def get_sample(actor: Actor, school_id: int, sample_id: UUID) -> FoodSample:
    sample = db.session.get(FoodSample, (actor.bureau_id, school_id, sample_id))
    if sample is None:
        raise NotFound(_("没有这份留样。"))
    return sample


def qr_of(sample_id: UUID) -> str:
    """An SVG for the label: the sample's page here, for whoever opens the cupboard with a phone."""
    base = current_app.extensions["houqin.config"].base_url
    drawn = BytesIO()
    segno.make(base + PAGE.format(id=sample_id), error="m").save(
        drawn, kind="svg", border=1, xmldecl=False, svgns=True, omitsize=True
    )
    return drawn.getvalue().decode()


def find_by_code(actor: Actor, text: str, limit: int = 5) -> Sequence[FoodSample]:
    """The school's samples whose label begins so, newest first."""
    query = select(FoodSample).where(
        FoodSample.bureau_id == actor.bureau_id, FoodSample.school_id == actor.own_school_id(),
        FoodSample.code.op("^@")(text.upper()),
    )  # fmt: skip
    return db.session.scalars(query.order_by(FoodSample.code.desc()).limit(limit)).all()
