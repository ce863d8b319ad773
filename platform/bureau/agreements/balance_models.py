"""Balances of agreements and every move on them. Written by one file only: service/balances.py."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bureau.agreements.models import fk_agreement, fk_lot
from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, fk_in_bureau, fk_school, now, one_of

MOVE_KINDS = ("allocate", "supplement", "transfer_out", "transfer_in", "reserve", "release", "consume", "give_back")


class AgreementBalance(Recorded, Versioned, BureauOwned, db.Model):
    """What may still be taken of one line, or (`agreement_item_id` None) of a lot's amount; `school_id` None: the pool.

    Quantities in the line's own unit, amounts in fen. `quantity`, `amount_fen` None: no limit of that sort. What is free
    is quantity − reserved − used, never below zero: the constraint holds it whatever the code does.
    """

    __tablename__ = "agreement_balances"
    __table_args__ = (
        fk_bureau(),
        fk_school(),
        fk_agreement(),
        fk_lot(),
        ForeignKeyConstraint(
            ["bureau_id", "agreement_id", "agreement_item_id"],
            ["agreement_items.bureau_id", "agreement_items.agreement_id", "agreement_items.id"],
            name="fk_agreement_balances_item",
        ),
        UniqueConstraint("bureau_id", "school_id", "id"),
        UniqueConstraint(
            "bureau_id", "lot_id", "agreement_item_id", "school_id", postgresql_nulls_not_distinct=True,
            name="uq_agreement_balances_place",
        ),
        CheckConstraint("reserved >= 0 AND used >= 0 AND quantity >= 0", name="quantities"),
        CheckConstraint("reserved_fen >= 0 AND used_fen >= 0 AND amount_fen >= 0", name="amounts"),
        CheckConstraint("reserved + used <= quantity", name="quantity_left"),
        CheckConstraint("reserved_fen + used_fen <= amount_fen", name="amount_left"),
        CheckConstraint("agreement_item_id IS NOT NULL OR quantity IS NULL", name="lot_amount"),
        Index("ix_agreement_balances_agreement", "bureau_id", "agreement_id", "lot_id"),
    )  # fmt: skip
    agreement_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    agreement_item_id: Mapped[UUID | None]
    school_id: Mapped[int | None]
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))
    reserved: Mapped[Decimal] = mapped_column(Numeric(14, 3), default=Decimal(0))
    used: Mapped[Decimal] = mapped_column(Numeric(14, 3), default=Decimal(0))
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    reserved_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    used_fen: Mapped[int] = mapped_column(BigInteger, default=0)


class BalanceMove(BureauOwned, db.Model):
    """One move; the balance is the sum of its moves. Append-only. `drawer_id`: the school that takes, None: the bureau.

    `reference_id`: what caused it; the same kind with the same reference is one move. `order_line_id`: the line of an
    order that a reservation belongs to, so that what is left of it can be told.
    """

    __tablename__ = "balance_moves"
    __table_args__ = (
        fk_bureau(),
        fk_agreement(),
        fk_in_bureau("balance_id", "agreement_balances"),
        ForeignKeyConstraint(["bureau_id", "drawer_id"], ["schools.bureau_id", "schools.id"]),
        UniqueConstraint("bureau_id", "balance_id", "kind", "reference_id"),
        CheckConstraint(one_of("kind", MOVE_KINDS), name="kind"),
        Index("ix_balance_moves_balance", "bureau_id", "balance_id", "id"),
        Index(
            "ix_balance_moves_line", "bureau_id", "order_line_id",
            postgresql_where=text("order_line_id IS NOT NULL"),
        ),
    )  # fmt: skip
    agreement_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    balance_id: Mapped[UUID]
    kind: Mapped[str]
    quantity_change: Mapped[Decimal] = mapped_column(Numeric(14, 3), default=Decimal(0))
    reserved_change: Mapped[Decimal] = mapped_column(Numeric(14, 3), default=Decimal(0))
    used_change: Mapped[Decimal] = mapped_column(Numeric(14, 3), default=Decimal(0))
    amount_fen_change: Mapped[int] = mapped_column(BigInteger, default=0)
    reserved_fen_change: Mapped[int] = mapped_column(BigInteger, default=0)
    used_fen_change: Mapped[int] = mapped_column(BigInteger, default=0)
    reference_kind: Mapped[str]
    reference_id: Mapped[UUID]
    order_line_id: Mapped[UUID | None]
    drawer_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[UUID]
    by_name: Mapped[str]
