"""What waits: objections at the bureau, a published score with its term to answer at the supplier."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem
from kernel.web.dates import span_of_days, today
from school.supplier_scores.permissions import Permission
from school.supplier_scores.service import objecting, reading

MODULE = "supplier_scores"


def due(actor: Actor) -> Sequence[DueItem]:
    if actor.level == "bureau" and may(Permission.DECIDE):
        count = objecting.count_open(actor)
        if count:
            title = ngettext("有 %(num)s 份评分异议待处理", "有 %(num)s 份评分异议待处理", count)
            return [DueItem(title, url_for("supplier_scores.objections"), MODULE)]
    if actor.level == "supplier" and may(Permission.OBJECT):
        mine = actor.own_supplier_id()
        published = reading.latest_published(actor, mine).get(mine)
        # With nothing against it there is nothing to answer.
        if published and published.publication.answer_until >= today() and published.failed:
            last = published.publication.answer_until
            title = _("履约评分已公布，请核对事实")
            detail = _("有异议请在 %(day)s（含）前提出", day=last.isoformat())
            due_at = span_of_days(last, last)[1]
            return [DueItem(title, url_for("supplier_scores.own"), MODULE, due_at=due_at, detail=detail)]
    return []
