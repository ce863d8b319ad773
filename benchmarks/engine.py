"""The engine's figure: 10,000 stored submissions of a 60-item form rescored on one core, no database, no network.

What is timed begins with the stored JSON as text and ends with the score, its account and the band. Beside it a floor:
the same JSON parsed, and one Decimal subtracted per item that lost, which is the least that any engine in Python does.
"""

import json
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks.client import Refused
from benchmarks.results import circumstances
from scorecards.answers import read_answers
from scorecards.engine import Scorer
from scorecards.form import (
    Additive,
    AllOrNothing,
    Band,
    CountDeduction,
    Entry,
    Form,
    Item,
    Judged,
    Levels,
    ListedDeductions,
    Rule,
    Section,
    Tier,
    Tiers,
    Veto,
)
from scorecards.form_json import to_json
from scorecards.result import Result, result_to_json

SUBMISSIONS = 10_000
ITEMS = 60
AIM = 5.0  # seconds for SUBMISSIONS on one core
ROUNDS = 5
TWO, HALF = Decimal(2), Decimal("0.5")
SHAPES: tuple[Rule, ...] = (
    AllOrNothing(),
    Judged(),
    CountDeduction(HALF, cap=Decimal("1.5")),
    ListedDeductions((Entry("a", "台面不洁", HALF), Entry("b", "无标识", Decimal(1)))),
    Additive((Entry("a", "有制度", Decimal(1)), Entry("b", "有记录", Decimal(1)))),
    Levels((Entry("good", "好", TWO), Entry("fair", "一般", Decimal(1)), Entry("poor", "差", Decimal(0)))),
    Tiers((Tier(0, TWO), Tier(1, Decimal(1)), Tier(3, Decimal(0)))),
)


def mixed_form() -> Form:
    """Six sections of ten items, seven shapes of rule in turn; one section capped, one item that turns all to nothing."""
    sections = tuple(
        Section(
            code=str(number), title=f"演示第 {number} 部分", points=Decimal(20),
            cap=Decimal(10) if number == 3 else None,
            items=tuple(
                Item(
                    code=f"{number}.{place}", no=f"{number}.{place}", text="演示检查项目",
                    rule=SHAPES[(number * 10 + place) % len(SHAPES)], points=TWO, na_allowed=True,
                    veto=Veto("section_zero", label="一票否决") if place == 10 else Veto(),
                )
                for place in range(1, 11)
            ),
        )
        for number in range(1, 7)
    )  # fmt: skip
    bands = (Band("优秀", Decimal(108)), Band("合格", Decimal(72)), Band("不合格", Decimal(0)))
    return Form(
        title="演示混合检查表（性能测试）", kind="canteen", sections=sections, total=Decimal(120), bands=bands,
        na_policy="renormalise",
    )  # fmt: skip


def _answer(rule: Rule, chance: Random) -> dict[str, Any]:
    """A quarter of the items lose something, one in thirty does not apply."""
    if chance.random() < 1 / 30:
        return {"not_applicable": "本校没有"}
    loses = chance.random() < 0.25
    match rule:
        case AllOrNothing():
            return {"met": not loses}
        case Judged():
            return {"judged": chance.choice(("0.5", "1", "1.5")) if loses else "2"}
        case CountDeduction() | Tiers():
            return {"count": chance.randint(1, 4) if loses else 0}
        case ListedDeductions():
            return {"checked": {"a": 1} if loses else {}}
        case Additive():
            return {"checked": {"a": 1} if loses else {"a": 1, "b": 1}}
        case Levels():
            return {"level": chance.choice(("fair", "poor")) if loses else "good"}
    raise AssertionError(rule)


def stored_submissions(form: Form, count: int, seed: int = 2026) -> list[str]:
    """As they lie in the database, each different."""
    chance = Random(seed)
    return [
        json.dumps({item.code: _answer(item.rule, chance) for item in form.items()}, ensure_ascii=False)
        for _ in range(count)
    ]


