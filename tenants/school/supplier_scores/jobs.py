"""By night the facts are brought up to date; once a month the scores of the last one are published."""

from typing import Any

from kernel.actor import system_actor
from school.supplier_scores.service import gathering, publishing


def gather(bureau_id: int, *, progress: Any = None) -> dict[str, Any]:
    run = gathering.gather(system_actor(bureau_id))
    return {"result": {"facts": sum(total for _kept, total in run.totals.values())}}


def publish(bureau_id: int) -> None:
    publishing.publish_by_clock(system_actor(bureau_id))
