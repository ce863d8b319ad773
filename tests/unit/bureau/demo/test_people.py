import re

import pytest

from bureau.demo import MARK
from bureau.demo.district import District, build_district
from bureau.demo.people import EVERY_SCHOOL, SHOW_ROLES, WELL_KNOWN, Person, build_people, holder
from bureau.demo.suppliers import SUPPLIERS
from bureau.roles import LEVEL_OF, Role


@pytest.fixture(scope="module")
def district() -> District:
    return build_district()


@pytest.fixture(scope="module")
def people(district: District) -> tuple[Person, ...]:
    return build_people(district)


def test_the_same_seed_makes_the_same_people(district: District, people: tuple[Person, ...]) -> None:
    assert repr(build_people(district)) == repr(people)
    assert repr(build_people(district, seed=2)) != repr(people)


def test_usernames_names_and_mobiles_are_given_once(people: tuple[Person, ...]) -> None:
    for values in ([p.username for p in people], [p.name for p in people], [p.mobile for p in people]):
        assert len(set(values)) == len(values)


def test_every_name_is_marked_and_every_mobile_is_nobodys(people: tuple[Person, ...]) -> None:
    assert all(re.fullmatch(rf"{MARK}[一-鿿]{{2,3}}", person.name) for person in people)
    assert all(re.fullmatch(r"100\d{8}", person.mobile) for person in people)
    assert all(re.fullmatch(r"[a-z0-9-]+", person.username) for person in people)


def test_roles_are_those_of_the_bureau_each_at_its_level(people: tuple[Person, ...]) -> None:
    posts = [post for person in people for post in person.posts]
    assert {post.role for post in posts} == set(Role)
    assert all(LEVEL_OF[Role(post.role)] == post.level for post in posts)


def test_scopes_exist(district: District, people: tuple[Person, ...]) -> None:
    scopes = {
        "bureau": {district.code},
        "zone": {zone.code for zone in district.zones},
        "school": {school.code for school in district.schools},
        "supplier": {supplier.code for supplier in SUPPLIERS},
    }
    assert all(post.scope in scopes[post.level] for person in people for post in person.posts)


def test_each_role_has_an_account_to_remember(people: tuple[Person, ...]) -> None:
    by_username = {person.username: person for person in people}
    assert set(WELL_KNOWN) == set(Role)
    for role, username in WELL_KNOWN.items():
        assert role in {post.role for post in by_username[username].posts}


def test_accounts_to_remember_meet_at_the_first_school(district: District, people: tuple[Person, ...]) -> None:
    first = district.schools[0]
    for role in SHOW_ROLES:
        assert holder(people, role, first.code).username == WELL_KNOWN[role]
    assert holder(people, "zone_supervisor", first.zone).username == WELL_KNOWN["zone_supervisor"]


def test_every_school_has_its_four_and_the_first_three_have_all(district: District, people: tuple[Person, ...]) -> None:
    for number, school in enumerate(district.schools):
        held = {post.role for person in people for post in person.posts if post.scope == school.code}
        assert held == ({*SHOW_ROLES, "cashier"} if number < 3 else set(EVERY_SCHOOL))


def test_the_contact_is_the_principal(district: District, people: tuple[Person, ...]) -> None:
    assert all(holder(people, "principal", s.code).name == s.contact_name for s in district.schools)


def test_eight_inspectors_and_a_supervisor_per_zone(district: District, people: tuple[Person, ...]) -> None:
    posts = [post for person in people for post in person.posts]
    assert sum(post.role == "inspector" for post in posts) == 8
    assert {post.scope for post in posts if post.role == "zone_supervisor"} == {zone.code for zone in district.zones}


def test_some_serve_two_schools(people: tuple[Person, ...]) -> None:
    shared = [person for person in people if len(person.posts) == 2]
    assert 5 <= len(shared) <= 10
    assert all(len({post.scope for post in person.posts}) == 2 for person in shared)


def test_no_holder_is_a_key_error(people: tuple[Person, ...]) -> None:
    with pytest.raises(KeyError):
        holder(people, "guard", "YS040")


def test_suppliers_are_marked_and_unique() -> None:
    assert all(supplier.name.startswith(MARK) and supplier.categories for supplier in SUPPLIERS)
    assert len({supplier.code for supplier in SUPPLIERS}) == len({s.name for s in SUPPLIERS}) == len(SUPPLIERS)
