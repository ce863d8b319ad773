"""Anybody with the link answers, once per page opened, within the limits."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from bureau.schools.models import School
from bureau.surveys import rules
from bureau.surveys.models import Survey, SurveyAnswer
from kernel.actor import system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import within
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from scorecards import service as forms
from scorecards.answers import answers_to_json, read_answers
from scorecards.form import Form, Unscored
from scorecards.problems import AnswersInvalid

MAX_COMMENT = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """`open`: whether answers are taken now; `why`: in words, where they are not."""

    survey: Survey
    school_name: str
    form: Form
    ticket: str
    why: str

    @property
    def open(self) -> bool:
        return not self.why


@contextmanager
def _bureaus(bureau_id: int) -> Iterator[None]:
    """Whoever answers is nobody; what the link leads to is read and written in the bureau's name."""
    with within(db.session(), system_actor(bureau_id).scope):
        yield


def ask(bureau_id: int, school_id: int, code: str) -> Asked:
    """What the link's page shows, with a fresh ticket. NotFound for a code that no survey has."""
    with _bureaus(bureau_id):
        survey, school_name = _survey(bureau_id, school_id, code)
        form = forms.form_of(forms.get_version(system_actor(bureau_id), survey.form_version_id))
        why = _why_closed(survey)
    ticket = rules.make_ticket(survey.key, now(), secrets.token_urlsafe(9))
    return Asked(survey, school_name, form, ticket, why)


def _survey(bureau_id: int, school_id: int, code: str, *, lock: bool = False) -> tuple[Survey, str]:
    query = (
        select(Survey, School.name)
        .join(School, (School.bureau_id == Survey.bureau_id) & (School.id == Survey.school_id))
        .where(Survey.bureau_id == bureau_id, Survey.school_id == school_id, Survey.code == code)
        .options(undefer(Survey.key))
    )
    if lock:  # read anew: it may have been closed since the page looked at it
        query = query.with_for_update(of=Survey).execution_options(populate_existing=True)
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound(_("没有这份问卷，请核对链接。"))
    return row[0], row[1]


def _why_closed(survey: Survey) -> str:
    at = now()
    if survey.closed_at is not None or at >= survey.closes_at:
        return _("问卷已经结束，谢谢您的关注。")
    if at < survey.opens_at:
        return _("问卷还没有开始。")
    if _count(survey) >= survey.most:
        return _("问卷份数已满，谢谢您的关注。")
    return ""


def _count(survey: Survey) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(SurveyAnswer)
            .where(
                SurveyAnswer.bureau_id == survey.bureau_id,
                SurveyAnswer.school_id == survey.school_id,
                SurveyAnswer.survey_id == survey.id,
            )
        )
        or 0
    )


def answer(
    bureau_id: int,
    school_id: int,
    code: str,
    *,
    ticket: str,
    answers: Mapping[str, Any],
    comment: str = "",
    address: str = "",
) -> SurveyAnswer:
    """Keep one person's answers. A ticket is good once: sent again, the first stands. The survey's row is locked, so the
    limits hold whoever comes at the same moment.

    Answers faster than a person reads, or the surplus of a burst, are kept and not counted: a stuffer learns nothing.
    """
    with _bureaus(bureau_id):
        survey, _name = _survey(bureau_id, school_id, code, lock=True)
        opened_at = rules.read_ticket(survey.key, ticket)
        if opened_at is None or now() - opened_at > rules.TICKET_LIFE:
            raise Invalid({"_form": [_("页面已过期，请刷新后重新填写。")]})
        known = db.session.scalar(
            select(SurveyAnswer).where(
                SurveyAnswer.bureau_id == bureau_id,
                SurveyAnswer.school_id == school_id,
                SurveyAnswer.survey_id == survey.id,
                SurveyAnswer.ticket == ticket,
            )
        )
        if known is not None:
            return known
        why = _why_closed(survey)
        if why:
            raise RuleBroken("survey_closed", why)
        mark = rules.address_hash(survey.key, address)
        if _from_address(survey, mark, timedelta(days=1)) >= rules.PER_ADDRESS_A_DAY:
            raise RuleBroken("survey_address", _("从这个网络提交的问卷已达今天的上限，请换用手机流量或明天再填。"))
        version = forms.get_version(system_actor(bureau_id), survey.form_version_id)
        stored, percent, questions = _scored(forms.scorer_of(version), answers)
        doubtful = ""
        if (now() - opened_at).total_seconds() < rules.SECONDS_PER_QUESTION * questions:
            doubtful = "too_fast"
        elif _from_address(survey, mark, rules.BURST_SPAN) >= rules.BURST_ANSWERS:
            doubtful = "burst"
        kept = SurveyAnswer(
            bureau_id=bureau_id, school_id=school_id, id=new_id(), survey_id=survey.id, answers=stored,
            comment=comment.replace("\x00", "")[:MAX_COMMENT].strip(), percent=percent, ticket=ticket, address_hash=mark,
            doubtful=doubtful,
        )  # fmt: skip
        db.session.add(kept)
        flush(db.session(), {"uq_survey_answers": Conflict(_("这份问卷已经提交。"))})
        return kept


def _from_address(survey: Survey, mark: str, span: timedelta) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(SurveyAnswer)
            .where(
                SurveyAnswer.bureau_id == survey.bureau_id,
                SurveyAnswer.school_id == survey.school_id,
                SurveyAnswer.survey_id == survey.id,
                SurveyAnswer.address_hash == mark,
                SurveyAnswer.answered_at > now() - span,
            )
        )
        or 0
    )


def _scored(scorer: Any, answers: Mapping[str, Any]) -> tuple[dict[str, Any], Any, int]:
    given = {code: value for code, value in answers.items() if value is not None}
    try:
        read = read_answers(scorer.form, given)
        outcome = scorer.score(read)
    except AnswersInvalid as error:
        raise Invalid({f"answers.{problem.path}": [_("请重新选择。")] for problem in error.problems}) from error
    if outcome.missing:
        raise Invalid({f"answers.{code}": [_("请回答这一题。")] for code in outcome.missing})
    questions = sum(1 for item in scorer.form.items() if not isinstance(item.rule, Unscored))
    return answers_to_json(read), outcome.percent, questions
