"""Papers of lots: uploaded once by the supplier, good for every school; what looks wrong with them is kept for the bureau."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert

from bureau.agreements.models import AgreementItem
from kernel.actor import Actor, system_actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.database.scope import within
from kernel.database.writing import flush, require_version
from kernel.digests import digest
from kernel.errors import Conflict, Invalid, NotFound
from kernel.files.models import Attachment
from kernel.files.service import content, store
from school.orders import certificate_rules as rules
from school.orders.certificate_rules import Finding, Paper, Use
from school.orders.models import (
    BatchCertificate,
    CertificateFinding,
    Shipment,
    ShipmentCertificate,
    ShipmentLine,
)
from school.orders.service.finding import own

PURPOSE = "batch_certificate"
FIELDS = (
    "item_id", "kind", "number", "batch_no", "issued_by", "issued_on", "valid_from", "valid_until", "covers_quantity",
)  # fmt: skip


def offered_items(actor: Actor) -> dict[UUID, tuple[str, str]]:
    """Catalogue item → (name, unit) of everything that the supplier has under an agreement."""
    query = select(AgreementItem.item_id, AgreementItem.name, AgreementItem.unit).where(
        AgreementItem.bureau_id == actor.bureau_id, AgreementItem.supplier_id == actor.own_supplier_id(),
        AgreementItem.is_signed,
    )  # fmt: skip
    rows = db.session.execute(query.order_by(AgreementItem.name)).all()
    return {row.item_id: (row.name, row.unit) for row in rows}


def upload(
    actor: Actor, certificate_id: UUID, data: bytes, name: str, *, item_id: UUID, kind: str, number: str,
    batch_no: str = "", issued_by: str = "", issued_on: date | None = None, valid_from: date | None = None,
    valid_until: date | None = None, covers_quantity: Decimal | None = None,
) -> BatchCertificate:  # fmt: skip
    """Keep a paper with its scan under the client's id. The same content again is the same paper."""
    values = {
        "item_id": item_id, "kind": kind, "number": number, "batch_no": batch_no, "issued_by": issued_by,
        "issued_on": issued_on, "valid_from": valid_from, "valid_until": valid_until,
        "covers_quantity": covers_quantity,
    }  # fmt: skip
    offered = offered_items(actor)
    if item_id not in offered:
        raise Invalid({"item_id": [_("请选择本公司协议中的物品。")]})
    if not number and not batch_no:
        raise Invalid({"number": [_("请填写证明编号或批号。")]})
    if valid_from and valid_until and valid_until < valid_from:
        raise Invalid({"valid_until": [_("应不早于开始日期。")]})
    attachment = store(actor, data, name=name, purpose=PURPOSE)
    plain = [format(one.normalize(), "f") if isinstance(one, Decimal) else str(one) for one in values.values()]
    mark = digest([*plain, attachment.sha256])
    known = db.session.get(BatchCertificate, (actor.bureau_id, certificate_id))
    if known is not None and known.supplier_id == actor.own_supplier_id():
        if known.content_digest != mark:
            raise Conflict(_("这个编号已用于另一份证明。"), {"version": known.version})
        return known
    paper = BatchCertificate(
        bureau_id=actor.bureau_id, id=certificate_id, supplier_id=actor.own_supplier_id(), attachment_id=attachment.id,
        sha256=attachment.sha256, unit=offered[item_id][1], content_digest=mark, created_by=actor.account_id, **values,
    )  # fmt: skip
    db.session.add(paper)
    flush(db.session(), {"pk_batch_certificates": Conflict(_("这个编号已用于另一份证明。"))})
    _join_under_way(paper)
    keep_findings(actor, {paper.id: _beside_papers(actor, [paper])[paper.id]}, [paper])
    return paper


def _join_under_way(paper: BatchCertificate) -> None:
    """It goes with what is on its way already: papers follow the lorry."""
    same = (
        (Shipment.bureau_id == ShipmentLine.bureau_id)
        & (Shipment.school_id == ShipmentLine.school_id)
        & (Shipment.id == ShipmentLine.shipment_id)
    )
    query = (
        select(ShipmentLine)
        .join(Shipment, same)
        .where(
            ShipmentLine.bureau_id == paper.bureau_id, ShipmentLine.supplier_id == paper.supplier_id,
            ShipmentLine.item_id == paper.item_id, Shipment.state == "sent",
        )
    )  # fmt: skip
    if paper.batch_no:
        query = query.where(ShipmentLine.batch_no == paper.batch_no)
    for line in db.session.scalars(query).all():
        db.session.add(_link(line, paper))
    flush(db.session())


