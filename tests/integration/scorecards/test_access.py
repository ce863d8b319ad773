"""Every route of forms by every role, and with the ids of another bureau."""

import pytest

from bureau.roles import OFFICERS, Role

ZONE = {Role.ZONE_SUPERVISOR}
READERS = {*OFFICERS, Role.INSPECTOR, *ZONE}
KEEPERS = {Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER, Role.SAFETY_OFFICER, Role.ASSET_OFFICER}

PAGES = {
    "/forms": READERS,
    "/forms/import": KEEPERS,
    "/forms/{template}": READERS,
    "/forms/{template}/import": KEEPERS,
    "/forms/new": KEEPERS,
    "/forms/{template}/phrases": READERS,
    "/forms/{template}/phrases/new": KEEPERS,
    "/forms/{template}/phrases/suggestions": KEEPERS,
    "/forms/{template}/phrases/template.xlsx": KEEPERS,
    "/forms/{template}/phrases/export.xlsx": READERS,
    "/forms/versions/{version}/comparison": READERS,
    "/forms/versions/{version}/simulation": READERS,
    "/forms/versions/{version}/download/xlsx": READERS,
    "/forms/versions/{version}/download/docx": READERS,
    "/forms/versions/{version}": READERS,
    "/forms/versions/{version}/preview": READERS,
    "/forms/versions/{version}/download/yaml": READERS,
    "/forms/versions/{version}/download/json": READERS,
    "/api/v1/forms": READERS,
    "/api/v1/forms/{template}": READERS,
    "/api/v1/form-versions/{version}": READERS,
    "/api/v1/form-versions/{version}/simulation": READERS,
    "/api/v1/forms/{template}/phrases": READERS,
}
DRAFT_PAGES = {
    "/forms/versions/{version}/settings": KEEPERS,
    "/forms/versions/{version}/sections/1": KEEPERS,
    "/forms/versions/{version}/items/1": KEEPERS,
    "/forms/versions/{version}/rule-fields": KEEPERS,
    "/forms/versions/{version}/new-section": KEEPERS,
    "/forms/versions/{version}/sections/1/new-item": KEEPERS,
}
WRITES = {
    ("POST", "/forms/import"): KEEPERS,
    ("POST", "/forms/{template}/import"): KEEPERS,
    ("POST", "/forms/{template}/retire"): KEEPERS,
    ("POST", "/forms/{template}/reactivate"): KEEPERS,
    ("POST", "/forms/versions/{version}/publish"): KEEPERS,
    ("POST", "/forms/versions/{version}/copy"): KEEPERS,
    ("POST", "/forms/versions/{version}/settings"): KEEPERS,
    ("POST", "/forms/versions/{version}/settle"): KEEPERS,
    ("POST", "/forms/versions/{version}/sections/1"): KEEPERS,
    ("POST", "/forms/versions/{version}/items/1"): KEEPERS,
    ("POST", "/forms/versions/{version}/items/1/confirm"): KEEPERS,
    ("POST", "/forms/new"): KEEPERS,
    ("POST", "/forms/versions/{version}/items/1/copy"): KEEPERS,
    ("POST", "/forms/versions/{version}/items/1/remove"): KEEPERS,
    ("POST", "/forms/versions/{version}/items/1/move"): KEEPERS,
    ("POST", "/forms/versions/{version}/sections/1/new-item"): KEEPERS,
    ("POST", "/forms/versions/{version}/sections/1/copy"): KEEPERS,
    ("POST", "/forms/versions/{version}/sections/1/remove"): KEEPERS,
    ("POST", "/forms/versions/{version}/sections/1/move"): KEEPERS,
    ("POST", "/forms/versions/{version}/new-section"): KEEPERS,
    ("POST", "/forms/versions/{version}/renumber"): KEEPERS,
    ("POST", "/forms/{template}/phrases"): KEEPERS,
    ("POST", "/forms/{template}/phrases/import"): KEEPERS,
    ("POST", "/api/v1/forms"): KEEPERS,
    ("POST", "/api/v1/forms/{template}/retire"): KEEPERS,
    ("POST", "/api/v1/forms/{template}/reactivate"): KEEPERS,
    ("PUT", "/api/v1/form-versions/{version}/document"): KEEPERS,
    ("POST", "/api/v1/form-versions/{version}/publish"): KEEPERS,
    ("POST", "/api/v1/form-versions/{version}/copies"): KEEPERS,
}


def urls(paths, stored, version_id, bureau="a"):
    names = {"version": version_id, "template": stored(version_id, bureau).template_id}
    return {path: path.format(**names) for path in paths}


