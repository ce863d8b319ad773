"""Small forms for the tests, and strategies that draw any form and answers to it."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from scorecards import answers as a
from scorecards.answers import Answer
from scorecards.form import (
    Additive,
    AllOrNothing,
    Band,
    Condition,
    CountDeduction,
    Entry,
    Form,
    Item,
    Judged,
    Levels,
    ListedDeductions,
    Section,
    VerdictRule,
    Verdicts,
    Veto,
    VetoOnly,
    YesNo,
)

D = Decimal
BANDS = (Band("优秀", D(90)), Band("良好", D(75)), Band("合格", D(60)), Band("不合格", D(0)))


def item(code: str, rule: Any, points: Any = None, **more: Any) -> Item:
    text = more.pop("text", f"检查内容{code}")
    return Item(code=code, no=code, text=text, rule=rule, points=None if points is None else D(str(points)), **more)


def form(*items: Item, **more: Any) -> Form:
    """One section; the total closes unless given."""
    if "total" not in more:
        total = sum((row.points for row in items if row.points is not None), D(0))
        more["total"] = total or None
    sections = more.pop("sections", (Section(code="1", title="一", items=items),))
    return Form(title="测试表", kind=more.pop("kind", "canteen"), sections=sections, **more)


def entries(*points: Any, repeatable: bool = False) -> tuple[Entry, ...]:
    return tuple(Entry(str(place), f"小项{place}", D(str(value)), repeatable) for place, value in enumerate(points, 1))


def every_shape() -> Form:
    """100 points, one item of each scoring shape, one red line, bands, N/A by the official formula."""
    return form(
        item("1", AllOrNothing(), 20, na_allowed=True),
        item("2", Judged(D("0.5")), 15, na_allowed=True),
        item("3", CountDeduction(D(2), "处", zero_at=4, unresolved_factor=D(2)), 15, na_allowed=True),
        item("4", ListedDeductions((*entries(3, 4), Entry("9", "每人", D(1), True))), 20, na_allowed=True),
        item("5", Additive(entries(4, 6)), 10, na_allowed=True),
        item("6", Levels(entries(20, 12, 0)), 20, na_allowed=True, veto=Veto("item_zero", condition="弄虚作假")),
        item("7", VetoOnly(), veto=Veto("form_zero")),
        bands=BANDS,
        na_policy="renormalise",
    )


def perfect(target: Form) -> dict[str, Answer]:
    """Answers that lose nothing."""
    out: dict[str, Answer] = {}
    for row in target.items():
        match row.rule:
            case AllOrNothing() | YesNo():
                out[row.code] = a.met()
            case Judged():
                out[row.code] = a.judged(row.points or D(0))
            case CountDeduction():
                out[row.code] = a.count(0)
            case ListedDeductions():
                out[row.code] = a.checked()
            case Additive():
                out[row.code] = a.checked(entry.code for entry in row.rule.entries)
            case Levels():
                out[row.code] = a.level(max(row.rule.entries, key=lambda entry: entry.points).code)
            case VetoOnly():
                out[row.code] = a.found(False)
    return out


def verdict_table(*, hole: bool = True) -> Verdicts:
    """The national table of 2016; `hole` False mends it."""
    few: tuple[Condition, ...] = (
        Condition("key_failed", "<=", D(1)),
        Condition("general_rate", ">=", D(70)),
        Condition("general_rate", "<", D(100)),
    )
    also = () if hole else ((Condition("key_failed", "=", D(1)), Condition("general_rate", "=", D(100))),)
    return Verdicts(
        rules=(
            VerdictRule("符合", ((Condition("key_failed", "=", D(0)), Condition("general_failed", "=", D(0))),)),
            VerdictRule("基本符合", (few, *also)),
            VerdictRule("不符合", ((Condition("key_failed", ">=", D(2)),), (Condition("general_rate", "<", D(70)),))),
        )
    )


def verdict_form(key: int = 2, general: int = 10, **more: Any) -> Form:
    rows = [item(f"k{place}", YesNo(), key=True, na_allowed=True) for place in range(1, key + 1)]
    rows += [item(f"g{place}", YesNo(), na_allowed=True) for place in range(1, general + 1)]
    return form(*rows, **{"verdicts": verdict_table(), "na_policy": "renormalise", **more})


# --- strategies -------------------------------------------------------------------------------------------------

_points = st.decimals(min_value="0.5", max_value="30", places=1)


@st.composite
def _rules(draw: st.DrawFn, points: Decimal) -> Any:
    """Rules whose perfect answer earns all the points."""
    shape = draw(st.sampled_from(("all", "judged", "count", "listed", "additive", "levels")))
    cost = st.decimals(min_value="0.1", max_value="10", places=1)
    if shape == "all":
        return AllOrNothing()
    if shape == "judged":
        return Judged(draw(st.sampled_from((D("0.1"), D("0.5"), D(1), D(3)))))
    if shape == "count":
        return CountDeduction(
            draw(cost),
            "处",
            cap=draw(st.none() | cost),
            zero_at=draw(st.none() | st.integers(1, 5)),
            unresolved_factor=draw(st.sampled_from((D(1), D(2)))),
        )
    if shape == "listed":
        found = draw(st.lists(st.tuples(cost, st.booleans()), min_size=1, max_size=4))
        rows = tuple(Entry(str(place), "问题", value, again) for place, (value, again) in enumerate(found, 1))
        return ListedDeductions(rows, draw(st.none() | cost))
    if shape == "additive":
        half = (points / 2).quantize(D("0.1"))
        return Additive(entries(half, points - half))
    return Levels(entries(points, (points / 2).quantize(D("0.01")), 0))


@st.composite
def forms(draw: st.DrawFn) -> Form:
    rows: list[list[Item]] = [[] for _ in range(draw(st.integers(1, 3)))]
    for place in range(draw(st.integers(1, 9))):
        points = draw(_points)
        rule = draw(_rules(points))
        effect = draw(st.sampled_from(("none", "none", "none", "item_zero", "section_zero", "form_zero")))
        rows[place % len(rows)].append(
            item(f"i{place}", rule, points, na_allowed=True, veto=Veto(effect, condition="条件"))
        )
    sections = tuple(Section(code=str(n), title="节", items=tuple(found)) for n, found in enumerate(rows, 1))
    total = sum((row.points or D(0) for found in rows for row in found), D(0))
    return form(
        sections=sections,
        total=total,
        mode=draw(st.sampled_from(("sum", "deduct"))),
        na_policy=draw(st.sampled_from(("renormalise", "full"))),
        places=draw(st.integers(0, 3)),
        bands=BANDS,
    )


@st.composite
def answer_to(draw: st.DrawFn, row: Item, *, absent: bool = True) -> Answer:
    if absent and draw(st.integers(0, 9)) == 0:
        return a.not_applicable("没有")
    veto = row.veto.effect != "none" and draw(st.integers(0, 9)) == 0
    points = row.points or D(0)
    match row.rule:
        case Judged(step):
            return a.judged(draw(st.integers(0, int(points / step))) * step, veto=veto)
        case CountDeduction():
            number = draw(st.integers(0, 12))
            return a.count(number, unresolved=draw(st.integers(0, number)), veto=veto)
        case ListedDeductions(rows) | Additive(rows):
            times = {entry.code: draw(st.integers(0, 3 if entry.repeatable else 1)) for entry in rows}
            return a.checked(times, veto=veto)
        case Levels(rows):
            return a.level(draw(st.sampled_from([entry.code for entry in rows])), veto=veto)
        case _:
            return a.met(draw(st.booleans()), veto=veto)


@st.composite
def filled_forms(draw: st.DrawFn) -> tuple[Form, dict[str, Answer]]:
    drawn = draw(forms())
    return drawn, {row.code: draw(answer_to(row)) for row in drawn.items()}
