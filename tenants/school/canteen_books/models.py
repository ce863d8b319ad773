"""The canteen's ledger: accounts, months, vouchers, entries and their moves.

A move takes an amount from one account to another, so it is balanced by what it is: no row can be written that is not,
whatever the code does. Entries and moves are append-only: the runtime roles hold no right to change or delete one.
Money in fen. A month is named by its first day.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import (
    Recorded,
    SchoolOwned,
    Versioned,
    db,
    fk_in_school,
    fk_school,
    now,
    one_of,
)
from school.canteen_books.chart import PREPAID, AccountKind, Fund
from school.canteen_books.rules import CROSSING_KINDS, EntryKind, MonthState, PayeeKind, VoucherState

KINDS = tuple(kind.value for kind in EntryKind)
FIRST_OF_MONTH = "extract(day from month) = 1"


def fk_account(column: str, fund: str) -> ForeignKeyConstraint:
    """Carries the fund: a move cannot say another than its account's."""
    return ForeignKeyConstraint(
        ["bureau_id", "school_id", column, fund],
        ["book_accounts.bureau_id", "book_accounts.school_id", "book_accounts.code", "book_accounts.fund"],
        name=f"fk_book_lines_{column}",
    )


class BookAccount(Recorded, SchoolOwned, db.Model):
    """科目, from the standard chart. Everything refers to its code."""

    __tablename__ = "book_accounts"
    __table_args__ = (
        fk_school(),
        UniqueConstraint("bureau_id", "school_id", "code", "fund"),
        Index("uq_book_accounts_code", "bureau_id", "school_id", "code", unique=True),
        CheckConstraint(one_of("kind", tuple(kind.value for kind in AccountKind)), name="kind"),
        CheckConstraint(one_of("fund", tuple(fund.value for fund in Fund)), name="fund"),
    )
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    fund: Mapped[str]


class BookMonth(Recorded, Versioned, SchoolOwned, db.Model):
    """A month of the books. `meal_days`: ISO days on which the canteen served. `figures`: as closed, see
    service.figures; the columns beside it are what the bureau sorts a thousand schools by. `content_digest`: of what was
    prepared, so that what is approved is what was looked at.
    """

    __tablename__ = "book_months"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        UniqueConstraint("bureau_id", "school_id", "month"),
        CheckConstraint(FIRST_OF_MONTH, name="month"),
        CheckConstraint(one_of("state", tuple(state.value for state in MonthState)), name="state"),
        CheckConstraint("closed_by <> prepared_by", name="second_person"),
        CheckConstraint("(state IN ('closed', 'reopening')) = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("(state = 'open') = (prepared_at IS NULL)", name="prepared"),
        CheckConstraint("(published_at IS NULL) OR (closed_at IS NOT NULL)", name="published"),
        # The bureau asks all schools of a month at once.
        Index("ix_book_months_month", "bureau_id", "month", "school_id"),
    )
    month: Mapped[date]
    state: Mapped[str] = mapped_column(default="open")
    meal_days: Mapped[list[Any]]
    prepared_at: Mapped[datetime | None]
    prepared_by: Mapped[UUID | None]
    prepared_by_name: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    closed_by_name: Mapped[str] = mapped_column(default="")
    content_digest: Mapped[str] = mapped_column(default="")
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    income_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    cost_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    materials_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    wages_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    # Since the term began, this month included.
    term_income_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    term_result_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    finding_count: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime | None]


class BookEvent(SchoolOwned, db.Model):
    """Who did what to a month, a voucher, a refund or a statement, when and why. Append-only."""

    __tablename__ = "book_events"
    __table_args__ = (
        fk_school(),
        Index("ix_book_events_subject", "bureau_id", "school_id", "subject_id", "id"),
        CheckConstraint(one_of("subject_kind", ("month", "voucher", "refund", "statement")), name="subject_kind"),
    )
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[UUID]
    by_name: Mapped[str]


class BookPayee(Recorded, Versioned, SchoolOwned, db.Model):
    """Whom the canteen's money may be paid to, and what they are to the canteen."""

    __tablename__ = "book_payees"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        CheckConstraint(one_of("kind", tuple(kind.value for kind in PayeeKind)), name="kind"),
        Index(
            "uq_book_payees_name", "bureau_id", "school_id", "name", unique=True, postgresql_where=text("is_active")
        ),
    )  # fmt: skip
    name: Mapped[str]
    kind: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)


