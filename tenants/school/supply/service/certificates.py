"""Certificates of a receipt, and the list of what is still missing that is kept in step with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select

from bureau.catalogue.rules import Requirement
from bureau.catalogue.service.categories import requirements_of
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound
from kernel.files.service import store
from kernel.files.sniffing import IMAGES
from school.supply import rules
from school.supply.models import GoodsReceipt, GoodsReceiptCertificate, GoodsReceiptLine, MissingCertificate

PURPOSE = "certificate"
ATTACHMENT = "fk_goods_receipt_certificates_bureau_id_school_id_attachment_id"


@dataclass(frozen=True, slots=True)
class CertificateInput:
    """One kind of paper: with copies uploaded now (`photos`), or one uploaded before (`attachment_id`)."""

    kind: str
    line: int | None = None
    number: str = ""
    valid_until: date | None = None
    attachment_id: UUID | None = None
    photos: tuple["Photo", ...] = ()
    row: int | None = None  # where it stands on the page, for messages

    @property
    def has_copy(self) -> bool:
        return self.attachment_id is not None or bool(self.photos)

    def content(self) -> dict[str, Any]:
        """What makes this certificate the same one when it is sent again."""
        return {
            "kind": self.kind, "line": self.line, "number": self.number, "valid_until": self.valid_until,
            "attachment_id": self.attachment_id, "photos": [photo.digest for photo in self.photos],
        }  # fmt: skip


def attach(
    actor: Actor, receipt: GoodsReceipt, certificates: Sequence[CertificateInput], lines: Mapping[int, UUID]
) -> list[GoodsReceiptCertificate]:
    """Keep the certificates of a receipt; `lines`: position → id. Several photos of one paper are one row each."""
    problems: dict[str, list[str]] = {}
    placed = [
        (certificate, f"certificates.{index if certificate.row is None else certificate.row}")
        for index, certificate in enumerate(certificates)
    ]
    for certificate, place in placed:
        if not certificate.has_copy and not certificate.number:
            problems[f"{place}.number"] = [_("请拍照上传，或填写证明编号。")]
        if certificate.line is not None and certificate.line not in lines:
            problems[f"{place}.line"] = [_("没有这一行物品。")]
    if problems:
        raise Invalid(problems)
    kept: list[GoodsReceiptCertificate] = []
    for certificate, place in placed:
        copies: list[UUID | None] = [certificate.attachment_id]
        if certificate.photos:
            copies = [photo.keep(actor, f"{place}.photos") for photo in certificate.photos]
        for attachment_id in copies:
            kept.append(
                GoodsReceiptCertificate(
                    bureau_id=receipt.bureau_id, school_id=receipt.school_id, id=new_id(), receipt_id=receipt.id,
                    line_id=None if certificate.line is None else lines[certificate.line], kind=certificate.kind,
                    number=certificate.number, valid_until=certificate.valid_until, attachment_id=attachment_id,
                    created_by=actor.account_id,
                )
            )  # fmt: skip
    db.session.add_all(kept)
    unknown = Invalid({"certificates": [_("没有这个附件，请重新上传。")]})
    flush(db.session, {ATTACHMENT: unknown})
    return kept


def add_certificate(actor: Actor, receipt_id: UUID, certificate: CertificateInput) -> GoodsReceipt:
    """A paper that came after the goods. The receipt itself stands as it was recorded; only what is missing shrinks."""
    receipt = locked_receipt(actor, receipt_id)
    if receipt.state != rules.State.RECORDED:
        raise Conflict(_("收货单已作废，不能再补充证明。"), {"state": receipt.state, "version": receipt.version})
    lines = db.session.execute(
        select(
            GoodsReceiptLine.position, GoodsReceiptLine.id, GoodsReceiptLine.category_id,
            GoodsReceiptLine.category_name,
        )
        .where(
            GoodsReceiptLine.bureau_id == receipt.bureau_id, GoodsReceiptLine.school_id == receipt.school_id,
            GoodsReceiptLine.receipt_id == receipt.id,
        )
        .order_by(GoodsReceiptLine.position)
    ).all()  # fmt: skip
    attach(actor, receipt, [certificate], {line.position: line.id for line in lines})
    position = {line.id: line.position for line in lines}
    provided = [
        rules.Provided(row.kind, position.get(row.line_id), row.attachment_id is not None, row.valid_until)
        for row in _certificates(receipt)
    ]
    # Judged by what was asked for when the goods came: a requirement added later makes no old receipt incomplete.
    asked = _still_asked(receipt)
    missing = rules.missing_certificates([line.category_id for line in lines], asked, provided, receipt.received_on)
    replace_missing(receipt, missing, {line.category_id: line.category_name for line in lines})
    receipt.has_missing_certificates = bool(missing)
    flush(db.session)
    return receipt


def _certificates(receipt: GoodsReceipt) -> Sequence[GoodsReceiptCertificate]:
    return db.session.scalars(
        select(GoodsReceiptCertificate).where(
            GoodsReceiptCertificate.bureau_id == receipt.bureau_id,
            GoodsReceiptCertificate.school_id == receipt.school_id,
            GoodsReceiptCertificate.receipt_id == receipt.id,
        )
    ).all()


def _still_asked(receipt: GoodsReceipt) -> dict[UUID, list[Requirement]]:
    asked: dict[UUID, list[Requirement]] = {}
    for row in missing_of(receipt):
        asked.setdefault(row.category_id, []).append(Requirement(row.kind, row.label))
    return asked


def missing_of(receipt: GoodsReceipt) -> Sequence[MissingCertificate]:
    return db.session.scalars(
        select(MissingCertificate)
        .where(
            MissingCertificate.bureau_id == receipt.bureau_id, MissingCertificate.school_id == receipt.school_id,
            MissingCertificate.receipt_id == receipt.id,
        )
        .order_by(MissingCertificate.category_name, MissingCertificate.kind)
    ).all()  # fmt: skip


def replace_missing(
    receipt: GoodsReceipt, missing: Sequence[rules.Missing], names: Mapping[UUID, str], *, is_new: bool = False
) -> list[MissingCertificate]:
    """Write down what is missing now, in place of what was before."""
    if not is_new:
        db.session.execute(
            delete(MissingCertificate).where(
                MissingCertificate.bureau_id == receipt.bureau_id, MissingCertificate.school_id == receipt.school_id,
                MissingCertificate.receipt_id == receipt.id,
            ),
            execution_options={"synchronize_session": False},
        )  # fmt: skip
    rows: list[dict[str, Any]] = [
        {
            "bureau_id": receipt.bureau_id, "school_id": receipt.school_id, "id": new_id(), "receipt_id": receipt.id,
            "category_id": gap.category, "category_name": names[gap.category], "kind": gap.requirement.kind,
            "label": gap.requirement.label, "received_on": receipt.received_on,
        }
        for gap in missing
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(MissingCertificate.__table__), rows)
    return sorted((MissingCertificate(**row) for row in rows), key=lambda row: (row.category_name, row.kind))


def locked_receipt(actor: Actor, receipt_id: UUID) -> GoodsReceipt:
    """The actor's own receipt, locked until the transaction ends: two papers added at once are counted one by one."""
    receipt = db.session.scalars(
        select(GoodsReceipt)
        .where(
            GoodsReceipt.bureau_id == actor.bureau_id, GoodsReceipt.school_id == actor.own_school_id(),
            GoodsReceipt.id == receipt_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip
    if receipt is None:
        raise NotFound
    return receipt


def required_for(actor: Actor, category_ids: Sequence[UUID]) -> list[Requirement]:
    """The kinds that a receipt of these categories must come with, each once: the slots of the form."""
    found: dict[str, Requirement] = {}
    for requirements in requirements_of(actor, category_ids).values():
        for requirement in requirements:
            if requirement.kind not in found or requirement.label:
                found[requirement.kind] = requirement
    return [found[kind] for kind in sorted(found)]


@dataclass(frozen=True, slots=True)
class Photo:
    """An uploaded copy: its digest is known before it is kept, so that a repeated sending keeps nothing twice."""

    name: str
    content: bytes = field(repr=False)
    digest: str

    def keep(self, actor: Actor, field: str) -> UUID:
        """The attachment's id; what is no picture is Invalid at `field`."""
        return store(actor, self.content, name=self.name, purpose=PURPOSE, accepted=IMAGES, field=field).id
