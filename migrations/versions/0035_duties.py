"""What is due, by whom, by when.

Revision: 0035, after 0034
"""

import sqlalchemy as sa
from alembic import op

from migrations import tenancy

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty_excuses",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("meals", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("note <> ''", name=op.f("ck_duty_excuses_note")),
        sa.CheckConstraint(
            "reason IN ('power_cut', 'water_cut', 'closed', 'weather', 'no_meal', 'outing', 'system', 'other')",
            name=op.f("ck_duty_excuses_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'confirmed', 'refused', 'withdrawn')", name=op.f("ck_duty_excuses_state")
        ),
        sa.CheckConstraint("first_day <= last_day AND last_day <= first_day + 60", name=op.f("ck_duty_excuses_days")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_duty_excuses_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_duty_excuses")),
    )
    op.create_index(
        "ix_duty_excuses_asked",
        "duty_excuses",
        ["bureau_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_index("ix_duty_excuses_newest", "duty_excuses", ["bureau_id", "school_id", "id"], unique=False)
    op.create_table(
        "duty_excuse_events",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("excuse_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "excuse_id"],
            ["duty_excuses.bureau_id", "duty_excuses.school_id", "duty_excuses.id"],
            name=op.f("fk_duty_excuse_events_bureau_id_school_id_excuse_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_duty_excuse_events_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_duty_excuse_events")),
    )
    op.create_index(
        "ix_duty_excuse_events_of", "duty_excuse_events", ["bureau_id", "school_id", "excuse_id", "id"], unique=False
    )
    op.create_table(
        "duties",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("meal", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_long", sa.Boolean(), nullable=False),
        sa.Column("needed", sa.SmallInteger(), nullable=False),
        sa.Column("fulfilled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fulfilled_by", sa.Uuid(), nullable=True),
        sa.Column("record_kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("excuse_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("is_long = (closes_at - due_at > interval '48 hours')", name=op.f("ck_duties_is_long")),
        sa.CheckConstraint("on_day = (due_at AT TIME ZONE 'Asia/Shanghai')::date", name=op.f("ck_duties_on_day")),
        sa.CheckConstraint("(fulfilled_at IS NULL) = (fulfilled_by IS NULL)", name=op.f("ck_duties_fulfilled")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_duties_days")),
        sa.CheckConstraint("needed > 0", name=op.f("ck_duties_needed")),
        sa.CheckConstraint("opens_at <= due_at AND due_at <= closes_at", name=op.f("ck_duties_span")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "excuse_id"],
            ["duty_excuses.bureau_id", "duty_excuses.school_id", "duty_excuses.id"],
            name=op.f("fk_duties_bureau_id_school_id_excuse_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"], name=op.f("fk_duties_bureau_id_school_id")
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_duties")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "kind", "period", name=op.f("uq_duties_bureau_id_school_id_kind_period")
        ),
    )
    op.create_index("ix_duties_about", "duties", ["bureau_id", "school_id", "kind", "last_day"], unique=False)
    op.create_index("ix_duties_day", "duties", ["bureau_id", "on_day", "school_id", "kind"], unique=False)
    op.create_index("ix_duties_due", "duties", ["bureau_id", "school_id", "due_at"], unique=False)
    op.create_index(
        "ix_duties_open",
        "duties",
        ["bureau_id", "is_long", "due_at"],
        unique=False,
        postgresql_where=sa.text("fulfilled_at IS NULL AND excuse_id IS NULL"),
    )
    op.create_table(
        "duty_marks",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("meal", sa.Text(), nullable=False),
        sa.Column("record_kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_duty_marks_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_duty_marks")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "kind", "on_day", "meal", "record_kind", "record_id", name="uq_duty_marks_of"
        ),
    )
    op.create_index(
        "ix_duty_marks_record", "duty_marks", ["bureau_id", "school_id", "record_kind", "record_id"], unique=False
    )
    op.create_table(
        "duty_ticks",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("meal", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by_name", sa.Text(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.Uuid(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name=op.f("ck_duty_ticks_void_reason")),
        sa.CheckConstraint("(voided_at IS NULL) = (voided_by IS NULL)", name=op.f("ck_duty_ticks_voided")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
            name=op.f("fk_duty_ticks_bureau_id_school_id_attachment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_duty_ticks_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_duty_ticks")),
    )
    op.create_index("ix_duty_ticks_newest", "duty_ticks", ["bureau_id", "school_id", "id"], unique=False)
    op.create_index("ix_duty_ticks_of", "duty_ticks", ["bureau_id", "school_id", "kind", "on_day"], unique=False)
    op.create_table(
        "bureau_duty_kinds",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.Column("due_time", sa.Time(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("month_day", sa.SmallInteger(), nullable=False),
        sa.Column("months", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("anchor", sa.Text(), nullable=False),
        sa.Column("shift_days", sa.SmallInteger(), nullable=False),
        sa.Column("lead_days", sa.SmallInteger(), nullable=False),
        sa.Column("once_on", sa.Date(), nullable=True),
        sa.Column("minutes_after", sa.SmallInteger(), nullable=False),
        sa.Column("grace_hours", sa.SmallInteger(), nullable=False),
        sa.Column("needed", sa.SmallInteger(), nullable=False),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("needs_photo", sa.Boolean(), nullable=False),
        sa.Column("needs_note", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("stages", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("boarding", sa.Boolean(), nullable=True),
        sa.Column("canteen_modes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("least_diners", sa.Integer(), nullable=True),
        sa.Column("most_diners", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(cadence = 'once') = (once_on IS NOT NULL)", name=op.f("ck_bureau_duty_kinds_once_on")),
        sa.CheckConstraint("anchor IN ('start', 'end')", name=op.f("ck_bureau_duty_kinds_anchor")),
        sa.CheckConstraint(
            "cadence <> 'months' OR cardinality(months) > 0", name=op.f("ck_bureau_duty_kinds_months_given")
        ),
        sa.CheckConstraint(
            "cadence IN ('daily', 'per_meal', 'weekly', 'biweekly', 'monthly', 'quarterly', 'term', 'yearly', 'months', 'once', 'asked')",
            name=op.f("ck_bureau_duty_kinds_cadence"),
        ),
        sa.CheckConstraint(
            "canteen_modes <@ ARRAY['self_run', 'contracted', 'delivered', 'none']",
            name=op.f("ck_bureau_duty_kinds_canteen_modes"),
        ),
        sa.CheckConstraint("days IN ('school', 'term', 'every')", name=op.f("ck_bureau_duty_kinds_days")),
        sa.CheckConstraint(
            "stages <@ ARRAY['kindergarten', 'primary', 'junior', 'nine_year', 'senior', 'vocational', 'special']",
            name=op.f("ck_bureau_duty_kinds_stages"),
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_bureau_duty_kinds_title")),
        sa.CheckConstraint("grace_hours BETWEEN 0 AND 2160", name=op.f("ck_bureau_duty_kinds_grace_hours")),
        sa.CheckConstraint("month_day BETWEEN 1 AND 31", name=op.f("ck_bureau_duty_kinds_month_day")),
        sa.CheckConstraint(
            "months <@ ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]", name=op.f("ck_bureau_duty_kinds_months")
        ),
        sa.CheckConstraint("needed BETWEEN 1 AND 60", name=op.f("ck_bureau_duty_kinds_needed")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_bureau_duty_kinds_span")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_bureau_duty_kinds_weekday")),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_bureau_duty_kinds_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_bureau_duty_kinds")),
        sa.UniqueConstraint("bureau_id", "title", name=op.f("uq_bureau_duty_kinds_bureau_id_title")),
    )
    op.create_index(
        "uq_bureau_duty_kinds_template",
        "bureau_duty_kinds",
        ["bureau_id", "template"],
        unique=True,
        postgresql_where=sa.text("template <> ''"),
    )
    op.create_table(
        "school_duty_kinds",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.Column("due_time", sa.Time(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("month_day", sa.SmallInteger(), nullable=False),
        sa.Column("months", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("anchor", sa.Text(), nullable=False),
        sa.Column("shift_days", sa.SmallInteger(), nullable=False),
        sa.Column("lead_days", sa.SmallInteger(), nullable=False),
        sa.Column("once_on", sa.Date(), nullable=True),
        sa.Column("minutes_after", sa.SmallInteger(), nullable=False),
        sa.Column("grace_hours", sa.SmallInteger(), nullable=False),
        sa.Column("needed", sa.SmallInteger(), nullable=False),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("needs_photo", sa.Boolean(), nullable=False),
        sa.Column("needs_note", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(cadence = 'once') = (once_on IS NOT NULL)", name=op.f("ck_school_duty_kinds_once_on")),
        sa.CheckConstraint("anchor IN ('start', 'end')", name=op.f("ck_school_duty_kinds_anchor")),
        sa.CheckConstraint(
            "cadence <> 'months' OR cardinality(months) > 0", name=op.f("ck_school_duty_kinds_months_given")
        ),
        sa.CheckConstraint(
            "cadence IN ('daily', 'per_meal', 'weekly', 'biweekly', 'monthly', 'quarterly', 'term', 'yearly', 'months', 'once', 'asked')",
            name=op.f("ck_school_duty_kinds_cadence"),
        ),
        sa.CheckConstraint("days IN ('school', 'term', 'every')", name=op.f("ck_school_duty_kinds_days")),
        sa.CheckConstraint("title <> ''", name=op.f("ck_school_duty_kinds_title")),
        sa.CheckConstraint("grace_hours BETWEEN 0 AND 2160", name=op.f("ck_school_duty_kinds_grace_hours")),
        sa.CheckConstraint("month_day BETWEEN 1 AND 31", name=op.f("ck_school_duty_kinds_month_day")),
        sa.CheckConstraint(
            "months <@ ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]", name=op.f("ck_school_duty_kinds_months")
        ),
        sa.CheckConstraint("needed BETWEEN 1 AND 60", name=op.f("ck_school_duty_kinds_needed")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_school_duty_kinds_span")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_school_duty_kinds_weekday")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_school_duty_kinds_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_school_duty_kinds")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "title", name=op.f("uq_school_duty_kinds_bureau_id_school_id_title")
        ),
    )
    op.create_table(
        "duty_settings",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("grace_hours", sa.SmallInteger(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_time", sa.Time(), nullable=True),
        sa.Column("weekday", sa.SmallInteger(), nullable=True),
        sa.Column("month_day", sa.SmallInteger(), nullable=True),
        sa.Column("minutes_after", sa.SmallInteger(), nullable=True),
        sa.Column("stages", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("boarding", sa.Boolean(), nullable=True),
        sa.Column("canteen_modes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("least_diners", sa.Integer(), nullable=True),
        sa.Column("most_diners", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "canteen_modes <@ ARRAY['self_run', 'contracted', 'delivered', 'none']",
            name=op.f("ck_duty_settings_canteen_modes"),
        ),
        sa.CheckConstraint(
            "stages <@ ARRAY['kindergarten', 'primary', 'junior', 'nine_year', 'senior', 'vocational', 'special']",
            name=op.f("ck_duty_settings_stages"),
        ),
        sa.CheckConstraint("grace_hours BETWEEN 0 AND 2160", name=op.f("ck_duty_settings_grace_hours")),
        sa.CheckConstraint("month_day BETWEEN 1 AND 31", name=op.f("ck_duty_settings_month_day")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_duty_settings_weekday")),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_duty_settings_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_duty_settings")),
    )
    op.create_index("ix_duty_settings_kind", "duty_settings", ["bureau_id", "kind"], unique=False)
    op.create_table(
        "school_duty_settings",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("is_added", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_time", sa.Time(), nullable=True),
        sa.Column("weekday", sa.SmallInteger(), nullable=True),
        sa.Column("month_day", sa.SmallInteger(), nullable=True),
        sa.Column("minutes_after", sa.SmallInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("month_day BETWEEN 1 AND 31", name=op.f("ck_school_duty_settings_month_day")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_school_duty_settings_weekday")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_school_duty_settings_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name=op.f("pk_school_duty_settings")),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "kind", name=op.f("uq_school_duty_settings_bureau_id_school_id_kind")
        ),
    )
    op.create_table(
        "duty_progress",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("generated_through", sa.Date(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("generated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_duty_progress_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", name=op.f("pk_duty_progress")),
    )
    op.create_table(
        "duty_clocks",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("reminded_through", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heads_told_through", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bureau_told_through", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_duty_clocks_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", name=op.f("pk_duty_clocks")),
    )
    op.create_table(
        "duty_tallies",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("on_time", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("excused", sa.Integer(), nullable=False),
        sa.CheckConstraint("due = on_time + late + missed + excused", name=op.f("ck_duty_tallies_sum")),
        sa.CheckConstraint("least(due, on_time, late, missed, excused) >= 0", name=op.f("ck_duty_tallies_counts")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_duty_tallies_bureau_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "month", "kind", name=op.f("pk_duty_tallies")),
    )
    op.create_index("ix_duty_tallies_month", "duty_tallies", ["bureau_id", "month"], unique=False)
    op.create_table(
        "duty_feeds",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "person_id"],
            ["people.bureau_id", "people.id"],
            name=op.f("fk_duty_feeds_bureau_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_duty_feeds_bureau_id_school_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_duty_feeds_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_duty_feeds")),
        sa.UniqueConstraint("bureau_id", "token_hash", name=op.f("uq_duty_feeds_bureau_id_token_hash")),
    )
    op.create_index("ix_duty_feeds_person", "duty_feeds", ["bureau_id", "person_id", "school_id"], unique=False)

    # The bureau generates duties and takes back what is not owed any more; a zone's supervisor and a school change
    # rows that are there.
    tenancy.protect_school_table("duties", bureau="rwd", zone="ru", school="ru")
    tenancy.protect_school_table("duty_marks", bureau="rw", school="rw")
    tenancy.protect_school_table("duty_ticks", bureau="r", school="rw")
    tenancy.protect_school_table("duty_excuses", bureau="rw", zone="ru", school="rw")
    tenancy.protect_school_table("duty_excuse_events", bureau="ra", zone="ra", school="ra")
    tenancy.protect_school_table("school_duty_kinds", school="rw")
    tenancy.protect_school_table("school_duty_settings", school="rwd")
    tenancy.protect_school_table("duty_progress", bureau="rwd", school="r")
    tenancy.protect_school_table("duty_tallies", bureau="rwd", school="r")
    tenancy.protect_school_table("duty_feeds", bureau="rw", zone=None, school="rw")
    tenancy.protect_bureau_table("bureau_duty_kinds")
    tenancy.protect_bureau_table("duty_settings", bureau="rwd")
    tenancy.protect_bureau_table("duty_clocks", zone=None, school=None)
