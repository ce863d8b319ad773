"""The builder's pages: a form from nothing, and a draft put into shape."""

import re

import pytest

from kernel.database import new_id
from scorecards.form_json import from_json
from tests.integration.scorecards.conftest import id_of, sound_form


def sections(version):
    return [(one["code"], [item["code"] for item in one.get("items", ())]) for one in version.form["sections"]]


def press(client, version_id, path, seen=1, **values):
    return client.post(f"/forms/versions/{version_id}/{path}", data={"version": seen, **values})


ITEM = {"no": "4", "text": "餐具消毒", "points": "2", "shape": "all_or_nothing"}


def test_a_blank_form_grows_into_one_that_can_be_published(client_as, stored):
    client = client_as("canteen_officer")
    values = {"id": str(new_id()), "title": "演示新表", "kind": "canteen"}
    version_id = id_of(client.post("/forms/new", data=values))
    assert id_of(client.post("/forms/new", data=values)) == version_id  # sent twice
    assert sections(stored(version_id)) == [("s1", [])]
    page = client.get(f"/forms/versions/{version_id}").get_data(as_text=True)
    assert f"/forms/versions/{version_id}/sections/s1/new-item" in page
    assert (
        client.get(f"/forms/versions/{version_id}/simulation").status_code == 200
    )  # says that there is nothing to try
    path = f"/forms/versions/{version_id}/sections/s1/new-item"
    assert 'value="1"' in client.get(path).get_data(as_text=True)
    assert id_of(client.post(path, data={**ITEM, "no": "1", "version": 1}))
    assert sections(stored(version_id)) == [("s1", ["1"])]
    settings = {
        "title": "演示新表", "kind": "canteen", "total": "2", "mode": "sum", "na_policy": "refuse", "places": "1",
        "bands-0-label": "合格", "bands-0-minimum": "1", "bands-1-label": "不合格", "bands-1-minimum": "0",
    }  # fmt: skip
    assert press(client, version_id, "settings", 2, **settings).status_code == 302
    assert press(client, version_id, "publish", 3).status_code == 302
    assert stored(version_id).state == "published"


def test_items_are_added_copied_removed_and_moved(client_as, draft, stored):
    version_id = draft()
    client = client_as("bureau_admin")
    assert press(client, version_id, "sections/1/new-item?after=1", 1, **ITEM).status_code == 302
    assert sections(stored(version_id)) == [("1", ["1", "4", "2", "3"])]
    assert press(client, version_id, "items/4/copy", 2).status_code == 302
    copied = sections(stored(version_id))[0][1][2]
    assert copied not in ("1", "2", "3", "4")
    assert press(client, version_id, f"items/{copied}/remove", 3).status_code == 302
    assert press(client, version_id, "items/4/move", 4, step="down").status_code == 302
    assert sections(stored(version_id)) == [("1", ["1", "2", "4", "3"])]
    assert press(client, version_id, "items/3/move", 5, section="1", position="0").status_code == 302
    assert sections(stored(version_id)) == [("1", ["3", "1", "2", "4"])]
    assert press(client, version_id, "renumber", 6).status_code == 302
    assert [item["no"] for item in stored(version_id).form["sections"][0]["items"]] == ["1", "2", "3", "4"]
    assert sections(stored(version_id)) == [("1", ["3", "1", "2", "4"])]


def test_sections_are_added_copied_removed_and_moved(client_as, draft, stored):
    version_id = draft()
    client = client_as("bureau_admin")
    assert press(client, version_id, "new-section", 1, title="餐厅").status_code == 302
    assert press(client, version_id, "sections/1/copy", 2).status_code == 302
    codes = [code for code, _items in sections(stored(version_id))]
    assert len(set(codes)) == 3
    assert [len(items) for _code, items in sections(stored(version_id))] == [3, 3, 0]
    assert press(client, version_id, f"sections/{codes[2]}/move", 3, step="up").status_code == 302
    assert press(client, version_id, f"sections/{codes[1]}/remove", 4).status_code == 302
    assert [code for code, _items in sections(stored(version_id))] == [codes[0], codes[2]]
    assert press(client, version_id, "items/1/move", 5, section=codes[2], position="9").status_code == 302
    assert sections(stored(version_id))[1] == (codes[2], ["1"])


def test_the_last_section_stays(client_as, draft, stored):
    version_id = draft()
    answer = press(client_as("bureau_admin"), version_id, "sections/1/remove")
    assert answer.status_code == 422
    assert "至少要保留一个部分" in answer.get_data(as_text=True)
    assert stored(version_id).version == 1


