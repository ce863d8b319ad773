"""Each member scores alone and locks. Nobody sees another's scores before all have locked all lots; a lock stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from bureau.draws.chance import digest
from bureau.evaluation import labels
from bureau.evaluation.models import BidScore, CommitteeMember, EvaluationCommittee, ScoreSheet
from bureau.evaluation.service import conformity, facts, pricing, results
from bureau.evaluation.service.members import at_work, own_seat, require_complete
from bureau.evaluation.service.qualification import refuse_lot
from bureau.evaluation.service.sealing import machine, note, own_member, unnamed
from bureau.tendering.models import Tender, TenderCriterion
from bureau.tendering.service.lots import end_if_empty
from bureau.tendering.service.moving import locked as locked_tender
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken

ARTICLE = "order_87:55"
STEP = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Given:
    """`points` None: take it back."""

    bid_id: UUID
    criterion_id: UUID
    points: Decimal | None
    note: str = ""


def begin(actor: Actor, tender_id: UUID) -> EvaluationCommittee:
    """The head opens the scoring once everything that may make a bid invalid is settled. Twice is once."""
    tender, committee, member = at_work(actor, tender_id, "declared", "scoring")
    if committee.state == "scoring":
        return committee
    if not member.is_head:
        raise RuleBroken("head_only", _("由组长完成这一步。"))
    require_complete(tender, committee)
    if not conformity.is_closed(tender):
        raise RuleBroken("conformity_open", _("请先完成符合性审查。"))
    with unnamed(actor.bureau_id) as system:
        pricing.advance(system, tender)
        _require_settled(tender)
        for lot in facts.live_lots(tender):
            if not facts.valid_bids(tender, lot.id):
                row = facts.evaluations_of(tender)[lot.id]
                row.state, row.reason = "refused", _("没有有效投标。")
                refuse_lot(system, tender, lot, row.reason, labels.article("order_87:43"))
        flush(db.session())
        if end_if_empty(system, tender, _("没有有效投标。"), labels.article("order_87:43")):
            return committee
        for row in facts.evaluations_of(tender).values():
            if row.state == "reviewing":
                row.state = "scoring"
        committee.state, committee.scoring_from = "scoring", now()
        note(system, tender.id, "begin_scoring", "declared", "scoring", member=member)
        flush(db.session())
        settle(system, tender, committee)  # by the lowest price there is nothing to score
    return committee


def _require_settled(tender: Tender) -> None:
    waiting = [row for row in pricing.corrections_of(tender).values() if row.state == "asked"]
    if waiting:
        raise RuleBroken(
            "correction_open", _("还有 %(count)s 家投标人没有答复报价修正。", count=len(waiting)),
            labels.article("order_87:59"),
        )  # fmt: skip
    waiting_low = [row for row in pricing.abnormal_of(tender).values() if row.decided_at is None]
    if waiting_low:
        raise RuleBroken(
            "explanation_open", _("还有 %(count)s 项报价说明没有作出决定。", count=len(waiting_low)),
            labels.article("order_87:60"),
        )  # fmt: skip


def lots_to_score(tender: Tender) -> list[UUID]:
    """Lots with something to give points for."""
    if tender.award_method != "comprehensive":
        return []
    return [lot.id for lot in facts.live_lots(tender) if facts.scored_criteria(tender, lot.id)]


def sheet_of(actor: Actor, tender_id: UUID, lot_id: UUID) -> tuple[ScoreSheet, list[BidScore]]:
    """The actor's own sheet of a lot, made when it is first looked at."""
    tender, committee, member = at_work(actor, tender_id, "scoring", "consensus", "signed")
    return _sheet(tender, committee, member, lot_id)


def read_sheet(actor: Actor, tender_id: UUID, lot_id: UUID) -> tuple[ScoreSheet | None, list[BidScore]]:
    """The actor's own sheet for looking at, None where it is not begun. Locks nothing and writes nothing."""
    tender = facts.get_tender(actor, tender_id)
    member = own_seat(actor, tender_id, states=("declared",))
    if tender.state not in ("evaluation", "report") or lot_id not in lots_to_score(tender):
        raise NotFound(_("这个标包不需要评分。"))
    return own_sheet(tender, member, lot_id)


