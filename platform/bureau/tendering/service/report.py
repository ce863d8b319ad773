"""The rule report of a tender as it now stands, the dates its pack proposes, and passing over a warning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _

from bureau.tendering import labels
from bureau.tendering.following import TenderCheck, offers
from bureau.tendering.models import Tender, TenderWaiver
from bureau.tendering.rules import checks, terms
from bureau.tendering.rules.report import Finding, refused, unanswered
from bureau.tendering.service import figures, reading
from bureau.tendering.service.moving import locked
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.web.dates import today
from kernel.workdays import service as workdays
from kernel.workdays.rules import add_workdays

OPENING_TIME = time(9, 30)  # proposed for the deadline and opening; the officer may choose another


def draft_of(actor: Actor, tender: Tender) -> checks.Draft:
    """The tender as its rules look at it."""
    items = reading.items_of(actor, tender.id)
    lots = tuple(
        checks.Lot(
            lot.id, lot.title, lot.ceiling_fen, sum(item.lot_id == lot.id for item in items),
            sum(item.lot_id == lot.id and item.ceiling_unit_price_fen is None for item in items),
        )
        for lot in reading.lots_of(actor, tender.id)
    )  # fmt: skip
    criteria = tuple(
        checks.Criterion(
            row.part, row.code, row.title, row.description, row.points, row.scale,
            tuple(Decimal(str(level["points"])) for level in row.levels), row.lot_id,
        )
        for row in reading.criteria_of(actor, tender.id)
    )  # fmt: skip
    return checks.Draft(
        rule_pack=tender.rule_pack, subject=tender.subject, award_method=tender.award_method,
        price_form=tender.price_form, budget_fen=tender.budget_fen, issued_on=figures.day_of_rules(tender),
        bid_deadline=tender.bid_deadline, documents_until=tender.documents_until, questions_until=tender.questions_until,
        is_large=tender.is_large, is_framework=tender.is_framework, is_reserved=tender.is_reserved,
        competition=tender.competition, framework_from=tender.framework_from, framework_until=tender.framework_until,
        winners_per_lot=tender.winners_per_lot, most_lots_bid=tender.most_lots_bid, most_lots_won=tender.most_lots_won,
        small_firm_deduction=tender.small_firm_deduction, bid_bond_fen=tender.bid_bond_fen,
        requirements=tender.requirements, lots=lots, criteria=criteria,
        document_kinds=frozenset(row.kind for row in reading.documents_of(actor, tender.id)),
    )  # fmt: skip


def report_of(actor: Actor, tender: Tender) -> list[Finding]:
    """Every rule of the pack, then what other packages demand before publication."""
    known = figures.several(tender, checks.NEEDED, figures.day_of_rules(tender))
    findings = checks.report(
        draft_of(actor, tender),
        checks.Known(
            {name: one.number for name, one in known.items()},
            {name: one.citation for name, one in known.items()},
            workdays.calendar(tender.bureau_id),
        ),
    )
    for offer in offers(TenderCheck):
        findings += offer.findings(actor, tender)
    return findings


def open_warnings(actor: Actor, tender: Tender, findings: Sequence[Finding]) -> list[Finding]:
    waived = [(row.rule, row.found) for row in reading.waivers_of(actor, tender.id)]
    return unanswered(findings, waived)


def require_publishable(actor: Actor, tender: Tender) -> list[Finding]:
    """The report, or RuleBroken with the first rule that refuses, or with the first warning nobody has answered."""
    findings = report_of(actor, tender)
    for finding in [*refused(findings), *open_warnings(actor, tender, findings)]:
        raise RuleBroken(finding.rule, sentence(finding), finding.citation)
    return findings


def sentence(finding: Finding) -> str:
    """E.g. 投标时间：19 天，应为 20 天。请推迟投标截止时间。"""
    if finding.rule not in labels.RULES:
        return finding.text
    text = str(labels.rule_title(finding))
    found, demanded = labels.amount(finding.found, finding.unit), labels.amount(finding.demanded, finding.unit)
    if found and demanded:
        text = _("%(rule)s：现为 %(found)s，标准为 %(demanded)s。", rule=text, found=found, demanded=demanded)
    else:
        text = _("%(rule)s：", rule=text)
    rest = labels.rule_help(finding)
    if finding.outcome == "warned":
        rest += _("如确有理由，请在规则检查中写明后继续。")
    return text + rest


def waive(actor: Actor, tender_id: UUID, seen_version: int | None, rule: str, reason: str) -> TenderWaiver:
    """Pass over a warning, with a reason that stays. A refusal cannot be passed over. Said twice it is said once."""
    tender = locked(actor, tender_id)
    if tender.state not in ("draft", "review"):
        raise Conflict(_("项目已发布，规则检查不再变动。"), {"state": tender.state, "version": tender.version})
    if seen_version is not None and tender.version != seen_version:
        raise Conflict(_("这条记录已被他人修改，请核对最新内容后再提交。"), {"version": tender.version})
    if not reason.strip():
        raise Invalid({"reason": [_("请写明理由。")]})
    finding = next((one for one in report_of(actor, tender) if one.rule == rule), None)
    if finding is None or finding.outcome == "passed":
        raise Conflict(_("这一项现在没有提醒。"))
    if finding.outcome == "refused":
        raise RuleBroken(finding.rule, sentence(finding), finding.citation)
    for row in reading.waivers_of(actor, tender.id):
        if (row.rule, row.found, row.reason) == (rule, finding.found, reason.strip()):
            return row
    row = TenderWaiver(
        bureau_id=actor.bureau_id, id=new_id(), tender_id=tender.id, rule=rule, found=finding.found,
        demanded=finding.demanded, citation=finding.citation, reason=reason.strip(), at=now(),
        by_id=actor.account_id, by_name=actor.display_name,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


@dataclass(frozen=True, slots=True)
class Proposal:
    """The earliest dates that the pack allows for a publication on `issued_on`. `unknown_years`: counted by weekends alone."""

    issued_on: date
    notice_ends_on: date
    documents_until: datetime
    questions_until: datetime
    bid_deadline: datetime
    unknown_years: tuple[int, ...]


def proposal(bureau_id: int, rule_pack: str, issued_on: date | None = None) -> Proposal:
    """Questions end where an answer can still be given without moving the deadline."""
    issued = issued_on or today()
    calendar = workdays.calendar(bureau_id)
    numbers = {
        name: int(figures.pack_figure(bureau_id, rule_pack, name, issued).number)
        for name in ("notice", "documents", "bid_period", "clarification")
    }
    notice = add_workdays(issued, numbers["notice"], calendar)
    documents = add_workdays(issued, numbers["documents"], calendar)
    deadline = terms.add_days(issued, numbers["bid_period"], calendar)
    questions = max(issued + timedelta(days=1), deadline.value - timedelta(days=numbers["clarification"] + 1))
    return Proposal(
        issued, notice.value, terms.end_of_day(documents.value), terms.end_of_day(questions),
        datetime.combine(deadline.value, OPENING_TIME, terms.SHANGHAI),
        tuple(sorted({*notice.unknown_years, *documents.unknown_years, *deadline.unknown_years})),
    )  # fmt: skip
