"""Declares the module to the composition root."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem, MenuItem, Module, SearchHit
from school.diners.api import blueprint as api
from school.diners.demo import demo
from school.diners.duty_meals import SOURCE
from school.diners.permissions import RULES, Permission
from school.diners.service.counting import unsaid
from school.diners.service.pupils import PupilFilters, list_pupils
from school.diners.views import PAGES

GROUP = _l("食堂")


def due(actor: Actor) -> Sequence[DueItem]:
    """A class teacher's own class that has not said how many eat, while it still may."""
    if actor.level != "school" or actor.read_only or not may(Permission.REPORT):
        return ()
    return [
        DueItem(
            _("%(class_name)s今天还没有报餐", class_name=one.class_name),
            url_for("diners.index", class_id=one.class_id),
            "diners",
            due_at=one.deadline,
        )
        for one in unsaid(actor)
    ]


def search(actor: Actor, text: str) -> Sequence[SearchHit]:
    if actor.level != "school" or not may(Permission.MANAGE_PUPILS):
        return ()
    return [
        SearchHit(pupil.name, url_for("diners.edit_pupil", pupil_id=pupil.id), _("学生"), pupil.number)
        for pupil in list_pupils(actor, PupilFilters(text=text), limit=8).items
    ]


MODULE = Module(
    name="diners",
    permissions=RULES,
    menu=[
        MenuItem(_l("报餐"), "diners.index", "clipboard-check", Permission.REPORT, GROUP, order=50),
        MenuItem(_l("用餐人数"), "diners.summary", "users", Permission.READ, GROUP, order=51),
        MenuItem(_l("班级"), "diners.class_list", "list-details", Permission.READ, GROUP, order=52),
        MenuItem(_l("学生"), "diners.pupil_list", "users", Permission.READ_PUPILS, GROUP, order=53),
        MenuItem(_l("各校用餐人数"), "diners.oversight", "users", Permission.OVERSEE, GROUP, order=60),
    ],
    pages=PAGES,
    api=[api],
    due=[due],
    search=[search],
    publishes=[SOURCE],
    demo=demo,
)
