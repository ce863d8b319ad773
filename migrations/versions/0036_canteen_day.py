"""Records of the canteen's day; certificates and training of its staff.

Revision: 0036, after 0035
"""

import sqlalchemy as sa
from alembic import op

from migrations import tenancy

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def _key() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("bureau_id", sa.Integer, primary_key=True),
        sa.Column("school_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
    ]


def _in_school(column: str, table: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["bureau_id", "school_id", column],
        [f"{table}.bureau_id", f"{table}.school_id", f"{table}.id"],
        ondelete="CASCADE" if cascade else None,
    )


def _recorded(*, versioned: bool = True) -> list[sa.Column]:
    return [
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid, nullable=False),
        *([sa.Column("version", sa.Integer, nullable=False)] if versioned else []),
    ]


def _meal() -> sa.CheckConstraint:
    meals = "'breakfast', 'morning_snack', 'lunch', 'afternoon_snack', 'dinner', 'night_snack'"
    return sa.CheckConstraint(f"meal IN ({meals})", name="meal")


def _of_day(table: str) -> list[sa.schema.SchemaItem]:
    """What every record of the day has: when, by whom, and what it corrects."""
    return [
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("recorded_by_name", "note", "digest", "correction_reason")
        ),
        *(sa.Column(name, sa.Uuid) for name in ("photo_id", "corrects_id")),
        sa.Column("superseded_at", sa.DateTime(timezone=True)),
        _in_school("photo_id", "attachments"),
        _in_school("corrects_id", table),
        sa.UniqueConstraint("bureau_id", "school_id", "corrects_id", name=f"uq_{table}_corrects"),
        sa.CheckConstraint("(corrects_id IS NULL) = (correction_reason = '')", name="correction"),
        sa.CheckConstraint("on_day = (happened_at AT TIME ZONE 'Asia/Shanghai')::date", name="on_day"),
    ]


def _index_day(table: str) -> None:
    op.create_index(f"ix_{table}_day", table, ["bureau_id", "school_id", "on_day", "id"])


# A record of the day is never written over: its school may add one, and mark it as corrected by another.
RECORDS = (
    "canteen_staff_checks",
    "canteen_disinfections",
    "canteen_cooking_temperatures",
    "accompanying_meals",
    "canteen_tastings",
    "canteen_waste",
    "refrigerator_temperatures",
    "canteen_cleanings",
    "canteen_pest_controls",
    "water_machine_checks",
    "canteen_handovers",
    "canteen_control_reports",
    "canteen_supervision_checks",
    "canteen_onsite_meetings",
)
DISPOSAL = "superseded_at, disposed_at, disposed_by, disposed_by_name, held_reason, version"


def _append_only(table: str, changeable: str) -> None:
    tenancy.protect_school_table(table)
    op.execute(f"REVOKE UPDATE ON {table} FROM houqin_school")
    op.execute(f"GRANT UPDATE ({changeable}) ON {table} TO houqin_school")


