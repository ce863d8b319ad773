"""Whoever acts on what happens to a tender without the tender knowing them: bids, evaluation, awards …

A module puts these into its `Module.publishes`. Every function runs in the transaction of what it follows, in the
bureau's scope, with the tender's row locked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask import current_app
from markupsafe import Markup

from bureau.tendering.models import Tender, TenderLot, TenderNotice
from bureau.tendering.rules.report import Finding
from kernel.actor import Actor

Offer = TypeVar("Offer")


@dataclass(frozen=True, slots=True)
class TenderFollower:
    """published       (actor, tender): the notice is out, the lots are public.
    amended         (actor, tender, notice): what is asked of bidders changed while bids may be sealed already.
    extended        (actor, tender): a deadline moved; it only ever moves to later.
    bidding_closed  (actor, tender, deadline): the deadline passed. Runs under the clock; may fail lots (service.lots.fail_lot).
    lot_failed      (actor, lot): one lot ended alone, as failed or cancelled.
    terminated      (actor, tender, reason)
    failed          (actor, tender, reason)
    suspended       (actor, tender, at)
    resumed         (actor, tender, suspended at, resumed at): move your own terms with rules.terms.shifted.
    moved           (actor, tender, event): after any event, after the function of its own.
    due             (actor, tender, at) → when you want to be looked at next, None: never. Do first what is due at `at`;
                    asked each time the clock looks at the tender, however late: it must not do anything twice.
    """

    published: Callable[[Actor, Tender], None] | None = None
    amended: Callable[[Actor, Tender, TenderNotice], None] | None = None
    extended: Callable[[Actor, Tender], None] | None = None
    bidding_closed: Callable[[Actor, Tender, datetime], None] | None = None
    lot_failed: Callable[[Actor, TenderLot], None] | None = None
    terminated: Callable[[Actor, Tender, str], None] | None = None
    failed: Callable[[Actor, Tender, str], None] | None = None
    suspended: Callable[[Actor, Tender, datetime], None] | None = None
    resumed: Callable[[Actor, Tender, datetime, datetime], None] | None = None
    moved: Callable[[Actor, Tender, str], None] | None = None
    due: Callable[[Actor, Tender, datetime], datetime | None] | None = None


@dataclass(frozen=True, slots=True)
class TenderCheck:
    """findings  (actor, tender) → what must hold before publication, as lines of the rule report (their words in
    `Finding.text`): e.g. three confirmed opening officers.
    """

    findings: Callable[[Actor, Tender], Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class TenderPart:
    """bureau    (actor, tender) → safe HTML for the bureau's page of the tender, "" for nothing; parts stand by `order`.
    supplier  (actor, tender) → the same for the supplier's page.
    """

    bureau: Callable[[Actor, Tender], Markup] | None = None
    supplier: Callable[[Actor, Tender], Markup] | None = None
    order: int = 100


def offers(kind: type[Offer]) -> list[Offer]:
    modules = current_app.extensions["houqin.modules"]
    return [offer for module in modules for offer in module.publishes if isinstance(offer, kind)]


def tell(what: str, *arguments: Any) -> None:
    """Call one function of every follower that has it."""
    for follower in offers(TenderFollower):
        function = getattr(follower, what)
        if function is not None:
            function(*arguments)


def parts(actor: Actor, tender: Tender) -> list[Markup]:
    """What modules show on this tender's page to the actor's level."""
    side = "supplier" if actor.level == "supplier" else "bureau"
    found = sorted(offers(TenderPart), key=lambda part: part.order)
    return [html for part in found if (show := getattr(part, side)) is not None and (html := show(actor, tender))]
