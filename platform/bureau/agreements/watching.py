"""What waits for whom, on the landing page."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from flask import url_for
from flask_babel import gettext as _

from bureau.agreements.labels import CHANGE_KINDS
from bureau.agreements.models import Agreement
from bureau.agreements.permissions import Permission
from bureau.agreements.service import competing, from_awards, reading
from bureau.agreements.stage_rules import state_at
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.database import now
from kernel.module import DueItem
from kernel.web.dates import SHANGHAI, today

MODULE = "agreements"


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def _item(title: str, agreement: Agreement, due: date | None, detail: str = "") -> DueItem:
    return DueItem(
        title=title, url=url_for("agreements.show", agreement_id=agreement.id), module=MODULE, due_at=_end_of(due),
        detail=detail or f"{agreement.number} {agreement.supplier_name}", overdue=due is not None and due < today(),
    )  # fmt: skip


def due(actor: Actor) -> Sequence[DueItem]:
    items: list[DueItem] = []
    if may(Permission.MANAGE):
        items += _of_the_bureau(actor)
    if may(Permission.ANSWER):
        items += [
            DueItem(
                title=_("报价邀请：%(title)s", title=one.title),
                url=url_for("agreements.own_competition", competition_id=one.id), module=MODULE, due_at=one.deadline,
            )
            for one in competing.list_competitions(actor)
            if state_at(one.state, one.deadline, now()) == "open" and not competing.own_answers(actor, one.id)
        ]  # fmt: skip
        items += [
            DueItem(
                title=_("签字盖章并上传协议：%(title)s", title=one.title),
                url=url_for("agreements.own_one", agreement_id=one.id), module=MODULE, due_at=_end_of(one.sign_by),
                detail=one.number, overdue=one.sign_by is not None and one.sign_by < today(),
            )
            for one in reading.unsigned_by(actor, actor.own_supplier_id())
        ]  # fmt: skip
    return items


def _of_the_bureau(actor: Actor) -> list[DueItem]:
    found = reading.waiting(actor)
    items = [
        DueItem(
            title=_("生成协议：%(title)s", title=tender.title), url=url_for("agreements.index"), module=MODULE,
            detail=tender.number,
        )
        for tender in from_awards.tenders_to_sign(actor)
    ]  # fmt: skip
    items += [_item(_("签订协议：%(title)s", title=one.title), one, one.sign_by) for one in found.to_sign]
    items += [_item(_("公告合同：%(title)s", title=one.title), one, one.publish_by) for one in found.to_publish]
    items += [_item(_("合同副本报备：%(title)s", title=one.title), one, one.file_by) for one in found.to_file]
    items += [
        _item(
            _("协议将到期：%(title)s", title=one.title), one, None, _("%(day)s 到期，届时不能再下单", day=one.last_day)
        )
        for one in found.ending
    ]
    for change, agreement in found.changes:
        kind = CHANGE_KINDS[change.kind]
        title = (
            _("确认紧急暂停：%(number)s", number=agreement.number)
            if change.is_urgent
            else _("批准变更：%(kind)s", kind=kind)
        )
        items.append(_item(title, agreement, None, f"{agreement.number} {change.reason[:60]}"))
    return items
