"""Changing a category: its certificates too, and with them the versions of the items below it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from bureau.catalogue.models import CatalogueCategory, CertificateRequirement
from bureau.catalogue.rules import Subject
from bureau.catalogue.service.versions import settle_categories
from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid


def save_category(
    actor: Actor, category_id: UUID, seen_version: int | None, *, code: str, name: str, parent_id: UUID | None,
    storage: str, requirements: Sequence[Mapping[str, Any]], subject: str = Subject.FOOD.value,
) -> CatalogueCategory:  # fmt: skip
    """Create under the client's id, or change it (`seen_version` then being the one seen). Sent twice, it is one.

    A change reaches the published items below it: each gets a further version.
    """
    category = db.session.get(CatalogueCategory, (actor.bureau_id, category_id))
    wanted = {str(row["kind"]): str(row["label"]) for row in requirements}
    _check_parent(actor, category_id, parent_id)
    if category is None:
        category = CatalogueCategory(bureau_id=actor.bureau_id, id=category_id, created_by=actor.account_id)
        db.session.add(category)
    elif seen_version is None:
        if _content(category) != (code, name, parent_id, storage, subject, wanted):
            raise Conflict(_("同一编号的类别已存在且内容不同。"), {"version": category.version})
        return category
    else:
        require_version(category, seen_version)
    is_known = category.version is not None
    changed = is_known and {row.kind: row.label for row in category.requirements} != wanted
    category.code, category.name, category.parent_id, category.storage = code, name, parent_id, storage
    category.subject = subject
    _set_requirements(category, wanted)
    if changed:
        _touch(category)
    flush(db.session, {_CODE: Invalid({"code": [_("该编码已被使用。")]})})
    if is_known:
        settle_categories(actor, [category.id])
    return category


_CODE = "uq_catalogue_categories_bureau_id_code"


def _content(category: CatalogueCategory) -> tuple[Any, ...]:
    required = {row.kind: row.label for row in category.requirements}
    return category.code, category.name, category.parent_id, category.storage, category.subject, required


def _touch(row: Any) -> None:
    """The version must move although only rows below changed, or a stale edit would overwrite them unseen."""
    flag_modified(row, "name")


def _set_requirements(category: CatalogueCategory, wanted: Mapping[str, str]) -> None:
    kept = [row for row in category.requirements if row.kind in wanted]
    for row in kept:
        row.label = wanted[row.kind]
    known = {row.kind for row in kept}
    added = [
        CertificateRequirement(bureau_id=category.bureau_id, kind=kind, label=label)
        for kind, label in wanted.items()
        if kind not in known
    ]
    category.requirements = [*kept, *added]


def _check_parent(actor: Actor, category_id: UUID, parent_id: UUID | None) -> None:
    """Two levels: a parent stands at the top, and a category with children stays there."""
    if parent_id is None:
        return
    parent = db.session.get(CatalogueCategory, (actor.bureau_id, parent_id))
    if parent is None or parent_id == category_id:
        raise Invalid({"parent_id": [_("请从列出的类别中选择。")]})
    has_children = db.session.scalar(
        select(CatalogueCategory.id)
        .where(CatalogueCategory.bureau_id == actor.bureau_id, CatalogueCategory.parent_id == category_id)
        .limit(1)
    )
    if parent.parent_id is not None or has_children:
        raise Invalid({"parent_id": [_("类别最多两级。")]})
