"""Issue a paper: number, words, file, hash, in one transaction. Issued again, it is the same paper."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import exists, or_, select

from bureau.inspections.models import Inspection, InspectionInspector
from bureau.inspections.service.telling import plan_of
from bureau.inspections.service.visits import get_inspection, sees_every_visit
from bureau.papers import documents
from bureau.papers.models import Paper
from bureau.papers.service import gathering
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.database.scope import Scope, within
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.files.models import Attachment
from kernel.files.service import content, store
from kernel.identity.models import Bureau
from kernel.numbering.service import next_number
from kernel.web.dates import shanghai, today

PAPERS_LANGUAGE = "zh_CN"  # whoever issues them, official papers are in Chinese
PREFIX = {"record": "JC", "notice": "ZG", "bulletin": "TB", "letter": "GZ"}
NAME = {"record": "现场检查记录", "notice": "整改通知书", "bulletin": "通报", "letter": "结果告知"}
OF_A_VISIT: Mapping[str, Callable[[Actor, int, UUID], gathering.Gathered]] = {
    "record": gathering.record_data,
    "notice": gathering.notice_data,
    "letter": gathering.letter_data,
}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def issue_for_visit(actor: Actor, kind: str, school_id: int, inspection_id: UUID) -> Paper:
    """Record, notice or letter of one visit. The visit's row is locked, so two clicks give one paper.

    A visit that was sent back and handed in anew has another record: the old one is withdrawn by it.
    """
    if kind not in OF_A_VISIT:
        raise NotFound(_("没有这种文书。"))
    visit = get_inspection(actor, school_id, inspection_id, lock=True)
    if plan_of(visit).double_of is not None:
        raise RuleBroken("blind_double", _("背靠背复评只用于核对宽严，不告知学校。"))
    standing = _standing(actor, kind, visit.plan_id, inspection_id)
    if standing is not None:
        if visit.submitted_at is None or visit.submitted_at <= standing.issued_at:
            return standing
        standing.state, standing.withdrawn_at = "withdrawn", now()
        standing.withdrawn_reason = "检查已退回补正并重新提交，以新的文书为准。"
        flush(db.session())
    with force_locale(PAPERS_LANGUAGE):
        data, pictures = OF_A_VISIT[kind](actor, school_id, inspection_id)
    return _issue(actor, kind, data, pictures, plan_id=visit.plan_id, visit=visit)


def issue_bulletin(actor: Actor, plan_id: UUID) -> Paper:
    standing = _standing(actor, "bulletin", plan_id, None)
    if standing is not None:
        return standing
    with force_locale(PAPERS_LANGUAGE):
        data, pictures = gathering.bulletin_data(actor, plan_id)
    return _issue(actor, "bulletin", data, pictures, plan_id=plan_id, visit=None)


def issue_letters(actor: Actor, plan_id: UUID, progress: Any = None) -> int:
    """A letter to every school of a plan that was told; how many stand afterwards."""
    visits = db.session.execute(
        select(Inspection.school_id, Inspection.id).where(
            Inspection.bureau_id == actor.bureau_id,
            Inspection.plan_id == plan_id,
            Inspection.released_at.is_not(None),
        )
    ).all()
    for done, (school_id, visit_id) in enumerate(visits, start=1):
        issue_for_visit(actor, "letter", school_id, visit_id)
        if progress is not None:
            progress.report(100 * done // len(visits))
    return len(visits)


def _standing(actor: Actor, kind: str, plan_id: UUID, inspection_id: UUID | None) -> Paper | None:
    return db.session.scalar(
        select(Paper).where(
            Paper.bureau_id == actor.bureau_id,
            Paper.kind == kind,
            Paper.plan_id == plan_id,
            Paper.inspection_id.is_not_distinct_from(inspection_id),
            Paper.state == "issued",
        )
    )


def _issue(
    actor: Actor,
    kind: str,
    data: dict[str, Any],
    pictures: Mapping[str, bytes],
    *,
    plan_id: UUID,
    visit: Inspection | None,
) -> Paper:
    code = secrets.token_urlsafe(16)
    number = next_number(db.session(), actor.bureau_id, None, PREFIX[kind], today().year)
    data = {**data, "number": number, "url": verify_url(actor.bureau_id, code)}
    document = documents.write(kind, data, pictures)
    title = f"{NAME[kind]} {data['plan']}" + (f" {data['school']}" if visit else "")
    attachment = store(
        actor, document, name=f"{title}.docx", purpose="paper", school_id=visit.school_id if visit else None
    )
    paper = Paper(
        bureau_id=actor.bureau_id, id=new_id(), school_id=visit.school_id if visit else None, kind=kind, number=number,
        title=title, plan_id=plan_id, inspection_id=visit.id if visit else None, data=data, code=code,
        attachment_id=attachment.id, sha256=attachment.sha256, issued_by=actor.account_id,
        issued_by_name=actor.display_name,
    )  # fmt: skip
    db.session.add(paper)
    flush(db.session(), {"uq_papers_standing": Conflict(_("这份文书刚刚已由他人出具，请刷新页面。"))})
    return paper


def verify_url(bureau_id: int, code: str) -> str:
    base = current_app.extensions["houqin.config"].base_url
    return f"{base}/public/papers/{bureau_id}/{code}"


def withdraw(actor: Actor, paper_id: UUID, reason: str, seen: int | None) -> Paper:
    """What it said no longer holds; its number and its page stay, and say so. A new one may then be issued."""
    paper = get_paper(actor, paper_id, lock=True)
    if paper.state == "withdrawn":
        return paper
    require_version(paper, seen)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明撤回的原因。")]})
    paper.state, paper.withdrawn_at, paper.withdrawn_reason = "withdrawn", now(), reason.strip()
    flush(db.session())
    return paper


def get_paper(actor: Actor, paper_id: UUID, *, lock: bool = False) -> Paper:
    query = _within(actor, select(Paper).where(Paper.id == paper_id))
    paper = db.session.scalar(query.with_for_update() if lock else query)
    if paper is None:
        raise NotFound(_("没有这份文书。"))
    return paper


def _within(actor: Actor, query: Any) -> Any:
    """A school has its own once it was told of the visit; an inspector those of their own visits and the bulletins."""
    query = query.where(Paper.bureau_id == actor.bureau_id)
    if actor.level == "school":
        told = exists().where(
            Inspection.bureau_id == Paper.bureau_id, Inspection.school_id == Paper.school_id,
            Inspection.id == Paper.inspection_id, Inspection.released_at.is_not(None),
        )  # fmt: skip
        return query.where(Paper.school_id == actor.own_school_id(), told)
    if actor.level == "zone":
        return query.where(Paper.school_id.in_(actor.school_ids))
    if not sees_every_visit(actor):
        mine = exists().where(
            InspectionInspector.bureau_id == Paper.bureau_id, InspectionInspector.school_id == Paper.school_id,
            InspectionInspector.inspection_id == Paper.inspection_id,
            InspectionInspector.person_id == actor.account_id,
        )  # fmt: skip
        query = query.where(or_(Paper.inspection_id.is_(None), mine))
    return query


def list_papers(
    actor: Actor, *, plan_id: UUID | None = None, inspection_id: UUID | None = None, kind: str | None = None,
    cursor: str | None = None, limit: int = 50,
) -> Page[Paper]:  # fmt: skip
    """Newest first."""
    query = _within(actor, select(Paper))
    for column, wanted in ((Paper.plan_id, plan_id), (Paper.inspection_id, inspection_id), (Paper.kind, kind)):
        if wanted is not None:
            query = query.where(column == wanted)
    return paginate(db.session(), query, [Paper.id], cursor, limit)


def file_of(actor: Actor, paper: Paper) -> bytes:
    attachment = db.session.get(Attachment, (actor.bureau_id, paper.attachment_id))
    if attachment is None:  # pragma: no cover - the foreign key does not allow it
        raise NotFound(_("没有这个文件。"))
    return content(attachment)


def public_paper(bureau_id: int, code: str) -> dict[str, Any]:
    """What anybody who holds a paper may learn of it: that it is genuine, whose it is, its file's hash, whether it
    stands. Nothing of what it says. NotFound for a code that no paper has."""
    with within(db.session(), Scope("houqin_bureau", bureau_id=bureau_id)):
        row = db.session.execute(
            select(Paper.number, Paper.kind, Paper.title, Paper.sha256, Paper.state, Paper.issued_at,
                   Paper.withdrawn_at, Bureau.name)
            .join(Bureau, Bureau.id == Paper.bureau_id)
            .where(Paper.bureau_id == bureau_id, Paper.code == code)
        ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound(_("没有这份文书：请核对网址，或者它不是本平台出具的。"))
    return {
        "number": row.number, "kind": row.kind, "title": row.title, "sha256": row.sha256, "state": row.state,
        "issued_at": shanghai(row.issued_at), "withdrawn_at": shanghai(row.withdrawn_at), "issuer": row.name,
    }  # fmt: skip
