"""Tenders with their lots, items and criteria. Bureau-owned; `is_public` rows are read by suppliers and by anybody.

Nothing that must stay secret before its time stands in these tables: who took the documents, who asked, who bids and
who evaluates have tables of their own.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, fk_in_bureau, one_of

STATES = (
    "draft", "review", "bidding", "opening", "qualification_review", "evaluation", "report", "award_decision",
    "award_notice", "challenge_window", "contracting", "complete", "suspended", "terminated", "failed",
)  # fmt: skip


def fk_tender_lot(*, cascade: bool = False) -> ForeignKeyConstraint:
    """What hangs on a lot names its tender too, so that the two cannot disagree."""
    return ForeignKeyConstraint(
        ["bureau_id", "tender_id", "lot_id"],
        ["tender_lots.bureau_id", "tender_lots.tender_id", "tender_lots.id"],
        ondelete="CASCADE" if cascade else None,
    )


class Tender(Recorded, Versioned, BureauOwned, db.Model):
    """招标项目. `bid_deadline` is also the moment of opening (Order 87, Art. 39).

    `next_check`: when the clock looks at it next; None: nothing is due. `suspended_from`: the state it goes back to.
    A framework tender (`is_framework`) ends in agreements with up to `winners_per_lot` suppliers for each lot.
    """

    __tablename__ = "tenders"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("round_id", "demand_rounds"),
        fk_in_bureau("retender_of_id", "tenders"),
        UniqueConstraint("bureau_id", "number"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("rule_pack IN ('order_87', 'order_110', 'internal')", name="rule_pack"),
        CheckConstraint("subject IN ('goods', 'services')", name="subject"),
        CheckConstraint("award_method IN ('comprehensive', 'lowest_price')", name="award_method"),
        CheckConstraint("price_form IN ('fixed', 'discount')", name="price_form"),
        CheckConstraint("second_stage IN ('direct', 'mini_competition')", name="second_stage"),
        CheckConstraint("budget_fen > 0", name="budget"),
        CheckConstraint("winners_per_lot > 0 AND (is_framework OR winners_per_lot = 1)", name="winners_per_lot"),
        CheckConstraint("most_lots_bid > 0", name="most_lots_bid"),
        CheckConstraint("most_lots_won > 0", name="most_lots_won"),
        CheckConstraint("framework_from <= framework_until", name="framework"),
        CheckConstraint("NOT is_framework OR framework_until IS NOT NULL", name="framework_term"),
        CheckConstraint("published_at < bid_deadline", name="deadline"),
        CheckConstraint("(published_at IS NOT NULL) = is_public", name="public"),
        CheckConstraint("(state = 'suspended') = (suspended_from IS NOT NULL)", name="suspended"),
        CheckConstraint("(state = 'suspended') = (suspended_at IS NOT NULL)", name="suspended_at"),
        CheckConstraint("competition IN ('price', 'quality')", name="competition"),
        Index("ix_tenders_newest", "bureau_id", "state", "id"),
        Index("ix_tenders_due", "bureau_id", "next_check", postgresql_where=text("next_check IS NOT NULL")),
    )
    number: Mapped[str]
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    suspended_from: Mapped[str | None]
    suspended_at: Mapped[datetime | None]
    rule_pack: Mapped[str] = mapped_column(default="order_87")
    subject: Mapped[str] = mapped_column(default="goods")
    award_method: Mapped[str] = mapped_column(default="comprehensive")
    price_form: Mapped[str] = mapped_column(default="fixed")
    budget_fen: Mapped[int] = mapped_column(BigInteger)
    is_large: Mapped[bool] = mapped_column(default=False)  # complex or of high social impact: a larger committee
    is_framework: Mapped[bool] = mapped_column(default=True)
    framework_from: Mapped[date | None]
    framework_until: Mapped[date | None]
    competition: Mapped[str] = mapped_column(
        default="price"
    )  # of a framework's first stage: price first, quality first
    second_stage: Mapped[str] = mapped_column(default="direct")
    winners_per_lot: Mapped[int] = mapped_column(default=1)
    most_lots_bid: Mapped[int | None]
    most_lots_won: Mapped[int | None]
    # Percent taken off a micro or small firm's price for scoring only; the contract is made at the price bid.
    small_firm_deduction: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0))
    is_reserved: Mapped[bool] = mapped_column(default=False)  # for small and medium firms alone
    bid_bond_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    requirements: Mapped[str] = mapped_column(default="")  # what is bought, where and how it is delivered
    documents_from: Mapped[datetime | None]
    documents_until: Mapped[datetime | None]
    questions_until: Mapped[datetime | None]
    bid_deadline: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    is_public: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime | None]
    next_check: Mapped[datetime | None]
    takers_checked: Mapped[datetime | None]  # the end of document supply for which the clock counted the takers
    round_id: Mapped[UUID | None]
    retender_of_id: Mapped[UUID | None]
    end_reason: Mapped[str] = mapped_column(default="")  # why it was terminated or failed
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)


class TenderEvent(BureauOwned, db.Model):
    """One transition. Append-only. `by_id` all zeros: the clock."""

    __tablename__ = "tender_events"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        Index("ix_tender_events_tender", "bureau_id", "tender_id", "id"),
    )
    tender_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID]
    by_name: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")


class TenderLot(Versioned, BureauOwned, db.Model):
    """标包. Stands for itself: one may fail while the others go on. There is a highest price, never a lowest (Art. 12)."""

    __tablename__ = "tender_lots"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        fk_in_bureau("category_id", "catalogue_categories"),
        ForeignKeyConstraint(["bureau_id", "zone_id"], ["zones.bureau_id", "zones.id"]),
        fk_in_bureau("demand_lot_id", "demand_lots"),
        UniqueConstraint("bureau_id", "tender_id", "number"),
        # What hangs on a lot names its tender as well, so that the two cannot disagree.
        UniqueConstraint("bureau_id", "tender_id", "id"),
        CheckConstraint("state IN ('active', 'failed', 'awarded', 'cancelled')", name="state"),
        CheckConstraint("ceiling_fen > 0", name="ceiling"),
        CheckConstraint("number > 0", name="number"),
    )
    tender_id: Mapped[UUID]
    number: Mapped[int]
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="active")
    category_id: Mapped[UUID | None]
    zone_id: Mapped[int | None]
    ceiling_fen: Mapped[int | None] = mapped_column(BigInteger)
    demand_lot_id: Mapped[UUID | None]
    fail_reason: Mapped[str] = mapped_column(default="")
    is_public: Mapped[bool] = mapped_column(default=False)


class TenderItem(BureauOwned, db.Model):
    """One line of a lot as bidders price it: fen for one `unit`. `is_core`: two bids of the same brand count as one."""

    __tablename__ = "tender_items"
    __table_args__ = (
        fk_bureau(),
        fk_tender_lot(cascade=True),
        fk_in_bureau("item_id", "catalogue_items"),
        UniqueConstraint("bureau_id", "lot_id", "position"),
        UniqueConstraint("bureau_id", "lot_id", "item_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("ceiling_unit_price_fen > 0", name="ceiling"),
    )
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    position: Mapped[int]
    item_id: Mapped[UUID]
    item_version_id: Mapped[UUID | None]
    name: Mapped[str]
    specification: Mapped[str] = mapped_column(default="")
    standard: Mapped[str] = mapped_column(default="")
    unit: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    ceiling_unit_price_fen: Mapped[int | None] = mapped_column(BigInteger)
    is_core: Mapped[bool] = mapped_column(default=False)
    is_public: Mapped[bool] = mapped_column(default=False)


class TenderCriterion(BureauOwned, db.Model):
    """What a bid must meet or is scored by, for one lot or (lot_id NULL) for all.

    `scale`: judged 0 … points; levels (`levels`: [{"label", "points"}]); formula (price, Art. 55); pass_fail.
    """

    __tablename__ = "tender_criteria"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        fk_tender_lot(cascade=True),
        Index(
            "uq_tender_criteria_code", "bureau_id", "tender_id", "lot_id", "code", unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("part IN ('qualification', 'conformity', 'technical', 'commercial', 'price')", name="part"),
        CheckConstraint("scale IN ('judged', 'levels', 'formula', 'pass_fail')", name="scale"),
        CheckConstraint("points >= 0 AND points <= 100", name="points"),
        CheckConstraint("(scale = 'pass_fail') = (points = 0)", name="pass_fail"),
        CheckConstraint("(scale = 'pass_fail') = (part IN ('qualification', 'conformity'))", name="part_scale"),
        CheckConstraint("(part = 'price') = (scale = 'formula')", name="price"),
    )  # fmt: skip
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID | None]
    part: Mapped[str]
    code: Mapped[str]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    points: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(0))
    scale: Mapped[str]
    levels: Mapped[list[Any]] = mapped_column(default=list)
    is_objective: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]
    is_public: Mapped[bool] = mapped_column(default=False)


class TenderDocument(BureauOwned, db.Model):
    """A file of the tender: the document itself, a drawing, a template, a scan of a decision."""

    __tablename__ = "tender_documents"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        fk_in_bureau("attachment_id", "attachments"),
        Index("ix_tender_documents_tender", "bureau_id", "tender_id", "id"),
    )
    tender_id: Mapped[UUID]
    attachment_id: Mapped[UUID]
    title: Mapped[str]
    kind: Mapped[str]
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID]
    is_public: Mapped[bool] = mapped_column(default=False)


class TenderDocumentTaker(BureauOwned, db.Model):
    """Who took the documents. Secret until the deadline, from the bureau as well (Order 87, Art. 28)."""

    __tablename__ = "tender_document_takers"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        UniqueConstraint("bureau_id", "tender_id", "supplier_id"),
    )
    tender_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    taken_at: Mapped[datetime]
    taken_by: Mapped[UUID]
    is_disclosed: Mapped[bool] = mapped_column(default=False)


class TenderQuestion(Versioned, BureauOwned, db.Model):
    """What a supplier asks; its answer goes to everybody, the asker's name to nobody (`tender_askers`)."""

    # Not audited: the audit names who wrote a row, and who asks is nobody's business (Order 87, Art. 28).
    __tablename__ = "tender_questions"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        fk_tender_lot(),
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answer"),
        CheckConstraint("NOT is_public OR answered_at IS NOT NULL", name="public"),
        Index("ix_tender_questions_tender", "bureau_id", "tender_id", "id"),
    )
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID | None]
    question: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    affects_bids: Mapped[bool] = mapped_column(default=False)
    is_public: Mapped[bool] = mapped_column(default=False)


