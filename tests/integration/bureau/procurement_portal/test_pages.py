from datetime import timedelta

import pytest
from sqlalchemy import event, select

from bureau.agreements.models import Agreement
from bureau.agreements.service import signing
from bureau.ocds.service import publishing
from bureau.tendering.models import TenderNotice
from bureau.tendering.service import reviewing
from kernel.database import db, new_id
from kernel.web.dates import today
from tests.support import published, tenders
from tests.support.agreements import book, both, signed
from tests.support.catalogue import stock

START = "/public/procurement"


def text_of(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return response.get_data(as_text=True)


@pytest.fixture
def queries(session):
    """How many statements were sent since the list was emptied; setting the scope is not asking for anything."""
    seen = []

    def listen(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("SET", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", listen)
    yield seen
    event.remove(engine, "before_cursor_execute", listen)


def test_the_list_shows_published_tenders_of_this_bureau_only(session, world, client_as, queries):
    made = tenders.published(world, title="演示大米采购")
    draft = tenders.ready(world, title="演示草稿采购")
    other = tenders.published(world, "b", title="演示乙区采购")
    client = client_as(None)
    queries.clear()
    page = text_of(client, f"{START}/a")
    assert len(queries) <= 4
    assert "演示大米采购" in page
    assert "演示草稿采购" not in page
    assert "演示乙区采购" not in page
    assert "正在招标" in page
    assert str(draft.id) not in page
    for path in (f"{START}/a/tenders/{draft.id}", f"{START}/a/tenders/{other.id}", f"{START}/a/tenders/{new_id()}"):
        text_of(client, path, 404)
    text_of(client, f"{START}/nowhere", 404)
    assert str(made.id) in page


def test_the_list_is_searched_and_narrowed(session, world, client_as):
    first = tenders.published(world, title="演示大米采购")
    tenders.published(world, title="演示校服采购")
    number, year = first.tender.number, first.tender.published_at.year
    client = client_as(None)
    assert "演示校服采购" not in text_of(client, f"{START}/a?text=大米")
    assert "演示大米采购" in text_of(client, f"{START}/a?text={number.lower()}")
    assert "没有符合条件" in text_of(client, f"{START}/a?text=%25")
    assert "没有符合条件" in text_of(client, f"{START}/a?group=ended")
    assert "演示大米采购" in text_of(client, f"{START}/a?group=open&year={year}")
    assert "没有符合条件" in text_of(client, f"{START}/a?year={year - 1}")
    for wrong in ("?group=secret", "?year=abc", "?cursor=abc", "?limit=9999"):
        assert client.get(f"{START}/a{wrong}").status_code in (400, 422)


def test_pages_of_the_list_follow_each_other(session, world, client_as):
    for number in range(3):
        tenders.published(world, title=f"演示采购 {number}")
    client = client_as(None)
    page = text_of(client, f"{START}/a?limit=2")
    assert "演示采购 2" in page
    assert "演示采购 0" not in page
    following = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "演示采购 0" in text_of(client, following + "&limit=2")


def test_a_tender_open_for_bids_shows_what_is_bought_and_nobody(session, world, client_as, queries):
    made = tenders.published(world)
    publishing.refresh(made.bureau_id, made.id)
    client = client_as(None)
    queries.clear()
    page = text_of(client, f"{START}/a/tenders/{made.id}")
    assert len(queries) <= 13
    for word in ("演示大宗食材采购", "一包：粮食", "配送方案", "招标公告", "供应商登录", "ocds-213czf-a-"):
        assert word in page
    for word in ("开标记录", "演示供应商", "中标价", "已定标"):
        assert word not in page


def test_a_notice_is_read_whole_with_its_hash(session, world, client_as):
    made = tenders.published(world)
    notice = session.scalars(select(TenderNotice).where(TenderNotice.tender_id == made.id)).one()
    notice_id, digest, number = notice.id, notice.sha256, notice.number
    client = client_as(None)
    page = text_of(client, f"{START}/a/notices/{notice_id}")
    assert digest in page
    assert number in page
    assert "供应商资格条件" in page
    text_of(client, f"{START}/b/notices/{notice_id}", 404)
    text_of(client, f"{START}/a/notices/{made.id}", 404)


def test_what_a_draft_became_is_nobodys_business(session, world, client_as):
    made = tenders.ready(world)
    reviewing.drop(tenders.officer(world), made.id, made.tender.version, "不再采购")
    text_of(client_as(None), f"{START}/a/tenders/{made.id}", 404)


def test_from_the_opening_to_the_agreement(session, world, client_as, queries):
    """Each page shows what is due, and not what comes later."""
    found = published.brought(world, "opened")
    address = f"{START}/a/tenders/{found.id}"

    def page():
        publishing.refresh(found.made.bureau_id, found.id)
        return text_of(client_as(None), address)

    tenders.officer(world)
    read_out = page()
    assert "开标记录" in read_out
    assert "170,000.00" in read_out
    assert "中标价" not in read_out
    published.take(world, found, "signed")
    published.take(world, found, "decided")
    decided = page()
    assert "中标价" not in decided
    assert "已定标" not in decided, "the lot is decided, and nobody knows"
    assert "评审中" in decided
    published.take(world, found, "announced")
    announced = page()
    assert "中标价" in announced
    assert "结果公示" in announced
    assert "2 家" in announced
    published.take(world, found, "contracting")
    published.take(world, found, "agreed")
    queries.clear()
    publishing.refresh(found.made.bureau_id, found.id)
    client = client_as(None)
    queries.clear()
    signed_page = text_of(client, address)
    assert len(queries) <= 16
    agreement = session.scalars(select(Agreement.id).where(Agreement.tender_id == found.id)).first()
    assert f"{START}/a/agreements/{agreement}" in signed_page
    assert "今天的价格" in signed_page
    for actor in found.people.values():
        assert actor.display_name not in signed_page
    for row in published.results_of(found):
        assert row.total not in signed_page


def test_an_agreement_shows_todays_prices_beside_the_market(session, world, acting, client_as, queries):
    officer = world.actor("procurement_officer")
    stocked = stock(acting(officer))
    book(officer, {stocked.rice: 600, stocked.pork: 3000}, today() - timedelta(days=5))
    made = signed(officer, both(world, stocked))
    address = f"{START}/a/agreements/{made.agreement.id}"
    hidden = client_as(None)
    text_of(hidden, address, 404)
    acting(officer)
    agreement = db.session.get(Agreement, (officer.bureau_id, made.agreement.id))
    signing.publish(officer, agreement.id, agreement.version)
    client = client_as(None)
    queries.clear()
    page = text_of(client, address)
    assert len(queries) <= 14
    for word in ("5.20", "6.00", "低 13.3%", "26.25", "30.00", "低 12.5%", "供应商的证照"):
        assert word in page, word
    assert "13900000000" not in page
    text_of(client, address.replace("/a/", "/b/"), 404)
    assert str(agreement.id) in text_of(client, f"{START}/a/agreements")
    assert str(agreement.id) not in text_of(client, f"{START}/b/agreements")
