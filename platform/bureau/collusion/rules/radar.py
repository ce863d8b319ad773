"""All detectors over one tender."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bureau.collusion.rules.facts import BidFacts, Known, Sign, Thresholds
from bureau.collusion.rules.identity import mixed_files, same_agent, same_author, same_bond, same_contact
from bureau.collusion.rules.patterns import price_pattern


def look(lots: Mapping[Any, Sequence[BidFacts]], known: Known, thresholds: Thresholds) -> list[tuple[Any, Sign]]:
    """(lot, sign), the lot None where a sign spans lots. Bids of one lot are compared with each other: firms that do not
    compete may share what they like. A sign is told once, though it shows in several lots (prices: in each)."""
    found: list[tuple[Any, Sign]] = []
    told: dict[tuple[Any, ...], int] = {}
    for lot, bids in lots.items():
        supplier_of = {bid.key: bid.supplier for bid in bids}
        for sign in price_pattern(bids, known, thresholds):
            found.append((lot, sign))
        for detector in (same_author, same_agent, same_contact, mixed_files, same_bond):
            for sign in _merged(detector(bids, known, thresholds)):
                parties = tuple(sorted({str(supplier_of[key]) for key in sign.bids}))
                told_as = (sign.kind, sign.method, parties)
                if told_as in told:
                    place = told[told_as]
                    found[place] = (found[place][0], _joined(found[place][1], sign))
                else:
                    told[told_as] = len(found)
                    found.append((lot, sign))
    return found


def _merged(signs: Sequence[Sign]) -> list[Sign]:
    """Several values of one method between the same bids are one sign with more evidence."""
    found: dict[tuple[Any, ...], Sign] = {}
    for sign in signs:
        key = (sign.kind, sign.method, frozenset(sign.bids))
        found[key] = _joined(found[key], sign) if key in found else sign
    return list(found.values())


def _joined(one: Sign, other: Sign) -> Sign:
    rows = tuple(row for row in other.evidence if row not in one.evidence)
    return replace(one, bids=tuple(dict.fromkeys((*one.bids, *other.bids))), evidence=(*one.evidence, *rows))
