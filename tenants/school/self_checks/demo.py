"""Self-checks of the demo district: a daily schedule with two weeks of history, and self scores beside official ones."""

import random
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from bureau.demo import MARK, SEED
from bureau.demo.context import DemoContext
from bureau.demo.people import Person, build_people, holder
from bureau.inspections.answer_fields import perfect_answer
from bureau.inspections.models import Inspection
from bureau.inspections.rules import SUBMITTED_STATES, fits_one_page
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import SHANGHAI
from school.self_checks.service import filling, schedules, submitting
from school.self_checks.service.due import find_occurrence
from scorecards import service as forms
from scorecards.form import AllOrNothing, CountDeduction, Form, Judged, YesNo

SCHOOLS, DAYS = 4, 14
BESIDE = 8  # schools that checked themselves before they were inspected


def demo(app: Flask, demo: DemoContext) -> None:
    people = build_people(demo.district)
    rng = random.Random(f"self-checks:{SEED}")
    use_scope(db.session(), demo.actor().scope)
    visits = [
        (visit.school_id, visit.form_version_id, visit.submitted_at)
        for visit in db.session.scalars(
            select(Inspection)
            .where(Inspection.bureau_id == demo.bureau_id, Inspection.state.in_(SUBMITTED_STATES))
            .order_by(Inspection.submitted_at.desc())
        )
    ]
    daily = _daily_form(demo.actor())
    codes = {school_id: code for code, school_id in demo.schools.items()}
    with force_locale("zh_CN"):
        if daily is not None:
            for school in demo.district.schools[:SCHOOLS]:
                _recurring(demo, _head(demo, people, school.code), daily, rng)
        done: set[int] = set()
        for school_id, version_id, submitted_at in visits:
            if school_id in done or len(done) == BESIDE or submitted_at is None:
                continue
            done.add(school_id)
            actor = _head(demo, people, codes[school_id])
            _check(actor, submitted_at - timedelta(days=6), rng, form_version_id=version_id)
            db.session.commit()


def _daily_form(actor: Actor) -> UUID | None:
    """The shortest published canteen form that fits one page: what a person would take for every day."""
    found = [
        version
        for version, _title in forms.published_versions(actor, "canteen")
        if fits_one_page(forms.form_of(version))
    ]
    return min(found, key=lambda version: version.item_count).id if found else None


def _head(demo: DemoContext, people: tuple[Person, ...], code: str) -> Actor:
    person = holder(people, "principal", code)
    return Actor(
        demo.accounts[person.username], person.name, "school", demo.bureau_id, school_id=demo.schools[code],
        roles=frozenset({"principal"}),
    )  # fmt: skip


def _recurring(demo: DemoContext, actor: Actor, form_version_id: UUID, rng: random.Random) -> None:
    use_scope(db.session(), actor.scope)
    begin = demo.today - timedelta(days=DAYS)
    schedule, _is_new = schedules.create_schedule(
        actor, new_id(), day=begin, title=f"{MARK}·食堂每日自查", form_version_id=form_version_id, rhythm="daily",
        workdays_only=True, role="canteen_manager", starts_on=begin,
    )  # fmt: skip
    for offset in range(DAYS):
        day = begin + timedelta(days=offset)
        if find_occurrence(actor, schedule, day) is None or rng.random() < 0.15:
            continue  # a free day, or one that was missed
        late = timedelta(days=1) if rng.random() < 0.1 else timedelta()
        at = datetime.combine(day, time(7, rng.randrange(60)), SHANGHAI) + late
        _check(actor, at, rng, schedule_id=schedule.id, occurs_on=day)
    db.session.commit()


def _check(actor: Actor, at: datetime, rng: random.Random, **what: Any) -> None:
    """Kinder than an inspector would be: few items are found wanting."""
    use_scope(db.session(), actor.scope)
    check, _is_new = filling.start(actor, new_id(), at=at, **what)
    form = forms.form_of(forms.get_version(actor, check.form_version_id))
    if not fits_one_page(form):
        filling.discard(actor, check.id, check.version)
        return
    filling.save_answers(actor, check.id, _answers(form, rng))
    submitting.submit(actor, check.id, at=at + timedelta(minutes=12))


def _answers(form: Form, rng: random.Random) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for item in form.items():
        answers[item.code] = perfect_answer(item) or {"count": 4}
        if rng.random() < 0.04:
            if isinstance(item.rule, AllOrNothing | YesNo):
                answers[item.code] = {"met": False}
            elif isinstance(item.rule, CountDeduction):
                answers[item.code] = {"count": 1}
            elif isinstance(item.rule, Judged):
                answers[item.code] = {"judged": "0"}
    return answers
