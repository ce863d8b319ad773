"""Pure rules of a visit: its states, what an account shows, how a ranking counts."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal, TypeAlias, TypeVar

from kernel import states
from scorecards.form import Form

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
Window: TypeAlias = Literal["open", "acknowledged", "expired"]

T = TypeVar("T")


def next_state(state: str, event: str) -> str:
    return states.next_state(TRANSITIONS, state, event)


def appeal_window(until: date | None, today: date, *, acknowledged: bool) -> Window:
    """Whether a school may still appeal. The last day counts whole; a result without a last day (told before there
    were appeals) is final. What is neither appealed nor acknowledged in time is accepted by the clock."""
    if acknowledged:
        return "acknowledged"
    return "open" if until is not None and today <= until else "expired"


def blocker(state: str, window: Window) -> str | None:
    """Why a visit may not be published yet: "not_told", "appealed", "window_open"; None: it may, or it is already."""
    if state in PUBLIC_STATES or state == "cancelled":
        return None
    if state not in TOLD_STATES:
        return "not_told"
    if state == "appealed":
        return "appealed"
    return "window_open" if window == "open" else None


FEWEST_PEERS = 5  # below it the shape of a peer group would tell single schools' scores
BINS = 10


def peers_of(scores: Sequence[Decimal], maximum: Decimal | None) -> dict[str, Any]:
    """The shape of a peer group without naming anybody: quartiles (nearest rank), mean to two places, and how many in
    each tenth of the maximum. {} for a group too small to hide in."""
    if len(scores) < FEWEST_PEERS:
        return {}
    ordered = sorted(scores)

    def at(share: Decimal) -> str:
        return _plain(ordered[math.ceil(len(ordered) * share) - 1])

    top = maximum if maximum else ordered[-1]
    width = top / BINS if top else Decimal(1)
    bins = [0] * BINS
    for score in ordered:
        bins[max(0, min(BINS - 1, int(score / width)))] += 1  # below zero counts with the lowest
    mean = (sum(ordered, Decimal(0)) / len(ordered)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return {
        "worst": _plain(ordered[0]),
        "lower_quarter": at(Decimal("0.25")),
        "median": at(Decimal("0.5")),
        "upper_quarter": at(Decimal("0.75")),
        "best": _plain(ordered[-1]),
        "mean": _plain(mean),
        "bins": [
            {"from": _plain(width * place), "to": _plain(width * (place + 1)), "count": count}
            for place, count in enumerate(bins)
        ],
    }


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


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


def fits_one_page(form: Form) -> bool:
    """Whether the visit's page can ask everything: no rooms to name and no figures to ask for on site."""
    asks = any(parameter.source != "profile" for parameter in form.parameters)
    return form.repeat is None and not asks and all(section.repeat is None for section in form.sections)


def is_key(form: Form, key: str) -> bool:
    """Whether the form has something to answer under this key: an item, `item@unit` where it repeats, or a section
    that may be absent as a whole. Whether the unit exists is the visit's matter."""
    code, at, unit = key.partition("@")
    for section in form.sections:
        repeats = form.repeat is not None or section.repeat is not None
        if any(item.code == code for item in section.items):
            return repeats == bool(at and unit)
        if section.code == code:
            return section.na_allowed and (form.repeat is not None) == bool(at and unit)
    return False


def section_keys(form: Form, keys: Iterable[str]) -> frozenset[str]:
    """Those that speak of a section as a whole. An item of the same code comes first."""
    items = {item.code for item in form.items()}
    codes = {section.code for section in form.sections if section.na_allowed} - items
    return frozenset(key for key in keys if key.partition("@")[0] in codes)


def counting_answers(form: Form, answers: Mapping[str, Any], units: Mapping[str, Any]) -> dict[str, Any]:
    """Those that the score is taken of: not what stands in a section that does not apply as a whole, nor what belongs
    to a room or window that was taken off the list again."""
    if form.repeat is None and not any(section.na_allowed or section.repeat for section in form.sections):
        return dict(answers)
    absent = section_keys(form, answers)
    known = {place: {unit["code"] for unit in found} for place, found in units.items()}
    counting = {}
    section_of = {item.code: section for section in form.sections for item in section.items}
    for key, answer in answers.items():
        code, _, unit = key.partition("@")
        section = section_of.get(code)
        place = "" if form.repeat is not None else section.code if section is not None else ""
        if unit and place in known and unit not in known[place]:
            continue
        if section is not None and (section.code in absent or f"{section.code}@{unit}" in absent):
            continue
        counting[key] = answer
    return counting


PARAMETERS: Mapping[str, str] = {  # a form's parameter → the school profile's attribute
    "pupils": "enrolment",
    "boarders": "boarders",
    "boarders_male": "boarders_male",
    "boarders_female": "boarders_female",
    "classes": "classes",
    "staff": "staff_count",
    "diners": "diners",
}


def profile_parameters(school: Any) -> dict[str, int]:
    """{parameter: number} of a school's profile (an object with its attributes). What the profile does not know, such
    as beds, is asked on site."""
    boarders = school.boarders_male + school.boarders_female
    return {
        name: boarders if attribute == "boarders" else getattr(school, attribute)
        for name, attribute in PARAMETERS.items()
    }


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
