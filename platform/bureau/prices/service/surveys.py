"""Surveys: drawn up, opened, closed, signed; each step leaves a row."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.orm.attributes import flag_modified

from bureau.catalogue.rules import plain_text
from bureau.catalogue.service import versions
from bureau.prices import rules
from bureau.prices.models import (
    PriceReport,
    PriceSource,
    PriceSurvey,
    PriceSurveyEvent,
    PriceSurveyItem,
    PriceSurveySource,
)
from bureau.prices.service import reading
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.identity.models import Membership
from kernel.numbering.service import next_number
from kernel.policy.service import effective_numbers
from kernel.states import NoTransition, next_state
from kernel.web.dates import today

FIELDS = ("title", "series", "cycle", "first_day", "last_day", "method")
MOST_ITEMS, MOST_SOURCES = 500, 30


def list_surveys(
    actor: Actor, cursor: str | None = None, limit: int = 50, *, series: str | None = None
) -> Page[PriceSurvey]:
    query = select(PriceSurvey).where(PriceSurvey.bureau_id == actor.bureau_id)
    if series:
        query = query.where(PriceSurvey.series == series)
    return paginate(db.session(), query, [PriceSurvey.id], cursor, limit)


def get_survey(actor: Actor, survey_id: UUID, *, lock: bool = False) -> PriceSurvey:
    query = select(PriceSurvey).where(PriceSurvey.bureau_id == actor.bureau_id, PriceSurvey.id == survey_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    survey = db.session.scalar(query)
    if survey is None:
        raise NotFound(_("没有这次询价。"))
    return survey


def items_of(bureau_id: int, survey_id: UUID) -> Sequence[PriceSurveyItem]:
    query = select(PriceSurveyItem).where(
        PriceSurveyItem.bureau_id == bureau_id, PriceSurveyItem.survey_id == survey_id
    )
    return db.session.scalars(query.order_by(PriceSurveyItem.position)).all()


def sources_of(bureau_id: int, survey_id: UUID) -> Sequence[PriceSurveySource]:
    query = select(PriceSurveySource).where(
        PriceSurveySource.bureau_id == bureau_id, PriceSurveySource.survey_id == survey_id
    )
    return db.session.scalars(query.order_by(PriceSurveySource.position)).all()


def events_of(actor: Actor, survey_id: UUID) -> Sequence[PriceSurveyEvent]:
    query = select(PriceSurveyEvent).where(
        PriceSurveyEvent.bureau_id == actor.bureau_id, PriceSurveyEvent.survey_id == survey_id
    )
    return db.session.scalars(query.order_by(PriceSurveyEvent.id)).all()


def save_survey(
    actor: Actor, survey_id: UUID, seen_version: int | None, *, item_ids: Sequence[UUID], source_ids: Sequence[UUID],
    **values: Any,
) -> PriceSurvey:  # fmt: skip
    """Draw a survey up under the client's id, or change a draft. Items are taken as they are published now, each with
    its price in the book in force, against which slips are told. `values`: FIELDS."""
    item_ids, source_ids = list(dict.fromkeys(item_ids)), list(dict.fromkeys(source_ids))
    survey = db.session.get(PriceSurvey, (actor.bureau_id, survey_id))
    if survey is not None and seen_version is None:
        if _content(survey) != (values, set(item_ids), set(source_ids)):
            raise Conflict(_("同一编号的询价已存在且内容不同。"), {"version": survey.version})
        return survey
    _check(values, item_ids, source_ids)
    if survey is None:
        figures = effective_numbers(actor.bureau_id, ("price.outlier.cutoff", "price.sources.least"))
        number = next_number(db.session(), actor.bureau_id, None, "XJ", today().year)
        survey = PriceSurvey(
            bureau_id=actor.bureau_id, id=survey_id, number=number, cutoff=figures["price.outlier.cutoff"],
            least_sources=int(figures["price.sources.least"]), key=secrets.token_urlsafe(32), state="draft",
            created_by=actor.account_id, **values,
        )  # fmt: skip
        db.session.add(survey)
    else:
        require_version(survey, seen_version)
        if survey.state != rules.SurveyState.DRAFT:
            raise Conflict(_("询价已经开始，不能再修改。"), {"version": survey.version, "state": survey.state})
        for name in FIELDS:
            setattr(survey, name, values[name])
        flag_modified(survey, "title")  # the lists below belong to it: a stale edit must not overwrite them unseen
    flush(db.session())
    _set_items(actor, survey, item_ids)
    _set_sources(actor, survey, source_ids)
    return survey


def _content(survey: PriceSurvey) -> tuple[dict[str, Any], set[UUID], set[UUID]]:
    return (
        {name: getattr(survey, name) for name in FIELDS},
        {row.item_id for row in items_of(survey.bureau_id, survey.id)},
        {row.source_id for row in sources_of(survey.bureau_id, survey.id)},
    )


def _check(values: Mapping[str, Any], item_ids: Sequence[UUID], source_ids: Sequence[UUID]) -> None:
    problems: dict[str, list[str]] = {}
    if not item_ids:
        problems["item_ids"] = [_("请选择要询价的物品。")]
    elif len(item_ids) > MOST_ITEMS:
        problems["item_ids"] = [_("一次询价最多 %(most)s 个物品。", most=MOST_ITEMS)]
    if not source_ids:
        problems["source_ids"] = [_("请选择价格来源。")]
    elif len(source_ids) > MOST_SOURCES:
        problems["source_ids"] = [_("一次询价最多 %(most)s 个来源。", most=MOST_SOURCES)]
    first, last = values["first_day"], values["last_day"]
    if last < first or last < today():
        problems["last_day"] = [_("结束日期不能早于开始日期或今天。")]
    elif (last - first).days > 31:
        problems["last_day"] = [_("一次询价最长 31 天，时间过长的价格不能放在一起。")]
    if problems:
        raise Invalid(problems)


def _set_items(actor: Actor, survey: PriceSurvey, item_ids: Sequence[UUID]) -> None:
    known = versions.current_versions(actor.bureau_id, item_ids)
    if len(known) != len(item_ids):
        raise Invalid({"item_ids": [_("有物品不存在或从未发布。")]})
    reference = reading.prices_on(actor.bureau_id, item_ids, today())
    session = db.session()
    session.execute(
        delete(PriceSurveyItem).where(
            PriceSurveyItem.bureau_id == actor.bureau_id, PriceSurveyItem.survey_id == survey.id
        )
    )
    ordered = sorted(known.values(), key=lambda version: (version.category_name, version.code))
    for position, version in enumerate(ordered):
        price = reference.get(version.item_id)
        units = {unit: plain_text(factor) for unit, factor in versions.factors_of(version).items()}
        session.add(
            PriceSurveyItem(
                bureau_id=actor.bureau_id,
                id=new_id(),
                survey_id=survey.id,
                item_id=version.item_id,
                item_version=version.number,
                position=position,
                code=version.code,
                name=version.name,
                specification=version.specification,
                category_id=version.category_id,
                category_name=version.category_name,
                base_unit=version.base_unit,
                units=units,
                reference_fen=price.price_fen if price and price.unit == version.base_unit else None,
            )
        )
    session.flush()


def _set_sources(actor: Actor, survey: PriceSurvey, source_ids: Sequence[UUID]) -> None:
    session = db.session()
    query = select(PriceSource).where(
        PriceSource.bureau_id == actor.bureau_id, PriceSource.id.in_(source_ids), PriceSource.is_active.is_(True)
    )
    sources = {source.id: source for source in session.scalars(query)}
    if len(sources) != len(source_ids):
        raise Invalid({"source_ids": [_("有来源不存在或已停用。")]})
    session.execute(
        delete(PriceSurveySource).where(
            PriceSurveySource.bureau_id == actor.bureau_id, PriceSurveySource.survey_id == survey.id
        )
    )
    for position, source_id in enumerate(source_ids):
        source = sources[source_id]
        session.add(
            PriceSurveySource(
                bureau_id=actor.bureau_id,
                id=new_id(),
                survey_id=survey.id,
                source_id=source.id,
                position=position,
                name=source.name,
                kind=source.kind,
            )
        )
    session.flush()


def move(actor: Actor, survey_id: UUID, event: str, seen_version: int | None, reason: str = "") -> PriceSurvey:
    """Open, close, reopen, cancel or sign. Cancelling and reopening need a reason; signing has rules of its own."""
    survey = get_survey(actor, survey_id, lock=True)
    require_version(survey, seen_version)
    before = survey.state
    try:
        after = next_state(rules.SURVEY_TRANSITIONS, before, event)
    except NoTransition:
        raise Conflict(_("询价的当前状态不允许这样操作。"), {"version": survey.version, "state": before}) from None
    if event in ("cancel", "reopen") and not reason:
        raise Invalid({"reason": [_("请填写原因。")]})
    if event == "sign":
        _require_may_sign(actor, survey)
        survey.signed_at, survey.signed_by, survey.signed_by_name = now(), actor.account_id, actor.display_name
    survey.state = after
    db.session.add(
        PriceSurveyEvent(
            bureau_id=actor.bureau_id, survey_id=survey.id, event=event, from_state=before, to_state=after,
            reason=reason, by=actor.account_id, by_name=actor.display_name,
        )
    )  # fmt: skip
    flush(db.session())
    return survey


def _require_may_sign(actor: Actor, survey: PriceSurvey) -> None:
    if is_distributor(actor.bureau_id, actor.account_id):
        raise RuleBroken("signer_is_distributor", _("供应商（配送方）的人员不能签认询价结果。"))
    waiting = count_reports(survey, "waiting")
    if waiting:
        raise RuleBroken("reports_waiting", _("还有 %(count)s 条重复报价没有确定取舍，请先处理。", count=waiting))
    if not count_reports(survey, "counted"):
        raise RuleBroken("no_reports", _("还没有计入的报价，不能签认。"))


def is_distributor(bureau_id: int, person_id: UUID) -> bool:
    """Whether somebody also acts for a supplier here: such a person neither signs nor reports prices."""
    query = select(Membership.id).where(
        Membership.bureau_id == bureau_id, Membership.person_id == person_id, Membership.level == "supplier",
        Membership.ended_at.is_(None),
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None


def count_reports(survey: PriceSurvey, state: str | None = None) -> int:
    query = select(func.count()).where(PriceReport.bureau_id == survey.bureau_id, PriceReport.survey_id == survey.id)
    return db.session.scalar(query.where(PriceReport.state == state) if state else query) or 0


def is_collecting(survey: PriceSurvey, day: date) -> bool:
    return survey.state == rules.SurveyState.COLLECTING and survey.first_day <= day <= survey.last_day


def factor_of(item: PriceSurveyItem, unit: str) -> Decimal | None:
    held = item.units.get(unit)
    return None if held is None else Decimal(held)
