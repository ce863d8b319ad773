"""A draft is mended piece by piece; each edit is checked again, none writes over another's."""

import pytest

from scorecards import examples
from scorecards.item_values import values_of
from tests.integration.scorecards.conftest import id_of, open_form, sound_form

ITEM = {"no": "1", "text": "后厨地面干净", "points": "5", "shape": "all_or_nothing", "rule_text": "不符合扣5分"}


def items(version):
    return {item["code"]: item for section in version.form["sections"] for item in section["items"]}


def codes(version):
    return {(one["code"], one["where"]) for one in version.findings}


def save(client, version_id, code="1", seen=1, **values):
    return client.post(f"/forms/versions/{version_id}/items/{code}", data={**ITEM, "version": seen, **values})


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"shape": "all_or_nothing"}, {"shape": "all_or_nothing"}),
        ({"shape": "judged", "step": "0.25"}, {"shape": "judged", "step": "0.25"}),
        ({"shape": "judged", "step": ""}, {"shape": "judged"}),
        (
            {"shape": "count_deduction", "unit_points": "0.5", "unit_label": "间", "cap": "3", "zero_at": "6", "unresolved_factor": "2"},
            {"shape": "count_deduction", "unit_points": "0.5", "unit_label": "间", "cap": "3", "zero_at": 6, "unresolved_factor": "2"},
        ),
        (
            {"shape": "listed_deductions", "cap": "4", "entries-0-label": "甲", "entries-0-points": "2", "entries-0-repeatable": "1",
             "entries-1-label": "乙", "entries-1-points": "3", "entries-1-code": "b", "entries-2-label": "", "entries-2-points": ""},
            {"shape": "listed_deductions", "cap": "4", "entries": [
                {"code": "1", "label": "甲", "points": "2", "repeatable": True}, {"code": "b", "label": "乙", "points": "3"}]},
        ),
        (
            {"shape": "levels", "entries-0-label": "好", "entries-0-points": "5", "entries-1-label": "差", "entries-1-points": "0"},
            {"shape": "levels", "entries": [{"code": "1", "label": "好", "points": "5"}, {"code": "2", "label": "差", "points": "0"}]},
        ),
        # Fields of another shape that a page may still send are not taken over.
        ({"shape": "yes_no", "points": "", "cap": "3", "step": "1"}, {"shape": "yes_no"}),
    ],
)  # fmt: skip
def test_an_item_takes_any_rule(client_as, draft, stored, values, rule):
    version_id = draft()
    answer = save(client_as("canteen_officer"), version_id, **values)
    assert answer.status_code == 302
    assert answer.location.endswith("#item-1")
    assert items(stored(version_id))["1"]["rule"] == rule


def test_everything_of_an_item_can_be_changed(client_as, draft, stored):
    version_id = draft()
    values = {
        "no": "1.1", "text": "地面无积水", "points": "4.5", "method": "现场查看", "key": "1", "na_allowed": "1",
        "tags": ["canteen", "boarding"], "note": "附注", "veto_effect": "verdict", "veto_label": "不合格",
        "veto_condition": "弄虚作假", "veto_on_loss": "1",
    }  # fmt: skip
    assert save(client_as("bureau_admin"), version_id, **values).status_code == 302
    item = items(stored(version_id))["1"]
    assert item == {
        "code": "1", "no": "1.1", "text": "地面无积水", "points": "4.5", "method": "现场查看", "key": True,
        "na_allowed": True, "tags": ["canteen", "boarding"], "note": "附注", "rule": {"shape": "all_or_nothing"},
        "rule_text": "不符合扣5分",
        "veto": {"effect": "verdict", "label": "不合格", "condition": "弄虚作假", "on_loss": True},
    }  # fmt: skip
    cleared = {"veto_effect": "none", "veto_label": "不合格", "veto_condition": "x"}
    assert save(client_as("bureau_admin"), version_id, seen=2, **cleared).status_code == 302
    assert "veto" not in items(stored(version_id))["1"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"text": ""}, "请填写此项"),
        ({"points": "abc"}, "请填写数字"),
        ({"points": "1.23456"}, "小数位数过多"),
        ({"points": "NaN"}, "请填写数字"),
        ({"shape": "magic"}, "请从列出的选项中选择"),
        ({"shape": "count_deduction"}, "请填写每处扣多少分"),
        ({"shape": "levels"}, "请至少填写一行"),
        ({"shape": "additive", "entries-0-label": "甲"}, "请填写此项"),
        ({"shape": "additive", "entries-0-label": "甲", "entries-0-points": "1", "entries-0-code": "a b"}, "没有保存"),
        ({"shape": "listed_deductions", "entries-0-label": "甲", "entries-0-points": "1", "entries-0-code": "1",
          "entries-1-label": "乙", "entries-1-points": "1", "entries-1-code": "1"}, "重复"),
        ({"shape": "veto_only", "points": ""}, "否决项没有规定后果"),
        ({"veto_effect": "band_cap", "veto_label": "卓越"}, "没有“卓越”这一等级"),
        ({"veto_effect": "verdict"}, "不能为空"),
        ({"tags": "a b"}, "没有保存"),
        ({"version": "x"}, "没有保存"),
    ],
)  # fmt: skip
def test_a_faulty_item_is_refused_at_its_field(client_as, draft, stored, values, message):
    version_id = draft()
    answer = save(client_as("bureau_admin"), version_id, **values)
    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)
    assert stored(version_id).version == 1


