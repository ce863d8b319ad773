"""The supplier files in time, adds evidence, corrects what was returned, withdraws."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.awards.models import AwardProcedure
from bureau.bids.models import Bid
from bureau.challenges import labels, rules
from bureau.challenges.models import Challenge, ChallengeFile
from bureau.challenges.service.moving import ANSWER_KEYS, get_challenge, move, national, note, workdays
from bureau.suppliers.service.telling import officers
from bureau.tendering.models import Tender, TenderDocumentTaker, TenderNotice
from bureau.tendering.rules.terms import day_of
from bureau.tendering.service.reading import get_lot, get_tender
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import Scope, within
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.files.models import Attachment
from kernel.files.service import store
from kernel.files.sniffing import IMAGES, MediaType
from kernel.notices import service as notices
from kernel.numbering.service import next_number
from kernel.web.dates import today
from kernel.workdays.service import calendar

MOST_FILES = 20
PURPOSE = "challenge"
PREFIX = {"challenge": "ZY", "enquiry": "XW"}
TIME = "《政府采购法》第五十二条、《政府采购法实施条例》第五十三条"
ONCE = "招标文件要求同一环节的质疑一次性提出"


@dataclass(frozen=True, slots=True)
class Window:
    """Whether a challenge of a stage may be filed today. `until`: the last day; None: there is nothing to challenge yet."""

    stage: rules.Stage
    known_on: date | None
    until: date | None

    @property
    def is_open(self) -> bool:
        return self.until is not None and today() <= self.until


def window(actor: Actor, tender: Tender, stage: rules.Stage, declared: date | None = None) -> Window:
    occasion = _occasion(actor, tender)
    known = rules.known_on(stage, occasion, declared, today())
    if known is None:
        return Window(stage, None, None)
    until = rules.filing_until(known, workdays(tender, "challenge"), calendar(actor.bureau_id)).value
    return Window(stage, known, until)


def windows(actor: Actor, tender: Tender) -> list[Window]:
    """Of the stages whose day the records know."""
    return [window(actor, tender, stage) for stage in ("documents", "result")]


def file(
    actor: Actor,
    challenge_id: UUID,
    *,
    tender_id: UUID,
    kind: str,
    stage: rules.Stage,
    facts: str,
    request: str = "",
    legal_basis: str = "",
    lot_id: UUID | None = None,
    known_on: date | None = None,
) -> Challenge:
    """Filed under the client's id: twice the same is once. Raises RuleBroken where the term is over, where nothing can
    be challenged yet, or where the supplier has no part in it."""
    tender = get_tender(actor, tender_id)
    supplier_id = actor.own_supplier_id()
    if lot_id is not None:
        get_lot(actor, tender_id, lot_id)
    content = {
        "tender_id": tender_id, "kind": kind, "stage": stage, "lot_id": lot_id, "facts": facts.strip(),
        "request": request.strip(), "legal_basis": legal_basis.strip(),
    }  # fmt: skip
    existing = db.session.scalar(
        select(Challenge).where(Challenge.bureau_id == actor.bureau_id, Challenge.id == challenge_id)
    )
    if existing is not None:
        if {name: getattr(existing, name) for name in content} == content:
            return existing
        raise Conflict(_("这个编号已用于另一份质疑。"))
    since = today()
    if kind == "challenge":
        _require_complete(facts, request)
        _require_part(actor, tender, stage)
        since = _require_in_time(actor, tender, stage, known_on)
        _require_first(actor, tender, stage)
    answer_by = rules.in_workdays(today(), national(actor.bureau_id, ANSWER_KEYS[kind]), calendar(actor.bureau_id))
    challenge = Challenge(
        bureau_id=actor.bureau_id, id=challenge_id, supplier_id=supplier_id, known_on=since, filed_at=now(),
        number=_number(actor, kind), answer_by=answer_by,
        created_by=actor.account_id, state="filed", **content,
    )  # fmt: skip
    db.session.add(challenge)
    flush(db.session(), {"pk_challenges": Conflict(_("这个编号已用于另一份质疑。"))})
    note(actor, challenge, "file", "")
    _tell_officers(actor, challenge, tender)
    db.session.flush()
    return challenge


def _number(actor: Actor, kind: str) -> str:
    """The bureau counts, whoever files: a supplier cannot write the counters."""
    with within(db.session(), Scope("houqin_bureau", bureau_id=actor.bureau_id)):
        return next_number(db.session(), actor.bureau_id, None, PREFIX[kind], today().year)


def correct(
    actor: Actor, challenge_id: UUID, version: int | None, *, facts: str, request: str, legal_basis: str
) -> Challenge:
    """What was returned is filed anew within its term; the term for the answer begins anew as well."""
    challenge = get_challenge(actor, challenge_id, lock=True)
    require_version(challenge, version)
    if challenge.state == "returned" and challenge.correct_by is not None and today() > challenge.correct_by:
        raise RuleBroken("correction_late", _("补正期限 %(day)s 已过。", day=challenge.correct_by.isoformat()), TIME)
    move(actor, challenge, "correct")
    _require_complete(facts, request)
    challenge.facts, challenge.request, challenge.legal_basis = facts.strip(), request.strip(), legal_basis.strip()
    challenge.filed_at, challenge.correct_by, challenge.state_reason = now(), None, ""
    days = national(actor.bureau_id, ANSWER_KEYS[challenge.kind])
    challenge.answer_by = rules.in_workdays(today(), days, calendar(actor.bureau_id))
    _tell_officers(actor, challenge, get_tender(actor, challenge.tender_id))
    db.session.flush()
    return challenge


def withdraw(actor: Actor, challenge_id: UUID, version: int | None, reason: str) -> Challenge:
    challenge = get_challenge(actor, challenge_id, lock=True)
    if challenge.state == "withdrawn":
        return challenge
    require_version(challenge, version)
    move(actor, challenge, "withdraw", reason.strip())
    challenge.state_reason = reason.strip()
    _tell_officers(actor, challenge, get_tender(actor, challenge.tender_id))
    db.session.flush()
    return challenge


def add_file(actor: Actor, challenge_id: UUID, file_id: UUID, data: bytes, name: str) -> ChallengeFile:
    """Evidence, until it is answered. The same id with the same file is the same evidence."""
    challenge = get_challenge(actor, challenge_id, lock=True)
    if challenge.state not in ("filed", "returned", "accepted"):
        raise Conflict(_("已经办结，不能再补充材料。"), {"state": challenge.state})
    known = db.session.get(ChallengeFile, (actor.bureau_id, file_id))
    if known is None and len(files_of(actor, challenge)) >= MOST_FILES:
        raise Invalid({"file": [_("最多上传 %(count)s 份材料。", count=MOST_FILES)]})
    attachment = store(
        actor, data, name=name, purpose=PURPOSE, supplier_id=challenge.supplier_id, attachment_id=file_id,
        accepted=IMAGES | {MediaType.PDF, MediaType.DOCX, MediaType.XLSX},
    )  # fmt: skip
    if known is not None:
        return known
    row = ChallengeFile(
        bureau_id=actor.bureau_id, id=file_id, challenge_id=challenge.id, supplier_id=challenge.supplier_id,
        attachment_id=attachment.id, added_at=now(),
    )  # fmt: skip
    db.session.add(row)
    flush(db.session(), {"pk_challenge_files": Conflict(_("这个编号已用于另一份材料。"))})
    return row


def files_of(actor: Actor, challenge: Challenge) -> list[Attachment]:
    rows = select(Attachment).join(
        ChallengeFile,
        (ChallengeFile.bureau_id == Attachment.bureau_id) & (ChallengeFile.attachment_id == Attachment.id),
    )
    mine = rows.where(ChallengeFile.bureau_id == actor.bureau_id, ChallengeFile.challenge_id == challenge.id)
    return list(db.session.scalars(mine.order_by(ChallengeFile.id)))


def _occasion(actor: Actor, tender: Tender) -> rules.Occasion:
    notice = db.session.scalar(
        select(TenderNotice.ends_on)
        .where(
            TenderNotice.bureau_id == actor.bureau_id, TenderNotice.tender_id == tender.id,
            TenderNotice.kind == "tender_notice",
        )
        .order_by(TenderNotice.published_at)
        .limit(1)
    )  # fmt: skip
    taken = db.session.scalar(
        select(TenderDocumentTaker.taken_at).where(
            TenderDocumentTaker.bureau_id == actor.bureau_id, TenderDocumentTaker.tender_id == tender.id,
            TenderDocumentTaker.supplier_id == actor.own_supplier_id(),
        )
    )  # fmt: skip
    # The terms of the award stand in the bureau's rows; two days of them are public through the notice of the result.
    with within(db.session(), Scope("houqin_bureau", bureau_id=actor.bureau_id)):
        result = db.session.execute(
            select(AwardProcedure.published_at, AwardProcedure.notice_ends_on).where(
                AwardProcedure.bureau_id == actor.bureau_id, AwardProcedure.id == tender.id,
                AwardProcedure.published_at.is_not(None),
            )
        ).one_or_none()  # fmt: skip
    return rules.Occasion(
        published=day_of(tender.published_at) if tender.published_at else None,
        documents_taken=day_of(taken) if taken else None,
        documents_until=notice,
        result_out=day_of(result.published_at) if result else None,
        result_ends=result.notice_ends_on if result else None,
    )


def _require_in_time(actor: Actor, tender: Tender, stage: rules.Stage, declared: date | None) -> date:
    if stage == "process" and declared is None:
        raise Invalid({"known_on": [_("请填写知道或者应当知道的日期。")]})
    found = window(actor, tender, stage, declared)
    if found.known_on is None or found.until is None:
        if stage == "process":
            raise Invalid({"known_on": [_("日期应在招标公告之后、今天之前。")]})
        raise RuleBroken("challenge_early", str(labels.NOT_YET[stage]), TIME)
    if today() > found.until:
        raise RuleBroken(
            "challenge_late",
            _("质疑期限到 %(until)s 为止（自 %(known)s 起计算），已经超过。", until=found.until.isoformat(), known=found.known_on.isoformat()),
            TIME,
        )  # fmt: skip
    return found.known_on


def _require_complete(facts: str, request: str) -> None:
    problems = {}
    if not facts.strip():
        problems["facts"] = [_("请写明质疑事项和事实。")]
    if not request.strip():
        problems["request"] = [_("请写明质疑请求。")]
    if problems:
        raise Invalid(problems)


def _require_part(actor: Actor, tender: Tender, stage: rules.Stage) -> None:
    """The document may be challenged by who took it; process and result by who bid."""
    mine = actor.own_supplier_id()
    if stage == "documents":
        query = select(TenderDocumentTaker.id).where(
            TenderDocumentTaker.bureau_id == actor.bureau_id, TenderDocumentTaker.tender_id == tender.id,
            TenderDocumentTaker.supplier_id == mine,
        )  # fmt: skip
        words = _("没有依法获取招标文件的供应商，不能对招标文件提出质疑。")
    else:
        query = select(Bid.id).where(
            Bid.bureau_id == actor.bureau_id, Bid.tender_id == tender.id, Bid.supplier_id == mine
        )
        words = _("没有参加投标的供应商，不能对采购过程或者结果提出质疑。")
    if db.session.scalar(query.limit(1)) is None:
        raise RuleBroken("no_part", words, "《政府采购质疑和投诉办法》（财政部令第94号）第十一条")


def _require_first(actor: Actor, tender: Tender, stage: rules.Stage) -> None:
    if not tender.settings.get("challenge_once"):
        return
    earlier = select(Challenge.number).where(
        Challenge.bureau_id == actor.bureau_id, Challenge.tender_id == tender.id,
        Challenge.supplier_id == actor.own_supplier_id(), Challenge.stage == stage, Challenge.kind == "challenge",
        Challenge.state != "withdrawn",
    )  # fmt: skip
    number = db.session.scalar(earlier.limit(1))
    if number is not None:
        raise RuleBroken(
            "challenge_once", _("贵方对这一环节的质疑 %(number)s 已经提出，应一次性提出。", number=number), ONCE
        )


def _tell_officers(actor: Actor, challenge: Challenge, tender: Tender) -> None:
    title = _(
        "%(kind)s %(number)s：%(title)s", kind=labels.KINDS[challenge.kind], number=challenge.number, title=tender.title
    )
    notices.notify(
        actor, officers(actor), "challenge", title, body=str(labels.STATES[challenge.state]),
        url=f"/challenges/{challenge.id}/handling",
    )  # fmt: skip


__all__ = ["Window", "add_file", "correct", "file", "files_of", "new_id", "window", "windows", "withdraw"]
