"""Estimation takes seconds for a district, so it is a job; flags are looked for every night."""

from datetime import timedelta
from typing import Any

from bureau.fairness.service import estimating, flagging
from kernel.actor import system_actor
from kernel.web.dates import today
from scorecards.form import KINDS

LOOK_BACK = timedelta(days=7)  # a phone may hand in late


def estimate(bureau_id: int, *, kind: str, progress: Any = None) -> dict[str, Any]:
    run = estimating.estimate(system_actor(bureau_id), kind, today())
    return {"result": {"refusal": run.refusal, "visits": run.visits}}


def estimate_all(bureau_id: int) -> None:
    """Every kind, once a week."""
    for kind in KINDS:
        estimating.estimate(system_actor(bureau_id), kind, today())


def flag(bureau_id: int) -> None:
    flagging.flag_visits(system_actor(bureau_id), today() - LOOK_BACK, today())