class BookVoucher(Recorded, Versioned, SchoolOwned, db.Model):
    """记账凭证 before it stands in the books: entered by one, signed by the cashier where money moves, approved by
    another. `moves`: as rules.Move, in plain values. The three persons are never the same."""

    __tablename__ = "book_vouchers"
    __audited__ = True
    __audit_hides__ = ("moves",)
    __table_args__ = (
        fk_school(),
        fk_in_school("payee_id", "book_payees"),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
        ),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("state", tuple(state.value for state in VoucherState)), name="state"),
        CheckConstraint("decided_by <> created_by OR state = 'withdrawn'", name="second_person"),
        CheckConstraint("signed_by <> created_by AND signed_by <> decided_by", name="cashier"),
        CheckConstraint("(state IN ('entered', 'signed')) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("amount_fen > 0", name="amount"),
        Index("ix_book_vouchers_newest", "bureau_id", "school_id", "created_at", "id"),
        Index(
            "ix_book_vouchers_waiting", "bureau_id", "school_id", "month",
            postgresql_where=text("state IN ('entered', 'signed')"),
        ),
    )  # fmt: skip
    month: Mapped[date]
    on_day: Mapped[date]
    kind: Mapped[str]
    template: Mapped[str] = mapped_column(default="")
    summary: Mapped[str]
    moves: Mapped[list[Any]]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    payee_id: Mapped[UUID | None]
    attachment_id: Mapped[UUID | None]
    source_ids: Mapped[list[Any]] = mapped_column(default=list)
    reverses_id: Mapped[UUID | None]
    needs_signature: Mapped[bool]
    state: Mapped[str] = mapped_column(default="entered")
    created_by_name: Mapped[str]
    signed_by: Mapped[UUID | None]
    signed_by_name: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    entry_id: Mapped[UUID | None]


class BookEntry(SchoolOwned, db.Model):
    """分录: what stands in the books. Append-only; a mistake is reversed by another entry, once."""

    __tablename__ = "book_entries"
    __table_args__ = (
        fk_school(),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "month"],
            ["book_months.bureau_id", "book_months.school_id", "book_months.month"],
        ),
        fk_in_school("reverses_id", "book_entries"),
        fk_in_school("payee_id", "book_payees"),
        UniqueConstraint("bureau_id", "school_id", "number"),
        # What a move says of its entry is what the entry says.
        UniqueConstraint("bureau_id", "school_id", "id", "month", "kind", name="uq_book_entries_facts"),
        Index(
            "uq_book_entries_reverses", "bureau_id", "school_id", "reverses_id", unique=True,
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
        Index(
            "uq_book_entries_voucher", "bureau_id", "school_id", "voucher_id", unique=True,
            postgresql_where=text("voucher_id IS NOT NULL"),
        ),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("approved_by <> entered_by", name="second_person"),
        CheckConstraint("signed_by <> entered_by AND signed_by <> approved_by", name="cashier"),
        CheckConstraint("on_day >= month AND on_day < month + 31", name="on_day"),
        CheckConstraint("amount_fen > 0 AND line_count > 0", name="amount"),
        Index("ix_book_entries_month", "bureau_id", "school_id", "month", "posted_at", "id"),
    )  # fmt: skip
    number: Mapped[str]
    month: Mapped[date]
    on_day: Mapped[date]
    kind: Mapped[str]
    summary: Mapped[str]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    line_count: Mapped[int]
    voucher_id: Mapped[UUID | None]
    payee_id: Mapped[UUID | None]
    reverses_id: Mapped[UUID | None]
    entered_by: Mapped[UUID]
    entered_by_name: Mapped[str]
    signed_by: Mapped[UUID | None]
    signed_by_name: Mapped[str] = mapped_column(default="")
    approved_by: Mapped[UUID]
    approved_by_name: Mapped[str]
    posted_at: Mapped[datetime] = mapped_column(default=now)


