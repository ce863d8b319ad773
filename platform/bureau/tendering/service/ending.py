"""Termination, suspension, resumption."""

from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from bureau.tendering.models import Tender
from bureau.tendering.rules import terms
from bureau.tendering.rules.states import DRAFTING
from bureau.tendering.service import figures
from bureau.tendering.service.drafting import head_of
from bureau.tendering.service.moving import locked, move, set_next_check
from bureau.tendering.service.notices import body_of, publish_notice
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import require_version
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.web.dates import shanghai, today
from kernel.workdays import service as workdays
from kernel.workdays.rules import add_workdays

TERMINATION = "《政府采购货物和服务招标投标管理办法》（财政部令第87号）第二十九条"


def terminate(actor: Actor, tender_id: UUID, seen_version: int | None, *, reason: str, is_major_change: bool) -> Tender:
    """Only where a major change has cancelled the need (Art. 29), said so by whoever does it. Bonds and the price of
    documents are to be returned by `refund_by`. Clicked twice it is terminated once."""
    tender = locked(actor, tender_id)
    if tender.state == "terminated" and tender.end_reason == reason:
        return tender
    require_version(tender, seen_version, head_of(tender))
    if tender.state in DRAFTING:
        raise Conflict(_("草稿还没有发布，可以直接放弃。"), head_of(tender))
    if not is_major_change:
        raise RuleBroken(
            "termination_needs_major_change", _("除因重大变故采购任务取消外，不得擅自终止招标。"), TERMINATION
        )
    move(actor, tender, "terminate", reason)
    last = refund_by(tender, today())
    publish_notice(
        actor, tender, "termination", _("%(title)s终止公告", title=tender.title),
        body_of(
            "termination", tender, [_("因重大变故，采购任务取消，本项目终止招标。原因：%(reason)s", reason=reason)],
            [(_("退还投标保证金的最后期限"), last.isoformat())],
        ),
    )  # fmt: skip
    tender.settings = {**tender.settings, "refund_by": last.isoformat()}
    db.session.flush()
    return tender


def refund_by(tender: Tender, since: date) -> date:
    """The last day for giving bonds back, for a term that begins after `since`."""
    days = int(figures.figure(tender, "bond_refund").number)
    return add_workdays(since, days, workdays.calendar(tender.bureau_id)).value


def suspend(actor: Actor, tender_id: UUID, seen_version: int | None, reason: str) -> Tender:
    """Every clock of the tender stands still, e.g. on a complaint."""
    tender = locked(actor, tender_id)
    require_version(tender, seen_version, head_of(tender))
    move(actor, tender, "suspend", reason)
    publish_notice(
        actor, tender, "suspension", _("%(title)s暂停公告", title=tender.title),
        body_of("suspension", tender, [_("本项目暂停。原因：%(reason)s", reason=reason)]),
    )  # fmt: skip
    return tender


def resume(actor: Actor, tender_id: UUID, seen_version: int | None, reason: str) -> Tender:
    """Go on where it stopped: what had not passed yet moves by the days that were lost, and the notice names it."""
    tender = locked(actor, tender_id)
    require_version(tender, seen_version, head_of(tender))
    paused_at, came_from, instant = tender.suspended_at, tender.suspended_from, now()
    if tender.state != "suspended" or paused_at is None:
        raise Conflict(_("项目没有暂停。"), head_of(tender))
    if not reason.strip():
        raise Invalid({"reason": [_("请写明原因。")]})
    facts: list[tuple[str, str]] = []
    if came_from == "bidding":
        calendar = workdays.calendar(tender.bureau_id)
        for name in ("documents_until", "questions_until", "bid_deadline"):
            value = getattr(tender, name)
            if value is not None:
                setattr(tender, name, terms.shifted(value, paused_at, instant, calendar))
        facts = [
            (_("获取文件截止"), shanghai(tender.documents_until)),
            (_("提问截止"), shanghai(tender.questions_until)),
            (_("投标截止和开标时间"), shanghai(tender.bid_deadline, "yyyy-MM-dd HH:mm:ss")),
        ]
        db.session.flush()
    move(actor, tender, "resume", reason, at=instant)
    set_next_check(actor, tender, instant)
    publish_notice(
        actor, tender, "resumption", _("%(title)s恢复公告", title=tender.title),
        body_of("resumption", tender, [_("本项目恢复进行。原因：%(reason)s", reason=reason)], facts),
    )  # fmt: skip
    db.session.flush()
    return tender
