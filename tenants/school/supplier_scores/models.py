"""Facts of what suppliers did, in editions; scores that the bureau published of them; suppliers' objections.

Every gathering and every strike is a run with a number. A fact is written once and never changed: it counts from its
`since_run` until another version of it, or none, follows (`until_run`), or until it is struck (`struck_run`). So what counted
when a score was published is the same set for ever, whatever became of an order later.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, fk_in_bureau, fk_school, now, one_of
from school.supplier_scores.rules import CRITERIA, OBJECTION_STATES


def fk_of_supplier(column: str, table: str, name: str | None = None) -> ForeignKeyConstraint:
    """To a row of the same company."""
    keys = ("bureau_id", "supplier_id")
    return ForeignKeyConstraint([*keys, column], [*(f"{table}.{key}" for key in keys), f"{table}.id"], name=name)


class SupplierFactRun(Recorded, BureauOwned, db.Model):
    """One gathering, or one fact struck. `totals`: of the bureau's suppliers together over the days first..last,
    {criterion: [kept, total]}; what small samples are drawn towards."""

    __tablename__ = "supplier_fact_runs"
    __table_args__ = (
        fk_bureau(),
        UniqueConstraint("bureau_id", "number"),
        CheckConstraint("kind IN ('gather', 'strike')", name="kind"),
        CheckConstraint("first_day <= last_day", name="days"),
    )
    number: Mapped[int]
    kind: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    totals: Mapped[dict[str, Any]]


class SupplierFact(BureauOwned, db.Model):
    """One thing that a supplier did or failed to do, once for each criterion that it speaks for.

    `kind`, `source_id`: the record that it was read from, an order, a receipt, a line … `day`: the day of delivery that was
    ordered (of a certificate finding the day it was found). `label`: the order's number. `code`: why it is kept or not;
    `detail`: what was compared.
    """

    __tablename__ = "supplier_facts"
    __table_args__ = (
        fk_school(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        UniqueConstraint("bureau_id", "supplier_id", "id"),
        UniqueConstraint("bureau_id", "source_id", "criterion", "kind", "since_run"),
        CheckConstraint(one_of("criterion", CRITERIA), name="criterion"),
        CheckConstraint("since_run < until_run", name="runs"),
        Index("ix_supplier_facts_newest", "bureau_id", "supplier_id", "day", "id"),
        Index("ix_supplier_facts_failed", "bureau_id", "supplier_id", "day", "id",
              postgresql_where=text("NOT is_kept")),
        Index("ix_supplier_facts_school", "bureau_id", "school_id", "supplier_id", "day", "id"),
        Index("ix_supplier_facts_struck", "bureau_id", "source_id", postgresql_where=text("struck_run IS NOT NULL")),
    )  # fmt: skip
    supplier_id: Mapped[UUID]
    school_id: Mapped[int | None]
    school_name: Mapped[str]
    criterion: Mapped[str]
    kind: Mapped[str]
    source_id: Mapped[UUID]
    order_id: Mapped[UUID | None]
    label: Mapped[str]
    day: Mapped[date]
    is_kept: Mapped[bool]
    code: Mapped[str]
    detail: Mapped[dict[str, Any]]
    since_run: Mapped[int]
    until_run: Mapped[int | None]
    struck_run: Mapped[int | None]


class SupplierFactCount(BureauOwned, db.Model):
    """How many facts count at present: what lists and comparisons read, so that no page reads every fact."""

    __tablename__ = "supplier_fact_counts"
    __table_args__ = (
        fk_school(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        CheckConstraint(one_of("criterion", CRITERIA), name="criterion"),
        CheckConstraint("kept >= 0 AND kept <= total", name="kept"),
        Index("ix_supplier_fact_counts_supplier", "bureau_id", "supplier_id", "month"),
        Index("ix_supplier_fact_counts_school", "bureau_id", "school_id", "month"),
        Index("ix_supplier_fact_counts_month", "bureau_id", "month"),
    )
    supplier_id: Mapped[UUID]
    school_id: Mapped[int | None]
    school_name: Mapped[str]
    month: Mapped[date]
    criterion: Mapped[str]
    kept: Mapped[int]
    total: Mapped[int]


class SupplierScorePublication(Recorded, BureauOwned, db.Model):
    """A period's scores as the bureau published them. `run`: which facts counted; `figures`: weights and thresholds as they
    held (rules.Figures.as_json); `totals` as of a run, over the period. `answer_until`: the last day for objections."""

    __tablename__ = "supplier_score_publications"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        UniqueConstraint("bureau_id", "last_day"),
        CheckConstraint("first_day <= last_day", name="days"),
    )
    first_day: Mapped[date]
    last_day: Mapped[date]
    run: Mapped[int]
    figures: Mapped[dict[str, Any]]
    totals: Mapped[dict[str, Any]]
    answer_until: Mapped[date]
    published_by_name: Mapped[str]


class SupplierScore(BureauOwned, db.Model):
    """One supplier's score in one publication, append-only: revision 0 is the original, the newest is what holds.

    `points`: the exact fraction as "n/d", None without enough data; `score`: the same to one decimal, out of 100.
    `facts_digest`: SHA-256 of the facts that counted.
    """

    __tablename__ = "supplier_scores"
    __audited__ = True
    __table_args__ = (
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        fk_in_bureau("publication_id", "supplier_score_publications"),
        fk_of_supplier("objection_id", "supplier_fact_objections"),
        UniqueConstraint("bureau_id", "publication_id", "supplier_id", "revision"),
        CheckConstraint("state IN ('scored', 'not_enough')", name="state"),
        CheckConstraint("(state = 'scored') = (points IS NOT NULL) AND (points IS NULL) = (score IS NULL)", name="points"),
        CheckConstraint("(revision = 0) = (objection_id IS NULL)", name="revision"),
        Index("ix_supplier_scores_supplier", "bureau_id", "supplier_id", "id"),
    )  # fmt: skip
    publication_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    revision: Mapped[int]
    run: Mapped[int]
    counts: Mapped[dict[str, Any]]
    state: Mapped[str]
    points: Mapped[str | None]
    score: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))
    facts_digest: Mapped[str]
    objection_id: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(default=now)


class SupplierFactObjection(Recorded, Versioned, BureauOwned, db.Model):
    """异议: a supplier says that a fact is not so, or not its doing."""

    __tablename__ = "supplier_fact_objections"
    __audited__ = True
    __table_args__ = (
        fk_of_supplier("fact_id", "supplier_facts"),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.supplier_id", "attachments.id"],
        ),
        UniqueConstraint("bureau_id", "supplier_id", "id"),
        CheckConstraint(one_of("state", OBJECTION_STATES), name="state"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("(state IN ('upheld', 'rejected')) = (decided_at IS NOT NULL)", name="decided"),
        CheckConstraint("decided_at IS NULL OR decision <> ''", name="decision"),
        Index("uq_supplier_fact_objections_fact", "bureau_id", "fact_id", unique=True,
              postgresql_where=text("state <> 'withdrawn'")),
        Index("ix_supplier_fact_objections_newest", "bureau_id", "state", "id"),
        Index("ix_supplier_fact_objections_supplier", "bureau_id", "supplier_id", "id"),
    )  # fmt: skip
    supplier_id: Mapped[UUID]
    fact_id: Mapped[UUID]
    reason: Mapped[str]
    attachment_id: Mapped[UUID | None]
    file_sha256: Mapped[str] = mapped_column(default="")
    objected_by_name: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    decision: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str] = mapped_column(default="")


class SupplierFactObjectionEvent(BureauOwned, db.Model):
    """One step of an objection: who, when, why. Append-only."""

    __tablename__ = "supplier_fact_objection_events"
    __table_args__ = (
        fk_of_supplier("objection_id", "supplier_fact_objections", "fk_supplier_fact_objection_events_objection"),
        Index("ix_supplier_fact_objection_events_of", "bureau_id", "objection_id", "id"),
    )
    supplier_id: Mapped[UUID]
    objection_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[UUID]
    by_name: Mapped[str]
