"""Two months of goods receipts, recorded through the service by each school's own storekeepers, with photos."""

import random
from functools import cache
from itertools import groupby
from uuid import UUID

from flask import Flask
from flask_babel import force_locale

from bureau.catalogue.labels import certificate_label
from bureau.catalogue.models import CatalogueItem
from bureau.catalogue.service.items import list_items
from bureau.demo import MARK, SEED
from bureau.demo.context import DemoContext
from bureau.demo.people import Person, build_people, holder
from bureau.demo.pictures import demo_certificate
from bureau.demo.records import GoodsReceipt, build_receipts
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.files.service import store
from school.supply import demo_deliveries, models
from school.supply.service.certificates import PURPOSE, CertificateInput
from school.supply.service.recording import record_receipt
from school.supply.service.voiding import void_receipt

VOID_EVERY = 40  # one receipt in so many was a slip
PER_SCHOOL = 4  # in two months; the show schools have three times as many, and deliveries on orders besides


def demo(app: Flask, demo: DemoContext) -> None:
    people = build_people(demo.district)
    bureau = demo.actor()
    use_scope(db.session(), bureau.scope)
    items = {item.code: item for item in _all_items(bureau)}
    copies: dict[tuple[str, str], UUID] = {}
    receipts = build_receipts(demo.district, people, demo.today, PER_SCHOOL)
    numbered = enumerate(sorted(receipts, key=lambda receipt: receipt.school), 1)
    with force_locale("zh_CN"):
        # A transaction per school: hundreds of commits would cost more than the receipts.
        for _school, batch in groupby(numbered, key=lambda pair: pair[1].school):
            for number, receipt in batch:
                actor = _receiver(demo, people, receipt)
                use_scope(db.session(), actor.scope)
                recorded = _record(actor, people, items, receipt, copies)
                if number % VOID_EVERY == 0:
                    void_receipt(actor, recorded.id, recorded.version, "数量录入有误，按原单重新登记。")
            db.session.commit()
            db.session.expunge_all()
        demo_deliveries.tell(demo)


def _all_items(actor: Actor) -> list[CatalogueItem]:
    items: list[CatalogueItem] = []
    cursor: str | None = None
    while True:
        page = list_items(actor, cursor=cursor, limit=200)
        items.extend(page.items)
        if page.next_cursor is None:
            return items
        cursor = page.next_cursor


def _receiver(demo: DemoContext, people: tuple[Person, ...], receipt: GoodsReceipt) -> Actor:
    person = holder(people, "storekeeper", receipt.school)
    return Actor(
        account_id=demo.accounts[person.username], display_name=person.name, level="school", bureau_id=demo.bureau_id,
        school_id=demo.schools[receipt.school], roles=frozenset({"storekeeper"}),
    )  # fmt: skip


def _record(
    actor: Actor,
    people: tuple[Person, ...],
    items: dict[str, CatalogueItem],
    receipt: GoodsReceipt,
    copies: dict[tuple[str, str], UUID],
) -> models.GoodsReceipt:
    lines = [
        {
            "item_id": items[line.item].id, "quantity": line.quantity, "unit": line.unit,
            "unit_price_fen": line.unit_price_fen, "batch_no": line.batch, "production_date": line.produced_on,
            "expiry_date": None, "temperature_celsius": line.temperature,
        }
        for line in receipt.lines
    ]  # fmt: skip
    view, _is_new = record_receipt(
        actor, new_id(), received_at=receipt.received_at, supplier_name=receipt.supplier_name,
        delivery_note_no=f"SHD-{receipt.key}",
        second_receiver_name=holder(people, "canteen_manager", receipt.school).name,
        note="", lines=lines, certificates=_certificates(actor, receipt, copies),
    )  # fmt: skip
    return view.receipt  # type: ignore[no-any-return]


def _certificates(actor: Actor, receipt: GoodsReceipt, copies: dict[tuple[str, str], UUID]) -> list[CertificateInput]:
    """One paper per kind for the whole delivery; where a category lacks it, one per line that has it."""
    lacking = {kind for line in receipt.lines for kind in line.missing}
    whole = sorted({kind for line in receipt.lines for kind in line.certificates} - lacking)
    wanted: list[tuple[str, int | None]] = [(kind, None) for kind in whole]
    for position, line in enumerate(receipt.lines):
        wanted += [(kind, position) for kind in line.certificates if kind in lacking]
    return [
        CertificateInput(
            kind=kind, line=position, number=f"{MARK}{receipt.key}-{kind[:3].upper()}",
            attachment_id=_copy(actor, receipt.school, kind, copies),
        )
        for kind, position in wanted
    ]  # fmt: skip


def _copy(actor: Actor, school: str, kind: str, copies: dict[tuple[str, str], UUID]) -> UUID:
    """A school photographs a sample sheet of each kind once: drawing and keeping thousands would tell no more."""
    if (school, kind) not in copies:
        stored = store(actor, _sheet(kind), name=f"{certificate_label(kind)}.jpg", purpose=PURPOSE)
        copies[school, kind] = stored.id
    return copies[school, kind]


@cache
def _sheet(kind: str) -> bytes:
    lines = ["供货单位：演示供应商", "本页为演示样张，不具效力"]
    return demo_certificate(certificate_label(kind), lines, random.Random(SEED))
