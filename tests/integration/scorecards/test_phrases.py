"""The phrases of a form's items: kept, ordered, retired, and handed to who fills the form in."""

import re
from io import BytesIO

import pytest

from kernel.actor import system_actor
from kernel.database import new_id
from kernel.database.scope import Scope, use_scope
from kernel.errors import Conflict, Invalid, NotFound
from scorecards.service import phrases, phrases_of
from scorecards.service.phrases import PhraseValues


@pytest.fixture
def kept(session, world, draft, stored):
    """`kept(code, text, …)`: a phrase of bureau a's form; gives (actor, template_id, phrase)."""
    template_id = stored(draft()).template_id
    actor = system_actor(world.bureaus["a"])

    def make(code, text, suggestion="", basis="", phrase_id=None, seen=None):
        use_scope(session(), Scope("houqin_bureau", world.bureaus["a"]))
        values = PhraseValues(code, text, basis, suggestion)
        return phrases.save_phrase(actor, template_id, phrase_id or new_id(), values, seen)

    make.actor, make.template_id = actor, template_id
    return make


def test_each_rule_takes_its_own_suggestion(kept):
    first = kept("1", "地面有积水", "不符合", "《餐饮服务食品安全操作规范》5.2")
    kept("2", "垃圾桶没有盖", "2")
    kept("3", "留样量不足", "1")
    kept("3", "没有标签")
    found = phrases_of(kept.actor, kept.template_id)
    assert found["1"] == [
        {
            "id": str(first.id), "text": "地面有积水", "basis": "《餐饮服务食品安全操作规范》5.2",
            "answer": {"met": False},
        }
    ]  # fmt: skip
    assert found["2"][0]["answer"] == {"count": 2}
    assert [one["answer"] for one in found["3"]] == [{"checked": {"1": 1}}, None]


@pytest.mark.parametrize(("code", "suggestion"), [("1", "3"), ("2", "不符合"), ("2", "-1"), ("3", "没有的情形")])
def test_a_suggestion_that_the_rule_does_not_take_is_refused(kept, code, suggestion):
    with pytest.raises(Invalid) as refused:
        kept(code, "一句话", suggestion)
    assert "suggestion" in refused.value.fields


def test_an_unknown_item_is_refused(kept):
    with pytest.raises(Invalid) as refused:
        kept("99", "一句话")
    assert "item_code" in refused.value.fields


def test_the_same_text_twice_at_an_item_is_refused_and_at_another_item_not(kept, session):
    kept("1", "地面有积水")
    kept("2", "地面有积水")
    with pytest.raises(Invalid):
        kept("1", "地面有积水")


def test_sent_twice_it_is_one_phrase_and_with_other_words_a_conflict(kept):
    phrase_id = new_id()
    kept("1", "甲", phrase_id=phrase_id)
    assert kept("1", "甲", phrase_id=phrase_id).id == phrase_id
    assert len(phrases_of(kept.actor, kept.template_id)["1"]) == 1
    with pytest.raises(Conflict):
        kept("1", "乙", phrase_id=phrase_id)


def test_an_edit_needs_the_version_seen(kept):
    phrase = kept("1", "甲")
    kept("1", "乙", phrase_id=phrase.id, seen=1)
    with pytest.raises(Conflict):
        kept("1", "丙", phrase_id=phrase.id, seen=1)
    assert phrases_of(kept.actor, kept.template_id)["1"][0]["text"] == "乙"
    with pytest.raises(NotFound):
        kept("1", "丁", phrase_id=new_id(), seen=1)


def test_a_retired_phrase_is_kept_but_not_offered(kept):
    phrase = kept("1", "甲")
    phrases.retire_phrase(kept.actor, kept.template_id, phrase.id, 1)
    assert phrases_of(kept.actor, kept.template_id) == {}
    assert [one.state for one in phrases.list_phrases(kept.actor, kept.template_id)] == ["retired"]
    phrases.retire_phrase(kept.actor, kept.template_id, phrase.id, 2, retired=False)
    assert "1" in phrases_of(kept.actor, kept.template_id)


def test_phrases_stand_in_the_order_they_are_put(kept):
    made = [kept("1", text) for text in ("甲", "乙", "丙")]
    phrases.move_phrase(kept.actor, kept.template_id, made[2].id, up=True)
    phrases.move_phrase(kept.actor, kept.template_id, made[0].id, up=True)  # is first already
    assert [one["text"] for one in phrases_of(kept.actor, kept.template_id)["1"]] == ["甲", "丙", "乙"]


def test_another_bureau_neither_sees_nor_changes_them(kept, session, world):
    phrase = kept("1", "甲")
    session.commit()
    use_scope(session(), Scope("houqin_bureau", world.bureaus["b"]))
    other = system_actor(world.bureaus["b"])
    assert phrases_of(other, kept.template_id) == {}
    with pytest.raises(NotFound):
        phrases.get_phrase(other, kept.template_id, phrase.id)


# --- pages ------------------------------------------------------------------------------------------------------


