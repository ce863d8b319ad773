"""Forms over REST."""

import copy

import pytest

from kernel.database import new_id
from scorecards.form_json import to_json
from tests.integration.scorecards.conftest import open_form, sound_form


def test_from_import_to_published(client_as, stored):
    client, key = client_as("canteen_officer"), str(new_id())
    sent = {"id": key, "document": to_json(open_form()), "source_name": "x.json"}
    made = client.post("/api/v1/forms", json=sent)
    assert made.status_code == 201, made.json
    assert (made.json["id"], made.json["state"], made.json["number"]) == (key, "draft", 1)
    assert made.json["can_publish"] is False
    assert {"severity": "warning", "code": "rule_to_confirm", "where": "item:1",
            "message": "评分标准“不符合的扣分”的计分方式是推断的，请确认"} in made.json["findings"]  # fmt: skip
    assert client.post("/api/v1/forms", json=sent).json["id"] == key
    refused = client.post(f"/api/v1/form-versions/{key}/publish", headers={"If-Match": '"1"'})
    assert refused.status_code == 422
    assert refused.json["rule"] == "form_review"
    replaced = client.put(
        f"/api/v1/form-versions/{key}/document", json={"document": to_json(sound_form())}, headers={"If-Match": '"1"'}
    )
    assert replaced.status_code == 200
    assert replaced.json["can_publish"] is True
    assert client.post(f"/api/v1/form-versions/{key}/publish", headers={"If-Match": '"1"'}).status_code == 409
    done = client.post(f"/api/v1/form-versions/{key}/publish", headers={"If-Match": '"2"'})
    assert done.json["state"] == "published"
    refused = client.put(
        f"/api/v1/form-versions/{key}/document", json={"document": to_json(sound_form())}, headers={"If-Match": '"3"'}
    )
    assert (refused.status_code, refused.json["rule"]) == (422, "form_published")
    copied = client.post(f"/api/v1/form-versions/{key}/copies", json={"id": str(new_id())})
    assert (copied.status_code, copied.json["number"]) == (201, 2)
    form = client.get(f"/api/v1/forms/{done.json['template_id']}").json
    assert [version["state"] for version in form["versions"]] == ["draft", "published"]
    assert client.get(f"/api/v1/form-versions/{key}").json["document"] == to_json(sound_form())


def test_the_collected_shape_comes_in_with_exact_numbers(client_as):
    document = {
        "title": "演示表", "kind": "canteen", "total": 0.3,
        "sections": [{"title": "一", "items": [{"no": 1, "text": "甲", "points": 0.1, "rule": "不符合扣0.1分"},
                                              {"no": 2, "text": "乙", "points": 0.2, "rule": "不符合扣0.2分"}]}],
    }  # fmt: skip
    made = client_as("bureau_admin").post("/api/v1/forms", json={"id": str(new_id()), "document": document})
    assert made.status_code == 201
    assert [item["points"] for item in made.json["document"]["sections"][0]["items"]] == ["0.1", "0.2"]
    assert not [one for one in made.json["findings"] if one["severity"] == "error"]