def _link(line: ShipmentLine, paper: BatchCertificate) -> ShipmentCertificate:
    return ShipmentCertificate(
        bureau_id=line.bureau_id, school_id=line.school_id, id=new_id(), shipment_id=line.shipment_id,
        shipment_line_id=line.id, supplier_id=line.supplier_id, certificate_id=paper.id,
    )  # fmt: skip


def withdraw(actor: Actor, certificate_id: UUID, seen_version: int | None) -> BatchCertificate:
    """It goes with no further shipment; what it went with keeps it."""
    paper = get_certificate(actor, certificate_id, lock=True)
    require_version(paper, seen_version)
    if paper.state != "current":
        raise Conflict(_("这份证明已经停用。"), {"state": paper.state, "version": paper.version})
    paper.state = "withdrawn"
    flush(db.session())
    return paper


def get_certificate(actor: Actor, certificate_id: UUID, *, lock: bool = False) -> BatchCertificate:
    query = select(BatchCertificate).where(
        BatchCertificate.bureau_id == actor.bureau_id, BatchCertificate.id == certificate_id
    )
    if actor.level == "supplier":
        query = query.where(BatchCertificate.supplier_id == actor.own_supplier_id())
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    paper: BatchCertificate | None = db.session.scalar(query)
    if paper is None:
        raise NotFound(_("没有这份证明。"))
    return paper


def list_certificates(actor: Actor, cursor: str | None = None, limit: int = 50) -> Page[BatchCertificate]:
    """A supplier's own, newest first."""
    query = select(BatchCertificate).where(
        BatchCertificate.bureau_id == actor.bureau_id, BatchCertificate.supplier_id == actor.own_supplier_id()
    )
    return paginate(db.session(), query, [BatchCertificate.id], cursor, limit)


def scan_of(actor: Actor, certificate_id: UUID) -> tuple[Attachment, bytes]:
    """The scan, for its supplier, for the bureau and its zones, and for a school that a shipment came to with it."""
    paper = get_certificate(actor, certificate_id)
    if actor.level in ("school", "zone"):
        came = own(
            actor, select(ShipmentCertificate.id).where(ShipmentCertificate.certificate_id == paper.id).limit(1),
            ShipmentCertificate,
        )  # fmt: skip
        if db.session.scalar(came) is None:
            raise NotFound(_("没有这份证明。"))
    with within(db.session(), system_actor(actor.bureau_id).scope):
        attachment = db.session.get(Attachment, (actor.bureau_id, paper.attachment_id))
    assert attachment is not None
    return attachment, content(attachment)


# --- with a shipment --------------------------------------------------------------------------------------------------


def attach(actor: Actor, shipment: Shipment, lines: Sequence[tuple[ShipmentLine, Sequence[UUID] | None]]) -> None:
    """Put papers to the lots of a shipment: those named, or every current one of the lot and of its item."""
    wanted = {one for _line, ids in lines for one in ids or ()}
    papers = _current(shipment, [line for line, ids in lines if ids is None], wanted)
    by_id = {paper.id: paper for paper in papers}
    if wanted - by_id.keys():
        raise Invalid({"certificates": [_("没有这份证明，或已停用。")]})
    used: dict[UUID, list[Use]] = {}
    for line, ids in lines:
        chosen = [by_id[one] for one in ids] if ids is not None else [one for one in papers if _fits(one, line)]
        for paper in chosen:
            db.session.add(_link(line, paper))
            used.setdefault(paper.id, []).append(use_of(shipment, line))
    flush(db.session())
    concerned = [paper for paper in papers if paper.id in used]
    found = examine(actor, concerned, used)
    keep_findings(actor, found, concerned, school_id=shipment.school_id)


def _fits(paper: BatchCertificate, line: ShipmentLine) -> bool:
    return paper.item_id == line.item_id and paper.batch_no in ("", line.batch_no)


def _current(shipment: Shipment, lines: Sequence[ShipmentLine], wanted: Collection[UUID]) -> list[BatchCertificate]:
    query = select(BatchCertificate).where(
        BatchCertificate.bureau_id == shipment.bureau_id, BatchCertificate.supplier_id == shipment.supplier_id,
        BatchCertificate.state == "current",
        or_(
            BatchCertificate.id.in_(wanted),
            BatchCertificate.item_id.in_({line.item_id for line in lines})
            & BatchCertificate.batch_no.in_({"", *(line.batch_no for line in lines)}),
        ),
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(BatchCertificate.kind, BatchCertificate.id)))


