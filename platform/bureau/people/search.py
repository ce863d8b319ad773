"""People for the search box."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from bureau.people import service
from bureau.people.permissions import Permission
from bureau.roles import LABELS
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import SearchHit

MOST_HITS = 10


def search(actor: Actor, text: str) -> Sequence[SearchHit]:
    """By part of the name, or the whole user name or mobile number."""
    if not may(Permission.READ):
        return []
    hits = []
    for view in service.list_people(actor, service.PeopleFilters(text=text), limit=MOST_HITS).items:
        held = [f"{LABELS[one.membership.role]} {one.place}".strip() for one in view.current_roles]  # type: ignore[index]
        url = url_for("people.show", person_id=view.person.id)
        hits.append(SearchHit(view.person.display_name, url, _("人员"), "；".join(held)))
    return hits
