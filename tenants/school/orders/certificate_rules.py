"""Pure rules of certificates: what looks wrong with a paper beside the lot it came with, the lots it was used for before,
and the weight it speaks for.

A finding is a fact to look into, not a verdict: papers are mistyped, and one animal's certificate speaks for several cuts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

ZERO = Decimal(0)
# Of the paper beside its lot: such a paper proves nothing for it.
BLOCKING = frozenset({"expired", "not_yet_valid", "wrong_supplier", "wrong_item", "wrong_lot"})
# Of the paper beside other papers and deliveries: somebody looks.
SUSPECT = frozenset({"issued_after", "number_reused", "file_reused", "over_covered"})
CODES = BLOCKING | SUSPECT


@dataclass(frozen=True, slots=True)
class Paper:
    """`batch_no` "": of the item whatever the lot. `covers`: base units."""

    id: UUID
    supplier_id: UUID
    item_id: UUID
    kind: str
    number: str
    batch_no: str
    sha256: str
    issued_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    covers: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """A lot that the paper goes with; `on`: the day it is delivered."""

    supplier_id: UUID
    item_id: UUID
    batch_no: str
    on: date


@dataclass(frozen=True, slots=True)
class Finding:
    """`detail`: the other lot, number or weight: what tells one finding of a code from another."""

    code: str
    detail: str = ""


def beside_lot(paper: Paper, use: Use) -> list[Finding]:
    """What is wrong with the paper for this very lot."""
    found: list[Finding] = []
    if paper.supplier_id != use.supplier_id:
        found.append(Finding("wrong_supplier"))
    if paper.item_id != use.item_id:
        found.append(Finding("wrong_item"))
    if paper.batch_no and paper.batch_no != use.batch_no:
        found.append(Finding("wrong_lot", use.batch_no))
    if paper.valid_until is not None and paper.valid_until < use.on:
        found.append(Finding("expired", paper.valid_until.isoformat()))
    if paper.valid_from is not None and paper.valid_from > use.on:
        found.append(Finding("not_yet_valid", paper.valid_from.isoformat()))
    if paper.issued_on is not None and paper.issued_on > use.on:
        found.append(Finding("issued_after", paper.issued_on.isoformat()))
    return found


def is_other_lot(paper: Paper, other: Paper) -> bool:
    """Two lots have the same name only with the same supplier; papers of items, without a lot, are no lots."""
    if not paper.batch_no or not other.batch_no:
        return False
    return (paper.supplier_id, paper.batch_no) != (other.supplier_id, other.batch_no)


def beside_papers(paper: Paper, others: Iterable[Paper]) -> list[Finding]:
    """Whether its number or its scan was used for another lot; one finding per lot."""
    found: dict[tuple[str, str], Finding] = {}
    for other in others:
        if other.id == paper.id or not is_other_lot(paper, other):
            continue
        if paper.number and (paper.kind, paper.number) == (other.kind, other.number):
            found["number_reused", other.batch_no] = Finding("number_reused", other.batch_no)
        if paper.sha256 == other.sha256:
            found["file_reused", other.batch_no] = Finding("file_reused", other.batch_no)
    return [found[key] for key in sorted(found)]


def coverage(papers: Iterable[Paper], paper: Paper) -> Decimal | None:
    """What all papers of its kind speak for together in its lot; None where one of them names no weight."""
    same = [
        one for one in papers
        if (one.supplier_id, one.item_id, one.batch_no, one.kind)
        == (paper.supplier_id, paper.item_id, paper.batch_no, paper.kind)
    ]  # fmt: skip
    weights = [one.covers for one in same]
    if not weights or any(weight is None for weight in weights):
        return None
    return sum((weight for weight in weights if weight is not None), ZERO)


def beside_weight(covered: Decimal | None, delivered: Decimal) -> list[Finding]:
    """Whether more of the lot went to all schools together than its papers speak for."""
    if covered is None or delivered <= covered:
        return []
    return [Finding("over_covered")]


def proves(findings: Iterable[Finding]) -> bool:
    """Whether the paper counts as provided for its lot."""
    return not any(finding.code in BLOCKING for finding in findings)
