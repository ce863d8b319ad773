"""Forms come in by the page: from files good and bad, from examples, once however often they are sent."""

import json
import os
from pathlib import Path

import pytest
import yaml

from kernel.database import new_id
from scorecards import examples
from scorecards.form_json import to_json
from tests.integration.scorecards.conftest import id_of, open_form, sound_form

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("HOUQIN_SHARED") or ROOT.parent / "shared") / "forms"
COLLECTED = sorted(SHARED.glob("*.yaml"))
BUNDLED = sorted((ROOT / "platform" / "scorecards" / "examples").glob("*.yaml"))


@pytest.mark.parametrize(
    "path",
    [*COLLECTED, *BUNDLED],
    ids=lambda path: path.stem + ("" if COLLECTED else " (bundled only: no collected forms here)"),
)
def test_every_form_comes_in_by_the_page(client_as, stored, upload, path):
    client = client_as("bureau_admin")
    version_id = id_of(upload(client, path.read_bytes(), path.name))
    version = stored(version_id)
    assert version.state == "draft"
    assert version.item_count > 0
    assert version.source_name == path.name
    page = client.get(f"/forms/versions/{version_id}").get_data(as_text=True)
    assert page.count("<tr id=") == version.item_count
    assert version.form["title"] in page
    assert client.get(f"/forms/versions/{version_id}/preview").status_code == 200
    for one in version.findings:
        assert one["severity"] in ("error", "warning", "info")
    # What stands open is said, and nothing that stands open can be published.
    may_publish = client.get(f"/api/v1/form-versions/{version_id}").json["can_publish"]
    answer = client.post(f"/forms/versions/{version_id}/publish", data={"version": version.version})
    assert answer.status_code == (302 if may_publish else 422)


@pytest.mark.parametrize("name", examples.names())
def test_every_example_can_be_taken_over_and_published(client_as, stored, name):
    client = client_as("safety_officer")
    version_id = id_of(client.post("/forms/import", data={"id": str(new_id()), "example": name}))
    assert client.post(f"/forms/versions/{version_id}/publish", data={"version": 1}).status_code == 302
    assert stored(version_id).state == "published"


def test_our_own_shape_comes_in_as_json_and_yaml(client_as, stored, upload):
    client = client_as("bureau_admin")
    document = to_json(sound_form())
    as_json = id_of(upload(client, json.dumps(document).encode(), "表.JSON"))
    as_yaml = id_of(upload(client, yaml.safe_dump(document, allow_unicode=True).encode(), "表.yaml"))
    assert stored(as_json).form == stored(as_yaml).form == document


def test_a_form_in_gbk_is_read(client_as, stored, upload):
    text = yaml.safe_dump(to_json(sound_form()), allow_unicode=True)
    version_id = id_of(upload(client_as("bureau_admin"), text.encode("gbk")))
    assert stored(version_id).form["title"] == "演示食堂评分表"


BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nsections: *c\n"
GARBAGE = {
    "empty": b"",
    "binary": bytes(range(256)) * 50,
    "zip": b"PK\x03\x04" + bytes(200),
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "huge": b"title: x\n" + b"# " + b"x" * 900_000,
    "bomb": BOMB,
    "deep": b"[" * 5000,
    "deep mapping": b"{a: " * 3000,
    "utf-16": "title: 表\nkind: canteen\n".encode("utf-16"),
    "wrong encoding": "title: 表\nkind: canteen\n".encode()[:-20] + b"\xff\xff\x81",
    "python tag": b"title: !!python/object/apply:os.system ['true']",
    "no form": b"- 1\n- 2\n",
    "text": "这不是评分表".encode(),
    "broken yaml": b"title: [1, 2\nkind: : :",
    "hidden nul": b'title: "a\\0b"\nkind: "c\\0"\n"k\\0": 1\nsections: [{title: x, items: [{text: a, points: 1}]}]',
    "only schema": b"schema: 1",
    "other schema": b"schema: 99\ntitle: x",
    "sections of numbers": b"title: x\nkind: canteen\nsections: 5",
    "too many sections": b"title: x\nkind: canteen\nsections:\n" + b"- {title: a}\n" * 101,
    "two documents": b"title: x\n---\ntitle: y\n",
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_is_refused_with_words(client_as, upload, kind):
    response = upload(client_as("bureau_admin"), GARBAGE[kind])
    page = response.get_data(as_text=True)
    assert response.status_code == 422, page[-500:]
    assert "没有导入" in page


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"[" * 5000, b'{"schema": 1, "title": "\\ud800"}', b"\xff\xfe\x00",
     b'{"title": "\\u0000", "kind": "\\u0000"}', b"1e999999", b'{"k":' + b"9" * 400 + b"}"],
)  # fmt: skip
def test_json_garbage_is_refused_with_words(client_as, upload, content):
    response = upload(client_as("bureau_admin"), content, "form.json")
    assert response.status_code == 422
    assert "没有导入" in response.get_data(as_text=True)


