"""Roles end, people are suspended, data corrected, passwords reset: by whom it is theirs to do."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from kernel.audit.models import AuditEntry
from kernel.database import new_id
from kernel.database.scope import IDENTITY, Scope, use_scope
from kernel.identity.models import Account, Bureau, Membership, Person
from kernel.web.dates import today


@pytest.fixture
def role_of(session, world):
    def find(role, place=None):
        session.commit()
        use_scope(session(), IDENTITY)
        person = world.person(role, place)
        query = select(Membership).where(Membership.person_id == person.account_id, Membership.role == role)
        return session.scalars(query.execution_options(populate_existing=True)).one()

    return find


@pytest.fixture
def serve(session, world):
    """A further role for somebody of the world, behind everybody's back."""

    def give(person, role, place):
        session.commit()
        use_scope(session(), IDENTITY)
        bureau_id = world.bureaus[place[0]]
        if session.get(Person, (bureau_id, person.account_id)) is None:
            session.add(Person(bureau_id=bureau_id, id=person.account_id, display_name="演示", search_name="演示"))
            session.flush()
        school_id = world.schools.get(place)
        session.add(
            Membership(bureau_id=bureau_id, id=new_id(), person_id=person.account_id, role=role, school_id=school_id,
                       level="school" if school_id else "bureau", valid_from=today())
        )  # fmt: skip
        session.commit()

    return give


def end(client, held, version=None):
    path = f"/people/{held.person_id}/roles/{held.id}/end"
    return client.post(path, data={"version": held.version if version is None else version})


def give(client, person, role, **more):
    data = {"id": str(new_id()), "role": role, **{key: str(value) for key, value in more.items()}}
    return client.post(f"/people/{person.account_id}/roles", data=data)


# --- roles


def test_ending_a_role_takes_effect_at_once(client_as, role_of):
    victim = client_as("storekeeper", "a1")
    assert victim.get("/api/v1/me").status_code == 200
    assert end(client_as("principal", "a1"), role_of("storekeeper", "a1")).status_code == 302
    assert victim.get("/api/v1/me").status_code == 403
    assert victim.get("/").location == "/account/place"


def test_giving_a_role_takes_effect_at_once(client_as, world):
    person = world.person("guard", "a1")
    assert give(client_as("principal", "a1"), person, "storekeeper").status_code == 302
    assert client_as("guard", "a1").get("/api/v1/me").get_json()["roles"] == ["guard", "storekeeper"]


def test_the_same_role_is_held_once_unless_it_ran_out(client_as, world, session):
    client = client_as("principal", "a1")
    person = world.person("guard", "a1")
    answer = give(client, person, "guard")
    assert answer.status_code == 409
    assert "已有这个岗位" in answer.get_data(as_text=True)
    use_scope(session(), IDENTITY)
    session.execute(
        text("UPDATE memberships SET valid_until = :day WHERE person_id = :id"),
        {"day": today() - timedelta(days=1), "id": person.account_id},
    )
    session.commit()
    session.expire_all()
    # whose role ran out is still on the school's list, and may be named anew
    assert give(client, person, "guard").status_code == 302
    assert client_as("guard", "a1").get("/api/v1/me").get_json()["roles"] == ["guard"]


def test_a_role_id_used_for_something_else_is_a_conflict(client_as, world, role_of):
    held = role_of("storekeeper", "a1")
    client = client_as("principal", "a1")
    person = world.person("guard", "a1")
    answer = client.put(f"/api/v1/people/{person.account_id}/roles/{held.id}", json={"role": "teacher"})
    assert answer.status_code == 409
    foreign = role_of("storekeeper", "a2")
    answer = client.put(f"/api/v1/people/{person.account_id}/roles/{foreign.id}", json={"role": "teacher"})
    assert answer.status_code == 409


def test_a_stale_version_is_refused_and_a_second_end_is_none(client_as, role_of):
    client = client_as("principal", "a1")
    held = role_of("storekeeper", "a1")
    assert end(client, held, version=99).status_code == 409
    assert end(client, held, version="").status_code == 422
    assert role_of("storekeeper", "a1").ended_at is None
    admin = client_as("bureau_admin", "a")
    path = f"/api/v1/people/{held.person_id}/roles/{held.id}"
    assert admin.delete(path, headers={"If-Match": '"7"'}).status_code == 409
    assert admin.delete(path, headers={"If-Match": f'"{held.version}"'}).status_code == 204
    assert admin.delete(path, headers={"If-Match": f'"{held.version}"'}).status_code == 204


