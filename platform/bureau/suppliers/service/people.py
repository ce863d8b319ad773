"""A company's people: invited by a colleague, agreed to by the company or the bureau, ended by a colleague."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.suppliers.models import BureauSupplier, SupplierRequest
from bureau.suppliers.service import registering
from bureau.suppliers.service.events import note
from bureau.suppliers.service.joining import join, registration_of
from bureau.suppliers.service.own import my_company
from kernel.actor import SYSTEM_ACCOUNT, Actor, system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import IDENTITY, within
from kernel.database.writing import flush
from kernel.errors import Conflict, NotFound, RuleBroken
from kernel.identity.models import Account, Bureau, Membership, Person
from kernel.notices import service as notices

MOST_INVITATIONS = 20  # open at a time per company
HANDED_OVER_LASTS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Colleague:
    membership: Membership
    name: str


def colleagues(actor: Actor, supplier_id: UUID) -> list[Colleague]:
    """Who acts for the company today, by name. The caller has shown that the company is the actor's to see."""
    session = db.session()
    query = (
        select(Membership, Person.display_name)
        .join(Person, (Person.bureau_id == Membership.bureau_id) & (Person.id == Membership.person_id))
        .where(
            Membership.bureau_id == actor.bureau_id, Membership.supplier_id == supplier_id,
            Membership.ended_at.is_(None),
        )
        .order_by(Person.search_name, Membership.id)
    )  # fmt: skip
    with within(session, IDENTITY):
        return [Colleague(membership, name) for membership, name in session.execute(query)]


def open_requests(actor: Actor, supplier_id: UUID | None = None) -> Sequence[SupplierRequest]:
    """Invitations under way and people who wait for consent, newest first; of one company, or of the bureau."""
    query = select(SupplierRequest).where(
        SupplierRequest.bureau_id == actor.bureau_id, SupplierRequest.state.in_(("waiting", "asked"))
    )
    if actor.level == "supplier":
        query = query.where(SupplierRequest.supplier_id == actor.own_supplier_id())
        # Somebody who has not proven the address yet is nobody's business.
        query = query.where((SupplierRequest.state == "asked") | (SupplierRequest.purpose == "invitation"))
    elif supplier_id is not None:
        query = query.where(SupplierRequest.supplier_id == supplier_id)
    return db.session.scalars(query.order_by(SupplierRequest.id.desc()).limit(200)).all()


