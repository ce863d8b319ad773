"""Who plays: officers with their opening keys, the committee's people, the bidding companies."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import pyrage
from sqlalchemy import select

from bureau.bids import sealing as browser
from bureau.bids.service import keys
from bureau.catalogue.service.categories import list_categories
from bureau.demo import MARK
from bureau.demo.context import DemoContext
from bureau.evaluation.models import CommitteeMember
from bureau.evaluation.service import experts
from bureau.evaluation.service.sealing import machine
from bureau.people.demo import PASSWORD as PASSPHRASE
from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope

SEATS = {
    "procurement": ("bureau-procurement-2", Role.PROCUREMENT_OFFICER),
    "supervision": ("discipline", Role.DISCIPLINE_SUPERVISOR),
    "escrow": ("bureau-assets", Role.ASSET_OFFICER),
}
EXPERTS = 9


def on_stage(actor: Actor) -> Actor:
    use_scope(db.session(), actor.scope)
    return actor


@dataclass
class Cast:
    """`identities`: seat → the secret half of that officer's key, unlocked with the demo's passphrase."""

    demo: DemoContext
    drafter: Actor
    reviewer: Actor
    representative: Actor
    officers: dict[str, Actor]
    identities: dict[str, str] = field(default_factory=dict)
    people: dict[UUID, Actor] = field(default_factory=dict)

    def company(self, code: str) -> Actor:
        return on_stage(self.demo.company(code))

    def members(self, tender_id: UUID) -> list[Actor]:
        """The committee by number, the head's seat first: known to the demo, which plays them all."""
        with machine(self.demo.bureau_id):
            seated = select(CommitteeMember.person_id).where(
                CommitteeMember.bureau_id == self.demo.bureau_id, CommitteeMember.tender_id == tender_id,
                CommitteeMember.state != "recused",
            )  # fmt: skip
            ids = db.session.scalars(seated.order_by(CommitteeMember.number)).all()
        return [self.people[person_id] for person_id in ids]


def gather(demo: DemoContext) -> Cast:
    on_stage(demo.actor())
    cast = Cast(
        demo,
        demo.officer("bureau-procurement", Role.PROCUREMENT_OFFICER),
        demo.officer("bureau-admin", Role.BUREAU_ADMIN),
        demo.officer("bureau-canteen", Role.CANTEEN_OFFICER),
        {seat: demo.officer(name, role) for seat, (name, role) in SEATS.items()},
    )
    _make_keys(cast)
    _fill_the_pool(cast)
    db.session.commit()
    return cast


def _make_keys(cast: Cast) -> None:
    """Each officer's key as their browser would make it; the passphrase opens it, as each proves at once."""
    made = browser.make_keys([PASSPHRASE] * len(cast.officers), work=14)
    unlocked = browser.unlock([(one.identity_ciphertext, PASSPHRASE) for one in made])
    for (seat, officer), key, identity in zip(cast.officers.items(), made, unlocked, strict=True):
        on_stage(officer)
        row = keys.put_key(officer, new_id(), key.recipient, key.identity_ciphertext)
        cast.identities[seat] = identity
        challenge = keys.challenge(row)
        keys.confirm(officer, row.id, challenge["token"], decrypt(cast, seat, challenge["sealed"]))


def decrypt(cast: Cast, seat: str, armored: str) -> str:
    identity = pyrage.x25519.Identity.from_str(cast.identities[seat])
    return bytes(pyrage.decrypt(armored.encode(), [identity])).decode()


def _fill_the_pool(cast: Cast) -> None:
    on_stage(cast.drafter)
    categories: Sequence[UUID] = [category.id for category in list_categories(cast.drafter)]
    for number in range(1, EXPERTS + 1):
        expert = cast.demo.officer(f"expert-{number}", Role.COMMITTEE_EXPERT)
        experts.save_expert(
            cast.drafter, expert.account_id, None, employer=f"{MARK}大学", title="副教授", category_ids=list(categories)
        )
        cast.people[expert.account_id] = expert
    cast.people[cast.representative.account_id] = cast.representative