def test_each_edit_is_examined_again(client_as, draft, stored):
    version_id = draft()
    client = client_as("bureau_admin")
    save(client, version_id, points="4")
    assert ("section_sum", "section:1") in codes(stored(version_id))
    page = client.get(f"/forms/versions/{version_id}").get_data(as_text=True)
    assert "条目分值合计 9 分，表上印 10 分" in page
    save(client, version_id, seen=2, points="5")
    assert stored(version_id).findings == []


def test_a_stale_edit_shows_both_and_overwrites_nothing(client_as, draft, stored):
    version_id = draft()
    save(client_as("canteen_officer"), version_id, text="先改的内容")
    client = client_as("safety_officer")
    answer = save(client, version_id, text="后改的内容")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "先改的内容" in page
    assert "后改的内容" in page
    assert items(stored(version_id))["1"]["text"] == "先改的内容"
    assert 'name="version" value="2"' in page
    assert save(client, version_id, seen=2, text="后改的内容").status_code == 302
    assert items(stored(version_id))["1"]["text"] == "后改的内容"


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("items/1/confirm", {}),
        ("settings", {"title": "x", "kind": "canteen", "mode": "sum", "na_policy": "refuse", "places": "1"}),
        ("sections/1", {"title": "x"}),
        ("publish", {}),
        ("settle", {"code": "x", "where": "form"}),
    ],
)
def test_every_change_of_a_draft_knows_what_it_saw(client_as, draft, stored, path, values):
    version_id = draft(open_form())
    client = client_as("bureau_admin")
    assert save(client, version_id).status_code == 302
    answer = client.post(f"/forms/versions/{version_id}/{path}", data={**values, "version": 1})
    if path != "items/1/confirm":  # saving the item has confirmed it: nothing is left to do
        assert answer.status_code == 409
        assert "已被他人修改" in answer.get_data(as_text=True)
    assert stored(version_id).version == 2


def test_a_proposed_rule_is_confirmed(client_as, draft, stored):
    version_id = draft(open_form())
    client = client_as("bureau_admin")
    page = client.get(f"/forms/versions/{version_id}").get_data(as_text=True)
    assert "待确认" in page
    assert "不符合的扣分" in page
    assert f"/forms/versions/{version_id}/items/1/confirm" in page
    assert f"/forms/versions/{version_id}/items/2/confirm" not in page
    confirm = f"/forms/versions/{version_id}/items/1/confirm"
    assert client.post(confirm, data={"version": 1}).status_code == 302
    assert "review" not in items(stored(version_id))["1"]
    assert client.post(confirm, data={"version": 1}).status_code == 302  # a second click
    assert stored(version_id).version == 2


