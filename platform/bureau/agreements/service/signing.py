"""Signing with both sides' scans, publishing the contract, filing its copy."""

from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.agreements import rules
from bureau.agreements.guards import SigningWarning, warnings_of
from bureau.agreements.models import Agreement, AgreementDocument, AgreementItem
from bureau.agreements.rules import AgreementTerms
from bureau.agreements.service.completing import complete_if_signed
from bureau.agreements.service.finding import documents_of, get_agreement, lots_of, move, record
from bureau.agreements.service.from_awards import AWARDED
from bureau.agreements.service.making import ART_71, refuse_differences, terms_of
from bureau.awards.models import LotAward
from bureau.tendering.service.moving import locked
from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.files.models import Attachment
from kernel.files.service import content, store
from kernel.files.sniffing import MediaType
from kernel.policy.service import effective
from kernel.web.dates import today
from kernel.workdays.service import add_workdays

SCANS = frozenset({MediaType.JPEG, MediaType.PNG, MediaType.PDF})
MOST_DOCUMENTS = 40


def add_document(
    actor: Actor, agreement_id: UUID, document_id: UUID, data: bytes, name: str, *, kind: str, title: str = "",
    side: str | None = None,
) -> AgreementDocument:  # fmt: skip
    """A scan (JPEG, PNG, PDF). The supplier's own side, or, by the bureau, `side`: of which side the scan is. The same
    id with the same content is the same document."""
    agreement = get_agreement(actor, agreement_id)
    shown_side = "supplier" if actor.level == "supplier" else side or "bureau"
    if actor.level == "supplier" and kind not in ("signed", "supplement"):
        raise Invalid({"kind": [_("请选择文件种类。")]})
    attachment = store(
        actor, data, name=name, purpose="agreement", supplier_id=agreement.supplier_id, attachment_id=document_id,
        accepted=SCANS,
    )  # fmt: skip
    known = db.session.get(AgreementDocument, (actor.bureau_id, document_id))
    if known is not None:
        if (known.agreement_id, known.kind, known.side) == (agreement.id, kind, shown_side):
            return known
        raise Conflict(_("这个编号已用于另一个文件。"))
    if len(documents_of(actor, agreement)) >= MOST_DOCUMENTS:
        raise Invalid({"file": [_("每份协议最多 %(most)s 个文件。", most=MOST_DOCUMENTS)]})
    document = AgreementDocument(
        bureau_id=agreement.bureau_id, id=document_id, agreement_id=agreement.id, supplier_id=agreement.supplier_id,
        attachment_id=attachment.id, kind=kind, side=shown_side, title=title or attachment.original_name,
        added_by=actor.account_id, added_by_name=actor.display_name,
    )  # fmt: skip
    db.session.add(document)
    flush(db.session())
    return document


def read_document(actor: Actor, agreement_id: UUID, document_id: UUID) -> tuple[Attachment, bytes]:
    """The scan with its bytes, for the bureau and for the agreement's supplier."""
    agreement = get_agreement(actor, agreement_id)
    attachment = db.session.scalar(
        select(Attachment)
        .join(
            AgreementDocument,
            (AgreementDocument.bureau_id == Attachment.bureau_id) & (AgreementDocument.attachment_id == Attachment.id),
        )
        .where(
            Attachment.bureau_id == actor.bureau_id, Attachment.supplier_id == agreement.supplier_id,
            AgreementDocument.agreement_id == agreement.id, AgreementDocument.id == document_id,
        )
    )  # fmt: skip
    if attachment is None:
        raise NotFound(_("没有这个文件。"))
    return attachment, content(attachment)


def warnings(actor: Actor, agreement: Agreement) -> list[SigningWarning]:
    """What the page shows before signing; empty once it is signed."""
    return warnings_of(actor, agreement) if agreement.state == "pending" else []


def sign(
    actor: Actor, agreement_id: UUID, seen: int | None, *, supplier_signed_on: date, bureau_signed_on: date,
    override_reason: str = "", proposed: AgreementTerms | None = None,
) -> Agreement:  # fmt: skip
    """Both dates and both scans, and nothing else than was awarded. `proposed`: the text to be signed, if the client
    sends it, compared line by line. Late is shown, not refused: a signed agreement binds. Raises RuleBroken
    signing_warning (give a reason to pass), signing_blocked, agreement_substance, agreement_scans."""
    agreement = get_agreement(actor, agreement_id, lock=True)
    require_version(agreement, seen)
    _require_awarded(actor, agreement)
    _check_dates(agreement, supplier_signed_on, bureau_signed_on)
    if proposed is not None:
        refuse_differences(actor, agreement, proposed)
    if agreement.award_sha256 != rules.digest(terms_of(actor, agreement)):
        raise RuleBroken("agreement_substance", _("协议内容与中标结果不一致，不能签订。"), ART_71)
    sides = {one.side for one in documents_of(actor, agreement) if one.kind == "signed"}
    if sides != {"bureau", "supplier"}:
        raise RuleBroken("agreement_scans", _("请先上传双方签字盖章的协议扫描件。"))
    found = warnings_of(actor, agreement)
    _require_no_block(found)
    if found and not override_reason.strip():
        words = "；".join(one.text for one in found)
        raise RuleBroken(
            "signing_warning", _("%(warnings)s。如仍要签订，请写明理由。", warnings=words), found[0].citation
        ).with_members(warnings=[one.code for one in found])
    signed_on = max(supplier_signed_on, bureau_signed_on)
    publish_by = _workdays_after(actor, signed_on, "agreement.publish.workdays")
    file_by = _workdays_after(actor, signed_on, "agreement.filing.workdays")
    agreement.supplier_signed_on, agreement.bureau_signed_on = supplier_signed_on, bureau_signed_on
    agreement.signed_on, agreement.is_signed = signed_on, True
    agreement.publish_by, agreement.file_by = publish_by, file_by
    details = {
        "warnings": [{"code": one.code, "text": one.text} for one in found],
        "days_late": rules.days_late(agreement.sign_by, signed_on, today()),
    }
    move(actor, agreement, "sign", override_reason if found else "", details)
    for lot in lots_of(actor, [agreement.id]):
        lot.is_signed = True
    for item in db.session.scalars(
        select(AgreementItem).where(
            AgreementItem.bureau_id == actor.bureau_id, AgreementItem.agreement_id == agreement.id
        )
    ):
        item.is_signed = True
    flush(db.session())
    if agreement.tender_id is not None:
        complete_if_signed(actor, agreement.tender_id)
    return agreement


