"""The checks that rule packs name: one function per rule, (what the tender is, the figures) → what was found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from bureau.tendering.rules import terms, wording
from bureau.tendering.rules.packs import RULES, most_winners
from bureau.tendering.rules.report import Finding, judged
from kernel.workdays.rules import Calendar, add_workdays, is_workday, workdays_between

SCORED = ("technical", "commercial", "price")


@dataclass(frozen=True, slots=True)
class Criterion:
    part: str
    code: str
    title: str
    description: str = ""
    points: Decimal = Decimal(0)
    scale: str = "pass_fail"
    levels: tuple[Decimal, ...] = ()
    lot_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Lot:
    id: UUID
    title: str
    ceiling_fen: int | None = None
    items: int = 0
    items_without_ceiling: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A tender as its rules look at it. `issued_on`: the day of publication, or today for what is not published."""

    rule_pack: str
    subject: str
    award_method: str
    price_form: str
    budget_fen: int
    issued_on: date
    bid_deadline: datetime | None = None
    documents_until: datetime | None = None
    questions_until: datetime | None = None
    is_large: bool = False
    is_framework: bool = False
    is_reserved: bool = False
    competition: str = "price"
    framework_from: date | None = None
    framework_until: date | None = None
    winners_per_lot: int = 1
    most_lots_bid: int | None = None
    most_lots_won: int | None = None
    small_firm_deduction: Decimal = Decimal(0)
    bid_bond_fen: int = 0
    requirements: str = ""
    lots: tuple[Lot, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    document_kinds: frozenset[str] = frozenset()

    def criteria_of(self, lot: Lot) -> list[Criterion]:
        """What a bid for this lot meets: its own criteria and those for all lots."""
        return [one for one in self.criteria if one.lot_id in (None, lot.id)]


@dataclass(frozen=True, slots=True)
class Known:
    """`figures`, `citations`: by the name that the pack gives them. `calendar`: the bureau's working days."""

    figures: Mapping[str, Decimal]
    citations: Mapping[str, str] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)


@dataclass(frozen=True, slots=True)
class Found:
    ok: bool
    found: str = ""
    demanded: str = ""
    unit: str = ""
    places: tuple[str, ...] = ()
    figure: str = ""  # the name of the figure that it rests on


Check = Callable[[Draft, Known], Found]


def _plain(number: Decimal | int) -> str:
    return format(Decimal(number).normalize(), "f")


def _lots_present(draft: Draft, _known: Known) -> Found:
    return Found(bool(draft.lots), str(len(draft.lots)), "1", "lots")


def _items_present(draft: Draft, _known: Known) -> Found:
    bare = tuple(lot.title for lot in draft.lots if lot.items == 0)
    return Found(not bare, places=bare)


def _dates_present(draft: Draft, _known: Known) -> Found:
    """All three dates are set, and in their order: questions and documents end before the bids are due."""
    dates = (draft.bid_deadline, draft.documents_until, draft.questions_until)
    if None in dates:
        return Found(False)
    deadline = draft.bid_deadline
    return Found(all(one <= deadline for one in dates))  # type: ignore[operator]


def _lot_limits(draft: Draft, _known: Known) -> Found:
    """兼投不兼中: who may win more lots than it may bid for has no limit at all."""
    bid, won = draft.most_lots_bid, draft.most_lots_won
    ok = bid is None or won is None or won <= bid
    return Found(ok, "" if won is None else str(won), "" if bid is None else str(bid), "lots")


def _bid_period(draft: Draft, known: Known) -> Found:
    days = int(known.figures["bid_period"])
    if draft.bid_deadline is None:
        return Found(False, "", str(days), "days", figure="bid_period")
    last = terms.day_of(draft.bid_deadline)
    earliest = terms.add_days(draft.issued_on, days, known.calendar).value
    return Found(last >= earliest, str((last - draft.issued_on).days), str(days), "days", figure="bid_period")


def _documents_period(draft: Draft, known: Known) -> Found:
    days = int(known.figures["documents"])
    if draft.documents_until is None:
        return Found(False, "", str(days), "workdays", figure="documents")
    last = terms.day_of(draft.documents_until)
    given = workdays_between(draft.issued_on, last, known.calendar).value
    earliest = add_workdays(draft.issued_on, days, known.calendar).value
    return Found(last >= earliest, str(max(0, given)), str(days), "workdays", figure="documents")


def _rest_day(draft: Draft, known: Known) -> Found:
    if draft.bid_deadline is None:
        return Found(True)
    day = terms.day_of(draft.bid_deadline)
    return Found(is_workday(day, known.calendar), day.isoformat(), unit="date")


