import io
from urllib.parse import quote

import openpyxl
import pytest
from sqlalchemy import func, select, text

from bureau.schools.models import School
from kernel.database.scope import Scope, use_scope


def listed(client, **query):
    return [school["code"] for school in client.get("/api/v1/schools", query_string=query).json["items"]]


# ---- list and export ----


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({}, ["a1", "a2", "a3"]),
        ({"is_boarding": "true"}, ["a1", "a3"]),
        ({"is_boarding": "false"}, ["a2"]),
        ({"stage": "junior"}, ["a3"]),
        ({"canteen_mode": "delivered"}, []),
        ({"text": "演示第二"}, ["a2"]),
        ({"text": "初级中学"}, ["a3"]),
        ({"text": "a1"}, ["a1"]),
        ({"text": "1"}, []),
        ({"state": "suspended"}, []),
    ],
)
def test_filters(client_as, query, codes):
    assert listed(client_as("bureau_admin"), **query) == codes


def test_filter_by_zone(client_as, world):
    assert listed(client_as("bureau_admin"), zone_id=world.zones["a-west"]) == ["a3"]
    assert listed(client_as("bureau_admin"), zone_id=world.zones["b-east"]) == []


def test_pages_follow_each_other_by_code(client_as):
    client = client_as("bureau_admin")
    first = client.get("/api/v1/schools?limit=2").json
    second = client.get("/api/v1/schools", query_string={"limit": 2, "cursor": first["next_cursor"]}).json
    assert [school["code"] for school in first["items"] + second["items"]] == ["a1", "a2", "a3"]
    assert second["next_cursor"] is None
    page = client.get("/schools?limit=2&is_boarding=").get_data(as_text=True)
    assert "下一页" in page
    assert "演示第三初级中学" not in page


def test_a_mangled_address_is_no_failure(client_as):
    client = client_as("bureau_admin")
    for query in ("cursor=x", "limit=0", "zone_id=abc", "stage=zoo", "is_boarding=perhaps", "state=%00"):
        assert client.get(f"/schools?{query}").status_code in (200, 422), query
        assert client.get(f"/api/v1/schools?{query}").status_code == 422, query


def test_the_export_is_the_filtered_list_and_opens(client_as):
    response = client_as("zone_supervisor").get("/schools/export?is_boarding=true")
    header = response.headers["Content-Disposition"]
    assert header.startswith("attachment")
    assert header.encode("latin-1")  # a server cannot send anything else
    assert quote("学校名录") in header
    rows = list(openpyxl.load_workbook(io.BytesIO(response.data)).active.values)
    assert rows[0][:4] == ("学校代码", "学校名称", "学段", "片区")
    assert [row[0] for row in rows[1:]] == ["a1"]
    assert rows[1][1:4] == ("演示第一小学", "小学", "演示片区 a-east")
    assert rows[1][-1] == "正常"


def test_search_finds_by_part_of_name_and_code_within_the_scope(client_as):
    page = client_as("bureau_admin").get("/search?q=第三").get_data(as_text=True)
    assert "演示第三初级中学" in page
    assert "演示第三初级中学" not in client_as("zone_supervisor").get("/search?q=第三").get_data(as_text=True)
    assert "演示外区小学" not in client_as("bureau_admin").get("/search?q=演示").get_data(as_text=True)


# ---- create ----


def test_create_on_the_page(client_as, profile, stored, world):
    profile["zone_id"] = str(world.zones["a-east"])
    response = client_as("bureau_admin").post("/schools/new", data=profile)
    assert response.status_code == 302
    school = stored("new-1")
    assert response.location.endswith(f"/schools/{school.id}")
    assert (school.name, school.search_name, school.enrolment, school.boarders_male) == ("演示新建小学",) * 2 + (
        580,
        60,
    )
    assert (school.zone_id, school.state, str(school.latitude)) == (world.zones["a-east"], "active", "29.950000")


