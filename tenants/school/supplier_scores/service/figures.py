"""The bureau's figures of scores and of delivery fairness."""

from datetime import date
from fractions import Fraction

from kernel.policy.service import effective_numbers
from school.supplier_scores.fairness_rules import Thresholds
from school.supplier_scores.rules import CRITERIA, Figures

PREFIX = "supplier.score."
SCORE = (
    *(f"weight_{name}" for name in CRITERIA),
    "prior_facts", "least_deliveries", "least_facts", "window_months", "answer_days",
)  # fmt: skip
HOURS = ("late_minutes", "order_hours", "rejection_hours")
FAIR = ("small_diners", "fair_facts", "fair_points", "fair_confidence")


def _numbers(bureau_id: int, names: tuple[str, ...], on: date | None) -> dict[str, Fraction]:
    found = effective_numbers(bureau_id, [PREFIX + name for name in names], on=on)
    return {key.removeprefix(PREFIX): Fraction(value) for key, value in found.items()}


def figures_of(bureau_id: int, on: date | None = None) -> Figures:
    found = _numbers(bureau_id, SCORE, on)
    weights = {name: max(found[f"weight_{name}"], Fraction(0)) for name in CRITERIA}
    return Figures(
        weights, max(found["prior_facts"], Fraction(0)), int(found["least_deliveries"]), int(found["least_facts"]),
        max(int(found["window_months"]), 1), int(found["answer_days"]),
    )  # fmt: skip


def hours_of(bureau_id: int) -> dict[str, int]:
    """What is late: minutes after the agreed time, hours for an answer."""
    return {name: int(value) for name, value in _numbers(bureau_id, HOURS, None).items()}


def thresholds_of(bureau_id: int) -> Thresholds:
    found = _numbers(bureau_id, FAIR, None)
    confidence = min(max(found["fair_confidence"], Fraction(50)), Fraction("99.99"))
    return Thresholds(int(found["small_diners"]), int(found["fair_facts"]), found["fair_points"], confidence)
