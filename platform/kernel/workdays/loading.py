"""Brings the database's holiday arrangement to what national.yaml says. Runs as the owner, after every migration."""

from sqlalchemy import Connection, delete, extract, select
from sqlalchemy.dialects.postgresql import insert

from kernel.workdays.arrangement import national_days
from kernel.workdays.models import NationalDay


def load_national_days(connection: Connection) -> int:
    """The number of days added, changed or taken away; 0 the second time. Years that the file lacks stay as they are."""
    rows = {
        row.day: {"day": row.day, "is_workday": row.is_workday, "name": row.name, "citation": row.citation}
        for row in national_days()
    }
    table = NationalDay.__table__
    years = {day.year for day in rows}
    query = select(table).where(extract("year", table.c.day).in_(years))
    stored = {row["day"]: dict(row) for row in connection.execute(query).mappings()}
    changed = [row for day, row in rows.items() if stored.get(day) != row]
    gone = [day for day in stored if day not in rows]
    for row in changed:
        statement = insert(table).values(row)
        connection.execute(statement.on_conflict_do_update(index_elements=["day"], set_=row))
    if gone:
        connection.execute(delete(NationalDay).where(table.c.day.in_(gone)))
    return len(changed) + len(gone)
