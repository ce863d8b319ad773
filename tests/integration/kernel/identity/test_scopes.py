"""One person, several schools: choosing, switching, losing a place at once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from kernel.database import new_id, now
from kernel.database.scope import IDENTITY, use_scope
from kernel.identity.models import Membership, Person
from kernel.web.dates import today


@pytest.fixture
def serve(identity, world):
    """`serve(account, "b1", "guard")`: gives a further role in a school."""

    def give(account, place, role, **more):
        bureau_id = world.bureaus[place[0]]
        use_scope(identity(), IDENTITY)
        if identity.get(Person, (bureau_id, account.id)) is None:
            identity.add(Person(bureau_id=bureau_id, id=account.id, display_name="演示", search_name="演示"))
            identity.flush()
        membership = Membership(
            bureau_id=bureau_id, id=new_id(), person_id=account.id, level="school", role=role,
            school_id=world.schools[place], **{"valid_from": date(2020, 1, 1), **more},
        )  # fmt: skip
        identity.add(membership)
        identity.commit()
        return membership

    return give


def key(world, place):
    return f"school-{world.bureaus[place[0]]}-{world.schools[place]}"


def onward(client):
    return client.get("/sign-in/onward").location


def test_with_one_place_nobody_is_asked(account, enter):
    client, _ = enter(account("storekeeper", "a1").username)
    assert onward(client) == "/"


def test_with_two_one_is_asked_and_the_choice_is_remembered(account, enter, serve, world, identity):
    row = account("storekeeper", "a1")
    identity.execute(text("DELETE FROM sign_ins WHERE account_id = :id"), {"id": row.id})
    serve(row, "a2", "guard")
    client, _ = enter(row.username)
    assert client.get("/").location == "/account/place"
    page = client.get("/account/place").get_data(as_text=True)
    assert "演示第一小学" in page
    assert "演示第二小学" in page
    assert "门卫" in page
    assert client.post("/account/place", data={"scope": key(world, "a2")}).status_code == 302
    assert onward(client) == "/"
    again, _ = enter(row.username)
    assert onward(again) == "/"
    assert "演示第二小学" in again.get("/account").get_data(as_text=True)


def test_switching_changes_school_and_role_at_once(account, enter, serve, world, app):
    row = account("storekeeper", "a1")
    serve(row, "b1", "guard")
    client, _ = enter(row.username)
    me = client.get("/api/v1/me").get_json()
    assert (me["school_id"], me["roles"]) == (world.schools["a1"], ["storekeeper"])
    answer = client.post("/account/place/switch", data={"scope": key(world, "b1"), "next": "/account/sessions"})
    assert answer.location == "/account/sessions"
    me = client.get("/api/v1/me").get_json()
    assert (me["bureau_id"], me["school_id"], me["roles"]) == (world.bureaus["b"], world.schools["b1"], ["guard"])
    assert {one["key"] for one in me["scopes"]} == {key(world, "a1"), key(world, "b1")}


@pytest.mark.parametrize("wanted", ["a2", "b1"])
def test_nobody_switches_to_where_they_do_not_serve(account, enter, world, wanted):
    client, _ = enter(account("storekeeper", "a1").username)
    for scope in (key(world, wanted), f"bureau-{world.bureaus['a']}", "school-1", "x", ""):
        assert client.post("/account/place/switch", data={"scope": scope}).status_code == 422
    assert client.get("/api/v1/me").get_json()["school_id"] == world.schools["a1"]


@pytest.mark.parametrize(
    "change",
    [
        {"ended_at": now()},
        {"valid_until": today() - timedelta(days=1)},
        {"valid_from": today() + timedelta(days=1)},
    ],
)
def test_a_role_that_does_not_hold_today_opens_nothing(account, enter, serve, world, change):
    row = account("storekeeper", "a1")
    serve(row, "a2", "guard", **change)
    client, _ = enter(row.username)
    assert client.post("/account/place/switch", data={"scope": key(world, "a2")}).status_code == 422


@pytest.mark.parametrize(
    "change", [{"valid_until": today()}, {"valid_from": today()}, {"valid_until": today() + timedelta(days=1)}]
)
def test_a_role_holds_on_its_first_and_last_day(account, enter, serve, world, change):
    row = account("storekeeper", "a1")
    serve(row, "a2", "guard", **change)
    client, _ = enter(row.username)
    assert client.post("/account/place/switch", data={"scope": key(world, "a2")}).status_code == 302
    assert client.get("/api/v1/me").get_json()["roles"] == ["guard"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE memberships SET ended_at = now() WHERE person_id = :id",
        "UPDATE memberships SET valid_until = current_date - 2 WHERE person_id = :id",
        "UPDATE people SET state = 'suspended' WHERE id = :id",
        "UPDATE accounts SET state = 'suspended' WHERE id = :id",
    ],
)
def test_losing_the_place_takes_effect_at_once(account, enter, identity, statement):
    row = account("storekeeper", "a1")
    client, _ = enter(row.username)
    made = client.post("/account/tokens", data={"name": "x", "scopes": "*", "days": "5"})
    token = made.get_data(as_text=True).split('id="new-token">')[1].split("<")[0]
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/me", headers=headers).status_code == 200
    use_scope(identity(), IDENTITY)
    identity.execute(text(statement), {"id": row.id})
    identity.commit()
    assert client.get("/").status_code == 302
    assert client.application.test_client().get("/api/v1/me", headers=headers).status_code in (401, 403)


def test_a_suspended_school_is_no_place(account, enter, serve, world, owner_url, identity):
    from sqlalchemy import update

    from bureau.schools.models import School
    from kernel.database.scope import Scope

    row = account("storekeeper", "a1")
    use_scope(identity(), Scope("houqin_bureau", bureau_id=world.bureaus["a"]))
    identity.execute(update(School).where(School.id == world.schools["a1"]).values(state="suspended"))
    identity.commit()
    client, _ = enter(row.username)
    assert onward(client) == "/account/place"


def test_a_merged_school_is_offered_as_history_to_the_one_that_took_it_in(account, enter, world, identity):
    from sqlalchemy import update

    from bureau.schools.models import School
    from kernel.database.scope import Scope

    former = account("guard", "a2")
    row = account("storekeeper", "a1")
    use_scope(identity(), Scope("houqin_bureau", bureau_id=world.bureaus["a"]))
    taken_in = {"state": "merged", "merged_into_id": world.schools["a1"]}
    identity.execute(update(School).where(School.id == world.schools["a2"]).values(**taken_in))
    identity.commit()
    client, _ = enter(row.username)
    assert onward(client) == "/"
    assert client.get("/api/v1/me").get_json()["school_id"] == world.schools["a1"]
    assert "历史，只可查看" in client.get("/account/place/switch").get_data(as_text=True)
    assert client.post("/account/place/switch", data={"scope": key(world, "a2")}).status_code == 302
    assert client.get("/api/v1/me").get_json()["school_id"] == world.schools["a2"]
    assert onward(enter(former.username)[0]) == "/account/place", "the merged school's own roles have ended with it"
