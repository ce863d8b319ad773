"""Rounds of demand, each school's sheet of a round, and the lots that the sheets add up to.

Rounds and lots are the bureau's; a sheet and its lines are the school's own. A line holds all months of one item: the
sheet is written and added up by item, and a row for each month would be twelve times as many for the same figures.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kernel.database import (
    BureauOwned,
    Recorded,
    SchoolOwned,
    Versioned,
    db,
    fk_bureau,
    fk_in_bureau,
    fk_in_school,
    fk_school,
    now,
)

MOST_MONTHS = 12
MONTH_COLUMNS = tuple(f"m{number}" for number in range(1, MOST_MONTHS + 1))
TOTAL = " + ".join(f"coalesce({column}, 0)" for column in MONTH_COLUMNS)


class DemandRound(Recorded, Versioned, BureauOwned, db.Model):
    """`first_month`: the first day of the first month; `month_count` months from there. `previous_id`: the round that
    proposals compare with. `aggregation_id`: the one whose lots hold now, None before the first and after a sheet was
    reopened. `tender_id`: who uses the lots; the round is frozen as long as it is set (no foreign key: tenders stand
    above this package)."""

    __tablename__ = "demand_rounds"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("previous_id", "demand_rounds"),
        CheckConstraint("state IN ('open', 'closed', 'aggregated', 'tendered')", name="state"),
        CheckConstraint("month_count BETWEEN 1 AND 12", name="month_count"),
        CheckConstraint("extract(day FROM first_month) = 1", name="first_month"),
        CheckConstraint("(state = 'tendered') = (tender_id IS NOT NULL)", name="tendered"),
        CheckConstraint("(state IN ('aggregated', 'tendered')) = (aggregation_id IS NOT NULL)", name="aggregation"),
        Index("ix_demand_rounds_newest", "bureau_id", "created_at", "id"),
    )
    title: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    first_month: Mapped[date]
    month_count: Mapped[int]
    deadline: Mapped[datetime]
    previous_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default="open")
    aggregation_id: Mapped[UUID | None]
    tender_id: Mapped[UUID | None]


class DemandCategory(BureauOwned, db.Model):
    """A category of a round. `scope`: "district": one lot for all; "zone": a lot for each zone (片区联合采购)."""

    __tablename__ = "demand_categories"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("round_id", "demand_rounds"),
        fk_in_bureau("category_id", "catalogue_categories"),
        UniqueConstraint("bureau_id", "round_id", "category_id"),
        CheckConstraint("scope IN ('district', 'zone')", name="scope"),
    )
    round_id: Mapped[UUID]
    category_id: Mapped[UUID]
    position: Mapped[int]
    code: Mapped[str]
    name: Mapped[str]
    scope: Mapped[str] = mapped_column(default="district")


class DemandItem(BureauOwned, db.Model):
    """An item of a round, as the catalogue had it when the round was opened. `norm`: the bureau's figure of what one
    diner needs in a month, in `unit`, for schools without a history; None: no figure."""

    __tablename__ = "demand_items"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("round_id", "demand_rounds"),
        fk_in_bureau("item_id", "catalogue_items"),
        fk_in_bureau("item_version_id", "catalogue_item_versions"),
        fk_in_bureau("category_id", "catalogue_categories"),
        UniqueConstraint("bureau_id", "round_id", "item_id"),
        CheckConstraint("norm > 0", name="norm"),
    )
    round_id: Mapped[UUID]
    item_id: Mapped[UUID]
    item_version_id: Mapped[UUID | None]
    category_id: Mapped[UUID]
    position: Mapped[int]
    code: Mapped[str]
    name: Mapped[str]
    specification: Mapped[str]
    unit: Mapped[str]
    norm: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))


class DemandRoundEvent(BureauOwned, db.Model):
    """What happened to a round: who, when, why. Append-only."""

    __tablename__ = "demand_round_events"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("round_id", "demand_rounds"),
        Index("ix_demand_round_events_of", "bureau_id", "round_id", "id"),
    )
    round_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]


class DemandSheet(Recorded, Versioned, SchoolOwned, db.Model):
    """A school's part in a round; made when the round is opened, so who has not filled it is known.

    `diners`, `enrolment`: of the school when the round was opened; the next round's proposals are scaled by them.
    `zone_id`: the school's zone when its lines were last gathered: a lot opens into the same schools afterwards.
    """

    __tablename__ = "demand_sheets"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_bureau("round_id", "demand_rounds"),
        ForeignKeyConstraint(["bureau_id", "zone_id"], ["zones.bureau_id", "zones.id"]),
        UniqueConstraint("bureau_id", "school_id", "round_id"),
        CheckConstraint("state IN ('draft', 'submitted', 'approved', 'aggregated', 'returned')", name="state"),
        CheckConstraint("state IN ('draft', 'returned') OR submitted_at IS NOT NULL", name="submitted"),
        Index("ix_demand_sheets_round", "bureau_id", "round_id", "state"),
    )
    round_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="draft")
    diners: Mapped[int]
    enrolment: Mapped[int]
    zone_id: Mapped[int | None]
    submitted_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]


class DemandSheetEvent(SchoolOwned, db.Model):
    """What happened to a sheet: who, when, why. Append-only."""

    __tablename__ = "demand_sheet_events"
    __table_args__ = (
        fk_school(),
        fk_in_school("sheet_id", "demand_sheets"),
        Index("ix_demand_sheet_events_of", "bureau_id", "school_id", "sheet_id", "id"),
    )
    sheet_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]


class DemandLine(Recorded, Versioned, SchoolOwned, db.Model):
    """One item of a school's sheet, in the round's unit. `m1` … `m12`: the round's months in order, None: not filled in.
    `basis`: the source of the proposal that was taken over unchanged, "" where somebody typed."""

    __tablename__ = "demand_lines"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        fk_in_bureau("round_id", "demand_rounds"),
        fk_in_bureau("item_id", "catalogue_items"),
        fk_in_school("sheet_id", "demand_sheets"),
        # The round first: a school's page and the sum over all schools both are one range of it.
        UniqueConstraint("bureau_id", "round_id", "school_id", "item_id"),
        CheckConstraint("least(" + ", ".join(MONTH_COLUMNS) + ") >= 0", name="quantity"),
        CheckConstraint("basis IN ('', 'receipts', 'round', 'norm')", name="basis"),
    )
    round_id: Mapped[UUID]
    sheet_id: Mapped[UUID]
    item_id: Mapped[UUID]
    m1: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    m2: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    m3: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    m4: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    m5: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    m6: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    m7: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    m8: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    m9: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    m10: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    m11: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    m12: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    total: Mapped[Decimal] = mapped_column(Numeric(14, 3), Computed(TOTAL, persisted=True))
    basis: Mapped[str] = mapped_column(default="")

    @property
    def months(self) -> list[Decimal | None]:
        return [getattr(self, column) for column in MONTH_COLUMNS]


class DemandAggregation(BureauOwned, db.Model):
    """One gathering of a round's approved sheets into lots. Append-only: a later one leaves the earlier to be read."""

    __tablename__ = "demand_aggregations"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("round_id", "demand_rounds"),
        UniqueConstraint("bureau_id", "round_id", "number"),
    )
    round_id: Mapped[UUID]
    number: Mapped[int]
    sheet_count: Mapped[int]
    priced_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]


