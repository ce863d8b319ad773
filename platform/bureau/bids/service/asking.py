"""What a tender asks bidders to state of themselves, and what an opened bid states."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from bureau.bids import labels
from bureau.bids.rules.declarations import CHOSEN, GROUPS, asked, missing, texts
from bureau.tendering.models import Tender
from bureau.tendering.service.drafting import editable, edited
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import Invalid

SETTING = "bid_declarations"


def groups_of(tender: Tender) -> tuple[str, ...]:
    return asked(tender.bid_bond_fen, tender.settings.get(SETTING))


def choose(actor: Actor, tender_id: UUID, seen_version: int | None, groups: Collection[str]) -> Tender:
    """While the tender is drafted: which of the groups that may be left out it asks for."""
    if not set(groups) <= set(CHOSEN):
        raise Invalid({"groups": [_("请选择列出的内容。")]})
    tender = editable(actor, tender_id, seen_version)
    tender.settings = {**tender.settings, SETTING: [group for group in CHOSEN if group in groups]}
    edited(actor, tender)
    db.session.flush()
    return tender


def form(tender: Tender) -> list[dict[str, Any]]:
    """For the page and for a supplier's own program: the groups with their fields."""
    return [
        {
            "group": group,
            "fields": [{"code": one.code, "kind": one.kind, "required": one.required} for one in GROUPS[group]],
        }
        for group in groups_of(tender)
    ]


@dataclass(frozen=True, slots=True)
class Stated:
    """`lines`: what was stated, in words; `missing`: what was asked for and is not there."""

    title: str
    lines: Sequence[tuple[str, str]]
    missing: Sequence[str]


def stated(tender: Tender, package: Mapping[str, Any], *, for_officers: bool) -> list[Stated]:
    """Of an opened bid. A committee's member learns who answers for the work, not whom to ring or from where money came."""
    declared = texts(package)
    groups = groups_of(tender)
    absent = set(missing(groups, declared))
    found = []
    for group, fields in GROUPS.items():
        if not for_officers and group not in CHOSEN:
            continue
        shown = [one for one in fields if for_officers or one.kind == "text"]
        lines = [
            (str(labels.DECLARED[one.code]), labels.declared_value(one.code, declared[one.code]))
            for one in shown
            if declared.get(one.code)
        ]
        lacking = [str(labels.DECLARED[one.code]) for one in shown if one.code in absent]
        if lines or lacking:
            found.append(Stated(str(labels.DECLARATION_GROUPS[group]), lines, lacking))
    return found
