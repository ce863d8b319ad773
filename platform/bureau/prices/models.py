"""Surveys of the market and price books. Bureau-owned: schools and suppliers see books from their publicity on, when
they may object. `is_public` is the part of a book's state that row-level security can read."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, fk_in_bureau, fk_school, now

SERIES_CHECK = "series IN ('general', 'fresh', 'dry', 'goods')"


class PriceSource(Recorded, Versioned, BureauOwned, db.Model):
    """Where prices are looked up: the price bureau's bulletin, a wholesale market, a supermarket, a wet market."""

    __tablename__ = "price_sources"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        UniqueConstraint("bureau_id", "name"),
        CheckConstraint("kind IN ('price_bureau', 'wholesale', 'supermarket', 'wet_market', 'other')", name="kind"),
    )
    name: Mapped[str]
    kind: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)


class PriceSurvey(Recorded, Versioned, BureauOwned, db.Model):
    """One round of looking prices up. `method`: how sources are brought together. `cutoff`: from which modified z-score
    on a price is marked as an outlier; `least_sources`: how many sources a price must rest on. `key`: a secret of this
    survey, for the invitations' links and the hashes of addresses."""

    __tablename__ = "price_surveys"
    __audited__ = True
    __audit_hides__ = ("key",)
    __table_args__ = (
        fk_bureau(),
        UniqueConstraint("bureau_id", "number"),
        CheckConstraint("cycle IN ('weekly', 'half_month', 'month', 'once')", name="cycle"),
        CheckConstraint(SERIES_CHECK, name="series"),
        CheckConstraint("method IN ('average', 'median')", name="method"),
        CheckConstraint("state IN ('draft', 'collecting', 'closed', 'signed', 'cancelled')", name="state"),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("cutoff > 0 AND least_sources > 0", name="settings"),
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed"),
    )
    number: Mapped[str]
    title: Mapped[str]
    series: Mapped[str]
    cycle: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    method: Mapped[str]
    cutoff: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    least_sources: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft")
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[UUID | None]
    signed_by_name: Mapped[str] = mapped_column(default="")
    key: Mapped[str]


class PriceSurveyItem(BureauOwned, db.Model):
    """An item that is asked for, as published when the survey was made. `units`: unit → base units it holds.
    `reference_fen`: per base unit, from the book in force then; null where there was none."""

    __tablename__ = "price_survey_items"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("survey_id", "price_surveys"),
        fk_in_bureau("item_id", "catalogue_items"),
        UniqueConstraint("bureau_id", "survey_id", "item_id"),
    )
    survey_id: Mapped[UUID]
    item_id: Mapped[UUID]
    item_version: Mapped[int]
    position: Mapped[int]
    code: Mapped[str]
    name: Mapped[str]
    specification: Mapped[str]
    category_id: Mapped[UUID]
    category_name: Mapped[str]
    base_unit: Mapped[str]
    units: Mapped[dict[str, Any]]
    reference_fen: Mapped[int | None]


class PriceSurveySource(BureauOwned, db.Model):
    """A source that this survey goes to, under the name it had then."""

    __tablename__ = "price_survey_sources"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("survey_id", "price_surveys"),
        fk_in_bureau("source_id", "price_sources"),
        UniqueConstraint("bureau_id", "survey_id", "source_id"),
    )
    survey_id: Mapped[UUID]
    source_id: Mapped[UUID]
    position: Mapped[int]
    name: Mapped[str]
    kind: Mapped[str]


class PriceSurveyor(Recorded, Versioned, BureauOwned, db.Model):
    """Who may report: a person with an account, or an invited one with a personal link. `code_hash`: SHA-256 of the
    link's code, which the survey's key makes; `most`: reports taken of this person in all."""

    __tablename__ = "price_surveyors"
    __audited__ = True
    __audit_hides__ = ("code_hash",)
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("survey_id", "price_surveys"),
        fk_in_bureau("person_id", "people"),
        UniqueConstraint("bureau_id", "survey_id", "person_id"),
        UniqueConstraint("bureau_id", "code_hash"),
        CheckConstraint("kind IN ('officer', 'teacher', 'parent', 'other')", name="kind"),
        CheckConstraint("(person_id IS NULL) = (code_hash IS NOT NULL)", name="way_in"),
        CheckConstraint("(code_hash IS NULL) = (expires_at IS NULL)", name="expiry"),
        CheckConstraint("most > 0", name="most"),
    )
    survey_id: Mapped[UUID]
    kind: Mapped[str]
    name: Mapped[str]
    person_id: Mapped[UUID | None]
    code_hash: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    most: Mapped[int]
    revoked_at: Mapped[datetime | None]


