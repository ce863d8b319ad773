"""What a company on record may bid for, and which step may follow which. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

REGISTRATION = {
    ("draft", "submit"): "applied",
    ("returned", "submit"): "applied",
    ("refused", "submit"): "applied",
    ("applied", "withdraw"): "draft",
    ("applied", "return"): "returned",
    ("applied", "refuse"): "refused",
    ("applied", "admit"): "active",
    ("active", "remove"): "removed",
    ("removed", "restore"): "active",
}
CATEGORY = {
    ("asked", "approve"): "approved",
    ("asked", "refuse"): "refused",
    ("asked", "withdraw"): "withdrawn",
    ("approved", "withdraw"): "withdrawn",
    ("approved", "refuse"): "refused",
    ("refused", "ask"): "asked",
    ("withdrawn", "ask"): "asked",
}
LICENCE = {
    ("submitted", "approve"): "approved",
    ("submitted", "return"): "returned",
    ("submitted", "withdraw"): "withdrawn",
    ("returned", "withdraw"): "withdrawn",
    ("approved", "return"): "returned",  # a scan that proves false later
}
MEASURE = {
    ("proposed", "confirm"): "in_force",
    ("proposed", "drop"): "dropped",
    ("in_force", "lift"): "lifted",
}
APPEAL = {
    ("open", "uphold"): "upheld",
    ("open", "reject"): "rejected",
    ("open", "withdraw"): "withdrawn",
}
MACHINES = {
    "registration": REGISTRATION,
    "category": CATEGORY,
    "licence": LICENCE,
    "measure": MEASURE,
    "appeal": APPEAL,
}
EDITABLE = ("draft", "returned", "refused")  # states in which the company itself writes its whole registration

KINDS = ("enterprise", "cooperative", "individual", "farm", "other")
SIZES = ("micro", "small", "medium", "large")
LICENCES = (
    "business_licence",
    "food_operation",
    "food_production",
    "prepackaged_filing",
    "animal_quarantine",
    "slaughter",
    "water_sanitation",
    "green_food",
    "management_system",
    "other",
)
ALWAYS = ("business_licence",)  # asked of every company, whatever the bureau's table says

# Proposed where a bureau has set nothing: the code of a catalogue category → what it asks for beyond ALWAYS. Who sells
# nothing but edible farm produce needs no food licence (食品安全法 第三十五条), so vegetables, fruit and eggs ask for none.
PROPOSED: Mapping[str, Sequence[str]] = {
    "grain": ("food_operation",),
    "flour": ("food_operation",),
    "oil": ("food_operation",),
    "dried": ("food_operation",),
    "seasoning": ("food_operation",),
    "livestock": ("food_operation", "animal_quarantine"),
    "poultry": ("food_operation", "animal_quarantine"),
    "aquatic": ("food_operation",),
    "soy": ("food_production",),
    "dairy": ("food_operation",),
    "bakery": ("food_operation",),
    "frozen": ("food_operation",),
    "water": ("food_operation",),
}


class NoSuchStep(ValueError):
    """The state machine has no such transition."""

    def __init__(self, subject: str, state: str, event: str) -> None:
        super().__init__(f"{subject}: {event} does not follow {state}")
        self.subject, self.state, self.event = subject, state, event


def following(subject: str, state: str, event: str) -> str:
    """The state after `event`. Raises NoSuchStep."""
    try:
        return MACHINES[subject][(state, event)]
    except KeyError:
        raise NoSuchStep(subject, state, event) from None


@dataclass(frozen=True, slots=True)
class Held:
    """A licence on record. `valid_until` None: without an end."""

    kind: str
    state: str
    valid_from: date | None
    valid_until: date | None

    def holds(self, day: date) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        return self.state == "approved" and begun and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Restraint:
    """A measure. `category_id` None: of all categories."""

    id: UUID
    kind: str
    state: str
    category_id: UUID | None
    from_day: date
    until_day: date | None

    def binds(self, day: date) -> bool:
        inside = self.from_day <= day and (self.until_day is None or day <= self.until_day)
        return self.state == "in_force" and inside


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one company at one bureau. `choices`: category → state of the company's choice. `parents`: category → the
    category above it. `required`: category → kinds of licences that the bureau's table asks for."""

    state: str
    choices: Mapping[UUID, str]
    licences: Sequence[Held]
    restraints: Sequence[Restraint]
    required: Mapping[UUID, Sequence[str]]
    parents: Mapping[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a company may not bid in a category. `code`: not_registered, removed, suspended, not_admitted,
    licence_missing, licence_expired. `until`: the suspension's last day, or the licence's."""

    code: str
    category_id: UUID | None = None
    licence: str | None = None
    until: date | None = None


def path(category_id: UUID, parents: Mapping[UUID, UUID]) -> list[UUID]:
    """The category and those above it."""
    found = [category_id]
    while (above := parents.get(found[-1])) is not None and above not in found:
        found.append(above)
    return found


def required_licences(
    category_id: UUID, required: Mapping[UUID, Sequence[str]], parents: Mapping[UUID, UUID]
) -> list[str]:
    kinds = list(ALWAYS)
    for one in path(category_id, parents):
        kinds += [kind for kind in required.get(one, ()) if kind not in kinds]
    return kinds


def company_problems(facts: Facts, day: date) -> list[Problem]:
    """What stands against any bid of the company at all, whatever it is for."""
    found: list[Problem] = []
    if facts.state == "removed":
        found.append(Problem("removed"))
    elif facts.state != "active":
        found.append(Problem("not_registered"))
    for restraint in facts.restraints:
        if restraint.kind == "suspension" and restraint.category_id is None and restraint.binds(day):
            found.append(Problem("suspended", None, until=restraint.until_day))
    return found


def problems(facts: Facts, category_id: UUID, day: date) -> list[Problem]:
    """All that stands against a bid in `category_id` on `day`; empty: the company may bid."""
    found = company_problems(facts, day)
    above = path(category_id, facts.parents)
    for restraint in facts.restraints:
        if restraint.kind == "suspension" and restraint.category_id in above and restraint.binds(day):
            found.append(Problem("suspended", restraint.category_id, until=restraint.until_day))
    if not any(facts.choices.get(one) == "approved" for one in above):
        found.append(Problem("not_admitted", category_id))
    found += licence_problems(facts, category_id, day)
    return found


def licence_problems(facts: Facts, category_id: UUID, day: date) -> list[Problem]:
    found = []
    for kind in required_licences(category_id, facts.required, facts.parents):
        held = [licence for licence in facts.licences if licence.kind == kind and licence.state == "approved"]
        if any(licence.holds(day) for licence in held):
            continue
        ended = [
            licence.valid_until for licence in held if licence.valid_until is not None and licence.valid_until < day
        ]
        code = "licence_expired" if ended else "licence_missing"
        found.append(Problem(code, category_id, kind, max(ended, default=None)))
    return found


def alarm_due(valid_until: date, day: date, steps: Sequence[int]) -> int | None:
    """The step that a licence has reached: the smallest of `steps` (days before the end) not yet passed by, 0 once it
    has run out, None while it is far off. A job that slept tells only the present step, not those it missed."""
    left = (valid_until - day).days
    if left < 0:
        return 0
    reached = [step for step in steps if left <= step]
    return min(reached, default=None)


def covers(newer: Held, older: Held, day: date) -> bool:
    """Whether `newer` takes the alarm out of `older` running out: same kind, and holding longer."""
    if newer.kind != older.kind or newer.state != "approved" or older.valid_until is None:
        return False
    begins_in_time = newer.valid_from is None or newer.valid_from <= older.valid_until + timedelta(days=1)
    return begins_in_time and (newer.valid_until is None or newer.valid_until > older.valid_until)
