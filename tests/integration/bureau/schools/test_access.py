"""Every route by every role: the table says who gets in, nobody else does."""

import pytest

from bureau.roles import LEVEL_OF, OFFICERS, Role

ADMIN = {Role.BUREAU_ADMIN}
BUREAU = {role for role, level in LEVEL_OF.items() if level == "bureau"}
SCHOOL = {role for role, level in LEVEL_OF.items() if level == "school"}
ZONE = {Role.ZONE_SUPERVISOR}
READERS = {*OFFICERS, Role.INSPECTOR, *ZONE}
EDITORS = {*ADMIN, Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR}

PAGES = {
    "/bureau": BUREAU,
    "/zones": set(OFFICERS),
    "/zones/new": ADMIN,
    "/zones/{zone}/edit": ADMIN,
    "/schools": READERS,
    "/schools/export": READERS,
    "/schools/new": ADMIN,
    "/schools/mine": SCHOOL,
    "/schools/{school}": READERS | SCHOOL,
    "/schools/{school}/edit": EDITORS,
    "/schools/{school}/suspend": ADMIN,
    "/schools/{school}/reopen": ADMIN,
    "/schools/{school}/merge": ADMIN,
    "/schools/imports": ADMIN,
    "/schools/imports/template": ADMIN,
    "/terms": BUREAU | ZONE | SCHOOL,
    "/terms/new": ADMIN,
    "/calendar": BUREAU | ZONE | SCHOOL,
    "/api/v1/bureau": BUREAU,
    "/api/v1/zones": set(OFFICERS),
    "/api/v1/schools": READERS,
    "/api/v1/schools/{school}": READERS | SCHOOL,
    "/api/v1/schools/{school}/state-changes": READERS | SCHOOL,
    "/api/v1/schools/{school}/merged-schools": READERS | SCHOOL,
    "/api/v1/terms": BUREAU | ZONE | SCHOOL,
}


@pytest.mark.parametrize("role", list(Role))
def test_who_may_open_what(client_as, world, role):
    client = client_as(role)
    opened = {}
    for path in PAGES:
        url = path.format(school=world.schools["a1"], zone=world.zones["a-east"])
        opened[path] = client.get(url).status_code
    assert opened == {path: 200 if role in roles else 403 for path, roles in PAGES.items()}


WRITES = {
    ("POST", "/bureau"): ADMIN,
    ("POST", "/zones/new"): ADMIN,
    ("POST", "/zones/{zone}/edit"): ADMIN,
    ("POST", "/schools/new"): ADMIN,
    ("POST", "/schools/{school}/edit"): EDITORS,
    ("POST", "/schools/{school}/suspend"): ADMIN,
    ("POST", "/schools/{school}/reopen"): ADMIN,
    ("POST", "/schools/{school}/merge"): ADMIN,
    ("POST", "/schools/imports"): ADMIN,
    ("POST", "/terms/new"): ADMIN,
    ("PUT", "/api/v1/bureau"): ADMIN,
    ("POST", "/api/v1/zones"): ADMIN,
    ("PUT", "/api/v1/zones/{zone}"): ADMIN,
    ("POST", "/api/v1/schools"): ADMIN,
    ("PUT", "/api/v1/schools/{school}"): ADMIN,
    ("PUT", "/api/v1/schools/{school}/numbers"): EDITORS,
    ("POST", "/api/v1/schools/{school}/suspend"): ADMIN,
    ("POST", "/api/v1/schools/{school}/reopen"): ADMIN,
    ("POST", "/api/v1/schools/{school}/merge"): ADMIN,
}


@pytest.mark.parametrize("role", list(Role))
def test_who_may_write_what(client_as, world, role):
    """Nothing is sent along, so whoever is let in is told what is missing."""
    client = client_as(role)
    answers = {}
    for method, path in WRITES:
        url = path.format(school=world.schools["a1"], zone=world.zones["a-east"])
        more = {"json": {}} if path.startswith("/api/") else {}
        answers[method, path] = client.open(url, method=method, **more).status_code
    assert answers == {write: 422 if role in roles else 403 for write, roles in WRITES.items()}


@pytest.mark.parametrize("path", [path for path in PAGES if "{school}" in path])
@pytest.mark.parametrize(("role", "place"), [("bureau_admin", "a"), ("principal", "a1"), ("zone_supervisor", "a-east")])
def test_another_bureau_s_school_is_not_there(client_as, world, path, role, place):
    response = client_as(role, place).get(path.format(school=world.schools["b1"]))
    assert response.status_code in (403, 404)
    if role == "bureau_admin":
        assert response.status_code == 404


def test_a_school_sees_itself_only(client_as, world):
    client = client_as("principal")
    assert client.get(f"/schools/{world.schools['a1']}").status_code == 200
    for other in ("a2", "a3", "b1"):
        assert client.get(f"/schools/{world.schools[other]}").status_code == 404
        assert client.get(f"/schools/{world.schools[other]}/edit").status_code == 404
        assert client.get(f"/api/v1/schools/{world.schools[other]}/merged-schools").status_code == 404


def test_a_zone_supervisor_sees_the_zone_s_schools_only(client_as, world):
    client = client_as("zone_supervisor")
    listed = client.get("/api/v1/schools").json["items"]
    assert {school["id"] for school in listed} == {world.schools["a1"], world.schools["a2"]}
    assert client.get(f"/schools/{world.schools['a3']}").status_code == 404
    assert "演示第三初级中学" not in client.get("/schools?text=演示").get_data(as_text=True)
    assert "演示第二小学" in client.get("/schools?text=演示").get_data(as_text=True)


def test_the_menu_shows_what_may_be_opened(client_as):
    def menu(role):
        page = client_as(role).get("/").get_data(as_text=True)
        return {path for path in ("/schools", "/zones", "/schools/mine", "/calendar", "/bureau", "/terms")
                if f'href="{path}"' in page}  # fmt: skip

    assert menu("bureau_admin") == {"/schools", "/zones", "/calendar", "/bureau", "/terms"}
    assert menu("teacher") == {"/schools/mine", "/calendar"}
    assert menu("zone_supervisor") == {"/schools", "/calendar"}
    assert menu("supplier_user") == set()