def rescore(form: Form, scorer: Scorer, stored: list[str]) -> Iterator[Result]:
    """One after the other: who rescores writes each result down and lets go of it."""
    for text in stored:
        yield scorer.score(read_answers(form, json.loads(text)))


def bare(form: Form, stored: list[str]) -> list[Decimal]:
    """Every item taken as all or nothing: no checks, no account, no bands."""
    worth = {item.code: item.points or Decimal(0) for item in form.items()}
    total = form.total or Decimal(0)
    full: tuple[dict[str, Any], ...] = (
        {"met": True},
        {"judged": "2"},
        {"count": 0},
        {"checked": {}},
        {"level": "good"},
    )
    scores = []
    for text in stored:
        score = total
        for code, answer in json.loads(text).items():
            if answer not in full:
                score -= worth[code]
        scores.append(score)
    return scores


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds for `count` submissions: of one core's time, the median of the rounds; of the clock for Node."""

    count: int
    engine: float
    floor: float
    node: float

    def for_ten_thousand(self, seconds: float) -> float:
        return seconds * SUBMISSIONS / self.count


def _cpu(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def measure(count: int = SUBMISSIONS, rounds: int = ROUNDS) -> Figures:
    form = mixed_form()
    scorer = Scorer(form)
    stored = stored_submissions(form, count)
    ours, floors = [], []
    for _ in range(rounds):  # in turns, so that a machine that is slow for a while is slow for both
        ours.append(_cpu(lambda: deque(rescore(form, scorer, stored), maxlen=0)))
        floors.append(_cpu(lambda: bare(form, stored)))
    return Figures(count, median(ours), median(floors), _in_node(form, scorer, stored))


def _in_node(form: Form, scorer: Scorer, stored: list[str]) -> float:
    """Seconds on the phone's engine, by Node's clock. Its scores must be the service's."""
    from tests.support.typescript import NODE, bundle  # the tests' own way of building it

    with tempfile.TemporaryDirectory() as folder:
        script = bundle("benchmarks/rescore.ts", Path(folder) / "rescore.mjs")
        told = json.loads(
            subprocess.run(
                [str(NODE), str(script)], input=json.dumps({"form": to_json(form), "stored": stored}),
                capture_output=True, text=True, check=True,
            ).stdout
        )  # fmt: skip
    ours = [result_to_json(result)["score"] for result in rescore(form, scorer, stored)]
    if told["scores"] != ours:
        raise Refused("the two engines give different scores")
    return float(told["milliseconds"]) / 1000


def met(figures: Figures) -> bool:
    return figures.for_ten_thousand(figures.engine) < AIM


def report(figures: Figures) -> str:
    engine, floor = figures.for_ten_thousand(figures.engine), figures.for_ten_thousand(figures.floor)
    node = figures.for_ten_thousand(figures.node)
    verdict = "met" if met(figures) else f"**missed** by {engine - AIM:.1f} s"
    lines = [
        f"## Rescoring {SUBMISSIONS:,} submissions of a {ITEMS}-item form",
        "",
        circumstances(),
        "",
        "From the stored JSON to score, account and band; seven shapes of rule, every submission different; processor"
        f" time of one core, median of the rounds over {figures.count:,} submissions.",
        "",
        "| | seconds | submissions per second | ÷ floor |",
        "|---|---|---|---|",
        f"| the service's engine (aim < {AIM:.0f} s: {verdict}) | {engine:.2f} | {SUBMISSIONS / engine:,.0f} |"
        f" {engine / floor:.1f} |",
        f"| floor: the JSON parsed, one Decimal per item that lost | {floor:.2f} | {SUBMISSIONS / floor:,.0f} | 1 |",
        f"| the phone's engine in Node, by the clock; the same scores | {node:.2f} | {SUBMISSIONS / node:,.0f} | |",
    ]
    return "\n".join(lines) + "\n"
