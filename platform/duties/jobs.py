"""What the clock does with duties: write them ahead of time."""

from typing import Any

from duties.service import generating


def generate(bureau_id: int) -> dict[str, Any]:
    made = generating.generate(bureau_id)
    return {"result": {"schools": made.schools, "duties": made.duties}}
