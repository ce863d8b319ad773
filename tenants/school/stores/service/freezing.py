"""Batches that must not be used: held by a recall or by the school itself, until whoever held them lets go."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update

from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import Scope, within
from kernel.errors import Invalid, NotFound
from school.stores.models import StoreBatch, StoreHold
from school.stores.service.books import lock_goods

SCHOOL = "school"  # a hold of the school's own; its id is the batch's


@contextmanager
def _as_school(actor: Actor, school_id: int) -> Iterator[None]:
    """A bureau's actor holds stock in the school's scope, here and nowhere else; a school's only its own."""
    if actor.level == "school":
        if school_id != actor.own_school_id():
            raise NotFound
        yield
        return
    if actor.level != "bureau":
        raise NotFound
    with within(db.session(), Scope("houqin_school", bureau_id=actor.bureau_id, school_id=school_id)):
        yield


def freeze(actor: Actor, batches: Sequence[tuple[int, UUID]], by: tuple[str, UUID], reason: str) -> int:
    """Hold (school, batch) pairs in the name of `by`. Held twice by the same it is held once; the number newly held.

    Raises NotFound when a batch is not of that school.
    """
    if not reason.strip():
        raise Invalid({"reason": [_("请填写封存原因。")]})
    held = 0
    for school_id, batch_ids in _by_school(batches):
        with _as_school(actor, school_id):
            _lock(actor, school_id, batch_ids)
            open_holds = set(db.session.scalars(_open(actor, school_id, batch_ids, by, StoreHold.batch_id)))
            wanted = [batch_id for batch_id in batch_ids if batch_id not in open_holds]
            for batch_id in wanted:
                db.session.add(
                    StoreHold(
                        bureau_id=actor.bureau_id, school_id=school_id, id=new_id(), batch_id=batch_id, by_kind=by[0],
                        by_id=by[1], reason=reason, held_by=actor.account_id, held_by_name=actor.display_name,
                    )
                )  # fmt: skip
            db.session.flush()
            _set_state(actor, school_id, wanted, "frozen")
            held += len(wanted)
    return held


def unfreeze(actor: Actor, batches: Sequence[tuple[int, UUID]], by: tuple[str, UUID], reason: str) -> int:
    """Let go what `by` holds; a batch that somebody else holds as well stays frozen. The number of holds lifted."""
    if not reason.strip():
        raise Invalid({"reason": [_("请填写解封原因。")]})
    lifted = 0
    for school_id, batch_ids in _by_school(batches):
        with _as_school(actor, school_id):
            _lock(actor, school_id, batch_ids)
            for hold in db.session.scalars(_open(actor, school_id, batch_ids, by, StoreHold)):
                hold.lifted_at, hold.lifted_by_name, hold.lift_reason = now(), actor.display_name, reason
                lifted += 1
            db.session.flush()
            still = set(db.session.scalars(_open(actor, school_id, batch_ids, None, StoreHold.batch_id)))
            _set_state(actor, school_id, [one for one in batch_ids if one not in still], "free")
    return lifted


def _by_school(batches: Sequence[tuple[int, UUID]]) -> list[tuple[int, list[UUID]]]:
    """In one order, so that two recalls never wait for each other in a circle."""
    found: defaultdict[int, set[UUID]] = defaultdict(set)
    for school_id, batch_id in batches:
        found[school_id].add(batch_id)
    return [(school_id, sorted(found[school_id])) for school_id in sorted(found)]


def _lock(actor: Actor, school_id: int, batch_ids: Sequence[UUID]) -> None:
    """The goods of the batches: a document that is being posted is either done before the hold or refused after it."""
    rows = db.session.execute(
        select(StoreBatch.id, StoreBatch.good_id).where(
            StoreBatch.bureau_id == actor.bureau_id, StoreBatch.school_id == school_id, StoreBatch.id.in_(batch_ids)
        )
    ).all()
    if len(rows) != len(batch_ids):
        raise NotFound(_("没有这个批次。"))
    lock_goods(actor, [row.good_id for row in rows], school_id)


def _open(actor, school_id, batch_ids, by, columns):  # type: ignore[no-untyped-def]
    query = select(columns).where(
        StoreHold.bureau_id == actor.bureau_id, StoreHold.school_id == school_id, StoreHold.batch_id.in_(batch_ids),
        StoreHold.lifted_at.is_(None),
    )  # fmt: skip
    return query if by is None else query.where(StoreHold.by_kind == by[0], StoreHold.by_id == by[1])


def _set_state(actor: Actor, school_id: int, batch_ids: Sequence[UUID], state: str) -> None:
    if batch_ids:
        db.session.execute(
            update(StoreBatch)
            .where(
                StoreBatch.bureau_id == actor.bureau_id, StoreBatch.school_id == school_id, StoreBatch.id.in_(batch_ids)
            )
            .values(state=state)
        )
