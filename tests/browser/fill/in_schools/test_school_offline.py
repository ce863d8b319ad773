"""A canteen's morning without a network: recorded, killed, reloaded; then everything arrives, once."""

import pytest

from tests.support.pictures import jpeg

KEEPER, COOK = "storekeeper@a1", "canteen_manager@a1"
COUNTS = "SELECT count(*) AS n FROM "


@pytest.fixture(scope="module")
def shipments(town):
    return iter(town["shipments"])


def count(rows, table, where="true"):
    return rows(f"{COUNTS}{table} WHERE {where}")[0]["n"]


def test_the_days_records_survive_everything_and_arrive_once(phone, service, rows):
    one = phone(COOK)
    one.page.locator("[data-task='staff_check']").wait_for()
    service.stop()
    one.restart().go()  # from the phone's own disk
    one.task("staff_check").keep()
    one.task("refrigerator_temperature")
    one.typed("1 号冰箱", "celsius", "12")
    one.row("1 号冰箱").get_by_text("超出范围").first.wait_for()
    one.restart()  # half filled in, the page dies
    one.go().task("refrigerator_temperature")
    assert one.row("1 号冰箱").locator("[data-k=celsius]").input_value() == "12"
    one.typed("1 号冰箱", "celsius", "4")
    one.typed("留样柜", "celsius", "3.5")
    one.keep()
    one.task("cooking_temperature-lunch")
    one.typed("青椒肉片", "celsius", "82")
    one.keep()
    one.task("food_sample-lunch").keep()
    one.task("tasting-lunch").keep()
    assert one.overflow() <= 0
    assert one.axe() == []
    one.restart().go()
    assert one.page.locator("[data-record][data-state=waiting]").count() == 5
    before = rows("SELECT now() AS now")[0]["now"]
    service.start()
    one.fetch()
    one.page.locator("[data-record][data-state=waiting]").first.wait_for(state="detached")
    assert one.page.locator("[data-record][data-state=sent]").count() == 5
    assert one.page.locator("[data-record][data-state=needs_attention]").count() == 0
    for table, number in (
        ("canteen_staff_checks", 2), ("refrigerator_temperatures", 2), ("canteen_cooking_temperatures", 1),
        ("food_samples", 2), ("canteen_tastings", 1), ("offline_records", 5),
    ):  # fmt: skip
        assert count(rows, table) == number, table
    # Written down when it was made, not when it arrived.
    for row in rows("SELECT created_at, claimed_at, counts_at, flags FROM offline_records"):
        assert row["claimed_at"] == row["counts_at"] < before < row["created_at"]
        assert row["flags"] == []
    one.fetch()
    assert count(rows, "offline_records") == 5
    assert one.page.locator("[data-task='staff_check'][data-done=true]").count() == 1
    # What the service says of the day is what it says now: the dish that was measured is off the list.
    one.page.locator("[data-task='cooking_temperature-lunch']").get_by_text("还差").wait_for()
    one.shoot("school-today")
    assert one.complaints == []


def test_replies_that_are_lost_double_nothing(phone, rows):
    one = phone(COOK)
    lost = []

    def drop(route):
        if route.request.method != "PUT" or len(lost) >= 2:
            return route.continue_()
        route.fetch()  # the service has done it
        lost.append(route.request.url)
        return route.abort("connectionreset")

    before = count(rows, "canteen_waste")
    one.page.route("**/api/v1/fill/records/*", drop)
    one.task("waste_weight-lunch")
    one.page.fill("[data-k=grams]", "12.5")
    one.keep()
    one.state_of("waste_weight", "waiting")
    one.fetch()
    one.page.locator(".top .state[data-state=busy]").wait_for(state="detached")
    one.fetch()
    one.state_of("waste_weight", "sent")
    assert len(lost) == 2
    assert count(rows, "canteen_waste") - before == 1
    assert rows("SELECT grams FROM canteen_waste ORDER BY id DESC LIMIT 1")[0]["grams"] == 12500


def test_refused_then_corrected(phone, service, rows):
    one = phone(COOK)
    one.task("handover")
    one.page.fill("[data-k=to_name]", "演示接班人")
    one.page.route("**/api/v1/fill/records/*", lambda route: route.fulfill(
        status=422, content_type="application/problem+json",
        body='{"status": 422, "title": "填写有误", "detail": "演示：请核对", "errors": {"rows.0.to_name": ["演示：没有这个人"]}}',
    ))  # fmt: skip
    one.keep()
    one.state_of("handover", "needs_attention").first.click()
    one.page.get_by_text("演示：请核对").wait_for()
    one.restart().go()
    one.page.locator("[data-record][data-state=needs_attention]").first.click()
    one.page.click("#mend")
    one.page.get_by_text("演示：没有这个人").wait_for()
    assert one.page.locator("[data-k=to_name]").input_value() == "演示接班人"
    one.page.fill("[data-k=to_name]", "演示另一人")
    one.keep()
    one.state_of("handover", "sent")
    assert [row["to_name"] for row in rows("SELECT to_name FROM canteen_handovers")] == ["演示另一人"]


