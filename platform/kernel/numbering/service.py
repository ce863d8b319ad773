"""Document numbers without gaps: the counter's row is locked until the document's transaction ends, so a number is
given out exactly when its document stands, and never twice."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel.numbering.models import DocumentCounter


def next_number(session: Session, bureau_id: int, school_id: int | None, kind: str, year: int) -> str:
    """E.g. "SH2026-000017" for kind "SH". A rollback takes the number back; the next document gets it."""
    return next_numbers(session, bureau_id, school_id, kind, year, 1)[0]


def next_numbers(
    session: Session, bureau_id: int, school_id: int | None, kind: str, year: int, count: int
) -> list[str]:
    """The next `count` > 0 numbers, in order: for documents that are written together."""
    counter = insert(DocumentCounter).values(
        bureau_id=bureau_id, school_id=school_id or 0, kind=kind, year=year, last=count
    )
    last = session.execute(
        counter.on_conflict_do_update(
            index_elements=["bureau_id", "school_id", "kind", "year"],
            set_={"last": DocumentCounter.last + counter.excluded.last},
        ).returning(DocumentCounter.last)
    ).scalar_one()
    return [f"{kind}{year}-{number:06d}" for number in range(last - count + 1, last + 1)]
