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
    with machine(tender.bureau_id):
        committee_id = db.session.scalar(select(EvaluationCommittee.id).where(*live))
        if committee_id is None:
            return []
        seats = (CommitteeMember.bureau_id == tender.bureau_id, CommitteeMember.committee_id == committee_id)
        names = select(CommitteeMember.person_id).where(*seats, CommitteeMember.state != "recused")
        people = list(db.session.scalars(names.order_by(CommitteeMember.is_head.desc(), CommitteeMember.number)))
        whole = {"synchronize_session": False}
        for table, condition in (
            (EvaluationCommittee, EvaluationCommittee.id == committee_id),
            (CommitteeDraw, CommitteeDraw.id == committee_id),
            (CommitteeMember, CommitteeMember.committee_id == committee_id),
        ):
            statement = update(table).where(table.bureau_id == tender.bureau_id, condition)
            db.session.execute(statement.values(is_disclosed=True), execution_options=whole)
    shown = {
        row.id: row.display_name
        for row in db.session.execute(
            select(Person.id, Person.display_name).where(Person.bureau_id == tender.bureau_id, Person.id.in_(people))
        )
    }
    return [shown[person_id] for person_id in people if person_id in shown]
