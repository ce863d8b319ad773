"""Invoices beside statements, to the cent."""

import pytest
from click.testing import CliRunner

from kernel.database import clock_at, db, new_id
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from school.settlement.commands import settlement
from school.settlement.invoice_models import SupplierInvoice
from school.settlement.service import checking, invoicing, paying
from tests.support import settlement as told

MONTH = told.MONTH
NEXT = told.rules.next_month(MONTH)


def broken(call, *args, **kwargs):
    with pytest.raises(RuleBroken) as refused:
        call(*args, **kwargs)
    return refused.value.rule


def test_a_statement_is_matched_when_the_sums_agree_to_the_cent(shop):
    told.delivered(shop)
    statement = told.agreed(shop)
    told.invoice(shop, statement, by="school", amount_fen=93999, number="11111111")
    statement = told.again(shop, statement)
    assert (statement.state, statement.checked_fen) == ("agreed", 93999)
    told.invoice(shop, statement, by="school", amount_fen=1, tax_fen=0, number="22222222")
    assert told.again(shop, statement).state == "invoiced"
    assert checking.reconcile(statement.bureau_id) == []


def test_a_suppliers_invoice_counts_once_the_school_checked_it(shop):
    told.delivered(shop)
    statement = told.agreed(shop)
    found = told.invoice(shop, statement)
    statement = told.again(shop, statement)
    assert (statement.state, statement.invoiced_fen, statement.checked_fen) == ("agreed", 94000, 0)
    invoicing.check(shop.actor("accountant"), found.id, found.version)
    assert told.again(shop, statement).state == "invoiced"


def test_one_invoice_for_two_months_and_never_more_than_is_owed(shop):
    told.delivered(shop)
    first = told.agreed(shop)
    told.delivered(shop, month=NEXT, batch="L2")
    second = told.agreed(shop, month=NEXT)
    with clock_at(told.settled_on(NEXT)):
        assert (
            broken(told.invoice, shop, first, amount_fen=94001, number="1" * 8, parts={first.id: 94001})
            == "more_than_owed"
        )
        over = {first.id: 94000, second.id: 94000}
        assert broken(told.invoice, shop, first, amount_fen=100000, number="2" * 8, parts=over) == "more_than_invoiced"
        told.invoice(shop, first, second, by="school", number="3" * 8)
    assert {told.again(shop, one).state for one in (first, second)} == {"invoiced"}


def test_a_number_counts_once_at_all_schools(shop):
    told.delivered(shop)
    told.delivered(shop, school="a2", batch="L2")
    first, second = told.agreed(shop), told.agreed(shop, "a2")
    found = told.invoice(shop, first)
    assert broken(told.invoice, shop, second) == "invoice_counted"  # the supplier sees both schools
    assert broken(told.invoice, shop, second, by="school", school="a2") == "invoice_counted"  # the school does not
    invoicing.refuse(shop.actor("accountant"), found.id, found.version, "抬头有误")
    told.invoice(shop, second, by="school", school="a2")
    assert told.again(shop, first).invoiced_fen == 0


def test_sent_twice_it_is_one_invoice(shop):
    told.delivered(shop)
    statement = told.agreed(shop)
    invoice_id = new_id()
    first = told.invoice(shop, statement, invoice_id=invoice_id)
    assert told.invoice(shop, statement, invoice_id=invoice_id).id == first.id
    with pytest.raises(Conflict):
        told.invoice(shop, statement, invoice_id=invoice_id, tax_fen=0)
    assert db.session.query(SupplierInvoice).count() == 1


def test_what_is_wrong_with_it_is_said_at_its_field(shop):
    told.delivered(shop)
    statement = told.sent(shop)
    assert broken(told.invoice, shop, statement) == "not_agreed"
    told.agreeing(shop, statement)
    for field, change in {
        "issued_on": {"issued_on": told.rules.last_day(NEXT)}, "tax": {"tax_fen": 94000}, "amount": {"amount_fen": -5},
        "attachment_id": {"attachment_id": new_id()},
    }.items():  # fmt: skip
        with pytest.raises(Invalid) as refused:
            told.invoice(shop, statement, **change)
        assert list(refused.value.fields) == [field]


