"""What goes wrong in the field, done for real: nothing may be lost, nothing may be doubled."""

import io
import json
import zipfile

import pytest

from tests.browser.fill.forms import short

SUBMISSIONS = "**/api/v1/fill/submissions/*"
FINALISATION = "**/api/v1/fill/submissions/*/finalisation"
BLOBS = "**/api/v1/fill/blobs/*"
TITLES = (
    "两张之间", "回执丢失", "照片出错", "登录失效", "两个标签", "空间不足", "时钟错误", "新版本", "丢失照片", "拒绝退出", "另一台", "七天", "拒签",
)  # fmt: skip


@pytest.fixture(scope="module")
def visits(prepare):
    made = []
    for place, title in enumerate(TITLES):
        who, other = f"inspector-{place % 8 + 1}", "inspector-9"
        # The first has all sections to do, the second none.
        made.append({"form": short(), "title": title, "inspectors": [who, other], "sections": {other: []}})
    made.append({"form": short(), "title": "两人同项", "inspectors": ["inspector-9", "inspector-10"], "days": 12})
    return prepare(made)


def filled(one, visit, photos=1):
    one.begin(visit)
    one.all_right("A", "B")
    for number in range(photos):
        one.photo("3", f"{visit['title']}-{number}")
    return one


def arrived(rows, visit, photos=1, answers=4):
    """Everything is there, and there once."""
    (submission,) = rows.submissions(visit["id"])
    assert submission["state"] == "finalised"
    assert len(rows.answers(visit["id"])) == answers
    files = rows.files(visit["id"])
    assert [row["purpose"] for row in files].count("photo") == photos
    assert all(row["attachment_id"] for row in files)
    (receipt,) = rows.receipts(visit["id"])
    assert set(receipt["document"]["attachments"]) == {row["sha256"] for row in files}
    return submission


def test_the_page_dies_between_two_photos(phone, service, rows, visits):
    visit = visits["两张之间"]
    one = phone(visit["who"])
    filled(one, visit)
    one.item("3").locator("input[type=file]").set_input_files(
        {"name": "second.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8 not whole"}
    )
    one.context.new_page()
    one.page.close()  # no time for anything to be cleared up
    one.page = one.context.pages[-1]
    one.begin(visit, "B")
    assert one.item("3").locator(".thumb").count() == 1
    one.photo("3", "second")
    one.finish(visit)
    one.state(visit, "sent")
    arrived(rows, visit, photos=2)


def test_replies_are_lost_after_the_commit(phone, rows, visits):
    visit = visits["回执丢失"]
    one = phone(visit["who"])
    lost = {"kept": 0, "closed": 0}

    def drop(name):
        def handle(route):
            if route.request.method not in ("PUT", "POST") or lost[name] >= 2:
                return route.continue_()
            route.fetch()  # the service has done it
            lost[name] += 1
            return route.abort("connectionreset")

        return handle

    one.page.route(SUBMISSIONS, drop("kept"))
    one.page.route(FINALISATION, drop("closed"))
    filled(one, visit)
    one.finish(visit)
    for _ in range(4):
        one.fetch()
        one.page.locator(".top .state[data-state=busy]").wait_for(state="detached")
    one.state(visit, "sent")
    assert lost == {"kept": 2, "closed": 2}
    arrived(rows, visit)
    assert one.page.locator(f"[data-inspection='{visit['id']}'] a.button.danger").count() == 0


def test_the_service_fails_on_a_photo(phone, rows, visits):
    visit = visits["照片出错"]
    one = phone(visit["who"])
    failures = []

    def fail(route):
        if len(failures) < 2:
            failures.append(route.request.url)
            return route.fulfill(
                status=500, content_type="application/problem+json", body='{"title": "系统出错", "status": 500}'
            )
        return route.continue_()

    one.page.route(BLOBS, fail)
    filled(one, visit, photos=2)
    one.finish(visit)
    one.card(visit).get_by_text("系统出错").wait_for()
    assert rows.receipts(visit["id"]) == []
    one.fetch()
    one.card(visit).get_by_text("系统出错").wait_for()
    one.fetch()
    one.state(visit, "sent")
    assert len(failures) == 2
    arrived(rows, visit, photos=2)


