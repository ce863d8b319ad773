"""Schools for the search box."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from bureau.schools import labels, service
from bureau.schools.permissions import Permission
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import SearchHit

MOST_HITS = 10


def search(actor: Actor, text: str) -> Sequence[SearchHit]:
    """By part of the name or the code's beginning, within the actor's scope; merged schools too."""
    if not may(Permission.SCHOOLS_LIST):
        return []
    found = service.list_schools(actor, service.SchoolFilters(text=text), limit=MOST_HITS).items
    merged = service.list_schools(actor, service.SchoolFilters(text=text, state="merged"), limit=MOST_HITS).items
    return [
        SearchHit(
            school.name,
            url_for("schools.show", school_id=school.id),
            _("学校"),
            f"{school.code} · {labels.STAGE[school.stage]} · {labels.STATE[school.state]}",
        )
        for school in [*found, *merged][:MOST_HITS]
    ]