def test_a_delivery_by_two_people_on_one_phone_without_a_network(phone, service, rows, shipments):
    shipment = next(shipments)
    one = phone(KEEPER)
    one.add_second(COOK)
    one.go().page.locator(f"[data-shipment='{shipment['id']}']").wait_for()
    service.stop()
    one.restart().go()
    one.shipment(shipment)
    as_shipped = one.row("粳米").locator("[data-k=as-shipped]")
    assert as_shipped.get_attribute("aria-pressed") == "true"
    one.typed("粳米", "arrived_quantity", "9.8")
    assert as_shipped.get_attribute("aria-pressed") == "false"
    one.typed("猪前腿肉", "temperature_celsius", "3")
    one.chosen("猪前腿肉", "verdict-refused")
    one.typed("猪前腿肉", "rejected_quantity", "0.5")
    one.chosen("猪前腿肉", "reason-bad_quality")
    one.row("猪前腿肉").locator("input[type=file]").set_input_files(
        {"name": "bad.jpg", "mimeType": "image/jpeg", "buffer": jpeg("bad", (1200, 900))}
    )
    one.row("猪前腿肉").locator(".thumb").wait_for()
    one.restart().go(f"/receive/{shipment['id']}")  # the page dies with the count half done
    one.row("猪前腿肉").locator(".thumb").wait_for()
    assert one.row("粳米").locator("[data-k=arrived_quantity]").input_value() == "9.8"
    one.shoot("school-receive")
    assert one.overflow() <= 0
    assert one.axe() == []
    one.keep()
    second = one.page.locator("#second form[data-second]")
    second.locator("[name=second_password]").fill("不是这个密码")
    second.locator("button").click()
    second.get_by_text("密码不对").wait_for()
    second.locator("[name=second_password]").fill(one.password)
    second.locator("button").click()
    one.page.get_by_text("演示canteen_manager@a1 已确认").wait_for()
    one.shoot("school-second")
    assert one.axe() == []
    one.restart().go()
    assert one.page.locator("[data-record][data-state=waiting]").count() == 2
    service.start()
    one.fetch()
    one.state_of("receipt_confirmation", "sent")
    (receipt,) = rows("SELECT * FROM goods_receipts WHERE shipment_id = %s", shipment["id"])
    people = {row["username"]: row["id"] for row in rows("SELECT id, username FROM accounts")}
    assert (receipt["state"], receipt["received_by"], receipt["second_received_by"]) == (
        "recorded", people[KEEPER], people[COOK],
    )  # fmt: skip
    said = rows("SELECT account_id, how FROM goods_receipt_confirmations WHERE receipt_id = %s", receipt["id"])
    assert [(row["account_id"], row["how"]) for row in said] == [(people[COOK], "offline")]
    assert count(rows, "goods_rejections", f"receipt_id = '{receipt['id']}'") == 1
    tokens = one.page.evaluate(
        """async () => {
          const found = [];
          for (const { name } of await indexedDB.databases()) {
            if (!/houqin-fill-\\d/.test(name)) continue;
            const db = await new Promise(done => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
            const all = await new Promise(done => { const r = db.transaction("records").objectStore("records").getAll(); r.onsuccess = () => done(r.result); });
            found.push(...all.filter(one => one.as && one.as.token));
            db.close();
          }
          return found.length;
        }"""
    )
    assert tokens == 0, "the second person's token goes with their word"
    assert one.complaints == []


def test_what_is_typed_for_the_second_person_stays_while_the_day_comes_in(phone):
    one = phone(KEEPER)
    one.go("/more")
    form = one.page.locator("#seconds details")
    form.locator("summary").click()
    form.locator("[name=username]").fill("演示用户")
    form.locator("summary").focus()
    with one.page.expect_response("**/fill/school-day"):
        one.page.evaluate("dispatchEvent(new Event('online'))")
    one.page.wait_for_timeout(500)
    assert form.get_attribute("open") is not None
    assert form.locator("[name=username]").input_value() == "演示用户"