def test_the_sign_in_ends_in_the_middle(phone, rows, visits):
    visit = visits["登录失效"]
    one = phone(visit["who"])
    filled(one, visit)
    rows("UPDATE api_tokens SET revoked_at = now() WHERE revoked_at IS NULL")
    one.finish(visit)
    one.page.locator(".banner").get_by_text("登录已失效").wait_for()
    assert rows.submissions(visit["id"]) == []
    one.restart()
    one.sign_in(visit["who"])
    one.state(visit, "sent")
    arrived(rows, visit)


def test_two_tabs_of_one_form(phone, rows, visits):
    visit = visits["两个标签"]
    one = phone(visit["who"])
    one.begin(visit, "A")
    other = one.context.new_page()
    one.listen(other)
    other.goto(f"{one.address}/fill/#/fill/{visit['id']}/A")
    other.locator("[data-key='1'] [data-k=no]").click()
    one.page.bring_to_front()
    one.item("1").locator("[data-k=no][aria-pressed=true]").wait_for()
    one.tap("2", "yes")
    other.locator("[data-key='2'] [data-k=yes][aria-pressed=true]").wait_for()
    one.section("B")
    one.page.click("[data-k=all-right]")
    one.saved()
    one.finish(visit)
    other.goto(f"{one.address}/fill/#/")
    other.evaluate("document.querySelector('#fetch-now').click()")
    one.fetch()
    one.state(visit, "sent")
    one.state(visit, "sent", page=other)
    submission = arrived(rows, visit, photos=0)
    assert rows.answers(visit["id"])["1"] == {"met": False}
    assert submission["rev"] <= 3
    assert one.complaints == []


