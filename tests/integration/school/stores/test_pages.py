"""Stock by page: three taps to issue, asking and deciding, counting blind on a phone, what each role sees; query budgets."""

import io
import re
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from kernel.database import db, new_id
from kernel.web.dates import today
from school.stores.models import StoreDocument, StoreStock
from school.stores.work_models import StoreRequisition, StoreStocktake
from tests.support.pictures import jpeg
from tests.support.stores import own_good, put_in, takes_of


@pytest.fixture
def milk(acting, keeper):
    acting(keeper)
    good = own_good(keeper, "演示牛奶", "food", "盒")
    put_in(keeper, good, "10", days=9, batch_no="M2")
    put_in(keeper, good, "4", days=2, batch_no="M1")
    db.session.commit()
    return good


def text_of(answer):
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def left(good):
    return db.session.get(StoreStock, (good.bureau_id, good.school_id, good.id), populate_existing=True).quantity


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]+)"', page)[1]


def test_three_taps_to_issue(client_as, milk):
    client = client_as("storekeeper")
    page = text_of(client.get("/stock/issue"))
    assert "演示牛奶" in page
    line = text_of(client.get(f"/stock/line?purpose=issue&good_id={milk.id}&next_line=0"))
    assert "先出：M1" in line
    assert "可用 14 盒" in line
    data = {
        "id": hidden(page, "id"), "next_line": "1", "q": "", "lines-0-good_id": str(milk.id), "lines-0-quantity": "5",
        "lines-0-lot": "", "meal": "lunch", "day": today().isoformat(), "taker_name": "", "department": "", "reason": "",
    }  # fmt: skip
    sent = client.post("/stock/issue", data=data)
    assert sent.status_code == 302, text_of(sent)
    shown = text_of(client.get(sent.location))
    assert "M1" in shown
    assert "午餐" in shown
    assert left(milk) == 9
    assert client.post("/stock/issue", data=data).location == sent.location  # a second click
    assert left(milk) == 9
    # The next time a quantity is there already: what was taken of the last batch.
    assert re.search(
        r'name="lines-0-quantity"[^>]*value="\d',
        text_of(client.get(f"/stock/line?purpose=issue&good_id={milk.id}&next_line=0")),
    )


def test_too_much_stays_on_the_page_with_what_there_is(client_as, milk):
    client = client_as("storekeeper")
    data = {
        "id": str(new_id()), "next_line": "1", "lines-0-good_id": str(milk.id), "lines-0-quantity": "15",
        "lines-0-lot": "", "meal": "lunch", "day": today().isoformat(),
    }  # fmt: skip
    answer = client.post("/stock/issue", data=data)
    assert answer.status_code == 422
    assert "演示牛奶可用 14 盒" in text_of(answer)
    assert 'value="15"' in text_of(answer)


def test_without_a_script_goods_are_added_and_taken_away(client_as, milk):
    client = client_as("storekeeper")
    begun = client.post("/stock/issue", data={"id": str(new_id()), "add_good": str(milk.id), "meal": "lunch"})
    assert "可用 14 盒" in text_of(begun)
    gone = client.post("/stock/issue", data={"id": str(new_id()), "remove_line": "0", "lines-0-good_id": str(milk.id)})
    assert "还没有选物品" in text_of(gone)
    found = client.post("/stock/issue", data={"id": str(new_id()), "look_up": "1", "q": "牛"})
    assert "演示牛奶" in text_of(found)


def test_received_by_hand_and_shown_on_its_card(client_as, milk):
    client = client_as("storekeeper")
    page = text_of(client.get(f"/stock/receive?good_id={milk.id}"))
    data = {
        "id": hidden(page, "id"), "next_line": "1", "lines-0-good_id": str(milk.id), "lines-0-quantity": "6",
        "lines-0-amount": "12.30", "lines-0-batch_no": "M3", "lines-0-expiry_date": str(today() + timedelta(days=5)),
        "lines-0-production_date": "", "lines-0-supplier_name": "演示超市", "lines-0-location_id": "", "on_day": "",
        "reason": "",
    }  # fmt: skip
    sent = client.post("/stock/receive", data=data)
    assert "¥12.30" in text_of(client.get(sent.location))
    card = text_of(client.get(f"/stock/goods/{milk.id}"))
    assert "M3" in card
    assert "20 盒" in card
    late = {**data, "id": str(new_id()), "lines-0-expiry_date": str(today() - timedelta(days=1))}
    refused = client.post("/stock/receive", data=late)
    assert refused.status_code == 422
    assert "已过保质期，不得入库" in text_of(refused)