def test_what_nobody_could_read_cannot_just_be_confirmed(client_as, draft, stored):
    version_id = draft(open_form())
    client = client_as("bureau_admin")
    answer = client.post(f"/forms/versions/{version_id}/items/2/confirm", data={"version": 1})
    assert answer.status_code == 422
    assert "没有读懂" in answer.get_data(as_text=True)
    save(client, version_id, "2", text="垃圾桶加盖", points="3", shape="count_deduction", unit_points="1")
    assert "review" not in items(stored(version_id))["2"]


def test_settings_bands_and_sections(client_as, draft, stored, stored_template):
    version_id = draft()
    client = client_as("bureau_admin")
    values = {
        "version": 1, "title": "演示新名称", "kind": "logistics", "total": "10", "mode": "deduct",
        "na_policy": "renormalise", "places": "2", "source": "某文件", "bands-0-label": "优秀",
        "bands-0-minimum": "9", "bands-0-maximum": "10", "bands-1-label": "其他", "bands-1-minimum": "0",
        "bands-2-label": "", "bands-2-minimum": "", "bands-2-maximum": "",
    }  # fmt: skip
    assert client.post(f"/forms/versions/{version_id}/settings", data=values).status_code == 302
    version = stored(version_id)
    document = version.form
    assert (document["title"], document["kind"], document["mode"]) == ("演示新名称", "logistics", "deduct")
    assert (document["na_policy"], document["places"], document["source"]) == ("renormalise", 2, "某文件")
    assert document["bands"] == [{"label": "优秀", "min": "9", "max": "10"}, {"label": "其他", "min": "0"}]
    template = stored_template(version.template_id)
    assert (template.title, template.kind) == ("演示新名称", "logistics")
    section = {"version": 2, "title": "厨房", "points": "10", "note": "含备餐间"}
    assert client.post(f"/forms/versions/{version_id}/sections/1", data=section).status_code == 302
    changed = stored(version_id).form["sections"][0]
    assert (changed["title"], changed["note"], len(changed["items"])) == ("厨房", "含备餐间", 3)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"title": ""}, "请填写此项"),
        ({"bands-0-label": "甲", "bands-0-minimum": "5", "bands-1-label": "甲", "bands-1-minimum": "0"}, "重复"),
        ({"bands-0-label": "甲"}, "请填写此项"),
        ({"mode": "deduct", "total": ""}, "不能为空"),
        ({"places": "9"}, "应在 0 到 3 之间"),
        ({"kind": "zoo"}, "请从列出的选项中选择"),
    ],
)
def test_faulty_settings_are_refused(client_as, draft, stored, values, message):
    version_id = draft()
    sent = {
        "version": 1,
        "title": "x",
        "kind": "canteen",
        "total": "10",
        "mode": "sum",
        "na_policy": "refuse",
        "places": "1",
    }
    answer = client_as("bureau_admin").post(f"/forms/versions/{version_id}/settings", data={**sent, **values})
    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)
    assert stored(version_id).version == 1


def test_the_kind_stands_once_there_are_versions(client_as, published, stored):
    first = published()
    client = client_as("bureau_admin")
    second = id_of(client.post(f"/forms/versions/{first}/copy", data={"id": "0190a000-0000-7000-8000-000000000002"}))
    sent = {
        "version": 1,
        "title": "x",
        "kind": "safety",
        "total": "10",
        "mode": "sum",
        "na_policy": "refuse",
        "places": "1",
    }
    answer = client.post(f"/forms/versions/{second}/settings", data=sent)
    assert answer.status_code == 422
    assert "类别不能再改" in answer.get_data(as_text=True)
    # Nor does a draft's new name change what the published form is called.
    assert client.post(f"/forms/versions/{second}/settings", data={**sent, "kind": "canteen"}).status_code == 302
    assert "演示食堂评分表" in client.get(f"/forms/{stored(first).template_id}").get_data(as_text=True)


@pytest.mark.parametrize("code", ["99", "a b", "..", "1%2F2"])
def test_a_part_that_is_not_there(client_as, draft, code):
    version_id = draft()
    client = client_as("bureau_admin")
    for part in ("items", "sections"):
        assert client.get(f"/forms/versions/{version_id}/{part}/{code}").status_code == 404
        assert client.post(f"/forms/versions/{version_id}/{part}/{code}", data={"version": 1}).status_code == 404


