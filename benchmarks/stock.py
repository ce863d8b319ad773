"""Stock: a receipt of 30 lines posted with its ledger moves, beside its own statements sent by bare psycopg2; and the
pages of a school with 10 thousand moves in the district, and with a million."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from statistics import median
from typing import Any

import psycopg2
import psycopg2.extras
from sqlalchemy import event

from benchmarks import cluster, fill
from benchmarks.client import Refused
from benchmarks.fill import OFFICER_SIGN_IN, REGISTRY, SYSTEM
from benchmarks.results import circumstances
from benchmarks.sample import BUREAU
from kernel.database import migrate
from kernel.identity.loading import digest

SCHOOLS, GOODS, PAIRS = 1000, 20, 25  # a school's moves: GOODS × PAIRS receipts and as many issues
FEW = 10  # schools that have moves at first
LONG = 10_000  # receipts and issues of one good of the first school in the end
LINES = 30
AIM = 4.0  # times the floor
GROWTH = 1.5  # times the page's own time with a hundredth of the moves
TURNS, ASKED = 15, 9
NAME = "houqin_bench_stock"
SECRET = "bench-only-" + "x" * 32
KEEPER_SIGN_IN = "bench-keeper-sign-in"

BASE = f"""
INSERT INTO catalogue_categories (bureau_id, id, code, name, storage, subject, created_at, created_by, version)
  VALUES ({BUREAU}, md5('c')::uuid, 'c', '演示类别', 'ambient', 'food', now(), {SYSTEM}, 1);
INSERT INTO catalogue_items (bureau_id, id, code, name, search_name, category_id, specification, standard, base_unit,
    storage, state, pack_sizes, ingredient, brand_note, current_version, created_at, created_by, version)
  SELECT {BUREAU}, md5('i' || i)::uuid, 'i' || i, '演示食材' || i, '演示食材' || i, md5('c')::uuid, '', '', 'kg', 'ambient',
    'published', '[]', '', '', 1, now(), {SYSTEM}, 1 FROM generate_series(1, {LINES}) i;
INSERT INTO store_locations (bureau_id, school_id, id, code, name, kind, is_active, created_at, created_by, version)
  SELECT {BUREAU}, s, md5('l' || s || code)::uuid, code, kind, kind, true, now(), {SYSTEM}, 1
  FROM generate_series(1, {SCHOOLS}) s, (VALUES ('01', 'store'), ('02', 'fridge'), ('03', 'freezer'), ('04', 'store'),
    ('05', 'hazardous'), ('06', 'quarantine'), ('07', 'kitchen'), ('V1', 'supplier'), ('V2', 'consumed'),
    ('V3', 'disposed'), ('V4', 'difference'), ('V5', 'opening')) AS p(code, kind);
INSERT INTO sign_ins (id, account_id, token_hash, bureau_id, school_id, level, second_factor_at, created_at, last_seen_at,
    expires_at, address, user_agent)
  VALUES (md5('sign-in-keeper')::uuid, md5('account-storekeeper-1')::uuid, %(keeper)s, {BUREAU}, 1, 'school', now(), now(),
    now(), '2199-12-31', '', '');
"""
# Goods that are received and used up again and again; of the last batch 4 of 10 are left, in each school one expired.
MOVES = f"""
INSERT INTO store_goods (bureau_id, school_id, id, name, search_name, specification, kind, base_unit, location_id,
    least_quantity, takers, issue_weekdays, old_for_new, needs_approval, is_active, created_at, created_by, version)
  SELECT {BUREAU}, s, md5('g' || s || '-' || g)::uuid, '演示物品' || g, '演示物品' || g, '', 'food', 'kg',
    md5('l' || s || '01')::uuid, CASE WHEN g = 2 THEN 5 END, '[]', '[]', false, true, true, now(), {SYSTEM}, 1
  FROM generate_series(%(first)s, %(last)s) s, generate_series(%(good)s, %(goods)s) g;