def test_a_teacher_asks_the_head_approves_the_keeper_gives_out(client_as, acting, keeper):
    acting(keeper)
    broom = own_good(keeper, "演示扫把", old_for_new=True)
    put_in(keeper, broom)
    db.session.commit()
    teacher = client_as("teacher")
    assert teacher.get("/stock").status_code == 403
    data = {
        "id": str(new_id()), "wanted_on": today().isoformat(), "department": "三班", "purpose": "值日", "next_line": "1",
        "lines-0-good_id": str(broom.id), "lines-0-quantity": "2", "lines-0-old_quantity": "1",
    }  # fmt: skip
    assert "请交回同样数量的旧物" in text_of(teacher.post("/store-requisitions/new", data=data))
    sent = teacher.post("/store-requisitions/new", data={**data, "lines-0-old_quantity": "2"})
    assert sent.status_code == 302, text_of(sent)
    address = sent.location
    row = db.session.query(StoreRequisition).one()
    assert client_as("guard").get(address).status_code == 404
    director = client_as("logistics_director")
    assert "有 1 张领用单待审批" in text_of(director.get("/"))
    director.post(f"{address}/decision", data={"version": row.version, "decision": "yes", "reason": ""})
    storekeeper = client_as("storekeeper")
    assert "有 1 张领用单待发放" in text_of(storekeeper.get("/"))
    page = text_of(storekeeper.get(address))
    giving = {
        "version": hidden(page, "version"), "document_id": hidden(page, "document_id"),
        "lines-0-good_id": str(broom.id), "lines-0-quantity": "2", "lines-0-old_quantity": "0",
    }  # fmt: skip
    assert "请先收回同样数量的旧物" in text_of(storekeeper.post(f"{address}/issue", data=giving))
    storekeeper.post(f"{address}/issue", data={**giving, "lines-0-old_quantity": "2"})
    assert "已发放" in text_of(teacher.get(address))
    assert left(broom) == 8


def test_counting_on_a_phone_never_shows_the_books(client_as, milk):
    client = client_as("storekeeper")
    page = text_of(client.get("/stocktakes"))
    sent = client.post(
        "/stocktakes", data={"id": hidden(page, "id"), "kind": "monthly", "good_kind": "", "location_id": ""}
    )
    address = sent.location
    sheet = text_of(client.get(address))
    assert "演示牛奶" in sheet
    assert "账面" not in sheet
    ids = re.findall(r'name="lines-\d+-id" value="([^"]+)"', sheet)
    counts = {f"lines-{n}-id": line for n, line in enumerate(ids)} | {
        "lines-0-counted_quantity": "3",
        "lines-1-counted_quantity": "",
    }
    client.post(f"{address}/counts", data=counts)
    assert "已盘 1 / 2 行" in text_of(client.get(address))
    client.post(f"{address}/counts", data={"lines-0-id": ids[1], "lines-0-counted_quantity": "10"})
    row = db.session.query(StoreStocktake).populate_existing().one()
    client.post(f"{address}/finish", data={"version": row.version})
    shown = text_of(client.get(address))
    assert "账面" in shown
    assert "同意入账" not in shown
    principal = client_as("principal")
    assert "有 1 次盘点的差异待审批" in text_of(principal.get("/"))
    db.session.refresh(row)
    answer = principal.post(f"{address}/decision", data={"version": row.version, "decision": "yes", "reason": "破损"})
    assert answer.status_code == 302, text_of(answer)
    assert left(milk) == 13


def test_hazardous_goods_are_disposed_of_with_photo_and_second_signature(client_as, acting, keeper):
    acting(keeper)
    alcohol = own_good(keeper, "演示酒精", "hazardous", "瓶")
    batch_id = put_in(keeper, alcohol)
    (taken,) = takes_of(keeper, alcohol.id, "1")
    db.session.commit()
    client = client_as("storekeeper")
    data = {"id": str(new_id()), "location_id": str(taken[1]), "quantity": "1", "reason": "泄漏"}
    without = client.post(f"/stock/batches/{batch_id}/dispose", data=data)
    assert without.status_code == 422
    photo = {"photo": (io.BytesIO(jpeg("leak")), "p.jpg")}
    sent = client.post(f"/stock/batches/{batch_id}/dispose", data={**data, **photo}, content_type="multipart/form-data")
    assert sent.status_code == 302, text_of(sent)
    assert "请由另一名保管人员" in text_of(client.get(sent.location))
    assert left(alcohol) == 10
    director = client_as("logistics_director")
    page = text_of(director.get(sent.location))
    assert "/thumbnail" in page or "/files/" in page
    director.post(sent.location, data={"version": hidden(page, "version"), "decision": "yes", "reason": ""})
    assert left(alcohol) == 9


