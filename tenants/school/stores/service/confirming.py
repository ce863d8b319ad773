"""双人收发: what one keeper made up and a second has to sign (service/signing.py) before it is posted."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.agreements.labels import quantity_text
from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush
from kernel.digests import digest
from kernel.errors import Conflict, Invalid, NotFound
from school.stores.rules import DocumentKind
from school.stores.service.goods import own_goods, require_within_limit
from school.stores.service.issuing import Takes, given_of
from school.stores.service.steps import note
from school.stores.work_models import StoreConfirmation


def propose(
    actor: Actor, document_id: UUID, *, kind: DocumentKind, takes: Takes, reason: str = "", taker_name: str = "",
    department: str = "", attachment_id: UUID | None = None, requisition_id: UUID | None = None,
) -> StoreConfirmation:  # fmt: skip
    """Made up by one; nothing moves yet. A disposal needs its cause and a photo, an issue who takes it."""
    problems = {}
    if kind == DocumentKind.DISPOSAL:
        if not reason.strip():
            problems["reason"] = [_("请填写报损原因。")]
        if attachment_id is None:
            problems["photo"] = [_("危险品报损处置须附照片。")]
    elif not taker_name.strip():
        problems["taker_name"] = [_("请填写领用人。")]
    if not takes:
        problems["lines"] = [_("请至少登记一种物品。")]
    if problems:
        raise Invalid(problems)
    lines = [
        {"batch_id": str(batch_id), "location_id": str(location_id), "quantity": quantity_text(quantity)}
        for batch_id, location_id, quantity in takes
    ]
    fingerprint = digest([str(kind), lines, reason, taker_name, department, str(attachment_id), str(requisition_id)])
    existing = find(actor, document_id)
    if existing is not None:
        if existing.content_digest != fingerprint:
            raise Conflict(_("同一编号的单据已存在且内容不同。"))
        return existing
    given = given_of(actor, takes)
    if kind == DocumentKind.ISSUE:
        for good in own_goods(actor, given).values():
            require_within_limit(good, given[good.id])
    row = StoreConfirmation(
        bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=document_id, kind=str(kind), lines=lines,
        requisition_id=requisition_id, reason=reason, taker_name=taker_name, department=department,
        attachment_id=attachment_id, made_by_name=actor.display_name, content_digest=fingerprint,
        created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(row)
    unknown = Invalid({"photo": [_("没有这个附件，请重新上传。")]})
    flush(db.session(), {"fk_store_confirmations_bureau_id_school_id_attachment_id": unknown})
    note(actor, "confirmation", row.id, "propose", row.state)
    return row


def takes_of(row: StoreConfirmation) -> list[tuple[UUID, UUID, Decimal]]:
    return [(UUID(one["batch_id"]), UUID(one["location_id"]), Decimal(one["quantity"])) for one in row.lines]


def find(actor: Actor, document_id: UUID) -> StoreConfirmation | None:
    return db.session.scalars(_of_school(actor, actor.own_school_id(), document_id)).one_or_none()


def get(actor: Actor, school_id: int, document_id: UUID) -> StoreConfirmation:
    row = db.session.scalars(_of_school(actor, school_id, document_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def waiting(actor: Actor, school_id: int) -> Sequence[StoreConfirmation]:
    """Oldest first; few."""
    return db.session.scalars(
        select(StoreConfirmation)
        .where(
            StoreConfirmation.bureau_id == actor.bureau_id, StoreConfirmation.school_id == school_id,
            StoreConfirmation.state == "waiting",
        )
        .order_by(StoreConfirmation.created_at, StoreConfirmation.id)
        .limit(100)
    ).all()  # fmt: skip


def _of_school(actor: Actor, school_id: int, document_id: UUID):  # type: ignore[no-untyped-def]
    return select(StoreConfirmation).where(
        StoreConfirmation.bureau_id == actor.bureau_id, StoreConfirmation.school_id == school_id,
        StoreConfirmation.id == document_id,
    )  # fmt: skip


def locked(actor: Actor, document_id: UUID) -> StoreConfirmation:
    query = _of_school(actor, actor.own_school_id(), document_id)
    row: StoreConfirmation | None = db.session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row