INSERT INTO store_stocks (bureau_id, school_id, id, quantity, amount_fen, last_seq)
  SELECT {BUREAU}, s, md5('g' || s || '-' || g)::uuid, 4, 400, 2 * %(pairs)s
  FROM generate_series(%(first)s, %(last)s) s, generate_series(%(good)s, %(goods)s) g;
INSERT INTO store_batches (bureau_id, school_id, id, good_id, batch_no, expiry_date, received_on, supplier_name,
    source_kind, cost_quantity, cost_fen, is_costed, state, created_at, created_by)
  SELECT {BUREAU}, s, md5('b' || s || '-' || g || '-' || k)::uuid, md5('g' || s || '-' || g)::uuid, 'L' || k,
    current_date + (g - 2) %% 60 - (%(pairs)s - k), current_date - (%(pairs)s - k) %% 300, '演示供货商', '', 10, 1000, true,
    'free', now(), {SYSTEM}
  FROM generate_series(%(first)s, %(last)s) s, generate_series(%(good)s, %(goods)s) g, generate_series(1, %(pairs)s) k;
INSERT INTO store_documents (bureau_id, school_id, id, number, kind, on_day, posted_at, posted_by, posted_by_name,
    second_by_name, source_kind, use_day, use_meal, taker_name, department, reason, line_count, amount_fen, content_digest)
  SELECT {BUREAU}, s, md5(kind || s || '-' || k || '-' || %(good)s)::uuid, kind || %(good)s || '-' || k, kind,
    current_date - (%(pairs)s - k) %% 300, now() - make_interval(mins => 2 * (%(pairs)s - k) + place), {SYSTEM}, '', '', '',
    CASE WHEN kind = 'issue' THEN current_date - (%(pairs)s - k) %% 300 END, CASE WHEN kind = 'issue' THEN 'lunch' END,
    '', '', '', {GOODS}, 20000, ''
  FROM generate_series(%(first)s, %(last)s) s, generate_series(1, %(pairs)s) k,
    (VALUES ('receipt', 1), ('issue', 0)) AS d(kind, place);
INSERT INTO store_moves (bureau_id, school_id, id, document_id, position, good_id, seq, batch_id, from_location_id,
    to_location_id, quantity, amount_fen, quantity_after, amount_after_fen)
  SELECT {BUREAU}, s, gen_random_uuid(), md5(kind || s || '-' || k || '-' || %(good)s)::uuid, g,
    md5('g' || s || '-' || g)::uuid, 2 * k - place, md5('b' || s || '-' || g || '-' || k)::uuid,
    md5('l' || s || source)::uuid, md5('l' || s || target)::uuid,
    CASE WHEN place = 0 AND k = %(pairs)s THEN 6 ELSE 10 END, CASE WHEN place = 0 AND k = %(pairs)s THEN 600 ELSE 1000 END,
    CASE WHEN place = 1 THEN 10 WHEN k = %(pairs)s THEN 4 ELSE 0 END,
    CASE WHEN place = 1 THEN 1000 WHEN k = %(pairs)s THEN 400 ELSE 0 END
  FROM generate_series(%(first)s, %(last)s) s, generate_series(1, %(pairs)s) k,
    (VALUES ('receipt', 1, 'V1', '01'), ('issue', 0, '01', 'V2')) AS d(kind, place, source, target),
    generate_series(%(good)s, %(goods)s) g;
INSERT INTO store_balances (bureau_id, school_id, id, location_id, batch_id, good_id, expiry_date, quantity, amount_fen,
    is_live)
  SELECT {BUREAU}, s, gen_random_uuid(), md5('l' || s || '01')::uuid, md5('b' || s || '-' || g || '-' || k)::uuid,
    md5('g' || s || '-' || g)::uuid, current_date + (g - 2) %% 60 - (%(pairs)s - k),
    CASE WHEN k = %(pairs)s THEN 4 ELSE 0 END, CASE WHEN k = %(pairs)s THEN 400 ELSE 0 END, k = %(pairs)s
  FROM generate_series(%(first)s, %(last)s) s, generate_series(%(good)s, %(goods)s) g, generate_series(1, %(pairs)s) k;
