"""Pure rules of the canteen's staff: whose papers hold on a day, what runs out, hours of training."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal, TypeAlias
from uuid import UUID


class Duty(StrEnum):
    """What a person does in the canteen (岗位). Not the roles of accounts: most cooks have none."""

    COOK = "cook"
    KITCHEN_HAND = "kitchen_hand"
    SERVER = "server"
    STOREKEEPER = "storekeeper"
    CLEANER = "cleaner"
    SAMPLE_KEEPER = "sample_keeper"
    MANAGER = "manager"
    SAFETY_OFFICER = "safety_officer"
    SAFETY_DIRECTOR = "safety_director"


class PaperKind(StrEnum):
    HEALTH = "health"
    TRAINING = "training"
    SAFETY_OFFICER = "safety_officer"
    SAFETY_DIRECTOR = "safety_director"


class LicenceKind(StrEnum):
    FOOD_OPERATION = "food_operation"
    SUPPLY_CONTRACT = "supply_contract"
    LIABILITY_INSURANCE = "liability_insurance"
    WATER_TEST = "water_test"
    OTHER = "other"


# held: in force; soon: runs out within the alarm's first step; expired; missing: none on record.
Standing: TypeAlias = Literal["held", "soon", "expired", "missing"]


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate or licence that was not voided; `valid_until` None: without an end."""

    kind: str
    issued_on: date | None
    valid_until: date | None


def newest(papers: Iterable[Paper], kind: str) -> Paper | None:
    """The paper of a kind that lasts longest."""
    held = [paper for paper in papers if paper.kind == kind]
    return max(held, key=lambda paper: paper.valid_until or date.max, default=None)


def standing(paper: Paper | None, day: date, warn_days: int) -> Standing:
    """The last day of validity is a day on which the paper still holds."""
    if paper is None:
        return "missing"
    if paper.valid_until is None:
        return "held"
    left = (paper.valid_until - day).days
    if left < 0:
        return "expired"
    return "soon" if left <= warn_days else "held"


Refusal: TypeAlias = Literal["health_missing", "health_expired", "training_expired"]


def refusal_to_work(papers: Sequence[Paper], day: date, *, training_required: bool) -> Refusal | None:
    """Why a person may not be ticked as working on `day` (食品安全法 第四十五条: 取得健康证明后方可上岗工作)."""
    health = standing(newest(papers, PaperKind.HEALTH), day, 0)
    if health == "missing":
        return "health_missing"
    if health == "expired":
        return "health_expired"
    if training_required and standing(newest(papers, PaperKind.TRAINING), day, 0) == "expired":
        return "training_expired"
    return None


def needs_director(diners: int, is_kindergarten: bool, limits: Mapping[str, Decimal]) -> bool:
    """食品安全总监 is asked for from this many diners on; `limits`: "kindergarten", "school"."""
    return diners >= limits["kindergarten" if is_kindergarten else "school"]


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of training of one person in a year."""

    staff_id: UUID
    hours: Decimal
    sessions: int
    failed: int


def is_passed(score: Decimal | None, pass_score: Decimal | None) -> bool | None:
    """None: the session had no test, or the person has not taken it yet."""
    return None if score is None or pass_score is None else score >= pass_score
