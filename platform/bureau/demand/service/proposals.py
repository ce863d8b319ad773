"""What a school is proposed to ask for, and taking it over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from bureau.demand import rules
from bureau.demand.history import received
from bureau.demand.models import DemandItem, DemandLine, DemandRound, DemandSheet
from bureau.demand.service.moving import get_round, get_sheet
from bureau.demand.service.rounds import items_of
from bureau.demand.service.sheets import RowChange, lines_of, save_rows
from kernel.actor import Actor
from kernel.database import db
from kernel.web.dates import today


@dataclass(frozen=True, slots=True)
class Proposals:
    """`of`: item → what is proposed. `change`: by what last year's figures were multiplied."""

    of: Mapping[UUID, rules.Proposal]
    change: rules.Change
    diners: int


def proposals(actor: Actor, row: DemandRound, sheet: DemandSheet, items: Sequence[DemandItem]) -> Proposals:
    months = rules.months_of(row.first_month, row.month_count)
    ids = [item.item_id for item in items]
    before = _sheet_before(actor, row, sheet.school_id)
    now_there = rules.Headcount(sheet.diners, sheet.enrolment)
    then_there = rules.Headcount(before.diners, before.enrolment) if before is not None else None
    change = rules.change_of(then_there, now_there)
    came = _by_item(received(actor, sheet.school_id, ids, rules.year_before(months[0]), row.month_count))
    asked = _asked_before(actor, row, sheet.school_id, ids)
    is_over = rules.year_before(months[-1]) < today().replace(day=1)
    found = {}
    for item in items:
        one = rules.propose(
            months, came.get(item.item_id, {}), asked.get(item.item_id, {}), item.norm, change, sheet.diners,
            is_over=is_over,
        )  # fmt: skip
        if one is not None:
            found[item.item_id] = one
    return Proposals(found, change, sheet.diners)


def _by_item(figures: Mapping[tuple[UUID, date], Decimal]) -> dict[UUID, dict[date, Decimal]]:
    found: dict[UUID, dict[date, Decimal]] = {}
    for (item_id, month), quantity in figures.items():
        found.setdefault(item_id, {})[month] = quantity
    return found


def _sheet_before(actor: Actor, row: DemandRound, school_id: int) -> DemandSheet | None:
    if row.previous_id is None:
        return None
    return db.session.scalar(
        select(DemandSheet).where(
            DemandSheet.bureau_id == actor.bureau_id, DemandSheet.school_id == school_id,
            DemandSheet.round_id == row.previous_id,
        )
    )  # fmt: skip


def _asked_before(
    actor: Actor, row: DemandRound, school_id: int, item_ids: Sequence[UUID]
) -> dict[UUID, dict[date, Decimal]]:
    """Of the round that this one follows: what was approved there, by the month it was for."""
    if row.previous_id is None:
        return {}
    of_sheet = (
        (DemandSheet.bureau_id == DemandLine.bureau_id)
        & (DemandSheet.school_id == DemandLine.school_id)
        & (DemandSheet.id == DemandLine.sheet_id)
    )
    of_round = (DemandRound.bureau_id == DemandLine.bureau_id) & (DemandRound.id == DemandLine.round_id)
    query = (
        select(DemandLine, DemandRound.first_month, DemandRound.month_count)
        .join(DemandSheet, of_sheet)
        .join(DemandRound, of_round)
        .where(
            DemandLine.bureau_id == actor.bureau_id, DemandLine.round_id == row.previous_id,
            DemandLine.school_id == school_id, DemandLine.item_id.in_(list(item_ids)),
            DemandSheet.state.in_(rules.GATHERED),
        )
    )  # fmt: skip
    found = {}
    for line, first, count in db.session.execute(query):
        months = rules.months_of(first, count)
        pairs = zip(months, line.months, strict=False)
        found[line.item_id] = {month: quantity for month, quantity in pairs if quantity is not None}
    return found


def take_proposals(actor: Actor, round_id: UUID, category_id: UUID | None = None) -> int:
    """Write what is proposed for the items of the actor's own school that have nothing yet; how many it were."""
    row = get_round(actor, round_id)
    sheet = get_sheet(actor, actor.own_school_id(), round_id)
    items = items_of(actor, round_id, category_id)
    lines = lines_of(actor, sheet)
    empty = [
        item for item in items if item.item_id not in lines or all(one is None for one in lines[item.item_id].months)
    ]
    offered = proposals(actor, row, sheet, empty).of
    changes = [
        RowChange(
            item.item_id,
            lines[item.item_id].version if item.item_id in lines else 0,
            offered[item.item_id].months,
            offered[item.item_id].source,
        )
        for item in empty
        if item.item_id in offered
    ]
    if changes:
        save_rows(actor, round_id, changes)
    return len(changes)
