"""How many challenges there were and what became of them: figures, never who asked or what."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from bureau.challenges.models import Challenge
from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import within


@dataclass(frozen=True, slots=True)
class Challenges:
    """`founded`: of the answered ones."""

    filed: int = 0
    answered: int = 0
    founded: int = 0


def challenges_of(bureau_id: int, tender_id: UUID) -> Challenges:
    """Without those that were sent back and never corrected, or withdrawn."""
    query = select(
        func.count(),
        func.count().filter(Challenge.state == "answered"),
        func.count().filter(Challenge.is_founded.is_(True)),
    ).where(
        Challenge.bureau_id == bureau_id, Challenge.tender_id == tender_id, Challenge.kind == "challenge",
        Challenge.state.in_(("filed", "accepted", "rejected", "answered")),
    )  # fmt: skip
    with within(db.session(), system_actor(bureau_id).scope):
        return Challenges(*db.session.execute(query).one())
