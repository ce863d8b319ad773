"""A check is begun, answered one by one, and may be thrown away until it is submitted."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bureau.inspections.answer_fields import perfect_answer
from bureau.inspections.service import answering
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.files.service import store
from kernel.files.sniffing import IMAGES
from kernel.web.dates import SHANGHAI
from school.self_checks import rules
from school.self_checks.models import SelfCheck, SelfCheckAnswer, SelfCheckPhoto, SelfCheckSchedule
from school.self_checks.permissions import Permission
from school.self_checks.service import reading
from school.self_checks.service.due import find_occurrence
from school.self_checks.service.schedules import get_schedule, may_do
from scorecards import service as forms
from scorecards.context import read_parameters, read_units
from scorecards.problems import AnswersInvalid, Problem

PHOTO_PURPOSE = "self_check_photo"
MOST_PHOTOS = 12  # to one item


def start(
    actor: Actor,
    check_id: UUID,
    *,
    form_version_id: UUID | None = None,
    schedule_id: UUID | None = None,
    occurs_on: date | None = None,
    at: datetime | None = None,
) -> tuple[SelfCheck, bool]:
    """Begin a check with a published form, or one that a schedule asks for on a day (the form is then its newest
    version, unless it is to stand beside an official score, which is taken with one version).

    Begun again under the same id it is the same (and not new). An occurrence has one check: whoever begins it second
    gets a Conflict that names the first. `at`: when it happened, if not now.
    """
    at = at or now()
    school_id = actor.own_school_id()
    existing = db.session.get(SelfCheck, (actor.bureau_id, school_id, check_id))
    if existing is not None:
        if (existing.schedule_id, existing.occurs_on) != (schedule_id, occurs_on) or (
            form_version_id not in (None, existing.form_version_id)
        ):
            raise Conflict(_("这个编号已用于另一次自查。"), {"version": existing.version})
        return existing, False
    check = SelfCheck(
        bureau_id=actor.bureau_id, school_id=school_id, id=check_id, created_at=at, created_by=actor.account_id,
        created_by_name=actor.display_name,
    )  # fmt: skip
    if schedule_id is not None:
        if occurs_on is None:
            raise Invalid({"occurs_on": [_("请填写是哪一天的自查。")]})
        _take_occurrence(actor, check, get_schedule(actor, school_id, schedule_id), occurs_on, at)
    elif occurs_on is not None:
        raise Invalid({"schedule_id": [_("请选择自查安排。")]})
    else:
        check.form_version_id = _usable_version(actor, form_version_id)
    db.session.add(check)
    flush(db.session(), {"uq_self_checks_occurrence": Conflict(_("这次自查已经有人开始填写。"))})
    return check, True


def _take_occurrence(
    actor: Actor, check: SelfCheck, schedule: SelfCheckSchedule, occurs_on: date, at: datetime
) -> None:  # fmt: skip
    if not may_do(actor, schedule):
        raise Denied(Permission.FILL, _("这项自查由其他岗位填写。"))
    occurrence = find_occurrence(actor, schedule, occurs_on)
    if occurrence is None:
        raise NotFound(_("这一天没有这项自查。"))
    taken = check_of(actor, schedule.id, occurs_on)
    if taken is not None:
        raise Conflict(_("这次自查已经有人开始填写。"), {"id": str(taken.id), "version": taken.version})
    today = at.astimezone(SHANGHAI).date()
    standing = rules.standing(occurrence, None, today, schedule.grace_days, schedule.rhythm)
    if standing == "ahead":
        raise RuleBroken("not_due_yet", _("还没有到这次自查的日期。"))
    if standing == "missed":
        raise RuleBroken("missed", _("这次自查已过补做期限，不能再补。"))
    check.schedule_id, check.plan_id = schedule.id, schedule.plan_id
    check.occurs_on, check.due_on = occurrence.occurs_on, occurrence.due_on
    check.form_version_id = (
        schedule.form_version_id
        if schedule.plan_id is not None
        else reading.newest_version(actor, schedule.form_version_id).id
    )


def check_of(actor: Actor, schedule_id: UUID, occurs_on: date) -> SelfCheck | None:
    """The school's check for this occurrence, begun or submitted."""
    return db.session.scalar(
        select(SelfCheck).where(
            SelfCheck.bureau_id == actor.bureau_id, SelfCheck.school_id == actor.own_school_id(),
            SelfCheck.schedule_id == schedule_id, SelfCheck.occurs_on == occurs_on,
        )
    )  # fmt: skip


def _usable_version(actor: Actor, form_version_id: UUID | None) -> UUID:
    if form_version_id is None:
        raise Invalid({"form_version_id": [_("请选择评分表。")]})
    try:
        return forms.get_version(actor, form_version_id).id
    except NotFound:
        raise Invalid({"form_version_id": [_("请选择已发布的评分表。")]}) from None


def open_check(actor: Actor, check_id: UUID) -> SelfCheck:
    """The school's check, locked, still to be answered."""
    check = reading.get_check(actor, actor.own_school_id(), check_id, lock=True)
    if check.state != "draft":
        raise RuleBroken("submitted", _("这次自查已提交，不能再修改；需要更正请重新自查一次。"))
    return check


def save_answers(
    actor: Actor, check_id: UUID, answers: Mapping[str, Any], remarks: Mapping[str, str] | None = None
) -> SelfCheck:  # fmt: skip
    """Store answers (scorecards.answers' JSON by key; None clears one) and remarks, however many at once. Saved again
    they are the same rows. Values that the form cannot score are refused whole, fields named `answers.<key>`."""
    check = open_check(actor, check_id)
    store_answers(actor, check, answers, remarks or {})
    return check


