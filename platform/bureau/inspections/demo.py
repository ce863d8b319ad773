"""Demo visits, made the way people make them: planned by officers, answered by inspectors, scored by the engine."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Flask

from bureau.demo import MARK, SEED
from bureau.demo.answers import form_items, form_total, school_quality, simulate_answers
from bureau.demo.context import DemoContext
from bureau.demo.district import School
from bureau.demo.pictures import demo_photo
from bureau.inspections.models import Inspection, InspectionPlan
from bureau.inspections.service import answering, planning, results, submitting, visits
from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import SHANGHAI
from scorecards import examples
from scorecards import service as forms
from scorecards.models import FormVersion

INSPECTORS = tuple(f"inspector-{number}" for number in range(1, 9))
SCHOOLS_A_DAY = 3
PICTURES = 24
PHOTOS_A_VISIT = 2
SPAN_DAYS = 28  # before and after the day of the demo


@dataclass(frozen=True, slots=True)
class Round:
    """One plan. `done` visits are over, of which `held` wait for the bureau to tell the school; then come `begun`
    ones and `ahead` planned ones, the first ones today and by inspector-1."""

    example: str
    title: str
    officer: str
    boarding_only: bool
    releases_on_submit: bool
    done: int
    held: int
    begun: int
    ahead: int


ROUNDS = (
    Round("canteen_01", "秋季学期食堂专项检查", "bureau-canteen", False, False, 34, 3, 1, 8),
    Round("dorm_03", "住宿管理检查", "bureau-safety", True, True, 18, 0, 1, 5),
    Round("safety_01", "消防安全检查", "bureau-safety", False, True, 10, 0, 1, 4),
)


def demo(app: Flask, demo: DemoContext) -> None:
    session = db.session()
    use_scope(session, demo.actor().scope)
    rng = random.Random(f"inspections:{SEED}")
    pictures: dict[str, list[bytes]] = {}
    for number, one in enumerate(ROUNDS):
        version = _published(demo, one.example)
        pictures[one.example] = [
            demo_photo(f"{one.title} {place}", rng) for place in range(1, PICTURES // len(ROUNDS) + 1)
        ]
        plan = planning.create_plan(
            demo.officer(one.officer, Role.SAFETY_OFFICER),
            id=new_id(),
            title=f"{MARK}·{one.title}",
            form_version_id=version.id,
            starts_on=demo.today - timedelta(days=SPAN_DAYS),
            ends_on=demo.today + timedelta(days=SPAN_DAYS),
            note="检查组不打招呼、直奔现场；每处问题拍照。",
            releases_on_submit=one.releases_on_submit,
        )
        _carry_out(demo, one, plan, version, pictures[one.example], number, rng)
        session.commit()


def _published(demo: DemoContext, name: str) -> FormVersion:
    """The example's published version; imported and published unless the bureau has it."""
    form = examples.load(name)
    actor = demo.actor()
    for version, title in forms.published_versions(actor, form.kind):
        if title == form.title:
            return version
    draft = forms.import_form(actor, form, source_name=f"{name}.yaml")
    return forms.publish(actor, draft.id, draft.version)


