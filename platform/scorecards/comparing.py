"""Two versions of a form beside each other, item by item. Pure.

Items are matched by code, because that is what answers refer to; where a sheet was imported anew and its numbers have
shifted, an item whose words stand unchanged under another code is recognised by its words first.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Literal, TypeAlias

from scorecards.form import Form, Item, Section, base_of

Kind: TypeAlias = Literal["added", "removed", "changed", "same"]
Piece: TypeAlias = tuple[Literal["same", "gone", "new"], str]
# The wording is compared mark by mark, the rest as a whole.
WORDS = ("text", "rule_text", "method", "note")


@dataclass(frozen=True, slots=True)
class ItemChange:
    """`fields`: the names of scorecards.form.Item's fields that differ ("code" among them). `moved`: it stands elsewhere
    among its old neighbours, or in another section."""

    kind: Kind
    old: Item | None
    new: Item | None
    old_section: str
    new_section: str
    fields: tuple[str, ...] = ()
    moved: bool = False

    @property
    def item(self) -> Item:
        found = self.new or self.old
        assert found is not None
        return found

    def pieces(self, field: str) -> list[Piece]:
        return inline(getattr(self.old, field), getattr(self.new, field))


@dataclass(frozen=True, slots=True)
class Comparison:
    """`items` in the new form's order, a removed one where it stood. `settings`: {field: (old, new)} of the form.
    `sections`: the same per section code, (old, None) a removed one."""

    items: Sequence[ItemChange]
    sections: Mapping[str, tuple[Section | None, Section | None]]
    settings: Mapping[str, tuple[Any, Any]]
    totals: tuple[Decimal, Decimal]

    def count(self, kind: Kind) -> int:
        return sum(one.kind == kind for one in self.items)

    @property
    def moved(self) -> int:
        return sum(one.moved for one in self.items)

    @property
    def is_same(self) -> bool:
        return not (self.settings or self.sections or self.moved or any(one.kind != "same" for one in self.items))

    @property
    def points_changed(self) -> list[ItemChange]:
        return [one for one in self.items if one.kind == "changed" and "points" in one.fields]


def inline(old: str, new: str) -> list[Piece]:
    """ "每处扣2分" → "每处扣3分": [("same", "每处扣"), ("gone", "2"), ("new", "3"), ("same", "分")]."""
    pieces: list[Piece] = []
    for what, from_old, to_old, from_new, to_new in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(("same", old[from_old:to_old]))
            continue
        if to_old > from_old:
            pieces.append(("gone", old[from_old:to_old]))
        if to_new > from_new:
            pieces.append(("new", new[from_new:to_new]))
    return pieces


def compare(old: Form, new: Form) -> Comparison:
    before = [(section.code, item) for section in old.sections for item in section.items]
    after = [(section.code, item) for section in new.sections for item in section.items]
    place_of = _pairs([item for _section, item in before], [item for _section, item in after])
    steady = _in_order([place_of[at] for at in range(len(after)) if at in place_of])
    changes: list[ItemChange] = []
    gone = [at for at in range(len(before)) if at not in set(place_of.values())]
    for at, (section, item) in enumerate(after):
        old_at = place_of.get(at)
        if old_at is None:
            changes.append(ItemChange("added", None, item, "", section))
            continue
        old_section, old_item = before[old_at]
        differing = tuple(
            spec.name for spec in fields(Item) if getattr(old_item, spec.name) != getattr(item, spec.name)
        )
        moved = old_at not in steady or section != old_section
        kind: Kind = "changed" if differing else "same"
        changes.append(ItemChange(kind, old_item, item, old_section, section, differing, moved))
    for at in reversed(gone):
        section, item = before[at]
        # Behind the last of its old neighbours that is still there.
        behind = max((new_at + 1 for new_at, old_at in place_of.items() if old_at < at), default=0)
        changes.insert(behind, ItemChange("removed", item, None, section, ""))
    return Comparison(changes, _sections(old, new), _settings(old, new), (base_of(old), base_of(new)))


def _pairs(before: Sequence[Item], after: Sequence[Item]) -> dict[int, int]:
    """Place in `after` → place in `before`: same code and words, then same words, then same code."""
    pairs: dict[int, int] = {}
    left = set(range(len(before)))

    def take(key: Any, *, only_unique: bool = False) -> None:
        old_keys = Counter(key(before[at]) for at in left)
        new_keys = Counter(key(item) for at, item in enumerate(after) if at not in pairs)
        places = {key(before[at]): at for at in sorted(left, reverse=True)}
        for at, item in enumerate(after):
            name = key(item)
            if at in pairs or name not in places or places[name] not in left:
                continue
            if only_unique and (old_keys[name] > 1 or new_keys[name] > 1):
                continue
            pairs[at] = places[name]
            left.discard(places[name])

    take(lambda item: (item.code, item.text))
    take(lambda item: item.text, only_unique=True)
    take(lambda item: item.code)
    return pairs


def _in_order(places: Sequence[int]) -> set[int]:
    """The longest run that kept its order: the fewest items count as moved."""
    tails: list[int] = []
    tail_values: list[int] = []
    previous: list[int] = []
    for at, value in enumerate(places):
        length = bisect_left(tail_values, value)
        previous.append(tails[length - 1] if length else -1)
        if length == len(tails):
            tails.append(at)
            tail_values.append(value)
        else:
            tails[length], tail_values[length] = at, value
    steady: set[int] = set()
    at = tails[-1] if tails else -1
    while at >= 0:
        steady.add(places[at])
        at = previous[at]
    return steady


def _sections(old: Form, new: Form) -> dict[str, tuple[Section | None, Section | None]]:
    before = {section.code: section for section in old.sections}
    after = {section.code: section for section in new.sections}
    codes = [*after, *(code for code in before if code not in after)]
    return {
        code: (before.get(code), after.get(code))
        for code in codes
        if code not in before or code not in after or _head(before[code]) != _head(after[code])
    }


def _head(section: Section) -> tuple[Any, ...]:
    return tuple(getattr(section, spec.name) for spec in fields(Section) if spec.name not in ("items", "code"))


def _settings(old: Form, new: Form) -> dict[str, tuple[Any, Any]]:
    return {
        spec.name: (getattr(old, spec.name), getattr(new, spec.name))
        for spec in fields(Form)
        if spec.name != "sections" and getattr(old, spec.name) != getattr(new, spec.name)
    }
