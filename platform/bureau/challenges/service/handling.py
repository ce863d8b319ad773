"""The bureau accepts, returns or rejects a challenge, and answers it: to whoever filed it and to everybody affected."""

from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.bids.models import Bid
from bureau.challenges import rules
from bureau.challenges.models import Challenge, ChallengeCopy
from bureau.challenges.service.moving import get_challenge, move, national, tender_of, workdays
from bureau.suppliers.service.telling import tell_company
from bureau.tendering.models import TenderDocumentTaker
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import require_version
from kernel.errors import Conflict, Invalid
from kernel.web.dates import today
from kernel.workdays.service import calendar

OWN = "/challenges/{id}"


def accept(actor: Actor, challenge_id: UUID, version: int | None, *, may_affect_result: bool) -> Challenge:
    """`may_affect_result`: no contract is signed while it is open."""
    challenge = get_challenge(actor, challenge_id, lock=True)
    require_version(challenge, version)
    move(actor, challenge, "accept")
    challenge.may_affect_result = may_affect_result
    _tell(actor, challenge, _("质疑 %(number)s 已受理", number=challenge.number))
    db.session.flush()
    return challenge


def send_back(actor: Actor, challenge_id: UUID, version: int | None, reason: str) -> Challenge:
    """Something is missing: to be corrected within its term."""
    challenge = get_challenge(actor, challenge_id, lock=True)
    require_version(challenge, version)
    _require(reason, "reason", _("请写明需要补正的内容。"))
    move(actor, challenge, "return", reason.strip())
    challenge.state_reason = reason.strip()
    days = national(actor.bureau_id, "tender.challenge_correction.workdays")
    challenge.correct_by = rules.in_workdays(today(), days, calendar(actor.bureau_id))
    _tell(actor, challenge, _("质疑 %(number)s 需要补正", number=challenge.number), reason)
    db.session.flush()
    return challenge


def reject(actor: Actor, challenge_id: UUID, version: int | None, reason: str) -> Challenge:
    challenge = get_challenge(actor, challenge_id, lock=True)
    require_version(challenge, version)
    _require(reason, "reason", _("请写明不予受理的理由。"))
    move(actor, challenge, "reject", reason.strip())
    challenge.state_reason = reason.strip()
    challenge.complaint_until = _complaint_until(actor, challenge)
    _tell(actor, challenge, _("质疑 %(number)s 不予受理", number=challenge.number), reason)
    db.session.flush()
    return challenge


def answer(
    actor: Actor, challenge_id: UUID, version: int | None, *, answer: str, is_founded: bool, remedy: str = ""
) -> Challenge:
    """An enquiry is answered as it is; a challenge after it was accepted. Sent twice by a double click it is answered
    once. A founded challenge names what is done about it."""
    challenge = get_challenge(actor, challenge_id, lock=True)
    if challenge.state == "answered" and (challenge.answer, challenge.is_founded) == (answer.strip(), is_founded):
        return challenge
    require_version(challenge, version)
    _require(answer, "answer", _("请填写答复内容。"))
    if challenge.kind == "challenge":
        if challenge.state == "filed":
            raise Conflict(_("请先受理，再答复。"), {"state": challenge.state})
        if is_founded:
            _require(remedy, "remedy", _("质疑成立的，请写明如何纠正。"))
    move(actor, challenge, "answer")
    challenge.answer, challenge.is_founded, challenge.remedy = answer.strip(), is_founded, remedy.strip()
    challenge.answered_at = now()
    if challenge.kind == "challenge":
        challenge.complaint_until = _complaint_until(actor, challenge)
        _send_copies(actor, challenge)
    _tell(actor, challenge, _("%(number)s 已答复", number=challenge.number))
    db.session.flush()
    return challenge


def _complaint_until(actor: Actor, challenge: Challenge) -> date:
    days = workdays(tender_of(actor, challenge), "complaint")
    return rules.in_workdays(today(), days, calendar(actor.bureau_id))


def _send_copies(actor: Actor, challenge: Challenge) -> None:
    """Those affected: of the document whoever took it, later whoever bid (政府采购法 53). Not told who challenged.

    While bids are sealed the bureau cannot see who took the document, so those get the answer with the next notice.
    """
    table = TenderDocumentTaker if challenge.stage == "documents" else Bid
    query = select(table.supplier_id).where(
        table.bureau_id == actor.bureau_id, table.tender_id == challenge.tender_id,
        table.supplier_id != challenge.supplier_id,
    )  # fmt: skip
    for supplier_id in db.session.scalars(query.distinct()):
        db.session.add(
            ChallengeCopy(
                bureau_id=actor.bureau_id, id=new_id(), challenge_id=challenge.id, tender_id=challenge.tender_id,
                supplier_id=supplier_id, number=challenge.number, stage=challenge.stage, facts=challenge.facts,
                answer=challenge.answer, remedy=challenge.remedy, sent_at=now(),
            )
        )  # fmt: skip
        tell_company(
            actor, supplier_id, "challenge_copy", _("质疑答复 %(number)s", number=challenge.number), url="/challenges"
        )


def _tell(actor: Actor, challenge: Challenge, title: str, body: str = "") -> None:
    tell_company(actor, challenge.supplier_id, "challenge", title, body, url=OWN.format(id=challenge.id))


def _require(text: str, field: str, message: str) -> None:
    if not text.strip():
        raise Invalid({field: [message]})
