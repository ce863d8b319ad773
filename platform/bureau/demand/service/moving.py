"""One transition and its row, of a round and of a sheet; and who may reach which."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.demand import rules
from bureau.demand.models import DemandRound, DemandRoundEvent, DemandSheet, DemandSheetEvent
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.errors import NotFound, RuleBroken
from kernel.states import NoTransition


def get_round(actor: Actor, round_id: UUID, *, lock: bool = False) -> DemandRound:
    """Of the actor's bureau; a school finds the rounds it takes part in."""
    query = select(DemandRound).where(DemandRound.bureau_id == actor.bureau_id, DemandRound.id == round_id)
    if actor.level == "school":
        query = query.where(
            select(DemandSheet.id)
            .where(
                DemandSheet.bureau_id == actor.bureau_id, DemandSheet.school_id == actor.own_school_id(),
                DemandSheet.round_id == DemandRound.id,
            )
            .exists()
        )  # fmt: skip
    if lock:
        query = query.with_for_update(of=DemandRound).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("没有这一轮需求计划。"))
    return found


def get_sheet(actor: Actor, school_id: int, round_id: UUID, *, lock: bool = False) -> DemandSheet:
    """Within the actor's scope: a school's own, a zone's schools, the bureau's district."""
    outside = (actor.level == "school" and school_id != actor.own_school_id()) or (
        actor.level == "zone" and school_id not in actor.school_ids
    )
    query = select(DemandSheet).where(
        DemandSheet.bureau_id == actor.bureau_id, DemandSheet.school_id == school_id, DemandSheet.round_id == round_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    sheet = None if outside else db.session.scalar(query)
    if sheet is None:
        raise NotFound(_("没有这份需求表。"))
    return sheet


def move_round(actor: Actor, row: DemandRound, event: str, words: str = "", **changes: Any) -> DemandRound:
    """`changes`: columns that the database wants to move together with the state."""
    try:
        state = rules.next_round_state(row.state, event)
    except NoTransition as error:
        raise RuleBroken("demand_round_state", _("这一轮需求计划当前状态下不能进行此操作。")) from error
    before, row.state = row.state, state
    for name, value in changes.items():
        setattr(row, name, value)
    note_round(actor, row, event, before, words)
    return row


def note_round(actor: Actor, row: DemandRound, event: str, before: str, words: str = "") -> None:
    db.session.add(
        DemandRoundEvent(
            bureau_id=row.bureau_id, id=new_id(), round_id=row.id, event=event, from_state=before, to_state=row.state,
            words=words, by=actor.account_id, by_name=actor.display_name, at=now(),
        )
    )  # fmt: skip


def move_sheet(actor: Actor, sheet: DemandSheet, event: str, words: str = "") -> DemandSheet:
    try:
        state = rules.next_sheet_state(sheet.state, event)
    except NoTransition as error:
        raise RuleBroken("demand_sheet_state", _("需求表当前状态下不能进行此操作。")) from error
    before, sheet.state = sheet.state, state
    db.session.add(
        DemandSheetEvent(
            bureau_id=sheet.bureau_id, school_id=sheet.school_id, id=new_id(), sheet_id=sheet.id, event=event,
            from_state=before, to_state=state, words=words, by=actor.account_id, by_name=actor.display_name, at=now(),
        )
    )  # fmt: skip
    return sheet
