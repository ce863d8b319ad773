"""Every page of duties with something on it, by those who may and those who may not."""

from datetime import timedelta

import pytest

from bureau.roles import Role
from duties.service.generating import generate
from kernel.actor import system_actor
from kernel.database import clock_at, db
from tests.support.duties import FRIDAY, at, make_terms

SCHOOL_PAGES = (
    "/duties/today",
    "/duties/today?all=1",
    "/duties/week",
    "/duties/calendar",
    "/duties/plan",
    "/duties/excuses",
    "/duties/feeds",
)
BUREAU_PAGES = (
    "/duties/board", "/duties/board/excuses", "/duties/history", "/duties/board/export", "/duties/history/export",
)  # fmt: skip


@pytest.fixture
def filled(world, district):
    generate(district.bureau_id)
    db.session.commit()
    with clock_at(at(FRIDAY, 12)):
        yield district


@pytest.mark.parametrize("path", SCHOOL_PAGES)
def test_school_pages_open_for_its_people(filled, client_as, path):
    for role in (Role.PRINCIPAL, Role.FOOD_SAFETY_OFFICER, Role.GUARD):
        assert client_as(role).get(path).status_code == 200
    assert client_as(Role.CANTEEN_OFFICER).get(path).status_code == 403


@pytest.mark.parametrize("path", BUREAU_PAGES)
def test_bureau_pages_open_for_officers_and_supervisors(filled, client_as, path):
    for role in (Role.CANTEEN_OFFICER, Role.ZONE_SUPERVISOR):
        assert client_as(role).get(path).status_code == 200
    assert client_as(Role.PRINCIPAL).get(path).status_code == 403


def test_day_shows_one_s_own_first_the_late_ones(filled, client_as):
    text = client_as(Role.FOOD_SAFETY_OFFICER).get("/duties/today").text
    assert "晨检" in text
    assert "留样" not in text
    assert text.index("逾期，请尽快补做") < text.index("晨检") < text.index("周排查")
    assert "留样" in client_as(Role.FOOD_SAFETY_OFFICER).get("/duties/today?all=1").text


def test_landing_page_leads_to_the_duty(filled, client_as):
    text = client_as(Role.FOOD_SAFETY_OFFICER).get("/").text
    assert "晨检" in text
    assert "/duties/" in text


def test_head_sees_what_others_are_late_with_in_one_line(filled, client_as):
    text = client_as(Role.PRINCIPAL).get("/").text
    assert "本校其他岗位逾期" in text


def test_settings_are_the_keepers_only(filled, client_as):
    for path in (
        "/duties/settings",
        "/duties/settings/of/morning",
        "/duties/settings/starters",
        "/duties/settings/kinds/new",
    ):
        assert client_as(Role.CANTEEN_OFFICER).get(path).status_code == 200
        assert client_as(Role.DISCIPLINE_SUPERVISOR).get(path).status_code == 403
        assert client_as(Role.PRINCIPAL).get(path).status_code == 403


def test_drill_down_by_kind_zone_and_school(world, filled, client_as):
    officer, supervisor = client_as(Role.CANTEEN_OFFICER), client_as(Role.ZONE_SUPERVISOR)
    assert "演示第三初级中学" in officer.get("/duties/board/kinds/morning").text
    assert "演示第三初级中学" not in supervisor.get("/duties/board/kinds/morning").text
    east, west = world.zones["a-east"], world.zones["a-west"]
    assert "演示第一小学" in officer.get(f"/duties/board/zones/{east}").text
    assert supervisor.get(f"/duties/board/zones/{west}").status_code == 404
    assert supervisor.get(f"/duties/board/schools/{world.schools['a1']}").status_code == 200
    assert supervisor.get(f"/duties/board/schools/{world.schools['a3']}").status_code == 404
    assert officer.get(f"/duties/board/schools/{world.schools['b1']}").status_code == 404
    assert officer.get("/duties/board/kinds/nothing").status_code == 404


def test_calendar_shows_beyond_what_is_written(filled, client_as):
    text = client_as(Role.PRINCIPAL).get("/duties/calendar?month=2026-12&day=2026-12-31").text
    assert "演练" in text
    assert client_as(Role.PRINCIPAL).get("/duties/calendar?month=nonsense").status_code == 200


def test_warns_when_the_last_term_is_ending(world, acting, kinds, client_as):
    with clock_at(at(FRIDAY, 6)):
        make_terms(world, terms=((FRIDAY - timedelta(days=60), FRIDAY + timedelta(days=20)),))
        db.session.commit()
        assert "还没有设置下学期" in client_as(Role.CANTEEN_OFFICER).get("/").text
        assert "还没有设置下学期" not in client_as(Role.DISCIPLINE_SUPERVISOR).get("/").text


def test_other_bureau_sees_nothing(world, filled, client_as, acting):
    text = client_as(Role.CANTEEN_OFFICER, "b").get("/duties/board").text
    assert "演示第一小学" not in text
    acting(system_actor(world.bureaus["b"]))