def upgrade() -> None:
    op.create_table(
        "canteen_staff",
        *_key(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("duties", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("account_id", sa.Uuid),
        sa.Column("phone", sa.Text, nullable=False),
        sa.Column("joined_on", sa.Date, nullable=False),
        sa.Column("left_on", sa.Date),
        sa.Column("note", sa.Text, nullable=False),
        *_recorded(),
        sa.CheckConstraint("cardinality(duties) > 0", name="duties"),
        sa.CheckConstraint("name <> ''", name="name"),
        sa.CheckConstraint("left_on >= joined_on", name="span"),
    )
    op.create_index("ix_canteen_staff_name", "canteen_staff", ["bureau_id", "school_id", "name", "id"])

    op.create_table(
        "canteen_staff_papers",
        *_key(),
        sa.Column("staff_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("issued_on", sa.Date),
        sa.Column("valid_until", sa.Date),
        sa.Column("photo_id", sa.Uuid),
        sa.Column("alarmed_at_days", sa.Integer),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True)),
        sa.Column("voided_by", sa.Uuid),
        sa.Column("void_reason", sa.Text, nullable=False),
        *_recorded(),
        sa.CheckConstraint("kind IN ('health', 'training', 'safety_officer', 'safety_director')", name="kind"),
        sa.CheckConstraint("valid_until >= issued_on", name="span"),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (voided_by IS NULL) AND (voided_at IS NULL) = (void_reason = '')", name="voided"
        ),
        _in_school("photo_id", "attachments"),
        _in_school("staff_id", "canteen_staff"),
    )
    op.create_index(
        "ix_canteen_staff_papers_ending",
        "canteen_staff_papers",
        ["bureau_id", "valid_until"],
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.create_index(
        "ix_canteen_staff_papers_of",
        "canteen_staff_papers",
        ["bureau_id", "school_id", "staff_id", "kind", "valid_until"],
    )

    op.create_table(
        "canteen_licences",
        *_key(),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("grade", sa.Text, nullable=False),
        sa.Column("issued_on", sa.Date),
        sa.Column("valid_until", sa.Date),
        sa.Column("photo_id", sa.Uuid),
        sa.Column("alarmed_at_days", sa.Integer),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True)),
        sa.Column("voided_by", sa.Uuid),
        sa.Column("void_reason", sa.Text, nullable=False),
        *_recorded(),
        sa.CheckConstraint(
            "kind IN ('food_operation', 'supply_contract', 'liability_insurance', 'water_test', 'other')", name="kind"
        ),
        sa.CheckConstraint("valid_until >= issued_on", name="span"),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (voided_by IS NULL) AND (voided_at IS NULL) = (void_reason = '')", name="voided"
        ),
        _in_school("photo_id", "attachments"),
    )
    op.create_index(
        "ix_canteen_licences_ending",
        "canteen_licences",
        ["bureau_id", "valid_until"],
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.create_index("ix_canteen_licences_kind", "canteen_licences", ["bureau_id", "school_id", "kind", "valid_until"])

    op.create_table(
        "canteen_training_sessions",
        *_key(),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("trainer", sa.Text, nullable=False),
        sa.Column("hours", sa.Numeric(5, 1), nullable=False),
        sa.Column("pass_score", sa.Numeric(5, 1)),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("recorded_by_name", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True)),
        sa.Column("voided_by", sa.Uuid),
        sa.Column("void_reason", sa.Text, nullable=False),
        *_recorded(),
        sa.CheckConstraint("hours > 0", name="hours"),
        sa.CheckConstraint("pass_score >= 0", name="pass_score"),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (voided_by IS NULL) AND (voided_at IS NULL) = (void_reason = '')", name="voided"
        ),
    )
    op.create_index(
        "ix_canteen_training_sessions_day", "canteen_training_sessions", ["bureau_id", "school_id", "held_on", "id"]
    )

    op.create_table(
        "canteen_training_attendances",
        *_key(),
        sa.Column("session_id", sa.Uuid, nullable=False),
        sa.Column("staff_id", sa.Uuid, nullable=False),
        sa.Column("staff_name", sa.Text, nullable=False),
        sa.Column("score", sa.Numeric(5, 1)),
        sa.CheckConstraint("score >= 0", name="score"),
        _in_school("session_id", "canteen_training_sessions", cascade=True),
        _in_school("staff_id", "canteen_staff"),
        sa.UniqueConstraint("bureau_id", "school_id", "session_id", "staff_id"),
    )
    op.create_index(
        "ix_canteen_training_attendances_staff", "canteen_training_attendances", ["bureau_id", "school_id", "staff_id"]
    )

    op.create_table(
        "canteen_refrigerators",
        *_key(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        *_recorded(),
        sa.CheckConstraint("kind IN ('chilled', 'frozen', 'sample')", name="kind"),
        sa.CheckConstraint("name <> ''", name="name"),
    )
    op.create_index(
        "uq_canteen_refrigerators_name",
        "canteen_refrigerators",
        ["bureau_id", "school_id", "name"],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )

    op.create_table(
        "water_machines",
        *_key(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        *_recorded(),
        sa.CheckConstraint("name <> ''", name="name"),
    )
    op.create_index(
        "uq_water_machines_name",
        "water_machines",
        ["bureau_id", "school_id", "name"],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )

    op.create_table(
        "canteen_staff_checks",
        *_key(),
        *_of_day("canteen_staff_checks"),
        sa.Column("staff_id", sa.Uuid, nullable=False),
        sa.Column("staff_name", sa.Text, nullable=False),
        sa.Column("celsius", sa.Numeric(4, 1)),
        sa.Column("findings", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("fitness", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        *_recorded(versioned=False),
        sa.CheckConstraint("fitness <> 'absent' OR (celsius IS NULL AND findings = '{}')", name="absent"),
        sa.CheckConstraint("fitness IN ('fit', 'put_right', 'kept_away', 'absent')", name="fitness"),
        _in_school("staff_id", "canteen_staff"),
    )
    _index_day("canteen_staff_checks")
    op.create_index(
        "uq_canteen_staff_checks_person",
        "canteen_staff_checks",
        ["bureau_id", "school_id", "on_day", "staff_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )

    op.create_table(
        "canteen_disinfections",
        *_key(),
        *_of_day("canteen_disinfections"),
        sa.Column("meal", sa.Text),
        sa.Column("object", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("seconds", sa.Integer, nullable=False),
        sa.Column("celsius", sa.Numeric(5, 1)),
        sa.Column("mg_per_litre", sa.Numeric(7, 1)),
        sa.Column("lacks", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("done_by", sa.Text, nullable=False),
        *_recorded(versioned=False),
        _meal(),
        sa.CheckConstraint("method IN ('steam', 'dishwasher', 'infrared', 'chlorine')", name="method"),
        sa.CheckConstraint("mg_per_litre >= 0", name="mg_per_litre"),
        sa.CheckConstraint("object <> ''", name="object"),
        sa.CheckConstraint("seconds > 0", name="seconds"),
    )
    _index_day("canteen_disinfections")

    op.create_table(
        "canteen_cooking_temperatures",
        *_key(),
        *_of_day("canteen_cooking_temperatures"),
        sa.Column("meal", sa.Text, nullable=False),
        sa.Column("dish_id", sa.Uuid),
        sa.Column("dish_name", sa.Text, nullable=False),
        sa.Column("celsius", sa.Numeric(4, 1), nullable=False),
        sa.Column("least_celsius", sa.Numeric(4, 1), nullable=False),
        sa.Column("is_enough", sa.Boolean, nullable=False),
        sa.Column("again_of", sa.Uuid),
        *_recorded(versioned=False),
        sa.CheckConstraint("is_enough = (celsius >= least_celsius)", name="is_enough"),
        _meal(),
        _in_school("again_of", "canteen_cooking_temperatures"),
        _in_school("dish_id", "dishes"),
        sa.UniqueConstraint("bureau_id", "school_id", "again_of", name="uq_canteen_cooking_temperatures_again"),
    )
    _index_day("canteen_cooking_temperatures")
    op.create_index(
        "ix_canteen_cooking_temperatures_low",
        "canteen_cooking_temperatures",
        ["bureau_id", "on_day", "school_id"],
        postgresql_where=sa.text("NOT is_enough AND superseded_at IS NULL"),
    )

    op.create_table(
        "food_samples",
        *_key(),
        *_of_day("food_samples"),
        sa.Column("meal", sa.Text, nullable=False),
        sa.Column("dish_id", sa.Uuid),
        sa.Column("dish_name", sa.Text, nullable=False),
        sa.Column("grams", sa.Integer, nullable=False),
        sa.Column("least_grams", sa.Integer, nullable=False),
        sa.Column("is_enough", sa.Boolean, nullable=False),
        sa.Column("keeper_id", sa.Uuid),
        sa.Column("keeper_name", sa.Text, nullable=False),
        sa.Column("refrigerator_id", sa.Uuid),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("dispose_not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disposed_at", sa.DateTime(timezone=True)),
        sa.Column("disposed_by", sa.Uuid),
        sa.Column("disposed_by_name", sa.Text, nullable=False),
        sa.Column("held_reason", sa.Text, nullable=False),
        *_recorded(),
        sa.CheckConstraint("dispose_not_before >= happened_at", name="dispose_not_before"),
        sa.CheckConstraint(
            "(disposed_at IS NULL) = (disposed_by IS NULL) AND (disposed_at IS NULL OR disposed_at >= dispose_not_before)",
            name="disposed",
        ),
        sa.CheckConstraint("grams > 0", name="grams"),
        sa.CheckConstraint("is_enough = (grams >= least_grams)", name="is_enough"),
        _meal(),
        _in_school("dish_id", "dishes"),
        _in_school("keeper_id", "canteen_staff"),
        _in_school("refrigerator_id", "canteen_refrigerators"),
        sa.UniqueConstraint("bureau_id", "school_id", "code"),
    )
    _index_day("food_samples")
    op.create_index(
        "ix_food_samples_dish",
        "food_samples",
        ["bureau_id", "dish_id", "on_day"],
        postgresql_where=sa.text("dish_id IS NOT NULL"),
    )
    op.create_index(
        "ix_food_samples_kept",
        "food_samples",
        ["bureau_id", "school_id", "dispose_not_before", "id"],
        postgresql_where=sa.text("disposed_at IS NULL AND superseded_at IS NULL"),
    )
    op.create_index("ix_food_samples_on_day", "food_samples", ["bureau_id", "on_day", "school_id"])

    op.create_table(
        "accompanying_meals",
        *_key(),
        *_of_day("accompanying_meals"),
        sa.Column("meal", sa.Text, nullable=False),
        sa.Column("person_name", sa.Text, nullable=False),
        sa.Column("person_kind", sa.Text, nullable=False),
        sa.Column("account_id", sa.Uuid),
        sa.Column("dishes", sa.Text, nullable=False),
        sa.Column("price", sa.Text, nullable=False),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        *_recorded(versioned=False),
        sa.CheckConstraint("dishes IN ('good', 'fair', 'poor')", name="dishes"),
        _meal(),
        sa.CheckConstraint("person_kind IN ('leader', 'teacher', 'parent')", name="person_kind"),
        sa.CheckConstraint("price IN ('good', 'fair', 'poor')", name="price"),
        sa.CheckConstraint("service IN ('good', 'fair', 'poor')", name="service"),
    )
    _index_day("accompanying_meals")

    op.create_table(
        "accompanying_turns",
        *_key(),
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("meal", sa.Text, nullable=False),
        sa.Column("person_name", sa.Text, nullable=False),
        sa.Column("account_id", sa.Uuid),
        *_recorded(),
        _meal(),
        sa.UniqueConstraint("bureau_id", "school_id", "on_day", "meal", "person_name"),
    )

    op.create_table(
        "canteen_tastings",
        *_key(),
        *_of_day("canteen_tastings"),
        sa.Column("meal", sa.Text, nullable=False),
        sa.Column("taster_name", sa.Text, nullable=False),
        sa.Column("is_fine", sa.Boolean, nullable=False),
        sa.Column("exceptions", sa.Text, nullable=False),
        *_recorded(versioned=False),
        sa.CheckConstraint("is_fine OR exceptions <> ''", name="exceptions"),
        _meal(),
    )
    _index_day("canteen_tastings")

    op.create_table(
        "canteen_waste",
        *_key(),
        *_of_day("canteen_waste"),
        sa.Column("meal", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("grams", sa.BigInteger, nullable=False),
        sa.Column("diners", sa.Integer),
        sa.Column("taken_by", sa.Text, nullable=False),
        *_recorded(versioned=False),
        sa.CheckConstraint("diners >= 0", name="diners"),
        sa.CheckConstraint("grams >= 0", name="grams"),
        sa.CheckConstraint("kind IN ('leftovers', 'kitchen', 'oil')", name="kind"),
        _meal(),
    )
    _index_day("canteen_waste")

    op.create_table(
        "refrigerator_temperatures",
        *_key(),
        *_of_day("refrigerator_temperatures"),
        sa.Column("refrigerator_id", sa.Uuid, nullable=False),
        sa.Column("refrigerator_name", sa.Text, nullable=False),
        sa.Column("celsius", sa.Numeric(4, 1), nullable=False),
        sa.Column("least_celsius", sa.Numeric(4, 1)),
        sa.Column("most_celsius", sa.Numeric(4, 1)),
        sa.Column("is_within", sa.Boolean, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        *_recorded(versioned=False),
        sa.CheckConstraint("is_within OR action <> ''", name="action"),
        _in_school("refrigerator_id", "canteen_refrigerators"),
    )
    _index_day("refrigerator_temperatures")
    op.create_index(
        "ix_refrigerator_temperatures_of",
        "refrigerator_temperatures",
        ["bureau_id", "school_id", "refrigerator_id", "happened_at"],
    )
    op.create_index(
        "ix_refrigerator_temperatures_out",
        "refrigerator_temperatures",
        ["bureau_id", "on_day", "school_id"],
        postgresql_where=sa.text("NOT is_within AND superseded_at IS NULL"),
    )

    op.create_table(
        "canteen_cleanings",
        *_key(),
        *_of_day("canteen_cleanings"),
        sa.Column("areas", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("exceptions", sa.Text, nullable=False),
        sa.Column("done_by", sa.Text, nullable=False),
        *_recorded(versioned=False),
        sa.CheckConstraint("cardinality(areas) > 0", name="areas"),
    )
    _index_day("canteen_cleanings")

    op.create_table(
        "canteen_pest_controls",
        *_key(),
        *_of_day("canteen_pest_controls"),
        sa.Column("pests", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("means", sa.Text, nullable=False),
        sa.Column("places", sa.Text, nullable=False),
        sa.Column("company", sa.Text, nullable=False),
        sa.Column("traces", sa.Text, nullable=False),
        *_recorded(versioned=False),
        sa.CheckConstraint("cardinality(pests) > 0", name="pests"),
    )
    _index_day("canteen_pest_controls")

    op.create_table(
        "water_machine_checks",
        *_key(),
        *_of_day("water_machine_checks"),
        sa.Column("machine_id", sa.Uuid, nullable=False),
        sa.Column("machine_name", sa.Text, nullable=False),
        sa.Column("is_descaled", sa.Boolean, nullable=False),
        sa.Column("is_disinfected", sa.Boolean, nullable=False),
        sa.Column("filter_changed", sa.Boolean, nullable=False),
        sa.Column("exceptions", sa.Text, nullable=False),
        *_recorded(versioned=False),
        _in_school("machine_id", "water_machines"),
    )
    _index_day("water_machine_checks")
    op.create_index(
        "ix_water_machine_checks_of", "water_machine_checks", ["bureau_id", "school_id", "machine_id", "on_day"]
    )

    op.create_table(
        "canteen_handovers",
        *_key(),
        *_of_day("canteen_handovers"),
        sa.Column("from_name", sa.Text, nullable=False),
        sa.Column("to_name", sa.Text, nullable=False),
        sa.Column("is_locked", sa.Boolean, nullable=False),
        sa.Column("matters", sa.Text, nullable=False),
        *_recorded(versioned=False),
    )
    _index_day("canteen_handovers")

    op.create_table(
        "canteen_control_reports",
        *_key(),
        *_of_day("canteen_control_reports"),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("self_check_id", sa.Uuid),
        sa.Column("found_nothing", sa.Boolean, nullable=False),
        sa.Column("finding_count", sa.Integer, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("attendees", sa.Text, nullable=False),
        *_recorded(versioned=False),
        sa.CheckConstraint("found_nothing = (finding_count = 0)", name="found_nothing"),
        sa.CheckConstraint("kind IN ('daily', 'weekly', 'monthly')", name="kind"),
        sa.CheckConstraint("first_day <= on_day", name="span"),
        _in_school("self_check_id", "self_checks"),
    )
    _index_day("canteen_control_reports")
    op.create_index(
        "ix_canteen_control_reports_kind", "canteen_control_reports", ["bureau_id", "school_id", "kind", "on_day"]
    )

    op.create_table(
        "canteen_findings",
        *_key(),
        sa.Column("source_kind", sa.Text, nullable=False),
        sa.Column("source_id", sa.Uuid, nullable=False),
        sa.Column("found_on", sa.Date, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("responsible", sa.Text, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("hazard_id", sa.Uuid),
        *_recorded(),
        sa.CheckConstraint("state IN ('open', 'fixed', 'closed')", name="state"),
        sa.CheckConstraint("text <> ''", name="text"),
        _in_school("hazard_id", "hazards"),
    )
    op.create_index(
        "ix_canteen_findings_open",
        "canteen_findings",
        ["bureau_id", "due_on", "school_id"],
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_canteen_findings_source", "canteen_findings", ["bureau_id", "school_id", "source_id"])
    op.create_index(
        "ix_canteen_findings_state", "canteen_findings", ["bureau_id", "school_id", "state", "due_on", "id"]
    )

    op.create_table(
        "canteen_finding_steps",
        *_key(),
        sa.Column("finding_id", sa.Uuid, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("from_state", sa.Text, nullable=False),
        sa.Column("to_state", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("photo_id", sa.Uuid),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        _in_school("finding_id", "canteen_findings"),
        _in_school("photo_id", "attachments"),
    )
    op.create_index(
        "ix_canteen_finding_steps_of", "canteen_finding_steps", ["bureau_id", "school_id", "finding_id", "id"]
    )

    op.create_table(
        "canteen_supervision_members",
        *_key(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        *_recorded(),
        sa.CheckConstraint("kind IN ('leader', 'logistics', 'pupil', 'teacher', 'parent')", name="kind"),
        sa.CheckConstraint("name <> ''", name="name"),
    )
    op.create_index(
        "ix_canteen_supervision_members_kind", "canteen_supervision_members", ["bureau_id", "school_id", "kind", "id"]
    )

    op.create_table(
        "canteen_supervision_checks",
        *_key(),
        *_of_day("canteen_supervision_checks"),
        sa.Column("hygiene", sa.Integer, nullable=False),
        sa.Column("dishes", sa.Integer, nullable=False),
        sa.Column("service", sa.Integer, nullable=False),
        sa.Column("member_names", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("member_kinds", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("minutes", sa.Text, nullable=False),
        sa.Column("self_check_id", sa.Uuid),
        *_recorded(versioned=False),
        sa.CheckConstraint("cardinality(member_names) > 0", name="members"),
        sa.CheckConstraint(
            "least(hygiene, dishes, service) >= 0 AND greatest(hygiene, dishes, service) <= 100", name="scores"
        ),
        _in_school("self_check_id", "self_checks"),
    )
    _index_day("canteen_supervision_checks")

    op.create_table(
        "canteen_onsite_meetings",
        *_key(),
        *_of_day("canteen_onsite_meetings"),
        sa.Column("attendees", sa.Text, nullable=False),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("decisions", sa.Text, nullable=False),
        *_recorded(versioned=False),
    )
    _index_day("canteen_onsite_meetings")

    op.create_table(
        "canteen_survey_replies",
        *_key(),
        sa.Column("survey_id", sa.Uuid, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        *_recorded(versioned=False),
        sa.CheckConstraint("words <> ''", name="words"),
        _in_school("survey_id", "surveys"),
    )
    op.create_index(
        "ix_canteen_survey_replies_survey", "canteen_survey_replies", ["bureau_id", "school_id", "survey_id", "id"]
    )

    for table in RECORDS:
        _append_only(table, "superseded_at")
    _append_only("food_samples", DISPOSAL)
    for table in ("canteen_training_attendances", "canteen_finding_steps", "canteen_survey_replies"):
        tenancy.protect_school_table(table, school="ra")
    tenancy.protect_school_table("accompanying_turns", school="rwd")
    for table in (
        "canteen_staff",
        "canteen_staff_papers",
        "canteen_licences",
        "canteen_training_sessions",
        "canteen_refrigerators",
        "water_machines",
        "canteen_findings",
        "canteen_supervision_members",
    ):
        tenancy.protect_school_table(table)
