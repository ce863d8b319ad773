"""An officer who cannot come: one person says it, another confirms it. Alone nobody can put an officer aside."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from bureau.bids import labels
from bureau.bids.models import SEATS, Opening
from bureau.bids.permissions import WITNESSES
from bureau.bids.service import officers, sitting
from bureau.people.service import people_with_role
from bureau.tendering.models import Tender
from kernel.actor import Actor
from kernel.database import db, now
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.notices.service import notify

HEADING = "unavailable"


def declare(actor: Actor, tender_id: UUID, seat: str, reason: str) -> Opening:
    """By an officer who stands at the opening. It holds once another person has confirmed it; both are on record."""
    tender, opening = sitting.locked(actor, tender_id)
    if seat not in SEATS:
        raise NotFound(_("没有这个席位。"))
    if not reason.strip():
        raise Invalid({"reason": [_("请写明原因。")]})
    if seat in sitting.present(actor.bureau_id, tender_id):
        raise Conflict(_("这名开标人员已经到场。"))
    if line_of(opening, seat) is None:
        sitting.record(
            opening, HEADING, actor, {"seat": seat, "reason": reason.strip(), "by_id": str(actor.account_id)}
        )
        _tell(actor, tender, seat)
    db.session.flush()
    return opening


def confirm(actor: Actor, tender_id: UUID, seat: str) -> Opening:
    """The second person: another officer of this opening or a witness of the bureau, who is not the absent one. Twice is
    once."""
    _tender, opening = sitting.locked(actor, tender_id)
    line = line_of(opening, seat)
    if line is None:
        raise NotFound(_("没有待确认的缺席登记。"))
    if line.get("confirmed_by"):
        return opening
    if not may_witness(actor, tender_id):
        raise Denied(message=_("只有本项目的其他开标人员、局管理员、采购经办或纪检监督可以确认。"))
    if str(actor.account_id) == line.get("by_id") or actor.account_id == _holder(actor, tender_id, seat):
        raise RuleBroken(
            "second_person", _("登记缺席须由另一人确认：登记人和缺席的开标人员本人都不能确认。"), sitting.CITATION
        )
    if seat in sitting.present(actor.bureau_id, tender_id):
        raise Conflict(_("这名开标人员已经到场。"))
    confirmed = {
        **line, "confirmed_by": actor.display_name, "confirmed_by_id": str(actor.account_id),
        "confirmed_at": now().isoformat(),
    }  # fmt: skip
    lines = [confirmed if one is line else one for one in opening.minutes[HEADING]]
    opening.minutes = {**opening.minutes, HEADING: lines}
    db.session.flush()
    return opening


def line_of(opening: Opening, seat: str) -> dict[str, Any] | None:
    return next((one for one in opening.minutes.get(HEADING, []) if one["seat"] == seat), None)


def may_witness(actor: Actor, tender_id: UUID) -> bool:
    if actor.roles & {str(role) for role in WITNESSES}:
        return True
    return any(row.person_id == actor.account_id for row in officers.officers_of(actor.bureau_id, tender_id))


def waiting_for(actor: Actor, opening: Opening) -> list[dict[str, Any]]:
    """Absences that this person may confirm."""
    if opening.state != "waiting" or not may_witness(actor, opening.id):
        return []
    present = sitting.present(actor.bureau_id, opening.id)
    return [
        one
        for one in opening.minutes.get(HEADING, [])
        if not one.get("confirmed_by")
        and one["seat"] not in present
        and str(actor.account_id) != one.get("by_id")
        and actor.account_id != _holder(actor, opening.id, one["seat"])
    ]


def unavailable(opening: Opening) -> set[str]:
    """Seats that can give nothing any more: absent by the word of two, or with a key that its holder marked as lost."""
    absent = {str(one["seat"]) for one in opening.minutes.get(HEADING, []) if one.get("confirmed_by")}
    return absent | lost(opening)


def lost(opening: Opening) -> set[str]:
    rows = officers.officers_of(opening.bureau_id, opening.id)
    return {row.seat for row in rows if officers.seat_key(row).state == "lost"}


def _holder(actor: Actor, tender_id: UUID, seat: str) -> UUID | None:
    rows = officers.officers_of(actor.bureau_id, tender_id)
    return next((row.person_id for row in rows if row.seat == seat), None)


def _tell(actor: Actor, tender: Tender, seat: str) -> None:
    """Everybody who may confirm it; the absent officer too, who may still come."""
    people = [row.person_id for row in officers.officers_of(actor.bureau_id, tender.id)]
    people += [person.id for role in WITNESSES for person in people_with_role(actor, role)]
    title = _("开标人员缺席待确认：%(title)s", title=tender.title)
    body = _("%(name)s登记“%(seat)s”席位不能到场，须由另一人确认。", name=actor.display_name, seat=labels.SEATS[seat])
    notify(actor, people, "opening_absence", title, body=body, url=f"/openings/{tender.id}")
