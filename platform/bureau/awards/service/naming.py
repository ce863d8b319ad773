"""The committee's names come out with the result (Order 87, Art. 47, 69), and the draw with them."""

from sqlalchemy import select

from bureau.evaluation.models import CommitteeMember, EvaluationCommittee
from bureau.evaluation.service import committee
from bureau.tendering.models import Tender
from kernel.actor import Actor
from kernel.database import db
from kernel.identity.models import Person


def disclose_committee(actor: Actor, tender: Tender) -> list[str]:
    """The names of those who judged, the head first. Nothing changes where they are out already."""
    committee.disclose(actor, tender.id)
    judged = (
        select(Person.display_name)
        .join(CommitteeMember, (CommitteeMember.bureau_id == Person.bureau_id) & (CommitteeMember.person_id == Person.id))
        .join(
            EvaluationCommittee,
            (EvaluationCommittee.bureau_id == CommitteeMember.bureau_id)
            & (EvaluationCommittee.id == CommitteeMember.committee_id),
        )
        .where(
            Person.bureau_id == actor.bureau_id, CommitteeMember.tender_id == tender.id,
            CommitteeMember.state != "recused", EvaluationCommittee.state != "dissolved",
        )
        .order_by(CommitteeMember.is_head.desc(), CommitteeMember.number)
    )  # fmt: skip
    return list(db.session.scalars(judged))
