from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import InternalError

from bureau.schools import service
from bureau.schools.models import SchoolStateChange
from kernel.access import MEMBER
from kernel.database.scope import IDENTITY, Scope, use_scope
from kernel.identity.models import Membership, SignIn

REASON = "演示布局调整"


@pytest.fixture
def merge(client_as, world, stored):
    """`merge("a2", "a1")`: the API's answer."""

    def do(source, target, staff="carry_over", version=None):
        body = {"target_id": world.schools[target], "staff": staff, "reason": REASON}
        seen = str(version or stored(source).version)
        url = f"/api/v1/schools/{world.schools[source]}/merge"
        return client_as("bureau_admin").post(url, json=body, headers={"If-Match": seen})

    return do


@pytest.fixture
def roles_in(session, world):
    """`roles_in("a1")`: live (person, role) pairs there."""

    def read(school):
        session.commit()
        use_scope(session(), Scope("houqin_bureau", world.bureaus["a"]))
        rows = session.execute(
            select(Membership.person_id, Membership.role).where(
                Membership.school_id == world.schools[school], Membership.ended_at.is_(None)
            )
        )
        return {(row.person_id, row.role) for row in rows}

    return read


def test_a_merge_carries_the_people_over(merge, stored, roles_in, world, session):
    before, there = roles_in("a2"), roles_in("a1")
    answer = merge("a2", "a1")
    assert answer.status_code == 200
    assert (answer.json["state"], answer.json["merged_into_id"]) == ("merged", world.schools["a1"])
    assert roles_in("a2") == set()
    assert roles_in("a1") == there | before
    change = session.scalar(select(SchoolStateChange).where(SchoolStateChange.school_id == world.schools["a2"]))
    assert (change.event, change.from_state, change.to_state, change.target_school_id, change.reason) == (
        "merge", "active", "merged", world.schools["a1"], REASON,
    )  # fmt: skip
    assert change.by == world.person("bureau_admin").account_id


def test_a_merge_may_end_the_people_s_roles_instead(merge, roles_in):
    there = roles_in("a1")
    assert merge("a2", "a1", staff="end").status_code == 200
    assert roles_in("a2") == set()
    assert roles_in("a1") == there


def test_who_holds_the_same_role_in_both_holds_it_once(merge, roles_in, world, session):
    session.commit()
    use_scope(session(), Scope("houqin_bureau", world.bureaus["a"]))
    both = world.person("storekeeper", "a2")
    a1 = session.scalar(
        select(Membership).where(
            Membership.school_id == world.schools["a1"], Membership.person_id == world.person("guard").account_id
        )
    )
    session.add(
        Membership(
            bureau_id=a1.bureau_id, person_id=both.account_id, level="school", role="storekeeper",
            school_id=a1.school_id, valid_from=a1.valid_from,
        )
    )  # fmt: skip
    assert merge("a2", "a1").status_code == 200
    assert (both.account_id, "storekeeper") in roles_in("a1")


@pytest.mark.parametrize(
    ("source", "target", "rule", "words"),
    [
        ("a2", "a2", "school.merge.itself", "不能把学校并入它自己"),
        ("a2", "suspended", "school.merge.target_suspended", "已停用，请先恢复"),
        ("a2", "merged", "school.merge.target_merged", "已并入“演示第一小学”，请直接选择“演示第一小学”"),
        ("merged", "a2", "school.merge.source_merged", "不能再次合并"),
        ("merged", "merged", "school.merge.source_merged", "不能再次合并"),
    ],
)
def test_merges_that_are_refused(merge, client_as, world, stored, source, target, rule, words):
    if "suspended" in (source, target):
        client_as("bureau_admin").post(
            f"/api/v1/schools/{world.schools['a3']}/suspend", json={"reason": "演示"}, headers={"If-Match": "1"}
        )
    if "merged" in (source, target):
        assert merge("a3", "a1").status_code == 200
    place = {"suspended": "a3", "merged": "a3"}
    answer = merge(place.get(source, source), place.get(target, target))
    assert (answer.status_code, answer.json.get("rule")) == (422, rule)
    assert words in answer.json["detail"]


def test_a_merge_across_bureaus_or_into_nothing_is_refused(client_as, world):
    client = client_as("bureau_admin")
    for target in (world.schools["b1"], 2_000_000_000):
        answer = client.post(
            f"/api/v1/schools/{world.schools['a2']}/merge",
            json={"target_id": target, "staff": "end", "reason": REASON}, headers={"If-Match": "1"},
        )  # fmt: skip
        assert answer.status_code == 422
        assert list(answer.json["errors"]) == ["target_id"]


def test_a_stale_merge_is_refused(merge, stored):
    assert merge("a2", "a1", version=9).status_code == 409
    assert stored("a2").state == "active"


def test_what_a_school_took_in_goes_on_with_it(merge, stored, world, acting):
    """a3 → a2, then a2 → a1: both are a1's history, no chain to follow; the first decision stays on record."""
    assert merge("a3", "a2").status_code == 200
    assert merge("a2", "a1").status_code == 200
    assert stored("a3").merged_into_id == stored("a2").merged_into_id == world.schools["a1"]
    admin = acting(world.actor("bureau_admin"))
    assert [school.code for school in service.merged_schools(admin, world.schools["a1"])] == ["a2", "a3"]
    assert service.state_changes(admin, world.schools["a3"])[0].target_school_id == world.schools["a2"]


