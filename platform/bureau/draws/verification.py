"""Whether a published draw holds: one check after the other, none left out because another failed. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bureau.draws.chance import SEED_BYTES
from bureau.draws.document import DocumentInvalid, Pools, Rules, read_pools, read_rules
from bureau.draws.rules import FORMAT, NoAssignment, commitment_of, digest, draw, key_of

CHECKS = (
    "format", "commitment", "public_value", "result", "result_digest", "strata", "teams", "recusals", "last_inspectors",
    "visits_a_day", "capacity", "sections",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """`detail` says what was found; empty when all is well."""

    code: str
    ok: bool
    detail: str = ""


def verify(document: Any, *, commitment: str | None = None, result_digest: str | None = None) -> list[Check]:
    """`commitment`, `result_digest`: as noted from the public page beforehand; without them the document is only held
    to what it says itself."""
    try:
        parts = _read(document)
    except (DocumentInvalid, ValueError) as error:
        return [Check("format", False, str(error)), *(Check(code, False, "not checked") for code in CHECKS[1:])]
    checks: list[Callable[[_Parts], str]] = [
        lambda parts: _commitment(parts, commitment),
        _public_value,
        _result,
        lambda parts: _result_digest(parts, result_digest),
        _strata,
        _teams,
        _recusals,
        _last_inspectors,
        _visits_a_day,
        _capacity,
        _sections,
    ]
    found = [Check("format", True)]
    for code, check in zip(CHECKS[1:], checks, strict=True):
        try:
            detail = check(parts)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # A result that somebody rewrote may be of any shape; that is a failed check and no crash.
            detail = f"the result cannot be read: {error!r}"
        found.append(Check(code, not detail, detail))
    return found


@dataclass(frozen=True, slots=True)
class _Parts:
    document: Mapping[str, Any]
    seed: bytes
    pools: Pools
    rules: Rules

    @property
    def visits(self) -> list[Mapping[str, Any]]:
        return list(self.document["result"]["visits"])


def _read(document: Any) -> _Parts:
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise DocumentInvalid("format", f"not {FORMAT}")
    seed = document.get("seed")
    if not isinstance(seed, str) or not re.fullmatch(f"[0-9a-f]{{{SEED_BYTES * 2}}}", seed):
        raise DocumentInvalid("seed", "not 32 bytes in lower-case hex (a draw that is not published yet has none)")
    for name in ("commitment", "result_digest", "public_value"):
        if not isinstance(document.get(name), str):
            raise DocumentInvalid(name, "not a text")
    return _Parts(document, bytes.fromhex(seed), read_pools(document.get("pools")), read_rules(document.get("rules")))


def _commitment(parts: _Parts, noted: str | None) -> str:
    found = commitment_of(parts.seed, parts.document["pools"], parts.document["rules"])
    if found != parts.document["commitment"]:
        return f"SHA-256 of seed, pools and rules is {found}, not {parts.document['commitment']}"
    if noted is not None and noted.lower() != found:
        return f"the document's commitment {found} is not the one noted beforehand"
    return ""


def _public_value(parts: _Parts) -> str:
    wanted, given = parts.document["rules"].get("public_value", ""), parts.document["public_value"]
    if bool(wanted) != bool(given):
        return "the rules ask for a public value and none is given" if wanted else "the rules ask for no public value"
    return ""


def _result(parts: _Parts) -> str:
    key = key_of(parts.seed, parts.document["public_value"])
    try:
        again = draw(parts.document["pools"], parts.document["rules"], key)
    except NoAssignment as error:
        return f"drawn again there is no assignment: {error}"
    return "" if again == parts.document["result"] else "drawn again the result is another one"


def _result_digest(parts: _Parts, noted: str | None) -> str:
    found = digest(parts.document["result"])
    if found != parts.document["result_digest"]:
        return f"SHA-256 of the result is {found}, not {parts.document['result_digest']}"
    if noted is not None and noted.lower() != found:
        return f"the result's digest {found} is not the one noted beforehand"
    return ""


def _strata(parts: _Parts) -> str:
    stratum = {school.id: school.stratum for school in parts.pools.schools}
    schools = [visit["school_id"] for visit in parts.visits]
    drawn = Counter(stratum.get(school, "?") for school in schools)
    wanted = Counter({name: count for name, count in parts.rules.strata.items() if count})
    if drawn != wanted or len(set(schools)) != len(schools):
        return f"drawn {dict(drawn)}, the rules say {dict(wanted)}"
    return ""


def _teams(parts: _Parts) -> str:
    known = {one.id for one in parts.pools.inspectors}
    for visit in parts.visits:
        team = visit["inspectors"]
        if len(set(team)) != parts.rules.team_size or not known.issuperset(team):
            return f"school {visit['school_id']}: not {parts.rules.team_size} different inspectors of the pool"
    return ""


def _recusals(parts: _Parts) -> str:
    recused = {one.id: one.recused for one in parts.pools.inspectors}
    for visit in parts.visits:
        for one in visit["inspectors"]:
            if visit["school_id"] in recused.get(one, ()):
                return f"inspector {one} is recused from school {visit['school_id']}"
    return ""


def _last_inspectors(parts: _Parts) -> str:
    last = {school.id: school.last_inspectors for school in parts.pools.schools}
    for visit in parts.visits:
        again = last.get(visit["school_id"], frozenset()) & set(visit["inspectors"])
        if again:
            return f"inspector {min(again)} was at school {visit['school_id']} the last time"
    return ""


def _visits_a_day(parts: _Parts) -> str:
    away = {one.id: one.away for one in parts.pools.inspectors}
    busy = Counter((one, visit["day"]) for visit in parts.visits for one in visit["inspectors"])
    for (one, day), count in sorted(busy.items()):
        if count > parts.rules.visits_a_day:
            return f"inspector {one} has {count} visits on {day}"
        if day not in parts.rules.days or day in away.get(one, ()):
            return f"{day} is not one of inspector {one}'s days"
    return ""


def _capacity(parts: _Parts) -> str:
    load = Counter(one for visit in parts.visits for one in visit["inspectors"])
    for one in parts.pools.inspectors:
        if load[one.id] > one.capacity:
            return f"inspector {one.id} has {load[one.id]} visits, at most {one.capacity}"
    return ""


def _sections(parts: _Parts) -> str:
    wanted = None if parts.rules.sections is None else sorted(code for code, _ in parts.rules.sections)
    for visit in parts.visits:
        shared = visit["sections"]
        if wanted is None:
            if shared is not None:
                return f"school {visit['school_id']}: sections are shared out against the rules"
            continue
        codes = sorted(code for one in visit["inspectors"] for code in shared[one])
        if codes != wanted or set(shared) != set(visit["inspectors"]):
            return f"school {visit['school_id']}: a section is nobody's, or of two"
    return ""
