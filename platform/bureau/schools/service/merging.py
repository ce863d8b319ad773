"""Merge one school into another: the records stay where they are, readable by the absorbing school's people."""

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.schools import states
from bureau.schools.models import School
from bureau.schools.service.schools import get_school
from bureau.schools.service.transitions import change_state
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import IDENTITY, within
from kernel.errors import Invalid, NotFound, RuleBroken
from kernel.identity.models import Membership
from kernel.web.dates import today


def merge_school(
    actor: Actor, source_id: int, *, target_id: int, staff: states.StaffChoice, seen_version: int | None, reason: str
) -> School:
    """`source` becomes history of `target`. Its people's roles end there; "carry_over" gives them the same in `target`.

    Schools that `source` itself took in earlier go on to `target`, so that there is never a chain to follow.
    """
    source, target = _locked_pair(actor, source_id, target_id)
    refusal = states.merge_refusal(source.id, source.state, target.id, target.state)
    if refusal is not None:
        raise RuleBroken(f"school.merge.{refusal}", _refusal_text(actor, refusal, source, target))
    change_state(actor, source, "merge", seen_version=seen_version, reason=reason, target_id=target.id)
    for earlier in db.session.scalars(
        select(School).where(School.bureau_id == actor.bureau_id, School.merged_into_id == source.id)
    ):
        earlier.merged_into_id = target.id
    _move_staff(actor, source, target, staff)
    db.session.flush()
    return source


def merged_schools(actor: Actor, school_id: int) -> list[School]:
    """The schools whose records `school_id` holds now, by code. A school's own role cannot see their rows, so they
    are read under the identity role, after the actor's right to `school_id` is proven."""
    school = get_school(actor, school_id)
    with within(db.session(), IDENTITY):
        return list(
            db.session.scalars(
                select(School)
                .where(School.bureau_id == actor.bureau_id, School.merged_into_id == school.id)
                .order_by(School.code)
            )
        )


def holder_of(actor: Actor, school: School) -> School | None:
    """The school that a merged one was merged into; None for a school that stands by itself."""
    if school.merged_into_id is None:
        return None
    with within(db.session(), IDENTITY):
        return db.session.scalar(
            select(School).where(School.bureau_id == actor.bureau_id, School.id == school.merged_into_id)
        )


def merge_targets(actor: Actor, source: School) -> list[School]:
    """The schools that may take `source` in."""
    return list(
        db.session.scalars(
            select(School)
            .where(School.bureau_id == actor.bureau_id, School.state == "active", School.id != source.id)
            .order_by(School.code)
        )
    )


def _locked_pair(actor: Actor, source_id: int, target_id: int) -> tuple[School, School]:
    """Both rows locked in the order of their ids, so that two merges crossing each other wait instead of deadlock."""
    schools: dict[int, School] = {}
    for school_id in sorted({source_id, target_id}):
        try:
            schools[school_id] = get_school(actor, school_id, for_update=True)
        except NotFound:
            if school_id == source_id:
                raise
            raise Invalid({"target_id": [_("请从列出的选项中选择。")]}) from None
    return schools[source_id], schools[target_id]


def _move_staff(actor: Actor, source: School, target: School, staff: states.StaffChoice) -> None:
    held = db.session.scalars(
        select(Membership).where(
            Membership.bureau_id == actor.bureau_id,
            Membership.school_id == source.id,
            Membership.ended_at.is_(None),
        )
    ).all()
    there = {
        (person_id, role)
        for person_id, role in db.session.execute(
            select(Membership.person_id, Membership.role).where(
                Membership.bureau_id == actor.bureau_id,
                Membership.school_id == target.id,
                Membership.ended_at.is_(None),
            )
        )
    }
    for membership in held:
        membership.ended_at = now()
        over = membership.valid_until is not None and membership.valid_until < today()
        if staff == "carry_over" and not over and (membership.person_id, membership.role) not in there:
            db.session.add(
                Membership(
                    bureau_id=actor.bureau_id,
                    id=new_id(),
                    person_id=membership.person_id,
                    level="school",
                    role=membership.role,
                    school_id=target.id,
                    valid_from=max(membership.valid_from, today()),
                    valid_until=membership.valid_until,
                )
            )


def _refusal_text(actor: Actor, refusal: states.MergeRefusal, source: School, target: School) -> str:
    if refusal == "itself":
        return _("不能把学校并入它自己。")
    if refusal == "target_suspended":
        return _("“%(school)s”已停用，请先恢复再并入。", school=target.name)
    merged = source if refusal == "source_merged" else target
    holder = holder_of(actor, merged)
    name = holder.name if holder is not None else ""
    if refusal == "source_merged":
        return _("“%(school)s”已并入“%(holder)s”，不能再次合并。", school=source.name, holder=name)
    return _("“%(school)s”已并入“%(holder)s”，请直接选择“%(holder)s”。", school=target.name, holder=name)