def test_heads_end_only_what_they_may_give(client_as, role_of, world, serve):
    principal, director = client_as("principal", "a1"), client_as("logistics_director", "a1")
    assert end(director, role_of("principal", "a1")).status_code == 403
    assert end(director, role_of("logistics_director", "a1")).status_code == 403
    assert end(principal, role_of("principal", "a1")).status_code == 403
    assert end(principal, role_of("storekeeper", "a2")).status_code == 404
    assert end(principal, role_of("storekeeper", "b1")).status_code == 404
    # somebody visible here holds a role elsewhere: it stays out of reach
    serve(world.person("storekeeper", "a2"), "guard", "a1")
    assert end(principal, role_of("storekeeper", "a2")).status_code == 404
    assert end(principal, role_of("logistics_director", "a1")).status_code == 302


def test_no_id_of_another_bureau_or_school_opens(client_as, world):
    for client, places in ((client_as("bureau_admin", "a"), ["b1"]), (client_as("principal", "a1"), ["a2", "b1"])):
        for place in places:
            person = world.person("storekeeper", place).account_id
            assert client.get(f"/people/{person}").status_code == 404
            assert client.get(f"/api/v1/people/{person}").status_code == 404
            assert client.get(f"/people/{person}/edit").status_code == 404
            assert client.post(f"/people/{person}/edit", data={"display_name": "x", "version": "1"}).status_code == 404
            assert client.post(f"/people/{person}/reset-password").status_code == 404
            assert give(client, world.person("storekeeper", place), "guard").status_code == 404
    admin = client_as("bureau_admin", "a")
    person = world.person("storekeeper", "b1").account_id
    assert admin.post(f"/people/{person}/suspend", data={"version": "1"}).status_code == 404
    assert client_as("principal", "a1").post(f"/people/{person}/suspend", data={"version": "1"}).status_code == 403


# --- the last administrator


def test_the_last_administrator_stays(client_as, role_of, world, serve):
    client = client_as("bureau_admin", "a")
    held = role_of("bureau_admin", "a")
    answer = end(client, held)
    assert answer.status_code == 422
    assert "最后一位局管理员" in answer.get_data(as_text=True)
    second = world.person("asset_officer", "a")
    serve(second, "bureau_admin", "a")
    admins = role_of("bureau_admin", "a")
    assert end(client, admins).status_code == 302
    assert client.get("/").status_code == 302


def test_a_suspended_or_expired_administrator_does_not_count(client_as, role_of, world, serve, session):
    second = world.person("asset_officer", "a")
    serve(second, "bureau_admin", "a")
    client = client_as("bureau_admin", "a")
    for statement in (
        "UPDATE people SET state = 'suspended' WHERE id = :id",
        "UPDATE memberships SET valid_from = current_date - 9, valid_until = current_date - 2 WHERE person_id = :id",
    ):
        use_scope(session(), IDENTITY)
        session.execute(text("UPDATE people SET state = 'active' WHERE id = :id"), {"id": second.account_id})
        session.execute(text(statement), {"id": second.account_id})
        session.commit()
        assert end(client, role_of("bureau_admin", "a")).status_code == 422


# --- suspension


def test_suspending_closes_this_bureau_at_once_and_no_other(client_as, world, serve, version_of):
    person = world.person("storekeeper", "a1")
    serve(person, "guard", "b1")
    there = client_as("storekeeper", "a1")
    admin = client_as("bureau_admin", "a")
    version = version_of(Person, person.account_id)
    path = f"/people/{person.account_id}"
    assert admin.post(f"{path}/suspend", data={"version": "99"}).status_code == 409
    assert admin.post(f"{path}/suspend", data={"version": version}).status_code == 302
    assert there.get("/").location == "/account/place"
    key = f"school-{world.bureaus['b']}-{world.schools['b1']}"
    assert there.post("/account/place", data={"scope": key}).status_code == 302
    assert there.get("/api/v1/me").get_json()["roles"] == ["guard"]
    assert give(admin, person, "guard", school_id=world.schools["a1"]).status_code == 422
    assert admin.post(f"{path}/reopen", data={"version": version}).status_code == 409
    assert admin.post(f"{path}/reopen", data={"version": version + 1}).status_code == 302
    assert there.post("/account/place", data={"scope": f"school-{world.bureaus['a']}-{world.schools['a1']}"})
    assert there.get("/api/v1/me").get_json()["roles"] == ["storekeeper"]


