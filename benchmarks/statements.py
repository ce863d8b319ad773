"""How many statements each side sends for one request: shows at once when the service does what the floor does not."""

from typing import Any

from benchmarks.client import Call
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
        figures = []
        for side in (app, floor.app):
            _one(side, operation.make(district, 1)[0])  # what is asked once per process does not count
            sent.clear()
            _one(side, operation.make(district, 1)[0])
            figures.append(len(sent))
        counts[operation.code] = (figures[0], figures[1])
    with app.app_context():
        db.engine.dispose()
    district.reset()
    return counts


def _one(side: Any, call: Call) -> None:
    answer(side, call)


def _counting(send: Any, sent: list[str]) -> Any:
    def counted(work: Any, statement: Any, values: Any = None) -> None:
        # One round trip may carry the scope and a statement.
        parts = [part for part in str(statement).split("; ") if part not in ("BEGIN", "COMMIT", "ROLLBACK")]
        scopes = any(part.startswith("SET LOCAL") for part in parts)
        own = any(not part.startswith("SET LOCAL") for part in parts)
        sent.extend(["."] * (scopes + own))
        send(work, statement, values)

    return counted
