"""The form: sections of items, each with the rule that turns an answer into points.

A form is immutable; a change makes another form. Codes are stable within a form: answers and accounts refer to them.
Points are exact decimals with at most four places (`POINTS_PLACES`), so that every sum inside the engine is exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

SCHEMA = 1
POINTS_PLACES = 4

Kind: TypeAlias = Literal["canteen", "dormitory", "safety", "logistics"]
# sum: the score is what the items earned. deduct: it is the total less what the items lost (never below 0), for
# sheets such as "满分100, 每床扣10" whose deductions do not add up to the total by design.
Mode: TypeAlias = Literal["sum", "deduct"]
# renormalise: earned / (total - points not applicable) x total, the official 合理缺项标化.
# full: an item that does not apply keeps its points. refuse: no item may be answered "not applicable".
NaPolicy: TypeAlias = Literal["renormalise", "full", "refuse"]
VetoEffect: TypeAlias = Literal["none", "item_zero", "section_zero", "form_zero", "band_cap", "verdict"]
# What a person still owes the item after an import: "" nothing, "confirm" a proposed rule, "decide" an unread one.
Review: TypeAlias = Literal["", "confirm", "decide"]
Metric: TypeAlias = Literal["key_failed", "general_failed", "general_rate", "vetoes"]
Operator: TypeAlias = Literal["<", "<=", "=", ">=", ">"]

KINDS: tuple[Kind, ...] = ("canteen", "dormitory", "safety", "logistics")
MODES: tuple[Mode, ...] = ("sum", "deduct")
NA_POLICIES: tuple[NaPolicy, ...] = ("renormalise", "full", "refuse")
VETO_EFFECTS: tuple[VetoEffect, ...] = (
    "none",
    "item_zero",
    "section_zero",
    "form_zero",
    "band_cap",
    "verdict",
)
REVIEWS: tuple[Review, ...] = ("", "confirm", "decide")
METRICS: tuple[Metric, ...] = ("key_failed", "general_failed", "general_rate", "vetoes")
OPERATORS: tuple[Operator, ...] = ("<", "<=", "=", ">=", ">")

HALF = Decimal("0.5")
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a listed, additive or level rule. `repeatable`: it is counted, not just ticked."""

    code: str
    label: str
    points: Decimal
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class AllOrNothing:
    """Met keeps all points, not met loses all."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The inspector gives 0..points in multiples of `step`; the full points are allowed even off the step."""

    step: Decimal = HALF


@dataclass(frozen=True, slots=True)
class CountDeduction:
    """Each finding costs `unit_points`; `cap` (None: the item's points) limits the loss, `zero_at` findings lose all.

    `unresolved_factor` multiplies the cost of findings that an earlier visit had reported already (复查未修加倍).
    """

    unit_points: Decimal
    unit_label: str = "处"
    cap: Decimal | None = None
    zero_at: int | None = None
    unresolved_factor: Decimal = ONE


@dataclass(frozen=True, slots=True)
class ListedDeductions:
    """Ticked entries cost their own points, together never more than `cap` (None: the item's points)."""

    entries: tuple[Entry, ...]
    cap: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Additive:
    """Ticked entries earn their own points, together never more than the item's."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Levels:
    """Exactly one level is chosen; its points are what the item earns."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class YesNo:
    """Passed or failed without points; counts among the key or the general items of a verdict form."""


@dataclass(frozen=True, slots=True)
class VetoOnly:
    """A red line without points: found → the item's veto."""


@dataclass(frozen=True, slots=True)
class Unscored:
    """Stands on the sheet but bears no points here; answering it is optional."""


Rule: TypeAlias = (
    AllOrNothing | Judged | CountDeduction | ListedDeductions | Additive | Levels | YesNo | VetoOnly | Unscored
)
WITHOUT_POINTS = (YesNo, VetoOnly, Unscored)


@dataclass(frozen=True, slots=True)
class Veto:
    """What happens beyond the item's own points.

    `label` is the verdict for effect "verdict" and the best band still possible for "band_cap".
    `on_loss`: triggered whenever the item loses anything; else by the veto flag of the answer, worded `condition`.
    The finding of a VetoOnly item always triggers.
    """

    effect: VetoEffect = "none"
    label: str = ""
    condition: str = ""
    on_loss: bool = False


NO_VETO = Veto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """`tags` name what a school must have for the item to apply (school_bus, boarding …); `rule_text` is the source's
    wording of the rule, kept for the person who checks the import."""

    code: str
    no: str
    text: str
    rule: Rule
    points: Decimal | None = None
    method: str = ""
    rule_text: str = ""
    veto: Veto = NO_VETO
    key: bool = False
    na_allowed: bool = False
    tags: tuple[str, ...] = ()
    review: Review = ""
    note: str = ""

    @property
    def needs_review(self) -> bool:
        return bool(self.review)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """`points` is what the sheet prints for the section; the engine adds up the items, the doctor compares."""

    code: str
    title: str
    points: Decimal | None = None
    items: tuple[Item, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A grade from `minimum` up to the next band's minimum. `maximum` is only what the sheet prints: the engine
    ignores it (one band for every score), the doctor compares it."""

    label: str
    minimum: Decimal
    maximum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """`general_rate` is a percentage 0..100 compared exactly, the other metrics are counts."""

    metric: Metric
    operator: Operator
    value: Decimal


@dataclass(frozen=True, slots=True)
class VerdictRule:
    """The verdict holds when all conditions of any of its alternatives hold."""

    label: str
    any_of: tuple[tuple[Condition, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """The verdict table, and how many key and general items a visit must check at least (None: all of them)."""

    rules: tuple[VerdictRule, ...]
    min_key: int | None = None
    min_general: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """`places`: decimals of the score, rounded half up once, at the end. `total` None: no score, only a verdict."""

    title: str
    kind: Kind
    sections: tuple[Section, ...]
    total: Decimal | None = None
    mode: Mode = "sum"
    na_policy: NaPolicy = "refuse"
    places: int = 1
    bands: tuple[Band, ...] = ()
    verdicts: Verdicts | None = None
    source: str = ""
    notes: tuple[str, ...] = field(default=())

    def items(self) -> Iterator[Item]:
        for section in self.sections:
            yield from section.items

    def item(self, code: str) -> Item:
        """KeyError when there is no such item."""
        for item in self.items():
            if item.code == code:
                return item
        raise KeyError(code)


def base_of(form: Form) -> Decimal:
    """The score of a perfect form: its printed total, else the sum of its items."""
    if form.total is not None:
        return form.total
    return sum(
        (item.points or Decimal(0) for item in form.items() if not isinstance(item.rule, WITHOUT_POINTS)),
        Decimal(0),
    )


def bands_from_best(form: Form) -> list[Band]:
    return sorted(form.bands, key=lambda band: band.minimum, reverse=True)


def decimal_text(value: Decimal) -> str:
    """The canonical text: no exponent, no trailing zeros after the point ("2", "0.5", "100")."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text
