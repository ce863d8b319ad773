"""People join, find their roles, and nobody learns of other bureaus."""

import pytest
from sqlalchemy import select

from bureau.roles import LEVEL_OF, Role
from kernel.database import new_id
from kernel.database.scope import IDENTITY, use_scope
from kernel.identity.models import Account, Membership, Person


@pytest.fixture
def stored(session):
    def read(model, *conditions):
        session.commit()
        use_scope(session(), IDENTITY)
        query = select(model).where(*conditions).order_by(model.id).execution_options(populate_existing=True)
        return session.scalars(query).all()

    return read


def one_time_password(answer):
    return answer.get_data(as_text=True).split('id="one-time-password"')[1].split(">")[1].split("<")[0]


def test_a_new_person_gets_an_account_a_role_and_a_one_time_password(client_as, join, stored, world, app):
    answer = join(client_as("bureau_admin"), "guard", school_id=world.schools["a2"])
    assert answer.status_code == 200
    password = one_time_password(answer)
    [account] = stored(Account, Account.mobile == "13900000001")
    assert account.must_change_password
    [person] = stored(Person, Person.id == account.id)
    assert person.bureau_id == world.bureaus["a"]
    [role] = stored(Membership, Membership.person_id == account.id)
    assert (role.role, role.level, role.school_id) == ("guard", "school", world.schools["a2"])
    client = app.test_client()
    assert client.post("/sign-in", data={"name": "13900000001", "password": password}).status_code == 302
    assert client.get("/sign-in/onward").location == "/account/password"


def test_a_head_adds_to_the_own_school_without_naming_it(client_as, join, stored, world):
    assert join(client_as("principal", "a1"), "storekeeper").status_code == 200
    [account] = stored(Account, Account.mobile == "13900000001")
    [role] = stored(Membership, Membership.person_id == account.id)
    assert role.school_id == world.schools["a1"]


def test_who_is_known_by_the_mobile_gets_no_second_account(client_as, join, stored, world):
    join(client_as("bureau_admin", "b"), "guard", school_id=world.schools["b1"])
    answer = join(client_as("principal", "a1"), "storekeeper")
    assert answer.status_code == 302
    [account] = stored(Account, Account.mobile == "13900000001")
    assert {person.bureau_id for person in stored(Person, Person.id == account.id)} == set(world.bureaus.values())
    page = client_as("principal", "a1").get(answer.location).get_data(as_text=True)
    assert "仓库保管员" in page
    assert "演示外区小学" not in page
    assert "乙区" not in page
    told = client_as("bureau_admin", "a").get(f"/api/v1/people/{account.id}").get_json()
    assert [one["role"] for one in told["roles"]] == ["storekeeper"]


def test_a_number_under_another_name_is_refused_without_telling_the_name(client_as, join, stored, world):
    join(client_as("bureau_admin", "b"), "guard", school_id=world.schools["b1"], name="演示李雷")
    answer = join(client_as("principal", "a1"), "storekeeper", name="演示韩梅")
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "已登记在另一个姓名下" in page
    assert "李雷" not in page
    [account] = stored(Account, Account.mobile == "13900000001")
    assert len(stored(Person, Person.id == account.id)) == 1


def test_sent_twice_the_person_is_added_once(client_as, stored, world):
    client = client_as("bureau_admin")
    body = {"id": str(new_id()), "display_name": "演示新人", "mobile": "13900000001", "role": "guard",
            "school_id": world.schools["a1"]}  # fmt: skip
    first = client.post("/api/v1/people", json=body)
    assert first.status_code == 201
    assert first.get_json()["one_time_password"]
    second = client.post("/api/v1/people", json=body)
    assert second.status_code == 201
    assert second.get_json()["one_time_password"] is None
    assert second.get_json()["id"] == first.get_json()["id"]
    other = client.post("/api/v1/people", json={**body, "role": "teacher"})
    assert other.status_code == 409
    [account] = stored(Account, Account.mobile == "13900000001")
    assert len(stored(Membership, Membership.person_id == account.id)) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"mobile": "12345"}, "11 位手机号"),
        ({"mobile": ""}, "请填写此项"),
        ({"name": ""}, "请填写此项"),
        ({"role": "king"}, "请从列出的选项中选择"),
        ({"school_id": None}, "请选择学校"),
        ({"role": "zone_supervisor"}, "请选择片区"),
        ({"username": "13800001111"}, "用户名为 3 到 40 个字符"),
        ({"email": "nobody"}, "邮箱格式不正确"),
        ({"valid_from": "2026-09-02", "valid_until": "2026-09-01"}, "不能早于"),
        ({"valid_until": "2020-01-01"}, "不能早于"),
    ],
)
def test_mistakes_are_told_at_their_fields_and_leave_nothing_behind(client_as, join, stored, world, data, said):
    answer = join(client_as("bureau_admin"), **{"school_id": world.schools["a1"], **data})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert stored(Account, Account.mobile == "13900000001") == []


