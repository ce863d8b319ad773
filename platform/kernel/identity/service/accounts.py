"""Accounts: found, made, given a new one-time password."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from kernel.database import db, new_id, now
from kernel.database.scope import IDENTITY, within
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound
from kernel.identity import passwords
from kernel.identity.models import Account, ApiToken
from kernel.identity.rules import is_mobile, is_username, normalise_name
from kernel.identity.service import events, sessions
from kernel.identity.totp import new_one_time_password


@dataclass(frozen=True, slots=True)
class NewAccount:
    """`one_time_password` is shown once, here; it must be changed at the first sign-in."""

    account: Account
    one_time_password: str


def find_account(session: Session, name: str) -> Account | None:
    """By user name or mobile number, as typed by a person."""
    key = normalise_name(name)
    if not key or "\x00" in key:
        return None
    return session.scalar(select(Account).where(or_(Account.username == key, Account.mobile == key)))


def accounts_by_id(session: Session, account_ids: Sequence[UUID]) -> dict[UUID, Account]:
    with within(session, IDENTITY):
        found = session.scalars(select(Account).where(Account.id.in_(account_ids))).all() if account_ids else []
    return {account.id: account for account in found}


def check_names(username: str | None, mobile: str | None) -> tuple[str, str | None]:
    """Both as they are kept; a user name is drawn where none is given. Raises Invalid at their fields."""
    problems: dict[str, list[str]] = {}
    name = normalise_name(username) if username else drawn_username()
    number = normalise_name(mobile) if mobile else None
    if not is_username(name):
        problems["username"] = [_("用户名为 3 到 40 个字符，以字母或汉字开头，只含字母、数字、汉字和 . _ - @。")]
    if number is not None and not is_mobile(number):
        problems["mobile"] = [_("请填写 11 位手机号。")]
    if problems:
        raise Invalid(problems)
    return name, number


def drawn_username() -> str:
    """Random enough never to meet another: the last 40 bits of a fresh id."""
    return f"hq{new_id().int & (2**40 - 1):010x}"


def create_account(
    session: Session,
    *,
    display_name: str,
    username: str | None = None,
    mobile: str | None = None,
    email: str | None = None,
) -> NewAccount:
    """Raises Invalid for an ill-formed name or mobile, Conflict where either is taken."""
    name, number = check_names(username, mobile)
    one_time = new_one_time_password()
    with within(session, IDENTITY):
        account = Account(
            id=new_id(), username=name, mobile=number, email=email, display_name=display_name,
            password_hash=passwords.hash_random_password(one_time), must_change_password=True,
        )  # fmt: skip
        session.add(account)
        flush(
            session,
            {
                "uq_accounts_username": Conflict(_("用户名已被使用，请换一个。")),
                "uq_accounts_mobile": Conflict(_("此手机号已有账号。")),
            },
        )
    events.record("account:made", account.id)
    return NewAccount(account, one_time)


def reset_password(session: Session, account_id: UUID, *, clear_second_factor: bool = False) -> str:
    """A new one-time password; ends every sign-in and token of the account. The caller has proven authority over
    the whole account: this service cannot know who may."""
    with within(session, IDENTITY):
        account = session.scalar(select(Account).where(Account.id == account_id).with_for_update())
        if account is None:
            raise NotFound
        one_time = new_one_time_password()
        account.password_hash = passwords.hash_random_password(one_time)
        account.password_changed_at = now()
        account.must_change_password = True
        if clear_second_factor:
            account.totp_secret = account.totp_confirmed_at = account.totp_last_step = None
            account.recovery_hashes = []
        session.flush()
        sessions.end_sessions(account_id)
        revoke_tokens(session, account_id)
    events.record("password:reset", account_id, detail={"second_factor_cleared": clear_second_factor})
    return one_time


def revoke_tokens(session: Session, account_id: UUID) -> None:
    session.execute(
        update(ApiToken)
        .where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now())
    )


def update_profile(account_id: UUID, *, email: str | None, locale: str) -> Account:
    """What a person may change alone. Name and mobile are the employer's to confirm."""
    account = db.session.get_one(Account, account_id)
    account.email = email
    account.locale = locale
    db.session.flush()
    return account
