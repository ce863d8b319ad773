"""What a bid must meet and is scored by, and the bureau's library of such sets."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.tendering.models import CriteriaSet, Tender, TenderCriterion
from bureau.tendering.service import reading
from bureau.tendering.service.drafting import editable, edited
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound

FIELDS = ("part", "code", "title", "description", "points", "scale", "levels", "is_objective")
PASS_FAIL = ("qualification", "conformity")


def shaped(row: Mapping[str, Any]) -> dict[str, Any]:
    """A criterion's values as its part demands: pass or fail is worth no points, the price follows its formula."""
    part, scale = row["part"], row.get("scale") or "judged"
    if part in PASS_FAIL:
        scale = "pass_fail"
    elif part == "price":
        scale = "formula"
    elif scale not in ("judged", "levels"):
        raise Invalid({"scale": [_("技术和商务因素请选“评委打分”或“按档得分”。")]})
    points = Decimal(0) if scale == "pass_fail" else Decimal(str(row.get("points") or 0))
    if scale != "pass_fail" and points <= 0:
        raise Invalid({"points": [_("请填写分值。")]})
    levels = [
        {"label": str(level["label"]), "points": format(Decimal(str(level["points"])).normalize(), "f")}
        for level in row.get("levels") or ()
    ]
    if scale == "levels" and len(levels) < 2:
        raise Invalid({"levels": [_("按档得分至少列两档。")]})
    return {
        "part": part, "code": row["code"], "title": row["title"], "description": row.get("description") or "",
        "points": points, "scale": scale, "levels": levels if scale == "levels" else [],
        # Pass or fail, levels and formulas are the same for every honest reader.
        "is_objective": bool(row.get("is_objective")) or scale in ("pass_fail", "formula"),
    }  # fmt: skip


def save_criterion(
    actor: Actor,
    tender_id: UUID,
    criterion_id: UUID,
    seen_version: int | None,
    *,
    lot_id: UUID | None = None,
    **row: Any,
) -> TenderCriterion:
    """Add a criterion to a draft or write it anew; `seen_version` is the tender's."""
    existing = db.session.scalar(
        select(TenderCriterion).where(TenderCriterion.bureau_id == actor.bureau_id, TenderCriterion.id == criterion_id)
    )
    if existing is not None and existing.tender_id != tender_id:
        raise NotFound(_("没有这项因素。"))
    values = {**shaped(row), "lot_id": lot_id}
    if existing is not None and seen_version is None:
        if any(getattr(existing, name) != value for name, value in values.items()):
            raise Conflict(_("同一编号的因素已存在且内容不同。"))
        return existing
    tender = editable(actor, tender_id, seen_version)
    if existing is None:
        existing = TenderCriterion(
            bureau_id=actor.bureau_id, id=criterion_id, tender_id=tender.id, position=_next_position(tender), **values
        )
        db.session.add(existing)
    else:
        for name, value in values.items():
            setattr(existing, name, value)
    edited(actor, tender)
    _flush()
    return existing


def _flush() -> None:
    flush(
        db.session(),
        {
            "uq_tender_criteria_code": Invalid({"code": [_("同一范围内因素编号不能重复。")]}),
            "fk_tender_criteria_bureau_id_tender_id_lot_id": Invalid({"lot_id": [_("没有这个标包。")]}),
        },
    )


def _next_position(tender: Tender) -> int:
    last = select(func.max(TenderCriterion.position)).where(
        TenderCriterion.bureau_id == tender.bureau_id, TenderCriterion.tender_id == tender.id
    )
    return (db.session.scalar(last) or 0) + 1


def get_criterion(actor: Actor, tender_id: UUID, criterion_id: UUID) -> TenderCriterion:
    row = db.session.scalar(
        select(TenderCriterion).where(
            TenderCriterion.bureau_id == actor.bureau_id,
            TenderCriterion.tender_id == tender_id,
            TenderCriterion.id == criterion_id,
        )
    )
    if row is None:
        raise NotFound(_("没有这项因素。"))
    return row


def remove_criterion(actor: Actor, tender_id: UUID, criterion_id: UUID, seen_version: int | None) -> None:
    tender = editable(actor, tender_id, seen_version)
    db.session.delete(get_criterion(actor, tender.id, criterion_id))
    edited(actor, tender)
    db.session.flush()


def apply_set(actor: Actor, tender_id: UUID, set_id: UUID, seen_version: int | None) -> Tender:
    """Replace the criteria that hold for all lots by those of a kept set."""
    tender = editable(actor, tender_id, seen_version)
    kept = get_set(actor, set_id)
    for row in reading.criteria_of(actor, tender.id):
        if row.lot_id is None:
            db.session.delete(row)
    db.session.flush()
    for position, row in enumerate(kept.criteria, 1):
        db.session.add(
            TenderCriterion(
                bureau_id=actor.bureau_id,
                id=new_id(),
                tender_id=tender.id,
                lot_id=None,
                position=position,
                **shaped(row),
            )
        )
    edited(actor, tender)
    _flush()
    return tender


def list_sets(actor: Actor) -> Sequence[CriteriaSet]:
    return db.session.scalars(
        select(CriteriaSet)
        .where(CriteriaSet.bureau_id == actor.bureau_id, CriteriaSet.is_active)
        .order_by(CriteriaSet.name)
    ).all()


def get_set(actor: Actor, set_id: UUID) -> CriteriaSet:
    row = db.session.scalar(
        select(CriteriaSet).where(CriteriaSet.bureau_id == actor.bureau_id, CriteriaSet.id == set_id)
    )
    if row is None:
        raise NotFound(_("没有这套评分模板。"))
    return row


def keep_set(actor: Actor, set_id: UUID, tender_id: UUID, name: str, note: str = "") -> CriteriaSet:
    """Keep a tender's criteria for all lots under a name. The same id again with the same name is the same set."""
    existing = db.session.scalar(
        select(CriteriaSet).where(CriteriaSet.bureau_id == actor.bureau_id, CriteriaSet.id == set_id)
    )
    if existing is not None:
        if existing.name != name:
            raise Conflict(_("同一编号的评分模板已存在且内容不同。"))
        return existing
    rows = [row for row in reading.criteria_of(actor, tender_id) if row.lot_id is None]
    if not rows:
        raise Invalid({"name": [_("这个项目还没有适用于全部标包的因素。")]})
    return make_set(
        actor, set_id, name, note, [{name: _plain(getattr(row, name)) for name in FIELDS} for row in rows]
    )  # fmt: skip


def make_set(
    actor: Actor, set_id: UUID, name: str, note: str, criteria: Sequence[Mapping[str, Any]]
) -> CriteriaSet:  # fmt: skip
    kept = CriteriaSet(
        bureau_id=actor.bureau_id, id=set_id, name=name, note=note, created_by=actor.account_id,
        criteria=[{key: _plain(value) for key, value in shaped(row).items()} for row in criteria],
    )  # fmt: skip
    db.session.add(kept)
    flush(
        db.session(),
        {"uq_tender_criteria_sets_bureau_id_name": Invalid({"name": [_("已有同名的评分模板。")]})},
    )
    return kept


def retire_set(actor: Actor, set_id: UUID, seen_version: int | None) -> None:
    kept = get_set(actor, set_id)
    require_version(kept, seen_version)
    kept.is_active = False
    db.session.flush()


def _plain(value: Any) -> Any:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value
