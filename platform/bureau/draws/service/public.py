"""A draw as somebody without an account sees it, in the scope of nobody."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.draws.models import Draw, DrawDocument
from bureau.draws.service.drawing import document_of, names_of
from kernel.database import db
from kernel.errors import NotFound
from kernel.identity.models import Bureau


@dataclass(frozen=True, slots=True)
class Shown:
    """`document`: None until it is published."""

    draw: Draw
    bureau_name: str
    document: dict[str, Any] | None


def public_draw(bureau_id: int, draw_id: UUID) -> Shown:
    found = db.session.execute(
        select(Draw, Bureau.name)
        .join(Bureau, Bureau.id == Draw.bureau_id)
        .where(Draw.bureau_id == bureau_id, Draw.id == draw_id)
    ).one_or_none()
    if found is None:
        raise NotFound(_("没有这次抽取。"))
    row, bureau_name = found
    stored = db.session.scalar(
        select(DrawDocument.id).where(
            DrawDocument.bureau_id == bureau_id, DrawDocument.id == draw_id, DrawDocument.published_at.is_not(None)
        )
    )
    return Shown(row, bureau_name, document_of(row) if stored is not None else None)


def names(shown: Shown) -> tuple[dict[int, str], dict[str, str]]:
    return names_of(shown.document) if shown.document is not None else ({}, {})
