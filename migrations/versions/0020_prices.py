"""Item versions, favourites, price surveys and price books.

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SNAPSHOT_TABLES = (
    "catalogue_items", "catalogue_categories", "catalogue_unit_conversions", "catalogue_certificate_requirements",
    "catalogue_item_versions",
)  # fmt: skip


def upgrade() -> None:
    _catalogue_columns()
    _catalogue_item_versions()
    _catalogue_favourites()
    _price_sources()
    _price_surveys()
    _price_survey_items()
    _price_survey_sources()
    _price_surveyors()
    _price_reports()
    _price_report_decisions()
    _price_survey_events()
    _price_books()
    _price_book_lines()
    _price_book_events()
    _price_objections()
    _first_versions()
    _rights()


def _bureau_key() -> list[sa.Column]:
    return [
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
    ]


def _school_key() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("bureau_id", sa.Integer, primary_key=True),
        sa.Column("school_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
    ]


def _recorded() -> list[sa.Column]:
    return [
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid, nullable=False),
    ]


def _texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _catalogue_columns() -> None:
    op.add_column("catalogue_categories", sa.Column("subject", sa.Text, nullable=False, server_default="food"))
    op.create_check_constraint(
        op.f("ck_catalogue_categories_subject"), "catalogue_categories", "subject IN ('food', 'goods')"
    )
    empty = sa.text("'[]'::jsonb")
    op.add_column("catalogue_items", sa.Column("pack_sizes", JSONB, nullable=False, server_default=empty))
    op.add_column("catalogue_items", sa.Column("ingredient", sa.Text, nullable=False, server_default=""))
    op.add_column("catalogue_items", sa.Column("brand_note", sa.Text, nullable=False, server_default=""))
    op.add_column("catalogue_items", sa.Column("current_version", sa.Integer, nullable=False, server_default="0"))
    op.create_check_constraint(op.f("ck_catalogue_items_current_version"), "catalogue_items", "current_version >= 0")
    # The defaults served the rows that are there; from here on the application says what it means.
    op.alter_column("catalogue_categories", "subject", server_default=None)
    for column in ("pack_sizes", "ingredient", "brand_note", "current_version"):
        op.alter_column("catalogue_items", column, server_default=None)


def _catalogue_item_versions() -> None:
    op.create_table(
        "catalogue_item_versions",
        *_bureau_key(),
        sa.Column("item_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("row_version", sa.Integer, nullable=False),
        *_texts("code", "name", "specification", "standard", "base_unit"),
        sa.Column("conversions", JSONB, nullable=False),
        sa.Column("pack_sizes", JSONB, nullable=False),
        sa.Column("shelf_life_days", sa.Integer),
        *_texts("storage", "ingredient", "brand_note"),
        sa.Column("category_id", sa.Uuid, nullable=False),
        *_texts("category_code", "category_name", "subject"),
        sa.Column("certificates", JSONB, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid, nullable=False),
        *_texts("published_by_name"),
        sa.ForeignKeyConstraint(["bureau_id", "item_id"], ["catalogue_items.bureau_id", "catalogue_items.id"]),
        sa.ForeignKeyConstraint(
            ["bureau_id", "category_id"], ["catalogue_categories.bureau_id", "catalogue_categories.id"]
        ),
        sa.UniqueConstraint("bureau_id", "item_id", "number"),
        sa.CheckConstraint("number > 0 AND row_version > 0", name="number"),
    )


def _catalogue_favourites() -> None:
    op.create_table(
        "catalogue_favourites",
        *_school_key(),
        sa.Column("item_id", sa.Uuid, nullable=False),
        *_recorded(),
        sa.ForeignKeyConstraint(["bureau_id", "item_id"], ["catalogue_items.bureau_id", "catalogue_items.id"]),
        sa.UniqueConstraint("bureau_id", "school_id", "item_id"),
    )


def _price_sources() -> None:
    op.create_table(
        "price_sources",
        *_bureau_key(),
        *_texts("name", "kind", "address"),
        sa.Column("is_active", sa.Boolean, nullable=False),
        *_recorded(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("bureau_id", "name"),
        sa.CheckConstraint("kind IN ('price_bureau', 'wholesale', 'supermarket', 'wet_market', 'other')", name="kind"),
    )


def _price_surveys() -> None:
    op.create_table(
        "price_surveys",
        *_bureau_key(),
        *_texts("number", "title", "series", "cycle"),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        *_texts("method"),
        sa.Column("cutoff", sa.Numeric(6, 2), nullable=False),
        sa.Column("least_sources", sa.Integer, nullable=False),
        *_texts("state"),
        sa.Column("signed_at", sa.DateTime(timezone=True)),
        sa.Column("signed_by", sa.Uuid),
        *_texts("signed_by_name", "key"),
        *_recorded(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("bureau_id", "number"),
        sa.CheckConstraint("cycle IN ('weekly', 'half_month', 'month', 'once')", name="cycle"),
        sa.CheckConstraint("series IN ('general', 'fresh', 'dry', 'goods')", name="series"),
        sa.CheckConstraint("method IN ('average', 'median')", name="method"),
        sa.CheckConstraint("state IN ('draft', 'collecting', 'closed', 'signed', 'cancelled')", name="state"),
        sa.CheckConstraint("first_day <= last_day", name="days"),
        sa.CheckConstraint("cutoff > 0 AND least_sources > 0", name="settings"),
        sa.CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed"),
    )


def _price_survey_items() -> None:
    op.create_table(
        "price_survey_items",
        *_bureau_key(),
        sa.Column("survey_id", sa.Uuid, nullable=False),
        sa.Column("item_id", sa.Uuid, nullable=False),
        sa.Column("item_version", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        *_texts("code", "name", "specification"),
        sa.Column("category_id", sa.Uuid, nullable=False),
        *_texts("category_name", "base_unit"),
        sa.Column("units", JSONB, nullable=False),
        sa.Column("reference_fen", sa.Integer),
        sa.ForeignKeyConstraint(["bureau_id", "survey_id"], ["price_surveys.bureau_id", "price_surveys.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "item_id"], ["catalogue_items.bureau_id", "catalogue_items.id"]),
        sa.UniqueConstraint("bureau_id", "survey_id", "item_id"),
    )


def _price_survey_sources() -> None:
    op.create_table(
        "price_survey_sources",
        *_bureau_key(),
        sa.Column("survey_id", sa.Uuid, nullable=False),
        sa.Column("source_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        *_texts("name", "kind"),
        sa.ForeignKeyConstraint(["bureau_id", "survey_id"], ["price_surveys.bureau_id", "price_surveys.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "source_id"], ["price_sources.bureau_id", "price_sources.id"]),
        sa.UniqueConstraint("bureau_id", "survey_id", "source_id"),
    )


def _price_surveyors() -> None:
    op.create_table(
        "price_surveyors",
        *_bureau_key(),
        sa.Column("survey_id", sa.Uuid, nullable=False),
        *_texts("kind", "name"),
        sa.Column("person_id", sa.Uuid),
        sa.Column("code_hash", sa.Text),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("most", sa.Integer, nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        *_recorded(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "survey_id"], ["price_surveys.bureau_id", "price_surveys.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "person_id"], ["people.bureau_id", "people.id"]),
        sa.UniqueConstraint("bureau_id", "survey_id", "person_id"),
        sa.UniqueConstraint("bureau_id", "code_hash"),
        sa.CheckConstraint("kind IN ('officer', 'teacher', 'parent', 'other')", name="kind"),
        sa.CheckConstraint("(person_id IS NULL) = (code_hash IS NOT NULL)", name="way_in"),
        sa.CheckConstraint("(code_hash IS NULL) = (expires_at IS NULL)", name="expiry"),
        sa.CheckConstraint("most > 0", name="most"),
    )


def _price_reports() -> None:
    op.create_table(
        "price_reports",
        *_bureau_key(),
        sa.Column("survey_id", sa.Uuid, nullable=False),
        sa.Column("surveyor_id", sa.Uuid, nullable=False),
        sa.Column("source_id", sa.Uuid, nullable=False),
        sa.Column("item_id", sa.Uuid, nullable=False),
        *_texts("unit"),
        sa.Column("factor", sa.Numeric(13, 6), nullable=False),
        sa.Column("price_fen", sa.Integer, nullable=False),
        sa.Column("base_price", sa.Numeric(18, 6), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("latitude", sa.Numeric(9, 6)),
        sa.Column("longitude", sa.Numeric(9, 6)),
        sa.Column("accuracy_m", sa.Integer),
        sa.Column("attachment_id", sa.Uuid),
        *_texts("note", "content_digest", "address_hash"),
        sa.Column("is_first", sa.Boolean, nullable=False),
        *_texts("state"),
        sa.ForeignKeyConstraint(["bureau_id", "survey_id"], ["price_surveys.bureau_id", "price_surveys.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "surveyor_id"], ["price_surveyors.bureau_id", "price_surveyors.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "source_id"], ["price_sources.bureau_id", "price_sources.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "item_id"], ["catalogue_items.bureau_id", "catalogue_items.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "attachment_id"], ["attachments.bureau_id", "attachments.id"]),
        sa.CheckConstraint("price_fen > 0 AND factor > 0 AND base_price > 0", name="price"),
        sa.CheckConstraint("state IN ('counted', 'waiting', 'excluded')", name="state"),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="place"),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="earth"),
    )
    op.create_index("ix_price_reports_item", "price_reports", ["bureau_id", "survey_id", "item_id", "source_id", "id"])
    op.create_index("ix_price_reports_surveyor", "price_reports", ["bureau_id", "surveyor_id", "reported_at"])
    op.create_index(
        "uq_price_reports_first",
        "price_reports",
        ["bureau_id", "survey_id", "item_id", "source_id"],
        unique=True,
        postgresql_where=sa.text("is_first"),
    )


def _price_report_decisions() -> None:
    op.create_table(
        "price_report_decisions",
        *_bureau_key(),
        sa.Column("report_id", sa.Uuid, nullable=False),
        *_texts("decision", "reason"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid, nullable=False),
        *_texts("by_name"),
        sa.ForeignKeyConstraint(["bureau_id", "report_id"], ["price_reports.bureau_id", "price_reports.id"]),
        sa.CheckConstraint("decision IN ('include', 'exclude')", name="decision"),
        sa.CheckConstraint("reason <> ''", name="reason"),
    )
    op.create_index("ix_price_report_decisions_report", "price_report_decisions", ["bureau_id", "report_id", "id"])


def _price_survey_events() -> None:
    op.create_table(
        "price_survey_events",
        *_bureau_key(),
        sa.Column("survey_id", sa.Uuid, nullable=False),
        *_texts("event", "from_state", "to_state", "reason"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid, nullable=False),
        *_texts("by_name"),
        sa.ForeignKeyConstraint(["bureau_id", "survey_id"], ["price_surveys.bureau_id", "price_surveys.id"]),
    )
    op.create_index("ix_price_survey_events_survey", "price_survey_events", ["bureau_id", "survey_id", "id"])


def _price_books() -> None:
    op.create_table(
        "price_books",
        *_bureau_key(),
        *_texts("number", "title", "series"),
        sa.Column("survey_id", sa.Uuid, nullable=False),
        sa.Column("corrects_id", sa.Uuid),
        *_texts("correction_reason", "state"),
        sa.Column("is_public", sa.Boolean, nullable=False),
        sa.Column("threshold_percent", sa.Numeric(7, 2), nullable=False),
        sa.Column("surveyed_by", sa.Uuid),
        sa.Column("publicised_at", sa.DateTime(timezone=True)),
        sa.Column("publicised_by", sa.Uuid),
        sa.Column("publicity_from", sa.Date),
        sa.Column("publicity_until", sa.Date),
        sa.Column("effective_from", sa.Date),
        sa.Column("begins_on", sa.Date),
        *_texts("digest"),
        *_recorded(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "survey_id"], ["price_surveys.bureau_id", "price_surveys.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "corrects_id"], ["price_books.bureau_id", "price_books.id"]),
        sa.UniqueConstraint("bureau_id", "number"),
        sa.CheckConstraint("series IN ('general', 'fresh', 'dry', 'goods')", name="series"),
        sa.CheckConstraint(
            "state IN ('draft', 'surveyed', 'publicised', 'effective', 'superseded', 'withdrawn')", name="state"
        ),
        sa.CheckConstraint("is_public = (state IN ('publicised', 'effective', 'superseded'))", name="is_public"),
        sa.CheckConstraint("NOT is_public OR (publicised_at IS NOT NULL AND digest <> '')", name="publicised"),
        sa.CheckConstraint("state NOT IN ('effective', 'superseded') OR begins_on IS NOT NULL", name="begun"),
        sa.CheckConstraint("publicity_until >= publicity_from", name="publicity"),
        sa.CheckConstraint("effective_from > publicity_until", name="after_publicity"),
        sa.CheckConstraint("begins_on >= effective_from", name="begins_on"),
        sa.CheckConstraint("publicised_by <> created_by AND publicised_by <> surveyed_by", name="two_people"),
        sa.CheckConstraint("corrects_id IS NULL OR correction_reason <> ''", name="correction"),
    )
    op.create_index("ix_price_books_day", "price_books", ["bureau_id", "begins_on"])
    op.create_index(
        "uq_price_books_day",
        "price_books",
        ["bureau_id", "series", "begins_on"],
        unique=True,
        postgresql_where=sa.text("begins_on IS NOT NULL AND is_public"),
    )
    op.create_index(
        "uq_price_books_effective",
        "price_books",
        ["bureau_id", "series"],
        unique=True,
        postgresql_where=sa.text("state = 'effective'"),
    )


def _price_book_lines() -> None:
    op.create_table(
        "price_book_lines",
        *_bureau_key(),
        sa.Column("book_id", sa.Uuid, nullable=False),
        sa.Column("item_id", sa.Uuid, nullable=False),
        sa.Column("item_version", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        *_texts("code", "name", "specification"),
        sa.Column("category_id", sa.Uuid, nullable=False),
        *_texts("category_name", "unit"),
        sa.Column("price_fen", sa.Integer, nullable=False),
        sa.Column("exact", sa.Numeric(18, 6), nullable=False),
        *_texts("basis"),
        sa.Column("carried_from", sa.Text),
        *_texts("correction_reason", "method"),
        sa.Column("source_count", sa.Integer, nullable=False),
        sa.Column("report_count", sa.Integer, nullable=False),
        sa.Column("outlier_count", sa.Integer, nullable=False),
        sa.Column("excluded_count", sa.Integer, nullable=False),
        sa.Column("sources", JSONB, nullable=False),
        sa.Column("previous_fen", sa.Integer),
        sa.Column("change_percent", sa.Numeric(12, 2)),
        sa.Column("is_triggered", sa.Boolean, nullable=False),
        sa.Column("is_public", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "book_id"], ["price_books.bureau_id", "price_books.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "item_id"], ["catalogue_items.bureau_id", "catalogue_items.id"]),
        sa.UniqueConstraint("bureau_id", "book_id", "item_id"),
        sa.CheckConstraint("price_fen > 0", name="price"),
        sa.CheckConstraint("basis IN ('survey', 'carried', 'corrected')", name="basis"),
        sa.CheckConstraint("(basis = 'carried') = (carried_from IS NOT NULL)", name="carried"),
        sa.CheckConstraint("(basis = 'corrected') = (correction_reason <> '')", name="corrected"),
    )


def _price_book_events() -> None:
    op.create_table(
        "price_book_events",
        *_bureau_key(),
        sa.Column("book_id", sa.Uuid, nullable=False),
        *_texts("event", "from_state", "to_state", "reason"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid, nullable=False),
        *_texts("by_name"),
        sa.ForeignKeyConstraint(["bureau_id", "book_id"], ["price_books.bureau_id", "price_books.id"]),
    )
    op.create_index("ix_price_book_events_book", "price_book_events", ["bureau_id", "book_id", "id"])


def _price_objections() -> None:
    op.create_table(
        "price_objections",
        *_bureau_key(),
        sa.Column("school_id", sa.Integer),
        sa.Column("supplier_id", sa.Uuid),
        sa.Column("book_id", sa.Uuid, nullable=False),
        sa.Column("item_id", sa.Uuid),
        *_texts("text", "filed_by_name", "state", "answer"),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by", sa.Uuid),
        *_texts("answered_by_name"),
        *_recorded(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "supplier_id"], ["bureau_suppliers.bureau_id", "bureau_suppliers.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "book_id"], ["price_books.bureau_id", "price_books.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "item_id"], ["catalogue_items.bureau_id", "catalogue_items.id"]),
        sa.UniqueConstraint("bureau_id", "school_id", "id"),
        sa.CheckConstraint("(school_id IS NULL) <> (supplier_id IS NULL)", name="who"),
        sa.CheckConstraint("state IN ('open', 'upheld', 'rejected')", name="state"),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered"),
        sa.CheckConstraint("state = 'open' OR answer <> ''", name="answer"),
    )
    op.create_index("ix_price_objections_book", "price_objections", ["bureau_id", "book_id", "id"])


def _first_versions() -> None:
    """What is published already becomes its own first version. Row-level security binds the owner as well: it is let go
    for this one statement."""
    for table in SNAPSHOT_TABLES:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("""
        INSERT INTO catalogue_item_versions (
            bureau_id, id, item_id, number, row_version, code, name, specification, standard, base_unit, conversions,
            pack_sizes, shelf_life_days, storage, ingredient, brand_note, category_id, category_code, category_name,
            subject, certificates, published_at, published_by, published_by_name)
        SELECT i.bureau_id, gen_random_uuid(), i.id, 1, i.version, i.code, i.name, i.specification, i.standard,
               i.base_unit,
               coalesce((SELECT jsonb_agg(jsonb_build_object('unit', u.unit, 'factor', trim_scale(u.factor)::text)
                                          ORDER BY u.factor, u.unit)
                         FROM catalogue_unit_conversions u
                         WHERE u.bureau_id = i.bureau_id AND u.item_id = i.id), '[]'::jsonb),
               '[]'::jsonb, i.shelf_life_days, i.storage, '', '', c.id, c.code, c.name, c.subject,
               coalesce((SELECT jsonb_agg(jsonb_build_object('kind', r.kind, 'label', r.label) ORDER BY r.kind)
                         FROM (SELECT DISTINCT ON (q.kind) q.kind, q.label
                               FROM catalogue_certificate_requirements q
                               WHERE q.bureau_id = i.bureau_id AND q.category_id IN (c.id, c.parent_id)
                               ORDER BY q.kind, (q.category_id = c.id) DESC) r), '[]'::jsonb),
               i.created_at, i.created_by, ''
        FROM catalogue_items i
        JOIN catalogue_categories c ON c.bureau_id = i.bureau_id AND c.id = i.category_id
        WHERE i.state <> 'draft'
    """)
    op.execute("UPDATE catalogue_items SET current_version = 1 WHERE state <> 'draft'")
    for table in SNAPSHOT_TABLES:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _rights() -> None:
    # A version once published may stand in an order or a receipt, whatever became of the item since.
    tenancy.protect_bureau_table("catalogue_item_versions", bureau="ra", supplier="r")
    tenancy.protect_school_table("catalogue_favourites", bureau=None, zone=None, school="rwd")
    # Surveys are the bureau's work; who reported what and from where is nobody else's to see.
    for table in ("price_sources", "price_surveys", "price_surveyors", "price_reports"):
        tenancy.protect_bureau_table(table, zone=None, school=None)
    for table in ("price_survey_items", "price_survey_sources"):
        tenancy.protect_bureau_table(table, bureau="rwd", zone=None, school=None)
    for table in ("price_report_decisions", "price_survey_events"):
        tenancy.protect_bureau_table(table, bureau="ra", zone=None, school=None)
    tenancy.protect_bureau_table("price_books", school_condition="is_public")
    tenancy.protect_bureau_table("price_book_lines", bureau="rwd", school_condition="is_public")
    tenancy.show_supplier("price_books", "is_public")
    tenancy.show_supplier("price_book_lines", "is_public")
    tenancy.protect_bureau_table("price_book_events", bureau="ra", zone=None, school=None)
    tenancy.protect_school_table("price_objections", bureau="rw", zone=None, school="ra")
    tenancy.show_supplier("price_objections", f"supplier_id = {tenancy.SUPPLIER}", "ra")
