"""Whether a committee's published draw holds, from its document alone. Pure; standard library and the rules only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bureau.draws.chance import SEED_BYTES, commitment_of, digest, key_of
from bureau.evaluation.rules.committee import Candidate, draw_experts

FORMAT = "houqin-committee-1"
_ANY_DAY = date(2000, 1, 1)  # recusals stand in the pool already; the day decides nothing here
CHECKS = ("format", "commitment", "public_value", "order", "result_digest", "recusals", "replacements")


@dataclass(frozen=True, slots=True)
class Check:
    """`detail` says what was found; empty when all is well."""

    code: str
    ok: bool
    detail: str = ""


def order_of(pools: Mapping[str, Any], rules: Mapping[str, Any], key: bytes) -> list[str]:
    """Everybody who may sit, as drawn. The recused keep their place in the shuffle and are then passed over, so that
    nobody's declaration moves another's place."""
    able = {one["id"] for one in pools["experts"] if not one["recused"]}
    candidates = [Candidate(one["id"]) for one in pools["experts"]]
    drawn = draw_experts(candidates, rules["count"], key, rules["tender"], (), _ANY_DAY, 0)
    return [person for person in drawn.order if person in able]


def verify(document: Any, *, commitment: str | None = None, result_digest: str | None = None) -> list[Check]:
    """`commitment`, `result_digest`: as noted before; without them the document is only held to what it says itself."""
    try:
        seed, pools, rules, result = _read(document)
    except (KeyError, TypeError, ValueError) as error:
        return [Check("format", False, str(error)), *(Check(code, False, "not checked") for code in CHECKS[1:])]
    found = [Check("format", True)]
    made = commitment_of(seed, pools, rules)
    wanted = commitment.lower() if commitment else document["commitment"]
    found.append(_check("commitment", made == document["commitment"] == wanted, f"SHA-256 gives {made}"))
    value = document["public_value"]
    found.append(_check("public_value", bool(rules["public_value"]) == bool(value), "asked for and not given, or not"))
    again = order_of(pools, rules, key_of(seed, value))
    found.append(_check("order", again == result["order"], "drawn again the order is another one"))
    made = digest(result)
    wanted = result_digest.lower() if result_digest else document["result_digest"]
    found.append(_check("result_digest", made == document["result_digest"] == wanted, f"SHA-256 gives {made}"))
    recused = {one["id"] for one in pools["experts"] if one["recused"]}
    found.append(_check("recusals", not recused & set(result["order"]), "somebody recused was drawn"))
    found.append(_check("replacements", *_replacements(document, rules["count"], result["order"])))
    return found


def _check(code: str, ok: bool, detail: str) -> Check:
    return Check(code, ok, "" if ok else detail)


def _replacements(document: Mapping[str, Any], count: int, order: list[str]) -> tuple[bool, str]:
    """Whoever stood in was the next of the order."""
    came = [one["came"] for one in document["replacements"]]
    ok = came == order[count : count + len(came)]
    return ok, "somebody stood in who was not the next of the order"


def _read(document: Any) -> tuple[bytes, Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]:
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise ValueError(f"not {FORMAT}")
    seed = document.get("seed")
    if not isinstance(seed, str) or not re.fullmatch(f"[0-9a-f]{{{SEED_BYTES * 2}}}", seed):
        raise ValueError("the seed is not 32 bytes in lower-case hex (before the result there is none)")
    pools, rules, result = document["pools"], document["rules"], document["result"]
    if not all(isinstance(one["id"], str) and isinstance(one["recused"], str) for one in pools["experts"]):
        raise ValueError("pools.experts: id and recused are texts")
    if not isinstance(rules["count"], int) or not isinstance(rules["tender"], str):
        raise ValueError("rules: count is a number, tender a text")
    if not isinstance(result["order"], list):
        raise ValueError("result.order is a list")
    for name in ("commitment", "result_digest", "public_value"):
        if not isinstance(document.get(name), str):
            raise ValueError(f"{name}: not a text")
    return bytes.fromhex(seed), pools, rules, result
