"""Visits by the school's name."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from bureau.inspections import labels
from bureau.inspections.permissions import Permission
from bureau.inspections.service import reading
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import SearchHit


def search(actor: Actor, text: str) -> Sequence[SearchHit]:
    if not may(Permission.READ):
        return ()
    return [
        SearchHit(
            title=school,
            url=url_for("inspections.visit", school_id=visit.school_id, inspection_id=visit.id),
            kind=_("检查"),
            detail=f"{plan} · {labels.STATES[visit.state]}",
        )
        for visit, school, plan in reading.visits_by_school_name(actor, text)
    ]
