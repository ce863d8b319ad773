"""One price from one person at one source. The bureau keeps it, whoever sends it: with an account, or by a link.

A second price of the same source and item is kept and waits for a person's decision: it never replaces the first.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.prices import rules
from bureau.prices.models import PriceReport, PriceSurvey, PriceSurveyItem, PriceSurveyor, PriceSurveySource
from bureau.prices.service.surveyors import hash_of
from bureau.prices.service.surveys import factor_of, is_collecting, items_of, sources_of
from kernel import digests
from kernel.actor import Actor, system_actor
from kernel.database import db, now
from kernel.database.scope import within
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.files import service as files
from kernel.files.models import Attachment
from kernel.files.sniffing import IMAGES
from kernel.policy.service import effective_numbers
from kernel.web.dates import today, yuan

BURST_REPORTS, BURST_SPAN = 30, timedelta(minutes=1)
AHEAD = timedelta(minutes=10)  # how far a phone's clock may run ahead


@dataclass(frozen=True, slots=True)
class Task:
    """What one person has before them. `done`: (source, item) they reported; `why`: why nothing is taken now, or ""."""

    survey: PriceSurvey
    surveyor: PriceSurveyor
    items: Sequence[PriceSurveyItem]
    sources: Sequence[PriceSurveySource]
    done: frozenset[tuple[UUID, UUID]]
    why: str

    def next_item(self, source_id: UUID) -> PriceSurveyItem | None:
        return next((item for item in self.items if (source_id, item.item_id) not in self.done), None)

    def done_at(self, source_id: UUID) -> int:
        return sum(1 for source, _item in self.done if source == source_id)


@contextmanager
def _bureaus(bureau_id: int) -> Iterator[None]:
    with within(db.session(), system_actor(bureau_id).scope):
        yield


def own_tasks(actor: Actor) -> list[tuple[PriceSurvey, PriceSurveyor]]:
    """The surveys that wait for this person."""
    query = (
        select(PriceSurvey, PriceSurveyor)
        .join(
            PriceSurveyor,
            (PriceSurveyor.bureau_id == PriceSurvey.bureau_id) & (PriceSurveyor.survey_id == PriceSurvey.id),
        )
        .where(
            PriceSurvey.bureau_id == actor.bureau_id, PriceSurveyor.person_id == actor.account_id,
            PriceSurveyor.revoked_at.is_(None), PriceSurvey.state == "collecting", PriceSurvey.last_day >= today(),
        )
        .order_by(PriceSurvey.last_day, PriceSurvey.id)
    )  # fmt: skip
    with _bureaus(actor.bureau_id):
        return [(row[0], row[1]) for row in db.session.execute(query)]


def own_task(actor: Actor, survey_id: UUID) -> Task:
    with _bureaus(actor.bureau_id):
        return _task(_of_person(actor, survey_id))


def invited_task(bureau_id: int, code: str) -> Task:
    """What a link leads to; NotFound for one that nobody was given."""
    with _bureaus(bureau_id):
        return _task(_of_code(bureau_id, code))


def _of_person(actor: Actor, survey_id: UUID) -> PriceSurveyor:
    query = select(PriceSurveyor).where(
        PriceSurveyor.bureau_id == actor.bureau_id, PriceSurveyor.survey_id == survey_id,
        PriceSurveyor.person_id == actor.account_id,
    )  # fmt: skip
    surveyor = db.session.scalar(query)
    if surveyor is None:
        raise NotFound(_("您不是这次询价的询价员。"))
    return surveyor


def _of_code(bureau_id: int, code: str) -> PriceSurveyor:
    query = select(PriceSurveyor).where(PriceSurveyor.bureau_id == bureau_id, PriceSurveyor.code_hash == hash_of(code))
    surveyor = db.session.scalar(query)
    if surveyor is None:
        raise NotFound(_("没有这个询价链接，请核对。"))
    return surveyor


def _task(surveyor: PriceSurveyor) -> Task:
    survey = db.session.get_one(PriceSurvey, (surveyor.bureau_id, surveyor.survey_id))
    done = db.session.execute(
        select(PriceReport.source_id, PriceReport.item_id).where(
            PriceReport.bureau_id == surveyor.bureau_id, PriceReport.surveyor_id == surveyor.id
        )
    )
    return Task(
        survey, surveyor, items_of(survey.bureau_id, survey.id), sources_of(survey.bureau_id, survey.id),
        frozenset((row.source_id, row.item_id) for row in done), _why_not(survey, surveyor),
    )  # fmt: skip


def _why_not(survey: PriceSurvey, surveyor: PriceSurveyor) -> str:
    if surveyor.revoked_at is not None:
        return _("您的询价任务已被收回。")
    if survey.state == "draft" or (survey.state == "collecting" and today() < survey.first_day):
        return _("询价还没有开始。")
    expired = surveyor.expires_at is not None and now() >= surveyor.expires_at
    if expired or not is_collecting(survey, today()):
        return _("询价已经结束，谢谢您。")
    return ""


def report(actor: Actor, survey_id: UUID, report_id: UUID, **values: Any) -> PriceReport:
    """A price from a person with an account. `values` as in `_keep`."""
    with _bureaus(actor.bureau_id):
        return _keep(_of_person(actor, survey_id), report_id, reporter=actor, **values)


def report_by_link(bureau_id: int, code: str, report_id: UUID, *, address: str, **values: Any) -> PriceReport:
    """A price from an invited one. `address` of the sender is kept as a keyed hash only."""
    with _bureaus(bureau_id):
        return _keep(_of_code(bureau_id, code), report_id, reporter=None, address=address, **values)


def _keep(
    surveyor: PriceSurveyor, report_id: UUID, *, source_id: UUID, item_id: UUID, unit: str, price_fen: int,
    reporter: Actor | None, seen_at: datetime | None = None, latitude: Decimal | None = None,
    longitude: Decimal | None = None, accuracy_m: int | None = None, note: str = "", photo: bytes | None = None,
    photo_name: str = "", attachment_id: UUID | None = None, address: str = "",
) -> PriceReport:  # fmt: skip
    """Refuses what no survey takes: an unknown unit, a price that only a mistaken unit explains, no photo of a shelf.

    The same `report_id` with the same content is the same report. `photo`: the picture's bytes; or `attachment_id` of
    one that the reporter uploaded before.
    """
    session = db.session()
    survey = session.get_one(PriceSurvey, (surveyor.bureau_id, surveyor.survey_id))
    content = {
        "surveyor": surveyor.id, "source": source_id, "item": item_id, "unit": unit, "price": price_fen,
        "place": [None if one is None else str(one) for one in (latitude, longitude)], "note": note,
        "photo": hashlib.sha256(photo).hexdigest() if photo else attachment_id,
    }  # fmt: skip
    digest = digests.digest(content)
    known = session.get(PriceReport, (surveyor.bureau_id, report_id))
    if known is not None:
        if known.content_digest != digest:
            raise Conflict(_("这条报价已经提交，内容不同。需要更正的请另报一条。"))
        return known
    why = _why_not(survey, surveyor)
    if why:
        raise RuleBroken("survey_closed", why)
    item, source = _asked(survey, item_id, source_id)
    factor = factor_of(item, unit)
    if factor is None:
        raise Invalid({"unit": [_("请选择所见价格的计价单位：%(units)s。", units="、".join(item.units))]})
    _check_price(survey, item, unit, price_fen)
    seen_at = _seen_at(survey, seen_at)
    _check_limits(surveyor)
    picture = _picture(surveyor, reporter, photo, photo_name, attachment_id, needed=source.kind != "price_bureau")
    first = _first_of(survey, item, source_id)
    kept = PriceReport(
        bureau_id=survey.bureau_id, id=report_id, survey_id=survey.id, surveyor_id=surveyor.id, source_id=source_id,
        item_id=item_id, unit=unit, factor=factor, price_fen=price_fen, base_price=_six_places(price_fen, factor),
        seen_at=seen_at, latitude=latitude, longitude=longitude, accuracy_m=accuracy_m, attachment_id=picture,
        note=note, content_digest=digest, is_first=first, state="counted" if first else "waiting",
        address_hash=hmac.new(survey.key.encode(), address.encode(), hashlib.sha256).hexdigest() if address else "",
    )  # fmt: skip
    session.add(kept)
    flush(session, {"pk_price_reports": Conflict(_("这条报价已经提交。"))})
    return kept


def _asked(survey: PriceSurvey, item_id: UUID, source_id: UUID) -> tuple[PriceSurveyItem, PriceSurveySource]:
    """The item's row is locked: of two reports at the same moment one comes first."""
    item = db.session.scalar(
        select(PriceSurveyItem)
        .where(
            PriceSurveyItem.bureau_id == survey.bureau_id,
            PriceSurveyItem.survey_id == survey.id,
            PriceSurveyItem.item_id == item_id,
        )
        .with_for_update()
    )
    source = db.session.scalar(
        select(PriceSurveySource).where(
            PriceSurveySource.bureau_id == survey.bureau_id, PriceSurveySource.survey_id == survey.id,
            PriceSurveySource.source_id == source_id,
        )
    )  # fmt: skip
    if item is None:
        raise Invalid({"item_id": [_("这次询价没有这个物品。")]})
    if source is None:
        raise Invalid({"source_id": [_("请选择这次询价的价格来源。")]})
    return item, source


