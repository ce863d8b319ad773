"""What the evaluation does when a tender moves or its clock looks at it."""

from collections.abc import Sequence
from datetime import datetime

from flask import render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from bureau.evaluation import labels
from bureau.evaluation.models import AbnormalReview, PriceCorrection
from bureau.evaluation.permissions import Permission
from bureau.evaluation.service import (
    answering,
    conformity,
    facts,
    members,
    pricing,
    re_evaluating,
    reporting,
    scoring,
    viewing,
)
from bureau.evaluation.service.committee import disclose
from bureau.tendering import labels as tendering_labels
from bureau.tendering.following import TenderFollower, TenderPart
from bureau.tendering.models import Tender
from kernel.access.edge import may
from kernel.actor import Actor, system_actor
from kernel.database import db, now
from kernel.module import DueItem

MODULE = "evaluation"


def due(_actor: Actor, tender: Tender, at: datetime) -> datetime | None:
    """Deadlines of corrections, explanations and signatures."""
    system = system_actor(tender.bureau_id)
    if tender.state == "evaluation":
        committee = facts.find_committee(system, tender.id)
        if committee is not None and committee.state == "scoring":
            scoring.resume(system, tender.id)
        if committee is None or committee.state != "declared" or not conformity.is_closed(tender):
            return None
        pricing.advance(system, tender, at)
        return pricing.next_deadline(tender)
    if tender.state == "report":
        report = reporting.standing(tender)
        if report is None or report.state != "signing":
            return None
        if report.sign_until <= at:
            reporting.finish(system, tender, facts.committee_of(system, tender.id, lock=True), report, at)
            return None
        return report.sign_until
    return None


def moved(_actor: Actor, tender: Tender, event: str) -> None:
    system = system_actor(tender.bureau_id)
    if event == "announce":
        disclose(system, tender.id)
    elif event == "re_evaluate":
        row = facts.re_evaluation_of(tender)
        reporting.reopen(system, tender, str(labels.RESCORING_REASONS[row.reason_code]) if row else "")
    elif event == "deliver_report":
        re_evaluating.finish(system, tender)
    elif event in ("terminate", "fail"):
        re_evaluating.end(system, tender, str(tendering_labels.EVENTS[event]))


def resumed(_actor: Actor, tender: Tender, suspended_at: datetime, resumed_at: datetime) -> None:
    """A suspension stops the clocks: what was left of each deadline is left after it."""
    pause = resumed_at - suspended_at
    asked: list[PriceCorrection | AbnormalReview] = [
        *pricing.corrections_of(tender).values(),
        *pricing.abnormal_of(tender).values(),
    ]
    for row in asked:
        if row.state == "asked" and row.deadline > suspended_at:
            row.deadline += pause
    report = reporting.standing(tender)
    if report is not None and report.state == "signing" and report.sign_until > suspended_at:
        report.sign_until += pause
    db.session.flush()


FOLLOWER = TenderFollower(due=due, moved=moved, resumed=resumed)


def tender_part(actor: Actor, tender: Tender) -> Markup:
    """On the bureau's page of an opened tender: how far the evaluation is, and the way there."""
    if not may(Permission.READ) or not viewing.sees_bids(actor, tender):
        return Markup("")
    return Markup(  # noqa: S704 - the template escapes
        render_template(
            "evaluation/_tender.html", tender=tender, committee=facts.find_committee(actor, tender.id), labels=labels
        )
    )


PART = TenderPart(bureau=tender_part, order=60)


def due_items(actor: Actor) -> Sequence[DueItem]:
    if actor.level == "supplier":
        return _answers(actor) if may(Permission.READ_ANSWERS) else []
    items: list[DueItem] = []
    if actor.level == "bureau" and may(Permission.READ_SEAT):
        items += _seats(actor)
    if actor.level == "bureau" and may(Permission.QUALIFY):
        items += _officer(actor)
    if actor.level == "bureau" and may(Permission.RE_EVALUATE):
        items += _re_evaluations(actor)
    return items


def _re_evaluations(actor: Actor) -> list[DueItem]:
    return [
        DueItem(
            title=_("确认重新评审：%(title)s", title=tender.title) if row.state == "asked"
            else _("书面报告财政部门：%(title)s", title=tender.title),
            url=url_for("evaluation.re_evaluation", judged_tender_id=tender.id), module=MODULE,
            detail=labels.RESCORING_REASONS[row.reason_code],
        )
        for row, tender in re_evaluating.waiting(actor)
    ]  # fmt: skip


def _answers(actor: Actor) -> list[DueItem]:
    at = now()
    items = [
        DueItem(
            title=_("确认报价修正"), url=url_for("evaluation.correction", correction_id=row.id), module=MODULE,
            due_at=row.deadline, detail=_("逾期未确认的投标无效"),
        )
        for row in answering.own_corrections(actor)
        if row.state == "asked" and row.deadline > at
    ]  # fmt: skip
    items += [
        DueItem(
            title=_("说明报价"), url=url_for("evaluation.explanation", explanation_id=row.id), module=MODULE,
            due_at=row.deadline, detail=_("不能合理说明的投标无效"),
        )
        for row in answering.own_explanations(actor)
        if row.state == "asked" and row.deadline > at
    ]  # fmt: skip
    return items


def _seats(actor: Actor) -> list[DueItem]:
    found = []
    for seat in members.own_seats(actor):
        if seat.state == "recused":
            continue
        tender = facts.get_tender(actor, seat.tender_id)
        if tender.state not in ("evaluation", "report"):
            continue
        step = members.next_step(actor, tender, seat)
        if step:
            found.append(
                DueItem(
                    title=_("评标：%(title)s", title=tender.title), detail=step, module=MODULE,
                    url=url_for("evaluation.seat", judged_tender_id=tender.id),
                )
            )  # fmt: skip
    return found


def _officer(actor: Actor) -> list[DueItem]:
    rows = db.session.scalars(
        select(Tender).where(
            Tender.bureau_id == actor.bureau_id, Tender.state.in_(("qualification_review", "evaluation"))
        )
    )
    found = []
    for tender in rows:
        if tender.state == "qualification_review":
            title, url = _("资格审查：%(title)s", title=tender.title), "evaluation.review"
        else:
            committee = facts.find_committee(actor, tender.id)
            if committee is not None and committee.state != "committed":
                continue
            title, url = _("组建评标委员会：%(title)s", title=tender.title), "evaluation.committee_page"
        found.append(DueItem(title=title, url=url_for(url, judged_tender_id=tender.id), module=MODULE))
    return found
