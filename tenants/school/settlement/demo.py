"""Last month's statements of the show schools: one school's paid, one's waiting for its invoices to be checked, one disputed;
and drafts of the running month."""

from datetime import date, datetime

from flask import Flask
from flask_babel import force_locale

from bureau.demo import MARK
from bureau.demo.context import DemoContext
from bureau.demo.pictures import demo_certificate
from kernel.actor import Actor
from kernel.database import clock_at, db, new_id
from kernel.files.service import store
from school.orders.demo import GREENS, MEAT, Cast, cast_of
from school.settlement import rules
from school.settlement.invoice_models import SupplierInvoice
from school.settlement.models import SupplierStatement
from school.settlement.service import finding, invoicing, making, paying, sending


def demo(app: Flask, demo: DemoContext) -> None:
    with force_locale("zh_CN"):
        cast = cast_of(demo)
        month = rules.month_of(demo.today)
        last = rules.previous_month(month)
        for number, school in enumerate(cast.schools):
            _settled(cast, school, last, number)
            if number < 2:
                making.make_all(_accountant(cast, school), month)
            db.session.commit()


def _accountant(cast: Cast, school: str) -> Actor:
    return cast.person("accountant", school)


def _settled(cast: Cast, school: str, month: date, number: int) -> None:
    with clock_at(_on(cast, 3)):
        made = making.make_all(_accountant(cast, school), month).made
        for statement in made:
            sending.send(_accountant(cast, school), statement.id, statement.version)
    codes = {cast.demo.suppliers[code]: code for code in (GREENS, MEAT)}
    for statement in made:
        code = codes[statement.supplier_id]
        if number == 2 and code == MEAT:
            _disputed(cast, statement)
            continue
        with clock_at(_on(cast, 4)):
            found = finding.get_statement(cast.company(code), statement.id)
            sending.agree(cast.company(code), found.id, found.version, found.digest)
        if number == 2:
            continue
        with clock_at(_on(cast, 5)):
            invoice = _invoiced(cast.company(code), cast, found)
        if number == 0:
            with clock_at(_on(cast, 6)):
                invoicing.check(_accountant(cast, school), invoice.id, invoice.version)
            _paid(cast, school, statement)


def _on(cast: Cast, day: int) -> datetime:
    """A day of the running month, or now where that is still to come."""
    return cast.at(day - cast.demo.today.day)


def _disputed(cast: Cast, statement: SupplierStatement) -> None:
    with clock_at(_on(cast, 5)):
        company = cast.company(MEAT)
        found = finding.get_statement(company, statement.id)
        line = finding.lines_of(found)[0]
        reason = f"{MARK}：送货单签收数量比对账单多 2 公斤，请核对磅单"
        sending.dispute(company, found.id, found.version, found.digest, [(line.id, reason)])


def _invoiced(actor: Actor, cast: Cast, statement: SupplierStatement) -> SupplierInvoice:
    number = f"{cast.demo.rng.randrange(10**19, 10**20)}"
    scan = demo_certificate("电子发票（演示）", [statement.supplier_name, statement.school_name, number], cast.demo.rng)
    kept = store(actor, scan, name=f"{MARK}发票.jpg", purpose=invoicing.PURPOSE)
    return invoicing.record_invoice(
        actor, new_id(), number=number, code="", issued_on=_on(cast, 5).date(), amount_fen=statement.amount_fen,
        tax_fen=statement.amount_fen * 9 // 109, attachment_id=kept.id, matches={statement.id: None}, note=MARK,
    )  # fmt: skip


def _paid(cast: Cast, school: str, statement: SupplierStatement) -> None:
    with clock_at(_on(cast, 7)):
        found = finding.get_statement(cast.person("principal", school), statement.id)
        paying.approve(cast.person("principal", school), found.id, found.version)
    with clock_at(_on(cast, 8)):
        actor = cast.person("cashier", school)
        paying.record_payment(
            actor, found.id, new_id(), found.version, paid_on=_on(cast, 8).date(), amount_fen=found.amount_fen,
            reference=f"{MARK}回单 {found.number}",
        )  # fmt: skip