class PriceReport(BureauOwned, db.Model):
    """One price seen by one person at one source. Its content never changes; `state` says whether it counts:
    "counted", "waiting" (another report of the same source and item was there first), "excluded" (by a person).

    `price_fen` of one `unit`; `base_price` fen per base unit, `price_fen / factor` rounded to six places.
    """

    __tablename__ = "price_reports"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("survey_id", "price_surveys"),
        fk_in_bureau("surveyor_id", "price_surveyors"),
        fk_in_bureau("source_id", "price_sources"),
        fk_in_bureau("item_id", "catalogue_items"),
        fk_in_bureau("attachment_id", "attachments"),
        CheckConstraint("price_fen > 0 AND factor > 0 AND base_price > 0", name="price"),
        CheckConstraint("state IN ('counted', 'waiting', 'excluded')", name="state"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="place"),
        CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="earth"),
        Index("ix_price_reports_item", "bureau_id", "survey_id", "item_id", "source_id", "id"),
        Index("ix_price_reports_surveyor", "bureau_id", "surveyor_id", "reported_at"),
        # One price of a source counts until a person says otherwise, whoever reports at the same moment.
        Index(
            "uq_price_reports_first", "bureau_id", "survey_id", "item_id", "source_id", unique=True,
            postgresql_where=text("is_first"),
        ),
    )  # fmt: skip
    survey_id: Mapped[UUID]
    surveyor_id: Mapped[UUID]
    source_id: Mapped[UUID]
    item_id: Mapped[UUID]
    unit: Mapped[str]
    factor: Mapped[Decimal] = mapped_column(Numeric(13, 6))
    price_fen: Mapped[int]
    base_price: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    seen_at: Mapped[datetime]  # by the reporter's clock
    reported_at: Mapped[datetime] = mapped_column(default=now)
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    accuracy_m: Mapped[int | None]
    attachment_id: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(default="")
    content_digest: Mapped[str]
    address_hash: Mapped[str] = mapped_column(default="")
    is_first: Mapped[bool]
    state: Mapped[str]


class PriceReportDecision(BureauOwned, db.Model):
    """A person's word on one report: it counts, or it does not, and why. Append-only; the newest holds."""

    __tablename__ = "price_report_decisions"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("report_id", "price_reports"),
        CheckConstraint("decision IN ('include', 'exclude')", name="decision"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_price_report_decisions_report", "bureau_id", "report_id", "id"),
    )
    report_id: Mapped[UUID]
    decision: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]


class PriceSurveyEvent(BureauOwned, db.Model):
    """A transition of a survey. Append-only."""

    __tablename__ = "price_survey_events"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("survey_id", "price_surveys"),
        Index("ix_price_survey_events_survey", "bureau_id", "survey_id", "id"),
    )
    survey_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]


class PriceBook(Recorded, Versioned, BureauOwned, db.Model):
    """A version of the prices. Once publicised its content stands; a correction is a new book.

    `effective_from`: the day that was publicised. `begins_on`: the first day it does hold; null while an objection is
    unanswered or was upheld. Of two books of a series the later `begins_on` holds, and no two begin on one day: that is
    how at most one is in force on any day. `digest`: SHA-256 of the lines, taken when publicised.
    """

    __tablename__ = "price_books"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("survey_id", "price_surveys"),
        fk_in_bureau("corrects_id", "price_books"),
        UniqueConstraint("bureau_id", "number"),
        CheckConstraint(SERIES_CHECK, name="series"),
        CheckConstraint(
            "state IN ('draft', 'surveyed', 'publicised', 'effective', 'superseded', 'withdrawn')", name="state"
        ),
        CheckConstraint("is_public = (state IN ('publicised', 'effective', 'superseded'))", name="is_public"),
        CheckConstraint("NOT is_public OR (publicised_at IS NOT NULL AND digest <> '')", name="publicised"),
        CheckConstraint("state NOT IN ('effective', 'superseded') OR begins_on IS NOT NULL", name="begun"),
        CheckConstraint("publicity_until >= publicity_from", name="publicity"),
        CheckConstraint("effective_from > publicity_until", name="after_publicity"),
        CheckConstraint("begins_on >= effective_from", name="begins_on"),
        CheckConstraint("publicised_by <> created_by AND publicised_by <> surveyed_by", name="two_people"),
        CheckConstraint("corrects_id IS NULL OR correction_reason <> ''", name="correction"),
        Index(
            "uq_price_books_day", "bureau_id", "series", "begins_on", unique=True,
            postgresql_where=text("begins_on IS NOT NULL AND is_public"),
        ),
        Index(
            "uq_price_books_effective", "bureau_id", "series", unique=True,
            postgresql_where=text("state = 'effective'"),
        ),
        Index("ix_price_books_day", "bureau_id", "begins_on"),
    )  # fmt: skip
    number: Mapped[str]
    title: Mapped[str]
    series: Mapped[str]
    survey_id: Mapped[UUID]
    corrects_id: Mapped[UUID | None]
    correction_reason: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="draft")
    is_public: Mapped[bool] = mapped_column(default=False)
    threshold_percent: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    surveyed_by: Mapped[UUID | None]
    publicised_at: Mapped[datetime | None]
    publicised_by: Mapped[UUID | None]
    publicity_from: Mapped[date | None]
    publicity_until: Mapped[date | None]
    effective_from: Mapped[date | None]
    begins_on: Mapped[date | None]
    digest: Mapped[str] = mapped_column(default="")


