"""Checks as they are read: the school its own, the bureau and its zones what was submitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import defer

from bureau.inspections.rules import applicability_tags, profile_parameters
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.errors import NotFound
from school.self_checks.models import SelfCheck, SelfCheckAnswer, SelfCheckPhoto, SelfCheckSchedule
from scorecards import service as forms
from scorecards.models import FormTemplate, FormVersion


def _seen(actor: Actor, query: Any) -> Any:
    query = query.where(SelfCheck.bureau_id == actor.bureau_id)
    if actor.level == "school":
        return query.where(SelfCheck.school_id == actor.own_school_id())
    query = query.where(SelfCheck.state == "submitted")  # a draft is nobody's business yet
    return query.where(SelfCheck.school_id.in_(actor.school_ids)) if actor.level == "zone" else query


def get_check(actor: Actor, school_id: int, self_check_id: UUID, *, lock: bool = False) -> SelfCheck:
    query = _seen(actor, select(SelfCheck)).where(SelfCheck.school_id == school_id, SelfCheck.id == self_check_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    check: SelfCheck | None = db.session.scalar(query)
    if check is None:
        raise NotFound(_("没有这次自查。"))
    return check


@dataclass(frozen=True, slots=True)
class Listed:
    """A check without its account, its form's title and its schedule's (None: begun freely)."""

    check: SelfCheck
    form_title: str
    schedule_title: str | None


def list_checks(
    actor: Actor,
    school_id: int,
    *,
    state: str | None = None,
    form_version_id: UUID | None = None,
    schedule_id: UUID | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """Newest first."""
    query = (
        _seen(actor, select(SelfCheck, FormTemplate.title, SelfCheckSchedule.title))
        .join(
            FormVersion,
            (FormVersion.bureau_id == SelfCheck.bureau_id) & (FormVersion.id == SelfCheck.form_version_id),
        )
        .join(
            FormTemplate,
            (FormTemplate.bureau_id == FormVersion.bureau_id) & (FormTemplate.id == FormVersion.template_id),
        )
        .outerjoin(
            SelfCheckSchedule,
            (SelfCheckSchedule.bureau_id == SelfCheck.bureau_id)
            & (SelfCheckSchedule.school_id == SelfCheck.school_id)
            & (SelfCheckSchedule.id == SelfCheck.schedule_id),
        )
        .where(SelfCheck.school_id == school_id)
        .options(defer(SelfCheck.account))
    )
    if state:
        query = query.where(SelfCheck.state == state)
    if form_version_id:
        query = query.where(SelfCheck.form_version_id == form_version_id)
    if schedule_id:
        query = query.where(SelfCheck.schedule_id == schedule_id)
    page = paginate(db.session(), query, [SelfCheck.id], cursor, limit, scalars=False)
    return Page([Listed(*row) for row in page.items], page.next_cursor)


def version_of(actor: Actor, check: SelfCheck) -> FormVersion:
    version = db.session.get(FormVersion, (check.bureau_id, check.form_version_id))
    return version if version is not None else forms.get_version(actor, check.form_version_id)


def newest_version(actor: Actor, form_version_id: UUID) -> FormVersion:
    """The newest published version of the form that this version belongs to."""
    version = forms.get_version(actor, form_version_id)
    newest = db.session.scalar(
        select(FormVersion)
        .where(
            FormVersion.bureau_id == actor.bureau_id, FormVersion.template_id == version.template_id,
            FormVersion.state == "published",
        )
        .order_by(FormVersion.number.desc())
        .limit(1)
    )  # fmt: skip
    return newest or version


def school_of(check: SelfCheck) -> School:
    school = db.session.get(School, (check.bureau_id, check.school_id))
    if school is None:
        raise NotFound(_("没有这所学校。"))
    return school


def tags_of(school: School) -> frozenset[str]:
    return applicability_tags({"is_boarding": school.is_boarding, "canteen_mode": school.canteen_mode})


def parameters_of(check: SelfCheck, school: School) -> dict[str, Any]:
    """What the form's rules may ask for: from the school's profile, over it what was entered with the check."""
    return {**profile_parameters(school), **check.parameters}


def answers_of(check: SelfCheck) -> dict[str, SelfCheckAnswer]:
    rows = db.session.scalars(
        select(SelfCheckAnswer)
        .where(
            SelfCheckAnswer.bureau_id == check.bureau_id,
            SelfCheckAnswer.school_id == check.school_id,
            SelfCheckAnswer.self_check_id == check.id,
        )
        # Answers are written past the session's memory, so what it remembers may be old.
        .execution_options(populate_existing=True)
    )
    return {row.item_code: row for row in rows}


def photos_of(check: SelfCheck) -> dict[str, list[SelfCheckPhoto]]:
    photos: dict[str, list[SelfCheckPhoto]] = {}
    for photo in db.session.scalars(
        select(SelfCheckPhoto)
        .where(
            SelfCheckPhoto.bureau_id == check.bureau_id,
            SelfCheckPhoto.school_id == check.school_id,
            SelfCheckPhoto.self_check_id == check.id,
        )
        .order_by(SelfCheckPhoto.id)
    ):
        photos.setdefault(photo.item_code, []).append(photo)
    return photos


def stored_answers(rows: Mapping[str, SelfCheckAnswer]) -> dict[str, Any]:
    """By key, without those that were cleared."""
    return {key: row.answer for key, row in rows.items() if row.answer is not None}


def form_titles(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Form version → its form's title, for lists that do not load the documents."""
    rows = db.session.execute(
        select(FormVersion.id, FormTemplate.title)
        .join(
            FormTemplate,
            (FormTemplate.bureau_id == FormVersion.bureau_id) & (FormTemplate.id == FormVersion.template_id),
        )
        .where(FormVersion.bureau_id == actor.bureau_id, FormVersion.id.in_(ids))
    )
    return {row[0]: row[1] for row in rows}
