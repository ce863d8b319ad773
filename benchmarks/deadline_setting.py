"""What the bidders of benchmarks.deadline find: one bureau, one published tender of one lot, a hundred admitted companies
with a token each, and bids of their own, sealed beforehand as browsers seal them."""

import base64
import hashlib
import os
import uuid
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyrage

from kernel.database import migrate

DATABASE = "houqin_bench_deadline"
FILE_BYTES = 300_000  # of what each bid carries along
WRAPPED = "-----BEGIN AGE ENCRYPTED FILE-----\nYmVuY2g=\n-----END AGE ENCRYPTED FILE-----\n"  # nobody opens these bids


@dataclass(frozen=True, slots=True)
class Bid:
    """One company's: what its two requests carry."""

    token: str
    bid_id: str
    submission_id: str
    ciphertext: bytes
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    bureau_id: int
    tender_id: UUID
    bids: list[Bid]


def prepare(server: Any, bidders: int) -> Setting:
    server.psql("postgres", f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
    server.create_database(DATABASE)
    migrate.upgrade(server.owner_url(DATABASE).replace("postgresql://", "postgresql+psycopg2://"))
    import wsgi

    app = wsgi.create_app()
    with app.app_context():
        from kernel.database import db

        try:
            return _made(bidders)
        finally:
            db.session.remove()
            db.engine.dispose()


def _made(bidders: int) -> Setting:
    from bureau.tendering.models import Tender, TenderItem, TenderLot
    from kernel.actor import system_actor
    from kernel.database import db, new_id, now
    from kernel.database.scope import OPERATOR, use_scope
    from kernel.identity.models import Bureau

    session = db.session()
    use_scope(session, OPERATOR)
    bureau = Bureau(code="bench", name="演示教育局", settings={})
    session.add(bureau)
    session.flush()
    system = system_actor(bureau.id)
    use_scope(session, system.scope)
    category, item = _catalogue(bureau.id, system.account_id)
    at = now()
    tender = Tender(
        bureau_id=bureau.id, id=new_id(), number="ZB-BENCH", title="演示项目", state="bidding", budget_fen=10**9,
        is_framework=False, is_public=True, published_at=at - timedelta(days=30), bid_deadline=at + timedelta(days=1),
        settings={}, created_by=system.account_id,
    )  # fmt: skip
    session.add(tender)
    session.flush()
    lot = TenderLot(
        bureau_id=bureau.id, id=new_id(), tender_id=tender.id, number=1, title="演示标包", category_id=category,
        is_public=True,
    )  # fmt: skip
    session.add(lot)
    session.flush()
    line = TenderItem(
        bureau_id=bureau.id, id=new_id(), tender_id=tender.id, lot_id=lot.id, position=1, item_id=item, name="演示物品",
        unit="kg", quantity=Decimal(10_000), is_public=True,
    )  # fmt: skip
    session.add(line)
    recipients = _officers(bureau.id, tender.id)
    companies = [_company(bureau.id, number, category) for number in range(1, bidders + 1)]
    session.commit()
    return Setting(bureau.id, tender.id, _sealed(tender.id, lot.id, line.id, companies, recipients))


def _catalogue(bureau_id: int, by: UUID) -> tuple[UUID, UUID]:
    from bureau.catalogue.models import CatalogueCategory, CatalogueItem
    from kernel.database import db, new_id

    category = CatalogueCategory(
        bureau_id=bureau_id, id=new_id(), code="c1", name="演示类别", storage="ambient", created_by=by
    )
    db.session.add(category)
    db.session.flush()
    item = CatalogueItem(
        bureau_id=bureau_id, id=new_id(), code="i1", name="演示物品", search_name="演示物品", category_id=category.id,
        base_unit="kg", storage="ambient", state="published", created_by=by,
    )  # fmt: skip
    db.session.add(item)
    db.session.flush()
    return category.id, item.id


def _person(bureau_id: int, name: str) -> UUID:
    from kernel.database import db, new_id
    from kernel.database.scope import IDENTITY, within
    from kernel.identity.models import Account, Person

    with within(db.session(), IDENTITY):
        account = Account(id=new_id(), username=name, display_name=name, password_hash="!", must_change_password=False)
        db.session.add(account)
        db.session.flush()
        db.session.add(Person(bureau_id=bureau_id, id=account.id, display_name=name, search_name=name))
        db.session.flush()
    return account.id


def _officers(bureau_id: int, tender_id: UUID) -> dict[str, str]:
    """Seat → recipient. Their secret halves are thrown away: the measurement ends at the deadline."""
    from bureau.bids.models import SEATS, OfficerKey, OpeningOfficer
    from kernel.database import db, new_id, now

    found = {}
    for seat in SEATS:
        person = _person(bureau_id, f"bench-{seat}")
        found[seat] = str(pyrage.x25519.Identity.generate().to_public())
        key = OfficerKey(
            bureau_id=bureau_id, id=new_id(), person_id=person, recipient=found[seat], identity_ciphertext=WRAPPED,
            confirmed_at=now(), created_by=person,
        )  # fmt: skip
        db.session.add(key)
        db.session.flush()
        officer = OpeningOfficer(
            bureau_id=bureau_id, id=new_id(), tender_id=tender_id, seat=seat, person_id=person, officer_key_id=key.id,
            recipient=found[seat], confirmed_at=now(),
        )  # fmt: skip
        db.session.add(officer)
        db.session.flush()
        officer.is_public = True
        db.session.flush()
    return found


def _company(bureau_id: int, number: int, category_id: UUID) -> tuple[str, str, str]:
    """(token, credit code, name)."""
    from bureau.suppliers.credit_code import invented
    from bureau.suppliers.models import BureauSupplier, Supplier, SupplierCategory, SupplierLicence
    from bureau.suppliers.rules import LICENCES
    from kernel.database import db, new_id, now
    from kernel.database.scope import IDENTITY, within
    from kernel.identity.loading import digest
    from kernel.identity.models import ApiToken, Membership

    session = db.session()
    name, code, token = f"演示投标人{number}", invented(number), f"bench-bidder-{number}-{uuid.uuid4().hex}"
    person = _person(bureau_id, f"bench-bidder-{number}")
    with within(session, IDENTITY):
        company = Supplier(id=new_id(), credit_code=code, name=name)
        session.add(company)
        session.flush()
    session.add(
        BureauSupplier(
            bureau_id=bureau_id, id=company.id, credit_code=code, name=name, search_name=name, state="active",
            admitted_at=now(), created_by=person,
        )
    )  # fmt: skip
    session.flush()
    session.add_all(
        SupplierLicence(
            bureau_id=bureau_id, id=new_id(), supplier_id=company.id, kind=kind, number="演示", state="approved",
            created_by=person,
        )
        for kind in LICENCES
    )  # fmt: skip
    session.add(
        SupplierCategory(
            bureau_id=bureau_id, id=new_id(), supplier_id=company.id, category_id=category_id, state="approved",
            created_by=person,
        )
    )  # fmt: skip
    session.flush()
    with within(session, IDENTITY):
        session.add(
            Membership(
                bureau_id=bureau_id, person_id=person, level="supplier", role="supplier_user", supplier_id=company.id,
                valid_from=now().date() - timedelta(days=1),
            )
        )  # fmt: skip
        session.add(
            ApiToken(
                account_id=person, token_hash=digest(token), name="bench", scopes=["*"], bureau_id=bureau_id,
                level="supplier", supplier_id=company.id, expires_at=now() + timedelta(days=1), last_used_at=now(),
            )
        )  # fmt: skip
        session.flush()
    return token, code, name


def _sealed(
    tender_id: UUID, lot_id: UUID, item_id: UUID, companies: list[tuple[str, str, str]], recipients: dict[str, str]
) -> list[Bid]:
    """One call of the browser's code for all."""
    from bureau.bids import sealing as browser

    ids = [str(uuid.uuid4()) for _one in companies]
    packages = [
        _package(tender_id, lot_id, item_id, code, name, bid_id, 1500 + place)
        for place, ((_token, code, name), bid_id) in enumerate(zip(companies, ids, strict=True))
    ]
    return [
        Bid(
            token, bid_id, str(uuid.uuid4()), one.ciphertext,
            {
                "tender_id": str(tender_id), "lot_id": str(lot_id), "ciphertext_sha256": one.ciphertext_sha256,
                "size": one.size, "recipient": one.recipient, "shares": one.shares,
            },
        )
        for (token, _code, _name), bid_id, one in zip(companies, ids, browser.seal(packages, recipients), strict=True)
    ]  # fmt: skip


def _package(
    tender_id: UUID, lot_id: UUID, item_id: UUID, credit_code: str, name: str, bid_id: str, unit_price_fen: int
) -> dict[str, Any]:
    data = os.urandom(FILE_BYTES)
    total = unit_price_fen * 10_000
    return {
        "format": "houqin-bid-2", "bureau": "bench", "tender_id": str(tender_id), "lot_id": str(lot_id), "bid_id": bid_id,
        "supplier": {"credit_code": credit_code, "name": name},
        "price": {"form": "fixed", "total_fen": total, "total_words": "", "items": [
            {"tender_item_id": str(item_id), "unit_price_fen": unit_price_fen, "quantity": "10000", "amount_fen": total,
             "brand": "", "origin": ""}
        ]},
        "qualification": [], "technical": [], "declarations": {},
        "files": [{"id": "f1", "name": "演示.pdf", "media_type": "application/pdf",
                   "sha256": hashlib.sha256(data).hexdigest(), "data": base64.b64encode(data).decode()}],
        "made_at": "2026-11-22T09:00:00+08:00", "program": "houqin-bench",
    }  # fmt: skip
