"""Scores and facts as spreadsheets."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from kernel.actor import Actor
from kernel.sheets import Column, SheetSpec, export_xlsx
from school.supplier_scores import labels
from school.supplier_scores.rules import CRITERIA, percent
from school.supplier_scores.service import facts
from school.supplier_scores.service.reading import Standing

MOST_FACTS = 5000

STANDINGS = SheetSpec(
    _l("供应商评分"),
    (
        Column("name", _l("供应商"), width=28),
        Column("state", _l("状态"), kind="choice", choices=labels.STATES),
        Column("provisional", _l("当前得分（未公布）"), kind="decimal", width=18),
        Column("published", _l("已公布得分"), kind="decimal", width=12),
        Column("until", _l("公布期间截至"), kind="date", width=14),
        *(
            column
            for name in CRITERIA
            for column in (
                Column(f"{name}_kept", _l("%(name)s：履约", name=labels.CRITERIA[name]), kind="integer"),
                Column(f"{name}_total", _l("%(name)s：事实", name=labels.CRITERIA[name]), kind="integer"),
                Column(f"{name}_rate", _l("%(name)s：比率（%%）", name=labels.CRITERIA[name]), kind="decimal"),
            )
        ),
    ),
)
FACTS = SheetSpec(
    _l("履约事实"),
    (
        Column("day", _l("送货日期"), kind="date", width=12),
        Column("school", _l("学校"), width=24),
        Column("criterion", _l("项目"), kind="choice", choices=labels.CRITERIA),
        Column("number", _l("订单号"), width=16),
        Column("outcome", _l("结果"), width=14),
        Column("kept", _l("是否履约"), kind="flag"),
        Column("account", _l("说明"), width=48),
        Column("struck", _l("已不再计入"), kind="flag"),
    ),
)


def standings_xlsx(rows: Sequence[Standing]) -> bytes:
    return export_xlsx(STANDINGS, (_standing(row) for row in rows))


def _standing(row: Standing) -> Mapping[str, Any]:
    values: dict[str, Any] = {
        "name": row.name, "state": row.provisional.state, "provisional": row.provisional.shown,
        "published": row.published.row.score if row.published else None,
        "until": row.published.publication.last_day if row.published else None,
    }  # fmt: skip
    for part in row.provisional.parts:
        values[f"{part.criterion}_kept"] = part.counts.kept
        values[f"{part.criterion}_total"] = part.counts.total
        values[f"{part.criterion}_rate"] = percent(part.counts.rate) if part.is_enough else None
    return values


def facts_xlsx(actor: Actor, supplier_id: UUID) -> bytes:
    """What speaks against a supplier, newest first."""
    footer = [_("最多列出最近 %(most)s 条未履约的事实。", most=MOST_FACTS)]
    return export_xlsx(FACTS, _facts(actor, supplier_id), footer=footer)


def _facts(actor: Actor, supplier_id: UUID) -> Iterator[Mapping[str, Any]]:
    for fact in facts.list_facts(actor, supplier_id, limit=MOST_FACTS).items:
        yield {
            "day": fact.day, "school": fact.school_name, "criterion": fact.criterion, "number": fact.label,
            "outcome": labels.outcome_of(fact), "kept": fact.is_kept, "account": labels.account_of(fact),
            "struck": fact.struck_run is not None,
        }  # fmt: skip