class BookLine(SchoolOwned, db.Model):
    """One move of an entry: `amount_fen` from the credit to the debit account. Append-only.

    Balanced by construction. Within one fund, unless the entry is of a kind that pairs funds. Whose money it is stands
    in every move of the pupils' prepaid money, so the pupils' accounts add up to it by construction too.
    """

    __tablename__ = "book_lines"
    __table_args__ = (
        fk_school(),
        ForeignKeyConstraint(
            ["bureau_id", "school_id", "entry_id", "month", "kind"],
            [
                "book_entries.bureau_id", "book_entries.school_id", "book_entries.id", "book_entries.month",
                "book_entries.kind",
            ],
            name="fk_book_lines_entry",
        ),
        fk_account("debit_code", "debit_fund"),
        fk_account("credit_code", "credit_fund"),
        fk_in_school("pupil_id", "pupils"),
        UniqueConstraint("bureau_id", "school_id", "entry_id", "position"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("debit_code <> credit_code", name="accounts"),
        CheckConstraint(
            f"(debit_code = '{PREPAID}' OR credit_code = '{PREPAID}') = (pupil_id IS NOT NULL)", name="pupil"
        ),
        CheckConstraint(
            f"debit_fund = credit_fund OR {one_of('kind', tuple(kind.value for kind in CROSSING_KINDS))}", name="funds"
        ),
        Index("ix_book_lines_month", "bureau_id", "school_id", "month", "debit_code", "credit_code"),
        Index(
            "ix_book_lines_pupil", "bureau_id", "school_id", "pupil_id", "month",
            postgresql_where=text("pupil_id IS NOT NULL"),
        ),
    )  # fmt: skip
    entry_id: Mapped[UUID]
    position: Mapped[int]
    month: Mapped[date]
    kind: Mapped[str]
    debit_code: Mapped[str]
    debit_fund: Mapped[str]
    credit_code: Mapped[str]
    credit_fund: Mapped[str]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    pupil_id: Mapped[UUID | None]
    text: Mapped[str] = mapped_column(default="")


class BookAccountMonth(SchoolOwned, db.Model):
    """An account's sums at the end of a closed month, on its own side: what stood before, moved, and stands now.
    Derived; written when a month closes, taken away when it is opened again."""

    __tablename__ = "book_account_months"
    __table_args__ = (
        fk_school(),
        UniqueConstraint("bureau_id", "school_id", "month", "code"),
        CheckConstraint(FIRST_OF_MONTH, name="month"),
    )
    month: Mapped[date]
    code: Mapped[str]
    opening_fen: Mapped[int] = mapped_column(BigInteger)
    debit_fen: Mapped[int] = mapped_column(BigInteger)
    credit_fen: Mapped[int] = mapped_column(BigInteger)
    closing_fen: Mapped[int] = mapped_column(BigInteger)


class BookFinding(SchoolOwned, db.Model):
    """What a closed month shows that somebody should look at: a share out of its band, a payment outside the canteen.
    `params`: figures for the words in labels.FINDINGS; no names of pupils."""

    __tablename__ = "book_findings"
    __table_args__ = (
        fk_school(),
        CheckConstraint(FIRST_OF_MONTH, name="month"),
        CheckConstraint("tone IN ('warning', 'danger')", name="tone"),
        Index("ix_book_findings_month", "bureau_id", "month", "school_id"),
    )
    month: Mapped[date]
    code: Mapped[str]
    tone: Mapped[str]
    params: Mapped[dict[str, Any]]
    citation: Mapped[str] = mapped_column(default="")


class CanteenStatement(Recorded, SchoolOwned, db.Model):
    """膳食经费收支月公示表 as published. `figures`: whole, in fen, with no pupil's name. A month that was opened again
    gets another one; the former stays, `replaced_at`. `content_digest` of the figures."""

    __tablename__ = "canteen_statements"
    __audited__ = True
    __table_args__ = (
        fk_school(),
        CheckConstraint(FIRST_OF_MONTH, name="month"),
        Index(
            "uq_canteen_statements_live", "bureau_id", "school_id", "month", unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
        Index("ix_canteen_statements_month", "bureau_id", "month", "school_id"),
    )  # fmt: skip
    month: Mapped[date]
    edition: Mapped[int]
    due_on: Mapped[date]
    published_at: Mapped[datetime]
    published_by_name: Mapped[str]
    figures: Mapped[dict[str, Any]]
    content_digest: Mapped[str]
    replaced_at: Mapped[datetime | None]
