"""A school's sheet: rows written as they are typed, handed in, approved or sent back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.demand import rules
from bureau.demand.models import MONTH_COLUMNS, DemandItem, DemandLine, DemandRound, DemandSheet, DemandSheetEvent
from bureau.demand.service.moving import get_round, get_sheet, move_round, move_sheet
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, RuleBroken


@dataclass(frozen=True, slots=True)
class RowChange:
    """One item's months as they stand on the page. `version`: of the line that the page shows, 0: there was none.
    `basis`: the source of a proposal taken over, "" for typed figures."""

    item_id: UUID
    version: int
    months: Sequence[Decimal | None]
    basis: str = ""


def lines_of(actor: Actor, sheet: DemandSheet, category_id: UUID | None = None) -> dict[UUID, DemandLine]:
    query = select(DemandLine).where(
        DemandLine.bureau_id == actor.bureau_id, DemandLine.round_id == sheet.round_id,
        DemandLine.school_id == sheet.school_id,
    )  # fmt: skip
    if category_id is not None:
        query = query.where(
            DemandLine.item_id.in_(
                select(DemandItem.item_id).where(
                    DemandItem.bureau_id == actor.bureau_id, DemandItem.round_id == sheet.round_id,
                    DemandItem.category_id == category_id,
                )
            )
        )  # fmt: skip
    return {line.item_id: line for line in db.session.scalars(query)}


def save_rows(actor: Actor, round_id: UUID, changes: Sequence[RowChange]) -> list[DemandLine]:
    """Write these items of the actor's own school; the lines as they are then, in the order given.

    A line that somebody else changed since is a Conflict that names the items and gives what stands there; the same
    figures again are the same line, whatever version they come with: a lost answer is no conflict.
    """
    row = get_round(actor, round_id)
    sheet = get_sheet(actor, actor.own_school_id(), round_id, lock=True)
    if not rules.may_fill(row.state, sheet.state):
        raise RuleBroken("demand_sheet_state", _("需求表已提交或本轮已截止，不能再修改。"))
    items = set(
        db.session.scalars(
            select(DemandItem.item_id).where(DemandItem.bureau_id == actor.bureau_id, DemandItem.round_id == round_id)
        )
    )
    if any(change.item_id not in items for change in changes):
        raise Invalid({"rows": [_("这种物品不在这一轮需求计划里。")]})
    lines = lines_of(actor, sheet)
    stale = []
    written = []
    for change in changes:
        wanted = _padded(change.months, row.month_count)
        line = lines.get(change.item_id)
        if line is not None and line.months == wanted:
            line.basis = change.basis
            written.append(line)
            continue
        if (line.version if line is not None else 0) != change.version:
            stale.append(line if line is not None else change)
            continue
        if line is None:
            line = lines[change.item_id] = DemandLine(
                bureau_id=actor.bureau_id, school_id=sheet.school_id, id=new_id(), round_id=round_id,
                sheet_id=sheet.id, item_id=change.item_id, created_by=actor.account_id,
            )  # fmt: skip
            db.session.add(line)
        for column, value in zip(MONTH_COLUMNS, wanted, strict=True):
            setattr(line, column, value)
        line.basis = change.basis
        written.append(line)
    if stale:
        current = {str(one.item_id): row_json(one) for one in stale if isinstance(one, DemandLine)}
        raise Conflict(_("有 %(count)s 行已被同事修改，请核对后再填。", count=len(stale)), {"rows": current})
    flush(db.session())
    return written


def _padded(months: Sequence[Decimal | None], count: int) -> list[Decimal | None]:
    if len(months) != count:
        raise Invalid({"rows": [_("应有 %(count)s 个月的数量。", count=count)]})
    return [*months, *([None] * (len(MONTH_COLUMNS) - count))]


def plain(value: Decimal | None) -> str:
    """Without trailing zeros, as people write it; "" for None."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def row_json(line: DemandLine) -> dict[str, Any]:
    return {"version": line.version, "months": [plain(one) for one in line.months], "total": plain(line.total)}


