"""From the fill page's fields to the answers' JSON. An item's fields are named `i<position>-<field>`, position being
the item's place in the form: codes may hold characters that a field name should not."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from scorecards.form import (
    Additive,
    CountDeduction,
    Form,
    Item,
    Judged,
    Levels,
    ListedDeductions,
    RequiredCount,
    Tiers,
    VetoOnly,
    decimal_text,
)


def field_prefix(position: int) -> str:
    return f"i{position}-"


def read_page(form: Form, fields: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Every item's answer (None: cleared) and remark that the page sent; items it did not send are left alone."""
    answers: dict[str, Any] = {}
    remarks: dict[str, str] = {}
    for position, item in enumerate(form.items()):
        prefix = field_prefix(position)
        if not any(name.startswith(prefix) for name in fields):
            continue
        answers[item.code] = read_item(item, prefix, fields)
        remark = fields.get(prefix + "remark")
        if remark is not None:
            remarks[item.code] = str(remark).strip()
    return answers, remarks


def read_item(item: Item, prefix: str, fields: Mapping[str, Any]) -> dict[str, Any] | None:
    """One item's answer, None when it is left open. Values are passed on as typed: the engine judges them."""

    def one(name: str) -> str:
        return str(fields.get(prefix + name) or "").strip()

    if one("na") or one("met") == "na":
        return {"not_applicable": one("na_reason") or "不适用"}
    answer = _by_rule(item, one, prefix, fields)
    if answer is not None and one("veto"):
        answer["veto"] = True
    return answer


def _by_rule(item: Item, one: Any, prefix: str, fields: Mapping[str, Any]) -> dict[str, Any] | None:
    rule = item.rule
    if isinstance(rule, Judged):
        return {"judged": one("judged")} if one("judged") else None
    if isinstance(rule, CountDeduction):
        if not one("count"):
            return None
        answer: dict[str, Any] = {"count": _count(one("count"))}
        if one("unresolved"):
            answer["unresolved"] = _count(one("unresolved"))
        return answer
    if isinstance(rule, Tiers | RequiredCount):
        return {"count": _count(one("count"))} if one("count") else None
    if isinstance(rule, ListedDeductions | Additive):
        # Nothing ticked is an answer only once the inspector said so: else an unread item would look perfect.
        times = {
            entry.code: _count(one(f"times-{entry.code}")) if entry.repeatable else 1
            for entry in rule.entries
            if one(f"times-{entry.code}") not in ("", "0")
        }
        return {"checked": times} if times or one("none") else None
    if isinstance(rule, Levels):
        return {"level": one("level")} if one("level") else None
    if isinstance(rule, VetoOnly):
        return {"found": one("found") == "yes"} if one("found") in ("yes", "no") else None
    return {"met": one("met") == "yes"} if one("met") in ("yes", "no") else None


def _count(text: str) -> Any:
    return int(text) if text.isdecimal() and len(text) <= 6 else text


def perfect_answer(item: Item) -> dict[str, Any] | None:
    """The answer that loses nothing: what "everything in order" says of an item. None: how many there are must be
    counted, nobody can say so of all at once."""
    rule = item.rule
    if isinstance(rule, Judged):
        return {"judged": decimal_text(item.points or Decimal(0))}
    if isinstance(rule, CountDeduction):
        return {"count": 0}
    if isinstance(rule, Tiers):
        return {"count": rule.tiers[-1].start if rule.counts == "present" else 0}
    if isinstance(rule, RequiredCount):
        return None
    if isinstance(rule, ListedDeductions):
        return {"checked": {}}
    if isinstance(rule, Additive):
        return {"checked": {entry.code: 1 for entry in rule.entries}}
    if isinstance(rule, Levels):
        return {"level": max(rule.entries, key=lambda entry: entry.points).code}
    if isinstance(rule, VetoOnly):
        return {"found": False}
    return {"met": True}
