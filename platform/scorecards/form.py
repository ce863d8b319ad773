"""The form: sections of items, each with the rule that turns an answer into points.

A form is immutable; a change makes another form. Codes are stable within a form: answers and accounts refer to them.
Points are exact decimals with at most four places (`POINTS_PLACES`), so that every sum inside the engine is exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias, get_args

SCHEMA = 1
POINTS_PLACES = 4

Kind: TypeAlias = Literal["canteen", "dormitory", "safety", "logistics"]
# sum: the score is what the items earned. deduct: it is the total less what the items lost (never below 0), for
# sheets such as "满分100, 每床扣10" whose deductions do not add up to the total by design.
# pass_rate: every item that can fail counts one, the score is 合格数 / (检查数 - 缺项数) x total.
Mode: TypeAlias = Literal["sum", "deduct", "pass_rate"]
# renormalise: earned / (total - points not applicable) x total, the official 合理缺项标化.
# full: an item that does not apply keeps its points. refuse: no item may be answered "not applicable".
NaPolicy: TypeAlias = Literal["renormalise", "full", "refuse"]
# fail: a must-pass item (必达项), the verdict is the label and no band is given, whatever the score. no_band: an entry
# condition (前置条件) that is not met, no band or star at all.
VetoEffect: TypeAlias = Literal[
    "none", "item_zero", "section_zero", "form_zero", "band_cap", "verdict", "fail", "no_band"
]  # fmt: skip
LimitEffect: TypeAlias = Literal["band_cap", "no_band", "verdict", "fail", "form_zero"]
# What a person still owes the item after an import: "" nothing, "confirm" a proposed rule, "decide" an unread one.
Review: TypeAlias = Literal["", "confirm", "decide"]
Metric: TypeAlias = Literal["key_failed", "general_failed", "general_rate", "vetoes", "score", "key_failures"]
Operator: TypeAlias = Literal["<", "<=", "=", ">=", ">"]
ParameterSource: TypeAlias = Literal["profile", "asked", "unit"]
Rounding: TypeAlias = Literal["up", "down"]
Counts: TypeAlias = Literal["defects", "present"]
# mean: the average of the units. minimum: the worst unit. sum: the losses of all units together.
Aggregate: TypeAlias = Literal["mean", "minimum", "sum"]
ShareOf: TypeAlias = Literal["points", "rest", "score"]

KINDS: tuple[Kind, ...] = get_args(Kind)
MODES: tuple[Mode, ...] = get_args(Mode)
NA_POLICIES: tuple[NaPolicy, ...] = get_args(NaPolicy)
VETO_EFFECTS: tuple[VetoEffect, ...] = get_args(VetoEffect)
LIMIT_EFFECTS: tuple[LimitEffect, ...] = get_args(LimitEffect)
PARAMETER_SOURCES: tuple[ParameterSource, ...] = get_args(ParameterSource)
ROUNDINGS: tuple[Rounding, ...] = get_args(Rounding)
COUNTS: tuple[Counts, ...] = get_args(Counts)
AGGREGATES: tuple[Aggregate, ...] = get_args(Aggregate)
SHARES_OF: tuple[ShareOf, ...] = get_args(ShareOf)
REVIEWS: tuple[Review, ...] = get_args(Review)
METRICS: tuple[Metric, ...] = get_args(Metric)
OPERATORS: tuple[Operator, ...] = get_args(Operator)

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
class ScaleRow:
    """From this value of the parameter on, up to the next row."""

    start: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A figure that depends on a parameter: either the row that the parameter falls into (below the first row there is
    no figure: refused), or parameter / `per` rounded to a whole number, plus `plus`; never below `minimum`."""

    parameter: str
    rows: tuple[ScaleRow, ...] = ()
    per: Decimal | None = None
    rounding: Rounding = "up"
    plus: int = 0
    minimum: int = 0