def submit(actor: Actor, round_id: UUID, seen: int | None, words: str = "") -> DemandSheet:
    """The school stands by its figures. After the deadline too, as long as the bureau has not closed the round: a late
    sheet is better than none, and says that it is late."""
    row = get_round(actor, round_id)
    sheet = get_sheet(actor, actor.own_school_id(), round_id, lock=True)
    require_version(sheet, seen)
    if sheet.state in rules.FILLABLE and not rules.may_fill(row.state, sheet.state):
        raise RuleBroken("demand_sheet_state", _("本轮已截止，不能再提交。"))
    if not filled_counts(actor, round_id, [sheet.school_id]).get(sheet.school_id):
        raise RuleBroken("demand_sheet_empty", _("需求表还是空的。确实没有需求的，请在任一物品填 0。"))
    sheet.submitted_at = now()
    move_sheet(actor, sheet, "submit", words)
    flush(db.session())
    return sheet


def withdraw(actor: Actor, round_id: UUID, seen: int | None, words: str = "") -> DemandSheet:
    """Back to the school before the bureau has looked; only while it could be handed in again."""
    row = get_round(actor, round_id)
    sheet = get_sheet(actor, actor.own_school_id(), round_id, lock=True)
    require_version(sheet, seen)
    if row.state != "open":
        raise RuleBroken("demand_round_state", _("本轮已截止，不能撤回。需要修改的，请联系教育局退回。"))
    move_sheet(actor, sheet, "withdraw", words)
    flush(db.session())
    return sheet


def approve(actor: Actor, school_id: int, round_id: UUID, seen: int | None, words: str = "") -> DemandSheet:
    _require_unfrozen(actor, round_id)
    sheet = get_sheet(actor, school_id, round_id, lock=True)
    require_version(sheet, seen)
    move_sheet(actor, sheet, "approve", words)
    flush(db.session())
    return sheet


def send_back(actor: Actor, school_id: int, round_id: UUID, seen: int | None, words: str) -> DemandSheet:
    """With the reason. Of a sheet that is already in the lots: the lots hold no more until they are made again."""
    if not words.strip():
        raise Invalid({"words": [_("请写明退回原因。")]})
    row = _require_unfrozen(actor, round_id)
    sheet = get_sheet(actor, school_id, round_id, lock=True)
    require_version(sheet, seen)
    was_gathered = sheet.state == "aggregated"
    move_sheet(actor, sheet, "return", words.strip())
    if was_gathered and row.state == "aggregated":
        move_round(actor, row, "sheet_reopened", words.strip(), aggregation_id=None)
    flush(db.session())
    return sheet


def _require_unfrozen(actor: Actor, round_id: UUID) -> DemandRound:
    row = get_round(actor, round_id, lock=True)
    if row.state == "tendered":
        raise RuleBroken("demand_round_frozen", _("招标已使用这一轮需求计划，数量不能再变。"))
    return row


def filled_counts(actor: Actor, round_id: UUID, school_ids: Sequence[int] | None = None) -> dict[int, int]:
    """School → how many items of the round it has written something for."""
    query = select(DemandLine.school_id, func.count()).where(
        DemandLine.bureau_id == actor.bureau_id, DemandLine.round_id == round_id,
        func.coalesce(*(getattr(DemandLine, column) for column in MONTH_COLUMNS)).is_not(None),
    )  # fmt: skip
    if school_ids is not None:
        query = query.where(DemandLine.school_id.in_(list(school_ids)))
    return dict(db.session.execute(query.group_by(DemandLine.school_id)).all())


def filled_by_category(actor: Actor, sheet: DemandSheet) -> Mapping[UUID, int]:
    """Category → how many of its items the sheet has something for."""
    same = (DemandItem.bureau_id == DemandLine.bureau_id) & (DemandItem.round_id == DemandLine.round_id)
    query = (
        select(DemandItem.category_id, func.count())
        .join(DemandLine, same & (DemandItem.item_id == DemandLine.item_id))
        .where(
            DemandLine.bureau_id == actor.bureau_id, DemandLine.round_id == sheet.round_id,
            DemandLine.school_id == sheet.school_id,
            func.coalesce(*(getattr(DemandLine, column) for column in MONTH_COLUMNS)).is_not(None),
        )
        .group_by(DemandItem.category_id)
    )  # fmt: skip
    return dict(db.session.execute(query).all())


def events_of(sheet: DemandSheet) -> list[DemandSheetEvent]:
    query = select(DemandSheetEvent).where(
        DemandSheetEvent.bureau_id == sheet.bureau_id, DemandSheetEvent.school_id == sheet.school_id,
        DemandSheetEvent.sheet_id == sheet.id,
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(DemandSheetEvent.at, DemandSheetEvent.id)))
