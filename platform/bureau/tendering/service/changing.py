"""What changes after publication: questions answered to all, clarifications, later deadlines. Nothing ever gets shorter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm.attributes import flag_modified

from bureau.tendering.following import tell
from bureau.tendering.models import Tender, TenderNotice
from bureau.tendering.rules import terms
from bureau.tendering.service import criteria, figures, reading
from bureau.tendering.service.drafting import head_of
from bureau.tendering.service.moving import locked, note, set_next_check
from bureau.tendering.service.notices import body_of, publish_notice
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import shanghai, today, yuan
from kernel.workdays import service as workdays
from kernel.workdays.rules import add_workdays

CHANGE = "《政府采购货物和服务招标投标管理办法》（财政部令第87号）第二十七条"
SUPPLY = "《政府采购货物和服务招标投标管理办法》（财政部令第87号）第十八条"


def bidding(actor: Actor, tender_id: UUID, seen_version: int | None = None, *, versioned: bool = False) -> Tender:
    """The locked tender while bids may still come."""
    tender = locked(actor, tender_id)
    if versioned:
        require_version(tender, seen_version, head_of(tender))
    if tender.state != "bidding" or tender.bid_deadline is None or now() >= tender.bid_deadline:
        raise Conflict(_("只有招标中、截止之前的项目可以澄清修改。"), head_of(tender))
    return tender


def put_off(
    actor: Actor, tender: Tender, *, deadline: datetime | None = None, documents: datetime | None = None
) -> bool:
    """Move deadlines to later, never to earlier; whether one moved. Questions follow so that as much time stays between
    them and the bids."""
    moved = False
    if deadline is not None and tender.bid_deadline is not None and deadline > tender.bid_deadline:
        if tender.questions_until is not None:
            tender.questions_until += deadline - tender.bid_deadline
        tender.bid_deadline, moved = deadline, True
    if documents is not None and tender.documents_until is not None and documents > tender.documents_until:
        tender.documents_until, moved = documents, True
    if moved:
        db.session.flush()
        set_next_check(actor, tender, now())
        note(actor, tender, "extend", tender.state, _("投标截止时间：%(at)s", at=shanghai(tender.bid_deadline)))
        tell("extended", actor, tender)
    return moved


def extension_for_change(actor: Actor, tender: Tender) -> datetime | None:
    """The deadline that a change made now needs, where it is later than the one set (Art. 27)."""
    if tender.bid_deadline is None:
        return None
    days = int(figures.figure(tender, "clarification").number)
    later = terms.extended_for_change(tender.bid_deadline, today(), days, workdays.calendar(tender.bureau_id))
    return later if later > tender.bid_deadline else None


def tell_change(
    actor: Actor, tender: Tender, paragraphs: Sequence[str], tables: Sequence[Mapping[str, Any]] = (), *, affects: bool
) -> TenderNotice:
    """One notice to all. `affects`: bidders must take it in, so the deadline moves by itself where too little is left."""
    later = extension_for_change(actor, tender) if affects else None
    words = list(paragraphs)
    if later is not None:
        before = tender.bid_deadline
        put_off(actor, tender, deadline=later)
        words.append(
            _(
                "距原投标截止时间不足 %(days)s 天，投标截止和开标时间由 %(before)s 顺延至 %(after)s。",
                days=int(figures.figure(tender, "clarification").number), before=shanghai(before), after=shanghai(later),
            )
        )  # fmt: skip
    notice = publish_notice(
        actor, tender, "clarification", _("%(title)s澄清公告", title=tender.title),
        body_of("clarification", tender, words, [(_("投标截止和开标时间"), shanghai(tender.bid_deadline))], tables),
    )  # fmt: skip
    if affects:
        tell("amended", actor, tender, notice)
    return notice


@dataclass(frozen=True, slots=True)
class Change:
    """`what`: "item", "lot" or "criterion"; `values`: the new ones of that row."""

    what: str
    id: UUID
    values: Mapping[str, Any]


ALLOWED: Mapping[str, tuple[str, ...]] = {
    "item": ("specification", "quantity", "ceiling_unit_price_fen"),
    "lot": ("ceiling_fen",),
    "criterion": ("title", "description", "points", "levels"),
}


def amend(
    actor: Actor,
    tender_id: UUID,
    seen_version: int | None,
    *,
    reason: str,
    changes: Sequence[Change],
    requirements: str | None = None,
) -> TenderNotice:
    """澄清修改 during bidding. What is bought and who may bid stay as they are (Art. 27): no lot or item comes or goes,
    no qualification changes. The rules of the pack are demanded again."""
    tender = bidding(actor, tender_id, seen_version, versioned=True)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明修改的原因。")]})
    rows: list[list[str]] = []
    for change in changes:
        rows += _apply(actor, tender, change)
    if requirements is not None and requirements != tender.requirements:
        rows.append([_("采购需求"), _("说明"), tender.requirements, requirements])
        tender.requirements = requirements
    if not rows:
        raise Invalid({"_form": [_("没有任何修改。")]})
    flag_modified(tender, "title")
    db.session.flush()
    _still_lawful(actor, tender)
    note(actor, tender, "amend", tender.state, reason)
    table = {"title": _("修改内容"), "columns": [_("对象"), _("内容"), _("原为"), _("改为")], "rows": rows}
    return tell_change(actor, tender, [reason], [table], affects=True)


def _apply(actor: Actor, tender: Tender, change: Change) -> list[list[str]]:
    unknown = set(change.values) - set(ALLOWED.get(change.what, ()))
    if unknown:
        raise RuleBroken("subject_unchanged", _("澄清修改不得改变采购标的和资格条件。"), CHANGE)
    row: Any
    if change.what == "item":
        row = next((item for item in reading.items_of(actor, tender.id) if item.id == change.id), None)
        name = getattr(row, "name", "")
    elif change.what == "lot":
        row = next((lot for lot in reading.lots_of(actor, tender.id) if lot.id == change.id), None)
        name = getattr(row, "title", "")
    else:
        row = criteria.get_criterion(actor, tender.id, change.id)
        name = row.title
        if row.part == "qualification":
            raise RuleBroken("subject_unchanged", _("澄清修改不得改变采购标的和资格条件。"), CHANGE)
    if row is None:
        raise NotFound(_("没有这一行。"))
    told = []
    for field, value in change.values.items():
        before = getattr(row, field)
        if before != value:
            told.append([name, str(_field(field)), _shown(field, before), _shown(field, value)])
            setattr(row, field, value)
    return told


def _field(field: str) -> Any:
    return {
        "specification": _("规格要求"), "quantity": _("数量"), "ceiling_unit_price_fen": _("最高限制单价"),
        "ceiling_fen": _("最高限价"), "title": _("名称"), "description": _("说明"), "points": _("分值"), "levels": _("分档"),
    }[field]  # fmt: skip


def _shown(field: str, value: Any) -> str:
    if field.endswith("_fen"):
        return yuan(value)
    if field == "levels":
        return "；".join(f"{level['label']} {level['points']}" for level in value)
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _still_lawful(actor: Actor, tender: Tender) -> None:
    """The rules about content once more; those about dates are kept by the extension that follows."""
    from bureau.tendering.service.report import report_of, sentence

    for finding in report_of(actor, tender):
        if finding.outcome == "refused" and finding.rule in (
            "points_sum",
            "price_weight",
            "budget",
            "price_formula",
            "framework_ceilings",
            "levels_quantified",
        ):
            raise RuleBroken(finding.rule, sentence(finding), finding.citation)


def extend_documents(actor: Actor, tender_id: UUID, seen_version: int | None, until: date, reason: str) -> TenderNotice:
    """Art. 18: go on supplying the documents, with a notice; the bids then have as long as the change of a document
    gives them. Only ever longer."""
    tender = bidding(actor, tender_id, seen_version, versioned=True)
    least = int(figures.figure(tender, "clarification").number)
    calendar = workdays.calendar(tender.bureau_id)
    documents = terms.end_of_day(add_workdays(until, 0, calendar).value)
    if tender.documents_until is None or documents <= tender.documents_until or documents <= now():
        raise Invalid({"until": [_("应晚于现在的提供截止时间。")]})
    if not reason.strip():
        raise Invalid({"reason": [_("请写明延期的原因。")]})
    assert tender.bid_deadline is not None
    deadline = terms.not_before(tender.bid_deadline, terms.add_days(terms.day_of(documents), least, calendar).value)
    put_off(actor, tender, deadline=deadline, documents=documents)
    return _tell_extension(actor, tender, reason)


def extend_bidding(
    actor: Actor, tender_id: UUID, seen_version: int | None, deadline: datetime, reason: str
) -> TenderNotice:
    """The purchaser gives bidders more time. Only ever longer."""
    tender = bidding(actor, tender_id, seen_version, versioned=True)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明延期的原因。")]})
    if tender.bid_deadline is None or deadline <= tender.bid_deadline:
        raise RuleBroken("deadline_only_later", _("投标截止时间只能推迟，不能提前。"))
    put_off(actor, tender, deadline=deadline)
    return _tell_extension(actor, tender, reason)


def _tell_extension(actor: Actor, tender: Tender, reason: str) -> TenderNotice:
    facts = [
        (_("获取文件截止"), shanghai(tender.documents_until)),
        (_("提问截止"), shanghai(tender.questions_until)),
        (_("投标截止和开标时间"), shanghai(tender.bid_deadline, "yyyy-MM-dd HH:mm:ss")),
    ]
    return publish_notice(
        actor, tender, "extension", _("%(title)s延期公告", title=tender.title),
        body_of("extension", tender, [reason], facts),
    )  # fmt: skip