def _check_price(survey: PriceSurvey, item: PriceSurveyItem, unit: str, price_fen: int) -> None:
    if item.reference_fen is None:
        return
    figures = effective_numbers(survey.bureau_id, ("price.plausible.factor",))
    most = Fraction(figures["price.plausible.factor"])
    reference = Fraction(item.reference_fen)
    base = Fraction(price_fen) / Fraction(item.units[unit])
    if not rules.implausible(base, reference, most):
        return
    units = {name: Fraction(held) for name, held in item.units.items()}
    likely = rules.likely_unit(price_fen, units, reference, most)
    shown = {
        "price": yuan(rules.half_up(base)), "unit": item.base_unit, "last": yuan(item.reference_fen), "times": most,
    }  # fmt: skip
    text = _("折合每%(unit)s %(price)s，与上期参考价 %(last)s 相差超过 %(times)s 倍，请核对价格和单位。", **shown)
    if likely and likely != unit:
        raise Invalid({"unit": [text + _("是不是按“%(unit)s”计价？", unit=likely)]})
    raise Invalid({"price": [text]})


def _seen_at(survey: PriceSurvey, seen_at: datetime | None) -> datetime:
    """By the phone's clock, within reason: a clock ahead of ours is told, one of another week is refused."""
    at = now()
    if seen_at is None:
        return at
    if seen_at > at + AHEAD:
        raise Invalid({"seen_at": [_("手机时间比服务器快，请核对手机时间。")]})
    if seen_at < at - timedelta(days=(survey.last_day - survey.first_day).days + 1):
        raise Invalid({"seen_at": [_("所见时间早于本次询价，请重新查看价格。")]})
    return seen_at


