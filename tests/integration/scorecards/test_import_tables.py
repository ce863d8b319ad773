"""Workbooks and documents come in by the page and by the API: shown as read first, a draft after somebody's word."""

import base64
import json
import re

import pytest

from kernel.database import new_id
from scorecards.upload import read_all
from tests.integration.scorecards.conftest import id_of
from tests.support.form_shapes import SHAPES
from tests.support.form_tables import as_docx, as_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def files(*names):
    pages = [SHAPES[name].drawings()[0] for name in names]
    return {"表.xlsx": as_xlsx(*pages), "表.docx": as_docx(*pages)}


def tokens(page):
    return re.findall(r'name="reading" value="([^"]+)"', page)


@pytest.mark.parametrize("file", ["表.xlsx", "表.docx"])
def test_a_table_is_shown_as_read_and_then_becomes_a_draft(client_as, stored, upload, file):
    client = client_as("bureau_admin")
    answer = upload(client, files("three levels")[file], file)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "演示区中小学校安全工作考核表" in page
    assert "B2 门卫管理：门卫登记齐全" in page
    assert "还没有保存" in page
    assert client.get("/api/v1/forms").json["items"] == []
    (token,) = tokens(page)
    version = stored(
        id_of(client.post("/forms/import", data={"id": str(new_id()), "reading": token, "kind": "safety"}))
    )
    assert (version.state, version.item_count, version.source_name) == ("draft", 5, file)
    assert version.form["kind"] == "safety"


def test_each_of_several_forms_can_be_taken(client_as, stored, upload):
    client = client_as("bureau_admin")
    page = upload(client, files("tiers and staff", "spread title")["表.xlsx"], "表.xlsx").get_data(as_text=True)
    assert "文件中有 2 张评分表" in page
    titles = set()
    for token in tokens(page):
        titles.add(
            stored(id_of(client.post("/forms/import", data={"id": str(new_id()), "reading": token}))).form["title"]
        )
    assert titles == {"食堂从业人员管理评分表", "食堂检查评分表"}


def test_what_a_person_owes_keeps_the_draft_from_being_published(client_as, stored, upload):
    client = client_as("bureau_admin")
    page = upload(client, files("no rules")["表.xlsx"], "表.xlsx").get_data(as_text=True)
    assert "待确认" in page
    (token,) = tokens(page)
    version = stored(id_of(client.post("/forms/import", data={"id": str(new_id()), "reading": token})))
    assert {"no_rule_column"} <= {one["code"] for one in version.findings}
    refused = client.post(f"/forms/versions/{version.id}/publish", data={"version": version.version})
    assert refused.status_code == 422


@pytest.mark.parametrize("change", [lambda token: token[:-4] + "aaaa", lambda token: "x", lambda token: "." * 5000])
def test_a_reading_that_was_tampered_with_is_refused(client_as, upload, change):
    client = client_as("bureau_admin")
    (token,) = tokens(upload(client, files("no rules")["表.xlsx"], "表.xlsx").get_data(as_text=True))
    answer = client.post("/forms/import", data={"id": str(new_id()), "reading": change(token)})
    assert answer.status_code == 422
    assert "已过期" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "另存为 .xlsx"),
        ("表.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "另存为 .docx"),
        ("表.xlsx", b"PK\x03\x04garbage", "已损坏"),
        ("表.docx", b"", "空的"),
        ("表.pdf", b"%PDF-1.4", "不接受 PDF"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_words(client_as, upload, name, data, words):
    answer = upload(client_as("bureau_admin"), data, name)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "没有导入" in page
    assert words in page


def test_a_new_version_keeps_the_form_s_kind(client_as, stored, upload, published):
    client, first = client_as("canteen_officer"), published()
    template_id = stored(first).template_id
    page = upload(client, files("deducts only")["表.docx"], "表.docx", template_id=template_id).get_data(as_text=True)
    (token,) = tokens(page)
    answer = client.post(f"/forms/{template_id}/import", data={"id": str(new_id()), "reading": token})
    assert (stored(id_of(answer)).number, stored(id_of(answer)).form["kind"]) == (2, "canteen")


def test_the_template_reads_back_without_a_doubt(client_as):
    answer = client_as("bureau_admin").get("/forms/import/template")
    assert answer.status_code == 200
    assert answer.mimetype == XLSX
    (imported,) = read_all("模板.xlsx", answer.data)
    assert imported.form is not None
    assert {found.severity for found in imported.findings} <= {"info"}
    assert [section.points for section in imported.form.sections] == [10, 10]


def send(client, name, data, **more):
    body = {"id": str(new_id()), "source_name": name, "content": base64.b64encode(data).decode(), **more}
    return client.post("/api/v1/forms", json=body)


def test_the_api_takes_the_same_files(client_as):
    client = client_as("bureau_admin")
    answer = send(client, "表.docx", files("three levels")["表.docx"])
    assert answer.status_code == 201, answer.get_data(as_text=True)
    assert (answer.json["item_count"], answer.json["source_name"]) == (5, "表.docx")
    text = json.dumps(answer.json["document"], ensure_ascii=False)
    assert "门卫登记齐全" in text


def test_the_api_asks_which_table(client_as):
    client = client_as("bureau_admin")
    data = files("tiers and staff", "spread title")["表.xlsx"]
    asked = send(client, "表.xlsx", data)
    assert asked.status_code == 422
    assert "食堂检查评分表" in json.dumps(asked.json, ensure_ascii=False)
    assert send(client, "表.xlsx", data, table="没有").status_code == 422
    assert send(client, "表.xlsx", data, table="食堂检查评分表").json["item_count"] == 2


@pytest.mark.parametrize("content", ["%%%", "UEsDBAAA", "AAAA"])
def test_the_api_refuses_what_is_no_form(client_as, content):
    body = {"id": str(new_id()), "source_name": "a.xlsx", "content": content}
    assert client_as("bureau_admin").post("/api/v1/forms", json=body).status_code == 422
    assert client_as("bureau_admin").post("/api/v1/forms", json={"id": str(new_id())}).status_code == 422
