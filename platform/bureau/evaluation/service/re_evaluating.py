"""重新评审 (Order 87, Art. 64): after the report the purchaser who finds one of the four errors has the same committee look
again. What was decided on the old result falls, so a second officer confirms where an award was decided; a changed
result is reported to the finance authority."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from bureau.evaluation import labels
from bureau.evaluation.hooks import RestsOnResult, Withdrawal
from bureau.evaluation.models import RESCORING_REASONS, ReEvaluation
from bureau.evaluation.service import facts, reporting, results
from bureau.evaluation.service.members import seated
from bureau.evaluation.service.sealing import note
from bureau.suppliers.models import BureauSupplier
from bureau.tendering.following import offers
from bureau.tendering.models import Tender
from bureau.tendering.service.drafting import head_of
from bureau.tendering.service.moving import locked, move
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.files.service import store
from kernel.notices.service import notify
from kernel.web.dates import today

ARTICLE = "order_87:64"
STATES = ("report", "award_decision", "award_notice", "challenge_window", "contracting")
SAME_PERSON = "bureau:re_evaluation:confirm"
PURPOSE = "re_evaluation"


def of_tender(actor: Actor, tender_id: UUID) -> list[ReEvaluation]:
    """Newest first."""
    query = select(ReEvaluation).where(ReEvaluation.bureau_id == actor.bureau_id, ReEvaluation.tender_id == tender_id)
    return list(db.session.scalars(query.order_by(ReEvaluation.id.desc())))


def get(actor: Actor, re_evaluation_id: UUID) -> ReEvaluation:
    row = db.session.get(ReEvaluation, (actor.bureau_id, re_evaluation_id))
    if row is None:
        raise NotFound(_("没有这次重新评审。"))
    return row


def is_decided(actor: Actor, tender: Tender) -> bool:
    """Whether an award was decided on the result as it stands."""
    return any(one.is_decided(actor, tender) for one in offers(RestsOnResult))


def ask(
    actor: Actor, tender_id: UUID, re_evaluation_id: UUID, seen: int | None, *, reason_code: str, finding: str,
    evidence: tuple[str, bytes] | None = None,
) -> ReEvaluation:  # fmt: skip
    """`seen`: the tender's version. `evidence`: name and content of a file. Where no award was decided it begins at
    once; else it waits for `confirm`. The same id with the same content is the same request."""
    tender = locked(actor, tender_id)
    finding = finding.strip()
    known = db.session.get(ReEvaluation, (actor.bureau_id, re_evaluation_id))
    if known is not None:
        if (known.tender_id, known.reason_code, known.finding) == (tender.id, reason_code, finding):
            return known
        raise Conflict(_("这个编号已用于另一次重新评审。"))
    require_version(tender, seen, head_of(tender))
    if reason_code not in RESCORING_REASONS:
        raise Invalid({"reason_code": [_("只能因规定的情形重新评审。")]})
    if not finding:
        raise Invalid({"finding": [_("请写明发现的问题和事实。")]})
    _require_possible(actor, tender)
    if any(row.state in ("asked", "begun") for row in of_tender(actor, tender.id)):
        raise Conflict(_("已有一次重新评审正在进行。"), head_of(tender))
    row = ReEvaluation(
        bureau_id=actor.bureau_id, id=re_evaluation_id, tender_id=tender.id, reason_code=reason_code, finding=finding,
        from_state=tender.state, needs_second=is_decided(actor, tender), created_by=actor.account_id,
        created_by_name=actor.display_name,
    )  # fmt: skip
    if evidence is not None:
        name, content = evidence
        row.attachment_id = store(actor, content, name=name, purpose=PURPOSE, field="evidence").id
    db.session.add(row)
    note(actor, tender.id, "ask_re_evaluation", reason=_words(row))
    flush(db.session())
    if not row.needs_second:
        _begin(actor, tender, row)
    return row


def take_back(actor: Actor, re_evaluation_id: UUID, seen: int | None) -> ReEvaluation:
    """The request falls; the result and what rests on it stand as they did."""
    tender, row = _locked(actor, re_evaluation_id)
    if row.state == "withdrawn":
        return row
    require_version(row, seen)
    if row.state != "asked":
        raise Conflict(_("重新评审已经开始，不能收回。"), {"state": row.state, "version": row.version})
    row.state = "withdrawn"
    note(actor, tender.id, "withdraw_re_evaluation", reason=_words(row))
    flush(db.session())
    return row


def confirm(actor: Actor, re_evaluation_id: UUID, seen: int | None) -> ReEvaluation:
    """By another officer than the one who asked. What rested on the old result falls, the committee is back."""
    tender, row = _locked(actor, re_evaluation_id)
    if row.state in ("begun", "finished"):
        return row
    require_version(row, seen)
    if row.state != "asked":
        raise Conflict(_("没有等待确认的重新评审。"), {"state": row.state, "version": row.version})
    if row.created_by == actor.account_id:
        raise Denied(SAME_PERSON, _("须由提出人以外的人员确认。"))
    _require_possible(actor, tender)
    row.confirmed_at, row.confirmed_by = now(), actor.account_id
    row.confirmed_by_name = actor.display_name
    _begin(actor, tender, row)
    return row


def _require_possible(actor: Actor, tender: Tender) -> None:
    if tender.state not in STATES:
        raise RuleBroken(
            "re_evaluation_state", _("评标报告提交以后、合同签订以前才能组织重新评审。"), labels.article(ARTICLE)
        )
    for one in offers(RestsOnResult):
        one.require_free(actor, tender)


def _begin(actor: Actor, tender: Tender, row: ReEvaluation) -> None:
    row.before = _standings(tender)
    report = reporting.standing(tender)
    row.report_id = report.id if report is not None else None
    row.state, row.began_at = "begun", now()
    withdrawal = Withdrawal(_kind(row), row.finding, row.created_at, row.created_by, row.created_by_name)
    for one in offers(RestsOnResult):
        one.withdraw(actor, tender, withdrawal)
    flush(db.session())
    move(actor, tender, "re_evaluate", _words(row))
    notify(
        actor, [member.person_id for member in seated(facts.committee_of(actor, tender.id))], "re_evaluation",
        _("请重新评审：%(title)s", title=tender.title), body=_words(row), url=f"/evaluation/mine/{tender.id}",
    )  # fmt: skip


def finish(system: Actor, tender: Tender) -> None:
    """The new report was delivered: what came of it is kept beside what it was. Twice is once."""
    row = facts.re_evaluation_of(tender)
    if row is None:
        return
    row.after = _standings(tender)
    row.is_changed = row.after != row.before
    row.state, row.finished_at = "finished", now()
    note(system, tender.id, "finish_re_evaluation", reason=_("结果有变化") if row.is_changed else _("结果没有变化"))
    flush(db.session())


def end(system: Actor, tender: Tender, reason: str) -> None:
    """The tender ended: nobody confirms any more. One that has begun stays as far as it came."""
    for row in of_tender(system, tender.id):
        if row.state == "asked":
            row.state = "withdrawn"
            note(system, tender.id, "withdraw_re_evaluation", reason=reason)
    flush(db.session())


def report_to_finance(
    actor: Actor, re_evaluation_id: UUID, seen: int | None, *, reported_on: date, reference: str
) -> ReEvaluation:  # fmt: skip
    """A changed result was reported in writing (Art. 64). Said twice it is said once."""
    tender, row = _locked(actor, re_evaluation_id)
    if (row.reported_on, row.reported_reference) == (reported_on, reference.strip()):
        return row
    require_version(row, seen)
    if not row.is_changed or row.finished_at is None:
        raise RuleBroken("re_evaluation_same", _("重新评审没有改变结果，无须报告。"), labels.article(ARTICLE))
    if reported_on > today():
        raise Invalid({"reported_on": [_("日期不能晚于今天。")]})
    row.reported_on, row.reported_reference = reported_on, reference.strip()
    note(actor, tender.id, "report_re_evaluation", reason=f"{reported_on.isoformat()} {reference}".strip())
    flush(db.session())
    return row


def waiting(actor: Actor) -> Sequence[tuple[ReEvaluation, Tender]]:
    """What an officer still has to do: confirm what another asked for, report a result that changed."""
    rows = db.session.execute(
        select(ReEvaluation, Tender)
        .join(Tender, (Tender.bureau_id == ReEvaluation.bureau_id) & (Tender.id == ReEvaluation.tender_id))
        .where(
            ReEvaluation.bureau_id == actor.bureau_id,
            (ReEvaluation.state == "asked") & (ReEvaluation.created_by != actor.account_id)
            | ReEvaluation.is_changed.is_(True) & ReEvaluation.reported_on.is_(None),
        )
        .order_by(ReEvaluation.id)
    )  # fmt: skip
    return [(row, tender) for row, tender in rows]


def _locked(actor: Actor, re_evaluation_id: UUID) -> tuple[Tender, ReEvaluation]:
    """The tender's row first, as everywhere."""
    tender = locked(actor, get(actor, re_evaluation_id).tender_id)
    row = db.session.scalar(
        select(ReEvaluation)
        .where(ReEvaluation.bureau_id == actor.bureau_id, ReEvaluation.id == re_evaluation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    assert row is not None
    return tender, row


def _kind(row: ReEvaluation) -> str:
    """In Chinese, whoever asks: it is kept."""
    with force_locale("zh_CN"):
        return str(labels.RESCORING_REASONS[row.reason_code])


def _words(row: ReEvaluation) -> str:
    return f"{_kind(row)}：{row.finding}"


def _standings(tender: Tender) -> list[dict[str, Any]]:
    numbers = {lot.id: lot.number for lot in facts.lots_of(tender)}
    rows = [row for row in results.results_of(tender) if row.is_valid]
    names = dict(
        db.session.execute(
            select(BureauSupplier.id, BureauSupplier.name).where(
                BureauSupplier.bureau_id == tender.bureau_id,
                BureauSupplier.id.in_({row.supplier_id for row in rows}),
            )
        ).all()
    )
    found = [
        {
            "lot": numbers[row.lot_id], "bid": str(row.bid_id), "bidder": names[row.supplier_id], "place": row.place,
            "total": row.total,
        }
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one["lot"], one["place"], one["bid"]))