@pytest.mark.parametrize("path", ["items/1/copy", "items/1/remove", "items/1/move", "sections/1/copy", "renumber"])
def test_a_button_of_a_stale_page_changes_nothing(client_as, draft, stored, path):
    version_id = draft()
    client = client_as("bureau_admin")
    assert press(client, version_id, "items/2/move", 1, step="up").status_code == 302
    before = stored(version_id).form
    answer = press(client, version_id, path, 1, step="up")
    assert answer.status_code == 409
    assert "已被他人修改" in answer.get_data(as_text=True)
    assert stored(version_id).form == before


@pytest.mark.parametrize("path", ["items/1/copy", "items/1/remove", "sections/1/move", "new-section", "renumber"])
def test_nothing_of_a_published_version_is_arranged(client_as, published, stored, path):
    version_id = published()
    before = stored(version_id)
    answer = press(client_as("bureau_admin"), version_id, path, before.version, step="down", title="x")
    assert answer.status_code == 422
    assert stored(version_id).form == before.form


def test_a_code_that_an_older_version_used_is_not_given_again(client_as, published, stored):
    """Past answers and phrases would be taken for answers to another question."""
    first = published()
    client = client_as("bureau_admin")
    copy = id_of(client.post(f"/forms/versions/{first}/copy", data={"id": str(new_id())}))
    assert press(client, copy, "items/3/remove", 1).status_code == 302
    assert press(client, copy, "sections/1/new-item", 2, **{**ITEM, "no": "3"}).status_code == 302
    last = stored(copy).form["sections"][0]["items"][-1]
    assert (last["no"], last["code"]) == ("3", "n1")