def own_sheet(tender: Tender, member: CommitteeMember, lot_id: UUID) -> tuple[ScoreSheet | None, list[BidScore]]:
    """A member's own, read as that member."""
    with own_member(member):
        sheet = db.session.scalar(
            select(ScoreSheet)
            .where(
                ScoreSheet.bureau_id == tender.bureau_id, ScoreSheet.lot_id == lot_id,
                ScoreSheet.member_id == member.id,
            )
            .execution_options(populate_existing=True)
        )  # fmt: skip
        if sheet is None:
            return None, []
        scores = select(BidScore).where(BidScore.bureau_id == tender.bureau_id, BidScore.sheet_id == sheet.id)
        return sheet, list(db.session.scalars(scores))


def _sheet(
    tender: Tender, committee: EvaluationCommittee, member: CommitteeMember, lot_id: UUID
) -> tuple[ScoreSheet, list[BidScore]]:
    if lot_id not in lots_to_score(tender):
        raise NotFound(_("这个标包不需要评分。"))
    sheet, scores = own_sheet(tender, member, lot_id)
    if sheet is None:
        if committee.state != "scoring":
            raise NotFound(_("没有这份评分表。"))
        with own_member(member):
            sheet = ScoreSheet(
                bureau_id=tender.bureau_id, id=new_id(), tender_id=tender.id, lot_id=lot_id, member_id=member.id
            )
            db.session.add(sheet)
            flush(db.session())
    return sheet, scores


def save(
    actor: Actor, tender_id: UUID, lot_id: UUID, given: Sequence[Given], seen: int | None
) -> ScoreSheet:  # fmt: skip
    """Write points into the actor's own open sheet. The same points again change nothing; `seen`: the sheet's version,
    so that a second device does not overwrite the first."""
    tender, committee, member = at_work(actor, tender_id, "scoring")
    sheet, scores = _sheet(tender, committee, member, lot_id)
    known = {(row.bid_id, row.criterion_id): row for row in scores}
    criteria = {row.id: row for row in facts.scored_criteria(tender, lot_id)}
    bids = {one.id for one in facts.valid_bids(tender, lot_id)}
    changed = [one for one in given if not _same(known.get((one.bid_id, one.criterion_id)), one)]
    if not changed:
        return sheet
    if sheet.state == "locked":
        raise RuleBroken("sheet_locked", _("评分已锁定，不能再修改。"), labels.article(ARTICLE))
    require_version(sheet, seen)
    refused: dict[str, list[str]] = {}
    with unnamed(actor.bureau_id), own_member(member):
        for one in changed:
            if one.bid_id not in bids or one.criterion_id not in criteria:
                raise NotFound(_("没有这一项评分。"))
            row = known.get((one.bid_id, one.criterion_id))
            if one.points is None:
                if row is not None:
                    db.session.delete(row)
                continue
            problem = problem_of(criteria[one.criterion_id], one.points)
            if problem:
                refused[f"{one.bid_id}:{one.criterion_id}"] = [problem]
                continue
            if row is None:
                row = BidScore(
                    bureau_id=tender.bureau_id, id=new_id(), sheet_id=sheet.id, lot_id=lot_id, member_id=member.id,
                    bid_id=one.bid_id, criterion_id=one.criterion_id,
                )  # fmt: skip
                db.session.add(row)
            row.points, row.note = one.points, one.note.strip()
            row.level = level_of(criteria[one.criterion_id], one.points)
        if refused:
            raise Invalid(refused)
        db.session.flush()
        db.session.execute(
            update(ScoreSheet)
            .where(ScoreSheet.bureau_id == tender.bureau_id, ScoreSheet.id == sheet.id)
            .values(version=ScoreSheet.version + 1),
            execution_options={"synchronize_session": False},
        )
        db.session.refresh(sheet)
    return sheet


def _same(row: BidScore | None, one: Given) -> bool:
    if row is None or one.points is None:
        return row is None and one.points is None
    return row.points == one.points and row.note == one.note.strip()


def problem_of(criterion: TenderCriterion, points: Decimal) -> str | None:
    if points != points.quantize(STEP):
        return str(_("最多两位小数。"))
    problem = facts.as_rule(criterion).problem(points)
    if problem == "out_of_range":
        return str(_("应在 0 到 %(most)s 之间。", most=_plain(criterion.points)))
    return str(_("只能选择招标文件规定的档次分。")) if problem else None


