"""From one phone to the next, to a colleague's, and to the day when the copy goes: what is unsent stays, whatever is pressed."""

import hashlib
import json
import zipfile

import pytest

from tests.browser.fill.forms import short
from tests.browser.fill.story import alone, arrived, filled

TITLES = ("丢失照片", "拒绝退出", "另一台", "七天", "拒签")

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


@pytest.fixture(scope="module")
def visits(prepare):
    pair = {"form": short(), "title": "两人同项", "inspectors": ["inspector-9", "inspector-10"], "days": 12}
    return prepare([*alone(TITLES, short()), pair])


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
    second.tap("2", "no")
    second.saved()
    second.go("/")
    second.fetch()
    second.card(visit).get_by_text("草稿已上传").wait_for()
    # The first one knows nothing of it and goes on: what it did not touch is taken over, the rest is asked.
    first.begin(visit, "A")
    first.tap("2", "yes")  # pressed again: taken back
    first.section("B")
    first.tap("3", "no")
    first.saved()
    first.go("/")
    first.fetch()
    first.card(visit).locator("a.button.danger").click()
    first.page.locator("[data-conflict='2']").wait_for()
    assert first.page.locator("[data-conflict]").count() == 1
    assert rows.answers(visit["id"])["3"] == {"met": True}
    first.page.locator("[data-conflict='2'] [data-take=theirs]").click()
    first.page.locator(".empty").wait_for()
    first.begin(visit, "A")
    first.finish(visit)
    first.state(visit, "sent")
    arrived(rows, visit)
    assert rows.answers(visit["id"]) == {
        "1": {"met": False}, "2": {"met": False}, "3": {"met": False}, "4": {"met": True},
    }  # fmt: skip


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
    one.go("/more")
    one.page.click("#sign-out")  # nothing is unsent any more
    one.page.locator("[name=username]").wait_for()
    one.restart().go()
    one.page.locator("[name=username]").wait_for()


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
