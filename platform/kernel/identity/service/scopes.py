"""Where a person may act: their memberships, as choices; the chosen one stands in the sign-in."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import text, update

from kernel.actor import Actor
from kernel.database import db
from kernel.errors import Invalid
from kernel.identity.models import SignIn
from kernel.identity.service import events

_CHOICES = text(
    """
    SELECT m.level, m.bureau_id, m.zone_id, s.id AS school_id, m.supplier_id, b.name AS bureau_name,
           coalesce(s.name, z.name, c.name, b.name) AS label, coalesce(s.state = 'merged', false) AS is_history,
           array_agg(DISTINCT m.role ORDER BY m.role) AS roles
    FROM memberships m
    JOIN people p ON p.bureau_id = m.bureau_id AND p.id = m.person_id AND p.state = 'active'
    JOIN bureaus b ON b.id = m.bureau_id AND b.state = 'active'
    LEFT JOIN zones z ON z.bureau_id = m.bureau_id AND z.id = m.zone_id
    LEFT JOIN bureau_suppliers c ON c.bureau_id = m.bureau_id AND c.id = m.supplier_id
    -- A merged school is read by the people of the school that took it in, as kernel.identity.loading has it.
    LEFT JOIN schools s ON s.bureau_id = m.bureau_id AND coalesce(s.merged_into_id, s.id) = m.school_id
    WHERE m.person_id = :account_id AND m.ended_at IS NULL
      AND m.valid_from <= (now() AT TIME ZONE 'Asia/Shanghai')::date
      AND (m.valid_until IS NULL OR m.valid_until >= (now() AT TIME ZONE 'Asia/Shanghai')::date)
      AND (s.state IS NULL OR s.state IN ('active', 'merged'))
      AND (m.school_id IS NULL OR s.id IS NOT NULL)
    GROUP BY m.level, m.bureau_id, m.zone_id, s.id, m.supplier_id, b.name, s.name, s.state, z.name, c.name
    ORDER BY b.name, array_position(ARRAY['bureau', 'zone', 'school', 'supplier'], m.level), is_history, label
    """
)
_LAST = text(
    """
    SELECT level, bureau_id, zone_id, school_id, supplier_id FROM sign_ins
    WHERE account_id = :account_id AND level IS NOT NULL ORDER BY last_seen_at DESC, id DESC LIMIT 1
    """
)


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    level: str
    bureau_id: int
    zone_id: int | None
    school_id: int | None
    supplier_id: UUID | None
    label: str
    bureau_name: str
    is_history: bool  # a merged school: to be looked at, not worked in
    roles: tuple[str, ...]

    @property
    def key(self) -> str:
        """How forms and the API name it, e.g. "school-1-12", "supplier-1-<uuid>"."""
        place = self.school_id or self.zone_id or self.supplier_id
        return f"{self.level}-{self.bureau_id}" + (f"-{place}" if place else "")

    @property
    def place(self) -> dict[str, Any]:
        """As the columns of a sign-in or a token."""
        names = ("level", "bureau_id", "zone_id", "school_id", "supplier_id")
        return {name: getattr(self, name) for name in names}


def scopes_of(account_id: UUID) -> list[ScopeChoice]:
    rows = db.session.execute(_CHOICES, {"account_id": account_id}).mappings()
    return [ScopeChoice(**{**row, "roles": tuple(row["roles"])}) for row in rows]


def usual_scope(account_id: UUID, choices: list[ScopeChoice]) -> ScopeChoice | None:
    """The one of last time if it is still held, the only one if there is one, else None: the person must choose."""
    last = db.session.execute(_LAST, {"account_id": account_id}).one_or_none()
    for choice in choices:
        if last is not None and tuple(choice.place.values()) == tuple(last):
            return choice
    current = [choice for choice in choices if not choice.is_history]
    return current[0] if len(current) == 1 else None


def find_choice(choices: list[ScopeChoice], key: str) -> ScopeChoice:
    for choice in choices:
        if choice.key == key:
            return choice
    raise Invalid({"scope": [_("请从列出的选项中选择。")]})


def choose_scope(actor: Actor, key: str) -> ScopeChoice:
    """From here on this sign-in acts in the scope `key`, which must be one that the person holds now."""
    choice = find_choice(scopes_of(actor.account_id), key)
    db.session.execute(
        update(SignIn)
        .where(SignIn.id == actor.sign_in_id, SignIn.account_id == actor.account_id)
        .values(**choice.place)
    )
    events.record("scope:chosen", actor.account_id, bureau_id=choice.bureau_id, detail={"scope": choice.key})
    return choice
