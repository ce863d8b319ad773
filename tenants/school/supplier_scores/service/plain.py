"""Scores and comparisons as plain values: exact fractions as text, shares in percent to one decimal."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from school.supplier_scores.rules import Counts, Score, counts_as_json, percent, rounded
from school.supplier_scores.service.fairness import Fairness
from school.supplier_scores.service.reading import AtSchool, Published, Standing


def _percent(share: Fraction | None) -> str | None:
    value = percent(share)
    return None if value is None else str(value)


def parts(score: Score) -> list[dict[str, Any]]:
    return [
        {
            "criterion": part.criterion, "kept": part.counts.kept, "total": part.counts.total,
            "rate": _percent(part.counts.rate) if part.is_enough else None, "mean": _percent(part.mean),
            "points": str(rounded(part.points)), "most": str(rounded(part.most)),
        }
        for part in score.parts
    ]  # fmt: skip


def published(one: Published | None) -> dict[str, Any] | None:
    if one is None:
        return None
    made, row = one.publication, one.row
    return {
        "publication_id": made.id, "first_day": made.first_day, "last_day": made.last_day,
        "answer_until": made.answer_until, "revision": row.revision, "state": row.state,
        "score": None if row.score is None else str(row.score), "points": row.points,
        "facts_digest": row.facts_digest, "parts": parts(one.score),
    }  # fmt: skip


def standing(one: Standing) -> dict[str, Any]:
    shown = one.provisional.shown
    return {
        "supplier_id": one.supplier_id, "name": one.name, "state": one.provisional.state,
        "provisional": None if shown is None else str(shown), "parts": parts(one.provisional),
        "published": published(one.published),
    }  # fmt: skip


def at_school(one: AtSchool) -> dict[str, Any]:
    return {
        "supplier_id": one.supplier_id, "name": one.name, "counts": counts_as_json(one.counts),
        "published": published(one.published),
    }  # fmt: skip


def _pair(counts: Counts) -> list[int]:
    return [counts.kept, counts.total]


def fairness(one: Fairness) -> dict[str, Any]:
    return {"supplier_id": one.supplier_id, "name": one.name, "differences": differences(one.differences)}


def differences(found: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "group": group, "criterion": criterion, "state": apart.state, "counts": _pair(apart.group),
            "others": _pair(apart.others), "points": apart.points, "low": apart.low, "high": apart.high,
        }
        for criterion, by in found.items()
        for group, apart in by.items()
    ]  # fmt: skip
