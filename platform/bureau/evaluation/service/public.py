"""A committee's draw as anybody may check it, in the scope of nobody: row-level security gives the promise and the digests
at once, names and document once the result is out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.draws.chance import digest
from bureau.evaluation.models import CommitteeMember, EvaluationCommittee
from bureau.evaluation.service.committee import whole_document
from bureau.tendering.models import Tender
from kernel.database import db
from kernel.database.scope import IDENTITY, within
from kernel.errors import NotFound
from kernel.identity.models import Bureau, Person

COLUMNS = (
    EvaluationCommittee.bureau_id, EvaluationCommittee.id, EvaluationCommittee.tender_id, EvaluationCommittee.state,
    EvaluationCommittee.size, EvaluationCommittee.purchaser_seats, EvaluationCommittee.commitment,
    EvaluationCommittee.wants_public_value, EvaluationCommittee.public_value, EvaluationCommittee.result_digest,
    EvaluationCommittee.drawn_at, EvaluationCommittee.is_disclosed, EvaluationCommittee.created_at,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DrawnSeat:
    """`place`: in the draw's order, None for the purchaser's representatives. `left`: recused, another stood in."""

    place: int | None
    seat: str
    name: str
    is_head: bool
    left: bool


@dataclass(frozen=True, slots=True)
class ShownDraw:
    """`document` None and `seats` empty until the result is out. `pool_digest`: SHA-256 of the pool's canonical JSON."""

    committee: Any
    tender_number: str
    tender_title: str
    bureau_name: str
    bureau_code: str
    document: dict[str, Any] | None
    pool_digest: str
    seats: Sequence[DrawnSeat]


def shown_draw(bureau_id: int, committee_id: UUID) -> ShownDraw:
    with within(db.session(), IDENTITY):
        row = db.session.execute(
            select(*COLUMNS).where(EvaluationCommittee.bureau_id == bureau_id, EvaluationCommittee.id == committee_id)
        ).one_or_none()
        told = (
            row
            and db.session.execute(
                select(Tender.number, Tender.title, Bureau.name, Bureau.code)
                .join(Bureau, Bureau.id == Tender.bureau_id)
                .where(Tender.bureau_id == bureau_id, Tender.id == row.tender_id, Tender.is_public)
            ).one_or_none()
        )
        if not row or not told:
            raise NotFound(_("没有这次抽取。"))
        document = whole_document(row) if row.is_disclosed else None
        seats = _seats(bureau_id, committee_id) if row.is_disclosed else []
    pool_digest = digest(document["pools"]) if document is not None else ""
    return ShownDraw(row, *told, document=document, pool_digest=pool_digest, seats=seats)


def of_tender(bureau_id: int, tender_id: UUID) -> UUID | None:
    """The tender's standing committee, for a link to its draw."""
    with within(db.session(), IDENTITY):
        return db.session.scalar(
            select(EvaluationCommittee.id).where(
                EvaluationCommittee.bureau_id == bureau_id, EvaluationCommittee.tender_id == tender_id,
                EvaluationCommittee.state != "dissolved",
            )
        )  # fmt: skip


def _seats(bureau_id: int, committee_id: UUID) -> list[DrawnSeat]:
    """Experts by their place in the order, then the representatives."""
    rows = db.session.execute(
        select(CommitteeMember.place, CommitteeMember.seat, CommitteeMember.is_head, CommitteeMember.state,
               Person.display_name)
        .join(Person, (Person.bureau_id == CommitteeMember.bureau_id) & (Person.id == CommitteeMember.person_id))
        .where(
            CommitteeMember.bureau_id == bureau_id, CommitteeMember.committee_id == committee_id,
            CommitteeMember.is_disclosed,
        )
        .order_by(CommitteeMember.place.nulls_last(), CommitteeMember.number)
    )  # fmt: skip
    return [DrawnSeat(row.place, row.seat, row.display_name, row.is_head, row.state == "recused") for row in rows]
