"""What the bureau sees of receipts across schools; published through bureau.oversight.feeds."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from bureau.catalogue.labels import certificate_label
from bureau.oversight.feeds import CertificateGap, Indicator, Span, UncertifiedReceipt, UncertifiedReceipts
from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from school.supply.models import GoodsReceipt, MissingCertificate
from school.supply.rules import State, begin_of


def instants(span: Span) -> tuple[datetime, datetime]:
    """The half-open range of instants of the span's Shanghai days."""
    return begin_of(span.first), begin_of(span.last + timedelta(days=1))


def _recorded(actor: Actor, span: Span, query: Any) -> Any:
    begin, end = instants(span)
    query = query.where(
        GoodsReceipt.bureau_id == actor.bureau_id, GoodsReceipt.state == State.RECORDED.value,
        GoodsReceipt.received_at >= begin, GoodsReceipt.received_at < end,
    )  # fmt: skip
    # Row-level security confines a zone as well; in the query it lets the index do it.
    return query.where(GoodsReceipt.school_id.in_(actor.school_ids)) if actor.level == "zone" else query


def count_received(actor: Actor, span: Span) -> dict[int, int]:
    query = select(GoodsReceipt.school_id, func.count()).group_by(GoodsReceipt.school_id)
    return dict(db.session.execute(_recorded(actor, span, query)).all())


def count_uncertified(actor: Actor, span: Span) -> dict[int, int]:
    query = select(GoodsReceipt.school_id, func.count()).group_by(GoodsReceipt.school_id)
    query = _recorded(actor, span, query).where(GoodsReceipt.has_missing_certificates)
    return dict(db.session.execute(query).all())


def list_gaps(actor: Actor, span: Span) -> Sequence[CertificateGap]:
    keys = (MissingCertificate.school_id, MissingCertificate.category_id)
    # A category renamed within the span keeps one line: the latest name by alphabet is as good as any.
    query = (
        select(*keys, func.max(MissingCertificate.category_name), func.count(MissingCertificate.receipt_id.distinct()))
        .where(
            MissingCertificate.bureau_id == actor.bureau_id,
            MissingCertificate.received_on.between(span.first, span.last),
        )
        .group_by(*keys)
    )
    if actor.level == "zone":
        query = query.where(MissingCertificate.school_id.in_(actor.school_ids))
    return [CertificateGap(*row) for row in db.session.execute(query)]


def list_uncertified(
    actor: Actor, span: Span, school_ids: Sequence[int] | None, category_id: UUID | None, cursor: str | None,
    limit: int,
) -> Page[UncertifiedReceipt]:  # fmt: skip
    columns = (
        GoodsReceipt.id, GoodsReceipt.school_id, GoodsReceipt.number, GoodsReceipt.received_at,
        GoodsReceipt.supplier_name, GoodsReceipt.received_by_name,
    )  # fmt: skip
    query = _recorded(actor, span, select(*columns)).where(GoodsReceipt.has_missing_certificates)
    if school_ids is not None:
        query = query.where(GoodsReceipt.school_id.in_(school_ids))
    if category_id is not None:
        query = query.where(
            select(MissingCertificate.id)
            .where(
                MissingCertificate.bureau_id == GoodsReceipt.bureau_id,
                MissingCertificate.school_id == GoodsReceipt.school_id,
                MissingCertificate.receipt_id == GoodsReceipt.id, MissingCertificate.category_id == category_id,
            )
            .exists()
        )  # fmt: skip
    keys = (GoodsReceipt.received_at, GoodsReceipt.school_id, GoodsReceipt.id)
    page = paginate(db.session(), query, keys, cursor, limit, scalars=False)
    missing = _missing_of(actor, page.items)
    return Page(
        [
            UncertifiedReceipt(
                **row._mapping, missing=missing.get((row.school_id, row.id), ()),
                url=url_for("supply.show_of_school", school_id=row.school_id, receipt_id=row.id),
            )
            for row in page.items
        ],
        page.next_cursor,
    )  # fmt: skip


def _missing_of(actor: Actor, rows: Sequence[Any]) -> dict[tuple[int, UUID], tuple[str, ...]]:
    if not rows:
        return {}
    found = db.session.execute(
        select(
            MissingCertificate.school_id, MissingCertificate.receipt_id, MissingCertificate.category_name,
            MissingCertificate.kind, MissingCertificate.label,
        )
        .where(
            MissingCertificate.bureau_id == actor.bureau_id,
            MissingCertificate.school_id.in_({row.school_id for row in rows}),
            MissingCertificate.receipt_id.in_([row.id for row in rows]),
        )
        .order_by(MissingCertificate.category_name, MissingCertificate.kind)
    )  # fmt: skip
    names: dict[tuple[int, UUID], list[str]] = {}
    for school_id, receipt_id, category, kind, label in found:
        names.setdefault((school_id, receipt_id), []).append(f"{category}：{certificate_label(kind, label)}")
    return {key: tuple(labels) for key, labels in names.items()}


UNCERTIFIED = UncertifiedReceipts(
    received=count_received, gaps=list_gaps, schools=count_uncertified, receipts=list_uncertified
)
INDICATOR = Indicator(
    name="uncertified_receipts",
    label=_l("缺证收货单"),
    help=_l("已入账、但缺少类别所要求证明的收货单张数。"),
    counts=count_uncertified,
    endpoint="oversight.uncertified_receipts",
)
