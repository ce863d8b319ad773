"""Declares the canteen's people and papers to the composition root."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem, MenuItem, Module
from school.canteen_staff.api import blueprint as api
from school.canteen_staff.demo import demo
from school.canteen_staff.permissions import RULES, Permission
from school.canteen_staff.service.alarms import tell_of_expiry
from school.canteen_staff.service.overview import licences_of
from school.canteen_staff.service.people import list_staff
from school.canteen_staff.views import blueprint as pages


def due(actor: Actor) -> Sequence[DueItem]:
    """Papers that have run out or soon will, for those who keep them."""
    if actor.level != "school" or actor.read_only or not may(Permission.KEEP):
        return ()
    school_id = actor.own_school_id()
    items = []
    people = list_staff(actor, school_id)
    bad = [one.staff.name for one in people if one.refusal is not None]
    soon = [one.staff.name for one in people if one.refusal is None and "soon" in one.standings.values()]
    if bad:
        title = _("证件过期或未登记，不能上岗：%(names)s", names="、".join(bad[:5]))
        items.append(DueItem(title, url_for("canteen_staff.index"), "canteen_staff", overdue=True))
    if soon:
        title = _("证件即将到期：%(names)s", names="、".join(soon[:5]))
        items.append(DueItem(title, url_for("canteen_staff.index"), "canteen_staff"))
    standings = [standing for _licence, standing in licences_of(actor, school_id)]
    if "expired" in standings or "soon" in standings:
        is_over = "expired" in standings
        title = _("食堂证照已过期") if is_over else _("食堂证照即将到期")
        items.append(DueItem(title, url_for("canteen_staff.licences"), "canteen_staff", overdue=is_over))
    return items


MODULE = Module(
    name="canteen_staff",
    permissions=RULES,
    menu=[MenuItem(_l("食堂人员与证照"), "canteen_staff.index", "id-badge-2", Permission.READ, _l("食堂"), order=37)],
    pages=[pages],
    api=[api],
    due=[due],
    demo=demo,
    periodic={"expiry": ("20 7 * * *", tell_of_expiry)},
)
