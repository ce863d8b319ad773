"""The second stage: mini-competitions among a framework's suppliers, and a school's direct choice."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, Recorded, SchoolOwned, Versioned, db, fk_bureau, fk_in_bureau, fk_school, now


class MiniCompetition(Recorded, Versioned, BureauOwned, db.Model):
    """二次竞价 among the suppliers of one lot. Answers are opened by the clock at `deadline`; the lowest total wins.

    `state` is what people decided: open, decided, cancelled, failed; closed follows from the deadline.
    `school_id`: for whose order; None: for all the lot's schools.
    """

    __tablename__ = "mini_competitions"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_school(),
        fk_in_bureau("tender_lot_id", "tender_lots"),
        UniqueConstraint("bureau_id", "number"),
        UniqueConstraint("bureau_id", "school_id", "id"),
        CheckConstraint("state IN ('open', 'decided', 'cancelled', 'failed')", name="state"),
        CheckConstraint("opened_at < deadline", name="deadline"),
        CheckConstraint("(state = 'decided') = (winner_id IS NOT NULL)", name="winner"),
        Index("ix_mini_competitions_state", "bureau_id", "state", "id"),
    )
    number: Mapped[str]
    title: Mapped[str]
    tender_lot_id: Mapped[UUID]
    school_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(default="open")
    opened_at: Mapped[datetime] = mapped_column(default=now)
    deadline: Mapped[datetime]
    winner_id: Mapped[UUID | None]  # the supplier
    # How it was decided, with everybody's prices: read by itself, for suppliers have no right to it.
    account: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    end_reason: Mapped[str] = mapped_column(default="")


class MiniCompetitionItem(BureauOwned, db.Model):
    __tablename__ = "mini_competition_items"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("competition_id", "mini_competitions"),
        fk_in_bureau("item_id", "catalogue_items"),
        UniqueConstraint("bureau_id", "competition_id", "item_id"),
        CheckConstraint("quantity > 0", name="quantity"),
    )
    competition_id: Mapped[UUID]
    item_id: Mapped[UUID]
    position: Mapped[int]
    name: Mapped[str]
    unit: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3))


class MiniCompetitionInvitation(BureauOwned, db.Model):
    """A supplier that was asked. `ceilings`: item id → fen for one unit, its framework price when it was asked; each
    supplier sees its own only."""

    __tablename__ = "mini_competition_invitations"
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "agreement_id"],
            ["agreements.bureau_id", "agreements.supplier_id", "agreements.id"],
            name="fk_mini_competition_invitations_agreement",
        ),
        fk_in_bureau("competition_id", "mini_competitions"),
        UniqueConstraint("bureau_id", "competition_id", "supplier_id", name="uq_mini_competition_invitations_supplier"),
    )
    competition_id: Mapped[UUID]
    agreement_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    ceilings: Mapped[dict[str, Any]]
    invited_at: Mapped[datetime] = mapped_column(default=now)


class MiniCompetitionAnswer(BureauOwned, db.Model):
    """Prices of one supplier. Until the deadline its own eyes only: the bureau's role sees disclosed rows alone."""

    __tablename__ = "mini_competition_answers"
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(
            ["bureau_id", "competition_id", "supplier_id"],
            [
                "mini_competition_invitations.bureau_id",
                "mini_competition_invitations.competition_id",
                "mini_competition_invitations.supplier_id",
            ],
            name="fk_mini_competition_answers_invitation",
        ),
        UniqueConstraint(
            "bureau_id", "competition_id", "supplier_id", "number", name="uq_mini_competition_answers_number"
        ),
        CheckConstraint("state IN ('current', 'replaced', 'withdrawn')", name="state"),
        CheckConstraint("total_fen > 0 AND number > 0", name="total"),
        Index(
            "uq_mini_competition_answers_current", "bureau_id", "competition_id", "supplier_id", unique=True,
            postgresql_where=text("state = 'current'"),
        ),
    )  # fmt: skip
    competition_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="current")
    prices: Mapped[dict[str, Any]]  # item id → fen for one unit
    total_fen: Mapped[int] = mapped_column(BigInteger)
    is_disclosed: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[datetime] = mapped_column(default=now)
    answered_by: Mapped[UUID]


class DirectChoice(SchoolOwned, db.Model):
    """直接选定: which line a school takes an item from, and why. Append-only; the newest of an item
    holds. `offers`: [{"agreement_item_id", "supplier", "price_fen", "unit"}], cheapest first, as it was then."""

    __tablename__ = "direct_choices"
    __table_args__ = (
        fk_school(),
        fk_in_bureau("item_id", "catalogue_items"),
        fk_in_bureau("agreement_item_id", "agreement_items"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_direct_choices_item", "bureau_id", "school_id", "item_id", "id"),
    )
    item_id: Mapped[UUID]
    agreement_item_id: Mapped[UUID]
    reason: Mapped[str]
    price_fen: Mapped[int] = mapped_column(BigInteger)
    offers: Mapped[list[Any]]
    chosen_at: Mapped[datetime] = mapped_column(default=now)
    chosen_by: Mapped[UUID]
    chosen_by_name: Mapped[str]
