"""Who hears of a recall or of a suspected incident: the responsible people of each school, the bureau's officers."""

from collections.abc import Sequence

from flask_babel import gettext as _

from bureau.roles import Role
from kernel.actor import Actor
from kernel.identity import holders
from kernel.notices.service import announce, notify
from school.recall.models import Recall, SuspectedIncident
from school.recall.permissions import AT_SCHOOL, MANAGERS

PART = "/recalls/mine/{id}"
INCIDENT = "/recalls/incidents/{school_id}/{id}"


def _tell(actor: Actor, school_ids: Sequence[int], kind: str, title: str, body: str, url: str) -> None:
    for school_id, people in sorted(holders.at_schools(actor.bureau_id, school_ids, AT_SCHOOL).items()):
        notify(actor, people, kind, title, body=body, url=url, school_id=school_id, by_mail=True)


def tell_schools(actor: Actor, recall: Recall, school_ids: Sequence[int]) -> None:
    words = _("（演练）") if recall.is_drill else ""
    title = _("%(words)s紧急召回 %(number)s：立即停用并封存", words=words, number=recall.number)
    lots = "；".join(f"{row['item_name']} {row['batch_no']}" for row in recall.lots)
    body = _("%(lots)s。原因：%(reason)s", lots=lots, reason=recall.reason)
    url = PART.format(id=recall.id)
    _tell(actor, school_ids, "recall", title, body, url)
    announce(actor, title, body, f"/recalls/{recall.id}")


def tell_end(actor: Actor, recall: Recall, school_ids: Sequence[int]) -> None:
    title = (
        _("召回 %(number)s 已解除", number=recall.number)
        if recall.state == "lifted"
        else _("召回 %(number)s 已办结", number=recall.number)
    )
    _tell(actor, school_ids, "recall_over", title, recall.end_reason, PART.format(id=recall.id))


def tell_officers(actor: Actor, incident: SuspectedIncident, school_name: str) -> None:
    title = _("疑似食品安全事件：%(school)s", school=school_name)
    body = _("%(count)s 人不适：%(symptoms)s", count=incident.sick_count, symptoms=incident.symptoms)
    url = INCIDENT.format(school_id=incident.school_id, id=incident.id)
    people = holders.at_bureau(actor.bureau_id, (*MANAGERS, Role.DISCIPLINE_SUPERVISOR))
    notify(actor, people, "incident", title, body=body, url=url, by_mail=True)
    announce(actor, title, body, url)
