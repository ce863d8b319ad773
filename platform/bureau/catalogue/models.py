"""Categories, items, unit conversions, required certificates, what was ever published, and each school's favourites.

Bureau-owned except the favourites; schools see published items only, and every version that was once published.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kernel.database import (
    BureauOwned,
    Recorded,
    SchoolOwned,
    Versioned,
    db,
    fk_bureau,
    fk_in_bureau,
    fk_school,
    now,
)


class CatalogueCategory(Recorded, Versioned, BureauOwned, db.Model):
    """类别, at most two levels deep. What it requires holds for its sub-categories as well.

    `subject`: "food", or "goods" (uniforms, exercise books …), for which nobody asks a shelf life or a temperature.
    """

    __tablename__ = "catalogue_categories"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("parent_id", "catalogue_categories"),
        UniqueConstraint("bureau_id", "code"),
        CheckConstraint("storage IN ('ambient', 'chilled', 'frozen')", name="storage"),
        CheckConstraint("parent_id IS DISTINCT FROM id", name="parent"),
        CheckConstraint("subject IN ('food', 'goods')", name="subject"),
    )
    code: Mapped[str]
    name: Mapped[str]
    parent_id: Mapped[UUID | None]
    storage: Mapped[str] = mapped_column(default="ambient")  # proposed for new items of this category
    subject: Mapped[str] = mapped_column(default="food")
    requirements: Mapped[list["CertificateRequirement"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="CertificateRequirement.kind"
    )


class CertificateRequirement(BureauOwned, db.Model):
    """A kind of certificate that every receipt of the category must come with. `label`: the bureau's own wording."""

    __tablename__ = "catalogue_certificate_requirements"
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(
            ["bureau_id", "category_id"],
            ["catalogue_categories.bureau_id", "catalogue_categories.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("bureau_id", "category_id", "kind"),
    )
    category_id: Mapped[UUID]
    kind: Mapped[str]
    label: Mapped[str] = mapped_column(default="")


class CatalogueItem(Recorded, Versioned, BureauOwned, db.Model):
    """A good as the bureau describes it. Quantities are kept in `base_unit`; other units convert to it exactly.

    `pack_sizes`: [{"label": "500 g/袋", "quantity": "0.5"}], the sizes it is delivered in, in base units. `ingredient`:
    its code in a table of food composition, "" where none is linked. `brand_note`: what a core brand must be equal to;
    it never names one as required. `current_version`: the number of the newest published version, 0 before the first.
    """

    __tablename__ = "catalogue_items"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("category_id", "catalogue_categories"),
        UniqueConstraint("bureau_id", "code"),
        CheckConstraint("state IN ('draft', 'published', 'retired')", name="state"),
        CheckConstraint("storage IN ('ambient', 'chilled', 'frozen')", name="storage"),
        CheckConstraint("shelf_life_days > 0", name="shelf_life"),
        CheckConstraint("current_version >= 0", name="current_version"),
        Index("ix_catalogue_items_category", "bureau_id", "category_id"),
    )
    code: Mapped[str]
    name: Mapped[str]
    search_name: Mapped[str]  # lower case: name, specification, code
    category_id: Mapped[UUID]
    specification: Mapped[str] = mapped_column(default="")
    standard: Mapped[str] = mapped_column(default="")  # e.g. GB/T 1354
    base_unit: Mapped[str]
    shelf_life_days: Mapped[int | None]  # None: no shelf life is printed on it (fresh produce, salt …)
    storage: Mapped[str] = mapped_column(default="ambient")
    pack_sizes: Mapped[list[Any]] = mapped_column(default=list)
    ingredient: Mapped[str] = mapped_column(default="")
    brand_note: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="draft")
    current_version: Mapped[int] = mapped_column(default=0)
    conversions: Mapped[list["UnitConversion"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="UnitConversion.factor"
    )
    category: Mapped[CatalogueCategory] = relationship(viewonly=True, lazy="raise")


class UnitConversion(BureauOwned, db.Model):
    """One `unit` of the item is exactly `factor` base units."""

    __tablename__ = "catalogue_unit_conversions"
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(
            ["bureau_id", "item_id"], ["catalogue_items.bureau_id", "catalogue_items.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("bureau_id", "item_id", "unit"),
        CheckConstraint("factor > 0", name="factor"),
    )
    item_id: Mapped[UUID]
    unit: Mapped[str]
    factor: Mapped[Decimal] = mapped_column(Numeric(13, 6))


class CatalogueItemVersion(BureauOwned, db.Model):
    """An item as it was published: a full copy, its category and what that asked for included. Append-only.

    `row_version`: the item's own edit counter then; a record that kept that counter finds its version by it.
    `conversions`: [{"unit", "factor"}], `certificates`: [{"kind", "label"}], inherited ones included.
    """

    __tablename__ = "catalogue_item_versions"
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("item_id", "catalogue_items"),
        fk_in_bureau("category_id", "catalogue_categories"),
        UniqueConstraint("bureau_id", "item_id", "number"),
        CheckConstraint("number > 0 AND row_version > 0", name="number"),
    )
    item_id: Mapped[UUID]
    number: Mapped[int]
    row_version: Mapped[int]
    code: Mapped[str]
    name: Mapped[str]
    specification: Mapped[str]
    standard: Mapped[str]
    base_unit: Mapped[str]
    conversions: Mapped[list[Any]]
    pack_sizes: Mapped[list[Any]]
    shelf_life_days: Mapped[int | None]
    storage: Mapped[str]
    ingredient: Mapped[str]
    brand_note: Mapped[str]
    category_id: Mapped[UUID]
    category_code: Mapped[str]
    category_name: Mapped[str]
    subject: Mapped[str]
    certificates: Mapped[list[Any]]
    published_at: Mapped[datetime] = mapped_column(default=now)
    published_by: Mapped[UUID]
    published_by_name: Mapped[str]


class CatalogueFavourite(SchoolOwned, db.Model):
    """An item that a school marked, to find it first."""

    __tablename__ = "catalogue_favourites"
    __table_args__ = (
        fk_school(),
        fk_in_bureau("item_id", "catalogue_items"),
        UniqueConstraint("bureau_id", "school_id", "item_id"),
    )
    item_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[UUID]