def test_nobody_suspends_themselves(client_as, world):
    admin = client_as("bureau_admin", "a")
    person = world.person("bureau_admin", "a").account_id
    assert admin.post(f"/people/{person}/suspend", data={"version": "1"}).status_code == 422
    assert admin.get("/people").status_code == 200


# --- passwords: who controls one controls everything that it opens


def reset(client, person, **data):
    return client.post(f"/people/{person.account_id}/reset-password", data=data)


def test_a_reset_gives_a_one_time_password_and_ends_the_sign_ins(client_as, world, session):
    victim = client_as("storekeeper", "a1")
    person = world.person("storekeeper", "a1")
    answer = reset(client_as("logistics_director", "a1"), person)
    assert answer.status_code == 200
    password = answer.get_data(as_text=True).split('id="one-time-password"')[1].split(">")[1].split("<")[0]
    assert victim.get("/").status_code == 302
    fresh = victim.application.test_client()
    assert fresh.post("/sign-in", data={"name": person.username, "password": password}).status_code == 302
    assert fresh.get("/sign-in/onward").location == "/account/password"
    again = client_as("bureau_admin", "a").post(
        f"/api/v1/people/{person.account_id}/one-time-password", json={"clear_second_factor": True}
    )
    assert again.status_code == 201
    assert again.get_json()["one_time_password"] != password


@pytest.mark.parametrize(
    ("giver", "victim", "status"),
    [
        ("logistics_director", "principal", 422),
        ("principal", "logistics_director", 200),
        ("principal", "principal", 422),  # oneself
        ("bureau_admin", "principal", 200),
        ("bureau_admin", "inspector", 200),
        ("procurement_officer", "storekeeper", 403),
        ("storekeeper", "guard", 403),
    ],
)
def test_who_resets_whose_password(client_as, world, giver, victim, status):
    assert reset(client_as(giver), world.person(victim)).status_code == status


@pytest.mark.parametrize(("role", "place"), [("guard", "a2"), ("bureau_admin", "a"), ("guard", "b1")])
def test_a_head_resets_nobody_who_is_more_than_the_schools(client_as, world, serve, session, role, place):
    """Else adding the bureau's administrator as a guard of one's school would hand over the bureau."""
    person = world.person("storekeeper", "a1")
    serve(person, role, place)
    answer = reset(client_as("principal", "a1"), person)
    assert answer.status_code == 422
    assert "不由您全权管理" in answer.get_data(as_text=True)
    assert "乙区" not in answer.get_data(as_text=True)
    use_scope(session(), IDENTITY)
    assert session.get_one(Account, person.account_id).must_change_password is False
    expected = 422 if place == "b1" else 200
    assert reset(client_as("bureau_admin", "a"), person).status_code == expected


def test_whoever_another_bureau_still_counts_among_its_people_is_not_ours_alone(client_as, world, serve, session):
    """Their roles there have ended for now; whoever gave them may give them again, to the same account."""
    person = world.person("storekeeper", "a1")
    serve(person, "guard", "b1")
    use_scope(session(), IDENTITY)
    session.execute(
        text("UPDATE memberships SET ended_at = now() WHERE person_id = :id AND bureau_id = :bureau"),
        {"id": person.account_id, "bureau": world.bureaus["b"]},
    )
    session.commit()
    assert reset(client_as("bureau_admin", "a"), person).status_code == 422
    use_scope(session(), IDENTITY)
    session.execute(
        text("UPDATE people SET state = 'suspended' WHERE id = :id AND bureau_id = :bureau"),
        {"id": person.account_id, "bureau": world.bureaus["b"]},
    )
    session.commit()
    assert reset(client_as("bureau_admin", "a"), person).status_code == 200


# --- data


def edit(client, person, version, **data):
    body = {"display_name": "演示改名", "mobile": "", "email": "", "version": version, **data}
    return client.post(f"/people/{person.account_id}/edit", data=body)


def test_name_mobile_and_mail_are_corrected(client_as, world, version_of, session):
    person = world.person("storekeeper", "a1")
    version = version_of(Person, person.account_id)
    answer = edit(client_as("principal", "a1"), person, version, mobile="139 0000 0007", email="x@y.example")
    assert answer.status_code == 302
    use_scope(session(), IDENTITY)
    session.expire_all()
    account = session.get_one(Account, person.account_id)
    assert (account.display_name, account.mobile, account.email) == ("演示改名", "13900000007", "x@y.example")
    listed = client_as("bureau_admin", "a").get("/api/v1/people?text=改名").get_json()["items"]
    assert [one["id"] for one in listed] == [str(person.account_id)]


