"""The committee's names come out with the result (Order 87, Art. 47, 69), and the draw with them."""

from sqlalchemy import select, update

from bureau.evaluation.models import CommitteeDraw, CommitteeMember, EvaluationCommittee
from bureau.evaluation.service.sealing import machine
from bureau.tendering.models import Tender
from kernel.database import db
from kernel.identity.models import Person


def disclose_committee(tender: Tender) -> list[str]:
    """The names of those who judged, the head first. Nothing happens where they are out already."""
    live = (
        EvaluationCommittee.bureau_id == tender.bureau_id,
        EvaluationCommittee.tender_id == tender.id,
        EvaluationCommittee.state != "dissolved",
    )
    committee = db.session.scalar(select(EvaluationCommittee).where(*live))
    if committee is None:
        return []
    committee.is_disclosed = True
    db.session.flush()
    with machine(tender.bureau_id):
        seats = (CommitteeMember.bureau_id == tender.bureau_id, CommitteeMember.committee_id == committee.id)
        judged = select(CommitteeMember.person_id).where(*seats, CommitteeMember.state != "recused")
        people = list(db.session.scalars(judged.order_by(CommitteeMember.is_head.desc(), CommitteeMember.number)))
        for statement in (
            update(CommitteeDraw).where(CommitteeDraw.bureau_id == tender.bureau_id, CommitteeDraw.id == committee.id),
            update(CommitteeMember).where(*seats),
        ):
            db.session.execute(statement.values(is_disclosed=True), execution_options={"synchronize_session": False})
    shown = {
        row.id: row.display_name
        for row in db.session.execute(
            select(Person.id, Person.display_name).where(Person.bureau_id == tender.bureau_id, Person.id.in_(people))
        )
    }
    return [shown[person_id] for person_id in people if person_id in shown]