@dataclass(frozen=True, slots=True)
class Tier:
    """From this count on, up to the next tier, the item earns `points`."""

    start: int
    points: Decimal


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
    `unit_points_by` gives the cost by a parameter instead (beds of the room); `unit_points` is then only its dearest row.
    The first `free` findings (and as many more as `free_by` gives) cost nothing, unless they were reported already.
    """

    unit_points: Decimal
    unit_label: str = "处"
    cap: Decimal | None = None
    zero_at: int | None = None
    unresolved_factor: Decimal = ONE
    unit_points_by: Scale | None = None
    free: int = 0
    free_by: Scale | None = None


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
class Tiers:
    """The count decides which tier's points are earned (缺 0 项 15, 1 项 10, 2 项 5, 3 项以上 0). `counts` present: things
    that are there, so that more earns more; defects: things missing or wrong, so that more earns less."""

    tiers: tuple[Tier, ...]
    unit_label: str = "项"
    counts: Counts = "defects"


@dataclass(frozen=True, slots=True)
class RequiredCount:
    """So many must be there (guards per pupils); the answer is how many are, each one short costs `unit_points`."""

    required: Scale
    unit_points: Decimal
    unit_label: str = "名"
    cap: Decimal | None = None
    zero_at: int | None = None


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
    AllOrNothing
    | Judged
    | CountDeduction
    | ListedDeductions
    | Additive
    | Levels
    | Tiers
    | RequiredCount
    | YesNo
    | VetoOnly
    | Unscored
)
WITHOUT_POINTS = (YesNo, VetoOnly, Unscored)


@dataclass(frozen=True, slots=True)
class Veto:
    """What happens beyond the item's own points.

    `label` is the verdict for effects "verdict" and "fail" and the best band still possible for "band_cap".
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
    wording of the rule, kept for the person who checks the import. `mark`: the source's sign (★, ※※) by which limits count
    failed items. `bonus` (加分项): earns over the total, is never missing and never lost."""

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
    mark: str = ""
    bonus: bool = False

    @property
    def needs_review(self) -> bool:
        return bool(self.review)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Filled once per unit (room, window); the units are made one by `aggregate`. Fewer than `minimum_units`: incomplete."""

    unit_label: str
    aggregate: Aggregate = "mean"
    minimum_units: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NaShare:
    """What a section that does not apply still counts. points: `percent` of its own points. rest: of its own points
    `percent` of the rate that the rest of the form earned. score: it leaves the form, and the score counts `percent`."""

    percent: Decimal
    of: ShareOf = "points"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """`points` is what the sheet prints for the section; the engine adds up the items, the doctor compares. `cap`: the
    section loses at most this, in each unit. `na_allowed`: it may be answered "not applicable" as a whole."""

    code: str
    title: str
    points: Decimal | None = None
    items: tuple[Item, ...] = ()
    note: str = ""
    cap: Decimal | None = None
    na_allowed: bool = False
    na_share: NaShare | None = None
    repeat: Repeat | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure of the school that rules depend on. `source`: profile (the school's own data), asked (once per visit),
    unit (of each room or window)."""

    name: str
    label: str
    unit: str = ""
    source: ParameterSource = "profile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """When at least `at_least` items of a kind failed: `mark` "" counts the key items, else the items of that mark.
    `label`: the best band still possible (band_cap) or the verdict (verdict, fail)."""

    at_least: int
    effect: LimitEffect
    label: str = ""
    mark: str = ""
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
    """`general_rate` is a percentage 0..100 compared exactly, `score` the score as it is shown (rounded), the others are
    counts. `key_failed` counts yes/no items only, `key_failures` every key item that lost anything."""

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
    """`places`: decimals of the score, rounded half up once, at the end. `total` None: no score, only a verdict.
    `repeat`: the whole form is filled per unit. `bonus_cap`: what bonus items add at most (None: all they earn)."""

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
    parameters: tuple[Parameter, ...] = ()
    limits: tuple[Limit, ...] = ()
    repeat: Repeat | None = None
    bonus_cap: Decimal | None = None

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
    """The score of a perfect form without its bonus: its printed total, else the sum of its items (100 for a rate)."""
    if form.total is not None:
        return form.total
    if form.mode == "pass_rate":
        return Decimal(100)
    rows = (item for item in form.items() if not item.bonus and not isinstance(item.rule, WITHOUT_POINTS))
    return sum((item.points or Decimal(0) for item in rows), Decimal(0))


def bands_from_best(form: Form) -> list[Band]:
    return sorted(form.bands, key=lambda band: band.minimum, reverse=True)


def decimal_text(value: Decimal) -> str:
    """The canonical text: no exponent, no trailing zeros after the point ("2", "0.5", "100")."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text