def _require_awarded(actor: Actor, agreement: Agreement) -> None:
    """An agreement may lie ready while its award is withdrawn or its tender stopped: then it is not signed. Holds the
    tender, so that nobody withdraws the award in the meantime."""
    if agreement.state == "cancelled":
        raise RuleBroken("agreement_not_awarded", _("协议已取消，不能签订。"), ART_71)
    if agreement.tender_id is None or agreement.state != "pending":
        return
    tender = locked(actor, agreement.tender_id)
    if tender.state not in AWARDED:
        raise RuleBroken("agreement_not_awarded", _("招标项目已暂停、终止或重新评审、定标，现在不能签订协议。"), ART_71)
    awarded = set(
        db.session.scalars(
            select(LotAward.lot_id).where(
                LotAward.bureau_id == actor.bureau_id, LotAward.tender_id == tender.id, LotAward.state == "active",
                LotAward.supplier_id == agreement.supplier_id,
            )
        )
    )  # fmt: skip
    wanted = {lot.tender_lot_id for lot in lots_of(actor, [agreement.id]) if lot.state != "cancelled"}
    if not wanted <= awarded:
        raise RuleBroken("agreement_not_awarded", _("中标已撤销，不能签订协议。"), ART_71)


def _check_dates(agreement: Agreement, supplier_signed_on: date, bureau_signed_on: date) -> None:
    errors: dict[str, list[str]] = {}
    for name, day in (("supplier_signed_on", supplier_signed_on), ("bureau_signed_on", bureau_signed_on)):
        if day > today():
            errors[name] = [_("日期不能晚于今天。")]
        elif agreement.notice_on is not None and day < agreement.notice_on:
            errors[name] = [_("日期不能早于中标通知书日期。")]
    if errors:
        raise Invalid(errors)


def _require_no_block(found: list[SigningWarning]) -> None:
    blocks = [one for one in found if one.blocks]
    if blocks:
        raise RuleBroken("signing_blocked", "；".join(one.text for one in blocks), blocks[0].citation)


def _workdays_after(actor: Actor, day: date, key: str) -> date:
    return add_workdays(actor, day, int(effective(actor.bureau_id, key, on=day).number)).value


def publish(actor: Actor, agreement_id: UUID, seen: int | None, published_on: date | None = None) -> Agreement:
    """The contract is shown to everybody on its public page from now on (条例 50)."""
    agreement = get_agreement(actor, agreement_id, lock=True)
    if agreement.is_public:
        return agreement
    require_version(agreement, seen)
    _require_signed(agreement)
    day = published_on or today()
    if day > today() or (agreement.signed_on is not None and day < agreement.signed_on):
        raise Invalid({"published_on": [_("应在签订日期与今天之间。")]})
    agreement.published_on, agreement.is_public = day, True
    late = rules.days_late(agreement.publish_by, day, today())
    record(actor, agreement, "publish", details={"days_late": late})
    flush(db.session())
    return agreement


def file_copy(actor: Actor, agreement_id: UUID, seen: int | None, filed_on: date, reference: str) -> Agreement:
    """The copy was filed with the finance department (政府采购法 47)."""
    agreement = get_agreement(actor, agreement_id, lock=True)
    if agreement.filed_on is not None and (agreement.filed_on, agreement.filing_reference) == (filed_on, reference):
        return agreement
    require_version(agreement, seen)
    _require_signed(agreement)
    if agreement.filed_on is not None:
        raise Conflict(_("这份协议已登记报备。"), {"filed_on": agreement.filed_on.isoformat()})
    if filed_on > today() or (agreement.signed_on is not None and filed_on < agreement.signed_on):
        raise Invalid({"filed_on": [_("应在签订日期与今天之间。")]})
    agreement.filed_on, agreement.filing_reference = filed_on, reference
    late = rules.days_late(agreement.file_by, filed_on, today())
    record(actor, agreement, "file", reference, {"days_late": late})
    flush(db.session())
    return agreement


def _require_signed(agreement: Agreement) -> None:
    if not agreement.is_signed:
        raise RuleBroken("agreement_state", _("协议尚未签订。"))
