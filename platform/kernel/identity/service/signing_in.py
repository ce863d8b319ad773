"""Name and password → a sign-in. The answer to an unknown name and to a wrong password is the same in every way."""

from uuid import UUID

from flask_babel import gettext as _

from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.scope import IDENTITY, use_scope
from kernel.errors import Invalid, Unauthenticated
from kernel.identity import passwords
from kernel.identity.labels import PASSWORD_PROBLEMS
from kernel.identity.models import Account, SignIn
from kernel.identity.rules import normalise_name, normalise_password, password_problems
from kernel.identity.service import accounts, attempts, events, scopes, sessions


def sign_in(name: str, password: str, address: str, user_agent: str, *, remember: bool = False) -> str:
    """The secret of a new sign-in. Raises Unauthenticated, TooManyAttempts."""
    account = check_password(name, password, address)
    row, secret = sessions.open_sign_in(account.id, address, user_agent, remember=remember)
    choice = scopes.usual_scope(account.id, scopes.scopes_of(account.id))
    if choice is not None:
        for name, value in choice.place.items():
            setattr(row, name, value)
    db.session.flush()
    events.record("sign_in:made", account.id, bureau_id=row.bureau_id, detail={"address": address}, by=account)
    return secret


def check_password(name: str, password: str, address: str) -> Account:
    """The account that `name` and `password` prove. Raises Unauthenticated, TooManyAttempts."""
    session = db.session()
    use_scope(session, IDENTITY)
    account = accounts.find_account(session, name)
    # User name and mobile of one account count as one; the name itself is hashed, it may be a slipped password.
    subject = str(account.id) if account else f"name:{normalise_name(name)}"
    attempt = attempts.begin(subject, address)
    typed = normalise_password(password)
    matches = passwords.verify(account.password_hash if account else None, typed)
    if account is None or not matches or account.state != "active":
        if account is not None:
            events.record("sign_in:refused", account.id, detail={"address": address}, by=account)
        attempts.failed(attempt)
        raise Unauthenticated(_("用户名、手机号或口令不正确。"))
    attempts.succeeded(attempt)
    if not account.must_change_password and passwords.is_outdated(account.password_hash):
        account.password_hash = passwords.hash_password(typed)
        session.flush()
    return account


def confirm_password(actor: Actor, password: str, address: str) -> Account:
    """The signed-in person proves again who they are. Raises Invalid at `password`, TooManyAttempts."""
    account = db.session.get_one(Account, actor.account_id)
    attempt = attempts.begin(f"confirm:{account.id}", address)
    if not passwords.verify(account.password_hash, normalise_password(password)):
        attempts.failed(attempt)
        raise Invalid({"password": [_("当前口令不正确。")]})
    attempts.succeeded(attempt)
    return account


def change_password(actor: Actor, password: str, new_password: str, address: str) -> str:
    """Ends all other sign-ins of this account and gives this one a new secret, which is returned."""
    account = confirm_password(actor, password, address)
    set_password(account, new_password)
    assert actor.sign_in_id is not None
    sessions.end_sessions(account.id, keep=actor.sign_in_id)
    events.record("password:changed", account.id, bureau_id=actor.bureau_id or None)
    return sessions.rotate(actor.sign_in_id)


def set_password(account: Account, new_password: str) -> None:
    """Raises Invalid at `new_password` where it breaks the rules or is the present one."""
    typed = normalise_password(new_password)
    names = [name for name in (account.username, account.mobile) if name]
    problems = password_problems(typed, names)
    if not problems and passwords.verify(account.password_hash, typed):
        problems = ["unchanged"]
    if problems:
        raise Invalid({"new_password": [str(PASSWORD_PROBLEMS[problem]) for problem in problems]})
    account.password_hash = passwords.hash_password(typed)
    account.password_changed_at = now()
    account.must_change_password = False
    db.session.flush()


def sign_out(actor: Actor) -> None:
    if actor.sign_in_id is not None:
        end = db.session.get(SignIn, actor.sign_in_id)
        if end is not None and end.revoked_at is None:
            end.revoked_at = now()
            db.session.flush()
    events.record("sign_in:ended", actor.account_id)


def sign_out_everywhere(account_id: UUID) -> int:
    return sessions.end_sessions(account_id)
