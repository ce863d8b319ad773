"""From the draft to the world: handed in, returned, published by another person."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import update

from bureau.demand.service.lots import release_tendered
from bureau.tendering import labels
from bureau.tendering.models import Tender, TenderCriterion, TenderDocument, TenderItem, TenderLot, TenderNotice
from bureau.tendering.service import figures, reading
from bureau.tendering.service.drafting import head_of
from bureau.tendering.service.moving import locked, move
from bureau.tendering.service.notices import body_of, notices_of, publish_notice
from bureau.tendering.service.report import require_publishable
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import require_version
from kernel.errors import Conflict
from kernel.web.dates import shanghai, yuan
from kernel.workdays import service as workdays
from kernel.workdays.rules import add_workdays


def submit(actor: Actor, tender_id: UUID, seen_version: int | None) -> Tender:
    """Hand the draft in for review. It may still break rules: the reviewer sees the report, publication demands it."""
    return _step(actor, tender_id, seen_version, "submit")


def send_back(actor: Actor, tender_id: UUID, seen_version: int | None, reason: str) -> Tender:
    return _step(actor, tender_id, seen_version, "return", reason)


def drop(actor: Actor, tender_id: UUID, seen_version: int | None, reason: str) -> Tender:
    """Give a draft up. Nobody outside knew of it: there is no notice, and its round of demand is free for another."""
    tender = _step(actor, tender_id, seen_version, "drop", reason)
    if tender.round_id is not None:
        release_tendered(actor, tender.round_id, tender.id, reason)
    return tender


def _step(actor: Actor, tender_id: UUID, seen_version: int | None, event: str, reason: str = "") -> Tender:
    tender = locked(actor, tender_id)
    require_version(tender, seen_version, head_of(tender))
    move(actor, tender, event, reason)
    return tender


def publish(actor: Actor, tender_id: UUID, seen_version: int | None) -> TenderNotice:
    """Publish a reviewed tender: the whole report once more, then notice, public rows and the clock in one transaction.

    Clicked twice it is published once: the second click gets the notice of the first.
    """
    tender = locked(actor, tender_id)
    if tender.state == "bidding" and tender.published_at is not None:
        return next(one for one in notices_of(actor.bureau_id, tender.id) if one.kind == "tender_notice")
    require_version(tender, seen_version, head_of(tender))
    if tender.state != "review":
        raise Conflict(_("项目还没有提交复核。"), head_of(tender))
    findings = require_publishable(actor, tender)
    instant = now()
    tender.published_at = tender.documents_from = instant
    tender.is_public = True
    _show(tender)
    move(actor, tender, "publish", at=instant)
    ends_on = add_workdays(
        figures.day_of_rules(tender), int(figures.figure(tender, "notice").number), workdays.calendar(tender.bureau_id)
    ).value
    body = notice_body(actor, tender)
    # What was checked, and with which figures, belongs to the file of the tender.
    tender.settings = {
        **tender.settings,
        "rules": [
            {
                "rule": one.rule,
                "outcome": one.outcome,
                "found": one.found,
                "demanded": one.demanded,
                "citation": one.citation,
            }
            for one in findings
        ],
    }
    return publish_notice(
        actor, tender, "tender_notice", _("%(title)s招标公告", title=tender.title), body, ends_on=ends_on, at=instant
    )


def _show(tender: Tender) -> None:
    """Everything of the tender that suppliers and the world go by becomes readable to them, at the same moment."""
    db.session.flush()
    for model in (TenderLot, TenderItem, TenderCriterion, TenderDocument):
        mine = update(model).where(model.bureau_id == tender.bureau_id, model.tender_id == tender.id)
        if model is TenderDocument:
            mine = mine.where(TenderDocument.kind.not_in(labels.INTERNAL_KINDS))
        db.session.execute(mine.values(is_public=True), execution_options={"synchronize_session": "fetch"})


def notice_body(actor: Actor, tender: Tender) -> dict[str, Any]:
    lots = reading.lots_of(actor, tender.id)
    items = reading.items_of(actor, tender.id)
    criteria = reading.criteria_of(actor, tender.id)
    facts = [
        (_("项目编号"), tender.number),
        (_("采购规则"), labels.RULE_PACKS[tender.rule_pack]),
        (_("采购对象"), labels.SUBJECTS[tender.subject]),
        (_("预算金额"), yuan(tender.budget_fen)),
        (_("评标办法"), labels.AWARD_METHODS[tender.award_method]),
        (_("报价方式"), labels.PRICE_FORMS[tender.price_form]),
        (_("获取文件截止"), shanghai(tender.documents_until)),
        (_("提问截止"), shanghai(tender.questions_until)),
        (_("投标截止和开标时间"), shanghai(tender.bid_deadline, "yyyy-MM-dd HH:mm:ss")),
    ]
    if tender.is_framework:
        facts.append((_("框架协议有效期"), labels.span(tender.framework_from, tender.framework_until)))
        facts.append((_("每包入围供应商"), str(tender.winners_per_lot)))
        facts.append((_("第二阶段"), str(labels.SECOND_STAGES[tender.second_stage])))
    if tender.most_lots_bid:
        facts.append((_("每家最多投标包数"), str(tender.most_lots_bid)))
    if tender.most_lots_won:
        facts.append((_("每家最多中标包数"), str(tender.most_lots_won)))
    conditions = [row for row in criteria if row.part == "qualification"]
    return body_of(
        "tender_notice",
        tender,
        [tender.requirements] if tender.requirements else [],
        facts,
        [
            {
                "title": _("标包"),
                "columns": [_("包号"), _("标包"), _("品目数"), _("最高限价")],
                "rows": [
                    [
                        str(lot.number),
                        lot.title,
                        str(sum(item.lot_id == lot.id for item in items)),
                        yuan(lot.ceiling_fen),
                    ]
                    for lot in lots
                ],
            },
            {
                "title": _("供应商资格条件"),
                "columns": [_("条件"), _("说明")],
                "rows": [[row.title, row.description] for row in conditions],
            },
        ],
    )