def test_a_stale_edit_shows_what_is_stored_even_where_only_the_mobile_changed(client_as, world, version_of):
    person = world.person("storekeeper", "a1")
    client = client_as("bureau_admin", "a")
    version = version_of(Person, person.account_id)
    name = "演示storekeeper@a1"
    assert edit(client, person, version, display_name=name, mobile="13900000007").status_code == 302
    answer = edit(client, person, version, display_name="演示迟到")
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "13900000007" in page
    assert "演示迟到" in page
    assert f'name="version" value="{version + 1}"' in page
    answer = client.put(f"/api/v1/people/{person.account_id}", json={"display_name": "x"}, headers={"If-Match": "1"})
    assert answer.status_code == 409
    assert answer.get_json()["current"]["mobile"] == "13900000007"
    assert client.put(f"/api/v1/people/{person.account_id}", json={"display_name": "x"}).status_code == 422


def test_a_mobile_has_one_owner(client_as, world, version_of):
    client = client_as("bureau_admin", "a")
    one, other = world.person("storekeeper", "a1"), world.person("guard", "a1")
    assert edit(client, one, version_of(Person, one.account_id), mobile="13900000007").status_code == 302
    assert edit(client, other, version_of(Person, other.account_id), mobile="13900000007").status_code == 409


def test_who_serves_elsewhere_keeps_mobile_and_name_there(client_as, world, serve, version_of, session):
    person = world.person("storekeeper", "a1")
    serve(person, "guard", "b1")
    use_scope(session(), IDENTITY)
    version = session.scalar(
        select(Person.version).where(Person.id == person.account_id, Person.bureau_id == world.bureaus["a"])
    )
    admin = client_as("bureau_admin", "a")
    assert edit(admin, person, version, mobile="13900000007").status_code == 422
    assert edit(client_as("principal", "a1"), person, version).status_code == 422
    assert edit(admin, person, version).status_code == 302
    use_scope(session(), IDENTITY)
    session.expire_all()
    names = dict(
        session.execute(select(Person.bureau_id, Person.display_name).where(Person.id == person.account_id)).all()
    )
    assert names == {world.bureaus["a"]: "演示改名", world.bureaus["b"]: "演示"}
    assert session.get_one(Account, person.account_id).display_name == "演示storekeeper@a1"


# --- second factor, audit


def test_the_bureau_chooses_who_needs_a_second_factor(client_as, world, session):
    admin = client_as("bureau_admin", "a")
    use_scope(session(), IDENTITY)
    version = session.get_one(Bureau, world.bureaus["a"]).version
    assert admin.post("/second-factor-roles", data={"roles": ["king"], "version": version}).status_code == 422
    assert admin.post("/second-factor-roles", data={"roles": ["guard"], "version": "99"}).status_code == 409
    assert admin.post("/second-factor-roles", data={"roles": ["guard"], "version": version}).status_code == 302
    assert client_as("guard", "a1").get("/").location == "/account/second-factor"
    assert client_as("guard", "b1").get("/sign-in/onward").location == "/"
    told = admin.get("/api/v1/second-factor-roles").get_json()
    assert told == {"roles": ["guard"], "version": version + 1}
    answer = admin.put("/api/v1/second-factor-roles", json={"roles": []}, headers={"If-Match": str(version + 1)})
    assert answer.get_json()["roles"] == []
    assert client_as("guard", "a1").get("/sign-in/onward").location == "/"


def test_changes_stand_in_the_audit_with_old_and_new(client_as, world, role_of, session):
    held = role_of("storekeeper", "a1")
    end(client_as("principal", "a1"), held)
    reset(client_as("bureau_admin", "a"), world.person("guard", "a1"))
    use_scope(session(), Scope("houqin_bureau", bureau_id=world.bureaus["a"]))
    entries = session.scalars(select(AuditEntry).where(AuditEntry.bureau_id == world.bureaus["a"])).all()
    ended = [entry for entry in entries if entry.action == "unit:people:manage" and entry.school_id]
    assert any(
        change["table"] == "memberships" and change["new"].get("ended_at")
        for entry in ended
        for change in entry.changes
        if change["kind"] == "update"
    )
    assert ended[-1].actor_id == world.person("principal", "a1").account_id
    resets = [entry for entry in entries if entry.action == "identity:password:reset"]
    assert [entry.actor_id for entry in resets] == [world.person("bureau_admin", "a").account_id]
