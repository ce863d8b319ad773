"""领用: who may ask for what and on which days, who approves, what is given out and what comes back for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import insert, select

from bureau.agreements.labels import quantity_text
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.writing import flush, require_version
from kernel.digests import digest
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.numbering.service import next_number
from kernel.web.dates import today
from school.stores.labels import weekdays_text
from school.stores.models import StoreGood
from school.stores.permissions import Permission
from school.stores.rules import DocumentKind, GoodKind, LocationKind
from school.stores.service import confirming
from school.stores.service.goods import own_goods, require_within_limit
from school.stores.service.issuing import Takes, given_of, out
from school.stores.service.posting import Details, post
from school.stores.service.steps import note, take_step
from school.stores.work_models import StoreRequisition, StoreRequisitionLine

NUMBER_KIND = "LY"  # 领用
SOURCE = "requisition"
SHOWN = 3  # so many goods stand in a list's summary


@dataclass(frozen=True, slots=True)
class Wanted:
    """`old_quantity`: so many old pieces will be brought back."""

    good_id: UUID
    quantity: Decimal
    old_quantity: Decimal = Decimal(0)


def submit(
    actor: Actor, requisition_id: UUID, lines: Sequence[Wanted], *, wanted_on: date, department: str = "",
    purpose: str = "",
) -> StoreRequisition:  # fmt: skip
    """Ask for goods. What needs nobody's word is approved at once."""
    content = [[str(line.good_id), quantity_text(line.quantity), quantity_text(line.old_quantity)] for line in lines]
    fingerprint = digest([content, wanted_on.isoformat(), department, purpose])
    existing = db.session.get(StoreRequisition, (actor.bureau_id, actor.own_school_id(), requisition_id))
    if existing is not None:
        if existing.content_digest != fingerprint:
            raise Conflict(_("同一编号的领用申请已存在且内容不同。"), {"number": existing.number})
        return existing
    goods = own_goods(actor, [line.good_id for line in lines])
    _check(actor, lines, goods, wanted_on)
    row = StoreRequisition(
        bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=requisition_id,
        number=next_number(db.session(), actor.bureau_id, actor.own_school_id(), NUMBER_KIND, today().year),
        requester_id=actor.account_id, requester_name=actor.display_name, department=department, purpose=purpose,
        wanted_on=wanted_on, state="submitted", line_count=len(lines), summary=_summary(lines, goods),
        content_digest=fingerprint, created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(row)
    taken = Conflict(_("同一编号的领用申请已存在且内容不同。"))
    flush(db.session(), {"pk_store_requisitions": taken})
    key = {"bureau_id": row.bureau_id, "school_id": row.school_id, "requisition_id": row.id}
    db.session.execute(
        insert(StoreRequisitionLine.__table__),
        [
            {
                **key, "id": new_id(), "position": position, "good_id": line.good_id, "quantity": line.quantity,
                "approved_quantity": None, "issued_quantity": None, "old_quantity": line.old_quantity,
            }
            for position, line in enumerate(lines)
        ],
    )  # fmt: skip
    note(actor, "requisition", row.id, "submit", row.state)
    if not any(good.needs_approval or good.kind == GoodKind.HAZARDOUS for good in goods.values()):
        _approve(actor, row, {}, _("无需审批的物品"))
        row.approved_by, row.approved_by_name = None, ""  # by its rules, not by the requester
    flush(db.session())
    return row


def _check(actor: Actor, lines: Sequence[Wanted], goods: Mapping[UUID, StoreGood], wanted_on: date) -> None:
    problems: dict[str, list[str]] = {}
    if not lines:
        problems["lines"] = [_("请至少选择一种物品。")]
    if wanted_on < today():
        problems["wanted_on"] = [_("领用日期不能早于今天。")]
    if len(goods) < len(lines):
        problems["lines"] = [_("同一种物品只填一行。")]
    for position, line in enumerate(lines):
        good = goods[line.good_id]
        if not good.is_active:
            problems[f"lines.{position}.good_id"] = [_("这种物品已停用。")]
        if line.quantity <= 0:
            problems[f"lines.{position}.quantity"] = [_("数量应大于零。")]
        elif good.old_for_new and line.old_quantity < line.quantity:
            problems[f"lines.{position}.old_quantity"] = [_("%(name)s以旧换新，请交回同样数量的旧物。", name=good.name)]
        if good.issue_weekdays and wanted_on.isoweekday() not in good.issue_weekdays:
            days = weekdays_text(good.issue_weekdays)
            problems.setdefault("wanted_on", []).append(_("%(name)s只在%(days)s发放。", name=good.name, days=days))
    if problems:
        raise Invalid(problems)
    for line in lines:
        require_may_take(actor, goods[line.good_id])
        require_within_limit(goods[line.good_id], line.quantity)


def require_may_take(actor: Actor, good: StoreGood) -> None:
    if good.takers and not actor.roles & set(good.takers):
        raise RuleBroken("store_not_taker", _("%(name)s只能由指定的岗位领用。", name=good.name))


def _summary(lines: Sequence[Wanted], goods: Mapping[UUID, StoreGood]) -> str:
    shown = [f"{goods[one.good_id].name} {quantity_text(one.quantity)}{goods[one.good_id].base_unit}" for one in lines]
    return "、".join(shown[:SHOWN]) + ("…" if len(shown) > SHOWN else "")


# --- deciding ---------------------------------------------------------------------------------------------------------


def decide(
    actor: Actor, requisition_id: UUID, seen_version: int | None, *, is_approved: bool,
    quantities: Mapping[UUID, Decimal] | None = None, reason: str = "",
) -> StoreRequisition:  # fmt: skip
    """Approve, whole or less of it (`quantities`: good → so much), or refuse with a reason. Nobody decides on their own."""
    row = locked(actor, requisition_id)
    require_version(row, seen_version)
    if row.requester_id == actor.account_id:
        raise RuleBroken("store_own_request", _("不能审批自己的领用申请。"))
    if not is_approved:
        if not reason.strip():
            raise Invalid({"reason": [_("请填写不同意的原因。")]})
        take_step(actor, "requisition", row, "refuse", reason)
    else:
        _approve(actor, row, quantities or {}, reason)
    flush(db.session())
    return row


def _approve(actor: Actor, row: StoreRequisition, quantities: Mapping[UUID, Decimal], reason: str) -> None:
    problems = {}
    for line in lines_of(actor, row.school_id, row.id):
        approved = quantities.get(line.good_id, line.quantity)
        if approved > line.quantity or approved < 0:
            problems[f"lines.{line.position}.quantity"] = [_("批准数量不能超过申请数量。")]
        line.approved_quantity = approved
    if problems:
        raise Invalid(problems)
    take_step(actor, "requisition", row, "approve", reason)
    row.approved_by, row.approved_by_name = actor.account_id, actor.display_name


def cancel(actor: Actor, requisition_id: UUID, seen_version: int | None) -> StoreRequisition:
    row = locked(actor, requisition_id)
    require_version(row, seen_version)
    if row.requester_id != actor.account_id:
        raise Denied(Permission.REQUEST, _("只有申请人可以撤销。"))
    take_step(actor, "requisition", row, "cancel")
    flush(db.session())
    return row


# --- giving out -------------------------------------------------------------------------------------------------------


def give_out(
    actor: Actor, requisition_id: UUID, seen_version: int | None, document_id: UUID, takes: Takes, *,
    old_quantities: Mapping[UUID, Decimal] | None = None,
) -> StoreRequisition:  # fmt: skip
    """Give out what was approved, or less. `old_quantities`: good → old pieces brought back. Hazardous goods wait for
    the second keeper then. Sent again under the same document it is done once."""
    row = locked(actor, requisition_id)
    if row.document_id == document_id:
        return row
    if row.state == "prepared" and confirming.find(actor, document_id) is not None:
        return row
    require_version(row, seen_version)
    lines = lines_of(actor, row.school_id, row.id)
    goods = own_goods(actor, [line.good_id for line in lines])
    given = given_of(actor, takes)
    _check_given(lines, goods, given, old_quantities or {})
    if any(goods[good_id].kind == GoodKind.HAZARDOUS for good_id in given):
        confirming.propose(
            actor, document_id, kind=DocumentKind.ISSUE, takes=takes, taker_name=row.requester_name,
            department=row.department, reason=row.purpose, requisition_id=row.id,
        )  # fmt: skip
        take_step(actor, "requisition", row, "prepare")
        flush(db.session())
        return row
    details = Details(
        source=(SOURCE, row.id), taker_name=row.requester_name, department=row.department, reason=row.purpose
    )
    post(actor, document_id, DocumentKind.ISSUE, out(actor, takes, LocationKind.CONSUMED), details=details)
    _issued(actor, row, given, document_id)
    return row


def given_out_by_two(actor: Actor, requisition_id: UUID, document_id: UUID, takes: Takes) -> None:
    """The second keeper signed: service.confirming posted the document."""
    _issued(actor, locked(actor, requisition_id), given_of(actor, takes), document_id)


def not_given_out(actor: Actor, requisition_id: UUID, reason: str) -> None:
    """The second keeper would not sign: it may be made up anew."""
    take_step(actor, "requisition", locked(actor, requisition_id), "undo", reason)


def _check_given(
    lines: Sequence[StoreRequisitionLine], goods: Mapping[UUID, StoreGood], given: Mapping[UUID, Decimal],
    old_quantities: Mapping[UUID, Decimal],
) -> None:  # fmt: skip
    approved = {line.good_id: line.approved_quantity or Decimal(0) for line in lines}
    if not given:
        raise Invalid({"lines": [_("请至少发放一种物品。")]})
    for good_id, quantity in given.items():
        if good_id not in approved:
            raise Invalid({"lines": [_("只能发放申请中的物品。")]})
        good = goods[good_id]
        if quantity > approved[good_id]:
            raise RuleBroken("store_over_approved", _("%(name)s的发放数量超过批准数量。", name=good.name))
        if good.old_for_new and old_quantities.get(good_id, Decimal(0)) < quantity:
            raise RuleBroken("store_old_for_new", _("%(name)s以旧换新，请先收回同样数量的旧物。", name=good.name))
    for line in lines:
        line.old_quantity = old_quantities.get(line.good_id, Decimal(0))


def _issued(actor: Actor, row: StoreRequisition, given: Mapping[UUID, Decimal], document_id: UUID) -> None:
    for line in lines_of(actor, row.school_id, row.id):
        line.issued_quantity = given.get(line.good_id, Decimal(0))
    row.document_id = document_id
    take_step(actor, "requisition", row, "issue")
    flush(db.session())


# --- reading ----------------------------------------------------------------------------------------------------------


def locked(actor: Actor, requisition_id: UUID) -> StoreRequisition:
    row = db.session.scalars(
        select(StoreRequisition)
        .where(
            StoreRequisition.bureau_id == actor.bureau_id, StoreRequisition.school_id == actor.own_school_id(),
            StoreRequisition.id == requisition_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound
    return row


def lines_of(actor: Actor, school_id: int, requisition_id: UUID) -> Sequence[Any]:
    return db.session.scalars(
        select(StoreRequisitionLine)
        .where(
            StoreRequisitionLine.bureau_id == actor.bureau_id, StoreRequisitionLine.school_id == school_id,
            StoreRequisitionLine.requisition_id == requisition_id,
        )
        .order_by(StoreRequisitionLine.position)
    ).all()  # fmt: skip
