"""API tokens: a person's or a device's, bound to one scope, narrowed to some permissions, never without an end."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.scope import IDENTITY, use_scope
from kernel.errors import Invalid, NotFound, PendingStep, RuleBroken, Unauthenticated
from kernel.identity.loading import digest
from kernel.identity.models import Account, ApiToken, Bureau, SignIn
from kernel.identity.service import events, scopes
from kernel.identity.service.second_factor import check_code
from kernel.identity.service.signing_in import check_password

PREFIX = "hq_"  # so that a leaked token is recognised by those who search for leaks
MOST_DAYS = 365
MOST_LIVE = 50


@dataclass(frozen=True, slots=True)
class NewToken:
    """`secret` is shown once, here; only its hash is kept."""

    token: ApiToken
    secret: str


def check_scopes(wanted: Iterable[str], permissions: Iterable[str]) -> list[str]:
    """Each must be "*", a permission's name, or a group of them such as "school:*" or "school:receipt:*"."""
    known = list(permissions)
    chosen = sorted(set(wanted))
    for scope in chosen:
        group = scope.removesuffix("*") if scope.endswith(":*") else None
        if scope != "*" and scope not in known and not (group and any(name.startswith(group) for name in known)):
            raise Invalid({"scopes": [_("没有这样的权限：%(scope)s", scope=scope)]})
    return ["*"] if "*" in chosen else chosen


def create_token(actor: Actor, name: str, token_scopes: list[str], days: int) -> NewToken:
    """For the scope that the actor works in now; `token_scopes` have passed check_scopes."""
    assert actor.sign_in_id is not None

    sign_in = db.session.get_one(SignIn, actor.sign_in_id)
    place = {name: getattr(sign_in, name) for name in ("level", "bureau_id", "zone_id", "school_id", "supplier_id")}
    return _make(actor.account_id, name, token_scopes, days, place)


def create_device_token(
    username: str,
    password: str,
    address: str,
    *,
    code: str | None,
    name: str,
    token_scopes: list[str],
    days: int,
    scope: str | None,
) -> NewToken:
    """For a device that has no browser: the same proof and the same lock-out as on the page.

    Raises Unauthenticated, TooManyAttempts, Invalid at `code` or `scope`, PendingStep where the person must first
    do something on the page.
    """
    account = check_password(username, password, address)
    if account.totp_confirmed_at is not None:
        if not code:
            raise Invalid({"code": [_("此账号启用了二次验证，请填写验证码。")]})
        check_code(account.id, code, address)
    if account.must_change_password:
        raise PendingStep("change_password")
    choices = scopes.scopes_of(account.id)
    choice = scopes.find_choice(choices, scope) if scope else scopes.usual_scope(account.id, choices)
    if choice is None:
        raise Invalid({"scope": [_("请指明在哪个单位使用：%(keys)s", keys=", ".join(one.key for one in choices))]})
    bureau = db.session.get_one(Bureau, choice.bureau_id)
    if account.totp_confirmed_at is None and set(choice.roles) & set(bureau.settings.get("second_factor_roles", ())):
        raise PendingStep("enrol_second_factor")
    return _make(account.id, name, token_scopes, days, choice.place)


def _make(account_id: UUID, name: str, token_scopes: list[str], days: int, place: dict[str, Any]) -> NewToken:
    session = db.session()
    use_scope(session, IDENTITY)
    # Locked, so that parallel requests cannot slip past the limit.
    account = session.execute(select(Account).where(Account.id == account_id).with_for_update()).scalar_one()
    if account.state != "active":
        raise Unauthenticated
    if len(live_tokens(account_id)) >= MOST_LIVE:
        raise RuleBroken("token_limit", _("有效令牌已达 %(most)s 个，请先吊销不用的。", most=MOST_LIVE))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        account_id=account_id, token_hash=digest(secret), name=name, scopes=token_scopes,
        expires_at=now() + timedelta(days=days), **place,
    )  # fmt: skip
    session.add(token)
    session.flush()
    events.record(
        "token:made", account_id, bureau_id=token.bureau_id, detail={"token": str(token.id), "days": days}, by=account
    )
    return NewToken(token, secret)


def live_tokens(account_id: UUID) -> Sequence[ApiToken]:
    query = select(ApiToken).where(
        ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > func.now()
    )
    return db.session.scalars(query.order_by(ApiToken.id.desc())).all()


def revoke_token(actor: Actor, token_id: UUID) -> None:
    token = db.session.scalar(
        select(ApiToken).where(
            ApiToken.id == token_id, ApiToken.account_id == actor.account_id, ApiToken.revoked_at.is_(None)
        )
    )
    if token is None:
        raise NotFound
    token.revoked_at = now()
    db.session.flush()
    events.record("token:revoked", actor.account_id, detail={"token": str(token_id)})
