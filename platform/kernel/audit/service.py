"""Seal the audit, verify it, read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import insert

from kernel.actor import Actor
from kernel.audit.chain import (
    GENESIS,
    LATEST_COMMIT,
    Problem,
    Sealed,
    block_hash,
    entry_hash,
    missing_anchors,
    slipped_in,
    verify_block,
)
from kernel.audit.models import AuditBlock, AuditBlockEntry, AuditEntry
from kernel.database import db, now
from kernel.database.paging import Page, paginate
from kernel.database.scope import OPERATOR, Scope, use_scope
from kernel.errors import NotFound
from kernel.identity.models import Bureau

BLOCK_ENTRIES = 500
# An entry's id is made before its transaction commits: younger ones wait, so that none slips in behind a seal unseen.
SETTLE = timedelta(minutes=1)
COLUMNS = tuple(column for column in AuditEntry.__table__.columns)


def seal(bureau_id: int, *, settle: timedelta = SETTLE) -> int:
    """Seal what is older than `settle` and not sealed yet, in blocks of BLOCK_ENTRIES. Gives the number of blocks.

    Runs in the bureau's scope; two runs at once are kept apart by a lock that ends with the transaction.
    """
    session = db.session
    session.execute(select(func.pg_advisory_xact_lock(7_301, bureau_id)))
    sealed = 0
    while True:
        rows = session.execute(_unsealed(bureau_id, now() - settle)).mappings().all()
        if not rows:
            return sealed
        last = session.execute(
            select(AuditBlock.seq, AuditBlock.hash)
            .where(AuditBlock.bureau_id == bureau_id)
            .order_by(AuditBlock.seq.desc())
            .limit(1)
        ).one_or_none()
        seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
        hashes = [entry_hash(dict(row)) for row in rows]
        session.execute(
            insert(AuditBlock).values(
                bureau_id=bureau_id, seq=seq, entries=len(rows), previous_hash=previous,
                hash=block_hash(previous, seq, hashes), sealed_at=now(),
            )
        )  # fmt: skip
        session.execute(
            insert(AuditBlockEntry),
            [
                {"bureau_id": bureau_id, "entry_id": row["id"], "seq": seq, "position": place, "entry_hash": digest}
                for place, (row, digest) in enumerate(zip(rows, hashes, strict=True))
            ],
        )
        sealed += 1


def _unsealed(bureau_id: int, until: datetime) -> Any:
    is_sealed = and_(AuditBlockEntry.bureau_id == AuditEntry.bureau_id, AuditBlockEntry.entry_id == AuditEntry.id)
    return (
        select(*COLUMNS)
        .outerjoin(AuditBlockEntry, is_sealed)
        .where(AuditEntry.bureau_id == bureau_id, AuditEntry.at < until, AuditBlockEntry.entry_id.is_(None))
        .order_by(AuditEntry.id)
        .limit(BLOCK_ENTRIES)
    )


def verify(bureau_id: int, anchors: Mapping[int, str] | None = None) -> list[Problem]:
    """Recompute every block of a bureau from the rows as they are now, one block at a time.

    `anchors`: block number → hash as noted outside this database, see chain.missing_anchors.
    """
    session = db.session
    problems: list[Problem] = []
    expected, previous = 1, GENESIS
    newest: datetime | None = None
    noted: dict[int, str] = {}
    for block in session.scalars(
        select(AuditBlock)
        .where(AuditBlock.bureau_id == bureau_id)
        .order_by(AuditBlock.seq)
        .execution_options(yield_per=20)
    ):
        entries = session.execute(
            select(AuditBlockEntry.entry_id, AuditBlockEntry.entry_hash)
            .where(AuditBlockEntry.bureau_id == bureau_id, AuditBlockEntry.seq == block.seq)
            .order_by(AuditBlockEntry.position)
        ).all()
        rows = (
            session.execute(
                select(*COLUMNS).where(
                    AuditEntry.bureau_id == bureau_id, AuditEntry.id.in_([e.entry_id for e in entries])
                )
            )
            .mappings()
            .all()
        )
        actual = {row["id"]: entry_hash(dict(row)) for row in rows}
        times = {row["id"]: row["at"] for row in rows}
        problems += slipped_in(block.seq, times, newest)
        newest = max([*times.values(), *([newest] if newest else [])], default=None)
        sealed = Sealed(block.seq, block.previous_hash, block.hash, tuple((e.entry_id, e.entry_hash) for e in entries))
        problems += verify_block(sealed, expected, previous, actual)
        if len(entries) != block.entries:
            problems.append(Problem("block", block.seq))
        if anchors and block.seq in anchors:
            noted[block.seq] = block.hash
        expected, previous = block.seq + 1, block.hash
    if newest is not None:
        waiting = session.execute(
            _unsealed(bureau_id, newest - LATEST_COMMIT).with_only_columns(AuditEntry.id, AuditEntry.at)
        )
        problems += slipped_in(expected, dict(waiting.all()), newest)
    return problems + missing_anchors(anchors or {}, noted)


def verify_chain(bureau_code: str | None = None, anchors: Mapping[int, str] | None = None) -> list[dict[str, Any]]:
    """Of one bureau or of all, as plain rows: {bureau, kind, block, entry}. Empty: nothing was touched.

    `anchors` belong to one bureau, so they ask for `bureau_code`.
    """
    session = db.session()
    use_scope(session, OPERATOR)
    query = select(Bureau.id, Bureau.code).order_by(Bureau.code)
    if bureau_code:
        query = query.where(Bureau.code == bureau_code)
    bureaus = session.execute(query).all()
    if bureau_code and not bureaus:
        raise NotFound(_("没有代码为 %(code)s 的教育局。", code=bureau_code))
    found = []
    for bureau_id, code in bureaus:
        use_scope(session, Scope("houqin_bureau", bureau_id=bureau_id))
        found += [
            {
                "bureau": code,
                "kind": problem.kind,
                "block": problem.seq,
                "entry": str(problem.entry_id) if problem.entry_id else None,
            }
            for problem in verify(bureau_id, anchors)
        ]
    session.rollback()
    return found


@dataclass(frozen=True, slots=True)
class SealState:
    blocks: int
    sealed: int
    waiting: int
    last_sealed_at: datetime | None
    last_hash: str


def seal_state(actor: Actor) -> SealState:
    """How far the bureau's audit is sealed."""
    blocks, sealed, last_at = db.session.execute(
        select(func.count(), func.coalesce(func.sum(AuditBlock.entries), 0), func.max(AuditBlock.sealed_at)).where(
            AuditBlock.bureau_id == actor.bureau_id
        )
    ).one()
    total = db.session.scalar(
        select(func.count()).select_from(AuditEntry).where(AuditEntry.bureau_id == actor.bureau_id)
    )
    last_hash = db.session.scalar(
        select(AuditBlock.hash).where(AuditBlock.bureau_id == actor.bureau_id).order_by(AuditBlock.seq.desc()).limit(1)
    )
    return SealState(blocks, int(sealed), int(total or 0) - int(sealed), last_at, last_hash or GENESIS)


