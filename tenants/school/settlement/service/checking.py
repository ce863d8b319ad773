"""Whether statements still add up: each against its lines, its invoices and payments, and no source stated twice."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import within

QUERIES = {
    "lines": """
SELECT s.school_id, s.number FROM supplier_statements s LEFT JOIN supplier_statement_lines l
  ON (l.bureau_id, l.school_id, l.statement_id, l.revision) = (s.bureau_id, s.school_id, s.id, s.revision)
WHERE s.bureau_id = :bureau_id AND s.is_sent
GROUP BY s.school_id, s.number, s.amount_fen, s.line_count
HAVING s.amount_fen <> coalesce(sum(l.amount_fen), 0) OR s.line_count <> count(l.id)""",
    "invoices": """
SELECT s.school_id, s.number FROM supplier_statements s
LEFT JOIN supplier_invoice_matches m ON (m.bureau_id, m.school_id, m.statement_id) = (s.bureau_id, s.school_id, s.id)
LEFT JOIN supplier_invoices i ON (i.bureau_id, i.school_id, i.id) = (m.bureau_id, m.school_id, m.invoice_id)
WHERE s.bureau_id = :bureau_id
GROUP BY s.school_id, s.number, s.invoiced_fen, s.checked_fen
HAVING s.invoiced_fen <> coalesce(sum(m.amount_fen) FILTER (WHERE i.state IN ('recorded', 'checked')), 0)
    OR s.checked_fen <> coalesce(sum(m.amount_fen) FILTER (WHERE i.state = 'checked'), 0)""",
    "payments": """
SELECT s.school_id, s.number FROM supplier_statements s
LEFT JOIN supplier_payments p ON (p.bureau_id, p.school_id, p.statement_id) = (s.bureau_id, s.school_id, s.id)
WHERE s.bureau_id = :bureau_id
GROUP BY s.school_id, s.number, s.paid_fen HAVING s.paid_fen <> coalesce(sum(p.amount_fen), 0)""",
    "stated_twice": """
SELECT s.school_id, min(s.number) FROM supplier_statement_lines l JOIN supplier_statements s
  ON (s.bureau_id, s.school_id, s.id, s.revision) = (l.bureau_id, l.school_id, l.statement_id, l.revision)
WHERE l.bureau_id = :bureau_id AND s.state IN ('sent', 'agreed', 'invoiced', 'approved', 'paid') AND l.kind IN ('receipt', 'note', 'adjustment')
GROUP BY s.school_id, l.kind, l.source_id HAVING count(*) > 1""",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`what`: the key of the query that found it."""

    what: str
    school_id: int
    number: str


def reconcile(bureau_id: int) -> list[Finding]:
    with within(db.session(), system_actor(bureau_id).scope):
        rows: list[tuple[str, Any]] = [
            (what, row)
            for what, query in QUERIES.items()
            for row in db.session.execute(text(query), {"bureau_id": bureau_id})
        ]
    return [Finding(what, row[0], row[1]) for what, row in rows]