def test_a_school_sent_twice_is_one_school(client_as, json_profile):
    client = client_as("bureau_admin")
    first = client.post("/api/v1/schools", json=json_profile)
    second = client.post("/api/v1/schools", json=json_profile)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["id"] == second.json["id"]
    other = client.post("/api/v1/schools", json={**json_profile, "name": "演示另一所"})
    assert other.status_code == 422
    assert "code" in other.json["errors"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", ""), ("code", "学校"), ("name", ""), ("name", "甲" * 101), ("stage", "zoo"), ("stage", ""),
        ("boarders_male", "9999"), ("boarders_male", "-1"), ("boarders_male", "x"), ("diners", ""), ("diners", "1.5"),
        ("latitude", "91"), ("latitude", "NaN"), ("latitude", "29.1234567"), ("longitude", ""), ("zone_id", "2147483647"),
        ("contact_phone", "电话"), ("name", "甲\x00乙"), ("canteen_mode", "restaurant"), ("zone_id", "99999999999"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(client_as, profile, stored, field, value):
    profile[field] = value
    response = client_as("bureau_admin").post("/schools/new", data=profile)
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert f'id="field-{field}-error"' in page
    assert "演示路1号" in page
    assert stored(profile["code"]) is None


def test_another_bureau_s_zone_cannot_be_chosen(client_as, json_profile, world):
    response = client_as("bureau_admin").post(
        "/api/v1/schools", json={**json_profile, "zone_id": world.zones["b-east"]}
    )
    assert response.status_code == 422
    assert list(response.json["errors"]) == ["zone_id"]


def test_a_field_that_we_do_not_know_is_refused(client_as, json_profile):
    response = client_as("bureau_admin").post("/api/v1/schools", json={**json_profile, "state": "merged"})
    assert response.status_code == 422
    assert list(response.json["errors"]) == ["state"]


def test_implausible_numbers_are_saved_and_named(client_as, json_profile):
    answer = client_as("bureau_admin").post("/api/v1/schools", json={**json_profile, "diners": 9000}).json
    assert [(warning["field"], warning["code"]) for warning in answer["warnings"]] == [
        ("diners", "more_diners_than_people")
    ]
    page = client_as("bureau_admin").get(f"/schools/{answer['id']}").get_data(as_text=True)
    assert "就餐 9000 人，多于学生与教职工合计 620 人" in page


# ---- edit ----


def test_the_bureau_edits_what_a_school_is(client_as, profile, stored):
    profile.update(version="1", code="a1", name="演示更名小学")
    assert client_as("bureau_admin").post(f"/schools/{stored('a1').id}/edit", data=profile).status_code == 302
    school = stored("a1")
    assert (school.name, school.search_name, school.version, school.zone_id) == (
        "演示更名小学",
        "演示更名小学",
        2,
        None,
    )


def test_a_school_keeps_its_own_numbers(client_as, numbers, stored):
    for role in ("principal", "logistics_director"):
        numbers.update(version=str(stored("a1").version), diners="111", contact_name=role)
        assert client_as(role).post(f"/schools/{stored('a1').id}/edit", data=numbers).status_code == 302
        assert (stored("a1").diners, stored("a1").contact_name) == (111, role)


def test_a_school_cannot_change_what_it_is(client_as, profile, stored, session):
    """Whatever else the form carries, its schema does not know it."""
    profile.update(version="1", name="演示冒名", code="a1", stage="senior")
    client_as("principal").post(f"/schools/{stored('a1').id}/edit", data=profile)
    assert (stored("a1").name, stored("a1").stage) == ("演示第一小学", "primary")


def test_the_service_itself_refuses_a_field_whose_right_is_not_held(world, acting):
    from bureau.schools import service
    from kernel.errors import Denied

    principal = acting(world.actor("principal"))
    with pytest.raises(Denied, match="学校名称"):
        service.edit_school(principal, world.schools["a1"], seen_version=1, values={"name": "演示冒名"})
    with pytest.raises(Denied):
        service.create_school(principal, {})
    storekeeper = acting(world.actor("storekeeper"))
    with pytest.raises(Denied, match="就餐人数"):
        service.edit_school(storekeeper, world.schools["a1"], seen_version=1, values={"diners": 1})


@pytest.mark.parametrize(
    "column", ["name", "stage", "state", "is_boarding", "canteen_mode", "zone_id", "merged_into_id"]
)
def test_postgresql_refuses_a_school_the_columns_that_are_the_bureau_s(world, acting, session, column):
    from sqlalchemy.exc import ProgrammingError

    acting(world.actor("principal"))
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(f"UPDATE schools SET {column} = {column}"))


def test_a_stale_edit_shows_both_versions_and_loses_nothing(client_as, numbers, stored):
    school_id = stored("a1").id
    client = client_as("principal")
    numbers.update(version="1", diners="501")
    assert client.post(f"/schools/{school_id}/edit", data=numbers).status_code == 302
    numbers.update(version="1", diners="333", contact_name="演示乙")
    response = client.post(f"/schools/{school_id}/edit", data=numbers)
    page = response.get_data(as_text=True)
    assert response.status_code == 409
    assert stored("a1").diners == 501
    assert "现在已保存的" in page
    assert '<td data-label="现在已保存的">501</td>' in page
    assert '<td data-label="您填写的">333</td>' in page
    assert '<td data-label="您填写的">演示乙</td>' in page
    assert page.count('data-label="您填写的"') == 2  # what is the same on both sides is not listed
    assert 'value="333"' in page
    assert 'name="version" value="2"' in page
    numbers["version"] = "2"
    assert client.post(f"/schools/{school_id}/edit", data=numbers).status_code == 302
    assert stored("a1").diners == 333


def test_a_stale_edit_through_the_api(client_as, json_profile, stored):
    client, url = client_as("bureau_admin"), f"/api/v1/schools/{stored('a1').id}"
    body = {**json_profile, "code": "a1"}
    assert client.put(url, json=body).status_code == 422  # no If-Match
    assert client.put(url, json=body, headers={"If-Match": '"1"'}).status_code == 200
    stale = client.put(url, json={**body, "diners": 1}, headers={"If-Match": '"1"'})
    assert stale.status_code == 409
    assert (stale.json["current"]["version"], stale.json["current"]["diners"]) == (2, 520)


def test_an_edit_to_another_s_code_is_refused(client_as, profile, stored):
    profile.update(version="1", code="a2")
    response = client_as("bureau_admin").post(f"/schools/{stored('a1').id}/edit", data=profile)
    assert response.status_code == 422
    assert 'id="field-code-error"' in response.get_data(as_text=True)


def test_two_bureaus_may_use_the_same_code(client_as, json_profile, session, world):
    for place in ("a", "b"):
        assert client_as("bureau_admin", place).post("/api/v1/schools", json=json_profile).status_code == 201
    for bureau in ("a", "b"):
        session.commit()
        use_scope(session(), Scope("houqin_bureau", world.bureaus[bureau]))
        assert session.scalar(select(func.count()).select_from(School).where(School.code == "new-1")) == 1


# ---- suspend and reopen ----


def test_suspend_and_reopen_leave_their_rows(client_as, stored, world):
    client = client_as("bureau_admin")
    school_id = stored("a2").id
    assert client.post(f"/schools/{school_id}/suspend", data={"version": "1", "reason": "演示停用"}).status_code == 302
    assert (stored("a2").state, stored("a2").state_reason) == ("suspended", "演示停用")
    page = client.get(f"/schools/{school_id}").get_data(as_text=True)
    assert "演示停用" in page
    assert client_as("principal", "a2").get("/schools/mine").status_code == 302  # its people have no scope to act in
    assert client.post(f"/schools/{school_id}/reopen", data={"version": "2", "reason": "演示恢复"}).status_code == 302
    changes = client.get(f"/api/v1/schools/{school_id}/state-changes").json["items"]
    by = str(world.person("bureau_admin").account_id)
    assert [(c["event"], c["from_state"], c["to_state"], c["reason"], c["by"]) for c in changes] == [
        ("reopen", "suspended", "active", "演示恢复", by),
        ("suspend", "active", "suspended", "演示停用", by),
    ]
    assert client_as("principal", "a2").get("/schools/mine").status_code == 200


def test_what_the_table_does_not_allow_is_refused_in_words(client_as, stored):
    client, school_id = client_as("bureau_admin"), stored("a2").id
    refused = client.post(f"/api/v1/schools/{school_id}/reopen", json={"reason": "演示"}, headers={"If-Match": "1"})
    assert (refused.status_code, refused.json["rule"]) == (422, "school.reopen")
    assert "学校当前为“正常”，不能恢复" in refused.json["detail"]
    assert client.post(f"/schools/{school_id}/suspend", data={"version": "1", "reason": ""}).status_code == 422
    assert client.post(f"/schools/{school_id}/suspend", data={"version": "7", "reason": "演示"}).status_code == 409
    assert stored("a2").state == "active"
