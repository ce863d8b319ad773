"""Warnings, suspensions and removals, and the company's appeal against them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.suppliers import labels
from bureau.suppliers.models import SupplierAppeal, SupplierMeasure
from bureau.suppliers.service import standing
from bureau.suppliers.service.events import move, note
from bureau.suppliers.service.finding import get_supplier
from bureau.suppliers.service.own import SCANS, my_company
from bureau.suppliers.service.telling import tell_company, tell_officers
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.files import service as files
from kernel.web.dates import today

Upload = tuple[str, bytes]  # file name, bytes


def measures_of(actor: Actor, supplier_id: UUID) -> Sequence[SupplierMeasure]:
    """Newest first. A company does not see what is only proposed."""
    query = select(SupplierMeasure).where(
        SupplierMeasure.bureau_id == actor.bureau_id, SupplierMeasure.supplier_id == supplier_id
    )
    if actor.level == "supplier":
        query = query.where(SupplierMeasure.state.not_in(("proposed", "dropped")))
    return db.session.scalars(query.order_by(SupplierMeasure.id.desc())).all()


def get_measure(actor: Actor, supplier_id: UUID, measure_id: UUID, *, for_update: bool = False) -> SupplierMeasure:
    query = select(SupplierMeasure).where(
        SupplierMeasure.bureau_id == actor.bureau_id, SupplierMeasure.supplier_id == supplier_id,
        SupplierMeasure.id == measure_id,
    )  # fmt: skip
    if actor.level == "supplier":
        query = query.where(SupplierMeasure.state.not_in(("proposed", "dropped")))
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    measure = db.session.scalar(query)
    if measure is None:
        raise NotFound(_("没有这项措施。"))
    return measure


def impose(
    actor: Actor,
    supplier_id: UUID,
    measure_id: UUID,
    *,
    kind: str,
    reason: str,
    basis: str = "",
    category_id: UUID | None = None,
    from_day: date | None = None,
    until_day: date | None = None,
    evidence: Upload | None = None,
) -> SupplierMeasure:
    """A removal is only proposed: a second person confirms it. Sent twice with the same content it is one measure.
    Raises Invalid, Conflict, RuleBroken."""
    supplier = get_supplier(actor, supplier_id, for_update=True)
    first = from_day or today()
    if kind != "suspension":
        category_id = until_day = None
    content = (supplier_id, kind, reason, category_id, until_day)
    existing = db.session.get(SupplierMeasure, (actor.bureau_id, measure_id))
    if existing is not None:
        stored = (existing.supplier_id, existing.kind, existing.reason, existing.category_id, existing.until_day)
        if stored == content:
            return existing
        raise Conflict(_("编号重复，请刷新后重试。"))
    if supplier.state != "active":
        raise RuleBroken("not_active", _("只能对已登记的供应商采取措施。"))
    if first < today():
        raise Invalid({"from_day": [_("不能从过去的日期开始。")]})
    if until_day is not None and until_day < first:
        raise Invalid({"until_day": [_("截止日期不能早于开始日期。")]})
    if category_id is not None and category_id not in standing.category_names(actor):
        raise Invalid({"category_id": [_("请从列出的选项中选择。")]})
    stored_file = _store(actor, supplier_id, evidence)
    measure = SupplierMeasure(
        bureau_id=actor.bureau_id, id=measure_id, supplier_id=supplier_id, kind=kind, category_id=category_id,
        reason=reason, basis=basis, from_day=first, until_day=until_day, evidence_id=stored_file,
        state="proposed" if kind == "removal" else "in_force", created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(measure)
    flush(db.session(), {"pk_supplier_measures": Conflict(_("编号重复，请刷新后重试。"))})
    event = "propose" if kind == "removal" else "impose"
    note(actor, supplier_id, "measure", measure.id, event, ("", measure.state), f"{labels.MEASURES[kind]}：{reason}")
    if kind == "removal":
        title = _("清退待第二人确认：%(name)s", name=supplier.name)
        tell_officers(actor, supplier_id, "supplier_measure", title, reason)
    else:
        _tell(actor, measure)
    return measure


def _store(actor: Actor, supplier_id: UUID, upload: Upload | None) -> UUID | None:
    """Evidence belongs to the company's file, so that the company can see what is held against it."""
    if upload is None:
        return None
    name, data = upload
    return files.store(
        actor, data, name=name, purpose="supplier_evidence", supplier_id=supplier_id, accepted=SCANS, field="evidence"
    ).id


def _tell(actor: Actor, measure: SupplierMeasure) -> None:
    title = _("教育局对贵单位作出处理：%(measure)s", measure=labels.MEASURES[measure.kind])
    url = f"/company/measures/{measure.id}"
    body = measure.reason + (f"（{measure.basis}）" if measure.basis else "")
    tell_company(actor, measure.supplier_id, "supplier_measure", title, body, url)


def confirm_removal(actor: Actor, supplier_id: UUID, measure_id: UUID, version: int | None) -> SupplierMeasure:
    """By somebody else than who proposed it. Raises Denied, Conflict, RuleBroken."""
    supplier = get_supplier(actor, supplier_id, for_update=True)
    measure = get_measure(actor, supplier_id, measure_id, for_update=True)
    if measure.state == "in_force" and measure.kind == "removal":
        return measure
    require_version(measure, version)
    if measure.created_by == actor.account_id:
        raise Denied("bureau:supplier:measure", _("清退须由提出人以外的第二人确认。"))
    move(actor, "measure", measure, "confirm", measure.reason)
    measure.confirmed_at, measure.confirmed_by = now(), actor.account_id
    measure.from_day = today()
    move(actor, "registration", supplier, "remove", measure.reason)
    supplier.state_reason = measure.reason
    flush(db.session())
    _tell(actor, measure)
    return measure