def test_a_merged_school_cannot_be_edited_suspended_or_reopened(merge, client_as, world, stored, json_profile):
    merge("a2", "a1")
    client, url = client_as("bureau_admin"), f"/api/v1/schools/{world.schools['a2']}"
    seen = {"If-Match": str(stored("a2").version)}
    assert client.put(url, json=json_profile, headers=seen).status_code == 409
    assert client.post(f"{url}/suspend", json={"reason": "演示"}, headers=seen).status_code == 422
    assert client.post(f"{url}/reopen", json={"reason": "演示"}, headers=seen).status_code == 422
    assert client.get(f"/schools/{world.schools['a2']}/edit").status_code == 302


def test_merged_schools_leave_the_list_but_can_be_asked_for(merge, client_as, world):
    merge("a2", "a1")
    client = client_as("bureau_admin")
    assert [s["code"] for s in client.get("/api/v1/schools").json["items"]] == ["a1", "a3"]
    assert [s["code"] for s in client.get("/api/v1/schools?state=merged").json["items"]] == ["a2"]
    assert "已并入“演示第一小学”" in client.get(f"/schools/{world.schools['a2']}").get_data(as_text=True)


# ---- the history is read, and only read ----


@pytest.fixture
def in_history(client_as, world, session):
    """A person of a1 whose sign-in has switched to the merged school a2."""

    def enter(role):
        session.commit()
        use_scope(session(), IDENTITY)
        sign_in = session.get_one(SignIn, world.actor(role, "a1").sign_in_id)
        sign_in.school_id = world.schools["a2"]
        session.commit()
        return client_as(role, "a1")

    return enter


def test_people_of_the_absorbing_school_read_the_history(merge, in_history, client_as, world):
    assert in_history("principal").get("/schools/mine").status_code == 302  # not merged: no right there
    merge("a2", "a1")
    page = in_history("principal").get("/schools/mine").get_data(as_text=True)
    assert "演示第二小学" in page
    assert "以下内容为历史记录" in page
    assert f"/schools/{world.schools['a2']}/edit" not in page
    assert in_history("principal").get(f"/schools/{world.schools['a1']}").status_code == 404


def test_nobody_writes_history(app, merge, in_history, numbers, world, stored):
    merge("a2", "a1")
    client = in_history("principal")
    numbers["version"] = str(stored("a2").version)
    answer = client.post(f"/schools/{world.schools['a2']}/edit", data=numbers)
    assert answer.status_code == 403
    assert "只能查看" in answer.get_data(as_text=True)
    assert client.put(f"/api/v1/schools/{world.schools['a2']}/numbers", json={}).status_code == 403
    assert client.get(f"/schools/{world.schools['a2']}/edit").status_code == 403  # nor is a form offered
    writing = [
        name for name in app.extensions["houqin.access"].names()
        if name != MEMBER and not name.endswith(":read")
        and app.extensions["houqin.access"].allows(replace(world.actor("principal"), read_only=True), name)
    ]  # fmt: skip
    assert writing == []


def test_postgresql_refuses_writes_even_where_the_code_forgot(merge, world, session):
    merge("a2", "a1")
    session.commit()
    use_scope(session(), Scope("houqin_school", world.bureaus["a"], world.schools["a2"], read_only=True))
    assert session.execute(text("SELECT count(*) FROM schools")).scalar_one() == 1
    with pytest.raises(InternalError, match="read-only transaction"):
        session.execute(text("UPDATE schools SET contact_name = 'x'"))


def test_people_of_another_school_do_not_read_it(merge, client_as, world, session):
    merge("a2", "a1")
    session.commit()
    use_scope(session(), IDENTITY)
    session.get_one(SignIn, world.actor("principal", "a3").sign_in_id).school_id = world.schools["a2"]
    session.commit()
    assert client_as("principal", "a3").get("/schools/mine").status_code == 302


def test_the_former_people_whose_roles_went_over_read_it_too(merge, client_as):
    merge("a2", "a1")
    page = client_as("storekeeper", "a2").get("/schools/mine")
    assert page.status_code == 200
    assert "以下内容为历史记录" in page.get_data(as_text=True)


def test_the_page_merges_and_names_what_is_missing(client_as, world, stored):
    client, url = client_as("bureau_admin"), f"/schools/{world.schools['a2']}/merge"
    page = client.get(url).get_data(as_text=True)
    assert "演示第三初级中学" in page
    assert "a2 演示第二小学" not in page
    refused = client.post(url, data={"version": "1", "staff": "carry_over", "reason": ""})
    assert refused.status_code == 422
    assert 'id="field-target_id-error"' in refused.get_data(as_text=True)
    done = client.post(
        url, data={"version": "1", "target_id": world.schools["a1"], "staff": "carry_over", "reason": REASON}
    )
    assert done.status_code == 302
    assert stored("a2").state == "merged"
    own = client_as("principal", "a1").get("/schools/mine").get_data(as_text=True)
    assert "查看记录（只读）" in own


def test_the_button_on_the_page_leads_into_the_history_and_back(merge, client_as, world):
    merge("a2", "a1")
    client = client_as("principal", "a1")
    own, former = (f"school-{world.bureaus['a']}-{world.schools[code]}" for code in ("a1", "a2"))
    assert f'value="{former}"' in client.get("/schools/mine").get_data(as_text=True)
    assert client.post("/account/place/switch", data={"scope": former}).status_code == 302
    assert "以下内容为历史记录" in client.get("/schools/mine").get_data(as_text=True)
    assert client.post("/account/place/switch", data={"scope": own}).status_code == 302
    assert "以下内容为历史记录" not in client.get("/schools/mine").get_data(as_text=True)
