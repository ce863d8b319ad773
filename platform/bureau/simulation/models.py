"""Weights tried on known bids, kept beside the draft they were tried for."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from kernel.database import BureauOwned, db, fk_bureau, fk_in_bureau


class TenderSimulation(BureauOwned, db.Model):
    """Append-only. `factors`: the points tried; `bids`: what they were tried on; `report`: what came out.
    `source_lot_id`: the past lot whose bids these are, None for a table that somebody brought."""

    __tablename__ = "tender_simulations"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        fk_in_bureau("source_lot_id", "tender_lots"),
        CheckConstraint("source IN ('past', 'table')", name="source"),
        CheckConstraint("(source = 'past') = (source_lot_id IS NOT NULL)", name="source_lot"),
        Index("ix_tender_simulations_tender", "bureau_id", "tender_id", "id"),
    )
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID | None]  # whose own criteria were tried with the common ones; plain, as the lot may be dropped
    source: Mapped[str]
    source_lot_id: Mapped[UUID | None]
    source_title: Mapped[str]
    factors: Mapped[list[Any]]
    bids: Mapped[list[Any]]
    report: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    made_by_name: Mapped[str]