def test_two_phones_race_for_one_delivery_and_the_loser_confirms(phone, service, rows, shipments):
    shipment = next(shipments)
    one, other = phone(KEEPER), phone("logistics_director@a1")
    for each in (one, other):
        each.page.locator(f"[data-shipment='{shipment['id']}']").wait_for()
    service.stop()
    for each in (one, other):
        each.restart().go()
        each.shipment(shipment)
        each.typed("猪前腿肉", "temperature_celsius", "2.5")
        each.keep()
    service.start()
    one.go().fetch()
    one.state_of("receipt", "sent")
    other.go().fetch()
    other.state_of("receipt", "needs_attention").first.click()
    other.page.get_by_text("演示storekeeper@a1 已于").wait_for()
    assert count(rows, "goods_receipts", f"shipment_id = '{shipment['id']}'") == 1
    other.page.click("#discard")
    other.page.locator("dialog.ask .button.danger").click()
    other.page.locator("[data-awaiting]").first.click()
    other.page.click("#say")
    other.state_of("receipt_confirmation", "sent")
    (receipt,) = rows("SELECT state FROM goods_receipts WHERE shipment_id = %s", shipment["id"])
    assert receipt["state"] == "recorded"


def test_a_sign_in_that_ended_loses_nothing(phone, rows):
    one = phone(COOK)
    rows("UPDATE api_tokens SET revoked_at = now() WHERE revoked_at IS NULL")
    one.task("cleaning").keep()
    one.page.locator(".banner").get_by_text("登录已失效").wait_for()
    assert count(rows, "canteen_cleanings") == 0
    one.restart()
    one.sign_in(COOK)
    one.state_of("cleaning", "sent")
    assert count(rows, "canteen_cleanings") == 1


def test_a_full_disk_is_said_and_what_was_kept_stays(phone, rows):
    one = phone(COOK)
    one.task("disinfection-lunch")
    one.page.fill("[data-k=seconds]", "15")
    one.page.evaluate(
        """() => {
          const put = IDBObjectStore.prototype.put;
          window.mend = () => { IDBObjectStore.prototype.put = put; };
          IDBObjectStore.prototype.put = function () { throw new DOMException("disk full", "QuotaExceededError"); };
        }"""
    )
    one.page.click("#keep")
    one.page.locator(".toast.is-danger").get_by_text("存储空间已满").wait_for()
    assert count(rows, "canteen_disinfections") == 0
    one.page.evaluate("window.mend()")
    one.keep()
    one.state_of("disinfection", "sent")
    assert count(rows, "canteen_disinfections") == 1


def test_a_teacher_sees_their_meal_and_nothing_else(phone):
    one = phone("teacher@a1")
    one.page.locator("[data-task='accompanying_meal-lunch']").wait_for()
    keys = one.page.locator("[data-task]").evaluate_all("all => all.map(each => each.dataset.task)")
    assert {key.partition("-")[0] for key in keys} == {"accompanying_meal"}
    assert one.page.locator("[data-shipment]").count() == 0
    one.task("accompanying_meal-lunch")
    assert one.overflow() <= 0
    assert one.axe() == []


def test_signing_out_refuses_while_something_is_unsent_and_the_rescue_has_it(phone, service, rows):
    one = phone(COOK)
    service.stop()
    one.task("accompanying_meal-lunch").keep()
    one.go("/more")
    one.page.click("#sign-out")
    one.page.locator("dialog.ask").get_by_text("没有上传").wait_for()
    one.page.locator("dialog.ask button").click()
    with one.page.expect_download() as waiting:
        one.page.get_by_role("button", name="导出未上传的数据").click()
    assert waiting.value.suggested_filename.endswith(".zip")
    service.start()
    one.go().fetch()
    one.state_of("accompanying_meal", "sent")


def test_what_is_acknowledged_stays_seven_days(phone, rows):
    one = phone(COOK)
    one.page.route("**/api/v1/fill/school-day", lambda route: route.continue_())
    one.task("pest_control")
    one.chosen("有害生物防制", "pests-rodents")
    one.page.fill("[data-k=means]", "粘鼠板 6 张")
    one.page.fill("[data-k=places]", "仓库")
    one.keep()
    one.state_of("pest_control", "sent")
    for days, left in ((6, 1), (8, 0)):
        one.page.evaluate(
            """async days => {
              const name = (await indexedDB.databases()).map(one => one.name).find(one => /houqin-fill-\\d/.test(one));
              const db = await new Promise(done => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
              const tx = db.transaction("records", "readwrite");
              const all = tx.objectStore("records").getAll();
              all.onsuccess = () => { for (const row of all.result) {
                row.acknowledgement.server_time = new Date(Date.now() - days * 86400000).toISOString();
                tx.objectStore("records").put(row);
              } };
              await new Promise(done => { tx.oncomplete = done; });
              db.close();
            }""",
            days,
        )
        one.fetch()
        one.page.locator(".top .state[data-state=busy]").wait_for(state="detached")
        one.restart().go()
        one.page.locator("#fetch-now").wait_for()
        assert one.page.locator("[data-record]").count() == left