def save(client, template_id, **values):
    return client.post(
        f"/forms/{template_id}/phrases",
        data={"id": str(new_id()), "item_code": "2", "text": "没有盖子", "suggestion": "1", **values},
    )


def test_a_phrase_is_added_changed_moved_and_retired_on_its_page(client_as, draft, stored):
    template_id = stored(draft()).template_id
    client = client_as("canteen_officer")
    page = f"/forms/{template_id}/phrases"
    assert "每处" not in client.get(f"{page}/new?item=2").get_data(as_text=True)
    assert save(client, template_id).status_code == 302
    assert save(client, template_id, text="桶外有污渍", suggestion="", basis="《标准》第 5 条").status_code == 302
    refused = save(client, template_id, text="第三句", suggestion="不符合")
    assert refused.status_code == 422
    assert "field-suggestion-error" in refused.get_data(as_text=True)
    shown = client.get(page).get_data(as_text=True)
    assert shown.index("没有盖子") < shown.index("桶外有污渍")
    assert "建议：1" in shown
    second = re.findall(rf"{page}/([0-9a-f-]{{36}})/move", shown)[1]
    assert client.post(f"{page}/{second}/move", data={"step": "up"}).status_code == 302
    shown = client.get(page).get_data(as_text=True)
    assert shown.index("桶外有污渍") < shown.index("没有盖子")
    edit = client.get(f"{page}/{second}").get_data(as_text=True)
    version = re.search(r'name="version" value="(\d+)"', edit)[1]
    values = {"id": second, "item_code": "2", "text": "桶外有油污", "version": version}
    assert client.post(f"{page}/{second}", data=values).status_code == 302
    stale = client.post(f"{page}/{second}", data={**values, "text": "别的话"})
    assert stale.status_code == 409
    assert "桶外有油污" in stale.get_data(as_text=True)
    retired = client.post(f"{page}/{second}/retire", data={"version": str(int(version) + 1)})
    assert retired.status_code == 302
    assert "已停用" in client.get(page).get_data(as_text=True)


def test_inspectors_read_the_library_and_do_not_change_it(client_as, draft, published, stored):
    template_id = stored(published()).template_id
    assert save(client_as("bureau_admin"), template_id).status_code == 302
    client = client_as("inspector")
    page = client.get(f"/forms/{template_id}/phrases").get_data(as_text=True)
    assert "没有盖子" in page
    assert "/move" not in page
    assert save(client, template_id, text="另一句").status_code == 403


def test_the_library_goes_out_as_excel_and_comes_back_unchanged(client_as, draft, stored):
    template_id = stored(draft()).template_id
    client = client_as("canteen_officer")
    assert save(client, template_id, basis="《标准》第 5 条").status_code == 302
    assert save(client, template_id, item_code="3", text="标签不全", suggestion="").status_code == 302
    sheet = client.get(f"/forms/{template_id}/phrases/export.xlsx").data
    assert upload(client, template_id, sheet).status_code == 302
    assert "新增 0 条，更新 0 条" in client.get(f"/forms/{template_id}/phrases").get_data(as_text=True)


ROWS = "序号,常见问题,依据,建议扣分\n"


def upload(client, template_id, content, name="phrases.xlsx"):
    return client.post(f"/forms/{template_id}/phrases/import", data={"file": (BytesIO(content), name)})


def test_one_wrong_row_and_nothing_is_imported(client_as, draft, stored):
    template_id = stored(draft()).template_id
    client = client_as("canteen_officer")
    wrong = ROWS + "1,地面有积水,,不符合\n9,没有这一条,,\n2,没有盖子,,很多\n1,地面有积水,,\n"
    answer = upload(client, template_id, wrong.encode("utf-8-sig"), "phrases.csv")
    assert answer.status_code == 422
    shown = answer.get_data(as_text=True)
    assert "有 3 处错误" in shown
    assert "表中没有这一条" in shown
    assert "地面有积水" not in client.get(f"/forms/{template_id}/phrases").get_data(as_text=True)
    right = ROWS + "1,地面有积水,《规范》,不符合\n2,没有盖子,,2\n"
    assert upload(client, template_id, right.encode("utf-8-sig"), "phrases.csv").status_code == 302
    changed = ROWS + "1,地面有积水,《新规范》,不符合\n"
    assert upload(client, template_id, changed.encode("utf-8-sig"), "phrases.csv").status_code == 302
    page = client.get(f"/forms/{template_id}/phrases").get_data(as_text=True)
    assert "新增 0 条，更新 1 条" in page
    assert "《新规范》" in page
    assert upload(client, template_id, b"", "").status_code == 422


def test_a_phrase_outlives_its_item(client_as, draft, stored):
    version_id = draft()
    template_id = stored(version_id).template_id
    client = client_as("canteen_officer")
    assert save(client, template_id).status_code == 302
    assert client.post(f"/forms/versions/{version_id}/items/2/remove", data={"version": 1}).status_code == 302
    page = client.get(f"/forms/{template_id}/phrases").get_data(as_text=True)
    assert "条目已不在表中" in page
    assert "没有盖子" in page