def _plain(points: Decimal) -> str:
    return format(points.normalize(), "f")


def level_of(criterion: TenderCriterion, points: Decimal) -> str:
    return next(
        (str(level["label"]) for level in criterion.levels if Decimal(str(level["points"])) == points), ""
    )  # fmt: skip


def missing(tender: Tender, lot_id: UUID, scores: Sequence[BidScore]) -> int:
    wanted = len(facts.valid_bids(tender, lot_id)) * len(facts.scored_criteria(tender, lot_id))
    return wanted - len(scores)


def lock(actor: Actor, tender_id: UUID, lot_id: UUID, seen: int | None) -> ScoreSheet:
    """Final. The last lock of the last member shows all scores to the committee and computes the results, once: the
    committee's row is locked, so of two that come at the same moment one comes after the other. Twice is once."""
    tender, committee, member = at_work(actor, tender_id, "scoring", "consensus", "signed")
    sheet, scores = _sheet(tender, committee, member, lot_id)
    if sheet.state == "locked":
        return sheet
    if committee.state != "scoring":
        raise Conflict(_("评分已经结束。"), {"state": committee.state})
    require_version(sheet, seen)
    left = missing(tender, lot_id, scores)
    if left:
        raise RuleBroken("scores_missing", _("还有 %(count)s 项没有评分。", count=left), labels.article(ARTICLE))
    with unnamed(actor.bureau_id) as system:
        with own_member(member):
            db.session.execute(
                update(BidScore)
                .where(BidScore.bureau_id == tender.bureau_id, BidScore.sheet_id == sheet.id)
                .values(is_locked=True),
                execution_options={"synchronize_session": False},
            )
            sheet.state, sheet.locked_at, sheet.content_sha256 = "locked", now(), content_hash(scores)
        note(system, tender.id, "lock", "open", "locked", lot_id=lot_id, member=member)
        flush(db.session())
        settle(system, tender, committee)
    for row in scores:
        db.session.expire(row)
    return sheet


def content_hash(scores: Sequence[BidScore]) -> str:
    """SHA-256 over what was given: members keep it to see that nothing was changed afterwards."""
    rows = sorted(
        [str(row.bid_id), str(row.criterion_id), format(row.points.normalize(), "f"), row.note] for row in scores
    )
    return digest({"scores": rows})


def settle(system: Actor, tender: Tender, committee: EvaluationCommittee) -> bool:
    """Once every member locked every lot: show the scores, compute the results. With the committee's row locked; called
    again after a crash it goes on where it stood, and it never does anything twice. True where results stand."""
    if committee.state != "scoring":
        return committee.state in ("consensus", "signed")
    wanted = len(lots_to_score(tender)) * committee.size
    with machine(tender.bureau_id):
        locked = db.session.scalar(
            select(func.count()).where(
                ScoreSheet.bureau_id == tender.bureau_id, ScoreSheet.tender_id == tender.id,
                ScoreSheet.state == "locked",
            )
        )  # fmt: skip
        if (locked or 0) < wanted:
            return False
        _disclose(tender)
    for row in facts.evaluations_of(tender).values():
        if row.state == "scoring":
            row.state = "consensus"
    committee.state, committee.locked_at = "consensus", now()
    flush(db.session())
    results.compute(system, tender)
    return True


def _disclose(tender: Tender) -> None:
    sheets = select(ScoreSheet.id).where(ScoreSheet.bureau_id == tender.bureau_id, ScoreSheet.tender_id == tender.id)
    ids = list(db.session.scalars(sheets))
    for model, column in ((BidScore, BidScore.sheet_id), (ScoreSheet, ScoreSheet.id)):
        db.session.execute(
            update(model).where(model.bureau_id == tender.bureau_id, column.in_(ids)).values(is_disclosed=True),
            execution_options={"synchronize_session": False},
        )


def resume(actor: Actor, tender_id: UUID) -> bool:
    """After a crash between the last lock and the results: go on. True where results stand."""
    tender = locked_tender(actor, tender_id)
    committee = facts.committee_of(actor, tender_id, lock=True)
    with unnamed(actor.bureau_id) as system:
        return settle(system, tender, committee)
