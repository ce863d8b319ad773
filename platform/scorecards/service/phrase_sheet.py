"""The phrases of a form from and to Excel. All or nothing: one wrong cell and nothing is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.sheets import Column, Parsed, Problem, SheetSpec
from scorecards import labels
from scorecards.form import Form
from scorecards.phrase_answers import suggestion_text
from scorecards.service.phrases import (
    PhraseValues,
    answer_of,
    list_phrases,
    newest_version,
    phrases_by_text,
    save_phrase,
)
from scorecards.service.reading import form_of

PHRASES = SheetSpec(
    _l("常见问题短语"),
    (
        Column("item", _l("序号"), required=True, kind="code", most=40, width=10, example="1.1", help=_l("条目在表上的序号或编码")),
        Column("text", _l("常见问题"), required=True, most=300, width=50, example="后厨地面有积水"),
        Column("basis", _l("依据"), most=300, width=36, example="《餐饮服务食品安全操作规范》"),
        Column(
            "suggestion", _l("建议扣分"), most=500, width=24, example="2",
            help=_l("按数量扣分的填数量；不符合扣全部分值的填“不符合”；列有情形或等次的填其文字，多个用分号隔开"),
        ),
    ),
)  # fmt: skip
EXPORTED = SheetSpec(
    PHRASES.name,
    (*PHRASES.columns, Column("item_text", _l("检查内容"), width=40), Column("state", _l("状态"), kind="choice", choices=labels.TEMPLATE_STATES)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Imported:
    """`problems` not empty: nothing was changed."""

    added: int = 0
    changed: int = 0
    problems: Sequence[Problem] = ()


def _codes(form: Form) -> dict[str, str]:
    """Printed number or code → code; a number printed twice says nothing."""
    numbers = [item.no for item in form.items()]
    codes = {item.no: item.code for item in form.items() if item.no and numbers.count(item.no) == 1}
    return codes | {item.code: item.code for item in form.items()}


def import_phrases(actor: Actor, template_id: UUID, parsed: Parsed) -> Imported:
    """By item and text: known ones get the new basis and suggestion, others are added behind those that are there."""
    if parsed.problems:
        return Imported(problems=parsed.problems)
    form = form_of(newest_version(actor, template_id))
    codes = _codes(form)
    known = phrases_by_text(list_phrases(actor, template_id))
    problems: list[Problem] = []
    wanted: list[PhraseValues] = []
    seen: set[tuple[str, str]] = set()
    for row in parsed.rows:
        values = row.values
        code = codes.get(values["item"])
        if code is None:
            problems.append(Problem("refused", row.number, "item", text=_("表中没有这一条。")))
            continue
        phrase = PhraseValues(code, values["text"], values["basis"] or "", values["suggestion"] or "")
        if (code, phrase.text) in seen:
            problems.append(Problem("refused", row.number, "text", text=_("这一条已有同样的短语。")))
        seen.add((code, phrase.text))
        try:
            answer_of(form, phrase)
        except Invalid as error:
            texts = [text for messages in error.fields.values() for text in messages]
            problems += [Problem("refused", row.number, "suggestion", text=text) for text in texts]
        wanted.append(phrase)
    if problems:
        return Imported(problems=problems)
    added = changed = 0
    for phrase in wanted:
        stored = known.get((phrase.item_code, phrase.text))
        if stored is None:
            save_phrase(actor, template_id, new_id(), phrase)
            added += 1
        else:
            before = stored.version
            changed += save_phrase(actor, template_id, stored.id, phrase, before).version != before
    return Imported(added, changed)


def exported_phrases(actor: Actor, template_id: UUID) -> list[dict[str, Any]]:
    """Rows of EXPORTED in the form's order; imported again, nothing changes."""
    form = form_of(newest_version(actor, template_id))
    of_item: dict[str, list[Any]] = {}
    for phrase in list_phrases(actor, template_id):
        of_item.setdefault(phrase.item_code, []).append(phrase)
    numbers = {code: number for number, code in reversed(_codes(form).items()) if number != code}
    return [
        {
            "item": numbers.get(item.code, item.code), "text": phrase.text, "basis": phrase.basis,
            "suggestion": suggestion_text(item, phrase.answer), "item_text": item.text, "state": phrase.state,
        }
        for item in form.items()
        for phrase in of_item.get(item.code, ())
    ]  # fmt: skip
