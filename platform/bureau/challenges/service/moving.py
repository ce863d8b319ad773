"""A challenge's states, and what every step leaves behind."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.challenges import labels, rules
from bureau.challenges.models import Challenge, ChallengeEvent
from bureau.tendering.models import Tender
from bureau.tendering.service.figures import figure
from bureau.tendering.service.reading import get_tender
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.errors import Conflict, NotFound
from kernel.policy import service as policy
from kernel.states import NoTransition

ANSWER_KEYS = {"challenge": "tender.challenge_answer.workdays", "enquiry": "tender.enquiry_answer.workdays"}


def get_challenge(actor: Actor, challenge_id: UUID, *, lock: bool = False) -> Challenge:
    """A supplier's own, or any of the bureau's."""
    query = select(Challenge).where(Challenge.bureau_id == actor.bureau_id, Challenge.id == challenge_id)
    if actor.level == "supplier":
        query = query.where(Challenge.supplier_id == actor.own_supplier_id())
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    challenge = db.session.scalar(query)
    if challenge is None:
        raise NotFound(_("没有这份质疑。"))
    return challenge


def move(actor: Actor, challenge: Challenge, event: str, reason: str = "") -> None:
    before = challenge.state
    try:
        challenge.state = rules.next_state(before, event)
    except NoTransition:
        raise Conflict(
            _("现在的状态是“%(state)s”，不能进行这一步。", state=labels.STATES[before]),
            {"state": before, "version": challenge.version},
        ) from None
    note(actor, challenge, event, before, reason)


def note(actor: Actor, challenge: Challenge, event: str, before: str, reason: str = "") -> None:
    db.session.add(
        ChallengeEvent(
            bureau_id=actor.bureau_id, id=new_id(), challenge_id=challenge.id, supplier_id=challenge.supplier_id,
            event=event, from_state=before, to_state=challenge.state, at=now(), by_id=actor.account_id,
            by_name=actor.display_name, by_bureau=actor.level == "bureau", reason=reason,
        )
    )  # fmt: skip


def tender_of(actor: Actor, challenge: Challenge) -> Tender:
    return get_tender(actor, challenge.tender_id)


def workdays(tender: Tender, name: str) -> int:
    """A figure of the tender's rule pack, e.g. "challenge"."""
    return int(figure(tender, name).number)


def national(bureau_id: int, key: str) -> int:
    """A figure that is the same in every pack."""
    return int(policy.effective(bureau_id, key).number)
