"""What the database itself refuses, past every service."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from kernel.database import db, new_id
from school.settlement.service import finding
from tests.support import settlement as told


def count(table):
    return db.session.scalar(text(f"SELECT count(*) FROM {table}"))


def refused(statement, error=ProgrammingError, **values):
    with pytest.raises(error), db.session.begin_nested():
        db.session.execute(text(statement), values)


def test_a_company_sees_its_own_and_only_what_was_sent(shop):
    told.delivered(shop)
    draft = told.drafted(shop)
    _company = shop.supplier
    assert (count("supplier_statements"), count("supplier_statement_events")) == (0, 0)
    told.resent(shop, draft)
    _company = shop.supplier
    assert (count("supplier_statements"), count("supplier_statement_lines")) == (1, 2)
    shop.actor("supplier_user", "a-2")
    assert (count("supplier_statements"), count("supplier_statement_lines"), count("supplier_statement_events")) == (
        0,
        0,
        0,
    )
    shop.actor("accountant", "a2")
    assert count("supplier_statements") == 0


def test_a_company_cannot_change_what_was_sent(shop):
    told.delivered(shop)
    statement = told.sent(shop)
    line = finding.lines_of(statement)[0]
    keys = {"b": statement.bureau_id, "s": statement.school_id, "i": statement.id, "p": statement.supplier_id}
    _company = shop.supplier
    for column in ("amount_fen = 1", "digest = 'x'", "checked_fen = 1", "paid_fen = 1", "month = month"):
        refused(f"UPDATE supplier_statements SET {column}")
    refused("UPDATE supplier_statement_lines SET amount_fen = 1 WHERE id = :i", i=line.id)
    refused("DELETE FROM supplier_statement_objections")
    refused(
        "INSERT INTO supplier_payments (bureau_id, school_id, id, statement_id, supplier_id, paid_on, amount_fen,"
        " reference, note, recorded_by_name, created_at, created_by)"
        " VALUES (:b, :s, :n, :i, :p, now(), 1, 'x', '', 'x', now(), :p)",
        n=new_id(), **keys,
    )  # fmt: skip
    shop.actor("supplier_user", "a-2")
    refused(
        "INSERT INTO supplier_statement_objections (bureau_id, school_id, id, statement_id, supplier_id, revision,"
        " reason, raised_at, raised_by_name, answer, answered_by_name, version)"
        " VALUES (:b, :s, :n, :i, :p, 1, 'x', now(), 'x', '', '', 1)",
        n=new_id(), **keys,
    )  # fmt: skip


def test_a_school_cannot_rewrite_what_stands(shop):
    told.delivered(shop)
    statement = told.invoiced(shop)
    shop.actor("accountant")
    refused("UPDATE supplier_statement_lines SET amount_fen = 0")
    refused("DELETE FROM supplier_statement_lines")
    refused("UPDATE supplier_invoice_matches SET amount_fen = 1")
    checks = {
        "paid_fen = 1": "paid_approved", "state = 'paid'": "paid_state", "checked_fen = 0": "invoiced_state",
        "invoiced_fen = amount_fen + 1": "invoiced", "approved_by = sent_by, approved_at = now()": "two_people",
    }  # fmt: skip
    for change, name in checks.items():
        with pytest.raises(IntegrityError) as error, db.session.begin_nested():
            db.session.execute(text(f"UPDATE supplier_statements SET {change}"))
        assert error.value.orig.diag.constraint_name == f"ck_supplier_statements_{name}"
    assert told.again(shop, statement).state == "invoiced"


def test_a_bureau_reads_and_writes_nothing(shop):
    told.delivered(shop)
    told.sent(shop)
    shop.actor("procurement_officer")
    assert count("supplier_statements") == 1
    refused("UPDATE supplier_statements SET state_reason = 'x'")
    shop.actor("zone_supervisor", "a-west")
    assert count("supplier_statements") == 0
