"""How a proven person comes to act for a company at a bureau."""

from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.roles import Role
from bureau.suppliers.models import BureauSupplier, Supplier, SupplierRequest
from bureau.suppliers.service.events import note
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import IDENTITY, within
from kernel.database.writing import flush
from kernel.errors import Conflict, RuleBroken
from kernel.identity.models import Account, Membership, Person
from kernel.identity.rules import is_username, normalise_name
from kernel.identity.service import accounts
from kernel.identity.service.signing_in import set_password
from kernel.web.dates import today


@dataclass(frozen=True, slots=True)
class Outcome:
    """`kind`: "joined" (the person acts for the company now) or "asked" (somebody of the company, or the bureau, must
    agree first). `username`: of the account that was made, None where there was one."""

    kind: str
    username: str | None = None


def registration_of(bureau_id: int, credit_code: str) -> BureauSupplier | None:
    """Under the bureau's scope."""
    return db.session.scalar(
        select(BureauSupplier).where(BureauSupplier.bureau_id == bureau_id, BureauSupplier.credit_code == credit_code)
    )


def make_account(request: SupplierRequest, password: str) -> Account:
    """With the proven mail address, which is the user name where it can be. A mobile number nobody has proven is no
    name to sign in by: else it would shut out, or be given the roles of, whoever it belongs to."""
    session = db.session()
    with within(session, IDENTITY):
        wanted = normalise_name(request.email)
        free = is_username(wanted) and accounts.find_account(session, wanted) is None
        new = accounts.create_account(
            session, display_name=request.person_name, username=wanted if free else None, email=request.email
        )
        set_password(new.account, password)
        return new.account


def open_registration(actor: Actor, request: SupplierRequest, account_id: UUID) -> BureauSupplier:
    """The company's row at the bureau; the company itself is made where no bureau knows it. `actor`: the bureau's
    system. Raises Conflict where somebody was faster."""
    session = db.session()
    with within(session, IDENTITY):
        company = session.scalar(select(Supplier).where(Supplier.credit_code == request.credit_code))
        if company is None:
            company = Supplier(id=new_id(), credit_code=request.credit_code, name=request.company_name)
            session.add(company)
            flush(session, {"uq_suppliers_credit_code": Conflict(_("这家企业刚由他人登记，请重试。"))})
    row = BureauSupplier(
        bureau_id=actor.bureau_id, id=company.id, credit_code=request.credit_code, name=request.company_name,
        search_name=request.company_name.lower(), kind=request.kind, size=request.size, address=request.address,
        contact_name=request.person_name, contact_mobile=request.mobile, contact_email=request.email,
        created_by=account_id,
    )  # fmt: skip
    session.add(row)
    taken = Conflict(_("这家企业刚由他人登记，请重试。"))
    flush(session, {"pk_bureau_suppliers": taken, "uq_bureau_suppliers_bureau_id": taken})
    note(actor, row.id, "registration", row.id, "open", ("", "draft"))
    return row


def join(actor: Actor, supplier_id: UUID, account_id: UUID, name: str) -> None:
    """Give the account a role in the company. Whoever holds it already keeps it. `actor`: the bureau's system, or who
    agreed."""
    session = db.session()
    with within(session, IDENTITY):
        person = session.get(Person, (actor.bureau_id, account_id))
        if person is None:
            person = Person(bureau_id=actor.bureau_id, id=account_id, display_name=name, search_name=name.lower())
            session.add(person)
            flush(session, {"pk_people": Conflict(_("此人刚被他人加入，请刷新后重试。"))})
        if person.state != "active":
            raise RuleBroken("person_suspended", _("此人已被教育局停用，请联系教育局。"))
        if membership_of(actor.bureau_id, supplier_id, account_id) is None:
            session.add(
                Membership(
                    bureau_id=actor.bureau_id, person_id=account_id, level="supplier", role=str(Role.SUPPLIER_USER),
                    supplier_id=supplier_id, valid_from=today(),
                )
            )  # fmt: skip
            flush(session, {"uq_memberships_live": Conflict(_("此人已有这个岗位。"))})
    note(actor, supplier_id, "person", account_id, "join", ("", "member"), name)


def membership_of(bureau_id: int, supplier_id: UUID, account_id: UUID) -> Membership | None:
    """Under the identity's scope."""
    return db.session.scalar(
        select(Membership).where(
            Membership.bureau_id == bureau_id, Membership.supplier_id == supplier_id,
            Membership.person_id == account_id, Membership.ended_at.is_(None),
        )
    )  # fmt: skip