"""
FORGET = """
DELETE FROM store_moves WHERE school_id = 1 AND good_id = md5('g1-21')::uuid;
DELETE FROM store_documents WHERE school_id = 1 AND (number LIKE 'receipt21-%%' OR number LIKE 'issue21-%%');
DELETE FROM store_balances WHERE school_id = 1 AND good_id = md5('g1-21')::uuid;
DELETE FROM store_batches WHERE school_id = 1 AND good_id = md5('g1-21')::uuid;
DELETE FROM store_stocks WHERE school_id = 1 AND id = md5('g1-21')::uuid;
DELETE FROM store_goods WHERE school_id = 1 AND id = md5('g1-21')::uuid;
"""
PAGES = (
    ("stock", "/stock", "stock of a school", KEEPER_SIGN_IN),
    ("expiring", "/stock/expiring", "what expires", KEEPER_SIGN_IN),
    ("documents", "/stock/documents", "documents", KEEPER_SIGN_IN),
    ("issues", "/stock/documents?kind=issue", "documents of one kind", KEEPER_SIGN_IN),
    ("card", "/stock/goods/%(good)s", "the card of a good", KEEPER_SIGN_IN),
    ("pick", "/stock/issue", "the form of an issue", KEEPER_SIGN_IN),
    ("expired", "/oversight/expired-stock", "the bureau: what lies past its day", OFFICER_SIGN_IN),
)


@dataclass(slots=True)
class Figures:
    """Milliseconds, medians. `pages`: (page, with few moves, with many), `ratio`: turn by turn."""

    posting: float = 0
    floor: float = 0
    ratio: float = 0
    ledger: float = 0
    statements: int = 0
    few: int = 0
    many: int = 0
    pages: list[tuple[str, float, float]] = field(default_factory=list)


def prepare(server: Any, say: Callable[[str], None]) -> None:
    began = time.monotonic()
    server.psql("postgres", f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
    server.create_database(NAME)
    migrate.upgrade(server.owner_url(NAME).replace("postgresql://", "postgresql+psycopg2://"))
    with cluster.admin(server, NAME) as cursor:
        cursor.execute("SET session_replication_role = replica")  # references are checked by what is measured
        cursor.execute(REGISTRY, {"schools": SCHOOLS})
        fill._people(cursor, 1)
        cursor.execute(BASE, {"keeper": digest(KEEPER_SIGN_IN)})
    _grow(server, 1, FEW)
    _long(server, PAIRS)
    say(f"{NAME}: {FEW} schools filled in {time.monotonic() - began:.0f} s")


def _grow(server: Any, first: int, last: int) -> None:
    step = 100
    with cluster.admin(server, NAME) as cursor:
        cursor.execute("SET session_replication_role = replica")
        for begin in range(first, last + 1, step):
            values = {"first": begin, "last": min(last, begin + step - 1), "good": 1, "goods": GOODS, "pairs": PAIRS}
            cursor.execute(MOVES, values)
        cursor.execute("VACUUM ANALYZE")


def _long(server: Any, pairs: int) -> None:
    """One good of the first school with so many receipts and issues."""
    with cluster.admin(server, NAME) as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(FORGET)
        cursor.execute(MOVES, {"first": 1, "last": 1, "good": 21, "goods": 21, "pairs": pairs})
        cursor.execute("VACUUM ANALYZE")


def measure(server: Any, say: Callable[[str], None]) -> Figures:
    prepare(server, say)
    os.environ.update(
        DATABASE_URL=server.url(NAME), HOUQIN_ENVIRONMENT="demo", HOUQIN_LOG_LEVEL="INFO", SECRET_KEY=SECRET,
        HOUQIN_VAR_DIR=str(cluster.VAR / "profile"),
    )  # fmt: skip
    import wsgi

    app = wsgi.create_app()
    figures = Figures()
    few = _pages(app, server)
    figures.few = _moves(server)
    began = time.monotonic()
    _grow(server, FEW + 1, SCHOOLS)
    _long(server, LONG)
    say(f"{NAME}: grown to {SCHOOLS:,} schools in {time.monotonic() - began:.0f} s")
    many = _pages(app, server)
    figures.pages = [(code, few[code], many[code]) for code in few]
    figures.many = _moves(server)
    with app.app_context():
        _post(server, figures)
        _check()
    return figures


def _moves(server: Any) -> int:
    with cluster.admin(server, NAME) as cursor:
        cursor.execute("SELECT count(*) FROM store_moves")
        return int(cursor.fetchone()[0])


def _pages(app: Any, server: Any) -> dict[str, float]:
    """Page → milliseconds, each asked in turns with the others; outside of any context, as requests come."""
    signer: Any = app.session_interface.get_signing_serializer(app)
    client = app.test_client(use_cookies=False)
    with cluster.admin(server, NAME) as cursor:
        cursor.execute("SELECT md5('g1-21')::uuid")
        good = cursor.fetchone()[0]
    spent: dict[str, list[float]] = {code: [] for code, *_rest in PAGES}
    for turn in range(ASKED + 2):
        for code, path, _name, who in PAGES:
            cookie = signer.dumps({"_user_id": who, "_fresh": True})
            headers = {"Cookie": f"houqin={cookie}"}
            began = time.perf_counter()
            answer = client.get(path % {"good": good} if "%(" in path else path, headers=headers)
            seconds = time.perf_counter() - began
            rows = answer.get_data().count(b"<tr") if answer.status_code == 200 else 0
            if answer.status_code != 200 or (code != "pick" and rows < 2):
                raise Refused(f"{code}: {answer.status}, {rows} rows")
            if turn > 1:  # the first ones compile templates and plans
                spent[code].append(seconds * 1000)
    return {code: median(values) for code, values in spent.items()}


# --- posting ----------------------------------------------------------------------------------------------------------


def _post(server: Any, figures: Figures) -> None:
    """In turns: a receipt by the service, and the statements of another one by bare psycopg2. Both commit."""
    from kernel.actor import Actor
    from kernel.database import db
    from kernel.database.scope import use_scope

    connection = psycopg2.connect(server.url(NAME))
    connection.autocommit = True  # BEGIN and COMMIT are ours
    with cluster.admin(server, NAME) as cursor:
        cursor.execute("SELECT id, display_name FROM accounts WHERE username = 'storekeeper-1'")
        account_id, name = cursor.fetchone()
    psycopg2.extras.register_uuid()
    actor = Actor(account_id, name, "school", BUREAU, school_id=1, roles=frozenset({"storekeeper"}))
    use_scope(db.session(), actor.scope)
    ours: list[float] = []
    floors: list[float] = []
    ledgers: list[float] = []
    for turn in range(TURNS + 3):
        statements = _captured(actor)
        floor = _replayed(connection, statements)
        began = time.perf_counter()
        _record(actor)
        db.session.commit()
        seconds = time.perf_counter() - began
        began = time.perf_counter()
        _receive(actor)
        db.session.commit()
        ledger = time.perf_counter() - began
        if turn > 2:
            ours.append(seconds * 1000)
            floors.append(floor * 1000)
            ledgers.append(ledger * 1000)
        figures.statements = len(statements)
    connection.close()
    figures.posting, figures.floor, figures.ledger = median(ours), median(floors), median(ledgers)
    figures.ratio = median(one / other for one, other in zip(ours, floors, strict=True))


def _items() -> list[Any]:
    import hashlib
    from uuid import UUID

    return [UUID(hashlib.md5(f"i{number}".encode()).hexdigest()) for number in range(1, LINES + 1)]


def _record(actor: Any) -> None:
    """The use case of a goods receipt: checked, numbered, written down, its goods in stock."""
    from kernel.database import new_id
    from kernel.web.dates import today
    from school.supply.service.recording import record_receipt

    lines = [
        {
            "item_id": item_id, "quantity": Decimal("12.5"), "unit": "kg", "unit_price_fen": 520, "batch_no": "A1",
            "production_date": today() - timedelta(days=1), "expiry_date": today() + timedelta(days=30),
            "temperature_celsius": None,
        }
        for item_id in _items()
    ]  # fmt: skip
    record_receipt(
        actor, new_id(), received_at=None, supplier_name="演示供货商", delivery_note_no="", second_receiver_name="",
        note="", lines=lines, certificates=[],
    )  # fmt: skip


def _receive(actor: Any) -> None:
    """Only the ledger's part of it."""
    from kernel.database import new_id
    from kernel.web.dates import today
    from school.stores.service.receiving import Received, receive

    lines = [
        Received(
            item_id, f"演示食材{place}", "kg", Decimal("12.5"), 6500, "A1", today() - timedelta(days=1),
            today() + timedelta(days=30), None, "演示供货商", new_id(),
        )
        for place, item_id in enumerate(_items(), 1)
    ]  # fmt: skip
    receive(actor, new_id(), lines, receipt_id=new_id())


