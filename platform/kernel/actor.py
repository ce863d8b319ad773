"""Who acts: one person (or the system) in one chosen scope. Services take it as their first argument."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from kernel.database.scope import Scope

Level = Literal["bureau", "zone", "school", "supplier", "none"]
SYSTEM_ACCOUNT = UUID("00000000-0000-0000-0000-000000000000")


@dataclass(frozen=True, slots=True)
class Actor:
    account_id: UUID
    display_name: str
    level: Level
    bureau_id: int
    school_id: int | None = None
    school_ids: tuple[int, ...] = ()  # a zone supervisor's schools
    roles: frozenset[str] = frozenset()
    scope_label: str = ""
    locale: str = "zh_CN"
    pending: str | None = None  # the step that must come first, see kernel.errors.PendingStep
    sign_in_id: UUID | None = None
    token_id: UUID | None = None
    token_scopes: frozenset[str] | None = None  # None: not an API token
    read_only: bool = False  # looks at a school that was merged into another: its records are history
    supplier_id: UUID | None = None  # the company, at level "supplier"; there is no such actor without one

    def __post_init__(self) -> None:
        if (self.level == "supplier") != (self.supplier_id is not None):
            raise ValueError("an actor acts for a supplier exactly when it is at the supplier's level")

    @property
    def scope(self) -> Scope:
        """The database role and tenant settings that every statement of this actor runs under."""
        if self.level == "bureau":
            return Scope("houqin_bureau", bureau_id=self.bureau_id)
        if self.level == "zone":
            return Scope("houqin_zone", bureau_id=self.bureau_id, school_ids=self.school_ids)
        if self.level == "school":
            return Scope("houqin_school", bureau_id=self.bureau_id, school_id=self.school_id, read_only=self.read_only)
        if self.level == "supplier":
            return Scope("houqin_supplier", bureau_id=self.bureau_id, supplier_id=self.supplier_id)
        return Scope("houqin_identity")

    def own_school_id(self) -> int:
        """The school this actor works in. Only for use cases whose permission demands the school level."""
        if self.level != "school" or self.school_id is None:
            raise AssertionError("use case needs a school actor; its permission must demand one")
        return self.school_id

    def own_supplier_id(self) -> UUID:
        """The company this actor works for. Only for use cases whose permission demands the supplier level."""
        if self.level != "supplier" or self.supplier_id is None:
            raise AssertionError("use case needs a supplier's actor; its permission must demand one")
        return self.supplier_id


def system_actor(bureau_id: int) -> Actor:
    """The system itself at bureau level, for jobs and demo data; appears in the audit as 系统."""
    return Actor(SYSTEM_ACCOUNT, "系统", "bureau", bureau_id, roles=frozenset({"system"}))
