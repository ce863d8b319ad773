"""重新评审: the same committee meets again over a result that was already reported (Order 87, Art. 64)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bureau.evaluation.score_models import RESCORING_REASONS
from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, fk_in_bureau, one_of

RE_EVALUATION_STATES = ("asked", "begun", "finished", "withdrawn")


class ReEvaluation(Recorded, Versioned, BureauOwned, db.Model):  # type: ignore[name-defined,misc]
    """asked → begun → finished; asked → withdrawn. `needs_second`: an award was decided on the old result, so another
    officer than the one who asks (`created_by`) has to confirm.

    `finding`: what was found wrong, with the facts. `before`, `after`: [{"lot", "bid", "bidder", "place", "total"}] of
    the valid bids. `is_changed`: whether anything of that differs; then the finance authority is told in writing
    (`reported_on`).
    """

    __tablename__ = "re_evaluations"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("tender_id", "tenders"),
        fk_in_bureau("report_id", "evaluation_reports"),
        fk_in_bureau("attachment_id", "attachments"),
        CheckConstraint(one_of("state", RE_EVALUATION_STATES), name="state"),
        CheckConstraint(one_of("reason_code", RESCORING_REASONS), name="reason_code"),
        CheckConstraint("finding <> ''", name="finding"),
        CheckConstraint("NOT needs_second OR confirmed_by IS NULL OR confirmed_by <> created_by", name="two_people"),
        CheckConstraint("NOT needs_second OR began_at IS NULL OR confirmed_by IS NOT NULL", name="confirmed"),
        CheckConstraint("(state IN ('begun', 'finished')) = (began_at IS NOT NULL)", name="began"),
        CheckConstraint("(state = 'finished') = (finished_at IS NOT NULL)", name="finished"),
        CheckConstraint("(finished_at IS NULL) = (is_changed IS NULL)", name="changed"),
        CheckConstraint("reported_on IS NULL OR is_changed", name="reported"),
        Index("ix_re_evaluations_tender", "bureau_id", "tender_id", "id"),
        Index(
            "uq_re_evaluations_open", "bureau_id", "tender_id", unique=True,
            postgresql_where=text("state IN ('asked', 'begun')"),
        ),
    )  # fmt: skip
    tender_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="asked")
    reason_code: Mapped[str]
    finding: Mapped[str]
    attachment_id: Mapped[UUID | None]
    from_state: Mapped[str]  # of the tender, when it was asked for
    needs_second: Mapped[bool]
    created_by_name: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    confirmed_by_name: Mapped[str] = mapped_column(default="")
    began_at: Mapped[datetime | None]
    report_id: Mapped[UUID | None]  # the report that was withdrawn for it
    before: Mapped[list[Any]] = mapped_column(default=list)
    after: Mapped[list[Any]] = mapped_column(default=list)
    is_changed: Mapped[bool | None]
    finished_at: Mapped[datetime | None]
    reported_on: Mapped[date | None]
    reported_reference: Mapped[str] = mapped_column(default="")
