"""The opened bids of a tender as the detectors want them. Nothing here is readable before the opening."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bureau.bids.file_metadata import metadata_of
from bureau.bids.models import BidSubmission, BidTrace, OpenedBid, OpenedBidFile, OpenedBidItem
from bureau.collusion.rules.facts import BidFacts, File, Known, Line, Person, Trace
from bureau.collusion.rules.identity import digits, plain
from bureau.suppliers.models import BureauSupplier
from bureau.tendering.models import Tender, TenderCriterion, TenderDocument, TenderItem
from kernel.actor import Actor
from kernel.database import db
from kernel.files import service as files

PARTS = ("qualification", "technical", "commercial")
# A file's word for a thing → the detectors' word.
FIELDS = {
    "author": ("author", "artist"),
    "last_editor": ("last_editor", "last_modified_by"),
    "company": ("company", "copyright"),
    "program": ("program", "creator_tool", "creator", "software", "producer"),
    "created": ("created",),
    "title": ("title",),
    "document_id": ("document_id", "instance_id", "file_id"),
}
# Declarations that name a person: (role, name, telephone, mail, end of the identity card). A package of the first format
# was free to state what it liked; these are the names that bidders' programs used.
DECLARED_PEOPLE = (
    ("contact", "contact_name", "contact_mobile", "contact_email", ""),
    ("manager", "manager_name", "manager_mobile", "manager_email", "manager_id_tail"),
    ("agent", "agent_name", "agent_mobile", "agent_email", ""),
    ("legal", "legal_representative", "legal_mobile", "legal_email", ""),
)
MOST_KNOWN_BYTES = 20_000_000


def bids_by_lot(actor: Actor, tender: Tender) -> dict[UUID, list[BidFacts]]:
    opened = db.session.scalars(
        select(OpenedBid)
        .where(OpenedBid.bureau_id == actor.bureau_id, OpenedBid.tender_id == tender.id)
        .order_by(OpenedBid.lot_id, OpenedBid.id)
    ).all()
    ids = [bid.id for bid in opened]
    suppliers = {
        row.id: row
        for row in db.session.scalars(
            select(BureauSupplier).where(
                BureauSupplier.bureau_id == actor.bureau_id, BureauSupplier.id.in_({bid.supplier_id for bid in opened})
            )
        )
    }
    references = _references(actor, tender)
    lines, found, traces = _lines(actor, ids, references), _files(actor, ids), _traces(actor, ids)
    lots: dict[UUID, list[BidFacts]] = {}
    for bid in opened:
        supplier = suppliers[bid.supplier_id]
        package: Mapping[str, Any] = bid.package
        declared = package.get("declarations") or {}
        lots.setdefault(bid.lot_id, []).append(
            BidFacts(
                key=bid.id,
                supplier=bid.supplier_id,
                name=supplier.name,
                credit_code=supplier.credit_code,
                people=_people(supplier, declared),
                addresses=tuple(text for text in (supplier.address, _word(declared, "address")) if text),
                bond_accounts=_paid(declared, "bond_account"),
                bond_payers=_paid(declared, "bond_payer"),
                traces=traces.get(bid.id, ()),
                files=_with_parts(found.get(bid.id, ()), package),
                lines=lines.get(bid.id, ()),
                total_fen=bid.total_fen,
                texts=tuple(_texts(package)),
            )
        )
    return lots


def known_of(actor: Actor, tender: Tender) -> Known:
    """What the tender itself gave to everybody: its files with their makers, its words."""
    hashes, makers, left = set(), set(), MOST_KNOWN_BYTES
    documents = select(TenderDocument.attachment_id).where(
        TenderDocument.bureau_id == actor.bureau_id, TenderDocument.tender_id == tender.id
    )
    for attachment_id in db.session.scalars(documents):
        attachment = files.get_attachment(actor, attachment_id)
        hashes.add(attachment.sha256)
        left -= attachment.size
        if left < 0:
            continue
        said = _fields(metadata_of(files.content(attachment), attachment.media_type))
        makers |= {plain(value) for value in said.values()} | {digits(said.get("created", ""))[:14]}
    criteria = db.session.scalars(
        select(TenderCriterion).where(
            TenderCriterion.bureau_id == actor.bureau_id, TenderCriterion.tender_id == tender.id
        )
    )
    texts = [tender.requirements]
    for criterion in criteria:
        texts += [criterion.title, criterion.description, *(str(level.get("label", "")) for level in criterion.levels)]
    return Known(frozenset(hashes), frozenset(makers - {""}), tuple(texts))


def _references(actor: Actor, tender: Tender) -> dict[UUID, int | None]:
    items = select(TenderItem.id, TenderItem.ceiling_unit_price_fen).where(
        TenderItem.bureau_id == actor.bureau_id, TenderItem.tender_id == tender.id
    )
    return {row.id: row.ceiling_unit_price_fen for row in db.session.execute(items)}


def _lines(actor: Actor, ids: Sequence[UUID], references: Mapping[UUID, int | None]) -> dict[UUID, tuple[Line, ...]]:
    rows = db.session.scalars(
        select(OpenedBidItem)
        .where(OpenedBidItem.bureau_id == actor.bureau_id, OpenedBidItem.bid_id.in_(ids))
        .order_by(OpenedBidItem.bid_id, OpenedBidItem.tender_item_id)
    )
    return _grouped(
        (row.bid_id, Line(row.tender_item_id, row.unit_price_fen, row.quantity, row.amount_fen, references.get(row.tender_item_id)))
        for row in rows
    )  # fmt: skip


def _files(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, tuple[File, ...]]:
    rows = db.session.scalars(
        select(OpenedBidFile)
        .where(OpenedBidFile.bureau_id == actor.bureau_id, OpenedBidFile.bid_id.in_(ids))
        .order_by(OpenedBidFile.bid_id, OpenedBidFile.file_key)
    )
    return _grouped((row.bid_id, File(row.file_key, row.name, row.sha256, _fields(row.metadata_found))) for row in rows)


def _traces(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, tuple[Trace, ...]]:
    """Of every submission, the replaced ones too: who sealed a bid first may be somebody else."""
    rows = db.session.execute(
        select(BidSubmission, BidTrace)
        .join(BidTrace, (BidTrace.bureau_id == BidSubmission.bureau_id) & (BidTrace.id == BidSubmission.id))
        .where(BidSubmission.bureau_id == actor.bureau_id, BidSubmission.bid_id.in_(ids))
        .order_by(BidSubmission.bid_id, BidSubmission.number)
    )
    return _grouped(
        (
            submission.bid_id,
            Trace(
                submission.sealed_at, trace.address, trace.user_agent, str(submission.sealed_by), _device(trace.device)
            ),
        )
        for submission, trace in rows
    )


def _device(told: Mapping[str, Any]) -> dict[str, Any]:
    """What the browser keeps for itself (`device`) is the detectors' `id`; the sign-in is nobody else's by nature."""
    found = {name: value for name, value in told.items() if name not in ("device", "account_id", "sign_in") and value}
    return {**found, "id": told["device"]} if told.get("device") else found


def _grouped(pairs: Iterable[tuple[UUID, Any]]) -> dict[UUID, tuple[Any, ...]]:
    found: dict[UUID, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}


def _fields(said: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for field, names in FIELDS.items():
        value = next((str(said[name]) for name in names if said.get(name)), "")
        if value:
            found[field] = value
    return found


def _people(supplier: BureauSupplier, declared: Mapping[str, Any]) -> tuple[Person, ...]:
    people = [Person("contact", supplier.contact_name, supplier.contact_mobile, supplier.contact_email)]
    people += [
        Person(role, _word(declared, name), _word(declared, phone), _word(declared, mail), _word(declared, tail))
        for role, name, phone, mail, tail in DECLARED_PEOPLE
    ]
    people.append(_person(_word(declared, "contact")))
    return tuple(person for person in people if person.name or person.phone or person.email)


def _paid(declared: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A guarantee is paid from no account of the bidder's: many have theirs from one guarantor."""
    stated = "" if declared.get("bond_form") == "guarantee" else _word(declared, name)
    return (stated,) if stated else ()


_PHONE = re.compile(r"\+?\d[\d\s-]{5,17}\d")
_MAIL = re.compile(r"[\w.+-]+@[\w.-]+")


def _person(written: str) -> Person:
    """Name, telephone and mail out of one line, as a bidder fills it in."""
    phone, mail = _PHONE.search(written), _MAIL.search(written)
    name = _PHONE.sub("", _MAIL.sub("", written)).strip(" ,，、;；:：()（）")
    return Person("declared", name, phone.group() if phone else "", mail.group() if mail else "")


def _word(declared: Mapping[str, Any], name: str) -> str:
    value = declared.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _answers(package: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    return ((part, row) for part in PARTS for row in package.get(part) or [] if isinstance(row, dict))


def _texts(package: Mapping[str, Any]) -> list[str]:
    return [str(row["statement"]) for _, row in _answers(package) if row.get("statement")]


def _with_parts(found: Sequence[File], package: Mapping[str, Any]) -> tuple[File, ...]:
    part_of = {str(key): part for part, row in _answers(package) for key in row.get("files") or []}
    return tuple(File(file.key, file.name, file.sha256, file.metadata, part_of.get(file.key, "")) for file in found)
