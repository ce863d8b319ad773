"""Looks for signs of collusion and what became of each sign. Read by those who steer procurement or supervise it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bureau.bids.models import fk_bid
from bureau.tendering.models import fk_tender_lot
from kernel.database import BureauOwned, Versioned, db, fk_bureau, fk_in_bureau, one_of

KINDS = ("same_author", "same_agent", "same_contact", "price_pattern", "mixed_files", "same_bond", "rotation")
STATES = ("open", "dismissed", "referred", "invalid")


class CollusionRun(BureauOwned, db.Model):
    """One look over a tender's opened bids, with the thresholds that held. Append-only. `by_id` all zeros: the job."""

    __tablename__ = "collusion_runs"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        CheckConstraint("bids >= 0 AND signs >= 0 AND new_signs <= signs", name="counts"),
        Index("ix_collusion_runs_tender", "bureau_id", "tender_id", "id"),
    )
    tender_id: Mapped[UUID]
    ran_at: Mapped[datetime]
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    bids: Mapped[int]
    signs: Mapped[int]
    new_signs: Mapped[int]
    thresholds: Mapped[dict[str, Any]]


class CollusionSign(Versioned, BureauOwned, db.Model):
    """One sign: a question to a person. `content_sha256` over what it says, so that a second look finds it again instead
    of telling it twice. `parties`: [{"supplier_id", "name"}] as they were; `evidence`: rows side by side."""

    __tablename__ = "collusion_signs"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        fk_in_bureau("run_id", "collusion_runs"),
        fk_tender_lot(),
        UniqueConstraint("bureau_id", "tender_id", "content_sha256"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("state = 'open' OR reason <> ''", name="reason"),
        CheckConstraint("content_sha256 ~ '^[0-9a-f]{64}$'", name="hash"),
        Index("ix_collusion_signs_state", "bureau_id", "state", "id"),
    )
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID | None]  # None: over past tenders
    run_id: Mapped[UUID]
    kind: Mapped[str]
    method: Mapped[str]
    article: Mapped[str]
    parties: Mapped[list[Any]]
    evidence: Mapped[list[Any]]
    figures: Mapped[dict[str, Any]]
    content_sha256: Mapped[str]
    found_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]


class CollusionSignBid(BureauOwned, db.Model):
    """A bid that a sign concerns."""

    __tablename__ = "collusion_sign_bids"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("sign_id", "collusion_signs"),
        fk_bid(),
        UniqueConstraint("bureau_id", "sign_id", "bid_id"),
        Index("ix_collusion_sign_bids_bid", "bureau_id", "bid_id"),
    )
    sign_id: Mapped[UUID]
    bid_id: Mapped[UUID]
    supplier_id: Mapped[UUID]


class CollusionDecision(BureauOwned, db.Model):
    """What somebody made of a sign, and why. Append-only."""

    __tablename__ = "collusion_decisions"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("sign_id", "collusion_signs"),
        CheckConstraint(one_of("from_state", STATES), name="from_state"),
        CheckConstraint(one_of("to_state", STATES), name="to_state"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_collusion_decisions_sign", "bureau_id", "sign_id", "id"),
    )
    sign_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID]
    by_name: Mapped[str]
