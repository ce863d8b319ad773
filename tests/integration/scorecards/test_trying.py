"""A version beside the one before, and tried out before it is published."""

import pytest

from kernel.database import new_id
from scorecards.service.comparing import beside
from tests.integration.scorecards.conftest import id_of, open_form, sound_form


@pytest.fixture
def next_version(published):
    """`next_version(client)`: (id of a published version, id of the draft copied from it)."""

    def make(client):
        first = published()
        return first, id_of(client.post(f"/forms/versions/{first}/copy", data={"id": str(new_id())}))

    return make


def test_what_a_new_version_changes_is_shown_word_by_word(client_as, next_version, stored):
    client = client_as("canteen_officer")
    _first, draft = next_version(client)
    same = client.get(f"/forms/versions/{draft}/comparison").get_data(as_text=True)
    assert "与第 1 版完全相同" in same
    values = {
        "no": "1",
        "text": "后厨地面干燥",
        "points": "4",
        "shape": "judged",
        "rule_text": "不符合扣4分",
        "version": 1,
    }
    assert client.post(f"/forms/versions/{draft}/items/1", data=values).status_code == 302
    assert client.post(f"/forms/versions/{draft}/items/3/remove", data={"version": 2}).status_code == 302
    page = client.get(f"/forms/versions/{draft}/comparison").get_data(as_text=True)
    assert "后厨地面干<del>净</del><ins>燥</ins>" in page
    assert "<del>5</del>" in page
    assert "<del>留样规范</del>" in page
    assert "其余 1 条没有变化" in page


def test_a_version_is_compared_with_its_own_form_only(client_as, next_version, draft, stored, session):
    client = client_as("canteen_officer")
    first, copy = next_version(client)
    other = draft(sound_form(title="演示另一张表"))
    assert client.get(f"/forms/versions/{copy}/comparison?with={first}").status_code == 200
    assert client.get(f"/forms/versions/{first}/comparison?with={copy}").status_code == 200
    assert client.get(f"/forms/versions/{copy}/comparison?with={other}").status_code == 404
    assert client.get(f"/forms/versions/{copy}/comparison?with=nonsense").status_code == 404
    assert "没有可比较的版本" in client.get(f"/forms/versions/{other}/comparison").get_data(as_text=True)


def test_the_version_before_is_the_published_one(client_as, next_version, stored, world):
    from kernel.actor import system_actor

    client = client_as("canteen_officer")
    first, second = next_version(client)
    third = id_of(client.post(f"/forms/versions/{second}/copy", data={"id": str(new_id())}))
    actor = system_actor(world.bureaus["a"])
    assert str(beside(actor, stored(third)).id) == str(first)
    assert beside(actor, stored(first)) is None


def test_without_visits_the_trial_says_that_its_answers_are_made_up(client_as, draft):
    page = client_as("canteen_officer").get(f"/forms/versions/{draft()}/simulation").get_data(as_text=True)
    assert "还没有检查答案" in page
    assert "由程序随机生成，不是检查结果" in page
    assert "data-chart" in page


def test_the_trial_is_the_same_each_time(client_as, draft):
    version_id = draft()
    client = client_as("canteen_officer")
    first, again = (client.get(f"/api/v1/form-versions/{version_id}/simulation").json for _ in range(2))
    assert first == again


def test_a_form_that_waits_for_a_person_can_be_tried_already(client_as, draft):
    assert client_as("canteen_officer").get(f"/forms/versions/{draft(open_form())}/simulation").status_code == 200
