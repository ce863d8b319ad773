from datetime import timedelta

from sqlalchemy import select

from bureau.roles import Role
from kernel.database import db, new_id, now
from kernel.database.scope import IDENTITY, within
from kernel.identity.models import ApiToken, Membership
from tests.support.samples import Sample


def _token(world, place):
    """Somebody else's, in that school: one's own tokens are the only ones that anybody reaches."""
    person = world.person(Role.TEACHER, place)
    session = db.session()
    with within(session, IDENTITY):
        token = ApiToken(
            account_id=person.account_id, token_hash=str(new_id()), name="演示", scopes=["*"], level="school",
            bureau_id=person.actor.bureau_id, school_id=person.actor.school_id, expires_at=now() + timedelta(days=1),
        )  # fmt: skip
        session.add(token)
        session.flush()
    return token.id


def _membership(world, place):
    person = world.person(Role.TEACHER, place)
    with within(db.session(), IDENTITY):
        return db.session.scalars(select(Membership.id).where(Membership.person_id == person.account_id)).first()


SAMPLES = {
    "session_id": Sample(lambda world, place: world.person(Role.TEACHER, place).actor.sign_in_id),
    "token_id": Sample(_token),
    "person_id": Sample(lambda world, place: world.person(Role.TEACHER, place).account_id),
    "membership_id": Sample(_membership),
}
