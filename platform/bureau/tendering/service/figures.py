"""A tender's legal figures: by the name its rule pack gives them, as they held on the day it was published."""

from collections.abc import Sequence
from datetime import date

from bureau.tendering.models import Tender
from bureau.tendering.rules.packs import KEYS
from bureau.tendering.rules.terms import day_of
from kernel.database import now
from kernel.policy import service as policy
from kernel.policy.rules import Effective


def day_of_rules(tender: Tender) -> date:
    """Rules that change while a tender runs do not change it."""
    return day_of(tender.published_at or now())


def figure(tender: Tender, name: str, on: date | None = None) -> Effective:
    """E.g. figure(tender, "committee_least").number, .citation. Names: rules.packs.KEYS."""
    return pack_figure(tender.bureau_id, tender.rule_pack, name, on or day_of_rules(tender))


def pack_figure(bureau_id: int, rule_pack: str, name: str, on: date) -> Effective:
    return policy.effective(bureau_id, KEYS[rule_pack][name], on=on)


def several(tender: Tender, names: Sequence[str], on: date) -> dict[str, Effective]:
    return {name: figure(tender, name, on) for name in names}