def test_odd_values_in_a_form_become_findings(client_as, stored, upload):
    content = """
title: 怪表
kind: 未知
total: .inf
sections:
- title: 一
  items:
  - {no: 2024-01-01, text: 2024-01-01, points: .nan, rule: 5}
  - 3
  - null
  - {text: 正常, points: 5, rule: 每处扣1分}
- 7
bands: {a: 1}
scoring: []
notes: {}
""".encode()
    client = client_as("bureau_admin")
    version_id = id_of(upload(client, content))
    codes = {one["code"] for one in stored(version_id).findings}
    assert {"kind_unknown", "field_not_points", "item_unreadable", "section_unreadable", "bands_unreadable"} <= codes
    page = client.get(f"/forms/versions/{version_id}").get_data(as_text=True)
    assert "还不能发布" in page


def test_a_person_s_word_on_the_kind_stands_for_the_file_s(client_as, stored, upload, stored_template):
    content = "title: 表\nkind: 其他\nsections: [{title: 一, items: [{text: 甲, points: 5, rule: 每处扣1分}]}]".encode()
    version = stored(id_of(upload(client_as("bureau_admin"), content, kind="dormitory")))
    assert version.form["kind"] == "dormitory"
    assert stored_template(version.template_id).kind == "dormitory"
    assert "kind_unknown" not in {one["code"] for one in version.findings}


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "请选择文件"),
        ({"example": "../models"}, "请从列出的示例中选择"),
        ({"example": "canteen_99"}, "请从列出的示例中选择"),
    ],
)
def test_nothing_chosen(client_as, fields, word):
    response = client_as("bureau_admin").post("/forms/import", data={"id": str(new_id()), **fields})
    assert response.status_code == 422
    if "example" not in fields:
        assert word in response.get_data(as_text=True)


def test_sent_twice_it_is_one_draft(client_as, stored, upload):
    client, key = client_as("bureau_admin"), str(new_id())
    content = yaml.safe_dump(to_json(sound_form())).encode()
    first = id_of(upload(client, content, id=key))
    again = id_of(upload(client, content, id=key))
    assert first == again == key
    assert len(client.get("/api/v1/forms").json["items"]) == 1
    other = yaml.safe_dump(to_json(sound_form(title="另一份"))).encode()
    assert upload(client, other, id=key).status_code == 409
    assert stored(key).form["title"] == "演示食堂评分表"


def test_a_new_version_of_the_same_form(client_as, stored, upload, published):
    client, first = client_as("canteen_officer"), published()
    template_id = stored(first).template_id
    changed = yaml.safe_dump(to_json(sound_form(title="演示食堂评分表（修订）"))).encode()
    second = stored(id_of(upload(client, changed, template_id=template_id)))
    assert (second.template_id, second.number, second.state) == (template_id, 2, "draft")
    other_kind = yaml.safe_dump(to_json(sound_form(kind="safety"))).encode()
    refused = upload(client, other_kind, template_id=template_id)
    assert refused.status_code == 422
    assert "类别" in refused.get_data(as_text=True)


def test_a_download_comes_back_as_it_was(client_as, stored, upload, draft):
    client, version_id = client_as("bureau_admin"), draft(open_form())
    for document_format in ("yaml", "json"):
        answer = client.get(f"/forms/versions/{version_id}/download/{document_format}")
        assert f"form.{document_format}" not in answer.headers["Content-Disposition"]
        again = id_of(upload(client, answer.data, f"x.{document_format}"))
        assert stored(again).form == stored(version_id).form


def test_a_title_never_breaks_the_file_name(client_as, draft):
    version_id = draft(sound_form(title='a\r\nX: y"/\\<>\x07'))
    answer = client_as("bureau_admin").get(f"/forms/versions/{version_id}/download/json")
    assert answer.status_code == 200
    assert "X" not in answer.headers
