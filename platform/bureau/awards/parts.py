"""What awards show on the tender's page and on the landing page."""

from collections.abc import Sequence

from flask import render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from bureau.awards import labels
from bureau.awards.permissions import Permission
from bureau.awards.service import reading
from bureau.awards.service.terms import procedure_of
from bureau.tendering.following import TenderPart
from bureau.tendering.models import Tender
from bureau.tendering.rules.terms import end_of_day
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem
from kernel.web.dates import today

MODULE = "awards"
SHOWN_FROM = ("award_decision", "award_notice", "challenge_window", "contracting", "complete")


def bureau_part(_actor: Actor, tender: Tender) -> Markup:
    if not may(Permission.READ) or (tender.suspended_from or tender.state) not in SHOWN_FROM:
        return Markup("")
    return Markup(render_template("awards/_part.html", tender=tender, procedure=procedure_of(tender)))  # noqa: S704


def supplier_part(actor: Actor, tender: Tender) -> Markup:
    if not may(Permission.READ_LETTER):
        return Markup("")
    letters = reading.letters_of_tender(actor, tender.id)
    return Markup(render_template("awards/_own_letters.html", letters=letters, labels=labels))  # noqa: S704


PART = TenderPart(bureau=bureau_part, supplier=supplier_part, order=70)


def due(actor: Actor) -> Sequence[DueItem]:
    items: list[DueItem] = []
    if may(Permission.DECIDE):
        for tender, procedure in reading.deciding_tenders(actor):
            last = procedure.decide_by if tender.state == "award_decision" else procedure.publish_by
            words = _("定标：%(title)s") if tender.state == "award_decision" else _("公告中标结果：%(title)s")
            items.append(
                DueItem(
                    title=words % {"title": tender.title},
                    url=url_for("awards.show", tender_id=tender.id),
                    module=MODULE,
                    due_at=end_of_day(last) if last else None,
                    overdue=last is not None and today() > last,
                )
            )
    if may(Permission.CANCEL):
        items += [
            DueItem(
                title=_("确认撤销中标"), url=url_for("awards.show", tender_id=award.tender_id), module=MODULE,
                detail=award.cancel_reason,
            )
            for award in reading.waiting_cancellations(actor)
        ]  # fmt: skip
    if may(Permission.READ_LETTER):
        items += [
            DueItem(
                title=_(
                    "签收%(kind)s：%(title)s", kind=labels.LETTERS[letter.kind], title=letter.body["tender"]["title"]
                ),
                url=url_for("awards.letter", letter_id=letter.id),
                module=MODULE,
            )
            for letter in reading.unread_letters(actor)
        ]
    return items
