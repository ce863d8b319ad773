"""Reads. The bureau sees its drafts; zones and schools see what is published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import defer

from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.errors import NotFound
from scorecards.engine import Scorer
from scorecards.form import Form
from scorecards.form_json import from_json
from scorecards.models import FormTemplate, FormVersion


@dataclass(frozen=True, slots=True)
class _Document:
    """Told apart by the digest alone: writing the form out to compare it would cost more than scoring it."""

    digest: str
    form: Mapping[str, Any] = field(compare=False)


@lru_cache(maxsize=256)
def _scorer(document: _Document) -> Scorer:
    return Scorer(from_json(document.form))


def scorer_of(version: FormVersion) -> Scorer:
    """The compiled engine of a version; kept per process, since published versions never change."""
    return _scorer(_Document(version.digest, version.form))


def form_of(version: FormVersion) -> Form:
    return scorer_of(version).form


def _templates(actor: Actor) -> Select[Any]:
    query = select(FormTemplate).where(FormTemplate.bureau_id == actor.bureau_id)
    if actor.level == "bureau":
        return query
    published = select(FormVersion.template_id).where(
        FormVersion.bureau_id == actor.bureau_id, FormVersion.state == "published"
    )
    return query.where(FormTemplate.id.in_(published))


def _versions(actor: Actor) -> Select[Any]:
    query = select(FormVersion).where(FormVersion.bureau_id == actor.bureau_id)
    return query if actor.level == "bureau" else query.where(FormVersion.state == "published")


def get_template(actor: Actor, template_id: UUID, *, lock: bool = False) -> FormTemplate:
    query = _templates(actor).where(FormTemplate.id == template_id)
    template: FormTemplate | None = db.session.scalar(query.with_for_update() if lock else query)
    if template is None:
        raise NotFound(_("没有这份评分表。"))
    return template


def get_version(actor: Actor, version_id: UUID) -> FormVersion:
    version: FormVersion | None = db.session.scalar(_versions(actor).where(FormVersion.id == version_id))
    if version is None:
        raise NotFound(_("没有这个评分表版本。"))
    return version


def versions_of(actor: Actor, template_id: UUID) -> Sequence[FormVersion]:
    """Newest first, without their documents, which are large."""
    query = _versions(actor).where(FormVersion.template_id == template_id).order_by(FormVersion.number.desc())
    return list(db.session.scalars(query.options(defer(FormVersion.form), defer(FormVersion.findings))))


@dataclass(frozen=True, slots=True)
class Listed:
    """A template with its versions, newest first; their documents are not loaded."""

    template: FormTemplate
    versions: Sequence[FormVersion]

    @property
    def published(self) -> FormVersion | None:
        return next((version for version in self.versions if version.state == "published"), None)

    @property
    def draft(self) -> FormVersion | None:
        """The newest draft that is newer than what is published: an older one has been overtaken."""
        newest = self.versions[0] if self.versions else None
        return newest if newest is not None and newest.state == "draft" else None


def list_templates(
    actor: Actor,
    kind: str | None = None,
    *,
    state: str | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """Newest first. `q` is part of the title."""
    query = _templates(actor)
    if kind:
        query = query.where(FormTemplate.kind == kind)
    if state:
        query = query.where(FormTemplate.state == state)
    if q:
        query = query.where(func.strpos(func.lower(FormTemplate.title), q.lower()) > 0)
    page = paginate(db.session(), query, [FormTemplate.id], cursor, limit)
    versions: dict[UUID, list[FormVersion]] = {template.id: [] for template in page.items}
    if versions:
        below = _versions(actor).where(FormVersion.template_id.in_(versions)).order_by(FormVersion.number.desc())
        for version in db.session.scalars(below.options(defer(FormVersion.form), defer(FormVersion.findings))):
            versions[version.template_id].append(version)
    return Page([Listed(template, versions[template.id]) for template in page.items], page.next_cursor)


def published_versions(actor: Actor, kind: str | None = None) -> list[tuple[FormVersion, str]]:
    """What may be planned with: (version, title), newest first, of active templates."""
    query = (
        select(FormVersion, FormTemplate.title)
        .join(
            FormTemplate,
            (FormTemplate.bureau_id == FormVersion.bureau_id) & (FormTemplate.id == FormVersion.template_id),
        )
        .where(
            FormVersion.bureau_id == actor.bureau_id,
            FormVersion.state == "published",
            FormTemplate.state == "active",
        )
        .order_by(FormVersion.published_at.desc())
    )
    if kind:
        query = query.where(FormTemplate.kind == kind)
    return [(version, title) for version, title in db.session.execute(query)]
