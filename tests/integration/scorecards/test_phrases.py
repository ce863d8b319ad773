"""The phrases of a form's items: kept, ordered, retired, and handed to who fills the form in."""

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
