"""Experts, the committee of a tender, its draw and its members.

Who sits on a committee is secret until the result (Order 87, Art. 47). Row-level security shows a member's row to that
member alone (`app.person_id`, set by the use case for the moment it needs it) until `is_disclosed`; the draw's document
likewise. Rows that all may read name a member by `member_id` or by number, never by person.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, fk_in_bureau, one_of

COMMITTEE_STATES = ("committed", "formed", "declared", "scoring", "consensus", "signed", "dissolved")
MEMBER_STATES = ("invited", "declared", "recused")


def member_key() -> ForeignKeyConstraint:
    """A member's rows name the tender too, so that the two cannot disagree."""
    return ForeignKeyConstraint(
        ["bureau_id", "tender_id", "member_id"],
        ["committee_members.bureau_id", "committee_members.tender_id", "committee_members.id"],
    )


class Expert(Recorded, Versioned, BureauOwned, db.Model):  # type: ignore[name-defined,misc]
    """评审专家 in the bureau's pool; `id` is the person's. `employer`: where they work, a bidder of that name recuses
    them. A paused or removed one is not drawn."""

    __tablename__ = "experts"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("id", "people"),
        CheckConstraint("state IN ('active', 'paused', 'removed')", name="state"),
        Index("ix_experts_state", "bureau_id", "state", "id"),
    )
    employer: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")  # 职称
    state: Mapped[str] = mapped_column(default="active")
    state_reason: Mapped[str] = mapped_column(default="")


class ExpertSpecialty(BureauOwned, db.Model):  # type: ignore[name-defined,misc]
    """A category of the catalogue (and what lies below it) that an expert may judge."""

    __tablename__ = "expert_specialties"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("expert_id", "experts"),
        fk_in_bureau("category_id", "catalogue_categories"),
        UniqueConstraint("bureau_id", "expert_id", "category_id"),
    )
    expert_id: Mapped[UUID]
    category_id: Mapped[UUID]


class ExpertInterest(Recorded, Versioned, BureauOwned, db.Model):  # type: ignore[name-defined,misc]
    """Why an expert must not judge a company's bids, on days [valid_from, valid_until]. Taken back, never deleted."""

    __tablename__ = "expert_interests"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("expert_id", "experts"),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        CheckConstraint("kind IN ('employed', 'shareholder', 'relative', 'adviser', 'other')", name="kind"),
        CheckConstraint("valid_until IS NULL OR valid_from <= valid_until", name="span"),
        Index("ix_expert_interests_expert", "bureau_id", "expert_id"),
        Index("ix_expert_interests_supplier", "bureau_id", "supplier_id"),
    )
    expert_id: Mapped[UUID]
    supplier_id: Mapped[UUID]
    kind: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]


class EvaluationCommittee(Recorded, Versioned, BureauOwned, db.Model):  # type: ignore[name-defined,misc]
    """评标委员会 of one tender: committed (the draw's hash is public, nobody is drawn) → formed → declared → scoring →
    consensus → signed. A dissolved one is followed by another.

    `size` = purchaser's seats + drawn experts. `commitment`: SHA-256 of seed, pools and rules, in hex.
    """

    __tablename__ = "evaluation_committees"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        UniqueConstraint("bureau_id", "tender_id", "id"),
        Index(
            "uq_evaluation_committees_live", "bureau_id", "tender_id", unique=True,
            postgresql_where=text("state <> 'dissolved'"),
        ),
        CheckConstraint(one_of("state", COMMITTEE_STATES), name="state"),
        CheckConstraint("size > 0 AND purchaser_seats >= 0 AND purchaser_seats < size", name="size"),
        CheckConstraint("commitment ~ '^[0-9a-f]{64}$'", name="commitment"),
        CheckConstraint("state <> 'committed' OR drawn_at IS NULL", name="drawn"),
    )  # fmt: skip
    tender_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="committed")
    size: Mapped[int]
    purchaser_seats: Mapped[int]
    commitment: Mapped[str]
    wants_public_value: Mapped[str] = mapped_column(default="")  # which number of a public draw is mixed in; "": none
    public_value: Mapped[str] = mapped_column(default="")
    result_digest: Mapped[str | None]
    drawn_at: Mapped[datetime | None]
    drawn_by: Mapped[UUID | None]
    scoring_from: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]  # when the last member locked: from here on scores are seen
    signed_at: Mapped[datetime | None]
    is_disclosed: Mapped[bool] = mapped_column(default=False)  # the result is out: names and draw may be read
    end_reason: Mapped[str] = mapped_column(default="")  # of a dissolved one


