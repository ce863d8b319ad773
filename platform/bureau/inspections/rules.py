"""Pure rules of a visit: its states, what an account shows, how a ranking counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("planned", "start"): "in_progress",
    ("planned", "cancel"): "cancelled",
    ("in_progress", "submit"): "submitted",
    ("in_progress", "cancel"): "cancelled",
    ("submitted", "return"): "in_progress",  # 退回补正
    ("submitted", "review"): "reviewed",  # 复核, by somebody who did not inspect
    ("submitted", "release"): "released",  # 告知, of a plan that asks for no review
    ("reviewed", "return"): "in_progress",
    ("reviewed", "release"): "released",
    ("released", "appeal"): "appealed",  # the school's first open appeal
    ("appealed", "settle"): "released",  # its last open appeal is decided or withdrawn
    ("released", "publish"): "published",  # 公布
    ("published", "close"): "closed",  # 销号: nothing left to rectify
    ("closed", "reopen"): "published",  # a later revision lost points again
    ("cancelled", "plan"): "planned",  # a cancelled visit is taken up again
}
STATES = (
    "planned", "in_progress", "submitted", "reviewed", "released", "appealed", "published", "closed", "cancelled",
)  # fmt: skip
OPEN_STATES = frozenset({"planned", "in_progress"})
TOLD_STATES = frozenset({"released", "appealed", "published", "closed"})  # the school sees the result
SUBMITTED_STATES = TOLD_STATES | {"submitted", "reviewed"}  # there is a result
PUBLIC_STATES = frozenset({"published", "closed"})

T = TypeVar("T")


class NoTransition(ValueError):
    """The event does not exist in this state."""

    def __init__(self, state: str, event: str) -> None:
        super().__init__(f"no {event!r} from {state!r}")
        self.state = state
        self.event = event


def next_state(state: str, event: str) -> str:
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise NoTransition(state, event) from None


@dataclass(frozen=True, slots=True)
class Ranked:
    """`rank` is shared by equals: 1, 2, 2, 4. `of` is the size of the peer group."""

    rank: int
    of: int
    entry: Any


def rank_with_ties(entries: Iterable[tuple[T, Decimal | None]]) -> list[Ranked]:
    """Entries with a score by descending score; those without one (nothing applied) are left out."""
    scored = sorted(((entry, score) for entry, score in entries if score is not None), key=lambda pair: -pair[1])
    ranked: list[Ranked] = []
    for position, (entry, score) in enumerate(scored, start=1):
        rank = position
        if position > 1 and scored[position - 2][1] == score:
            rank = ranked[-1].rank
        ranked.append(Ranked(rank, len(scored), entry))
    return ranked


def lost_share(lost: Decimal, available: Decimal | None, visits: int) -> Decimal | None:
    """Share of the points at stake that `visits` visits lost on an item, 0..1; None where it bears no points."""
    if not available or visits <= 0:
        return None
    return lost / (available * visits)


def applicability_tags(profile: Mapping[str, Any]) -> frozenset[str]:
    """What a school has, as the forms' items ask for it: an item for boarders does not apply to a day school."""
    tags = set()
    if profile.get("is_boarding"):
        tags.add("boarding")
    if profile.get("canteen_mode") not in (None, "none"):
        tags.add("canteen")
    if profile.get("canteen_mode") == "delivered":
        tags.add("delivered_meals")
    return frozenset(tags)


def chosen_entries(rule: Mapping[str, Any], answer: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The entries of a listed, additive or level rule that the answer names: [{label, points, times}]."""
    given = answer or {}
    times = dict(given.get("checked") or {})
    if "level" in given:
        times = {given["level"]: 1}
    return [
        {"label": entry["label"], "points": entry["points"], "times": times[entry["code"]]}
        for entry in rule.get("entries", ())
        if times.get(entry["code"])
    ]


def enriched_account(
    lines: Sequence[Mapping[str, Any]],
    form: Mapping[str, Any],
    remarks: Mapping[str, str],
    photos: Mapping[str, Sequence[str]],
    answers: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """The engine's account with each item's words, the answer, the remark and the photos (attachment ids) beside it,
    grouped by section in the form's order: [{code, title, lines: [...]}]. A section that repeats has its lines once
    per unit, as the engine lists them."""
    sections = []
    for section in form["sections"]:
        items = {item["code"]: item for item in section.get("items", ())}
        rows = []
        for line in lines:
            item = items.get(line["code"])
            if item is None:
                continue
            key = line_key(line)
            rows.append(
                {
                    **line,
                    "no": item.get("no", ""),
                    "text": item["text"],
                    "rule_text": item.get("rule_text", ""),
                    "answer": answers.get(key),
                    "chosen": chosen_entries(item["rule"], answers.get(key)),
                    "remark": remarks.get(key, ""),
                    "photos": list(photos.get(key, ())),
                }
            )
        sections.append({"code": section["code"], "title": section["title"], "lines": rows})
    return sections


def line_key(line: Mapping[str, Any]) -> str:
    """The key of the answer that a line of an account is about: the item's code, or `item@unit`."""
    return f"{line['code']}@{line['unit']}" if line.get("unit") else str(line["code"])


@dataclass(frozen=True, slots=True)
class Progress:
    """`planned`: visits that are to be carried out, without the cancelled ones."""

    planned: int
    done: int

    @property
    def percent(self) -> int:
        return 0 if not self.planned else self.done * 100 // self.planned


def progress_of(counts: Mapping[str, int]) -> Progress:
    """From the number of visits in each state."""
    done = sum(counts.get(state, 0) for state in SUBMITTED_STATES)
    return Progress(sum(counts.values()) - counts.get("cancelled", 0), done)
