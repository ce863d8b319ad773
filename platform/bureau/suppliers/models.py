"""Companies and their registrations. `Supplier` is the company once; what a bureau knows of it stands in that
bureau's own rows."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, fk_in_bureau, new_id, now


class Supplier(db.Model):
    """Global: one company may serve several bureaus. `name`: as first told; a bureau trusts only its own row."""

    __tablename__ = "suppliers"
    __table_args__ = (
        UniqueConstraint("credit_code"),
        CheckConstraint("length(credit_code) = 18", name="credit_code"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    credit_code: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class BureauSupplier(Recorded, Versioned, BureauOwned, db.Model):
    """A company's registration at one bureau; `id` is the company's. Suspension and expiry are no states: they follow
    from measures and dates at the moment of asking (see service/standing.py). `return_notes`: field → what to mend."""

    __tablename__ = "bureau_suppliers"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(["id"], ["suppliers.id"]),
        UniqueConstraint("bureau_id", "credit_code"),
        CheckConstraint("state IN ('draft', 'applied', 'returned', 'refused', 'active', 'removed')", name="state"),
        CheckConstraint("kind IN ('enterprise', 'cooperative', 'individual', 'farm', 'other')", name="kind"),
        CheckConstraint("size IN ('micro', 'small', 'medium', 'large')", name="size"),
        CheckConstraint("state NOT IN ('active', 'removed') OR admitted_at IS NOT NULL", name="admitted"),
        Index("ix_bureau_suppliers_search_name", "bureau_id", "search_name"),
        Index("ix_bureau_suppliers_state", "bureau_id", "state", "id"),
    )
    credit_code: Mapped[str]
    name: Mapped[str]
    search_name: Mapped[str]  # lower case, for matching with = and ^@
    kind: Mapped[str] = mapped_column(default="enterprise")
    size: Mapped[str] = mapped_column(default="small")
    address: Mapped[str] = mapped_column(default="")
    business: Mapped[str] = mapped_column(default="")  # what it trades in, in its own words
    contact_name: Mapped[str] = mapped_column(default="")
    contact_mobile: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="draft")
    state_reason: Mapped[str] = mapped_column(default="")
    return_notes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    admitted_at: Mapped[datetime | None]  # first registered; from then on schools see the row


def _own_file(column: str) -> ForeignKeyConstraint:
    """A file of the same supplier: the key says whose."""
    return ForeignKeyConstraint(
        ["bureau_id", "supplier_id", column], ["attachments.bureau_id", "attachments.supplier_id", "attachments.id"]
    )


class SupplierRequest(Recorded, Versioned, BureauOwned, db.Model):
    """Somebody who wants to act for a company and has not proven their mail address yet, or waits for the company's
    consent. `supplier_id`: the company on record that they would join; None: the company is new here. States: waiting
    for the code, asked (consent), done, refused. `created_by`: who invites; all zeros on the public page."""

    __tablename__ = "supplier_requests"
    __audited__ = True
    __audit_hides__ = ("code_hash",)
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        CheckConstraint("purpose IN ('registration', 'invitation')", name="purpose"),
        CheckConstraint("state IN ('waiting', 'asked', 'done', 'refused')", name="state"),
        CheckConstraint("purpose = 'registration' OR supplier_id IS NOT NULL", name="invitation"),
        Index("ix_supplier_requests_from", "bureau_id", "address_from", "created_at"),
        Index("ix_supplier_requests_email", "bureau_id", "email", "created_at"),
        Index("ix_supplier_requests_state", "bureau_id", "state", "id"),
        Index("ix_supplier_requests_supplier", "bureau_id", "supplier_id"),
    )
    purpose: Mapped[str]
    supplier_id: Mapped[UUID | None]
    credit_code: Mapped[str]
    company_name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="enterprise")
    size: Mapped[str] = mapped_column(default="small")
    address: Mapped[str] = mapped_column(default="")
    person_name: Mapped[str]
    mobile: Mapped[str] = mapped_column(default="")
    email: Mapped[str]
    code_hash: Mapped[str]
    code_until: Mapped[datetime]
    codes_sent: Mapped[int] = mapped_column(default=1)
    code_sent_at: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[str] = mapped_column(default="waiting")
    account_id: Mapped[UUID | None]
    address_from: Mapped[str]  # the sender's network address, for the limits
    confirmed_at: Mapped[datetime | None]


class SupplierCategory(Recorded, Versioned, BureauOwned, db.Model):
    """A category that a company asks to be registered for."""

    __tablename__ = "supplier_categories"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        fk_in_bureau("category_id", "catalogue_categories"),
        UniqueConstraint("bureau_id", "supplier_id", "category_id"),
        CheckConstraint("state IN ('asked', 'approved', 'refused', 'withdrawn')", name="state"),
        Index("ix_supplier_categories_category", "bureau_id", "category_id", "state"),
    )
    supplier_id: Mapped[UUID]
    category_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="asked")
    reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]


class SupplierLicence(Recorded, Versioned, BureauOwned, db.Model):
    """A certificate with its scan. Renewed by a further row; whether one holds follows from state and dates.
    `valid_until` None: without an end (长期)."""

    __tablename__ = "supplier_licences"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        _own_file("attachment_id"),
        CheckConstraint("state IN ('submitted', 'approved', 'returned', 'withdrawn')", name="state"),
        CheckConstraint("valid_from <= valid_until", name="span"),
        Index("ix_supplier_licences_supplier", "bureau_id", "supplier_id", "kind"),
        Index("ix_supplier_licences_until", "bureau_id", "state", "valid_until"),
    )
    supplier_id: Mapped[UUID]
    kind: Mapped[str]
    number: Mapped[str]
    scope: Mapped[str] = mapped_column(default="")
    issued_by: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    attachment_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default="submitted")
    reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]


class LicenceRule(Recorded, BureauOwned, db.Model):
    """A kind of licence that the bureau asks for in a category and its sub-categories."""

    __tablename__ = "supplier_licence_rules"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("category_id", "catalogue_categories"),
        UniqueConstraint("bureau_id", "category_id", "kind"),
    )
    category_id: Mapped[UUID]
    kind: Mapped[str]


class LicenceAlarm(BureauOwned, db.Model):
    """That a licence runs out in `days` was told, once. 0: that it has run out."""

    __tablename__ = "supplier_alarms"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        fk_in_bureau("licence_id", "supplier_licences"),
        UniqueConstraint("bureau_id", "licence_id", "days"),
    )
    supplier_id: Mapped[UUID]
    licence_id: Mapped[UUID]
    days: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(default=now)


class SupplierMeasure(Recorded, Versioned, BureauOwned, db.Model):
    """A warning, a suspension on the days [from_day, until_day] (of one category, or of all), or a removal, which
    takes a second person. `created_by` imposed it."""

    __tablename__ = "supplier_measures"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        fk_in_bureau("category_id", "catalogue_categories"),
        _own_file("evidence_id"),
        CheckConstraint("kind IN ('warning', 'suspension', 'removal')", name="kind"),
        CheckConstraint("state IN ('proposed', 'in_force', 'dropped', 'lifted')", name="state"),
        CheckConstraint("from_day <= until_day", name="span"),
        CheckConstraint("kind = 'suspension' OR (category_id IS NULL AND until_day IS NULL)", name="extent"),
        CheckConstraint("confirmed_by IS DISTINCT FROM created_by", name="second_person"),
        CheckConstraint("kind <> 'removal' OR state <> 'in_force' OR confirmed_by IS NOT NULL", name="removal"),
        Index("ix_supplier_measures_supplier", "bureau_id", "supplier_id", "id"),
    )
    supplier_id: Mapped[UUID]
    kind: Mapped[str]
    category_id: Mapped[UUID | None]
    reason: Mapped[str]
    basis: Mapped[str] = mapped_column(default="")  # the rule or clause that it rests on
    from_day: Mapped[date]
    until_day: Mapped[date | None]
    evidence_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default="in_force")
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    end_reason: Mapped[str] = mapped_column(default="")


class SupplierAppeal(Recorded, Versioned, BureauOwned, db.Model):
    """A company contests a measure, once; decided by somebody who neither imposed nor confirmed it."""

    __tablename__ = "supplier_appeals"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        fk_in_bureau("measure_id", "supplier_measures"),
        _own_file("evidence_id"),
        CheckConstraint("state IN ('open', 'upheld', 'rejected', 'withdrawn')", name="state"),
        CheckConstraint("(state IN ('upheld', 'rejected')) = (decided_by IS NOT NULL)", name="decided"),
        Index(
            "uq_supplier_appeals_once", "bureau_id", "measure_id", unique=True, postgresql_where="state <> 'withdrawn'"
        ),
        Index("ix_supplier_appeals_supplier", "bureau_id", "supplier_id", "id"),
    )
    supplier_id: Mapped[UUID]
    measure_id: Mapped[UUID]
    statement: Mapped[str]
    evidence_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default="open")
    decision: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]


class SupplierEvent(BureauOwned, db.Model):
    """What happened to a registration and all that belongs to it: added, never changed. `subject`: registration,
    category, licence, measure, appeal, person."""

    __tablename__ = "supplier_events"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        CheckConstraint("by_side IN ('bureau', 'supplier', 'system')", name="by_side"),
        Index("ix_supplier_events_supplier", "bureau_id", "supplier_id", "id"),
    )
    supplier_id: Mapped[UUID]
    subject: Mapped[str]
    subject_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    by: Mapped[UUID]
    by_name: Mapped[str]
    by_side: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