def invite(actor: Actor, request_id: UUID, *, person_name: str, email: str) -> SupplierRequest:
    """Sent twice it is one invitation. Raises Conflict, RuleBroken, TooManyAttempts."""
    company = my_company(actor)
    email = email.lower()
    existing = db.session.get(SupplierRequest, (actor.bureau_id, request_id))
    if existing is not None:
        if (existing.supplier_id, existing.person_name, existing.email) == (company.id, person_name, email):
            return existing
        raise Conflict(_("编号重复，请刷新后重试。"))
    open_now = select(func.count()).select_from(SupplierRequest)
    count = db.session.scalar(
        open_now.where(
            SupplierRequest.bureau_id == actor.bureau_id, SupplierRequest.supplier_id == company.id,
            SupplierRequest.purpose == "invitation", SupplierRequest.state == "waiting",
            SupplierRequest.code_until > now(),
        )
    )  # fmt: skip
    if (count or 0) >= MOST_INVITATIONS:
        raise RuleBroken("too_many_invitations", _("未完成的邀请过多，请等对方完成后再邀请。"))
    request = SupplierRequest(
        bureau_id=actor.bureau_id, id=request_id, purpose="invitation", supplier_id=company.id,
        credit_code=company.credit_code, company_name=company.name, person_name=person_name, email=email,
        code_hash="", code_until=now(), codes_sent=0, address_from="", created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(request)
    flush(db.session(), {"pk_supplier_requests": Conflict(_("编号重复，请刷新后重试。"))})
    note(actor, company.id, "person", request.id, "invite", ("", "invited"), person_name)
    registering.send_code(_bureau(actor.bureau_id), request)
    return request


def _bureau(bureau_id: int) -> Bureau:
    session = db.session()
    with within(session, IDENTITY):
        return session.get_one(Bureau, bureau_id)


def _asked(actor: Actor, request_id: UUID, states: tuple[str, ...]) -> SupplierRequest:
    query = select(SupplierRequest).where(
        SupplierRequest.bureau_id == actor.bureau_id, SupplierRequest.id == request_id
    )
    if actor.level == "supplier":
        query = query.where(SupplierRequest.supplier_id == actor.own_supplier_id())
    request = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if request is None:
        raise NotFound(_("没有这项申请。"))
    if request.state not in states:
        raise RuleBroken("request_closed", _("这项申请已经处理。"))
    return request


def agree(actor: Actor, request_id: UUID) -> SupplierRequest:
    """The company, or the bureau, agrees that this person acts for the company. Somebody without an account here gets
    an invitation, which they accept with a code of its own."""
    request = _asked(actor, request_id, ("asked",))
    assert request.supplier_id is not None
    if request.account_id is not None:
        join(actor, request.supplier_id, request.account_id, request.person_name)
        request.state = "done"
        flush(db.session())
        title = _("您已可以代表%(company)s", company=request.company_name)
        notices.notify(actor, [request.account_id], "supplier_joined", title, url="/company", by_mail=True)
        return request
    request.purpose = "invitation"
    request.state = "waiting"
    flush(db.session())
    registering.send_code(_bureau(actor.bureau_id), request)
    return request


def decline(actor: Actor, request_id: UUID) -> SupplierRequest:
    """Also takes an invitation back."""
    request = _asked(actor, request_id, ("asked", "waiting"))
    if actor.level == "supplier" and request.state == "waiting" and request.purpose != "invitation":
        raise NotFound(_("没有这项申请。"))
    was_asked = request.state == "asked"
    request.state = "refused"
    flush(db.session())
    if was_asked:
        subject = _("未能代表%(company)s", company=request.company_name)
        text = _("您申请代表“%(company)s”办理供应商事务，未获同意。", company=request.company_name)
        notices.mail(actor.bureau_id, request.email, subject, text)
    return request


def hand_over_code(actor: Actor, request_id: UUID) -> str:
    """For whom no mail can reach: an officer who has seen the person and the licence reads the code out. The bureau's
    audit keeps who did."""
    request = _asked(actor, request_id, ("waiting",))
    code = registering.new_code(request, HANDED_OVER_LASTS)
    flush(db.session())
    if request.supplier_id is not None:
        note(actor, request.supplier_id, "person", request.id, "hand_over", ("waiting", "waiting"), request.person_name)
    return code


def end_colleague(actor: Actor, membership_id: UUID) -> None:
    """Ends another's, or one's own, role in the company; the last one stays. Raises NotFound, RuleBroken."""
    company = my_company(actor, for_update=True)
    held = {one.membership.id: one for one in colleagues(actor, company.id)}
    one = held.get(membership_id)
    if one is None:
        raise NotFound
    if len(held) == 1:
        raise RuleBroken("last_person", _("至少保留一名办理人，请先邀请接任的同事。"))
    session = db.session()
    with within(session, IDENTITY):
        one.membership.ended_at = now()
        session.flush()
    note(actor, company.id, "person", one.membership.person_id, "leave", ("member", ""), one.name)


def bureaus_to_register_at(actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of the other bureaus."""
    session = db.session()
    query = select(Bureau.code, Bureau.name).where(Bureau.state == "active", Bureau.id != actor.bureau_id)
    with within(session, IDENTITY):
        return [(row.code, row.name) for row in session.execute(query.order_by(Bureau.name))]


def register_elsewhere(actor: Actor, bureau_code: str) -> str:
    """The same company at another bureau, by the same account: "joined", or "asked" where the company is on record
    there and others act for it. What this bureau knows is copied as a draft for that bureau to review on its own."""
    company = my_company(actor)
    bureau = registering.bureau_by_code(bureau_code)
    session = db.session()
    with within(session, IDENTITY):
        account = session.get_one(Account, actor.account_id)
        held = select(Membership.id).where(
            Membership.bureau_id == bureau.id, Membership.supplier_id == company.id,
            Membership.person_id == account.id, Membership.ended_at.is_(None),
        )  # fmt: skip
        if session.scalar(held) is not None:
            raise RuleBroken("registered_there", _("您已在该局办理这家企业的登记，请切换工作身份。"))
    system = system_actor(bureau.id)
    email = account.email or company.contact_email
    values: dict[str, Any] = {
        "credit_code": company.credit_code, "company_name": company.name, "kind": company.kind, "size": company.size,
        "address": company.address, "person_name": actor.display_name, "mobile": company.contact_mobile, "email": email,
    }  # fmt: skip
    with within(session, system.scope):
        asked = select(SupplierRequest.id).where(
            SupplierRequest.bureau_id == bureau.id, SupplierRequest.account_id == account.id,
            SupplierRequest.state == "asked",
        )  # fmt: skip
        if session.scalar(asked) is not None:
            return "asked"
        request = SupplierRequest(
            bureau_id=bureau.id, id=new_id(), purpose="registration", code_hash="", code_until=now(), codes_sent=0,
            address_from="", confirmed_at=now(), account_id=account.id, created_by=SYSTEM_ACCOUNT, **values,
        )  # fmt: skip
        session.add(request)
        flush(session)
        known: BureauSupplier | None = registration_of(bureau.id, company.credit_code)
        if known is not None:
            registering.ask(system, request, known.id, account.id)
            return "asked"
        row = registering.open_registration(system, request, account.id)
        join(system, row.id, account.id, actor.display_name)
        request.supplier_id, request.state = row.id, "done"
        flush(session)
    return "joined"