def _calendar_known(draft: Draft, known: Known) -> Found:
    days = [draft.issued_on, *(terms.day_of(one) for one in (draft.bid_deadline, draft.documents_until) if one)]
    years = terms.unknown_years(days, known.calendar)
    return Found(not years, places=tuple(str(year) for year in years))


def _budget(draft: Draft, _known: Known) -> Found:
    total = sum(lot.ceiling_fen or 0 for lot in draft.lots)
    return Found(total <= draft.budget_fen, str(total), str(draft.budget_fen), "fen")


def _texts(draft: Draft) -> list[str]:
    return [draft.requirements, *(f"{one.title}\n{one.description}" for one in draft.criteria)]


def _words(pattern: "wording.re.Pattern[str]") -> Check:
    def check(draft: Draft, _known: Known) -> Found:
        found = wording.found(pattern, _texts(draft))
        return Found(not found, places=found)

    return check


def _price_formula(draft: Draft, _known: Known) -> Found:
    """The price is scored as lowest ÷ price, for discounts of the price factors 1 − d: never d ÷ d_max."""
    texts = [f"{one.title}\n{one.description}" for one in draft.criteria if one.part == "price"]
    found = wording.found(wording.NAIVE_DISCOUNT, [draft.requirements, *texts])
    return Found(not found, places=found)


def _documents_present(draft: Draft, _known: Known) -> Found:
    return Found("tender_document" in draft.document_kinds)


def _large(draft: Draft, known: Known) -> Found:
    from_fen = known.figures["large_budget"]
    ok = draft.is_large or draft.budget_fen < from_fen
    return Found(ok, str(draft.budget_fen), _plain(from_fen), "fen", figure="large_budget")


def _price_criterion(draft: Draft, _known: Known) -> Found:
    """Comprehensive: one price criterion per lot. Lowest price: nothing but pass or fail besides it."""
    wrong = []
    for lot in draft.lots:
        scored = [one for one in draft.criteria_of(lot) if one.part in SCORED]
        prices = [one for one in scored if one.part == "price"]
        if draft.award_method == "lowest_price":
            ok = len(scored) == len(prices) <= 1
        else:
            ok = len(prices) == 1
        if not ok:
            wrong.append(lot.title)
    return Found(not wrong, places=tuple(wrong))


def _points(draft: Draft, lot: Lot, parts: Sequence[str] = SCORED) -> Decimal:
    return sum((one.points for one in draft.criteria_of(lot) if one.part in parts), Decimal(0))


def _points_sum(draft: Draft, _known: Known) -> Found:
    if draft.award_method != "comprehensive":
        return Found(True)
    sums = {lot.title: _points(draft, lot) for lot in draft.lots}
    wrong = tuple(title for title, points in sums.items() if points != 100)
    return Found(not wrong, _plain(sums[wrong[0]]) if wrong else "100", "100", "points", wrong)


def _price_weight(draft: Draft, known: Known) -> Found:
    figure = f"price_weight_{draft.subject}"
    least = known.figures[figure]
    if draft.award_method != "comprehensive" or not draft.lots:
        return Found(True, figure=figure)
    shares = {lot.title: _points(draft, lot, ("price",)) for lot in draft.lots}
    wrong = tuple(title for title, points in shares.items() if points < least)
    return Found(not wrong, _plain(min(shares.values())), _plain(least), "percent", wrong, figure)


def _qualification_not_scored(draft: Draft, _known: Known) -> Found:
    """A condition for bidding cannot be a factor as well: whoever is scored has met it."""
    conditions = {
        key
        for one in draft.criteria
        if one.part == "qualification"
        for key in (wording.comparable(one.code), wording.comparable(one.title))
    }
    again = tuple(
        one.title
        for one in draft.criteria
        if one.part in SCORED and {wording.comparable(one.code), wording.comparable(one.title)} & conditions
    )
    return Found(not again, places=again)


def _levels_quantified(draft: Draft, _known: Known) -> Found:
    """A scale in levels says what each is worth: at least two, none above the criterion's points, the best worth them."""
    wrong = tuple(
        one.title
        for one in draft.criteria
        if one.scale == "levels"
        and (len(one.levels) < 2 or max(one.levels, default=Decimal(0)) != one.points or min(one.levels) < 0)
    )
    return Found(not wrong, places=wrong)