def test_who_made_up_a_hazardous_disposal_withdraws_it_and_signs_nothing(client_as, acting, keeper):
    acting(keeper)
    alcohol = own_good(keeper, "演示酒精", "hazardous", "瓶")
    batch_id = put_in(keeper, alcohol)
    (taken,) = takes_of(keeper, alcohol.id, "1")
    db.session.commit()
    client = client_as("storekeeper")
    data = {"id": str(new_id()), "location_id": str(taken[1]), "quantity": "1", "reason": "泄漏"}
    photo = {"photo": (io.BytesIO(jpeg("leak")), "p.jpg")}
    sent = client.post(f"/stock/batches/{batch_id}/dispose", data={**data, **photo}, content_type="multipart/form-data")
    version = hidden(text_of(client.get(sent.location)), "version")
    signed = client.post(sent.location, data={"version": version, "decision": "yes", "reason": ""})
    assert signed.status_code == 422
    assert left(alcohol) == 10
    withdrawn = client.post(sent.location, data={"version": version, "decision": "no"})
    assert withdrawn.status_code == 302, text_of(withdrawn)
    page = text_of(client.get(sent.location))
    assert "提交人撤回" in page
    assert 'name="decision"' not in page
    assert left(alcohol) == 10
    late = client_as("logistics_director").post(sent.location, data={"version": "2", "decision": "yes", "reason": ""})
    assert late.status_code in (409, 422)
    assert left(alcohol) == 10


def test_moved_frozen_and_freed_on_the_batchs_page(client_as, milk, keeper):
    client = client_as("storekeeper")
    (batch_id, place, _quantity) = takes_of(keeper, milk.id, "1")[0]
    page = text_of(client.get(f"/stock/batches/{batch_id}"))
    other = re.search(r'name="to_location_id".*?<option value="([^"]+)"', page)[1]
    moved = {"id": str(new_id()), "location_id": str(place), "quantity": "1", "to_location_id": other, "reason": ""}
    assert client.post(f"/stock/batches/{batch_id}/transfer", data=moved).status_code == 302
    assert client.post(f"/stock/batches/{batch_id}/freeze", data={"reason": "胀包"}).status_code == 302
    assert "胀包" in text_of(client.get(f"/stock/batches/{batch_id}"))
    assert "可用 10 盒" in text_of(client.get(f"/stock/line?purpose=issue&good_id={milk.id}&next_line=0"))
    client.post(f"/stock/batches/{batch_id}/unfreeze", data={"reason": "检验合格"})
    assert "可用 14 盒" in text_of(client.get(f"/stock/line?purpose=issue&good_id={milk.id}&next_line=0"))
    returned = {"id": str(new_id()), "location_id": str(place), "quantity": "1", "taker_name": "王演示", "reason": ""}
    assert "超过这个批次已领用" in text_of(client.post(f"/stock/batches/{batch_id}/return", data=returned))


def test_a_month_is_closed_and_opened_again_with_a_reason(client_as, acting, keeper):
    from school.stores.service import receiving

    acting(keeper)
    good = own_good(keeper, "演示纸")
    past = (today().replace(day=1) - timedelta(days=40)).replace(day=1)
    receiving.receive_by_hand(keeper, new_id(), [receiving.ByHand(good.id, Decimal(3), 100)], on=past)
    db.session.commit()
    accountant = client_as("accountant")
    page = text_of(accountant.get("/stock/months"))
    sent = accountant.post("/stock/months", data={"month": hidden(page, "month"), "version": hidden(page, "version")})
    assert sent.status_code == 302, text_of(sent)
    statement = text_of(accountant.get(sent.location))
    assert "¥1.00" in statement
    assert "盘盈亏" in statement
    assert accountant.post(f"{sent.location}/reopen", data={}).status_code == 403
    director = client_as("logistics_director")
    shown = text_of(director.get(sent.location))
    version = hidden(shown, "version")
    assert director.post(f"{sent.location}/reopen", data={"version": version, "reason": ""}).status_code == 422
    director.post(f"{sent.location}/reopen", data={"version": version, "reason": "漏记一笔"})
    assert "漏记一笔" in text_of(director.get(sent.location))
    assert director.get(f"{sent.location}/export").mimetype.endswith("sheet")


