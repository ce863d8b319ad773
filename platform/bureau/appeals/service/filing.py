"""The school writes an appeal, adds evidence, sends it, or withdraws it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.appeals import rules
from bureau.appeals.models import Appeal, AppealEvent, AppealEvidence
from bureau.inspections.models import Inspection, InspectionResult
from bureau.inspections.rules import PUBLIC_STATES
from bureau.inspections.service.acknowledging import lock_told_visit, on_behalf_of, window_of
from bureau.inspections.service.results import get_result, released_visit
from bureau.inspections.service.revising import lost_lines
from bureau.inspections.service.visits import move as move_visit
from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.files.models import Attachment
from kernel.files.service import store
from kernel.identity import holders
from kernel.notices.service import notify
from kernel.states import NoTransition

MOST_EVIDENCE = 12
# Who is told of an appeal, by the kind of the inspection; the administrator always.
OFFICER_OF: Mapping[str, Role] = {
    "canteen": Role.CANTEEN_OFFICER,
    "dormitory": Role.SAFETY_OFFICER,
    "safety": Role.SAFETY_OFFICER,
    "logistics": Role.ASSET_OFFICER,
}
DECIDE = "/appeals/schools/{school_id}/{id}"


def own_appeal(actor: Actor, appeal_id: UUID, *, lock: bool = False) -> Appeal:
    query = select(Appeal).where(
        Appeal.bureau_id == actor.bureau_id, Appeal.school_id == actor.own_school_id(), Appeal.id == appeal_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    appeal = db.session.scalar(query)
    if appeal is None:
        raise NotFound(_("没有这份申诉。"))
    return appeal


def save_draft(
    actor: Actor, appeal_id: UUID, seen: int | None, *, inspection_id: UUID, item_code: str, reason: str
) -> Appeal:
    """Begin an appeal under the client's id, or change one that is not sent (`seen`: its version). Nobody but the
    school sees it."""
    existing = db.session.get(Appeal, (actor.bureau_id, actor.own_school_id(), appeal_id))
    if existing is not None:
        if (existing.inspection_id, existing.item_code) != (inspection_id, item_code):
            raise Conflict(_("这个编号已用于另一份申诉。"))
        if seen is None and existing.reason == reason:
            return existing
        _require_draft(existing)
        require_version(existing, seen, {"version": existing.version, "reason": existing.reason})
        existing.reason = reason
        flush(db.session())
        return existing
    visit = released_visit(actor, inspection_id)
    result = get_result(actor, visit.school_id, inspection_id)
    require_open_window(actor, visit, result)
    line = lost_lines(result.account).get(item_code)
    if line is None:
        raise Invalid({"item_code": [_("只能对失分的项目提出申诉。")]})
    appeal = Appeal(
        bureau_id=visit.bureau_id, school_id=visit.school_id, id=appeal_id, inspection_id=visit.id,
        plan_id=visit.plan_id, item_code=item_code, item_no=line.get("no", ""), item_text=line["text"],
        lost=Decimal(line.get("lost") or 0), reason=reason, created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(appeal)
    flush(
        db.session(),
        {
            "uq_appeals_item": Invalid({"item_code": [_("这一项已有申诉，每项只能申诉一次。")]}),
            "pk_appeals": Conflict(_("这个编号已用于另一份申诉。")),
        },
    )
    return appeal


def require_open_window(actor: Actor, visit: Inspection, result: InspectionResult) -> None:
    window = window_of(actor, result)
    if window == "acknowledged":
        raise RuleBroken("appeal_acknowledged", _("本校已确认这份结果，不能再申诉。"))
    if window == "expired" or result.appeal_until is None:
        day = result.appeal_until.isoformat() if result.appeal_until else "—"
        raise RuleBroken("appeal_expired", _("申诉期限为 %(day)s，已过；逾期未申诉视为认可结果。", day=day))
    if visit.state in PUBLIC_STATES:
        raise RuleBroken("appeal_published", _("结果已公布，不能再申诉。"))


def _require_draft(appeal: Appeal) -> None:
    if appeal.state != "draft":
        raise RuleBroken("appeal_state", _("申诉已经提交，不能再修改。"))


def add_evidence(
    actor: Actor, appeal_id: UUID, evidence_id: UUID, data: bytes, name: str, *, taken_at: datetime | None = None
) -> AppealEvidence:
    """A photo or a document. The same id with the same content is the same evidence."""
    appeal = own_appeal(actor, appeal_id, lock=True)
    attachment = store(
        actor, data, name=name, purpose="appeal_evidence", attachment_id=evidence_id, taken_at=taken_at,
        field="evidence",
    )  # fmt: skip
    existing = db.session.get(AppealEvidence, (appeal.bureau_id, appeal.school_id, evidence_id))
    if existing is not None:
        if existing.appeal_id == appeal.id:
            return existing
        raise Conflict(_("这个编号已用于另一个文件。"))
    _require_draft(appeal)
    held = db.session.scalar(
        select(func.count())
        .select_from(AppealEvidence)
        .where(
            AppealEvidence.bureau_id == appeal.bureau_id,
            AppealEvidence.school_id == appeal.school_id,
            AppealEvidence.appeal_id == appeal.id,
        )
    )
    if (held or 0) >= MOST_EVIDENCE:
        raise Invalid({"evidence": [_("每份申诉最多 %(most)s 个附件。", most=MOST_EVIDENCE)]})
    evidence = AppealEvidence(
        bureau_id=appeal.bureau_id, school_id=appeal.school_id, id=evidence_id, appeal_id=appeal.id,
        attachment_id=attachment.id, added_by=actor.account_id,
    )  # fmt: skip
    db.session.add(evidence)
    flush(db.session())
    return evidence


def remove_evidence(actor: Actor, appeal_id: UUID, evidence_id: UUID) -> None:
    appeal = own_appeal(actor, appeal_id, lock=True)
    _require_draft(appeal)
    evidence = db.session.get(AppealEvidence, (actor.bureau_id, actor.own_school_id(), evidence_id))
    if evidence is None or evidence.appeal_id != appeal.id:
        raise NotFound(_("没有这个附件。"))
    db.session.delete(evidence)
    flush(db.session())


def send(actor: Actor, appeal_id: UUID, seen: int | None, *, at: datetime | None = None) -> Appeal:
    """Hand it in: the bureau sees it, and nothing of the visit is published until it is decided. Sent twice it is
    sent once."""
    appeal = own_appeal(actor, appeal_id)
    if appeal.state == "sent":
        return appeal
    with on_behalf_of(actor):
        visit = lock_told_visit(actor, appeal.school_id, appeal.inspection_id)
    appeal = own_appeal(actor, appeal_id, lock=True)
    require_version(appeal, seen)
    result = get_result(actor, appeal.school_id, appeal.inspection_id)
    require_open_window(actor, visit, result)
    appeal.sent_at, appeal.sent_by = at or now(), actor.account_id
    move(actor, appeal, "send", at=appeal.sent_at)
    flush(db.session())
    with on_behalf_of(actor):
        if visit.state == "released":
            move_visit(actor, visit, "appeal", appeal.item_no or appeal.item_code, at=appeal.sent_at)
        people = _officers(actor, visit.kind)
        notify(
            actor, people, "appeal_sent", _("收到学校申诉：%(item)s", item=appeal.item_text[:40]),
            url=DECIDE.format(school_id=appeal.school_id, id=appeal.id), school_id=appeal.school_id,
        )  # fmt: skip
    return appeal


def withdraw(actor: Actor, appeal_id: UUID, seen: int | None, reason: str = "") -> Appeal:
    """Taken back before it is decided; another one on the same item may follow in time."""
    appeal = own_appeal(actor, appeal_id)
    with on_behalf_of(actor):
        visit = lock_told_visit(actor, appeal.school_id, appeal.inspection_id)
    appeal = own_appeal(actor, appeal_id, lock=True)
    require_version(appeal, seen)
    move(actor, appeal, "withdraw", reason)
    flush(db.session())
    with on_behalf_of(actor):
        settle(actor, visit)
    return appeal


def settle(actor: Actor, visit: Inspection) -> None:
    """Back to "told" once no appeal of the visit is open. In the bureau's scope, with the visit's row locked."""
    still_open = db.session.scalar(
        select(func.count())
        .select_from(Appeal)
        .where(
            Appeal.bureau_id == visit.bureau_id, Appeal.school_id == visit.school_id, Appeal.inspection_id == visit.id,
            Appeal.state == "sent",
        )
    )  # fmt: skip
    if not still_open and visit.state == "appealed":
        move_visit(actor, visit, "settle")
        flush(db.session())


def move(actor: Actor, appeal: Appeal, event: str, reason: str = "", *, at: datetime | None = None) -> None:
    """Carry out a transition and leave its row."""
    try:
        state = rules.next_state(appeal.state, event)
    except NoTransition as error:
        raise RuleBroken("appeal_state", _("申诉当前状态下不能进行此操作。")) from error
    before, appeal.state = appeal.state, state
    db.session.add(
        AppealEvent(
            bureau_id=appeal.bureau_id, school_id=appeal.school_id, appeal_id=appeal.id, event=event,
            from_state=before, to_state=state, reason=reason, at=at or now(), by=actor.account_id,
            by_name=actor.display_name,
        )
    )  # fmt: skip


def _officers(actor: Actor, kind: str) -> list[UUID]:
    wanted = [Role.BUREAU_ADMIN, *([OFFICER_OF[kind]] if kind in OFFICER_OF else [])]
    return holders.at_bureau(actor.bureau_id, wanted)


def evidence_of(actor: Actor, appeal: Appeal) -> list[tuple[AppealEvidence, Attachment]]:
    query = (
        select(AppealEvidence, Attachment)
        .join(
            Attachment,
            (Attachment.bureau_id == AppealEvidence.bureau_id) & (Attachment.id == AppealEvidence.attachment_id),
        )
        .where(
            AppealEvidence.bureau_id == actor.bureau_id,
            AppealEvidence.school_id == appeal.school_id,
            AppealEvidence.appeal_id == appeal.id,
        )
        .order_by(AppealEvidence.id)
    )
    return [(evidence, attachment) for evidence, attachment in db.session.execute(query)]


def appealable(actor: Actor, result: InspectionResult) -> dict[str, Any]:
    """For the result's page: {window, until, appeals: {item key: Appeal}}; withdrawn ones give way to newer ones."""
    found: dict[str, Appeal] = {}
    for appeal in db.session.scalars(
        select(Appeal)
        .where(
            Appeal.bureau_id == actor.bureau_id, Appeal.school_id == result.school_id, Appeal.inspection_id == result.id
        )
        .order_by(Appeal.id)
    ):
        if appeal.state != "withdrawn" or appeal.item_code not in found:
            found[appeal.item_code] = appeal
    return {"window": window_of(actor, result), "until": result.appeal_until, "appeals": found}
