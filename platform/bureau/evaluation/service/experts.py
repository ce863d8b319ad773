"""The bureau's pool of experts: who, of which categories, bound to whom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select

from bureau.catalogue.models import CatalogueCategory
from bureau.evaluation.models import Expert, ExpertInterest, ExpertSpecialty
from bureau.roles import Role
from bureau.suppliers.service.finding import get_supplier
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from kernel.identity.holders import in_force
from kernel.identity.models import Membership, Person


@dataclass(frozen=True, slots=True)
class ExpertRow:
    expert: Expert
    name: str
    categories: tuple[UUID, ...]


def holders(bureau_id: int, role: Role) -> list[Person]:
    """People who hold the bureau's role today, by name."""
    query = (
        select(Person)
        .join(Membership, (Membership.bureau_id == Person.bureau_id) & (Membership.person_id == Person.id))
        .where(
            Person.bureau_id == bureau_id, Person.state == "active", Membership.level == "bureau",
            Membership.role == str(role), in_force(),
        )
        .order_by(Person.search_name, Person.id)
    )  # fmt: skip
    return list(db.session.scalars(query).unique())


def list_experts(actor: Actor, states: Collection[str] = ("active", "paused", "removed")) -> list[ExpertRow]:
    rows = db.session.execute(
        select(Expert, Person.display_name)
        .join(Person, (Person.bureau_id == Expert.bureau_id) & (Person.id == Expert.id))
        .where(Expert.bureau_id == actor.bureau_id, Expert.state.in_(states))
        .order_by(Person.search_name, Expert.id)
    ).all()
    kept: dict[UUID, list[UUID]] = {}
    for row in db.session.scalars(select(ExpertSpecialty).where(ExpertSpecialty.bureau_id == actor.bureau_id)):
        kept.setdefault(row.expert_id, []).append(row.category_id)
    return [ExpertRow(expert, name, tuple(kept.get(expert.id, ()))) for expert, name in rows]


def candidates(actor: Actor) -> list[Person]:
    """Holders of the role who are not in the pool yet."""
    known = set(db.session.scalars(select(Expert.id).where(Expert.bureau_id == actor.bureau_id)))
    return [person for person in holders(actor.bureau_id, Role.COMMITTEE_EXPERT) if person.id not in known]


def get_expert(actor: Actor, expert_id: UUID) -> Expert:
    expert = db.session.get(Expert, (actor.bureau_id, expert_id))
    if expert is None:
        raise NotFound(_("没有这位评审专家。"))
    return expert


def save_expert(
    actor: Actor, expert_id: UUID, seen: int | None, *, employer: str = "", title: str = "",
    category_ids: Sequence[UUID] = (), state: str = "active", state_reason: str = "",
) -> Expert:  # fmt: skip
    """Put a person who holds the role into the pool, or change what is known of them (`seen`: the version)."""
    wanted = sorted(set(category_ids))
    known = set(
        db.session.scalars(
            select(CatalogueCategory.id).where(
                CatalogueCategory.bureau_id == actor.bureau_id, CatalogueCategory.id.in_(wanted)
            )
        )
    )
    if set(wanted) - known:
        raise Invalid({"category_ids": [_("没有这个类别。")]})
    if state != "active" and not state_reason.strip():
        raise Invalid({"state_reason": [_("请写明原因。")]})
    content = (employer.strip(), title.strip(), state, state_reason.strip() if state != "active" else "")
    expert = db.session.get(Expert, (actor.bureau_id, expert_id))
    held = specialties_of(actor, expert_id)
    if expert is None:
        if expert_id not in {person.id for person in holders(actor.bureau_id, Role.COMMITTEE_EXPERT)}:
            raise Invalid({"id": [_("这个人没有“评审专家”角色。")]})
        expert = Expert(bureau_id=actor.bureau_id, id=expert_id, created_by=actor.account_id)
        db.session.add(expert)
    elif (expert.employer, expert.title, expert.state, expert.state_reason) == content and held == set(wanted):
        return expert
    else:
        require_version(expert, seen)
    expert.employer, expert.title, expert.state, expert.state_reason = content
    flush(db.session(), {"pk_experts": Conflict(_("这位专家刚刚已入库，请刷新页面。"))})
    gone = held - set(wanted)
    if gone:
        db.session.execute(
            delete(ExpertSpecialty).where(
                ExpertSpecialty.bureau_id == actor.bureau_id, ExpertSpecialty.expert_id == expert_id,
                ExpertSpecialty.category_id.in_(gone),
            )
        )  # fmt: skip
    for category_id in wanted:
        if category_id not in held:
            db.session.add(
                ExpertSpecialty(
                    bureau_id=actor.bureau_id, id=new_id(), expert_id=expert_id, category_id=category_id
                )
            )  # fmt: skip
    flush(db.session())
    return expert


def specialties_of(actor: Actor, expert_id: UUID) -> set[UUID]:
    return set(
        db.session.scalars(
            select(ExpertSpecialty.category_id).where(
                ExpertSpecialty.bureau_id == actor.bureau_id, ExpertSpecialty.expert_id == expert_id
            )
        )
    )


def interests_of(actor: Actor, expert_ids: Collection[UUID]) -> list[ExpertInterest]:
    """Not withdrawn ones, newest first."""
    query = select(ExpertInterest).where(
        ExpertInterest.bureau_id == actor.bureau_id, ExpertInterest.expert_id.in_(expert_ids),
        ExpertInterest.withdrawn_at.is_(None),
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(ExpertInterest.id.desc())))


def declare_interest(
    actor: Actor, interest_id: UUID, *, expert_id: UUID, supplier_id: UUID, kind: str, valid_from: date,
    valid_until: date | None = None, reason: str = "",
) -> ExpertInterest:  # fmt: skip
    """By the officer for anybody, or by the expert (the edge passes their own id)."""
    existing = db.session.get(ExpertInterest, (actor.bureau_id, interest_id))
    content = (expert_id, supplier_id, kind, valid_from, valid_until, reason.strip())
    if existing is not None:
        if content == (
            existing.expert_id, existing.supplier_id, existing.kind, existing.valid_from, existing.valid_until,
            existing.reason,
        ):  # fmt: skip
            return existing
        raise Conflict(_("这个编号已用于另一项利害关系。"))
    get_expert(actor, expert_id)
    get_supplier(actor, supplier_id)
    if valid_until is not None and valid_until < valid_from:
        raise Invalid({"valid_until": [_("结束日期早于开始日期。")]})
    row = ExpertInterest(
        bureau_id=actor.bureau_id, id=interest_id, expert_id=expert_id, supplier_id=supplier_id, kind=kind,
        valid_from=valid_from, valid_until=valid_until, reason=reason.strip(), created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(row)
    flush(db.session(), {"pk_expert_interests": Conflict(_("这个编号已用于另一项利害关系。"))})
    return row


def get_interest(actor: Actor, interest_id: UUID, *, own: bool = False) -> ExpertInterest:
    row = db.session.get(ExpertInterest, (actor.bureau_id, interest_id))
    if row is None or (own and row.expert_id != actor.account_id):
        raise NotFound(_("没有这项利害关系。"))
    return row


def withdraw_interest(
    actor: Actor, interest_id: UUID, seen: int | None, *, own: bool = False
) -> ExpertInterest:  # fmt: skip
    row = get_interest(actor, interest_id, own=own)
    if row.withdrawn_at is None:
        require_version(row, seen)
        row.withdrawn_at, row.withdrawn_by = now(), actor.account_id
        flush(db.session())
    return row
