"""What the clock does with duties: write them ahead of time, tell people, count the months."""

from typing import Any

from duties.service import fulfilling, generating, reminding, tallying


def generate(bureau_id: int) -> dict[str, Any]:
    """Every hour: nothing to do costs little, and a day's silence is caught up within the hour."""
    made = generating.generate(bureau_id)
    return {"result": {"schools": made.schools, "duties": made.duties}}


def tell(bureau_id: int) -> None:
    """Nobody is told of what is done: marks that met a duty being written are looked after first."""
    fulfilling.sweep(bureau_id)
    reminding.run(bureau_id)


def count(bureau_id: int) -> None:
    tallying.recount_recent(bureau_id)
