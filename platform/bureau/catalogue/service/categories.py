"""Categories and the certificates they ask for."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from bureau.catalogue.models import CatalogueCategory, CertificateRequirement
from bureau.catalogue.rules import Requirement, inherited
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import NotFound


def list_categories(actor: Actor) -> Sequence[CatalogueCategory]:
    """All of them by code: a bureau has some dozens."""
    query = select(CatalogueCategory).where(CatalogueCategory.bureau_id == actor.bureau_id)
    return db.session.scalars(query.order_by(CatalogueCategory.code)).all()


def get_category(actor: Actor, category_id: UUID) -> CatalogueCategory:
    category = db.session.get(CatalogueCategory, (actor.bureau_id, category_id))
    if category is None:
        raise NotFound
    return category


def requirements_of(actor: Actor, category_ids: Iterable[UUID]) -> dict[UUID, tuple[Requirement, ...]]:
    """Category → the certificates that a receipt of it must come with, its parent's included."""
    ids = list(set(category_ids))
    if not ids:
        return {}
    rows = db.session.execute(
        select(
            CatalogueCategory.id, CatalogueCategory.parent_id, CertificateRequirement.category_id,
            CertificateRequirement.kind, CertificateRequirement.label,
        )
        .outerjoin(
            CertificateRequirement,
            (CertificateRequirement.bureau_id == CatalogueCategory.bureau_id)
            & CertificateRequirement.category_id.in_([CatalogueCategory.id, CatalogueCategory.parent_id]),
        )
        .where(CatalogueCategory.bureau_id == actor.bureau_id, CatalogueCategory.id.in_(ids))
    )  # fmt: skip
    parents: dict[UUID, UUID | None] = {}
    own: dict[UUID, dict[str, Requirement]] = {}
    for category_id, parent_id, required_by, kind, label in rows:
        parents[category_id] = parent_id
        if required_by is not None:
            own.setdefault(required_by, {})[kind] = Requirement(kind, label)
    return inherited({category: tuple(found.values()) for category, found in own.items()}, parents)
