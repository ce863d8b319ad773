"""A hazard is found: by an inspector's answer, or reported by hand. The alarm goes out in the same transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.hazards import rules
from bureau.hazards.models import Hazard, HazardEvent, HazardPhoto
from bureau.hazards.permissions import AT_SCHOOL, DECIDERS
from bureau.hazards.service.moving import move, note
from bureau.inspections.models import Inspection
from bureau.inspections.service.acknowledging import on_behalf_of
from bureau.roles import Role
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound
from kernel.files.service import store
from kernel.files.sniffing import IMAGES
from kernel.identity import holders
from kernel.notices.service import announce, notify
from kernel.policy import service as policy
from kernel.web.dates import shanghai
from scorecards.answers import read_answers
from scorecards.engine import Scorer

CONTROL_FIGURE = "hazard.control.hours"
REMOVE_FIGURE = "hazard.removal.days"
URL = "/hazards/{school_id}/{id}"
MOST_PHOTOS = 12


def answered(actor: Actor, visit: Inspection, scorer: Scorer, answers: Mapping[str, Any]) -> None:
    """Answers of an open visit were kept ({key: its JSON, None = cleared}): raise what they find, take back what they
    no longer find. An alarm does not wait for the visit to be handed in. What the bureau dismissed stays so, however often
    the answer is sent: only the inspector's own correction is taken back by answering again."""
    given = {key: answer for key, answer in answers.items() if answer is not None}
    outcome = scorer.score(read_answers(scorer.form, given), parameters=visit.parameters)
    lines = rules.red_lines(list(outcome.vetoes))
    raised = _raised(visit)
    if not lines and not raised:
        return
    items = {item.code: item for item in scorer.form.items()}
    for key, label in lines.items():
        known = raised.get(key)
        if known is not None:
            if known.state == "dismissed" and _was_corrected(known):
                move(actor, known, "reopen", _("检查员再次认定。"))
                _alarm(actor, known)
            continue
        code, _at, unit = key.partition("@")
        item = items[code]
        hazard = _new(
            actor, visit.school_id, id=new_id(), text=item.text, label=label, at=now(),
            basis=scorer.form.title, place=unit, item_no=item.no, inspection_id=visit.id, answer_key=key,
        )  # fmt: skip
        _alarm(actor, hazard)
    for key in answers:
        known = raised.get(key)
        if known is not None and key not in lines and known.state in rules.OPEN_STATES:
            move(actor, known, "correct", _("检查员在提交前更正。"))


def _was_corrected(hazard: Hazard) -> bool:
    """Dismissed last by the inspector's answer, not by the bureau."""
    last = db.session.scalar(
        select(HazardEvent.event)
        .where(
            HazardEvent.bureau_id == hazard.bureau_id,
            HazardEvent.school_id == hazard.school_id,
            HazardEvent.hazard_id == hazard.id,
            HazardEvent.to_state == "dismissed",
        )
        .order_by(HazardEvent.id.desc())
        .limit(1)
    )
    return last == "correct"


def _raised(visit: Inspection) -> dict[str, Hazard]:
    rows = db.session.scalars(
        select(Hazard).where(
            Hazard.bureau_id == visit.bureau_id,
            Hazard.school_id == visit.school_id,
            Hazard.inspection_id == visit.id,
        )
    )
    return {row.answer_key: row for row in rows}


def report(
    actor: Actor, *, id: UUID, school_id: int | None, text: str, place: str = "", photos: Sequence[bytes] = ()
) -> Hazard:
    """By hand. A school reports its own; sent twice it is one hazard."""
    own = actor.own_school_id() if actor.level == "school" else school_id
    if own is None or db.session.get(School, (actor.bureau_id, own)) is None:
        raise Invalid({"school_id": [_("请选择学校。")]})
    existing = db.session.get(Hazard, (actor.bureau_id, own, id))
    if existing is not None:
        if existing.text == text:
            return existing
        raise Conflict(_("这个编号已用于另一条隐患。"))
    hazard = _new(actor, own, id=id, text=text, label=_("重大隐患（人工上报）"), at=now(), place=place)
    add_photos(actor, hazard, photos, "found")
    _alarm(actor, hazard)
    return hazard


def add_photos(actor: Actor, hazard: Hazard, photos: Sequence[bytes], phase: str) -> None:
    if len(photos) > MOST_PHOTOS:
        raise Invalid({"photos": [_("一次最多 %(most)s 张照片。", most=MOST_PHOTOS)]})
    for data in photos:
        attachment = store(
            actor, data, name="", purpose="hazard_photo", school_id=hazard.school_id, accepted=IMAGES, field="photos"
        )
        db.session.add(
            HazardPhoto(
                bureau_id=hazard.bureau_id, school_id=hazard.school_id, id=new_id(), hazard_id=hazard.id,
                attachment_id=attachment.id, phase=phase, added_by=actor.account_id,
            )
        )  # fmt: skip
    flush(db.session())


def _new(actor: Actor, school_id: int, *, at: datetime, **values: Any) -> Hazard:
    figures = policy.effective_numbers(actor.bureau_id, [CONTROL_FIGURE, REMOVE_FIGURE])
    hazard = Hazard(
        bureau_id=actor.bureau_id, school_id=school_id, found_at=at, found_by=actor.account_id,
        found_by_name=actor.display_name, created_by=actor.account_id,
        control_by=at + timedelta(hours=float(figures[CONTROL_FIGURE])),
        remove_by=at + timedelta(days=float(figures[REMOVE_FIGURE])), **values,
    )  # fmt: skip
    db.session.add(hazard)
    flush(db.session())
    note(actor, hazard, "find", "", "found", values.get("place", ""))
    return hazard


def _alarm(actor: Actor, hazard: Hazard) -> None:
    with on_behalf_of(actor):
        school = db.session.get(School, (hazard.bureau_id, hazard.school_id))
        if school is None:  # pragma: no cover - the foreign key does not allow it
            raise NotFound(_("没有这所学校。"))
        title = _("重大隐患：%(school)s", school=school.name)
        body = _("%(text)s 请在 %(at)s 前落实管控措施。", text=hazard.text, at=shanghai(hazard.control_by))
        url = URL.format(school_id=hazard.school_id, id=hazard.id)
        tell(actor, hazard, "hazard_found", title, body)
        announce(actor, title, body, url)


def tell(actor: Actor, hazard: Hazard, kind: str, title: str, body: str) -> None:
    """The school's responsible people and the bureau's officers, by notice and by mail."""
    url = URL.format(school_id=hazard.school_id, id=hazard.id)
    notify(
        actor, holders.at_school(actor.bureau_id, hazard.school_id, AT_SCHOOL), kind, title, body=body, url=url,
        school_id=hazard.school_id, by_mail=True,
    )  # fmt: skip
    officers = holders.at_bureau(actor.bureau_id, (*DECIDERS, Role.DISCIPLINE_SUPERVISOR))
    notify(actor, officers, kind, title, body=body, url=url, by_mail=True)
