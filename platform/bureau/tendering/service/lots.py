"""Lots that end alone, and a lot's way to its award."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _

from bureau.tendering.following import tell
from bureau.tendering.models import Tender, TenderLot
from bureau.tendering.rules.states import RUNNING
from bureau.tendering.service import reading
from bureau.tendering.service.moving import live_lots, locked, move, note
from bureau.tendering.service.notices import body_of, publish_notice
from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import require_version
from kernel.errors import Conflict, Invalid


def fail_lot(actor: Actor, lot: TenderLot, reason: str, article: str = "", *, at: datetime | None = None) -> TenderLot:
    """废标: the lot ends alone, the others go on. `at`: for the clock, the instant it is dated. Whoever fails lots calls `end_if_empty` after the last one (the clock
    does so after the deadline). Failed twice it is failed once."""
    tender = locked(actor, lot.tender_id)
    db.session.refresh(lot)
    if lot.state == "failed":
        return lot
    if lot.state == "cancelled":
        raise Conflict(_("这个标包已取消。"), {"state": lot.state})
    lot.state, lot.fail_reason = "failed", f"{reason}（{article}）" if article else reason
    note(actor, tender, "lot_failed", tender.state, f"{lot.title}：{lot.fail_reason}", at)
    db.session.flush()
    tell("lot_failed", actor, lot)
    return lot


def cancel_lot(actor: Actor, tender_id: UUID, lot_id: UUID, seen_version: int | None, reason: str) -> TenderLot:
    """The need for one lot is gone (Art. 29, for this part). Told in a notice; bidders of it are released."""
    tender = locked(actor, tender_id)
    lot = reading.get_lot(actor, tender.id, lot_id)
    require_version(lot, seen_version)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明原因。")]})
    if lot.state == "awarded":
        # What two officers must undo together is not undone by one who cancels the lot under it.
        raise Conflict(
            _("这个标包已经定标，请先按规定撤销中标，再取消标包。"), {"state": lot.state, "version": lot.version}
        )
    if tender.state not in RUNNING or lot.state != "active":
        raise Conflict(_("这个标包现在不能取消。"), {"state": lot.state, "version": lot.version})
    lot.state, lot.fail_reason = "cancelled", reason
    note(actor, tender, "lot_cancelled", tender.state, f"{lot.title}：{reason}")
    text = _("%(number)s号标包“%(title)s”取消采购。原因：%(reason)s", number=lot.number, title=lot.title, reason=reason)
    publish_notice(
        actor, tender, "termination", _("%(title)s标包取消公告", title=tender.title),
        body_of("termination", tender, [text], lots=[str(lot.id)]),
    )  # fmt: skip
    db.session.flush()
    tell("lot_failed", actor, lot)
    end_if_empty(actor, tender, _("全部标包已取消或废标。"))
    return lot


def end_if_empty(actor: Actor, tender: Tender, reason: str, article: str = "") -> bool:
    """Fail the tender where no lot is left, with its notice."""
    if live_lots(tender) > 0:
        return False
    full = f"{reason}（{article}）" if article else reason
    move(actor, tender, "fail", full)
    tell_failure(actor, tender, full)
    return True


def tell_failure(actor: Actor, tender: Tender, reason: str, at: datetime | None = None) -> None:
    lots = reading.lots_of(actor, tender.id)
    rows = [[str(lot.number), lot.title, lot.fail_reason] for lot in lots]
    publish_notice(
        actor, tender, "failure", _("%(title)s废标公告", title=tender.title),
        body_of(
            "failure", tender, [_("本项目招标失败。原因：%(reason)s", reason=reason)],
            tables=[{"title": _("标包"), "columns": [_("包号"), _("标包"), _("原因")], "rows": rows}],
        ),
        at=at,
    )  # fmt: skip


def award_lot(actor: Actor, lot: TenderLot) -> None:
    """Marks the lot as awarded; who won stands in the award's own records."""
    locked(actor, lot.tender_id)
    db.session.refresh(lot)
    if lot.state != "active":
        raise Conflict(_("这个标包现在不能定标。"), {"state": lot.state, "version": lot.version})
    lot.state = "awarded"
    db.session.flush()


def reopen_lot(actor: Actor, lot: TenderLot) -> None:
    """An award did not hold: the lot is to be decided again."""
    locked(actor, lot.tender_id)
    db.session.refresh(lot)
    if lot.state == "awarded":
        lot.state = "active"
        db.session.flush()
