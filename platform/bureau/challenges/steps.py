"""One step of a complaint from the fields that a page or the API sends."""

from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from bureau.challenges.models import Complaint
from bureau.challenges.service import complaints
from kernel.actor import Actor
from kernel.errors import Invalid


def carry_out(actor: Actor, complaint_id: UUID, version: int | None, data: dict[str, Any]) -> Complaint:
    step = data["step"]
    if step == "accept":
        return complaints.accept(
            actor, complaint_id, version, accepted_on=_day(data, "accepted_on"), copy_on=data["copy_on"],
            suspended_until=data["suspended_until"],
        )  # fmt: skip
    if step == "reply":
        return complaints.reply(actor, complaint_id, version, _day(data, "replied_on"))
    if step == "decide":
        return complaints.decide(
            actor, complaint_id, version, decided_on=_day(data, "decided_on"), outcome=data["outcome"] or "",
            decision=data["decision"] or "",
        )  # fmt: skip
    return complaints.end(actor, complaint_id, version, step)


def _day(data: dict[str, Any], name: str) -> date:
    day: date | None = data[name]
    if day is None:
        raise Invalid({name: [_("请填写日期。")]})
    return day