def use_of(shipment: Shipment, line: ShipmentLine) -> Use:
    return Use(shipment.supplier_id, line.item_id, line.batch_no, shipment.expected_on)


def paper_of(row: BatchCertificate) -> Paper:
    return Paper(
        row.id, row.supplier_id, row.item_id, row.kind, row.number, row.batch_no, row.sha256, row.issued_on,
        row.valid_from, row.valid_until, row.covers_quantity,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PaperOfLine:
    """A paper beside a lot, with what looks wrong with it today."""

    shipment_line_id: UUID
    certificate: BatchCertificate
    findings: Sequence[Finding]

    @property
    def proves(self) -> bool:
        return rules.proves(self.findings)


def papers_of(actor: Actor, shipment: Shipment, lots: Sequence[ShipmentLine]) -> list[PaperOfLine]:
    """Every paper that came with a shipment, examined against all schools' deliveries as they stand."""
    same = (BatchCertificate.bureau_id == ShipmentCertificate.bureau_id) & (
        BatchCertificate.id == ShipmentCertificate.certificate_id
    )
    query = (
        select(ShipmentCertificate.shipment_line_id, BatchCertificate)
        .join(BatchCertificate, same)
        .where(
            ShipmentCertificate.bureau_id == shipment.bureau_id, ShipmentCertificate.school_id == shipment.school_id,
            ShipmentCertificate.shipment_id == shipment.id,
        )
        .order_by(BatchCertificate.kind, BatchCertificate.id)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    by_id = {lot.id: lot for lot in lots}
    beside = _beside_papers(actor, list({paper.id: paper for _line, paper in rows}.values()))
    return [
        PaperOfLine(
            line_id, paper,
            [*rules.beside_lot(paper_of(paper), use_of(shipment, by_id[line_id])), *beside[paper.id]],
        )
        for line_id, paper in rows
    ]  # fmt: skip


def examine(
    actor: Actor, papers: Sequence[BatchCertificate], used: Mapping[UUID, Iterable[Use]]
) -> dict[UUID, list[Finding]]:
    """Everything that looks wrong: beside the lots they go with, beside other papers, beside the weight delivered."""
    beside = _beside_papers(actor, papers)
    return {
        paper.id: [
            *(one for use in used.get(paper.id, ()) for one in rules.beside_lot(paper_of(paper), use)),
            *beside[paper.id],
        ]
        for paper in papers
    }


def _beside_papers(actor: Actor, papers: Sequence[BatchCertificate]) -> dict[UUID, list[Finding]]:
    """In the bureau's scope: another supplier's papers and other schools' deliveries count, and are not shown."""
    if not papers:
        return {}
    with within(db.session(), system_actor(actor.bureau_id).scope):
        related = _related(actor.bureau_id, papers)
        delivered = _delivered(actor.bureau_id, papers)
    others = [paper for paper, _is_current in related]
    current = [paper for paper, is_current in related if is_current]
    found: dict[UUID, list[Finding]] = {}
    for row in papers:
        paper = paper_of(row)
        weight = delivered.get((row.supplier_id, row.item_id, row.batch_no), rules.ZERO)
        covered = rules.coverage(current, paper) if row.batch_no else None
        found[row.id] = [*rules.beside_papers(paper, others), *rules.beside_weight(covered, weight)]
    return found


def _related(bureau_id: int, papers: Sequence[BatchCertificate]) -> list[tuple[Paper, bool]]:
    """The papers that share a number, a scan or a lot with these, and whether they still hold. One that its supplier took
    back after it went with goods was used all the same: it vouches for nothing more, but its number is spent."""
    used = select(ShipmentCertificate.id).where(
        ShipmentCertificate.bureau_id == BatchCertificate.bureau_id,
        ShipmentCertificate.certificate_id == BatchCertificate.id,
    )
    query = select(BatchCertificate).where(
        BatchCertificate.bureau_id == bureau_id, (BatchCertificate.state == "current") | used.exists(),
        or_(
            BatchCertificate.sha256.in_({one.sha256 for one in papers}),
            BatchCertificate.number.in_({one.number for one in papers if one.number})
            & BatchCertificate.kind.in_({one.kind for one in papers}),
            BatchCertificate.batch_no.in_({one.batch_no for one in papers if one.batch_no})
            & BatchCertificate.supplier_id.in_({one.supplier_id for one in papers})
            & BatchCertificate.item_id.in_({one.item_id for one in papers}),
        ),
    )  # fmt: skip
    return [(paper_of(row), row.state == "current") for row in db.session.scalars(query)]


def _delivered(bureau_id: int, papers: Sequence[BatchCertificate]) -> dict[tuple[UUID, UUID, str], Decimal]:
    """(supplier, item, lot) → base units that went to all schools of the bureau: what came where it came, else what is
    on its way."""
    units = func.coalesce(ShipmentLine.arrived_quantity, ShipmentLine.quantity) * ShipmentLine.unit_factor
    same = (
        (Shipment.bureau_id == ShipmentLine.bureau_id)
        & (Shipment.school_id == ShipmentLine.school_id)
        & (Shipment.id == ShipmentLine.shipment_id)
    )
    keys = (ShipmentLine.supplier_id, ShipmentLine.item_id, ShipmentLine.batch_no)
    query = (
        select(*keys, func.sum(units))
        .join(Shipment, same)
        .where(
            ShipmentLine.bureau_id == bureau_id, Shipment.state != "cancelled",
            ShipmentLine.supplier_id.in_({one.supplier_id for one in papers}),
            ShipmentLine.item_id.in_({one.item_id for one in papers}),
            ShipmentLine.batch_no.in_({one.batch_no for one in papers if one.batch_no}),
        )
        .group_by(*keys)
    )  # fmt: skip
    return {(supplier, item, batch): weight for supplier, item, batch, weight in db.session.execute(query)}


# --- what the bureau looks into ---------------------------------------------------------------------------------------


def keep_findings(
    actor: Actor, found: Mapping[UUID, Sequence[Finding]], papers: Sequence[BatchCertificate], *,
    school_id: int | None = None,
) -> None:  # fmt: skip
    """Each finding once, as it was first seen; written in the bureau's scope, whoever came upon it."""
    by_id = {paper.id: paper for paper in papers}
    rows: list[dict[str, Any]] = [
        {
            "bureau_id": actor.bureau_id, "id": new_id(), "supplier_id": by_id[certificate_id].supplier_id,
            "certificate_id": certificate_id, "code": one.code, "detail": one.detail, "found_at": now(),
            "found_at_school_id": school_id, "settled_by_name": "", "settled_note": "", "is_against": False,
        }
        for certificate_id, findings in found.items()
        for one in dict.fromkeys(findings)
    ]  # fmt: skip
    if not rows:
        return
    with within(db.session(), system_actor(actor.bureau_id).scope):
        once = ["bureau_id", "certificate_id", "code", "detail"]
        db.session.execute(insert(CertificateFinding).values(rows).on_conflict_do_nothing(index_elements=once))


def list_findings(actor: Actor, *, is_open: bool = False, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    """Rows (CertificateFinding, BatchCertificate, id), newest first."""
    same = (BatchCertificate.bureau_id == CertificateFinding.bureau_id) & (
        BatchCertificate.id == CertificateFinding.certificate_id
    )
    query = (
        select(CertificateFinding, BatchCertificate, CertificateFinding.id)
        .join(BatchCertificate, same)
        .where(CertificateFinding.bureau_id == actor.bureau_id)
    )
    if is_open:
        query = query.where(CertificateFinding.settled_at.is_(None))
    return paginate(db.session(), query, [CertificateFinding.id], cursor, limit, scalars=False)


def count_open(actor: Actor) -> int:
    """Findings that nobody has looked into."""
    query = select(func.count()).where(
        CertificateFinding.bureau_id == actor.bureau_id, CertificateFinding.settled_at.is_(None)
    )
    return db.session.scalar(query) or 0


def settle(actor: Actor, finding_id: UUID, note: str, *, is_against: bool = False) -> CertificateFinding:
    """The bureau looked into it; `is_against`: and holds it against the supplier. Said twice alike it is said once."""
    query = select(CertificateFinding).where(
        CertificateFinding.bureau_id == actor.bureau_id, CertificateFinding.id == finding_id
    )
    finding: CertificateFinding | None = db.session.scalar(query.with_for_update())
    if finding is None:
        raise NotFound(_("没有这条提示。"))
    if not note.strip():
        raise Invalid({"note": [_("请写明核查结果。")]})
    if finding.settled_at is not None:
        if (finding.settled_note, finding.is_against) != (note, is_against):
            raise Conflict(_("这条提示已经处理。"))
        return finding
    finding.settled_at, finding.settled_by = now(), actor.account_id
    finding.settled_by_name, finding.settled_note = actor.display_name, note
    finding.is_against = is_against
    flush(db.session())
    return finding
