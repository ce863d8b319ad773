"""The public page: somebody registers a company, proves the mail address, and comes in.

What the page answers never depends on whether a company, an address or an account is known here; that comes out only
after the code from the mail, and then only to whom the address belongs. A company on record is never taken over: a
second person waits for the consent of the company's people or of the bureau. A mobile number is contact data only,
since no text message can prove it.
"""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select, text

from bureau.suppliers import credit_code as codes
from bureau.suppliers.models import SupplierRequest
from bureau.suppliers.service.joining import Outcome, join, make_account, open_registration, registration_of
from bureau.suppliers.service.telling import tell_company, tell_officers
from kernel.actor import SYSTEM_ACCOUNT, Actor, system_actor
from kernel.database import db, now
from kernel.database.scope import IDENTITY, within
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken, TooManyAttempts
from kernel.identity.labels import PASSWORD_PROBLEMS
from kernel.identity.loading import digest
from kernel.identity.models import Bureau
from kernel.identity.rules import normalise_password, password_problems
from kernel.identity.service import attempts
from kernel.notices import service as notices

CODE_LASTS = timedelta(minutes=30)
INVITATION_LASTS = timedelta(days=7)
WAIT = timedelta(seconds=60)  # between two codes for one request
MOST_CODES = 5
MOST_PER_ADDRESS = 10  # requests in an hour from one network address
MOST_PER_EMAIL = 3  # requests in an hour for one mail address: nobody's mailbox is flooded from here
HOUR = timedelta(hours=1)
FIELDS = ("credit_code", "company_name", "kind", "size", "address", "person_name", "mobile", "email")


def bureau_by_code(code: str) -> Bureau:
    """An open bureau. Raises NotFound."""
    session = db.session()
    with within(session, IDENTITY):
        bureau = session.scalar(select(Bureau).where(Bureau.code == code, Bureau.state == "active"))
    if bureau is None:
        raise NotFound
    return bureau


def open_request(bureau: Bureau, request_id: UUID, address_from: str, values: dict[str, Any]) -> SupplierRequest:
    """Sent twice it is one request and one mail. Raises Invalid, Conflict, TooManyAttempts."""
    content = {**{name: values.get(name) or "" for name in FIELDS}, "email": values["email"].lower()}
    content["credit_code"] = codes.normalise(content["credit_code"])
    if not codes.is_valid(content["credit_code"]):
        raise Invalid({"credit_code": [_("统一社会信用代码不正确：应为 18 位，且校验位相符，请对照营业执照核对。")]})
    session = db.session()
    with within(session, system_actor(bureau.id).scope):
        existing = session.get(SupplierRequest, (bureau.id, request_id))
        if existing is not None:
            if all(getattr(existing, name) == value for name, value in content.items()):
                return existing
            raise Conflict(_("编号重复，请刷新后重试。"))
        require_room(bureau.id, address_from, content["email"])
        known = registration_of(bureau.id, content["credit_code"])
        request = SupplierRequest(
            bureau_id=bureau.id, id=request_id, purpose="registration", supplier_id=known.id if known else None,
            code_hash="", code_until=now(), codes_sent=0, address_from=address_from, created_by=SYSTEM_ACCOUNT,
            **content,
        )  # fmt: skip
        session.add(request)
        flush(session, {"pk_supplier_requests": Conflict(_("编号重复，请刷新后重试。"))})
        send_code(bureau, request)
    return request


def require_room(bureau_id: int, address_from: str, email: str) -> None:
    """Counted under a lock, so that parallel requests cannot slip past the limit."""
    since = now() - HOUR
    for column, value, most in (
        (SupplierRequest.address_from, address_from, MOST_PER_ADDRESS),
        (SupplierRequest.email, email, MOST_PER_EMAIL),
    ):
        lock = text("SELECT pg_advisory_xact_lock(hashtext(:key))")
        db.session.execute(lock, {"key": f"supplier_requests:{bureau_id}:{value}"})
        count = select(func.count()).select_from(SupplierRequest)
        query = count.where(SupplierRequest.bureau_id == bureau_id, column == value, SupplierRequest.created_at > since)
        if (db.session.scalar(query) or 0) >= most:
            raise TooManyAttempts(_("提交过于频繁，请一小时后再试。"), int(HOUR.total_seconds()))


def new_code(request: SupplierRequest, lasts: timedelta) -> str:
    """A fresh code; the one before is worth nothing from here on."""
    code = f"{secrets.randbelow(10**6):06d}"
    request.code_hash = digest(f"{request.id}:{code}")
    request.code_until = now() + lasts
    return code