def _carry_out(
    demo: DemoContext,
    one: Round,
    plan: InspectionPlan,
    version: FormVersion,
    pictures: Sequence[bytes],
    number: int,
    rng: random.Random,
) -> None:
    chosen = [school for school in demo.district.schools if school.is_boarding or not one.boarding_only]
    if one.example.startswith("canteen"):
        chosen = [school for school in chosen if school.canteen_mode != "delivered"]
    # The schools to look at first have a result of every round; the others come in an order of chance.
    show, others = chosen[:2], chosen[2:]
    rng.shuffle(others)
    done = [*show, *others[: one.done - len(show)]]
    rest = others[one.done - len(show) :]
    days = _working_days_before(demo.today, -(-len(done) // SCHOOLS_A_DAY))
    quality = school_quality(demo.district)
    for place, school in enumerate(done):
        team = _team(demo, place // SCHOOLS_A_DAY + number)
        day = days[place // SCHOOLS_A_DAY]
        visit = _assign(demo, one, plan, school, team, day)
        held = place >= len(done) - one.held
        _inspect(demo, one, visit, version, school, team[0], quality[school.code], pictures, held, rng)
    # Nobody has more than three schools on one day: of today's visits the third round's are another team's.
    for school in rest[: one.begun]:
        team = _team(demo, 0 if number < 2 else number)
        visit = _assign(demo, one, plan, school, team, demo.today)
        _begin(demo, visit, version, team[0], quality[school.code], rng)
    for place, school in enumerate(rest[one.begun : one.begun + one.ahead]):
        day = demo.today + timedelta(days=place + min(number, 1))
        _assign(demo, one, plan, school, _team(demo, 0 if place < 2 else place), day)


def _working_days_before(day: date, count: int) -> list[date]:
    """The last `count` weekdays before `day`, earliest first."""
    found: list[date] = []
    while len(found) < count:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            found.append(day)
    return found[::-1]


def _team(demo: DemoContext, turn: int) -> list[UUID]:
    """Two inspectors, the first leads; turn 0 is led by the inspector whose account is shown."""
    names = (INSPECTORS[turn * 2 % len(INSPECTORS)], INSPECTORS[(turn * 2 + 1) % len(INSPECTORS)])
    return [demo.accounts[name] for name in names]


def _assign(
    demo: DemoContext, one: Round, plan: InspectionPlan, school: School, team: list[UUID], day: date
) -> Inspection:
    officer = demo.officer(one.officer, Role.SAFETY_OFFICER)
    at = _clock(min(day, demo.today) - timedelta(days=3), 9, 30)
    return planning.assign(officer, plan.id, [demo.schools[school.code]], team, day, at=at)[0]


def _inspect(
    demo: DemoContext,
    one: Round,
    visit: Inspection,
    version: FormVersion,
    school: School,
    leader: UUID,
    quality: float,
    pictures: Sequence[bytes],
    held: bool,
    rng: random.Random,
) -> None:
    actor = Actor(leader, "", "bureau", demo.bureau_id, roles=frozenset({str(Role.INSPECTOR)}))
    begun = _clock(visit.scheduled_on, rng.randint(8, 14), rng.choice((0, 15, 30, 45)))
    visits.start(actor, visit.school_id, visit.id, at=begun)
    answers, remarks = _answers(version, visit, quality, rng)
    lost = list(remarks)
    for code, picture in zip(lost, rng.sample(pictures, min(PHOTOS_A_VISIT, len(lost))), strict=False):
        answering.add_photo(
            actor, visit.school_id, visit.id, photo_id=new_id(), item_code=code, data=picture, name="现场.jpg",
            taken_at=begun + timedelta(minutes=20),
        )  # fmt: skip
    over = begun + timedelta(minutes=rng.randint(45, 100))
    submitting.submit(
        actor,
        visit.school_id,
        visit.id,
        answers=answers,
        remarks=remarks,
        met_by=f"{school.contact_name}（校长）",
        remark="总体情况较好，请对照失分项逐条整改。" if quality > 0.4 else "问题较多，请校长牵头整改，局里将复查。",
        at=over,
    )
    if not one.releases_on_submit and not held:
        officer = demo.officer(one.officer, Role.CANTEEN_OFFICER)
        told = min(over + timedelta(hours=20), datetime.now(UTC))
        results.release(officer, visit.school_id, visit.id, visit.version, at=told)


def _begin(
    demo: DemoContext, visit: Inspection, version: FormVersion, leader: UUID, quality: float, rng: random.Random
) -> None:
    """About half of the items are answered."""
    actor = Actor(leader, "", "bureau", demo.bureau_id, roles=frozenset({str(Role.INSPECTOR)}))
    answers, remarks = _answers(version, visit, quality, rng)
    codes = list(answers)[: len(answers) // 2]
    answering.save_answers(
        actor,
        visit.school_id,
        visit.id,
        {code: answers[code] for code in codes},
        {code: text for code, text in remarks.items() if code in codes},
    )


def _answers(
    version: FormVersion, visit: Inspection, quality: float, rng: random.Random
) -> tuple[dict[str, Any], dict[str, str]]:
    form = forms.form_of(version)
    given = simulate_answers(form_items(form, visits.tags_of(visit)), quality, rng, form.kind, form_total(form))
    return {one.code: one.value for one in given}, {one.code: one.remark for one in given if one.remark}


def _clock(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)