def test_the_disk_is_full(phone, rows, visits):
    visit = visits["空间不足"]
    one = phone()
    session = one.context.new_cdp_session(one.page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": one.address, "quotaSize": 70_000_000})
    one.sign_in(visit["who"])
    one.begin(visit)
    one.all_right("A", "B")
    one.photo("3", "before")
    one.page.evaluate(FILL_THE_DISK)
    one.item("4").locator("input[type=file]").set_input_files(
        {"name": "big.jpg", "mimeType": "image/jpeg", "buffer": jpeg_noise()}
    )
    one.page.locator(".toast").get_by_text("存储空间已满").first.wait_for()
    assert one.item("4").locator(".thumb").count() == 0
    assert one.item("3").locator(".thumb").count() == 1
    one.page.evaluate("indexedDB.deleteDatabase('junk')")
    session.send("Storage.overrideQuotaForOrigin", {"origin": one.address})
    one.restart().go()
    one.begin(visit, "B")
    one.photo("4", "after")
    one.tap("4", "no")
    one.saved()
    one.finish(visit)
    one.state(visit, "sent")
    arrived(rows, visit, photos=2)
    assert rows.answers(visit["id"])["4"] == {"met": False}


# Half a megabyte at a time until nothing more goes in; a photo then finds no room.
FILL_THE_DISK = """async () => {
  const db = await new Promise(done => {
    const r = indexedDB.open("junk", 1);
    r.onupgradeneeded = () => r.result.createObjectStore("junk", { autoIncrement: true });
    r.onsuccess = () => done(r.result);
  });
  const put = size => new Promise(done => {
    const tx = db.transaction("junk", "readwrite");
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65536)));
    tx.objectStore("junk").put(bytes);
    tx.oncomplete = () => done(true);
    tx.onabort = tx.onerror = () => done(false);
  });
  for (const size of [16777216, 4194304, 1048576, 262144]) while (await put(size));
  db.close();
}"""


def jpeg_noise():
    """A picture that does not shrink."""
    import random

    from PIL import Image

    rng = random.Random(1)
    picture = Image.frombytes("RGB", (1200, 900), rng.randbytes(1200 * 900 * 3))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def test_a_clock_that_is_a_day_ahead(phone, rows, visits):
    visit = visits["时钟错误"]
    ahead = """(() => {
      const Real = Date, off = 86400000;
      globalThis.Date = class extends Real {
        constructor(...given) { given.length ? super(...given) : super(Real.now() + off); }
        static now() { return Real.now() + off; }
      };
    })()"""
    one = phone(visit["who"], script=ahead)
    filled(one, visit)
    one.finish(visit)
    one.state(visit, "sent")
    submission = arrived(rows, visit)
    assert abs(submission["clock_offset_ms"] + 86_400_000) < 60_000
    late = rows(
        "SELECT count(*) AS n FROM inspection_answers WHERE inspection_id = %s AND answered_at > now() + interval '1 minute'",
        visit["id"],
    )
    assert late == [{"n": 0}]


def test_a_newer_version_is_published_meanwhile(phone, rows, visits, prepare):
    visit = visits["新版本"]
    one = phone(visit["who"])
    filled(one, visit)
    newer = prepare([{"form": short(6), "again": visit["template"], "title": "新版计划", "school": 30,
                      "inspectors": ["inspector-9", "inspector-10"], "days": 20}])["新版计划"]  # fmt: skip
    assert newer["template"] == visit["template"]
    assert newer["version"] != visit["version"]
    one.restart().go()
    one.begin(visit, "A")
    one.finish(visit)
    one.state(visit, "sent")
    submission = arrived(rows, visit)
    assert str(submission["form_version_id"]) == visit["version"]


def test_a_photo_that_vanished_is_said_and_never_left_out(phone, rows, visits):
    visit = visits["丢失照片"]
    one = phone(visit["who"])
    filled(one, visit, photos=2)
    one.page.evaluate(
        """async () => {
          const name = (await indexedDB.databases()).map(one => one.name).find(one => /houqin-fill-\\d/.test(one));
          const db = await new Promise(done => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
          const photos = await new Promise(done => {
            const r = db.transaction("attachments").objectStore("attachments").getAll(); r.onsuccess = () => done(r.result);
          });
          const tx = db.transaction("blobs", "readwrite");
          tx.objectStore("blobs").delete(photos.find(one => !one.remote).sha256);
          await new Promise(done => { tx.oncomplete = done; });
          db.close();
        }"""
    )
    one.finish(visit)
    one.state(visit, "needs_attention")
    one.card(visit).get_by_text("缺少一张照片").wait_for()
    assert rows.receipts(visit["id"]) == []
    assert rows.submissions(visit["id"])[0]["state"] == "draft"


def test_signing_out_and_clearing_refuse_and_the_rescue_works(phone, service, rows, visits):
    visit = visits["拒绝退出"]
    one = phone(visit["who"])
    one.kept_offline()
    filled(one, visit)
    one.saved()
    service.stop()
    for name in ("#sign-out", "#reset"):
        one.go("/more")
        one.page.click(name)
        one.page.locator("dialog.ask").get_by_text("没有上传").wait_for()
        one.page.locator("dialog.ask button").click()
    with one.page.expect_download() as waiting:
        one.page.get_by_role("button", name="导出未上传的数据").click()
    with zipfile.ZipFile(waiting.value.path()) as rescued:
        assert rescued.testzip() is None
        names = rescued.namelist()
        document = json.loads(rescued.read(next(name for name in names if name.endswith("submission.json"))))
        assert {row["key"] for row in document["answers"]} == {"1", "2", "3", "4"}
        photo = document["attachments"][0]
        import hashlib

        picture = rescued.read(next(name for name in names if photo["sha256"] in name))
        assert hashlib.sha256(picture).hexdigest() == photo["sha256"]
    service.start()
    one.go("/")
    one.fetch()
    one.card(visit).get_by_text("草稿已上传").wait_for()
    assert len(rows.answers(visit["id"])) == 4


def test_going_on_with_a_second_phone(phone, rows, visits):
    visit = visits["另一台"]
    first = phone(visit["who"])
    filled(first, visit)
    first.saved()
    first.go("/")
    first.fetch()
    first.card(visit).get_by_text("草稿已上传").wait_for()
    second = phone(visit["who"])
    second.begin(visit, "A")
    second.item("1").locator("[data-k=yes][aria-pressed=true]").wait_for()
    second.tap("1", "no")
    second.saved()
    second.finish(visit)
    second.state(visit, "sent")
    arrived(rows, visit)
    assert rows.answers(visit["id"])["1"] == {"met": False}


def test_two_inspectors_answer_one_item_differently(phone, rows, visits):
    visit = visits["两人同项"]
    one, other = phone("inspector-9"), phone("inspector-10")
    one.begin(visit, "A")
    other.begin(visit, "A")
    one.tap("1", "yes")
    one.tap("2", "yes")
    one.saved()
    one.go("/")
    one.fetch()
    one.card(visit).get_by_text("草稿已上传").wait_for()
    other.tap("1", "no")
    other.tap("2", "yes")
    other.saved()
    other.go("/")
    other.fetch()
    other.card(visit).locator("a.button.danger").click()
    pair = other.page.locator("[data-conflict='1']")
    assert "不符合" in pair.locator(".side").nth(0).inner_text()
    assert "符合" in pair.locator(".side").nth(1).inner_text()
    assert other.page.locator("[data-conflict]").count() == 1
    assert other.overflow() <= 0
    assert other.axe() == []
    pair.locator("[data-take=mine]").click()
    other.page.locator(".empty").wait_for()
    other.go("/")
    other.card(visit).get_by_text("草稿已上传").wait_for()
    assert rows.answers(visit["id"]) == {"1": {"met": False}, "2": {"met": True}}


def test_what_is_receipted_stays_seven_days(phone, rows, visits):
    visit = visits["七天"]
    one = phone(visit["who"])
    filled(one, visit)
    one.finish(visit)
    one.state(visit, "sent")
    arrived(rows, visit)
    for days, state, photos in ((6, "sent", 1), (8, "purged", 0)):
        one.page.evaluate(RECEIPT_AGE, [visit["id"], days])
        one.fetch()
        one.state(visit, state)
        one.page.locator(".top .state[data-state=online]").wait_for()
        assert one.page.evaluate(PHOTOS, visit["id"]) == photos
    live = "SELECT count(*) AS n FROM api_tokens WHERE revoked_at IS NULL AND account_id = %s"
    (before,) = rows(live, visit["people"][0])
    one.go("/more")
    one.page.click("#sign-out")  # nothing is unsent any more
    one.page.locator("[name=username]").wait_for()
    (after,) = rows(live, visit["people"][0])
    assert after["n"] == before["n"] - 1


OPEN = """const name = (await indexedDB.databases()).map(one => one.name).find(one => /houqin-fill-\\d/.test(one));
  const db = await new Promise(done => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
  const asked = request => new Promise(done => { request.onsuccess = () => done(request.result); });"""
RECEIPT_AGE = (
    "async ([visit, days]) => {"
    + OPEN
    + """
  const store = db.transaction("submissions", "readwrite").objectStore("submissions");
  const row = await asked(store.index("inspection").get(visit));
  row.receipt.server_time = new Date(Date.now() - days * 86400000).toISOString();
  await asked(store.put(row));
  db.close();
}"""
)
PHOTOS = (
    "async visit => {"
    + OPEN
    + """
  const tx = db.transaction(["submissions", "attachments", "blobs"]);
  const row = await asked(tx.objectStore("submissions").index("inspection").get(visit));
  const found = await asked(tx.objectStore("attachments").index("submission").getAll(row.id));
  const kept = await Promise.all(found.filter(one => one.purpose === "photo").map(one => asked(tx.objectStore("blobs").count(one.sha256))));
  db.close();
  return kept.reduce((sum, one) => sum + one, 0);
}"""
)


def test_the_school_that_does_not_sign(phone, rows, visits):
    visit = visits["拒签"]
    one = phone(visit["who"])
    filled(one, visit, photos=0)
    one.page.click("#to-finish")
    one.sign(f"inspector:{visit['people'][0]}")
    one.page.click("#finalise")
    one.page.locator(".toast").get_by_text("未签字的原因").wait_for()
    one.page.fill("[name=refusal]", "演示：负责人外出")
    one.page.keyboard.press("Tab")
    one.page.click("#finalise")
    one.state(visit, "sent")
    (submission,) = rows.submissions(visit["id"])
    assert submission["document"]["unsigned_reason"] == "演示：负责人外出"
