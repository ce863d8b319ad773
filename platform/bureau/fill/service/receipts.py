"""Receipts: one chain per bureau, without gaps, however many phones finish at once."""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from bureau.fill import rules
from bureau.fill.models import FillReceipt, FillSubmission
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush

LOCK = 7_302  # of pg_advisory_xact_lock, beside the audit's 7_301


def receipt_of(submission: FillSubmission) -> FillReceipt | None:
    """Of the submission's present revision."""
    return db.session.scalar(
        select(FillReceipt).where(
            FillReceipt.bureau_id == submission.bureau_id,
            FillReceipt.school_id == submission.school_id,
            FillReceipt.submission_id == submission.id,
            FillReceipt.rev == submission.rev,
        )
    )


def as_json(receipt: FillReceipt) -> dict[str, Any]:
    return {**receipt.document, "hash": receipt.hash, "signature": receipt.signature}


def make(actor: Actor, submission: FillSubmission, facts: Mapping[str, Any]) -> FillReceipt:
    """The next link. The chain is locked until this transaction ends: called last, so that it is short."""
    db.session.execute(select(func.pg_advisory_xact_lock(LOCK, actor.bureau_id)))
    last = db.session.execute(
        select(FillReceipt.seq, FillReceipt.hash)
        .where(FillReceipt.bureau_id == actor.bureau_id)
        .order_by(FillReceipt.seq.desc())
        .limit(1)
    ).one_or_none()
    seq, prev = (last.seq + 1, last.hash) if last is not None else (1, rules.GENESIS)
    made_at = now()
    document = {
        "submission_id": str(submission.id), "rev": submission.rev, "seq": seq, "prev": prev,
        "server_time": made_at.isoformat(), **facts,
    }  # fmt: skip
    link = rules.receipt_hash(prev, document)
    receipt = FillReceipt(
        bureau_id=actor.bureau_id, id=new_id(), school_id=submission.school_id, submission_id=submission.id,
        rev=submission.rev, seq=seq, prev=prev, hash=link, document=document,
        signature=rules.receipt_signature(current_app.extensions["houqin.config"].secret_key, link), made_at=made_at,
    )  # fmt: skip
    db.session.add(receipt)
    flush(db.session())
    return receipt


def broken_links(actor: Actor) -> list[int]:
    """Sequence numbers where the bureau's chain does not hold: a gap, another predecessor, altered content."""
    broken, expected, prev = [], 1, rules.GENESIS
    for row in db.session.execute(
        select(FillReceipt.seq, FillReceipt.prev, FillReceipt.hash, FillReceipt.document)
        .where(FillReceipt.bureau_id == actor.bureau_id)
        .order_by(FillReceipt.seq)
        .execution_options(yield_per=500)
    ):
        if (row.seq, row.prev, row.hash) != (expected, prev, rules.receipt_hash(prev, row.document)):
            broken.append(row.seq)
        expected, prev = row.seq + 1, row.hash
    return broken
