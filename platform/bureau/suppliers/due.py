"""What waits at the bureau and at the company."""

from collections.abc import Sequence
from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _

from bureau.suppliers import labels
from bureau.suppliers.permissions import Permission
from bureau.suppliers.service import own, people, reading, standing
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem
from kernel.web.dates import span_of_days, today

SOON = timedelta(days=30)


def due(actor: Actor) -> Sequence[DueItem]:
    if may(Permission.REVIEW):
        return _at_bureau(actor)
    return _at_company(actor) if may(Permission.READ_COMPANY) else ()


def _at_bureau(actor: Actor) -> list[DueItem]:
    items = [
        DueItem(
            _("供应商待审核：%(name)s", name=supplier.name), url_for("suppliers.show", supplier_id=supplier.id),
            "suppliers", detail=str(labels.STATES[supplier.state]),
        )
        for supplier in reading.waiting_for_bureau(actor)
    ]  # fmt: skip
    asked = [one for one in people.open_requests(actor) if one.state == "asked"]
    if asked:
        title = _("%(count)s 人申请代表供应商办事，待确认", count=len(asked))
        items.append(DueItem(title, url_for("suppliers.requests"), "suppliers"))
    return items


def _at_company(actor: Actor) -> list[DueItem]:
    company = own.my_company(actor)
    home = url_for("company.home")
    items = []
    if company.state in ("draft", "returned"):
        items.append(DueItem(_("补齐登记资料并提交"), home, "suppliers", detail=str(labels.STATES[company.state])))
    day = today()
    for licence in own.licences_of(actor, company.id):
        if licence.state == "returned":
            kind = str(labels.LICENCES[licence.kind])
            items.append(DueItem(_("证照被退回：%(licence)s", licence=kind), home, "suppliers", detail=licence.reason))
    ends = standing.standing_of(actor, company.id).next_expiry
    if ends is not None and ends <= day + SOON:
        due_at = span_of_days(ends, ends)[1]
        items.append(DueItem(_("有证照即将到期，请提交新证"), home, "suppliers", due_at=due_at))
    for one in people.open_requests(actor):
        if one.state == "asked":
            title = _("%(name)s 申请代表本企业办事，待确认", name=one.person_name)
            items.append(DueItem(title, url_for("company.colleagues"), "suppliers"))
    return items
