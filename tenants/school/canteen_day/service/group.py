"""Those who look at the canteen from outside its kitchen: the supervision group, parents' meetings, surveys with what
the canteen answers. A survey is the bureau's machine (bureau.surveys); here stand the fortnight and the reply."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.surveys.models import Survey
from bureau.surveys.service import keeping as surveys
from duties.service.fulfilling import fulfil
from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush
from kernel.errors import Conflict, RuleBroken
from kernel.policy.service import effective_figures
from kernel.web.dates import today
from school.canteen_day import kinds, rules
from school.canteen_day.group_models import SupervisionCheck, SupervisionMember, SurveyReply
from school.canteen_day.service import equipment
from school.canteen_day.service.completing import records_of
from school.canteen_day.service.context import day_of

EVERY_DAYS = "canteen.satisfaction.every_days"
LEAST_PERCENT = "canteen.satisfaction.least_percent"
DUTY = "satisfaction_survey"
OPEN_FOR = 7  # days that a survey of the fortnight is open
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """One survey: how many answered, how satisfied (None while too few did), and what the canteen said to it."""

    survey: Survey
    link: str
    counted: int
    percent: Decimal | None
    is_low: bool
    replies: Sequence[SurveyReply]


@dataclass(frozen=True, slots=True)
class GroupPage:
    members: Sequence[SupervisionMember]
    missing_kinds: Sequence[rules.MemberKind]
    checks: Sequence[SupervisionCheck]
    meetings: Sequence[object]
    surveys: Sequence[Asked]
    next_survey_on: date
    least_percent: Decimal
    citation: str


def page_of(actor: Actor, school_id: int) -> GroupPage:
    figures = effective_figures(actor.bureau_id, (EVERY_DAYS, LEAST_PERCENT), school_id=school_id)
    least = figures[LEAST_PERCENT].number
    asked = list_asked(actor, school_id, least)
    members = equipment.list_all(actor, SupervisionMember, school_id, only_active=True)
    last = day_of(asked[0].survey.opens_at) if asked else None
    every = timedelta(days=int(figures[EVERY_DAYS].number))
    day = today()
    return GroupPage(
        members, rules.missing_members(one.kind for one in members),
        list(reversed(records_of(actor, kinds.SUPERVISION, school_id, day - timedelta(days=200), day)))[:SHOWN],
        list(reversed(records_of(actor, kinds.MEETING, school_id, day - timedelta(days=400), day)))[:SHOWN],
        asked, day if last is None else max(day, last + every), least, figures[EVERY_DAYS].citation,
    )  # fmt: skip


def list_asked(actor: Actor, school_id: int, least_percent: Decimal) -> list[Asked]:
    query = select(Survey).where(Survey.bureau_id == actor.bureau_id, Survey.school_id == school_id)
    found = db.session.scalars(query.order_by(Survey.opens_at.desc(), Survey.id.desc()).limit(SHOWN)).all()
    replies: dict[UUID, list[SurveyReply]] = {}
    said = select(SurveyReply).where(
        SurveyReply.bureau_id == actor.bureau_id, SurveyReply.school_id == school_id,
        SurveyReply.survey_id.in_([survey.id for survey in found]),
    )  # fmt: skip
    for reply in db.session.scalars(said.order_by(SurveyReply.id)):
        replies.setdefault(reply.survey_id, []).append(reply)
    rows = []
    for survey in found:
        tally = surveys.tally_of(actor, survey)
        percent = tally.mean
        is_low = percent is not None and percent < least_percent
        link = surveys.link_of(survey)
        rows.append(Asked(survey, link, tally.counted, percent, is_low, replies.get(survey.id, ())))
    return rows


def open_survey(actor: Actor, survey_id: UUID, form_version_id: UUID) -> Survey:
    """The survey of the fortnight, from today on; sent twice it is opened once."""
    day = today()
    survey = surveys.open_surveys(
        actor, title=_("食堂满意度调查 %(day)s", day=day.isoformat()), form_version_id=form_version_id,
        school_ids=[actor.own_school_id()], first=day, last=day + timedelta(days=OPEN_FOR - 1), batch=survey_id,
    )[0]  # fmt: skip
    fulfil(actor, survey.school_id, DUTY, day, record=("survey", survey.id))
    return survey


def reply(actor: Actor, reply_id: UUID, survey_id: UUID, words: str) -> SurveyReply:
    """What the canteen answers to a result, and changes. Append-only: what was promised stays."""
    survey = surveys.get_survey(actor, actor.own_school_id(), survey_id)
    existing = db.session.get(SurveyReply, (actor.bureau_id, survey.school_id, reply_id))
    if existing is not None:
        if (existing.survey_id, existing.words) == (survey_id, words):
            return existing
        raise Conflict(_("同一编号已用于另一条答复。"))
    if surveys.tally_of(actor, survey).mean is None:
        raise RuleBroken("no_result", _("收到的答卷还太少，有了结果再答复。"))
    row = SurveyReply(
        bureau_id=actor.bureau_id, school_id=survey.school_id, id=reply_id, survey_id=survey_id, words=words,
        by_name=actor.display_name, created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(row)
    flush(db.session)
    return row
