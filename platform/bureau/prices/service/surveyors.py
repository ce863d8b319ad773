"""Who looks prices up: people with an account, and parents with a link of their own."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.prices.models import PriceReport, PriceSurvey, PriceSurveyor
from bureau.prices.service.surveys import get_survey, is_distributor, items_of, sources_of
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.identity.models import Person
from kernel.web.dates import span_of_days

MOST_SURVEYORS = 200


def code_of(survey: PriceSurvey, surveyor_id: UUID) -> str:
    """What the link of an invited one ends in: 120 bits that only the survey's key makes."""
    mark = hmac.new(survey.key.encode(), surveyor_id.bytes, hashlib.sha256).digest()[:15]
    return base64.b32encode(mark).decode().lower()


def hash_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def link_of(survey: PriceSurvey, surveyor: PriceSurveyor) -> str:
    base = current_app.extensions["houqin.config"].base_url
    return f"{base}/public/price-surveys/{survey.bureau_id}/{code_of(survey, surveyor.id)}"


def surveyors_of(actor: Actor, survey_id: UUID) -> Sequence[PriceSurveyor]:
    query = select(PriceSurveyor).where(
        PriceSurveyor.bureau_id == actor.bureau_id, PriceSurveyor.survey_id == survey_id
    )
    return db.session.scalars(query.order_by(PriceSurveyor.id)).all()


def get_surveyor(actor: Actor, survey_id: UUID, surveyor_id: UUID) -> PriceSurveyor:
    surveyor = db.session.get(PriceSurveyor, (actor.bureau_id, surveyor_id))
    if surveyor is None or surveyor.survey_id != survey_id:
        raise NotFound(_("没有这名询价员。"))
    return surveyor


def find_people(actor: Actor, text: str) -> list[tuple[UUID, str]]:
    """Up to 50 active people of the bureau and its schools by the beginning of their name: (id, name)."""
    query = select(Person.id, Person.display_name).where(Person.bureau_id == actor.bureau_id, Person.state == "active")
    if text:
        query = query.where(Person.search_name.op("^@")(text.strip().lower()))
    rows = db.session.execute(query.order_by(Person.search_name, Person.id).limit(50))
    return [(row.id, row.display_name) for row in rows]


def report_counts(actor: Actor, survey_id: UUID) -> dict[UUID, int]:
    query = (
        select(PriceReport.surveyor_id, func.count())
        .where(PriceReport.bureau_id == actor.bureau_id, PriceReport.survey_id == survey_id)
        .group_by(PriceReport.surveyor_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def add(
    actor: Actor, survey_id: UUID, surveyor_id: UUID, *, person_id: UUID | None, name: str | None, kind: str
) -> PriceSurveyor:
    """A person with an account, or else somebody by name, who gets a link."""
    if person_id is not None:
        return assign(actor, survey_id, surveyor_id, person_id=person_id, kind=kind)
    if not name:
        raise Invalid({"name": [_("请选择人员，或填写受邀人的称呼。")]})
    return invite(actor, survey_id, surveyor_id, name=name, kind=kind)


def assign(actor: Actor, survey_id: UUID, surveyor_id: UUID, *, person_id: UUID, kind: str) -> PriceSurveyor:
    """A person of this bureau or one of its schools. Whoever acts for a supplier is refused."""
    survey = _open_survey(actor, survey_id)
    person = db.session.get(Person, (actor.bureau_id, person_id))
    if person is None or person.state != "active":
        raise Invalid({"person_id": [_("没有这个人，或已停用。")]})
    if is_distributor(actor.bureau_id, person_id):
        raise RuleBroken("surveyor_is_distributor", _("供应商（配送方）的人员不能参加询价。"))
    return _add(actor, survey, surveyor_id, kind, person.display_name, person_id)


def invite(actor: Actor, survey_id: UUID, surveyor_id: UUID, *, name: str, kind: str) -> PriceSurveyor:
    """Somebody without an account. The link is good until the survey's last day ends."""
    return _add(actor, _open_survey(actor, survey_id), surveyor_id, kind, name, None)


def _open_survey(actor: Actor, survey_id: UUID) -> PriceSurvey:
    survey = get_survey(actor, survey_id, lock=True)
    if survey.state not in ("draft", "collecting"):
        raise Conflict(_("询价已经结束，不能再增加询价员。"), {"state": survey.state})
    return survey


def _add(
    actor: Actor, survey: PriceSurvey, surveyor_id: UUID, kind: str, name: str, person_id: UUID | None
) -> PriceSurveyor:
    known = db.session.get(PriceSurveyor, (actor.bureau_id, surveyor_id))
    if known is not None:
        if (known.survey_id, known.kind, known.name, known.person_id) != (survey.id, kind, name, person_id):
            raise Conflict(_("这个编号已用于另一名询价员。"), {"version": known.version})
        return known
    if len(surveyors_of(actor, survey.id)) >= MOST_SURVEYORS:
        raise Invalid({"_form": [_("一次询价最多 %(most)s 名询价员。", most=MOST_SURVEYORS)]})
    tasks = len(items_of(actor.bureau_id, survey.id)) * len(sources_of(actor.bureau_id, survey.id))
    surveyor = PriceSurveyor(
        bureau_id=actor.bureau_id, id=surveyor_id, survey_id=survey.id, kind=kind, name=name, person_id=person_id,
        code_hash=None if person_id else hash_of(code_of(survey, surveyor_id)),
        expires_at=None if person_id else expiry_of(survey), most=2 * tasks, created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(surveyor)
    twice = Invalid({"person_id": [_("这个人已经是本次询价的询价员。")]})
    flush(db.session(), {"uq_price_surveyors_bureau_id_survey_id_person_id": twice})
    return surveyor


def expiry_of(survey: PriceSurvey) -> datetime:
    return span_of_days(survey.first_day, survey.last_day)[1]


def revoke(actor: Actor, survey_id: UUID, surveyor_id: UUID, seen_version: int | None) -> PriceSurveyor:
    """Their reports stay; what they would send from now on is refused."""
    surveyor = get_surveyor(actor, survey_id, surveyor_id)
    if surveyor.revoked_at is None:
        require_version(surveyor, seen_version)
        surveyor.revoked_at = now()
        flush(db.session())
    return surveyor


__all__ = [
    "add",
    "assign",
    "code_of",
    "find_people",
    "get_surveyor",
    "invite",
    "link_of",
    "report_counts",
    "revoke",
    "surveyors_of",
]
