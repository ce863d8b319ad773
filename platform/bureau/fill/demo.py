"""Demo: the second inspector's phone on visits that are under way, with photos, an answer that differs, a clock that is
off, so that the bureau's page of the visit has something to show."""

import hashlib
import random
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from bureau.demo import MARK, SEED
from bureau.demo.context import DemoContext
from bureau.demo.pictures import demo_photo
from bureau.fill.schemas import FillSubmissionIn
from bureau.fill.service import files, keeping
from bureau.inspections.answer_fields import perfect_answer
from bureau.inspections.models import Inspection, InspectionInspector
from bureau.inspections.service.answering import answers_of
from bureau.inspections.service.visits import form_version_of
from bureau.roles import Role
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from scorecards import service as forms

ANSWERS = 12
PHOTOS = 3
CLOCK_OFF_MS = 17 * 60_000
FAR = 0.02  # degrees: about two kilometres


def demo(app: Flask, demo: DemoContext) -> None:
    session = db.session()
    use_scope(session, demo.actor().scope)
    rng = random.Random(f"fill:{SEED}")
    under_way = session.scalars(
        select(Inspection)
        .where(Inspection.bureau_id == demo.bureau_id, Inspection.state == "in_progress")
        .order_by(Inspection.id)
    ).all()
    for visit in under_way:
        second = session.scalars(
            select(InspectionInspector.person_id).where(
                InspectionInspector.bureau_id == visit.bureau_id,
                InspectionInspector.school_id == visit.school_id,
                InspectionInspector.inspection_id == visit.id,
                InspectionInspector.is_lead.is_(False),
            )
        ).first()
        if second is not None:
            actor = Actor(second, "", "bureau", demo.bureau_id, roles=frozenset({str(Role.INSPECTOR)}))
            _send(actor, visit, rng)
            session.commit()


def _send(actor: Actor, visit: Inspection, rng: random.Random) -> None:
    form = forms.form_of(form_version_of(actor, visit))
    held = answers_of(visit)
    # The first answer differs from the leader's, the others are of items that nobody answered yet.
    given: dict[str, Any] = {}
    for item in form.items():
        best = perfect_answer(item)
        row = held.get(item.code)
        if best is not None and (row is None or (not given and row.answer != best)):
            given[item.code] = best
        if len(given) == ANSWERS:
            break
    pictures = [demo_photo(f"{MARK}现场 {number}", rng) for number in range(1, PHOTOS + 1)]
    at = (now() - timedelta(minutes=40)).isoformat()
    document = {
        "inspection_id": str(visit.id), "school_id": visit.school_id, "form_version_id": str(visit.form_version_id),
        "device": {"id": f"{MARK}设备", "label": f"{MARK}手机", "app": "1"}, "started_at": at,
        "clock_offset_ms": CLOCK_OFF_MS, "place": None,
        "answers": {key: {"answer": answer, "remark": "", "at": at, "base": None} for key, answer in given.items()},
        "attachments": [
            {
                "sha256": hashlib.sha256(picture).hexdigest(), "size": len(picture), "mime": "image/jpeg",
                "key": key, "purpose": "photo", "taken_at": at, "place": _place(visit, far=number == PHOTOS - 1),
            }
            for number, (picture, key) in enumerate(zip(pictures, given, strict=False))
        ],
    }  # fmt: skip
    keeping.keep(actor, new_id(), FillSubmissionIn().load(document), document, creates=True, seen_rev=None)
    for picture in pictures[:-1]:  # the last one has not arrived yet
        files.receive(actor, visit.school_id, hashlib.sha256(picture).hexdigest(), picture)


def _place(visit: Inspection, *, far: bool) -> dict[str, float] | None:
    school = db.session.get_one(School, (visit.bureau_id, visit.school_id))
    if school.latitude is None or school.longitude is None:
        return None
    return {"latitude": float(school.latitude) + FAR * far, "longitude": float(school.longitude), "accuracy": 15.0}
