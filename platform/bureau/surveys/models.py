"""A survey asks about one school, so it belongs to the school. Nobody's name is asked; what is kept against stuffing
is a keyed hash of the address that nobody can turn back, and that is worth nothing after the survey's key is gone."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import Recorded, SchoolOwned, Versioned, db, fk_in_bureau, fk_in_school, fk_school, now


class Survey(Recorded, Versioned, SchoolOwned, db.Model):
    """`code`: what the link asks for. `owner`: who opened it and may close it. `most`: answers that are taken at all, at
    best the number of people who may be asked. `key`: secret of this survey, for the hashes of addresses."""

    __tablename__ = "surveys"
    __audited__ = True
    __audit_hides__ = ("key",)
    __table_args__ = (
        fk_school(),
        fk_in_bureau("form_version_id", "form_versions"),
        UniqueConstraint("bureau_id", "school_id", "code"),
        CheckConstraint("owner IN ('bureau', 'school')", name="owner"),
        CheckConstraint("opens_at < closes_at", name="span"),
        CheckConstraint("most BETWEEN 1 AND 100000", name="most"),
        Index("ix_surveys_closes_at", "bureau_id", "closes_at", "id"),
    )
    title: Mapped[str]
    owner: Mapped[str]
    form_version_id: Mapped[UUID]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    most: Mapped[int]
    code: Mapped[str]
    key: Mapped[str] = mapped_column(deferred=True)  # PostgreSQL gives it to the bureau's role alone
    closed_at: Mapped[datetime | None]


class SurveyAnswer(SchoolOwned, db.Model):
    """One person's answers. `percent`: by the engine, of the form's points. `doubtful`: why it is not counted, "" where
    it is."""

    __tablename__ = "survey_answers"
    __table_args__ = (
        fk_school(),
        fk_in_school("survey_id", "surveys"),
        UniqueConstraint("bureau_id", "school_id", "survey_id", "ticket"),
        CheckConstraint("doubtful IN ('', 'too_fast', 'burst')", name="doubtful"),
        Index("ix_survey_answers_survey", "bureau_id", "school_id", "survey_id", "answered_at"),
        Index("ix_survey_answers_address", "bureau_id", "school_id", "survey_id", "address_hash", "answered_at"),
    )
    survey_id: Mapped[UUID]
    answers: Mapped[dict[str, Any]]
    comment: Mapped[str] = mapped_column(default="")
    percent: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    ticket: Mapped[str]  # of the page that was filled; each is good once
    address_hash: Mapped[str]
    doubtful: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime] = mapped_column(default=now)