class CommitteeDraw(BureauOwned, db.Model):  # type: ignore[name-defined,misc]
    """The document of a committee's draw (`id` is the committee's). Written once; `seed` and `result` with the draw.
    Until it is disclosed only the machine's operator reads it."""

    __tablename__ = "committee_draws"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("id", "evaluation_committees"),
        CheckConstraint("(seed IS NULL) = (result IS NULL)", name="drawn"),
    )
    rules: Mapped[dict[str, Any]]
    pools: Mapped[dict[str, Any]]
    seed: Mapped[str | None]
    result: Mapped[dict[str, Any] | None]
    is_disclosed: Mapped[bool] = mapped_column(default=False)


class CommitteeSeed(BureauOwned, db.Model):  # type: ignore[name-defined,misc]
    """The seed before the draw (`id` is the committee's): the bureau's scope may add it and never read it."""

    __tablename__ = "committee_seeds"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("id", "evaluation_committees"),
        CheckConstraint("length(seed) = 32", name="length"),
    )
    seed: Mapped[bytes] = mapped_column(LargeBinary)


class CommitteeMember(Versioned, BureauOwned, db.Model):  # type: ignore[name-defined,misc]
    """One seat. `number`: how the member is called before the result (评委1 …). `place`: in the draw's order.

    `replaces_id`: whose seat it is since that one recused. `head_choice`: whom this member wants as head.
    """

    __tablename__ = "committee_members"
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(
            ["bureau_id", "tender_id", "committee_id"],
            ["evaluation_committees.bureau_id", "evaluation_committees.tender_id", "evaluation_committees.id"],
        ),
        fk_in_bureau("person_id", "people"),
        UniqueConstraint("bureau_id", "tender_id", "id"),
        UniqueConstraint("bureau_id", "committee_id", "person_id"),
        Index(
            "uq_committee_members_number", "bureau_id", "committee_id", "number", unique=True,
            postgresql_where=text("state <> 'recused'"),
        ),
        Index(
            "uq_committee_members_head", "bureau_id", "committee_id", unique=True, postgresql_where=text("is_head"),
        ),
        CheckConstraint("seat IN ('expert', 'purchaser')", name="seat"),
        CheckConstraint(one_of("state", MEMBER_STATES), name="state"),
        CheckConstraint("(seat = 'expert') = (place IS NOT NULL)", name="place"),
        CheckConstraint("NOT is_head OR seat = 'expert'", name="head"),
        Index("ix_committee_members_person", "bureau_id", "person_id", "tender_id"),
    )  # fmt: skip
    committee_id: Mapped[UUID]
    tender_id: Mapped[UUID]
    person_id: Mapped[UUID]
    seat: Mapped[str]
    number: Mapped[int]
    place: Mapped[int | None]
    state: Mapped[str] = mapped_column(default="invited")
    is_head: Mapped[bool] = mapped_column(default=False)
    head_choice: Mapped[int | None]
    invited_at: Mapped[datetime]
    declared_at: Mapped[datetime | None]
    declaration: Mapped[str] = mapped_column(default="")  # the words that were signed, or why the member recused
    replaces_id: Mapped[UUID | None]
    is_disclosed: Mapped[bool] = mapped_column(default=False)


class EvaluationEvent(BureauOwned, db.Model):  # type: ignore[name-defined,misc]
    """A step of the evaluation: who, when, why. Append-only. `by_name` of a member is the number (评委3); then `by_id`
    is empty."""

    __tablename__ = "evaluation_events"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        Index("ix_evaluation_events_tender", "bureau_id", "tender_id", "id"),
    )
    tender_id: Mapped[UUID]
    lot_id: Mapped[UUID | None]
    event: Mapped[str]
    from_state: Mapped[str] = mapped_column(default="")
    to_state: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