@pytest.mark.parametrize("role", list(Role))
def test_who_may_open_what(client_as, published, draft, stored, role):
    shown, open_one = published(), draft()
    client = client_as(role)
    opened = {path: client.get(url).status_code for path, url in urls(PAGES, stored, shown).items()}
    assert opened == {path: 200 if role in roles else 403 for path, roles in PAGES.items()}
    opened = {path: client.get(url).status_code for path, url in urls(DRAFT_PAGES, stored, open_one).items()}
    assert opened == {path: 200 if role in roles else 403 for path, roles in DRAFT_PAGES.items()}


@pytest.mark.parametrize("role", list(Role))
def test_who_may_write_what(client_as, draft, stored, role):
    """Nothing is sent along, so whoever is let in is told what is missing."""
    version_id = draft()
    client = client_as(role)
    names = urls([path for _method, path in WRITES], stored, version_id)
    answers = {}
    for method, path in WRITES:
        more = {"json": {}} if path.startswith("/api/") else {}
        answers[method, path] = client.open(names[path], method=method, **more).status_code
    # Nothing to reactivate: the form is in use, which is what was asked for.
    free = {("POST", "/api/v1/forms/{template}/reactivate")}
    assert {write: status for write, status in answers.items() if write not in free} == {
        write: 422 if role in roles else 403 for write, roles in WRITES.items() if write not in free
    }


@pytest.mark.parametrize("role", ["bureau_admin", "inspector", "zone_supervisor"])
def test_another_bureau_s_forms_are_not_there(client_as, published, stored, role):
    foreign = published(bureau="b")
    client = client_as(role)
    for path, url in urls([*PAGES, *DRAFT_PAGES], stored, foreign, "b").items():
        if "{" in path:
            assert client.get(url).status_code in (403, 404), path
    assert client.get("/api/v1/forms").json["items"] == []
    assert "演示食堂评分表" not in client.get("/forms").get_data(as_text=True)


def test_another_bureau_s_form_cannot_be_written(client_as, draft, stored):
    foreign = draft(bureau="b")
    client = client_as("bureau_admin")
    names = urls([path for _method, path in WRITES], stored, foreign, "b")
    valid = {"version": "1", "id": "0190a000-0000-7000-8000-000000000001", "code": "x", "where": "form"}
    for method, path in WRITES:
        if "{" not in path:
            continue
        more = {"json": {"document": {}, "id": valid["id"]}} if "document" in path else {"data": valid}
        if path.startswith("/api/"):
            more = {"json": {"id": valid["id"]} if "copies" in path else {"document": {}} if "document" in path else {}}
            more["headers"] = {"If-Match": '"1"'}
        assert client.open(names[path], method=method, **more).status_code in (404, 422), (method, path)
    assert stored(foreign, "b").version == 1


def test_a_new_version_cannot_be_hung_on_another_bureau_s_form(client_as, draft, stored, upload):
    foreign = stored(draft(bureau="b"), "b").template_id
    client = client_as("bureau_admin")
    assert upload(client, b"title: x", template_id=foreign).status_code == 404


def test_a_zone_sees_what_is_published_and_no_draft(client_as, published, draft, stored):
    shown, open_one = published(), draft()
    client = client_as("zone_supervisor")
    assert client.get(f"/forms/versions/{shown}").status_code == 200
    assert client.get(f"/forms/versions/{open_one}").status_code == 404
    assert client.get(f"/forms/{stored(open_one).template_id}").status_code == 404
    assert client.get(f"/api/v1/form-versions/{open_one}").status_code == 404
    listed = client.get("/api/v1/forms").json["items"]
    assert [form["id"] for form in listed] == [str(stored(shown).template_id)]


def test_a_reader_sees_no_button_that_would_refuse_them(client_as, draft, stored):
    version_id = draft()
    pages = (f"/forms/versions/{version_id}", f"/forms/{stored(version_id).template_id}", "/forms")
    for role, sees in (("inspector", False), ("canteen_officer", True)):
        client = client_as(role)
        text = "".join(client.get(page).get_data(as_text=True) for page in pages)
        assert (f"/forms/versions/{version_id}/publish" in text) is sees
        assert ('href="/forms/import"' in text) is sees
        assert (f"/forms/versions/{version_id}/items/1" in text) is sees


def test_the_search_finds_forms_by_title_within_the_bureau(client_as, published, draft):
    version_id = published()
    published(bureau="b")
    text = client_as("inspector").get("/search?q=食堂评分").get_data(as_text=True)
    assert text.count("演示食堂评分表") == 1
    assert str(version_id) not in text
    assert "演示食堂评分表" not in client_as("principal").get("/search?q=食堂评分").get_data(as_text=True)