def test_goods_and_places_are_kept(client_as):
    client = client_as("storekeeper")
    page = text_of(client.get("/stock/goods/new"))
    data = {
        "id": hidden(page, "id"), "name": "演示灯管", "specification": "LED", "base_unit": "支", "kind": "consumable",
        "location_id": "", "least_quantity": "5", "most_quantity": "4", "most_per_request": "", "is_active": "1",
        "takers": ["teacher"], "issue_weekdays": ["1", "3"],
    }  # fmt: skip
    assert client.post("/stock/goods/new", data=data).status_code == 422
    sent = client.post("/stock/goods/new", data={**data, "most_quantity": "20"})
    assert sent.status_code == 302, text_of(sent)
    assert "周一、周三" in text_of(client.get(sent.location))
    form = text_of(client.get(f"{sent.location}/edit"))
    edited = {**data, "most_quantity": "30", "version": hidden(form, "version")}
    assert client.post(f"{sent.location}/edit", data=edited).status_code == 302
    assert client.post(f"{sent.location}/edit", data=edited).status_code == 409
    place = {"id": str(new_id()), "code": "08", "name": "演示地下室", "kind": "store", "is_active": "1"}
    assert client.post("/stock/places", data=place).status_code == 302
    assert "演示地下室" in text_of(client.get("/stock/places"))
    assert client_as("canteen_manager").get("/stock/places").status_code == 403


def test_the_bureau_sees_what_lies_past_its_day_and_changes_nothing(client_as, acting, keeper, world):
    acting(keeper)
    good = own_good(keeper, "演示酸奶", "food", "杯")
    put_in(keeper, good, "3", days=-2)
    db.session.commit()
    for role in ("canteen_officer", "zone_supervisor"):
        client = client_as(role)
        assert "演示酸奶" in text_of(client.get("/oversight/expired-stock"))
        assert "演示酸奶" in text_of(client.get(f"/schools/{world.schools['a1']}/stock"))
        shown = text_of(client.get(f"/schools/{world.schools['a1']}/stock/goods/{good.id}"))
        assert "/stock/issue" not in shown
    assert "演示酸奶" not in text_of(client_as("zone_supervisor", "a-west").get("/oversight/expired-stock"))
    assert "有 1 批物品已过期" in text_of(client_as("storekeeper").get("/"))


def test_spreadsheets(client_as, milk):
    client = client_as("storekeeper")
    for path in ("/stock/export", f"/stock/goods/{milk.id}/export"):
        answer = client.get(path)
        assert answer.mimetype.endswith("sheet")
        assert len(answer.data) > 1000


# --- the price of a page ----------------------------------------------------------------------------------------------


@contextmanager
def counted(session):
    sent = []
    connection = session.connection()

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("SET", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            sent.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(connection, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "path", ["/stock", "/stock/expiring", "/stock/documents", "/stock/goods/{good}", "/stock/issue"]
)
def test_a_list_asks_as_much_for_forty_goods_as_for_four(client_as, acting, keeper, session, path):
    def fill(count):
        acting(keeper)
        for _ in range(count):
            good = own_good(keeper, f"演示 {new_id()}", "food")
            put_in(keeper, good, "9", days=3)
            put_in(keeper, good, "9", days=5)
        db.session.commit()
        return good

    client = client_as("storekeeper")
    first = fill(4)
    with counted(session) as few:
        assert client.get(path.format(good=first.id)).status_code == 200
    last = fill(36)
    with counted(session) as many:
        assert client.get(path.format(good=last.id)).status_code == 200
    assert len(many) <= len(few)
    stock = [one for one in few if "store_" in one]
    assert len(stock) <= 5


def test_a_document_of_many_lines_is_written_in_as_many_statements_as_of_one(acting, keeper, session):
    from school.stores.service import receiving
    from tests.support.stores import own_good as good_of

    acting(keeper)
    goods = [good_of(keeper, f"演示 {number}") for number in range(30)]

    def receive(chosen):
        lines = [receiving.ByHand(good.id, Decimal(3), 100) for good in chosen]
        with counted(session) as sent:
            receiving.receive_by_hand(keeper, new_id(), lines)
        return len(sent)

    receive(goods[:1])  # makes the month
    assert receive(goods) == receive(goods[:1])
    assert db.session.query(StoreDocument).count() == 3
