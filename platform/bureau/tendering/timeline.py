"""A tender's days as a line from past to future, with the working days that are left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from bureau.tendering import labels
from bureau.tendering.models import Tender, TenderEvent
from bureau.tendering.rules.terms import day_of
from kernel.actor import Actor
from kernel.database import now
from kernel.web.dates import today
from kernel.workdays import service as workdays
from kernel.workdays.rules import workdays_between

# Of the history these stand on the line; edits and the like are in the history alone.
SHOWN = (
    "submit", "return", "publish", "extend", "amend", "few_takers", "close_bidding", "open", "qualify",
    "finish_evaluation", "deliver_report", "decide", "announce", "close_window", "complete", "suspend", "resume",
    "terminate", "fail", "re_evaluate", "withdraw_award",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """`workdays`: how many are left until then, None for what is past. `is_sure`: the calendar knows those years."""

    at: datetime
    title: Any
    detail: str = ""
    is_past: bool = True
    workdays: int | None = None
    is_sure: bool = True


def marks(actor: Actor, tender: Tender, events: Sequence[TenderEvent]) -> list[Mark]:
    past = [
        Mark(event.at, labels.EVENTS.get(event.event, event.event), event.reason)
        for event in events
        if event.event in SHOWN
    ]
    if tender.state == "suspended":
        return past
    calendar = workdays.calendar(actor.bureau_id)
    coming = []
    for title, instant in (
        (_("获取文件截止"), tender.documents_until),
        (_("提问截止"), tender.questions_until),
        (_("投标截止并开标"), tender.bid_deadline),
    ):
        if instant is None or tender.state not in ("draft", "review", "bidding"):
            continue
        left = workdays_between(today(), day_of(instant), calendar)
        is_past = instant <= now()
        coming.append(
            Mark(
                instant, title, is_past=is_past, workdays=None if is_past else max(0, left.value), is_sure=left.is_sure
            )
        )
    return sorted([*past, *coming], key=lambda mark: mark.at)
