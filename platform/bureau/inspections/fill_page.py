"""What the inspector's page shows of a form: its sections as cards, each with what is stored or was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bureau.inspections.rules import section_keys
from scorecards.form import Additive, Form, Item, ListedDeductions, Section, Unscored, VetoOnly
from scorecards.form_json import shape_of


@dataclass(frozen=True, slots=True)
class Card:
    """One item. `position` is its place in the form and names its fields; `answer` is scorecards.answers' JSON, or
    what was typed where that was refused. `absent`: the school has not what the item is about."""

    position: int
    item: Item
    na_allowed: bool
    answer: Mapping[str, Any] | None = None
    remark: str = ""
    photos: Sequence[Any] = ()
    absent: bool = False
    errors: Sequence[str] = ()

    @property
    def shape(self) -> str:
        return shape_of(self.item.rule)

    @property
    def is_optional(self) -> bool:
        return isinstance(self.item.rule, Unscored)

    @property
    def counts(self) -> bool:
        """Whether the page asks for an answer."""
        return not self.absent and not self.is_optional

    @property
    def is_answered(self) -> bool:
        return self.answer is not None and not self.errors

    @property
    def is_not_applicable(self) -> bool:
        return "not_applicable" in (self.answer or {})

    @property
    def has_veto_question(self) -> bool:
        """Whether the inspector is asked for the veto's own condition, beside the item's answer."""
        veto = self.item.veto
        return veto.effect != "none" and not veto.on_loss and not isinstance(self.item.rule, VetoOnly)

    @property
    def has_entries(self) -> bool:
        return isinstance(self.item.rule, ListedDeductions | Additive)

    def given(self, kind: str) -> Any:
        """The answer's value if it is of this kind, else None."""
        return (self.answer or {}).get(kind)


@dataclass(frozen=True, slots=True)
class FilledSection:
    index: int
    section: Section
    cards: Sequence[Card] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(card.counts for card in self.cards)

    @property
    def answered(self) -> int:
        return sum(card.counts and card.is_answered for card in self.cards)


def build_sections(
    form: Form,
    answers: Mapping[str, Mapping[str, Any]],
    remarks: Mapping[str, str],
    photos: Mapping[str, Sequence[Any]],
    tags: frozenset[str],
    errors: Mapping[str, Sequence[str]] | None = None,
) -> list[FilledSection]:
    """All by item code. `tags`: what the school has; `errors`: why an answer was refused."""
    sections = []
    position = 0
    whole = section_keys(form, answers)  # sections that a phone said do not apply as a whole
    for index, section in enumerate(form.sections):
        cards = []
        for item in section.items:
            cards.append(
                Card(
                    position=position,
                    item=item,
                    na_allowed=item.na_allowed and form.na_policy != "refuse",
                    answer=answers.get(item.code),
                    remark=remarks.get(item.code, ""),
                    photos=photos.get(item.code, ()),
                    absent=section.code in whole or not tags.issuperset(item.tags),
                    errors=(errors or {}).get(item.code, ()),
                )
            )
            position += 1
        sections.append(FilledSection(index, section, cards))
    return sections