def store_answers(actor: Actor, check: SelfCheck, answers: Mapping[str, Any], remarks: Mapping[str, str]) -> None:
    scorer = forms.scorer_of(reading.version_of(actor, check))
    answering.require_keys(scorer, list(answers))
    given = {key: answer for key, answer in answers.items() if answer is not None}
    readable = answering.readable_answers(cast(Any, check), scorer, given, remarks)
    rows = [
        {
            "bureau_id": check.bureau_id, "school_id": check.school_id, "id": new_id(), "self_check_id": check.id,
            "item_code": key, "answer": readable.get(key), "remark": remarks.get(key, ""), "answered_at": now(),
            "answered_by": actor.account_id,
        }
        for key in dict.fromkeys((*answers, *remarks))
    ]  # fmt: skip
    for with_answer in (True, False):
        for with_remark in (True, False):
            part = [
                row
                for row in rows
                if (row["item_code"] in answers) is with_answer and (row["item_code"] in remarks) is with_remark
            ]
            if part:
                columns = [*(["answer"] if with_answer else []), *(["remark"] if with_remark else [])]
                statement = insert(SelfCheckAnswer)
                db.session.execute(
                    statement.on_conflict_do_update(
                        index_elements=["bureau_id", "school_id", "self_check_id", "item_code"],
                        set_={name: statement.excluded[name] for name in ("answered_at", "answered_by", *columns)},
                    ),
                    part,
                )


def answer_the_rest(actor: Actor, check_id: UUID, keys: Mapping[str, Any]) -> SelfCheck:
    """未发现问题: what nobody answered yet loses nothing. `keys`: answer's key → its item. What must be counted stays
    open: nobody can say so of all at once."""
    check = open_check(actor, check_id)
    known = reading.stored_answers(reading.answers_of(check))
    unread = {key: perfect_answer(item) for key, item in keys.items() if key not in known}
    store_answers(actor, check, {key: answer for key, answer in unread.items() if answer is not None}, {})
    return check


def set_figures(
    actor: Actor, check_id: UUID, seen: int | None, *, parameters: Mapping[str, Any], units: Mapping[str, Any]
) -> SelfCheck:  # fmt: skip
    """What the form asks for beside answers: figures by name, and rooms or windows by section ("" the form). Those
    that the form does not know are refused. Answers to a room that is taken off are kept, but not scored."""
    check = open_check(actor, check_id)
    require_version(check, seen)
    form = forms.form_of(reading.version_of(actor, check))
    declared = {parameter.name for parameter in form.parameters}
    unknown = [name for name in parameters if name not in declared]
    if unknown:
        raise Invalid({f"parameters.{unknown[0][:60]}": [_("评分表没有这个数值。")]})
    problems: list[Problem] = []
    read_units(form, units, problems)
    figures = {name: value for name, value in parameters.items() if value is not None}
    read_parameters(form, figures, "parameters", problems)
    if problems:
        raise Invalid(answering.problem_fields(AnswersInvalid(problems)))
    check.parameters, check.units = dict(figures), {place: list(rows) for place, rows in units.items() if rows}
    flush(db.session())
    return check


def add_photo(
    actor: Actor, check_id: UUID, *, photo_id: UUID, item_code: str, data: bytes, name: str = ""
) -> SelfCheckPhoto:  # fmt: skip
    """Keep a photo with an answer's key ("" the whole check). The same id with the same picture is one photo."""
    check = open_check(actor, check_id)
    if item_code:
        answering.require_keys(forms.scorer_of(reading.version_of(actor, check)), [item_code])
    attachment = store(
        actor, data, name=name, purpose=PHOTO_PURPOSE, attachment_id=photo_id, accepted=IMAGES, field="photo"
    )
    existing = db.session.get(SelfCheckPhoto, (check.bureau_id, check.school_id, photo_id))
    if existing is not None:
        if (existing.self_check_id, existing.item_code) == (check.id, item_code):
            return existing
        raise Conflict(_("这个编号已用于另一张照片。"))
    if len(reading.photos_of(check).get(item_code, ())) >= MOST_PHOTOS:
        raise Invalid({"photo": [_("每一项最多 %(most)s 张照片。", most=MOST_PHOTOS)]})
    photo = SelfCheckPhoto(
        bureau_id=check.bureau_id, school_id=check.school_id, id=photo_id, self_check_id=check.id,
        item_code=item_code, attachment_id=attachment.id, added_by=actor.account_id,
    )  # fmt: skip
    db.session.add(photo)
    flush(db.session())
    return photo


def remove_photo(actor: Actor, check_id: UUID, photo_id: UUID) -> str:
    """Take a photo off again; gives the key that it showed."""
    check = open_check(actor, check_id)
    photo = db.session.get(SelfCheckPhoto, (check.bureau_id, check.school_id, photo_id))
    if photo is None or photo.self_check_id != check.id:
        raise NotFound(_("没有这张照片。"))
    db.session.delete(photo)
    flush(db.session())
    return photo.item_code


def discard(actor: Actor, check_id: UUID, seen: int | None) -> None:
    """A draft begun by mistake, with all that was answered."""
    check = open_check(actor, check_id)
    require_version(check, seen)
    db.session.delete(check)
    flush(db.session())
