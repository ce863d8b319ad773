"""资格审查 by the purchaser after the opening (Order 87, Art. 44): each bid, each criterion; then which lots go on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.evaluation import labels
from bureau.evaluation.models import LotEvaluation, QualificationReview
from bureau.evaluation.rules.admission import count_bidders, too_few
from bureau.evaluation.service import facts
from bureau.evaluation.service.sealing import note
from bureau.tendering.models import Tender, TenderCriterion, TenderLot
from bureau.tendering.service.lots import end_if_empty, fail_lot
from bureau.tendering.service.moving import locked, move
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken

STAGE = "qualification_review"
DISQUALIFIED = "order_87:44"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the purchaser found of one criterion of one bid. `article`: what the reason rests on."""

    criterion_id: UUID
    passed: bool
    reason: str = ""
    article: str = ""


def reviews_of(tender: Tender) -> dict[tuple[UUID, UUID], QualificationReview]:
    """(bid, criterion) → what was found."""
    rows = db.session.scalars(
        select(QualificationReview).where(
            QualificationReview.bureau_id == tender.bureau_id, QualificationReview.tender_id == tender.id
        )
    )
    return {(row.bid_id, row.criterion_id): row for row in rows}


def review(
    actor: Actor, tender_id: UUID, bid_id: UUID, findings: Sequence[Finding], seen: int | None = None
) -> list[QualificationReview]:
    """Record what was found of a bid; a second time it is changed, until the review is closed. `seen`: the sum of the
    versions of the bid's findings (`seen_of`), to notice another officer's change; the same findings again need none."""
    tender = locked(actor, tender_id)
    facts.require_state(tender, STAGE)
    one = facts.get_bid(tender, bid_id)
    if one.bid.state not in ("opened", "qualified", "disqualified"):
        raise RuleBroken("bid_state", _("这份投标文件没有开启，不能审查。"))
    criteria = {row.id: row for row in facts.criteria_of(tender, one.bid.lot_id, "qualification")}
    known = {key[1]: row for key, row in reviews_of(tender).items() if key[0] == bid_id}
    if all(_same(known.get(finding.criterion_id), finding) for finding in findings):
        return list(known.values())
    if known and seen is not None and seen != seen_of(known.values()):
        raise Conflict(_("这条记录已被他人修改，请核对最新内容后再提交。"), {"version": seen_of(known.values())})
    if known and seen is None:
        raise Invalid({"version": [_("缺少版本号，请刷新后重试。")]})
    for finding in findings:
        if finding.criterion_id not in criteria:
            raise NotFound(_("没有这项资格条件。"))
        if not finding.passed and not finding.reason.strip():
            raise Invalid({"reason": [_("不合格的请写明原因。")]})
        row = known.get(finding.criterion_id)
        if row is None:
            row = QualificationReview(
                bureau_id=tender.bureau_id, id=new_id(), tender_id=tender.id, lot_id=one.bid.lot_id, bid_id=bid_id,
                criterion_id=finding.criterion_id,
            )  # fmt: skip
            db.session.add(row)
        row.passed, row.reason = finding.passed, "" if finding.passed else finding.reason.strip()
        row.article = "" if finding.passed else finding.article.strip() or labels.article(DISQUALIFIED)
        row.reviewed_at, row.reviewed_by = now(), actor.account_id
        known[finding.criterion_id] = row
    flush(db.session())
    _set_state(one, criteria, list(known.values()))
    flush(db.session())
    return list(known.values())


def seen_of(rows: Iterable[QualificationReview]) -> int:
    """What a page shows as the version of a bid's findings."""
    return sum(row.version for row in rows)


def _same(row: QualificationReview | None, finding: Finding) -> bool:
    return row is not None and (row.passed, row.reason) == (
        finding.passed, "" if finding.passed else finding.reason.strip()
    )  # fmt: skip


def _set_state(one: facts.BidFacts, criteria: dict[UUID, TenderCriterion], rows: Sequence[QualificationReview]) -> None:
    failed = [row for row in rows if not row.passed]
    if failed:
        what = "；".join(f"{criteria[row.criterion_id].title}：{row.reason}" for row in failed)
        facts.mark_bid(one.bid, "disqualified", what, failed[0].article)
    elif len(rows) == len(criteria):
        facts.mark_bid(one.bid, "qualified")
    else:
        facts.mark_bid(one.bid, "opened")


def open_findings(tender: Tender) -> int:
    """How many findings are still wanting before the review can be closed."""
    known = reviews_of(tender)
    wanting = 0
    for one in facts.bids_of(tender):
        if one.bid.state != "disqualified":
            wanted = facts.criteria_of(tender, one.bid.lot_id, "qualification")
            wanting += sum((one.id, row.id) not in known for row in wanted)
    return wanting


def close(actor: Actor, tender_id: UUID, seen: int | None) -> Tender:
    """Lots with enough qualified bidders go on to the committee; the others fail alone (Art. 44). `seen`: the tender's
    version. Closed twice it is closed once."""
    tender = locked(actor, tender_id)
    if facts.evaluations_of(tender):
        return tender
    facts.require_state(tender, STAGE)
    require_version(tender, seen)
    wanting = open_findings(tender)
    if wanting:
        raise RuleBroken("review_open", _("还有 %(count)s 项资格条件没有审查。", count=wanting),
                         labels.article(DISQUALIFIED))  # fmt: skip
    least, _citation = facts.number_of(tender, "bidders_least")
    for lot in facts.lots_of(tender):
        if lot.state == "active":
            _close_lot(actor, tender, lot, int(least))
    flush(db.session())
    if not end_if_empty(actor, tender, _("全部标包资格合格的投标人不足。"), labels.article(DISQUALIFIED)):
        move(actor, tender, "qualify", _("资格审查完成。"))
    return tender


def _close_lot(actor: Actor, tender: Tender, lot: TenderLot, least: int) -> None:
    bids = facts.bids_of(tender, lot.id)
    for one in bids:
        if one.bid.state == "opened":  # a lot without qualification criteria: nothing to fail
            facts.mark_bid(one.bid, "qualified")
    flush(db.session())
    qualified = [one for one in bids if one.bid.state == "qualified"]
    count = count_bidders([one.id for one in qualified], facts.brand_groups(tender, lot.id, qualified))
    problem = too_few(count, least, "qualified")
    row = LotEvaluation(
        bureau_id=tender.bureau_id, id=new_id(), tender_id=tender.id, lot_id=lot.id, began_at=now(),
        state="refused" if problem else "reviewing",
    )  # fmt: skip
    db.session.add(row)
    if problem is not None:
        row.reason = _("资格审查合格的投标人 %(count)s 家，不足 %(least)s 家，不得评标。", count=count, least=least)
        flush(db.session())
        refuse_lot(actor, tender, lot, row.reason, labels.article(problem.article))
    else:
        note(actor, tender.id, "qualify", "", row.state, lot_id=lot.id)


def refuse_lot(actor: Actor, tender: Tender, lot: TenderLot, reason: str, article: str) -> None:
    note(actor, tender.id, "refuse_lot", "", "refused", lot_id=lot.id, reason=reason)
    fail_lot(actor, lot, reason, article)
