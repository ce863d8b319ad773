"""Brings the database's national figures to what national.yaml says. Runs as the owner, after every migration."""

from sqlalchemy import Connection, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from kernel.database import new_id
from kernel.policy.models import NationalFigure
from kernel.policy.national import national_figures
from kernel.policy.rules import value_to_json


def load_national_figures(connection: Connection) -> int:
    """The number of rows added, changed or taken away; 0 the second time."""
    rows = {
        (figure.key, figure.valid_from): {
            "key": figure.key, "valid_from": figure.valid_from, "valid_to": figure.valid_to,
            "value": value_to_json(figure.value), "unit": figure.unit, "title": figure.title,
            "citation": figure.citation, "certainty": figure.certainty, "stricter": figure.stricter,
        }
        for figure in national_figures()
    }  # fmt: skip
    table = NationalFigure.__table__
    stored = {(row["key"], row["valid_from"]): dict(row) for row in connection.execute(select(table)).mappings()}
    changed = [row for place, row in rows.items() if {**stored.get(place, {}), "id": None} != {**row, "id": None}]
    gone = [place for place in stored if place not in rows]
    for row in changed:
        statement = insert(table).values(id=new_id(), **row)
        told = {name: value for name, value in row.items() if name not in ("key", "valid_from")}
        connection.execute(statement.on_conflict_do_update(index_elements=["key", "valid_from"], set_=told))
    if gone:
        connection.execute(delete(NationalFigure).where(tuple_(table.c.key, table.c.valid_from).in_(gone)))
    return len(changed) + len(gone)
