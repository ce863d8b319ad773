"""What a survey found, item by item: each source's price, what stands out, what a person decided about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.prices import rules
from bureau.prices.models import (
    PriceReport,
    PriceReportDecision,
    PriceSurvey,
    PriceSurveyItem,
    PriceSurveyor,
    PriceSurveySource,
)
from bureau.prices.service.reporting import reports_of
from bureau.prices.service.surveyors import surveyors_of
from bureau.prices.service.surveys import get_survey, items_of, sources_of
from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class JudgedReport:
    """`score`: the modified z-score among the counted prices of its item, to two places; None where it does not count."""

    row: PriceReport
    source: PriceSurveySource
    surveyor: PriceSurveyor
    score: Decimal | None
    is_outlier: bool
    decisions: Sequence[PriceReportDecision]


@dataclass(frozen=True, slots=True)
class ItemResult:
    """`result` None: no price counts. `enough`: whether it rests on as many sources as the survey asks."""

    item: PriceSurveyItem
    reports: Sequence[JudgedReport]
    result: rules.Aggregate | None
    enough: bool
    change: Fraction | None

    @property
    def waiting(self) -> int:
        return sum(1 for one in self.reports if one.row.state == "waiting")

    @property
    def outliers(self) -> int:
        return sum(1 for one in self.reports if one.is_outlier)

    @property
    def excluded(self) -> int:
        return sum(1 for one in self.reports if one.row.state == "excluded")

    @property
    def counted(self) -> int:
        return sum(1 for one in self.reports if one.row.state == "counted")


def results_of(actor: Actor, survey: PriceSurvey) -> list[ItemResult]:
    """One per item, in the survey's order."""
    by_item: dict[UUID, list[PriceReport]] = {}
    for row in reports_of(actor, survey.id):
        by_item.setdefault(row.item_id, []).append(row)
    sources = {one.source_id: one for one in sources_of(actor.bureau_id, survey.id)}
    people = {one.id: one for one in surveyors_of(actor, survey.id)}
    decided = _decisions(actor, survey.id)
    return [
        _result(survey, item, by_item.get(item.item_id, []), sources, people, decided)
        for item in items_of(actor.bureau_id, survey.id)
    ]


def _result(
    survey: PriceSurvey, item: PriceSurveyItem, rows: Sequence[PriceReport],
    sources: Mapping[UUID, PriceSurveySource], people: Mapping[UUID, PriceSurveyor],
    decided: Mapping[UUID, Sequence[PriceReportDecision]],
) -> ItemResult:  # fmt: skip
    counted = [row for row in rows if row.state == "counted"]
    prices = [Fraction(row.price_fen) / Fraction(row.factor) for row in counted]
    scores = dict(zip((row.id for row in counted), rules.scores(prices), strict=True))
    cutoff = Fraction(survey.cutoff)
    judged = [
        JudgedReport(
            row=row,
            source=sources[row.source_id],
            surveyor=people[row.surveyor_id],
            score=_two_places(scores[row.id]) if row.id in scores else None,
            is_outlier=row.id in scores and rules.is_outlier(scores[row.id], cutoff),
            decisions=decided.get(row.id, ()),
        )
        for row in rows
    ]
    quotes = [rules.Quote(str(row.source_id), price) for row, price in zip(counted, prices, strict=True)]
    result = rules.aggregate(quotes, survey.method)
    enough = result is not None and len(result.by_source) >= survey.least_sources
    change = None
    if result is not None and item.reference_fen is not None:
        change = rules.change_percent(result.price_fen, item.reference_fen)
    return ItemResult(item, judged, result, enough, change)


def _two_places(value: Fraction) -> Decimal:
    return Decimal(rules.half_up(value * 100)).scaleb(-2)


def _decisions(actor: Actor, survey_id: UUID) -> dict[UUID, list[PriceReportDecision]]:
    query = (
        select(PriceReportDecision)
        .join(
            PriceReport,
            (PriceReport.bureau_id == PriceReportDecision.bureau_id)
            & (PriceReport.id == PriceReportDecision.report_id),
        )
        .where(PriceReportDecision.bureau_id == actor.bureau_id, PriceReport.survey_id == survey_id)
        .order_by(PriceReportDecision.id)
    )
    found: dict[UUID, list[PriceReportDecision]] = {}
    for decision in db.session.scalars(query):
        found.setdefault(decision.report_id, []).append(decision)
    return found


def decide(
    actor: Actor, survey_id: UUID, report_id: UUID, *, decision: str, seen_state: str, reason: str
) -> PriceReport:
    """A person says that a report counts or does not, and why. Nothing is left out of a price in any other way."""
    survey = get_survey(actor, survey_id, lock=True)
    row = db.session.scalar(
        select(PriceReport)
        .where(
            PriceReport.bureau_id == actor.bureau_id,
            PriceReport.survey_id == survey.id,
            PriceReport.id == report_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(_("没有这条报价。"))
    if survey.state not in ("collecting", "closed"):
        raise Conflict(_("询价结果已签认，不能再更改取舍。"), {"state": survey.state})
    after = {"include": "counted", "exclude": "excluded"}[decision]
    if row.state != seen_state:
        raise Conflict(_("这条报价的取舍已被他人更改，请核对后再提交。"), {"state": row.state})
    if row.state == after:
        return row
    if not reason:
        raise Invalid({"reason": [_("请填写原因。")]})
    row.state = after
    db.session.add(
        PriceReportDecision(
            bureau_id=actor.bureau_id,
            report_id=row.id,
            decision=decision,
            reason=reason,
            by=actor.account_id,
            by_name=actor.display_name,
        )
    )
    flush(db.session())
    return row
