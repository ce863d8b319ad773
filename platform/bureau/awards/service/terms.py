"""The terms of an award: begun by the report, kept by the clock, moved by a suspension."""

from datetime import date, datetime

from bureau.awards import rules
from bureau.awards.models import AwardProcedure
from bureau.tendering.models import Tender
from bureau.tendering.rules.terms import day_of, end_of_day, shifted
from bureau.tendering.service.figures import figure
from kernel.actor import Actor
from kernel.database import db, now
from kernel.workdays.service import calendar


def procedure_of(tender: Tender) -> AwardProcedure | None:
    return db.session.get(AwardProcedure, (tender.bureau_id, tender.id))


def begin(actor: Actor, tender: Tender) -> AwardProcedure:
    """The report reached the purchaser: the term for deciding runs. Begun anew when an award was withdrawn."""
    today = day_of(now())
    term = rules.decide_by(today, int(figure(tender, rules.DECISION).number), calendar(tender.bureau_id))
    procedure = procedure_of(tender)
    if procedure is None:
        procedure = AwardProcedure(bureau_id=tender.bureau_id, id=tender.id)
        db.session.add(procedure)
    procedure.received_on, procedure.decide_by = today, term.value
    procedure.unknown_years = list(term.unknown_years)
    void(procedure)
    return procedure


def void(procedure: AwardProcedure) -> None:
    """Nothing is decided and nothing announced: the terms of what followed the decision do not run."""
    procedure.decided_at = procedure.publish_by = procedure.published_at = None
    procedure.notice_ends_on = procedure.challenge_until = procedure.sign_by = procedure.notice_id = None
    db.session.flush()


def decided(tender: Tender, procedure: AwardProcedure, at: datetime) -> None:
    days = int(figure(tender, rules.RESULT_NOTICE).number)
    term = rules.publish_by(day_of(at), days, calendar(tender.bureau_id))
    procedure.decided_at, procedure.publish_by = at, term.value
    procedure.unknown_years = sorted({*procedure.unknown_years, *term.unknown_years})
    db.session.flush()


def published(tender: Tender, procedure: AwardProcedure, at: datetime) -> rules.Terms:
    figures = {
        name: int(figure(tender, name).number) for name in (rules.NOTICE_STANDS, rules.CHALLENGE, rules.CONTRACT)
    }
    terms = rules.after_publication(day_of(at), figures, calendar(tender.bureau_id))
    procedure.published_at, procedure.notice_ends_on = at, terms.notice_ends_on
    procedure.challenge_until, procedure.sign_by = terms.challenge_until, terms.sign_by
    procedure.unknown_years = sorted({*procedure.unknown_years, *terms.unknown_years})
    db.session.flush()
    return terms


def moved(actor: Actor, tender: Tender, event: str) -> None:
    """Follows the tender: see bureau.tendering.following."""
    if tender.state == "award_decision" and event in ("deliver_report", "withdraw_award"):
        begin(actor, tender)


def resumed(actor: Actor, tender: Tender, paused_from: datetime, resumed_at: datetime) -> None:
    """A suspension takes nobody's time: what still ran when it began ends later by as much."""
    procedure = procedure_of(tender)
    if procedure is None:
        return
    days = calendar(tender.bureau_id)

    def later(day: date) -> date:
        return day_of(shifted(end_of_day(day), paused_from, resumed_at, days))

    if procedure.decided_at is None:
        procedure.decide_by = later(procedure.decide_by)
    for name in ("publish_by", "notice_ends_on", "challenge_until", "sign_by"):
        day = getattr(procedure, name)
        if day is not None and not (name == "publish_by" and procedure.published_at):
            setattr(procedure, name, later(day))
    db.session.flush()
