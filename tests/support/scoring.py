"""Any form that the engine takes, filled in any way: what the engines of service and phone are compared on."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from scorecards.answers import Answer, answers_to_json
from scorecards.contradictions import contradictions
from scorecards.form import (
    COUNTS,
    LIMIT_EFFECTS,
    NA_POLICIES,
    OPERATORS,
    SHARES_OF,
    VETO_EFFECTS,
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
    Limit,
    ListedDeductions,
    NaShare,
    Parameter,
    Repeat,
    RequiredCount,
    Scale,
    ScaleRow,
    Section,
    Tier,
    Tiers,
    Unscored,
    VerdictRule,
    Verdicts,
    Veto,
    VetoOnly,
    YesNo,
)

D = Decimal
BANDS = (Band("优秀", D(90)), Band("良好", D(75)), Band("合格", D(60)), Band("不合格", D(0)))
PARAMETERS = (
    Parameter("pupils", "学生数", "人"),
    Parameter("guests", "来访人数", "人", "asked"),
    Parameter("beds", "床位数", "张", "unit"),
)
SHAPES = (
    "all", "all", "judged", "count", "scaled", "listed", "additive", "levels", "tiers", "required", "yes_no", "red",
    "unscored",
)  # fmt: skip
BONUS_SHAPES = ("all", "judged", "additive", "levels", "tiers")
_points = st.decimals(min_value="0.5", max_value="30", places=1)
_cost = st.decimals(min_value="0.1", max_value="10", places=1)
_percent = st.sampled_from((D(0), D(80), D("33.3"), D(100)))


@dataclass(frozen=True)
class Case:
    """`answers`, `parameters`, `units`: as JSON has them."""

    form: Form
    answers: dict[str, Any]
    tags: list[str] | None = None
    parameters: dict[str, Any] | None = None
    units: dict[str, list[Any]] | None = None


@st.composite
def _scales(draw: st.DrawFn, *, table: bool, in_units: bool) -> Scale:
    parameter = draw(st.sampled_from(("pupils", "guests", "beds") if in_units else ("pupils", "guests")))
    if table or draw(st.booleans()):
        starts = sorted(draw(st.sets(st.integers(0, 12), min_size=1, max_size=3)))
        value = _cost if table else st.integers(0, 5).map(D)
        rows = tuple(ScaleRow(D(start), draw(value)) for start in starts)
        return Scale(parameter=parameter, rows=rows, minimum=draw(st.integers(0, 1)))
    return Scale(
        parameter=parameter,
        per=draw(st.sampled_from((D(1), D(3), D("2.5")))),
        rounding=draw(st.sampled_from(("up", "down"))),
        plus=draw(st.integers(0, 2)),
        minimum=draw(st.integers(0, 3)),
    )


@st.composite
def _count_rules(draw: st.DrawFn, *, scaled: bool, in_units: bool) -> CountDeduction:
    by = draw(st.none() | _scales(table=True, in_units=in_units)) if scaled else None
    return CountDeduction(
        max((row.value for row in by.rows), default=D(1)) if by else draw(_cost),
        "处",
        cap=draw(st.none() | _cost),
        zero_at=draw(st.none() | st.integers(1, 5)),
        unresolved_factor=draw(st.sampled_from((D(1), D(2)))),
        unit_points_by=by,
        free=draw(st.integers(0, 2)),
        free_by=draw(st.none() | _scales(table=False, in_units=in_units)) if scaled else None,
    )


@st.composite
def _rules(draw: st.DrawFn, shape: str, points: Decimal, in_units: bool) -> Any:
    half = (points / 2).quantize(D("0.1"))
    match shape:
        case "all":
            return AllOrNothing()
        case "judged":
            return Judged(draw(st.sampled_from((D("0.1"), D("0.5"), D(1), D(3)))))
        case "count" | "scaled":
            return draw(_count_rules(scaled=shape == "scaled", in_units=in_units))
        case "listed":
            found = draw(st.lists(st.tuples(_cost, st.booleans()), min_size=1, max_size=4))
            rows = tuple(Entry(str(place), "问题", value, again) for place, (value, again) in enumerate(found, 1))
            return ListedDeductions(rows, draw(st.none() | _cost))
        case "additive":
            return Additive((Entry("1", "一", half), Entry("2", "二", points - half, draw(st.booleans()))))
        case "levels":
            return Levels((Entry("1", "一", points), Entry("2", "二", half), Entry("3", "三", D(0))))
        case "tiers":
            counts = draw(st.sampled_from(COUNTS))
            earned = [points, half, D(0)]
            starts = [0, *sorted(draw(st.sets(st.integers(1, 6), min_size=2, max_size=2)))]
            ladder = earned if counts == "defects" else earned[::-1]
            return Tiers(tuple(map(Tier, starts, ladder)), counts=counts)
        case "required":
            required = draw(_scales(table=False, in_units=in_units))
            return RequiredCount(
                required, draw(_cost), cap=draw(st.none() | _cost), zero_at=draw(st.none() | st.integers(1, 3))
            )
        case "yes_no":
            return YesNo()
        case "red":
            return VetoOnly()
        case _:
            return Unscored()


@st.composite
def _vetoes(draw: st.DrawFn, shape: str) -> Veto:
    effects = VETO_EFFECTS[2:] if shape == "red" else ("none", "none", "none", *VETO_EFFECTS)
    effect = draw(st.sampled_from(effects))
    if effect == "none":
        return Veto()
    label = "合格" if effect == "band_cap" else "不达标" if effect in ("verdict", "fail") else ""
    return Veto(effect, label, "见到严重情形", draw(st.booleans()))


@st.composite
def _items(draw: st.DrawFn, code: str, *, in_units: bool, deduct: bool) -> Item:
    bonus = not in_units and draw(st.integers(0, 7)) == 0
    shape = draw(st.sampled_from(BONUS_SHAPES if bonus else SHAPES))
    points = draw(_points)
    rule = draw(_rules(shape, points, in_units))
    pointless = shape in ("yes_no", "red", "unscored") or (
        deduct and shape in ("count", "scaled", "listed") and draw(st.booleans())
    )
    return Item(
        code=code,
        no=code,
        text=f"检查内容{code}",
        rule=rule,
        points=None if pointless else points,
        veto=draw(_vetoes(shape)),
        key=draw(st.booleans()),
        mark=draw(st.sampled_from(("", "", "★"))),
        na_allowed=draw(st.booleans()),
        tags=("boarding",) if draw(st.integers(0, 5)) == 0 else (),
        bonus=bonus,
    )


_repeats = st.builds(
    Repeat,
    unit_label=st.just("寝室"),
    aggregate=st.sampled_from(("mean", "minimum", "sum")),
    minimum_units=st.integers(0, 3),
)


@st.composite
def _limits(draw: st.DrawFn, items: list[Item]) -> tuple[Limit, ...]:
    limits = []
    for _ in range(draw(st.integers(0, 2))):
        mark = draw(st.sampled_from(("", "★")))
        if not any(item.mark == mark if mark else item.key for item in items):
            continue
        effect = draw(st.sampled_from(LIMIT_EFFECTS))
        label = draw(st.sampled_from(("良好", "合格"))) if effect == "band_cap" else "不予评定"
        limits.append(Limit(at_least=draw(st.integers(1, 3)), effect=effect, label=label, mark=mark))
    return tuple(limits)


@st.composite
def _tables(draw: st.DrawFn) -> Verdicts:
    metrics = st.sampled_from(("key_failed", "general_failed", "vetoes", "key_failures"))
    counts = st.builds(Condition, metrics, st.sampled_from(OPERATORS), st.integers(0, 3).map(D))
    others = st.builds(
        Condition,
        st.sampled_from(("general_rate", "score")),
        st.sampled_from(OPERATORS),
        st.sampled_from((D(60), D("69.9"), D(90), D(100))),
    )
    every = st.lists(counts | others, min_size=1, max_size=2).map(tuple)
    rules = [VerdictRule(label, tuple(draw(st.lists(every, min_size=1, max_size=2)))) for label in ("符合", "不符合")]
    return Verdicts(
        rules=tuple(rules),
        min_key=draw(st.none() | st.integers(0, 2)),
        min_general=draw(st.none() | st.integers(0, 2)),
    )


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """Forms with any of the parts, whole and free of contradictions."""
    mode = draw(st.sampled_from(("sum", "sum", "deduct", "pass_rate")))
    form_repeat = draw(st.none() | st.none() | _repeats)
    sections = []
    number = 0
    for place in range(draw(st.integers(1, 3))):
        repeat = None if form_repeat else draw(st.none() | st.none() | _repeats)
        rows = []
        for _ in range(draw(st.integers(1, 4))):
            rows.append(draw(_items(f"i{number}", in_units=bool(form_repeat or repeat), deduct=mode == "deduct")))
            number += 1
        sections.append(
            Section(
                code=f"s{place}",
                title="节",
                items=tuple(rows),
                cap=draw(st.none() | st.none() | _cost),
                na_allowed=draw(st.booleans()),
                na_share=draw(st.none() | st.builds(NaShare, percent=_percent, of=st.sampled_from(SHARES_OF))),
                repeat=repeat,
            )
        )
    items = [item for section in sections for item in section.items]
    own = sum((item.points or D(0) for item in items if not item.bonus), D(0)) or D(10)
    form = Form(
        title="任意表",
        kind="canteen",
        sections=tuple(sections),
        total=draw(st.sampled_from((own, own, D(100))))
        if mode != "pass_rate"
        else draw(st.sampled_from((None, D(10)))),
        mode=mode,
        na_policy=draw(st.sampled_from(("renormalise", *NA_POLICIES))),
        places=draw(st.integers(0, 3)),
        bands=BANDS,
        verdicts=draw(st.none() | _tables()),
        parameters=PARAMETERS,
        limits=draw(_limits(items)),
        repeat=form_repeat,
        bonus_cap=draw(st.none() | _cost),
    )
    assert not contradictions(form)
    return form


@st.composite
def answers_to(draw: st.DrawFn, item: Item, *, absent: bool) -> Answer:
    if absent and item.na_allowed and draw(st.integers(0, 7)) == 0:
        return Answer("not_applicable", "本校没有")
    asks = item.veto.effect != "none" and not isinstance(item.rule, VetoOnly)
    veto = asks and draw(st.integers(0, 9)) == 0
    points = item.points or D(0)
    match item.rule:
        case Judged(step):
            return Answer("judged", draw(st.integers(0, int(points / step))) * step, veto=veto)
        case CountDeduction():
            number = draw(st.integers(0, 8))
            return Answer("count", number, draw(st.integers(0, number)), veto)
        case Tiers() | RequiredCount():
            return Answer("count", draw(st.integers(0, 8)), veto=veto)
        case ListedDeductions(entries) | Additive(entries):
            times = {entry.code: draw(st.integers(0, 3 if entry.repeatable else 1)) for entry in entries}
            return Answer("checked", times, veto=veto)
        case Levels(entries):
            return Answer("level", draw(st.sampled_from([entry.code for entry in entries])), veto=veto)
        case VetoOnly():
            return Answer("found", draw(st.integers(0, 4)) == 0)
        case _:
            return Answer("met", draw(st.booleans()), veto=veto)


@st.composite
def cases(draw: st.DrawFn, *, whole: bool = False) -> Case:
    """A form filled as a visit does it. `whole`: every answer and every parameter is there."""
    form = draw(forms())
    places = [""] if form.repeat else [section.code for section in form.sections if section.repeat]
    units = {place: draw(_units(whole=whole)) for place in places}
    answers: dict[str, Answer] = {}
    for section in form.sections:
        named = units.get("" if form.repeat else section.code)
        suffixes = [""] if named is None else [f"@{unit['code']}" for unit in named]
        for suffix in suffixes:
            if section.na_allowed and form.na_policy != "refuse" and draw(st.integers(0, 5)) == 0:
                answers[section.code + (suffix if form.repeat else "")] = Answer("not_applicable", "没有这一部分")
                if not form.repeat:
                    for key in [key for key in answers if key.partition("@")[0] in {i.code for i in section.items}]:
                        del answers[key]
                    break
                continue
            for item in section.items:
                if whole or draw(st.integers(0, 9)):
                    answers[item.code + suffix] = draw(answers_to(item, absent=form.na_policy != "refuse"))
    figures = st.integers(12, 20) | st.sampled_from((12.5, "13.25"))
    parameters = {name: draw(figures) for name in ("pupils", "guests") if whole or draw(st.integers(0, 5))}
    return Case(
        form,
        answers_to_json(answers),
        draw(st.none() | st.just(["boarding"]) | st.just(["school_bus"])),
        parameters,
        draw(st.just(units) if whole or not places else st.just(units) | st.none()),
    )


@st.composite
def _units(draw: st.DrawFn, *, whole: bool) -> list[dict[str, Any]]:
    codes = draw(st.lists(st.sampled_from(("101", "102", "A-1", "9")), unique=True, min_size=int(whole), max_size=3))
    rows = []
    for code in codes:
        row: dict[str, Any] = {"code": code, "label": f"{code} 室"}
        if whole or draw(st.integers(0, 3)):
            row["parameters"] = {"beds": draw(st.integers(12, 16))}
        rows.append(row)
    return rows


@st.composite
def broken_cases(draw: st.DrawFn) -> Case:
    """A case with something that must be refused, or at least looks like it."""
    case = draw(cases())
    answers, parameters, units = dict(case.answers), dict(case.parameters or {}), dict(case.units or {})
    codes = [item.code for item in case.form.items()] + [section.code for section in case.form.sections]
    keys = st.sampled_from(codes).flatmap(
        lambda code: st.sampled_from((code, f"{code}@101", f"{code}@x", f"{code}@", "zz"))
    )
    values: st.SearchStrategy[Any] = st.sampled_from(
        (True, 3, -1, "x", {"met": False}, {"not_applicable": "没有"}, {"not_applicable": " "}, {"count": 2, "unresolved": 3},
         {"met": True, "veto": True}, {"found": True}, {"checked": {"1": 9}}, {"count": 1, "veto": 1})
    )  # fmt: skip
    for _ in range(draw(st.integers(0, 2))):
        answers[draw(keys)] = draw(values)
    if draw(st.booleans()):
        parameters["pupils"] = draw(st.sampled_from((-1, "x", True, 0, 1.23456, 10**9, None, "1e3", "0.5")))
    if draw(st.booleans()):
        place = draw(st.sampled_from(("", "s0", "s1", "zz")))
        units[place] = draw(
            st.sampled_from(
                ([], ["101"], ["101", "101"], ["房"], [{"code": "101", "parameters": {"beds": "x"}}], [3], "101",
                 [{"code": "7", "label": 5}])
            )
        )  # fmt: skip
    return Case(case.form, answers, case.tags, parameters, units)
