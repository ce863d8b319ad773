"""Categories, items, unit conversions, required certificates. Bureau-owned; schools see published items only."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kernel.database import BureauOwned, Recorded, Versioned, db, fk_bureau, fk_in_bureau


class CatalogueCategory(Recorded, Versioned, BureauOwned, db.Model):
    """食材类别, at most two levels deep. What it requires holds for its sub-categories as well."""

    __tablename__ = "catalogue_categories"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("parent_id", "catalogue_categories"),
        UniqueConstraint("bureau_id", "code"),
        CheckConstraint("storage IN ('ambient', 'chilled', 'frozen')", name="storage"),
        CheckConstraint("parent_id IS DISTINCT FROM id", name="parent"),
    )
    code: Mapped[str]
    name: Mapped[str]
    parent_id: Mapped[UUID | None]
    storage: Mapped[str] = mapped_column(default="ambient")  # proposed for new items of this category
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
    """A good as the bureau describes it. Quantities are kept in `base_unit`; other units convert to it exactly."""

    __tablename__ = "catalogue_items"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("category_id", "catalogue_categories"),
        UniqueConstraint("bureau_id", "code"),
        CheckConstraint("state IN ('draft', 'published', 'retired')", name="state"),
        CheckConstraint("storage IN ('ambient', 'chilled', 'frozen')", name="storage"),
        CheckConstraint("shelf_life_days > 0", name="shelf_life"),
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
    state: Mapped[str] = mapped_column(default="draft")
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
