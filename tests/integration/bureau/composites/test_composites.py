from datetime import timedelta
from decimal import Decimal

import pytest

from bureau.composites import service
from bureau.inspections.service import results
from bureau.roles import Role
from bureau.surveys.service import keeping
from kernel.actor import system_actor
from kernel.database import new_id
from kernel.errors import Conflict, Invalid
from kernel.web.dates import today
from tests.integration.bureau.surveys.test_surveys import BEST, WORST, send
from tests.support.inspections import make_plan, make_visit, submit
from tests.support.samples.composites import make_composite
from tests.support.samples.surveys import make_survey

EMPTY = {"plan_id": None, "form_version_id": None, "first": None, "last": None}


@pytest.fixture
def system(session, world, acting):
    return acting(system_actor(world.bureaus["a"]))


def told(world, plan, place, changes=None):
    submit(world, make_visit(world, place, plan), changes)


def test_two_inspections_by_weight(system, world):
    """a1: 80 and 100 of 100 at 60 : 40 → 88; a2 has the first part only."""
    one, two = make_plan(system), make_plan(system)
    told(world, one, "a1", {"1": {"met": False}})
    told(world, two, "a1")
    told(world, one, "a2")
    parts = [
        {**EMPTY, "title": "食堂", "weight": Decimal(60), "plan_id": one.id},
        {**EMPTY, "title": "安全", "weight": Decimal(40), "plan_id": two.id},
    ]
    rows = {row.school_id: row for row in service.scores(system, make_composite(world, parts=parts))}
    first, second = rows[world.schools["a1"]], rows[world.schools["a2"]]
    assert (first.result.score, first.rank) == (Decimal("88.0"), 1)
    assert [line.points for line in first.result.account] == [48, 40]
    assert (second.result.score, second.rank) == (None, None)
    filled = {
        row.school_id: row for row in service.scores(system, make_composite(world, parts=parts, missing="renormalise"))
    }
    assert filled[world.schools["a2"]].result.score == Decimal("100.0")


def test_a_survey_counts_from_five_answers(system, world):
    plan = make_plan(system)
    told(world, plan, "a1", {"1": {"met": False}})
    survey = make_survey(world)
    day = today()
    parts = [
        {**EMPTY, "title": "食堂", "weight": Decimal(50), "plan_id": plan.id},
        {
            **EMPTY, "title": "满意度", "weight": Decimal(50), "form_version_id": survey.form_version_id,
            "first": day - timedelta(days=1), "last": day,
        },
    ]  # fmt: skip
    composite = make_composite(world, parts=parts)
    for number in range(4):
        send(survey, BEST, address=f"10.0.2.{number}")
    (row,) = service.scores(system, composite)
    assert row.result.missing == ("1",)
    send(survey, WORST, address="10.0.2.9")
    send(survey, WORST, address="10.0.2.8", seconds=1)  # too fast: not counted
    (row,) = service.scores(system, composite)
    assert keeping.tally_of(system, survey).mean == Decimal("80.0")
    assert row.result.score == Decimal("80.0")


def test_what_the_school_was_not_told_does_not_count(system, world):
    plan, other = make_plan(system, releases_on_submit=False), make_plan(system)
    visit = make_visit(world, "a1", plan)
    submit(world, visit)
    composite = make_composite(world, plans=[plan, other])
    assert service.scores(system, composite) == []
    results.release(system, visit.school_id, visit.id, visit.version)
    assert len(service.scores(system, composite)) == 1


def test_sent_twice_it_is_one(system, world):
    plans = [make_plan(system), make_plan(system)]
    same = new_id()
    one = make_composite(world, plans=plans, id=same)
    assert make_composite(world, plans=plans, id=same).id == one.id
    assert len(service.parts_of(one)) == 2
    with pytest.raises(Conflict):
        make_composite(world, plans=plans, id=same, title="别的")


def test_another_bureaus_plan_is_no_part(system, world, acting):
    foreign = make_plan(acting(system_actor(world.bureaus["b"])))
    acting(system)
    with pytest.raises(Invalid):
        make_composite(world, plans=[make_plan(system), foreign])


def test_pages(system, world, client_as):
    plan, other = make_plan(system), make_plan(system)
    told(world, plan, "a1")
    told(world, other, "a1", {"1": {"met": False}})
    client = client_as(Role.CANTEEN_OFFICER)
    form = {
        "id": str(new_id()), "title": "演示", "missing": "refuse",
        "parts-0-title": "甲", "parts-0-weight": "70", "parts-0-plan_id": str(plan.id),
        "parts-1-title": "乙", "parts-1-weight": "30", "parts-1-plan_id": str(other.id),
        "parts-2-title": "", "parts-2-weight": "", "parts-2-plan_id": "",
    }  # fmt: skip
    assert client.get("/composites/new").status_code == 200
    made = client.post("/composites/new", data=form)
    assert made.status_code == 302
    page = client.get(made.location).text
    assert "94" in page
    sheet = client.get(made.location + "/scores.xlsx")
    assert sheet.data[:2] == b"PK"
    short = client.post("/composites/new", data={**form, "id": str(new_id()), "parts-1-weight": "-3"})
    assert short.status_code == 422
    alone = {name: value for name, value in form.items() if not name.startswith(("parts-1", "parts-2"))}
    assert client.post("/composites/new", data={**alone, "id": str(new_id())}).status_code == 422
    assert client_as(Role.PRINCIPAL).get(made.location).status_code == 403
    assert client_as(Role.BUREAU_ADMIN, "b").get(made.location).status_code == 404
    assert client.get("/api/v1/composites").get_json()["items"]