def drop(actor: Actor, supplier_id: UUID, measure_id: UUID, version: int | None, reason: str) -> SupplierMeasure:
    """A removal that is not taken after all."""
    return _end(actor, supplier_id, measure_id, version, "drop", reason)


def lift(actor: Actor, supplier_id: UUID, measure_id: UUID, version: int | None, reason: str) -> SupplierMeasure:
    """A warning or suspension ended before its time. A removal ends by an appeal that is upheld, else never."""
    measure = get_measure(actor, supplier_id, measure_id)
    if measure.kind == "removal":
        raise RuleBroken("removal_stays", _("清退只能因申诉成立而撤销。"))
    return _end(actor, supplier_id, measure_id, version, "lift", reason)


def _end(
    actor: Actor, supplier_id: UUID, measure_id: UUID, version: int | None, event: str, reason: str
) -> SupplierMeasure:
    measure = get_measure(actor, supplier_id, measure_id, for_update=True)
    require_version(measure, version)
    if not reason:
        raise Invalid({"reason": [_("请写明理由。")]})
    _finish(actor, measure, event, reason)
    flush(db.session())
    if event == "lift":
        title = _("处理已解除：%(measure)s", measure=labels.MEASURES[measure.kind])
        tell_company(actor, supplier_id, "supplier_measure", title, reason, f"/company/measures/{measure.id}")
    return measure


def _finish(actor: Actor, measure: SupplierMeasure, event: str, reason: str) -> None:
    move(actor, "measure", measure, event, reason)
    measure.ended_at, measure.ended_by, measure.end_reason = now(), actor.account_id, reason


def appeals_of(actor: Actor, supplier_id: UUID) -> Sequence[SupplierAppeal]:
    query = select(SupplierAppeal).where(
        SupplierAppeal.bureau_id == actor.bureau_id, SupplierAppeal.supplier_id == supplier_id
    )
    return db.session.scalars(query.order_by(SupplierAppeal.id.desc())).all()


def appeal(
    actor: Actor, measure_id: UUID, appeal_id: UUID, *, statement: str, evidence: Upload | None = None
) -> SupplierAppeal:
    """One for each measure in force. Sent twice with the same content it is one appeal. Raises Conflict, RuleBroken."""
    company = my_company(actor)
    measure = get_measure(actor, company.id, measure_id)
    existing = db.session.get(SupplierAppeal, (actor.bureau_id, appeal_id))
    if existing is not None:
        if (existing.measure_id, existing.statement) == (measure_id, statement):
            return existing
        raise Conflict(_("编号重复，请刷新后重试。"))
    if measure.state != "in_force":
        raise RuleBroken("not_in_force", _("这项措施已不再生效，无需申诉。"))
    once = RuleBroken("appealed_already", _("对这项措施已经提出过申诉。"))
    if any(one.measure_id == measure.id and one.state != "withdrawn" for one in appeals_of(actor, company.id)):
        raise once
    row = SupplierAppeal(
        bureau_id=actor.bureau_id, id=appeal_id, supplier_id=company.id, measure_id=measure.id, statement=statement,
        evidence_id=_store(actor, company.id, evidence), created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(row)
    repeated = Conflict(_("编号重复，请刷新后重试。"))
    flush(db.session(), {"uq_supplier_appeals_once": once, "pk_supplier_appeals": repeated})
    note(actor, company.id, "appeal", row.id, "file", ("", "open"))
    tell_officers(actor, company.id, "supplier_appeal", _("供应商申诉待复核：%(name)s", name=company.name))
    return row


def withdraw_appeal(actor: Actor, appeal_id: UUID, version: int | None) -> SupplierAppeal:
    row = _appeal(actor, actor.own_supplier_id(), appeal_id)
    require_version(row, version)
    move(actor, "appeal", row, "withdraw")
    db.session.flush()
    return row


def _appeal(actor: Actor, supplier_id: UUID, appeal_id: UUID) -> SupplierAppeal:
    query = select(SupplierAppeal).where(
        SupplierAppeal.bureau_id == actor.bureau_id, SupplierAppeal.supplier_id == supplier_id,
        SupplierAppeal.id == appeal_id,
    )  # fmt: skip
    row = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound(_("没有这份申诉。"))
    return row


def decide_appeal(
    actor: Actor, supplier_id: UUID, appeal_id: UUID, version: int | None, *, event: str, decision: str
) -> SupplierAppeal:
    """`event`: uphold (the measure ends), reject. Raises Denied for whoever imposed or confirmed the measure."""
    supplier = get_supplier(actor, supplier_id, for_update=True)
    row = _appeal(actor, supplier_id, appeal_id)
    measure = get_measure(actor, supplier_id, row.measure_id, for_update=True)
    require_version(row, version)
    if actor.account_id in (measure.created_by, measure.confirmed_by):
        raise Denied("bureau:supplier:appeal", _("申诉须由作出和确认该措施以外的人员复核。"))
    move(actor, "appeal", row, event, decision)
    row.decision, row.decided_at, row.decided_by = decision, now(), actor.account_id
    if event == "uphold" and measure.state == "in_force":
        _finish(actor, measure, "lift", decision)
        if measure.kind == "removal":
            move(actor, "registration", supplier, "restore", decision)
            supplier.state_reason = ""
    flush(db.session())
    title = _("申诉结果：%(state)s", state=labels.APPEAL_STATES[row.state])
    tell_company(actor, supplier_id, "supplier_appeal", title, decision, f"/company/measures/{measure.id}")
    return row
