"""A result's account as the pages show it: the same for the bureau, the inspector and the school."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bureau.inspections import labels
from bureau.inspections.rules import line_key


@dataclass(frozen=True, slots=True)
class LineView:
    """`lost` is shown as words; `is_lost` also where an item without points failed."""

    code: str
    key: str
    unit: str
    no: str
    text: str
    rule_text: str
    section: str
    available: str
    awarded: str
    lost: Decimal
    reason: str
    chosen: str
    remark: str
    photos: list[str]
    is_lost: bool
    is_open: bool
    is_absent: bool
    vetoed: bool


@dataclass(frozen=True, slots=True)
class SectionView:
    code: str
    title: str
    available: str
    awarded: str
    lost: Decimal
    lines: list[LineView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AccountView:
    """`order` "lost": one section of all lines, most points lost first, and only those that lost any."""

    order: str
    sections: list[SectionView]
    lost_count: int
    vetoes: list[Any]
    key_failures: list[str]
    tally: Mapping[str, int] | None
    visit_photos: list[str]
    missing: int
    score: str
    maximum: str
    score_before_veto: str


def account_view(document: Mapping[str, Any], order: str = "form") -> AccountView:
    unit_labels = {
        (unit.get("section", ""), unit["unit"]): unit.get("label") or unit["unit"] for unit in document.get("units", ())
    }
    totals = {total["code"]: total for total in document.get("sections", ())}
    sections = []
    for section in document["sections_account"]:
        total = totals.get(section["code"], {})
        lines = [_line(line, section["title"], unit_labels) for line in section["lines"]]
        sections.append(
            SectionView(
                section["code"], section["title"], total.get("available", ""), total.get("awarded", ""),
                Decimal(total.get("lost") or 0), lines,
            )
        )  # fmt: skip
    lost = [line for section in sections for line in section.lines if line.is_lost]
    if order == "lost":
        lost.sort(key=lambda line: (not line.vetoed, -line.lost))
        sections = [SectionView("", "", "", "", Decimal(0), lost)]
    numbers = {line.code: line for section in sections for line in section.lines}
    vetoes = [{**veto, "line": numbers.get(veto["item"])} for veto in document.get("vetoes", ())]
    return AccountView(
        order=order,
        sections=sections,
        lost_count=len(lost),
        vetoes=vetoes,
        key_failures=list(document.get("key_failures", ())),
        tally=document.get("tally"),
        visit_photos=list(document.get("visit_photos", ())),
        missing=len(document.get("missing", ())),
        score=document.get("score") or "",
        maximum=document.get("maximum") or "",
        score_before_veto=document.get("score_before_veto") or "",
    )


def _line(line: Mapping[str, Any], section: str, unit_labels: Mapping[tuple[str, str], str]) -> LineView:
    lost = Decimal(line.get("lost") or 0)
    reason = line["reason"]
    return LineView(
        code=line["code"],
        key=line_key(line),
        unit=unit_labels.get((line["section"], line.get("unit", "")), line.get("unit", "")),
        no=line.get("no", ""),
        text=line["text"],
        rule_text=line.get("rule_text", ""),
        section=section,
        available=line.get("available") or "",
        awarded=line.get("awarded") or "",
        lost=lost,
        reason=labels.reason_text(line),
        chosen=labels.chosen_text(line),
        remark=line.get("remark", ""),
        photos=list(line.get("photos", ())),
        is_lost=(lost > 0 and reason != "unanswered") or reason in ("failed", "found"),
        is_open=reason == "unanswered",
        is_absent=reason in ("not_applicable", "tag_absent"),
        vetoed=bool(line.get("vetoed")),
    )
