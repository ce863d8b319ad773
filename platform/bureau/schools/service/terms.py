"""Terms (学期) of the whole bureau; schools read them."""

from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bureau.schools import term_calendar
from bureau.schools.models import Term
from kernel.actor import Actor
from kernel.database import db, writing
from kernel.errors import Conflict, Invalid, NotFound
from kernel.identity.models import Bureau


def list_terms(actor: Actor) -> list[Term]:
    """Newest first."""
    return list(
        db.session.scalars(select(Term).where(Term.bureau_id == actor.bureau_id).order_by(Term.starts_on.desc()))
    )


def get_term(actor: Actor, term_id: UUID) -> Term:
    term = db.session.get(Term, (actor.bureau_id, term_id))
    if term is None:
        raise NotFound
    return term


def current_term(actor: Actor, day: date) -> Term | None:
    """The term in which `day` lies, None in the holidays between."""
    return db.session.scalar(
        select(Term).where(Term.bureau_id == actor.bureau_id, Term.starts_on <= day, Term.ends_on >= day)
    )


def nearest_term(actor: Actor, day: date) -> Term | None:
    """The term in which `day` lies, else the next one, else the last one; None when there are none."""
    terms = list_terms(actor)
    coming = [term for term in terms if term.ends_on >= day]
    return coming[-1] if coming else (terms[0] if terms else None)


def create_term(actor: Actor, *, id: UUID, name: str, starts_on: date, ends_on: date) -> Term:
    """Sent twice with the same content it is the same term."""
    existing = db.session.get(Term, (actor.bureau_id, id))
    if existing is not None:
        if (existing.name, existing.starts_on, existing.ends_on) != (name, starts_on, ends_on):
            raise Conflict(_("这个编号已有内容不同的学期。"), shown_values(existing))
        return existing
    _require_fitting(actor, id, starts_on, ends_on)
    term = Term(
        bureau_id=actor.bureau_id, id=id, name=name, starts_on=starts_on, ends_on=ends_on, created_by=actor.account_id
    )
    db.session.add(term)
    writing.flush(db.session(), {"uq_terms_bureau_id_name": _name_taken()})
    return term


def edit_term(
    actor: Actor, term_id: UUID, *, seen_version: int | None, name: str, starts_on: date, ends_on: date
) -> Term:
    term = get_term(actor, term_id)
    writing.require_version(term, seen_version, shown_values(term))
    _require_fitting(actor, term_id, starts_on, ends_on)
    term.name, term.starts_on, term.ends_on = name, starts_on, ends_on
    writing.flush(db.session(), {"uq_terms_bureau_id_name": _name_taken()})
    return term


def delete_term(actor: Actor, term_id: UUID, *, seen_version: int | None) -> None:
    """Only a term that no record refers to; the foreign keys know."""
    term = get_term(actor, term_id)
    writing.require_version(term, seen_version, shown_values(term))
    db.session.delete(term)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(_("已有记录使用这个学期，不能删除。")) from error


def shown_values(term: Term) -> dict[str, Any]:
    return {
        "version": term.version,
        "name": term.name,
        "starts_on": term.starts_on.isoformat(),
        "ends_on": term.ends_on.isoformat(),
    }


def _require_fitting(actor: Actor, term_id: UUID, starts_on: date, ends_on: date) -> None:
    """No day in two terms. The bureau's row is locked: two terms entered at once must not slip past each other."""
    if ends_on <= starts_on:
        raise Invalid({"ends_on": [_("结束日期应在开始日期之后。")]})
    length = ends_on - starts_on
    if length > term_calendar.LONGEST_TERM or length < term_calendar.SHORTEST_TERM:
        raise Invalid({"ends_on": [_("一个学期应在 4 周到 300 天之间，请核对日期。")]})
    db.session.execute(select(Bureau.id).where(Bureau.id == actor.bureau_id).with_for_update(key_share=True))
    others = [term for term in list_terms(actor) if term.id != term_id]
    at = term_calendar.overlapping([(term.starts_on, term.ends_on) for term in others], starts_on, ends_on)
    if at is not None:
        message = _(
            "与“%(name)s”（%(start)s 至 %(end)s）日期重叠。",
            name=others[at].name,
            start=others[at].starts_on.isoformat(),
            end=others[at].ends_on.isoformat(),
        )
        raise Invalid({"starts_on": [message]})


def _name_taken() -> Invalid:
    return Invalid({"name": [_("已有同名学期。")]})