def _captured(actor: Any) -> list[bytes]:
    """The statements of a receipt, with their values, as they went to the server; undone."""
    from kernel.database import db

    sent: list[bytes] = []

    def note(_connection: Any, cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        for one in values if many and isinstance(values, list) else [values]:
            sent.append(cursor.mogrify(statement, one or None))

    db.session.rollback()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        _record(actor)
        db.session.flush()
        for hook in db.session().info.get("scope.hooks", ()):  # what the audit writes when the request commits
            hook(db.session())
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    db.session.rollback()
    return sent


def _replayed(connection: Any, statements: list[bytes]) -> float:
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute("BEGIN")
        for statement in statements:
            cursor.execute(statement)
            if cursor.description is not None:
                cursor.fetchall()
        cursor.execute("COMMIT")
        return time.perf_counter() - began


def _check() -> None:
    """A figure counts when the books hold."""
    from school.stores.service.checking import reconcile

    found = reconcile(BUREAU)
    if found:
        raise Refused(f"the ledger does not reconcile: {found[:3]}")


def met(figures: Figures) -> bool:
    return figures.ratio <= AIM and all(many <= few * GROWTH for _code, few, many in figures.pages)


def report(figures: Figures) -> str:
    verdict = "met" if figures.ratio <= AIM else f"**missed** by {figures.ratio - AIM:.1f}"
    names = {code: name for code, _path, name, _who in PAGES}
    rows = [f"| {names[code]} | {few:.1f} | {many:.1f} | {many / few:.2f} |" for code, few, many in figures.pages]
    return "\n".join(
        [
            f"## Stock: a receipt of {LINES} lines, and {figures.many:,} moves",
            "",
            circumstances(),
            "",
            "In this process, without HTTP; medians by the clock, both sides commit to the disk. The floor is the receipt's own"
            f" {figures.statements} statements under row-level security, sent again by bare psycopg2.",
            "",
            "| | ms | ÷ floor |",
            "|---|---|---|",
            f"| a goods receipt of {LINES} lines with its {LINES} batches, moves and balances (aim ≤ {AIM:.0f} ×: {verdict}) |"
            f" {figures.posting:.1f} | {figures.ratio:.2f} |",
            f"| floor: its statements by psycopg2 | {figures.floor:.1f} | 1 |",
            f"| only what the ledger takes of it | {figures.ledger:.1f} | {figures.ledger / figures.floor:.2f} |",
            "",
            f"Pages of one school (signed in, the whole page). The good of the card has {2 * PAIRS} lines at first, then {2 * LONG:,}.",
            "",
            f"| page, ms | {figures.few:,} moves | {figures.many:,} moves | ratio |",
            "|---|---|---|---|",
            *rows,
        ]
    ) + "\n"  # fmt: skip
