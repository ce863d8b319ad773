"""Files of a tender: uploaded by the bureau, taken by suppliers. Who takes them is secret until the deadline."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bureau.suppliers.models import BureauSupplier
from bureau.tendering import labels
from bureau.tendering.models import Tender, TenderDocument, TenderDocumentTaker
from bureau.tendering.service import reading
from bureau.tendering.service.drafting import edited
from bureau.tendering.service.moving import locked, note
from kernel.actor import Actor, system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import within
from kernel.errors import Conflict, NotFound, RuleBroken
from kernel.files import service as files
from kernel.files.models import Attachment

TAKING = "《政府采购货物和服务招标投标管理办法》（财政部令第87号）第十八条"


def add_document(
    actor: Actor, tender_id: UUID, document_id: UUID, data: bytes, name: str, *, title: str, kind: str
) -> TenderDocument:
    """To a draft at any time; to a published tender only what is the bureau's own file (a survey, an approval): what
    suppliers go by changes through a clarification alone. The same id with the same file is the same document."""
    tender = locked(actor, tender_id)
    existing = db.session.scalar(
        select(TenderDocument).where(TenderDocument.bureau_id == actor.bureau_id, TenderDocument.id == document_id)
    )
    if existing is not None and existing.tender_id != tender.id:
        raise NotFound(_("没有这个文件。"))
    if existing is None and tender.state != "draft" and kind not in labels.INTERNAL_KINDS:
        raise Conflict(_("项目不是草稿；已发布的文件只能随澄清修改发出。"), {"state": tender.state})
    kept = files.store(actor, data, name=name, purpose="tender_document", attachment_id=document_id)
    if existing is not None:
        return existing
    document = TenderDocument(
        bureau_id=actor.bureau_id, id=document_id, tender_id=tender.id, attachment_id=kept.id, title=title or name,
        kind=kind, issued_at=now(), issued_by=actor.account_id,
    )  # fmt: skip
    db.session.add(document)
    if tender.state == "draft":
        edited(actor, tender)
    else:
        note(actor, tender, "document", tender.state, document.title)
    db.session.flush()
    return document


def remove_document(actor: Actor, tender_id: UUID, document_id: UUID) -> None:
    tender = locked(actor, tender_id)
    document = get_document(actor, tender_id, document_id)
    if tender.state != "draft":
        raise Conflict(_("项目不是草稿，文件不能删除。"), {"state": tender.state})
    db.session.delete(document)
    edited(actor, tender)
    db.session.flush()


def get_document(actor: Actor, tender_id: UUID, document_id: UUID) -> TenderDocument:
    """Within what row-level security lets the actor see: others than the bureau see what is public."""
    document = db.session.scalar(
        select(TenderDocument).where(
            TenderDocument.bureau_id == actor.bureau_id,
            TenderDocument.tender_id == tender_id,
            TenderDocument.id == document_id,
        )
    )
    if document is None or (actor.level != "bureau" and not document.is_public):
        raise NotFound(_("没有这个文件。"))
    return document


def open_document(actor: Actor, tender_id: UUID, document_id: UUID) -> tuple[Attachment, bytes]:
    """The file's bytes. A supplier must have taken the documents first (take_documents)."""
    tender = reading.get_tender(actor, tender_id)
    document = get_document(actor, tender.id, document_id)
    if actor.level == "supplier" and not has_taken(actor, tender.id):
        raise RuleBroken("documents_not_taken", _("请先获取招标文件。"), TAKING)
    # The file is the bureau's; that the document is public to this actor was shown above.
    with within(db.session(), system_actor(actor.bureau_id).scope):
        attachment = files.get_attachment(system_actor(actor.bureau_id), document.attachment_id)
        return attachment, files.content(attachment)


def take_documents(actor: Actor, tender_id: UUID) -> None:
    """获取招标文件. Noted once per company, seen by it alone until the deadline; the rest of a company need not do it."""
    tender = reading.get_tender(actor, tender_id)
    if has_taken(actor, tender.id):
        return
    instant = now()
    company = db.session.scalar(
        select(BureauSupplier).where(
            BureauSupplier.bureau_id == actor.bureau_id, BureauSupplier.id == actor.own_supplier_id()
        )
    )
    if company is None or company.state != "active":
        raise RuleBroken("supplier_not_active", _("贵公司在本局的登记还没有通过，登记通过后可以获取招标文件。"))
    if tender.state != "bidding" or tender.documents_until is None or instant > tender.documents_until:
        raise RuleBroken("documents_closed", _("招标文件的提供期限已过。"), TAKING)
    values = {
        "bureau_id": actor.bureau_id, "id": new_id(), "tender_id": tender.id, "supplier_id": actor.own_supplier_id(),
        "taken_at": instant, "taken_by": actor.account_id, "is_disclosed": False,
    }  # fmt: skip
    # Two clicks at once leave one row.
    db.session.execute(insert(TenderDocumentTaker).values(**values).on_conflict_do_nothing())


def has_taken(actor: Actor, tender_id: UUID) -> bool:
    mine = select(TenderDocumentTaker.id).where(
        TenderDocumentTaker.bureau_id == actor.bureau_id,
        TenderDocumentTaker.tender_id == tender_id,
        TenderDocumentTaker.supplier_id == actor.own_supplier_id(),
    )
    return db.session.scalar(mine) is not None


def takers_of(actor: Actor, tender: Tender) -> list[tuple[UUID, str]]:
    """(supplier, name) of who took the documents; nobody before the deadline, whatever the actor's role."""
    rows = db.session.execute(
        select(TenderDocumentTaker.supplier_id, BureauSupplier.name)
        .join(
            BureauSupplier,
            (BureauSupplier.bureau_id == TenderDocumentTaker.bureau_id)
            & (BureauSupplier.id == TenderDocumentTaker.supplier_id),
        )
        .where(
            TenderDocumentTaker.bureau_id == actor.bureau_id,
            TenderDocumentTaker.tender_id == tender.id,
            TenderDocumentTaker.is_disclosed,
        )
        .order_by(TenderDocumentTaker.taken_at)
    )
    return [(row[0], row[1]) for row in rows]