def _check_limits(surveyor: PriceSurveyor) -> None:
    mine = [PriceReport.bureau_id == surveyor.bureau_id, PriceReport.surveyor_id == surveyor.id]
    count = select(func.count()).select_from(PriceReport).where(*mine)
    if (db.session.scalar(count) or 0) >= surveyor.most:
        raise RuleBroken("too_many_reports", _("您的报价数已达本次询价的上限（%(most)s 条）。", most=surveyor.most))
    if (db.session.scalar(count.where(PriceReport.reported_at > now() - BURST_SPAN)) or 0) >= BURST_REPORTS:
        raise RuleBroken("too_fast", _("提交过于频繁，请一分钟后再试。"))


def _picture(
    surveyor: PriceSurveyor, reporter: Actor | None, photo: bytes | None, name: str, attachment_id: UUID | None,
    *, needed: bool,
) -> UUID | None:  # fmt: skip
    """Kept as the bureau's own: a school whose teacher took it does not see the others' either."""
    if photo:
        keeper = system_actor(surveyor.bureau_id)
        return files.store(
            keeper, photo, name=name, purpose="price_report", accepted=frozenset(IMAGES), field="photo"
        ).id
    if attachment_id is not None:
        query = select(Attachment).where(
            Attachment.bureau_id == surveyor.bureau_id, Attachment.id == attachment_id,
            Attachment.created_by == (reporter.account_id if reporter else None),
        )  # fmt: skip
        found = db.session.scalar(query) if reporter else None
        if found is None or found.media_type not in IMAGES:
            raise Invalid({"attachment_id": [_("没有这张照片，请先上传。")]})
        return found.id
    if needed:
        raise Invalid({"photo": [_("请拍下价签或价格公示牌。")]})
    return None


def _first_of(survey: PriceSurvey, item: PriceSurveyItem, source_id: UUID) -> bool:
    query = select(PriceReport.id).where(
        PriceReport.bureau_id == survey.bureau_id, PriceReport.survey_id == survey.id,
        PriceReport.item_id == item.item_id, PriceReport.source_id == source_id,
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is None


def _six_places(price_fen: int, factor: Decimal) -> Decimal:
    scaled = rules.half_up(Fraction(price_fen) / Fraction(factor) * 1_000_000)
    return Decimal(max(scaled, 1)).scaleb(-6)


def reports_of(actor: Actor, survey_id: UUID) -> Sequence[PriceReport]:
    query = select(PriceReport).where(PriceReport.bureau_id == actor.bureau_id, PriceReport.survey_id == survey_id)
    return db.session.scalars(query.order_by(PriceReport.id)).all()
