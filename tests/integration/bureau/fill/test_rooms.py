"""Forms that repeat per room, sections that do not apply, figures asked on site."""

from decimal import Decimal

import pytest

from bureau.inspections.models import InspectionResult
from bureau.inspections.service import submitting
from bureau.roles import Role
from kernel.database import db
from scorecards.form import AllOrNothing, CountDeduction, Parameter, Repeat, Scale, ScaleRow, Section
from tests.support import inspections
from tests.unit.scorecards.forms import form, item


@pytest.fixture
def rooms(scene):
    system = scene.as_bureau()
    beds = Scale(parameter="beds", rows=(ScaleRow(Decimal(1), Decimal(2)), ScaleRow(Decimal(6), Decimal(1))))
    sections = (
        Section(
            code="R", title="寝室", repeat=Repeat(unit_label="寝室", minimum_units=2),
            items=(item("R.1", CountDeduction(Decimal(2), "处", unit_points_by=beds), 20),),
        ),
        Section(code="B", title="浴室", items=(item("B.1", AllOrNothing(), 20),), na_allowed=True),
        Section(code="G", title="值班", items=(item("G.1", AllOrNothing(), 60),)),
    )  # fmt: skip
    sheet = form(
        sections=sections, total=Decimal(100), na_policy="renormalise",
        parameters=(Parameter("beds", "床位", "张", "unit"), Parameter("boarders", "住宿生", "人")),
    )  # fmt: skip
    visit = inspections.make_visit(
        scene.world, "a2", inspections.make_plan(system, inspections.published(system, sheet))
    )
    db.session.commit()
    scene.visit = visit
    scene.phone = scene.new_phone()
    return scene


def rooms_of(*codes, beds=8):
    return {"R": [{"code": code, "label": f"{code} 室", "parameters": {"beds": beds}} for code in codes]}


def test_a_visit_with_rooms_an_absent_section_and_beds(rooms):
    phone = rooms.phone
    phone.more["units"] = rooms_of("101", "102")
    phone.answer("R.1@101", {"count": 4})
    phone.answer("R.1@102", {"count": 0})
    phone.answer("B", {"not_applicable": "没有浴室"})
    phone.answer("G.1", {"met": True})
    phone.photo("R.1@101")
    phone.sign()
    assert phone.put().status_code == 201
    phone.upload()
    done = phone.finalise()
    assert done.status_code == 200, done.json
    # The rooms lose 4 × 1 and 0, 2 on average, of the 80 points at stake.
    assert done.json["score"]["score"] == "97.5"
    rooms.as_bureau()
    result = db.session.get_one(InspectionResult, (rooms.visit.bureau_id, rooms.visit.school_id, rooms.visit.id))
    assert result.account["inputs"]["units"] == phone.more["units"]
    assert result.account["inputs"]["parameters"]["boarders"] == 0
    lines = [line for section in result.account["sections_account"] for line in section["lines"]]
    assert [(line["code"], line.get("unit"), len(line["photos"])) for line in lines if line["code"] == "R.1"] == [
        ("R.1", "101", 1),
        ("R.1", "102", 0),
    ]


def test_too_few_rooms_are_named_by_their_section(rooms):
    phone = rooms.phone
    phone.more["units"] = rooms_of("101")
    phone.answer("R.1@101", {"count": 0})
    phone.answer("B.1", {"met": True})
    phone.answer("G.1", {"met": True})
    phone.put()
    refused = phone.finalise()
    assert (refused.status_code, refused.json["unanswered"]) == (422, ["R"])


def test_a_room_that_is_no_longer_there_and_a_hidden_item_do_not_count(rooms):
    phone = rooms.phone
    phone.more["units"] = rooms_of("101", "102", "103")
    for room in ("101", "102", "103"):
        phone.answer(f"R.1@{room}", {"count": 5 if room == "103" else 0})
    phone.answer("B.1", {"met": False})
    phone.answer("G.1", {"met": True})
    phone.put()
    phone.more["units"] = rooms_of("101", "102")
    phone.answer("B", {"not_applicable": "没有浴室"})
    assert phone.put().status_code == 200
    system = rooms.as_bureau()
    db.session.refresh(rooms.visit)
    assert submitting.preview(system, rooms.visit).score == 100


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"units": {"R": [{"code": "101"}, {"code": "101"}]}}, "units.R"),
        ({"units": {"G": [{"code": "101"}]}}, "units.G"),
        ({"units": {"R": [{"code": "101", "parameters": {"beds": "viele"}}]}}, "units.value.0.parameters.value"),
        ({"parameters": {"boarders": "-1"}}, "parameters.boarders"),
    ],
)
def test_rooms_and_figures_that_the_form_cannot_use_are_refused(rooms, change, field):
    refused = rooms.phone.put(rooms.phone.body() | change)
    assert (refused.status_code, len(refused.json["errors"])) == (422, 1), refused.json
    assert refused.json["errors"].keys() == {field} or "value" in field, refused.json


def test_the_visits_page_sends_a_form_with_rooms_to_the_phone_and_shows_what_came_from_it(rooms, client_as):
    rooms.phone.more["units"] = rooms_of("101", "102")
    rooms.phone.answer("R.1@101", {"count": 3}, "床下有杂物")
    rooms.phone.answer("B", {"not_applicable": "没有浴室"})
    rooms.phone.put()
    client = client_as(Role.INSPECTOR)
    path = f"/inspections/fill/{rooms.visit.school_id}/{rooms.visit.id}"
    shown = client.get(path, follow_redirects=True)
    assert (shown.status_code, "/fill/" in shown.text, "床下有杂物" in shown.text) == (200, True, True)
    assert client.post(f"{path}/items/0", data={"i0-count": "1"}).status_code == 404
    assert client.post(path, data={"i0-count": "1"}).status_code == 404
    assert client.post(f"{path}/submit", data={"met_by": "", "remark": ""}).status_code == 422


def test_a_section_that_the_phone_called_absent_is_shown_so_on_the_page(scene, client_as):
    system = scene.as_bureau()
    sections = (
        Section(code="A", title="一", items=(item("A.1", AllOrNothing(), 50, text="门卫室整洁"),), na_allowed=True),
        Section(code="B", title="二", items=(item("B.1", AllOrNothing(), 50),)),
    )
    sheet = form(sections=sections, total=Decimal(100), na_policy="renormalise")
    visit = inspections.make_visit(
        scene.world, "a3", inspections.make_plan(system, inspections.published(system, sheet))
    )
    db.session.commit()
    phone = scene.new_phone(visit=visit)
    phone.answer("A", {"not_applicable": "没有门卫室"})
    phone.put()
    page = client_as(Role.INSPECTOR).get(f"/inspections/fill/{visit.school_id}/{visit.id}").text
    assert page.count("学校无此情形") == 1
    review = client_as(Role.INSPECTOR).get(f"/inspections/fill/{visit.school_id}/{visit.id}/submit").text
    assert "检查内容B.1" in review
    assert "门卫室整洁" not in review