def send_code(bureau: Bureau, request: SupplierRequest) -> None:
    invited = request.purpose == "invitation"
    code = new_code(request, INVITATION_LASTS if invited else CODE_LASTS)
    request.codes_sent += 1
    request.code_sent_at = now()
    flush(db.session())
    subject = _("供应商登记验证码：%(code)s", code=code)
    if invited:
        body = _(
            "您好，%(name)s：您被邀请代表“%(company)s”在%(bureau)s办理供应商事务。验证码 %(code)s，7 天内有效。"
            "如非本人预期，请忽略此邮件。",
            name=request.person_name, company=request.company_name, bureau=bureau.name, code=code,
        )  # fmt: skip
    else:
        body = _(
            "您好，%(name)s：您正在%(bureau)s登记企业“%(company)s”。验证码 %(code)s，30 分钟内有效，请勿告诉他人。"
            "如非本人操作，请忽略此邮件。",
            name=request.person_name, company=request.company_name, bureau=bureau.name, code=code,
        )  # fmt: skip
    notices.mail(bureau.id, request.email, subject, body, f"/public/suppliers/{bureau.code}/requests/{request.id}")


def get_request(bureau: Bureau, request_id: UUID) -> SupplierRequest:
    """For the page that asks for the code: what it shows, the sender wrote. Raises NotFound."""
    session = db.session()
    with within(session, system_actor(bureau.id).scope):
        request = session.get(SupplierRequest, (bureau.id, request_id))
    if request is None:
        raise NotFound
    return request


def resend(bureau: Bureau, request_id: UUID) -> None:
    """Raises NotFound, TooManyAttempts, RuleBroken."""
    session = db.session()
    with within(session, system_actor(bureau.id).scope):
        request = _locked(bureau.id, request_id)
        if request is None or request.state != "waiting":
            raise NotFound
        if request.codes_sent >= MOST_CODES:
            raise RuleBroken("codes_used_up", _("验证码发送次数已用完，请重新填写，或联系教育局采购专员当面办理。"))
        waited = now() - request.code_sent_at
        if waited < WAIT:
            raise TooManyAttempts(_("验证码刚刚发送，请稍后再试。"), int((WAIT - waited).total_seconds()) + 1)
        send_code(bureau, request)


def _locked(bureau_id: int, request_id: UUID) -> SupplierRequest | None:
    query = select(SupplierRequest).where(SupplierRequest.bureau_id == bureau_id, SupplierRequest.id == request_id)
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def confirm(
    bureau: Bureau, request_id: UUID, code: str, address_from: str, *, actor: Actor | None, password: str | None
) -> Outcome:
    """The code from the mail, by somebody signed in (`actor`) or with the password of a new account. Failures count
    towards the same lock-out as signing in. Raises Invalid, NotFound, TooManyAttempts, RuleBroken."""
    request = get_request(bureau, request_id)
    if actor is None:
        _require_good_password(password, request)
    attempt = attempts.begin(f"supplier_request:{request_id}", address_from)
    session = db.session()
    system = system_actor(bureau.id)
    with within(session, system.scope):
        locked = _locked(bureau.id, request_id)
        good = (
            locked is not None
            and locked.state == "waiting"
            and now() < locked.code_until
            and secrets.compare_digest(locked.code_hash, digest(f"{request_id}:{code.strip()}"))
        )
    if locked is None or not good:
        attempts.failed(attempt)
        raise Invalid({"code": [_("验证码不正确或已过期。")]})
    attempts.succeeded(attempt)
    with within(session, system.scope):
        return _admit(system, locked, actor, password)


def _require_good_password(password: str | None, request: SupplierRequest) -> None:
    """Before the code is looked at: a weak password must not use it up."""
    problems = password_problems(normalise_password(password or ""), [request.email])
    if problems:
        raise Invalid({"password": [str(PASSWORD_PROBLEMS[problem]) for problem in problems]})


def _admit(system: Actor, request: SupplierRequest, actor: Actor | None, password: str | None) -> Outcome:
    request.confirmed_at = now()
    if request.purpose == "registration":
        known = registration_of(system.bureau_id, request.credit_code)
        if known is not None:
            ask(system, request, known.id, actor.account_id if actor else None)
            return Outcome("asked")
    account = None if actor else make_account(request, password or "")
    account_id = account.id if account else actor.account_id if actor else SYSTEM_ACCOUNT
    supplier_id = request.supplier_id
    if supplier_id is None or request.purpose == "registration":
        supplier_id = open_registration(system, request, account_id).id
    join(system, supplier_id, account_id, request.person_name)
    request.supplier_id = supplier_id
    request.account_id = account_id
    request.state = "done"
    flush(db.session())
    return Outcome("joined", account.username if account else None)


def ask(system: Actor, request: SupplierRequest, supplier_id: UUID, account_id: UUID | None) -> None:
    """Wait for consent: the company is on record already."""
    request.supplier_id = supplier_id
    request.account_id = account_id
    request.state = "asked"
    flush(db.session())
    title = _("有人申请代表%(company)s：%(name)s", company=request.company_name, name=request.person_name)
    tell_company(system, supplier_id, "supplier_request", title, url="/company/people")
    tell_officers(system, supplier_id, "supplier_request", title, url="/suppliers/requests")