def test_what_the_import_said_stays_until_somebody_has_settled_it(client_as, stored, upload):
    content = """
title: 演示表
kind: canteen
n_items: 9
total: 5
completeness: 缺第二页
bands: [{label: 合格, min: 3}, {label: 不合格, min: 0}]
sections: [{title: 一, items: [{no: 1, text: 甲, points: 5, rule: 每处扣1分}]}]
""".encode()
    client = client_as("bureau_admin")
    version_id = id_of(upload(client, content))
    assert {("item_count", "form"), ("source_incomplete", "form")} <= codes(stored(version_id))
    refused = client.post(f"/forms/versions/{version_id}/publish", data={"version": 1})
    assert refused.status_code == 422
    assert "来源称有 9 条，实有 1 条" in refused.get_data(as_text=True)
    save(client, version_id, shape="count_deduction", unit_points="1")  # another place: the remark stays
    assert ("item_count", "form") in codes(stored(version_id))
    settle = {"version": 2, "code": "item_count", "where": "form"}
    assert client.post(f"/forms/versions/{version_id}/settle", data=settle).status_code == 302
    assert ("item_count", "form") not in codes(stored(version_id))
    assert ("source_incomplete", "form") in codes(stored(version_id))
    assert client.post(f"/forms/versions/{version_id}/settle", data={**settle, "version": 3}).status_code == 404
    assert client.post(f"/forms/versions/{version_id}/publish", data={"version": 3}).status_code == 302


def test_what_the_doctor_says_cannot_be_waved_away(client_as, draft, stored):
    version_id = draft(open_form())
    settle = {"version": 1, "code": "total_sum", "where": "form"}
    assert client_as("bureau_admin").post(f"/forms/versions/{version_id}/settle", data=settle).status_code == 404
    assert ("total_sum", "form") in codes(stored(version_id))


def test_the_fields_of_another_rule_come_without_leaving_the_page(client_as, draft):
    version_id = draft()
    client = client_as("bureau_admin")
    wanted = {"judged": "step", "count_deduction": "unit_points", "levels": "entries-0-label", "yes_no": "rule-fields"}
    for shape, field in wanted.items():
        page = client.get(f"/forms/versions/{version_id}/rule-fields?item=1&shape={shape}").get_data(as_text=True)
        assert f'"{field}"' in page
        assert "<html" not in page
    assert client.get(f"/forms/versions/{version_id}/rule-fields?item=1&shape=nonsense").status_code == 200


def as_typed(values):
    """An item's values as its page sends them."""
    typed = {}
    for name, value in values.items():
        if name == "entries":
            for number, row in enumerate(value):
                typed |= {f"entries-{number}-{key}": inner for key, inner in row.items()}
        else:
            typed[name] = value
    return typed


@pytest.mark.parametrize("name", examples.names())
def test_every_item_of_every_example_saves_as_it_is(client_as, draft, stored, name):
    """What an item's page shows is what it sends: saving it unchanged changes nothing."""
    version_id = draft(examples.load(name))
    before = stored(version_id).form
    client = client_as("bureau_admin")
    for code, item in items(stored(version_id)).items():
        assert client.get(f"/forms/versions/{version_id}/items/{code}").status_code == 200
        sent = {"version": 1, **as_typed(values_of(item))}
        assert client.post(f"/forms/versions/{version_id}/items/{code}", data=sent).status_code == 302
    assert stored(version_id).form == before
    assert stored(version_id).version == 1


def test_a_draft_s_form_keeps_the_rest_of_the_sheet(client_as, draft, stored):
    version_id = draft(sound_form())
    before = stored(version_id).form
    save(client_as("bureau_admin"), version_id, text="只改这一条")
    after = stored(version_id).form
    assert items(stored(version_id))["1"]["text"] == "只改这一条"
    after["sections"][0]["items"][0] = before["sections"][0]["items"][0]
    assert after == before
