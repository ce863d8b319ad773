"""Whether both sides do the same work: the same answer to the same question, and how many statements each sends."""

from typing import Any

from benchmarks.client import Refused
from benchmarks.operations import District, Operation
from benchmarks.profile import answer


def count(operations: list[Operation], district: District) -> dict[str, tuple[int, int]]:
    """Operation → (the service's, the floor's), in this process; BEGIN, COMMIT and ROLLBACK are not counted."""
    from sqlalchemy import event

    import wsgi
    from benchmarks import floor
    from kernel.database import db

    app = wsgi.create_app()
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
    floor.URL = district.server.url(district.name)
    floor.Work.send = _counting(floor.Work.send, sent)  # type: ignore[method-assign]
    counts = {}
    for operation in operations:
        figures, told = [], []
        calls = operation.make(district, 4)
        for place, side in enumerate((app, floor.app)):
            answer(side, calls[place])  # what is asked once per process does not count
            sent.clear()
            # Only questions can be asked twice.
            told.append(_essence(answer(side, calls[2 if operation.proof is None else 2 + place])))
            figures.append(len(sent))
        if operation.proof is None and told[0] != told[1]:
            raise Refused(f"{operation.code}: the service and the floor answer differently")
        counts[operation.code] = (figures[0], figures[1])
    with app.app_context():
        db.engine.dispose()
    district.reset()
    return counts


def _essence(told: Any) -> Any:
    """What must agree, whatever the shape: which rows, in which order, at which place."""
    rows = told.get("items") or told.get("lines") or []
    return told.get("id"), [(row.get("id"), row.get("school_id"), row.get("rank"), row.get("of")) for row in rows]


def _counting(send: Any, sent: list[str]) -> Any:
    def counted(work: Any, statement: Any, values: Any = None) -> None:
        # One round trip may carry the scope and a statement.
        parts = [part for part in str(statement).split("; ") if part not in ("BEGIN", "COMMIT", "ROLLBACK")]
        scopes = any(part.startswith("SET LOCAL") for part in parts)
        own = any(not part.startswith("SET LOCAL") for part in parts)
        sent.extend(["."] * (scopes + own))
        send(work, statement, values)

    return counted
