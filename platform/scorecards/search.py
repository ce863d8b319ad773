"""Forms for the search box."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import SearchHit
from scorecards import labels, service
from scorecards.permissions import Permission

MOST_HITS = 8


def search(actor: Actor, text: str) -> Sequence[SearchHit]:
    """By part of the title."""
    if not may(Permission.READ):
        return []
    return [
        SearchHit(
            listed.template.title,
            url_for("forms.show", template_id=listed.template.id),
            _("评分表"),
            f"{labels.KINDS[listed.template.kind]} · {labels.TEMPLATE_STATES[listed.template.state]}",
        )
        for listed in service.list_templates(actor, q=text, limit=MOST_HITS).items
    ]