class TenderAsker(BureauOwned, db.Model):
    """Whose question it is (`id` is the question's), in their own words: read by that supplier alone."""

    __tablename__ = "tender_askers"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("id", "tender_questions"),
        fk_in_bureau("tender_id", "tenders"),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        Index("ix_tender_askers_supplier", "bureau_id", "supplier_id", "tender_id"),
    )
    supplier_id: Mapped[UUID]
    tender_id: Mapped[UUID]
    question: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID]


class TenderNotice(BureauOwned, db.Model):
    """公告: what the world is told, as it was told. Append-only; `sha256` over the canonical `body`."""

    __tablename__ = "tender_notices"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        UniqueConstraint("bureau_id", "number"),
        Index("ix_tender_notices_tender", "bureau_id", "tender_id", "published_at"),
    )
    tender_id: Mapped[UUID]
    kind: Mapped[str]
    number: Mapped[str]
    title: Mapped[str]
    body: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID]
    ends_on: Mapped[date | None]  # the last day of the time that the notice must stand


class TenderWaiver(BureauOwned, db.Model):
    """A rule that only warns, passed over by somebody for a reason. Append-only. `found`: the figure it was passed at."""

    __tablename__ = "tender_waivers"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        Index("ix_tender_waivers_tender", "bureau_id", "tender_id", "id"),
    )
    tender_id: Mapped[UUID]
    rule: Mapped[str]
    found: Mapped[str]
    demanded: Mapped[str]
    citation: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[UUID]
    by_name: Mapped[str]


class CriteriaSet(Recorded, Versioned, BureauOwned, db.Model):
    """评分模板: criteria that the bureau keeps for reuse. `criteria`: rows as `tender_criteria` has them, without ids."""

    __tablename__ = "tender_criteria_sets"
    __audited__ = True
    __table_args__ = (fk_bureau(), UniqueConstraint("bureau_id", "name"))
    name: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    criteria: Mapped[list[Any]]
    is_active: Mapped[bool] = mapped_column(default=True)
