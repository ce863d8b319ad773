"""A person joins the bureau or the school: with a new account, or with the one that they have already."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from bureau.people.rules import same_name
from bureau.people.service.authority import require_grantable
from bureau.people.service.roles import give_to, place_of
from kernel.actor import Actor
from kernel.database import db
from kernel.database.scope import IDENTITY, within
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.identity.models import Account, Membership, Person
from kernel.identity.service.accounts import create_account, find_account


@dataclass(frozen=True, slots=True)
class Added:
    """`one_time_password`: of a new account, to be handed over now; None where the person keeps the password that
    they have."""

    person: Person
    membership: Membership
    one_time_password: str | None


def add_person(
    actor: Actor,
    membership_id: UUID,
    *,
    display_name: str,
    mobile: str,
    role: str,
    username: str | None = None,
    email: str | None = None,
    school_id: int | None = None,
    zone_id: int | None = None,
    supplier_id: UUID | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Added:
    """Somebody known by this mobile number gets no second account. Nothing is told of where else they serve."""
    require_grantable(actor, role)
    place_of(actor, role, school_id, zone_id, supplier_id)
    session = db.session()
    with within(session, IDENTITY):
        account = find_account(session, mobile)
        one_time = None
        if account is None:
            new = create_account(session, display_name=display_name, username=username, mobile=mobile, email=email)
            account, one_time = new.account, new.one_time_password
        person = session.get(Person, (actor.bureau_id, account.id))
        require_same_person(account, person, display_name)
        if person is None:
            person = Person(
                bureau_id=actor.bureau_id, id=account.id, display_name=display_name, search_name=display_name.lower()
            )
            session.add(person)
            flush(session, {"pk_people": Conflict(_("此人刚被他人加入，请刷新后重试。"))})
    membership = give_to(
        actor, person, membership_id, role=role, school_id=school_id, zone_id=zone_id,
        supplier_id=supplier_id, valid_from=valid_from, valid_until=valid_until,
    )  # fmt: skip
    return Added(person, membership, one_time)


def require_same_person(account: Account, person: Person | None, display_name: str) -> None:
    """A number that is on record under another name is a slip of the finger, or somebody else's number."""
    known = person.display_name if person is not None else account.display_name
    if not same_name(known, display_name) and not same_name(account.display_name, display_name):
        raise Invalid({"display_name": [_("这个手机号已登记在另一个姓名下，请核对姓名和手机号。")]})
    if account.state != "active":
        raise RuleBroken("account_suspended", _("此人的账号已被系统停用，请联系系统管理员。"))
