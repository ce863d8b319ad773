"""After the locks: objective scores that differ are settled, extreme ones looked at, and a score is changed only for one
of the four reasons of Art. 64, by the member who gave it, with before and after."""

from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _

from bureau.evaluation import labels
from bureau.evaluation.models import RESCORING_REASONS, Rescoring
from bureau.evaluation.service import facts, results, scoring
from bureau.evaluation.service.members import at_work
from bureau.evaluation.service.sealing import note, unnamed
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken

ARTICLE = "order_87:64"


def rescore(
    actor: Actor, tender_id: UUID, rescoring_id: UUID, *, score_id: UUID, points: Decimal, reason_code: str,
    explanation: str, before: Decimal,
) -> Rescoring:  # fmt: skip
    """`before`: the points that the member saw, so that a second click or device changes nothing twice."""
    tender, _committee, member = at_work(actor, tender_id, "consensus")
    existing = db.session.get(Rescoring, (actor.bureau_id, rescoring_id))
    if existing is not None:
        if (existing.score_id, existing.points_after, existing.reason_code) == (score_id, points, reason_code):
            return existing
        raise Conflict(_("这个编号已用于另一次改分。"))
    facts.require_state(tender, "evaluation")
    if reason_code not in RESCORING_REASONS:
        raise Invalid({"reason_code": [_("只能因规定的情形改分。")]})
    if not explanation.strip():
        raise Invalid({"explanation": [_("请写明改分的理由。")]})
    for lot in facts.live_lots(tender):
        scores = results.scores_of(tender, lot.id)
        found = next((key for key, row in scores.rows.items() if row.id == score_id), None)
        if found is None:
            continue
        number, bid_id, criterion_id = found
        if number != member.number:
            raise RuleBroken("own_scores_only", _("只能更改自己的评分。"), labels.article(ARTICLE))
        current = scores.sheets[number][bid_id][criterion_id]
        if current != before:
            raise Conflict(_("这项评分已经更改，请核对后再提交。"), {"points": str(current)})
        if points == current:
            raise Invalid({"points": [_("分数没有变化。")]})
        criterion = next(row for row in facts.scored_criteria(tender, lot.id) if row.id == criterion_id)
        problem = scoring.problem_of(criterion, points)
        if problem:
            raise Invalid({"points": [problem]})
        _require_reason(results.findings_of(tender, lot, scores), reason_code, member.number, bid_id, criterion_id)
        row = Rescoring(
            bureau_id=tender.bureau_id, id=rescoring_id, tender_id=tender.id, lot_id=lot.id, score_id=score_id,
            member_id=member.id, points_before=current, points_after=points, reason_code=reason_code,
            explanation=explanation.strip(), at=now(),
        )  # fmt: skip
        with unnamed(actor.bureau_id) as system:
            db.session.add(row)
            note(
                system, tender.id, "rescore", str(current), str(points), lot_id=lot.id, member=member,
                reason=str(labels.RESCORING_REASONS[reason_code]),
            )  # fmt: skip
            flush(db.session())
            results.compute(system, tender)
        return row
    raise NotFound(_("没有这一项评分。"))


def _require_reason(
    found: results.Findings, reason_code: str, number: int, bid_id: UUID, criterion_id: UUID
) -> None:  # fmt: skip
    """Art. 64 is a closed list, and each of its cases can be seen in the scores themselves. A sum is never wrong and a
    score never out of its range here, for the machine adds and refuses; both stay for what a committee finds."""
    if reason_code == "objective_differs" and not any(
        (problem.bid, problem.criterion) == (bid_id, criterion_id) for problem in found.differing
    ):
        raise RuleBroken("not_differing", _("这项客观评分各成员一致，不能以此为由改分。"), labels.article(ARTICLE))
    if reason_code == "extreme" and not any((row.member, row.bid) == (number, bid_id) for row in found.extreme):
        raise RuleBroken("not_extreme", _("这项评分不属于畸高、畸低，不能以此为由改分。"), labels.article(ARTICLE))
    if reason_code in ("sum_error", "out_of_range"):
        raise RuleBroken(
            "cannot_be", _("分值由系统计算并限定范围，不存在这种错误，不能以此为由改分。"), labels.article(ARTICLE)
        )


def require_settled(tender_id: UUID, actor: Actor) -> None:
    """Objective scores that differ keep the report from being made (Art. 64)."""
    tender = facts.get_tender(actor, tender_id)
    for lot in facts.live_lots(tender):
        if results.findings_of(tender, lot).differing:
            raise RuleBroken(
                "objective_differs", _("%(lot)s：客观评审因素的评分不一致，请先核对更正。", lot=lot.title),
                labels.article("order_87:64:3"),
            )  # fmt: skip
