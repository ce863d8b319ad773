"""Answers, remarks and photos, stored one by one while the inspector walks."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bureau.inspections import labels, rules
from bureau.inspections.models import Inspection, InspectionAnswer, InspectionPhoto
from bureau.inspections.service.visits import form_version_of, open_visit
from bureau.inspections.watching import tell_watchers
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound
from kernel.files.service import store
from kernel.files.sniffing import IMAGES
from scorecards import service as forms
from scorecards.answers import answers_to_json, read_answers
from scorecards.engine import Scorer
from scorecards.problems import AnswersInvalid

MAX_REMARK = 1000
MAX_REASON = 200
MOST_PHOTOS = 12  # to one item


def answers_of(visit: Inspection) -> dict[str, InspectionAnswer]:
    rows = db.session.scalars(
        select(InspectionAnswer)
        .where(
            InspectionAnswer.bureau_id == visit.bureau_id,
            InspectionAnswer.school_id == visit.school_id,
            InspectionAnswer.inspection_id == visit.id,
        )
        # Answers are written past the session's memory (see _upsert), so what it remembers may be old.
        .execution_options(populate_existing=True)
    )
    return {row.item_code: row for row in rows}


def photos_of(visit: Inspection) -> dict[str, list[InspectionPhoto]]:
    photos: dict[str, list[InspectionPhoto]] = {}
    for photo in db.session.scalars(
        select(InspectionPhoto)
        .where(
            InspectionPhoto.bureau_id == visit.bureau_id,
            InspectionPhoto.school_id == visit.school_id,
            InspectionPhoto.inspection_id == visit.id,
        )
        .order_by(InspectionPhoto.id)
    ):
        photos.setdefault(photo.item_code, []).append(photo)
    return photos


def save_answers(
    actor: Actor,
    school_id: int,
    inspection_id: UUID,
    answers: Mapping[str, Any],
    remarks: Mapping[str, str] | None = None,
) -> Inspection:
    """Store answers (scorecards.answers' JSON by item code; None clears one) and remarks, however many at once.

    Saved again they are the same rows: a lost reply may be repeated. Values that the form cannot score are refused
    whole, with every field named `answers.<code>`.
    """
    visit = open_visit(actor, school_id, inspection_id)
    store_answers(actor, visit, forms.scorer_of(form_version_of(actor, visit)), answers, remarks or {})
    return visit


def store_answers(
    actor: Actor, visit: Inspection, scorer: Scorer, answers: Mapping[str, Any], remarks: Mapping[str, str]
) -> None:
    """As save_answers, for a visit that is open and the engine of its form."""
    given = {code: answer for code, answer in answers.items() if answer is not None}
    _require_known(scorer, [*answers, *remarks])
    readable = _readable(scorer, given, visit.parameters)
    _require_plain(readable, remarks)
    _upsert(actor, visit, readable, {code for code in answers if answers[code] is None}, remarks)
    tell_watchers(actor, visit, scorer, {code: readable.get(code) for code in answers})


@dataclass(frozen=True, slots=True)
class Written:
    """One answer with its remark, as it is to stand."""

    key: str
    answer: Any
    remark: str
    at: datetime


def readable_answers(
    visit: Inspection, scorer: Scorer, answers: Mapping[str, Any], remarks: Mapping[str, str]
) -> dict[str, Any]:
    """The answers' canonical JSON by key. Invalid, in words, where the form cannot score one or has no such key."""
    _require_known(scorer, [*answers, *remarks])
    found = _readable(scorer, answers, visit.parameters)
    _require_plain(found, remarks)
    return found


def require_keys(scorer: Scorer, keys: Sequence[str]) -> None:
    _require_known(scorer, keys)


def write_answers(visit: Inspection, written: Sequence[Written], person_id: UUID) -> None:
    """Answers that were read by `readable_answers`, each with its own time."""
    rows = [
        {
            "bureau_id": visit.bureau_id, "school_id": visit.school_id, "id": new_id(), "inspection_id": visit.id,
            "item_code": one.key, "answer": one.answer, "remark": one.remark, "answered_at": one.at,
            "answered_by": person_id,
        }
        for one in written
    ]  # fmt: skip
    if rows:
        db.session.execute(_upserting(True, True), rows)


def _readable(scorer: Scorer, given: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The answers' canonical JSON. Invalid, in words, when one cannot be read or does not fit its item's rule.

    What is said of a whole section and what is said of its items is looked at apart: which of them counts is decided
    when the visit is scored (see rules.counting_answers).
    """
    sections = rules.section_keys(scorer.form, given)
    try:
        read = read_answers(scorer.form, given)
        for part in (
            {key: answer for key, answer in read.items() if key not in sections},
            {key: answer for key, answer in read.items() if key in sections},
        ):
            scorer.score(part, parameters=parameters)
    except AnswersInvalid as error:
        raise Invalid(problem_fields(error)) from error
    return answers_to_json(read)


def problem_fields(error: AnswersInvalid) -> dict[str, list[str]]:
    """Field → messages: "answers.<key>", "parameters.<name>", "units.<section>.<place>"."""
    fields: dict[str, list[str]] = {}
    for problem in error.problems:
        of_visit = problem.path.partition(".")[0] in ("parameters", "units")
        fields.setdefault(problem.path if of_visit else f"answers.{problem.path}", []).append(
            labels.problem_text(problem)
        )
    return fields


def _require_known(scorer: Scorer, keys: Sequence[str]) -> None:
    for key in keys:
        if not rules.is_key(scorer.form, key):
            raise Invalid({f"answers.{key[:60]}": [_("表单中没有这一项。")]})


def _require_plain(answers: Mapping[str, Any], remarks: Mapping[str, str]) -> None:
    texts = [(f"remarks.{code}", text, MAX_REMARK) for code, text in remarks.items()]
    texts += [(f"answers.{code}", answer.get("not_applicable", ""), MAX_REASON) for code, answer in answers.items()]
    for name, text, most in texts:
        # PostgreSQL keeps neither NUL nor lone surrogates; other control characters are slips of a keyboard.
        if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\r\t" for letter in text):
            raise Invalid({name: [_("含有无法保存的控制字符。")]})
        if len(text) > most:
            raise Invalid({name: [_("不能超过 %(most)s 字。", most=most)]})


def _upsert(
    actor: Actor, visit: Inspection, readable: Mapping[str, Any], cleared: set[str], remarks: Mapping[str, str]
) -> None:
    codes = [*dict.fromkeys((*readable, *cleared, *remarks))]
    if not codes:
        return
    at = now()
    with_answer = [code for code in codes if code in readable or code in cleared]
    only_remark = [code for code in codes if code not in readable and code not in cleared]
    for group, updates_answer in ((with_answer, True), (only_remark, False)):
        for updates_remark in (True, False):
            part = [code for code in group if (code in remarks) is updates_remark]
            if not part:
                continue
            rows = [
                {
                    "bureau_id": visit.bureau_id, "school_id": visit.school_id, "id": new_id(),
                    "inspection_id": visit.id, "item_code": code, "answer": readable.get(code),
                    "remark": remarks.get(code, ""), "answered_at": at, "answered_by": actor.account_id,
                }
                for code in part
            ]  # fmt: skip
            db.session.execute(_upserting(updates_answer, updates_remark), rows)


@cache
def _upserting(answer: bool, remark: bool) -> Any:
    """One statement for any number of rows, compiled once: spelt out row by row, a form's 60 answers cost more to
    compile than everything else a submission does. RETURNING makes SQLAlchemy send the rows in one round trip."""
    columns = ["answered_at", "answered_by", *(["answer"] if answer else []), *(["remark"] if remark else [])]
    statement = insert(InspectionAnswer.__table__)  # type: ignore[arg-type]
    return statement.on_conflict_do_update(
        index_elements=["bureau_id", "school_id", "inspection_id", "item_code"],
        set_={name: statement.excluded[name] for name in columns},
    ).returning(InspectionAnswer.__table__.c.id)


def add_photo(
    actor: Actor,
    school_id: int,
    inspection_id: UUID,
    *,
    photo_id: UUID,
    item_code: str,
    data: bytes,
    name: str = "",
    taken_at: datetime | None = None,
) -> InspectionPhoto:
    """Keep a photo with an item ("" the whole visit), out of the school's sight until release. The same id with the
    same picture sent twice is one photo."""
    visit = open_visit(actor, school_id, inspection_id)
    if item_code:
        try:
            forms.form_of(form_version_of(actor, visit)).item(item_code)
        except KeyError:
            raise Invalid({"item_code": [_("表单中没有这一项。")]}) from None
    attachment = store(
        actor, data, name=name, purpose="inspection_photo", school_id=visit.school_id, attachment_id=photo_id,
        accepted=IMAGES, hidden_from_school=True, taken_at=taken_at, field="photo",
    )  # fmt: skip
    existing = db.session.get(InspectionPhoto, (visit.bureau_id, visit.school_id, photo_id))
    if existing is not None:
        if (existing.inspection_id, existing.item_code) == (visit.id, item_code):
            return existing
        raise Conflict(_("这个编号已用于另一张照片。"))
    if len(photos_of(visit).get(item_code, ())) >= MOST_PHOTOS:
        raise Invalid({"photo": [_("每一项最多 %(most)s 张照片。", most=MOST_PHOTOS)]})
    photo = InspectionPhoto(
        bureau_id=visit.bureau_id, school_id=visit.school_id, id=photo_id, inspection_id=visit.id,
        item_code=item_code, attachment_id=attachment.id, taken_at=taken_at, added_by=actor.account_id,
    )  # fmt: skip
    db.session.add(photo)
    flush(db.session())
    return photo


def remove_photo(actor: Actor, school_id: int, inspection_id: UUID, photo_id: UUID) -> str:
    """Take a photo off again while the visit is open; the attachment itself stays, it may be evidence. Gives the
    code of the item that it showed."""
    visit = open_visit(actor, school_id, inspection_id)
    photo = db.session.get(InspectionPhoto, (actor.bureau_id, school_id, photo_id))
    if photo is None or photo.inspection_id != visit.id:
        raise NotFound(_("没有这张照片。"))
    db.session.delete(photo)
    flush(db.session())
    return photo.item_code
