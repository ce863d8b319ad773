"""常见问题短语库: for each item of a form the remarks that inspectors need often, with their basis and deduction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from scorecards.form import Form, Item
from scorecards.models import FormVersion, ItemPhrase
from scorecards.phrase_answers import Unread, check_suggestion, read_suggestion
from scorecards.problems import AnswersInvalid
from scorecards.service.reading import form_of, get_template, versions_of

MOST_OF_ITEM = 60


@dataclass(frozen=True, slots=True)
class PhraseValues:
    """What a person writes. `suggestion`: see scorecards.phrase_answers."""

    item_code: str
    text: str
    basis: str = ""
    suggestion: str = ""


def newest_version(actor: Actor, template_id: UUID) -> FormVersion:
    """The version whose items the phrases are kept for."""
    get_template(actor, template_id)
    versions = versions_of(actor, template_id)
    if not versions:
        raise NotFound(_("这份评分表还没有版本。"))
    return versions[0]


def _phrases(actor: Actor, template_id: UUID) -> Select[Any]:
    return select(ItemPhrase).where(ItemPhrase.bureau_id == actor.bureau_id, ItemPhrase.template_id == template_id)


def list_phrases(actor: Actor, template_id: UUID) -> list[ItemPhrase]:
    """By item, in their order; the retired ones too."""
    get_template(actor, template_id)
    query = _phrases(actor, template_id).order_by(ItemPhrase.item_code, ItemPhrase.position, ItemPhrase.id)
    return list(db.session.scalars(query))


def phrases_of(actor: Actor, template_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """Item code → [{id, text, basis, answer | None}] in their order, for who fills the form in.

    An answer may not fit another version's rule: whoever takes it over shows it first, and scoring checks it again.
    """
    query = _phrases(actor, template_id).where(ItemPhrase.state == "active")
    found: dict[str, list[dict[str, Any]]] = {}
    for row in db.session.scalars(query.order_by(ItemPhrase.item_code, ItemPhrase.position, ItemPhrase.id)):
        found.setdefault(row.item_code, []).append(
            {"id": str(row.id), "text": row.text, "basis": row.basis, "answer": row.answer}
        )
    return found


def get_phrase(actor: Actor, template_id: UUID, phrase_id: UUID) -> ItemPhrase:
    phrase: ItemPhrase | None = db.session.scalar(_phrases(actor, template_id).where(ItemPhrase.id == phrase_id))
    if phrase is None:
        raise NotFound(_("没有这条短语。"))
    return phrase


def save_phrase(
    actor: Actor, template_id: UUID, phrase_id: UUID, values: PhraseValues, seen: int | None = None
) -> ItemPhrase:
    """A new phrase under an id that the page made (sent twice: once), or with `seen` the change of one."""
    form = form_of(newest_version(actor, template_id))
    answer = answer_of(form, values)
    known = db.session.scalar(
        select(ItemPhrase).where(ItemPhrase.bureau_id == actor.bureau_id, ItemPhrase.id == phrase_id)
    )
    if known is not None and (known.template_id != template_id or (seen is None and not _same(known, values, answer))):
        raise Conflict(_("这个编号已用于另一条短语。"), {"version": known.version})
    if known is not None and seen is None:
        return known
    if known is None and seen is not None:
        raise NotFound(_("没有这条短语。"))
    if known is None:
        known = _new(actor, template_id, phrase_id, values)
    else:
        require_version(known, seen)
    known.item_code, known.text, known.basis, known.answer = values.item_code, values.text, values.basis, answer
    _flush()
    return known


def _flush() -> None:
    doubled = Invalid({"text": [_("这一条已有同样的短语。")]})
    flush(db.session(), {"uq_item_phrases_bureau_id_template_id_item_code_text": doubled})


def _same(phrase: ItemPhrase, values: PhraseValues, answer: Mapping[str, Any] | None) -> bool:
    stored = (phrase.item_code, phrase.text, phrase.basis, phrase.answer)
    return stored == (values.item_code, values.text, values.basis, answer)


def _new(actor: Actor, template_id: UUID, phrase_id: UUID, values: PhraseValues) -> ItemPhrase:
    of_item = _phrases(actor, template_id).where(ItemPhrase.item_code == values.item_code).subquery()
    count, last = db.session.execute(select(func.count(), func.max(of_item.c.position))).one()
    if count >= MOST_OF_ITEM:
        raise Invalid({"text": [_("一条最多 %(most)s 条短语。", most=MOST_OF_ITEM)]})
    phrase = ItemPhrase(
        bureau_id=actor.bureau_id, id=phrase_id, template_id=template_id, created_by=actor.account_id,
        position=0 if last is None else last + 1,
    )  # fmt: skip
    db.session.add(phrase)
    return phrase


def answer_of(form: Form, values: PhraseValues) -> dict[str, Any] | None:
    """The suggestion as the form's own rule takes it; Invalid with the field where it does not."""
    item = _item(form, values.item_code)
    try:
        answer = read_suggestion(item, values.suggestion)
        if answer is not None:
            check_suggestion(form, item.code, answer)
    except (Unread, AnswersInvalid):
        raise Invalid({"suggestion": [_("这一条的计分规则不能这样填：%(text)s", text=values.suggestion)]}) from None
    return answer


def _item(form: Form, code: str) -> Item:
    try:
        return form.item(code)
    except KeyError:
        raise Invalid({"item_code": [_("表中没有这一条。")]}) from None


def retire_phrase(
    actor: Actor, template_id: UUID, phrase_id: UUID, seen: int | None, *, retired: bool = True
) -> ItemPhrase:
    phrase = get_phrase(actor, template_id, phrase_id)
    wanted = "retired" if retired else "active"
    if phrase.state == wanted:
        return phrase  # a second click
    require_version(phrase, seen)
    phrase.state = wanted
    flush(db.session())
    return phrase


def move_phrase(actor: Actor, template_id: UUID, phrase_id: UUID, *, up: bool) -> None:
    """One place up or down among the phrases of its item; at the end of the row nothing happens."""
    phrase = get_phrase(actor, template_id, phrase_id)
    row = [one for one in list_phrases(actor, template_id) if one.item_code == phrase.item_code]
    at = row.index(phrase)
    to = at - 1 if up else at + 1
    if 0 <= to < len(row):
        row[at], row[to] = row[to], row[at]
        for position, one in enumerate(row):
            one.position = position
        flush(db.session())


def phrases_by_text(phrases: Sequence[ItemPhrase]) -> dict[tuple[str, str], ItemPhrase]:
    return {(one.item_code, one.text): one for one in phrases}