def broken(change):
    document = copy.deepcopy(to_json(sound_form()))
    change(document)
    return document


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        (lambda form: form.update(title=""), "document.title", "应为文字"),
        (lambda form: form.update(extra=1), "document.extra", "不认识的键"),
        (lambda form: form["sections"][0]["items"][1]["rule"].update(unit_points=1), "document.sections.0.items.1.rule.unit_points", "加引号"),
        (lambda form: form["sections"][0]["items"][0].update(code="2"), "document.items", "编码 2 重复"),
        (lambda form: form.update(sections="x"), "document.sections", "应为列表"),
    ],
)  # fmt: skip
def test_a_faulty_document_is_refused_with_its_paths(client_as, draft, stored, change, path, message):
    version_id = draft()
    answer = client_as("bureau_admin").put(
        f"/api/v1/form-versions/{version_id}/document", json={"document": broken(change)}, headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert message in answer.json["errors"][path][0]
    assert stored(version_id).version == 1


@pytest.mark.parametrize(
    "document",
    [{}, {"schema": 1}, {"schema": {}}, {"title": [], "sections": {}}, {"title": "a\x00b", "sections": []}, {"x": "\x00"},
     {"title": "x" * 600_000}, {"sections": [[[[[[]]]]]]}],
)  # fmt: skip
def test_no_document_makes_it_fail(client_as, draft, document):
    client, version_id = client_as("bureau_admin"), draft()
    made = client.post("/api/v1/forms", json={"id": str(new_id()), "document": document})
    assert made.status_code == 422, made.json
    path = f"/api/v1/form-versions/{version_id}/document"
    assert client.put(path, json={"document": document}, headers={"If-Match": '"1"'}).status_code == 422


def test_a_write_without_the_version_seen_is_refused(client_as, draft, stored):
    client, version_id = client_as("bureau_admin"), draft()
    path = f"/api/v1/form-versions/{version_id}"
    assert client.put(f"{path}/document", json={"document": to_json(sound_form(title="x"))}).status_code == 422
    assert client.post(f"{path}/publish").status_code == 422
    assert client.post(f"/api/v1/forms/{stored(version_id).template_id}/retire").status_code == 422


def test_the_list_is_filtered_and_paged(client_as, draft):
    for number in range(3):
        draft(sound_form(title=f"演示甲{number}"))
    draft(sound_form(title="演示乙", kind="safety"))
    client = client_as("bureau_admin")

    def titles(query):
        return [form["title"] for form in client.get(f"/api/v1/forms?{query}").json["items"]]

    assert titles("q=甲") == ["演示甲2", "演示甲1", "演示甲0"]
    assert titles("kind=safety") == ["演示乙"]
    assert titles("state=retired") == []
    first = client.get("/api/v1/forms?limit=3").json
    assert [form["title"] for form in first["items"]] == ["演示乙", "演示甲2", "演示甲1"]
    assert titles(f"limit=3&cursor={first['next_cursor']}") == ["演示甲0"]
    assert client.get("/api/v1/forms?kind=zoo").status_code == 422
    page = client.get("/forms?limit=3").get_data(as_text=True)
    assert "下一页" in page
    assert client.get("/forms?cursor=nonsense").status_code == 422


def test_comparison_simulation_and_phrases(client_as, published, stored):
    first = published()
    client = client_as("canteen_officer")
    alone = client.get(f"/api/v1/form-versions/{first}/comparison")
    assert alone.status_code == 404
    copy = client.post(f"/api/v1/form-versions/{first}/copies", json={"id": str(new_id())}).json
    document = copy["document"]
    document["sections"][0]["items"][0]["points"] = "6"
    document["total"] = "11"
    document["sections"][0]["points"] = "11"
    changed = client.put(
        f"/api/v1/form-versions/{copy['id']}/document", json={"document": document}, headers={"If-Match": '"1"'}
    )
    assert changed.status_code == 200
    compared = client.get(f"/api/v1/form-versions/{copy['id']}/comparison").json
    assert (compared["old_total"], compared["new_total"], compared["settings"]) == ("10", "11", ["total"])
    [change] = compared["items"]
    assert (change["kind"], change["changes"][0]) == ("changed", {"field": "points", "old": "5", "new": "6"})
    tried = client.get(f"/api/v1/form-versions/{copy['id']}/simulation").json
    assert (tried["generated"], tried["visits"]) == (True, 200)
    assert sum(step["visits"] for step in tried["histogram"]) == 200
    template_id, phrase_id = stored(first).template_id, str(new_id())
    path = f"/api/v1/forms/{template_id}/phrases/{phrase_id}"
    data = {"item_code": "2", "text": "没有盖子", "suggestion": "1"}
    assert client.put(path, json=data).json["answer"] == {"count": 1}
    assert client.put(path, json=data).status_code == 200  # sent twice
    assert client.put(path, json={**data, "text": "没盖"}).status_code == 409
    assert client.put(path, json={**data, "text": "没盖"}, headers={"If-Match": '"1"'}).json["text"] == "没盖"
    assert client.put(path, json={**data, "suggestion": "x"}, headers={"If-Match": '"2"'}).status_code == 422
    assert [one["text"] for one in client.get(f"/api/v1/forms/{template_id}/phrases").json["items"]] == ["没盖"]
