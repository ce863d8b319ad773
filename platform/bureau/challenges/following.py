"""What challenges say before a contract is signed, on a tender's page, and on the landing page."""

from collections.abc import Sequence

from flask import render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from bureau.agreements.guards import SigningGuard, SigningWarning
from bureau.agreements.models import Agreement
from bureau.awards.models import AwardProcedure
from bureau.challenges import labels
from bureau.challenges.permissions import Permission
from bureau.challenges.service import filing, reading
from bureau.tendering.following import TenderPart
from bureau.tendering.models import Tender
from bureau.tendering.rules.terms import end_of_day
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.database import db
from kernel.module import DueItem
from kernel.web.dates import today

MODULE = "challenges"
SUSPEND = "《政府采购质疑和投诉办法》（财政部令第94号）第十五条、第二十八条"
WINDOW = "《政府采购法》第五十二条"


def warnings(actor: Actor, agreement: Agreement) -> Sequence[SigningWarning]:
    """An accepted challenge that may change the result, or a suspension, stops a signature; an open window only warns."""
    if agreement.tender_id is None:
        return []
    found = []
    for challenge in reading.open_challenges(actor, agreement.tender_id):
        found.append(
            SigningWarning(
                "challenge_open",
                _("质疑 %(number)s 尚未办结。", number=challenge.number),
                SUSPEND,
                blocks=challenge.may_affect_result,
            )
        )
    for complaint in reading.open_complaints(actor, agreement.tender_id):
        suspended = complaint.suspended_until is not None and complaint.suspended_until >= today()
        words = _("财政部门要求暂停采购活动。") if suspended else _("有投诉正在处理。")
        found.append(SigningWarning("complaint_open", words, SUSPEND, blocks=suspended))
    procedure = db.session.get(AwardProcedure, (actor.bureau_id, agreement.tender_id))
    if procedure is not None and procedure.challenge_until is not None and today() <= procedure.challenge_until:
        words = _("质疑期到 %(day)s 才结束。", day=procedure.challenge_until.isoformat())
        found.append(SigningWarning("challenge_window", words, WINDOW))
    return found


GUARD = SigningGuard(warnings=warnings)


def bureau_part(actor: Actor, tender: Tender) -> Markup:
    if not may(Permission.READ) or not tender.is_public:
        return Markup("")
    page = reading.district_challenges(actor, None, 50, tender_id=tender.id)
    return Markup(render_template("challenges/_part.html", tender=tender, rows=page.items, labels=labels))  # noqa: S704


def supplier_part(actor: Actor, tender: Tender) -> Markup:
    if not may(Permission.FILE):
        return Markup("")
    windows = filing.windows(actor, tender)
    return Markup(  # noqa: S704 - the template escapes
        render_template("challenges/_own_part.html", tender=tender, windows=windows, labels=labels)
    )


PART = TenderPart(bureau=bureau_part, supplier=supplier_part, order=90)


def due(actor: Actor) -> Sequence[DueItem]:
    items: list[DueItem] = []
    if may(Permission.HANDLE):
        items += [
            DueItem(
                title=_("答复%(kind)s %(number)s", kind=labels.KINDS[one.kind], number=one.number),
                url=url_for("challenges.handling_page", challenge_id=one.id),
                module=MODULE,
                due_at=end_of_day(one.answer_by),
                overdue=today() > one.answer_by,
            )
            for one in reading.open_challenges(actor)
        ]
        items += [
            DueItem(
                title=_("向财政部门提交投诉的书面说明"),
                url=url_for("challenges.handling_page", challenge_id=one.challenge_id),
                module=MODULE,
                due_at=end_of_day(one.reply_by),
                overdue=today() > one.reply_by,
            )
            for one in reading.open_complaints(actor)
            if one.reply_by is not None and one.replied_on is None
        ]
    if may(Permission.FILE):
        items += [
            DueItem(
                title=_("补正质疑 %(number)s", number=one.number),
                url=url_for("challenges.show", challenge_id=one.id),
                module=MODULE,
                due_at=end_of_day(one.correct_by) if one.correct_by else None,
                detail=one.state_reason,
            )
            for one in reading.to_correct(actor)
        ]
    return items