class PriceBookLine(BureauOwned, db.Model):
    """The price of one item: `price_fen` for one `unit`, which is the item's base unit. `exact`: before rounding.

    `basis`: "survey"; "carried" over from the book `carried_from` because too few sources gave a price; or "corrected" by
    a person, with `correction_reason`, in a book that corrects another. `sources`:
    [{"id", "name", "kind", "price": "5.20"}], yuan per unit. `change_percent` against the last book; null without one.
    """

    __tablename__ = "price_book_lines"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("book_id", "price_books"),
        fk_in_bureau("item_id", "catalogue_items"),
        UniqueConstraint("bureau_id", "book_id", "item_id"),
        CheckConstraint("price_fen > 0", name="price"),
        CheckConstraint("basis IN ('survey', 'carried', 'corrected')", name="basis"),
        CheckConstraint("(basis = 'carried') = (carried_from IS NOT NULL)", name="carried"),
        CheckConstraint("(basis = 'corrected') = (correction_reason <> '')", name="corrected"),
    )
    book_id: Mapped[UUID]
    item_id: Mapped[UUID]
    item_version: Mapped[int]
    position: Mapped[int]
    code: Mapped[str]
    name: Mapped[str]
    specification: Mapped[str]
    category_id: Mapped[UUID]
    category_name: Mapped[str]
    unit: Mapped[str]
    price_fen: Mapped[int]
    exact: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    basis: Mapped[str]
    carried_from: Mapped[str | None]
    correction_reason: Mapped[str] = mapped_column(default="")
    method: Mapped[str]
    source_count: Mapped[int]
    report_count: Mapped[int]
    outlier_count: Mapped[int]
    excluded_count: Mapped[int]
    sources: Mapped[list[Any]]
    previous_fen: Mapped[int | None]
    change_percent: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    is_triggered: Mapped[bool]
    is_public: Mapped[bool] = mapped_column(default=False)


class PriceBookEvent(BureauOwned, db.Model):
    """A transition of a book. Append-only."""

    __tablename__ = "price_book_events"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("book_id", "price_books"),
        Index("ix_price_book_events_book", "bureau_id", "book_id", "id"),
    )
    book_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    by_name: Mapped[str]


class PriceObjection(Recorded, Versioned, BureauOwned, db.Model):
    """A school or a supplier contradicts a price while it is publicised. Who it was stays with the bureau."""

    __tablename__ = "price_objections"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_school(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        fk_in_bureau("book_id", "price_books"),
        fk_in_bureau("item_id", "catalogue_items"),
        UniqueConstraint("bureau_id", "school_id", "id"),
        CheckConstraint("(school_id IS NULL) <> (supplier_id IS NULL)", name="who"),
        CheckConstraint("state IN ('open', 'upheld', 'rejected')", name="state"),
        CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered"),
        CheckConstraint("state = 'open' OR answer <> ''", name="answer"),
        Index("ix_price_objections_book", "bureau_id", "book_id", "id"),
    )
    school_id: Mapped[int | None]
    supplier_id: Mapped[UUID | None]
    book_id: Mapped[UUID]
    item_id: Mapped[UUID | None]
    text: Mapped[str]
    filed_by_name: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    answered_by_name: Mapped[str] = mapped_column(default="")
