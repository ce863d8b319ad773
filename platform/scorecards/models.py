"""Form templates, their versions, their phrases. A published version never changes: the database refuses the update."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, fk_in_bureau


class FormTemplate(Recorded, Versioned, BureauOwned, db.Model):
    """A scored form as the bureau knows it over the years; its content stands in its versions."""

    __tablename__ = "form_templates"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        CheckConstraint("kind IN ('canteen', 'dormitory', 'safety', 'logistics')", name="kind"),
        CheckConstraint("state IN ('active', 'retired')", name="state"),
        Index("ix_form_templates_kind", "bureau_id", "kind"),
    )
    title: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="active")


class FormVersion(Recorded, Versioned, BureauOwned, db.Model):
    """One state of a form: `form` is scorecards.form_json's canonical JSON, `digest` its SHA-256.

    `findings` is what the doctor said when it was last checked: [{severity, code, where, params}].
    """

    __tablename__ = "form_versions"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("template_id", "form_templates"),
        UniqueConstraint("bureau_id", "template_id", "number"),
        CheckConstraint("state IN ('draft', 'published')", name="state"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published"),
        CheckConstraint("number >= 1 AND item_count >= 0", name="counts"),
    )
    template_id: Mapped[UUID]
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft")
    form: Mapped[dict[str, Any]]
    digest: Mapped[str]
    item_count: Mapped[int]
    findings: Mapped[list[Any]] = mapped_column(default=list)
    source_name: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]


class ItemPhrase(Recorded, Versioned, BureauOwned, db.Model):
    """A remark that inspectors need often at one item, over all versions of a form.

    `answer` is scorecards.answers' JSON of the deduction that goes with it, None: the text alone. `basis`: the article.
    """

    __tablename__ = "item_phrases"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("template_id", "form_templates"),
        UniqueConstraint("bureau_id", "template_id", "item_code", "text"),
        CheckConstraint("state IN ('active', 'retired')", name="state"),
        CheckConstraint("text <> ''", name="text"),
        CheckConstraint("position >= 0", name="position"),
    )
    template_id: Mapped[UUID]
    item_code: Mapped[str]
    text: Mapped[str]
    basis: Mapped[str] = mapped_column(default="")
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    position: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="active")
