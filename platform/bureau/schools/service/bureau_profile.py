"""The bureau itself: its name, and its code that others know it by."""

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.schools.rules import CODE_PATTERN
from kernel.actor import Actor
from kernel.database import db, writing
from kernel.database.scope import OPERATOR, use_scope
from kernel.errors import Conflict, Invalid, NotFound
from kernel.identity.models import Bureau


def get_bureau(actor: Actor) -> Bureau:
    bureau = db.session.get(Bureau, actor.bureau_id)
    if bureau is None:
        raise NotFound(_("没有找到教育局。"))
    return bureau


def edit_bureau(actor: Actor, *, seen_version: int | None, name: str) -> Bureau:
    """The code stays: addresses, exports and other systems refer to it; the operator sets it once."""
    bureau = get_bureau(actor)
    writing.require_version(bureau, seen_version, {"version": bureau.version, "name": bureau.name})
    bureau.name = name
    db.session.flush()
    return bureau


def open_bureau(*, code: str, name: str) -> Bureau:
    """A new tenant; for commands on the machine. Done twice with the same content it is the same bureau."""
    code, name = code.strip(), name.strip()
    if not CODE_PATTERN.fullmatch(code):
        raise Invalid({"code": [_("代码由字母、数字和短横线组成，不超过 20 位。")]}, _("教育局代码格式不正确。"))
    if not 1 <= len(name) <= 100:
        raise Invalid({"name": [_("请填写此项。")]}, _("请填写教育局名称。"))
    session = db.session()
    use_scope(session, OPERATOR)
    existing = session.scalar(select(Bureau).where(Bureau.code == code))
    if existing is not None:
        if existing.name != name:
            raise Conflict(_("这个代码已有教育局使用。"))
        return existing
    bureau = Bureau(code=code, name=name, settings={})
    session.add(bureau)
    session.flush()
    return bureau


def all_bureaus() -> list[Bureau]:
    """For commands on the machine."""
    session = db.session()
    use_scope(session, OPERATOR)
    return list(session.scalars(select(Bureau).order_by(Bureau.id)))
