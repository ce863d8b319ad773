"""Before the opening: the bureau sees no bid at all, and whoever copies the database and the files reads no price."""

import psycopg2
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import ProgrammingError

from bureau.bids import sealing as browser
from bureau.bids.models import Bid, BidSubmission, BidTrace
from bureau.bids.service import kit
from bureau.roles import LEVEL_OF, Role
from kernel.audit.models import AuditEntry
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.files.service import folder
from tests.support import bids, published, tenders

PRICE = 1987
MARKER = "绝密标记-暗标内容-7731"
ENDS = (b"19870000", MARKER.encode(), MARKER.encode("unicode_escape"))


def seal_one(tendered, number=0):
    tendered.as_bidder(number)
    lot, bid_id = tendered.lots[0], new_id()
    document = bids.package(
        tendered.bidders[number], lot, bid_id, PRICE,
        technical=[{"criterion": "T1", "statement": MARKER, "files": []}],
    )  # fmt: skip
    return bids.send(tendered.bidders[number], lot, browser.seal([document], bids.recipients())[0], bid_id)


def test_before_the_deadline_no_role_of_the_bureau_sees_that_anybody_bids(tendered):
    seal_one(tendered)
    for role, level in LEVEL_OF.items():
        actor = tendered.world.actor(role)
        if level == "supplier" or role == Role.SUPPLIER_USER:
            continue
        use_scope(db.session(), actor.scope)
        for model in (Bid, BidSubmission, BidTrace):
            # The bureau sees no row; every other role may not read the table at all.
            if level != "bureau":
                with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
                    db.session.execute(select(func.count()).select_from(model))
                continue
            assert db.session.execute(select(func.count()).select_from(model)).scalar_one() == 0, (role, model)


def test_the_audit_tells_nobody_who_bids(tendered):
    row = seal_one(tendered)
    db.session.commit()
    actor = tendered.world.actor(Role.BUREAU_ADMIN)
    use_scope(db.session(), actor.scope)
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.bureau_id == actor.bureau_id)).all()
    assert entries
    text = "".join(str(entry.changes) for entry in entries)
    for secret in (row.receipt_number, str(row.bid_id), row.ciphertext_sha256):
        assert secret not in text


def test_two_bidders_do_not_see_each_other(tendered):
    seal_one(tendered)
    tendered.as_bidder(1)
    for model in (Bid, BidSubmission):
        assert db.session.execute(select(func.count()).select_from(model)).scalar_one() == 0


def dump(connection):
    """Every value of every table as bytes, as a thief of the database has it."""
    parts = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            parts.extend(row[0].encode() for row in cursor.fetchall())
    return b"\n".join(parts)


def test_a_copy_of_the_database_and_the_files_reveals_no_price(admin_url, tmp_path):
    from tests.integration.bureau.bids.conftest import make_round
    from tests.support import database
    from tests.support.at_once import city

    with city(admin_url, "dump", tmp_path / "files") as (_app, world):
        tendered = make_round(world)
        row = seal_one(tendered)
        receipt, sha256 = row.receipt_number, row.ciphertext_sha256
        db.session.commit()
        name = db.session.execute(select(func.current_database())).scalar_one()
        db.session.remove()
        connection = psycopg2.connect(database.url_of(admin_url, name).replace("+psycopg2", ""))
        try:
            # What row-level security keeps from the roles, the owner of the tables reads: here it is switched off.
            with connection.cursor() as cursor:
                cursor.execute("SET row_security = off")
            copied = dump(connection)
        finally:
            connection.close()
        files = b"".join(path.read_bytes() for path in (tmp_path / "files").rglob("*") if path.is_file())
        assert receipt.encode() in copied, "the copy is not whole"
        assert folder().path(tendered.made.bureau_id, None, sha256).exists()
        assert b"age-encryption.org/v1" in files
        for secret in ENDS:
            assert secret not in copied
            assert secret not in files
        assert b'"unit_price_fen": 1987' not in copied


def test_a_bidder_learns_what_was_found_of_its_bid_with_the_result_and_not_before(world, session, client_as):
    """Told in the middle of the evaluation that it is out, it would know whom to talk to while others still judge."""
    found = published.brought(world, "opened")
    bidder = found.bidders[0]
    use_scope(session(), tenders.officer(world).scope)
    bid = session.get(Bid, (found.made.bureau_id, found.bids[found.lot][0]))
    bid.state, bid.reason = "disqualified", "演示：许可证过期"
    session.commit()
    client = client_as(Role.SUPPLIER_USER, "a")
    shown = client.get(f"/api/v1/bids/{bid.id}").json
    assert (shown["state"], shown["reason"]) == ("opened", "")
    for page in ("/bidding", f"/open-tenders/{found.id}"):
        assert "许可证过期" not in client.get(page).text
    use_scope(session(), bidder.scope)
    for state, seen in (("award_notice", "opened"), ("challenge_window", "disqualified"), ("failed", "disqualified")):
        use_scope(session(), tenders.officer(world).scope)
        found.made.tender.state = state
        session.flush()
        use_scope(session(), bidder.scope)
        assert kit.told(session.get(Bid, (found.made.bureau_id, bid.id)))[0] == seen