class DemandLot(BureauOwned, db.Model):
    """What one lot asks for. `zone_id` None: of the whole district, or of the schools without a zone (`scope`).
    `estimated_fen`: at the price book's prices; None where no item has one; `unpriced_count` items have none."""

    __tablename__ = "demand_lots"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("round_id", "demand_rounds"),
        fk_in_bureau("aggregation_id", "demand_aggregations"),
        fk_in_bureau("category_id", "catalogue_categories"),
        ForeignKeyConstraint(["bureau_id", "zone_id"], ["zones.bureau_id", "zones.id"]),
        UniqueConstraint("bureau_id", "aggregation_id", "number"),
        CheckConstraint("scope IN ('district', 'zone')", name="scope"),
    )
    round_id: Mapped[UUID]
    aggregation_id: Mapped[UUID]
    number: Mapped[int]
    title: Mapped[str]
    scope: Mapped[str]
    category_id: Mapped[UUID]
    zone_id: Mapped[int | None]
    item_count: Mapped[int]
    school_count: Mapped[int]
    estimated_fen: Mapped[int | None] = mapped_column(BigInteger)
    unpriced_count: Mapped[int]
    items: Mapped[list["DemandLotItem"]] = relationship(
        lazy="selectin", viewonly=True, order_by="DemandLotItem.position"
    )


class DemandLotItem(BureauOwned, db.Model):
    """`quantity`: the sum of the schools' lines, exact; `months`: the same for each of the round's months, as text."""

    __tablename__ = "demand_lot_items"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("lot_id", "demand_lots"),
        fk_in_bureau("item_id", "catalogue_items"),
        fk_in_bureau("item_version_id", "catalogue_item_versions"),
        UniqueConstraint("bureau_id", "lot_id", "item_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("(price_fen IS NULL) = (amount_fen IS NULL)", name="amount"),
    )
    lot_id: Mapped[UUID]
    item_id: Mapped[UUID]
    item_version_id: Mapped[UUID | None]
    position: Mapped[int]
    code: Mapped[str]
    name: Mapped[str]
    specification: Mapped[str]
    unit: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 3))
    months: Mapped[list[Any]]
    school_count: Mapped[int]
    price_fen: Mapped[int | None] = mapped_column(BigInteger)
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
