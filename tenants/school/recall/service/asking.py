"""One question, answered: the suspect lots of what was asked, those chosen of them, and where they went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from kernel.actor import Actor
from kernel.database import now
from kernel.digests import digest
from school.recall.models import Recall
from school.recall.rules import Trigger
from school.recall.service import answering, lots, recalls
from school.recall.service.lots import Lot, Suspect
from school.recall.service.tracing import Trace, trace

LONGEST = timedelta(hours=12)  # a page left open over night is no stopwatch
MOST_DAYS = 31  # from a dish backwards: a longer span suspects everything


@dataclass(frozen=True, slots=True)
class Option:
    """A suspect lot, and whether it is traced. What was only there is chosen when nothing is recorded."""

    suspect: Suspect
    digest: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Answer:
    options: list[Option]
    trace: Trace

    @property
    def chosen(self) -> list[Lot]:
        return [option.suspect.lot for option in self.options if option.is_chosen]


def digest_of(lot: Lot) -> str:
    return digest(lot.as_json())[:16]


def problems(asked: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is missing for the kind of question, at its field."""
    kind = asked.get("kind")
    if kind == Trigger.LOT:
        return {} if asked.get("batch_no") else {"batch_no": [_("请填写批次号。")]}
    if kind == Trigger.CERTIFICATE:
        return {} if asked.get("number") else {"number": [_("请填写证明编号。")]}
    found: dict[str, list[str]] = {}
    if asked.get("on_day") is None:
        found["on_day"] = [_("请选择日期。")]
    if kind == Trigger.MEAL and not asked.get("meal"):
        found["meal"] = [_("请选择餐次。")]
    if kind == Trigger.DISH and asked.get("dish_id") is None:
        found["dish_id"] = [_("请选择菜品。")]
    if asked.get("on_day") and asked.get("until_day"):
        days = asked["until_day"] - asked["on_day"]
        if days < timedelta(0) or days > timedelta(days=MOST_DAYS):
            found["until_day"] = [_("结束日期应在开始日期之后 %(most)s 天以内。", most=MOST_DAYS)]
    return found


def suspects(actor: Actor, asked: Mapping[str, Any]) -> list[Suspect]:
    """`asked`: as schemas.TraceQuery loads it. A school asks of its own meals only."""
    kind = asked["kind"]
    if kind == Trigger.LOT:
        return lots.of_batch_no(actor, asked["batch_no"])
    if kind == Trigger.CERTIFICATE:
        return lots.of_certificate(actor, asked["number"])
    school_id = actor.own_school_id() if actor.level == "school" else asked.get("school_id")
    if school_id is None or (actor.level == "zone" and school_id not in actor.school_ids):
        return []
    first = asked["on_day"]
    last = (asked.get("until_day") or first) if kind == Trigger.DISH else first
    dish_id = asked.get("dish_id") if kind == Trigger.DISH else None
    return lots.of_meal(actor, school_id, first, last, meal=asked.get("meal") or None, dish_id=dish_id)


def options_of(actor: Actor, asked: Mapping[str, Any]) -> list[Option]:
    found = suspects(actor, asked)
    wanted = set(asked.get("lot") or ())
    anything_recorded = any(one.is_recorded for one in found)
    options = []
    for one in found:
        key = digest_of(one.lot)
        is_chosen = key in wanted if wanted else one.is_recorded or not anything_recorded
        options.append(Option(one, key, is_chosen))
    return options


def ask(actor: Actor, asked: Mapping[str, Any]) -> Answer:
    options = options_of(actor, asked)
    return Answer(options, trace(actor, [option.suspect.lot for option in options if option.is_chosen]))


def begin(actor: Actor, asked: Mapping[str, Any]) -> Recall:
    """Recall the lots that this question chose; `asked`: as schemas.RecallForm loads it."""
    incident = None
    if asked["incident_id"] is not None and asked["incident_school_id"] is not None:
        incident = answering.get_incident(actor, asked["incident_school_id"], asked["incident_id"])
    return recalls.begin(
        actor, id=asked["id"], trigger_kind=asked["kind"], trigger=as_trigger(asked), reason=asked["reason"],
        lots=[option.suspect.lot for option in options_of(actor, asked) if option.is_chosen],
        instructions=asked["instructions"], is_drill=asked["is_drill"], begun_at=_begun(asked["begun_at"]),
        incident=incident,
    )  # fmt: skip


def _begun(at: datetime | None) -> datetime:
    """When the question was first put, by the page; never after now, never long ago."""
    latest = now()
    return latest if at is None else min(max(at, latest - LONGEST), latest)


def as_trigger(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of the question."""
    names = ("kind", "batch_no", "number", "school_id", "on_day", "until_day", "meal", "dish_id")
    return {
        name: value if isinstance(value, (int, str)) else str(value)
        for name in names
        if (value := asked.get(name)) not in (None, "")
    }
