"""Draws without a database: pools, rules and whole documents, as dictionaries."""

from typing import Any

from bureau.draws.rules import FORMAT, commitment_of, digest, draw, key_of

SEED = bytes(range(32))
DAYS = [f"2026-12-{day:02}" for day in range(1, 11)]


def school(number: int, **values: Any) -> dict[str, Any]:
    row = {
        "id": number, "visit_id": f"visit-{number}", "name": f"演示学校{number}", "zone": f"片区{number % 3}",
        "latitude_e6": 30_000_000 + number * 7919 % 90_000, "longitude_e6": 120_000_000 + number * 104_729 % 90_000,
        "stratum": ("high", "medium", "low")[number % 3], "weight": 10 + number % 40, "risk": number % 40,
        "risk_parts": {}, "last_inspectors": [],
    }  # fmt: skip
    return {**row, **values}


def inspector(number: int, **values: Any) -> dict[str, Any]:
    row = {
        "id": f"inspector-{number:02}", "name": f"演示检查员{number}", "senior": number % 2 == 0, "capacity": 1000,
        "recused": [], "away": [],
    }  # fmt: skip
    return {**row, **values}


def pools(schools: int = 24, inspectors: int = 6) -> dict[str, Any]:
    return {
        "schools": [school(number) for number in range(1, schools + 1)],
        "inspectors": [inspector(number) for number in range(1, inspectors + 1)],
    }


def rules(**values: Any) -> dict[str, Any]:
    row = {
        "format": FORMAT, "title": "演示检查", "strata": {"high": 4, "medium": 3, "low": 2}, "weighted": True,
        "days": list(DAYS), "team_size": 2, "visits_a_day": 3, "order": "random", "mix": True, "longitude_permille": 866,
        "sections": [{"code": "A", "items": 9}, {"code": "B", "items": 5}, {"code": "C", "items": 4}],
        "public_value": "",
    }  # fmt: skip
    return {**row, **values}


def document(
    given_pools: dict[str, Any] | None = None,
    given_rules: dict[str, Any] | None = None,
    seed: bytes = SEED,
    public_value: str = "",
) -> dict[str, Any]:
    """As published."""
    given_pools = pools() if given_pools is None else given_pools
    given_rules = rules(public_value="演示号码" if public_value else "") if given_rules is None else given_rules
    result = draw(given_pools, given_rules, key_of(seed, public_value))
    return {
        "format": FORMAT, "id": "演示", "title": "演示检查", "state": "published",
        "commitment": commitment_of(seed, given_pools, given_rules), "public_value": public_value, "seed": seed.hex(),
        "rules": given_rules, "pools": given_pools, "result": result, "result_digest": digest(result),
    }  # fmt: skip