def list_entries(
    actor: Actor,
    *,
    action: str | None = None,
    school_id: int | None = None,
    actor_id: UUID | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[AuditEntry]:
    """Newest first, within the actor's scope: a school reads its own entries, the bureau all of its district's."""
    query = select(AuditEntry).where(AuditEntry.bureau_id == actor.bureau_id)
    if actor.level == "school":
        query = query.where(AuditEntry.school_id == actor.own_school_id())
    elif school_id is not None:
        query = query.where(AuditEntry.school_id == school_id)
    if action:
        query = query.where(AuditEntry.action == action)
    if actor_id is not None:
        query = query.where(AuditEntry.actor_id == actor_id)
    return paginate(db.session(), query, [AuditEntry.id], cursor, limit)


def get_entry(actor: Actor, entry_id: UUID) -> AuditEntry:
    query = select(AuditEntry).where(AuditEntry.bureau_id == actor.bureau_id, AuditEntry.id == entry_id)
    if actor.level == "school":
        query = query.where(AuditEntry.school_id == actor.own_school_id())
    entry = db.session.scalar(query)
    if entry is None:
        raise NotFound(_("没有这条审计记录。"))
    return entry


def actions(actor: Actor) -> Iterable[str]:
    """The actions that occur, for the filter."""
    return db.session.scalars(
        select(AuditEntry.action).where(AuditEntry.bureau_id == actor.bureau_id).distinct().order_by(AuditEntry.action)
    ).all()
