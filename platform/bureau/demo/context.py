"""What the modules' demo loaders hand on to each other, in the order in which wsgi.py lists the modules."""

import random
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from uuid import UUID

from bureau.demo import MARK, SEED
from bureau.demo.district import District, build_district
from kernel.actor import SYSTEM_ACCOUNT, Actor, system_actor
from kernel.database import db
from kernel.database.scope import use_scope
from kernel.identity.models import Person


@dataclass
class DemoContext:
    """Each loader runs in an application context, sets the session's scope itself and commits what it wrote.

    `today`: the day on which the demo plays. `rng`: for choices that the plain data leave open; seeded, so that the
    same day gives the same district.
    """

    today: date
    rng: random.Random = field(default_factory=lambda: random.Random(SEED))
    bureau_id: int = 0
    zones: dict[str, int] = field(default_factory=dict)  # code → id
    schools: dict[str, int] = field(default_factory=dict)  # code → id
    suppliers: dict[str, UUID] = field(default_factory=dict)  # code → id
    accounts: dict[str, UUID] = field(default_factory=dict)  # username → account id
    sign_ins: list[dict[str, str]] = field(
        default_factory=list
    )  # role, place, username, password: one per role, to show

    @cached_property
    def district(self) -> District:
        return build_district()

    def actor(self) -> Actor:
        """The system at the bureau's level; a record that a person makes is better made as that person."""
        return system_actor(self.bureau_id)

    def officer(self, username: str, role: str) -> Actor:
        """One of the bureau's demo people, by the name that their records will bear. From here on the session is in the
        bureau's scope."""
        use_scope(db.session(), self.actor().scope)
        person = db.session.get(Person, (self.bureau_id, self.accounts[username]))
        name = person.display_name if person else username
        return Actor(self.accounts[username], name, "bureau", self.bureau_id, roles=frozenset({str(role)}))

    def company(self, code: str) -> Actor:
        """Any demo company, acting for itself where none of the demo's people does; in that company's scope."""
        return Actor(
            SYSTEM_ACCOUNT, f"{MARK}·{code}", "supplier", self.bureau_id, roles=frozenset({"supplier_user"}),
            supplier_id=self.suppliers[code],
        )  # fmt: skip

    def supplier(self, username: str, code: str) -> Actor:
        """One of a demo company's people. From here on the session is in the bureau's scope: the caller takes the actor's."""
        use_scope(db.session(), self.actor().scope)
        person = db.session.get(Person, (self.bureau_id, self.accounts[username]))
        name = person.display_name if person else username
        return Actor(
            self.accounts[username], name, "supplier", self.bureau_id, roles=frozenset({"supplier_user"}),
            supplier_id=self.suppliers[code],
        )  # fmt: skip