def _bid_bond(draft: Draft, known: Known) -> Found:
    percent = known.figures["bid_bond"]
    share = Decimal(draft.bid_bond_fen) * 100 / draft.budget_fen
    return Found(
        share <= percent, _plain(share.quantize(Decimal("0.01"))), _plain(percent), "percent", figure="bid_bond"
    )


def _demand_survey(draft: Draft, known: Known) -> Found:
    from_fen = known.figures["demand_survey"]
    needed = draft.subject == "goods" and draft.budget_fen >= from_fen
    ok = not needed or "demand_survey" in draft.document_kinds
    return Found(ok, str(draft.budget_fen), _plain(from_fen), "fen", figure="demand_survey")


def _small_firms(draft: Draft, known: Known) -> Found:
    """Reserved for small and medium firms, or their price counts for less when it is scored."""
    least, most = known.figures["small_firm_least"], known.figures["small_firm_most"]
    reserved = draft.is_reserved and draft.small_firm_deduction == 0
    ok = reserved or (not draft.is_reserved and least <= draft.small_firm_deduction <= most)
    demanded = f"{_plain(least)}–{_plain(most)}"
    return Found(ok, _plain(draft.small_firm_deduction), demanded, "percent", figure="small_firm_least")


def _is_framework(draft: Draft, _known: Known) -> Found:
    return Found(draft.is_framework)


def _framework_term(draft: Draft, known: Known) -> Found:
    figure = f"framework_{draft.subject}"
    years = int(known.figures[figure])
    first, last = draft.framework_from, draft.framework_until
    if first is None or last is None:
        return Found(False, "", str(years), "years", figure=figure)
    return Found(
        last <= terms.add_years(first, years),
        f"{first.isoformat()}–{last.isoformat()}",
        str(years),
        "years",
        figure=figure,
    )


def _framework_ceilings(draft: Draft, _known: Known) -> Found:
    """A framework has a highest unit price for everything in it; under a discount that is the price book's."""
    bare = tuple(lot.title for lot in draft.lots if lot.items_without_ceiling and draft.price_form == "fixed")
    return Found(not bare, places=bare)


def _elimination(draft: Draft, known: Known) -> Found:
    """With as few bidders as may just be opened, how many could be selected: more winners need more bidders."""
    figure = f"elimination_{draft.competition}"
    bidders, least_out = int(known.figures["bidders_least"]), int(known.figures["elimination_least"])
    most = most_winners(bidders, known.figures[figure], least_out)
    return Found(draft.winners_per_lot <= most, str(draft.winners_per_lot), str(most), "suppliers", figure=figure)


CHECKS: Mapping[str, Check] = {
    "lots_present": _lots_present,
    "items_present": _items_present,
    "dates_present": _dates_present,
    "lot_limits": _lot_limits,
    "bid_period": _bid_period,
    "documents_period": _documents_period,
    "rest_day": _rest_day,
    "calendar_known": _calendar_known,
    "budget": _budget,
    "no_least_price": _words(wording.LEAST_PRICE),
    "no_size_condition": _words(wording.SIZE),
    "no_authorisation": _words(wording.AUTHORISATION),
    "price_formula": _price_formula,
    "documents_present": _documents_present,
    "large": _large,
    "price_criterion": _price_criterion,
    "points_sum": _points_sum,
    "price_weight": _price_weight,
    "qualification_not_scored": _qualification_not_scored,
    "levels_quantified": _levels_quantified,
    "bid_bond": _bid_bond,
    "demand_survey": _demand_survey,
    "small_firms": _small_firms,
    "is_framework": _is_framework,
    "framework_term": _framework_term,
    "framework_ceilings": _framework_ceilings,
    "elimination": _elimination,
}
# Figures that the checks of any pack ask for.
NEEDED = (
    "bid_period", "documents", "large_budget", "price_weight_goods", "price_weight_services", "bid_bond", "demand_survey",
    "small_firm_least", "small_firm_most", "framework_goods", "framework_services", "bidders_least", "elimination_price",
    "elimination_quality", "elimination_least",
)  # fmt: skip


def report(draft: Draft, known: Known) -> list[Finding]:
    """Every rule of the tender's pack, in the pack's order."""
    findings = []
    for rule in RULES[draft.rule_pack]:
        found = CHECKS[rule.code](draft, known)
        citation = known.citations.get(found.figure, "") if found.figure else rule.article
        findings.append(
            Finding(
                rule.code,
                judged(found.ok, rule.effect),
                found.found,
                found.demanded,
                found.unit,
                citation,
                found.places,
            )
        )
    return findings
