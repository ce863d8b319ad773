"""Open, close and read surveys."""

import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.schools.models import School
from bureau.surveys import rules
from bureau.surveys.models import Survey, SurveyAnswer
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.database.writing import flush, require_version
from kernel.errors import Invalid, NotFound, RuleBroken
from kernel.web.dates import span_of_days, today
from scorecards import service as forms
from scorecards.form import Form

LONGEST = timedelta(days=92)
MOST_COMMENTS = 200


def open_surveys(
    actor: Actor,
    *,
    title: str,
    form_version_id: UUID,
    school_ids: Sequence[int],
    first: date,
    last: date,
    most: int | None = None,
    batch: UUID | None = None,
) -> list[Survey]:
    """One survey per school, each with a link of its own; a school opens its own only. `most` None: as many answers as
    the school has diners, or pupils where nobody eats there. `batch`: an id of the client's own; sent twice the
    surveys are opened once."""
    owner = "school" if actor.level == "school" else "bureau"
    wanted = [actor.own_school_id()] if owner == "school" else list(dict.fromkeys(school_ids))
    if not wanted:
        raise Invalid({"school_ids": [_("请选择学校。")]})
    if last < first or last < today():
        raise Invalid({"last": [_("结束日期不能早于开始日期或今天。")]})
    if last - first > LONGEST:
        raise Invalid({"last": [_("一次问卷最长 %(days)s 天。", days=LONGEST.days)]})
    _require_askable(actor, form_version_id)
    schools = db.session.scalars(
        select(School).where(School.bureau_id == actor.bureau_id, School.id.in_(wanted), School.state == "active")
    ).all()
    if len(schools) != len(wanted):
        raise Invalid({"school_ids": [_("有学校不存在或已停用。")]})
    opens_at, closes_at = span_of_days(first, last)
    opened = []
    for school in schools:
        survey_id = _id_in_batch(batch, school.id)
        existing = db.session.get(Survey, (actor.bureau_id, school.id, survey_id))
        if existing is not None:
            opened.append(existing)
            continue
        survey = Survey(
            bureau_id=actor.bureau_id, school_id=school.id, id=survey_id, title=title, owner=owner,
            form_version_id=form_version_id, opens_at=opens_at, closes_at=closes_at, most=most or _people_of(school),
            code=secrets.token_urlsafe(9), key=secrets.token_urlsafe(32), created_by=actor.account_id,
        )  # fmt: skip
        db.session.add(survey)
        opened.append(survey)
    flush(db.session())
    return opened


def _id_in_batch(batch: UUID | None, school_id: int) -> UUID:
    """The same for the same batch and school."""
    return new_id() if batch is None else UUID(int=(batch.int ^ school_id) & ((1 << 128) - 1))


def _people_of(school: School) -> int:
    pupils = sum(getattr(school, f"enrolment_{ages}") for ages in ("under_6", "6_8", "9_11", "12_14", "15_17"))
    return min(max(school.diners or pupils, 30), 100_000)


def _require_askable(actor: Actor, form_version_id: UUID) -> None:
    try:
        version = forms.get_version(actor, form_version_id)
    except NotFound:
        raise Invalid({"form_version_id": [_("请选择已发布的表单版本。")]}) from None
    if version.state != "published":
        raise Invalid({"form_version_id": [_("请选择已发布的表单版本。")]})
    form = forms.form_of(version)
    codes = set(rules.unaskable(form))
    numbers = [item.no or item.code for item in form.items() if item.code in codes]
    if numbers:
        raise Invalid(
            {"form_version_id": [_("问卷只能有选档、是否和打分的题目；第 %(items)s 项不能用作问卷。",
                                   items="、".join(numbers[:5]))]}
        )  # fmt: skip


def askable_versions(actor: Actor) -> list[tuple[Any, str]]:
    """Published versions whose every item can be asked: (version, title)."""
    return [
        (version, title)
        for version, title in forms.published_versions(actor)
        if not rules.unaskable(forms.form_of(version))
    ]


def _within(actor: Actor, query: Any) -> Any:
    query = query.where(Survey.bureau_id == actor.bureau_id)
    if actor.level == "school":
        return query.where(Survey.school_id == actor.own_school_id())
    return query.where(Survey.school_id.in_(actor.school_ids)) if actor.level == "zone" else query


def get_survey(actor: Actor, school_id: int, survey_id: UUID, *, lock: bool = False) -> Survey:
    query = _within(actor, select(Survey).where(Survey.school_id == school_id, Survey.id == survey_id))
    survey = db.session.scalar(query.with_for_update() if lock else query)
    if survey is None:
        raise NotFound(_("没有这份问卷。"))
    return survey


def list_surveys(actor: Actor, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    """Rows (Survey, school name), newest first."""
    query = _within(
        actor,
        select(Survey, School.name).join(
            School, (School.bureau_id == Survey.bureau_id) & (School.id == Survey.school_id)
        ),
    )
    return paginate(db.session(), query, [Survey.closes_at, Survey.id], cursor, limit, scalars=False)


def counts(actor: Actor, surveys: Sequence[Survey]) -> dict[UUID, int]:
    query = (
        select(SurveyAnswer.survey_id, func.count())
        .where(
            SurveyAnswer.bureau_id == actor.bureau_id,
            SurveyAnswer.survey_id.in_([survey.id for survey in surveys]),
        )
        .group_by(SurveyAnswer.survey_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def close(actor: Actor, school_id: int, survey_id: UUID, seen: int | None) -> Survey:
    """Before its day. Whoever opened it may; closed twice it is closed once."""
    survey = get_survey(actor, school_id, survey_id, lock=True)
    if survey.closed_at is not None:
        return survey
    if survey.owner != ("school" if actor.level == "school" else "bureau"):
        raise RuleBroken("not_the_owner", _("只有开展问卷的一方可以提前结束。"))
    require_version(survey, seen)
    survey.closed_at = now()
    flush(db.session())
    return survey


def form_of(survey: Survey, actor: Actor) -> Form:
    return forms.form_of(forms.get_version(actor, survey.form_version_id))


def tally_of(actor: Actor, survey: Survey) -> rules.Tally:
    rows = db.session.execute(
        select(SurveyAnswer.answers, SurveyAnswer.percent, SurveyAnswer.doubtful).where(
            SurveyAnswer.bureau_id == actor.bureau_id,
            SurveyAnswer.school_id == survey.school_id,
            SurveyAnswer.survey_id == survey.id,
        )
    )
    return rules.tally((row.answers, row.percent, row.doubtful) for row in rows)


def comments_of(actor: Actor, survey: Survey, tally: rules.Tally) -> list[str]:
    """Without a time and in no telling order; none while so few answered that one could tell who wrote it."""
    if tally.counted < rules.LEAST_SHOWN:
        return []
    rows = db.session.scalars(
        select(SurveyAnswer.comment)
        .where(
            SurveyAnswer.bureau_id == actor.bureau_id,
            SurveyAnswer.school_id == survey.school_id,
            SurveyAnswer.survey_id == survey.id,
            SurveyAnswer.comment != "",
            SurveyAnswer.doubtful == "",
        )
        .order_by(func.md5(SurveyAnswer.comment))
        .limit(MOST_COMMENTS)
    )
    return sorted(rows)


def link_of(survey: Survey) -> str:
    base = current_app.extensions["houqin.config"].base_url
    return f"{base}/public/surveys/{survey.bureau_id}/{survey.school_id}/{survey.code}"
