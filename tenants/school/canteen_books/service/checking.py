"""Add every move up again and compare with what was stored, published and kept apart."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import within
from kernel.digests import digest
from school.canteen_books.models import BookMonth, CanteenStatement

SUMS = """
WITH moved AS (
    SELECT school_id, month, code, sum(debit) AS debit, sum(credit) AS credit FROM (
    SELECT school_id, month, debit_code AS code, amount_fen AS debit, 0 AS credit FROM book_lines WHERE bureau_id = :bureau
    UNION ALL
    SELECT school_id, month, credit_code, 0, amount_fen FROM book_lines WHERE bureau_id = :bureau
    ) s
    GROUP BY school_id, month, code
), standing AS (
    SELECT m.school_id, m.month, m.code, m.closing_fen, m.opening_fen, m.debit_fen, m.credit_fen,
           coalesce(v.debit, 0) AS debit, coalesce(v.credit, 0) AS credit,
           lag(m.closing_fen) OVER (PARTITION BY m.school_id, m.code ORDER BY m.month) AS before
    FROM book_account_months m
    LEFT JOIN moved v ON v.school_id = m.school_id AND v.month = m.month AND v.code = m.code
    WHERE m.bureau_id = :bureau
)
SELECT s.school_id, s.month, s.code FROM standing s
JOIN book_accounts a ON a.bureau_id = :bureau AND a.school_id = s.school_id AND a.code = s.code
WHERE s.debit_fen <> s.debit OR s.credit_fen <> s.credit
   OR s.closing_fen <> s.opening_fen + CASE WHEN a.kind IN ('asset', 'cost') THEN s.debit - s.credit
                                            ELSE s.credit - s.debit END
   OR (s.before IS NOT NULL AND s.before <> s.opening_fen)
ORDER BY 1, 2, 3
"""
FUNDS = """
SELECT school_id, entry_id FROM (
    SELECT school_id, entry_id, debit_fund AS fund, amount_fen AS fen FROM book_lines
    WHERE bureau_id = :bureau AND debit_fund <> credit_fund
    UNION ALL
    SELECT school_id, entry_id, credit_fund, -amount_fen FROM book_lines
    WHERE bureau_id = :bureau AND debit_fund <> credit_fund
) s GROUP BY school_id, entry_id, fund HAVING sum(fen) <> 0
"""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """`what`: "sum" (an account's month), "fund" (an entry that leaves a fund unbalanced), "statement"."""

    what: str
    school_id: int
    month: date | None
    name: str


def reconcile(bureau_id: int) -> list[Mismatch]:
    """Everything of a bureau that does not add up."""
    with within(db.session(), system_actor(bureau_id).scope):
        values = {"bureau": bureau_id}
        found = [Mismatch("sum", row[0], row[1], row[2]) for row in db.session.execute(text(SUMS), values)]
        found += [Mismatch("fund", row[0], None, str(row[1])) for row in db.session.execute(text(FUNDS), values)]
        live = (
            db.session.query(CanteenStatement, BookMonth)
            .join(
                BookMonth,
                (BookMonth.bureau_id == CanteenStatement.bureau_id)
                & (BookMonth.school_id == CanteenStatement.school_id)
                & (BookMonth.month == CanteenStatement.month),
            )
            .filter(CanteenStatement.bureau_id == bureau_id, CanteenStatement.replaced_at.is_(None))
        )
        for statement, month in live:
            if statement.figures != month.figures or digest(statement.figures) != statement.content_digest:
                found.append(Mismatch("statement", statement.school_id, statement.month, str(statement.id)))
    return found


def count_moves(bureau_id: int) -> int:
    with within(db.session(), system_actor(bureau_id).scope):
        return int(
            db.session.execute(
                text("SELECT count(*) FROM book_lines WHERE bureau_id = :bureau"), {"bureau": bureau_id}
            ).scalar_one()
        )
