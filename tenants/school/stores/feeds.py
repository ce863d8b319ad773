"""What the bureau sees of stock across schools; published through bureau.oversight.feeds."""

from collections.abc import Collection
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from bureau.oversight.feeds import Indicator, Span
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.web.dates import today
from school.stores.models import StoreBalance
from school.stores.service.reading import LOTS


def _expired(actor: Actor, query: Any) -> Any:
    query = query.where(
        StoreBalance.bureau_id == actor.bureau_id, StoreBalance.is_live, StoreBalance.expiry_date < today()
    )
    # Row-level security confines a zone as well; in the query it lets the index do it.
    return query.where(StoreBalance.school_id.in_(actor.school_ids)) if actor.level == "zone" else query


def count_expired(actor: Actor, span: Span | None = None) -> dict[int, int]:
    """School → batches at a place that lie there past their last day. It is what lies there now: a span says nothing."""
    query = select(StoreBalance.school_id, func.count()).group_by(StoreBalance.school_id)
    return {row[0]: row[1] for row in db.session.execute(_expired(actor, query))}


def list_expired(actor: Actor, *, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    """Longest past their day first; rows of LOTS with the school."""
    query = _expired(actor, LOTS.add_columns(StoreBalance.school_id.label("school_id")))
    keys = (StoreBalance.expiry_date, StoreBalance.school_id, StoreBalance.id)
    return paginate(db.session(), query, keys, cursor, limit, scalars=False, ascending=True)


def school_names(actor: Actor, school_ids: Collection[int]) -> dict[int, str]:
    query = select(School.id, School.name).where(School.bureau_id == actor.bureau_id, School.id.in_(school_ids))
    return {row[0]: row[1] for row in db.session.execute(query)}


INDICATOR = Indicator(
    name="expired_stock",
    label=_l("库存过期物品"),
    help=_l("现在还放在库房、冰箱或厨房里，但已过到期日的批次数。"),
    counts=count_expired,
    endpoint="stores.oversight",
)
