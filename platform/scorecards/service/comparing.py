"""Two versions of one form beside each other."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db
from kernel.errors import NotFound
from scorecards.comparing import Comparison, compare
from scorecards.models import FormVersion
from scorecards.service.reading import form_of, get_version, versions_of


def beside(actor: Actor, version: FormVersion, other_id: UUID | None = None) -> FormVersion | None:
    """The version to compare with: the one chosen, of the same form, or the next older one, published if there is one.
    None: there is no other."""
    if other_id is not None:
        other = get_version(actor, other_id)
        if other.template_id != version.template_id:
            raise NotFound(_("没有这个评分表版本。"))
        return other
    older = [one for one in versions_of(actor, version.template_id) if one.number < version.number]
    found = next((one for one in older if one.state == "published"), older[0] if older else None)
    if found is None:
        return None
    return db.session.scalar(
        select(FormVersion).where(FormVersion.bureau_id == actor.bureau_id, FormVersion.id == found.id)
    )


def compared(old: FormVersion, new: FormVersion) -> Comparison:
    return compare(form_of(old), form_of(new))
