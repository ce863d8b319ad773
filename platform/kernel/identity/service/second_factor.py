"""The second factor: enrolled by scanning a code, proven at each sign-in, replaced by recovery codes."""

import io
from uuid import UUID

import segno
from flask_babel import gettext as _
from sqlalchemy import select, update

from kernel.actor import Actor
from kernel.database import db, now
from kernel.errors import Conflict, Invalid
from kernel.identity import totp
from kernel.identity.loading import digest
from kernel.identity.models import Account, SignIn
from kernel.identity.service import attempts, events, sessions
from kernel.identity.service.signing_in import confirm_password

ISSUER = "后勤"


def _locked(account_id: UUID) -> Account:
    """The account, locked: two requests cannot use one code."""
    return db.session.execute(
        select(Account).where(Account.id == account_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()


def begin_enrolment(actor: Actor) -> None:
    """Draw a secret to be scanned; nothing is demanded until it is confirmed."""
    account = _locked(actor.account_id)
    if account.totp_confirmed_at is not None:
        raise Conflict(_("二次验证已启用；如需换设备，请先停用再重新设置。"))
    account.totp_secret = totp.new_secret()
    account.totp_last_step = None
    db.session.flush()


def pending_secret(account_id: UUID) -> str | None:
    """The secret that waits for its first code, None when there is none or it is confirmed already."""
    account = db.session.get_one(Account, account_id)
    return None if account.totp_confirmed_at is not None else account.totp_secret


def enrolment_picture(account_id: UUID) -> bytes:
    """The QR code to scan, as SVG. Raises Conflict when nothing waits to be scanned."""
    secret = pending_secret(account_id)
    if secret is None:
        raise Conflict(_("请先开始设置二次验证。"))
    account = db.session.get_one(Account, account_id)
    out = io.BytesIO()
    segno.make(totp.provisioning_uri(secret, account.username, ISSUER), error="m").save(
        out, kind="svg", scale=5, border=2, light="#fff", svgclass=None, lineclass=None, title=_("二次验证二维码")
    )
    return out.getvalue()


def confirm_enrolment(actor: Actor, code: str) -> list[str]:
    """Proves that the phone has the secret; gives the recovery codes, shown this once. Raises Invalid at `code`."""
    account = _locked(actor.account_id)
    if account.totp_secret is None or account.totp_confirmed_at is not None:
        raise Conflict(_("请先开始设置二次验证。"))
    step = totp.accepted_step(account.totp_secret, totp.normalise_code(code), now(), account.totp_last_step)
    if step is None:
        raise Invalid({"code": [_("验证码不正确或已过期，请输入手机上当前显示的 6 位数字。")]})
    codes = totp.new_recovery_codes()
    account.totp_confirmed_at = now()
    account.totp_last_step = step
    account.recovery_hashes = [digest(totp.normalise_code(one)) for one in codes]
    db.session.execute(update(SignIn).where(SignIn.id == actor.sign_in_id).values(second_factor_at=now()))
    db.session.flush()
    events.record("second_factor:enrolled", account.id, bureau_id=actor.bureau_id or None)
    return codes


def prove(actor: Actor, code: str, address: str) -> str:
    """At sign-in: a code from the phone or a recovery code. Gives the sign-in's new secret. Raises Invalid at
    `code`, TooManyAttempts."""
    check_code(actor.account_id, code, address)
    assert actor.sign_in_id is not None
    db.session.execute(update(SignIn).where(SignIn.id == actor.sign_in_id).values(second_factor_at=now()))
    return sessions.rotate(actor.sign_in_id)


def check_code(account_id: UUID, code: str, address: str) -> None:
    """Use up one code. Raises Invalid at `code`, TooManyAttempts."""
    attempt = attempts.begin(f"second:{account_id}", address)
    account = _locked(account_id)
    given = totp.normalise_code(code)
    step = totp.accepted_step(account.totp_secret or "", given, now(), account.totp_last_step)
    hashed = digest(given)
    if step is not None:
        account.totp_last_step = step
    elif hashed in account.recovery_hashes:
        account.recovery_hashes = [kept for kept in account.recovery_hashes if kept != hashed]
        events.record("recovery_code:used", account_id, detail={"left": len(account.recovery_hashes)}, by=account)
    else:
        events.record("second_factor:refused", account_id, detail={"address": address}, by=account)
        attempts.failed(attempt)
        raise Invalid({"code": [_("验证码不正确、已过期或已用过。")]})
    attempts.succeeded(attempt)
    db.session.flush()


def new_recovery_codes(actor: Actor, password: str, address: str) -> list[str]:
    """Replaces those that are left. Raises Invalid at `password`."""
    confirm_password(actor, password, address)
    account = _locked(actor.account_id)
    if account.totp_confirmed_at is None:
        raise Conflict(_("尚未启用二次验证。"))
    codes = totp.new_recovery_codes()
    account.recovery_hashes = [digest(totp.normalise_code(one)) for one in codes]
    db.session.flush()
    events.record("recovery_codes:renewed", account.id)
    return codes


def disable(actor: Actor, password: str, address: str) -> None:
    """Raises Invalid at `password`. Where the bureau demands a second factor, it must be set up anew at once."""
    confirm_password(actor, password, address)
    account = _locked(actor.account_id)
    account.totp_secret = account.totp_confirmed_at = account.totp_last_step = None
    account.recovery_hashes = []
    db.session.flush()
    events.record("second_factor:disabled", account.id, bureau_id=actor.bureau_id or None)
