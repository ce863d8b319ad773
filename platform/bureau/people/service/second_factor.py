"""Which roles must use a second factor: the bureau's own choice, kept in its settings."""

from collections.abc import Iterable

from sqlalchemy import select

from bureau.roles import Role
from kernel.actor import Actor
from kernel.audit import capture
from kernel.database import db
from kernel.database.writing import require_version
from kernel.identity.models import Bureau


def _bureau(actor: Actor, *, for_update: bool = False) -> Bureau:
    query = select(Bureau).where(Bureau.id == actor.bureau_id)
    if for_update:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def second_factor_roles(actor: Actor) -> tuple[list[str], int]:
    """(roles, version of the settings)."""
    bureau = _bureau(actor)
    return list(bureau.settings.get("second_factor_roles", ())), bureau.version


def set_second_factor_roles(actor: Actor, roles: Iterable[str], version: int | None) -> Bureau:
    """Holders who have none yet must set it up before their next page. Raises Conflict."""
    bureau = _bureau(actor, for_update=True)
    former = list(bureau.settings.get("second_factor_roles", ()))
    require_version(bureau, version, {"version": bureau.version, "roles": former})
    chosen = [str(role) for role in Role if role in set(roles)]
    bureau.settings = {**bureau.settings, "second_factor_roles": chosen}
    db.session.flush()
    change = {
        "table": "bureaus", "key": {"id": bureau.id}, "kind": "update", "old": {"second_factor_roles": former},
        "new": {"second_factor_roles": chosen},
    }  # fmt: skip
    capture.record(db.session(), actor.bureau_id, "bureau:second_factor:manage", [change])
    return bureau