def test_a_user_name_is_taken_by_one(client_as, join, world):
    client = client_as("bureau_admin")
    assert join(client, username="zhang.san", school_id=world.schools["a1"]).status_code == 200
    answer = join(client, mobile="13900000002", username="Zhang.San", school_id=world.schools["a1"])
    assert answer.status_code == 409
    assert "用户名已被使用" in answer.get_data(as_text=True)


# --- what nobody may reach


def test_heads_cannot_make_roles_above_their_own(client_as, join, stored):
    for giver, allowed in (("principal", "logistics_director"), ("logistics_director", "storekeeper")):
        client = client_as(giver, "a1")
        forbidden = {str(role) for role in Role if LEVEL_OF[role] != "school" or role in (Role.PRINCIPAL, Role(giver))}
        for role in sorted(forbidden):
            assert join(client, role).status_code == 403, (giver, role)
        assert stored(Account, Account.mobile == "13900000001") == []
        assert join(client, allowed, mobile=f"1390000100{len(giver) % 10}").status_code == 200


def test_heads_cannot_give_roles_at_another_school_or_level(client_as, join, stored, world):
    client = client_as("principal", "a1")
    for place in ("a2", "b1"):
        assert join(client, "guard", school_id=world.schools[place]).status_code == 404
    assert stored(Account, Account.mobile == "13900000001") == []


def test_an_administrator_cannot_give_roles_in_another_bureau(client_as, join, stored, world):
    client = client_as("bureau_admin", "a")
    assert join(client, "guard", school_id=world.schools["b1"]).status_code == 404
    assert join(client, "zone_supervisor", zone_id=world.zones["b-east"]).status_code == 404
    assert stored(Account, Account.mobile == "13900000001") == []


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in ("bureau_admin", "principal", "logistics_director")]
)
def test_nobody_else_manages_people(client_as, join, role):
    assert join(client_as(role)).status_code == 403
    assert client_as(role).get("/people/new").status_code == 403
    assert client_as(role).get("/people/import").status_code == 403
    assert client_as(role).get("/second-factor-roles").status_code == 403


# --- lists and search


def test_a_bureau_lists_its_people_and_a_school_its_own(client_as, world):
    listed = client_as("bureau_admin", "a").get("/api/v1/people?limit=200").get_json()["items"]
    expected = {one.account_id for (role, place), one in world.people.items() if place.startswith("a")}
    assert {one["id"] for one in listed} == {str(person) for person in expected}
    names = [one["display_name"].lower() for one in listed]
    assert names == sorted(names)
    listed = client_as("principal", "a1").get("/api/v1/people?limit=200").get_json()["items"]
    expected = {one.account_id for (role, place), one in world.people.items() if place == "a1"}
    assert {one["id"] for one in listed} == {str(person) for person in expected}
    assert {role["school_id"] for one in listed for role in one["roles"]} == {world.schools["a1"]}


def test_paging_shows_each_person_once(client_as):
    client = client_as("bureau_admin", "a")
    seen, cursor = [], ""
    while True:
        answer = client.get(f"/api/v1/people?limit=7&cursor={cursor}").get_json()
        seen += [one["id"] for one in answer["items"]]
        cursor = answer["next_cursor"]
        if not cursor:
            break
    everybody = client.get("/api/v1/people?limit=200").get_json()["items"]
    assert seen == [one["id"] for one in everybody]
    assert len(seen) > 14


def test_filters_and_search(client_as, world):
    client = client_as("bureau_admin", "a")

    def found(query):
        return {one["id"] for one in client.get(f"/api/v1/people?limit=200&{query}").get_json()["items"]}

    def person(role, place):
        return str(world.person(role, place).account_id)

    assert found("role=guard") == {person("guard", place) for place in ("a1", "a2", "a3")}
    assert found(f"role=guard&school_id={world.schools['a2']}") == {person("guard", "a2")}
    assert found(f"school_id={world.schools['b1']}") == set()
    assert found("text=GUARD@a2") == {person("guard", "a2")}
    assert found("text=guard@") == {person("guard", place) for place in ("a1", "a2", "a3")}
    assert found("text=guard@b1") == set()
    assert found("state=suspended") == set()
    assert client.get("/api/v1/people?role=king").status_code == 422
    assert client.get("/people?role=king&cursor=x").status_code == 200
    page = client.get("/search?q=guard@a2").get_data(as_text=True)
    assert person("guard", "a2") in page
    assert person("guard", "b1") not in client.get("/search?q=guard@b1").get_data(as_text=True)
    assert person("guard", "a2") not in client_as("guard", "a1").get("/search?q=guard@a2").get_data(as_text=True)


def test_the_number_of_queries_does_not_grow_with_the_list(client_as, session):
    from sqlalchemy import event

    counted = []
    client = client_as("bureau_admin", "a")
    connection = session.connection()

    def count(conn, cursor, statement, *rest):
        counted.append(statement)

    event.listen(connection.engine, "before_cursor_execute", count)
    try:
        client.get("/people?limit=5")
        few, counted[:] = len(counted), []
        client.get("/people?limit=50")
        assert len(counted) <= few + 2, "one more each for zones and suppliers, which the first five people do not need"
        assert few < 20
    finally:
        event.remove(connection.engine, "before_cursor_execute", count)
