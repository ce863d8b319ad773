"""What goes wrong in the field, done for real: nothing may be lost, nothing may be doubled."""

import io

import pytest

from tests.browser.fill.forms import short
from tests.browser.fill.story import alone, arrived, filled

SUBMISSIONS = "**/api/v1/fill/submissions/*"
FINALISATION = "**/api/v1/fill/submissions/*/finalisation"
BLOBS = "**/api/v1/fill/blobs/*"


TITLES = ("两张之间", "回执丢失", "照片出错", "登录失效", "两个标签", "空间不足", "时钟错误", "新版本")


@pytest.fixture(scope="module")
def visits(prepare):
    return prepare(alone(TITLES, short()))


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
    one.go("/")
    one.fetch()
    one.card(visit).get_by_text("没有连上服务器").wait_for()
    # The service has it, the phone does not know; the inspector changes their mind.
    assert rows.answers(visit["id"])["1"] == {"met": True}
    one.begin(visit, "A")
    one.tap("1", "no")
    one.saved()
    one.finish(visit)
    for _ in range(4):
        one.fetch()
        one.page.locator(".top .state[data-state=busy]").wait_for(state="detached")
    one.state(visit, "sent")
    assert lost == {"kept": 2, "closed": 2}
    arrived(rows, visit)
    assert rows.answers(visit["id"])["1"] == {"met": False}
    assert one.card(visit).locator("a.button.danger").count() == 0


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
    under_way, most = set(), [0]

    def begins(request):
        if request.method in ("PUT", "POST"):
            under_way.add(request)
            most[0] = max(most[0], len(under_way))

    one.context.on("request", begins)
    one.context.on("requestfinished", lambda request: under_way.discard(request))
    one.context.on("requestfailed", lambda request: under_way.discard(request))
    for page in (one.page, other):
        slow = {"offline": False, "latency": 300, "downloadThroughput": -1, "uploadThroughput": -1}
        one.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    other.goto(f"{one.address}/fill/#/")
    other.locator("#fetch-now").wait_for()
    one.finish(visit)
    other.evaluate("document.querySelector('#fetch-now').click()")
    one.fetch()
    one.state(visit, "sent")
    one.state(visit, "sent", page=other)
    assert most == [1]  # the tabs sent one after the other
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