def test_voided_it_opens_the_statement_again_until_payment_is_approved(shop):
    told.delivered(shop)
    statement = told.invoiced(shop)
    accountant = shop.actor("accountant")
    found = invoicing.invoices_of(statement)[0][0]
    with pytest.raises(Denied):
        invoicing.void(shop.supplier, found.id, found.version, "x")
    invoicing.void(shop.actor("accountant"), found.id, found.version, "金额有误")
    statement = told.again(shop, statement)
    assert (statement.state, statement.invoiced_fen, statement.checked_fen) == ("agreed", 0, 0)
    found = told.invoice(shop, statement, by="school")
    statement = told.again(shop, statement)
    paying.approve(shop.actor("principal"), statement.id, statement.version)
    with pytest.raises(Conflict):
        invoicing.void(shop.actor("accountant"), found.id, found.version, "太晚")
    assert accountant.account_id == found.created_by


def test_another_companys_and_another_schools_are_out_of_reach(shop, world):
    told.delivered(shop)
    statement = told.agreed(shop)
    found = told.invoice(shop, statement)
    for role, place in (("supplier_user", "a-2"), ("accountant", "a2"), ("accountant", "b1")):
        with pytest.raises(NotFound):
            invoicing.get_invoice(shop.actor(role, place), found.id)
    with pytest.raises(NotFound):
        invoicing.record_invoice(
            shop.actor("supplier_user", "a-2"), new_id(), number="9" * 8, code="", issued_on=MONTH, amount_fen=1,
            tax_fen=0, attachment_id=found.supplier_attachment_id, matches={statement.id: None},
        )  # fmt: skip


def test_payments_in_parts_to_the_last_cent_by_somebody_else(shop):
    told.delivered(shop)
    statement = told.approved(shop)
    paid_on = told.rules.next_month(MONTH).replace(day=8)
    more = {"paid_on": paid_on, "reference": "回单"}
    with clock_at(told.settled_on(MONTH, 9)):
        cashier = shop.actor("cashier")
        assert (
            broken(paying.record_payment, cashier, statement.id, new_id(), statement.version, amount_fen=94001, **more)
            == "more_than_owed"
        )
        assert (
            broken(paying.record_payment, cashier, statement.id, new_id(), statement.version, amount_fen=-1, **more)
            == "more_than_owed"
        )
        assert broken(
            paying.record_payment, shop.actor("principal"), statement.id, new_id(), statement.version, amount_fen=1, **more
        ) == "own_approval"  # fmt: skip
        payment_id = new_id()
        cashier = shop.actor("cashier")
        paying.record_payment(cashier, statement.id, payment_id, statement.version, amount_fen=40000, **more)
        again = paying.record_payment(cashier, statement.id, payment_id, None, amount_fen=40000, **more)
        assert again.id == payment_id
        statement = told.again(shop, statement)
        assert (statement.state, statement.paid_fen) == ("approved", 40000)
        with pytest.raises(Conflict):
            paying.revoke(shop.actor("principal"), statement.id, statement.version, "x")
        paying.record_payment(
            shop.actor("cashier"), statement.id, new_id(), statement.version, amount_fen=54000, **more
        )
    assert told.again(shop, statement).state == "paid"
    assert checking.reconcile(statement.bureau_id) == []


def test_what_does_not_add_up_is_named(shop, session):
    told.delivered(shop)
    statement = told.agreed(shop)
    told.invoice(shop, statement, amount_fen=500, tax_fen=0)
    assert checking.reconcile(statement.bureau_id) == []
    shop.actor("accountant")
    told.again(shop, statement).invoiced_fen = 499
    session.flush()
    assert [(one.what, one.number) for one in checking.reconcile(statement.bureau_id)] == [
        ("invoices", statement.number)
    ]
    session.commit()
    result = CliRunner().invoke(settlement, ["check"])
    assert result.exit_code == 1
    assert f"{statement.number} invoices" in result.output


def test_a_supplier_takes_back_its_own_until_it_was_checked(shop):
    told.delivered(shop)
    statement = told.agreed(shop)
    found = told.invoice(shop, statement)
    with pytest.raises(Denied):
        invoicing.void(shop.actor("accountant"), found.id, found.version, "不是我登记的")
    invoicing.void(shop.supplier, found.id, found.version, "开错了")
    assert told.again(shop, statement).invoiced_fen == 0
    again = told.invoice(shop, statement)  # the number is free again
    invoicing.check(shop.actor("accountant"), again.id, again.version)
    again = invoicing.get_invoice(shop.supplier, again.id)
    with pytest.raises(Denied):
        invoicing.void(shop.supplier, again.id, again.version, "太晚")
