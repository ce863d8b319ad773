from datetime import date

import pytest

from bureau.schools import service
from kernel.database import new_id

AUTUMN = {"name": "演示2030秋", "starts_on": "2030-09-02", "ends_on": "2031-01-17"}
SPRING = {"name": "演示2031春", "starts_on": "2031-02-17", "ends_on": "2031-07-04"}


@pytest.fixture
def put(client_as):
    def do(values, term_id=None, version=None, place=None):
        headers = {"If-Match": str(version)} if version else {}
        return client_as("bureau_admin", place).put(
            f"/api/v1/terms/{term_id or new_id()}", json=values, headers=headers
        )

    return do


def test_create_twice_edit_and_delete(put, client_as):
    term_id = new_id()
    for _ in range(2):
        answer = put(AUTUMN, term_id)
        assert (answer.status_code, answer.json["version"]) == (200, 1)
    assert put({**AUTUMN, "name": "演示另名"}, term_id).status_code == 409
    edited = put({**AUTUMN, "ends_on": "2031-01-24"}, term_id, 1)
    assert (edited.json["ends_on"], edited.json["version"]) == ("2031-01-24", 2)
    stale = put(AUTUMN, term_id, 1)
    assert (stale.status_code, stale.json["current"]["ends_on"]) == (409, "2031-01-24")
    client = client_as("bureau_admin")
    assert client.delete(f"/api/v1/terms/{term_id}", headers={"If-Match": "1"}).status_code == 409
    assert client.delete(f"/api/v1/terms/{term_id}", headers={"If-Match": "2"}).status_code == 204
    assert client.get(f"/api/v1/terms/{term_id}").status_code == 404


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "field"),
    [
        ("2031-01-17", "2031-03-31", "starts_on"),  # the last day of the other one
        ("2030-08-01", "2030-09-02", "starts_on"),  # the first day of the other one
        ("2030-10-01", "2030-11-30", "starts_on"),  # within it
        ("2030-08-01", "2031-02-28", "starts_on"),  # around it
        ("2031-03-01", "2031-03-01", "ends_on"),
        ("2031-03-31", "2031-03-01", "ends_on"),
        ("2031-03-01", "2031-03-20", "ends_on"),
        ("2031-03-01", "2032-03-01", "ends_on"),
        ("2031-02-30", "2031-07-01", "starts_on"),
    ],
)
def test_days_that_do_not_fit(put, starts_on, ends_on, field):
    assert put(AUTUMN).status_code == 200
    answer = put({"name": "演示别的", "starts_on": starts_on, "ends_on": ends_on})
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_names_are_used_once_and_bureaus_do_not_disturb_each_other(put):
    assert put(AUTUMN).status_code == 200
    assert put(AUTUMN, place="b").status_code == 200
    twice = put({**SPRING, "name": AUTUMN["name"]})
    assert list(twice.json["errors"]) == ["name"]


def test_the_current_term(put, acting, world):
    put(AUTUMN)
    put(SPRING)
    teacher = acting(world.actor("teacher"))

    def name_on(day):
        term = service.current_term(teacher, day)
        return term and term.name

    assert name_on(date(2030, 9, 1)) is None
    assert name_on(date(2030, 9, 2)) == name_on(date(2031, 1, 17)) == AUTUMN["name"]
    assert name_on(date(2031, 2, 1)) is None
    assert service.nearest_term(teacher, date(2031, 2, 1)).name == SPRING["name"]
    assert service.nearest_term(teacher, date(2040, 1, 1)).name == SPRING["name"]
    other = acting(world.actor("teacher", "b1"))
    assert service.current_term(other, date(2030, 10, 1)) is None


def test_the_calendar_page(put, client_as):
    empty = client_as("teacher").get("/calendar").get_data(as_text=True)
    assert "还没有学期" in empty
    term_id = put(AUTUMN).json["id"]
    page = client_as("teacher").get(f"/calendar?term={term_id}").get_data(as_text=True)
    assert "2030年9月" in page
    assert "2031年1月" in page
    assert client_as("teacher").get("/calendar?term=nonsense").status_code == 404
    assert client_as("teacher", "b1").get(f"/calendar?term={term_id}").status_code == 404


def test_the_calendar_knows_holidays_and_weekend_days_worked_instead(put, client_as, acting, world):
    """2030 and 2031 have no arrangement yet; the bureau's own days count all the same."""
    from kernel.workdays import service as workdays

    admin = acting(world.actor("bureau_admin"))
    workdays.set_day(admin, date(2030, 10, 1), is_workday=False, name="演示节")  # a Tuesday
    workdays.set_day(admin, date(2030, 10, 5), is_workday=True, name="演示调休")  # a Saturday
    workdays.set_day(admin, date(2030, 10, 6), is_workday=False, name="演示节")  # a Sunday
    workdays.set_day(admin, date(2030, 10, 7), is_workday=True, name="演示照常")  # a Monday
    page = client_as("teacher").get(f"/calendar?term={put(AUTUMN).json['id']}").get_data(as_text=True)
    assert '<td class="is-holiday" title="演示节">1<small>休</small></td>' in page
    assert '<td class="is-made_up" title="演示调休">5<small>班</small></td>' in page
    assert '<td class="is-school" title="演示照常">7</td>' in page
    weekdays = 5 * 20  # 2030-09-02 to 2031-01-17 are twenty whole weeks from Monday to Friday
    assert f">{weekdays - 1 + 1} <small>天</small>" in page
    assert "2030、2031年的节假日安排尚未录入" in page
    other = client_as("teacher", "b1").get("/calendar").get_data(as_text=True)
    assert "演示节" not in other


def test_the_pages(client_as, stored):
    client = client_as("bureau_admin")
    assert "还没有学期" in client.get("/terms").get_data(as_text=True)
    term_id = str(new_id())
    assert client.post("/terms/new", data={**AUTUMN, "id": term_id}).status_code == 302
    assert client.post("/terms/new", data={**AUTUMN, "id": term_id}).status_code == 302  # a double click
    assert client.get("/terms").get_data(as_text=True).count(AUTUMN["name"]) >= 1
    refused = client.post("/terms/new", data={**AUTUMN, "id": str(new_id())})
    assert refused.status_code == 422
    assert "日期重叠" in refused.get_data(as_text=True)
    edit = f"/terms/{term_id}/edit"
    assert client.post(edit, data={**AUTUMN, "name": "演示改名", "version": "1"}).status_code == 302
    stale = client.post(edit, data={**AUTUMN, "name": "演示再改名", "version": "1"})
    assert stale.status_code == 409
    assert '<td data-label="现在已保存的">演示改名</td>' in stale.get_data(as_text=True)
    assert client.post(f"/terms/{term_id}/delete", data={"version": "1"}).status_code == 409
    assert client.post(f"/terms/{term_id}/delete", data={"version": "x"}).status_code == 422
    assert client.post(f"/terms/{term_id}/delete", data={"version": "2"}).status_code == 302
