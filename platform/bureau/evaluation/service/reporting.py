"""评标报告: made once all is settled, signed by each member or dissented from with a reason; who is silent past the term
is deemed to agree (Art. 58, 61). The last signature delivers it to the purchaser."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from bureau.draws.chance import digest
from bureau.evaluation.models import (
    CommitteeMember,
    EvaluationCommittee,
    EvaluationReport,
    ReportSignature,
)
from bureau.evaluation.service import consensus, facts, gathering, results
from bureau.evaluation.service.members import at_work, names_of, seated
from bureau.evaluation.service.sealing import note, number_name, unnamed
from bureau.tendering.models import Tender
from bureau.tendering.service.moving import move
from kernel.actor import SYSTEM_ACCOUNT, Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.numbering.service import next_number
from kernel.policy import service as policy
from kernel.web.dates import today

PREFIX = "PB"
OPINIONS = ("agrees", "dissents")


def reports_of(tender: Tender) -> list[EvaluationReport]:
    """Newest first."""
    query = select(EvaluationReport).where(
        EvaluationReport.bureau_id == tender.bureau_id, EvaluationReport.tender_id == tender.id
    )
    return list(db.session.scalars(query.order_by(EvaluationReport.id.desc())))


def standing(tender: Tender) -> EvaluationReport | None:
    return next((row for row in reports_of(tender) if row.state != "withdrawn"), None)


def get_report(actor: Actor, tender_id: UUID) -> EvaluationReport:
    report = standing(facts.get_tender(actor, tender_id))
    if report is None:
        raise NotFound(_("还没有评标报告。"))
    return report


def make(actor: Actor, tender_id: UUID) -> EvaluationReport:
    """By the head. While nobody signed, a re-scoring withdraws it and another is made. Twice is once."""
    tender, committee, member = at_work(actor, tender_id, "consensus", "signed")
    known = standing(tender)
    if known is not None:
        return known
    if not member.is_head:
        raise RuleBroken("head_only", _("由组长完成这一步。"))
    consensus.require_settled(tender.id, actor)
    with unnamed(actor.bureau_id) as system:
        with force_locale("zh_CN"):
            number = next_number(db.session(), actor.bureau_id, None, PREFIX, today().year)
            body = gathering.body_of(system, tender, committee, number)
        hours = int(policy.effective(actor.bureau_id, "tender.report_signing.hours").number)
        report = EvaluationReport(
            bureau_id=tender.bureau_id, id=new_id(), tender_id=tender.id, number=number, body=body, sha256=digest(body),
            sign_until=now() + timedelta(hours=hours), created_by=SYSTEM_ACCOUNT,
        )  # fmt: skip
        db.session.add(report)
        note(system, tender.id, "report", reason=number, member=member)
        flush(db.session())
        move(system, tender, "finish_evaluation", _("评标报告 %(number)s 已生成，待签署。", number=number))
    return report


def signatures_of(report: EvaluationReport) -> list[ReportSignature]:
    query = select(ReportSignature).where(
        ReportSignature.bureau_id == report.bureau_id, ReportSignature.report_id == report.id
    )
    return list(db.session.scalars(query.order_by(ReportSignature.member_number)))


def sign(
    actor: Actor, tender_id: UUID, sha256: str, *, opinion: str, reason: str = ""
) -> ReportSignature:  # fmt: skip
    """`sha256`: of the report that the member read; another one is refused. The last one delivers the report."""
    tender, committee, member = at_work(actor, tender_id, "consensus", "signed")
    report = get_report(actor, tender_id)
    own = next((row for row in signatures_of(report) if row.member_id == member.id), None)
    reason = reason.strip() if opinion == "dissents" else ""
    if own is not None:
        if (own.opinion, own.reason, own.sha256) == (opinion, reason, sha256):
            return own
        raise Conflict(_("您已签署这份报告，不能更改。"), {"opinion": own.opinion})
    if report.state != "signing" or tender.state != "report":
        raise RuleBroken("report_state", _("这份报告不在签署中。"))
    if report.sha256 != sha256:
        raise Conflict(_("报告已更新，请重新阅读后再签署。"), {"sha256": report.sha256})
    if opinion not in OPINIONS:
        raise Invalid({"opinion": [_("请选择同意或不同意见。")]})
    if opinion == "dissents" and not reason:
        raise Invalid({"reason": [_("不同意的请写明理由。")]})
    with unnamed(actor.bureau_id) as system:
        row = _signature(report, member, opinion, reason)
        note(system, tender.id, "sign", "", opinion, member=member, reason=reason)
        flush(db.session())
        finish(system, tender, committee, report)
    return row


def _signature(report: EvaluationReport, member: CommitteeMember, opinion: str, reason: str = "") -> ReportSignature:
    row = ReportSignature(
        bureau_id=report.bureau_id, id=new_id(), tender_id=report.tender_id, report_id=report.id,
        member_id=member.id, member_number=member.number, opinion=opinion, reason=reason, sha256=report.sha256,
        at=now(),
    )  # fmt: skip
    db.session.add(row)
    return row


def finish(
    system: Actor, tender: Tender, committee: EvaluationCommittee, report: EvaluationReport, at: datetime | None = None
) -> bool:
    """With tender and committee locked: past the term the silent are deemed to agree; once all stand, the report goes
    to the purchaser. Twice is once."""
    at = at or now()
    if report.state != "signing" or tender.state != "report":
        return False
    members = seated(committee)
    signed = {row.member_id for row in signatures_of(report)}
    if report.sign_until <= at:
        for member in members:
            if member.id not in signed:
                _signature(report, member, "deemed")
                note(system, tender.id, "sign", "", "deemed", reason=number_name(member.number))
                signed.add(member.id)
    if len(signed) < committee.size:
        flush(db.session())
        return False
    report.state, report.signed_at = "signed", at
    committee.state, committee.signed_at = "signed", at
    for row in facts.evaluations_of(tender).values():
        if row.state == "consensus":
            row.state = "signed"
    note(system, tender.id, "finish", "consensus", "signed")
    flush(db.session())
    move(system, tender, "deliver_report", _("评标报告 %(number)s 已签署。", number=report.number))
    return True


def reopen(system: Actor, tender: Tender, reason: str) -> None:
    """The tender went back to its evaluation (Art. 64): the report is withdrawn, the same committee looks again."""
    committee = facts.committee_of(system, tender.id, lock=True)
    report = standing(tender)
    if report is not None:
        report.state = "withdrawn"
        report.signed_at = None
    if committee.state == "signed":
        committee.state, committee.signed_at = "consensus", None
    for row in facts.evaluations_of(tender).values():
        if row.state == "signed":
            row.state = "consensus"
    note(system, tender.id, "reopen", "signed", "consensus", reason=reason)
    flush(db.session())
    results.compute(system, tender)  # a sum that was wrong is right from here on, whoever changes a score afterwards


def published_body(actor: Actor, report: EvaluationReport) -> dict[str, Any]:
    """The report as a document for download: its body as signed, its hash, the signatures; names once they are out."""
    committee = facts.committee_of(actor, report.tender_id)
    names: dict[int, str] = {}
    if committee.is_disclosed:
        members = seated(committee)
        by_id = names_of(actor, committee, members)
        names = {member.number: by_id.get(member.id, "") for member in members}
    return {
        "report": report.body,
        "sha256": report.sha256,
        "signatures": [
            {
                "member": row.member_number, "name": names.get(row.member_number), "opinion": row.opinion,
                "reason": row.reason, "sha256": row.sha256, "at": row.at.isoformat(),
            }
            for row in signatures_of(report)
        ],
    }  # fmt: skip