def test_an_editor_refused_in_the_panel_is_shown_in_the_panel(client_as, draft):
    version_id = draft()
    client = client_as("bureau_admin")
    plain = press(client, version_id, "items/1", 1, **{**ITEM, "text": ""})
    assert (plain.status_code, "HX-Retarget" in plain.headers) == (422, False)
    answer = client.post(
        f"/forms/versions/{version_id}/items/1", data={**ITEM, "text": "", "version": 1}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422
    assert answer.headers["HX-Retarget"] == "#builder-panel"
    assert 'id="editor"' in answer.get_data(as_text=True)


RULES = [
    (
        {"shape": "tiers", "counts": "defects", "unit_label": "项", "tiers-0-start": "0", "tiers-0-points": "5", "tiers-1-start": "2",
         "tiers-1-points": "0", "tiers-2-start": ""},
        {"shape": "tiers", "tiers": [{"from": 0, "points": "5"}, {"from": 2, "points": "0"}]},
    ),
    (
        {"shape": "required_count", "unit_points": "2", "scale_parameter": "pupils", "scale_per": "500", "scale_minimum": "2"},
        {"shape": "required_count", "required": {"parameter": "pupils", "per": "500", "minimum": 2}, "unit_points": "2"},
    ),
    (
        {"shape": "count_deduction", "cost_parameter": "pupils", "costs-0-start": "0", "costs-0-value": "2", "costs-1-start": "900",
         "costs-1-value": "1", "free": "1", "unit_label": "间"},
        {"shape": "count_deduction", "unit_points": "2", "unit_label": "间", "free": 1, "unit_points_by": {
            "parameter": "pupils", "rows": [{"from": "0", "value": "2"}, {"from": "900", "value": "1"}]}},
    ),
    (
        {"shape": "count_deduction", "unit_points": "1", "scale_parameter": "pupils", "scale_rows-0-start": "0", "scale_rows-0-value": "1"},
        {"shape": "count_deduction", "unit_points": "1", "free_by": {"parameter": "pupils", "rows": [{"from": "0", "value": "1"}]}},
    ),
]  # fmt: skip


def with_pupils():
    from scorecards.form import Parameter

    return sound_form(parameters=(Parameter("pupils", "学生数"),))


@pytest.mark.parametrize(("values", "rule"), RULES)
def test_rules_that_depend_on_counts_and_parameters(client_as, draft, stored, values, rule):
    version_id = draft(with_pupils())
    client = client_as("canteen_officer")
    answer = press(client, version_id, "items/1", 1, **{**ITEM, "points": "5", **values})
    assert answer.status_code == 302, re.findall(r"invalid-feedback[^<]*<div>([^<]*)", answer.get_data(as_text=True))
    saved = stored(version_id).form["sections"][0]["items"][0]["rule"]
    assert saved == rule
    page = client.get(f"/forms/versions/{version_id}/items/1")
    assert page.status_code == 200
    assert client.get(f"/forms/versions/{version_id}/preview").status_code == 200
    again = re.findall(r'name="((?:tiers|costs|scale_rows)-\d+-\w+)"[^>]*value="([^"]+)"', page.get_data(as_text=True))
    assert dict(again) == {
        name: value for name, value in values.items() if re.match(r"(tiers|costs|scale_rows)-", name) and value
    }


@pytest.mark.parametrize(("values", "field"), [
    ({"shape": "tiers"}, "field-tiers"), ({"shape": "required_count", "unit_points": "1"}, "field-scale_parameter"),
    ({"shape": "count_deduction", "cost_parameter": "pupils"}, "field-costs"),
    ({"shape": "tiers", "tiers-0-start": "1", "tiers-0-points": "5", "counts": "defects"}, "field-tiers"),
    ({"shape": "required_count", "unit_points": "1", "scale_parameter": "nobody", "scale_per": "5"}, "nobody"),
])  # fmt: skip
def test_a_rule_that_lacks_something_says_where(client_as, draft, stored, values, field):
    version_id = draft(with_pupils())
    answer = press(client_as("canteen_officer"), version_id, "items/1", 1, **{**ITEM, **values})
    assert answer.status_code == 422
    assert field in answer.get_data(as_text=True)
    assert stored(version_id).version == 1


def test_settings_hold_parameters_limits_verdicts_and_repeats(client_as, draft, stored):
    version_id = draft()
    client = client_as("canteen_officer")
    assert press(client, version_id, "items/1", 1, **{**ITEM, "no": "1", "key": "1", "points": "5"}).status_code == 302
    values = {
        "title": "演示食堂评分表", "kind": "canteen", "total": "10", "mode": "sum", "na_policy": "refuse", "places": "1",
        "bands-0-label": "合格", "bands-0-minimum": "6", "bands-1-label": "不合格", "bands-1-minimum": "0",
        "parameters-0-name": "pupils", "parameters-0-label": "学生数", "parameters-0-unit": "人", "parameters-0-source": "asked",
        "parameters-1-source": "profile", "limits-0-at_least": "1", "limits-0-effect": "band_cap", "limits-0-label": "不合格",
        "verdicts-0-label": "通过", "verdicts-0-metric": "score", "verdicts-0-operator": ">=", "verdicts-0-value": "6",
        "verdicts-1-label": "不通过", "verdicts-1-metric": "score", "verdicts-1-operator": "<", "verdicts-1-value": "6",
        "verdicts-2-label": "不通过", "verdicts-2-way": "2", "verdicts-2-metric": "vetoes", "verdicts-2-operator": ">=",
        "verdicts-2-value": "1", "repeat_label": "窗口", "repeat_aggregate": "minimum", "repeat_minimum": "2", "notes": "一\n\n二",
    }  # fmt: skip
    answer = press(client, version_id, "settings", 2, **values)
    assert answer.status_code == 302, answer.get_data(as_text=True)[-3000:]
    document = stored(version_id).form
    assert document["parameters"] == [{"name": "pupils", "label": "学生数", "unit": "人", "source": "asked"}]
    assert document["limits"] == [{"at_least": 1, "effect": "band_cap", "label": "不合格"}]
    assert document["verdicts"]["rules"] == [
        {"label": "通过", "any": [[{"metric": "score", "op": ">=", "value": "6"}]]},
        {"label": "不通过", "any": [[{"metric": "score", "op": "<", "value": "6"}], [{"metric": "vetoes", "op": ">=", "value": "1"}]]},
    ]  # fmt: skip
    assert document["repeat"] == {"unit_label": "窗口", "aggregate": "minimum", "minimum_units": 2}
    assert document["notes"] == ["一", "二"]
    # What the page shows is what it takes: saved again as shown, nothing changes.
    page = client.get(f"/forms/versions/{version_id}/settings").get_data(as_text=True)
    for name in ("parameters-0-name", "limits-0-at_least", "verdicts-2-value", "repeat_label"):
        assert f'name="{name}"' in page
    assert "窗口" in client.get(f"/forms/versions/{version_id}").get_data(as_text=True)


def test_a_section_takes_its_cap_repeat_and_absence(client_as, draft, stored):
    version_id = draft()
    client = client_as("canteen_officer")
    values = {
        "title": "后厨", "points": "10", "cap": "8", "repeat_label": "操作间", "repeat_aggregate": "mean", "repeat_minimum": "1",
        "na_percent": "80", "na_of": "rest",
    }  # fmt: skip
    assert press(client, version_id, "sections/1", 1, **values).status_code == 302
    section = stored(version_id).form["sections"][0]
    assert section["repeat"] == {"unit_label": "操作间"}
    assert (section["cap"], section["na_share"]) == ("8", {"percent": "80", "of": "rest"})
    assert "操作间" in client.get(f"/forms/versions/{version_id}/sections/1").get_data(as_text=True)
    assert press(client, version_id, "sections/1", 2, title="后厨", points="10").status_code == 302
    assert "repeat" not in stored(version_id).form["sections"][0]


def test_what_is_saved_is_always_a_form(client_as, draft, stored):
    version_id = draft()
    client = client_as("bureau_admin")
    for seen, path in enumerate(["items/1/copy", "sections/1/copy", "items/1/remove", "renumber"], start=1):
        assert press(client, version_id, path, seen).status_code == 302
        assert from_json(stored(version_id).form)
