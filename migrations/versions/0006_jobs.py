"""The job queue (Procrastinate's schema) and the one door through which tenants' transactions reach it.

Revision: 0006, after 0005
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers")
RUNTIME = "houqin_identity, houqin_operator, houqin_bureau, houqin_zone, houqin_school, houqin_supplier"


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    op.execute(
        "DO $$ BEGIN CREATE ROLE houqin_jobs NOLOGIN NOINHERIT NOBYPASSRLS;"
        " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )
    op.execute(
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_auth_members WHERE roleid = 'houqin_jobs'::regrole"
        " AND member = 'houqin_app'::regrole) THEN GRANT houqin_jobs TO houqin_app; END IF; END $$"
    )
    op.execute("GRANT USAGE ON SCHEMA public TO houqin_jobs")
    for table in TABLES:
        op.execute(f"COMMENT ON TABLE {table} IS 'global: the job queue; arguments are ids only'")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO houqin_jobs")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO houqin_jobs")
    # A tenant's transaction may add a job and see nothing of the queue.
    op.execute(
        """
        CREATE FUNCTION houqin_defer(task text, args jsonb, scheduled_at timestamptz DEFAULT NULL,
                                     lock text DEFAULT NULL, queueing_lock text DEFAULT NULL)
        RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT (procrastinate_defer_jobs_v1(ARRAY[
                ROW('default', task, 0, lock, queueing_lock, args, scheduled_at)::procrastinate_job_to_defer_v1
            ]))[1]
        $$
        """
    )
    op.execute("REVOKE EXECUTE ON FUNCTION houqin_defer FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION houqin_defer TO {RUNTIME}")
