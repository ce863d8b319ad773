"""Adding, copying, removing and ordering in a draft. One versioned write each, after which the doctor looks again."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db
from kernel.errors import RuleBroken
from scorecards import structure
from scorecards.form import Form, Kind, Section
from scorecards.models import FormVersion, ItemPhrase
from scorecards.service.drafting import change_draft
from scorecards.service.importing import import_form
from scorecards.service.reading import get_version


def new_form(actor: Actor, version_id: UUID, *, title: str, kind: Kind) -> FormVersion:
    """A blank draft: one section, no item. Sent twice, it is the same draft."""
    first = Section(code="s1", title=_("第一部分"))
    return import_form(actor, Form(title=title, kind=kind, sections=(first,)), version_id=version_id)


def used_codes(actor: Actor, template_id: UUID) -> set[str]:
    """Codes that any version of the form, or a phrase, has ever had: they are not given to anything else."""
    documents = db.session.scalars(
        select(FormVersion.form).where(
            FormVersion.bureau_id == actor.bureau_id, FormVersion.template_id == template_id
        )
    )  # fmt: skip
    codes = {code for document in documents for code in structure.codes_of(document)}
    return codes | set(
        db.session.scalars(
            select(ItemPhrase.item_code).where(
                ItemPhrase.bureau_id == actor.bureau_id, ItemPhrase.template_id == template_id
            )
        )
    )


class _Adding:
    """A change that makes a new code, which the caller wants to know."""

    def __init__(self, change: Callable[[Mapping[str, Any], set[str]], tuple[dict[str, Any], str]]) -> None:
        self.change = change
        self.code = ""

    def run(self, actor: Actor, version_id: UUID, seen: int | None) -> tuple[FormVersion, str]:
        taken = used_codes(actor, get_version(actor, version_id).template_id)

        def change(document: Mapping[str, Any]) -> dict[str, Any]:
            changed, self.code = self.change(document, taken)
            return changed

        return change_draft(actor, version_id, seen, change), self.code


def add_item(
    actor: Actor,
    version_id: UUID,
    section_code: str,
    item: Mapping[str, Any],
    seen: int | None,
    after: str | None = None,
) -> tuple[FormVersion, str]:
    """`item`: without a code; gives the code it got."""
    return _Adding(lambda document, taken: structure.with_new_item(document, section_code, item, taken, after)).run(
        actor, version_id, seen
    )


def copy_item(actor: Actor, version_id: UUID, code: str, seen: int | None) -> tuple[FormVersion, str]:
    return _Adding(lambda document, taken: structure.with_copied_item(document, code, taken)).run(
        actor, version_id, seen
    )


def remove_item(actor: Actor, version_id: UUID, code: str, seen: int | None) -> FormVersion:
    return change_draft(actor, version_id, seen, lambda document: structure.without_item(document, code))


def move_item(
    actor: Actor, version_id: UUID, code: str, seen: int | None, *, section_code: str, position: int
) -> FormVersion:
    """To `position` (0: first) among the other items of the section."""
    return change_draft(
        actor, version_id, seen, lambda document: structure.with_moved_item(document, code, section_code, position)
    )


def step_item(actor: Actor, version_id: UUID, code: str, seen: int | None, *, up: bool) -> FormVersion:
    return change_draft(actor, version_id, seen, lambda document: structure.with_stepped_item(document, code, up=up))


def add_section(
    actor: Actor, version_id: UUID, section: Mapping[str, Any], seen: int | None, after: str | None = None
) -> tuple[FormVersion, str]:
    """`section`: without code and items; gives the code it got."""
    return _Adding(lambda document, taken: structure.with_new_section(document, section, taken, after)).run(
        actor, version_id, seen
    )


def copy_section(actor: Actor, version_id: UUID, code: str, seen: int | None) -> tuple[FormVersion, str]:
    return _Adding(lambda document, taken: structure.with_copied_section(document, code, taken)).run(
        actor, version_id, seen
    )


def remove_section(actor: Actor, version_id: UUID, code: str, seen: int | None) -> FormVersion:
    """With its items. A form keeps one section at least."""
    if len(get_version(actor, version_id).form["sections"]) == 1:
        raise RuleBroken("form_section", _("至少要保留一个部分。"))
    return change_draft(actor, version_id, seen, lambda document: structure.without_section(document, code))


def move_section(actor: Actor, version_id: UUID, code: str, seen: int | None, *, position: int) -> FormVersion:
    return change_draft(
        actor, version_id, seen, lambda document: structure.with_moved_section(document, code, position)
    )


def step_section(actor: Actor, version_id: UUID, code: str, seen: int | None, *, up: bool) -> FormVersion:
    return change_draft(actor, version_id, seen, lambda document: structure.with_stepped_section(document, code, up=up))


def renumber(actor: Actor, version_id: UUID, seen: int | None) -> FormVersion:
    return change_draft(actor, version_id, seen, structure.renumbered)
