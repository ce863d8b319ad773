"""A person's data corrected, access to the bureau suspended and reopened, password reset."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm.attributes import flag_modified

from bureau.people.service.authority import (
    has_whole_authority,
    require_another_admin,
    require_whole_authority,
)
from bureau.people.service.finding import find_person
from kernel.actor import Actor
from kernel.database import db
from kernel.database.scope import IDENTITY, within
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.identity.models import Account, Person
from kernel.identity.rules import is_mobile, normalise_name
from kernel.identity.service import accounts, events


def edit_person(
    actor: Actor,
    person_id: UUID,
    version: int | None,
    *,
    display_name: str,
    mobile: str | None,
    email: str | None,
) -> Person:
    """The name is the bureau's own; mobile and mail belong to the account, which must be wholly the actor's to manage
    where they change. Raises NotFound, Conflict, Invalid, RuleBroken."""
    person = find_person(actor, person_id, for_update=True)
    session = db.session()
    account = accounts.accounts_by_id(session, [person_id])[person_id]
    require_version(person, version, current_of(person, account))
    is_ours = has_whole_authority(actor, person_id)
    if not is_ours and (mobile, email) != (account.mobile, account.email):
        raise Invalid({"mobile": [_("此账号不由您全权管理，手机号和邮箱不能在这里修改。")]})
    if not is_ours and actor.level == "school":
        raise RuleBroken("account_not_ours", _("此人还有不由本校管理的岗位，请由上级管理员修改。"))
    with within(session, IDENTITY):
        person.display_name = display_name
        person.search_name = display_name.lower()
        # Also where only the account changes: whoever edits the same person meanwhile must learn of it.
        flag_modified(person, "display_name")
        if is_ours:
            account.display_name = display_name
            if mobile != account.mobile:
                if mobile is not None and not is_mobile(normalise_name(mobile)):
                    raise Invalid({"mobile": [_("请填写 11 位手机号。")]})
                account.mobile = mobile
            account.email = email
        flush(session, {"uq_accounts_mobile": Conflict(_("这个手机号已登记给另一个账号。"))})
    events.record("account:changed", person_id, bureau_id=actor.bureau_id)
    return person


def current_of(person: Person, account: Account) -> dict[str, object]:
    """What is stored now, for a conflict's answer."""
    return {
        "version": person.version,
        "display_name": person.display_name,
        "mobile": account.mobile,
        "email": account.email,
    }


def suspend_person(actor: Actor, person_id: UUID, version: int | None) -> Person:
    """Closes this bureau and its schools to the person at once; what they are elsewhere stays."""
    person = find_person(actor, person_id, for_update=True)
    if person.state == "suspended":
        return person
    require_version(person, version)
    if person_id == actor.account_id:
        raise RuleBroken("not_oneself", _("不能停用自己。"))
    require_another_admin(actor, without=person_id)
    person.state = "suspended"
    db.session.flush()
    return person


def reopen_person(actor: Actor, person_id: UUID, version: int | None) -> Person:
    person = find_person(actor, person_id, for_update=True)
    if person.state == "active":
        return person
    require_version(person, version)
    person.state = "active"
    db.session.flush()
    return person


def reset_password(actor: Actor, person_id: UUID, *, clear_second_factor: bool = False) -> str:
    """A one-time password, to be handed over now. Raises NotFound, RuleBroken."""
    person = find_person(actor, person_id)
    if person_id == actor.account_id:
        raise RuleBroken("not_oneself", _("自己的口令请在“账号与安全”中修改。"))
    require_whole_authority(actor, person_id)
    return accounts.reset_password(db.session(), person.id, clear_second_factor=clear_second_factor)
